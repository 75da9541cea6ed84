import type { ElementType } from '../../../src/onnx/element-types.js';
import { newTensor, tensorToProto } from '../../../src/onnx/evaluate/tensor.js';
import { sequence, type Tensor, tensorOf, type Value } from '../../../src/onnx/index.js';
import type { OperatorSchema } from '../../../src/onnx/operator-schemas.js';
import { type Case, type Generator, typed } from './case.js';
import { type Draw, FLOATS, isFloat } from './draw.js';

const signed = (draw: Draw, axis: number, rank: number): number => (draw.chance(0.4) ? axis - rank : axis);
const longs = (values: readonly number[]): Tensor => tensorOf('int64', values);
/** An axis that may only be negative since version 11. */
const axisFor = (draw: Draw, schema: OperatorSchema, axis: number, rank: number): number =>
  schema.since >= 11 ? signed(draw, axis, rank) : axis;
const axesOf = (draw: Draw, rank: number, least = 0): number[] =>
  draw
    .shuffled(Array.from({ length: rank }, (_, i) => i))
    .slice(0, draw.int(Math.min(least, rank), rank))
    .map((axis) => signed(draw, axis, rank));
const data = (draw: Draw, schema: OperatorSchema, dims: readonly number[], parameter = 'T'): Tensor =>
  draw.tensor(draw.type(typed(schema, parameter)), dims, 'wild');

const reduce: Generator = (draw, schema) => {
  const dims = draw.dims(1, 4);
  const type = draw.type(typed(schema));
  const sum = !['ReduceMax', 'ReduceMin'].includes(schema.name);
  const positive = schema.name === 'ReduceLogSum';
  const x = draw.tensor(type, dims, positive ? 'positive' : sum ? 'plain' : 'wild');
  const axes = draw.chance(0.8) ? axesOf(draw, dims.length) : undefined;
  const keepdims = draw.int(0, 1);
  const asInput = schema.inputs.length > 1;
  if (!asInput) {
    const list = axes?.map((axis) => (schema.since < 11 && axis < 0 ? axis + dims.length : axis));
    return { inputs: [x], attributes: { keepdims, axes: list?.length === 0 ? undefined : list } };
  }
  return {
    inputs: [x, axes === undefined ? undefined : longs(axes)],
    attributes: { keepdims, noop_with_empty_axes: draw.chance(0.3) ? 1 : 0 },
  };
};

const argument: Generator = (draw, schema) => {
  const dims = draw.dims(1, 4).map((size) => Math.max(size, 1));
  return {
    inputs: [draw.tensor(draw.type(typed(schema)), dims, 'ties')],
    attributes: {
      axis: axisFor(draw, schema, draw.int(0, dims.length - 1), dims.length),
      keepdims: draw.int(0, 1),
      select_last_index: draw.int(0, 1),
    },
  };
};

const cumulative: Generator = (draw, schema) => {
  const dims = draw.dims(1, 4);
  return {
    inputs: [
      draw.tensor(draw.type(typed(schema)), dims, 'plain'),
      draw.ints(draw.pick(['int32', 'int64']), [signed(draw, draw.int(0, dims.length - 1), dims.length)], []),
    ],
    attributes: { exclusive: draw.int(0, 1), reverse: draw.int(0, 1) },
  };
};

const concat: Generator = (draw, schema) => {
  const dims = draw.dims(1, 4);
  const axis = draw.int(0, dims.length - 1);
  const type = draw.type(typed(schema));
  const inputs = Array.from({ length: draw.int(1, 4) }, () =>
    draw.tensor(
      type,
      dims.map((size, i) => (i === axis ? draw.int(0, 3) : size)),
      'wild',
    ),
  );
  return { inputs, attributes: { axis: axisFor(draw, schema, axis, dims.length) } };
};

const expand: Generator = (draw, schema) => {
  const [from = [], to = []] = draw.broadcast(2);
  return { inputs: [data(draw, schema, from), longs(to)] };
};

const flatten: Generator = (draw, schema) => {
  const dims = draw.dims(1, 4);
  const axis = draw.int(0, dims.length);
  return {
    inputs: [data(draw, schema, dims)],
    attributes: { axis: schema.since >= 11 && axis < dims.length ? signed(draw, axis, dims.length) : axis },
  };
};

const indices = (draw: Draw, limit: number, dims: readonly number[], negative = true): Tensor => {
  const count = newTensor('int64', dims).size;
  const values = Array.from({ length: count }, () => draw.int(negative ? -limit : 0, limit - 1));
  return draw.ints(draw.pick(['int32', 'int64']), values, dims);
};

