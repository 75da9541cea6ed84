import { expect, test } from 'vitest';
import { formatError, SamescoreError } from '../../src/core/errors.js';
import { attribute } from '../../src/onnx/attributes.js';
import type {
  AttributeProto,
  FunctionProto,
  GraphProto,
  ModelProto,
  NodeProto,
  TensorProto,
} from '../../src/onnx/document.js';
import { EXPANSIONS } from '../../src/onnx/evaluate/gradient/expansions.js';
import { GRADIENT_KERNELS } from '../../src/onnx/evaluate/gradient/kernels.js';
import { RULES } from '../../src/onnx/evaluate/gradient/rules.js';
import { OnnxEvaluator, type Tensor, tensorOf } from '../../src/onnx/index.js';
import { graph, info, initializer, model, node } from './models.js';

const TRAINING = 'ai.onnx.preview.training';

function gradient(inputs: string[], outputs: string[], y: string, zs: string[] = []): NodeProto {
  const xs = inputs.slice(0, inputs.length - zs.length);
  const lists = [attribute('xs', 'STRINGS', xs), ...(zs.length > 0 ? [attribute('zs', 'STRINGS', zs)] : [])];
  const made = node('Gradient', inputs, outputs, { y }, TRAINING);
  return { ...made, attribute: [...made.attribute, ...lists] };
}

const trained = (body: GraphProto, opset = 22): ModelProto =>
  model(body, opset, {
    opset_import: [
      { domain: '', version: opset },
      { domain: TRAINING, version: 1 },
    ],
  });

const numbers = (tensor: unknown): number[] => (tensor as Tensor).toArray() as number[];

/** Fixed numbers between low and high, without ties. */
function draw(count: number, low: number, high: number, seed: number): number[] {
  return Array.from(
    { length: count },
    (_, i) => low + ((high - low) * (((Math.sin(12.9898 * (i + 1) + 78.233 * seed) * 43758.5453) % 1) + 1)) / 2,
  );
}

interface Case {
  readonly op: string;
  /** Shapes of the inputs that are differentiated by. */
  readonly shapes: readonly number[][];
  readonly range?: readonly [number, number];
  readonly attributes?: Record<string, number | string | number[] | AttributeProto>;
  /** Inputs behind them that are not. */
  readonly fixed?: readonly TensorProto[];
  /** All inputs by name where the differentiated ones do not come first: `x0`, `x1` and names of fixed ones. */
  readonly order?: readonly string[];
  readonly opset?: number;
  readonly outputs?: number;
  readonly constants?: readonly number[];
}

const ints = (name: string, values: number[], dims?: number[]): TensorProto =>
  initializer(name, 'int64', values.map(BigInt), dims);
const doubles = (name: string, values: number[], dims?: number[]): TensorProto =>
  initializer(name, 'double', values, dims);
const each = (ops: readonly string[], range?: readonly [number, number]): Case[] =>
  ops.map((op) => ({ op, shapes: [[2, 3]], ...(range === undefined ? {} : { range }) }));

