import { type ElementType, elementTypeOf } from '../../element-types.js';
import { badInput } from '../../errors.js';
import { broadcastStrides, offsetsOf } from '../broadcast.js';
import { type Inputs, integersOf, type Kernels, type NodeContext, optionalTensor, tensorAt } from '../kernel.js';
import { type NumberArray, newTensor, settle, Tensor } from '../tensor.js';
import { describe } from '../values.js';
import { sigmoid } from './activation.js';
import { castTo } from './cast.js';
import { combine, mapNumbers } from './elementwise.js';
import { concatenated, gathered, reshaped, sliceAxis, transposed } from './layout.js';
import { matmul } from './matmul.js';
import { reduceKernels } from './reduce.js';

/** [batch, length, heads · size] as [batch, heads, length, size]. */
function withHeads(tensor: Tensor, heads: number): Tensor {
  const [batch = 0, length = 0, width = 0] = tensor.dims;
  if (!(heads >= 1) || width % heads !== 0)
    throw badInput('the heads do not divide the width', { expected: `a divisor of ${width}`, got: String(heads) });
  return transposed(reshaped(tensor, [batch, length, heads, width / heads]), [0, 2, 1, 3]);
}

function withoutHeads(tensor: Tensor): Tensor {
  const [batch = 0, heads = 0, length = 0, size = 0] = tensor.dims;
  return reshaped(transposed(tensor, [0, 2, 1, 3]), [batch, length, heads * size]);
}

/** Each head `times` times in a row: a group of queries shares a key. */
function repeatedHeads(tensor: Tensor, times: number): Tensor {
  if (times === 1) return tensor;
  const [batch = 0, heads = 0, length = 0, size = 0] = tensor.dims;
  const offsets = offsetsOf([batch, heads, times, length, size], [heads * length * size, length * size, 0, size, 1]);
  return gathered(tensor, [batch, heads * times, length, size], offsets);
}

const softmaxLast = (tensor: Tensor, node: NodeContext): Tensor =>
  reduceKernels['/Softmax']([tensor], { ...node, version: 13, attributes: withoutAxis }) as Tensor;

/** The defaults of Softmax: along the last axis. */
const withoutAxis = { int: (_: string, fallback: number) => fallback } as unknown as NodeContext['attributes'];

interface Masking {
  readonly mask: Tensor | undefined;
  readonly lengths: readonly number[] | undefined;
  readonly past: number;
  readonly causal: boolean;
  readonly left: number;
  readonly right: number;
}

/** What is added to the scores: 0 or a number where a query may attend a key, -∞ where it may not. */
function biasOf(dims: readonly number[], type: ElementType, masking: Masking): Tensor {
  const [, , queries = 0, keys = 0] = dims;
  const { mask, lengths, past, causal, left, right } = masking;
  const bias = newTensor(type, dims);
  const out = bias.data as NumberArray;
  let source: ((i: number) => number) | undefined;
  if (mask !== undefined) {
    // A mask that is shorter than the keys masks the rest.
    const width = mask.dims.at(-1)!;
    const wide = width < keys && width > 1 ? [...mask.dims.slice(0, -1), keys] : mask.dims;
    const offsets = offsetsOf(dims, broadcastStrides(wide, dims));
    const isBool = mask.type === 'bool';
    source = (i) => {
      const at = offsets[i]!;
      const column = wide === mask.dims ? 0 : at % keys;
      if (wide !== mask.dims && column >= width) return Number.NEGATIVE_INFINITY;
      const value = mask.data[wide === mask.dims ? at : Math.floor(at / keys) * width + column] as number;
      return isBool ? (value === 0 ? Number.NEGATIVE_INFINITY : 0) : value;
    };
  }
  for (let i = 0; i < out.length; i++) {
    const key = i % keys;
    const batch = Math.floor(i / (dims[1]! * queries * keys));
    const offset = lengths === undefined ? past : lengths[batch]! - queries;
    const place = (Math.floor(i / keys) % queries) + offset;
    const hidden =
      (causal && key > place) ||
      (left >= 0 && place - key > left) ||
      (right >= 0 && key - place > right) ||
      (lengths !== undefined && key >= lengths[batch]!);
    out[i] = hidden ? Number.NEGATIVE_INFINITY : (source?.(i) ?? 0);
  }
  return settle(bias);
}

