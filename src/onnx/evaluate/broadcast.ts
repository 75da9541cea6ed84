import { badInput } from '../errors.js';
import { checkedSize, sizeOf } from './tensor.js';

/** The shape that shapes broadcast to. Errors: `onnx/bad-input` where two sizes differ and neither is 1. */
export function broadcastDims(...shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(0, ...shapes.map((dims) => dims.length));
  const result = new Array<number>(rank).fill(1);
  for (const dims of shapes) {
    dims.forEach((size, i) => {
      const at = rank - dims.length + i;
      const before = result[at]!;
      if (before === 1) result[at] = size;
      else if (size !== 1 && size !== before) {
        throw badInput('shapes do not broadcast', {
          got: shapes.map((shape) => `[${shape.join(', ')}]`).join(' and '),
        });
      }
    });
  }
  return result;
}

/** Elements between neighbours along each axis. */
export function stridesOf(dims: readonly number[]): number[] {
  const strides = new Array<number>(dims.length);
  let stride = 1;
  for (let i = dims.length - 1; i >= 0; i--) {
    strides[i] = stride;
    stride *= dims[i]!;
  }
  return strides;
}

/** Strides of a tensor that is read as if it had the shape `onto`: 0 along the axes that repeat. */
export function broadcastStrides(dims: readonly number[], onto: readonly number[]): number[] {
  const strides = stridesOf(dims);
  const shift = onto.length - dims.length;
  return onto.map((_, axis) => (axis < shift || dims[axis - shift] === 1 ? 0 : strides[axis - shift]!));
}

/**
 * The offset of each element of a strided view in row-major order: element `i` of the view of shape `dims` is element
 * `offsets[i]` of the data.
 */
export function offsetsOf(dims: readonly number[], strides: readonly number[], start = 0): Int32Array {
  const size = checkedSize(dims);
  const offsets = new Int32Array(size);
  if (size === 0) return offsets;
  offsets[0] = start;
  let filled = 1;
  for (let axis = dims.length - 1; axis >= 0; axis--) {
    const stride = strides[axis]!;
    const block = filled;
    for (let repeat = 1; repeat < dims[axis]!; repeat++) {
      const shift = repeat * stride;
      for (let i = 0; i < block; i++) offsets[filled++] = offsets[i]! + shift;
    }
  }
  return offsets;
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, i) => size === b[i]);
}

/** Calls `visit(out, a, b)` for each element of the broadcast shape with the offsets into both operands. */
export function forEachPair(
  a: readonly number[],
  b: readonly number[],
  onto: readonly number[],
  visit: (out: number, a: number, b: number) => void,
): void {
  const size = sizeOf(onto);
  if (sameShape(a, b)) for (let i = 0; i < size; i++) visit(i, i, i);
  else if (sizeOf(b) === 1) for (let i = 0; i < size; i++) visit(i, i, 0);
  else if (sizeOf(a) === 1) for (let i = 0; i < size; i++) visit(i, 0, i);
  else {
    const left = offsetsOf(onto, broadcastStrides(a, onto));
    const right = offsetsOf(onto, broadcastStrides(b, onto));
    for (let i = 0; i < size; i++) visit(i, left[i]!, right[i]!);
  }
}
