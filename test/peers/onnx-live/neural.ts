import { newTensor } from '../../../src/onnx/evaluate/tensor.js';
import { type Tensor, tensorOf } from '../../../src/onnx/index.js';
import type { OperatorSchema } from '../../../src/onnx/operator-schemas.js';
import { type Generator, typed } from './case.js';
import { type Draw, isFloat } from './draw.js';

const longs = (values: readonly number[]): Tensor => tensorOf('int64', values);
const many = (count: number, make: (i: number) => number): number[] => Array.from({ length: count }, (_, i) => make(i));
const floatOf = (draw: Draw, schema: OperatorSchema, parameter = 'T'): 'float' | 'double' =>
  draw.type(typed(schema, parameter), ['float', 'double']) as 'float' | 'double';

/** kernel_shape, strides, dilations and pads or auto_pad that fit `spatial` dimensions of at least 7. */
function windowOf(draw: Draw, rank: number, kernel: readonly number[]): Record<string, unknown> {
  const auto = draw.pick(['NOTSET', 'NOTSET', 'NOTSET', 'SAME_UPPER', 'SAME_LOWER', 'VALID']);
  return {
    kernel_shape: kernel,
    strides: draw.chance(0.6) ? many(rank, () => draw.int(1, 3)) : undefined,
    dilations: auto === 'NOTSET' && draw.chance(0.4) ? many(rank, () => draw.int(1, 2)) : undefined,
    auto_pad: auto,
    pads:
      auto === 'NOTSET' && draw.chance(0.6)
        ? many(2 * rank, (i) => draw.int(0, (kernel[i % rank] ?? 1) - 1))
        : undefined,
  };
}

const conv: Generator = (draw, schema) => {
  const rank = draw.int(1, 3);
  const groups = draw.pick([1, 1, 2, 3]);
  const [inner, outer] = [draw.int(1, 3), draw.int(1, 3)];
  const kernel = many(rank, () => draw.int(1, 3));
  const transpose = schema.name === 'ConvTranspose';
  const spatial = many(rank, () => draw.int(transpose ? 2 : 7, transpose ? 4 : 9));
  const type = floatOf(draw, schema);
  const channels = groups * inner;
  const weights = transpose ? [channels, outer, ...kernel] : [groups * outer, inner, ...kernel];
  const attributes = { ...windowOf(draw, rank, kernel), group: groups };
  return {
    inputs: [
      draw.tensor(type, [draw.int(1, 2), channels, ...spatial]),
      draw.tensor(type, weights),
      draw.chance(0.5) ? draw.tensor(type, [groups * outer]) : undefined,
    ],
    attributes,
  };
};

const convInteger: Generator = (draw, schema) => {
  const rank = draw.int(1, 2);
  const kernel = many(rank, () => draw.int(1, 3));
  const x = draw.type(typed(schema, 'T1'));
  const w = draw.type(typed(schema, 'T2'));
  const zero = draw.chance(0.6);
  const dims = [draw.int(1, 2), 2, ...many(rank, () => draw.int(7, 8))];
  const weights = [draw.int(1, 3), 2, ...kernel];
  const attributes = windowOf(draw, rank, kernel);
  return {
    inputs: [
      draw.tensor(x, dims, 'wild'),
      draw.tensor(w, weights, 'wild'),
      zero ? draw.tensor(x, []) : undefined,
      zero && draw.chance(0.5) ? draw.tensor(w, []) : undefined,
    ],
    attributes,
  };
};

const scaleOf = (draw: Draw): Tensor => tensorOf('float', [draw.pick([0.05, 0.1, 0.5, 0.02])], []);

const qLinearConv: Generator = (draw, schema) => {
  const rank = 2;
  const kernel = many(rank, () => draw.int(1, 3));
  const x = draw.type(typed(schema, 'T1'));
  const w = x === 'int8' ? 'int8' : draw.type(typed(schema, 'T2'));
  const outer = draw.int(1, 3);
  return {
    inputs: [
      draw.tensor(x, [1, 2, ...many(rank, () => 7)], 'wild'),
      scaleOf(draw),
      draw.tensor(x, []),
      draw.tensor(w, [outer, 2, ...kernel], 'wild'),
      scaleOf(draw),
      w === 'int8' ? draw.ints(w, [0], []) : draw.tensor(w, []),
      scaleOf(draw),
      draw.tensor(x, []),
      draw.chance(0.5) ? draw.tensor('int32', [outer]) : undefined,
    ],
    attributes: windowOf(draw, rank, kernel),
  };
};

