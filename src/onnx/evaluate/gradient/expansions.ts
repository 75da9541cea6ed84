import { attribute } from '../../attributes.js';
import type { AttributeProto } from '../../document.js';
import type { Call, Tape } from './tape.js';

const int = (name: string, value: number): AttributeProto => attribute(name, 'INT', value);
const float = (name: string, value: number): AttributeProto => attribute(name, 'FLOAT', value);

/** Writes an operator in others that have rules; gives its outputs. */
type Expansion = (t: Tape, n: Call) => (string | undefined)[];

const sigmoid = (t: Tape, x: string): string => t.op('Sigmoid', [x]);

function gelu(t: Tape, n: Call): string[] {
  const x = n.input(0);
  const tanh = n.attributes.string('approximate', 'none') === 'tanh';
  const inner = tanh
    ? t.op('Tanh', [t.times(t.add(x, t.times(t.mul(x, t.square(x)), 0.044715)), Math.sqrt(2 / Math.PI))])
    : t.op('Erf', [t.times(x, Math.SQRT1_2)]);
  return [t.mul(t.times(x, 0.5), t.plus(inner, 1))];
}

/** (x - mean) / √(variance + epsilon) over the axes from `axis` on, and what it is made of. */
function standardised(t: Tape, x: string, axis: number, epsilon: number): [string, string, string] {
  const mean = t.meanTail(x, axis);
  const centred = t.sub(x, mean);
  const inverse = t.op('Reciprocal', [t.op('Sqrt', [t.plus(t.meanTail(t.square(centred), axis), epsilon)])]);
  return [t.mul(centred, inverse), mean, inverse];
}

const EPSILON = Math.fround(1e-5);

function layerNormalization(t: Tape, n: Call): string[] {
  const [result, mean, inverse] = standardised(t, n.input(0), n.int('axis', -1), n.float('epsilon', EPSILON));
  const scaled = t.mul(result, n.input(1));
  return [n.input(2) === '' ? scaled : t.add(scaled, n.input(2)), mean, inverse];
}

const channels = (t: Tape, x: string, like: string): string => t.op('Channels', [x, like]);

function instanceNormalization(t: Tape, n: Call): string[] {
  const x = n.input(0);
  const [result] = standardised(t, x, 2, n.float('epsilon', EPSILON));
  return [t.add(t.mul(result, channels(t, n.input(1), x)), channels(t, n.input(2), x))];
}

/** With the statistics of its inputs; in training mode there is no expansion. */
function batchNormalization(t: Tape, n: Call): string[] {
  const x = n.input(0);
  const [scale, bias, mean, variance] = [1, 2, 3, 4].map((i) => channels(t, n.input(i), x)) as [
    string,
    string,
    string,
    string,
  ];
  const deviation = t.op('Sqrt', [t.plus(variance, n.float('epsilon', EPSILON))]);
  return [t.add(t.mul(t.div(t.sub(x, mean), deviation), scale), bias)];
}

/** Unfolded windows times filters. */
function conv(t: Tape, n: Call): string[] {
  const [x, weights, bias] = [n.input(0), n.input(1), n.input(2)];
  const { attribute: attributes } = n.node;
  const columns = t.op('Unfold', [x, weights], attributes);
  const rows = t.op('MatMul', [t.op('Filters', [weights], attributes), columns]);
  const result = t.op('WindowShape', [rows, x, weights], attributes);
  return [bias === '' ? result : t.add(result, channels(t, bias, result))];
}

/** [N, C, places of the window, places of the result]. */
function windows(t: Tape, n: Call, x: string, pool: number, fill: number): [string, AttributeProto[]] {
  const attributes = [...n.node.attribute, int('pool', pool)];
  return [t.op('Unfold', [x], [...attributes, float('fill', fill)]), attributes];
}

const overWindow = (t: Tape): string => t.op('Constant', [], [attribute('value_ints', 'INTS', [2])]);

