import { axisIn, openDims } from '../dims.js';
import { axesOf, dimsAt, type NodeFacts, type Rule, type Rules } from '../facts.js';
import type { Dims } from '../value-type.js';

function reducedDims(dims: Dims, axes: readonly number[], keep: boolean): Dims {
  if (dims === undefined) return undefined;
  const gone = new Set(axes.map((axis) => axisIn(axis, dims.length)));
  return keep ? dims.map((dim, i) => (gone.has(i) ? 1 : dim)) : dims.filter((_, i) => !gone.has(i));
}

const reduce: Rule = (node) => {
  const dims = dimsAt(node, 0);
  const keep = node.attributes.int('keepdims', 1) !== 0;
  const axes = axesOf(node, node.op === 'ReduceSum' ? 13 : 18);
  if (axes === null) return { dims: keep && dims !== undefined ? openDims(dims.length) : undefined };
  if (axes !== undefined && axes.length > 0) return { dims: reducedDims(dims, axes, keep) };
  if (node.attributes.int('noop_with_empty_axes', 0) !== 0) return { dims };
  if (!keep) return { dims: [] };
  return { dims: dims?.map(() => 1) };
};

const argument: Rule = (node) => {
  const axis = node.attributes.int('axis', 0);
  return { dims: reducedDims(dimsAt(node, 0), [axis], node.attributes.int('keepdims', 1) !== 0) };
};

/** What a loss leaves of its target's shape. */
function lossDims(node: NodeFacts): Dims {
  return node.attributes.string('reduction', 'mean') === 'none' ? dimsAt(node, 1) : [];
}

const REDUCE =
  'ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare'.split(
    ' ',
  );

export const REDUCTIONS: Rules = {
  ...Object.fromEntries(REDUCE.map((name) => [`/${name}`, reduce])),
  '/ArgMax': argument,
  '/ArgMin': argument,
  '/Det': (node) => ({ dims: dimsAt(node, 0)?.slice(0, -2) }),
  '/NegativeLogLikelihoodLoss': (node) => ({ dims: lossDims(node) }),
  '/SoftmaxCrossEntropyLoss': (node) => [{ dims: lossDims(node) }, { dims: dimsAt(node, 0) }],
};
