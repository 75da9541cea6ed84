import type { ElementType } from '../../element-types.js';
import { badAttribute, badInput } from '../../errors.js';
import { roundToType } from '../../minifloat.js';
import { stridesOf } from '../broadcast.js';
import {
  axisOf,
  type Inputs,
  integersOf,
  type Kernels,
  type NodeContext,
  optionalTensor,
  scalarOf,
  tensorAt,
} from '../kernel.js';
import { type NumberArray, newTensor, settle, sizeOf, Tensor, type TensorData } from '../tensor.js';
import { describe } from '../values.js';
import { isFloat } from './elementwise.js';
import { copyElement, lanesOf } from './lanes.js';
import { gathered } from './layout.js';

function checkedIndex(index: number, size: number): number {
  const result = index < 0 ? index + size : index;
  if (result < 0 || result >= size)
    throw badInput('an index is out of range', { expected: `${-size} to ${size - 1}`, got: String(index) });
  return result;
}

function gather(inputs: Inputs, node: NodeContext): Tensor {
  const input = tensorAt(inputs, 0);
  return taken(input, tensorAt(inputs, 1), axisOf(node.attributes.int('axis', 0), input.dims.length));
}

/** The slices of an axis that `indices` name, in the shape of `indices`. */
function taken(input: Tensor, indices: Tensor, axis: number): Tensor {
  const size = input.dims[axis]!;
  const chosen = integersOf(indices).map((index) => checkedIndex(index, size));
  const outer = sizeOf(input.dims.slice(0, axis));
  const inner = sizeOf(input.dims.slice(axis + 1));
  const dims = [...input.dims.slice(0, axis), ...indices.dims, ...input.dims.slice(axis + 1)];
  const offsets = new Int32Array(outer * chosen.length * inner);
  let at = 0;
  for (let o = 0; o < outer; o++)
    for (const index of chosen) for (let i = 0; i < inner; i++) offsets[at++] = (o * size + index) * inner + i;
  return gathered(input, dims, offsets);
}

/** Offsets of the elements that an index tensor of the same rank names along one axis. */
function elementOffsets(input: Tensor, indices: Tensor, axis: number): Int32Array {
  const strides = stridesOf(input.dims);
  const counters = new Array<number>(indices.dims.length).fill(0);
  const chosen = integersOf(indices);
  const offsets = new Int32Array(chosen.length);
  for (let i = 0; i < chosen.length; i++) {
    let at = 0;
    for (let k = 0; k < counters.length; k++)
      at += (k === axis ? checkedIndex(chosen[i]!, input.dims[axis]!) : counters[k]!) * strides[k]!;
    offsets[i] = at;
    for (let k = counters.length - 1; k >= 0 && ++counters[k]! === indices.dims[k]; k--) counters[k] = 0;
  }
  return offsets;
}

function gatherElements(inputs: Inputs, node: NodeContext): Tensor {
  const [input, indices] = [tensorAt(inputs, 0), tensorAt(inputs, 1)];
  const axis = axisOf(node.attributes.int('axis', 0), input.dims.length);
  if (indices.dims.length !== input.dims.length)
    throw badInput('the indices have another rank', { got: describe(indices) });
  return gathered(input, indices.dims, elementOffsets(input, indices, axis));
}

/** Start of the slice that each index tuple names, and the size of a slice. */
function tupleOffsets(input: Tensor, indices: Tensor, batch: number): { starts: number[]; slice: number } {
  const length = indices.dims.at(-1) ?? 0;
  if (batch + length > input.dims.length)
    throw badInput('an index has more parts than the input has axes', { got: describe(indices) });
  const strides = stridesOf(input.dims);
  const slice = sizeOf(input.dims.slice(batch + length));
  const tuples = sizeOf(indices.dims.slice(0, -1));
  const batches = sizeOf(input.dims.slice(0, batch));
  const perBatch = tuples / Math.max(1, batches);
  const batchStride = sizeOf(input.dims.slice(batch));
  const chosen = integersOf(indices);
  const starts = Array.from({ length: tuples }, (_, t) => {
    let at = Math.floor(t / perBatch) * batchStride;
    for (let k = 0; k < length; k++)
      at += checkedIndex(chosen[t * length + k]!, input.dims[batch + k]!) * strides[batch + k]!;
    return at;
  });
  return { starts, slice };
}

