import { badAttribute, badInput } from '../../errors.js';
import { type Inputs, integersOf, type Kernels, mapAt, type NodeContext, tensorAt, typedAt } from '../kernel.js';
import { checkedSize, newTensor, sizeOf, Tensor, type TensorData } from '../tensor.js';
import { describe, type OnnxMap, type Sequence, sequence, tensorOf } from '../values.js';
import { asFloats, matrixOf, numbersIn } from './ml-tensors.js';

const { fround } = Math;

/** A float tensor of the input's shape, each element from the float32 value at its place. */
function mapFloats(input: Tensor, map: (value: number, index: number) => number): Tensor {
  const values = numbersIn(input);
  const result = newTensor('float', input.dims);
  for (let i = 0; i < result.data.length; i++) result.data[i] = map(fround(values[i]!), i);
  return result;
}

function arrayFeatureExtractor(inputs: Inputs): Tensor {
  const input = tensorAt(inputs, 0);
  const indices = integersOf(typedAt(inputs, 1, 'int64'));
  const columns = input.dims.at(-1) ?? 0;
  if (input.dims.length === 0 || indices.length === 0)
    throw badInput('there is nothing to extract', { got: describe(input) });
  for (const index of indices) {
    if (index < 0 || index >= columns)
      throw badInput('an index is out of range', { expected: `0 to ${columns - 1}`, got: String(index) });
  }
  const leading = input.dims.length === 1 ? [1] : input.dims.slice(0, -1);
  const rows = sizeOf(leading);
  const result = newTensor(input.type, [...leading, indices.length]);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < indices.length; i++)
      (result.data as unknown[])[row * indices.length + i] = input.data[row * columns + indices[i]!];
  }
  return result;
}

function binarizer(inputs: Inputs, node: NodeContext): Tensor {
  const threshold = node.attributes.float('threshold', 0);
  const input = tensorAt(inputs, 0);
  const values = numbersIn(input);
  const result = newTensor(input.type, input.dims);
  const big = input.type === 'int64';
  for (let i = 0; i < result.data.length; i++)
    (result.data as unknown[])[i] = big ? BigInt(values[i]! > threshold) : Number(values[i]! > threshold);
  return result;
}

function scaler(inputs: Inputs, node: NodeContext): Tensor {
  const input = tensorAt(inputs, 0);
  const offset = node.attributes.floats('offset') ?? new Float32Array(0);
  const scale = node.attributes.floats('scale') ?? new Float32Array(0);
  const columns = matrixOf(input).columns;
  for (const [name, list] of [
    ['offset', offset],
    ['scale', scale],
  ] as const) {
    if (list.length !== 1 && list.length !== columns)
      throw badAttribute(name, 'the list does not fit the input', {
        expected: `1 or ${columns} entries`,
        got: String(list.length),
      });
  }
  const at = (list: Float32Array, index: number): number => list[list.length === 1 ? 0 : index % columns]!;
  if (input.type === 'double') {
    const values = input.data as Float64Array;
    return mapFloats(input, (_, i) => (values[i]! - at(offset, i)) * at(scale, i));
  }
  return mapFloats(input, (value, i) => fround(value - at(offset, i)) * at(scale, i));
}

function imputer(inputs: Inputs, node: NodeContext): Tensor {
  const input = tensorAt(inputs, 0);
  const { attributes } = node;
  const big = input.type === 'int64' || input.type === 'int32';
  const fills: ArrayLike<number> =
    (big ? attributes.ints('imputed_value_int64s') : attributes.floats('imputed_value_floats')) ?? [];
  const replaced = big ? attributes.int('replaced_value_int64', 0) : attributes.float('replaced_value_float', 0);
  const columns = matrixOf(input).columns;
  if (fills.length !== 1 && fills.length !== columns) {
    throw badAttribute(big ? 'imputed_value_int64s' : 'imputed_value_floats', 'the list does not fit the input', {
      expected: `1 or ${columns} entries`,
      got: String(fills.length),
    });
  }
  const values = numbersIn(input);
  const result = newTensor(input.type, input.dims);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    const isReplaced = Number.isNaN(replaced) ? Number.isNaN(value) : value === replaced;
    const fill = fills[fills.length === 1 ? 0 : i % columns]!;
    if (input.type !== 'int64') (result.data as unknown[])[i] = isReplaced ? fill : value;
    else (result.data as BigInt64Array)[i] = isReplaced ? BigInt(fill) : (input.data[i] as bigint);
  }
  return result;
}

