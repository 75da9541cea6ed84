import { expect, test } from 'vitest';
import { formatError, SamescoreError } from '../../src/core/errors.js';
import type { FunctionProto } from '../../src/onnx/document.js';
import {
  checkOnnx,
  type EvaluatorOptions,
  type ModelProto,
  OnnxEvaluator,
  readOnnx,
  readTensor,
  sequence,
  Tensor,
  tensorOf,
  type Value,
  writeTensor,
} from '../../src/onnx/index.js';
import { graph, info, initializer, model, node } from './models.js';

const values = (value: Value | undefined): unknown[] => (value as Tensor).toArray();

function run(document: ModelProto, feeds: Record<string, Value>, output = 'y'): unknown[] {
  return values(new OnnxEvaluator(document).run(feeds)[output]);
}

function failure(document: ModelProto, feeds: Record<string, Value> = {}, options: EvaluatorOptions = {}): string {
  try {
    new OnnxEvaluator(document, options).run(feeds);
  } catch (error) {
    if (error instanceof SamescoreError) return formatError(error);
    throw error;
  }
  return 'no error';
}

const floats = (...list: number[]): Tensor => tensorOf('float', list);

test('nodes run in the order of their values, whatever their order in the file', () => {
  const body = graph([node('Neg', ['a'], ['y']), node('Abs', ['x'], ['a'])], [info('x')], [info('y')]);
  expect(run(model(body), { x: floats(-1, 2) })).toEqual([-1, -2]);
});

test('a cycle is refused', () => {
  const body = graph([node('Add', ['x', 'b'], ['a']), node('Neg', ['a'], ['b'])], [info('x')], [info('b')]);
  expect(failure(model(body))).toBe('Add[0]: onnx/bad-graph: the graph has a cycle');
});

test('a value that is made twice is refused', () => {
  const body = graph([node('Neg', ['x'], ['y']), node('Abs', ['x'], ['y'])], [info('x')], [info('y')]);
  expect(failure(model(body))).toBe('Abs[1]: onnx/bad-graph: the value "y" is made twice');
});

test('a value that nothing makes is refused', () => {
  const body = graph([node('Neg', ['z'], ['y'])], [info('x')], [info('y')]);
  expect(failure(model(body))).toBe('Neg[0]: onnx/bad-graph: nothing makes the value "z"');
});

test('an unknown operator is refused with its domain', () => {
  const body = graph([node('Frobnicate', ['x'], ['y'], {}, 'com.example')], [info('x')], [info('y')]);
  expect(failure(model(body))).toBe(
    'Frobnicate[0]: onnx/unknown-operator: no operator "Frobnicate" in domain "com.example"\n  hint: samescore ops --format onnx lists the operators that it evaluates',
  );
});

test('an operator that is newer than the imported set is unknown', () => {
  const body = graph([node('Gelu', ['x'], ['y'])], [info('x')], [info('y')]);
  expect(failure(model(body, 19))).toContain('no operator "Gelu"');
  expect(run(model(body, 20), { x: floats(0) })).toEqual([0]);
});

test('inputs are checked against their declaration', () => {
  const body = graph([node('Neg', ['x'], ['y'])], [info('x', 'float', ['N', 2])], [info('y')]);
  expect(failure(model(body))).toBe('field "x": onnx/bad-input: an input is missing');
  expect(failure(model(body), { x: tensorOf('double', [1, 2], [1, 2]) })).toBe(
    'field "x": onnx/bad-input: an input has the wrong type (expected tensor(float), got tensor(double) [1, 2])',
  );
  expect(failure(model(body), { x: floats(1, 2) })).toBe(
    'field "x": onnx/bad-input: an input has the wrong shape (expected [N, 2], got tensor(float) [2])',
  );
  expect(failure(model(body), { z: floats(1) })).toBe('onnx/bad-input: the model has no input "z"\n  hint: it has x');
});

test('an initializer is the default of the input of its name', () => {
  const body = graph(
    [node('Add', ['x', 'w'], ['y'])],
    [info('x'), info('w')],
    [info('y')],
    [initializer('w', 'float', [10])],
  );
  expect(run(model(body), { x: floats(1) })).toEqual([11]);
  expect(run(model(body), { x: floats(1), w: floats(5) })).toEqual([6]);
});