/** Rows in which every key is masked become 0: they attend nothing. */
function zeroMasked(probabilities: Tensor, bias: Tensor): Tensor {
  const keys = bias.dims.at(-1)!;
  const result = newTensor(probabilities.type, probabilities.dims);
  for (let row = 0; row < bias.size / Math.max(1, keys); row++) {
    let open = false;
    for (let k = 0; k < keys && !open; k++) open = bias.data[row * keys + k] !== Number.NEGATIVE_INFINITY;
    for (let k = row * keys; k < (row + 1) * keys; k++) result.data[k] = open ? (probabilities.data[k] as number) : 0;
  }
  return result;
}

function attention(inputs: Inputs, node: NodeContext): Tensor[] {
  const { attributes } = node;
  const three = tensorAt(inputs, 0).dims.length === 3;
  const heads = (i: number, name: string): Tensor =>
    three ? withHeads(tensorAt(inputs, i), attributes.int(name)) : tensorAt(inputs, i);
  const query = heads(0, 'q_num_heads');
  const [pastKey, pastValue] = [optionalTensor(inputs, 4), optionalTensor(inputs, 5)];
  const grown = (past: Tensor | undefined, fresh: Tensor): Tensor =>
    past === undefined ? fresh : concatenated([past, fresh], 2);
  const key = grown(pastKey, heads(1, 'kv_num_heads'));
  const value = grown(pastValue, heads(2, 'kv_num_heads'));
  const { type } = query;
  const scale = Math.sqrt(attributes.has('scale') ? attributes.float('scale') : 1 / Math.sqrt(query.dims[3]!));
  const factor = settle(new Tensor(type, [], type === 'double' ? Float64Array.of(scale) : Float32Array.of(scale)))
    .data[0] as number;
  const scaled = (tensor: Tensor): Tensor => mapNumbers(tensor, (x) => x * factor);
  const times = query.dims[1]! / key.dims[1]!;
  if (!Number.isInteger(times))
    throw badInput('the heads of queries are no multiple of those of keys', {
      got: `${describe(query)} and ${describe(key)}`,
    });
  let scores = matmul(scaled(query), scaled(transposed(repeatedHeads(key, times), [0, 1, 3, 2])));
  const cap = attributes.float('softcap', 0);
  const raw = scores;
  if (cap > 0) {
    const [shrunk, grow] = [(x: number) => x / cap, (x: number) => x * cap];
    scores = mapNumbers(mapNumbers(mapNumbers(scores, shrunk), Math.tanh), grow);
  }
  const lengths = optionalTensor(inputs, 6);
  const bias = biasOf(scores.dims, type, {
    mask: optionalTensor(inputs, 3),
    lengths: lengths === undefined ? undefined : integersOf(lengths),
    past: pastKey?.dims[2] ?? 0,
    causal: attributes.int('is_causal', 0) !== 0,
    left: attributes.int('left_window_size', -1),
    right: attributes.int('right_window_size', -1),
  });
  const biased = combine(scores, bias, (a, b) => a + b);
  const precision = elementTypeOf(attributes.int('softmax_precision', 0)) ?? type;
  const probabilities = castTo(zeroMasked(softmaxLast(castTo(biased, precision), node), bias), type);
  const result = matmul(probabilities, repeatedHeads(value, times));
  const shown = [raw, scores, biased, probabilities][attributes.int('qk_matmul_output_mode', 0)] ?? raw;
  return [three ? withoutHeads(result) : result, key, value, shown];
}

