import { elementRow } from '../../element-types.js';
import { badAttribute, badInput } from '../../errors.js';
import { roundHalfToEven } from '../../minifloat.js';
import { stridesOf } from '../broadcast.js';
import {
  axisOf,
  type Inputs,
  integersOf,
  type Kernels,
  type NodeContext,
  optionalTensor,
  tensorAt,
} from '../kernel.js';
import { checkedSize, type NumberArray, newTensor, settle, sizeOf, Tensor } from '../tensor.js';
import { describe } from '../values.js';
import { isFloat } from './elementwise.js';

/** Elements of an axis with their weights, for one place of the result. */
interface Mix {
  readonly from: readonly number[];
  readonly weights: readonly number[];
  /** Whether the place lies outside the region that is read. */
  readonly outside: boolean;
}

/** Applies the mixes of one axis to a tensor. */
function mixed(input: Tensor, axis: number, mixes: readonly Mix[]): Tensor {
  const inner = sizeOf(input.dims.slice(axis + 1));
  const outer = sizeOf(input.dims.slice(0, axis));
  const size = input.dims[axis]!;
  const result = new Tensor(
    'double',
    input.dims.map((length, i) => (i === axis ? mixes.length : length)),
    new Float64Array(outer * inner * mixes.length),
  );
  const [data, out] = [input.data as NumberArray, result.data as Float64Array];
  for (let o = 0; o < outer; o++)
    mixes.forEach(({ from, weights }, place) => {
      for (let i = 0; i < inner; i++) {
        let sum = 0;
        for (let k = 0; k < from.length; k++) sum += weights[k]! * data[(o * size + from[k]!) * inner + i]!;
        out[(o * mixes.length + place) * inner + i] = sum;
      }
    });
  return result;
}

interface Axis {
  readonly size: number;
  readonly target: number;
  readonly scale: number;
  readonly roi: readonly [number, number];
}

const { fround } = Math;

/** The place in the input that a place of the result stands for, in float32 as ONNX Runtime computes it. */
function original(mode: string, { size, target, scale, roi }: Axis, x: number): number {
  const single = fround(scale);
  const half = fround(fround(fround(x + 0.5) / single) - 0.5);
  switch (mode) {
    case 'asymmetric':
      return fround(x / single);
    case 'pytorch_half_pixel':
      return target > 1 ? half : 0;
    case 'align_corners':
      return target === 1 ? 0 : fround((x * (size - 1)) / (size * scale - 1));
    case 'tf_half_pixel_for_nn':
      return fround(fround(x + 0.5) / single);
    case 'tf_crop_and_resize':
      return target > 1
        ? roi[0] * (size - 1) + (x * (roi[1] - roi[0]) * (size - 1)) / (target - 1)
        : 0.5 * (roi[0] + roi[1]) * (size - 1);
    case 'half_pixel_symmetric': {
      const adjustment = fround(target / fround(single * size));
      const offset = fround(fround(size / 2) * fround(1 - adjustment));
      return fround(fround(offset + fround(fround(x + 0.5) / single)) - 0.5);
    }
    case 'half_pixel':
      return half;
    default:
      throw badAttribute('coordinate_transformation_mode', 'there is no such mode', { got: mode });
  }
}

