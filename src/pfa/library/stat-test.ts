import type { Fn, Value } from '../types.js';
import { body, bound, byType, type Matrix, type Obj, type Vector } from './body.js';
import type { Call, LibraryModule } from './function.js';
import { mapObject } from './la.js';
import { gammaTails } from './numeric/distributions.js';
import { matrixWork, solve } from './numeric/matrix.js';

/** The complement of the Kolmogorov distribution at lambda. */
function kolmogorovTail(lambda: number): number {
  let sum = 0;
  for (let k = 1; k <= 100; k++) {
    const term = Math.exp(-2 * k * k * lambda * lambda);
    sum += k % 2 === 1 ? term : -term;
    if (term < 1e-17 * Math.abs(sum)) return Math.min(1, Math.max(0, 2 * sum));
  }
  return 1;
}

/** Two-sample Kolmogorov–Smirnov probability with Stephens' correction for small samples. */
function kolmogorov(x: Vector, y: Vector): number {
  const left = x.filter((item) => !Number.isNaN(item)).sort((a, b) => a - b);
  const right = y.filter((item) => !Number.isNaN(item)).sort((a, b) => a - b);
  if (left.length === 0 && right.length === 0) return 1;
  if (left.length === 0 || right.length === 0) return 0;
  let i = 0;
  let j = 0;
  let distance = 0;
  while (i < left.length && j < right.length) {
    // one step a time also through ties, as both engines go
    const [a, b] = [left[i]!, right[j]!];
    if (a <= b) i += 1;
    if (b <= a) j += 1;
    distance = Math.max(distance, Math.abs(i / left.length - j / right.length));
  }
  const root = Math.sqrt((left.length * right.length) / (left.length + right.length));
  return kolmogorovTail((root + 0.12 + 0.11 / root) * distance);
}

function aligned(x: Obj<Value>, y: Obj<Value>): boolean {
  const keys = Object.keys(x);
  return keys.length === Object.keys(y).length && keys.every((key) => Object.hasOwn(y, key));
}

/** Binds observation − prediction; misaligned vectors are the error `code`. */
export function residual(code: number): (call: Call) => Fn {
  return byType(0, {
    double: body((x: number, y: number) => x - y),
    array: bound((call) => (x: Vector, y: Vector) => {
      if (x.length !== y.length) throw call.error(code);
      return x.map((item, index) => item - y[index]!);
    }),
    map: bound((call) => (x: Obj<number>, y: Obj<number>) => {
      if (!aligned(x, y)) throw call.error(code);
      return mapObject(x, (item, key) => item - y[key]!);
    }),
  });
}

/** Binds (observation − prediction) / uncertainty; misalignments are the errors `code` and `code + 1`. */
export function pull(code: number): (call: Call) => Fn {
  return byType(0, {
    double: body((x: number, y: number, u: number) => (x - y) / u),
    array: bound((call) => (x: Vector, y: Vector, u: Vector) => {
      if (x.length !== y.length) throw call.error(code);
      if (x.length !== u.length) throw call.error(code + 1);
      return x.map((item, index) => (item - y[index]!) / u[index]!);
    }),
    map: bound((call) => (x: Obj<number>, y: Obj<number>, u: Obj<number>) => {
      if (!aligned(x, y)) throw call.error(code);
      if (!aligned(x, u)) throw call.error(code + 1);
      return mapObject(x, (item, key) => (item - y[key]!) / u[key]!);
    }),
  });
}

function distanceOf(call: Call, difference: Vector, covariance: Matrix): number {
  call.engine.spend(matrixWork(difference.length));
  const solution = solve(
    covariance,
    difference.map((item) => [item]),
  );
  if (solution === undefined) return Number.NaN;
  return Math.sqrt(difference.reduce((sum, item, index) => sum + item * solution[index]![0]!, 0));
}

/** Binds the Mahalanobis distance; no elements and misalignments are the errors `code` to `code + 2`. */
export function mahalanobis(code: number): (call: Call) => Fn {
  return byType(0, {
    array: bound((call) => (x: Vector, y: Vector, covariance: Matrix) => {
      if (x.length < 1) throw call.error(code);
      if (x.length !== y.length) throw call.error(code + 1);
      if (covariance.length !== x.length || covariance.some((row) => row.length !== x.length))
        throw call.error(code + 2);
      return distanceOf(
        call,
        x.map((item, index) => item - y[index]!),
        covariance,
      );
    }),
    map: bound((call) => (x: Obj<number>, y: Obj<number>, covariance: Obj<Obj<number>>) => {
      const keys = Object.keys(x);
      if (keys.length < 1) throw call.error(code);
      if (!aligned(x, y)) throw call.error(code + 1);
      if (!aligned(x, covariance) || keys.some((key) => !aligned(x, covariance[key]!))) throw call.error(code + 2);
      return distanceOf(
        call,
        keys.map((key) => x[key]! - y[key]!),
        keys.map((row) => keys.map((column) => covariance[row]![column]!)),
      );
    }),
  });
}