const gather: Generator = (draw, schema) => {
  const dims = draw.dims(1, 4).map((size) => Math.max(size, 1));
  const axis = draw.int(0, dims.length - 1);
  return {
    inputs: [
      draw.tensor(draw.type(typed(schema)), dims, 'wild'),
      indices(draw, dims[axis] ?? 1, draw.dims(0, 2), schema.since >= 11),
    ],
    attributes: { axis: signed(draw, axis, dims.length) },
  };
};

const gatherElements: Generator = (draw, schema) => {
  const dims = draw.dims(1, 4).map((size) => Math.max(size, 1));
  const axis = draw.int(0, dims.length - 1);
  const shape = dims.map((size, i) => (i === axis ? draw.int(1, 4) : draw.int(1, size)));
  return {
    inputs: [draw.tensor(draw.type(typed(schema)), dims, 'wild'), indices(draw, dims[axis] ?? 1, shape)],
    attributes: { axis: signed(draw, axis, dims.length) },
  };
};

function tuples(draw: Draw, dims: readonly number[], batch: number, outer: readonly number[], depth: number): Tensor {
  const count = newTensor('int64', outer).size;
  const values = Array.from({ length: count }, () =>
    Array.from({ length: depth }, (_, k) => {
      const limit = dims[batch + k] ?? 1;
      return draw.int(-limit, limit - 1);
    }),
  );
  return tensorOf('int64', values.flat(), [...outer, depth]);
}

const gatherNd: Generator = (draw, schema) => {
  const dims = draw.dims(1, 4).map((size) => Math.max(size, 1));
  const batch = schema.since >= 12 && draw.chance(0.4) ? draw.int(0, dims.length - 1) : 0;
  const outer = [...dims.slice(0, batch), ...draw.dims(0, 2).map((size) => Math.max(size, 1))];
  return {
    inputs: [
      draw.tensor(draw.type(typed(schema)), dims, 'wild'),
      tuples(draw, dims, batch, outer, draw.int(1, dims.length - batch)),
    ],
    attributes: { batch_dims: batch },
  };
};

const reductions = (draw: Draw, schema: OperatorSchema, type: ElementType): string | undefined => {
  // Complex numbers have no order.
  if (type.startsWith('complex')) return schema.since >= 16 ? draw.pick(['none', 'add']) : undefined;
  if (schema.since >= 18) return draw.pick(['none', 'add', 'mul', 'max', 'min']);
  return schema.since >= 16 ? draw.pick(['none', 'add', 'mul']) : undefined;
};

const scatterElements: Generator = (draw, schema) => {
  const dims = draw.dims(1, 4).map((size) => Math.max(size, 1));
  const axis = draw.int(0, dims.length - 1);
  const limit = dims[axis] ?? 1;
  const type = draw.type(typed(schema));
  const reduction = reductions(draw, schema, type);
  const length = draw.int(1, limit);
  const shape = dims.map((size, i) => (i === axis ? length : draw.int(1, size)));
  const free = reduction !== undefined && reduction !== 'none';
  // Without a reduction, equal places would be written in no certain order.
  const rows = new Map<string, number[]>();
  const count = newTensor('float', shape).size;
  const strides = shape.map((_, i) => shape.slice(i + 1).reduce((a, b) => a * b, 1));
  const values = Array.from({ length: count }, (_, flat) => {
    const place = shape.map((size, i) => Math.floor(flat / (strides[i] ?? 1)) % size);
    const key = place.filter((_, i) => i !== axis).join();
    if (!rows.has(key)) rows.set(key, draw.shuffled(Array.from({ length: limit }, (_, i) => i)));
    return signed(draw, free ? draw.int(0, limit - 1) : (rows.get(key)?.[place[axis] ?? 0] ?? 0), limit);
  });
  return {
    inputs: [
      draw.tensor(type, dims, free ? 'plain' : 'wild'),
      draw.ints(
        draw.pick(['int32', 'int64']),
        schema.since >= 11 ? values : values.map((v) => (v < 0 ? v + limit : v)),
        shape,
      ),
      draw.tensor(type, shape, free ? 'plain' : 'wild'),
    ],
    attributes: { axis: signed(draw, axis, dims.length), reduction },
  };
};

