import type { Fn, Value } from '../types.js';
import { newMap, untagged } from '../types.js';
import type { Arr, Matrix, Obj, Vector } from './body.js';
import { hasField, recordAt } from './fields.js';
import type { Call, LibraryModule } from './function.js';
import { gaussianProcess, type Kernel } from './gaussian-process.js';
import { columnKeys, fromEntries, mapObject } from './la.js';
import { chi2Prob, mahalanobis, pull, reducedChi2, residual, updateChi2 } from './stat-test.js';

type MapMatrix = Obj<Obj<number>>;

function dot(call: Call, x: Vector, coeff: Vector): number {
  if (coeff.length !== x.length) throw call.error(31000);
  let sum = 0;
  for (let index = 0; index < x.length; index++) sum += x[index]! * coeff[index]!;
  return sum;
}

/** Missing entries count as zero. */
function dotMaps(x: Obj<number>, coeff: Obj<number>): number {
  let sum = 0;
  for (const key of new Set([...Object.keys(coeff), ...Object.keys(x)])) sum += (x[key] ?? 0) * (coeff[key] ?? 0);
  return sum;
}

function linear(call: Call): Fn {
  const coeffType = recordAt(call.types, 1)?.fields.find((field) => field.name === 'coeff')?.type;
  const outer =
    coeffType?.type === 'array' ? coeffType.items : coeffType?.type === 'map' ? coeffType.values : undefined;
  const several = outer?.type === 'array' || outer?.type === 'map';
  if (coeffType?.type === 'array') {
    return (x, model) => {
      const { coeff, const: constant } = model as Obj<Value>;
      if (!several) return dot(call, x as Vector, coeff as Vector) + (constant as number);
      const rows = coeff as Matrix;
      if (rows.length !== (constant as Vector).length) throw call.error(31001);
      return rows.map((row, index) => dot(call, x as Vector, row) + (constant as Vector)[index]!);
    };
  }
  return (x, model) => {
    const { coeff, const: constant } = model as Obj<Value>;
    if (!several) return dotMaps(x as Obj<number>, coeff as Obj<number>) + (constant as number);
    const rows = coeff as MapMatrix;
    const offsets = constant as Obj<number>;
    const nothing = newMap() as Obj<number>;
    const keys = new Set([...Object.keys(rows), ...Object.keys(offsets)]);
    return fromEntries(
      [...keys].map((key) => [key, dotMaps(x as Obj<number>, rows[key] ?? nothing) + (offsets[key] ?? 0)] as const),
    );
  };
}

/** xᵀ C x, x extended by a one for the constant term. */
function propagate(call: Call, x: Vector, covariance: Matrix): number {
  const extended = [...x, 1];
  if (covariance.length !== extended.length || covariance.some((row) => row.length !== extended.length))
    throw call.error(31010);
  return covariance.reduce(
    (sum, row, i) => sum + extended[i]! * row.reduce((inner, item, j) => inner + item * extended[j]!, 0),
    0,
  );
}

function propagateMaps(x: Obj<number>, covariance: MapMatrix): number {
  const extended = (key: string) => (key === '' ? 1 : (x[key] ?? 0));
  let sum = 0;
  const keys = new Set([...Object.keys(x), '', ...Object.keys(covariance), ...columnKeys(covariance)]);
  for (const i of keys) for (const j of keys) sum += extended(i) * (covariance[i]?.[j] ?? 0) * extended(j);
  return sum;
}

function linearVariance(call: Call): Fn {
  const several = call.returns.type !== 'double';
  const arrays = call.types[0]!.type === 'array';
  return (x, model) => {
    const covar = (model as Obj<Value>)['covar']!;
    if (arrays) {
      const one = (matrix: Matrix) => propagate(call, x as Vector, matrix);
      return several ? (covar as Arr<Matrix>).map(one) : one(covar as Matrix);
    }
    const one = (matrix: MapMatrix) => propagateMaps(x as Obj<number>, matrix);
    return several ? mapObject(covar as Obj<MapMatrix>, one) : one(covar as MapMatrix);
  };
}

function processBind(call: Call): Fn {
  const record = recordAt(call.types, 1);
  const scalar = call.returns.type === 'double';
  const vector = (value: Value): Vector => (typeof value === 'number' ? [value] : (value as Vector));
  return (x, table, weight, kernel) => {
    const entries = (table as Arr<Obj<Value>>).map((entry) => ({
      x: vector(entry['x']!),
      to: vector(entry['to']!),
      sigma: hasField(record, 'sigma') ? vector(entry['sigma']!) : undefined,
    }));
    const result = gaussianProcess(
      call,
      vector(x!),
      entries,
      untagged(weight!) as number | null,
      kernel as unknown as Kernel,
    );
    return scalar ? result[0]! : result;
  };
}

