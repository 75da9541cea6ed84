import { checkBytes, wrongArgument } from '../../core/arguments.js';
import { withDefaults } from '../../core/limits.js';
import { decodeMessage } from '../../wire/protobuf-read.js';
import { encodeMessage } from '../../wire/protobuf-write.js';
import { EXTERNAL, type Int64, type TensorProto } from '../document.js';
import { ELEMENT_TYPES, type ElementType, elementRow, elementTypeOf } from '../element-types.js';
import { badTensor, limitExceeded } from '../errors.js';
import { minifloatCode, minifloatTable, roundToType } from '../minifloat.js';
import { ONNX_MESSAGES } from '../schema.js';

export type NumberArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;
export type BigArray = BigInt64Array | BigUint64Array;
export type TensorData = NumberArray | BigArray | string[];

/**
 * A dense tensor in row-major order. `data` holds values, not codes: float16, bfloat16 and the smaller floats lie in
 * a Float32Array, (u)int4 and (u)int2 in a byte each, bool as 0 and 1, complex numbers as pairs (real, imaginary).
 */
export class Tensor {
  /** Errors: `onnx/bad-tensor` where type, shape and data do not fit together. */
  constructor(
    readonly type: ElementType,
    readonly dims: readonly number[],
    readonly data: TensorData,
  ) {
    checkParts(type, dims, data);
  }

  /** TensorProto.DataType. */
  get dataType(): number {
    return ELEMENT_TYPES[this.type].code;
  }

  get shape(): readonly number[] {
    return this.dims;
  }

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.dims);
  }

  /** The elements as plain values in row-major order: numbers, bigints, strings, booleans, [real, imaginary]. */
  toArray(): (number | bigint | string | boolean | [number, number])[] {
    const values = Array.from(this.data as ArrayLike<number | bigint | string>);
    if (this.type === 'bool') return values.map((value) => value !== 0);
    if (elementRow(this.type).class !== 'complex') return values;
    return Array.from({ length: this.size }, (_, i) => [values[2 * i] as number, values[2 * i + 1] as number]);
  }
}

const ARRAY_NAMES: Partial<Record<ElementType, string>> = {
  double: 'Float64Array',
  complex128: 'Float64Array',
  int8: 'Int8Array',
  int4: 'Int8Array',
  int2: 'Int8Array',
  uint8: 'Uint8Array',
  uint4: 'Uint8Array',
  uint2: 'Uint8Array',
  bool: 'Uint8Array',
  int16: 'Int16Array',
  uint16: 'Uint16Array',
  int32: 'Int32Array',
  uint32: 'Uint32Array',
  int64: 'BigInt64Array',
  uint64: 'BigUint64Array',
  string: 'Array',
};

function checkParts(type: ElementType, dims: readonly number[], data: TensorData): void {
  if (!Object.hasOwn(ELEMENT_TYPES, type))
    throw badTensor(
      'there is no such element type',
      {},
      {
        expected: Object.keys(ELEMENT_TYPES).join(', '),
        got: String(type),
        hint: 'use the names of ONNX: float and double, not float32 and float64',
      },
    );
  if (!Array.isArray(dims) || !dims.every((size) => Number.isSafeInteger(size) && size >= 0))
    throw badTensor(
      'the shape is not a list of sizes',
      {},
      { expected: 'integers from 0 on', got: Array.isArray(dims) ? `[${dims.join(', ')}]` : typeof dims },
    );
  const wanted = ARRAY_NAMES[type] ?? 'Float32Array';
  const got = Array.isArray(data) ? 'Array' : String((data as { [Symbol.toStringTag]?: string })?.[Symbol.toStringTag]);
  if (got !== wanted)
    throw badTensor(
      `the data of a tensor(${type}) are of another kind`,
      {},
      {
        expected: wanted,
        got: got === 'undefined' ? typeof data : got,
        hint: 'tensorOf(type, values, dims) makes a tensor of plain values',
      },
    );
  const count = sizeOf(dims) * (elementRow(type).class === 'complex' ? 2 : 1);
  if (data.length !== count)
    throw badTensor(
      'the data do not fit the shape',
      {},
      { expected: `${count} values for [${dims.join(', ')}]`, got: String(data.length) },
    );
}

