import { type ElementType, elementRow, type Minifloat } from './element-types.js';

const buffer = new DataView(new ArrayBuffer(8));

/** The exponent of a finite double that is not zero: floor(log2(|x|)), exactly. */
function exponentOf(value: number): number {
  buffer.setFloat64(0, value);
  const biased = (buffer.getUint16(0) >>> 4) & 0x7ff;
  return biased === 0 ? exponentOf(value * 2 ** 64) - 64 : biased - 1023;
}

/** The nearest integer; halves go to the even one. */
export function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest < 0.5) return floor === 0 && Object.is(Math.sign(value), -0) ? -0 : floor;
  if (rest > 0.5) return floor + 1 === 0 ? -0 : floor + 1;
  const even = floor % 2 === 0 ? floor : floor + 1;
  return even === 0 && value < 0 ? -0 : even;
}

/**
 * The nearest value of the format, ties to even. Beyond the largest value: that value when `saturate`, else infinity
 * or NaN, whichever the format has (the largest value where it has neither).
 */
export function roundToMinifloat(value: number, format: Minifloat, saturate: boolean): number {
  const { special, largest } = format;
  if (value === 0) return special === 'fnuz' ? 0 : value;
  if (Number.isNaN(value)) return special === 'none' ? 0 : value;
  if (Number.isFinite(value)) {
    const quantum = 2 ** (Math.max(exponentOf(value), 1 - format.bias) - format.mantissa);
    const rounded = roundHalfToEven(value / quantum) * quantum;
    if (Math.abs(rounded) <= largest) return rounded === 0 && special === 'fnuz' ? 0 : rounded;
  }
  const sign = value < 0 ? -1 : 1;
  if (special === 'none') return sign * largest;
  if (saturate) return sign * largest;
  return special === 'ieee' ? sign * Number.POSITIVE_INFINITY : Number.NaN;
}

const E8M0: ElementType = 'float8e8m0';

/** The nearest power of two that float8e8m0 holds, by the value (not its logarithm); ties go up. */
export function roundToPowerOfTwo(value: number, mode: 'up' | 'down' | 'nearest', saturate: boolean): number {
  if (Number.isNaN(value)) return value;
  const magnitude = Math.abs(value);
  if (magnitude === 0) return 2 ** -127;
  if (magnitude === Number.POSITIVE_INFINITY) return saturate ? 2 ** 127 : Number.NaN;
  const exponent = exponentOf(magnitude);
  const fraction = magnitude / 2 ** exponent;
  const up = mode === 'up' ? fraction > 1 : mode === 'nearest' && fraction >= 1.5;
  const result = exponent + (up ? 1 : 0);
  if (result > 127) return saturate ? 2 ** 127 : Number.NaN;
  return 2 ** Math.max(result, -127);
}

function encode(value: number, type: ElementType, format: Minifloat): number {
  const { exponent, mantissa, bias, special } = format;
  if (type === E8M0) return Number.isNaN(value) ? 255 : exponentOf(value) + 127;
  const signBit = 1 << (exponent + mantissa);
  const sign = value < 0 || Object.is(value, -0) ? signBit : 0;
  if (Number.isNaN(value)) {
    if (special === 'fnuz') return signBit;
    if (special === 'fn') return signBit - 1;
    return special === 'none' ? sign : (((1 << exponent) - 1) << mantissa) | (1 << (mantissa - 1));
  }
  if (!Number.isFinite(value)) return sign | (((1 << exponent) - 1) << mantissa);
  const magnitude = Math.abs(value);
  if (magnitude === 0) return sign;
  const scale = Math.max(exponentOf(magnitude), 1 - bias);
  const steps = magnitude / 2 ** (scale - mantissa);
  return sign | (steps < 2 ** mantissa ? steps : ((scale + bias) << mantissa) | (steps - 2 ** mantissa));
}

function decode(code: number, type: ElementType, format: Minifloat): number {
  const { exponent, mantissa, bias, special } = format;
  if (type === E8M0) return code === 255 ? Number.NaN : 2 ** (code - 127);
  const signBit = 1 << (exponent + mantissa);
  const sign = code & signBit ? -1 : 1;
  const rest = code & (signBit - 1);
  if (special === 'fnuz' && code === signBit) return Number.NaN;
  if (special === 'fn' && rest === signBit - 1) return Number.NaN;
  const scale = rest >>> mantissa;
  const fraction = rest & ((1 << mantissa) - 1);
  if (special === 'ieee' && scale === (1 << exponent) - 1) return fraction === 0 ? sign * Infinity : Number.NaN;
  if (scale === 0) return sign * fraction * 2 ** (1 - bias - mantissa);
  return sign * (2 ** mantissa + fraction) * 2 ** (scale - bias - mantissa);
}

const tables = new Map<ElementType, Float32Array>();

/** Value of every code of a narrow float type, by the code. */
export function minifloatTable(type: ElementType): Float32Array {
  let table = tables.get(type);
  if (table === undefined) {
    const row = elementRow(type);
    const format = row.minifloat!;
    table = Float32Array.from({ length: 2 ** row.bits }, (_, code) => decode(code, type, format));
    tables.set(type, table);
  }
  return table;
}

/** The code of a value that the type holds exactly. */
export function minifloatCode(value: number, type: ElementType): number {
  return encode(value, type, elementRow(type).minifloat!);
}

/** Rounds to the precision of a float type by the rule of arithmetic: to nearest, overflow to infinity. */
export function roundToType(value: number, type: ElementType): number {
  const format = elementRow(type).minifloat;
  if (type === E8M0) return roundToPowerOfTwo(value, 'nearest', true);
  if (format !== undefined) return roundToMinifloat(value, format, false);
  return type === 'float' ? Math.fround(value) : value;
}
