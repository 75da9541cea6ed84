import { elementRow } from '../../element-types.js';
import { badAttribute, badInput } from '../../errors.js';
import { broadcastDims, broadcastStrides, offsetsOf, stridesOf } from '../broadcast.js';
import {
  axisOf,
  type Inputs,
  integersOf,
  type Kernels,
  type NodeContext,
  optionalIntegers,
  optionalTensor,
  tensorAt,
} from '../kernel.js';
import { newTensor, sizeOf, Tensor } from '../tensor.js';
import { describe, type Value } from '../values.js';
import { copyElement } from './lanes.js';

/** The same elements under another shape; nothing is copied. */
export function reshaped(tensor: Tensor, dims: readonly number[]): Tensor {
  if (sizeOf(dims) !== tensor.size)
    throw badInput('the elements do not fit the new shape', {
      expected: `[${dims.join(', ')}]`,
      got: describe(tensor),
    });
  return new Tensor(tensor.type, dims, tensor.data);
}

/** A new tensor of shape `dims` whose element `i` is element `offsets[i]` of `tensor`. */
export function gathered(tensor: Tensor, dims: readonly number[], offsets: ArrayLike<number>): Tensor {
  const result = newTensor(tensor.type, dims);
  const [from, to] = [tensor.data as unknown[], result.data as unknown[]];
  if (elementRow(tensor.type).class === 'complex') {
    for (let i = 0; i < offsets.length; i++) {
      to[2 * i] = from[2 * offsets[i]!];
      to[2 * i + 1] = from[2 * offsets[i]! + 1];
    }
  } else for (let i = 0; i < offsets.length; i++) to[i] = from[offsets[i]!];
  return result;
}

function reshape(inputs: Inputs, node: NodeContext): Tensor {
  const input = tensorAt(inputs, 0);
  const wanted = node.version < 5 ? (node.attributes.ints('shape') ?? []) : integersOf(tensorAt(inputs, 1));
  const allowZero = node.attributes.int('allowzero', 0) === 1;
  const dims = wanted.map((size, i) => (size === 0 && !allowZero ? (input.dims[i] ?? 0) : size));
  const open = dims.indexOf(-1);
  if (open >= 0) {
    const rest = dims.reduce((product, size, i) => (i === open ? product : product * size), 1);
    dims[open] = rest === 0 ? 0 : input.size / rest;
  }
  return reshaped(input, dims);
}

function flatten(inputs: Inputs, node: NodeContext): Tensor {
  const input = tensorAt(inputs, 0);
  const axis = node.attributes.int('axis', 1);
  const at = axis < 0 ? axis + input.dims.length : axis;
  if (at < 0 || at > input.dims.length) throw badAttribute('axis', 'the axis is out of range', { got: String(axis) });
  return reshaped(input, [sizeOf(input.dims.slice(0, at)), sizeOf(input.dims.slice(at))]);
}

/** Axes come as an attribute before version 13 and as an input from then on. */
function axesOf(inputs: Inputs, node: NodeContext): number[] | undefined {
  return node.version < 13 ? node.attributes.ints('axes') : optionalIntegers(inputs, 1);
}

function squeeze(inputs: Inputs, node: NodeContext): Tensor {
  const input = tensorAt(inputs, 0);
  const axes = axesOf(inputs, node)?.map((axis) => axisOf(axis, input.dims.length));
  for (const axis of axes ?? [])
    if (input.dims[axis] !== 1) throw badInput('an axis that is squeezed has not the size 1', { got: describe(input) });
  return reshaped(
    input,
    input.dims.filter((size, axis) => (axes === undefined ? size !== 1 : !axes.includes(axis))),
  );
}

function unsqueeze(inputs: Inputs, node: NodeContext): Tensor {
  const input = tensorAt(inputs, 0);
  const given = axesOf(inputs, node) ?? [];
  const rank = input.dims.length + given.length;
  const axes = new Set(given.map((axis) => axisOf(axis, rank)));
  if (axes.size !== given.length) throw badInput('an axis is named twice');
  const rest = [...input.dims];
  return reshaped(
    input,
    Array.from({ length: rank }, (_, axis) => (axes.has(axis) ? 1 : rest.shift()!)),
  );
}

export function transposed(input: Tensor, perm: readonly number[]): Tensor {
  const strides = stridesOf(input.dims);
  const dims = perm.map((axis) => input.dims[axis]!);
  return gathered(
    input,
    dims,
    offsetsOf(
      dims,
      perm.map((axis) => strides[axis]!),
    ),
  );
}

function transpose(inputs: Inputs, node: NodeContext): Tensor {
  const input = tensorAt(inputs, 0);
  const perm = node.attributes.ints('perm') ?? input.dims.map((_, axis) => axis).reverse();
  const axes = perm.map((axis) => axisOf(axis, input.dims.length));
  if (new Set(axes).size !== input.dims.length)
    throw badAttribute('perm', 'the list is no permutation of the axes', { got: perm.join(', ') });
  return transposed(input, axes);
}

