import { fma } from './float-math.js';
import type { NumberArray } from './tensor.js';

const { fround } = Math;

/** Steps of the inner axis that are added up before they are added to the result, as ONNX Runtime does it. */
const BLOCK = 256;
/** Columns that are worked on at once, so that the sums of two rows stay in the nearest cache. */
const TILE = 512;

/** Two rows of `a` from `atA` on, `strideA` apart, times `count` rows of `b`: added to sums[j] and sums[TILE + j]. */
function addTwoRows(
  sums: Float32Array,
  a: Float32Array,
  atA: number,
  strideA: number,
  count: number,
  b: Float32Array,
  atB: number,
  n: number,
  width: number,
): void {
  const second = atA + strideA;
  let p = 0;
  for (; p + 3 < count; p += 4) {
    const [a0, a1, a2, a3] = [a[atA + p]!, a[atA + p + 1]!, a[atA + p + 2]!, a[atA + p + 3]!];
    const [c0, c1, c2, c3] = [a[second + p]!, a[second + p + 1]!, a[second + p + 2]!, a[second + p + 3]!];
    const b0 = atB + p * n;
    const b1 = b0 + n;
    const b2 = b1 + n;
    const b3 = b2 + n;
    for (let j = 0; j < width; j++) {
      const x0 = b[b0 + j]!;
      const x1 = b[b1 + j]!;
      const x2 = b[b2 + j]!;
      const x3 = b[b3 + j]!;
      let u = fround(sums[j]! + a0 * x0);
      let v = fround(sums[TILE + j]! + c0 * x0);
      u = fround(u + a1 * x1);
      v = fround(v + c1 * x1);
      u = fround(u + a2 * x2);
      v = fround(v + c2 * x2);
      sums[j] = u + a3 * x3;
      sums[TILE + j] = v + c3 * x3;
    }
  }
  for (; p < count; p++) {
    const [u, v, row] = [a[atA + p]!, a[second + p]!, atB + p * n];
    for (let j = 0; j < width; j++) {
      sums[j] = sums[j]! + u * b[row + j]!;
      sums[TILE + j] = sums[TILE + j]! + v * b[row + j]!;
    }
  }
}

/** The same for one row. */
function addOneRow(
  sums: Float32Array,
  a: Float32Array,
  atA: number,
  count: number,
  b: Float32Array,
  atB: number,
  n: number,
  width: number,
): void {
  let p = 0;
  for (; p + 3 < count; p += 4) {
    const [a0, a1, a2, a3] = [a[atA + p]!, a[atA + p + 1]!, a[atA + p + 2]!, a[atA + p + 3]!];
    const b0 = atB + p * n;
    const b1 = b0 + n;
    const b2 = b1 + n;
    const b3 = b2 + n;
    for (let j = 0; j < width; j++) {
      let u = fround(sums[j]! + a0 * b[b0 + j]!);
      u = fround(u + a1 * b[b1 + j]!);
      u = fround(u + a2 * b[b2 + j]!);
      sums[j] = u + a3 * b[b3 + j]!;
    }
  }
  for (; p < count; p++) {
    const [u, row] = [a[atA + p]!, atB + p * n];
    for (let j = 0; j < width; j++) sums[j] = sums[j]! + u * b[row + j]!;
  }
}

/** out[j] += alpha · sums[from + j], rounded once. */
function addSums(out: Float32Array, at: number, sums: Float32Array, from: number, width: number, alpha: number): void {
  for (let j = 0; j < width; j++) out[at + j] = out[at + j]! + alpha * sums[from + j]!;
}

/**
 * out += alpha · a · b in float32, where `out` holds the bias or zeros and its rows lie `strideOut` apart: fused
 * multiply-adds from 0 in the order of the inner axis, block by block, each block then added to `out`.
 */
function productFloat32(
  out: Float32Array,
  atOut: number,
  strideOut: number,
  a: Float32Array,
  atA: number,
  b: Float32Array,
  atB: number,
  [m, k, n]: readonly [number, number, number],
  alpha: number,
): void {
  const sums = new Float32Array(2 * TILE);
  for (let start = 0; start < k; start += BLOCK) {
    const count = Math.min(BLOCK, k - start);
    for (let column = 0; column < n; column += TILE) {
      const width = Math.min(TILE, n - column);
      const from = atB + start * n + column;
      let i = 0;
      for (; i + 1 < m; i += 2) {
        sums.fill(0);
        addTwoRows(sums, a, atA + i * k + start, k, count, b, from, n, width);
        addSums(out, atOut + i * strideOut + column, sums, 0, width, alpha);
        addSums(out, atOut + (i + 1) * strideOut + column, sums, TILE, width, alpha);
      }
      if (i < m) {
        sums.fill(0);
        addOneRow(sums, a, atA + i * k + start, count, b, from, n, width);
        addSums(out, atOut + i * strideOut + column, sums, 0, width, alpha);
      }
    }
  }
}

/** One row in double precision with fused steps, and of integers, which wrap at 32 bits. */
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

/**
 * Adds alpha · a · b to `out`: a is m × k from `atA`, b is k × n from `atB`, both in row-major order; the rows of `out`
 * lie `strideOut` apart. `alpha` is for float32 alone.
 */
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
  strideOut = n,
  alpha = 1,
): void {
  if (out instanceof Float32Array && a instanceof Float32Array && b instanceof Float32Array)
    productFloat32(out, atOut, strideOut, a, atA, b, atB, [m, k, n], alpha);
  else for (let i = 0; i < m; i++) addRow(out, atOut + i * strideOut, a, atA + i * k, b, atB, k, n);
}
