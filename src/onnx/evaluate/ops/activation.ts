import { badInput } from '../../errors.js';
import { expVector, logisticVector, tanhVector } from '../float-math.js';
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

/** e^x - 1 as the formulas of ONNX write it, with its cancellation near 0; in float32 each step is rounded. */
function powerLessOne(type: Tensor['type']): Formula {
  return type === 'float' ? (x) => Math.fround(expVector(Math.fround(x)) - 1) : (x) => Math.exp(x) - 1;
}

/** An activation whose negative side is an exponential. */
const exponential =
  (formula: (node: NodeContext, power: Formula) => Formula): Kernel =>
  (inputs, node) => {
    const input = tensorAt(inputs, 0);
    return mapNumbers(input, formula(node, powerLessOne(input.type)));
  };

/** x times a gate of x, both rounded in float32. */
const gated = (single: Formula, double: Formula): Kernel =>
  byWidth(
    (x) => x * single(x),
    (x) => x * double(x),
  );

const selu =
  (alpha: number, gamma: number, power: Formula): Formula =>
  (x) =>
    gamma * (x > 0 ? x : alpha * power(x));

/** Attributes are float32, in double precision as well: alpha of HardSwish, alpha and gamma of Selu. */
const SIXTH = Math.fround(1 / 6);
const SELU_ALPHA = Math.fround(1.6732632423543772);
const SELU_GAMMA = Math.fround(1.0507009873554805);

export const activationKernels = {
  '/Celu': exponential(({ attributes }, power) => {
    const alpha = attributes.float('alpha', 1);
    return (x) => Math.max(0, x) + Math.min(0, alpha * power(x / alpha));
  }),
  '/Elu': exponential(({ attributes }, power) => {
    const alpha = attributes.float('alpha', 1);
    return (x) => (x < 0 ? alpha * power(x) : x);
  }),
  '/Gelu': activation(gelu),
  '/HardSigmoid': activation(({ attributes }) => {
    const alpha = attributes.float('alpha', Math.fround(0.2));
    const beta = attributes.float('beta', 0.5);
    return (x) => Math.max(0, Math.min(1, alpha * x + beta));
  }),
  '/HardSwish': plain((x) => x * Math.max(0, Math.min(1, SIXTH * x + 0.5))),
  '/LeakyRelu': activation(({ attributes }) => {
    const alpha = attributes.float('alpha', Math.fround(0.01));
    return (x) => (x < 0 ? alpha * x : x);
  }),
  '/Mish': gated(
    (x) => tanhVector(Math.fround(softplus(x))),
    (x) => Math.tanh(softplus(x)),
  ),
  '/PRelu': prelu,
  '/Relu': (inputs) =>
    mapNumbers(
      tensorAt(inputs, 0),
      (x) => Math.max(x, 0),
      (x) => x * BigInt(x > 0n),
    ),
  '/Selu': exponential(({ attributes }, power) =>
    selu(attributes.float('alpha', SELU_ALPHA), attributes.float('gamma', SELU_GAMMA), power),
  ),
  '/Shrink': (inputs, { attributes }) => {
    const bias = attributes.float('bias', 0);
    const lambd = attributes.float('lambd', 0.5);
    const shrink: Formula = (x) => (x < -lambd ? x + bias : x > lambd ? x - bias : 0);
    return mapNumbers(tensorAt(inputs, 0), shrink, (x) => BigInt(Math.trunc(shrink(Number(x)))));
  },
  '/Sigmoid': byWidth(logisticVector, logisticMirrored),
  '/Softplus': plain(softplus),
  '/Softsign': plain((x) => x / (1 + Math.abs(x))),
  '/Swish': (inputs, node) => {
    const alpha = node.attributes.float('alpha', 1);
    const gate = gated(
      (x) => logisticVector(Math.fround(alpha * x)),
      (x) => logisticMirrored(alpha * x),
    );
    return gate(inputs, node);
  },
  '/ThresholdedRelu': activation(({ attributes }) => {
    const alpha = attributes.float('alpha', 1);
    return (x) => (x > alpha ? x : 0);
  }),
} satisfies Kernels;