const CASES: readonly Case[] = [
  ...each(['Abs', 'Asinh', 'Atan', 'Celu', 'Cos', 'Cosh', 'Elu', 'Erf', 'Exp', 'Gelu', 'HardSigmoid', 'HardSwish']),
  ...each(['Identity', 'LeakyRelu', 'Mish', 'Neg', 'Relu', 'Selu', 'Sigmoid', 'Sin', 'Sinh', 'Softplus', 'Softsign']),
  ...each(['Tan', 'Tanh', 'LogSoftmax', 'Softmax', 'Shrink', 'ThresholdedRelu', 'Flatten', 'Transpose']),
  ...each(['Acos', 'Asin', 'Atanh'], [-0.9, 0.9]),
  ...each(['Acosh'], [1.2, 3]),
  ...each(['Log', 'Reciprocal', 'Sqrt', 'ReduceLogSum', 'ReduceProd'], [0.5, 3]),
  ...each([
    'ReduceL1',
    'ReduceL2',
    'ReduceLogSumExp',
    'ReduceMax',
    'ReduceMean',
    'ReduceMin',
    'ReduceSum',
    'ReduceSumSquare',
  ]),
  { op: 'Swish', shapes: [[5]], opset: 24 },
  { op: 'Gelu', shapes: [[5]], attributes: { approximate: 'tanh' } },
  { op: 'ReduceSum', shapes: [[2, 3, 2]], attributes: { keepdims: 0 }, fixed: [ints('axes', [0, 2])] },
  { op: 'ReduceMax', shapes: [[2, 3, 2]], attributes: { keepdims: 0, axes: [1] }, opset: 11 },
  { op: 'Softmax', shapes: [[2, 3, 2]], attributes: { axis: 1 }, opset: 11 },
  { op: 'LogSoftmax', shapes: [[2, 3, 2]], attributes: { axis: 1 }, opset: 11 },
  { op: 'Softmax', shapes: [[2, 3, 2]], attributes: { axis: 1 } },
  ...['Add', 'Sub', 'Mul', 'Div', 'Max', 'Min', 'Sum', 'Mean'].flatMap((op): Case[] => [
    { op, shapes: [[2, 3], [3]] },
    {
      op,
      shapes: [
        [2, 1],
        [1, 3],
      ],
    },
    { op, shapes: [[], [2, 2]] },
  ]),
  { op: 'Sum', shapes: [[2], [2], [1]] },
  { op: 'Pow', shapes: [[2, 3], [3]], range: [0.5, 2] },
  { op: 'Pow', shapes: [[2, 3]], fixed: [doubles('two', [2], [])] },
  { op: 'Pow', shapes: [[2, 3]], fixed: [ints('three', [3], [])] },
  { op: 'PRelu', shapes: [[2, 3], [3]] },
  { op: 'Clip', shapes: [[2, 3], [], []], constants: [-0.5, 0.5] },
  {
    op: 'MatMul',
    shapes: [
      [2, 3],
      [3, 4],
    ],
  },
  {
    op: 'MatMul',
    shapes: [
      [2, 1, 2, 3],
      [3, 3, 4],
    ],
  },
  { op: 'MatMul', shapes: [[3], [3, 4]] },
  { op: 'MatMul', shapes: [[2, 2, 3], [3]] },
  { op: 'MatMul', shapes: [[3], [3]] },
  { op: 'Gemm', shapes: [[2, 3], [3, 4], [4]], attributes: { beta: 0.5 } },
  {
    op: 'Gemm',
    shapes: [
      [3, 2],
      [4, 3],
      [2, 1],
    ],
    attributes: { transA: 1, transB: 1, alpha: 1.5 },
  },
  { op: 'Cast', shapes: [[3]], attributes: { to: 11 } },
  { op: 'CastLike', shapes: [[3]], fixed: [doubles('like', [1])] },
  { op: 'Dropout', shapes: [[3]] },
  { op: 'CumSum', shapes: [[2, 3]], attributes: { exclusive: 1 }, fixed: [ints('axis', [1], [])] },
  { op: 'Expand', shapes: [[3, 1]], fixed: [ints('shape', [2, 1, 2])] },
  { op: 'Reshape', shapes: [[2, 3]], fixed: [ints('shape', [3, -1])] },
  { op: 'Squeeze', shapes: [[1, 3]] },
  { op: 'Unsqueeze', shapes: [[3]], fixed: [ints('axes', [0])] },
  { op: 'Transpose', shapes: [[2, 3, 2]], attributes: { perm: [2, 0, 1] } },
  {
    op: 'Slice',
    shapes: [[4, 3]],
    fixed: [ints('starts', [3]), ints('ends', [0]), ints('axes', [0]), ints('steps', [-2])],
  },
  { op: 'Slice', shapes: [[4, 3]], attributes: { starts: [1], ends: [3] }, opset: 9 },
  { op: 'Gather', shapes: [[4, 2]], fixed: [ints('indices', [1, 1, 3])] },
  { op: 'GatherElements', shapes: [[2, 2]], fixed: [ints('indices', [0, 0, 1, 0], [2, 2])], attributes: { axis: 1 } },
  { op: 'GatherND', shapes: [[2, 2]], fixed: [ints('indices', [0, 0, 1, 1], [2, 2])] },
  {
    op: 'Concat',
    shapes: [
      [2, 3],
      [1, 3],
      [2, 3],
    ],
    attributes: { axis: 0 },
  },
  { op: 'Split', shapes: [[4, 2]], attributes: { axis: 0, num_outputs: 2 }, outputs: 2 },
  { op: 'Pad', shapes: [[2, 3], []], order: ['x0', 'pads', 'x1'], fixed: [ints('pads', [0, 1, 1, 0])] },
  { op: 'Pad', shapes: [[2, 3]], fixed: [ints('pads', [0, 2, 0, 1])], attributes: { mode: 'reflect' } },
  { op: 'Pad', shapes: [[2, 3]], attributes: { pads: [0, 2, 0, 1], value: 0.5 }, opset: 9 },
  { op: 'Tile', shapes: [[2, 3]], fixed: [ints('repeats', [2, 2])] },
  { op: 'DepthToSpace', shapes: [[1, 4, 1, 2]], attributes: { blocksize: 2 } },
  { op: 'SpaceToDepth', shapes: [[1, 1, 2, 4]], attributes: { blocksize: 2 } },
  { op: 'Trilu', shapes: [[3, 3]] },
  { op: 'Compress', shapes: [[4]], fixed: [initializer('c', 'bool', [1, 0, 1])] },
  { op: 'ReverseSequence', shapes: [[3, 2]], fixed: [ints('lengths', [3, 2])] },
  { op: 'CenterCropPad', shapes: [[3, 4]], fixed: [ints('shape', [5, 2])] },
  { op: 'Where', shapes: [[2, 2], [2]], order: ['c', 'x0', 'x1'], fixed: [initializer('c', 'bool', [1, 0], [2, 1])] },
  { op: 'Scatter', shapes: [[4], [2]], order: ['x0', 'i', 'x1'], fixed: [ints('i', [2, 0])], opset: 9 },
  { op: 'ScatterElements', shapes: [[4], [2]], order: ['x0', 'i', 'x1'], fixed: [ints('i', [2, 0])] },
  {
    op: 'ScatterND',
    shapes: [
      [3, 2],
      [1, 2],
    ],
    order: ['x0', 'i', 'x1'],
    fixed: [ints('i', [1], [1, 1])],
  },
  { op: 'Conv', shapes: [[2, 4, 5], [6, 2, 3], [6]], attributes: { group: 2, pads: [1, 0], strides: [2] } },
  {
    op: 'Conv',
    shapes: [
      [1, 2, 4, 4],
      [3, 2, 2, 2],
    ],
    attributes: { dilations: [2, 1], auto_pad: 'SAME_UPPER' },
  },
  { op: 'AveragePool', shapes: [[1, 2, 5]], attributes: { kernel_shape: [3], pads: [1, 1], strides: [2] } },
  {
    op: 'AveragePool',
    shapes: [[1, 2, 3, 3]],
    attributes: { kernel_shape: [2, 2], pads: [1, 0, 0, 1], count_include_pad: 1 },
  },
  { op: 'MaxPool', shapes: [[1, 2, 4, 4]], attributes: { kernel_shape: [2, 2], pads: [1, 1, 0, 0], strides: [2, 1] } },
  { op: 'GlobalAveragePool', shapes: [[2, 2, 3, 2]] },
  { op: 'GlobalMaxPool', shapes: [[2, 2, 3, 2]] },
  {
    op: 'LayerNormalization',
    shapes: [
      [2, 3, 2],
      [3, 2],
      [3, 2],
    ],
    attributes: { axis: 1 },
  },
  { op: 'InstanceNormalization', shapes: [[2, 2, 4], [2], [2]] },
  { op: 'BatchNormalization', shapes: [[2, 2, 3], [2], [2], [2]], fixed: [doubles('variance', [0.5, 2])] },
  { op: 'SoftmaxCrossEntropyLoss', shapes: [[3, 4]], fixed: [ints('t', [1, 3, 0]), doubles('w', [1, 2, 3, 4])] },
  {
    op: 'SoftmaxCrossEntropyLoss',
    shapes: [[2, 3, 2]],
    fixed: [ints('t', [1, 2, 0, -1], [2, 2])],
    attributes: { ignore_index: -1, reduction: 'sum' },
  },
  {
    op: 'NegativeLogLikelihoodLoss',
    shapes: [[3, 4]],
    fixed: [ints('t', [1, 3, 0])],
    attributes: { reduction: 'none' },
  },
];

