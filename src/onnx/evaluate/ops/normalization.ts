import { badAttribute, badInput } from '../../errors.js';
import { broadcastStrides, offsetsOf } from '../broadcast.js';
import { axisOf, type Inputs, type Kernels, type NodeContext, optionalTensor, tensorAt } from '../kernel.js';
import { stateOf } from '../mersenne.js';
import { type NumberArray, newTensor, settle, sizeOf, Tensor } from '../tensor.js';
import { describe, tensorOf, type Value } from '../values.js';

/** Mean and population variance of `count` elements from `start` on, `stride` apart. */
function moments(
  data: ArrayLike<number>,
  start: number,
  count: number,
  stride = 1,
): { mean: number; variance: number } {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += data[start + i * stride]!;
  const mean = sum / count;
  let squares = 0;
  for (let i = 0; i < count; i++) squares += (data[start + i * stride]! - mean) ** 2;
  return { mean, variance: squares / count };
}

/** One factor and one summand for each channel. */
function perChannel(input: Tensor, factor: (channel: number) => number, summand: (channel: number) => number): Tensor {
  const channels = input.dims.length > 1 ? input.dims[1]! : 1;
  const plane = sizeOf(input.dims.slice(2));
  const factors = Array.from({ length: channels }, (_, c) => factor(c));
  const summands = Array.from({ length: channels }, (_, c) => summand(c));
  const result = newTensor(input.type, input.dims);
  const [from, out] = [input.data as NumberArray, result.data as NumberArray];
  for (let i = 0; i < out.length; i++) {
    const channel = Math.floor(i / plane) % channels;
    out[i] = from[i]! * factors[channel]! + summands[channel]!;
  }
  return settle(result);
}

function batchNormalization(inputs: Inputs, node: NodeContext): Tensor[] {
  const [x, scale, bias, mean, variance] = [0, 1, 2, 3, 4].map((i) => tensorAt(inputs, i)) as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ];
  const epsilon = node.attributes.float('epsilon', 1e-5);
  const trains =
    node.version >= 14
      ? node.attributes.int('training_mode', 0) !== 0
      : node.version < 7 && node.attributes.int('is_test', 0) === 0;
  const at = (tensor: Tensor, c: number): number => tensor.data[c] as number;
  const normalise = (means: Tensor, variances: Tensor): Tensor => {
    const factor = (c: number): number => at(scale, c) / Math.sqrt(at(variances, c) + epsilon);
    return perChannel(x, factor, (c) => at(bias, c) - at(means, c) * factor(c));
  };
  if (!trains) return [normalise(mean, variance)];
  const momentum = node.attributes.float('momentum', 0.9);
  const channels = x.dims[1]!;
  const plane = sizeOf(x.dims.slice(2));
  const own = Array.from({ length: channels }, (_, c) => {
    const values: number[] = [];
    for (let n = 0; n < x.dims[0]!; n++)
      for (let i = 0; i < plane; i++) values.push(x.data[(n * channels + c) * plane + i] as number);
    return moments(values, 0, values.length);
  });
  const means = tensorOf(
    mean.type,
    own.map((moment) => moment.mean),
  );
  const variances = tensorOf(
    variance.type,
    own.map((moment) => moment.variance),
  );
  const blend = (old: Tensor, fresh: Tensor): Tensor =>
    settle(
      tensorOf(
        old.type,
        Array.from(fresh.data as NumberArray, (value, c) => at(old, c) * momentum + value * (1 - momentum)),
      ),
    );
  return [normalise(means, variances), blend(mean, means), blend(variance, variances)];
}

/** (x - mean) / sqrt(variance + epsilon) over groups of `size` neighbouring elements. */
function standardised(input: Tensor, size: number, epsilon: number): Tensor {
  const result = new Tensor('double', input.dims, new Float64Array(input.size));
  const from = input.data as NumberArray;
  if (size < 1) return result;
  for (let start = 0; start < from.length; start += size) {
    const { mean, variance } = moments(from, start, size);
    const scale = 1 / Math.sqrt(variance + epsilon);
    for (let i = start; i < start + size; i++) result.data[i] = (from[i]! - mean) * scale;
  }
  return result;
}

function instanceNormalization(inputs: Inputs, node: NodeContext): Tensor {
  const [x, scale, bias] = [tensorAt(inputs, 0), tensorAt(inputs, 1), tensorAt(inputs, 2)];
  const result = perChannel(
    standardised(x, sizeOf(x.dims.slice(2)), node.attributes.float('epsilon', 1e-5)),
    (c) => scale.data[c] as number,
    (c) => bias.data[c] as number,
  );
  return narrowed(result, x);
}

