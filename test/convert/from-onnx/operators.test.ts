import { expect, test } from 'vitest';
import { liftOnnx } from '../../../src/convert/from-onnx/index.js';
import { formatError, SamescoreError } from '../../../src/core/errors.js';
import { interpret } from '../../../src/ir/interpret.js';
import type { Literal } from '../../../src/ir/types.js';
import type { OnnxModel } from '../../../src/onnx/document.js';
import { attr, ml, model, node, type Port, tensorProto } from './models.js';

const X: Port = { name: 'X', kind: 'float32', columns: 2 };
const Y = (columns?: number): Port => ({ name: 'Y', kind: 'float32', ...(columns === undefined ? {} : { columns }) });

function answer(file: OnnxModel, ...row: Literal[][]): Literal[] {
  return interpret(liftOnnx(file), row)[0]!;
}

function refusal(file: OnnxModel): string {
  try {
    liftOnnx(file);
  } catch (error) {
    if (error instanceof SamescoreError) return formatError(error);
    throw error;
  }
  return 'nothing was refused';
}

test('Scaler subtracts the offset, then multiplies, in single precision', () => {
  const scaler = ml('Scaler', ['X'], ['Y'], [attr.floats('offset', [0.1, 1]), attr.floats('scale', [3, 0.5])]);
  expect(answer(model([scaler], [X], [Y(2)]), [0.7, 4])).toEqual([
    Math.fround(Math.fround(Math.fround(0.7) - Math.fround(0.1)) * 3),
    1.5,
  ]);
});

test.each([
  ['L2', [3, -4], [Math.fround(Math.sqrt(Math.fround(9 / 25))), -Math.fround(Math.sqrt(Math.fround(16 / 25)))]],
  ['L1', [3, -1], [0.75, -0.25]],
  ['MAX', [-8, 4], [-2, 1]],
  ['L2', [0, 0], [0, 0]],
])('Normalizer divides by the norm %s, unless it is 0', (norm, row, expected) => {
  const normalizer = ml('Normalizer', ['X'], ['Y'], [attr.text('norm', norm)]);
  expect(answer(model([normalizer], [X], [Y(2)]), row)).toEqual(expected);
});

test('Imputer with replaced value NaN fills what is missing, column by column', () => {
  const imputer = ml(
    'Imputer',
    ['X'],
    ['Y'],
    [attr.floats('imputed_value_floats', [7, 8]), attr.float('replaced_value_float', Number.NaN)],
  );
  expect(answer(model([imputer], [X], [Y(2)]), [null, 2])).toEqual([7, 2]);
  expect(answer(model([imputer], [X], [Y(2)]), [1, null])).toEqual([1, 8]);
});

test('LabelEncoder gives its default to unknown keys and to the empty text', () => {
  const encoder = ml(
    'LabelEncoder',
    ['S'],
    ['Y'],
    [attr.texts('keys_strings', ['a', 'b']), attr.ints('values_int64s', [10, 20]), attr.int('default_int64', -5)],
  );
  const file = model(
    [encoder],
    [{ name: 'S', kind: 'string', columns: 1 }],
    [{ name: 'Y', kind: 'int64', columns: 1 }],
  );
  expect([['a'], ['b'], ['z'], [null]].map((cell) => Number(answer(file, cell)[0]))).toEqual([10, 20, -5, -5]);
});

test('a OneHotEncoder that refuses unknown values leaves the row without prediction', () => {
  const encoder = ml('OneHotEncoder', ['S'], ['Z'], [attr.texts('cats_strings', ['a', 'b']), attr.int('zeros', 0)]);
  const shape = tensorProto('shape', 'int64', [2], [-1, 2]);
  const file = model(
    [encoder, node('Reshape', ['Z', 'shape'], ['Y'])],
    [{ name: 'S', kind: 'string', columns: 1 }],
    [Y(2)],
    [shape],
  );
  expect(answer(file, ['b'])).toEqual([0, 1]);
  expect(answer(file, ['c'])).toEqual([null, null]);
  expect(answer(file, [null])).toEqual([null, null]);
  const program = liftOnnx(file);
  const input = program.nodes[program.inputs[0]!]!;
  expect(input.op === 'input' ? input.field.values : undefined).toEqual(['a', 'b']);
});

