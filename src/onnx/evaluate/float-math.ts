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
  const v = fround(fround(2 / fround(fround(314159 / 1e5) * a)) + fround(0.5 * log));
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

/** In place: softmax that leaves scores of zero (nearer than 1e-7) out of the sum. */
export function softmaxZerof(values: number[] | Float32Array): void {
  let largest = -3.4028234663852886e38;
  for (const value of values) if (value > largest) largest = value;
  const scale = expf(-largest);
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Math.abs(value) > fround(0.0000001)) sum = fround(sum + (values[i] = expf(fround(value - largest))));
    else values[i] = fround(value * scale);
  }
  for (let i = 0; i < values.length; i++) values[i] = fround(values[i]! / sum);
}

/** a · b + c rounded once to float32. */
export function fmaf(a: number, b: number, c: number): number {
  return fround(a * b + c);
}