function narrowed(result: Tensor, like: Tensor): Tensor {
  const narrow = newTensor(like.type, like.dims);
  (narrow.data as NumberArray).set(result.data as NumberArray);
  return settle(narrow);
}

/** Before version 21 scale and bias belong to the groups, from then on to the channels. */
function groupNormalization(inputs: Inputs, node: NodeContext): Tensor {
  const [x, scale, bias] = [tensorAt(inputs, 0), tensorAt(inputs, 1), tensorAt(inputs, 2)];
  const groups = node.attributes.int('num_groups');
  if (!(groups >= 1) || x.dims[1]! % groups !== 0)
    throw badAttribute('num_groups', 'the channels are not divided by the groups', { got: String(groups) });
  const channels = x.dims[1]!;
  const each = node.version >= 21 ? 1 : channels / groups;
  const size = (channels / groups) * sizeOf(x.dims.slice(2));
  const result = perChannel(
    standardised(x, size, node.attributes.float('epsilon', 1e-5)),
    (c) => scale.data[Math.floor(c / each)] as number,
    (c) => bias.data[Math.floor(c / each)] as number,
  );
  return narrowed(result, x);
}

/** Values of `tensor` as it broadcasts onto the shape `dims`, by place. */
function spread(tensor: Tensor | undefined, dims: readonly number[], fallback: number): (i: number) => number {
  if (tensor === undefined) return () => fallback;
  const offsets = offsetsOf(dims, broadcastStrides(tensor.dims, dims));
  return (i) => tensor.data[offsets[i]!] as number;
}

function layerNormalization(inputs: Inputs, node: NodeContext): Tensor[] {
  const x = tensorAt(inputs, 0);
  const axis = axisOf(node.attributes.int('axis', -1), x.dims.length);
  const epsilon = node.attributes.float('epsilon', 1e-5);
  const count = sizeOf(x.dims.slice(axis));
  const outer = x.size / Math.max(1, count);
  const scale = spread(optionalTensor(inputs, 1), x.dims, 1);
  const bias = spread(optionalTensor(inputs, 2), x.dims, 0);
  const result = newTensor(x.type, x.dims);
  const shape = x.dims.map((size, i) => (i < axis ? size : 1));
  const [means, inverses] = [newTensor('float', shape), newTensor('float', shape)];
  for (let row = 0; row < outer; row++) {
    const { mean, variance } = moments(x.data as NumberArray, row * count, count);
    const inverse = 1 / Math.sqrt(variance + epsilon);
    means.data[row] = mean;
    inverses.data[row] = inverse;
    for (let i = row * count; i < (row + 1) * count; i++)
      result.data[i] = ((x.data[i] as number) - mean) * inverse * scale(i) + bias(i);
  }
  return [settle(result), means, inverses];
}

function rmsNormalization(inputs: Inputs, node: NodeContext): Tensor {
  const x = tensorAt(inputs, 0);
  const axis = axisOf(node.attributes.int('axis', -1), x.dims.length);
  const epsilon = node.attributes.float('epsilon', 1e-5);
  const count = sizeOf(x.dims.slice(axis));
  const scale = spread(optionalTensor(inputs, 1), x.dims, 1);
  const result = newTensor(x.type, x.dims);
  for (let start = 0; start < x.size; start += count) {
    let squares = 0;
    for (let i = start; i < start + count; i++) squares += (x.data[i] as number) ** 2;
    const inverse = 1 / Math.sqrt(squares / count + epsilon);
    for (let i = start; i < start + count; i++) result.data[i] = (x.data[i] as number) * inverse * scale(i);
  }
  return settle(result);
}

function lrn(inputs: Inputs, node: NodeContext): Tensor {
  const x = tensorAt(inputs, 0);
  const { attributes } = node;
  const [alpha, beta, bias, size] = [
    attributes.float('alpha', 1e-4),
    attributes.float('beta', 0.75),
    attributes.float('bias', 1),
    attributes.int('size'),
  ];
  const channels = x.dims[1]!;
  const plane = sizeOf(x.dims.slice(2));
  const result = newTensor(x.type, x.dims);
  for (let i = 0; i < x.size; i++) {
    const channel = Math.floor(i / plane) % channels;
    let squares = 0;
    for (
      let c = Math.max(0, channel - Math.floor((size - 1) / 2));
      c <= Math.min(channels - 1, channel + Math.ceil((size - 1) / 2));
      c++
    )
      squares += (x.data[i + (c - channel) * plane] as number) ** 2;
    result.data[i] = (x.data[i] as number) / (bias + (alpha / size) * squares) ** beta;
  }
  return settle(result);
}

