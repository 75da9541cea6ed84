import { badInput } from '../../errors.js';
import { logisticVector } from '../float-math.js';
import { type Inputs, type Kernel, type Kernels, type NodeContext, tensorAt } from '../kernel.js';
import type { Tensor } from '../tensor.js';
import { byWidth, combine, mapNumbers } from './elementwise.js';
import { reshaped } from './layout.js';
import { erf } from './special.js';

type Formula = (x: number) => number;

/** An activation whose formula depends on attributes alone. */
const activation =
  (formula: (node: NodeContext) => Formula): Kernel =>
  (inputs, node) =>
    mapNumbers(tensorAt(inputs, 0), formula(node));

const plain = (formula: Formula): Kernel => activation(() => formula);

export const sigmoid: Formula = (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));
/** For negative x one minus its mirror image, as ONNX Runtime does in double precision: far out it is exactly 0. */
const logisticMirrored: Formula = (x) => {
  const positive = 1 / (1 + Math.exp(-Math.abs(x)));
  return x < 0 ? 1 - positive : positive;
};
export const softplus: Formula = (x) => (x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x)));

function gelu(node: NodeContext): Formula {
  if (node.attributes.string('approximate', 'none') === 'tanh')
    return (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
  return (x) => 0.5 * x * (1 + erf(x / Math.SQRT2));
}

/** The slope broadcasts one way, onto the input. */
function prelu(inputs: Inputs, node: NodeContext): Tensor {
  const x = tensorAt(inputs, 0);
  const given = tensorAt(inputs, 1);
  // Before version 7 a slope of one dimension belongs to the channels.
  const perChannel = node.version < 7 && given.dims.length === 1 && given.size > 1;
  const slope = perChannel ? reshaped(given, [given.size, ...x.dims.slice(2).map(() => 1)]) : given;
  const result = combine(
    x,
    slope,
    (a, b) => (a < 0 ? a * b : a),
    (a, b) => (a < 0n ? a * b : a),
  );
  if (result.size !== x.size) throw badInput('the slope does not broadcast onto the input');
  return result;
}

const selu =
  (alpha: number, gamma: number): Formula =>
  (x) =>
    gamma * (x > 0 ? x : alpha * Math.expm1(x));

export const activationKernels = {
  '/Celu': activation(({ attributes }) => {
    const alpha = attributes.float('alpha', 1);
    return (x) => Math.max(0, x) + Math.min(0, alpha * Math.expm1(x / alpha));
  }),
  '/Elu': activation(({ attributes }) => {
    const alpha = attributes.float('alpha', 1);
    return (x) => (x < 0 ? alpha * Math.expm1(x) : x);
  }),
  '/Gelu': activation(gelu),
  '/HardSigmoid': activation(({ attributes }) => {
    const alpha = attributes.float('alpha', Math.fround(0.2));
    const beta = attributes.float('beta', 0.5);
    return (x) => Math.max(0, Math.min(1, alpha * x + beta));
  }),
  '/HardSwish': plain((x) => x * Math.max(0, Math.min(1, x / 6 + 0.5))),
  '/LeakyRelu': activation(({ attributes }) => {
    const alpha = attributes.float('alpha', Math.fround(0.01));
    return (x) => (x < 0 ? alpha * x : x);
  }),
  '/Mish': plain((x) => x * Math.tanh(softplus(x))),
  '/PRelu': prelu,
  '/Relu': (inputs) =>
    mapNumbers(
      tensorAt(inputs, 0),
      (x) => Math.max(x, 0),
      (x) => x * BigInt(x > 0n),
    ),
  '/Selu': activation(({ attributes }) =>
    selu(attributes.float('alpha', 1.6732632423543772), attributes.float('gamma', 1.0507009873554805)),
  ),
  '/Shrink': activation(({ attributes }) => {
    const bias = attributes.float('bias', 0);
    const lambd = attributes.float('lambd', 0.5);
    return (x) => (x < -lambd ? x + bias : x > lambd ? x - bias : 0);
  }),
  '/Sigmoid': byWidth(logisticVector, logisticMirrored),
  '/Softplus': plain(softplus),
  '/Softsign': plain((x) => x / (1 + Math.abs(x))),
  '/Swish': activation(({ attributes }) => {
    const alpha = attributes.float('alpha', 1);
    return (x) => x * sigmoid(alpha * x);
  }),
  '/ThresholdedRelu': activation(({ attributes }) => {
    const alpha = attributes.float('alpha', 1);
    return (x) => (x > alpha ? x : 0);
  }),
} satisfies Kernels;
