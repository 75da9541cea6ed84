import type { Long } from './body.js';

export const INT_MIN = -2147483648;
export const INT_MAX = 2147483647;
export const LONG_MIN = -(2n ** 63n);
export const LONG_MAX = 2n ** 63n - 1n;

/** A number where it is safe, else a bigint; undefined beyond 64 bits. */
export function narrowed(x: bigint): Long | undefined {
  if (x >= -9007199254740991n && x <= 9007199254740991n) return Number(x);
  return x >= LONG_MIN && x <= LONG_MAX ? x : undefined;
}

/** The low 64 bits, as two's complement. */
export function wrapped(x: bigint): Long {
  return narrowed(BigInt.asIntN(64, x))!;
}

export function addLong(x: Long, y: Long): Long | undefined {
  if (typeof x === 'number' && typeof y === 'number') {
    const sum = x + y;
    if (Number.isSafeInteger(sum)) return sum + 0;
  }
  return narrowed(BigInt(x) + BigInt(y));
}

export function multiplyLong(x: Long, y: Long): Long | undefined {
  if (typeof x === 'number' && typeof y === 'number') {
    const product = x * y;
    if (Number.isSafeInteger(product)) return product + 0;
  }
  return narrowed(BigInt(x) * BigInt(y));
}

/** x^y as 64-bit integers, truncated towards zero where y is negative; undefined on overflow and for 0^−1. */
export function powerLong(x: Long, y: Long): Long | undefined {
  const base = BigInt(x);
  if (base === 1n) return 1;
  if (base === -1n) return BigInt(y) % 2n === 0n ? 1 : -1;
  if (y < 0) return base === 0n ? undefined : 0;
  if (base === 0n) return BigInt(y) === 0n ? 1 : 0;
  return y > 64 ? undefined : narrowed(base ** BigInt(y));
}

/** A whole double as a long; undefined for NaN, infinities and what 64 bits do not hold. */
export function longOf(x: number): Long | undefined {
  if (Number.isSafeInteger(x)) return x + 0;
  return Number.isFinite(x) ? narrowed(BigInt(x)) : undefined;
}

/** floor(x + 1/2), without the rounding error of the addition. */
export function roundHalfUp(x: number): number {
  const low = Math.floor(x);
  return x - low >= 0.5 ? low + 1 : low;
}
