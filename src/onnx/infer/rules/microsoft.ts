import { axisIn, broadcastDims, unified } from '../dims.js';
import {
  dataAt,
  dimsAt,
  elementAt,
  type Fact,
  isGiven,
  type NodeFacts,
  numbersAt,
  type Rule,
  type Rules,
  rankedAt,
} from '../facts.js';
import type { Dim, Dims } from '../value-type.js';
import { GENERATORS } from './generators.js';
import { INDEXING } from './indexing.js';
import { LAYOUT } from './layout.js';
import { gemm, matmulDims } from './products.js';
import { WINDOWS } from './windows.js';

/** These operators have no schema: the element type is that of the first input unless a rule says otherwise. */
const typed =
  (rule: (node: NodeFacts) => Dims, from = 0): Rule =>
  (node): Fact => ({ element: elementAt(node, from), dims: rule(node) });

/** The rule of ONNX's own operator at a version, given some of the inputs. */
const like =
  (rules: Rules, key: string, version: number, element = 0, pick?: (node: NodeFacts) => readonly number[]): Rule =>
  (node) => {
    const inputs = pick === undefined ? node.inputs : pick(node).map((index) => node.inputs[index]);
    const found = rules[key]!({ ...node, version, inputs });
    const [fact] = Array.isArray(found) ? (found as readonly Fact[]) : [found as Fact];
    return { element: elementAt(node, element), dims: fact?.dims };
  };

const same = typed((node) => dimsAt(node, 0));

const cdist = (node: NodeFacts): Dims => {
  const [a, b] = [rankedAt(node, 0, 2), rankedAt(node, 1, 2)];
  unified(a?.[1], b?.[1], 'the widths of the inputs');
  return [a?.[0], b?.[0]];
};

function turned(dims: Dims, last: boolean, batch: boolean): Dims {
  if (dims === undefined || dims.length < 2) return dims;
  // transBatch moves the first axis behind the other batch axes.
  const moved = batch ? [...dims.slice(1, -1), dims[0], dims.at(-1)] : dims;
  return last ? [...moved.slice(0, -2), moved.at(-1), moved.at(-2)] : moved;
}

const fusedMatMul = (node: NodeFacts): Dims => {
  const flag = (name: string): boolean => node.attributes.int(name, 0) !== 0;
  return matmulDims(
    turned(dimsAt(node, 0), flag('transA'), flag('transBatchA')),
    turned(dimsAt(node, 1), flag('transB'), flag('transBatchB')),
  );
};

const tokenizer: Rule = (node) => {
  const x = rankedAt(node, 0, 1, 2);
  return { element: 'string', dims: x === undefined ? undefined : [...x, undefined] };
};

/** Query, key and value come out of one product with the weights. */
const attention = (node: NodeFacts): Dims => {
  const [x, weights] = [rankedAt(node, 0, 3), rankedAt(node, 1, 2)];
  const third = typeof weights?.[1] === 'number' && weights[1] % 3 === 0 ? weights[1] / 3 : undefined;
  return [x?.[0], x?.[1], node.attributes.ints('qkv_hidden_sizes')?.[2] ?? third];
};

const multiHeadAttention: Rule = (node) => {
  const query = dimsAt(node, 0);
  const value = dimsAt(node, 2);
  const width = (heads: Dim, size: Dim): Dim =>
    typeof heads === 'number' && typeof size === 'number' ? heads * size : undefined;
  const packed = query?.length === 5;
  const last = packed ? width(query[2], query[4]) : value?.length === 4 ? width(value[1], value[3]) : value?.[2];
  const dims = query === undefined ? undefined : [query[0], query[1], isGiven(node, 2) || packed ? last : query[2]];
  return node.outputs.map((_, i) => ({ element: elementAt(node, 0), ...(i === 0 && { dims }) }));
};

const embedNormalization: Rule = (node) => {
  const [ids, words] = [rankedAt(node, 0, 2), rankedAt(node, 2, 2)];
  const dims = [ids?.[0], ids?.[1], words?.[1]];
  const element = elementAt(node, 2);
  return [
    { element, dims },
    { element: 'int32', dims: [ids?.[0]] },
    { element, dims },
  ];
};

const skipNormalization: Rule = (node) => {
  const dims = dimsAt(node, 0);
  const element = elementAt(node, 0);
  const kept = dims === undefined ? undefined : [...dims.slice(0, -1), 1];
  return node.outputs.map((_, i) => (i === 0 || i === 3 ? { element, dims } : { element: 'float', dims: kept }));
};

const simplified: Rule = (node) => {
  const dims = dimsAt(node, 0);
  const axis = dims === undefined ? 0 : axisIn(node.attributes.int('axis', -1), dims.length);
  return [
    { element: elementAt(node, 1) ?? elementAt(node, 0), dims },
    { dims: dims?.map((dim, i) => (i < axis ? dim : 1)) },
  ];
};

const expandDims = (node: NodeFacts): Dims => {
  const x = dimsAt(node, 0);
  const axis = numbersAt(node, 1)?.[0];
  if (x === undefined || axis === undefined) return undefined;
  const at = axisIn(axis, x.length + 1);
  return [...x.slice(0, at), 1, ...x.slice(at)];
};

