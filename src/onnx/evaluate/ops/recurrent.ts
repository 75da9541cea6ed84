import { badAttribute } from '../../errors.js';
import { type Inputs, type Kernels, type NodeContext, optionalIntegers, optionalTensor, tensorAt } from '../kernel.js';
import { newTensor, settle, type Tensor } from '../tensor.js';
import { sigmoid, softplus } from './activation.js';
import { transposed } from './layout.js';

type Activation = (x: number) => number;

const ACTIVATIONS: Readonly<Record<string, (alpha: number | undefined, beta: number | undefined) => Activation>> = {
  relu: () => (x) => Math.max(0, x),
  tanh: () => Math.tanh,
  sigmoid: () => sigmoid,
  affine:
    (alpha = 1, beta = 0) =>
    (x) =>
      alpha * x + beta,
  leakyrelu:
    (alpha = 0.01) =>
    (x) =>
      x >= 0 ? x : alpha * x,
  thresholdedrelu:
    (alpha = 1) =>
    (x) =>
      x > alpha ? x : 0,
  scaledtanh:
    (alpha = 1, beta = 1) =>
    (x) =>
      alpha * Math.tanh(beta * x),
  hardsigmoid:
    (alpha = 0.2, beta = 0.5) =>
    (x) =>
      Math.min(1, Math.max(0, alpha * x + beta)),
  elu:
    (alpha = 1) =>
    (x) =>
      x >= 0 ? x : alpha * Math.expm1(x),
  softsign: () => (x) => x / (1 + Math.abs(x)),
  softplus: () => softplus,
};

/** The activations of each direction; alphas and betas go to the activations that take them, in their order. */
function activations(node: NodeContext, defaults: readonly string[], directions: number): Activation[][] {
  const names = node.attributes.strings('activations') ?? Array.from({ length: directions }, () => defaults).flat();
  const alphas = Array.from(node.attributes.floats('activation_alpha') ?? []);
  const betas = Array.from(node.attributes.floats('activation_beta') ?? []);
  const made = names.map((name) => {
    const key = name.toLowerCase();
    const make = ACTIVATIONS[key];
    if (make === undefined) throw badAttribute('activations', 'there is no such activation', { got: name });
    const takesAlpha = ['affine', 'leakyrelu', 'thresholdedrelu', 'scaledtanh', 'hardsigmoid', 'elu'].includes(key);
    const takesBeta = ['affine', 'scaledtanh', 'hardsigmoid'].includes(key);
    return make(takesAlpha ? alphas.shift() : undefined, takesBeta ? betas.shift() : undefined);
  });
  return Array.from({ length: directions }, (_, d) => made.slice(d * defaults.length, (d + 1) * defaults.length));
}

/** What all recurrent operators share: sizes, and one direction's weights as plain functions of their places. */
interface Layer {
  readonly steps: number;
  readonly batches: number;
  readonly inputs: number;
  readonly hidden: number;
  readonly directions: number;
  readonly x: Tensor;
  readonly w: Tensor;
  readonly r: Tensor;
  readonly b: Tensor | undefined;
  readonly lengths: readonly number[] | undefined;
  readonly byBatch: boolean;
  readonly clip: number;
}

function layerOf(inputs: Inputs, node: NodeContext): Layer {
  const byBatch = node.version >= 14 && node.attributes.int('layout', 0) === 1;
  const given = tensorAt(inputs, 0);
  const x = byBatch ? transposed(given, [1, 0, 2]) : given;
  const w = tensorAt(inputs, 1);
  const r = tensorAt(inputs, 2);
  const [steps = 0, batches = 0, size = 0] = x.dims;
  return {
    steps,
    batches,
    inputs: size,
    hidden: r.dims[2]!,
    directions: w.dims[0]!,
    x,
    w,
    r,
    b: optionalTensor(inputs, 3),
    lengths: optionalIntegers(inputs, 4),
    byBatch,
    clip: node.attributes.has('clip') ? node.attributes.float('clip') : Number.POSITIVE_INFINITY,
  };
}

const at = (tensor: Tensor, index: number): number => tensor.data[index] as number;

/** W · x for the row `gate` of a direction. */
function fromInput(layer: Layer, direction: number, gate: number, gates: number, step: number, batch: number): number {
  let sum = 0;
  const row = (direction * gates * layer.hidden + gate) * layer.inputs;
  const column = (step * layer.batches + batch) * layer.inputs;
  for (let k = 0; k < layer.inputs; k++) sum += at(layer.w, row + k) * at(layer.x, column + k);
  return sum;
}

function fromState(layer: Layer, direction: number, gate: number, gates: number, state: ArrayLike<number>): number {
  let sum = 0;
  const row = (direction * gates * layer.hidden + gate) * layer.hidden;
  for (let k = 0; k < layer.hidden; k++) sum += at(layer.r, row + k) * state[k]!;
  return sum;
}

/** Biases of the input (`part` 0) and of the recurrence (`part` 1). */
function bias(layer: Layer, direction: number, gate: number, gates: number, part: 0 | 1): number {
  return layer.b === undefined
    ? 0
    : at(layer.b, direction * 2 * gates * layer.hidden + part * gates * layer.hidden + gate);
}

interface State {
  h: Float64Array;
  c: Float64Array;
}

type Cell = (state: State, direction: number, step: number, batch: number) => State;