const maxPool =
  (pool: number) =>
  (t: Tape, n: Call): string[] => {
    const x = n.input(0);
    const [columns, attributes] = windows(t, n, x, pool, Number.NEGATIVE_INFINITY);
    const largest = t.op('ReduceMax', [columns, overWindow(t)]);
    return [t.op('WindowShape', [largest, x], attributes)];
  };

/** The sum of a window, divided as the operator divides a window of ones. */
function averagePool(t: Tape, n: Call): string[] {
  const x = n.input(0);
  const total = (of: string): string => {
    const [columns, attributes] = windows(t, n, of, 1, 0);
    return t.op('WindowShape', [t.op('ReduceSum', [columns, overWindow(t)]), of], attributes);
  };
  const ones = t.expandLike(t.scalar(1, x), x);
  const weight = t.div(t.again({ ...n.node, input: [ones] }), total(ones));
  return [t.mul(total(x), weight)];
}

/** The negative log-likelihood of `target` in scores of shape [N, C, …]. */
function negativeLogLikelihood(t: Tape, n: Call, scores: string): string {
  const target = n.input(1);
  const count = t.op('Gather', [t.op('Shape', [scores]), t.op('Constant', [], [int('value_int', 1)])]);
  const hasIgnored = n.attributes.has('ignore_index');
  const ignored = t.castLike(t.op('Constant', [], [int('value_int', n.int('ignore_index', -1))]), target);
  const isIgnored = t.op('Equal', [target, ignored]);
  const safe = hasIgnored ? t.where(isIgnored, t.scalar(0, target), target) : target;
  const values = t.castLike(t.op('Constant', [], [attribute('value_ints', 'INTS', [0, 1])]), scores);
  const hits = t.op('OneHot', [safe, count, values], [int('axis', 1)]);
  const axes = t.op('Constant', [], [attribute('value_ints', 'INTS', [1])]);
  const picked = t.neg(t.op('ReduceSum', [t.mul(scores, hits), axes], [int('keepdims', 0)]));
  const plain = n.input(2) === '' ? t.scalar(1, scores) : t.op('Gather', [n.input(2), safe]);
  const each = t.expandLike(plain, picked);
  const weights = hasIgnored ? t.where(isIgnored, t.scalar(0, scores), each) : each;
  const losses = t.mul(picked, weights);
  const reduction = n.attributes.string('reduction', 'mean');
  const total = (x: string): string => t.op('ReduceSum', [x], [int('keepdims', 0)]);
  if (reduction === 'none') return losses;
  return reduction === 'sum' ? total(losses) : t.div(total(losses), total(weights));
}

/** Operators that are differentiated as what they are made of. */
export const EXPANSIONS: Readonly<Record<string, Expansion>> = {
  AveragePool: averagePool,
  BatchNormalization: batchNormalization,
  Conv: conv,
  Gelu: gelu,
  GlobalAveragePool: (t, n) => [t.meanTail(n.input(0), 2)],
  GlobalMaxPool: maxPool(2),
  HardSwish: (t, n) => [
    t.mul(n.input(0), t.op('HardSigmoid', [n.input(0)], [float('alpha', 1 / 6), float('beta', 0.5)])),
  ],
  InstanceNormalization: instanceNormalization,
  LayerNormalization: layerNormalization,
  MaxPool: maxPool(1),
  Mish: (t, n) => [t.mul(n.input(0), t.op('Tanh', [t.op('Softplus', [n.input(0)])]))],
  NegativeLogLikelihoodLoss: (t, n) => [negativeLogLikelihood(t, n, n.input(0))],
  SoftmaxCrossEntropyLoss: (t, n) => {
    const log = t.op('LogSoftmax', [n.input(0)], [int('axis', 1)]);
    return [negativeLogLikelihood(t, n, log), log];
  },
  Swish: (t, n) => [t.mul(n.input(0), sigmoid(t, t.times(n.input(0), n.float('alpha', 1))))],
};
