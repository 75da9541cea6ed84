import { type ElementType, elementRow, elementTypeOf } from '../../element-types.js';
import { badAttribute, badInput } from '../../errors.js';
import { roundToMinifloat, roundToPowerOfTwo } from '../../minifloat.js';
import { type Inputs, type Kernels, type NodeContext, tensorAt } from '../kernel.js';
import { type NumberArray, newTensor, settle, type Tensor, tensorFromProto, tensorToProto } from '../tensor.js';

/**
 * `1`, `0.1`, `1e-07`, `1e+10`, `NaN`, `INF`: eight significant digits as C's %.8g writes them, which is how ONNX Runtime
 * spells numbers of every float type. The specification leaves the digits open.
 */
export function textOfNumber(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'INF' : '-INF';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [digits = '', power = ''] = value.toExponential(7).split('e');
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 8) return String(Number(value.toPrecision(8)));
  const size = String(Math.abs(exponent)).padStart(2, '0');
  return `${String(Number(digits))}e${exponent < 0 ? '-' : '+'}${size}`;
}

const SPECIAL: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  '+inf': Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
  infinity: Number.POSITIVE_INFINITY,
  '+infinity': Number.POSITIVE_INFINITY,
  '-infinity': Number.NEGATIVE_INFINITY,
};

/** The number that a text spells. Errors: `onnx/bad-input`. */
export function numberOfText(text: string): number {
  const trimmed = text.trim();
  const special = SPECIAL[trimmed.toLowerCase()];
  if (special !== undefined) return special;
  const value = Number(trimmed);
  if (trimmed === '' || Number.isNaN(value) || /^[+-]?0[xob]/i.test(trimmed))
    throw badInput('a text is not a number', { got: JSON.stringify(text) });
  return value;
}

function bigOf(value: number | bigint | string): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'string') {
    if (/^\s*[+-]?\d+\s*$/.test(value)) return BigInt(value.trim().replace(/^\+/, ''));
    return bigOf(numberOfText(value));
  }
  return Number.isFinite(value) ? BigInt(Math.trunc(value)) : -(2n ** 63n);
}

/** A float as int64: what is out of range becomes the least integer, as processors have it. */
function longOf(value: number | bigint | string): bigint {
  const integer = bigOf(value);
  return typeof value !== 'bigint' && BigInt.asIntN(64, integer) !== integer ? -(2n ** 63n) : integer;
}

interface Rounding {
  readonly saturate: boolean;
  readonly mode: 'up' | 'down' | 'nearest';
}

const isWhole = (type: ElementType): boolean => ['integer', 'unsigned', 'bool'].includes(elementRow(type).class);

/** Integers keep their low bits; floats out of the range of int32 become the least integer, as processors have it. */
function castNumbers(
  from: ArrayLike<number>,
  to: NumberArray,
  type: ElementType,
  rounding: Rounding,
  wraps: boolean,
): void {
  const row = elementRow(type);
  const format = row.minifloat;
  if (type === 'float8e8m0') {
    for (let i = 0; i < to.length; i++) to[i] = roundToPowerOfTwo(from[i]!, rounding.mode, rounding.saturate);
  } else if (format !== undefined) {
    const saturate = rounding.saturate && row.bits <= 8;
    for (let i = 0; i < to.length; i++) to[i] = roundToMinifloat(from[i]!, format, saturate);
  } else if (type === 'int32' && !wraps) {
    for (let i = 0; i < to.length; i++) {
      const value = Math.trunc(from[i]!);
      to[i] = value >= -2147483648 && value <= 2147483647 ? value : -2147483648;
    }
  } else for (let i = 0; i < to.length; i++) to[i] = from[i]!;
}

const nibble = (type: ElementType): boolean => elementRow(type).bits < 8 && elementRow(type).class !== 'float';

