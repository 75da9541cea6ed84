const TWO_OVER_SQRT_PI = 1.1283791670955126;
const ONE_OVER_SQRT_PI = 0.5641895835477563;

/** Error function. */
export function erf(x: number): number {
  if (Number.isNaN(x)) return Number.NaN;
  const size = Math.abs(x);
  const value = size < 2 ? series(size) : size > 6 ? 1 : 1 - fraction(size);
  return x < 0 ? -value : x === 0 ? x : value;
}

/** Complementary error function; keeps its relative accuracy far out to the right. */
export function erfc(x: number): number {
  if (Number.isNaN(x)) return Number.NaN;
  if (x < 0) return 1 + erf(-x);
  if (x < 1) return 1 - series(x);
  return x > 27.5 ? 0 : fraction(x);
}

function series(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n < 100; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
    if (term < sum * 1e-17) break;
  }
  return TWO_OVER_SQRT_PI * Math.exp(-x * x) * sum;
}

/** erfc(x) for x ≥ 1, by the continued fraction x + (1/2)/(x + (2/2)/(x + …)), evaluated from its end. */
function fraction(x: number): number {
  let value = x;
  for (let n = Math.ceil(20 + 180 / (x * x)); n >= 1; n--) value = x + n / 2 / value;
  return (ONE_OVER_SQRT_PI * exponentialOfSquare(x)) / value;
}

/** e^(−x²) with the square split, so that large x keep their digits. */
function exponentialOfSquare(x: number): number {
  const high = Math.round(x * 1024) / 1024;
  const low = x - high;
  return Math.exp(-high * high) * Math.exp(-low * (x + high));
}