const pool: Generator = (draw, schema) => {
  const rank = draw.int(1, 3);
  const kernel = many(rank, () => draw.int(1, 3));
  const attributes: Record<string, unknown> = windowOf(draw, rank, kernel);
  const name = schema.name;
  if (name === 'MaxPool' && schema.since < 10) attributes.dilations = undefined;
  if (name !== 'MaxPool' && schema.since < 18) attributes.dilations = undefined;
  if (schema.since >= 10 && attributes.auto_pad === 'NOTSET') attributes.ceil_mode = draw.int(0, 1);
  if (name === 'LpPool') attributes.p = draw.int(1, 3);
  if (name === 'AveragePool') attributes.count_include_pad = draw.int(0, 1);
  const outputs = name === 'MaxPool' && schema.since >= 8 ? draw.int(1, 2) : 1;
  if (name === 'MaxPool' && schema.since >= 8 && draw.chance(0.3)) attributes.storage_order = 1;
  const only = name === 'MaxPool' ? undefined : (['float', 'double'] as const);
  return {
    inputs: [
      draw.tensor(draw.type(typed(schema), only), [
        draw.int(1, 2),
        draw.int(1, 3),
        ...many(rank, () => draw.int(7, 9)),
      ]),
    ],
    attributes,
    outputs,
  };
};

const global: Generator = (draw, schema) => ({
  inputs: [
    draw.tensor(schema.name === 'GlobalLpPool' ? 'float' : floatOf(draw, schema), [
      draw.int(1, 2),
      draw.int(1, 3),
      ...many(draw.int(1, 3), () => draw.int(1, 5)),
    ]),
  ],
  attributes: { p: draw.int(1, 3) },
});

const batchNorm: Generator = (draw, schema) => {
  const type = draw.type(typed(schema), ['float', 'double']);
  const channels = draw.int(1, 3);
  const x = draw.tensor(type, [draw.int(1, 3), channels, ...many(draw.int(0, 2), () => draw.int(1, 4))]);
  return {
    inputs: [
      x,
      draw.tensor(type, [channels]),
      draw.tensor(type, [channels]),
      draw.tensor(type, [channels]),
      draw.tensor(type, [channels], 'positive'),
    ],
    attributes: { epsilon: draw.pick([1e-5, 1e-2]) },
    outputs: 1,
  };
};

const perChannel: Generator = (draw, schema) => {
  const groups = draw.int(1, 2);
  const channels = groups * draw.int(1, 3);
  const type = floatOf(draw, schema);
  const parameters = schema.name === 'GroupNormalization' && schema.since < 21 ? groups : channels;
  return {
    inputs: [
      draw.tensor(type, [draw.int(1, 2), channels, ...many(draw.int(1, 2), () => draw.int(2, 4))]),
      draw.tensor(type, [parameters]),
      draw.tensor(type, [parameters]),
    ],
    attributes: { epsilon: draw.pick([1e-5, 1e-2]), num_groups: groups },
  };
};

const layerNorm: Generator = (draw, schema) => {
  const dims = draw.dims(1, 4).map((size) => Math.max(size, 1) + 1);
  const axis = draw.int(0, dims.length - 1);
  const type = draw.type(typed(schema), ['float', 'double']);
  const rest = dims.slice(axis);
  const rms = schema.name === 'RMSNormalization';
  return {
    inputs: [
      draw.tensor(type, dims),
      draw.tensor(type, rest),
      !rms && draw.chance(0.6) ? draw.tensor(type, rest) : undefined,
    ],
    attributes: { axis: draw.chance(0.5) ? axis : axis - dims.length, epsilon: draw.pick([1e-5, 1e-2]) },
    outputs: rms ? 1 : type === 'float' ? draw.pick([1, 3]) : 1,
  };
};

const lpNorm: Generator = (draw, schema) => {
  const dims = draw.dims(1, 3);
  return {
    inputs: [draw.tensor(floatOf(draw, schema), dims)],
    attributes: { p: draw.int(1, 2), axis: draw.int(-dims.length, dims.length - 1) },
  };
};

const lrn: Generator = (draw, schema) => ({
  inputs: [draw.tensor(floatOf(draw, schema), [draw.int(1, 2), draw.int(1, 6), draw.int(1, 3), draw.int(1, 3)])],
  attributes: {
    size: draw.pick([1, 3, 5]),
    alpha: draw.pick([1e-4, 0.5]),
    beta: draw.pick([0.75, 0.5]),
    bias: draw.pick([1, 2]),
  },
});

