import type { ElementType } from '../../../src/onnx/element-types.js';
import { newTensor, sizeOf, tensorToProto } from '../../../src/onnx/evaluate/tensor.js';
import { type Tensor, tensorOf } from '../../../src/onnx/index.js';
import type { OperatorSchema } from '../../../src/onnx/operator-schemas.js';
import { type Generator, typed } from './case.js';
import { type Draw, isFloat } from './draw.js';

const longs = (values: readonly number[]): Tensor => tensorOf('int64', values);
const many = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const floats = (draw: Draw, schema: OperatorSchema, parameter = 'T'): ElementType =>
  draw.type(typed(schema, parameter), ['float', 'double', 'float16', 'bfloat16']);

/** Which activations take alpha, and which beta as well; the engine's Softplus overflows. */
const PARAMETERS: Readonly<Record<string, number>> = {
  Relu: 0,
  Tanh: 0,
  Sigmoid: 0,
  Softsign: 0,
  LeakyRelu: 1,
  ThresholdedRelu: 1,
  Elu: 1,
  Affine: 2,
  ScaledTanh: 2,
  HardSigmoid: 2,
};

/** Activations with parameters, layouts, sequence lengths in any mix. */
const recurrent: Generator = (draw, schema) => {
  const gates = { LSTM: 4, GRU: 3, RNN: 1 }[schema.name] ?? 1;
  const perDirection = { LSTM: 3, GRU: 2, RNN: 1 }[schema.name] ?? 1;
  const [seq, batch, input, hidden] = [draw.int(1, 4), draw.int(1, 3), draw.int(1, 5), draw.int(1, 9)];
  const direction = draw.pick(['forward', 'reverse', 'bidirectional']);
  const d = direction === 'bidirectional' ? 2 : 1;
  // The engine has no layout 1, the reference no other activations and directions.
  const layout = schema.since >= 14 && direction === 'forward' && draw.chance(0.4) ? 1 : 0;
  const names = many(perDirection * d, () => draw.pick(Object.keys(PARAMETERS)));
  const alphas = names.filter((name) => (PARAMETERS[name] ?? 0) > 0).map(() => draw.pick([0.1, 0.5, 1]));
  const betas = names.filter((name) => (PARAMETERS[name] ?? 0) > 1).map(() => draw.pick([0.25, 0.5]));
  const tensor = (...dims: number[]): Tensor => draw.tensor('float', dims, 'unit');
  const maybe = (...dims: number[]): Tensor | undefined => (draw.chance(0.5) ? tensor(...dims) : undefined);
  const state = layout === 1 ? [batch, d, hidden] : [d, batch, hidden];
  const inputs = [
    layout === 1 ? tensor(batch, seq, input) : tensor(seq, batch, input),
    tensor(d, gates * hidden, input),
    tensor(d, gates * hidden, hidden),
    maybe(d, 2 * gates * hidden),
    layout === 0 && draw.chance(0.4)
      ? tensorOf(
          'int32',
          many(batch, () => draw.int(1, seq)),
        )
      : undefined,
    maybe(...state),
  ];
  if (gates === 4) inputs.push(maybe(...state), maybe(d, 3 * hidden));
  return {
    inputs,
    attributes: {
      hidden_size: hidden,
      direction,
      layout: layout === 1 ? 1 : undefined,
      activations: layout === 1 ? undefined : names,
      activation_alpha: alphas.length > 0 && layout === 0 ? alphas : undefined,
      activation_beta: betas.length > 0 && layout === 0 ? betas : undefined,
      clip: layout === 0 && draw.chance(0.2) ? 0.75 : undefined,
      linear_before_reset: draw.int(0, 1),
    },
  };
};

/** Training statistics as well. */
const batchNormalization: Generator = (draw, schema) => {
  const type = floats(draw, schema);
  const channels = draw.int(1, 3);
  const trains = schema.since >= 14 && draw.chance(0.6);
  const parameter = (mood: 'plain' | 'positive' = 'plain'): Tensor => draw.tensor(type, [channels], mood);
  return {
    inputs: [
      draw.tensor(type, [draw.int(2, 3), channels, ...many(draw.int(0, 3), () => draw.int(1, 3))]),
      parameter(),
      parameter(),
      parameter(),
      parameter('positive'),
    ],
    attributes: {
      epsilon: draw.pick([1e-5, 1e-2]),
      momentum: draw.pick([0.9, 0.5]),
      training_mode: trains ? 1 : undefined,
    },
    outputs: trains ? 3 : 1,
    fed: true,
  };
};

