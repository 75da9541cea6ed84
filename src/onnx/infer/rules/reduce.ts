import { wrongShape } from '../../errors.js';
import { axisIn, openDims, unified } from '../dims.js';
import { axesOf, dimsAt, type NodeFacts, type Rule, type Rules, rankedAt } from '../facts.js';
import { type Dims, dimsText } from '../value-type.js';

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

/** What a loss leaves of its target's shape: that of the scores without their classes. */
function lossDims(node: NodeFacts): Dims {
  const isNone = node.attributes.string('reduction', 'mean') === 'none';
  const [scores, target, weights] = [rankedAt(node, 0, 2, Infinity), dimsAt(node, 1), rankedAt(node, 2, 1)];
  unified(scores?.[1], weights?.[0], 'the numbers of classes');
  if (scores === undefined) return isNone ? target : [];
  const left = scores.filter((_, i) => i !== 1);
  if (target === undefined) return isNone ? left : [];
  if (target.length !== left.length)
    throw wrongShape('the target does not fit the scores', { expected: dimsText(left), got: dimsText(target) });
  const whole = left.map((dim, i) => unified(dim, target[i], 'the sizes of scores and target'));
  return isNone ? whole : [];
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