test('a sparse initializer is a dense tensor', () => {
  const body = graph([node('Identity', ['w'], ['y'])], [], [info('y')]);
  body.sparse_initializer = [
    {
      values: initializer('w', 'float', [3, 4]),
      indices: initializer('', 'int64', [0, 1, 1, 0], [2, 2]),
      dims: [2, 2],
    },
  ];
  expect(run(model(body), {})).toEqual([0, 3, 4, 0]);
});

test('a subgraph sees the values around its node, and its own shadow them not', () => {
  const then = graph([node('Add', ['x', 'w'], ['r'])], [], [info('r')]);
  const other = graph([node('Sub', ['x', 'w'], ['s'])], [], [info('s')]);
  const body = graph(
    [node('If', ['c'], ['y'], { then_branch: then, else_branch: other })],
    [info('c', 'bool'), info('x')],
    [info('y')],
    [initializer('w', 'float', [1])],
  );
  expect(run(model(body), { c: tensorOf('bool', [true], []), x: floats(5) })).toEqual([6]);
  expect(run(model(body), { c: tensorOf('bool', [false], []), x: floats(5) })).toEqual([4]);
});

/** y = x doubled `n` times, and every intermediate value. */
const doubling = graph(
  [node('Add', ['v', 'v'], ['next']), node('Identity', ['go'], ['again']), node('Identity', ['next'], ['scan'])],
  [info('i', 'int64'), info('go', 'bool'), info('v')],
  [info('again', 'bool'), info('next'), info('scan')],
);

test('a loop carries values, and stacks what it scans', () => {
  const body = graph(
    [node('Loop', ['n', '', 'x'], ['y', 'all'], { body: doubling })],
    [info('n', 'int64'), info('x')],
    [info('y'), info('all')],
  );
  const results = new OnnxEvaluator(model(body)).run({ n: tensorOf('int64', [3n], []), x: floats(1, 2) });
  expect(values(results['y'])).toEqual([8, 16]);
  expect((results['all'] as Tensor).dims).toEqual([3, 2]);
  expect(values(results['all'])).toEqual([2, 4, 4, 8, 8, 16]);
});

test('a loop without end runs into the limit on steps', () => {
  const body = graph(
    [node('Loop', ['', 'c', 'x'], ['y', 'all'], { body: doubling })],
    [info('c', 'bool'), info('x')],
    [info('y'), info('all')],
  );
  const feeds = { c: tensorOf('bool', [true], []), x: floats(1) };
  expect(failure(model(body), feeds, { limits: { steps: 1000 } })).toBe(
    'Loop[0]: onnx/limit: the number of steps exceeds the limit of 1000\n  hint: raise the limit if the model is trusted',
  );
});

test('a tensor beyond the limit is refused before it is made', () => {
  const body = graph([node('ConstantOfShape', ['s'], ['y'])], [info('s', 'int64')], [info('y')]);
  expect(failure(model(body), { s: tensorOf('int64', [1000000, 1000000]) })).toBe(
    'ConstantOfShape[0]: onnx/limit: a tensor of shape [1000000, 1000000] exceeds the limit of 268435456\n  hint: raise the limit if the model is trusted',
  );
  expect(failure(model(body), { s: tensorOf('int64', [-1]) })).toBe(
    'ConstantOfShape[0]: onnx/bad-tensor: a dimension is -1 (expected zero or more)',
  );
});

const scale = (overload: string, op: string): FunctionProto => ({
  name: 'Scale',
  domain: 'local',
  overload,
  input: ['a'],
  output: ['b'],
  attribute: ['by'],
  attribute_proto: [{ name: 'bias', type: 1, f: 100 }],
  opset_import: [{ domain: '', version: 18 }],
  node: [
    {
      op_type: 'Constant',
      input: [],
      output: ['c'],
      attribute: [{ name: 'value_float', type: 1, ref_attr_name: 'by' }],
    },
    {
      op_type: 'Constant',
      input: [],
      output: ['d'],
      attribute: [{ name: 'value_float', type: 1, ref_attr_name: 'bias' }],
    },
    node(op, ['a', 'c'], ['e']),
    node('Add', ['e', 'd'], ['b']),
  ],
});

test('functions of the model take attributes, defaults and overloads', () => {
  const call = (overload: string, output: string) => ({
    ...node('Scale', ['x'], [output], { by: 2.5 }, 'local'),
    overload,
  });
  const body = graph([call('', 'y'), call('divide', 'z')], [info('x')], [info('y'), info('z')]);
  const document = model(body, 18, { functions: [scale('', 'Mul'), scale('divide', 'Div')] });
  document.opset_import.push({ domain: 'local', version: 1 });
  expect(run(document, { x: floats(4, 10) })).toEqual([110, 125]);
  expect(run(document, { x: floats(5, 10) }, 'z')).toEqual([102, 104]);
});