/** Blocks, axes, types of every width. */
const quantize: Generator = (draw, schema) => {
  const forward = schema.name === 'QuantizeLinear';
  const dims = many(draw.int(1, 3), () => draw.pick([2, 4]));
  const axis = draw.int(0, dims.length - 1);
  const blocked = schema.since >= 21 && draw.chance(0.5);
  const block = blocked ? draw.pick([1, 2]) : 0;
  const per = blocked
    ? dims.map((size, i) => (i === axis ? size / block : size))
    : draw.chance(0.5)
      ? [dims[axis]!]
      : [];
  const type = draw.type(typed(schema, forward ? (schema.types['T3'] === undefined ? 'T2' : 'T3') : 'T1'));
  if (schema.since < 13 && per.length > 0) per.length = 0;
  const scale = draw.tensor('float', per, 'positive');
  const zero = isFloat(type) || type === 'int32' ? newTensor(type, per) : draw.tensor(type, per);
  const signed = draw.chance(0.4) ? axis - dims.length : axis;
  const attributes = { axis: signed, block_size: blocked ? block : undefined };
  if (!forward) return { inputs: [draw.tensor(type, dims, 'wild'), scale, zero], attributes };
  const byAttribute = schema.since >= 21 && draw.chance(0.3) && !isFloat(type);
  const code = { uint8: 2, int8: 3, uint16: 4, int16: 5, uint4: 21, int4: 22 }[type as string];
  return {
    inputs: [draw.tensor('float', dims), scale, byAttribute ? undefined : zero],
    attributes: { ...attributes, output_dtype: byAttribute ? code : undefined },
  };
};

/** Three and four dimensions, grouped heads, pasts, masks of every shape, caps, outputs of the scores. */
const attention: Generator = (draw, schema) => {
  const [b, s, t, size, valueSize] = [draw.int(1, 2), draw.int(1, 4), draw.int(1, 5), draw.int(1, 4), draw.int(1, 4)];
  const heads = draw.int(1, 2);
  const queries = heads * draw.int(1, 2);
  const three = draw.chance(0.5);
  const past = draw.chance(0.4) ? draw.int(1, 3) : 0;
  const all = t + past;
  const shape = (h: number, length: number, width: number): number[] =>
    three ? [b, length, h * width] : [b, h, length, width];
  const masks = [
    [s, all],
    [1, 1, s, all],
    [b, 1, s, all],
    [b, queries, s, all],
  ];
  const mask = draw.chance(0.5) ? draw.tensor(draw.pick(['float', 'bool']), draw.pick(masks)) : undefined;
  const window = schema.since >= 25 && draw.chance(0.4);
  return {
    inputs: [
      draw.tensor('float', shape(queries, s, size)),
      draw.tensor('float', shape(heads, t, size)),
      draw.tensor('float', shape(heads, t, valueSize)),
      mask,
      past > 0 ? draw.tensor('float', [b, heads, past, size]) : undefined,
      past > 0 ? draw.tensor('float', [b, heads, past, valueSize]) : undefined,
    ],
    attributes: {
      is_causal: draw.int(0, 1),
      q_num_heads: three ? queries : undefined,
      kv_num_heads: three ? heads : undefined,
      scale: draw.chance(0.3) ? 0.5 : undefined,
      softcap: draw.chance(0.3) ? 2 : undefined,
      qk_matmul_output_mode: draw.int(0, 3),
      left_window_size: window ? draw.int(-1, 3) : undefined,
      right_window_size: window ? draw.int(-1, 3) : undefined,
    },
    outputs: past > 0 ? draw.pick([3, 4]) : 1,
  };
};

