import { type Schema, schemaOf } from '../wire/protobuf-schema.js';
import { MESSAGES } from './messages.gen.js';

/** Repeated fields that document.ts never leaves out. */
const ALWAYS = new Set([
  'ModelProto.opset_import',
  'ModelProto.metadata_props',
  'ModelProto.functions',
  'GraphProto.node',
  'GraphProto.initializer',
  'GraphProto.input',
  'GraphProto.output',
  'GraphProto.value_info',
  'NodeProto.input',
  'NodeProto.output',
  'NodeProto.attribute',
  'TensorShapeProto.dim',
  'TensorProto.dims',
  'SparseTensorProto.dims',
  'FunctionProto.input',
  'FunctionProto.output',
  'FunctionProto.attribute',
  'FunctionProto.node',
  'FunctionProto.opset_import',
]);

export const ONNX_MESSAGES: Schema = schemaOf(MESSAGES, ALWAYS);