function gatherNd(inputs: Inputs, node: NodeContext): Tensor {
  const [input, indices] = [tensorAt(inputs, 0), tensorAt(inputs, 1)];
  const batch = node.attributes.int('batch_dims', 0);
  const { starts, slice } = tupleOffsets(input, indices, batch);
  const dims = [...indices.dims.slice(0, -1), ...input.dims.slice(batch + (indices.dims.at(-1) ?? 0))];
  const offsets = new Int32Array(starts.length * slice);
  starts.forEach((start, t) => {
    for (let i = 0; i < slice; i++) offsets[t * slice + i] = start + i;
  });
  return gathered(input, dims, offsets);
}

type Combine = (before: never, update: never) => unknown;

const imul: Combine = (before, update) => Math.imul(before, update);

/** For numbers and bigints alike. */
const chosen = (isFirst: boolean, a: unknown, b: unknown): unknown => (isFirst ? a : b);

const REDUCTIONS: Readonly<Record<string, Combine>> = {
  none: (_, update) => update,
  add: (before, update) => before + update,
  mul: (before, update) => (before as number) * (update as number),
  max: (before, update) => chosen(before > update, before, update),
  min: (before, update) => chosen(before < update, before, update),
};

function reductionOf(node: NodeContext, type: ElementType): Combine {
  const name = node.attributes.string('reduction', 'none');
  const reduction = REDUCTIONS[name];
  if (reduction === undefined) throw badAttribute('reduction', 'there is no such reduction', { got: name });
  return name === 'mul' && (type === 'int32' || type === 'uint32') ? imul : reduction;
}

/** Combines element `from` of the updates into element `to`; complex numbers part by part, or multiplied as such. */
function merge(result: Tensor, to: number, updates: Tensor, from: number, reduction: Combine): void {
  const lanes = lanesOf(result.type);
  const [data, fresh] = [result.data as unknown[], updates.data as unknown[]];
  if (lanes === 2 && reduction === REDUCTIONS['mul']) {
    const [a, b, c, d] = [data[2 * to], data[2 * to + 1], fresh[2 * from], fresh[2 * from + 1]] as number[];
    data[2 * to] = a! * c! - b! * d!;
    data[2 * to + 1] = a! * d! + b! * c!;
    return;
  }
  for (let lane = 0; lane < lanes; lane++)
    data[to * lanes + lane] = reduction(data[to * lanes + lane] as never, fresh[from * lanes + lane] as never);
}

function copyOf(tensor: Tensor): Tensor {
  return new Tensor(tensor.type, tensor.dims, tensor.data.slice() as TensorData);
}

function scatterElements(inputs: Inputs, node: NodeContext): Tensor {
  const [input, indices, updates] = [tensorAt(inputs, 0), tensorAt(inputs, 1), tensorAt(inputs, 2)];
  const axis = axisOf(node.attributes.int('axis', 0), input.dims.length);
  const reduction = reductionOf(node, input.type);
  if (indices.size !== updates.size)
    throw badInput('indices and updates have different shapes', {
      got: `${describe(indices)} and ${describe(updates)}`,
    });
  const result = copyOf(input);
  const offsets = elementOffsets(input, indices, axis);
  for (let i = 0; i < offsets.length; i++) merge(result, offsets[i]!, updates, i, reduction);
  return settle(result);
}

function scatterNd(inputs: Inputs, node: NodeContext): Tensor {
  const [input, indices, updates] = [tensorAt(inputs, 0), tensorAt(inputs, 1), tensorAt(inputs, 2)];
  const reduction = reductionOf(node, input.type);
  const { starts, slice } = tupleOffsets(input, indices, 0);
  if (updates.size !== starts.length * slice)
    throw badInput('the updates do not fit the indices', { got: describe(updates) });
  const result = copyOf(input);
  starts.forEach((start, t) => {
    for (let i = 0; i < slice; i++) merge(result, start + i, updates, t * slice + i, reduction);
  });
  return settle(result);
}

