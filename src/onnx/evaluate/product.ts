import { fma } from './float-math.js';
import type { NumberArray } from './tensor.js';

const { fround } = Math;

/**
 * out[atOut + j] += Σ a[atA + p] · b[atB + p · n + j] for j < n, in the order of p < k, each step rounded once to
 * float32. Four steps at a time stay in registers.
 */
export function addRowFloat32(
  out: Float32Array,
  atOut: number,
  a: Float32Array,
  atA: number,
  b: Float32Array,
  atB: number,
  k: number,
  n: number,
): void {
  let p = 0;
  for (; p + 3 < k; p += 4) {
    const a0 = a[atA + p]!;
    const a1 = a[atA + p + 1]!;
    const a2 = a[atA + p + 2]!;
    const a3 = a[atA + p + 3]!;
    const b0 = atB + p * n;
    const b1 = b0 + n;
    const b2 = b1 + n;
    const b3 = b2 + n;
    for (let j = 0; j < n; j++) {
      let value = fround(out[atOut + j]! + a0 * b[b0 + j]!);
      value = fround(value + a1 * b[b1 + j]!);
      value = fround(value + a2 * b[b2 + j]!);
      out[atOut + j] = value + a3 * b[b3 + j]!;
    }
  }
  for (; p < k; p++) {
    const factor = a[atA + p]!;
    const row = atB + p * n;
    for (let j = 0; j < n; j++) out[atOut + j] = out[atOut + j]! + factor * b[row + j]!;
  }
}

/** The same in double precision with fused steps, and for integers, which wrap at 32 bits. */
function addRow(
  out: NumberArray,
  atOut: number,
  a: ArrayLike<number>,
  atA: number,
  b: ArrayLike<number>,
  atB: number,
  k: number,
  n: number,
): void {
  const fused = out instanceof Float64Array && b instanceof Float64Array;
  const wraps = out instanceof Int32Array;
  for (let p = 0; p < k; p++) {
    const factor = a[atA + p]!;
    const row = atB + p * n;
    if (wraps) for (let j = 0; j < n; j++) out[atOut + j] = out[atOut + j]! + Math.imul(factor, b[row + j]!);
    else if (fused) for (let j = 0; j < n; j++) out[atOut + j] = fma(factor, b[row + j]!, out[atOut + j]!);
    else for (let j = 0; j < n; j++) out[atOut + j] = out[atOut + j]! + factor * b[row + j]!;
  }
}

/** Adds a · b to `out`: a is m × k from `atA`, b is k × n from `atB`, both in row-major order. */
export function accumulateProduct(
  out: NumberArray,
  atOut: number,
  a: ArrayLike<number>,
  atA: number,
  b: ArrayLike<number>,
  atB: number,
  m: number,
  k: number,
  n: number,
): void {
  const single = out instanceof Float32Array && a instanceof Float32Array && b instanceof Float32Array;
  for (let i = 0; i < m; i++) {
    if (single) addRowFloat32(out, atOut + i * n, a, atA + i * k, b, atB, k, n);
    else addRow(out, atOut + i * n, a, atA + i * k, b, atB, k, n);
  }
}
