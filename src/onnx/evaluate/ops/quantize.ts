import { type ElementType, elementRow, elementTypeOf } from '../../element-types.js';
import { badInput } from '../../errors.js';
import { roundHalfToEven, roundToMinifloat, roundToPowerOfTwo, roundToType } from '../../minifloat.js';
import { axisOf, type Inputs, type Kernels, type NodeContext, optionalTensor, tensorAt } from '../kernel.js';
import { type NumberArray, newTensor, settle, sizeOf, Tensor } from '../tensor.js';
import { describe, tensorOf } from '../values.js';
import { integerConvolution, withoutZero } from './conv.js';
import { combine } from './elementwise.js';
import { matmul } from './matmul.js';

/** Which scale (or zero point) holds for each element: one for all, one along an axis, or one a block. */
function scaleIndex(x: Tensor, scale: Tensor, axis: number, block: number): (i: number) => number {
  if (scale.size === 1) return () => 0;
  const inner = sizeOf(x.dims.slice(axis + 1));
  const size = x.dims[axis]!;
  if (block === 0) {
    if (scale.size !== size)
      throw badInput('there is not one scale a slice', { expected: String(size), got: describe(scale) });
    return (i) => Math.floor(i / inner) % size;
  }
  const blocks = scale.dims[axis]!;
  return (i) => {
    const along = Math.floor(i / inner) % size;
    return (Math.floor(i / (inner * size)) * blocks + Math.floor(along / block)) * inner + (i % inner);
  };
}

/** The least and the greatest integer of a type. */
export function bounds(type: ElementType): [number, number] {
  const { bits, class: kind } = elementRow(type);
  return kind === 'unsigned' ? [0, 2 ** bits - 1] : [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];
}

/** round(x / scale) + zero point, kept within the type; narrow floats saturate. */
function quantized(x: Tensor, scale: Tensor, zero: Tensor | undefined, type: ElementType, node: NodeContext): Tensor {
  const axis = scale.size === 1 ? 0 : axisOf(node.attributes.int('axis', 1), x.dims.length);
  const index = scaleIndex(x, scale, axis, node.attributes.int('block_size', 0));
  const result = newTensor(type, x.dims);
  const row = elementRow(type);
  const saturate = node.attributes.int('saturate', 1) !== 0;
  const [low, high] = row.class === 'float' ? [0, 0] : bounds(type);
  const precision = elementTypeOf(node.attributes.int('precision', 0)) ?? (x.type === 'int32' ? scale.type : x.type);
  for (let i = 0; i < x.size; i++) {
    const at = index(i);
    const quotient = roundToType((x.data[i] as number) / (scale.data[at] as number), precision);
    const offset = zero === undefined ? 0 : Number(zero.data[at]);
    if (type === 'float8e8m0') result.data[i] = roundToPowerOfTwo(quotient, 'nearest', saturate);
    else if (row.minifloat !== undefined) result.data[i] = roundToMinifloat(quotient + offset, row.minifloat, saturate);
    else result.data[i] = Math.min(high, Math.max(low, roundHalfToEven(quotient) + offset));
  }
  return result;
}

function quantizeLinear(inputs: Inputs, node: NodeContext): Tensor {
  const zero = optionalTensor(inputs, 2);
  const type = zero?.type ?? elementTypeOf(node.attributes.int('output_dtype', 0)) ?? 'uint8';
  return quantized(tensorAt(inputs, 0), tensorAt(inputs, 1), zero, type, node);
}

function dequantizeLinear(inputs: Inputs, node: NodeContext): Tensor {
  const [x, scale] = [tensorAt(inputs, 0), tensorAt(inputs, 1)];
  const zero = optionalTensor(inputs, 2);
  const axis = scale.size === 1 ? 0 : axisOf(node.attributes.int('axis', 1), x.dims.length);
  const index = scaleIndex(x, scale, axis, node.attributes.int('block_size', 0));
  const type =
    elementTypeOf(node.attributes.int('output_dtype', 0)) ?? (scale.type === 'float8e8m0' ? 'float' : scale.type);
  const result = newTensor(type, x.dims);
  for (let i = 0; i < x.size; i++) {
    const at = index(i);
    const offset = zero === undefined ? 0 : (zero.data[at] as number);
    result.data[i] = ((x.data[i] as number) - offset) * (scale.data[at] as number);
  }
  return settle(result);
}