function normalizer(inputs: Inputs, node: NodeContext): Tensor {
  const input = tensorAt(inputs, 0);
  const norm = node.attributes.string('norm', 'MAX');
  const { rows, columns, values } = matrixOf(input);
  const result = newTensor('float', input.dims);
  const out = result.data as Float32Array;
  for (let row = 0; row < rows; row++) {
    const from = row * columns;
    let total = norm === 'MAX' ? -3.4028234663852886e38 : 0;
    for (let i = from; i < from + columns; i++) {
      const value = values[i]!;
      if (norm === 'MAX') total = Math.max(total, fround(value));
      else total = fround(total + fround(norm === 'L1' ? Math.abs(value) : value * value));
    }
    for (let i = from; i < from + columns; i++) {
      const value = values[i]!;
      if (total === 0) out[i] = value;
      else if (norm === 'L2') out[i] = (value < 0 ? -1 : 1) * fround(Math.sqrt(fround(fround(value * value) / total)));
      else out[i] = fround(value) / total;
    }
  }
  return result;
}

function featureVectorizer(inputs: Inputs, node: NodeContext): Tensor {
  const widths = node.attributes.ints('inputdimensions') ?? [];
  if (widths.length !== inputs.length)
    throw badAttribute('inputdimensions', 'the list has not one entry an input', {
      expected: String(inputs.length),
      got: String(widths.length),
    });
  const total = widths.reduce((a, b) => a + b, 0);
  const rows = matrixOf(tensorAt(inputs, 0)).rows;
  const result = newTensor('float', [rows, total]);
  let offset = 0;
  inputs.forEach((_, index) => {
    const matrix = asFloats(matrixOf(tensorAt(inputs, index)));
    for (let row = 0; row < Math.min(rows, matrix.rows); row++) {
      for (let i = 0; i < Math.min(widths[index]!, matrix.columns); i++)
        result.data[row * total + offset + i] = matrix.values[row * matrix.columns + i]!;
    }
    offset += widths[index]!;
  });
  return result;
}

function oneHotEncoder(inputs: Inputs, node: NodeContext): Tensor {
  const { attributes } = node;
  const input = tensorAt(inputs, 0);
  const texts = attributes.strings('cats_strings');
  const categories: readonly unknown[] =
    input.type === 'string' ? (texts ?? []) : (attributes.bigints('cats_int64s') ?? []);
  const places = new Map(categories.map((category, index) => [category, index]));
  const result = newTensor('float', [...input.dims, categories.length]);
  const zeros = attributes.int('zeros', 1) !== 0;
  for (let i = 0; i < input.size; i++) {
    const value = input.data[i]!;
    const key = typeof value === 'number' ? (Number.isFinite(value) ? BigInt(Math.trunc(value)) : undefined) : value;
    const place = places.get(key);
    if (place !== undefined) result.data[i * categories.length + place] = 1;
    else if (!zeros) throw badInput('a value is none of the categories, and `zeros` is 0', { got: String(value) });
  }
  return result;
}

function classesOf(node: NodeContext, strings: string, ints: string): (string | bigint)[] {
  const texts = node.attributes.strings(strings);
  return texts !== undefined && texts.length > 0 ? texts : (node.attributes.bigints(ints) ?? []);
}

function zipMap(inputs: Inputs, node: NodeContext): Sequence {
  const labels = classesOf(node, 'classlabels_strings', 'classlabels_int64s');
  const { rows, columns, values } = matrixOf(tensorAt(inputs, 0));
  if (columns !== labels.length)
    throw badInput('the input has not one column a class', { expected: String(labels.length), got: String(columns) });
  const keyType = typeof labels[0] === 'string' ? 'string' : 'int64';
  return sequence(
    Array.from({ length: rows }, (_, row): OnnxMap => {
      const entries = new Map(labels.map((label, i) => [label, values[row * columns + i]!]));
      return { kind: 'map', keyType, valueType: 'float', entries };
    }),
  );
}

