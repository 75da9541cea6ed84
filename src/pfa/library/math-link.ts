import type { Fn } from '../types.js';
import { newMap } from '../types.js';
import { type Arr, body, bound, byType, type Obj, type Vector } from './body.js';
import type { Call, LibraryModule } from './function.js';
import { erf } from './numeric/erf.js';

/** The values of a map passed through a function of all of them at once, in order. */
export function mapValues(x: Obj<number>, run: (values: Vector) => Vector): Obj<number> {
  const keys = Object.keys(x);
  const results = run(keys.map((key) => x[key]!));
  const made = newMap() as Record<string, number>;
  for (const [index, key] of keys.entries()) made[key] = results[index]!;
  return made;
}

/** Binds an element-wise link for scalars, arrays and maps. */
function link(run: (x: number) => number): (call: Call) => Fn {
  return byType(0, {
    double: body(run),
    array: body((x: Arr<number>) => x.map((item) => run(item))),
    map: body((x: Obj<number>) => mapValues(x, (values) => values.map((item) => run(item)))),
  });
}

/** Shifted by the largest element, so that no exponential overflows; the engines shift by the largest magnitude and can. */
/** The greatest element is subtracted first, so that no exponential overflows. */
function softmax(x: Vector): Vector {
  const highest = x.reduce((top, item) => Math.max(top, item));
  const powers = x.map((item) => Math.exp(item - highest));
  const sum = powers.reduce((total, item) => total + item, 0);
  return powers.map((item) => item / sum);
}

/** Link functions, which normalise the output of regression models. */
export const LINK: LibraryModule = [
  {
    name: 'm.link.softmax',
    signatures: ['(x: array of double) -> array of double', '(x: map of double) -> map of double'],
    doc: 'Exponentials of the elements, divided by their sum.',
    errors: { 25000: 'empty input' },
    bind: byType(0, {
      array: bound((call) => (x: Vector) => {
        if (x.length === 0) throw call.error(25000);
        return softmax(x);
      }),
      map: bound((call) => (x: Obj<number>) => {
        if (Object.keys(x).length === 0) throw call.error(25000);
        return mapValues(x, softmax);
      }),
    }),
  },
  {
    name: 'm.link.logit',
    signatures: [
      '(x: double) -> double',
      '(x: array of double) -> array of double',
      '(x: map of double) -> map of double',
    ],
    doc: 'Logistic function of each element.',
    bind: link((x) => 1 / (1 + Math.exp(-x))),
  },
  {
    name: 'm.link.probit',
    signatures: [
      '(x: double) -> double',
      '(x: array of double) -> array of double',
      '(x: map of double) -> map of double',
    ],
    doc: 'Cumulative normal distribution at each element.',
    bind: link((x) => (erf(x / Math.SQRT2) + 1) / 2),
  },
  {
    name: 'm.link.cloglog',
    signatures: [
      '(x: double) -> double',
      '(x: array of double) -> array of double',
      '(x: map of double) -> map of double',
    ],
    doc: 'Complementary log-log: 1 − exp(−exp(x)).',
    bind: link((x) => 1 - Math.exp(-Math.exp(x))),
  },
  {
    name: 'm.link.loglog',
    signatures: [
      '(x: double) -> double',
      '(x: array of double) -> array of double',
      '(x: map of double) -> map of double',
    ],
    doc: 'Log-log: exp(−exp(x)).',
    bind: link((x) => Math.exp(-Math.exp(x))),
  },
  {
    name: 'm.link.cauchit',
    signatures: [
      '(x: double) -> double',
      '(x: array of double) -> array of double',
      '(x: map of double) -> map of double',
    ],
    doc: 'Cumulative Cauchy distribution at each element.',
    bind: link((x) => 0.5 + Math.atan(x) / Math.PI),
  },
  {
    name: 'm.link.softplus',
    signatures: [
      '(x: double) -> double',
      '(x: array of double) -> array of double',
      '(x: map of double) -> map of double',
    ],
    doc: 'ln(1 + exp(x)).',
    bind: link((x) => Math.log(1 + Math.exp(x))),
  },
  {
    name: 'm.link.relu',
    signatures: [
      '(x: double) -> double',
      '(x: array of double) -> array of double',
      '(x: map of double) -> map of double',
    ],
    doc: 'x where it is positive, else zero.',
    bind: link((x) => Math.max(0, x)),
  },
  {
    name: 'm.link.tanh',
    signatures: [
      '(x: double) -> double',
      '(x: array of double) -> array of double',
      '(x: map of double) -> map of double',
    ],
    doc: 'Hyperbolic tangent of each element.',
    bind: link(Math.tanh),
  },
];