const scatterNd: Generator = (draw, schema) => {
  const dims = draw.dims(1, 4).map((size) => Math.max(size, 1));
  const depth = draw.int(1, dims.length);
  const type = draw.type(typed(schema));
  const reduction = reductions(draw, schema, type);
  const free = reduction !== undefined && reduction !== 'none';
  let outer = [draw.int(1, 3)];
  let place = tuples(draw, dims, 0, outer, depth);
  if (!free) {
    outer = [1];
    place = tuples(draw, dims, 0, outer, depth);
  }
  return {
    inputs: [draw.tensor(type, dims, 'plain'), place, draw.tensor(type, [...outer, ...dims.slice(depth)], 'plain')],
    attributes: { reduction },
  };
};

const reshape: Generator = (draw, schema) => {
  const dims = draw.dims(0, 4);
  const total = dims.reduce((a, b) => a * b, 1);
  const choices = [
    [-1],
    [total],
    [1, -1],
    [...dims].reverse(),
    dims.map((size, i) => (i === 0 && size > 0 ? 0 : size)),
  ];
  const target = total === 0 ? draw.pick([[total], [...dims].reverse()]) : draw.pick(choices);
  const allowzero = total === 0 && schema.since >= 14 ? 1 : 0;
  return { inputs: [data(draw, schema, dims), longs(target)], attributes: { allowzero } };
};

const shape: Generator = (draw, schema) => ({
  inputs: [data(draw, schema, draw.dims())],
  attributes: schema.since >= 15 && schema.name === 'Shape' ? { start: draw.int(-5, 5), end: draw.int(-5, 5) } : {},
});

const slice: Generator = (draw, schema) => {
  const dims = draw.dims(1, 4);
  const axes = draw.shuffled(dims.map((_, i) => i)).slice(0, draw.int(1, dims.length));
  const bound = (): number => (draw.chance(0.1) ? draw.pick([2 ** 31 - 1, -(2 ** 31)]) : draw.int(-5, 5));
  const starts = axes.map(bound);
  const ends = axes.map(bound);
  const x = data(draw, schema, dims);
  if (schema.since < 10) return { inputs: [x], attributes: { starts, ends, axes } };
  const type = draw.pick(['int32', 'int64'] as const);
  const steps = axes.map(() => draw.pick([1, 1, 2, -1, -2, 3]));
  const named = axes.map((axis) => (schema.since >= 11 ? signed(draw, axis, dims.length) : axis));
  const list = (values: readonly number[]): Tensor => draw.ints(type, values);
  return { inputs: [x, list(starts), list(ends), list(named), draw.chance(0.7) ? list(steps) : undefined] };
};

const split: Generator = (draw, schema) => {
  const dims = draw.dims(1, 4).map((size) => Math.max(size, 1));
  const axis = draw.int(0, dims.length - 1);
  const outputs = draw.int(1, 3);
  const parts = Array.from({ length: outputs }, () => draw.int(schema.since >= 13 ? 0 : 1, 3));
  const even = draw.chance(0.4);
  const size = draw.int(1, 2);
  dims[axis] = even ? size * outputs : parts.reduce((a, b) => a + b, 0);
  const x = data(draw, schema, dims);
  const place = axisFor(draw, schema, axis, dims.length);
  if (schema.since < 13) return { inputs: [x], outputs, attributes: { axis: place, split: even ? undefined : parts } };
  const uneven = schema.since >= 18 && even && draw.chance(0.5);
  if (uneven) dims[axis] = (dims[axis] ?? 1) - (size > 1 ? 1 : 0);
  return {
    inputs: [data(draw, schema, dims), even ? undefined : longs(parts)],
    outputs,
    attributes: { axis: place, num_outputs: even && schema.since >= 18 ? outputs : undefined },
  };
};

const squeeze: Generator = (draw, schema) => {
  const dims = draw.dims(0, 4).map((size) => (draw.chance(0.5) ? 1 : size));
  const ones = dims.flatMap((size, i) =>
    size === 1 && draw.chance(0.7) ? [axisFor(draw, schema, i, dims.length)] : [],
  );
  const axes = draw.chance(0.3) || ones.length === 0 ? undefined : ones;
  const x = data(draw, schema, dims);
  if (schema.since < 13) return { inputs: [x], attributes: { axes } };
  return { inputs: [x, axes === undefined ? undefined : longs(axes)] };
};