test('comparisons with NaN are false, their contraries true', () => {
  const zero = tensorProto('zero', 'float32', [], [0]);
  const nodes = [node('LessOrEqual', ['X', 'zero'], ['B']), node('Not', ['B'], ['Y'])];
  const file = model(nodes, [X], [{ name: 'Y', kind: 'bool', columns: 2 }], [zero]);
  expect(answer(file, [null, -1])).toEqual([true, false]);
});

test('MatMul and Add become one linear function with its intercepts', () => {
  const w = tensorProto('w', 'float32', [2, 2], [1, 10, 2, 20]);
  const b = tensorProto('b', 'float32', [2], [0.5, -0.5]);
  const file = model([node('MatMul', ['X', 'w'], ['M']), node('Add', ['M', 'b'], ['Y'])], [X], [Y(2)], [w, b]);
  expect(answer(file, [1, 2])).toEqual([5.5, 49.5]);
  expect(liftOnnx(file).nodes.map((each) => each.op)).toEqual(['input', 'element', 'element', 'linear']);
});

test('columns are taken, cut, joined and shaped anew without a computation', () => {
  const nodes = [
    ml('ArrayFeatureExtractor', ['X', 'order'], ['A']),
    node('Slice', ['X', 'zero', 'one', 'one'], ['B']),
    node('Concat', ['A', 'B'], ['C'], [attr.int('axis', 1)]),
    node('Unsqueeze', ['C', 'one'], ['D']),
    node('Reshape', ['D', 'shape'], ['Y']),
  ];
  const constants = [
    tensorProto('order', 'int64', [2], [1, 0]),
    tensorProto('zero', 'int64', [1], [0]),
    tensorProto('one', 'int64', [1], [1]),
    tensorProto('shape', 'int64', [2], [-1, 3]),
  ];
  expect(answer(model(nodes, [X], [Y(3)], constants), [5, 6])).toEqual([6, 5, 5]);
});

test('a shape computed from the number of rows keeps the rows apart', () => {
  const nodes = [
    node('Shape', ['X'], ['S']),
    node('ConstantOfShape', ['S'], ['Z'], [attr.tensor('value', tensorProto('v', 'float32', [1], [2]))]),
    node('Mul', ['X', 'Z'], ['Y']),
  ];
  expect(answer(model(nodes, [X], [Y(2)]), [5, 6])).toEqual([10, 12]);
});

test('ArgMax and a list of classes make a label, the scores beside it its probabilities', () => {
  const nodes = [
    node('Softmax', ['X'], ['P'], [attr.int('axis', 1)]),
    node('ArgMax', ['X'], ['I'], [attr.int('axis', 1)]),
    ml('ArrayFeatureExtractor', ['classes', 'I'], ['A']),
    node('Reshape', ['A', 'shape'], ['L']),
  ];
  const constants = [tensorProto('classes', 'string', [2], ['no', 'yes']), tensorProto('shape', 'int64', [1], [-1])];
  const file = model(
    nodes,
    [X],
    [
      { name: 'L', kind: 'string' },
      { name: 'P', kind: 'float32', columns: 2 },
    ],
    constants,
  );
  const program = liftOnnx(file);
  expect(program.outputs.map(({ name, role, categories }) => [name, role, categories])).toEqual([
    ['L', 'label', undefined],
    ['P', 'probability', ['no', 'yes']],
  ]);
  expect(interpret(program, [[1, 3]])[0]).toEqual(['yes']);
  expect(interpret(program, [[3, 3]])[0]).toEqual(['no']);
});