/** Copies `source` into `target` with one axis offset; both are contiguous. */
function copyInto(target: Tensor, source: Tensor, axis: number, at: number): void {
  const outer = sizeOf(source.dims.slice(0, axis));
  const wide = elementRow(target.type).class === 'complex' ? 2 : 1;
  const inner = sizeOf(source.dims.slice(axis + 1)) * wide;
  const block = source.dims[axis]! * inner;
  const stride = target.dims[axis]! * inner;
  for (let o = 0; o < outer; o++) {
    const to = o * stride + at * inner;
    if (Array.isArray(source.data))
      for (let i = 0; i < block; i++) (target.data as string[])[to + i] = source.data[o * block + i]!;
    else (target.data as Float32Array).set((source.data as Float32Array).subarray(o * block, (o + 1) * block), to);
  }
}

export function concatenated(tensors: readonly Tensor[], axisGiven: number): Tensor {
  const first = tensors[0];
  if (first === undefined) throw badInput('there is nothing to concatenate');
  const axis = axisOf(axisGiven, first.dims.length);
  let total = 0;
  for (const tensor of tensors) {
    const fits = tensor.type === first.type && tensor.dims.length === first.dims.length;
    if (!fits || tensor.dims.some((size, i) => i !== axis && size !== first.dims[i]))
      throw badInput('the inputs do not fit together', { got: `${describe(first)} and ${describe(tensor)}` });
    total += tensor.dims[axis]!;
  }
  const result = newTensor(
    first.type,
    first.dims.map((size, i) => (i === axis ? total : size)),
  );
  let at = 0;
  for (const tensor of tensors) {
    copyInto(result, tensor, axis, at);
    at += tensor.dims[axis]!;
  }
  return result;
}

function concat(inputs: Inputs, node: NodeContext): Tensor {
  const axis = node.attributes.int('axis', node.version < 4 ? 1 : undefined);
  return concatenated(
    inputs.map((_, i) => tensorAt(inputs, i)),
    axis,
  );
}

/** Elements `from` to `to` (not included) along an axis. */
export function sliceAxis(input: Tensor, axis: number, from: number, to: number): Tensor {
  const strides = stridesOf(input.dims);
  const dims = input.dims.map((size, i) => (i === axis ? to - from : size));
  return gathered(input, dims, offsetsOf(dims, strides, from * strides[axis]!));
}

function partsOf(size: number, count: number): number[] {
  const part = Math.ceil(size / count);
  return Array.from({ length: count }, (_, i) => Math.max(0, Math.min(part, size - i * part)));
}

function split(inputs: Inputs, node: NodeContext): Tensor[] {
  const input = tensorAt(inputs, 0);
  const axis = axisOf(node.attributes.int('axis', 0), input.dims.length);
  const given = node.version < 13 ? node.attributes.ints('split') : optionalIntegers(inputs, 1);
  const size = input.dims[axis]!;
  const count = node.attributes.has('num_outputs') ? node.attributes.int('num_outputs') : node.outputs.length;
  if (given === undefined && !(count >= 1 && count <= Math.max(node.outputs.length, 1)))
    throw badAttribute('num_outputs', 'the node has another number of outputs', {
      expected: String(node.outputs.length),
      got: String(count),
    });
  const parts = given ?? partsOf(size, count);
  if (parts.reduce((a, b) => a + b, 0) !== size || parts.some((part) => part < 0))
    throw badInput('the parts do not add up to the size of the axis', {
      expected: String(size),
      got: parts.join(' + '),
    });
  let at = 0;
  return parts.map((part) => sliceAxis(input, axis, at, (at += part)));
}

/** Clamps a start or an end as Python's slices do, for steps in either direction. */
function clampIndex(index: number, size: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, index < 0 ? index + size : index));
}

function slice(inputs: Inputs, node: NodeContext): Tensor {
  const input = tensorAt(inputs, 0);
  const old = node.version < 10;
  const starts = old ? (node.attributes.ints('starts') ?? []) : integersOf(tensorAt(inputs, 1));
  const ends = old ? (node.attributes.ints('ends') ?? []) : integersOf(tensorAt(inputs, 2));
  const axes = (old ? node.attributes.ints('axes') : optionalIntegers(inputs, 3)) ?? starts.map((_, i) => i);
  const steps = (old ? undefined : optionalIntegers(inputs, 4)) ?? starts.map(() => 1);
  const dims = [...input.dims];
  const strides = stridesOf(input.dims);
  let start = 0;
  axes.forEach((given, i) => {
    const axis = axisOf(given, dims.length);
    const size = input.dims[axis]!;
    const step = steps[i]!;
    if (step === 0) throw badInput('a step of a slice is 0');
    const from = step > 0 ? clampIndex(starts[i]!, size, 0, size) : clampIndex(starts[i]!, size, 0, size - 1);
    const to = step > 0 ? clampIndex(ends[i]!, size, 0, size) : clampIndex(ends[i]!, size, -1, size - 1);
    dims[axis] = Math.max(0, Math.ceil((to - from) / step));
    start += from * strides[axis]!;
    strides[axis] = strides[axis]! * step;
  });
  return gathered(input, dims, offsetsOf(dims, strides, start));
}