const rotary: Generator = (draw) => {
  const [b, heads, s, half] = [draw.int(1, 2), draw.int(1, 2), draw.int(1, 4), draw.int(1, 3)];
  const extra = draw.chance(0.4) ? 2 : 0;
  const size = 2 * half + extra;
  const three = draw.chance(0.5);
  const placed = draw.chance(0.5);
  const cache = placed ? [8, half] : [b, s, half];
  return {
    inputs: [
      draw.tensor('float', three ? [b, s, heads * size] : [b, heads, s, size]),
      draw.tensor('float', cache, 'unit'),
      draw.tensor('float', cache, 'unit'),
      placed
        ? draw.ints(
            'int64',
            many(b * s, () => draw.int(0, 7)),
            [b, s],
          )
        : undefined,
    ],
    attributes: {
      interleaved: draw.int(0, 1),
      num_heads: three ? heads : undefined,
      rotary_embedding_dim: extra > 0 ? 2 * half : undefined,
    },
  };
};

const gridSample: Generator = (draw, schema) => {
  const rank = schema.since >= 20 ? draw.int(2, 3) : 2;
  const type = draw.type(typed(schema, 'T1'), ['float', 'double']);
  const [n, mode] = [draw.int(1, 2), draw.pick(rank === 3 ? ['linear', 'nearest'] : ['linear', 'nearest', 'cubic'])];
  const old = { linear: 'bilinear', nearest: 'nearest', cubic: 'bicubic' }[mode as 'linear'];
  return {
    inputs: [
      draw.tensor(type, [n, 2, ...many(rank, () => draw.int(1, 5))]),
      draw.tensor(type, [n, ...many(rank, () => draw.int(1, 3)), rank], draw.pick(['unit', 'plain'])),
    ],
    attributes: {
      mode: schema.since >= 20 ? mode : old,
      padding_mode: draw.pick(['zeros', 'border', 'reflection']),
      align_corners: draw.int(0, 1),
    },
  };
};

/** Any rank and type, axes, aspect ratios. */
const resize: Generator = (draw, schema) => {
  const rank = draw.int(1, 4);
  const dims = many(rank, () => draw.int(1, 6));
  const mode = draw.pick(['nearest', 'nearest', 'linear', 'cubic']);
  const type = draw.type(
    typed(schema, schema.types['T1'] === undefined ? 'T' : 'T1'),
    mode === 'nearest' ? ['float', 'double', 'int8', 'uint8', 'int32', 'float16'] : ['float', 'uint8', 'int8'],
  );
  const whole = type === 'int8' || type === 'uint8';
  const x = draw.tensor(type, dims);
  const scales = dims.map(() => draw.pick([0.5, 0.6, 1, 1.5, 2, 2.6, 3]));
  if (schema.since < 11) {
    const up = scales.map((scale) => (schema.name === 'Upsample' ? Math.max(1, scale) : scale));
    const attributes = { mode: mode === 'nearest' || rank < 2 || rank === 3 || whole ? 'nearest' : 'linear' };
    return { inputs: [x, tensorOf('float', up)], attributes };
  }
  const axes =
    schema.since >= 18 && draw.chance(0.5)
      ? draw.shuffled(dims.map((_, i) => i)).slice(0, draw.int(1, rank))
      : undefined;
  const named = axes ?? dims.map((_, i) => i);
  const bySize = draw.chance(0.6);
  const coordinates = ['half_pixel', 'asymmetric', 'pytorch_half_pixel', 'align_corners'];
  if (schema.since >= 19) coordinates.push('half_pixel_symmetric');
  return {
    inputs: [
      x,
      schema.since < 13 ? tensorOf('float', []) : undefined,
      bySize
        ? schema.since < 13
          ? tensorOf('float', [])
          : undefined
        : tensorOf(
            'float',
            named.map((axis) => scales[axis]!),
          ),
      bySize ? longs(named.map(() => draw.int(1, 7))) : undefined,
    ],
    attributes: {
      mode,
      axes,
      coordinate_transformation_mode: draw.pick(coordinates),
      nearest_mode: draw.pick(['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil']),
      keep_aspect_ratio_policy:
        bySize && schema.since >= 18 ? draw.pick(['stretch', 'not_larger', 'not_smaller']) : undefined,
      antialias: schema.since >= 18 && mode !== 'nearest' && draw.chance(0.3) ? 1 : undefined,
    },
  };
};

