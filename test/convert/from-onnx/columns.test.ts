import { expect, test } from 'vitest';
import { valueAt } from '../../../src/core/table.js';
import { convert, Model } from '../../../src/model.js';
import { attr, ml, model, node, tensorProto } from './models.js';

const ROWS = [{ X: -2 }, { X: 3 }];

function column(scored: Model, name: string, index = 0) {
  const { table } = scored.score(ROWS);
  return ROWS.map((_, row) => valueAt(table.columns.get(name)!, row, index));
}

/** Raw scores of three classes, each as an output of its own. */
function columns(): Model {
  const classes = ['red', 'blue'].map((text, index) => ({ text, name: `s${text}`, at: `at${index}`, index }));
  return new Model(
    'onnx',
    model(
      [
        ml(
          'LinearClassifier',
          ['X'],
          ['label', 'scores'],
          [
            attr.floats('coefficients', [-1, 1]),
            attr.floats('intercepts', [0.5, 0]),
            attr.texts('classlabels_strings', ['red', 'blue']),
            attr.text('post_transform', 'NONE'),
          ],
        ),
        ...classes.map(({ name, at }) => node('Gather', ['scores', at], [name], [attr.int('axis', 1)])),
      ],
      [{ name: 'X', kind: 'float32', columns: 1 }],
      [
        { name: 'label', kind: 'string' },
        ...classes.map(({ name }) => ({ name, kind: 'float32' as const, columns: 1 })),
      ],
      classes.map(({ at, index }) => tensorProto(at, 'int64', [1], [index])),
    ),
  );
}

test('outputs named after the classes are their probabilities', () => {
  const original = columns();
  expect(original.signature.outputs.map(({ name, role, category }) => [name, role, category])).toEqual([
    ['label', 'label', undefined],
    ['sred', 'probability', 'red'],
    ['sblue', 'probability', 'blue'],
  ]);
  expect(column(original, 'sred')).toEqual([2.5, -2.5]);
  const moved = convert(original, 'pfa');
  expect(moved.signature.outputs.map(({ role }) => role)).toContain('score');
  expect(column(moved, 'label')).toEqual(['red', 'blue']);
});

test('an output that gives more columns than it declares has all of them', () => {
  const original = new Model(
    'onnx',
    model(
      [node('MatMul', ['X', 'W'], ['Y'])],
      [{ name: 'X', kind: 'float32', columns: 1 }],
      [{ name: 'Y', kind: 'float32', columns: 1 }],
      [tensorProto('W', 'float32', [1, 3], [1, 10, -4])],
    ),
  );
  expect(original.signature.outputs).toEqual([{ name: 'Y', type: 'float32', shape: [3], role: 'value' }]);
  expect([0, 1, 2].map((index) => column(original, 'Y', index))).toEqual([
    [-2, 3],
    [-20, 30],
    [8, -12],
  ]);
});
