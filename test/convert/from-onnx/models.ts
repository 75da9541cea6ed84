import { attr, tensorProto } from '../../../src/convert/to-onnx/emitter.js';
import type { Kind } from '../../../src/ir/types.js';
import type { AttributeProto, NodeProto, OnnxModel, TensorProto } from '../../../src/onnx/document.js';

const TYPE: Record<Kind, number> = { float32: 1, int32: 6, int64: 7, string: 8, bool: 9, float64: 11 };

export { attr, tensorProto };

export function node(
  op_type: string,
  input: string[],
  output: string[],
  attribute: AttributeProto[] = [],
  domain = '',
): NodeProto {
  return {
    op_type,
    input,
    output,
    attribute,
    ...(domain === '' ? {} : { domain }),
    name: `${op_type}_of_${output[0]}`,
  };
}

export function ml(op_type: string, input: string[], output: string[], attribute: AttributeProto[] = []): NodeProto {
  return node(op_type, input, output, attribute, 'ai.onnx.ml');
}

export interface Port {
  readonly name: string;
  readonly kind: Kind;
  /** Columns; absent: a list [N]. */
  readonly columns?: number;
}

function info({ name, kind, columns }: Port) {
  const dim = [{ dim_param: 'N' }, ...(columns === undefined ? [] : [{ dim_value: columns }])];
  return { name, type: { tensor_type: { elem_type: TYPE[kind], shape: { dim } } } };
}

export function model(
  nodes: NodeProto[],
  inputs: Port[],
  outputs: Port[],
  initializer: TensorProto[] = [],
  opsets: readonly (readonly [string, number])[] = [
    ['', 21],
    ['ai.onnx.ml', 3],
  ],
): OnnxModel {
  return {
    ir_version: 10,
    opset_import: opsets.map(([domain, version]) => ({ domain, version })),
    metadata_props: [],
    functions: [],
    graph: {
      name: 'test',
      node: nodes,
      initializer,
      input: inputs.map(info),
      output: outputs.map(info),
      value_info: [],
    },
  };
}

/** One tree: x ≤ 0 goes to the first leaf. Leaf weights as [leaf (1 or 2), class, weight]. */
export function stump(
  prefix: 'class' | 'target',
  weights: readonly (readonly [number, number, number])[],
): AttributeProto[] {
  return [
    attr.ints('nodes_treeids', [0, 0, 0]),
    attr.ints('nodes_nodeids', [0, 1, 2]),
    attr.ints('nodes_featureids', [0, 0, 0]),
    attr.floats('nodes_values', [0, 0, 0]),
    {
      name: 'nodes_modes',
      type: 8,
      strings: ['BRANCH_LEQ', 'LEAF', 'LEAF'].map((text) => new TextEncoder().encode(text)),
    },
    attr.ints('nodes_truenodeids', [1, 0, 0]),
    attr.ints('nodes_falsenodeids', [2, 0, 0]),
    attr.ints(
      `${prefix}_treeids`,
      weights.map(() => 0),
    ),
    attr.ints(
      `${prefix}_nodeids`,
      weights.map(([leaf]) => leaf),
    ),
    attr.ints(
      `${prefix}_ids`,
      weights.map(([, id]) => id),
    ),
    attr.floats(
      `${prefix}_weights`,
      weights.map(([, , weight]) => weight),
    ),
  ];
}
