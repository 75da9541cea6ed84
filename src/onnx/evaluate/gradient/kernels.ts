import { badInput } from '../../errors.js';
import { broadcastDims, broadcastStrides, offsetsOf } from '../broadcast.js';
import { type Inputs, type Kernel, type Kernels, type NodeContext, tensorAt } from '../kernel.js';
import { tapOffsets } from '../ops/conv.js';
import { gathered, reshaped, transposed } from '../ops/layout.js';
import { type NumberArray, newTensor, settle, sizeOf, Tensor } from '../tensor.js';
import { describe, tensorOf } from '../values.js';
import { type Windows, windowsOf } from '../windows.js';

/** Adds what `x` has along the axes that `dims` lacks. Sums run in double precision. */
function summedTo(x: Tensor, dims: readonly number[]): Tensor {
  const sums = new Float64Array(sizeOf(dims));
  const offsets = offsetsOf(x.dims, broadcastStrides(dims, x.dims));
  for (let i = 0; i < offsets.length; i++) sums[offsets[i]!] = sums[offsets[i]!]! + (x.data[i] as number);
  const result = newTensor(x.type, dims);
  (result.data as NumberArray).set(sums);
  return settle(result);
}

function expandedTo(x: Tensor, dims: readonly number[]): Tensor {
  const onto = broadcastDims(x.dims, dims);
  return gathered(x, onto, offsetsOf(onto, broadcastStrides(x.dims, onto)));
}

/** Vectors as the matrices that they are in a product. */
function matrix(inputs: Inputs, node: NodeContext): Tensor {
  const x = tensorAt(inputs, 0);
  if (x.dims.length !== 1) return x;
  return reshaped(x, node.attributes.int('side') === 0 ? [1, x.dims[0]!] : [x.dims[0]!, 1]);
}

/** The gradient of a product, with the axes that vectors leave out. */
function productShape(inputs: Inputs): Tensor {
  const [g, a, b] = [tensorAt(inputs, 0), tensorAt(inputs, 1), tensorAt(inputs, 2)];
  const dims = [...g.dims];
  if (b.dims.length === 1) dims.push(1);
  if (a.dims.length === 1) dims.splice(dims.length - 1, 0, 1);
  return reshaped(g, dims);
}

function swapLast(inputs: Inputs): Tensor {
  const x = tensorAt(inputs, 0);
  const axes = x.dims.map((_, axis) => axis);
  return transposed(x, [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!]);
}

function tailDims(dims: readonly number[], axis: number): number[] {
  const from = axis < 0 ? axis + dims.length : axis;
  return dims.map((size, i) => (i >= from ? 1 : size));
}

/** Which element of input `input` each element of output `output` is, counted from 1; 0 where it is none. */
function placesOf(inputs: Inputs, node: NodeContext): Tensor {
  const data = node.attributes.ints('data') ?? [];
  const own = node.attributes.int('input');
  const given = inputs.slice(1).map((value, i) => {
    if (value === undefined || (i !== own && !data.includes(i))) return value;
    const { dims, size } = tensorAt(inputs, i + 1);
    return i === own
      ? tensorOf(
          'int64',
          Array.from({ length: size }, (_, at) => BigInt(at + 1)),
          dims,
        )
      : newTensor('int64', dims);
  });
  const result = node.run(node.attributes.graph('body'), given)[node.attributes.int('output')];
  if (!(result instanceof Tensor)) throw badInput('the operator does not move elements', { got: describe(result) });
  return result;
}

function moved(inputs: Inputs, node: NodeContext): Tensor {
  const values = tensorAt(inputs, 0);
  const places = placesOf(inputs, node);
  const result = newTensor(values.type, places.dims);
  for (let i = 0; i < places.size; i++) {
    const place = Number(places.data[i]);
    if (place > 0) result.data[i] = values.data[place - 1]!;
  }
  return result;
}

function movedBack(inputs: Inputs, node: NodeContext): Tensor {
  const gradient = tensorAt(inputs, 0);
  const places = placesOf(inputs, node);
  const like = tensorAt(inputs, 1 + node.attributes.int('input'));
  const sums = new Float64Array(like.size);
  for (let i = 0; i < places.size; i++) {
    const place = Number(places.data[i]);
    if (place > 0) sums[place - 1] = sums[place - 1]! + (gradient.data[i] as number);
  }
  const result = newTensor(gradient.type, like.dims);
  (result.data as NumberArray).set(sums);
  return settle(result);
}