/** s = Σ y · sin(y) for y = op(x0, x1, …), and ds/dx by the Gradient operator. */
function modelOf(c: Case, withGradient: boolean): ModelProto {
  const xs = c.shapes.map((_, i) => `x${i}`);
  const fixed = (c.fixed ?? []).map((tensor) => tensor.name!);
  const outputs = Array.from({ length: c.outputs ?? 1 }, (_, i) => `y${i}`);
  const nodes = [node(c.op, [...(c.order ?? [...xs, ...fixed])], outputs, c.attributes ?? {})];
  outputs.forEach((y, i) => {
    nodes.push(node('Sin', [y], [`w${i}`]), node('Mul', [y, `w${i}`], [`m${i}`]));
    nodes.push(node('ReduceSum', [`m${i}`], [`t${i}`], { keepdims: 0 }));
  });
  nodes.push(
    node(
      'Sum',
      outputs.map((_, i) => `t${i}`),
      ['s'],
    ),
  );
  if (withGradient)
    nodes.push(
      gradient(
        xs,
        xs.map((x) => `d${x}`),
        's',
      ),
    );
  return trained(
    graph(
      nodes,
      xs.map((x) => info(x, 'double')),
      [info('s', 'double'), ...(withGradient ? xs.map((x) => info(`d${x}`, 'double')) : [])],
      [...(c.fixed ?? [])],
    ),
    c.opset,
  );
}

