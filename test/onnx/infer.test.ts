import { expect, test } from 'vitest';
import { attribute } from '../../src/onnx/attributes.js';
import type { FunctionProto, GraphProto, ModelProto } from '../../src/onnx/document.js';
import { RULES } from '../../src/onnx/infer/rules.js';
import { typeText } from '../../src/onnx/infer/value-type.js';
import { inferOnnx } from '../../src/onnx/infer.js';
import { OPERATORS } from '../../src/onnx/operators.js';
import { graph, info, initializer, model, node } from './models.js';

const inferred = (document: ModelProto, name: string): string => typeText(inferOnnx(document).values.get(name)?.type);

const untyped = (name: string) => ({ name });

test('every operator that is evaluated has a rule, and every rule an operator', () => {
  expect(Object.keys(RULES).sort()).toEqual(Object.keys(OPERATORS).sort());
});

test('a shape is followed through Shape, Gather, Unsqueeze, Concat and Reshape', () => {
  const body = graph(
    [
      node('Shape', ['x'], ['s']),
      node('Gather', ['s', 'zero'], ['batch'], { axis: 0 }),
      node('Unsqueeze', ['batch', 'axes'], ['b']),
      node('Concat', ['b', 'rest'], ['shape'], { axis: 0 }),
      node('Reshape', ['x', 'shape'], ['y']),
      node('Transpose', ['y'], ['t'], { perm: [0, 2, 1, 3] }),
    ],
    [info('x', 'float', ['N', 7, 12])],
    [untyped('t')],
    [
      initializer('zero', 'int64', [0n], []),
      initializer('axes', 'int64', [0n]),
      initializer('rest', 'int64', [7n, -1n, 4n]),
    ],
  );
  expect(inferred(model(body), 'y')).toBe('float[N, 7, 3, 4]');
  expect(inferred(model(body), 't')).toBe('float[N, 3, 7, 4]');
});

test('an initializer that an input may replace is not taken for a constant', () => {
  const shape = initializer('shape', 'int64', [2n, 6n]);
  const body = graph(
    [node('Reshape', ['x', 'shape'], ['y'])],
    [info('x', 'float', [3, 4]), info('shape', 'int64', [2])],
    [untyped('y')],
    [shape],
  );
  expect(inferred(model(body), 'y')).toBe('float[?, ?]');
  expect(inferred(model(body, 18, { ir_version: 3 }), 'y')).toBe('float[2, 6]');
});

test.each<[string, string[], Record<string, number | number[]>, number, string]>([
  ['Add', ['n4', 'n1'], {}, 18, 'float[N, 4]'],
  ['Add', ['n4', 'm4'], {}, 18, 'float[?, 4]'],
  ['ReduceSum', ['n4'], { keepdims: 0 }, 18, 'float[]'],
  ['ReduceMax', ['n4'], { axes: [-1] }, 13, 'float[N, 1]'],
  ['Flatten', ['nchw'], {}, 18, 'float[N, 3072]'],
  ['GlobalAveragePool', ['nchw'], {}, 18, 'float[N, 3, 1, 1]'],
  ['MaxPool', ['nchw'], { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }, 18, 'float[N, 3, 16, 16]'],
  ['SpaceToDepth', ['nchw'], { blocksize: 2 }, 18, 'float[N, 12, 16, 16]'],
  ['Squeeze', ['n1'], { axes: [1] }, 11, 'float[N]'],
  ['Cast', ['n4'], { to: 10 }, 18, 'float16[N, 4]'],
  ['ArgMax', ['n4'], { axis: 1, keepdims: 0 }, 18, 'int64[N]'],
  ['NonZero', ['n4'], {}, 18, 'int64[2, ?]'],
  ['Slice', ['nchw'], { starts: [1], ends: [-1], axes: [2] }, 9, 'float[N, 3, 30, 32]'],
  ['SplitToSequence', ['n4'], { axis: 1 }, 18, 'seq(float[N, 1])'],
])('%s of %j with %j', (op, inputs, attributes, opset, expected) => {
  const given = [
    info('n4', 'float', ['N', 4]),
    info('m4', 'float', ['M', 4]),
    info('n1', 'float', ['N', 1]),
    info('nchw', 'float', ['N', 3, 32, 32]),
  ];
  const body = graph([node(op, inputs, ['y'], attributes)], given, [untyped('y')]);
  expect(inferred(model(body, opset), 'y')).toBe(expected);
});

const bodyOf = (nodes: GraphProto['node'], inputs: string[], outputs: string[]): GraphProto =>
  graph(nodes, inputs.map(untyped), outputs.map(untyped));

test('branches leave open what differs between them', () => {
  const branches = {
    then_branch: bodyOf([node('Concat', ['x', 'x'], ['a'], { axis: 0 })], [], ['a']),
    else_branch: bodyOf([node('Relu', ['x'], ['b'])], [], ['b']),
  };
  const body = graph(
    [node('If', ['c'], ['y'], branches)],
    [info('c', 'bool', []), info('x', 'float', [2, 3])],
    [untyped('y')],
  );
  expect(inferred(model(body), 'y')).toBe('float[?, 3]');
});

test('a state that keeps its shape keeps it through a loop; one that grows does not', () => {
  const loop = bodyOf(
    [
      node('Identity', ['go'], ['on']),
      node('Add', ['still', 'still'], ['same']),
      node('Concat', ['grows', 'still'], ['longer'], { axis: 0 }),
      node('Relu', ['still'], ['scan']),
    ],
    ['i', 'go', 'still', 'grows'],
    ['on', 'same', 'longer', 'scan'],
  );
  const body = graph(
    [node('Loop', ['n', '', 'x', 'x'], ['y', 'z', 's'], { body: loop })],
    [info('n', 'int64', []), info('x', 'float', [2, 3])],
    [untyped('y')],
  );
  expect(['y', 'z', 's'].map((name) => inferred(model(body), name))).toEqual([
    'float[2, 3]',
    'float[?, 3]',
    'float[?, 2, 3]',
  ]);
});

test('a function is followed with the types and attributes of its call', () => {
  const definition: FunctionProto = {
    name: 'Shrunk',
    domain: 'here',
    input: ['a'],
    output: ['b'],
    attribute: ['to'],
    attribute_proto: [attribute('keep', 'INT', 0)],
    node: [
      node('Cast', ['a'], ['c'], { to: { name: 'to', type: 2, ref_attr_name: 'to' } }),
      node('ReduceMax', ['c'], ['b'], { axes: [1], keepdims: { name: 'keepdims', type: 2, ref_attr_name: 'keep' } }),
    ],
    opset_import: [{ domain: '', version: 13 }],
  };
  const body = graph(
    [node('Shrunk', ['x'], ['y'], { to: 11 }, 'here'), node('Shrunk', ['x'], ['z'], { to: 10, keep: 1 }, 'here')],
    [info('x', 'float', ['N', 4])],
    [untyped('y')],
  );
  const document = model(body, 18, { functions: [definition] });
  expect(inferred(document, 'y')).toBe('double[N]');
  expect(inferred(document, 'z')).toBe('float16[N, 1]');
});