const roiAlign: Generator = (draw, schema) => {
  const count = draw.int(1, 3);
  const type = draw.type(typed(schema, 'T1'), ['float', 'double']);
  const boxes = many(count, () => [3 * draw.next() - 1, 3 * draw.next() - 1, 2 + 8 * draw.next(), 2 + 8 * draw.next()]);
  return {
    inputs: [
      draw.tensor(type, [2, 2, draw.int(1, 7), draw.int(1, 7)]),
      tensorOf(type, boxes.flat(), [count, 4]),
      longs(many(count, () => draw.int(0, 1))),
    ],
    attributes: {
      mode: draw.pick(['avg', 'avg', 'max']),
      output_height: draw.int(1, 3),
      output_width: draw.int(1, 3),
      sampling_ratio: draw.int(0, 3),
      spatial_scale: draw.pick([1, 0.5, 0.3]),
      coordinate_transformation_mode:
        schema.since >= 16 ? draw.pick([undefined, 'half_pixel', 'output_half_pixel']) : undefined,
    },
  };
};

/** output_shape and output_padding, too. */
const convTranspose: Generator = (draw, schema) => {
  const rank = draw.int(1, 3);
  const [groups, inner, outer] = [draw.int(1, 2), draw.int(1, 2), draw.int(1, 2)];
  const type = draw.type(typed(schema), ['float', 'double']);
  const kernel = many(rank, () => draw.int(1, 4));
  const strides = many(rank, () => draw.int(1, 3));
  const dilations = many(rank, () => draw.int(1, 2));
  const spatial = many(rank, () => draw.int(1, 4));
  const extra = strides.map((stride, i) => (draw.chance(0.5) ? draw.int(0, Math.max(stride, dilations[i]!) - 1) : 0));
  const reach = kernel.map((size, i) => (size - 1) * dilations[i]! + 1);
  const full = spatial.map((size, i) => strides[i]! * (size - 1) + reach[i]!);
  const byShape = draw.chance(0.4);
  const pads = [...reach, ...reach].map((size) => draw.int(0, Math.floor((size - 1) / 2)));
  return {
    inputs: [
      draw.tensor(type, [draw.int(1, 2), groups * inner, ...spatial]),
      draw.tensor(type, [groups * inner, outer, ...kernel]),
      draw.chance(0.5) ? draw.tensor(type, [groups * outer]) : undefined,
    ],
    attributes: {
      kernel_shape: draw.chance(0.7) ? kernel : undefined,
      strides,
      dilations,
      group: groups,
      output_padding: byShape ? undefined : extra,
      output_shape: byShape ? full.map((size, i) => Math.max(1, size - draw.int(0, reach[i]! - 1))) : undefined,
      pads: byShape ? undefined : pads,
    },
  };
};

const deformConv: Generator = (draw, schema) => {
  const [group, offsetGroup] = [draw.int(1, 2), draw.int(1, 2)];
  const channels = 2 * draw.int(1, 2);
  const [kh, kw] = [draw.int(1, 3), draw.int(1, 3)];
  const [strides, pads, dilations] = [
    many(2, () => draw.int(1, 2)),
    many(4, () => draw.int(0, 1)),
    many(2, () => draw.int(1, 2)),
  ];
  const [h, w] = [draw.int(5, 7), draw.int(5, 7)];
  const places = (size: number, k: number, i: number): number =>
    Math.floor((size + pads[i]! + pads[i + 2]! - dilations[i]! * (k - 1) - 1) / strides[i]!) + 1;
  const [oh, ow] = [places(h, kh, 0), places(w, kw, 1)];
  const n = draw.int(1, 2);
  const type = draw.type(typed(schema), ['float', 'double']);
  return {
    inputs: [
      draw.tensor(type, [n, channels, h, w]),
      draw.tensor(type, [group * 2, channels / group, kh, kw]),
      draw.tensor(type, [n, offsetGroup * 2 * kh * kw, oh, ow], 'plain'),
      draw.chance(0.5) ? draw.tensor(type, [group * 2]) : undefined,
      draw.chance(0.5) ? draw.tensor(type, [n, offsetGroup * kh * kw, oh, ow], 'unit') : undefined,
    ],
    attributes: { group, offset_group: offsetGroup, strides, pads, dilations, kernel_shape: [kh, kw] },
  };
};

