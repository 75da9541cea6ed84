import { lnBeta } from './gamma.js';

const MAX_TERMS = 200_000;
const CANCELLED = 0.05;

/** Regularised incomplete beta function I_x(a, b) and its complement, for a, b > 0 and x in [0, 1]. */
export function incompleteBeta(x: number, a: number, b: number): { lower: number; upper: number } {
  if (Number.isNaN(x) || Number.isNaN(a) || Number.isNaN(b)) return { lower: Number.NaN, upper: Number.NaN };
  if (x <= 0) return { lower: 0, upper: 1 };
  if (x >= 1) return { lower: 1, upper: 0 };
  return incompleteBetaOf(x, 1 - x, a, b);
}

/** The same where the caller knows 1 − x better than a subtraction does. */
export function incompleteBetaOf(x: number, y: number, a: number, b: number): { lower: number; upper: number } {
  if (x <= 0) return { lower: 0, upper: 1 };
  if (y <= 0) return { lower: 1, upper: 0 };
  const prefix = Math.exp(a * lnOf(x, y) + b * lnOf(y, x) - lnBeta(a, b));
  const inLower = x <= (a + 1) / (a + b + 2);
  let lower = inLower ? (prefix * fraction(x, a, b)) / a : 1;
  let upper = inLower ? 1 - lower : (prefix * fraction(y, b, a)) / b;
  if (!inLower) lower = 1 - upper;
  // a small difference from one has lost its digits: the other fraction converges more slowly, but keeps them
  if (!inLower && lower < CANCELLED) lower = (prefix * fraction(x, a, b)) / a;
  if (inLower && upper < CANCELLED) upper = (prefix * fraction(y, b, a)) / b;
  return { lower, upper };
}

function lnOf(x: number, complement: number): number {
  return x > 0.5 ? Math.log1p(-complement) : Math.log(x);
}

/** The continued fraction of I_x(a, b) by Lentz's method. */
function fraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  let c = 1;
  let d = 1 - ((a + b) * x) / (a + 1);
  if (Math.abs(d) < tiny) d = tiny;
  d = 1 / d;
  let h = d;
  for (let m = 1; m < MAX_TERMS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 + even * d;
    if (Math.abs(d) < tiny) d = tiny;
    c = 1 + even / c;
    if (Math.abs(c) < tiny) c = tiny;
    d = 1 / d;
    h *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 + odd * d;
    if (Math.abs(d) < tiny) d = tiny;
    c = 1 + odd / c;
    if (Math.abs(c) < tiny) c = tiny;
    d = 1 / d;
    const factor = d * c;
    h *= factor;
    if (Math.abs(factor - 1) < 1e-16) break;
  }
  return h;
}