const mvn: Generator = (draw, schema) => ({
  inputs: [
    draw.tensor(
      floatOf(draw, schema),
      many(4, () => draw.int(2, 3)),
    ),
  ],
  attributes: draw.chance(0.5) ? { axes: draw.pick([[0, 2, 3], [2, 3], [0]]) } : {},
});

const gemm: Generator = (draw, schema) => {
  const [m, k, n] = [draw.int(1, 5), draw.int(1, 20), draw.int(1, 5)];
  const [transA, transB] = [draw.int(0, 1), draw.int(0, 1)];
  const type = draw.type(typed(schema), ['float', 'double']);
  const c = draw.pick([[m, n], [n], [1, n], [m, 1], [1], []]);
  return {
    inputs: [
      draw.tensor(type, transA ? [k, m] : [m, k]),
      draw.tensor(type, transB ? [n, k] : [k, n]),
      schema.since < 11 || draw.chance(0.7) ? draw.tensor(type, c) : undefined,
    ],
    attributes: { transA, transB, alpha: draw.pick([1, 0.5, -2]), beta: draw.pick([1, 0.25, 0]) },
  };
};

function matDims(draw: Draw): [number[], number[]] {
  const [m, k, n] = [draw.int(1, 5), draw.int(1, 12), draw.int(1, 5)];
  const [a = [], b = []] = draw.broadcast(2, 2);
  return draw.pick([
    [
      [...a, m, k],
      [...b, k, n],
    ],
    [
      [...a, m, k],
      [...b, k, n],
    ],
    [[k], [k]],
    [[k], [...b, k, n]],
    [[...a, m, k], [k]],
  ] as [number[], number[]][]);
}

const matMul: Generator = (draw, schema) => {
  const type = draw.type(typed(schema), ['float', 'double', 'int32', 'int64', 'uint32', 'uint64']);
  const [a, b] = matDims(draw);
  return { inputs: [draw.tensor(type, a), draw.tensor(type, b)] };
};

const matMulInteger: Generator = (draw, schema) => {
  const [a, b] = matDims(draw).map((dims) => (dims.length === 1 ? [1, ...dims] : dims)) as [number[], number[]];
  const [t1, t2] = [draw.type(typed(schema, 'T1')), draw.type(typed(schema, 'T2'))];
  if (a.at(-1) !== b.at(-2)) b.push(1);
  if (a.at(-1) !== b.at(-2)) b.shift();
  return {
    inputs: [
      draw.tensor(t1, a, 'wild'),
      draw.tensor(t2, b, 'wild'),
      draw.chance(0.6) ? draw.tensor(t1, []) : undefined,
      draw.chance(0.6) ? draw.tensor(t2, draw.chance(0.3) ? [b.at(-1) ?? 1] : []) : undefined,
    ],
  };
};

const qLinearMatMul: Generator = (draw, schema) => {
  const [m, k, n] = [draw.int(1, 4), draw.int(1, 8), draw.int(1, 4)];
  const type = draw.type(typed(schema, 'T1'), ['int8', 'uint8']);
  const other = type === 'int8' ? 'int8' : draw.pick(['int8', 'uint8'] as const);
  return {
    inputs: [
      draw.tensor(type, [m, k], 'wild'),
      scaleOf(draw),
      draw.tensor(type, []),
      draw.tensor(other, [k, n], 'wild'),
      scaleOf(draw),
      draw.tensor(other, []),
      scaleOf(draw),
      draw.tensor(type, []),
    ],
  };
};

const quantize: Generator = (draw, schema) => {
  const dims = draw.dims(1, 4).map((size) => Math.max(size, 1));
  const axis = draw.int(0, dims.length - 1);
  const per = schema.since >= 13 && draw.chance(0.5) ? [dims[axis] ?? 1] : [];
  const forward = schema.name === 'QuantizeLinear';
  const type = draw.type(typed(schema, forward ? (schema.types.T3 ? 'T3' : 'T2') : 'T1'), [
    'int8',
    'uint8',
    'int16',
    'uint16',
  ]);
  const scale = draw.tensor('float', per, 'positive');
  const x = forward ? draw.tensor('float', dims, draw.pick(['plain', 'ties'])) : draw.tensor(type, dims, 'wild');
  const zero = type === 'uint8' ? draw.chance(0.7) : true;
  return {
    // Zero points of floats are zero.
    inputs: [x, scale, zero ? (isFloat(type) ? newTensor(type, per) : draw.tensor(type, per)) : undefined],
    attributes: { axis: draw.chance(0.3) ? axis - dims.length : axis },
  };
};