function expand(inputs: Inputs): Tensor {
  const input = tensorAt(inputs, 0);
  const dims = broadcastDims(input.dims, integersOf(tensorAt(inputs, 1)));
  return gathered(input, dims, offsetsOf(dims, broadcastStrides(input.dims, dims)));
}

function tile(inputs: Inputs, node: NodeContext): Tensor {
  const input = tensorAt(inputs, 0);
  const repeats = integersOf(tensorAt(inputs, 1));
  if (node.version < 6) {
    const axis = Number(tensorAt(inputs, 2).data[0]);
    return concatenated(
      Array.from({ length: repeats[0]! }, () => input),
      axis,
    );
  }
  if (repeats.length !== input.dims.length || repeats.some((repeat) => repeat < 0))
    throw badInput('there is not one repeat an axis', {
      expected: String(input.dims.length),
      got: String(repeats.length),
    });
  const nested = input.dims.flatMap((size, i) => [repeats[i]!, size]);
  const strides = stridesOf(input.dims).flatMap((stride) => [0, stride]);
  const dims = input.dims.map((size, i) => size * repeats[i]!);
  newTensor('bool', dims);
  return gathered(input, dims, offsetsOf(nested, strides));
}

function shape(inputs: Inputs, node: NodeContext): Tensor {
  const { dims } = tensorAt(inputs, 0);
  const start = clampIndex(node.attributes.int('start', 0), dims.length, 0, dims.length);
  const end = clampIndex(node.attributes.int('end', dims.length), dims.length, 0, dims.length);
  const part = dims.slice(start, Math.max(start, end));
  return new Tensor('int64', [part.length], BigInt64Array.from(part, BigInt));
}

function size(inputs: Inputs): Tensor {
  return new Tensor('int64', [], BigInt64Array.of(BigInt(tensorAt(inputs, 0).size)));
}

function identity(inputs: Inputs): Value {
  return inputs[0] as Value;
}

function depthToSpace(inputs: Inputs, node: NodeContext): Tensor {
  const input = tensorAt(inputs, 0);
  const [n = 0, c = 0, h = 0, w = 0] = input.dims;
  const block = node.attributes.int('blocksize');
  const isDcr = node.attributes.string('mode', 'DCR') === 'DCR';
  const depth = c / block ** 2;
  const split = reshaped(input, isDcr ? [n, block, block, depth, h, w] : [n, depth, block, block, h, w]);
  return reshaped(transposed(split, isDcr ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3]), [n, depth, h * block, w * block]);
}

function spaceToDepth(inputs: Inputs, node: NodeContext): Tensor {
  const input = tensorAt(inputs, 0);
  const [n = 0, c = 0, h = 0, w = 0] = input.dims;
  const block = node.attributes.int('blocksize');
  const isDcr = node.attributes.string('mode', 'DCR') === 'DCR';
  const split = reshaped(input, [n, c, h / block, block, w / block, block]);
  return reshaped(transposed(split, isDcr ? [0, 3, 5, 1, 2, 4] : [0, 1, 3, 5, 2, 4]), [
    n,
    c * block ** 2,
    h / block,
    w / block,
  ]);
}

function trilu(inputs: Inputs, node: NodeContext): Tensor {
  const input = tensorAt(inputs, 0);
  const k = optionalTensor(inputs, 1);
  const diagonal = k === undefined ? 0 : Number(k.data[0]);
  const upper = node.attributes.int('upper', 1) !== 0;
  const columns = input.dims.at(-1) ?? 1;
  const rows = input.dims.at(-2) ?? 1;
  const result = newTensor(input.type, input.dims);
  for (let i = 0; i < input.size; i++) {
    const distance = (i % columns) - (Math.floor(i / columns) % rows);
    if (upper ? distance >= diagonal : distance <= diagonal) copyElement(result, i, input, i);
  }
  return result;
}

export const layoutKernels = {
  '/Concat': concat,
  '/DepthToSpace': depthToSpace,
  '/Expand': expand,
  '/Flatten': flatten,
  '/Identity': identity,
  '/Reshape': reshape,
  '/Shape': shape,
  '/Size': size,
  '/Slice': slice,
  '/SpaceToDepth': spaceToDepth,
  '/Split': split,
  '/Squeeze': squeeze,
  '/Tile': tile,
  '/Transpose': transpose,
  '/Trilu': trilu,
  '/Unsqueeze': unsqueeze,
} satisfies Kernels;