/** The windows of a pool (attribute `pool`: 1), of one over the whole plane (2), or of a convolution. */
function windowsFor(inputs: Inputs, node: NodeContext): Windows {
  const { attributes } = node;
  const spatial = tensorAt(inputs, 0).dims.slice(2);
  const pool = attributes.int('pool', 0);
  if (pool === 2) return windowsOf(attributes, spatial, spatial);
  if (pool === 1) return windowsOf(attributes, spatial, attributes.ints('kernel_shape') ?? [], true);
  return windowsOf(attributes, spatial, attributes.ints('kernel_shape') ?? tensorAt(inputs, 1).dims.slice(2));
}

/** [N, groups, channels of a group · places of the kernel, places of the result]; for pools a group is a channel. */
function unfold(inputs: Inputs, node: NodeContext): Tensor {
  const x = tensorAt(inputs, 0);
  const w = windowsFor(inputs, node);
  const [n = 0, c = 0] = x.dims;
  const groups = node.attributes.int('pool', 0) === 0 ? node.attributes.int('group', 1) : c;
  const taps = tapOffsets(w);
  const [inPlane, outPlane] = [sizeOf(w.input), sizeOf(w.output)];
  const result = newTensor(x.type, [n, groups, (c / groups) * taps.length, outPlane]);
  const fill = node.attributes.float('fill', 0);
  if (fill !== 0 && x.type !== 'int64') (result.data as NumberArray).fill(fill);
  let at = 0;
  for (let channel = 0; channel < n * c; channel++)
    for (const offsets of taps)
      for (let i = 0; i < outPlane; i++, at++)
        if (offsets[i]! >= 0) result.data[at] = x.data[channel * inPlane + offsets[i]!]!;
  return result;
}

function filters(inputs: Inputs, node: NodeContext): Tensor {
  const weights = tensorAt(inputs, 0);
  const groups = node.attributes.int('group', 1);
  const m = weights.dims[0]! / groups;
  return reshaped(weights, [groups, m, sizeOf(weights.dims.slice(1))]);
}

/** What products over unfolded windows give, in the shape of the operator's result. */
function windowShape(inputs: Inputs, node: NodeContext): Tensor {
  const x = tensorAt(inputs, 1);
  const channels = node.attributes.int('pool', 0) === 0 ? tensorAt(inputs, 2).dims[0]! : x.dims[1]!;
  return reshaped(tensorAt(inputs, 0), [x.dims[0]!, channels, ...windowsFor(inputs.slice(1), node).output]);
}

const like =
  (make: (x: Tensor, dims: readonly number[]) => Tensor): Kernel =>
  (inputs) =>
    make(tensorAt(inputs, 0), tensorAt(inputs, 1).dims);

/** Operators that only gradients are made of. */
export const GRADIENT_KERNELS: Kernels = {
  /** [C] as [C, 1, …]: so that it broadcasts along the second axis of another value. */
  Channels: (inputs) => {
    const [x, other] = [tensorAt(inputs, 0), tensorAt(inputs, 1)];
    return reshaped(x, [x.size, ...other.dims.slice(2).map(() => 1)]);
  },
  ExpandLike: like(expandedTo),
  Filters: filters,
  Matrix: matrix,
  Moved: moved,
  MovedBack: movedBack,
  ProductShape: productShape,
  /** How many elements of the first come to one of the second. */
  Ratio: (inputs) => {
    const [x, y] = [tensorAt(inputs, 0), tensorAt(inputs, 1)];
    return tensorOf(x.type, [x.size / y.size], []);
  },
  ReshapeLike: like((x, dims) => reshaped(x, dims)),
  Scalar: (inputs, node) => tensorOf(tensorAt(inputs, 0).type, [node.attributes.float('value')], []),
  SumLike: like(summedTo),
  SumTail: (inputs, node) => {
    const x = tensorAt(inputs, 0);
    return summedTo(x, tailDims(x.dims, node.attributes.int('axis')));
  },
  SwapLast: swapLast,
  Unfold: unfold,
  WindowShape: windowShape,
};

/** Runs the graph that the plan made of the node: see gradient/rewrite.ts. */
export const gradientKernels = {
  'ai.onnx.preview.training/Gradient': (inputs, node) => node.run(node.attributes.graph('body'), inputs),
} satisfies Kernels;
