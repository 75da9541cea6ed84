import type { TensorProto } from '../../document.js';
import { elementTypeOf } from '../../element-types.js';
import { badAttribute, wrongShape } from '../../errors.js';
import { mapDim, openDims } from '../dims.js';
import {
  dataAt,
  dimsAt,
  elementAt,
  elementAttribute,
  type Fact,
  isGiven,
  lengthAt,
  numbersAt,
  type Rule,
  type Rules,
  rankedAt,
} from '../facts.js';
import type { Dim } from '../value-type.js';

const factOf = (proto: TensorProto): Fact => ({
  element: elementTypeOf(proto.data_type),
  dims: proto.dims.map(Number),
});

const constant: Rule = ({ attributes }) => {
  const tensor = attributes.tensor('value');
  if (tensor !== undefined) return factOf(tensor);
  const sparse = attributes.sparseTensor('sparse_value');
  if (sparse !== undefined)
    return {
      type: { kind: 'tensor', element: elementTypeOf(sparse.values?.data_type), dims: sparse.dims.map(Number) },
    };
  if (attributes.has('value_int')) return { element: 'int64', dims: [] };
  if (attributes.has('value_float')) return { element: 'float', dims: [] };
  if (attributes.has('value_string')) return { element: 'string', dims: [] };
  if (attributes.has('value_ints')) return { element: 'int64', dims: [attributes.ints('value_ints')!.length] };
  if (attributes.has('value_floats')) return { element: 'float', dims: [attributes.floats('value_floats')!.length] };
  if (attributes.has('value_strings'))
    return { element: 'string', dims: [attributes.strings('value_strings')!.length] };
  throw badAttribute('value', 'a constant has no value');
};

const constantOfShape: Rule = (node) => {
  const value = node.attributes.tensor('value');
  const element = value === undefined ? 'float' : elementTypeOf(value.data_type);
  rankedAt(node, 0, 1);
  const data = dataAt(node, 0);
  if (data?.some((dim) => typeof dim === 'number' && dim < 0))
    throw wrongShape('a size is negative', { got: `[${data.slice(0, 16).join(', ')}]` });
  const rank = lengthAt(node, 0);
  return { element, dims: data ?? (rank === undefined || rank > 1024 ? undefined : openDims(rank)) };
};

const random: Rule = (node) => ({
  element: elementAttribute(node, 'dtype') ?? 'float',
  dims: node.attributes.ints('shape'),
});

const eyeLike: Rule = (node) => ({
  element: elementAttribute(node, 'dtype') ?? elementAt(node, 0),
  dims: rankedAt(node, 0, 2),
});

const range: Rule = (node) => {
  const [start, limit, delta] = [0, 1, 2].map((index) => numbersAt(node, index)?.[0]);
  for (const index of [0, 1, 2]) rankedAt(node, index, 0, 1);
  const from = dataAt(node, 0)?.[0];
  const to = dataAt(node, 1)?.[0];
  if (typeof to === 'string' && from === 0 && delta === 1) return { dims: [to] };
  if (start === undefined || limit === undefined || delta === undefined) return { dims: [undefined] };
  if (delta === 0) throw wrongShape('the delta of a range is 0');
  return { dims: [mapDim(Math.max(0, Math.ceil((limit - start) / delta)), (size) => size)] };
};

const shape: Rule = (node) => {
  const rank = dimsAt(node, 0)?.length;
  if (rank === undefined) return { dims: [undefined] };
  const bounded = (value: number): number => Math.min(rank, Math.max(0, value < 0 ? value + rank : value));
  const start = bounded(node.attributes.int('start', 0));
  const end = node.attributes.has('end') ? bounded(node.attributes.int('end')) : rank;
  return { dims: [Math.max(0, end - start)] };
};

const window: Rule = (node) => ({
  element: elementAttribute(node, 'output_datatype') ?? 'float',
  dims: [dataAt(node, 0)?.[0]],
});

const melWeights: Rule = (node) => {
  const [bins, length] = [dataAt(node, 0)?.[0], dataAt(node, 1)?.[0]];
  return {
    element: elementAttribute(node, 'output_datatype') ?? 'float',
    dims: [mapDim(length, (size) => Math.floor(size / 2) + 1), bins],
  };
};