const unsqueeze: Generator = (draw, schema) => {
  const dims = draw.dims(0, 3);
  const extra = draw.int(1, 2);
  const rank = dims.length + extra;
  const axes = draw
    .shuffled(Array.from({ length: rank }, (_, i) => i))
    .slice(0, extra)
    .map((axis) => axisFor(draw, schema, axis, rank));
  const x = data(draw, schema, dims);
  return schema.since < 13 ? { inputs: [x], attributes: { axes } } : { inputs: [x, longs(axes)] };
};

const tile: Generator = (draw, schema) => {
  const dims = draw.dims(0, 4);
  return { inputs: [data(draw, schema, dims), longs(dims.map(() => draw.int(0, 3)))] };
};

const transpose: Generator = (draw, schema) => {
  const dims = draw.dims(0, 5);
  return {
    inputs: [data(draw, schema, dims)],
    attributes: draw.chance(0.8) && dims.length > 0 ? { perm: draw.shuffled(dims.map((_, i) => i)) } : {},
  };
};

const trilu: Generator = (draw, schema) => ({
  inputs: [
    data(draw, schema, [...draw.dims(0, 2), draw.int(1, 4), draw.int(1, 4)]),
    draw.chance(0.7) ? tensorOf('int64', [draw.int(-5, 5)], []) : undefined,
  ],
  attributes: { upper: draw.int(0, 1) },
});

const topK: Generator = (draw, schema) => {
  const dims = draw.dims(1, 4).map((size) => Math.max(size, 1) + 1);
  const axis = draw.int(0, dims.length - 1);
  const k = draw.int(1, dims[axis] ?? 1);
  const x = draw.tensor(draw.type(typed(schema)), dims, draw.pick(['ties', 'plain']));
  const attributes = { axis: signed(draw, axis, dims.length), largest: draw.int(0, 1), sorted: 1, k };
  return schema.since < 10 ? { inputs: [x], attributes } : { inputs: [x, longs([k])], attributes };
};

const unique: Generator = (draw, schema) => {
  const dims = draw.dims(1, 3);
  return {
    inputs: [draw.tensor(draw.type(typed(schema)), dims, 'ties')],
    attributes: {
      sorted: draw.int(0, 1),
      axis: draw.chance(0.5) ? signed(draw, draw.int(0, dims.length - 1), dims.length) : undefined,
    },
  };
};

const depth: Generator = (draw, schema) => {
  const block = draw.int(1, 3);
  const [n, c, h, w] = [draw.int(1, 2), draw.int(1, 2), draw.int(1, 3), draw.int(1, 3)];
  const toSpace = schema.name === 'DepthToSpace';
  const dims = toSpace ? [n, c * block * block, h, w] : [n, c, h * block, w * block];
  return {
    inputs: [data(draw, schema, dims)],
    attributes: { blocksize: block, mode: toSpace && schema.since >= 11 ? draw.pick(['DCR', 'CRD']) : undefined },
  };
};

const pad: Generator = (draw, schema) => {
  const dims = draw.dims(1, 4).map((size) => Math.max(size, 1) + 1);
  const modes = schema.since >= 19 ? ['constant', 'reflect', 'edge', 'wrap'] : ['constant', 'reflect', 'edge'];
  const mode = draw.pick(modes);
  const axes = schema.since >= 18 && draw.chance(0.4) ? axesOf(draw, dims.length, 1) : undefined;
  const count = axes?.length ?? dims.length;
  const low = mode === 'constant' ? -1 : 0;
  const pads = Array.from({ length: 2 * count }, () => draw.int(low, mode === 'constant' ? 2 : 1));
  const type = draw.type(typed(schema));
  const x = draw.tensor(type, dims, 'wild');
  if (schema.since < 11) return { inputs: [x], attributes: { mode, pads, value: 1.5 } };
  return {
    inputs: [
      x,
      longs(pads),
      draw.chance(0.6) ? draw.tensor(type, [], 'plain') : undefined,
      axes === undefined ? undefined : draw.ints(draw.pick(['int32', 'int64']), axes),
    ],
    attributes: { mode },
  };
};

const compress: Generator = (draw, schema) => {
  const dims = draw.dims(1, 3);
  const axis = draw.chance(0.6) ? draw.int(0, dims.length - 1) : undefined;
  const size = axis === undefined ? dims.reduce((a, b) => a * b, 1) : (dims[axis] ?? 1);
  return {
    inputs: [data(draw, schema, dims), draw.tensor('bool', [draw.int(0, size)])],
    attributes: { axis: axis === undefined ? undefined : axisFor(draw, schema, axis, dims.length) },
  };
};