const EQUATIONS: readonly [string, readonly number[][]][] = [
  [
    'ij,jk->ik',
    [
      [2, 3],
      [3, 4],
    ],
  ],
  [
    'bij,bjk->bik',
    [
      [2, 2, 3],
      [2, 3, 4],
    ],
  ],
  ['ij->ji', [[2, 3]]],
  ['ii->i', [[3, 3]]],
  ['ij->i', [[2, 3]]],
  ['i,j->ij', [[3], [2]]],
  [
    '...ij,...jk->...ik',
    [
      [2, 2, 3],
      [2, 3, 2],
    ],
  ],
  [
    'ij,ij->',
    [
      [2, 3],
      [2, 3],
    ],
  ],
  [
    'abc,cd,de->abe',
    [
      [2, 3, 2],
      [2, 3],
      [3, 2],
    ],
  ],
  [
    'ij,jk',
    [
      [2, 3],
      [3, 2],
    ],
  ],
];

const einsum: Generator = (draw, schema) => {
  const [equation, dims] = draw.pick(EQUATIONS);
  const type = draw.type(typed(schema), ['float', 'double', 'int32', 'int64']);
  return { inputs: dims.map((one) => draw.tensor(type, one)), attributes: { equation } };
};

const det: Generator = (draw, schema) => {
  const n = draw.int(1, 4);
  return {
    inputs: [
      draw.tensor(draw.type(typed(schema), ['float']), [...draw.dims(0, 2).map((size) => Math.max(size, 1)), n, n]),
    ],
  };
};

const recurrent: Generator = (draw, schema) => {
  const gates = schema.name === 'LSTM' ? 4 : schema.name === 'GRU' ? 3 : 1;
  const [seq, batch, input, hidden] = [draw.int(1, 4), draw.int(1, 3), draw.int(1, 3), draw.int(1, 4)];
  const direction = draw.pick(['forward', 'reverse', 'bidirectional']);
  const d = direction === 'bidirectional' ? 2 : 1;
  const type = 'float';
  const state = [d, batch, hidden];
  const maybe = (dims: readonly number[]): Tensor | undefined =>
    draw.chance(0.6) ? draw.tensor(type, dims, 'unit') : undefined;
  const names = draw.chance(0.4)
    ? [
        'Relu',
        'Tanh',
        'Sigmoid',
        'HardSigmoid',
        'Softsign',
        'Softplus',
        'LeakyRelu',
        'ThresholdedRelu',
        'Elu',
        'Affine',
      ]
    : undefined;
  const perDirection = gates === 4 ? 3 : gates === 3 ? 2 : 1;
  const activations = names && many(perDirection * d, (i) => i).map(() => draw.pick(names.slice(0, 5)));
  const inputs = [
    draw.tensor(type, [seq, batch, input], 'unit'),
    draw.tensor(type, [d, gates * hidden, input], 'unit'),
    draw.tensor(type, [d, gates * hidden, hidden], 'unit'),
    maybe([d, 2 * gates * hidden]),
    draw.chance(0.4)
      ? tensorOf(
          'int32',
          many(batch, () => draw.int(1, seq)),
        )
      : undefined,
    maybe(state),
  ];
  if (gates === 4) inputs.push(maybe(state), maybe([d, 3 * hidden]));
  return {
    inputs,
    attributes: {
      hidden_size: hidden,
      direction,
      activations,
      clip: draw.chance(0.2) ? 0.5 : undefined,
      linear_before_reset: draw.int(0, 1),
      input_forget: gates === 4 && draw.chance(0.2) ? 1 : undefined,
    },
  };
};