function compress(inputs: Inputs, node: NodeContext): Tensor {
  const input = tensorAt(inputs, 0);
  const keep = Array.from((tensorAt(inputs, 1).data as Uint8Array).keys()).filter(
    (i) => tensorAt(inputs, 1).data[i] !== 0,
  );
  const flat = !node.attributes.has('axis');
  const source = flat ? new Tensor(input.type, [input.size], input.data) : input;
  const axis = flat ? 0 : axisOf(node.attributes.int('axis'), input.dims.length);
  const indices = new Tensor('int64', [keep.length], BigInt64Array.from(keep, BigInt));
  return taken(source, indices, axis);
}

function nonZero(inputs: Inputs): Tensor {
  const input = tensorAt(inputs, 0);
  const found: number[] = [];
  const lanes = lanesOf(input.type);
  for (let i = 0; i < input.size; i++) {
    const isZero = (value: unknown): boolean => (typeof value === 'string' ? value === '' : Number(value) === 0);
    if (!isZero(input.data[i * lanes]) || !isZero(input.data[i * lanes + lanes - 1])) found.push(i);
  }
  const strides = stridesOf(input.dims);
  const result = newTensor('int64', [input.dims.length, found.length]);
  input.dims.forEach((size, axis) => {
    found.forEach((at, i) => {
      (result.data as BigInt64Array)[axis * found.length + i] = BigInt(Math.floor(at / strides[axis]!) % size);
    });
  });
  return result;
}

function oneHot(inputs: Inputs, node: NodeContext): Tensor {
  const [indices, depthTensor, values] = [tensorAt(inputs, 0), tensorAt(inputs, 1), tensorAt(inputs, 2)];
  const depth = scalarOf(depthTensor);
  const axis = axisOf(node.attributes.int('axis', -1), indices.dims.length + 1);
  const dims = [...indices.dims.slice(0, axis), depth, ...indices.dims.slice(axis)];
  const result = newTensor(values.type, dims);
  for (let i = 0; i < result.size; i++) copyElement(result, i, values, 0);
  const inner = sizeOf(indices.dims.slice(axis));
  integersOf(indices).forEach((number, i) => {
    const given = Math.trunc(number);
    const index = given < 0 ? given + depth : given;
    if (index < 0 || index >= depth) return;
    copyElement(result, (Math.floor(i / inner) * depth + index) * inner + (i % inner), values, 1);
  });
  return result;
}

type Sorted = { readonly value: number | bigint; readonly index: number };

/** Places of the k largest (or smallest) of a row, in order; equal values by their place. NaN counts as the largest. */
function topOf(row: Sorted[], k: number, largest: boolean): Sorted[] {
  const rank = (a: number | bigint, b: number | bigint): number => {
    const [left, right] = [Number.isNaN(a as number), Number.isNaN(b as number)];
    if (left || right) return Number(left) - Number(right);
    return a < b ? -1 : a > b ? 1 : 0;
  };
  return row
    .sort((a, b) => (largest ? rank(b.value, a.value) : rank(a.value, b.value)) || a.index - b.index)
    .slice(0, k);
}

function topK(inputs: Inputs, node: NodeContext): Tensor[] {
  const input = tensorAt(inputs, 0);
  const k = node.version < 10 ? node.attributes.int('k') : scalarOf(tensorAt(inputs, 1));
  const axis = axisOf(node.attributes.int('axis', -1), input.dims.length);
  const largest = node.attributes.int('largest', 1) !== 0;
  const size = input.dims[axis]!;
  if (!(k >= 0 && k <= size))
    throw badInput('there are not that many elements', { expected: `0 to ${size}`, got: String(k) });
  const dims = input.dims.map((length, i) => (i === axis ? k : length));
  const values = newTensor(input.type, dims);
  const indices = newTensor('int64', dims);
  const outer = sizeOf(input.dims.slice(0, axis));
  const inner = sizeOf(input.dims.slice(axis + 1));
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const row = Array.from({ length: size }, (_, index) => ({
        value: input.data[(o * size + index) * inner + i] as number,
        index,
      }));
      topOf(row, k, largest).forEach(({ value, index }, place) => {
        (values.data as unknown[])[(o * k + place) * inner + i] = value;
        (indices.data as BigInt64Array)[(o * k + place) * inner + i] = BigInt(index);
      });
    }
  }
  return [values, indices];
}

