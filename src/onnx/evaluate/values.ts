import { wrongArgument } from '../../core/arguments.js';
import { ELEMENT_TYPES, type ElementType } from '../element-types.js';
import { badInput } from '../errors.js';
import { settle, sizeOf, Tensor, type TensorData } from './tensor.js';

/** A list of values of one type. */
export interface Sequence {
  readonly kind: 'sequence';
  readonly elements: readonly Value[];
}

/** A map from strings or integers to numbers or strings (`ZipMap`, `CastMap`, `DictVectorizer`). */
export interface OnnxMap {
  readonly kind: 'map';
  readonly keyType: ElementType;
  readonly valueType: ElementType;
  readonly entries: ReadonlyMap<string | bigint, number | bigint | string>;
}

/** A value that may be absent. */
export interface Optional {
  readonly kind: 'optional';
  readonly value: Value | null;
}

export type Value = Tensor | Sequence | OnnxMap | Optional;

export function sequence(elements: readonly Value[]): Sequence {
  return { kind: 'sequence', elements };
}

export function optional(value: Value | null): Optional {
  return { kind: 'optional', value };
}

/** What a value is, for error messages: `tensor(float) [2, 3]`. */
export function describe(value: Value | undefined): string {
  if (value === undefined || value === null) return 'nothing';
  if (value instanceof Tensor) return `tensor(${value.type}) [${value.dims.join(', ')}]`;
  return isValue(value) ? value.kind : Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`;
}

const KINDS: ReadonlySet<unknown> = new Set(['sequence', 'map', 'optional']);

/** Whether something from outside is a value that a model can be given. */
export function isValue(value: unknown): value is Value {
  return (
    value instanceof Tensor || (typeof value === 'object' && value !== null && KINDS.has((value as Sequence).kind))
  );
}

/** A tensor from plain numbers (of an integer type also bigints) or strings; `dims` default to one dimension. */
export function tensorOf(
  type: ElementType,
  values: ArrayLike<number | bigint | string | boolean>,
  dims: readonly number[] = [values?.length],
): Tensor {
  if (!Object.hasOwn(ELEMENT_TYPES, type)) {
    throw badInput('there is no such element type', {
      expected: Object.keys(ELEMENT_TYPES).join(', '),
      got: String(type),
      hint: 'use the names of ONNX: float and double, not float32 and float64',
    });
  }
  const isList = typeof values === 'object' && values !== null && typeof values.length === 'number';
  if (!isList) throw wrongArgument('the values of a tensor', 'a list or a typed array', values);
  if (sizeOf(dims) !== values.length) {
    throw badInput('the values do not fit the shape', {
      expected: `${sizeOf(dims)} values`,
      got: String(values.length),
    });
  }
  if (type === 'string') return new Tensor(type, dims, Array.from(values, String));
  if (type === 'int64') return new Tensor(type, dims, BigInt64Array.from(Array.from(values, wholeNumber)));
  if (type === 'uint64') return new Tensor(type, dims, BigUint64Array.from(Array.from(values, wholeNumber)));
  const Make = ARRAYS[type] ?? Float32Array;
  return settle(new Tensor(type, dims, (Make as typeof Float32Array).from(Array.from(values, Number)) as TensorData));
}

function wholeNumber(value: number | bigint | string | boolean): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'string' ? !/^[+-]?\d+$/.test(value) : !Number.isInteger(Number(value)))
    throw badInput('a value is not an integer', { got: String(value) });
  return BigInt(value);
}

const ARRAYS: Partial<Record<ElementType, unknown>> = {
  double: Float64Array,
  int8: Int8Array,
  int4: Int8Array,
  int2: Int8Array,
  uint8: Uint8Array,
  uint4: Uint8Array,
  uint2: Uint8Array,
  bool: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
};