const resize: Generator = (draw, schema) => {
  const dims = [1, draw.int(1, 2), draw.int(2, 5), draw.int(2, 5)];
  const x = draw.tensor('float', dims);
  const scales = [1, 1, draw.pick([0.5, 1.5, 2, 3, 0.7]), draw.pick([0.5, 1, 2, 2.5])];
  if (schema.since < 11) {
    const up = schema.name === 'Upsample' ? scales.map((scale) => Math.max(1, Math.round(scale))) : scales;
    const attributes = { mode: draw.pick(['nearest', 'linear']) };
    if (schema.since < 9) return { inputs: [x], attributes: { ...attributes, scales: up } };
    return { inputs: [x, tensorOf('float', up)], attributes };
  }
  const mode = draw.pick(['nearest', 'linear', 'cubic']);
  const modes = ['half_pixel', 'asymmetric', 'pytorch_half_pixel', 'align_corners', 'tf_crop_and_resize'];
  if (schema.since >= 19) modes.push('half_pixel_symmetric');
  const coordinate = draw.pick(modes);
  const bySize = draw.chance(0.5);
  const roi = tensorOf('float', coordinate === 'tf_crop_and_resize' ? [0, 0, 0.1, 0.2, 1, 1, 0.8, 1.1] : []);
  const sizes = [dims[0] ?? 1, dims[1] ?? 1, draw.int(1, 8), draw.int(1, 8)];
  const antialias = schema.since >= 18 && mode !== 'nearest' && draw.chance(0.25) ? 1 : undefined;
  return {
    inputs: [
      x,
      schema.since < 13 || coordinate === 'tf_crop_and_resize' ? roi : undefined,
      bySize ? (schema.since < 13 ? tensorOf('float', []) : undefined) : tensorOf('float', scales),
      bySize ? longs(sizes) : undefined,
    ],
    attributes: {
      mode,
      coordinate_transformation_mode: coordinate,
      nearest_mode: draw.pick(['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil']),
      cubic_coeff_a: draw.pick([-0.75, -0.5]),
      exclude_outside: mode === 'cubic' && coordinate !== 'tf_crop_and_resize' ? draw.int(0, 1) : undefined,
      extrapolation_value: coordinate === 'tf_crop_and_resize' ? 2.5 : undefined,
      antialias,
    },
  };
};

const gridSample: Generator = (draw, schema) => ({
  inputs: [
    draw.tensor('float', [1, 2, draw.int(2, 5), draw.int(2, 5)]),
    draw.tensor('float', [1, draw.int(1, 4), draw.int(1, 4), 2], draw.pick(['unit', 'plain'])),
  ],
  attributes: {
    mode: draw.pick(schema.since >= 20 ? ['linear', 'nearest', 'cubic'] : ['bilinear', 'nearest', 'bicubic']),
    padding_mode: draw.pick(['zeros', 'border', 'reflection']),
    align_corners: draw.int(0, 1),
  },
});

const affineGrid: Generator = (draw) => {
  const rank = draw.int(2, 3);
  const n = draw.int(1, 2);
  return {
    inputs: [draw.tensor('float', [n, rank, rank + 1]), longs([n, 2, ...many(rank, () => draw.int(2, 4))])],
    attributes: { align_corners: draw.int(0, 1) },
  };
};

const roiAlign: Generator = (draw, schema) => {
  const count = draw.int(1, 3);
  const boxes = many(count, () => 0).flatMap(() => [draw.int(0, 3), draw.int(0, 3), draw.int(4, 8), draw.int(4, 8)]);
  return {
    inputs: [
      draw.tensor('float', [2, 2, 8, 8]),
      tensorOf('float', boxes, [count, 4]),
      longs(many(count, () => draw.int(0, 1))),
    ],
    attributes: {
      mode: draw.pick(['avg', 'max']),
      output_height: draw.int(1, 3),
      output_width: draw.int(1, 3),
      sampling_ratio: draw.int(0, 2),
      spatial_scale: draw.pick([1, 0.5]),
      coordinate_transformation_mode: schema.since >= 16 ? draw.pick(['half_pixel', 'output_half_pixel']) : undefined,
    },
  };
};

const maxRoiPool: Generator = (draw) => {
  const count = draw.int(1, 3);
  const rois = many(count, () => 0).flatMap(() => [
    draw.int(0, 1),
    draw.int(0, 3),
    draw.int(0, 3),
    draw.int(4, 7),
    draw.int(4, 7),
  ]);
  return {
    inputs: [draw.tensor('float', [2, 2, 8, 8]), tensorOf('float', rois, [count, 5])],
    attributes: { pooled_shape: [draw.int(1, 3), draw.int(1, 3)], spatial_scale: draw.pick([1, 0.5]) },
  };
};

const maxUnpool: Generator = (draw) => {
  const [h, w] = [draw.int(1, 3), draw.int(1, 3)];
  const places = draw.shuffled(many(4 * h * w, (i) => i)).slice(0, h * w);
  return {
    inputs: [draw.tensor('float', [1, 1, h, w]), tensorOf('int64', places, [1, 1, h, w])],
    attributes: { kernel_shape: [2, 2], strides: [2, 2] },
  };
};

