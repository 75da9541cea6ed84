import type { ElementType } from '../../element-types.js';
import { badAttribute, badInput } from '../../errors.js';
import { type Inputs, type Kernels, type NodeContext, tensorAt } from '../kernel.js';
import { newTensor, type Tensor, tensorFromProto } from '../tensor.js';
import { describe } from '../values.js';

type Element = number | bigint | string;

interface Encoder {
  readonly map: ReadonlyMap<Element, Element>;
  readonly type: ElementType;
  readonly fallback: Element;
}

interface List {
  readonly type: ElementType;
  readonly values: readonly Element[];
}

/** `keys_strings`, `keys_int64s`, `keys_floats` or, from version 4 on, `keys_tensor`; the same for the values. */
function listOf(node: NodeContext, side: 'keys' | 'values'): List {
  const { attributes } = node;
  const tensor = attributes.tensor(`${side}_tensor`);
  if (tensor !== undefined) {
    const { type, data } = tensorFromProto(tensor);
    return { type, values: Array.from(data as ArrayLike<Element>) };
  }
  const texts = attributes.strings(`${side}_strings`);
  if (texts !== undefined) return { type: 'string', values: texts };
  const ints = attributes.bigints(`${side}_int64s`);
  if (ints !== undefined) return { type: 'int64', values: ints };
  const floats = attributes.floats(`${side}_floats`);
  if (floats !== undefined) return { type: 'float', values: Array.from(floats) };
  throw badAttribute(`${side}_strings`, `the operator has no ${side}`);
}

function defaultOf(node: NodeContext, type: ElementType): Element {
  const { attributes } = node;
  const tensor = attributes.tensor('default_tensor');
  if (tensor !== undefined) return tensorFromProto(tensor).data[0] as Element;
  if (type === 'string') return attributes.string('default_string', '_Unused');
  if (type === 'int64') return BigInt(attributes.int('default_int64', -1));
  return type === 'int16' ? attributes.int('default_int64', -1) : attributes.float('default_float', -0);
}

function encoderOf(node: NodeContext): Encoder {
  const keys = listOf(node, 'keys');
  const values = listOf(node, 'values');
  if (keys.values.length !== values.values.length) {
    throw badAttribute('keys', 'keys and values have different lengths', {
      expected: String(keys.values.length),
      got: String(values.values.length),
    });
  }
  const map = new Map<Element, Element>();
  keys.values.forEach((key, i) => {
    // A NaN among the keys is found only from version 4 on.
    if (node.version < 4 && Number.isNaN(key)) return;
    if (!map.has(key)) map.set(key, values.values[i]!);
  });
  return { map, type: values.type, fallback: defaultOf(node, values.type) };
}

/** Version 1: strings become their place in `classes_strings`, integers the string at that place. */
function encoder1(node: NodeContext, input: Tensor): Encoder {
  const classes = node.attributes.strings('classes_strings') ?? [];
  if (input.type === 'string') {
    const fallback = BigInt(node.attributes.int('default_int64', -1));
    return { map: new Map(classes.map((text, i) => [text, BigInt(i)])), type: 'int64', fallback };
  }
  const fallback = node.attributes.string('default_string', '_Unused');
  return { map: new Map(classes.map((text, i) => [BigInt(i), text])), type: 'string', fallback };
}

function labelEncoder(inputs: Inputs, node: NodeContext): Tensor {
  const input = tensorAt(inputs, 0);
  const { map, type, fallback } = node.prepared(() => (node.version < 2 ? encoder1(node, input) : encoderOf(node)));
  const sample = map.keys().next().value;
  if (sample !== undefined && input.size > 0 && typeof sample !== typeof input.data[0])
    throw badInput('the input is not of the type of the keys', { expected: typeof sample, got: describe(input) });
  const result = newTensor(type, input.dims);
  for (let i = 0; i < input.size; i++) (result.data as Element[])[i] = map.get(input.data[i]!) ?? fallback;
  return result;
}

export const labelEncoderKernels = {
  'ai.onnx.ml/LabelEncoder': labelEncoder,
} satisfies Kernels;