/** Labels and scores of ONNX Runtime 1.32 for x = −1, 1 and 0 with one row of coefficients (2, intercept 0.25). */
test.each([
  [
    'NONE',
    [3, 4, 4],
    [
      [2.75, -1.75],
      [-1.25, 2.25],
      [0.75, 0.25],
    ],
  ],
  [
    'LOGISTIC',
    [3, 4, 4],
    [
      [0.8519527316, 0.1480472684],
      [0.0953494906, 0.9046505094],
      [0.4378234744, 0.5621765256],
    ],
  ],
  [
    'SOFTMAX',
    [3, 4, 4],
    [
      [2.75, -1.75],
      [-1.25, 2.25],
      [0.75, 0.25],
    ],
  ],
])('LinearClassifier of one row for two classes with %s', (post, labels, scores) => {
  const classifier = ml(
    'LinearClassifier',
    ['X'],
    ['L', 'P'],
    [
      attr.floats('coefficients', [2]),
      attr.floats('intercepts', [0.25]),
      attr.ints('classlabels_ints', [3, 4]),
      attr.text('post_transform', post),
    ],
  );
  const file = model(
    [classifier],
    [{ name: 'X', kind: 'float32', columns: 1 }],
    [
      { name: 'L', kind: 'int64' },
      { name: 'P', kind: 'float32', columns: 2 },
    ],
  );
  const program = liftOnnx(file);
  [-1, 1, 0].forEach((x, index) => {
    const [label, given] = interpret(program, [[x]]);
    expect(Number(label![0])).toBe(labels[index]);
    for (const [column, score] of scores[index]!.entries()) expect(given![column]).toBeCloseTo(score, 6);
  });
});

test.each([
  [
    'an unknown operator',
    model([node('Frobnicate', ['X'], ['Y'])], [X], [Y(2)]),
    'Frobnicate "Frobnicate_of_Y": convert/operator: the operator Frobnicate cannot be moved\n  hint: samescore ops lists what can be',
  ],
  [
    'an operator with a reason',
    model([node('Loop', ['X'], ['Y'])], [X], [Y(2)]),
    'Loop "Loop_of_Y": convert/operator: Loop repeats over a whole batch of rows',
  ],
  [
    'a sum over the rows',
    model([node('ReduceSum', ['X', 'axes'], ['Y'])], [X], [Y(2)], [tensorProto('axes', 'int64', [1], [0])]),
    'ReduceSum "ReduceSum_of_Y": convert/mixes-rows: ReduceSum combines values of different rows\n  hint: only graphs that score each row on its own can be moved',
  ],
  [
    'rows flattened into one list',
    model([node('Reshape', ['X', 's'], ['Y'])], [X], [Y()], [tensorProto('s', 'int64', [1], [-1])]),
    'Reshape "Reshape_of_Y": convert/mixes-rows: Reshape combines values of different rows\n  hint: only graphs that score each row on its own can be moved',
  ],
  [
    'inputs of two types',
    model([node('Add', ['X', 'd'], ['Y'])], [X], [Y(2)], [tensorProto('d', 'float64', [1], [1])]),
    'Add "Add_of_Y": convert/bad-types: the inputs of Add do not fit together (got add of float32, float64)\n  hint: check the model with samescore validate',
  ],
  [
    'a value that nothing gives',
    model([node('Neg', ['Q'], ['Y'])], [X], [Y(2)]),
    'Neg "Neg_of_Y": convert/undefined-value: nothing gives "Q"',
  ],
  [
    'a cycle',
    model([node('Neg', ['B'], ['A']), node('Neg', ['A'], ['B'])], [X], [{ name: 'B', kind: 'float32', columns: 2 }]),
    'Neg "Neg_of_A": convert/cycle: the graph has a cycle',
  ],
])('%s is declined with its place', (_, file, message) => {
  expect(refusal(file)).toBe(message);
});

test('an input without a fixed number of columns is declined', () => {
  const file = model([node('Neg', ['X'], ['Y'])], [X], [Y(2)]);
  file.graph!.input[0]!.type!.tensor_type!.shape!.dim[1] = { dim_param: 'F' };
  expect(refusal(file)).toBe(
    'field "X": convert/input-shape: the input has no fixed number of columns\n  hint: export the model with the shape [None, number of columns]',
  );
});
