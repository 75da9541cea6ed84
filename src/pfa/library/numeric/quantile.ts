const buffer = new DataView(new ArrayBuffer(8));

/** Position of a double in the order of all doubles. */
function rank(x: number): bigint {
  buffer.setFloat64(0, x);
  const bits = buffer.getBigInt64(0);
  return bits >= 0n ? bits : -(bits & 0x7fffffffffffffffn);
}

function atRank(position: bigint): number {
  buffer.setBigInt64(0, position >= 0n ? position : -position | -0x8000000000000000n);
  return buffer.getFloat64(0);
}

/** Both tails of a distribution at x. */
export interface Tails {
  lower: number;
  upper: number;
}

/**
 * The x between `low` and `high` at which a continuous distribution has the lower tail p: bisection over the ordered
 * doubles, in the tail that keeps more digits. At most 64 evaluations, whatever the shape.
 */
export function continuousQuantile(tails: (x: number) => Tails, p: number, low: number, high: number): number {
  const inLower = p <= 0.5;
  const target = inLower ? p : 1 - p;
  let left = rank(low);
  let right = rank(high);
  while (right - left > 1n) {
    const middle = (left + right) >> 1n;
    const at = tails(atRank(middle));
    if (inLower ? at.lower < target : at.upper > target) left = middle;
    else right = middle;
  }
  return atRank(right);
}

/** The smallest whole x ≥ 0 whose lower tail is at least p; Infinity if none below 2^52 is. */
export function discreteQuantile(lower: (x: number) => number, p: number, high = Infinity): number {
  if (lower(0) >= p) return 0;
  let left = 0;
  let right = 1;
  while (right < high && lower(right) < p) {
    left = right;
    right *= 2;
    if (right > 2 ** 52) return Infinity;
  }
  right = Math.min(right, high);
  while (right - left > 1) {
    const middle = Math.floor((left + right) / 2);
    if (lower(middle) < p) left = middle;
    else right = middle;
  }
  return right;
}
