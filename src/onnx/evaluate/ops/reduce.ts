import { type ElementType, elementRow } from '../../element-types.js';
import { badInput } from '../../errors.js';
import { roundToType } from '../../minifloat.js';
import { expf, softmaxVector } from '../float-math.js';
import {
  axisOf,
  type Inputs,
  type Kernel,
  type Kernels,
  type NodeContext,
  optionalIntegers,
  tensorAt,
} from '../kernel.js';
import { type BigArray, type NumberArray, newTensor, settle, sizeOf, Tensor } from '../tensor.js';
import { isFloat } from './elementwise.js';
import { transposed } from './layout.js';
import { engineSums, sumInLanes } from './reduce-sums.js';

type Round = ((value: number) => number) | undefined;

/** Reduces `count` values from `start` on; sums run in double precision and in order, or are rounded after each step. */
type Reducer = (data: ArrayLike<number>, start: number, count: number, round?: Round) => number;
type BigReducer = (data: ArrayLike<bigint>, start: number, count: number) => bigint;

const asItIs = (value: number): number => value;

/** float32 numbers add up in float32; bfloat16 numbers in bfloat16, as NumPy adds them in ONNX's tests. */
function stepOf(type: ElementType): Round {
  if (type === 'float') return Math.fround;
  return type === 'bfloat16' ? (value) => roundToType(value, type) : undefined;
}

function sum(
  data: ArrayLike<number>,
  start: number,
  count: number,
  round?: Round,
  map: (value: number) => number = asItIs,
): number {
  let total = 0;
  if (round !== undefined) for (let i = start; i < start + count; i++) total = round(total + round(map(data[i]!)));
  else if (map === asItIs) for (let i = start; i < start + count; i++) total += data[i]!;
  else for (let i = start; i < start + count; i++) total += map(data[i]!);
  return total;
}

function sumBig(data: ArrayLike<bigint>, start: number, count: number, map: (value: bigint) => bigint): bigint {
  let total = 0n;
  for (let i = start; i < start + count; i++) total += map(data[i]!);
  return total;
}

const product: Reducer = (data, start, count, round = asItIs) => {
  let total = 1;
  for (let i = start; i < start + count; i++) total = round(total * data[i]!);
  return total;
};

function extreme(empty: number, isBetter: (a: number, b: number) => boolean): Reducer {
  return (data, start, count) => {
    let best = empty;
    for (let i = start; i < start + count; i++) {
      const value = data[i]!;
      if (Number.isNaN(value)) return value;
      if (i === start || isBetter(value, best)) best = value;
    }
    return best;
  };
}

/** "Plus infinity (if supported by the datatype) or the maximum value of the data type otherwise"; minus for sign -1. */
function boundOf(type: ElementType, sign: 1 | -1): number | bigint {
  const { bits, class: kind } = elementRow(type);
  if (kind === 'float') return sign * Number.POSITIVE_INFINITY;
  if (kind === 'bool') return sign > 0 ? 1 : 0;
  if (type === 'uint64') return sign > 0 ? 2n ** 64n - 1n : 0n;
  if (type === 'int64') return sign > 0 ? 2n ** 63n - 1n : -(2n ** 63n);
  if (kind === 'unsigned') return sign > 0 ? 2 ** bits - 1 : 0;
  return sign > 0 ? 2 ** (bits - 1) - 1 : -(2 ** (bits - 1));
}

/** ReduceMax (sign -1) and ReduceMin (sign 1): over nothing, what is worse than any other value. */
function reduceExtreme(
  sign: 1 | -1,
  numbers: (a: number, b: number) => boolean,
  bigs: (a: bigint, b: bigint) => boolean,
): Kernel {
  const reduced = reduce(extreme(0, numbers), extremeBig(bigs));
  return (inputs, node) => {
    const input = tensorAt(inputs, 0);
    const result = reduced(inputs, node) as Tensor;
    if (input.size === 0) (result.data as unknown[]).fill(boundOf(input.type, sign));
    return result;
  };
}

function extremeBig(isBetter: (a: bigint, b: bigint) => boolean): BigReducer {
  return (data, start, count) => {
    if (count === 0) return 0n;
    let best = data[start]!;
    for (let i = start + 1; i < start + count; i++) if (isBetter(data[i]!, best)) best = data[i]!;
    return best;
  };
}

function logSumExp(data: ArrayLike<number>, start: number, count: number, round: Round = asItIs): number {
  const largest = extreme(Number.NEGATIVE_INFINITY, (a, b) => a > b)(data, start, count);
  if (!Number.isFinite(largest)) return largest;
  // In float32 with the C library's functions, each step rounded, as the engine does.
  const power = round === Math.fround ? expf : Math.exp;
  const total = sum(data, start, count, round, (value) => power(round(value - largest)));
  return round(largest + round(Math.log(total)));
}

