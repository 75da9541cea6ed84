import { badAttribute, badInput } from '../../errors.js';
import { stridesOf } from '../broadcast.js';
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
import { checkedSize, newTensor, type Tensor } from '../tensor.js';
import { describe, tensorOf } from '../values.js';
import { copyElement } from './lanes.js';
import { sliceAxis } from './layout.js';

/** The source of each place along a padded axis; -1 is the constant. Negative pads crop. */
function sources(size: number, before: number, after: number, mode: string): Int32Array {
  const total = size + before + after;
  if (total < 0) throw badInput('more is cropped than there is');
  return Int32Array.from({ length: total }, (_, i) => {
    const at = i - before;
    if (at >= 0 && at < size) return at;
    if (mode === 'constant') return -1;
    if (size === 0) throw badInput('an empty axis has nothing to pad with');
    if (mode === 'edge') return at < 0 ? 0 : size - 1;
    if (mode === 'wrap') return ((at % size) + size) % size;
    if (size === 1) return 0;
    const period = 2 * (size - 1);
    const phase = ((at % period) + period) % period;
    return phase < size ? phase : period - phase;
  });
}

/** Pads (or crops) each axis: `before[i]` in front and `after[i]` behind. `fill` is a tensor of one element; zero without it. */
export function padded(
  input: Tensor,
  before: readonly number[],
  after: readonly number[],
  mode: string,
  fill?: Tensor,
): Tensor {
  if (!['constant', 'reflect', 'edge', 'wrap'].includes(mode))
    throw badAttribute('mode', 'there is no such mode', { got: mode });
  checkedSize(input.dims.map((size, axis) => Math.max(0, size + before[axis]! + after[axis]!)));
  const maps = input.dims.map((size, axis) => sources(size, before[axis]!, after[axis]!, mode));
  const result = newTensor(
    input.type,
    maps.map((map) => map.length),
  );
  const strides = stridesOf(input.dims);
  const own = stridesOf(result.dims);
  for (let i = 0; i < result.size; i++) {
    let at = 0;
    for (let axis = 0; axis < maps.length && at >= 0; axis++) {
      const source = maps[axis]![Math.floor(i / own[axis]!) % maps[axis]!.length]!;
      at = source < 0 ? -1 : at + source * strides[axis]!;
    }
    if (at >= 0) copyElement(result, i, input, at);
    else if (fill !== undefined) copyElement(result, i, fill, 0);
  }
  return result;
}

function pad(inputs: Inputs, node: NodeContext): Tensor {
  const input = tensorAt(inputs, 0);
  const rank = input.dims.length;
  const given =
    node.version < 11
      ? (node.attributes.ints('pads') ?? node.attributes.ints('paddings') ?? [])
      : integersOf(tensorAt(inputs, 1));
  const fill =
    node.version < 11 ? tensorOf(input.type, [node.attributes.float('value', 0)]) : optionalTensor(inputs, 2);
  const axes = (optionalIntegers(inputs, 3) ?? input.dims.map((_, i) => i)).map((axis) => axisOf(axis, rank));
  if (given.length !== 2 * axes.length)
    throw badInput('there are not two pads an axis', { expected: String(2 * axes.length), got: String(given.length) });
  const before = new Array<number>(rank).fill(0);
  const after = new Array<number>(rank).fill(0);
  axes.forEach((axis, i) => {
    before[axis] = given[i]!;
    after[axis] = given[i + axes.length]!;
  });
  return padded(input, before, after, node.attributes.string('mode', 'constant'), fill);
}

function centerCropPad(inputs: Inputs, node: NodeContext): Tensor {
  const input = tensorAt(inputs, 0);
  const sizes = integersOf(tensorAt(inputs, 1));
  const axes = (node.attributes.ints('axes') ?? input.dims.map((_, i) => i)).map((axis) =>
    axisOf(axis, input.dims.length),
  );
  if (sizes.length !== axes.length)
    throw badInput('there is not one size an axis', { got: describe(tensorAt(inputs, 1)) });
  let result = input;
  const before = input.dims.map(() => 0);
  const after = input.dims.map(() => 0);
  axes.forEach((axis, i) => {
    const difference = sizes[i]! - input.dims[axis]!;
    if (difference >= 0) {
      before[axis] = Math.floor(difference / 2);
      after[axis] = difference - before[axis]!;
    } else {
      const start = Math.floor(-difference / 2);
      result = sliceAxis(result, axis, start, start + sizes[i]!);
    }
  });
  return padded(result, before, after, 'constant');
}

export const paddingKernels = {
  '/CenterCropPad': centerCropPad,
  '/Pad': pad,
} satisfies Kernels;
