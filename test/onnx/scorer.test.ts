import { expect, test } from 'vitest';
import { formatError } from '../../src/core/errors.js';
import { columnOf, recordAt, type Table, tableOfText } from '../../src/core/table.js';
import { onnxScorer } from '../../src/onnx/index.js';
import { graph, info, initializer, model, node } from './models.js';

const doubled = model(
  graph(
    [node('MatMul', ['X', 'w'], ['variable'])],
    [info('X', 'float', ['N', 2])],
    [info('variable', 'float', ['N', 1])],
    [initializer('w', 'float', [2, 10], [2, 1])],
  ),
);

const rowsOf = (table: Table): unknown[] => Array.from({ length: table.length }, (_, row) => recordAt(table, row));

test('a matrix is a field that binds to columns by their order', () => {
  const scorer = onnxScorer(doubled);
  expect(scorer.signature).toEqual({
    inputs: [{ name: 'X', type: 'float32', shape: [2], optional: true }],
    outputs: [{ name: 'variable', type: 'float32', shape: [], role: 'value' }],
  });
  const { table, errors } = scorer.score(
    tableOfText(
      ['a', 'b'],
      [
        ['1', '2'],
        ['3', ''],
      ],
    ),
  );
  expect(rowsOf(table)).toEqual([{ variable: 22 }, { variable: Number.NaN }]);
  expect(errors.size).toBe(0);
});

test('recorded feature names bind columns in any order', () => {
  const named = { ...doubled, metadata_props: [{ key: 'samescore.feature_names', value: '{"X":["first","second"]}' }] };
  const scorer = onnxScorer(named);
  expect(scorer.signature.inputs[0]?.elementNames).toEqual(['first', 'second']);
  expect(rowsOf(scorer.score(tableOfText(['second', 'x', 'first'], [['1', '9', '2']])).table)).toEqual([
    { variable: 14 },
  ]);
});

test('a column as wide as the input binds by its name', () => {
  const X = columnOf('float32', [1, 1, 0, 2], [2]);
  expect(rowsOf(onnxScorer(doubled).score({ length: 2, columns: new Map([['X', X]]) }).table)).toEqual([
    { variable: 12 },
    { variable: 20 },
  ]);
});

test('rows without enough columns are refused', () => {
  expect(() => onnxScorer(doubled).score(tableOfText(['a'], [['1']]))).toThrow(
    'the rows have no column for the input "X"',
  );
});

test('a missing text is the empty one', () => {
  const keys = ['a', 'b'].map((key) => new TextEncoder().encode(key));
  const encoder = node(
    'LabelEncoder',
    ['city'],
    ['code'],
    { keys_strings: { type: 8, strings: keys }, values_int64s: [1, 2] },
    'ai.onnx.ml',
  );
  const cities = model(graph([encoder], [info('city', 'string', ['N', 1])], [info('code', 'int64', ['N', 1])]));
  const { table, errors } = onnxScorer(cities).score(tableOfText(['city'], [['b'], [''], ['zz']]));
  expect(rowsOf(table)).toEqual([{ code: 2n }, { code: -1n }, { code: -1n }]);
  expect(errors.size).toBe(0);
});

test('a missing integer fails its row, and the others keep their predictions', () => {
  const counts = model(
    graph([node('Neg', ['n'], ['m'])], [info('n', 'int64', ['N', 1])], [info('m', 'int64', ['N', 1])]),
  );
  const { table, errors } = onnxScorer(counts).score(tableOfText(['n'], [['5'], [''], ['-7']]));
  expect(rowsOf(table)).toEqual([{ m: -5n }, { m: null }, { m: 7n }]);
  expect([...errors].map(([row, error]) => [row, formatError(error)])).toEqual([
    [1, 'field "n", row 2: onnx/bad-input: a value is missing (expected tensor(int64))'],
  ]);
});

test('a text that is no number fails its row alone', () => {
  const { errors } = onnxScorer(doubled).score(
    tableOfText(
      ['a', 'b'],
      [
        ['1', 'two'],
        ['1', '2'],
      ],
    ),
  );
  expect([...errors].map(([row, error]) => [row, formatError(error)])).toEqual([
    [0, 'field "X", row 1: onnx/bad-input: a text is not a number (got "two")'],
  ]);
});

const classifier = (zipped: boolean) => {
  const linear = node(
    'LinearClassifier',
    ['X'],
    ['label', 'scores'],
    { classlabels_ints: [10, 20, 30], post_transform: 'SOFTMAX' },
    'ai.onnx.ml',
  );
  linear.attribute.push(
    { name: 'coefficients', type: 6, floats: Float32Array.of(1, 0, 0, 1, -1, -1) },
    { name: 'intercepts', type: 6, floats: new Float32Array(3) },
  );
  const zip = node('ZipMap', ['scores'], ['probabilities'], { classlabels_int64s: [10, 20, 30] }, 'ai.onnx.ml');
  const maps = {
    sequence_type: { elem_type: { map_type: { key_type: 7, value_type: { tensor_type: { elem_type: 1 } } } } },
  };
  return model(
    graph(
      zipped ? [linear, zip] : [linear],
      [info('X', 'float', ['N', 2])],
      [info('label', 'int64', ['N']), zipped ? { name: 'probabilities', type: maps } : info('scores', 'float')],
    ),
  );
};

test.each([true, false])('a classifier gives a label and probabilities with their classes (ZipMap: %s)', (zipped) => {
  const scorer = onnxScorer(classifier(zipped));
  const name = zipped ? 'probabilities' : 'scores';
  expect(scorer.signature.outputs).toEqual([
    { name: 'label', type: 'int64', shape: [], role: 'label' },
    { name, type: 'float32', shape: [3], role: 'probability', categories: ['10', '20', '30'] },
  ]);
  const [row] = rowsOf(scorer.score(tableOfText(['a', 'b'], [['5', '1']])).table) as [Record<string, unknown>];
  expect(row['label']).toBe(10n);
  const sum = (row[name] as number[]).reduce((a, b) => a + b, 0);
  expect(Math.abs(sum - 1)).toBeLessThan(1e-6);
});

test('a model for one row at a time scores many', () => {
  const single = model(graph([node('Neg', ['X'], ['Y'])], [info('X', 'float', [1, 2])], [info('Y', 'float', [1, 2])]));
  expect(
    rowsOf(
      onnxScorer(single).score(
        tableOfText(
          ['a', 'b'],
          [
            ['1', '2'],
            ['3', '4'],
          ],
        ),
      ).table,
    ),
  ).toEqual([{ Y: [-1, -2] }, { Y: [-3, -4] }]);
});