const nms: Generator = (draw) => {
  const count = draw.int(1, 6);
  const center = draw.int(0, 1);
  const boxes = many(count, () => 0).flatMap(() => {
    const [y, x] = [4 * draw.next(), 4 * draw.next()];
    return center ? [x, y, 1 + draw.next(), 1 + draw.next()] : [y, x, y + 1 + draw.next(), x + 1 + draw.next()];
  });
  const classes = draw.int(1, 2);
  return {
    inputs: [
      tensorOf('float', boxes, [1, count, 4]),
      draw.tensor('float', [1, classes, count], 'unit'),
      longs([draw.int(0, 5)]),
      tensorOf('float', [draw.pick([0, 0.3, 0.6])]),
      draw.chance(0.5) ? tensorOf('float', [draw.pick([0, 0.3])]) : undefined,
    ],
    attributes: { center_point_box: center },
  };
};

const col2Im: Generator = (draw) => {
  const [h, w, kh, kw] = [draw.int(3, 5), draw.int(3, 5), draw.int(1, 2), draw.int(1, 2)];
  const blocks = (h - kh + 1) * (w - kw + 1);
  return {
    inputs: [draw.tensor('float', [draw.int(1, 2), 2 * kh * kw, blocks]), longs([h, w]), longs([kh, kw])],
  };
};

const loss: Generator = (draw, schema) => {
  const [n, c] = [draw.int(1, 3), draw.int(1, 4)];
  const extra = draw.dims(0, 2).map((size) => Math.max(size, 1));
  const count = [n, ...extra].reduce((a, b) => a * b, 1);
  const ignore = draw.chance(0.4) ? draw.int(0, c - 1) : undefined;
  return {
    inputs: [
      draw.tensor('float', [n, c, ...extra]),
      draw.ints(
        draw.pick(['int32', 'int64']),
        many(count, () => draw.int(0, c - 1)),
        [n, ...extra],
      ),
      draw.chance(0.5) ? draw.tensor('float', [c], 'positive') : undefined,
    ],
    attributes: { reduction: draw.pick(['none', 'mean', 'sum']), ignore_index: ignore },
    outputs: schema.name === 'SoftmaxCrossEntropyLoss' ? draw.int(1, 2) : 1,
  };
};

const windowFunction: Generator = (draw, schema) => ({
  inputs: [draw.ints(draw.type(typed(schema, 'T1'), ['int32', 'int64']), [draw.int(1, 20)], [])],
  attributes: { periodic: draw.int(0, 1), output_datatype: draw.pick([1, 11]) },
});

const mel: Generator = (draw) => ({
  inputs: [
    tensorOf('int64', [draw.int(2, 8)], []),
    tensorOf('int64', [draw.pick([16, 32, 64])], []),
    tensorOf('int64', [8192], []),
    tensorOf('float', [draw.pick([0, 20])], []),
    tensorOf('float', [draw.pick([4096, 2000])], []),
  ],
});

const dft: Generator = (draw, schema) => {
  const complex = draw.chance(0.4);
  const length = draw.int(2, 9);
  const inverse = complex ? draw.int(0, 1) : 0;
  const dims = [draw.int(1, 2), length, complex ? 2 : 1];
  const type = floatOf(draw, schema, 'T1');
  const given = draw.chance(0.4) ? tensorOf('int64', [draw.int(2, 9)], []) : undefined;
  const attributes = { inverse, onesided: complex ? 0 : draw.int(0, 1), axis: 1 };
  return {
    inputs: [draw.tensor(type, dims), given, schema.since >= 20 ? tensorOf('int64', [1], []) : undefined],
    attributes,
  };
};

const stft: Generator = (draw, schema) => {
  const type = floatOf(draw, schema, 'T1');
  const frame = draw.pick([4, 8, 5]);
  const windowed = draw.chance(0.6);
  return {
    inputs: [
      draw.tensor(type, [draw.int(1, 2), draw.int(10, 20), 1]),
      tensorOf('int64', [draw.int(1, 3)], []),
      windowed ? draw.tensor(type, [frame], 'positive') : undefined,
      !windowed || draw.chance(0.5) ? tensorOf('int64', [frame], []) : undefined,
    ],
    attributes: { onesided: draw.int(0, 1) },
  };
};