const dft: Rule = (node) => {
  const x = rankedAt(node, 0, 2, Infinity);
  if (x === undefined) return {};
  const axisGiven =
    node.version < 20 ? node.attributes.int('axis', 1) : isGiven(node, 2) ? numbersAt(node, 2)?.[0] : -2;
  const onesided = node.attributes.int('onesided', 0) !== 0;
  const inverse = node.attributes.int('inverse', 0) !== 0;
  const last: Dim = onesided && inverse ? 1 : 2;
  // Without an axis that is known, only a transform that keeps the length tells its shape.
  const keeps = !onesided && !isGiven(node, 1);
  if (axisGiven === undefined) return { dims: [...(keeps ? x.slice(0, -1) : openDims(x.length - 1)), last] };
  const axis = axisGiven < 0 ? axisGiven + x.length : axisGiven;
  if (axis < 0 || axis >= x.length - 1)
    throw wrongShape('an axis is out of range', {
      expected: `${-x.length} to ${x.length - 2}`,
      got: String(axisGiven),
    });
  const length = isGiven(node, 1) ? dataAt(node, 1)?.[0] : undefined;
  const whole = isGiven(node, 1) ? length : onesided && inverse ? mapDim(x[axis], (size) => (size - 1) * 2) : x[axis];
  const result = [...x.slice(0, -1), last];
  result[axis] = onesided && !inverse ? mapDim(whole, (size) => Math.floor(size / 2) + 1) : whole;
  return { dims: result };
};

const stft: Rule = (node) => {
  const x = rankedAt(node, 0, 2, 3);
  const step = dataAt(node, 1)?.[0];
  const length = isGiven(node, 3) ? dataAt(node, 3)?.[0] : isGiven(node, 2) ? dimsAt(node, 2)?.[0] : x?.[1];
  const onesided = node.attributes.int('onesided', 1) !== 0;
  const frames =
    typeof x?.[1] === 'number' && typeof step === 'number' && typeof length === 'number' && step > 0
      ? Math.floor((x[1] - length) / step) + 1
      : undefined;
  const bins = onesided ? mapDim(length, (size) => Math.floor(size / 2) + 1) : length;
  return { dims: [x?.[0], frames, bins, 2] };
};

const multinomial: Rule = (node) => ({
  element: elementAttribute(node, 'dtype') ?? 'int32',
  dims: [rankedAt(node, 0, 2)?.[0], node.attributes.int('sample_size', 1)],
});

const imageDecoder: Rule = (node) => {
  rankedAt(node, 0, 1);
  return { dims: [undefined, undefined, node.attributes.string('pixel_format', 'RGB') === 'Grayscale' ? 1 : 3] };
};

const quantize: Rule = (node) => {
  const zero = elementAt(node, 2);
  const chosen = elementAttribute(node, 'output_dtype');
  return { element: zero ?? (isGiven(node, 2) ? undefined : (chosen ?? 'uint8')), dims: dimsAt(node, 0) };
};

const dequantize: Rule = (node) => ({
  element: elementAttribute(node, 'output_dtype') ?? (node.version < 19 ? 'float' : elementAt(node, 1)),
  dims: dimsAt(node, 0),
});

const dynamicQuantize: Rule = (node) => [{ dims: dimsAt(node, 0) }, { dims: [], element: 'float' }, { dims: [] }];

export const GENERATORS: Rules = {
  '/BlackmanWindow': window,
  '/Constant': constant,
  '/ConstantOfShape': constantOfShape,
  '/DFT': dft,
  '/DequantizeLinear': dequantize,
  '/DynamicQuantizeLinear': dynamicQuantize,
  '/EyeLike': eyeLike,
  '/HammingWindow': window,
  '/HannWindow': window,
  '/ImageDecoder': imageDecoder,
  '/MelWeightMatrix': melWeights,
  '/Multinomial': multinomial,
  '/QuantizeLinear': quantize,
  '/RandomNormal': random,
  '/RandomUniform': random,
  '/Range': range,
  '/STFT': stft,
  '/Shape': shape,
  '/Size': () => ({ dims: [], element: 'int64' }),
};