/** Attention whose scores and probabilities pass through subgraphs. */
function flexAttention(inputs: Inputs, node: NodeContext): Tensor {
  const { attributes } = node;
  const [query, key, value] = [tensorAt(inputs, 0), tensorAt(inputs, 1), tensorAt(inputs, 2)];
  const times = query.dims[1]! / key.dims[1]!;
  const precision =
    elementTypeOf(attributes.int('softmax_precision', 0)) ?? (query.type === 'double' ? 'double' : 'float');
  const scale = attributes.float('scale', 1 / Math.sqrt(query.dims[3]!));
  const wide = (tensor: Tensor): Tensor => castTo(tensor, precision);
  const product = matmul(wide(query), transposed(wide(repeatedHeads(key, times)), [0, 1, 3, 2]));
  const modified = (tensor: Tensor, name: string): Tensor =>
    attributes.has(name) ? (node.run(attributes.graph(name), [tensor])[0] as Tensor) : tensor;
  const scores = modified(
    mapNumbers(product, (x) => x * scale),
    'score_mod',
  );
  const probabilities = modified(softmaxLast(scores, node), 'prob_mod');
  return castTo(matmul(probabilities, wide(repeatedHeads(value, times))), query.type);
}

/** Attention as a recurrence over a state of keys times values, in float32. */
function linearAttention(inputs: Inputs, node: NodeContext): Tensor[] {
  const { attributes } = node;
  const [query, key, value] = [tensorAt(inputs, 0), tensorAt(inputs, 1), tensorAt(inputs, 2)];
  const [past, decay, beta] = [optionalTensor(inputs, 3), optionalTensor(inputs, 4), optionalTensor(inputs, 5)];
  const [queryHeads, heads] = [attributes.int('q_num_heads'), attributes.int('kv_num_heads')];
  const rule = attributes.string('update_rule', 'gated_delta');
  const [batches = 0, steps = 0, width = 0] = query.dims;
  const [dk, dv] = [width / queryHeads, value.dims[2]! / heads];
  if (![dk, dv, queryHeads / heads].every((size) => Number.isInteger(size) && size > 0))
    throw badInput('the heads do not divide the widths', { got: `${queryHeads} and ${heads}` });
  const group = queryHeads / heads;
  const scale = attributes.float('scale', 0) || 1 / Math.sqrt(dk);
  const output = newTensor(query.type, [batches, steps, queryHeads * dv]);
  const present = newTensor(past?.type ?? query.type, [batches, heads, dk, dv]);
  const at = (tensor: Tensor, index: number): number => tensor.data[index] as number;
  for (let batch = 0; batch < batches; batch++)
    for (let head = 0; head < heads; head++) {
      const place = (batch * heads + head) * dk * dv;
      const state = Float32Array.from({ length: dk * dv }, (_, i) => (past === undefined ? 0 : at(past, place + i)));
      for (let step = 0; step < steps; step++) {
        const row = batch * steps + step;
        if (rule.startsWith('gated')) {
          if (decay === undefined) throw badInput('the update rule needs a decay');
          const each = decay.dims[2] === heads ? 0 : dk;
          for (let i = 0; i < dk * dv; i++) {
            const index = each === 0 ? row * heads + head : (row * heads + head) * dk + Math.floor(i / dv);
            state[i] = state[i]! * Math.exp(at(decay, index));
          }
        }
        const own = Float32Array.from({ length: dv }, (_, m) => at(value, (row * heads + head) * dv + m));
        const keyAt = (d: number): number => at(key, (row * heads + head) * dk + d);
        if (rule.endsWith('delta')) {
          if (beta === undefined) throw badInput('the update rule needs an update rate');
          const rate = at(beta, beta.dims[2] === 1 ? row : row * heads + head);
          for (let m = 0; m < dv; m++) {
            let kept = 0;
            for (let d = 0; d < dk; d++) kept += state[d * dv + m]! * keyAt(d);
            own[m] = rate * (own[m]! - kept);
          }
        }
        for (let d = 0; d < dk; d++)
          for (let m = 0; m < dv; m++) state[d * dv + m] = state[d * dv + m]! + keyAt(d) * own[m]!;
        for (let g = 0; g < group; g++) {
          const q = head * group + g;
          for (let m = 0; m < dv; m++) {
            let sum = 0;
            for (let d = 0; d < dk; d++) sum += at(query, (row * queryHeads + q) * dk + d) * state[d * dv + m]!;
            output.data[(row * queryHeads + q) * dv + m] = scale * sum;
          }
        }
      }
      for (let i = 0; i < dk * dv; i++) present.data[place + i] = state[i]!;
    }
  return [settle(output), settle(present)];
}