function lpNormalization(inputs: Inputs, node: NodeContext): Tensor {
  const x = tensorAt(inputs, 0);
  const axis = axisOf(node.attributes.int('axis', -1), x.dims.length);
  const p = node.attributes.int('p', 2);
  const step = x.type === 'float' ? Math.fround : (value: number): number => value;
  const count = x.dims[axis]!;
  const stride = sizeOf(x.dims.slice(axis + 1));
  const result = newTensor(x.type, x.dims);
  for (let line = 0; line < x.size / Math.max(1, count); line++) {
    const start = Math.floor(line / stride) * count * stride + (line % stride);
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const value = x.data[start + i * stride] as number;
      sum = step(sum + step(p === 1 ? Math.abs(value) : value * value));
    }
    const norm = p === 1 ? sum : step(Math.sqrt(sum));
    for (let i = 0; i < count; i++)
      result.data[start + i * stride] = norm === 0 ? 0 : (x.data[start + i * stride] as number) / norm;
  }
  return settle(result);
}

function meanVarianceNormalization(inputs: Inputs, node: NodeContext): Tensor {
  const x = tensorAt(inputs, 0);
  const axes = new Set((node.attributes.ints('axes') ?? [0, 2, 3]).map((axis) => axisOf(axis, x.dims.length)));
  const kept = x.dims.map((size, axis) => (axes.has(axis) ? 1 : size));
  const group = offsetsOf(x.dims, broadcastStrides(kept, x.dims));
  const count = x.size / sizeOf(kept);
  const [sums, squares] = [new Float64Array(sizeOf(kept)), new Float64Array(sizeOf(kept))];
  for (let i = 0; i < x.size; i++) sums[group[i]!] = sums[group[i]!]! + (x.data[i] as number);
  for (let i = 0; i < x.size; i++)
    squares[group[i]!] = squares[group[i]!]! + ((x.data[i] as number) - sums[group[i]!]! / count) ** 2;
  const result = newTensor(x.type, x.dims);
  for (let i = 0; i < x.size; i++) {
    const deviation = Math.sqrt(squares[group[i]!]! / count);
    result.data[i] = ((x.data[i] as number) - sums[group[i]!]! / count) / (deviation + 1e-9);
  }
  return settle(result);
}

/** Without training an identity, whose mask is all true. Training drops elements at random. */
function dropout(inputs: Inputs, node: NodeContext): Value[] {
  const x = tensorAt(inputs, 0);
  const training = optionalTensor(inputs, 2);
  const ratio = optionalTensor(inputs, 1)?.data[0] ?? node.attributes.float('ratio', 0.5);
  if (training !== undefined && training.data[0] !== 0 && Number(ratio) !== 0)
    return randomDropout(x, Number(ratio), node.attributes.has('seed') ? node.attributes.int('seed') : undefined);
  const mask = newTensor(node.version < 10 ? x.type : 'bool', x.dims);
  (mask.data as Uint8Array).fill(1);
  return [x, mask];
}

function randomDropout(x: Tensor, ratio: number, seed: number | undefined): Value[] {
  const state = stateOf(seed);
  if (!(ratio > 0 && ratio < 1)) throw badInput('the ratio is not between 0 and 1', { got: describe(x) });
  const mask = newTensor('bool', x.dims);
  const result = newTensor(x.type, x.dims);
  for (let i = 0; i < x.size; i++) {
    mask.data[i] = state.uniform() >= ratio ? 1 : 0;
    result.data[i] = (x.data[i] as number) * (mask.data[i] as number) * (1 / (1 - ratio));
  }
  return [settle(result), mask];
}

export const normalizationKernels = {
  '/BatchNormalization': batchNormalization,
  '/Dropout': dropout,
  '/GroupNormalization': groupNormalization,
  '/InstanceNormalization': instanceNormalization,
  '/LRN': lrn,
  '/LayerNormalization': layerNormalization,
  '/LpNormalization': lpNormalization,
  '/MeanVarianceNormalization': meanVarianceNormalization,
  '/RMSNormalization': rmsNormalization,
} satisfies Kernels;
