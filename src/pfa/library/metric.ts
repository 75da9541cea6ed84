import type { Value } from '../types.js';
import { untagged } from '../types.js';
import { type Arr, body, bound, type Vector } from './body.js';
import type { Call, LibraryModule } from './function.js';

type Similarity = (x: Value, y: Value) => number;

/** How a distance gathers its components and what becomes of the (weighted) total. */
interface Norm {
  gather: (total: number, component: number) => number;
  finish: (total: number) => number;
}

const SUM_OF_SQUARES: Norm = { gather: (total, item) => total + item * item, finish: (total) => total };
const EUCLIDEAN: Norm = { ...SUM_OF_SQUARES, finish: Math.sqrt };
const CHEBYSHEV: Norm = {
  gather: (total, item) => (item <= total || Number.isNaN(item) ? total : item),
  finish: (total) => total,
};
const TAXICAB: Norm = { gather: (total, item) => total + item, finish: (total) => total };

function minkowski(p: number): Norm {
  return p === Infinity
    ? CHEBYSHEV
    : { gather: (total, item) => total + item ** p, finish: (total) => total ** (1 / p) };
}

/** A distance over the components that neither vector misses, scaled up by the weights of those it leaves out. */
function distance(call: Call, code: number, norm: Norm, args: [Similarity, Arr, Arr, (Vector | undefined)?]): number {
  const [similarity, x, y, weights] = args;
  if (x.length !== y.length || (weights !== undefined && weights.length !== x.length)) throw call.error(code);
  let total = 0;
  let all = 0;
  let present = 0;
  for (let index = 0; index < x.length; index++) {
    const weight = weights === undefined ? 1 : weights[index]!;
    all += weight;
    const left = x[index]!;
    const right = y[index]!;
    if (left === null || right === null) continue;
    present += weight;
    total = norm.gather(total, similarity(untagged(left), untagged(right)));
  }
  return present === 0 ? Number.NaN : norm.finish((total * all) / present);
}

function metric(code: number, norm: Norm) {
  return bound(
    (call) =>
      (...args: [Similarity, Arr, Arr, Vector?]) =>
        distance(call, code, norm, args),
  );
}

/** Counts of the pairs (true, true), (true, false), (false, true), (false, false). */
function counts(call: Call, code: number, x: Arr<boolean>, y: Arr<boolean>) {
  if (x.length !== y.length) throw call.error(code);
  const found = { both: 0, left: 0, right: 0, none: 0 };
  for (const [index, item] of x.entries())
    found[item ? (y[index] ? 'both' : 'left') : y[index] ? 'right' : 'none'] += 1;
  return found;
}

