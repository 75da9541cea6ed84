import { decodeMessage } from '../../wire/protobuf-read.js';
import type { SparseTensorProto, TensorProto, TypeProto } from '../document.js';
import { elementTypeOf } from '../element-types.js';
import { badTensor } from '../errors.js';
import { ONNX_MESSAGES } from '../schema.js';
import { denseOf } from './sparse.js';
import { readTensor, type Tensor, tensorFromProto } from './tensor.js';
import { type OnnxMap, optional, sequence, type Value } from './values.js';

/** The messages of onnx-data.proto, in which ONNX's test data keeps sequences, maps and optionals. */
interface SequenceProto {
  tensor_values?: TensorProto[];
  sparse_tensor_values?: SparseTensorProto[];
  sequence_values?: SequenceProto[];
  map_values?: MapProto[];
  optional_values?: OptionalProto[];
}

interface MapProto {
  key_type?: number;
  keys?: Float64Array | BigInt64Array;
  string_keys?: Uint8Array[];
  values?: SequenceProto;
}

interface OptionalProto {
  tensor_value?: TensorProto;
  sparse_tensor_value?: SparseTensorProto;
  sequence_value?: SequenceProto;
  map_value?: MapProto;
  optional_value?: OptionalProto;
}

const utf8 = new TextDecoder();

function elementsOf(proto: SequenceProto): Value[] {
  return [
    ...(proto.tensor_values ?? []).map(tensorFromProto),
    ...(proto.sparse_tensor_values ?? []).map(denseOf),
    ...(proto.sequence_values ?? []).map((inner) => sequence(elementsOf(inner))),
    ...(proto.map_values ?? []).map(mapFrom),
    ...(proto.optional_values ?? []).map(optionalFrom),
  ];
}

/** The values of a map are tensors of one element each, or one tensor of all. */
function mapFrom(proto: MapProto): OnnxMap {
  const texts = proto.string_keys?.map((bytes) => utf8.decode(bytes));
  const keys: (string | bigint)[] = texts ?? Array.from((proto.keys ?? []) as ArrayLike<number | bigint>, BigInt);
  const values = elementsOf(proto.values ?? {}) as Tensor[];
  const flat = values.flatMap((tensor) => Array.from(tensor.data as ArrayLike<number>));
  if (flat.length !== keys.length) throw badTensor('a map has not one value a key');
  const keyType = texts === undefined ? (elementTypeOf(proto.key_type) ?? 'int64') : 'string';
  return {
    kind: 'map',
    keyType,
    valueType: values[0]?.type ?? 'float',
    entries: new Map(keys.map((key, i) => [key, flat[i]!])),
  };
}

function optionalFrom(proto: OptionalProto): Value {
  if (proto.tensor_value !== undefined) return tensorFromProto(proto.tensor_value);
  if (proto.sparse_tensor_value !== undefined) return denseOf(proto.sparse_tensor_value);
  if (proto.sequence_value !== undefined) return sequence(elementsOf(proto.sequence_value));
  if (proto.map_value !== undefined) return mapFrom(proto.map_value);
  return proto.optional_value === undefined ? optional(null) : optionalFrom(proto.optional_value);
}

/** Reads a value of the given type from the message that ONNX's test data keeps it in. */
export function readValue(bytes: Uint8Array, type: TypeProto): Value {
  const decode = <T>(name: string): T => decodeMessage(bytes, ONNX_MESSAGES, name) as T;
  if (type.sequence_type !== undefined) return sequence(elementsOf(decode('SequenceProto')));
  if (type.map_type !== undefined) return mapFrom(decode('MapProto'));
  if (type.optional_type !== undefined) return optionalFrom(decode('OptionalProto'));
  if (type.sparse_tensor_type !== undefined) return denseOf(decode('SparseTensorProto'));
  return readTensor(bytes);
}