/** Types of the indices, the values and the depth for which the engine has a kernel. */
const ONE_HOT = [
  ['int64', 'int64', 'int64'],
  ['float', 'int64', 'int64'],
  ['int64', 'string', 'int64'],
  ['float', 'string', 'int64'],
  ['float', 'float', 'float'],
  ['int64', 'float', 'int64'],
  ['int32', 'float', 'int32'],
  ['int32', 'float', 'float'],
  ['int64', 'float', 'float'],
] as const;

const oneHot: Generator = (draw) => {
  const dims = draw.dims(1, 3);
  const size = draw.int(1, 4);
  const [from, to, by] = draw.pick(ONE_HOT);
  const values = Array.from({ length: newTensor('float', dims).size }, () => draw.int(-size - 1, size + 1));
  return {
    inputs: [draw.ints(from, values, dims), draw.ints(by, [size], draw.pick([[], [1]])), draw.tensor(to, [2])],
    attributes: { axis: draw.int(-1, dims.length) },
  };
};

const CODES = [1, 11, 6, 7];

const eyeLike: Generator = (draw, schema) => ({
  inputs: [draw.tensor(draw.type(typed(schema, 'T1')), [draw.int(1, 4), draw.int(1, 4)])],
  attributes: { k: draw.int(-3, 3), dtype: draw.chance(0.5) ? draw.pick(CODES) : undefined },
});

const constantOfShape: Generator = (draw, schema) => ({
  inputs: [longs(draw.dims())],
  attributes: {
    value: draw.chance(0.7) ? tensorToProto(draw.tensor(draw.type(typed(schema, 'T2')), [1], 'plain')) : undefined,
  },
});

const constant: Generator = (draw, schema) => {
  const choices: Record<string, unknown>[] = [{ value: tensorToProto(data(draw, schema, draw.dims())) }];
  if (schema.since >= 12) {
    choices.push({ value_float: 1.25 }, { value_floats: [1, 2.5] }, { value_int: 7 }, { value_ints: [3, -4] });
    choices.push({ value_string: 'naïve' }, { value_strings: ['a', ''] });
  }
  return { inputs: [], attributes: draw.pick(choices) };
};

const range: Generator = (draw, schema) => {
  const type = draw.type(typed(schema));
  const delta = draw.pick(isFloat(type) ? [0.5, -0.3, 1, 0.1] : [1, 2, -1, -3]);
  const values = [draw.int(-5, 5), draw.int(-9, 9), delta].map((v) => (type.startsWith('uint') ? Math.abs(v) : v));
  return { inputs: values.map((value) => draw.ints(type, [value], [])) };
};

const reverse: Generator = (draw, schema) => {
  const dims = [draw.int(1, 4), draw.int(1, 4), ...draw.dims(0, 2)];
  const time = draw.int(0, 1);
  const lengths = Array.from({ length: dims[1 - time] ?? 1 }, () => draw.int(1, dims[time] ?? 1));
  return { inputs: [data(draw, schema, dims), longs(lengths)], attributes: { time_axis: time, batch_axis: 1 - time } };
};

const centerCropPad: Generator = (draw, schema) => {
  const dims = draw.dims(1, 4).map((size) => Math.max(size, 1));
  const axes = draw.chance(0.5) ? axesOf(draw, dims.length, 1) : undefined;
  const target = (axes ?? dims).map(() => draw.int(1, 6));
  return { inputs: [data(draw, schema, dims), draw.ints(draw.pick(['int32', 'int64']), target)], attributes: { axes } };
};

const same: Generator = (draw, schema) => ({ inputs: [data(draw, schema, draw.dims(1, 4))] });

const tensors = (draw: Draw, schema: OperatorSchema, count: number, dims?: readonly number[]): Tensor[] => {
  const type = draw.type(
    typed(schema, schema.name === 'SequenceConstruct' ? 'T' : 'S').map((name) =>
      name.replace('seq(', '').replace('))', ')'),
    ),
  );
  return Array.from({ length: count }, () => draw.tensor(type, dims ?? draw.dims(0, 3), 'wild'));
};

const position = (draw: Draw, low: number, high: number): Tensor =>
  draw.ints(draw.pick(['int32', 'int64']), [draw.int(low, high)], []);

const sequenceOp =
  (make: (draw: Draw, list: Tensor[], schema: OperatorSchema) => readonly (Value | undefined)[]): Generator =>
  (draw, schema): Case => {
    const list = tensors(draw, schema, draw.int(1, 4));
    return { inputs: make(draw, list, schema) };
  };

