/** Values of the Riemann zeta function at 2, 3, …, as the Taylor series of lnGamma around 1 needs them. */
const ZETA: readonly number[] = Array.from({ length: 60 }, (_, index) => zeta(index + 2));

const EULER = 0.5772156649015329;
const LN_SQRT_2PI = 0.9189385332046728;
/** B(2k) / (2k (2k − 1)): the coefficients of Stirling's series. */
const STIRLING = [
  1 / 12,
  -1 / 360,
  1 / 1260,
  -1 / 1680,
  1 / 1188,
  -691 / 360360,
  1 / 156,
  -3617 / 122400,
  43867 / 244188,
  -174611 / 125400,
];
const STIRLING_FROM = 12;

/** Euler–Maclaurin: a sum up to 16, the tail as an integral with three corrections. */
function zeta(s: number): number {
  const n = 16;
  let sum = 0;
  for (let k = n - 1; k >= 1; k--) sum += k ** -s;
  const tail =
    n ** (1 - s) / (s - 1) +
    n ** -s / 2 +
    (s * n ** (-s - 1)) / 12 -
    (s * (s + 1) * (s + 2) * n ** (-s - 3)) / 720 +
    (s * (s + 1) * (s + 2) * (s + 3) * (s + 4) * n ** (-s - 5)) / 30240;
  return sum + tail;
}

/** ln Γ(x) for x > 0; NaN otherwise. Keeps its relative accuracy at the zeros 1 and 2. */
export function lnGamma(x: number): number {
  if (Number.isNaN(x) || x <= 0) return Number.NaN;
  if (x === Infinity) return Infinity;
  if (Math.abs(x - 1) < 0.25) return lnGammaNearOne(x - 1);
  if (Math.abs(x - 2) < 0.25) return lnGammaNearOne(x - 2) + Math.log1p(x - 2);
  let shifted = x;
  let product = 1;
  while (shifted < STIRLING_FROM) {
    product *= shifted;
    shifted += 1;
  }
  return stirling(shifted) - Math.log(product);
}

function stirling(x: number): number {
  return (x - 0.5) * Math.log(x) - x + LN_SQRT_2PI + stirlingCorrection(x);
}

/** What Stirling's formula leaves out: ln Γ(x) − ((x − 1/2) ln x − x + ln √2π), for x of 12 or more. */
export function stirlingCorrection(x: number): number {
  const square = 1 / (x * x);
  let sum = 0;
  for (let k = STIRLING.length - 1; k >= 0; k--) sum = sum * square + STIRLING[k]!;
  return sum / x;
}

function lnGammaNearOne(e: number): number {
  let sum = 0;
  for (let k = ZETA.length - 1; k >= 0; k--) sum = sum * -e + ZETA[k]! / (k + 2);
  return e * (-EULER + e * sum);
}

/** ln B(a, b) for a, b > 0, without cancellation when one of them is much larger. */
export function lnBeta(a: number, b: number): number {
  const small = Math.min(a, b);
  const large = Math.max(a, b);
  if (large < STIRLING_FROM) return lnGamma(small) + lnGamma(large) - lnGamma(small + large);
  const correction = stirlingCorrection(large) - stirlingCorrection(small + large);
  // ln Γ(large) − ln Γ(small + large), with the logarithms combined
  const difference = -(large - 0.5) * Math.log1p(small / large) - small * Math.log(small + large) + small + correction;
  return lnGamma(small) + difference;
}

const MAX_TERMS = 200_000;

/** Regularised lower and upper incomplete gamma functions P(a, x) and Q(a, x), for a > 0 and x ≥ 0. */
export function incompleteGamma(a: number, x: number): { lower: number; upper: number } {
  if (Number.isNaN(a) || Number.isNaN(x)) return { lower: Number.NaN, upper: Number.NaN };
  if (x <= 0) return { lower: 0, upper: 1 };
  if (x === Infinity) return { lower: 1, upper: 0 };
  const prefix = Math.exp(lnGammaPrefix(a, x));
  if (x < a + 1) {
    const lower = prefix * lowerSeries(a, x);
    return { lower, upper: 1 - lower };
  }
  const upper = prefix * upperFraction(a, x);
  return { lower: 1 - upper, upper };
}

/** ln (x^a e^−x / Γ(a)). */
export function lnGammaPrefix(a: number, x: number): number {
  if (a < STIRLING_FROM) return a * Math.log(x) - x - lnGamma(a);
  const ratio = (x - a) / a;
  const distance = Math.abs(ratio) < 0.5 ? Math.log1p(ratio) - ratio : Math.log(x / a) - ratio;
  return a * distance + 0.5 * Math.log(a) - LN_SQRT_2PI - stirlingCorrection(a);
}

function lowerSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < MAX_TERMS; n++) {
    term *= x / (a + n);
    sum += term;
    if (term < sum * 1e-17) break;
  }
  return sum;
}

function upperFraction(a: number, x: number): number {
  const tiny = 1e-300;
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / (b === 0 ? tiny : b);
  let h = d;
  for (let n = 1; n < MAX_TERMS; n++) {
    const numerator = -n * (n - a);
    b += 2;
    d = numerator * d + b;
    if (Math.abs(d) < tiny) d = tiny;
    c = b + numerator / c;
    if (Math.abs(c) < tiny) c = tiny;
    d = 1 / d;
    const factor = d * c;
    h *= factor;
    if (Math.abs(factor - 1) < 1e-16) break;
  }
  return h;
}
