import { type Tensor, Tensor as TensorClass } from '../../../src/onnx/index.js';
import type { TensorJob } from '../ort-tensors.js';

/** Where the engine and the specification part, or C++ leaves a value open; see docs/decisions/0305. */
export interface Departure {
  readonly operators: RegExp;
  readonly reason: string;
  readonly when: (job: TensorJob, inputs: readonly (Tensor | undefined)[]) => boolean;
}

type Attribute = string | number | undefined;

export function attributeOf(job: TensorJob, name: string): Attribute {
  const found = job.model.graph?.node[0]?.attribute.find((one) => one.name === name);
  if (found?.s !== undefined) return new TextDecoder().decode(found.s);
  return found?.i === undefined ? found?.f : Number(found.i);
}

const isEmpty = (tensor: Tensor | undefined): boolean => tensor?.size === 0;
const holds = (tensor: Tensor | undefined, test: (value: number) => boolean): boolean =>
  tensor !== undefined && Array.from(tensor.data as ArrayLike<number>).some(test);
const auto = (job: TensorJob): boolean => String(attributeOf(job, 'auto_pad') ?? '').startsWith('SAME');

export const DEPARTURES: readonly Departure[] = [
  {
    operators: /^\/Reduce/,
    reason:
      'reductions of tensors without elements: the engine keeps shapes that the specification reduces, or gives 0',
    when: (_, [x]) => isEmpty(x),
  },
  {
    operators: /^\/Reduce(Max|Min)$/,
    reason: 'NaN: the engine finds it or not, by its place in the vector registers',
    when: (_, [x]) => holds(x, Number.isNaN),
  },
  {
    operators: /^\/ReduceLogSumExp$/,
    reason: 'logarithms of integers: the engine computes the powers in integers',
    when: (_, [x]) => x !== undefined && !['float', 'double', 'float16'].includes(x.type),
  },
  {
    operators: /^\/ConvTranspose$/,
    reason: 'auto_pad SAME with strides beyond the kernel: "output_shape[i] = input_shape[i] * strides[i]"',
    when: auto,
  },
  {
    operators: /^\/NonZero$/,
    reason: 'a scalar gives "shape (0, N) instead of (1, N)"',
    when: (_, [x]) => x?.dims.length === 0,
  },
  {
    operators: /^\/Range$/,
    reason: 'floats: the engine adds up the steps; "start + i * delta"',
    when: (_, [x]) => x?.type === 'float' || x?.type === 'double',
  },
  {
    operators: /^\/Resize$/,
    reason:
      'tf_crop_and_resize: the engine leaves the region out of shapes from scales, copies where no size changes, and places pixels in float32',
    when: (job) => attributeOf(job, 'coordinate_transformation_mode') === 'tf_crop_and_resize',
  },
  {
    operators: /^\/Resize$/,
    reason: 'align_corners with scales: see 0303',
    when: (job) =>
      attributeOf(job, 'coordinate_transformation_mode') === 'align_corners' &&
      job.model.graph?.node[0]?.input[2] !== '',
  },
  {
    operators: /^\/SplitToSequence$/,
    reason: 'keepdims 0 with a split: "If input \'split\' is specified, this attribute is ignored"',
    when: (job, [, split]) => split?.dims.length === 0 && attributeOf(job, 'keepdims') === 0,
  },
  {
    operators: /^\/Sign$/,
    reason: 'NaN of float16: the engine gives 0',
    when: (_, [x]) => x?.type === 'float16' && holds(x, Number.isNaN),
  },
  {
    operators: /^\/StringNormalizer$/,
    reason: 'ß in capitals: the engine changes letter by letter',
    when: (job) => attributeOf(job, 'case_change_action') === 'UPPER',
  },
  {
    operators: /^\/Cast(Like)?$/,
    reason: 'booleans as texts: numpy writes True and False, the engine 1 and 0',
    when: (_, [x]) => x?.type === 'bool',
  },
  {
    operators: /^\/Gather$/,
    reason: 'texts along a negative axis: the engine copies the first of a block and leaves the others empty',
    when: (job, [x]) => x?.type === 'string' && Number(attributeOf(job, 'axis')) < 0,
  },
  {
    operators: /^\/Clip$/,
    reason: 'float16 without bounds: the engine clips in float32, so that infinities stay',
    when: (_, [x]) => x?.type === 'float16',
  },
  {
    operators: /^\/Slice$/,
    reason: 'an end of 2^31 - 1 with a negative step: the engine takes it for the other end',
    when: (_, [, , ends]) => holds(ends, (value) => Number(value) === 2 ** 31 - 1),
  },
];

/** Single precision inside: doubles agree to that of float32. */
export const SINGLE: Readonly<Record<string, string>> = {
  '/BlackmanWindow': 'constants in float32',
  '/DFT': 'twiddle factors of lengths that are no power of two in float32',
  '/Gelu': 'constants in float32',
  '/GroupNormalization': 'statistics in float32: stash_type',
  '/HammingWindow': 'constants in float32',
  '/HannWindow': 'constants in float32',
  '/Shrink': 'computed in float32',
};

/** Differences that cancel: measured in 1, or in the largest value where that is more. */
export const CANCELLING: ReadonlySet<string> = new Set([
  '/BlackmanWindow',
  '/Celu',
  '/Cos',
  '/Elu',
  '/Gelu',
  '/HammingWindow',
  '/HannWindow',
  '/Mish',
  '/Selu',
  '/Shrink',
  '/Sin',
]);

/** The inputs of the node by position, fed or constant. */
export function inputsOf(job: TensorJob, constants: ReadonlyMap<string, Tensor>): (Tensor | undefined)[] {
  return (job.model.graph?.node[0]?.input ?? []).map((name) => {
    const value = job.feeds[name] ?? constants.get(name);
    return value instanceof TensorClass ? value : undefined;
  });
}
