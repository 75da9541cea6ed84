import type { Attributes } from '../../attributes.js';
import { badAttribute, badInput, unsupported } from '../../errors.js';
import { broadcastStrides, offsetsOf } from '../broadcast.js';
import { type Inputs, type Kernels, type NodeContext, optionalTensor, tensorAt } from '../kernel.js';
import { type NumberArray, newTensor, settle, sizeOf, Tensor } from '../tensor.js';
import { describe } from '../values.js';
import { activationKernels, sigmoid } from './activation.js';
import { convKernels } from './conv.js';
import { combine, elementwiseKernels, mapNumbers } from './elementwise.js';
import { reshaped, sliceAxis, transposed } from './layout.js';
import { gemm, matmul } from './matmul.js';
import { reduceKernels } from './reduce.js';

const plus = (a: Tensor, b: Tensor | undefined): Tensor => (b === undefined ? a : combine(a, b, (x, y) => x + y));

/** The node with attributes of its own: what an operator inside a fused one is told. */
function told(
  node: NodeContext,
  values: Readonly<Record<string, number | string>>,
  version = node.version,
): NodeContext {
  const read = (name: string, fallback?: number | string): number | string | undefined => values[name] ?? fallback;
  const attributes = {
    has: (name: string) => Object.hasOwn(values, name),
    int: read,
    float: read,
    string: read,
  } as unknown as Attributes;
  return { ...node, version, attributes };
}

const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  Clip: ['min', 'max'],
  HardSigmoid: ['alpha', 'beta'],
  LeakyRelu: ['alpha'],
};

const ACTIVATIONS: Kernels = { ...activationKernels, ...elementwiseKernels };

/** The activation that the attribute `activation` names, with its own parameters. */
function activated(result: Tensor, node: NodeContext, parameters: readonly (number | undefined)[]): Tensor {
  const name = node.attributes.string('activation', '');
  if (name === '') return result;
  const kernel = ACTIVATIONS[`/${name}`];
  if (kernel === undefined) throw badAttribute('activation', 'there is no such activation', { got: name });
  const named = (PARAMETERS[name] ?? ['alpha', 'beta', 'gamma']).flatMap((key, i): [string, number][] => {
    const value = parameters[i];
    return value === undefined ? [] : [[key, value]];
  });
  return kernel([result], told(node, Object.fromEntries(named), name === 'Clip' ? 6 : 16)) as Tensor;
}

function fusedGemm(inputs: Inputs, node: NodeContext): Tensor {
  const own = ['activation_alpha', 'activation_beta', 'activation_gamma'].map((name) =>
    node.attributes.has(name) ? node.attributes.float(name) : undefined,
  );
  return activated(gemm(inputs, node), node, own);
}

/** Conv, plus Z, then the activation. */
function fusedConv(inputs: Inputs, node: NodeContext): Tensor {
  const result = convKernels['/Conv'](inputs.slice(0, 3), node) as Tensor;
  const parameters = Array.from(node.attributes.floats('activation_params') ?? []);
  return activated(plus(result, optionalTensor(inputs, 3)), node, parameters);
}

/** transBatch moves the first axis behind the other axes of the batch, trans swaps the last two. */
function fusedMatMul(inputs: Inputs, node: NodeContext): Tensor {
  const { attributes } = node;
  const turned = (tensor: Tensor, side: 'A' | 'B'): Tensor => {
    const rank = tensor.dims.length;
    if (rank < 2) return tensor;
    let axes = tensor.dims.map((_, axis) => axis);
    if (attributes.int(`transBatch${side}`, 0) !== 0) axes = [...axes.slice(1, -1), axes[0]!, axes[rank - 1]!];
    if (attributes.int(`trans${side}`, 0) !== 0) axes = [...axes.slice(0, -2), axes[rank - 1]!, axes[rank - 2]!];
    return axes.every((axis, i) => axis === i) ? tensor : transposed(tensor, axes);
  };
  const alpha = attributes.float('alpha', 1);
  const product = matmul(turned(tensorAt(inputs, 0), 'A'), turned(tensorAt(inputs, 1), 'B'));
  return alpha === 1 ? product : mapNumbers(product, (value) => value * alpha);
}

const gelu = (x: Tensor, approximate: 'none' | 'tanh', node: NodeContext): Tensor =>
  activationKernels['/Gelu']([x], told(node, { approximate })) as Tensor;

