const DECIMAL = /^[+-]?(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i;
const LONGEST = 1000;

/**
 * The float nearest to a decimal number: its text is rounded once. Rounding by way of the double differs where that
 * double lies halfway between two floats, as the thresholds of single-precision trees often do.
 */
export function singleOf(text: string, value: number): number {
  const single = Math.fround(value);
  if (single === value || !Number.isFinite(single)) return single;
  const other = neighbour(single, value > single);
  if (!Number.isFinite(other) || value - single !== other - value) return single;
  const side = compareDecimal(text, Math.abs(value));
  if (side === 0) return single;
  return side > 0 === Math.abs(other) > Math.abs(single) ? other : single;
}

function neighbour(single: number, up: boolean): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, single);
  if (single === 0) view.setInt32(0, up ? 1 : 0x80000001 | 0);
  else view.setInt32(0, view.getInt32(0) + (up === single > 0 ? 1 : -1));
  return view.getFloat32(0);
}

/** Sign of |text| − value, exactly; 0 for texts that are no plain decimal number. */
function compareDecimal(text: string, value: number): number {
  const parts = DECIMAL.exec(text.trim());
  if (parts === null || text.length > LONGEST) return 0;
  const [, whole = '', fraction = '', exponent = '0'] = parts;
  const power = Number(exponent) - fraction.length;
  if (Math.abs(power) > LONGEST) return 0;
  let left = BigInt(`${whole}${fraction}` || '0');
  let [right, scale] = binaryOf(value);
  if (power >= 0) left *= 10n ** BigInt(power);
  else right *= 10n ** BigInt(-power);
  if (scale >= 0) right <<= BigInt(scale);
  else left <<= BigInt(-scale);
  return left > right ? 1 : left < right ? -1 : 0;
}

/** A positive double as integer × 2^scale. */
function binaryOf(value: number): [bigint, number] {
  let scale = 0;
  let integer = value;
  while (!Number.isInteger(integer)) {
    integer *= 2;
    scale--;
  }
  return [BigInt(integer), scale];
}