/** Scale and zero point from the range of the values, which always holds 0. */
function dynamicQuantizeLinear(inputs: Inputs, node: NodeContext): Tensor[] {
  const x = tensorAt(inputs, 0);
  let [low, high] = [0, 0];
  for (const value of x.data as NumberArray) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const scale = Math.fround(Math.fround(high - low) / 255);
  const point = scale === 0 ? 0 : Math.min(255, Math.max(0, roundHalfToEven(Math.fround(-low / scale))));
  const scales = tensorOf('float', [scale], []);
  const zeros = tensorOf('uint8', [point], []);
  return [scale === 0 ? newTensor('uint8', x.dims) : quantized(x, scales, zeros, 'uint8', node), scales, zeros];
}

/** Sums in int32 times one float32 factor: the scales of both operands over the scale of the result, in this order. */
function requantized(sums: Tensor, factor: (i: number) => number, scale: Tensor, zero: Tensor): Tensor {
  const result = newTensor(zero.type, sums.dims);
  const row = elementRow(zero.type);
  const [low, high] = row.class === 'float' ? [0, 0] : bounds(zero.type);
  for (let i = 0; i < sums.size; i++) {
    const ratio = Math.fround(Math.fround(factor(i)) / (scale.data[0] as number));
    const value = Math.fround(Math.fround(sums.data[i] as number) * ratio);
    if (row.minifloat !== undefined)
      result.data[i] = roundToMinifloat(value + (zero.data[0] as number), row.minifloat, true);
    else result.data[i] = Math.min(high, Math.max(low, roundHalfToEven(value) + (zero.data[0] as number)));
  }
  return result;
}

function qLinearConv(inputs: Inputs, node: NodeContext): Tensor {
  const [x, xScale, xZero, w, wScale, wZero, yScale, yZero] = [0, 1, 2, 3, 4, 5, 6, 7].map((i) =>
    tensorAt(inputs, i),
  ) as [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];
  const bias = optionalTensor(inputs, 8);
  const sums = integerConvolution(withoutZero(x, xZero), withoutZero(w, wZero), node);
  const plane = sizeOf(sums.dims.slice(2));
  const channels = sums.dims[1]!;
  const data = sums.data as Int32Array;
  if (bias !== undefined)
    for (let i = 0; i < data.length; i++) data[i] = data[i]! + (bias.data[Math.floor(i / plane) % channels] as number);
  const scaleOf = (i: number): number =>
    wScale.data[wScale.size === 1 ? 0 : Math.floor(i / plane) % channels] as number;
  return requantized(sums, (i) => (xScale.data[0] as number) * scaleOf(i), yScale, yZero);
}

/** Zero points and scales are single, one a row of A, or one a column of B. */
function qLinearMatMul(inputs: Inputs): Tensor {
  const [a, aScale, aZero, b, bScale, bZero, yScale, yZero] = [0, 1, 2, 3, 4, 5, 6, 7].map((i) =>
    tensorAt(inputs, i),
  ) as [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];
  const wide = (tensor: Tensor): Tensor =>
    new Tensor('int32', tensor.dims, Int32Array.from(tensor.data as NumberArray));
  const asRow = (tensor: Tensor): Tensor =>
    tensor.size > 1 && tensor.dims.length === 1 ? new Tensor(tensor.type, [tensor.size, 1], tensor.data) : tensor;
  const flat = (tensor: Tensor): Tensor => (tensor.size === 1 ? new Tensor(tensor.type, [], tensor.data) : tensor);
  const left = combine(wide(a), wide(flat(asRow(aZero))), (x, y) => x - y);
  const right = combine(wide(b), wide(flat(bZero)), (x, y) => x - y);
  const sums = matmul(left, right);
  const columns = sums.dims.at(-1) ?? 1;
  const rows = sums.dims.at(-2) ?? 1;
  const pick = (tensor: Tensor, place: number): number => tensor.data[tensor.size === 1 ? 0 : place] as number;
  return requantized(
    sums,
    (i) => pick(aScale, Math.floor(i / columns) % rows) * pick(bScale, i % columns),
    yScale,
    yZero,
  );
}

export const quantizeKernels = {
  '/DequantizeLinear': dequantizeLinear,
  '/DynamicQuantizeLinear': dynamicQuantizeLinear,
  '/QLinearConv': qLinearConv,
  '/QLinearMatMul': qLinearMatMul,
  '/QuantizeLinear': quantizeLinear,
} satisfies Kernels;