test('a function that calls itself is refused', () => {
  const own: FunctionProto = {
    ...scale('', 'Mul'),
    attribute: [],
    attribute_proto: [],
    node: [node('Scale', ['a'], ['b'], {}, 'local')],
  };
  const document = model(graph([node('Scale', ['x'], ['y'], {}, 'local')], [info('x')], [info('y')]), 18, {
    functions: [own],
  });
  expect(failure(document, { x: floats(1) })).toContain(
    'the nesting of subgraphs and function calls exceeds the limit of 100',
  );
});

test('an attribute of the wrong type names the node and the attribute', () => {
  const body = graph([node('Concat', ['x', 'x'], ['y'], { axis: 'last' })], [info('x')], [info('y')]);
  expect(failure(model(body), { x: floats(1) })).toBe(
    'Concat[0] @axis: onnx/bad-attribute: the attribute has the wrong type (expected INT, got STRING)',
  );
});

test('operands of different types are refused', () => {
  const body = graph([node('Add', ['x', 'w'], ['y'])], [info('x')], [info('y')], [initializer('w', 'double', [1])]);
  expect(failure(model(body), { x: floats(1) })).toBe(
    'Add[0]: onnx/bad-input: the operands have different types (got tensor(float) [1] and tensor(double) [1])',
  );
});

test('a tree that never ends is refused', () => {
  const tree = node('TreeEnsembleRegressor', ['x'], ['y'], {}, 'ai.onnx.ml');
  const ints = (name: string, list: number[]) => ({ name, type: 7, ints: Float64Array.from(list) });
  tree.attribute = [
    ints('nodes_treeids', [0, 0]),
    ints('nodes_nodeids', [0, 1]),
    ints('nodes_truenodeids', [1, 1]),
    ints('nodes_falsenodeids', [1, 1]),
    ints('nodes_featureids', [0, 0]),
    {
      name: 'nodes_modes',
      type: 8,
      strings: ['BRANCH_LEQ', 'BRANCH_LEQ'].map((text) => new TextEncoder().encode(text)),
    },
    { name: 'nodes_values', type: 6, floats: Float32Array.of(0, 0) },
  ];
  const body = graph([tree], [info('x', 'float', ['N', 1])], [info('y')]);
  expect(failure(model(body), { x: tensorOf('float', [1], [1, 1]) })).toBe(
    'TreeEnsembleRegressor[0] @nodes_truenodeids: onnx/bad-attribute: a node of a tree is reached twice',
  );
});

test('int64 arithmetic is exact and wraps', () => {
  const body = graph(
    [node('Add', ['x', 'w'], ['y'])],
    [info('x', 'int64')],
    [info('y', 'int64')],
    [initializer('w', 'int64', [1n])],
  );
  expect(run(model(body), { x: tensorOf('int64', [2n ** 53n, 2n ** 63n - 1n]) })).toEqual([
    2n ** 53n + 1n,
    -(2n ** 63n),
  ]);
});

test('float16 results are rounded to float16', () => {
  const body = graph([node('Add', ['x', 'x'], ['y'])], [info('x', 'float16')], [info('y', 'float16')]);
  expect(run(model(body), { x: tensorOf('float16', [1024.5, 40000]) })).toEqual([2048, Number.POSITIVE_INFINITY]);
});

test('an operator set that is newer than all that is known is refused', () => {
  const body = graph([node('Neg', ['x'], ['y'])], [info('x')], [info('y')]);
  expect(failure(model(body, 999))).toBe(
    'Neg[0]: onnx/newer-opset: operator set 999 of the domain "ai.onnx" is not known (expected 28 or less, got 999)\n  hint: export the model for an older operator set, or update samescore',
  );
  const learner = graph([node('Binarizer', ['x'], ['y'], {}, 'ai.onnx.ml')], [info('x')], [info('y')]);
  const later = [
    { domain: '', version: 18 },
    { domain: 'ai.onnx.ml', version: 99 },
  ];
  expect(failure(model(learner, 18, { opset_import: later }))).toContain('operator set 99 of the domain "ai.onnx.ml"');
  expect(run(model(body, 18, { opset_import: later }), { x: floats(1) })).toEqual([-1]);
});

