const buffer = new DataView(new ArrayBuffer(8));

/** Position of a double on the line of all doubles: neighbours differ by 1, and -0 stands beside +0. */
function ordinal64(value: number): bigint {
  buffer.setFloat64(0, value);
  const bits = buffer.getBigInt64(0);
  return bits < 0n ? -(bits & 0x7fffffffffffffffn) : bits;
}

function ordinal32(value: number): number {
  buffer.setFloat32(0, value);
  const bits = buffer.getInt32(0);
  return bits < 0 ? -(bits & 0x7fffffff) : bits;
}

/**
 * Distance in units in the last place of the given width: 0 for equal values and for NaN against NaN,
 * Infinity for NaN against a number. Both values are rounded to the width first.
 */
export function ulpDistance(a: number, b: number, width: 32 | 64): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) && Number.isNaN(b) ? 0 : Number.POSITIVE_INFINITY;
  if (width === 32) return Math.abs(ordinal32(a) - ordinal32(b));
  const distance = ordinal64(a) - ordinal64(b);
  return Number(distance < 0n ? -distance : distance);
}

/** The next double above; NaN and +Infinity stay. */
export function nextUp64(value: number): number {
  if (Number.isNaN(value) || value === Number.POSITIVE_INFINITY) return value;
  buffer.setFloat64(0, value === 0 ? 0 : value);
  buffer.setBigInt64(0, buffer.getBigInt64(0) + (value >= 0 ? 1n : -1n));
  return buffer.getFloat64(0);
}

export function nextDown64(value: number): number {
  return -nextUp64(-value);
}

/** The next float32 above a float32; NaN and +Infinity stay. */
export function nextUp32(value: number): number {
  if (Number.isNaN(value) || value === Number.POSITIVE_INFINITY) return value;
  buffer.setFloat32(0, value === 0 ? 0 : value);
  buffer.setInt32(0, buffer.getInt32(0) + (value >= 0 ? 1 : -1));
  return buffer.getFloat32(0);
}

export function nextDown32(value: number): number {
  return -nextUp32(-value);
}