export function sizeOf(dims: readonly number[]): number {
  let size = 1;
  for (const dim of dims) size *= dim;
  return size;
}

/** The limit on elements of a new tensor; an evaluator sets it for the time of its run. */
let elementLimit = withDefaults().tensorElements;

/** Runs `body` with another limit on the elements of each new tensor. */
export function withElementLimit<T>(limit: number, body: () => T): T {
  const before = elementLimit;
  elementLimit = limit;
  try {
    return body();
  } finally {
    elementLimit = before;
  }
}

/** The number of elements of a shape. Errors: `onnx/bad-tensor` for a negative size, `onnx/limit`. */
export function checkedSize(dims: readonly number[]): number {
  let size = 1;
  for (const dim of dims) {
    if (!Number.isSafeInteger(dim) || dim < 0)
      throw badTensor(`a dimension is ${dim}`, {}, { expected: 'zero or more' });
    size *= dim;
  }
  if (size > elementLimit) throw limitExceeded(`a tensor of shape [${dims.join(', ')}]`, elementLimit);
  return size;
}

const STORAGE: Record<ElementType, (count: number) => TensorData> = {
  float: (n) => new Float32Array(n),
  double: (n) => new Float64Array(n),
  float16: (n) => new Float32Array(n),
  bfloat16: (n) => new Float32Array(n),
  float8e4m3fn: (n) => new Float32Array(n),
  float8e4m3fnuz: (n) => new Float32Array(n),
  float8e5m2: (n) => new Float32Array(n),
  float8e5m2fnuz: (n) => new Float32Array(n),
  float8e8m0: (n) => new Float32Array(n),
  float4e2m1: (n) => new Float32Array(n),
  float6e2m3: (n) => new Float32Array(n),
  float6e3m2: (n) => new Float32Array(n),
  int8: (n) => new Int8Array(n),
  uint8: (n) => new Uint8Array(n),
  int16: (n) => new Int16Array(n),
  uint16: (n) => new Uint16Array(n),
  int32: (n) => new Int32Array(n),
  uint32: (n) => new Uint32Array(n),
  int64: (n) => new BigInt64Array(n),
  uint64: (n) => new BigUint64Array(n),
  int4: (n) => new Int8Array(n),
  uint4: (n) => new Uint8Array(n),
  int2: (n) => new Int8Array(n),
  uint2: (n) => new Uint8Array(n),
  bool: (n) => new Uint8Array(n),
  string: (n) => new Array<string>(n).fill(''),
  complex64: (n) => new Float32Array(2 * n),
  complex128: (n) => new Float64Array(2 * n),
};

/** Storage for `count` elements, zeros. */
export function newData(type: ElementType, count: number): TensorData {
  return STORAGE[type](count);
}

/** A tensor of zeros (of empty strings). Errors: `onnx/limit`, `onnx/bad-tensor`. */
export function newTensor(type: ElementType, dims: readonly number[]): Tensor {
  return new Tensor(type, dims, newData(type, checkedSize(dims)));
}

const UNROUNDED: ReadonlySet<ElementType> = new Set(
  (Object.keys(ELEMENT_TYPES) as ElementType[]).filter((type) => {
    const { bits, class: kind } = elementRow(type);
    return elementRow(type).minifloat !== undefined || (bits < 8 && (kind === 'integer' || kind === 'unsigned'));
  }),
);

/** Rounds (floats) or wraps (integers) each element to its type where the storage is wider than the type. */
export function settle(tensor: Tensor): Tensor {
  const { type } = tensor;
  if (!UNROUNDED.has(type)) return tensor;
  const data = tensor.data as NumberArray;
  const { bits, class: kind } = elementRow(type);
  const shift = 32 - bits;
  if (kind === 'float') for (let i = 0; i < data.length; i++) data[i] = roundToType(data[i]!, type);
  else if (kind === 'integer') for (let i = 0; i < data.length; i++) data[i] = (data[i]! << shift) >> shift;
  else for (let i = 0; i < data.length; i++) data[i] = data[i]! & (2 ** bits - 1);
  return tensor;
}