test('what is no model is refused with the way to read one', () => {
  for (const [given, text] of [
    [new Uint8Array(3), 'the model is still bytes'],
    [new ArrayBuffer(3), 'the model is still bytes'],
    [null, 'this is not a model'],
    ['model.onnx', 'this is not a model'],
    [{ graph: {} }, 'this is not a model'],
  ] as const)
    expect(failure(given as never)).toBe(
      `onnx/bad-graph: ${text}\n  hint: read the bytes of the file first: new OnnxEvaluator(readOnnx(bytes))`,
    );
});

test('inputs that are no tensors are refused by name', () => {
  const body = model(graph([node('Neg', ['x'], ['y'])], [info('x')], [info('y')]));
  for (const [given, got] of [
    [null, 'nothing'],
    [[1], 'an array'],
    [7, 'a value of type number'],
    [floats(1), 'tensor(float) [1]'],
  ] as const)
    expect(failure(body, given as never)).toBe(
      `onnx/bad-input: run takes an object of inputs by name (expected { name: Tensor }, got ${got})`,
    );
  for (const [given, got] of [
    [[1, 2], 'an array'],
    [null, 'nothing'],
    [new Float32Array(2), 'a value of type object'],
    ['text', 'a value of type string'],
  ] as const)
    expect(failure(body, { x: given as never })).toBe(
      `field "x": onnx/bad-input: an input is not a tensor (expected a Tensor, got ${got})\n  hint: make one: tensorOf('float', [1, 2], [1, 2]), or readTensor(bytes) of a TensorProto`,
    );
});

test('a tensor whose parts do not fit together is refused', () => {
  const message = (make: () => unknown): string => {
    try {
      make();
    } catch (error) {
      return error instanceof SamescoreError ? formatError(error) : String(error);
    }
    return 'no error';
  };
  expect(message(() => new Tensor('float', [2, 2], new Float32Array(3)))).toBe(
    'onnx/bad-tensor: the data do not fit the shape (expected 4 values for [2, 2], got 3)',
  );
  expect(message(() => new Tensor('float', [2], [1, 2] as never))).toContain('(expected Float32Array, got Array)');
  expect(message(() => new Tensor('int64', [1], Float64Array.of(1)))).toContain(
    '(expected BigInt64Array, got Float64Array)',
  );
  expect(message(() => new Tensor('float32' as never, [1], new Float32Array(1)))).toContain(
    'hint: use the names of ONNX: float and double, not float32 and float64',
  );
  expect(message(() => tensorOf('float32' as never, [1]))).toContain('there is no such element type');
  expect(message(() => new Tensor('float', undefined as never, new Float32Array(1)))).toContain(
    'the shape is not a list',
  );
  expect(message(() => new Tensor('float', [-1], new Float32Array(1)))).toContain(
    'expected integers from 0 on, got [-1]',
  );
  expect(message(() => new Tensor('float', [1], undefined as never))).toContain('got undefined');
});

test('wrong arguments of the library are named', () => {
  const code = (call: () => unknown): string => {
    try {
      call();
    } catch (error) {
      return error instanceof SamescoreError ? `${error.code}: ${error.message} (got ${error.got})` : String(error);
    }
    return 'no error';
  };
  const wrong = [null, undefined, 'text', 7, {}] as never[];
  for (const value of wrong) {
    for (const call of [readTensor, writeTensor, checkOnnx, readOnnx])
      expect(code(() => call(value))).toMatch(/^core\/wrong-argument: the input of (read|write|check)/);
    expect(code(() => tensorOf('float', value))).toMatch(/^core\/wrong-argument: the values of a tensor/);
  }
  expect(code(() => tensorOf('int64', ['x']))).toBe('onnx/bad-input: a value is not an integer (got x)');
  expect(code(() => tensorOf('int64', [1.5]))).toBe('onnx/bad-input: a value is not an integer (got 1.5)');
  expect(tensorOf('int64', [true, '-3', 4n]).toArray()).toEqual([1n, -3n, 4n]);
  const list = { name: 's', type: { sequence_type: { elem_type: { tensor_type: { elem_type: 1 } } } } };
  const body = model(graph([node('SequenceLength', ['s'], ['y'])], [list], [info('y', 'int64')]));
  expect(failure(body, { s: sequence([1 as never]) })).toContain('a sequence holds what is no value');
  expect(failure(body, { s: { kind: 'sequence' } as never })).toContain('a sequence holds what is no value');
});