const concatFromSequence: Generator = (draw, schema) => {
  const dims = draw.dims(1, 3).map((size) => Math.max(size, 1));
  const new_axis = draw.int(0, 1);
  const rank = dims.length + new_axis;
  const list = tensors(draw, schema, draw.int(1, 3), dims);
  return { inputs: [sequence(list)], attributes: { axis: signed(draw, draw.int(0, rank - 1), rank), new_axis } };
};

const splitToSequence: Generator = (draw, schema) => {
  const dims = draw.dims(1, 3).map((size) => Math.max(size, 1));
  const axis = draw.int(0, dims.length - 1);
  const size = dims[axis] ?? 1;
  const parts = draw.int(1, size);
  const lengths = [parts, ...(size > parts ? [size - parts] : [])];
  const by = draw.pick(['none', 'each', 'size']);
  const type = draw.pick(['int32', 'int64'] as const);
  const given = by === 'each' ? draw.ints(type, lengths) : by === 'size' ? draw.ints(type, [parts], []) : undefined;
  return {
    inputs: [data(draw, schema, dims), given],
    attributes: { axis: signed(draw, axis, dims.length), keepdims: draw.int(0, 1) },
  };
};

const softmaxLike: Generator = (draw, schema) => {
  const dims = draw.dims(1, 4);
  return {
    inputs: [draw.tensor(draw.type(typed(schema), FLOATS), dims, schema.name === 'Hardmax' ? 'ties' : 'plain')],
    attributes: { axis: axisFor(draw, schema, draw.int(0, dims.length - 1), dims.length) },
  };
};

export const LAYOUT: Readonly<Record<string, Generator>> = {
  '/ArgMax': argument,
  '/ArgMin': argument,
  '/CenterCropPad': centerCropPad,
  '/Compress': compress,
  '/Concat': concat,
  '/ConcatFromSequence': concatFromSequence,
  '/Constant': constant,
  '/ConstantOfShape': constantOfShape,
  '/CumProd': cumulative,
  '/CumSum': cumulative,
  '/DepthToSpace': depth,
  '/Expand': expand,
  '/EyeLike': eyeLike,
  '/Flatten': flatten,
  '/Gather': gather,
  '/GatherElements': gatherElements,
  '/GatherND': gatherNd,
  '/Hardmax': softmaxLike,
  '/LogSoftmax': softmaxLike,
  '/NonZero': (draw, schema) => ({ inputs: [draw.tensor(draw.type(typed(schema)), draw.dims(), 'ties')] }),
  '/OneHot': oneHot,
  '/Pad': pad,
  '/Range': range,
  '/ReduceL1': reduce,
  '/ReduceL2': reduce,
  '/ReduceLogSum': reduce,
  '/ReduceLogSumExp': reduce,
  '/ReduceMax': reduce,
  '/ReduceMean': reduce,
  '/ReduceMin': reduce,
  '/ReduceProd': reduce,
  '/ReduceSum': reduce,
  '/ReduceSumSquare': reduce,
  '/Reshape': reshape,
  '/ReverseSequence': reverse,
  '/Scatter': scatterElements,
  '/ScatterElements': scatterElements,
  '/ScatterND': scatterNd,
  '/SequenceAt': sequenceOp((draw, list) => [sequence(list), position(draw, -list.length, list.length - 1)]),
  '/SequenceConstruct': sequenceOp((_, list) => list),
  '/SequenceEmpty': (draw) => ({ inputs: [], attributes: { dtype: draw.pick(CODES) } }),
  '/SequenceErase': sequenceOp((draw, list) => [
    sequence(list),
    draw.chance(0.7) ? position(draw, -list.length, list.length - 1) : undefined,
  ]),
  '/SequenceInsert': sequenceOp((draw, list) => [
    sequence(list),
    draw.tensor(list[0]?.type ?? 'float', draw.dims(0, 2)),
    draw.chance(0.7) ? position(draw, -list.length, list.length) : undefined,
  ]),
  '/SequenceLength': sequenceOp((_, list) => [sequence(list)]),
  '/Shape': shape,
  '/Size': same,
  '/Slice': slice,
  '/Softmax': softmaxLike,
  '/SpaceToDepth': depth,
  '/Split': split,
  '/SplitToSequence': splitToSequence,
  '/Squeeze': squeeze,
  '/Tile': tile,
  '/TopK': topK,
  '/Transpose': transpose,
  '/Trilu': trilu,
  '/Unique': unique,
  '/Unsqueeze': unsqueeze,
};