const attention: Generator = (draw) => {
  const [b, s, t, heads, size] = [draw.int(1, 2), draw.int(1, 3), draw.int(1, 4), draw.int(1, 2), draw.int(1, 3)];
  const kv = draw.chance(0.5) ? heads : 1;
  const mask = draw.chance(0.5) ? draw.tensor(draw.pick(['float', 'bool']), [s, t]) : undefined;
  return {
    inputs: [
      draw.tensor('float', [b, heads, s, size]),
      draw.tensor('float', [b, kv, t, size]),
      draw.tensor('float', [b, kv, t, size]),
      mask,
    ],
    attributes: {
      is_causal: draw.int(0, 1),
      scale: draw.chance(0.3) ? 0.5 : undefined,
      softcap: draw.chance(0.3) ? 2 : undefined,
    },
    outputs: 1,
  };
};

const rotary: Generator = (draw) => {
  const [b, heads, s, half] = [draw.int(1, 2), draw.int(1, 2), draw.int(1, 4), draw.int(1, 3)];
  return {
    inputs: [
      draw.tensor('float', [b, heads, s, 2 * half]),
      draw.tensor('float', [8, half], 'unit'),
      draw.tensor('float', [8, half], 'unit'),
      draw.ints(
        'int64',
        many(b * s, () => draw.int(0, 7)),
        [b, s],
      ),
    ],
    attributes: { interleaved: draw.int(0, 1) },
  };
};

const stringNormalizer: Generator = (draw) => ({
  inputs: [draw.tensor('string', draw.pick([[draw.int(1, 6)], [1, draw.int(1, 6)]]))],
  attributes: {
    case_change_action: draw.pick(['NONE', 'LOWER', 'UPPER']),
    is_case_sensitive: draw.int(0, 1),
    stopwords: draw.chance(0.6) ? draw.pick([['the', 'a'], ['B'], ['ab', 'x y']]) : undefined,
    locale: 'C.UTF-8',
  },
});

/** What RE2's syntax has and that of JavaScript lacks among them. */
const PATTERNS = [
  '[a-z]+',
  '.*',
  'a|b',
  '\\d+\\.\\d',
  '^The$',
  '(ab)*',
  '(?i)the|A',
  '[[:alpha:]]+',
  '[[:alpha:][:space:]]*',
  '[^[:digit:]]*',
  '(?P<first>a)b?',
  '\\Qx y\\E',
  '\\x{61}\\x62?',
  '\\pL+',
  '\\p{Lu}.*',
  '\\p{Han}+',
  '\\Aa\\z',
  'x\\ y',
  '1\\.5|\\@',
  '[\\w\\s]+',
  '\\S+',
  '(?:a|b){1,2}',
  '[]a]+',
  'Stra.e',
  'a{0,2}b{1}',
  '\\w+',
];

const regex: Generator = (draw) => ({
  inputs: [draw.tensor('string', draw.dims(1, 2))],
  attributes: { pattern: draw.pick(PATTERNS) },
});

const stringSplit: Generator = (draw) => ({
  inputs: [draw.tensor('string', draw.dims(0, 2))],
  attributes: { delimiter: draw.pick([undefined, ' ', 'a', '']), maxsplit: draw.pick([undefined, 1, 2]) },
});

const tfIdf: Generator = (draw) => {
  const strings = draw.chance(0.4);
  const dims = draw.pick([[draw.int(1, 8)], [draw.int(1, 2), draw.int(1, 8)]]);
  const x = strings
    ? draw.tensor('string', dims)
    : draw.ints(
        draw.pick(['int32', 'int64']),
        many(
          dims.reduce((a, b) => a * b, 1),
          () => draw.int(1, 4),
        ),
        dims,
      );
  const pool = strings
    ? { pool_strings: ['a', 'b', 'ab', 'a', 'b', 'b', 'ab'] }
    : { pool_int64s: [1, 2, 3, 1, 2, 2, 3] };
  const [min_gram_length, max_gram_length] = draw.pick([
    [1, 1],
    [1, 2],
    [2, 2],
  ] as const);
  return {
    inputs: [x],
    attributes: {
      ...pool,
      mode: draw.pick(['TF', 'IDF', 'TFIDF']),
      min_gram_length,
      max_gram_length,
      max_skip_count: draw.int(0, 2),
      ngram_counts: [0, 3],
      ngram_indexes: [0, 1, 2, 4, 3],
      weights: draw.chance(0.5) ? [1, 2, 0.5, 0.25, 3] : undefined,
    },
  };
};