test.each(CASES.map((c, i): [string, Case] => [`${c.op} (${i})`, c]))(
  'the gradient of %s is that of small steps',
  (_, c) => {
    const [low, high] = c.range ?? [-1.5, 1.5];
    const values = c.shapes.map((shape, i) => {
      const bound = c.constants?.[i - 1];
      return bound === undefined || i === 0
        ? draw(
            shape.reduce((a, b) => a * b, 1),
            low,
            high,
            i + 1,
          )
        : [bound];
    });
    const feeds = (lists: readonly number[][]) =>
      Object.fromEntries(lists.map((list, i) => [`x${i}`, tensorOf('double', list, c.shapes[i])]));
    const plain = new OnnxEvaluator(modelOf(c, false));
    const results = new OnnxEvaluator(modelOf(c, true)).run(feeds(values));
    const step = 1e-5;
    values.forEach((list, i) => {
      const got = results[`dx${i}`] as Tensor;
      expect(got.dims).toEqual(c.shapes[i]);
      list.forEach((value, k) => {
        const at = (x: number): number => {
          const moved = values.map((other) => [...other]);
          moved[i]![k] = x;
          return numbers(plain.run(feeds(moved))['s'])[0]!;
        };
        const slope = (at(value + step) - at(value - step)) / (2 * step);
        expect(Math.abs(numbers(got)[k]! - slope), `x${i}[${k}]: ${numbers(got)[k]} and ${slope}`).toBeLessThan(
          1e-6 * Math.max(1, Math.abs(slope)),
        );
      });
    });
  },
);

test('every operator that is differentiated has a case', () => {
  const tested = new Set(CASES.map(({ op }) => op));
  const all = [...Object.keys(RULES), ...Object.keys(EXPANSIONS)].filter((op) => !Object.hasOwn(GRADIENT_KERNELS, op));
  expect(all.filter((op) => !tested.has(op))).toEqual([]);
});

