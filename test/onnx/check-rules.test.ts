import { expect, test } from 'vitest';
import { formatFinding } from '../../src/core/finding.js';
import { checkOnnx, type ModelProto } from '../../src/onnx/index.js';
import { graph, info, initializer, model, node } from './models.js';

const x = info('x', 'float', ['N', 4]);
const y = info('y', 'float', ['N', 4]);
const relu = graph([node('Relu', ['x'], ['y'])], [x], [y]);

const called = (inner: ReturnType<typeof node>, attributes: string[] = []): ModelProto =>
  model(graph([node('F', ['x'], ['y'], {}, 'f')], [x], [y]), 18, {
    opset_import: [
      { domain: '', version: 18 },
      { domain: 'f', version: 1 },
    ],
    functions: [
      { name: 'F', domain: 'f', input: ['a'], output: ['b'], attribute: attributes, node: [inner], opset_import: [] },
    ],
  });

const branchesOf = (name: string) =>
  graph(
    [
      node('If', ['c'], ['y'], {
        then_branch: graph([node('Relu', ['x'], [name])], [], [{ name }]),
        else_branch: graph([node('Neg', ['x'], ['b'])], [], [{ name: 'b' }]),
      }),
    ],
    [info('c', 'bool', []), x],
    [y],
  );

test.each<[string, ModelProto, string[]]>([
  [
    'an operator set of the future',
    model(relu, 999),
    [
      'ModelProto: error onnx/newer-version: the operator set of "ai.onnx" is newer than any that is known (expected at most 28, got 999); export the model for an earlier operator set',
    ],
  ],
  [
    'messages of the future',
    model(relu, 18, { ir_version: 99 }),
    [
      'ModelProto: error onnx/newer-version: the IR version is newer than any that is known (expected at most 14, got 99)',
    ],
  ],
  [
    'an initializer that is no input, before IR version 4',
    model(graph([node('Add', ['x', 'w'], ['y'])], [x], [y], [initializer('w', 'float', [1])]), 18, { ir_version: 3 }),
    ['graph: error onnx/version: the initializer "w" is not an input (expected IR version 4 or later, got 3)'],
  ],
  [
    'a name of the graph around in a subgraph',
    model(branchesOf('x')),
    ['If[0]/then_branch/Relu[0], field "x": error onnx/duplicate-name: the value "x" is made twice'],
  ],
  ['a subgraph that uses the graph around', model(branchesOf('a')), []],
  [
    'a reference to an attribute that the function lacks',
    called(node('Elu', ['a'], ['b'], { alpha: { type: 1, ref_attr_name: 'beta' } })),
    [
      'function f.F/Elu[0] @alpha: error onnx/bad-attribute: the attribute refers to one that the function does not have (got "beta")',
    ],
  ],
  [
    'a call without an attribute of the function',
    called(node('Elu', ['a'], ['b'], { alpha: { type: 1, ref_attr_name: 'beta' } }), ['beta']),
    ['F[0] @beta: error onnx/missing-attribute: the call lacks an attribute of the function'],
  ],
  [
    'a function that uses what nothing makes',
    called(node('Relu', ['x'], ['b'])),
    ['function f.F/Relu[0], field "b": error onnx/undefined-name: nothing makes the value "x"'],
  ],
  [
    'a sparse initializer with an index outside',
    model({
      ...graph([node('Add', ['x', 'w'], ['y'])], [x], [y]),
      sparse_initializer: [
        { values: initializer('w', 'float', [1, 2]), indices: initializer('', 'int64', [1n, 4n]), dims: [4] },
      ],
    }),
    ['w: error onnx/bad-tensor: an index of a sparse tensor lies outside its shape (expected 0 to 3, got 4)'],
  ],
  [
    'a deprecated operator',
    model(graph([node('Upsample', ['x', 's'], ['y'])], [x], [y], [initializer('s', 'float', [1, 1])]), 10),
    ['Upsample[0], field "y": error onnx/deprecated: Upsample is deprecated in operator set 10'],
  ],
  [
    'two faults at once',
    model(graph([node('Relu', ['p'], ['q']), node('Softmax', ['x'], ['y'], { axes: 1 })], [x], [y])),
    [
      'Relu[0], field "q": error onnx/undefined-name: nothing makes the value "p"',
      'Softmax[1] @axes: error onnx/unknown-attribute: Softmax has no such attribute (expected axis)',
    ],
  ],
])('%s', (_, document, expected) => {
  expect(checkOnnx(document).map(formatFinding)).toEqual(expected);
});