const utf8 = new TextDecoder();
const toUtf8 = new TextEncoder();

function unpackCodes(bytes: Uint8Array, bits: number, count: number): Uint8Array {
  const codes = new Uint8Array(count);
  const perByte = 8 / bits;
  const mask = 2 ** bits - 1;
  for (let i = 0; i < count; i++) codes[i] = (bytes[Math.floor(i / perByte)]! >>> (bits * (i % perByte))) & mask;
  return codes;
}

/** Bytes that `count` elements take in raw_data. float6 codes take a whole byte each. */
function rawLength(type: ElementType, count: number): number {
  const { bits } = elementRow(type);
  return bits === 6 ? count : Math.ceil((count * bits) / 8);
}

function fromCodes(type: ElementType, codes: ArrayLike<number>, count: number): TensorData {
  const data = newData(type, count) as NumberArray;
  const row = elementRow(type);
  if (row.minifloat !== undefined) {
    const table = minifloatTable(type);
    for (let i = 0; i < count; i++) data[i] = table[codes[i]! & (table.length - 1)]!;
  } else if (row.bits < 8) {
    const shift = 32 - row.bits;
    for (let i = 0; i < count; i++)
      data[i] = row.class === 'integer' ? (codes[i]! << shift) >> shift : (codes[i]! << shift) >>> shift;
  } else for (let i = 0; i < count; i++) data[i] = codes[i]!;
  return data;
}

function fromRaw(type: ElementType, raw: Uint8Array, count: number, name: string): TensorData {
  const wanted = rawLength(type, count);
  if (raw.length !== wanted) {
    throw badTensor(
      'the raw data does not fit the shape',
      { path: name },
      { expected: `${wanted} bytes`, got: `${raw.length}` },
    );
  }
  const row = elementRow(type);
  if (row.bits < 8 && row.bits !== 6) return fromCodes(type, unpackCodes(raw, row.bits, count), count);
  if (row.minifloat !== undefined) {
    const aligned = Uint8Array.from(raw);
    return fromCodes(type, row.bits === 16 ? new Uint16Array(aligned.buffer) : aligned, count);
  }
  const sample = newData(type, 0) as NumberArray;
  if (raw.byteOffset % sample.BYTES_PER_ELEMENT === 0 && type !== 'bool') {
    const View = sample.constructor as new (buffer: ArrayBufferLike, offset: number, length: number) => NumberArray;
    return new View(raw.buffer, raw.byteOffset, raw.length / sample.BYTES_PER_ELEMENT);
  }
  const data = newData(type, count) as NumberArray;
  new Uint8Array(data.buffer).set(raw);
  if (type === 'bool') for (let i = 0; i < count; i++) data[i] = data[i] === 0 ? 0 : 1;
  return data;
}

type FieldName = 'float_data' | 'int32_data' | 'int64_data' | 'double_data' | 'uint64_data' | 'string_data';

const FIELD_OF: Partial<Record<ElementType, FieldName>> = {
  float: 'float_data',
  complex64: 'float_data',
  double: 'double_data',
  complex128: 'double_data',
  int64: 'int64_data',
  uint64: 'uint64_data',
  uint32: 'uint64_data',
  string: 'string_data',
};

function fromFields(type: ElementType, proto: TensorProto, count: number, name: string): TensorData {
  const field = FIELD_OF[type] ?? 'int32_data';
  const given = (proto[field] ?? []) as ArrayLike<number | bigint | Uint8Array>;
  const row = elementRow(type);
  const packedBits = row.bits > 0 && row.bits < 8 && row.bits !== 6;
  const wanted = row.class === 'complex' ? 2 * count : packedBits ? Math.ceil((count * row.bits) / 8) : count;
  if (given.length !== wanted) {
    throw badTensor(
      `${field} does not fit the shape`,
      { path: name },
      { expected: `${wanted} entries`, got: String(given.length) },
    );
  }
  if (type === 'string') return Array.from(given as ArrayLike<Uint8Array>, (bytes) => utf8.decode(bytes));
  if (type === 'uint32') return Uint32Array.from(given as ArrayLike<bigint>, Number);
  if (packedBits)
    return fromCodes(type, unpackCodes(Uint8Array.from(given as ArrayLike<number>), row.bits, count), count);
  if (field === 'int32_data') return fromCodes(type, given as ArrayLike<number>, count);
  const data = newData(type, count) as Float32Array;
  data.set(given as ArrayLike<number>);
  return data;
}