const EPSILON = Math.fround(1e-12);

interface Normalized {
  readonly result: Tensor;
  readonly mean: Tensor;
  readonly inverse: Tensor;
}

/** Along the last axis; without `centred` the mean stays in (RMS). Statistics run in double precision. */
function normalized(x: Tensor, gamma: Tensor, beta: Tensor | undefined, epsilon: number, centred: boolean): Normalized {
  const width = x.dims.at(-1)!;
  const rows = width === 0 ? 0 : x.size / width;
  if (gamma.size !== width)
    throw badInput('the scale does not fit the last axis', { got: `${describe(x)}, ${describe(gamma)}` });
  const dims = [...x.dims.slice(0, -1), 1];
  const [result, mean, inverse] = [newTensor(x.type, x.dims), newTensor('float', dims), newTensor('float', dims)];
  for (let row = 0; row < rows; row++) {
    const at = row * width;
    let [sum, squares] = [0, 0];
    for (let i = at; i < at + width; i++) sum += x.data[i] as number;
    const middle = centred ? sum / width : 0;
    for (let i = at; i < at + width; i++) squares += ((x.data[i] as number) - middle) ** 2;
    const factor = 1 / Math.sqrt(squares / width + epsilon);
    mean.data[row] = middle;
    inverse.data[row] = factor;
    for (let k = 0; k < width; k++)
      result.data[at + k] =
        ((x.data[at + k] as number) - middle) * factor * (gamma.data[k] as number) +
        (beta === undefined ? 0 : (beta.data[k] as number));
  }
  return { result: settle(result), mean, inverse };
}

/** The input plus what skipped a layer, normalized; the sum itself is the fourth output. */
function skipNormalization(centred: boolean) {
  return (inputs: Inputs, node: NodeContext): Tensor[] => {
    const [bias, beta] = centred ? [optionalTensor(inputs, 4), optionalTensor(inputs, 3)] : [optionalTensor(inputs, 3)];
    const sum = plus(plus(tensorAt(inputs, 0), tensorAt(inputs, 1)), bias);
    const epsilon = node.attributes.float('epsilon', EPSILON);
    const { result, mean, inverse } = normalized(sum, tensorAt(inputs, 2), beta, epsilon, centred);
    return [result, mean, inverse, sum];
  };
}

function simplifiedNormalization(inputs: Inputs, node: NodeContext): Tensor[] {
  const axis = node.attributes.int('axis', -1);
  const x = tensorAt(inputs, 0);
  if (axis !== -1 && axis !== x.dims.length - 1)
    throw unsupported('only the last axis is normalized', { place: { attribute: 'axis' }, got: String(axis) });
  const epsilon = node.attributes.float('epsilon', Math.fround(1e-5));
  const { result, inverse } = normalized(x, tensorAt(inputs, 1), undefined, epsilon, false);
  return [result, inverse];
}

/** Rows of tables of words, positions and segments, added and normalized. */
function embedNormalization(inputs: Inputs, node: NodeContext): Tensor[] {
  const [ids, words, places] = [tensorAt(inputs, 0), tensorAt(inputs, 2), tensorAt(inputs, 3)];
  const [segments, segmentTable, mask] = [
    optionalTensor(inputs, 1),
    optionalTensor(inputs, 4),
    optionalTensor(inputs, 7),
  ];
  const given = optionalTensor(inputs, 8);
  const [batch = 0, length = 0] = ids.dims;
  const width = words.dims[1]!;
  const sum = newTensor(words.type, [batch, length, width]);
  const at = (table: Tensor, row: number, k: number): number => {
    if (!(row >= 0 && row < table.dims[0]!)) throw badInput('an index is out of range', { got: String(row) });
    return table.data[row * width + k] as number;
  };
  for (let i = 0; i < batch * length; i++) {
    const place = given === undefined ? i % length : Number(given.data[given.size === length ? i % length : i]);
    for (let k = 0; k < width; k++) {
      const pair = Math.fround(at(words, Number(ids.data[i]), k) + at(places, place, k));
      sum.data[i * width + k] =
        segments === undefined || segmentTable === undefined
          ? pair
          : pair + at(segmentTable, Number(segments.data[i]), k);
    }
  }
  const counts = newTensor('int32', [batch]);
  if (mask !== undefined)
    for (let i = 0; i < mask.size; i++) {
      const row = Math.floor(i / length);
      counts.data[row] = (counts.data[row] as number) + Number(Number(mask.data[i]) === 1);
    }
  const epsilon = node.attributes.float('epsilon', EPSILON);
  const { result } = normalized(settle(sum), tensorAt(inputs, 5), optionalTensor(inputs, 6), epsilon, true);
  return [result, counts, sum];
}