/** The axes of a reduction: an attribute before `inputSince`, an input from then on; null means nothing is reduced. */
function reducedAxes(inputs: Inputs, node: NodeContext, rank: number, inputSince: number): number[] | null {
  const given = node.version < inputSince ? node.attributes.ints('axes') : optionalIntegers(inputs, 1);
  if (given === undefined || given.length === 0) {
    if (node.attributes.int('noop_with_empty_axes', 0) !== 0) return null;
    return Array.from({ length: rank }, (_, axis) => axis);
  }
  return given.map((axis) => axisOf(axis, rank));
}

function reducedDims(input: Tensor, node: NodeContext, isReduced: (axis: number) => boolean): number[] {
  return node.attributes.int('keepdims', 1) !== 0
    ? input.dims.map((size, axis) => (isReduced(axis) ? 1 : size))
    : input.dims.filter((_, axis) => !isReduced(axis));
}

/** `wholes` is for 32-bit integers where the reducer may leave what doubles hold exactly. */
function reduce(numbers: Reducer, bigs: BigReducer, inputSince = 18, wholes = numbers): Kernel {
  return (inputs, node) => {
    const input = tensorAt(inputs, 0);
    const rank = input.dims.length;
    const axes = reducedAxes(inputs, node, rank, inputSince) ?? [];
    const isReduced = (axis: number): boolean => axes.includes(axis);
    const all = input.dims.map((_, axis) => axis);
    const perm = [...all.filter((axis) => !isReduced(axis)), ...all.filter(isReduced)];
    const source = perm.every((axis, i) => axis === i) ? input : transposed(input, perm);
    const count = sizeOf(input.dims.filter((_, axis) => isReduced(axis)));
    const result = newTensor(input.type, reducedDims(input, node, isReduced));
    if (input.type === 'int64' || input.type === 'uint64') {
      for (let i = 0; i < result.size; i++)
        (result.data as BigArray)[i] = bigs(source.data as BigArray, i * count, count);
      return result;
    }
    const whole = !isFloat(input.type);
    const from = source.data as NumberArray;
    const step = stepOf(input.type);
    for (let i = 0; i < result.size; i++) {
      const value = (whole ? wholes : numbers)(from, i * count, count, step);
      (result.data as NumberArray)[i] = whole ? Math.trunc(value) : value;
    }
    return settle(result);
  };
}

/** Norms, whose float32 sums over a whole tensor the engine forms in lanes, those over some axes in order. */
function reduceNorm(map: (value: number) => number, root: boolean, numbers: Reducer, bigs: BigReducer): Kernel {
  const wholes: Reducer = (data, start, count) =>
    sum(data, start, count, undefined, (value) => Math.imul(value, value));
  const plain = reduce(numbers, bigs, 18, map === square && !root ? wholes : numbers);
  return (inputs, node) => {
    const input = tensorAt(inputs, 0);
    const axes = new Set(reducedAxes(inputs, node, input.dims.length, 18));
    if (input.type !== 'float' || axes.size === 0 || axes.size !== input.dims.length || input.size === 0)
      return plain(inputs, node);
    const total = sumInLanes((input.data as Float32Array).map(map), 0, input.size);
    return new Tensor(
      'float',
      reducedDims(input, node, () => true),
      Float32Array.of(root ? Math.sqrt(total) : total),
    );
  };
}

/** ReduceSum and ReduceMean, whose float32 sums are formed in the engine's order. */
function reduceSums(mean: boolean, numbers: Reducer, bigs: BigReducer, inputSince = 18): Kernel {
  const plain = reduce(numbers, bigs, inputSince);
  return (inputs, node) => {
    const input = tensorAt(inputs, 0);
    const axes = reducedAxes(inputs, node, input.dims.length, inputSince) ?? [];
    const isReduced = (axis: number): boolean => axes.includes(axis);
    const sums =
      input.type === 'float' && axes.length > 0
        ? engineSums(input.data as Float32Array, input.dims, isReduced)
        : undefined;
    if (sums === undefined) return plain(inputs, node);
    const count = sizeOf(input.dims.filter((_, axis) => isReduced(axis)));
    if (mean) for (let i = 0; i < sums.length; i++) sums[i] = sums[i]! / count;
    return new Tensor('float', reducedDims(input, node, isReduced), sums);
  };
}

function rootBig(value: bigint): bigint {
  return BigInt(Math.trunc(Math.sqrt(Number(value))));
}

/** Logarithms of 64-bit integers, towards zero; that of nothing has no integer. */
function throughDoubles(reducer: Reducer): BigReducer {
  return (data, start, count) => {
    const value = reducer(
      Array.from({ length: count }, (_, i) => Number(data[start + i])),
      0,
      count,
    );
    if (!Number.isFinite(value)) throw badInput('the logarithm is not an integer', { got: String(value) });
    return BigInt(Math.trunc(value));
  };
}

const square = (value: number): number => value * value;
const squareBig = (value: bigint): bigint => value * value;
const absBig = (value: bigint): bigint => (value < 0n ? -value : value);

