import type { ElementType } from '../element-types.js';
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
  if (value === undefined) return 'nothing';
  return value instanceof Tensor ? `tensor(${value.type}) [${value.dims.join(', ')}]` : value.kind;
}

/** A tensor from plain numbers (of an integer type also bigints) or strings; `dims` default to one dimension. */
export function tensorOf(
  type: ElementType,
  values: ArrayLike<number | bigint | string | boolean>,
  dims: readonly number[] = [values.length],
): Tensor {
  if (sizeOf(dims) !== values.length) {
    throw badInput('the values do not fit the shape', {
      expected: `${sizeOf(dims)} values`,
      got: String(values.length),
    });
  }
  if (type === 'string') return new Tensor(type, dims, Array.from(values, String));
  if (type === 'int64') return new Tensor(type, dims, BigInt64Array.from(Array.from(values, (v) => BigInt(v))));
  if (type === 'uint64') return new Tensor(type, dims, BigUint64Array.from(Array.from(values, (v) => BigInt(v))));
  const Make = ARRAYS[type] ?? Float32Array;
  return settle(new Tensor(type, dims, (Make as typeof Float32Array).from(Array.from(values, Number)) as TensorData));
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