/** ArgMax and ArgMin: the first of equal values, or the last with `select_last_index`. */
function arg(isBetter: (a: number | bigint, b: number | bigint) => boolean) {
  return (inputs: Inputs, node: NodeContext): Tensor => {
    const input = tensorAt(inputs, 0);
    const axis = axisOf(node.attributes.int('axis', 0), input.dims.length);
    const keep = node.attributes.int('keepdims', 1) !== 0;
    const last = node.attributes.int('select_last_index', 0) !== 0;
    const size = input.dims[axis]!;
    if (size === 0) throw badInput('there is nothing to choose from', { got: describe(input) });
    const dims = keep
      ? input.dims.map((length, i) => (i === axis ? 1 : length))
      : input.dims.filter((_, i) => i !== axis);
    const result = newTensor('int64', dims);
    const inner = sizeOf(input.dims.slice(axis + 1));
    const data = input.data as NumberArray;
    for (let i = 0; i < result.size; i++) {
      const start = Math.floor(i / inner) * size * inner + (i % inner);
      let best = 0;
      for (let k = 1; k < size; k++) {
        const [value, champion] = [data[start + k * inner]!, data[start + best * inner]!];
        if (isBetter(value, champion) || (last && value === champion)) best = k;
      }
      (result.data as BigInt64Array)[i] = BigInt(best);
    }
    return result;
  };
}

/** CumSum and CumProd along an axis. */
function cumulative(
  start: number,
  combine: (a: number, b: number, whole: boolean) => number,
  combineBig: (a: bigint, b: bigint) => bigint,
) {
  return (inputs: Inputs, node: NodeContext): Tensor => {
    const input = tensorAt(inputs, 0);
    const axis = axisOf(scalarOf(tensorAt(inputs, 1)), input.dims.length);
    const exclusive = node.attributes.int('exclusive', 0) !== 0;
    const reverse = node.attributes.int('reverse', 0) !== 0;
    const size = input.dims[axis]!;
    const inner = sizeOf(input.dims.slice(axis + 1));
    const outer = sizeOf(input.dims.slice(0, axis));
    const result = newTensor(input.type, input.dims);
    const [from, to] = [input.data as unknown[], result.data as unknown[]];
    const big = input.type === 'int64' || input.type === 'uint64';
    const whole = !isFloat(input.type);
    // bfloat16 numbers add up in bfloat16, as NumPy adds them; those of float16 in float32, as the engine does.
    const rounded = (value: number): number => (input.type === 'bfloat16' ? roundToType(value, 'bfloat16') : value);
    for (let line = 0; line < outer * inner; line++) {
      const base = Math.floor(line / inner) * size * inner + (line % inner);
      // A cell of the tensor's own type: sums are rounded at each step.
      const total = input.data.slice(0, 1) as unknown[];
      total[0] = big ? BigInt(start) : start;
      for (let step = 0; step < size; step++) {
        const at = base + (reverse ? size - 1 - step : step) * inner;
        const next = big
          ? combineBig(total[0] as bigint, from[at] as bigint)
          : rounded(combine(total[0] as number, from[at] as number, whole));
        if (exclusive) to[at] = total[0];
        total[0] = next;
        if (!exclusive) to[at] = total[0];
      }
    }
    return settle(result);
  };
}

function reverseSequence(inputs: Inputs, node: NodeContext): Tensor {
  const input = tensorAt(inputs, 0);
  const lengths = integersOf(tensorAt(inputs, 1));
  const timeAxis = node.attributes.int('time_axis', 0);
  const batchAxis = node.attributes.int('batch_axis', 1);
  const strides = stridesOf(input.dims);
  const offsets = new Int32Array(input.size);
  for (let i = 0; i < offsets.length; i++) {
    const time = Math.floor(i / strides[timeAxis]!) % input.dims[timeAxis]!;
    const length = lengths[Math.floor(i / strides[batchAxis]!) % input.dims[batchAxis]!]!;
    offsets[i] = time < length ? i + (length - 1 - 2 * time) * strides[timeAxis]! : i;
  }
  return gathered(input, input.dims, offsets);
}