const unique: Rule = (node) => [
  { element: elementAt(node, 0), dims: [undefined] },
  { element: 'int64', dims: dimsAt(node, 0) },
  { element: 'int64', dims: [undefined] },
];

const range: Rule = (node) => {
  const inputs = [0, 1, 2].map((index) => {
    const data = dataAt(node, index) ?? (index === 2 && !isGiven(node, 2) ? [1] : undefined);
    return { type: node.inputs[index]?.type, data };
  });
  return like(GENERATORS, '/Range', 11)({ ...node, inputs });
};

const quantizedGemm: Rule = (node) => {
  const found = gemm({ ...node, version: 0, inputs: [node.inputs[0], node.inputs[3]] }) as Fact;
  return { dims: found.dims, element: isGiven(node, 8) ? elementAt(node, 8) : 'float' };
};

/** Windows over the channels last are not followed beyond their rank. */
const pooled =
  (key: string): Rule =>
  (node) => {
    if (node.attributes.int('channels_last', 0) === 0) return like(WINDOWS, key, 11, 0, () => [0])(node);
    return { element: elementAt(node, 0), dims: dimsAt(node, 0)?.map(() => undefined) };
  };

const quantized = (node: NodeFacts): Dims => broadcastDims([dimsAt(node, 0), dimsAt(node, 3)]);

const everyThird = (node: NodeFacts): number[] => node.inputs.map((_, i) => i).filter((i) => i >= 2 && i % 3 === 2);

export const MICROSOFT: Rules = {
  '/SimplifiedLayerNormalization': simplified,
  'com.microsoft/Attention': (node) =>
    node.outputs.map((_, i) => ({ element: elementAt(node, 0), ...(i === 0 && { dims: attention(node) }) })),
  'com.microsoft/BiasGelu': typed((node) => broadcastDims([dimsAt(node, 0), dimsAt(node, 1)])),
  'com.microsoft/CDist': typed(cdist),
  'com.microsoft/DequantizeLinear': typed((node) => dimsAt(node, 0), 1),
  'com.microsoft/DynamicQuantizeMatMul': typed((node) => matmulDims(dimsAt(node, 0), dimsAt(node, 1))),
  'com.microsoft/EmbedLayerNormalization': embedNormalization,
  'com.microsoft/ExpandDims': typed(expandDims),
  'com.microsoft/FastGelu': same,
  'com.microsoft/FusedConv': like(WINDOWS, '/Conv', 11),
  'com.microsoft/FusedGemm': (node) => ({ element: elementAt(node, 0), ...gemm(node) }),
  'com.microsoft/FusedMatMul': typed(fusedMatMul),
  'com.microsoft/GatherND': like(INDEXING, '/GatherND', 12),
  'com.microsoft/Gelu': same,
  'com.microsoft/Inverse': same,
  'com.microsoft/MatMulIntegerToFloat': typed((node) => matmulDims(dimsAt(node, 0), dimsAt(node, 1)), 2),
  'com.microsoft/MatMulNBits': typed((node) => {
    const x = rankedAt(node, 0, 1, Infinity);
    return x === undefined ? undefined : [...x.slice(0, -1), node.attributes.int('N')];
  }),
  'com.microsoft/MultiHeadAttention': multiHeadAttention,
  'com.microsoft/MurmurHash3': (node) => ({
    element: node.attributes.int('positive', 1) !== 0 ? 'uint32' : 'int32',
    dims: dimsAt(node, 0),
  }),
  'com.microsoft/NGramRepeatBlock': typed((node) => dimsAt(node, 1), 1),
  'com.microsoft/Pad': like(LAYOUT, '/Pad', 13),
  'com.microsoft/QGemm': quantizedGemm,
  'com.microsoft/QLinearAdd': typed(quantized),
  'com.microsoft/QLinearAveragePool': pooled('/AveragePool'),
  'com.microsoft/QLinearConcat': like(LAYOUT, '/Concat', 13, 2, everyThird),
  'com.microsoft/QLinearGlobalAveragePool': pooled('/GlobalAveragePool'),
  'com.microsoft/QLinearLeakyRelu': same,
  'com.microsoft/QLinearMul': typed(quantized),
  'com.microsoft/QLinearSigmoid': same,
  'com.microsoft/QLinearSoftmax': same,
  'com.microsoft/QLinearWhere': typed((node) => broadcastDims([0, 1, 4].map((index) => dimsAt(node, index))), 1),
  'com.microsoft/QuantizeLinear': (node) => ({
    element: isGiven(node, 2) ? elementAt(node, 2) : 'uint8',
    dims: dimsAt(node, 0),
  }),
  'com.microsoft/QuickGelu': same,
  'com.microsoft/Range': range,
  'com.microsoft/SkipLayerNormalization': skipNormalization,
  'com.microsoft/SkipSimplifiedLayerNormalization': skipNormalization,
  'com.microsoft/Tokenizer': tokenizer,
  'com.microsoft/TransposeMatMul': typed(fusedMatMul),
  'com.microsoft/Trilu': same,
  'com.microsoft/Unique': unique,
  'com.microsoft/WordConvEmbedding': typed((node) => {
    const x = rankedAt(node, 0, 1, Infinity);
    return x === undefined ? undefined : [...x.slice(0, -1), dimsAt(node, 1)?.[0]];
  }, 1),
};