const heads = (x: Tensor, count: number): Tensor => {
  const [batch = 0, length = 0, width = 0] = x.dims;
  if (!(count >= 1) || width % count !== 0)
    throw badInput('the heads do not divide the width', { expected: `a divisor of ${width}`, got: String(count) });
  return transposed(reshaped(x, [batch, length, count, width / count]), [0, 2, 1, 3]);
};

/** softmax(scale · Q Kᵀ + bias) V over heads: [B, N, S, H] to [B, S, N · H]. */
function attended(q: Tensor, k: Tensor, v: Tensor, scale: number, bias: Tensor | undefined, node: NodeContext): Tensor {
  const product = matmul(q, transposed(k, [0, 1, 3, 2]));
  const scores = plus(
    mapNumbers(product, (x) => x * scale),
    bias,
  );
  const probabilities = reduceKernels['/Softmax']([scores], told(node, {}, 13)) as Tensor;
  const [batch = 0, count = 0, length = 0, size = 0] = matmul(probabilities, v).dims;
  return reshaped(transposed(matmul(probabilities, v), [0, 2, 1, 3]), [batch, length, count * size]);
}

/** What is added to the scores: a mask of keys of shape [B], [B, S] or [B, S, S'], and the future where it is hidden. */
function maskBias(
  mask: Tensor | undefined,
  dims: readonly number[],
  causal: boolean,
  filter: number,
): Tensor | undefined {
  if (mask === undefined && !causal) return undefined;
  const [batch = 0, count = 0, queries = 0, keys = 0] = dims;
  const bias = newTensor('float', dims);
  const isLength = mask !== undefined && mask.dims.length === 1;
  if (isLength && mask.size !== batch)
    throw unsupported('only masks that give a length a row are taken', { got: describe(mask) });
  const wide = mask?.dims.length === 2 ? [batch, 1, 1, keys] : [batch, 1, queries, keys];
  const offsets = mask === undefined || isLength ? undefined : offsetsOf(dims, broadcastStrides(wide, dims));
  for (let i = 0; i < bias.size; i++) {
    const key = i % keys;
    const row = Math.floor(i / (count * queries * keys));
    const open =
      mask === undefined || (isLength ? key < Number(mask.data[row]) : Number(mask.data[offsets![i]!]) !== 0);
    const future = causal && key > (Math.floor(i / keys) % queries) + keys - queries;
    bias.data[i] = future ? Number.NEGATIVE_INFINITY : open ? 0 : filter;
  }
  return bias;
}

/** Self-attention with the projections inside. */
function attention(inputs: Inputs, node: NodeContext): Tensor {
  const { attributes } = node;
  const count = attributes.int('num_heads');
  if (optionalTensor(inputs, 4) !== undefined) throw unsupported('attention over a past is not evaluated');
  const weights = tensorAt(inputs, 1);
  const third = weights.dims[1]! / 3;
  const sizes = attributes.ints('qkv_hidden_sizes') ?? [third, third, third];
  const projected = plus(matmul(tensorAt(inputs, 0), weights), optionalTensor(inputs, 2));
  const [q, k, v] = [0, 1, 2].map((i) => {
    const from = sizes.slice(0, i).reduce((a, b) => a + b, 0);
    return heads(sliceAxis(projected, 2, from, from + sizes[i]!), count);
  }) as [Tensor, Tensor, Tensor];
  return overMask(q, k, v, optionalTensor(inputs, 3), optionalTensor(inputs, 5), node);
}

function overMask(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  mask: Tensor | undefined,
  more: Tensor | undefined,
  node: NodeContext,
): Tensor {
  const { attributes } = node;
  const dims = [...q.dims.slice(0, 3), k.dims[2]!];
  const filter = attributes.float('mask_filter_value', -10000);
  const masked = maskBias(mask, dims, attributes.int('unidirectional', 0) !== 0, filter);
  const bias = masked === undefined ? more : plus(masked, more);
  const scale = attributes.float('scale', 0) || 1 / Math.sqrt(q.dims[3]!);
  return attended(q, k, v, scale, bias, node);
}