const col2Im: Generator = (draw, schema) => {
  const rank = draw.int(1, 3);
  const image = many(rank, () => draw.int(3, 6));
  const block = many(rank, () => draw.int(1, 3));
  const dilations = many(rank, () => draw.int(1, 2));
  const strides = many(rank, () => draw.int(1, 2));
  const pads = many(2 * rank, () => draw.int(0, 1));
  const places = image.map(
    (size, i) =>
      Math.floor((size + pads[i]! + pads[i + rank]! - dilations[i]! * (block[i]! - 1) - 1) / strides[i]!) + 1,
  );
  const type = draw.type(typed(schema), ['float', 'double', 'bfloat16']);
  const count = places.every((size) => size > 0) ? sizeOf(places) : 1;
  return {
    inputs: [draw.tensor(type, [draw.int(1, 2), draw.int(1, 2) * sizeOf(block), count]), longs(image), longs(block)],
    attributes: { dilations, pads, strides },
  };
};

const maxUnpool: Generator = (draw, schema) => {
  const [n, c, h, w] = [draw.int(1, 2), draw.int(1, 2), draw.int(1, 3), draw.int(1, 3)];
  const type = draw.type(typed(schema, 'T1'), ['float', 'double']);
  const plane = 4 * h * w;
  const places = many(n * c, (i) =>
    draw
      .shuffled(many(plane, (k) => k))
      .slice(0, h * w)
      .map((place) => i * plane + place),
  );
  return {
    inputs: [
      draw.tensor(type, [n, c, h, w]),
      tensorOf('int64', places.flat(), [n, c, h, w]),
      draw.chance(0.5) ? longs([n, c, 2 * h + draw.int(0, 1), 2 * w + draw.int(0, 1)]) : undefined,
    ],
    attributes: { kernel_shape: [2, 2], strides: [2, 2] },
  };
};

const nms: Generator = (draw) => {
  const [batches, classes, count] = [draw.int(1, 2), draw.int(1, 3), draw.int(1, 8)];
  const center = draw.int(0, 1);
  const box = (): number[] => {
    const [y, x, h, w] = many(4, () => draw.int(0, 3)) as [number, number, number, number];
    if (center === 1) return [x, y, w + 1, h + 1];
    return draw.chance(0.5) ? [y, x, y + h + 1, x + w + 1] : [y + h + 1, x + w + 1, y, x];
  };
  return {
    inputs: [
      tensorOf('float', many(batches * count, box).flat(), [batches, count, 4]),
      draw.tensor('float', [batches, classes, count], draw.pick(['unit', 'ties'])),
      draw.chance(0.8) ? longs([draw.int(0, 5)]) : undefined,
      draw.chance(0.8) ? tensorOf('float', [draw.pick([0, 0.3, 0.6])]) : undefined,
      draw.chance(0.5) ? tensorOf('float', [draw.pick([0, 0.5])]) : undefined,
    ],
    attributes: { center_point_box: center },
  };
};

const EQUATIONS: readonly (readonly [string, readonly (readonly number[])[]])[] = [
  ['i->', [[4]]],
  ['ii->', [[3, 3]]],
  ['ijj->i', [[2, 3, 3]]],
  ['...->...', [[2, 3]]],
  ['b...->...b', [[2, 3, 4]]],
  [
    '...i,...i->...',
    [
      [2, 3, 4],
      [3, 4],
    ],
  ],
  [
    'bhqd,bhkd->bhqk',
    [
      [1, 2, 3, 4],
      [1, 2, 5, 4],
    ],
  ],
  [
    'ij,kj->ik',
    [
      [2, 3],
      [4, 3],
    ],
  ],
  ['a,b,c->cab', [[2], [3], [2]]],
  [
    'ijk,jil->kl',
    [
      [2, 3, 4],
      [3, 2, 2],
    ],
  ],
  [
    'ab...,bc...->ac...',
    [
      [2, 3, 2],
      [3, 2, 2],
    ],
  ],
  [
    'ij , jk -> ki',
    [
      [2, 3],
      [3, 2],
    ],
  ],
  ['ba', [[2, 3]]],
  [
    'Aa,aB->AB',
    [
      [2, 3],
      [3, 2],
    ],
  ],
  [
    'ij,ij->ij',
    [
      [2, 3],
      [1, 3],
    ],
  ],
];

