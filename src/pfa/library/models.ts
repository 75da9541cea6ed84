import type { Value } from '../types.js';
import { type Arr, bound, type Matrix, type Obj, type Vector } from './body.js';
import type { Call, LibraryModule } from './function.js';
import { euclidean, type Metric, nearest } from './model-cluster.js';

function meanOf(call: Call, points: Matrix, weigh?: (point: Vector) => number): number[] {
  const first = points[0];
  if (first === undefined) throw call.error(30000);
  if (points.some((point) => point.length !== first.length)) throw call.error(30001);
  const weights = points.map((point) => (weigh === undefined ? 1 : weigh(point)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return first.map((_, index) => points.reduce((sum, point, at) => sum + point[index]! * weights[at]!, 0) / total);
}

/** Nearest neighbours. */
export const MODEL_NEIGHBOR: LibraryModule = [
  {
    name: 'model.neighbor.mean',
    signatures: [
      '(points: array of array of double) -> array of double',
      '(points: array of array of double, weight: fcn(array of double) -> double) -> array of double',
    ],
    doc: 'Component-wise mean of points, perhaps weighted.',
    errors: { 30000: 'not enough points', 30001: 'inconsistent dimensionality' },
    bind: bound((call) => (points: Matrix, weigh?: (point: Vector) => number) => meanOf(call, points, weigh)),
  },
  {
    name: 'model.neighbor.nearestK',
    signatures: [
      '(k: int, datum: array of double, codebook: array of array of double) -> array of array of double',
      '(k: int, datum: any A, codebook: array of any B, metric: fcn(A, B) -> double) -> array of B',
    ],
    doc: 'The k points closest to the datum.',
    errors: { 30010: 'k must be nonnegative', 30011: 'inconsistent dimensionality' },
    bind: bound((call) => (k: number, datum: Value, codebook: Arr, metric?: Metric) => {
      if (k < 0) throw call.error(30010);
      if (metric === undefined && codebook.some((point) => (point as Vector).length !== (datum as Vector).length))
        throw call.error(30011);
      return nearest(codebook, k, (point) => (metric ?? euclidean)(datum, point));
    }),
  },
  {
    name: 'model.neighbor.ballR',
    signatures: [
      '(r: double, datum: array of double, codebook: array of array of double) -> array of array of double',
      '(r: double, datum: any A, codebook: array of any B, metric: fcn(A, B) -> double) -> array of B',
    ],
    doc: 'The points closer to the datum than r.',
    bind: bound(
      (_call) =>
        (r: number, datum: Value, codebook: Arr, metric: Metric = euclidean) =>
          codebook.filter((point) => metric(datum, point) < r),
    ),
  },
];

function sameKeys(x: Obj, y: Obj): boolean {
  const keys = Object.keys(x);
  return keys.length === Object.keys(y).length && keys.every((key) => Object.hasOwn(y, key));
}

function gaussianNaive(call: Call, x: Vector, models: Arr<Obj<number>>): number {
  return models.reduce((sum, { mean, variance }, index) => {
    if (variance! <= 0) throw call.error(10001);
    return sum - 0.5 * Math.log(2 * Math.PI * variance!) - (x[index]! - mean!) ** 2 / (2 * variance!);
  }, 0);
}

/** The datum's and the model's items in one order; misaligned ones are the error `code`. */
function paired<T extends Value>(
  call: Call,
  code: number,
  x: Vector | Obj<number>,
  model: Arr<T> | Obj<T>,
): [Vector, Arr<T>] {
  if (Array.isArray(x)) {
    if (x.length !== (model as Arr<T>).length) throw call.error(code);
    return [x, model as Arr<T>];
  }
  const [datum, items] = [x as Obj<number>, model as Obj<T>];
  if (!sameKeys(datum, items)) throw call.error(code);
  const keys = Object.keys(items);
  return [keys.map((key) => datum[key]!), keys.map((key) => items[key]!)];
}

function multinomialNaive(call: Call, x: Vector | Obj<number>, model: Value): number {
  const kind = call.types[1]!.type;
  const likelihoods = (kind === 'record' ? (model as Obj)['values'] : model) as Vector | Obj<number>;
  const values = Object.values(likelihoods) as number[];
  if (values.length === 0 || values.some((value) => !(value > 0))) throw call.error(10011);
  const [datum, items] = paired(call, 10010, x, likelihoods);
  const total = items.reduce((sum, item) => sum + item, 0);
  return datum.reduce((sum, count, index) => sum + count * Math.log(items[index]! / total), 0);
}

function bernoulliNaive(call: Call, datum: Arr<string>, model: Obj): number {
  const values = (call.types[1]!.type === 'record' ? model['values'] : model) as Obj<number>;
  const present = new Set(datum);
  let sum = 0;
  for (const key in values) {
    const value = values[key]!;
    if (value <= 0 || value >= 1) throw call.error(10020);
    sum += Math.log(present.has(key) ? value : 1 - value);
  }
  return sum;
}

/** Naive Bayes models. */
export const MODEL_NAIVE: LibraryModule = [
  {
    name: 'model.naive.gaussian',
    signatures: [
      '(datum: array of double, classModel: array of record A {mean: double, variance: double}) -> double',
      '(datum: map of double, classModel: map of record A {mean: double, variance: double}) -> double',
    ],
    doc: 'Log-likelihood of a class of independent normal variables.',
    errors: { 10000: 'datum and classModel misaligned', 10001: 'variance less than or equal to zero' },
    bind: bound((call) => (x: Vector | Obj<number>, model: Arr<Obj<number>> | Obj<Obj<number>>) => {
      const [datum, items] = paired(call, 10000, x, model);
      return gaussianNaive(call, datum, items);
    }),
  },
  {
    name: 'model.naive.multinomial',
    signatures: [
      '(datum: array of double, classModel: array of double) -> double',
      '(datum: map of double, classModel: map of double) -> double',
      '(datum: array of double, classModel: record C {values: array of double}) -> double',
      '(datum: map of double, classModel: record C {values: map of double}) -> double',
    ],
    doc: 'Log-likelihood of a class of counted features.',
    errors: { 10010: 'datum and classModel misaligned', 10011: 'classModel must be non-empty and strictly positive' },
    bind: bound((call) => (x: Vector | Obj<number>, model: Value) => multinomialNaive(call, x, model)),
  },
  {
    name: 'model.naive.bernoulli',
    signatures: [
      '(datum: array of string, classModel: map of double) -> double',
      '(datum: array of string, classModel: record C {values: map of double}) -> double',
    ],
    doc: 'Log-likelihood of a class of features that are there or not.',
    errors: { 10020: 'probability in classModel must be strictly between 0 and 1' },
    bind: bound((call) => (datum: Arr<string>, model: Obj) => bernoulliNaive(call, datum, model)),
  },
];

function layers(call: Call, x: Vector, model: Arr<Obj>, activation: (x: number) => number): Vector {
  if (model.length === 0) throw call.error(11000);
  return model.reduce((input: Vector, layer, index) => {
    const weights = layer['weights'] as Matrix;
    const bias = layer['bias'] as Vector;
    if (weights.length !== bias.length || weights.some((row) => row.length !== input.length)) throw call.error(11001);
    const output = weights.map(
      (row, node) => row.reduce((sum, weight, at) => sum + weight * input[at]!, 0) + bias[node]!,
    );
    return index === model.length - 1 ? output : output.map((item) => activation(item));
  }, x);
}

/** Neural networks. */
export const MODEL_NEURAL: LibraryModule = [
  {
    name: 'model.neural.simpleLayers',
    signatures: [
      '(datum: array of double, model: array of record M {weights: array of array of double, bias: array of double}, activation: fcn(double) -> double) -> array of double',
    ],
    doc: 'Outputs of a feed-forward network; the last layer is not passed through the activation.',
    errors: { 11000: 'no layers', 11001: 'weights, bias, or datum misaligned' },
    bind: bound(
      (call) => (x: Vector, model: Arr<Obj>, activation: (x: number) => number) => layers(call, x, model, activation),
    ),
  },
];

function supportVectors(call: Call, x: Vector, model: Obj, kernel: (x: Vector, y: Vector) => number): number {
  const negative = model['negClass'] as Arr<Obj>;
  const positive = model['posClass'] as Arr<Obj>;
  if (negative.length === 0 && positive.length === 0) throw call.error(12000);
  const score = (sum: number, item: Obj): number => {
    const vector = item['supVec'] as Vector;
    if (vector.length !== x.length) throw call.error(12001);
    return sum + (item['coeff'] as number) * kernel(vector, x);
  };
  return negative.reduce(score, 0) + positive.reduce(score, 0) + (model['const'] as number);
}

/** Support vector machines. */
export const MODEL_SVM: LibraryModule = [
  {
    name: 'model.svm.score',
    signatures: [
      '(datum: array of double, model: record L {const: double, posClass: array of record M {supVec: array of double, coeff: double}, negClass: array of record N {supVec: array of double, coeff: double}}, kernel: fcn(array of double, array of double) -> double) -> double',
    ],
    doc: 'Score of a two-class support vector machine.',
    errors: { 12000: 'no support vectors', 12001: 'support vectors must have same length as datum' },
    bind: bound(
      (call) => (x: Vector, model: Obj, kernel: (x: Vector, y: Vector) => number) =>
        supportVectors(call, x, model, kernel),
    ),
  },
];