/** Attention of projected queries over projected keys and values. */
function multiHeadAttention(inputs: Inputs, node: NodeContext): Tensor[] {
  const count = node.attributes.int('num_heads');
  const query = tensorAt(inputs, 0);
  if (query.dims.length !== 3) throw unsupported('packed queries are not evaluated', { got: describe(query) });
  if (inputs.slice(6).some((value) => value !== undefined)) throw unsupported('attention over a past is not evaluated');
  const bias = optionalTensor(inputs, 3);
  const width = query.dims[2]!;
  const part = (x: Tensor, from: number): Tensor =>
    x.dims.length === 4
      ? x
      : heads(bias === undefined ? x : plus(x, sliceAxis(bias, 0, from, from + x.dims[2]!)), count);
  const [q, k, v] = [query, tensorAt(inputs, 1), tensorAt(inputs, 2)].map((x, i) => part(x, i * width)) as [
    Tensor,
    Tensor,
    Tensor,
  ];
  return [overMask(q, k, v, optionalTensor(inputs, 4), optionalTensor(inputs, 5), node), k, v];
}

/** The words of a document as windows of embedded characters: for each word the largest answer of each filter. */
function wordConvEmbedding(inputs: Inputs, node: NodeContext): Tensor {
  const [sequence, weights, bias, table] = [0, 1, 2, 3].map((i) => tensorAt(inputs, i)) as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ];
  const [count = 0, , reach = 0, size = 0] = weights.dims;
  const length = sequence.dims.at(-1)!;
  const window = node.attributes.int('conv_window_size', -1);
  const span = window > 0 ? window : reach;
  const words = sizeOf(sequence.dims.slice(0, -1));
  const result = newTensor('float', [...sequence.dims.slice(0, -1), count]);
  for (let word = 0; word < words; word++) {
    const chars = Array.from({ length }, (_, i) => Number(sequence.data[word * length + i]));
    const end = chars.indexOf(0);
    const used = Math.max(end < 0 ? length : end, span);
    // A word that begins with 0 is padding.
    if (chars[0] === 0) continue;
    for (let filter = 0; filter < count; filter++) {
      let best = Number.NEGATIVE_INFINITY;
      for (let start = 0; start + span <= Math.min(used, length); start++) {
        let sum = 0;
        for (let k = 0; k < span; k++)
          for (let d = 0; d < size; d++)
            sum +=
              (weights.data[(filter * reach + k) * size + d] as number) *
              (table.data[chars[start + k]! * size + d] as number);
        best = Math.max(best, Math.tanh(sum + (bias.data[filter] as number)));
      }
      result.data[word * count + filter] = best;
    }
  }
  return result;
}

/** Weights of 2 to 8 bits in blocks along K, each with a scale and a zero point; the product in float. */
function matMulNBits(inputs: Inputs, node: NodeContext): Tensor {
  const { attributes } = node;
  const [k, n, bits, block] = [
    attributes.int('K'),
    attributes.int('N'),
    attributes.int('bits', 4),
    attributes.int('block_size'),
  ];
  const [x, packed, scales] = [tensorAt(inputs, 0), tensorAt(inputs, 1), tensorAt(inputs, 2)];
  const zeros = optionalTensor(inputs, 3);
  if (optionalTensor(inputs, 4) !== undefined) throw unsupported('groups of columns are not evaluated');
  const blocks = Math.ceil(k / block);
  const rowBytes = Math.ceil((blocks * bits) / 8);
  const code = (data: Tensor['data'], at: number, i: number): number => {
    const bit = i * bits;
    return ((data[at + (bit >> 3)] as number) >> (bit & 7)) & (2 ** bits - 1);
  };
  const weights = newTensor(x.type, [k, n]);
  const blobBytes = (block * bits) / 8;
  for (let column = 0; column < n; column++)
    for (let row = 0; row < k; row++) {
      const b = Math.floor(row / block);
      const scale = scales.data[column * blocks + b] as number;
      const zero =
        zeros === undefined
          ? 2 ** (bits - 1)
          : zeros.type === 'uint8'
            ? code(zeros.data, column * rowBytes, b)
            : (zeros.data[column * blocks + b] as number);
      weights.data[row * n + column] =
        (code(packed.data, (column * blocks + b) * blobBytes, row % block) - zero) * scale;
    }
  return plus(matmul(x, settle(weights)), optionalTensor(inputs, 5));
}