const einsum: Generator = (draw, schema) => {
  const [equation, dims] = draw.pick(EQUATIONS);
  const type = draw.type(typed(schema), ['float', 'double', 'int32', 'int64']);
  return { inputs: dims.map((one) => draw.tensor(type, one)), attributes: { equation } };
};

const dft: Generator = (draw, schema) => {
  const rank = draw.int(2, 4);
  const complex = draw.chance(0.5);
  const dims = [...many(rank - 1, () => draw.int(1, 7)), complex ? 2 : 1];
  const axis = draw.int(0, rank - 2);
  const onesided = complex ? 0 : draw.int(0, 1);
  const length = draw.chance(0.5) ? tensorOf('int64', [draw.int(1, 9)], []) : undefined;
  const signed = draw.chance(0.5) && schema.since >= 20 ? axis - rank : axis;
  return {
    inputs: [
      draw.tensor(draw.type(typed(schema, 'T1'), ['float', 'double']), dims),
      length,
      schema.since >= 20 ? tensorOf('int64', [signed], []) : undefined,
    ],
    attributes: { inverse: onesided === 1 ? 0 : draw.int(0, 1), onesided, axis: schema.since >= 20 ? undefined : axis },
  };
};

const SWISH = ['none', 'silu', 'swish'];

const causalConv: Generator = (draw, schema) => {
  const [b, c, l, k] = [draw.int(1, 2), draw.int(1, 3), draw.int(1, 5), draw.int(1, 4)];
  const type = floats(draw, schema);
  return {
    inputs: [
      draw.tensor(type, [b, c, l]),
      draw.tensor(type, [c, 1, k]),
      draw.chance(0.5) ? draw.tensor(type, [c]) : undefined,
      draw.chance(0.5) && k > 1 ? draw.tensor(type, [b, c, k - 1]) : undefined,
    ],
    attributes: { activation: draw.pick(SWISH) },
  };
};

const linearAttention: Generator = (draw) => {
  const [b, t, heads, dk, dv] = [draw.int(1, 2), draw.int(1, 4), draw.int(1, 2), draw.int(1, 4), draw.int(1, 4)];
  const queries = heads * draw.int(1, 2);
  const rule = draw.pick(['linear', 'gated', 'delta', 'gated_delta']);
  const gate = draw.chance(0.5) ? heads : heads * dk;
  return {
    inputs: [
      draw.tensor('float', [b, t, queries * dk], 'unit'),
      draw.tensor('float', [b, t, heads * dk], 'unit'),
      draw.tensor('float', [b, t, heads * dv], 'unit'),
      draw.chance(0.5) ? draw.tensor('float', [b, heads, dk, dv], 'unit') : undefined,
      rule.startsWith('gated') ? draw.tensor('float', [b, t, gate], 'unit') : undefined,
      rule.endsWith('delta') ? draw.tensor('float', [b, t, draw.pick([1, heads])], 'unit') : undefined,
    ],
    attributes: {
      update_rule: rule,
      q_num_heads: queries,
      kv_num_heads: heads,
      scale: draw.chance(0.4) ? 0.5 : undefined,
    },
  };
};

const flexAttention: Generator = (draw) => {
  const [b, heads, s, t, d, v] = [
    draw.int(1, 2),
    draw.int(1, 2),
    draw.int(1, 4),
    draw.int(1, 4),
    draw.int(1, 4),
    draw.int(1, 3),
  ];
  const queries = heads * draw.int(1, 2);
  return {
    inputs: [
      draw.tensor('float', [b, queries, s, d]),
      draw.tensor('float', [b, heads, t, d]),
      draw.tensor('float', [b, heads, t, v]),
    ],
    attributes: { scale: draw.chance(0.5) ? 0.3 : undefined },
  };
};

