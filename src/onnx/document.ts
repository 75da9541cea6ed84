import type { Int64, Int64List } from '../wire/protobuf-schema.js';

export type { Int64, Int64List } from '../wire/protobuf-schema.js';

/*
 * The messages of schemas/onnx.proto as plain data, with their own names. A field that a message lacks is absent;
 * the repeated fields that are not optional here are empty lists instead. `unknown` keeps the fields of later versions.
 */

interface Extensible {
  unknown?: Uint8Array[];
}

export interface ModelProto extends Extensible {
  ir_version?: Int64;
  opset_import: OperatorSetIdProto[];
  producer_name?: string;
  producer_version?: string;
  domain?: string;
  model_version?: Int64;
  doc_string?: string;
  graph?: GraphProto;
  metadata_props: StringStringEntryProto[];
  training_info?: TrainingInfoProto[];
  functions: FunctionProto[];
  configuration?: DeviceConfigurationProto[];
}

/** What `readOnnx` gives: the ModelProto itself. */
export type OnnxModel = ModelProto;

export interface OperatorSetIdProto extends Extensible {
  domain?: string;
  version?: Int64;
}

export interface StringStringEntryProto extends Extensible {
  key?: string;
  value?: string;
}

export interface GraphProto extends Extensible {
  node: NodeProto[];
  name?: string;
  initializer: TensorProto[];
  sparse_initializer?: SparseTensorProto[];
  doc_string?: string;
  input: ValueInfoProto[];
  output: ValueInfoProto[];
  value_info: ValueInfoProto[];
  quantization_annotation?: TensorAnnotation[];
  metadata_props?: StringStringEntryProto[];
}

export interface NodeProto extends Extensible {
  input: string[];
  output: string[];
  name?: string;
  op_type?: string;
  domain?: string;
  overload?: string;
  attribute: AttributeProto[];
  doc_string?: string;
  metadata_props?: StringStringEntryProto[];
  device_configurations?: NodeDeviceConfigurationProto[];
}

/** AttributeProto.AttributeType. */
export const ATTRIBUTE_TYPES = {
  UNDEFINED: 0,
  FLOAT: 1,
  INT: 2,
  STRING: 3,
  TENSOR: 4,
  GRAPH: 5,
  FLOATS: 6,
  INTS: 7,
  STRINGS: 8,
  TENSORS: 9,
  GRAPHS: 10,
  SPARSE_TENSOR: 11,
  SPARSE_TENSORS: 12,
  TYPE_PROTO: 13,
  TYPE_PROTOS: 14,
} as const;

export type AttributeType = keyof typeof ATTRIBUTE_TYPES;

/** Strings are bytes, as in the file: see `textOf` and `textsOf` in attributes.ts. */
export interface AttributeProto extends Extensible {
  name?: string;
  ref_attr_name?: string;
  doc_string?: string;
  type?: number;
  f?: number;
  i?: Int64;
  s?: Uint8Array;
  t?: TensorProto;
  g?: GraphProto;
  sparse_tensor?: SparseTensorProto;
  tp?: TypeProto;
  floats?: Float32Array;
  ints?: Int64List;
  strings?: Uint8Array[];
  tensors?: TensorProto[];
  graphs?: GraphProto[];
  sparse_tensors?: SparseTensorProto[];
  type_protos?: TypeProto[];
}

export interface ValueInfoProto extends Extensible {
  name?: string;
  type?: TypeProto;
  doc_string?: string;
  metadata_props?: StringStringEntryProto[];
}

/** Of the value fields at most one is present. */
export interface TypeProto extends Extensible {
  tensor_type?: TensorTypeProto;
  sequence_type?: { elem_type?: TypeProto } & Extensible;
  map_type?: { key_type?: number; value_type?: TypeProto } & Extensible;
  optional_type?: { elem_type?: TypeProto } & Extensible;
  sparse_tensor_type?: TensorTypeProto;
  opaque_type?: { domain?: string; name?: string } & Extensible;
  denotation?: string;
}

export interface TensorTypeProto extends Extensible {
  elem_type?: number;
  shape?: TensorShapeProto;
}

export interface TensorShapeProto extends Extensible {
  dim: DimensionProto[];
}

export interface DimensionProto extends Extensible {
  dim_value?: Int64;
  dim_param?: string;
  denotation?: string;
}

/**
 * `raw_data` is a view of the file's bytes. `external_bytes` is not a field of the message: a reader with a `resolve`
 * callback puts the tensor's part of the external file there, and a writer leaves it out.
 */
export interface TensorProto extends Extensible {
  dims: Int64[];
  data_type?: number;
  segment?: { begin?: Int64; end?: Int64 } & Extensible;
  float_data?: Float32Array;
  int32_data?: Int32Array;
  string_data?: Uint8Array[];
  int64_data?: BigInt64Array;
  name?: string;
  doc_string?: string;
  raw_data?: Uint8Array;
  external_data?: StringStringEntryProto[];
  data_location?: number;
  double_data?: Float64Array;
  uint64_data?: BigUint64Array;
  metadata_props?: StringStringEntryProto[];
  external_bytes?: Uint8Array;
}

/** TensorProto.DataLocation.EXTERNAL. */
export const EXTERNAL = 1;

export interface SparseTensorProto extends Extensible {
  values?: TensorProto;
  indices?: TensorProto;
  dims: Int64[];
}

export interface TensorAnnotation extends Extensible {
  tensor_name?: string;
  quant_parameter_tensor_names?: StringStringEntryProto[];
}

export interface TrainingInfoProto extends Extensible {
  initialization?: GraphProto;
  algorithm?: GraphProto;
  initialization_binding?: StringStringEntryProto[];
  update_binding?: StringStringEntryProto[];
}

export interface FunctionProto extends Extensible {
  name?: string;
  input: string[];
  output: string[];
  attribute: string[];
  attribute_proto?: AttributeProto[];
  node: NodeProto[];
  doc_string?: string;
  opset_import: OperatorSetIdProto[];
  domain?: string;
  overload?: string;
  value_info?: ValueInfoProto[];
  metadata_props?: StringStringEntryProto[];
}

export interface DeviceConfigurationProto extends Extensible {
  name?: string;
  num_devices?: number;
  device?: string[];
}

export interface NodeDeviceConfigurationProto extends Extensible {
  configuration_id?: string;
  sharding_spec?: ShardingSpecProto[];
  pipeline_stage?: number;
}

export interface ShardingSpecProto extends Extensible {
  tensor_name?: string;
  device?: Int64List;
  index_to_device_group_map?: ({ key?: Int64; value?: Int64List } & Extensible)[];
  sharded_dim?: ({
    axis?: Int64;
    simple_sharding?: ({ dim_value?: Int64; dim_param?: string; num_shards?: Int64 } & Extensible)[];
  } & Extensible)[];
}