/** Gauss-Jordan elimination with partial pivoting, in double precision. */
function inverse(inputs: Inputs): Tensor {
  const x = tensorAt(inputs, 0);
  const n = x.dims.at(-1) ?? 0;
  if (x.dims.length < 2 || x.dims.at(-2) !== n) throw badInput('the matrices are not square', { got: describe(x) });
  const result = newTensor(x.type, x.dims);
  for (let at = 0; at < x.size; at += n * n) {
    const rows = Array.from({ length: n }, (_, i) =>
      Float64Array.from({ length: 2 * n }, (_, j) =>
        j < n ? (x.data[at + i * n + j] as number) : Number(j - n === i),
      ),
    );
    for (let p = 0; p < n; p++) {
      let pivot = p;
      for (let i = p + 1; i < n; i++) if (Math.abs(rows[i]![p]!) > Math.abs(rows[pivot]![p]!)) pivot = i;
      [rows[p], rows[pivot]] = [rows[pivot]!, rows[p]!];
      const head = rows[p]![p]!;
      for (let j = 0; j < 2 * n; j++) rows[p]![j] = rows[p]![j]! / head;
      for (let i = 0; i < n; i++) {
        const factor = rows[i]![p]!;
        if (i !== p && factor !== 0) for (let j = 0; j < 2 * n; j++) rows[i]![j] = rows[i]![j]! - factor * rows[p]![j]!;
      }
    }
    for (let i = 0; i < n * n; i++) result.data[at + i] = rows[Math.floor(i / n)]![n + (i % n)]!;
  }
  return settle(result);
}

/** Tokens that would repeat an n-gram of the sequence get the score -∞. */
function nGramRepeatBlock(inputs: Inputs, node: NodeContext): Tensor {
  const [ids, scores] = [tensorAt(inputs, 0), tensorAt(inputs, 1)];
  const size = node.attributes.int('ngram_size');
  const [rows = 0, length = 0] = ids.dims;
  const words = scores.dims[1]!;
  const result = new Tensor(scores.type, scores.dims, (scores.data as Float32Array).slice());
  for (let row = 0; row < rows; row++) {
    const at = (i: number): number => Number(ids.data[row * length + i]);
    for (let start = 0; start + size <= length; start++) {
      let same = true;
      for (let k = 0; k < size - 1 && same; k++) same = at(start + k) === at(length - size + 1 + k);
      if (same) (result.data as NumberArray)[row * words + at(start + size - 1)] = Number.NEGATIVE_INFINITY;
    }
  }
  return result;
}

const quick = (inputs: Inputs, node: NodeContext): Tensor => {
  const alpha = node.attributes.float('alpha', Math.fround(1.702));
  return mapNumbers(tensorAt(inputs, 0), (x) => x * sigmoid(x * alpha));
};

export const fusedKernels = {
  '/SimplifiedLayerNormalization': simplifiedNormalization,
  'com.microsoft/Attention': attention,
  'com.microsoft/BiasGelu': (inputs, node) => gelu(plus(tensorAt(inputs, 0), tensorAt(inputs, 1)), 'none', node),
  'com.microsoft/EmbedLayerNormalization': embedNormalization,
  'com.microsoft/FastGelu': (inputs, node) => gelu(plus(tensorAt(inputs, 0), optionalTensor(inputs, 1)), 'tanh', node),
  'com.microsoft/FusedConv': fusedConv,
  'com.microsoft/FusedGemm': fusedGemm,
  'com.microsoft/FusedMatMul': fusedMatMul,
  'com.microsoft/Inverse': inverse,
  'com.microsoft/MatMulNBits': matMulNBits,
  'com.microsoft/MultiHeadAttention': multiHeadAttention,
  'com.microsoft/NGramRepeatBlock': nGramRepeatBlock,
  'com.microsoft/QuickGelu': quick,
  'com.microsoft/SkipLayerNormalization': skipNormalization(true),
  'com.microsoft/SkipSimplifiedLayerNormalization': skipNormalization(false),
  'com.microsoft/TransposeMatMul': fusedMatMul,
  'com.microsoft/WordConvEmbedding': wordConvEmbedding,
} satisfies Kernels;