/** Regression models. */
export const MODEL_REG: LibraryModule = [
  {
    name: 'model.reg.linear',
    signatures: [
      '(datum: array of double, model: record M {coeff: array of double, const: double}) -> double',
      '(datum: array of double, model: record M {coeff: array of array of double, const: array of double}) -> array of double',
      '(datum: map of double, model: record M {coeff: map of double, const: double}) -> double',
      '(datum: map of double, model: record M {coeff: map of map of double, const: map of double}) -> map of double',
    ],
    doc: 'Coefficients times variables plus a constant, for one output or several.',
    errors: { 31000: 'misaligned coeff', 31001: 'misaligned const' },
    bind: linear,
  },
  {
    name: 'model.reg.linearVariance',
    signatures: [
      '(datum: array of double, model: record M {covar: array of array of double}) -> double',
      '(datum: array of double, model: record M {covar: array of array of array of double}) -> array of double',
      '(datum: map of double, model: record M {covar: map of map of double}) -> double',
      '(datum: map of double, model: record M {covar: map of map of map of double}) -> map of double',
    ],
    doc: 'Variance that a covariance matrix of coefficients gives the prediction.',
    errors: { 31010: 'misaligned covariance' },
    bind: linearVariance,
  },
  {
    name: 'model.reg.gaussianProcess',
    signatures: [
      '(x: double, table: array of record R {x: double, to: double}, krigingWeight: union(null, double), kernel: fcn(array of double, array of double) -> double) -> double',
      '(x: double, table: array of record R {x: double, to: array of double}, krigingWeight: union(null, double), kernel: fcn(array of double, array of double) -> double) -> array of double',
      '(x: array of double, table: array of record R {x: array of double, to: double}, krigingWeight: union(null, double), kernel: fcn(array of double, array of double) -> double) -> double',
      '(x: array of double, table: array of record R {x: array of double, to: array of double}, krigingWeight: union(null, double), kernel: fcn(array of double, array of double) -> double) -> array of double',
    ],
    doc: 'Prediction of a Gaussian process fitted to a table.',
    errors: {
      31080: 'table must have at least 1 entry',
      31081: 'x must have at least 1 feature',
      31082: 'table must have the same number of features as x',
      31083: 'table outputs must have at least 1 dimension',
      31084: 'table outputs must all have the same number of dimensions',
      31085: 'x is not finite',
      31086: 'table value is not finite',
      31087: 'krigingWeight is not finite',
      31088: 'matrix of kernel results is not positive definite',
    },
    nondeterministic: 'unstable',
    bind: processBind,
  },
  {
    name: 'model.reg.residual',
    signatures: [
      '(observation: double, prediciton: double) -> double',
      '(observation: array of double, prediciton: array of double) -> array of double',
      '(observation: map of double, prediciton: map of double) -> map of double',
    ],
    doc: 'Observation minus prediction.',
    errors: { 31020: 'misaligned prediction' },
    deprecated: 'since 0.7.2, gone by 0.9.0: use stat.test.residual instead',
    bind: residual(31020),
  },
  {
    name: 'model.reg.pull',
    signatures: [
      '(observation: double, prediciton: double, uncertainty: double) -> double',
      '(observation: array of double, prediciton: array of double, uncertainty: array of double) -> array of double',
      '(observation: map of double, prediciton: map of double, uncertainty: map of double) -> map of double',
    ],
    doc: 'Observation minus prediction, over the uncertainty.',
    errors: { 31030: 'misaligned prediction', 31031: 'misaligned uncertainty' },
    deprecated: 'since 0.7.2, gone by 0.9.0: use stat.test.pull instead',
    bind: pull(31030),
  },
  {
    name: 'model.reg.mahalanobis',
    signatures: [
      '(observation: array of double, prediction: array of double, covariance: array of array of double) -> double',
      '(observation: map of double, prediction: map of double, covariance: map of map of double) -> double',
    ],
    doc: 'Mahalanobis distance of observation and prediction.',
    errors: { 31040: 'too few rows/cols', 31041: 'misaligned prediction', 31042: 'misaligned covariance' },
    deprecated: 'since 0.7.2, gone by 0.9.0: use stat.test.mahalanobis instead',
    bind: mahalanobis(31040),
  },
  {
    name: 'model.reg.updateChi2',
    signatures: [
      '(pull: double, state: record A {chi2: double, DOF: int}) -> A',
      '(pull: array of double, state: record A {chi2: double, DOF: int}) -> A',
      '(pull: map of double, state: record A {chi2: double, DOF: int}) -> A',
    ],
    doc: 'Adds the squares of pulls to a chi-squared.',
    deprecated: 'since 0.7.2, gone by 0.9.0: use stat.test.updateChi2 instead',
    bind: updateChi2('DOF'),
  },
  {
    name: 'model.reg.reducedChi2',
    signatures: ['(state: record A {chi2: double, DOF: int}) -> double'],
    doc: 'Chi-squared over degrees of freedom.',
    deprecated: 'since 0.7.2, gone by 0.9.0: use stat.test.reducedChi2 instead',
    bind: reducedChi2('DOF'),
  },
  {
    name: 'model.reg.chi2Prob',
    signatures: ['(state: record A {chi2: double, DOF: int}) -> double'],
    doc: 'Cumulative chi-squared distribution at a state.',
    errors: { 31070: 'invalid parameterization' },
    deprecated: 'since 0.7.2, gone by 0.9.0: use stat.test.chi2Prob instead',
    bind: chi2Prob(31070, 'DOF'),
  },
];