/** Largest value, and the sum of e^(x - largest), over lines of a tensor: what the softmax family needs. */
function overLines(
  input: Tensor,
  axis: number,
  merge: boolean,
  visit: (from: NumberArray, to: NumberArray, start: number, count: number, stride: number, type: ElementType) => void,
): Tensor {
  const result = newTensor(input.type, input.dims);
  // A scalar is a line of one.
  const count = merge ? sizeOf(input.dims.slice(axis)) : (input.dims[axis] ?? 1);
  const stride = merge ? 1 : sizeOf(input.dims.slice(axis + 1));
  const lines = count === 0 ? 0 : input.size / count;
  for (let line = 0; line < lines; line++) {
    const start = Math.floor(line / stride) * count * stride + (line % stride);
    visit(input.data as NumberArray, result.data as NumberArray, start, count, stride, input.type);
  }
  return settle(result);
}

/** Softmax and its kin: before version 13 over all axes from `axis` on (default 1), then along `axis` (default -1). */
function lines(visit: Parameters<typeof overLines>[3]): Kernel {
  return (inputs, node) => {
    const input = tensorAt(inputs, 0);
    const merge = node.version < 13;
    const given = node.attributes.int('axis', merge ? 1 : -1);
    const axis = merge && given === input.dims.length ? given : axisOf(given, Math.max(1, input.dims.length));
    return overLines(input, axis, merge, visit);
  };
}

function largestOf(from: NumberArray, start: number, count: number, stride: number): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i++) if (!(from[start + i * stride]! <= largest)) largest = from[start + i * stride]!;
  return largest;
}

/** Float32 as the engine's vector code, the narrower types rounded at each step, double as it is. */
const softmax = lines((from, to, start, count, stride, type) => {
  if (type === 'float') {
    const line = Float32Array.from({ length: count }, (_, i) => from[start + i * stride]!);
    softmaxVector(line);
    for (let i = 0; i < count; i++) to[start + i * stride] = line[i]!;
    return;
  }
  const largest = largestOf(from, start, count, stride);
  const step = stepOf(type) ?? asItIs;
  let total = 0;
  for (let i = 0; i < count; i++) {
    const power = roundToType(Math.exp(roundToType(from[start + i * stride]! - largest, type)), type);
    to[start + i * stride] = power;
    total = step(total + power);
  }
  const sum = roundToType(total, type);
  for (let i = 0; i < count; i++) to[start + i * stride] = to[start + i * stride]! / sum;
});

const logSoftmax = lines((from, to, start, count, stride) => {
  const largest = largestOf(from, start, count, stride);
  let total = 0;
  for (let i = 0; i < count; i++) total += Math.exp(from[start + i * stride]! - largest);
  const log = Math.log(total);
  for (let i = 0; i < count; i++) to[start + i * stride] = from[start + i * stride]! - largest - log;
});

const hardmax = lines((from, to, start, count, stride) => {
  let best = 0;
  for (let i = 1; i < count; i++) if (from[start + i * stride]! > from[start + best * stride]!) best = i;
  to[start + best * stride] = 1;
});

const total: Reducer = (data, start, count, round) => sum(data, start, count, round);

export const reduceKernels = {
  '/Hardmax': hardmax,
  '/LogSoftmax': logSoftmax,
  '/ReduceL1': reduceNorm(
    Math.abs,
    false,
    (data, start, count, round) => sum(data, start, count, round, Math.abs),
    (data, start, count) => sumBig(data, start, count, absBig),
  ),
  '/ReduceL2': reduceNorm(
    square,
    true,
    (data, start, count, round) => Math.sqrt(sum(data, start, count, round, square)),
    (data, start, count) => rootBig(sumBig(data, start, count, squareBig)),
  ),
  '/ReduceLogSum': reduce(
    (data, start, count, round) => Math.log(sum(data, start, count, round)),
    throughDoubles((data, start, count) => Math.log(sum(data, start, count))),
  ),
  '/ReduceLogSumExp': reduce(logSumExp, throughDoubles(logSumExp)),
  '/ReduceMax': reduceExtreme(
    -1,
    (a, b) => a > b,
    (a, b) => a > b,
  ),
  '/ReduceMean': reduceSums(
    true,
    (data, start, count, round) => sum(data, start, count, round) / count,
    (data, start, count) => sumBig(data, start, count, (value) => value) / BigInt(count),
  ),
  '/ReduceMin': reduceExtreme(
    1,
    (a, b) => a < b,
    (a, b) => a < b,
  ),
  '/ReduceProd': reduce(
    product,
    (data, start, count) => {
      let result = 1n;
      for (let i = start; i < start + count; i++) result = BigInt.asIntN(64, result * data[i]!);
      return result;
    },
    18,
    (data, start, count) => {
      let result = 1;
      for (let i = start; i < start + count; i++) result = Math.imul(result, data[i]!);
      return result;
    },
  ),
  '/ReduceSum': reduceSums(false, total, (data, start, count) => sumBig(data, start, count, (value) => value), 13),
  '/ReduceSumSquare': reduceNorm(
    square,
    false,
    (data, start, count, round) => sum(data, start, count, round, square),
    (data, start, count) => sumBig(data, start, count, squareBig),
  ),
  '/Softmax': softmax,
} satisfies Kernels;
