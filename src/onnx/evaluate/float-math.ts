/** Float32 functions as single-precision code computes them: every step rounded. Arguments are float32 values. */

const { fround } = Math;

const STEPS = 32;
const POWERS = Float64Array.from({ length: STEPS }, (_, i) => 2 ** (i / STEPS));

/**
 * exp in single precision, by the usual scheme: 2^(k/32) from a table times a cubic in double precision. Its error of
 * about 0.502 ULP is that of the C library that ONNX Runtime is linked with, and so are the values it rounds the other way.
 */
export function expf(x: number): number {
  if (!(x <= 88.72283935546875)) return x > 0 ? Number.POSITIVE_INFINITY : x;
  if (x < -103.97208404541016) return 0;
  const scaled = x * (Math.LOG2E * STEPS);
  const whole = Math.round(scaled);
  const rest = scaled - whole;
  const square = rest * rest;
  const high = 1.6938359250920212e-6 * rest + 2.3459809789509004e-4;
  const low = 2.1660849396613134e-2 * rest + 1;
  const index = ((whole % STEPS) + STEPS) % STEPS;
  return fround((high * square + low) * POWERS[index]! * 2 ** ((whole - index) / STEPS));
}

/** 1 / (1 + e^-|x|), mirrored for negative x: the logistic function of the ai.onnx.ml operators. */
export function logisticf(x: number): number {
  const positive = fround(1 / fround(1 + expf(-Math.abs(x))));
  return x < 0 ? fround(1 - positive) : positive;
}

/** The approximation of the probit function that ONNX Runtime uses: sqrt(2) erfinv(2x - 1) by Winitzki's formula. */
export function probitf(value: number): number {
  const x = fround(fround(2 * value) - 1);
  const log = fround(Math.log(fround(fround(1 - x) * fround(1 + x))));
  const a = fround(0.147);
  const v = fround(fround(2 / fround(fround(Math.PI) * a)) + fround(0.5 * log));
  const v2 = fround(fround(1 / a) * log);
  const v3 = fround(-v + fround(Math.sqrt(fround(fround(v * v) - v2))));
  return fround(fround(Math.SQRT2) * fround((x < 0 ? -1 : 1) * fround(Math.sqrt(v3))));
}

/** In place: e^(x - max) over their sum, in order. */
export function softmaxf(values: number[] | Float32Array): void {
  let largest = -3.4028234663852886e38;
  for (const value of values) if (value > largest) largest = value;
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum = fround(sum + (values[i] = expf(fround(values[i]! - largest))));
  for (let i = 0; i < values.length; i++) values[i] = fround(values[i]! / sum);
}

/** In place: softmax that leaves scores of zero (nearer than 1e-7) out of the sum; `round` rounds the quotients. */
export function softmaxZerof(values: number[] | Float32Array, round: (value: number) => number = fround): void {
  let largest = -3.4028234663852886e38;
  for (const value of values) if (value > largest) largest = value;
  const scale = expf(-largest);
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Math.abs(value) > fround(0.0000001)) sum = fround(sum + (values[i] = expf(fround(value - largest))));
    else values[i] = round(value * scale);
  }
  for (let i = 0; i < values.length; i++) values[i] = round(values[i]! / sum);
}

/** a · b + c rounded once to float32. */
export function fmaf(a: number, b: number, c: number): number {
  const product = a * b;
  const sum = product + c;
  const result = fround(sum);
  // Rounding twice errs where the double lies halfway between two floats, but only because it was rounded itself.
  const rest = sum - result;
  const other = result + 2 * rest;
  if (rest === 0 || fround(other) !== other) return result;
  const part = sum - product;
  const lost = product - (sum - part) + (c - part);
  if (!(lost !== 0)) return result;
  return lost > 0 ? Math.max(result, other) : Math.min(result, other);
}

const SPLITTER = 2 ** 27 + 1;

/** a · b + c with one rounding in double precision, but for ties that three doubles cannot tell (Dekker, Knuth). */
export function fma(a: number, b: number, c: number): number {
  const product = a * b;
  const plain = product + c;
  if (!Number.isFinite(plain) || Math.abs(a) > 2 ** 970 || Math.abs(b) > 2 ** 970) return plain;
  const aHigh = SPLITTER * a - (SPLITTER * a - a);
  const bHigh = SPLITTER * b - (SPLITTER * b - b);
  const aLow = a - aHigh;
  const bLow = b - bHigh;
  const productError = aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
  const back = plain - product;
  const sumError = product - (plain - back) + (c - back);
  return plain + (sumError + productError);
}