/** Rate, count, then tensors, gradients and states in groups. */
const optimiser =
  (states: number, attributes: (draw: Draw) => Record<string, unknown>): Generator =>
  (draw) => {
    const shapes = many(draw.int(1, 2), () => draw.dims(1, 2));
    const group = (mood: 'plain' | 'positive'): Tensor[] => shapes.map((dims) => draw.tensor('float', dims, mood));
    const last = states === 2 ? [...group('plain'), ...group('positive')] : group('positive');
    return {
      inputs: [
        tensorOf('float', [0.1], []),
        tensorOf('int64', [draw.int(0, 5)], []),
        ...group('plain'),
        ...group('plain'),
        ...last,
      ],
      attributes: attributes(draw),
      outputs: shapes.length * (1 + states),
      fed: true,
    };
  };

/** Special values on both sides. */
const power: Generator = (draw, schema) => {
  const type = draw.type(typed(schema), ['float', 'double']);
  const [a = [], b = []] = draw.broadcast(2);
  return { inputs: [draw.tensor(type, a, 'wild'), draw.tensor(type, b, 'wild')] };
};

/** Places that need no room: the last dimension of the indices is 0 now and then. */
const topK: Generator = (draw, schema) => {
  const dims = draw.dims(1, 3).map((size) => Math.max(size, 1) + 2);
  const axis = draw.int(0, dims.length - 1);
  const k = draw.int(schema.since >= 10 ? 0 : 1, dims[axis]!);
  const type = draw.type(typed(schema));
  const x = draw.tensor(type, dims, 'wild');
  const attributes = { axis: axis - (draw.chance(0.5) ? dims.length : 0), largest: draw.int(0, 1), sorted: 1 };
  return schema.since < 10
    ? { inputs: [x], attributes: { ...attributes, k } }
    : { inputs: [x, longs([k])], attributes };
};

/** Keys, values and default as tensors, from version 4 on; types of every kind. */
const labelEncoder: Generator = (draw, schema) => {
  if (schema.since < 4) {
    const x = draw.tensor('float', draw.dims(1, 2), 'wild');
    return {
      inputs: [x],
      attributes:
        schema.since === 1
          ? { classes_strings: ['a'], default_string: 'x' }
          : { keys_floats: [0, 0.5, Number.NaN, -0.5, 0], values_floats: [1, 2, 3, 4, 5], default_float: -1 },
    };
  }
  const kinds: readonly ElementType[] = ['float', 'double', 'int64', 'string'];
  const [from, to] = [draw.pick(kinds), draw.pick([...kinds, 'int16'] as ElementType[])];
  const [keys, values] = [draw.tensor(from, [5], 'whole'), draw.tensor(to, [5], 'whole')];
  return {
    inputs: [draw.tensor(from, draw.dims(1, 3), draw.pick(['whole', 'wild']))],
    attributes: {
      keys_tensor: tensorToProto(keys),
      values_tensor: tensorToProto(values),
      default_tensor: tensorToProto(draw.tensor(to, [1], 'whole')),
    },
  };
};

const arraysOf = (draw: Draw, count: number): number[] => many(count, () => 6 * draw.next() - 3);

/** Hundreds of features, many rows, many classes. */
const linear: Generator = (draw, schema) => {
  const regressor = schema.name === 'LinearRegressor';
  const [rows, columns] = [draw.pick([1, 2, 3, 17, 70]), draw.pick([1, 5, 63, 255, 256, 257, 300, 515, 1030])];
  const targets = regressor ? draw.pick([1, 1, 2, 5, 17]) : draw.pick([1, 2, 3, 5, 9, 12]);
  const names = Math.max(2, targets);
  const labels = { classlabels_ints: many(names, (i) => i) };
  return {
    inputs: [draw.tensor('float', [rows, columns])],
    attributes: {
      coefficients: arraysOf(draw, columns * targets),
      intercepts: draw.chance(0.8) || !regressor ? arraysOf(draw, targets) : undefined,
      ...(regressor ? { targets } : labels),
      post_transform: draw.pick(targets === 1 ? ['NONE', 'LOGISTIC'] : ['NONE', 'LOGISTIC', 'SOFTMAX', 'SOFTMAX_ZERO']),
    },
  };
};

