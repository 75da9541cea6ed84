import type { Attributes } from '../attributes.js';
import { badAttribute, limitExceeded } from '../errors.js';
import { stridesOf } from './broadcast.js';
import { checkedSize } from './tensor.js';

/** How a window slides over the spatial axes of a tensor of shape [N, C, …]. */
export interface Windows {
  readonly input: readonly number[];
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly output: readonly number[];
}

function outputSize(
  size: number,
  reach: number,
  stride: number,
  pads: readonly [number, number],
  ceil: boolean,
): number {
  const steps = (size + pads[0] + pads[1] - reach) / stride;
  if (!ceil) return Math.floor(steps) + 1;
  const count = Math.ceil(steps) + 1;
  // A last window that would begin behind the input and its leading padding is dropped.
  return (count - 1) * stride >= size + pads[0] ? count - 1 : count;
}

/**
 * From the attributes auto_pad, dilations, pads, strides and ceil_mode. With `mayCrop`, auto_pad gives negative pads
 * where a stride leaves elements over: so the pooling operators' formula. Errors: `onnx/bad-attribute`.
 */
export function windowsOf(
  attributes: Attributes,
  input: readonly number[],
  kernel: readonly number[],
  mayCrop = false,
): Windows {
  const rank = input.length;
  const list = (name: string, fallback: number, length: number): number[] => {
    const values = attributes.ints(name) ?? new Array<number>(length).fill(fallback);
    if (values.length !== length)
      throw badAttribute(name, 'the list does not fit the input', {
        expected: `${length} entries`,
        got: String(values.length),
      });
    return values;
  };
  const strides = list('strides', 1, rank);
  const dilations = list('dilations', 1, rank);
  if (kernel.length !== rank)
    throw badAttribute('kernel_shape', 'the kernel does not fit the input', {
      expected: `${rank} axes`,
      got: String(kernel.length),
    });
  if (strides.some((stride) => stride < 1)) throw badAttribute('strides', 'a stride is less than 1');
  const auto = attributes.string('auto_pad', 'NOTSET');
  const ceil = attributes.int('ceil_mode', 0) !== 0;
  const reach = kernel.map((size, i) => (size - 1) * dilations[i]! + 1);
  if (auto === 'SAME_UPPER' || auto === 'SAME_LOWER') {
    const output = input.map((size, i) => Math.ceil(size / strides[i]!));
    const least = mayCrop ? Number.NEGATIVE_INFINITY : 0;
    const total = output.map((count, i) => Math.max(least, (count - 1) * strides[i]! + reach[i]! - input[i]!));
    const before = total.map((pad) => Math.trunc((auto === 'SAME_UPPER' ? pad : pad + 1) / 2));
    const after = total.map((pad, i) => pad - before[i]!);
    return { input, kernel, strides, dilations, before, after, output };
  }
  const pads = auto === 'VALID' ? new Array<number>(2 * rank).fill(0) : list('pads', 0, 2 * rank);
  const before = pads.slice(0, rank);
  const after = pads.slice(rank);
  const output = input.map((size, i) => outputSize(size, reach[i]!, strides[i]!, [before[i]!, after[i]!], ceil));
  if (output.some((size) => size < 0)) throw badAttribute('kernel_shape', 'the kernel is larger than the input');
  return { input, kernel, strides, dilations, before, after, output };
}

const MOST_POSITIONS = 2 ** 22;

/** Every position of a shape, as coordinates. Errors: `onnx/limit`. */
export function positionsOf(dims: readonly number[]): number[][] {
  const count = checkedSize(dims);
  if (count > MOST_POSITIONS) throw limitExceeded('the number of places of a window', MOST_POSITIONS);
  const strides = stridesOf(dims);
  return Array.from({ length: count }, (_, i) => dims.map((size, axis) => Math.floor(i / strides[axis]!) % size));
}
