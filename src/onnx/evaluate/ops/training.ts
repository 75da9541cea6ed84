import { badAttribute, badInput } from '../../errors.js';
import { type Inputs, type Kernels, type NodeContext, optionalTensor, scalarOf, tensorAt } from '../kernel.js';
import { type NumberArray, newTensor, settle, sizeOf, type Tensor } from '../tensor.js';
import { tensorOf } from '../values.js';
import { reduceKernels } from './reduce.js';

/** The loss of each place, its weight, and their sum or mean. */
function lossOf(logs: Tensor, target: Tensor, weights: Tensor | undefined, node: NodeContext): Tensor {
  const [n = 0, classes = 0, ...rest] = logs.dims;
  const plane = sizeOf(rest);
  const ignored = node.attributes.has('ignore_index') ? node.attributes.int('ignore_index') : undefined;
  const losses = newTensor(logs.type, target.dims);
  let total = 0;
  let shares = 0;
  for (let i = 0; i < n * plane; i++) {
    const label = Number(target.data[i]);
    if (label === ignored) continue;
    const index = label < 0 ? label + classes : label;
    if (index < 0 || index >= classes)
      throw badInput('a label is none of the classes', { expected: `0 to ${classes - 1}`, got: String(label) });
    const weight = weights === undefined ? 1 : (weights.data[index] as number);
    const loss = -weight * (logs.data[(Math.floor(i / plane) * classes + index) * plane + (i % plane)] as number);
    losses.data[i] = loss;
    total += loss;
    shares += weight;
  }
  const reduction = node.attributes.string('reduction', 'mean');
  if (reduction === 'none') return settle(losses);
  if (reduction !== 'sum' && reduction !== 'mean')
    throw badAttribute('reduction', 'there is no such reduction', { got: reduction });
  return settle(tensorOf(logs.type, [reduction === 'sum' ? total : total / shares], []));
}

function negativeLogLikelihoodLoss(inputs: Inputs, node: NodeContext): Tensor {
  return lossOf(tensorAt(inputs, 0), tensorAt(inputs, 1), optionalTensor(inputs, 2), node);
}

function softmaxCrossEntropyLoss(inputs: Inputs, node: NodeContext): Tensor[] {
  const axis = { int: () => 1 } as unknown as NodeContext['attributes'];
  const logs = reduceKernels['/LogSoftmax']([tensorAt(inputs, 0)], {
    ...node,
    version: 13,
    attributes: axis,
  }) as Tensor;
  return [lossOf(logs, tensorAt(inputs, 1), optionalTensor(inputs, 2), node), logs];
}

type Update = (values: number[], step: { rate: number; count: number }) => number[];

/**
 * Optimisers take (rate, count, tensors…, gradients…, states…) in groups of equal length, and give the new tensors and
 * states in the same groups. `states` is how many states a tensor has.
 */
function optimiser(states: number, update: (node: NodeContext) => Update) {
  return (inputs: Inputs, node: NodeContext): Tensor[] => {
    const step = { rate: scalarOf(tensorAt(inputs, 0)), count: scalarOf(tensorAt(inputs, 1)) };
    const groups = 2 + states;
    const count = (inputs.length - 2) / groups;
    if (!Number.isInteger(count)) throw badInput('the inputs are not groups of tensors, gradients and states');
    const results: Tensor[][] = Array.from({ length: 1 + states }, () => []);
    for (let t = 0; t < count; t++) {
      const parts = Array.from({ length: groups }, (_, g) => tensorAt(inputs, 2 + g * count + t));
      const outputs = results.map(() => newTensor(parts[0]!.type, parts[0]!.dims));
      for (let i = 0; i < parts[0]!.size; i++)
        update(node)(
          parts.map((part) => part.data[i] as number),
          step,
        ).forEach((value, k) => {
          (outputs[k]!.data as NumberArray)[i] = value;
        });
      outputs.forEach((tensor, k) => {
        results[k]!.push(tensor);
      });
    }
    return results.flat();
  };
}

const adagrad = optimiser(1, ({ attributes }) => {
  const [decay, epsilon, norm] = [
    attributes.float('decay_factor', 0),
    attributes.float('epsilon', 1e-6),
    attributes.float('norm_coefficient', 0),
  ];
  return ([x = 0, gradient = 0, squares = 0], { rate, count }) => {
    const g = norm * x + gradient;
    const sum = squares + g * g;
    return [x - ((rate / (1 + count * decay)) * g) / (Math.sqrt(sum) + epsilon), sum];
  };
});

const adam = optimiser(2, ({ attributes }) => {
  const [alpha, beta, epsilon] = [
    attributes.float('alpha', 0.9),
    attributes.float('beta', 0.999),
    attributes.float('epsilon', 1e-6),
  ];
  const [norm, normPost] = [attributes.float('norm_coefficient', 0), attributes.float('norm_coefficient_post', 0)];
  return ([x = 0, gradient = 0, v = 0, h = 0], { rate, count }) => {
    const g = norm * x + gradient;
    const first = alpha * v + (1 - alpha) * g;
    const second = beta * h + (1 - beta) * g * g;
    const adjusted = count > 0 ? (rate * Math.sqrt(1 - beta ** count)) / (1 - alpha ** count) : rate;
    const next = x - (adjusted * first) / (Math.sqrt(second) + epsilon);
    return [(1 - normPost) * next, first, second];
  };
});

const momentum = optimiser(1, ({ attributes }) => {
  const [alpha, beta, norm] = [
    attributes.float('alpha'),
    attributes.float('beta'),
    attributes.float('norm_coefficient'),
  ];
  const nesterov = attributes.string('mode') === 'nesterov';
  return ([x = 0, gradient = 0, v = 0], { rate, count }) => {
    const g = norm * x + gradient;
    const velocity = alpha * v + (count > 0 ? beta : 1) * g;
    return [x - rate * (nesterov ? g + alpha * velocity : velocity), velocity];
  };
});

export const trainingKernels = {
  '/NegativeLogLikelihoodLoss': negativeLogLikelihoodLoss,
  '/SoftmaxCrossEntropyLoss': softmaxCrossEntropyLoss,
  'ai.onnx.preview.training/Adagrad': adagrad,
  'ai.onnx.preview.training/Adam': adam,
  'ai.onnx.preview.training/Momentum': momentum,
} satisfies Kernels;