const svm: Generator = (draw, schema) => {
  const [rows, columns] = [draw.pick([1, 2, 9, 40]), draw.pick([1, 9, 33, 257, 300])];
  const kernel = {
    kernel_type: draw.pick(['LINEAR', 'POLY', 'RBF', 'SIGMOID']),
    kernel_params: [draw.pick([0.5, 0.01]), draw.pick([0, 1]), draw.pick([2, 3])],
  };
  const x = draw.tensor('float', [rows, columns], 'unit');
  if (schema.name === 'SVMRegressor') {
    const supports = draw.pick([1, 7, 40, 300]);
    return {
      inputs: [x],
      attributes: {
        ...kernel,
        coefficients: arraysOf(draw, supports),
        support_vectors: arraysOf(draw, supports * columns),
        n_supports: supports,
        rho: arraysOf(draw, 1),
      },
    };
  }
  const classes = draw.int(2, 6);
  const perClass = many(classes, () => draw.int(1, 12));
  const supports = perClass.reduce((a, b) => a + b, 0);
  const pairs = (classes * (classes - 1)) / 2;
  const probable = draw.chance(0.5);
  return {
    inputs: [x],
    attributes: {
      ...kernel,
      vectors_per_class: perClass,
      support_vectors: arraysOf(draw, supports * columns),
      coefficients: arraysOf(draw, supports * (classes - 1)),
      rho: arraysOf(draw, pairs),
      prob_a: probable ? arraysOf(draw, pairs).map((v) => -Math.abs(v)) : undefined,
      prob_b: probable ? arraysOf(draw, pairs) : undefined,
      classlabels_ints: many(classes, (i) => 10 * i),
    },
  };
};

export const WIDER: Readonly<Record<string, Generator>> = {
  '/Attention': attention,
  '/BatchNormalization': batchNormalization,
  '/Col2Im': col2Im,
  '/ConvTranspose': convTranspose,
  '/DFT': dft,
  '/DeformConv': deformConv,
  '/DequantizeLinear': quantize,
  '/Einsum': einsum,
  '/GRU': recurrent,
  '/GridSample': gridSample,
  '/LSTM': recurrent,
  '/MaxUnpool': maxUnpool,
  '/NonMaxSuppression': nms,
  '/Pow': power,
  '/QuantizeLinear': quantize,
  '/RNN': recurrent,
  '/Resize': resize,
  '/RoiAlign': roiAlign,
  '/RotaryEmbedding': rotary,
  '/TopK': topK,
  'ai.onnx.ml/LabelEncoder': labelEncoder,
  'ai.onnx.ml/LinearClassifier': linear,
  'ai.onnx.ml/LinearRegressor': linear,
  'ai.onnx.ml/SVMClassifier': svm,
  'ai.onnx.ml/SVMRegressor': svm,
};

/** Operators without a kernel in the engine: compared with the reference evaluator only. */
export const REFERENCE_ONLY: Readonly<Record<string, Generator>> = {
  '/CausalConvWithState': causalConv,
  '/LinearAttention': linearAttention,
  '/SwiGLU': (draw, schema) => {
    const [type, dims] = [floats(draw, schema), draw.dims(1, 3)];
    return {
      inputs: [draw.tensor(type, dims), draw.tensor(type, dims)],
      attributes: { alpha: draw.pick([undefined, 0.5, 1.7]) },
    };
  },
  'ai.onnx.preview/FlexAttention': flexAttention,
  'ai.onnx.preview.training/Adagrad': optimiser(1, (draw) => ({
    decay_factor: draw.pick([0, 0.1]),
    norm_coefficient: draw.pick([0, 0.01]),
  })),
  'ai.onnx.preview.training/Momentum': optimiser(1, (draw) => ({
    alpha: 0.95,
    beta: 0.1,
    norm_coefficient: draw.pick([0, 0.01]),
    mode: draw.pick(['standard', 'nesterov']),
  })),
};
