import type { Place } from '../../core/errors.js';
import type { Kind } from '../../ir/types.js';
import type { TensorProto } from '../../onnx/document.js';
import { declined } from '../declined.js';
import type { ConstValue } from './values.js';

/** Kind of each TensorProto.DataType that the IR has. */
export const KIND_OF_TYPE: Readonly<Record<number, Kind>> = {
  1: 'float32',
  6: 'int32',
  7: 'int64',
  8: 'string',
  9: 'bool',
  11: 'float64',
};

/** Names of the data types, by their numbers. */
const TYPE_NAMES = [
  'undefined',
  'float',
  'uint8',
  'int8',
  'uint16',
  'int16',
  'int32',
  'int64',
  'string',
  'bool',
  'float16',
  'double',
  'uint32',
  'uint64',
  'complex64',
  'complex128',
  'bfloat16',
];

export function kindOfType(type: number | undefined, place: Place): Kind {
  const kind = KIND_OF_TYPE[type ?? 0];
  if (kind !== undefined) return kind;
  throw declined('data-type', `tensors of ${TYPE_NAMES[type ?? 0] ?? `type ${type}`} cannot be moved`, place, {
    expected: 'float, double, int32, int64, bool or string',
  });
}

const utf8 = new TextDecoder();

/** The values of a tensor in memory. Small unsigned and short integers become int64, as in indexes and modes. */
export function tensorOf(tensor: TensorProto, place: Place): ConstValue {
  const dims = tensor.dims.map(Number);
  const size = dims.reduce((all, length) => all * length, 1);
  const raw = tensor.external_bytes ?? tensor.raw_data;
  const type = tensor.data_type ?? 0;
  if (type === 2 || type === 3) {
    const bytes = raw ?? tensor.int32_data ?? [];
    const data = [...bytes];
    if (type === 3) for (let i = 0; i < data.length; i++) if (data[i]! > 127) data[i]! -= 256;
    return { of: 'const', kind: 'int64', dims, data };
  }
  const kind = kindOfType(type, place);
  const data = raw !== undefined && kind !== 'string' ? fromRaw(kind, raw, size) : fromFields(kind, tensor);
  if (data.length !== size) {
    throw declined('bad-tensor', `the tensor ${JSON.stringify(tensor.name ?? '')} has ${data.length} values`, place, {
      expected: String(size),
      hint: 'load external data with the model',
    });
  }
  return { of: 'const', kind, dims, data };
}

function fromFields(kind: Kind, tensor: TensorProto): ConstValue['data'] {
  switch (kind) {
    case 'float32':
      return tensor.float_data ?? [];
    case 'float64':
      return tensor.double_data ?? [];
    case 'int32':
      return tensor.int32_data ?? [];
    case 'bool':
      return Array.from(tensor.int32_data ?? [], (value) => value !== 0);
    case 'int64':
      return numbers(tensor.int64_data ?? []);
    case 'string':
      return (tensor.string_data ?? []).map((bytes) => utf8.decode(bytes));
  }
}

function fromRaw(kind: Kind, raw: Uint8Array, size: number): ConstValue['data'] {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const width = { float32: 4, float64: 8, int32: 4, int64: 8, bool: 1, string: 1 }[kind];
  const count = Math.min(size, Math.floor(raw.byteLength / width));
  const copy = () => new Uint8Array(raw.subarray(0, count * width)).buffer;
  if (kind === 'float32') return new Float32Array(copy());
  if (kind === 'float64') return new Float64Array(copy());
  if (kind === 'int32') return new Int32Array(copy());
  if (kind === 'bool') return Array.from({ length: count }, (_, i) => view.getUint8(i) !== 0);
  return numbers(BigInt64Array.from({ length: count }, (_, i) => view.getBigInt64(i * 8, true)));
}

function numbers(list: ArrayLike<bigint>): (number | bigint)[] {
  return Array.from(list, (value) =>
    value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value,
  );
}