test('the gradient of a gradient is the second derivative', () => {
  // y = x³ + x·w: dy/dx = 3x² + w, d²y/dx² = 6x, d²y/dxdw = 1.
  const body = graph(
    [
      node('Mul', ['x', 'x'], ['xx']),
      node('Mul', ['xx', 'x'], ['xxx']),
      node('Mul', ['x', 'w'], ['xw']),
      node('Add', ['xxx', 'xw'], ['y']),
      gradient(['x', 'w'], ['dx', 'dw'], 'y'),
      gradient(['x', 'w'], ['dxx', 'dxw'], 'dx'),
      gradient(['x'], ['dxxx'], 'dxx'),
    ],
    [info('x', 'double'), info('w', 'double')],
    ['dx', 'dw', 'dxx', 'dxw', 'dxxx'].map((name) => info(name, 'double')),
  );
  const results = new OnnxEvaluator(trained(body)).run({
    x: tensorOf('double', [2, -1]),
    w: tensorOf('double', [5, 7]),
  });
  expect(Object.fromEntries(Object.entries(results).map(([name, value]) => [name, numbers(value)]))).toEqual({
    dx: [17, 10],
    dw: [2, -1],
    dxx: [12, -6],
    dxw: [1, 1],
    dxxx: [6, 6],
  });
});

test.each<[string, number[][]]>([
  [
    'MatMul',
    [
      [2, 3],
      [3, 2],
    ],
  ],
  ['Softmax', [[2, 3]]],
  ['Gather', [[4, 2]]],
  [
    'Conv',
    [
      [1, 2, 4],
      [2, 2, 2],
    ],
  ],
  ['Pow', [[2, 3]]],
  ['LayerNormalization', [[2, 3], [3]]],
])('second derivatives of %s are those of small steps of the first', (op, shapes) => {
  // g = Σ (ds/dx)², whose gradient goes through the derivatives' own nodes.
  const fixed = op === 'Gather' ? [ints('i', [1, 1, 3])] : op === 'Pow' ? [doubles('p', [3], [])] : [];
  const xs = shapes.map((_, i) => `x${i}`);
  const nodes = [
    node(op, [...xs, ...fixed.map((tensor) => tensor.name!)], ['y']),
    node('Mul', ['y', 'y'], ['yy']),
    node('Mul', ['yy', 'y'], ['yyy']),
    node('ReduceSum', ['yyy'], ['s'], { keepdims: 0 }),
    gradient(
      xs,
      xs.map((x) => `d${x}`),
      's',
    ),
    node('Mul', ['dx0', 'dx0'], ['q']),
    node('ReduceSum', ['q'], ['g'], { keepdims: 0 }),
    gradient(
      xs,
      xs.map((x) => `h${x}`),
      'g',
    ),
  ];
  const evaluator = new OnnxEvaluator(
    trained(
      graph(
        nodes,
        xs.map((x) => info(x, 'double')),
        ['g', ...xs.map((x) => `h${x}`)].map((name) => info(name, 'double')),
        fixed,
      ),
    ),
  );
  const values = shapes.map((shape, i) =>
    draw(
      shape.reduce((a, b) => a * b, 1),
      0.2,
      1.5,
      i + 3,
    ),
  );
  const run = (lists: readonly number[][]) =>
    evaluator.run(Object.fromEntries(lists.map((list, i) => [`x${i}`, tensorOf('double', list, shapes[i])])));
  const results = run(values);
  values.forEach((list, i) => {
    list.forEach((value, k) => {
      const at = (x: number): number => {
        const moved = values.map((other) => [...other]);
        moved[i]![k] = x;
        return numbers(run(moved)['g'])[0]!;
      };
      const slope = (at(value + 1e-5) - at(value - 1e-5)) / 2e-5;
      const got = numbers(results[`hx${i}`])[k]!;
      expect(Math.abs(got - slope), `x${i}[${k}]: ${got} and ${slope}`).toBeLessThan(
        1e-5 * Math.max(1, Math.abs(slope)),
      );
    });
  });
});

test('values can be given that are not those of the graph', () => {
  const body = graph(
    [
      node('Exp', ['x'], ['h']),
      node('Mul', ['h', 'w'], ['y']),
      gradient(['h1', 'w'], ['dh', ''], 'y').output.length > 0
        ? {
            ...gradient(['h1', 'w'], ['dh', ''], 'y'),
            attribute: [attribute('xs', 'STRINGS', ['h', 'w']), attribute('y', 'STRING', 'y')],
          }
        : node('Neg', [], []),
    ],
    [info('x'), info('w'), info('h1')],
    [info('dh')],
  );
  const one = (value: number) => tensorOf('float', [value]);
  expect(numbers(new OnnxEvaluator(trained(body)).run({ x: one(0), w: one(3), h1: one(9) })['dh'])).toEqual([3]);
});

