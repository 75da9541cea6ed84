import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatFinding } from '../../src/core/finding.js';
import { checkOnnx, type ModelProto, readOnnx } from '../../src/onnx/index.js';
import { graph, info, initializer, model, node } from './models.js';

const FIXTURES = join(import.meta.dirname, '../../fixtures');

const found = (document: ModelProto): string[] => checkOnnx(document).map(formatFinding);

test('the models of exporters have no errors', () => {
  const files = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('model.onnx'),
  );
  expect(files.length).toBeGreaterThan(20);
  for (const file of files) {
    const errors = checkOnnx(readOnnx(readFileSync(join(FIXTURES, file)))).filter(
      ({ severity }) => severity === 'error',
    );
    expect(errors, file).toEqual([]);
  }
});

const x = info('x', 'float', ['N', 4]);
const y = info('y', 'float', ['N', 4]);

test.each<[string, ModelProto, string[]]>([
  ['a good model', model(graph([node('Relu', ['x'], ['y'])], [x], [y])), []],
  [
    'an undefined name',
    model(graph([node('Relu', ['z'], ['y'])], [x], [y])),
    ['Relu[0], field "y": error onnx/undefined-name: nothing makes the value "z"'],
  ],
  [
    'a cycle',
    model(graph([node('Add', ['x', 'b'], ['a']), node('Relu', ['a'], ['b'])], [x], [info('a', 'float', ['N', 4])])),
    ['Add[0], field "a": error onnx/not-sorted: the value "b" is used before it is made, or in a cycle'],
  ],
  [
    'a duplicate name',
    model(graph([node('Relu', ['x'], ['y']), node('Neg', ['x'], ['y'])], [x], [y])),
    ['Neg[1], field "y": error onnx/duplicate-name: the value "y" is made twice'],
  ],
  [
    'an output that nothing makes',
    model(graph([node('Relu', ['x'], ['y'])], [x], [info('q', 'float', ['N', 4])])),
    ['graph: error onnx/undefined-name: nothing makes the output "q"'],
  ],
  [
    'an unknown operator',
    model(graph([node('Rleu', ['x'], ['y'])], [x], [y])),
    ['Rleu[0], field "y": error onnx/unknown-operator: no operator "Rleu" in the domain "ai.onnx"'],
  ],
  [
    'an operator of a later set',
    model(graph([node('Gelu', ['x'], ['y'])], [x], [y]), 19),
    [
      'Gelu[0], field "y": error onnx/unknown-operator: Gelu is not yet in operator set 19 (expected 20 or later, got 19)',
    ],
  ],
  [
    'a missing import',
    model(graph([node('Scaler', ['x'], ['y'], {}, 'ai.onnx.ml')], [x], [y]), 18, {
      opset_import: [{ domain: '', version: 18 }],
    }),
    ['Scaler[0], field "y": error onnx/missing-opset: the model imports no operator set for the domain "ai.onnx.ml"'],
  ],
  [
    'an unknown attribute',
    model(graph([node('Relu', ['x'], ['y'], { alpha: 1 })], [x], [y])),
    ['Relu[0] @alpha: error onnx/unknown-attribute: Relu has no such attribute'],
  ],
  [
    'an attribute of the wrong type',
    model(graph([node('Concat', ['x', 'x'], ['y'], { axis: 'one' })], [x], [y])),
    ['Concat[0] @axis: error onnx/attribute-type: the attribute has the wrong type (expected INT, got STRING)'],
  ],
  [
    'a missing attribute',
    model(graph([node('Concat', ['x', 'x'], ['y'])], [x], [y])),
    ['Concat[0] @axis: error onnx/missing-attribute: the required attribute is missing'],
  ],
  [
    'too many inputs',
    model(graph([node('Relu', ['x', 'x'], ['y'])], [x], [y])),
    ['Relu[0], field "y": error onnx/arity: Relu has the wrong number of inputs (expected 1, got 2)'],
  ],
  [
    'types that do not meet',
    model(graph([node('Add', ['x', 'w'], ['y'])], [x], [y], [initializer('w', 'double', [1])])),
    [
      'Add[0], field "y": error onnx/wrong-type: input 1 "w" has the wrong type (expected tensor(float), got tensor(double))',
    ],
  ],
  [
    'a type that the operator does not take',
    model(graph([node('Softmax', ['s'], ['y'])], [info('s', 'string', ['N', 4])], [y])),
    [
      'Softmax[0], field "y": error onnx/wrong-type: input 0 "s" has the wrong type (expected tensor(bfloat16), tensor(double), tensor(float), tensor(float16), got tensor(string))',
    ],
  ],
  [
    'shapes that do not broadcast',
    model(graph([node('Add', ['x', 'w'], ['y'])], [x], [y], [initializer('w', 'float', [1, 2, 3])])),
    [
      'Add[0], field "y": error onnx/wrong-shape: the shapes do not broadcast (expected 4 or 1, got 3 of [N, 4] and [3])',
    ],
  ],
  [
    'inner sizes that differ',
    model(graph([node('MatMul', ['x', 'w'], ['y'])], [x], [y], [initializer('w', 'float', [1, 2, 3], [3, 1])])),
    ['MatMul[0], field "y": error onnx/wrong-shape: the inner sizes differ (expected 4, got 3)'],
  ],
  [
    'an output that is declared otherwise',
    model(graph([node('Flatten', ['x'], ['y'])], [info('x', 'float', [2, 3, 4])], [info('y', 'float', [2, 7])])),
    [
      'Flatten[0], field "y": error onnx/wrong-shape: the output is declared otherwise than Flatten gives it (expected [2, 12], got [2, 7])',
    ],
  ],
  [
    'an output whose declared type is wrong',
    model(graph([node('Shape', ['x'], ['y'])], [x], [info('y', 'float', [2])])),
    [
      'Shape[0], field "y": error onnx/wrong-type: the output is declared otherwise than Shape gives it (expected tensor(int64), got tensor(float))',
    ],
  ],
  [
    'data that do not fit their shape',
    model(
      graph(
        [node('Add', ['x', 'w'], ['y'])],
        [x],
        [y],
        [{ name: 'w', dims: [4], data_type: 1, raw_data: new Uint8Array(4) }],
      ),
    ),
    ['w: error onnx/bad-tensor: the raw data do not fit the shape (expected 16 bytes, got 4)'],
  ],
  [
    'an import that contradicts another',
    model(graph([node('Relu', ['x'], ['y'])], [x], [y]), 18, {
      opset_import: [
        { domain: '', version: 18 },
        { domain: 'ai.onnx', version: 9 },
      ],
    }),
    ['ModelProto: error onnx/duplicate-opset: the domain "ai.onnx" is imported twice'],
  ],
  [
    'a fault in a subgraph',
    model(
      graph(
        [
          node('If', ['c'], ['y'], {
            then_branch: graph([node('Relu', ['q'], ['a'])], [], [info('a')]),
            else_branch: graph([node('Relu', ['x'], ['b'])], [], [info('b')]),
          }),
        ],
        [info('c', 'bool', []), x],
        [y],
      ),
    ),
    ['If[0]/then_branch/Relu[0], field "a": error onnx/undefined-name: nothing makes the value "q"'],
  ],
])('%s', (_, document, expected) => {
  expect(found(document)).toEqual(expected);
});