/** A polynomial in Horner's scheme with fused multiply-adds, the highest coefficient first. */
function horner(coefficients: Float32Array, x: number): number {
  let value = coefficients[0]!;
  for (let i = 1; i < coefficients.length; i++) value = fround(value * x + coefficients[i]!);
  return value;
}

const EXP_TERMS = Float32Array.of(
  1445 * 2 ** -20,
  4495287 * 2 ** -29,
  11185581 * 2 ** -28,
  1398085 * 2 ** -23,
  16777211 * 2 ** -25,
  1,
  1,
);

/** e^x as ONNX Runtime's vector code computes it: 2^m times a polynomial of degree six, in fused float32 steps. */
export function expVector(x: number): number {
  if (Number.isNaN(x)) return x;
  const bounded = Math.min(fround(88.776262664795), Math.max(fround(-103.9720840454), x));
  const whole = fround(fround(bounded * fround(Math.LOG2E) + 12582912) - 12582912);
  const high = fround(whole * fround(-0.693145752) + bounded);
  const rest = fround(whole * fround(-1.42860677e-6) + high);
  return fround(horner(EXP_TERMS, rest) * 2 ** whole);
}

const LOGISTIC_P = Float32Array.of(
  4.37031012579801e-11,
  1.15627324459942e-7,
  6.08574864600143e-5,
  8.51377133304701e-3,
  2.48287947061529e-1,
);
const LOGISTIC_Q = Float32Array.of(
  6.10247389755681e-13,
  5.76102136993427e-9,
  6.2910678501704e-6,
  1.70198817374094e-3,
  1.16817656904453e-1,
  9.9315192102318e-1,
);

/** The logistic function as ONNX Runtime's vector code computes it: a rational function, kept within 0 and 1. */
export function logisticVector(x: number): number {
  if (Number.isNaN(x)) return x;
  const bounded = Math.min(18, Math.max(-18, x));
  const square = fround(bounded * bounded);
  const p = fround(horner(LOGISTIC_P, square) * bounded);
  const value = fround(fround(p / horner(LOGISTIC_Q, square)) + 0.5);
  return Math.min(1, Math.max(0, value));
}

const TANH_P = Float32Array.of(
  -2.76076847742355e-16,
  2.00018790482477e-13,
  -8.60467152213735e-11,
  5.12229709037114e-8,
  1.48572235717979e-5,
  6.37261928875436e-4,
  4.89352455891786e-3,
);
const TANH_Q = Float32Array.of(1.19825839466702e-6, 1.18534705686654e-4, 2.268434632439e-3, 4.89352518554385e-3);

/** tanh as ONNX Runtime's vector code computes it. */
export function tanhVector(x: number): number {
  if (Number.isNaN(x)) return x;
  const bounded = Math.min(9, Math.max(-9, x));
  const square = fround(bounded * bounded);
  return fround(fround(horner(TANH_P, square) * bounded) / horner(TANH_Q, square));
}

/** The sum of eight float32 lanes, as horizontal additions form it. */
export function sumOfLanes(lanes: Float32Array): number {
  const pair = (i: number): number => fround(lanes[i]! + lanes[i + 1]!);
  return fround(fround(pair(0) + pair(2)) + fround(pair(4) + pair(6)));
}

/** In place: softmax with the vector exponential, scaled by the reciprocal of the sum. */
export function softmaxVector(values: number[] | Float32Array): void {
  let largest = Number.NEGATIVE_INFINITY;
  for (const value of values) if (value > largest) largest = value;
  const lanes = new Float32Array(16);
  for (let i = 0; i < values.length; i++) {
    values[i] = expVector(fround(values[i]! - largest));
    lanes[i % 16] = lanes[i % 16]! + values[i]!;
  }
  for (let i = 0; i < 8; i++) lanes[i] = lanes[i]! + lanes[i + 8]!;
  const scale = fround(1 / sumOfLanes(lanes));
  for (let i = 0; i < values.length; i++) values[i] = fround(values[i]! * scale);
}