/** Binds the update of a chi-squared whose degrees of freedom stand in the field `dof`. */
export function updateChi2(dof: string): (call: Call) => Fn {
  return body((x: number | Vector | Obj<number>, state: Obj) => {
    const pulls: Vector = typeof x === 'number' ? [x] : Array.isArray(x) ? x : Object.values(x as Obj<number>);
    const chi2 = pulls.reduce((sum, item) => sum + item * item, state['chi2'] as number);
    // a vector counts once, as both engines have it; there is no error for a count that overflows: it wraps
    return { ...state, chi2, [dof]: ((state[dof] as number) + 1) | 0 };
  });
}

export function reducedChi2(dof: string): (call: Call) => Fn {
  return body((state: Obj<number>) => state['chi2']! / state[dof]!);
}

/** Binds the cumulative chi-squared distribution; negative degrees of freedom are the error `code`. */
export function chi2Prob(code: number, dof: string): (call: Call) => Fn {
  return bound((call) => (state: Obj<number>) => {
    const degrees = state[dof]!;
    const chi2 = state['chi2']!;
    if (degrees < 0) throw call.error(code);
    if (degrees === 0) return Number(chi2 > 0);
    return gammaTails(chi2, degrees / 2, 2).lower;
  });
}

/** Tests of data against data or predictions. */
export const STAT_TEST: LibraryModule = [
  {
    name: 'stat.test.kolmogorov',
    signatures: ['(x: array of double, y: array of double) -> double'],
    doc: 'Probability that two data sets have one parent distribution, by Kolmogorov and Smirnov.',
    bind: body(kolmogorov),
  },
  {
    name: 'stat.test.residual',
    signatures: [
      '(observation: double, prediciton: double) -> double',
      '(observation: array of double, prediciton: array of double) -> array of double',
      '(observation: map of double, prediciton: map of double) -> map of double',
    ],
    doc: 'Observation minus prediction.',
    errors: { 38010: 'misaligned prediction' },
    bind: residual(38010),
  },
  {
    name: 'stat.test.pull',
    signatures: [
      '(observation: double, prediciton: double, uncertainty: double) -> double',
      '(observation: array of double, prediciton: array of double, uncertainty: array of double) -> array of double',
      '(observation: map of double, prediciton: map of double, uncertainty: map of double) -> map of double',
    ],
    doc: 'Observation minus prediction, over the uncertainty.',
    errors: { 38020: 'misaligned prediction', 38021: 'misaligned uncertainty' },
    bind: pull(38020),
  },
  {
    name: 'stat.test.mahalanobis',
    signatures: [
      '(observation: array of double, prediction: array of double, covariance: array of array of double) -> double',
      '(observation: map of double, prediction: map of double, covariance: map of map of double) -> double',
    ],
    doc: 'Mahalanobis distance of observation and prediction.',
    errors: { 38030: 'too few rows/cols', 38031: 'misaligned prediction', 38032: 'misaligned covariance' },
    bind: mahalanobis(38030),
  },
  {
    name: 'stat.test.updateChi2',
    signatures: [
      '(pull: double, state: record A {chi2: double, dof: int}) -> A',
      '(pull: array of double, state: record A {chi2: double, dof: int}) -> A',
      '(pull: map of double, state: record A {chi2: double, dof: int}) -> A',
    ],
    doc: 'Adds the squares of pulls to a chi-squared.',
    bind: updateChi2('dof'),
  },
  {
    name: 'stat.test.reducedChi2',
    signatures: ['(state: record A {chi2: double, dof: int}) -> double'],
    doc: 'Chi-squared over degrees of freedom.',
    bind: reducedChi2('dof'),
  },
  {
    name: 'stat.test.chi2Prob',
    signatures: ['(state: record A {chi2: double, dof: int}) -> double'],
    doc: 'Cumulative chi-squared distribution at a state.',
    errors: { 38060: 'invalid parameterization' },
    bind: chi2Prob(38060, 'dof'),
  },
];