const deformConv: Generator = (draw) => {
  const [h, w, kh, kw] = [draw.int(3, 5), draw.int(3, 5), draw.int(1, 2), draw.int(1, 2)];
  const [oh, ow] = [h - kh + 1, w - kw + 1];
  return {
    inputs: [
      draw.tensor('float', [1, 2, h, w]),
      draw.tensor('float', [2, 2, kh, kw]),
      draw.tensor('float', [1, 2 * kh * kw, oh, ow], 'unit'),
      draw.chance(0.5) ? draw.tensor('float', [2]) : undefined,
      draw.chance(0.5) ? draw.tensor('float', [1, kh * kw, oh, ow], 'unit') : undefined,
    ],
    attributes: { kernel_shape: [kh, kw] },
  };
};

const tensorScatter: Generator = (draw) => ({
  inputs: [
    draw.tensor('float', [2, 2, 5, 3]),
    draw.tensor('float', [2, 2, 2, 3]),
    longs([draw.int(0, 3), draw.int(0, 3)]),
  ],
  attributes: { mode: draw.pick(['linear', 'circular']) },
});

const randomLike: Generator = (draw, schema) => ({
  inputs: schema.inputs.length === 0 ? [] : [draw.tensor('float', draw.dims(1, 3), 'unit')],
  attributes: { shape: schema.inputs.length === 0 ? draw.dims(1, 3) : undefined, dtype: draw.pick([1, 11]) },
});

const bernoulli: Generator = (draw) => ({
  inputs: [
    tensorOf(
      'float',
      many(6, () => draw.next()),
      [2, 3],
    ),
  ],
  attributes: { dtype: draw.pick([1, 7, 9]) },
});

const multinomial: Generator = (draw) => ({
  inputs: [draw.tensor('float', [draw.int(1, 3), draw.int(1, 4)])],
  attributes: { sample_size: draw.int(1, 4), dtype: draw.pick([6, 7]) },
});

export const NEURAL: Readonly<Record<string, Generator>> = {
  '/AffineGrid': affineGrid,
  '/Attention': attention,
  '/AveragePool': pool,
  '/BatchNormalization': batchNorm,
  '/Bernoulli': bernoulli,
  '/BlackmanWindow': windowFunction,
  '/Col2Im': col2Im,
  '/Conv': conv,
  '/ConvInteger': convInteger,
  '/ConvTranspose': conv,
  '/DFT': dft,
  '/DeformConv': deformConv,
  '/DequantizeLinear': quantize,
  '/Det': det,
  '/DynamicQuantizeLinear': (draw) => ({
    inputs: [
      draw.tensor(
        'float',
        draw.dims(1).map((size) => Math.max(size, 1)),
      ),
    ],
  }),
  '/Einsum': einsum,
  '/GRU': recurrent,
  '/Gemm': gemm,
  '/GlobalAveragePool': global,
  '/GlobalLpPool': global,
  '/GlobalMaxPool': global,
  '/GridSample': gridSample,
  '/GroupNormalization': perChannel,
  '/HammingWindow': windowFunction,
  '/HannWindow': windowFunction,
  '/InstanceNormalization': perChannel,
  '/LRN': lrn,
  '/LSTM': recurrent,
  '/LayerNormalization': layerNorm,
  '/LpNormalization': lpNorm,
  '/LpPool': pool,
  '/MatMul': matMul,
  '/MatMulInteger': matMulInteger,
  '/MaxPool': pool,
  '/MaxRoiPool': maxRoiPool,
  '/MaxUnpool': maxUnpool,
  '/MeanVarianceNormalization': mvn,
  '/MelWeightMatrix': mel,
  '/Multinomial': multinomial,
  '/NegativeLogLikelihoodLoss': loss,
  '/NonMaxSuppression': nms,
  '/QLinearConv': qLinearConv,
  '/QLinearMatMul': qLinearMatMul,
  '/QuantizeLinear': quantize,
  '/RMSNormalization': layerNorm,
  '/RNN': recurrent,
  '/RandomNormal': randomLike,
  '/RandomNormalLike': randomLike,
  '/RandomUniform': randomLike,
  '/RandomUniformLike': randomLike,
  '/RegexFullMatch': regex,
  '/Resize': resize,
  '/RoiAlign': roiAlign,
  '/RotaryEmbedding': rotary,
  '/STFT': stft,
  '/SoftmaxCrossEntropyLoss': loss,
  '/StringNormalizer': stringNormalizer,
  '/StringSplit': stringSplit,
  '/TensorScatter': tensorScatter,
  '/TfIdfVectorizer': tfIdf,
  '/Upsample': resize,
};