/** Distances and similarities of vectors. */
export const METRIC: LibraryModule = [
  {
    name: 'metric.simpleEuclidean',
    signatures: ['(x: array of double, y: array of double) -> double'],
    doc: 'Euclidean distance of two plain vectors.',
    errors: { 28000: 'dimensions of vectors do not match' },
    bind: bound((call) => (x: Vector, y: Vector) => {
      if (x.length !== y.length) throw call.error(28000);
      return Math.sqrt(x.reduce((sum, item, index) => sum + (item - y[index]!) ** 2, 0));
    }),
  },
  {
    name: 'metric.absDiff',
    signatures: ['(x: double, y: double) -> double'],
    doc: 'Absolute difference of two numbers.',
    bind: body((x: number, y: number) => Math.abs(x - y)),
  },
  {
    name: 'metric.gaussianSimilarity',
    signatures: ['(x: double, y: double, sigma: double) -> double'],
    doc: 'exp(−ln 2 · (x − y)² / sigma²).',
    bind: body((x: number, y: number, sigma: number) => Math.exp((-Math.LN2 * (x - y) ** 2) / sigma ** 2)),
  },
  {
    name: 'metric.euclidean',
    signatures: [
      '(similarity: fcn(any A, any B) -> double, x: array of union(null, A), y: array of union(null, B)) -> double',
      '(similarity: fcn(any A, any B) -> double, x: array of union(null, A), y: array of union(null, B), missingWeight: array of double) -> double',
    ],
    doc: 'Root of the sum of squared similarities; missing components are made up for by weight.',
    errors: { 28030: 'dimensions of vectors do not match' },
    bind: metric(28030, EUCLIDEAN),
  },
  {
    name: 'metric.squaredEuclidean',
    signatures: [
      '(similarity: fcn(double, double) -> double, x: array of union(null, double), y: array of union(null, double)) -> double',
      '(similarity: fcn(double, double) -> double, x: array of union(null, double), y: array of union(null, double), missingWeight: array of double) -> double',
    ],
    doc: 'Sum of squared similarities; missing components are made up for by weight.',
    errors: { 28040: 'dimensions of vectors do not match' },
    bind: metric(28040, SUM_OF_SQUARES),
  },
  {
    name: 'metric.chebyshev',
    signatures: [
      '(similarity: fcn(double, double) -> double, x: array of union(null, double), y: array of union(null, double)) -> double',
      '(similarity: fcn(double, double) -> double, x: array of union(null, double), y: array of union(null, double), missingWeight: array of double) -> double',
    ],
    doc: 'Largest similarity; missing components are made up for by weight.',
    errors: { 28050: 'dimensions of vectors do not match' },
    bind: metric(28050, CHEBYSHEV),
  },
  {
    name: 'metric.taxicab',
    signatures: [
      '(similarity: fcn(double, double) -> double, x: array of union(null, double), y: array of union(null, double)) -> double',
      '(similarity: fcn(double, double) -> double, x: array of union(null, double), y: array of union(null, double), missingWeight: array of double) -> double',
    ],
    doc: 'Sum of similarities; missing components are made up for by weight.',
    errors: { 28060: 'dimensions of vectors do not match' },
    bind: metric(28060, TAXICAB),
  },
  {
    name: 'metric.minkowski',
    signatures: [
      '(similarity: fcn(double, double) -> double, x: array of union(null, double), y: array of union(null, double), p: double) -> double',
      '(similarity: fcn(double, double) -> double, x: array of union(null, double), y: array of union(null, double), p: double, missingWeight: array of double) -> double',
    ],
    doc: 'The p-norm of the similarities; missing components are made up for by weight.',
    errors: { 28070: 'dimensions of vectors do not match', 28071: 'Minkowski parameter p must be positive' },
    bind: bound((call) => (similarity: Similarity, x: Arr, y: Arr, p: number, weights?: Vector) => {
      if (x.length !== y.length || (weights !== undefined && weights.length !== x.length)) throw call.error(28070);
      if (!(p > 0)) throw call.error(28071);
      return distance(call, 28070, minkowski(p), [similarity, x, y, weights]);
    }),
  },
  {
    name: 'metric.simpleMatching',
    signatures: ['(x: array of boolean, y: array of boolean) -> double'],
    doc: 'Share of equal components of two binary vectors.',
    errors: { 28080: 'dimensions of vectors do not match' },
    bind: bound((call) => (x: Arr<boolean>, y: Arr<boolean>) => {
      const { both, left, right, none } = counts(call, 28080, x, y);
      return (both + none) / (both + left + right + none);
    }),
  },
  {
    name: 'metric.jaccard',
    signatures: ['(x: array of boolean, y: array of boolean) -> double'],
    doc: 'Common components over components that either vector has.',
    errors: { 28090: 'dimensions of vectors do not match' },
    bind: bound((call) => (x: Arr<boolean>, y: Arr<boolean>) => {
      const { both, left, right } = counts(call, 28090, x, y);
      return both / (both + left + right);
    }),
  },
  {
    name: 'metric.tanimoto',
    signatures: ['(x: array of boolean, y: array of boolean) -> double'],
    doc: 'Share of equal components, the unequal ones counted twice.',
    errors: { 28100: 'dimensions of vectors do not match' },
    bind: bound((call) => (x: Arr<boolean>, y: Arr<boolean>) => {
      const { both, left, right, none } = counts(call, 28100, x, y);
      return (both + none) / (both + 2 * (left + right) + none);
    }),
  },
  {
    name: 'metric.binarySimilarity',
    signatures: [
      '(x: array of boolean, y: array of boolean, c00: double, c01: double, c10: double, c11: double, d00: double, d01: double, d10: double, d11: double) -> double',
    ],
    doc: 'Ratio of two weighted sums of the four pair counts.',
    errors: { 28110: 'dimensions of vectors do not match' },
    bind: bound((call) => (x: Arr<boolean>, y: Arr<boolean>, ...weights: number[]) => {
      const { both, left, right, none } = counts(call, 28110, x, y);
      const pairs = [none, right, left, both];
      const sum = (from: number) => pairs.reduce((total, count, index) => total + count * weights[from + index]!, 0);
      return sum(0) / sum(4);
    }),
  },
];
