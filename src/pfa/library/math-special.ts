import { body, bound } from './body.js';
import type { LibraryModule } from './function.js';
import { INT_MAX } from './long.js';
import { erf, erfc } from './numeric/erf.js';
import { lnBeta, lnGamma } from './numeric/gamma.js';

/** Binomial coefficient as a double, exact up to 2^53. */
export function binomialCoefficient(n: number, k: number): number {
  let result = 1;
  const steps = Math.min(k, n - k);
  for (let index = 1; index <= steps; index++) {
    result = (result * (n - steps + index)) / index;
    if (result === Infinity) break;
  }
  return Math.round(result);
}

/** Special functions. */
export const SPECIAL: LibraryModule = [
  {
    name: 'm.special.nChooseK',
    signatures: ['(n: int, k: int) -> int'],
    doc: 'Number of ways to choose k of n elements.',
    errors: { 36000: 'domain error' },
    bind: bound((call) => (n: number, k: number) => {
      if (k <= 0 || n <= 0 || k >= n) throw call.error(36000);
      return Math.min(binomialCoefficient(n, k), INT_MAX);
    }),
  },
  {
    name: 'm.special.lnBeta',
    signatures: ['(a: double, b: double) -> double'],
    doc: 'Natural logarithm of the beta function.',
    errors: { 36010: 'domain error' },
    bind: bound((call) => (a: number, b: number) => {
      if (a <= 0 || b <= 0) throw call.error(36010);
      return lnBeta(a, b);
    }),
  },
  {
    name: 'm.special.erf',
    signatures: ['(x: double) -> double'],
    doc: 'Error function.',
    bind: body(erf),
  },
  {
    name: 'm.special.erfc',
    signatures: ['(x: double) -> double'],
    doc: 'Complementary error function, 1 − erf(x).',
    bind: body(erfc),
  },
  {
    name: 'm.special.lnGamma',
    signatures: ['(x: double) -> double'],
    doc: 'Natural logarithm of the gamma function.',
    errors: { 36050: 'domain error' },
    bind: bound((call) => (x: number) => {
      if (x <= 0) throw call.error(36050);
      // both engines give NaN at infinity
      return x === Infinity ? Number.NaN : lnGamma(x);
    }),
  },
];