/** Runs all directions over all sequences; gives Y, Y_h and Y_c. */
function run(layer: Layer, node: NodeContext, inputs: Inputs, cell: Cell): Tensor[] {
  const { steps, batches, hidden, directions, byBatch } = layer;
  const direction = node.attributes.string('direction', 'forward');
  const y = newTensor(layer.x.type, [steps, directions, batches, hidden]);
  const last = [0, 1].map(() => newTensor(layer.x.type, [directions, batches, hidden])) as [Tensor, Tensor];
  const initial = [5, 6].map((i) => {
    const tensor = optionalTensor(inputs, i);
    return tensor !== undefined && byBatch ? transposed(tensor, [1, 0, 2]) : tensor;
  });
  for (let d = 0; d < directions; d++) {
    const backwards = direction === 'reverse' || d === 1;
    for (let batch = 0; batch < batches; batch++) {
      const length = layer.lengths?.[batch] ?? steps;
      const place = (d * batches + batch) * hidden;
      const start = (tensor: Tensor | undefined): Float64Array =>
        Float64Array.from({ length: hidden }, (_, k) => (tensor === undefined ? 0 : at(tensor, place + k)));
      let state: State = { h: start(initial[0]), c: start(initial[1]) };
      for (let i = 0; i < length; i++) {
        const step = backwards ? length - 1 - i : i;
        state = cell(state, d, step, batch);
        for (let k = 0; k < hidden; k++) y.data[((step * directions + d) * batches + batch) * hidden + k] = state.h[k]!;
      }
      for (let k = 0; k < hidden; k++) {
        last[0].data[place + k] = state.h[k]!;
        last[1].data[place + k] = state.c[k]!;
      }
    }
  }
  const [h, c] = last.map((tensor) => settle(byBatch ? transposed(tensor, [1, 0, 2]) : tensor)) as [Tensor, Tensor];
  return [settle(byBatch ? transposed(y, [2, 0, 1, 3]) : y), h, c];
}

const clipped = (layer: Layer, value: number): number => Math.min(layer.clip, Math.max(-layer.clip, value));

function rnn(inputs: Inputs, node: NodeContext): Tensor[] {
  const layer = layerOf(inputs, node);
  const functions = activations(node, ['Tanh'], layer.directions);
  return run(layer, node, inputs, ({ h, c }, d, step, batch) => ({
    c,
    h: h.map((_, k) => {
      const sum =
        fromInput(layer, d, k, 1, step, batch) +
        fromState(layer, d, k, 1, h) +
        bias(layer, d, k, 1, 0) +
        bias(layer, d, k, 1, 1);
      return functions[d]![0]!(clipped(layer, sum));
    }),
  })).slice(0, 2);
}

function gru(inputs: Inputs, node: NodeContext): Tensor[] {
  const layer = layerOf(inputs, node);
  const { hidden } = layer;
  const functions = activations(node, ['Sigmoid', 'Tanh'], layer.directions);
  const before = node.attributes.int('linear_before_reset', 0) !== 0;
  return run(layer, node, inputs, ({ h, c }, d, step, batch) => {
    const [f, g] = functions[d] as [Activation, Activation];
    const gate = (index: number, k: number): number => {
      const row = index * hidden + k;
      const sum =
        fromInput(layer, d, row, 3, step, batch) +
        fromState(layer, d, row, 3, h) +
        bias(layer, d, row, 3, 0) +
        bias(layer, d, row, 3, 1);
      return f(clipped(layer, sum));
    };
    const reset = h.map((_, k) => gate(1, k));
    const resetState = h.map((value, k) => value * reset[k]!);
    const next = h.map((value, k) => {
      const row = 2 * hidden + k;
      const update = gate(0, k);
      const recurrent = before
        ? reset[k]! * (fromState(layer, d, row, 3, h) + bias(layer, d, row, 3, 1))
        : fromState(layer, d, row, 3, resetState) + bias(layer, d, row, 3, 1);
      const candidate = g(
        clipped(layer, fromInput(layer, d, row, 3, step, batch) + bias(layer, d, row, 3, 0) + recurrent),
      );
      return (1 - update) * candidate + update * value;
    });
    return { h: next, c };
  }).slice(0, 2);
}

function lstm(inputs: Inputs, node: NodeContext): Tensor[] {
  const layer = layerOf(inputs, node);
  const { hidden } = layer;
  const functions = activations(node, ['Sigmoid', 'Tanh', 'Tanh'], layer.directions);
  const peepholes = optionalTensor(inputs, 7);
  const coupled = node.attributes.int('input_forget', 0) !== 0;
  return run(layer, node, inputs, ({ h, c }, d, step, batch) => {
    const [f, g, output] = functions[d] as [Activation, Activation, Activation];
    const sum = (index: number, k: number): number => {
      const row = index * hidden + k;
      return (
        fromInput(layer, d, row, 4, step, batch) +
        fromState(layer, d, row, 4, h) +
        bias(layer, d, row, 4, 0) +
        bias(layer, d, row, 4, 1)
      );
    };
    const peep = (index: number, k: number): number =>
      peepholes === undefined ? 0 : at(peepholes, (d * 3 + index) * hidden + k);
    const next = c.map((cell, k) => {
      const input = f(clipped(layer, sum(0, k) + peep(0, k) * cell));
      const forget = coupled ? 1 - input : f(clipped(layer, sum(2, k) + peep(2, k) * cell));
      return forget * cell + input * g(clipped(layer, sum(3, k)));
    });
    return { c: next, h: next.map((cell, k) => f(clipped(layer, sum(1, k) + peep(1, k) * cell)) * output(cell)) };
  });
}

export const recurrentKernels = {
  '/GRU': gru,
  '/LSTM': lstm,
  '/RNN': rnn,
} satisfies Kernels;