test('what y does not depend on has gradient 0', () => {
  const body = graph(
    [node('Neg', ['x'], ['y']), gradient(['x', 'w'], ['dx', 'dw'], 'y')],
    [info('x'), info('w')],
    [info('dx'), info('dw')],
  );
  const results = new OnnxEvaluator(trained(body)).run({ x: tensorOf('float', [1]), w: tensorOf('float', [1, 2]) });
  expect([numbers(results['dx']), numbers(results['dw'])]).toEqual([[-1], [0, 0]]);
});

function failure(body: GraphProto): string {
  try {
    new OnnxEvaluator(trained(body));
  } catch (error) {
    if (error instanceof SamescoreError) return formatError(error);
    throw error;
  }
  return 'no error';
}

test('an operator without a rule is named', () => {
  const nodes = [{ ...node('Det', ['x'], ['y']), name: 'volume' }, gradient(['x'], ['dx'], 'y')];
  expect(failure(graph(nodes, [info('x')], [info('dx')]))).toBe(
    'volume: onnx/no-derivative: the derivative of "Det" is not known\n  hint: write the operator in others, or leave it out of what a Gradient node differentiates',
  );
});

test('a gradient of nothing, of too many values or of itself is refused', () => {
  const at = (...nodes: NodeProto[]): string => failure(graph(nodes, [info('x')], [info('dx')]));
  expect(at(gradient(['x'], ['dx'], 'z'))).toBe(
    'Gradient[0]: onnx/bad-graph: no node of this graph makes "z", whose gradient is wanted',
  );
  const two = gradient(['x', 'x'], ['dx'], 'y', ['x']);
  expect(at(node('Neg', ['x'], ['y']), { ...two, input: ['x'] })).toContain(
    'xs and zs name not as many tensors as there are inputs',
  );
  expect(at(gradient(['x'], ['dx'], 'dx'))).toContain('the gradient is that of its own result');
});

test('a call of a function is differentiated as its body', () => {
  // cube(x; by) = by · x³, through a function that multiplies twice.
  const call = (op: string, input: string[], output: string[]): NodeProto => node(op, input, output, {}, 'own');
  const times: FunctionProto = {
    name: 'times',
    domain: 'own',
    input: ['a', 'b'],
    output: ['c'],
    attribute: [],
    node: [node('Mul', ['a', 'b'], ['t']), node('Identity', ['t'], ['c'])],
    opset_import: [{ domain: '', version: 22 }],
  };
  const cube: FunctionProto = {
    name: 'cube',
    domain: 'own',
    input: ['x'],
    output: ['y'],
    attribute: ['by'],
    node: [
      { ...node('Constant', [], ['k']), attribute: [{ name: 'value_float', ref_attr_name: 'by', type: 1 }] },
      call('times', ['x', 'x'], ['t']),
      call('times', ['t', 'x'], ['u']),
      node('Mul', ['u', 'k'], ['y']),
    ],
    opset_import: [
      { domain: '', version: 22 },
      { domain: 'own', version: 1 },
    ],
  };
  const nodes = [
    { ...call('cube', ['x'], ['y']), attribute: [attribute('by', 'FLOAT', 5)] },
    gradient(['x'], ['dx'], 'y'),
    gradient(['x'], ['dxx'], 'dx'),
  ];
  const document = trained(graph(nodes, [info('x')], [info('y'), info('dx'), info('dxx')]));
  document.functions.push(times, cube);
  document.opset_import.push({ domain: 'own', version: 1 });
  const results = new OnnxEvaluator(document).run({ x: tensorOf('float', [2, -1]) });
  expect([numbers(results['y']), numbers(results['dx']), numbers(results['dxx'])]).toEqual([
    [40, -5],
    [60, 15],
    [60, -30],
  ]);
});
