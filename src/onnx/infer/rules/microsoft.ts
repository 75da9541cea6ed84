import { unified } from '../dims.js';
import { dimsAt, elementAt, type Fact, type NodeFacts, type Rule, type Rules, rankedAt } from '../facts.js';
import type { Dims } from '../value-type.js';
import { gemm, matmulDims } from './products.js';

/** These operators have no schema: the element type is that of the first input unless a rule says otherwise. */
const typed =
  (rule: (node: NodeFacts) => Dims): Rule =>
  (node): Fact => ({ element: elementAt(node, 0), dims: rule(node) });

const fusedGemm: Rule = (node) => ({ element: elementAt(node, 0), ...gemm(node) });

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

export const MICROSOFT: Rules = {
  'com.microsoft/CDist': typed(cdist),
  'com.microsoft/FusedGemm': fusedGemm,
  'com.microsoft/FusedMatMul': typed(fusedMatMul),
  'com.microsoft/Gelu': typed((node) => dimsAt(node, 0)),
  'com.microsoft/Tokenizer': tokenizer,
};
