import { incompleteBeta, incompleteBetaOf } from './beta.js';
import { erfc } from './erf.js';
import { incompleteGamma, lnBeta, lnGamma, lnGammaPrefix } from './gamma.js';
import { continuousQuantile, type Tails } from './quantile.js';

const LARGEST = Number.MAX_VALUE;
const LN_2PI = 1.8378770664093453;

export function normalTails(z: number): Tails {
  return { lower: erfc(-z / Math.SQRT2) / 2, upper: erfc(z / Math.SQRT2) / 2 };
}

export function normalQuantile(p: number): number {
  if (p === 0) return -Infinity;
  if (p === 1) return Infinity;
  return p === 0.5 ? 0 : continuousQuantile(normalTails, p, -40, 40);
}

export function gammaDensity(x: number, shape: number, scale: number): number {
  if (x < 0) return 0;
  if (x === 0) return shape < 1 ? Infinity : shape === 1 ? 1 / scale : 0;
  return Math.exp(lnGammaPrefix(shape, x / scale)) / x;
}

export function gammaTails(x: number, shape: number, scale: number): Tails {
  return incompleteGamma(shape, Math.max(0, x / scale));
}

export function gammaQuantile(p: number, shape: number, scale: number): number {
  if (p === 0) return 0;
  if (p === 1) return Infinity;
  return continuousQuantile((x) => gammaTails(x, shape, 1), p, 0, LARGEST) * scale;
}

/** Zero at both ends, whatever the limit: so both engines have it. */
export function betaDensity(x: number, a: number, b: number): number {
  if (x <= 0 || x >= 1) return 0;
  return Math.exp((a - 1) * Math.log(x) + (b - 1) * Math.log1p(-x) - lnBeta(a, b));
}

export function betaTails(x: number, a: number, b: number): Tails {
  return incompleteBeta(x, a, b);
}

export function betaQuantile(p: number, a: number, b: number): number {
  return p === 0 ? 0 : p === 1 ? 1 : continuousQuantile((x) => betaTails(x, a, b), p, 0, 1);
}

/** Zero at zero, whatever the limit: so both engines have it. */
export function fDensity(x: number, d1: number, d2: number): number {
  if (x <= 0) return 0;
  const ratio = (d1 * x) / d2;
  return Math.exp((d1 / 2) * Math.log(ratio) - ((d1 + d2) / 2) * Math.log1p(ratio) - lnBeta(d1 / 2, d2 / 2)) / x;
}

export function fTails(x: number, d1: number, d2: number): Tails {
  if (x <= 0) return { lower: 0, upper: 1 };
  const sum = d1 * x + d2;
  if (sum === Infinity) return { lower: 1, upper: 0 };
  return incompleteBetaOf((d1 * x) / sum, d2 / sum, d1 / 2, d2 / 2);
}

export function fQuantile(p: number, d1: number, d2: number): number {
  if (p === 0) return 0;
  return p === 1 ? Infinity : continuousQuantile((x) => fTails(x, d1, d2), p, 0, LARGEST);
}

export function tDensity(x: number, dof: number): number {
  return Math.exp(-((dof + 1) / 2) * Math.log1p((x * x) / dof) - lnBeta(0.5, dof / 2)) / Math.sqrt(dof);
}

export function tTails(x: number, dof: number): Tails {
  const square = x * x;
  const outside =
    square === Infinity ? 0 : incompleteBetaOf(dof / (dof + square), square / (dof + square), dof / 2, 0.5).lower / 2;
  return x < 0 ? { lower: outside, upper: 1 - outside } : { lower: 1 - outside, upper: outside };
}

export function tQuantile(p: number, dof: number): number {
  if (p === 0) return -Infinity;
  if (p === 1) return Infinity;
  return p === 0.5 ? 0 : continuousQuantile((x) => tTails(x, dof), p, -LARGEST, LARGEST);
}

/** ln of the binomial coefficient, for real n ≥ k ≥ 0. */
export function lnChoose(n: number, k: number): number {
  if (k === 0 || k === n) return 0;
  return -Math.log(n + 1) - lnBeta(n - k + 1, k + 1);
}

/** x · ln y with 0 · ln 0 = 0. */
function xLnY(x: number, y: number): number {
  return x === 0 ? 0 : x * Math.log(y);
}

/** Zero where all trials succeed, whatever the formula gives: so both engines have it. */
export function binomialMass(x: number, size: number, prob: number): number {
  if (x < 0 || x >= size) return 0;
  return Math.exp(lnChoose(size, x) + xLnY(x, prob) + (size - x) * Math.log1p(-prob));
}

export function binomialLower(x: number, size: number, prob: number): number {
  const whole = Math.floor(x);
  if (whole < 0) return 0;
  if (whole >= size) return 1;
  return incompleteBeta(prob, whole + 1, size - whole).upper;
}

export function negativeBinomialMass(x: number, size: number, prob: number): number {
  if (x < 0) return 0;
  if (size === 0) return x === 0 ? 1 : 0;
  return Math.exp(lnChoose(x + size - 1, x) + size * Math.log(prob) + (x === 0 ? 0 : x * Math.log1p(-prob)));
}

/** Where no success is wanted, one at zero and zero elsewhere: so both engines have it. */
export function negativeBinomialLower(x: number, size: number, prob: number): number {
  const whole = Math.floor(x);
  if (whole < 0) return 0;
  return size === 0 ? Number(x === 0) : incompleteBeta(prob, size, whole + 1).lower;
}

export function poissonMass(x: number, lambda: number): number {
  if (x < 0) return 0;
  if (lambda === 0) return x === 0 ? 1 : 0;
  return x < 1 ? Math.exp(-lambda) : Math.exp(x * Math.log(lambda) - lambda - lnGamma(x + 1));
}

export function poissonLower(x: number, lambda: number): number {
  const whole = Math.floor(x);
  if (whole < 0) return 0;
  return lambda === 0 ? 1 : incompleteGamma(whole + 1, lambda).upper;
}

/** x white balls in k drawn of m white and n black. */
export function hypergeometricMass(x: number, m: number, n: number, k: number): number {
  if (x < 0 || x > m || x > k || k - x > n) return 0;
  return Math.exp(lnChoose(m, x) + lnChoose(n, k - x) - lnChoose(m + n, k));
}

/** ln of the normal density of variance sigma² around mu. */
export function normalLogDensity(x: number, mu: number, sigma: number): number {
  return -(((x - mu) / sigma) ** 2) / 2 - Math.log(sigma) - LN_2PI / 2;
}