function dictVectorizer(inputs: Inputs, node: NodeContext): Tensor {
  const { entries, valueType } = mapAt(inputs, 0);
  const vocabulary = classesOf(node, 'string_vocabulary', 'int64_vocabulary');
  const result = newTensor(valueType, [1, vocabulary.length]);
  vocabulary.forEach((key, index) => {
    const value = entries.get(key);
    if (value !== undefined) (result.data as unknown[])[index] = value;
  });
  return result;
}

function castMap(inputs: Inputs, node: NodeContext): Tensor {
  const { attributes } = node;
  const { entries } = mapAt(inputs, 0);
  const keys = [...entries.keys()].map((key) => key as bigint).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const isSparse = attributes.string('map_form', 'DENSE') === 'SPARSE';
  const slots: (number | bigint | string | undefined)[] = isSparse
    ? new Array(checkedSize([attributes.int('max_map', 1)])).fill(undefined)
    : keys.map((key) => entries.get(key));
  if (isSparse) {
    for (const key of keys) {
      if (key < 0n || key >= BigInt(slots.length))
        throw badInput('a key is out of range', { expected: `0 to ${slots.length - 1}`, got: String(key) });
      slots[Number(key)] = entries.get(key);
    }
  }
  const target = attributes.string('cast_to', 'TO_FLOAT');
  const dims = [1, slots.length];
  if (target === 'TO_STRING')
    return tensorOf(
      'string',
      // The engine fills the gaps of texts with this spelling of zero.
      slots.map((slot) => (typeof slot === 'number' ? slot.toFixed(6) : (slot ?? '0.f'))),
      dims,
    );
  const numbers = slots.map((slot) => Number(slot ?? 0));
  return target === 'TO_INT64' ? tensorOf('int64', numbers.map(Math.trunc), dims) : tensorOf('float', numbers, dims);
}

function categoryMapper(inputs: Inputs, node: NodeContext): Tensor {
  const { attributes } = node;
  const input = typedAt(inputs, 0, 'string', 'int64');
  const texts = attributes.strings('cats_strings') ?? [];
  const ints = attributes.bigints('cats_int64s') ?? [];
  if (texts.length !== ints.length)
    throw badAttribute('cats_strings', 'the lists have different lengths', {
      expected: String(ints.length),
      got: String(texts.length),
    });
  if (input.type === 'string') {
    const map = new Map(texts.map((text, i) => [text, ints[i]!]));
    const fallback = BigInt(attributes.int('default_int64', -1));
    return new Tensor(
      'int64',
      input.dims,
      BigInt64Array.from((input.data as string[]).map((text) => map.get(text) ?? fallback)),
    );
  }
  const map = new Map(ints.map((value, i) => [value, texts[i]!]));
  const fallback = attributes.string('default_string', '_Unused');
  return new Tensor(
    'string',
    input.dims,
    Array.from(input.data as BigInt64Array, (value) => map.get(value) ?? fallback) as TensorData,
  );
}

export const featureKernels = {
  'ai.onnx.ml/ArrayFeatureExtractor': arrayFeatureExtractor,
  'ai.onnx.ml/Binarizer': binarizer,
  'ai.onnx.ml/CastMap': castMap,
  'ai.onnx.ml/CategoryMapper': categoryMapper,
  'ai.onnx.ml/DictVectorizer': dictVectorizer,
  'ai.onnx.ml/FeatureVectorizer': featureVectorizer,
  'ai.onnx.ml/Imputer': imputer,
  'ai.onnx.ml/Normalizer': normalizer,
  'ai.onnx.ml/OneHotEncoder': oneHotEncoder,
  'ai.onnx.ml/Scaler': scaler,
  'ai.onnx.ml/ZipMap': zipMap,
} satisfies Kernels;
