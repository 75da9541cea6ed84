import { attribute } from '../../src/onnx/attributes.js';
import type {
  AttributeProto,
  GraphProto,
  ModelProto,
  NodeProto,
  TensorProto,
  ValueInfoProto,
} from '../../src/onnx/document.js';
import { ELEMENT_TYPES, type ElementType } from '../../src/onnx/element-types.js';
import { tensorToProto } from '../../src/onnx/evaluate/tensor.js';
import { tensorOf } from '../../src/onnx/index.js';

/** A node; numbers and texts become attributes of the types that they look like. */
export function node(
  op_type: string,
  input: string[],
  output: string[],
  attributes: Record<string, number | string | number[] | GraphProto | AttributeProto> = {},
  domain = '',
): NodeProto {
  const list = Object.entries(attributes).map(([name, value]): AttributeProto => {
    if (typeof value === 'number') return attribute(name, Number.isInteger(value) ? 'INT' : 'FLOAT', value);
    if (typeof value === 'string') return attribute(name, 'STRING', value);
    if (Array.isArray(value)) return attribute(name, 'INTS', value);
    return 'node' in value ? attribute(name, 'GRAPH', value) : { ...value, name };
  });
  return { op_type, input, output, attribute: list, ...(domain === '' ? {} : { domain }) };
}

export function info(name: string, type: ElementType = 'float', dims?: (number | string)[]): ValueInfoProto {
  const shape = dims?.map((dim) => (typeof dim === 'number' ? { dim_value: dim } : { dim_param: dim }));
  return {
    name,
    type: {
      tensor_type: { elem_type: ELEMENT_TYPES[type].code, ...(shape === undefined ? {} : { shape: { dim: shape } }) },
    },
  };
}

export function initializer(
  name: string,
  type: ElementType,
  values: (number | bigint | string)[],
  dims?: number[],
): TensorProto {
  return tensorToProto(tensorOf(type, values, dims ?? [values.length]), name);
}

export function graph(
  nodes: NodeProto[],
  inputs: ValueInfoProto[],
  outputs: ValueInfoProto[],
  initializers: TensorProto[] = [],
): GraphProto {
  return { name: 'g', node: nodes, input: inputs, output: outputs, initializer: initializers, value_info: [] };
}

export function model(body: GraphProto, opset = 18, more: Partial<ModelProto> = {}): ModelProto {
  return {
    ir_version: 10,
    opset_import: [
      { domain: '', version: opset },
      { domain: 'ai.onnx.ml', version: 3 },
    ],
    metadata_props: [],
    functions: [],
    graph: body,
    ...more,
  };
}