const NEAREST: Readonly<Record<string, (x: number) => number>> = {
  round_prefer_floor: (x) => Math.ceil(x - 0.5),
  round_prefer_ceil: (x) => Math.floor(x + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
  simple: Math.trunc,
};

export function cubicWeight(distance: number, a: number): number {
  const x = Math.abs(distance);
  if (x <= 1) return (a + 2) * x ** 3 - (a + 3) * x ** 2 + 1;
  return x < 2 ? a * x ** 3 - 5 * a * x ** 2 + 8 * a * x - 4 * a : 0;
}

interface Options {
  readonly mode: string;
  readonly coordinates: string;
  readonly nearest: string;
  readonly cubic: number;
  readonly exclude: boolean;
  readonly antialias: boolean;
}

/** Neighbours of `x` with weights of the linear or cubic filter, which widens when an axis shrinks with antialiasing. */
function filtered(axis: Axis, options: Options, x: number): Mix {
  const stretch = options.antialias ? Math.max(1, 1 / axis.scale) : 1;
  const support = (options.mode === 'cubic' ? 2 : 1) * stretch;
  const first = Math.floor(x - support) + 1;
  const last = Math.ceil(x + support) - 1;
  const from: number[] = [];
  const weights: number[] = [];
  const start = stretch === 1 ? Math.floor(x) - (options.mode === 'cubic' ? 1 : 0) : first;
  const end = stretch === 1 ? Math.floor(x) + (options.mode === 'cubic' ? 2 : 1) : last;
  for (let i = start; i <= end; i++) {
    const distance = (i - x) / stretch;
    let weight = options.mode === 'cubic' ? cubicWeight(distance, options.cubic) : Math.max(0, 1 - Math.abs(distance));
    if (options.exclude && (i < 0 || i >= axis.size)) weight = 0;
    if (weight === 0) continue;
    from.push(Math.min(axis.size - 1, Math.max(0, i)));
    weights.push(weight);
  }
  const total = weights.reduce((a, b) => a + b, 0);
  const normalises = options.exclude || stretch > 1;
  return {
    from,
    weights: normalises ? weights.map((weight) => weight / total) : weights,
    outside: x < 0 || x > axis.size - 1,
  };
}

function mixesOf(axis: Axis, options: Options): Mix[] {
  return Array.from({ length: axis.target }, (_, place) => {
    const x = original(options.coordinates, axis, place);
    if (options.mode !== 'nearest') return filtered(axis, options, x);
    // Before version 11 shrinking rounds up and growing rounds down, as ONNX Runtime has it.
    const round = NEAREST[options.nearest === 'simple' && axis.scale < 1 ? 'ceil' : options.nearest];
    if (round === undefined) throw badAttribute('nearest_mode', 'there is no such mode', { got: options.nearest });
    const at = Math.min(axis.size - 1, Math.max(0, round(x)));
    return { from: [at], weights: [1], outside: x < 0 || x > axis.size - 1 };
  });
}

/** Resizes axis by axis; where the crop reaches outside, the result is `extrapolation`. */
function resized(input: Tensor, axes: ReadonlyMap<number, Axis>, options: Options, extrapolation: number): Tensor {
  checkedSize(input.dims.map((size, axis) => axes.get(axis)?.target ?? size));
  let current = input;
  const crops = options.coordinates === 'tf_crop_and_resize';
  const outside: [number, readonly Mix[]][] = [];
  for (const [axis, shape] of axes) {
    if (shape.size === shape.target && shape.scale === 1 && !crops) continue;
    const mixes = mixesOf(shape, options);
    current = mixed(current, axis, mixes);
    if (crops) outside.push([axis, mixes]);
  }
  const result = newTensor(input.type, current.dims);
  const whole = !isFloat(input.type) && options.mode !== 'nearest';
  // The engine cuts the integers of its linear filter off; the others are rounded and saturate, as in the reference.
  const cuts = options.mode === 'linear' && !options.antialias;
  const { bits, class: kind } = elementRow(input.type);
  const least = kind === 'unsigned' ? 0 : -(2 ** (bits - 1));
  const most = kind === 'unsigned' ? 2 ** bits - 1 : 2 ** (bits - 1) - 1;
  for (let i = 0; i < result.size; i++) {
    const value = current.data[i] as number;
    const integer = whole && !cuts ? Math.min(most, Math.max(least, roundHalfToEven(value))) : Math.trunc(value);
    (result.data as NumberArray)[i] = whole ? integer : value;
  }
  const strides = stridesOf(result.dims);
  for (const [axis, mixes] of outside)
    for (let i = 0; i < result.size; i++)
      if (mixes[Math.floor(i / strides[axis]!) % mixes.length]!.outside) result.data[i] = extrapolation;
  return settle(result);
}

/** Sizes and scales of the axes that are resized, with the policy for the aspect ratio. */
function axesOf(input: Tensor, node: NodeContext, inputs: Inputs): Map<number, Axis> {
  const old = node.version < 11;
  const rank = input.dims.length;
  const named = node.attributes.ints('axes')?.map((axis) => axisOf(axis, rank)) ?? input.dims.map((_, i) => i);
  const scales = optionalTensor(inputs, old ? 1 : 2);
  const sizes = old ? undefined : optionalTensor(inputs, 3);
  const roi = old ? undefined : optionalTensor(inputs, 1);
  const region = (i: number): [number, number] =>
    roi === undefined || roi.size === 0 ? [0, 1] : [roi.data[i] as number, roi.data[i + named.length] as number];
  const axes = new Map<number, Axis>();
  if (sizes !== undefined && sizes.size > 0) {
    let wanted = integersOf(sizes);
    const policy = node.attributes.string('keep_aspect_ratio_policy', 'stretch');
    const ratios = wanted.map((size, i) => size / input.dims[named[i]!]!);
    let common: number | undefined;
    if (policy !== 'stretch') {
      common = policy === 'not_larger' ? Math.min(...ratios) : Math.max(...ratios);
      wanted = named.map((axis) => Math.floor(common! * input.dims[axis]! + 0.5));
    }
    named.forEach((axis, i) => {
      axes.set(axis, { size: input.dims[axis]!, target: wanted[i]!, scale: common ?? ratios[i]!, roi: region(i) });
    });
    return axes;
  }
  if (scales === undefined || scales.size !== named.length)
    throw badInput('there is not one scale an axis', { got: describe(scales) });
  const isCrop = node.attributes.string('coordinate_transformation_mode', 'half_pixel') === 'tf_crop_and_resize';
  named.forEach((axis, i) => {
    const scale = scales.data[i] as number;
    const [from, to] = region(i);
    const extent = isCrop ? input.dims[axis]! * (to - from) : input.dims[axis]!;
    axes.set(axis, { size: input.dims[axis]!, target: Math.floor(fround(extent * scale)), scale, roi: [from, to] });
  });
  return axes;
}

function resize(inputs: Inputs, node: NodeContext): Tensor {
  const input = tensorAt(inputs, 0);
  const { attributes } = node;
  const old = node.version < 11;
  const options: Options = {
    mode: attributes.string('mode', 'nearest'),
    coordinates: attributes.string('coordinate_transformation_mode', old ? 'asymmetric' : 'half_pixel'),
    nearest: old ? 'simple' : attributes.string('nearest_mode', 'round_prefer_floor'),
    cubic: attributes.float('cubic_coeff_a', -0.75),
    exclude: attributes.int('exclude_outside', 0) !== 0,
    antialias: attributes.int('antialias', 0) !== 0,
  };
  return resized(input, axesOf(input, node, inputs), options, attributes.float('extrapolation_value', 0));
}

function upsample(inputs: Inputs, node: NodeContext): Tensor {
  const input = tensorAt(inputs, 0);
  const given = node.version < 9 ? (node.attributes.floats('scales') ?? []) : (tensorAt(inputs, 1).data as NumberArray);
  const scales = Array.from(given as ArrayLike<number>);
  const mode = node.attributes.string('mode', 'nearest');
  const options: Options = {
    mode: mode === 'bilinear' ? 'linear' : mode,
    coordinates: 'asymmetric',
    nearest: 'floor',
    cubic: -0.75,
    exclude: false,
    antialias: false,
  };
  const axes = new Map(
    scales.map((scale, axis): [number, Axis] => [
      axis,
      { size: input.dims[axis]!, target: Math.floor(fround(input.dims[axis]! * scale)), scale, roi: [0, 1] },
    ]),
  );
  return resized(input, axes, options, 0);
}

/** Folds a coordinate back into the range [low, high], as often as needed. */
function reflected(x: number, low: number, high: number): number {
  const range = high - low;
  if (range <= 0) return low;
  let value = x;
  if (value < low || value > high) {
    const turns = Math.floor(Math.abs(value - low) / range);
    const rest = Math.abs(value - low) - turns * range;
    value = turns % 2 === 0 ? low + rest : high - rest;
  }
  return value;
}

function gridSample(inputs: Inputs, node: NodeContext): Tensor {
  const [input, grid] = [tensorAt(inputs, 0), tensorAt(inputs, 1)];
  const { attributes } = node;
  const mode = attributes.string('mode', 'linear').replace(/^bi/, '');
  const padding = attributes.string('padding_mode', 'zeros');
  const corners = attributes.int('align_corners', 0) !== 0;
  const [n = 0, c = 0, ...spatial] = input.dims;
  const places = sizeOf(grid.dims.slice(1, -1));
  const result = newTensor(input.type, [n, c, ...grid.dims.slice(1, -1)]);
  const strides = stridesOf(spatial);
  const plane = sizeOf(spatial);
  const bounds = spatial.map((size): [number, number] => (corners ? [0, size - 1] : [-0.5, size - 0.5]));
  const border = (x: number, axis: number): number => {
    if (padding === 'border') return Math.min(spatial[axis]! - 1, Math.max(0, x));
    return padding === 'reflection' ? reflected(x, bounds[axis]![0], bounds[axis]![1]) : x;
  };
  /** Neighbours along an axis; -1 is a zero outside. */
  const neighbours = (x: number, axis: number): { from: number[]; weights: number[] } => {
    const size = spatial[axis]!;
    const inside = (i: number): number => {
      if (i >= 0 && i < size) return i;
      if (padding === 'zeros') return -1;
      return padding === 'border'
        ? Math.min(size - 1, Math.max(0, i))
        : Math.round(reflected(i, bounds[axis]![0], bounds[axis]![1]));
    };
    if (mode === 'nearest') return { from: [inside(roundHalfToEven(x))], weights: [1] };
    const low = Math.floor(x);
    const reach = mode === 'cubic' ? [-1, 0, 1, 2] : [0, 1];
    return {
      from: reach.map((step) => inside(low + step)),
      weights: reach.map((step) =>
        mode === 'cubic' ? cubicWeight(low + step - x, -0.75) : 1 - Math.abs(low + step - x),
      ),
    };
  };
  for (let batch = 0; batch < n; batch++)
    for (let place = 0; place < places; place++) {
      const axes = spatial.map((size, axis) => {
        const raw = grid.data[(batch * places + place) * spatial.length + (spatial.length - 1 - axis)] as number;
        const x = corners ? ((raw + 1) / 2) * (size - 1) : ((raw + 1) * size - 1) / 2;
        return neighbours(mode === 'cubic' ? x : border(x, axis), axis);
      });
      const taps: [number, number][] = axes.reduce<[number, number][]>(
        (list, { from, weights }, axis) =>
          list.flatMap(([at, weight]) =>
            from.map((i, k): [number, number] => [
              i < 0 || at < 0 ? -1 : at + i * strides[axis]!,
              weight * weights[k]!,
            ]),
          ),
        [[0, 1]],
      );
      for (let channel = 0; channel < c; channel++) {
        const base = (batch * c + channel) * plane;
        let sum = 0;
        for (const [at, weight] of taps) if (at >= 0) sum += weight * (input.data[base + at] as number);
        (result.data as NumberArray)[(batch * c + channel) * places + place] = sum;
      }
    }
  return settle(result);
}

/** Places of an image (or volume), moved by an affine matrix a sample. */
function affineGrid(inputs: Inputs, node: NodeContext): Tensor {
  const theta = tensorAt(inputs, 0);
  const [n = 0, , ...spatial] = integersOf(tensorAt(inputs, 1));
  const corners = node.attributes.int('align_corners', 0) !== 0;
  const rank = spatial.length;
  const result = newTensor(theta.type, [n, ...spatial, rank]);
  const strides = stridesOf(spatial);
  const places = sizeOf(spatial);
  for (let batch = 0; batch < n; batch++)
    for (let place = 0; place < places; place++) {
      const own = spatial.map((size, axis) => {
        const i = Math.floor(place / strides[axis]!) % size;
        return corners ? (size === 1 ? -1 : -1 + (2 * i) / (size - 1)) : (2 * i + 1) / size - 1;
      });
      const vector = [...own.reverse(), 1];
      for (let row = 0; row < rank; row++) {
        let sum = 0;
        vector.forEach((value, k) => {
          sum += (theta.data[(batch * rank + row) * (rank + 1) + k] as number) * value;
        });
        (result.data as NumberArray)[(batch * places + place) * rank + row] = sum;
      }
    }
  return settle(result);
}

export const resizeKernels = {
  '/AffineGrid': affineGrid,
  '/GridSample': gridSample,
  '/Resize': resize,
  '/Upsample': upsample,
} satisfies Kernels;