function compareElements(a: unknown, b: unknown): number {
  const [left, right] = [Number.isNaN(a), Number.isNaN(b)];
  if (left || right) return Number(left) - Number(right);
  return (a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0;
}

function unique(inputs: Inputs, node: NodeContext): Tensor[] {
  const input = tensorAt(inputs, 0);
  const flat = !node.attributes.has('axis');
  const dims = flat ? [input.size] : input.dims;
  const axis = flat ? 0 : axisOf(node.attributes.int('axis'), dims.length);
  const size = dims[axis]!;
  const inner = sizeOf(dims.slice(axis + 1));
  const outer = sizeOf(dims.slice(0, axis));
  const offsetsAt = (k: number): number[] =>
    Array.from({ length: outer * inner }, (_, i) => (Math.floor(i / inner) * size + k) * inner + (i % inner));
  const lanes = lanesOf(input.type);
  const slices = Array.from({ length: size }, (_, k) =>
    offsetsAt(k).flatMap((at) => Array.from({ length: lanes }, (_, lane) => input.data[at * lanes + lane])),
  );
  const order = (a: number, b: number): number => {
    for (let i = 0; i < outer * inner * lanes; i++) {
      const rank = compareElements(slices[a]![i], slices[b]![i]);
      if (rank !== 0) return rank;
    }
    return 0;
  };
  const sorted = Array.from(slices.keys()).sort((a, b) => order(a, b) || a - b);
  const groups: number[][] = [];
  for (const k of sorted) {
    const group = groups.at(-1);
    if (group !== undefined && order(group[0]!, k) === 0) group.push(k);
    else groups.push([k]);
  }
  if (node.attributes.int('sorted', 1) === 0) groups.sort((a, b) => a[0]! - b[0]!);
  const first = groups.map((group) => group[0]!);
  const offsets: number[] = [];
  for (let o = 0; o < outer; o++)
    for (const k of first) for (let i = 0; i < inner; i++) offsets.push((o * size + k) * inner + i);
  const inverse = new BigInt64Array(size);
  groups.forEach((group, place) => {
    for (const k of group) inverse[k] = BigInt(place);
  });
  const counted = (values: number[]): Tensor =>
    new Tensor('int64', [values.length], BigInt64Array.from(values, BigInt));
  return [
    gathered(
      input,
      dims.map((length, i) => (i === axis ? first.length : length)),
      offsets,
    ),
    counted(first),
    new Tensor('int64', [size], inverse),
    counted(groups.map((group) => group.length)),
  ];
}

/** Writes an update into a cache, from the index that `write_indices` gives each batch on. */
function tensorScatter(inputs: Inputs, node: NodeContext): Tensor {
  const [cache, update] = [tensorAt(inputs, 0), tensorAt(inputs, 1)];
  const axis = axisOf(node.attributes.int('axis', -2), cache.dims.length);
  const circular = node.attributes.string('mode', 'linear') === 'circular';
  const starts = optionalTensor(inputs, 2);
  const result = copyOf(cache);
  const strides = stridesOf(cache.dims);
  const own = stridesOf(update.dims);
  const size = cache.dims[axis]!;
  for (let i = 0; i < update.size; i++) {
    let at = 0;
    for (let k = 0; k < update.dims.length; k++) {
      let index = Math.floor(i / own[k]!) % update.dims[k]!;
      if (k === axis) {
        const batch = Math.floor(i / own[0]!) % update.dims[0]!;
        index += starts === undefined ? 0 : Number(starts.data[batch]);
        index = circular ? index % size : checkedIndex(index, size);
      }
      at += index * strides[k]!;
    }
    copyElement(result, at, update, i);
  }
  return result;
}

export const indexingKernels = {
  '/ArgMax': arg((a, b) => a > b),
  '/ArgMin': arg((a, b) => a < b),
  '/Compress': compress,
  '/CumProd': cumulative(
    1,
    (a, b, whole) => (whole ? Math.imul(a, b) : a * b),
    (a, b) => a * b,
  ),
  '/CumSum': cumulative(
    0,
    (a, b) => a + b,
    (a, b) => a + b,
  ),
  '/Gather': gather,
  '/GatherElements': gatherElements,
  '/GatherND': gatherNd,
  '/NonZero': nonZero,
  '/OneHot': oneHot,
  '/ReverseSequence': reverseSequence,
  '/Scatter': scatterElements,
  '/ScatterElements': scatterElements,
  '/ScatterND': scatterNd,
  '/TensorScatter': tensorScatter,
  '/TopK': topK,
  '/Unique': unique,
} satisfies Kernels;