export function castTo(input: Tensor, type: ElementType, rounding: Rounding = { saturate: true, mode: 'up' }): Tensor {
  if (input.type === type) return input;
  const result = newTensor(type, input.dims);
  const from = input.data as ArrayLike<number | bigint | string>;
  const count = input.size;
  const to = result.data as unknown[];
  const target = elementRow(type).class;
  if (elementRow(input.type).class === 'complex' || target === 'complex') {
    const step = elementRow(input.type).class === 'complex' ? 2 : 1;
    for (let i = 0; i < count; i++) to[target === 'complex' ? 2 * i : i] = from[step * i];
    if (step === 2 && target === 'complex') for (let i = 0; i < count; i++) to[2 * i + 1] = from[2 * i + 1];
  } else if (type === 'string') {
    for (let i = 0; i < count; i++) {
      const value = from[i]!;
      if (input.type === 'bool') to[i] = value === 0 ? 'False' : 'True';
      else
        to[i] =
          typeof value === 'number' && elementRow(input.type).class === 'float' ? textOfNumber(value) : String(value);
    }
  } else if (type === 'bool') {
    for (let i = 0; i < count; i++) {
      const value = from[i]!;
      to[i] = (typeof value === 'string' ? numberOfText(value) : Number(value)) === 0 ? 0 : 1;
    }
  } else if (type === 'int64') for (let i = 0; i < count; i++) to[i] = longOf(from[i]!);
  else if (type === 'uint64') for (let i = 0; i < count; i++) to[i] = bigOf(from[i]!);
  else {
    const numbers =
      input.type === 'string'
        ? Array.from(from as ArrayLike<string>, numberOfText)
        : typeof from[0] === 'bigint'
          ? bigsAsNumbers(from as ArrayLike<bigint>, type)
          : (from as ArrayLike<number>);
    castNumbers(numbers, result.data as NumberArray, type, rounding, isWhole(input.type));
    if (nibble(type)) settle(result);
  }
  return result;
}

/**
 * Integers keep their low bits when they become narrower. To floats they round: once, so that a double on the way to a
 * narrower float keeps what was cut off as an odd last bit.
 */
function bigsAsNumbers(from: ArrayLike<bigint>, type: ElementType): ArrayLike<number> {
  if (elementRow(type).class !== 'float') return Array.from(from, (value) => Number(BigInt.asIntN(32, value)));
  if (type === 'double') return Array.from(from, Number);
  return Array.from(from, (value) => {
    const sticky = (value & 2047n) === 0n ? 0n : 1n;
    return Number.isSafeInteger(Number(value)) ? Number(value) : Number((value >> 11n) | sticky) * 2048;
  });
}

function rounding(node: NodeContext): Rounding {
  const mode = node.attributes.string('round_mode', 'up');
  return {
    saturate: node.attributes.int('saturate', 1) !== 0,
    mode: mode === 'down' || mode === 'nearest' ? mode : 'up',
  };
}

function cast(inputs: Inputs, node: NodeContext): Tensor {
  const code = node.attributes.int('to');
  const type = elementTypeOf(code);
  if (type === undefined) throw badAttribute('to', 'there is no such data type', { got: String(code) });
  return castTo(tensorAt(inputs, 0), type, rounding(node));
}

function castLike(inputs: Inputs, node: NodeContext): Tensor {
  return castTo(tensorAt(inputs, 0), tensorAt(inputs, 1).type, rounding(node));
}

/** The same bits as a type of the same width. */
function bitCast(inputs: Inputs, node: NodeContext): Tensor {
  const input = tensorAt(inputs, 0);
  const type = elementTypeOf(node.attributes.int('to'));
  if (type === undefined || elementRow(type).bits !== elementRow(input.type).bits)
    throw badAttribute('to', 'the type has another width', {
      expected: `${elementRow(input.type).bits} bits`,
      got: String(type),
    });
  return reinterpret(input, type);
}

export const castKernels = {
  '/BitCast': bitCast,
  '/Cast': cast,
  '/CastLike': castLike,
} satisfies Kernels;

function reinterpret(input: Tensor, type: ElementType): Tensor {
  const proto = tensorToProto(input);
  return tensorFromProto({ ...proto, data_type: elementRow(type).code });
}
