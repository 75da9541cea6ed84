import { type ElementType, elementTypeOf } from '../../element-types.js';
import { badInput } from '../../errors.js';
import { type Inputs, type Kernels, type NodeContext, tensorAt } from '../kernel.js';
import { type RandomState, stateOf } from '../mersenne.js';
import { type NumberArray, newTensor, settle, type Tensor } from '../tensor.js';

/** ONNX leaves the generator open: a seed gives the numbers of its reference evaluator, not those of another engine. */
function generator(node: NodeContext): RandomState {
  return stateOf(node.attributes.has('seed') ? node.attributes.float('seed') : undefined);
}

function filled(type: ElementType, dims: readonly number[], next: () => number): Tensor {
  const result = newTensor(type, dims);
  const out = result.data as unknown[];
  const big = type === 'int64' || type === 'uint64';
  for (let i = 0; i < result.size; i++) out[i] = big ? BigInt(Math.trunc(next())) : next();
  return settle(result);
}

function uniform(node: NodeContext): () => number {
  const state = generator(node);
  const low = node.attributes.float('low', 0);
  const high = node.attributes.float('high', 1);
  return () => low + (high - low) * state.uniform();
}

function normal(node: NodeContext): () => number {
  const state = generator(node);
  const mean = node.attributes.float('mean', 0);
  const scale = node.attributes.float('scale', 1);
  return () => mean + scale * state.normal();
}

function ofShape(next: (node: NodeContext) => () => number) {
  return (_: Inputs, node: NodeContext): Tensor => {
    const type = elementTypeOf(node.attributes.int('dtype', 1)) ?? 'float';
    return filled(type, node.attributes.ints('shape') ?? [], next(node));
  };
}

function like(next: (node: NodeContext) => () => number) {
  return (inputs: Inputs, node: NodeContext): Tensor => {
    const input = tensorAt(inputs, 0);
    return filled(elementTypeOf(node.attributes.int('dtype', 0)) ?? input.type, input.dims, next(node));
  };
}

function bernoulli(inputs: Inputs, node: NodeContext): Tensor {
  const input = tensorAt(inputs, 0);
  const state = generator(node);
  let i = 0;
  return filled(elementTypeOf(node.attributes.int('dtype', 0)) ?? input.type, input.dims, () =>
    state.uniform() < (input.data[i++] as number) ? 1 : 0,
  );
}

/** Draws classes from unnormalised log-probabilities. */
function multinomial(inputs: Inputs, node: NodeContext): Tensor {
  const input = tensorAt(inputs, 0);
  const [rows, classes] = input.dims;
  if (rows === undefined || classes === undefined) throw badInput('the operator takes rows of log-probabilities');
  const count = node.attributes.int('sample_size', 1);
  const state = generator(node);
  const result = newTensor(elementTypeOf(node.attributes.int('dtype', 6)) ?? 'int32', [rows, count]);
  for (let row = 0; row < rows; row++) {
    const logs = Array.from((input.data as NumberArray).slice(row * classes, (row + 1) * classes));
    const largest = Math.max(...logs);
    const weights = logs.map((value) => Math.exp(value - largest));
    const total = weights.reduce((a, b) => a + b, 0);
    for (let i = 0; i < count; i++) {
      let rest = state.uniform() * total;
      let chosen = 0;
      while (chosen < classes - 1 && rest >= weights[chosen]!) rest -= weights[chosen++]!;
      (result.data as unknown[])[row * count + i] = result.type === 'int64' ? BigInt(chosen) : chosen;
    }
  }
  return result;
}

export const randomKernels = {
  '/Bernoulli': bernoulli,
  '/Multinomial': multinomial,
  '/RandomNormal': ofShape(normal),
  '/RandomNormalLike': like(normal),
  '/RandomUniform': ofShape(uniform),
  '/RandomUniformLike': like(uniform),
} satisfies Kernels;