/** The dimensions as numbers. Errors: `onnx/bad-tensor` for one that is negative or beyond 2^53. */
export function dimsOf(dims: readonly Int64[], name = ''): number[] {
  return dims.map((dim) => {
    const size = Number(dim);
    if (Number.isSafeInteger(size) && size >= 0) return size;
    throw badTensor(`a dimension is ${dim}`, { path: name }, { expected: 'zero or more' });
  });
}

/** The tensor that a TensorProto holds. Errors: `onnx/bad-tensor` where type, shape and data do not fit. */
export function tensorFromProto(proto: TensorProto): Tensor {
  const name = proto.name ?? '';
  const type = elementTypeOf(proto.data_type);
  if (type === undefined)
    throw badTensor(`the tensor has the unknown data type ${proto.data_type ?? 0}`, {
      path: name,
      attribute: 'data_type',
    });
  const dims = dimsOf(proto.dims, name);
  const count = checkedSize(dims);
  if (proto.segment !== undefined) throw badTensor('the tensor is a segment of a larger one', { path: name });
  const raw = proto.data_location === EXTERNAL ? proto.external_bytes : proto.raw_data;
  if (proto.data_location === EXTERNAL && raw === undefined) {
    const where = proto.external_data?.find((entry) => entry.key === 'location')?.value ?? '';
    throw badTensor(
      'the data lies in another file that was not read',
      { path: name },
      {
        got: where,
        hint: 'give readOnnx a `resolve` callback, or keep the file beside the model',
      },
    );
  }
  if (raw !== undefined && type !== 'string') return new Tensor(type, dims, fromRaw(type, raw, count, name));
  return new Tensor(type, dims, fromFields(type, proto, count, name));
}

/** Reads a TensorProto from its bytes. Errors: `onnx/bad-tensor`, `core/wrong-argument`. */
export function readTensor(bytes: Uint8Array): Tensor {
  checkBytes(bytes, 'readTensor');
  return tensorFromProto(decodeMessage(bytes, ONNX_MESSAGES, 'TensorProto') as unknown as TensorProto);
}

function rawOf(tensor: Tensor): Uint8Array {
  const { type, data } = tensor;
  const row = elementRow(type);
  const numbers = data as NumberArray;
  if (row.minifloat === undefined && row.bits >= 8) {
    return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  }
  const codeOf =
    row.minifloat === undefined
      ? (value: number) => value & (2 ** row.bits - 1)
      : (value: number) => minifloatCode(value, type);
  if (row.bits === 16) return new Uint8Array(Uint16Array.from(numbers, codeOf).buffer);
  if (row.bits === 8 || row.bits === 6) return Uint8Array.from(numbers, codeOf);
  const bytes = new Uint8Array(rawLength(type, numbers.length));
  const perByte = 8 / row.bits;
  for (let i = 0; i < numbers.length; i++)
    bytes[Math.floor(i / perByte)]! |= codeOf(numbers[i]!) << (row.bits * (i % perByte));
  return bytes;
}

/** A TensorProto with the tensor's elements as raw data (strings in `string_data`). */
export function tensorToProto(tensor: Tensor, name?: string): TensorProto {
  const proto: TensorProto = { dims: [...tensor.dims], data_type: tensor.dataType };
  if (name !== undefined) proto.name = name;
  if (tensor.type === 'string') proto.string_data = (tensor.data as string[]).map((text) => toUtf8.encode(text));
  else proto.raw_data = rawOf(tensor);
  return proto;
}

/** The bytes of a TensorProto: the inverse of readTensor. */
export function writeTensor(tensor: Tensor, name?: string): Uint8Array {
  if (!(tensor instanceof Tensor)) throw wrongArgument('the input of writeTensor', 'a Tensor', tensor);
  return encodeMessage(tensorToProto(tensor, name), ONNX_MESSAGES, 'TensorProto');
}
