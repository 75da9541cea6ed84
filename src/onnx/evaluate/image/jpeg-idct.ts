/** Constants of 13 bits: cosines of multiples of π/16, summed as the factored transform needs them. */
const F = {
  a: 2446,
  b: 3196,
  c: 4433,
  d: 6270,
  e: 7373,
  f: 9633,
  g: 12299,
  h: 15137,
  i: 16069,
  j: 16819,
  k: 20995,
  l: 25172,
} as const;

const work = new Int32Array(64);

/** Eight values, `step` apart, transformed; results are divided by 2^shift with rounding. */
function line(from: ArrayLike<number>, at: number, to: Int32Array, step: number, shift: number): void {
  const [x0, x1, x2, x3] = [from[at]!, from[at + step]!, from[at + 2 * step]!, from[at + 3 * step]!];
  const [x4, x5, x6, x7] = [from[at + 4 * step]!, from[at + 5 * step]!, from[at + 6 * step]!, from[at + 7 * step]!];
  const even = (x2 + x6) * F.c;
  const [e2, e3] = [even - x6 * F.h, even + x2 * F.d];
  const [e0, e1] = [(x0 + x4) * 8192, (x0 - x4) * 8192];
  const z5 = (x7 + x3 + x5 + x1) * F.f;
  const z1 = -(x7 + x1) * F.e;
  const z2 = -(x5 + x3) * F.k;
  const z3 = -(x7 + x3) * F.i + z5;
  const z4 = -(x5 + x1) * F.b + z5;
  const o0 = x7 * F.a + z1 + z3;
  const o1 = x5 * F.j + z2 + z4;
  const o2 = x3 * F.l + z2 + z3;
  const o3 = x1 * F.g + z1 + z4;
  const half = 1 << (shift - 1);
  to[at] = (e0 + e3 + o3 + half) >> shift;
  to[at + 7 * step] = (e0 + e3 - o3 + half) >> shift;
  to[at + step] = (e1 + e2 + o2 + half) >> shift;
  to[at + 6 * step] = (e1 + e2 - o2 + half) >> shift;
  to[at + 2 * step] = (e1 - e2 + o1 + half) >> shift;
  to[at + 5 * step] = (e1 - e2 - o1 + half) >> shift;
  to[at + 3 * step] = (e0 - e3 + o0 + half) >> shift;
  to[at + 4 * step] = (e0 - e3 - o0 + half) >> shift;
}

const values = new Int32Array(64);

/**
 * Samples of a block of coefficients: the accurate integer transform that JPEG decoders have in common (Loeffler,
 * Ligtenberg and Moschytz, 1989), columns first with two more bits, so that results agree to the last bit.
 */
export function inverseTransform(
  coefficients: Int16Array,
  at: number,
  quantizers: ArrayLike<number>,
  out: Uint8Array,
  to: number,
  stride: number,
): void {
  for (let i = 0; i < 64; i++) values[i] = coefficients[at + i]! * quantizers[i]!;
  for (let column = 0; column < 8; column++) line(values, column, work, 8, 11);
  for (let row = 0; row < 8; row++) {
    line(work, row * 8, work, 1, 18);
    for (let k = 0; k < 8; k++) {
      const sample = work[row * 8 + k]! + 128;
      out[to + row * stride + k] = sample < 0 ? 0 : Math.min(sample, 255);
    }
  }
}
