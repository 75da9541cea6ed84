import { type Tensor, Tensor as TensorClass } from '../../../src/onnx/index.js';
import type { TensorJob } from '../ort-tensors.js';

/** Where the engine and the specification part, or C++ leaves a value open; see docs/decisions/0305. */
export type Peer = 'engine' | 'reference';

export interface Departure {
  readonly operators: RegExp;
  /** Who departs: the engine unless it says otherwise. */
  readonly peer?: Peer;
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

const isDouble = (_: TensorJob, [x]: readonly (Tensor | undefined)[]): boolean => x?.type === 'double';
const isBfloat = (_: TensorJob, [x]: readonly (Tensor | undefined)[]): boolean => x?.type === 'bfloat16';
const always = (): boolean => true;
const versionOf = (job: TensorJob): number => Number(job.model.opset_import[0]?.version ?? 1);

/** Where ONNX's own reference evaluator departs from the specification. */
const REFERENCE: readonly Departure[] = (
  [
    [
      /^\/Resize$/,
      'integers of the linear filter are rounded, where the engine cuts them off',
      (job, [x]) => x?.type.includes('int') === true && attributeOf(job, 'mode') === 'linear',
    ],
    [/^\/Resize$/, 'lengths and places from scales in double precision', (_, [, , scales]) => (scales?.size ?? 0) > 0],
    [
      /^\/Attention$/,
      'qk_matmul_output_mode 0 is capped: "raw QK matmul result"',
      (job) =>
        attributeOf(job, 'softcap') !== undefined && Number(attributeOf(job, 'qk_matmul_output_mode') ?? 0) === 0,
    ],
    [/^\/TopK$/, 'NaN sorts last both ways', (_, [x]) => holds(x, Number.isNaN)],
    [/^\/LRN$/, 'sums over five channels only, and rounds constants to float32', always],
    [/^\/MaxPool$/, 'storage_order 1 leaves the planes in front out', (job) => attributeOf(job, 'storage_order') === 1],
    [/^\/(Erf|Gelu)$/, 'doubles are computed, or their constants rounded, in float32', isDouble],
    [/^\/Det$/, 'the result of bfloat16 is double', isBfloat],
    [/^\/GlobalMaxPool$/, 'the spatial axes of one dimension are dropped', always],
    [
      /^\/(Hardmax|Softmax|LogSoftmax)$/,
      'before version 13 it reads axis as later versions',
      (job) => versionOf(job) < 13,
    ],
    [/^\/ReduceSumSquare$/, 'sums of uint32 become uint64', (_, [x]) => x?.type === 'uint32'],
    [/^\/Shape$/, 'an end in front of the first axis is not clamped', always],
    [/^\/Unique$/, 'sorted 0 with an axis sorts the axis of the elements', (job) => attributeOf(job, 'sorted') === 0],
    [/^\/Cast$/, 'doubles as texts keep all digits, where the engine writes eight', (_, [x]) => x?.type === 'double'],
    [
      /^\/CastLike$/,
      'a number of the type itself is cast as well, and infinity saturates',
      (_, [x, y]) => x?.type === y?.type,
    ],
    [/^\/ConvTranspose$/, 'auto_pad SAME with strides beyond the kernel', auto],
    [
      /^\/ConvTranspose$/,
      'groups: the bias of the first is taken for all',
      (job) => Number(attributeOf(job, 'group') ?? 1) > 1,
    ],
    [
      /^\/(GlobalAveragePool|LayerNormalization|RMSNormalization|LeakyRelu|LpPool|AveragePool)$/,
      'each step is rounded to bfloat16',
      isBfloat,
    ],
    [
      /^\/LpNormalization$/,
      'p 1 divides by the sum, not by that of the magnitudes',
      (job) => attributeOf(job, 'p') === 1,
    ],
    [/^\/MaxPool$/, 'auto_pad SAME with strides beyond the kernel', auto],
    [/^\/MaxPool$/, 'ceil_mode counts no pads', (job) => attributeOf(job, 'ceil_mode') === 1],
    [/^\/OneHot$/, 'off + hot * (on - off) instead of on', (_, [, , values]) => values?.type === 'float'],
    [/^\/Range$/, 'the step of NumPy is the difference of the first two places', always],
    [/^\/SequenceInsert$/, 'a place that is given as a tensor of int32 is read as another one', always],
  ] as [RegExp, string, Departure['when']][]
).map(([operators, reason, when]) => ({ operators, reason, when, peer: 'reference' }));

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
      (job.model.graph?.node[0]?.input[2] !== '' || attributeOf(job, 'keep_aspect_ratio_policy') !== 'stretch'),
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
  {
    operators: /^\/TopK$/,
    reason: 'NaN: it compares false, so the engine leaves it where it is',
    when: (_, [x]) => holds(x, Number.isNaN),
  },
  {
    operators: /^\/MaxUnpool$/,
    reason:
      "output_shape: the engine counts indices in it; ONNX's test_maxunpool_export_with_output_shape in the natural shape",
    when: (_, [, , shape]) => shape !== undefined,
  },
  {
    operators: /^\/Resize$/,
    reason: 'antialias: negative integers become 0',
    when: (job, [x]) => x?.type === 'int8' && attributeOf(job, 'antialias') === 1,
  },
  {
    operators: /^\/Attention$/,
    reason: 'is_causal with a single query: it attends all keys; "j <= i + past_sequence_length"',
    when: (job, [query]) =>
      attributeOf(job, 'is_causal') === 1 && query?.dims.at(query.dims.length === 4 ? 2 : 1) === 1,
  },
  {
    operators: /^\/Col2Im$/,
    reason: 'one or three dimensions: planes run into each other',
    when: (_, [, image]) => image?.size !== 2,
  },
  ...REFERENCE,
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
  '/GRU',
  '/Gelu',
  '/HammingWindow',
  '/HannWindow',
  '/LSTM',
  '/Mish',
  '/RNN',
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