/** A depthwise convolution over the past, which carries its last inputs on. */
function causalConvWithState(inputs: Inputs, node: NodeContext): Tensor[] {
  const [input, weight] = [tensorAt(inputs, 0), tensorAt(inputs, 1)];
  const bias = optionalTensor(inputs, 2);
  const [batches = 0, channels = 0, length = 0] = input.dims;
  const reach = weight.dims[2]!;
  const past = optionalTensor(inputs, 3) ?? newTensor(input.type, [batches, channels, reach - 1]);
  const full = concatenated([past, input], 2);
  const result = newTensor(input.type, input.dims);
  const swish = node.attributes.string('activation', 'none') !== 'none';
  for (let i = 0; i < result.size; i++) {
    const channel = Math.floor(i / length) % channels;
    const base = Math.floor(i / length) * (length + reach - 1) + (i % length);
    let sum = 0;
    for (let k = 0; k < reach; k++)
      sum += (weight.data[channel * reach + k] as number) * (full.data[base + k] as number);
    result.data[i] = sum + (bias === undefined ? 0 : (bias.data[channel] as number));
  }
  const settled = settle(result);
  return [swish ? mapNumbers(settled, (x) => x * sigmoid(x)) : settled, sliceAxis(full, 2, length, length + reach - 1)];
}

/** Rotates pairs of elements by angles that depend on the position. */
function rotaryEmbedding(inputs: Inputs, node: NodeContext): Tensor {
  const { attributes } = node;
  const given = tensorAt(inputs, 0);
  const three = given.dims.length === 3;
  const x = three ? withHeads(given, attributes.int('num_heads')) : given;
  const [cos, sin] = [tensorAt(inputs, 1), tensorAt(inputs, 2)];
  const positions = optionalTensor(inputs, 3);
  const [, heads = 0, length = 0, size = 0] = x.dims;
  if (x.dims.length !== 4) throw badInput('the input has not three or four dimensions', { got: describe(given) });
  if (x.size === 0) return given;
  const rotated = attributes.int('rotary_embedding_dim', 0) || size;
  if (!(rotated >= 0 && rotated <= size) || rotated % 2 !== 0)
    throw badInput('no such part of a head can be rotated', {
      expected: `an even number to ${size}`,
      got: String(rotated),
    });
  const half = rotated / 2;
  const interleaved = attributes.int('interleaved', 0) !== 0;
  const result = newTensor(x.type, x.dims);
  for (let row = 0; row < x.size / size; row++) {
    const batch = Math.floor(row / (heads * length));
    const step = row % length;
    const angle = positions === undefined ? batch * length + step : Number(positions.data[batch * length + step]);
    for (let k = 0; k < size; k++) result.data[row * size + k] = x.data[row * size + k] as number;
    for (let k = 0; k < half; k++) {
      const [first, second] = interleaved ? [2 * k, 2 * k + 1] : [k, k + half];
      const [a, b] = [x.data[row * size + first] as number, x.data[row * size + second] as number];
      const [c, s] = [cos.data[angle * half + k] as number, sin.data[angle * half + k] as number];
      result.data[row * size + first] = c * a - s * b;
      result.data[row * size + second] = s * a + c * b;
    }
  }
  const settled = settle(result);
  return three ? withoutHeads(settled) : settled;
}

function swiGlu(inputs: Inputs, node: NodeContext): Tensor {
  const alpha = node.attributes.float('alpha', 1);
  return combine(tensorAt(inputs, 0), tensorAt(inputs, 1), (a, b) => a * sigmoid(alpha * a) * b);
}

export const attentionKernels = {
  '/Attention': attention,
  '/CausalConvWithState': causalConvWithState,
  '/LinearAttention': linearAttention,
  '/RotaryEmbedding': rotaryEmbedding,
  '/SwiGLU': swiGlu,
  'ai.onnx.preview/FlexAttention': flexAttention,
} satisfies Kernels;
