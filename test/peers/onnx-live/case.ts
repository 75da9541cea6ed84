import { attribute } from '../../../src/onnx/attributes.js';
import type { AttributeProto, AttributeType, ModelProto, TypeProto } from '../../../src/onnx/document.js';
import { ELEMENT_TYPES } from '../../../src/onnx/element-types.js';
import { tensorToProto } from '../../../src/onnx/evaluate/tensor.js';
import { Tensor, type Value } from '../../../src/onnx/index.js';
import type { OperatorSchema } from '../../../src/onnx/operator-schemas.js';
import type { TensorJob } from '../ort-tensors.js';
import type { Draw } from './draw.js';

/** One node: its inputs (undefined: left out), attributes as plain values, number of outputs. */
export interface Case {
  readonly inputs: readonly (Value | undefined)[];
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly outputs?: number;
  /** Inputs that stay feeds: never initializers. */
  readonly fed?: boolean;
}

/** Draws a case of the operator; `schema` is the version that holds. */
export type Generator = (draw: Draw, schema: OperatorSchema) => Case;

/** The types that a type parameter allows; without it those of the first input, or output. */
export function typed(schema: OperatorSchema, parameter = 'T'): readonly string[] {
  const first = (schema.inputs[0] ?? schema.outputs[0])?.[1] ?? '';
  return schema.types[parameter] ?? schema.types[first] ?? [first];
}

export function typeOf(value: Value): TypeProto {
  if (value instanceof Tensor) {
    return {
      tensor_type: { elem_type: value.dataType, shape: { dim: value.dims.map((size) => ({ dim_value: size })) } },
    };
  }
  if (value.kind === 'sequence') {
    const first = value.elements[0];
    if (!(first instanceof Tensor)) throw new TypeError('a sequence of tensors that is not empty');
    return { sequence_type: { elem_type: { tensor_type: { elem_type: first.dataType } } } };
  }
  if (value.kind === 'map') {
    const codes = [value.keyType, value.valueType].map((type) => ELEMENT_TYPES[type].code);
    return {
      map_type: { key_type: codes[0]!, value_type: { tensor_type: { elem_type: codes[1]!, shape: { dim: [] } } } },
    };
  }
  throw new TypeError('no other values are fed');
}

function attributesOf(schema: OperatorSchema, values: Readonly<Record<string, unknown>>): AttributeProto[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const type = schema.attributes[name]?.[0] as AttributeType | undefined;
    if (type === undefined || value === undefined) return [];
    return [attribute(name, type as 'INT', value as number)];
  });
}

/** The model of one node, and what is fed to it; some inputs become initializers. */
export function jobOf(schema: OperatorSchema, opset: number, one: Case, draw: Draw): TensorJob {
  const names = one.inputs.map((value, i) => (value === undefined ? '' : `X${i}`));
  while (names.at(-1) === '') names.pop();
  const outputs = Array.from({ length: one.outputs ?? schema.outputs.length }, (_, i) => `Y${i}`);
  const constant = one.inputs.map((value) => value instanceof Tensor && one.fed !== true && draw.chance(0.25));
  const present = names.flatMap((name, i) => (name === '' ? [] : [{ name, value: one.inputs[i] as Value, i }]));
  const feeds = present.filter(({ i }) => !constant[i]);
  const imports = [{ domain: '', version: schema.domain === '' ? opset : 18 }];
  if (schema.domain !== '') imports.push({ domain: schema.domain, version: opset });
  const model: ModelProto = {
    ir_version: 10,
    opset_import: imports,
    metadata_props: [],
    functions: [],
    graph: {
      name: 'g',
      node: [
        {
          op_type: schema.name,
          ...(schema.domain === '' ? {} : { domain: schema.domain }),
          input: names,
          output: outputs,
          attribute: attributesOf(schema, one.attributes ?? {}),
        },
      ],
      input: feeds.map(({ name, value }) => ({ name, type: typeOf(value) })),
      output: outputs.map((name) => ({ name })),
      initializer: present
        .filter(({ i }) => constant[i])
        .map(({ name, value }) => tensorToProto(value as Tensor, name)),
      value_info: [],
    },
  };
  return { model, feeds: Object.fromEntries(feeds.map(({ name, value }) => [name, value])) };
}
