import { expect, test } from 'vitest';
import { formatError } from '../../src/core/errors.js';
import { columnOf, recordAt, type Table, tableOfText } from '../../src/core/table.js';
import { attribute } from '../../src/onnx/attributes.js';
import type { AttributeProto, TypeProto } from '../../src/onnx/document.js';
import { onnxScorer } from '../../src/onnx/index.js';
import { jsonText } from '../../src/wire/rows/ndjson.js';
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

const listOf = (type: TypeProto) => ({ sequence_type: { elem_type: type } });
const floatType: TypeProto = { tensor_type: { elem_type: 1 } };

test('sequences, maps and optionals are plain values of a row, each row run by itself', () => {
  const body = graph(
    [
      node('SequenceConstruct', ['X', 'X'], ['pair']),
      node('SplitToSequence', ['X'], ['parts'], { axis: 1 }),
      node('SequenceConstruct', ['t', 't'], ['texts']),
      node('Cast', ['X'], ['t'], { to: 8 }),
      node('Optional', ['X'], ['maybe']),
      node('Optional', [], ['empty']),
      node('Cast', ['X'], ['i'], { to: 7 }),
      node(
        'DictVectorizer',
        ['m'],
        ['unused'],
        { string_vocabulary: attribute('string_vocabulary', 'STRINGS', ['a']) },
        'ai.onnx.ml',
      ),
      node(
        'ZipMap',
        ['X'],
        ['m0'],
        { classlabels_strings: attribute('classlabels_strings', 'STRINGS', ['a', 'b']) },
        'ai.onnx.ml',
      ),
      node('SequenceAt', ['m0', 'zero'], ['m']),
    ],
    [info('X', 'float', ['N', 2])],
    [
      { name: 'pair', type: listOf(floatType) },
      { name: 'parts', type: listOf(floatType) },
      { name: 'texts', type: listOf({ tensor_type: { elem_type: 8 } }) },
      { name: 'maybe', type: { optional_type: { elem_type: floatType } } },
      { name: 'empty', type: { optional_type: { elem_type: floatType } } },
      { name: 'm', type: { map_type: { key_type: 8, value_type: floatType } } },
      info('i', 'int64', ['N', 2]),
    ],
    [initializer('zero', 'int64', [0n], [])],
  );
  const imports = [
    { domain: '', version: 18 },
    { domain: 'ai.onnx.ml', version: 3 },
  ];
  const scorer = onnxScorer(model(body, 18, { opset_import: imports }));
  expect(scorer.signature.outputs.map(({ type, role }) => `${type} ${role}`)).toEqual([
    ...new Array(6).fill('object other'),
    'int64 label',
  ]);
  const { table, errors } = scorer.score(
    tableOfText(
      ['a', 'b'],
      [
        ['1', '2'],
        ['3', '4.5'],
      ],
    ),
  );
  expect([...errors.values()].map(formatError)).toEqual([]);
  const texts = rowsOf(table).map((row) => jsonText(row));
  expect(texts).toEqual([
    '{"pair":[[1,2],[1,2]],"parts":[1,2],"texts":[["1","2"],["1","2"]],"maybe":[1,2],"empty":null,"m":{"a":1,"b":2},"i":[1,2]}',
    '{"pair":[[3,4.5],[3,4.5]],"parts":[3,4.5],"texts":[["3","4.5"],["3","4.5"]],"maybe":[3,4.5],"empty":null,"m":{"a":3,"b":4.5},"i":[3,4]}',
  ]);
});

test('rows whose outputs differ in shape are lists', () => {
  const body = graph([node('NonZero', ['X'], ['y'])], [info('X', 'float', ['N', 3])], [info('y', 'int64')]);
  const { table, errors } = onnxScorer(model(body)).score(
    tableOfText(
      ['a', 'b', 'c'],
      [
        ['1', '0', '1'],
        ['0', '0', '1'],
      ],
    ),
  );
  expect(errors.size).toBe(0);
  expect(jsonText(rowsOf(table))).toBe('[{"y":[[0,0],[0,2]]},{"y":[[0],[2]]}]');
});

test('a fixed number of rows is filled up with the last row', () => {
  const body = graph(
    [node('ReduceMax', ['X'], ['y'], { axes: [1] }), node('Neg', ['X'], ['z'])],
    [info('X', 'float', [3, 2])],
    [info('y', 'float', [3, 1]), info('z', 'float', [3, 2])],
  );
  const { table, errors } = onnxScorer(model(body, 13)).score(
    tableOfText(
      ['a', 'b'],
      [
        ['1', '2'],
        ['4', '3'],
        ['5', '6'],
        ['8', '7'],
      ],
    ),
  );
  expect([...errors.values()].map(formatError)).toEqual([]);
  expect(rowsOf(table)).toEqual([
    { y: 2, z: [-1, -2] },
    { y: 4, z: [-4, -3] },
    { y: 6, z: [-5, -6] },
    { y: 8, z: [-8, -7] },
  ]);
});

test('a row that cannot be read fails alone, also where the number of rows is fixed', () => {
  const body = graph([node('Neg', ['X'], ['y'])], [info('X', 'int64', [2, 1])], [info('y', 'int64', [2, 1])]);
  const { table, errors } = onnxScorer(model(body)).score(tableOfText(['X'], [['1'], ['x'], ['3']]));
  expect([...errors.keys()]).toEqual([1]);
  expect(rowsOf(table)).toEqual([{ y: -1n }, { y: null }, { y: -3n }]);
});

test('a scalar input takes a row a run', () => {
  const body = graph([node('Neg', ['x'], ['y'])], [info('x', 'float', [])], [info('y', 'float', [])]);
  const { table, errors } = onnxScorer(model(body)).score(tableOfText(['x'], [['1'], ['2']]));
  expect([...errors.values()].map(formatError)).toEqual([]);
  expect(rowsOf(table)).toEqual([{ y: -1 }, { y: -2 }]);
});

test('an input that is a sequence cannot be filled from rows', () => {
  const body = graph(
    [node('SequenceLength', ['s'], ['y'])],
    [{ name: 's', type: listOf(floatType) }],
    [info('y', 'int64')],
  );
  expect(() => onnxScorer(model(body)).score(tableOfText(['s'], [['1']]))).toThrow(
    'an input is neither a tensor nor a map, and rows cannot fill it',
  );
});

const vectorizer = (key_type: number, vocabulary: Record<string, AttributeProto>) =>
  model(
    graph(
      [node('DictVectorizer', ['D'], ['v'], vocabulary, 'ai.onnx.ml'), node('MatMul', ['v', 'w'], ['y'])],
      [{ name: 'D', type: { map_type: { key_type, value_type: floatType } } }],
      [info('y', 'float', [1, 1])],
      [initializer('w', 'float', [1, 10, 100], [3, 1])],
    ),
    18,
    {
      opset_import: [
        { domain: '', version: 18 },
        { domain: 'ai.onnx.ml', version: 1 },
      ],
    },
  );

test('a map is filled from the columns that its keys name, or from a column of objects', () => {
  const scorer = onnxScorer(
    vectorizer(8, { string_vocabulary: attribute('string_vocabulary', 'STRINGS', ['a', 'b', 'c']) }),
  );
  expect(scorer.signature).toMatchObject({
    inputs: [{ name: 'D', type: 'object' }],
    outputs: [{ name: 'y', type: 'float32', shape: [], role: 'value' }],
  });
  const wide = tableOfText(
    ['c', 'a', 'other'],
    [
      ['3', '1', '7'],
      ['', '2', ''],
      ['x', '1', '1'],
    ],
  );
  const { table, errors } = scorer.score(wide);
  expect(rowsOf(table)).toEqual([{ y: 301 }, { y: 2 }, { y: null }]);
  expect([...errors].map(([row, error]) => `${row} ${formatError(error)}`)).toEqual([
    '2 c, field "D", row 3: onnx/bad-input: a text is not a number (got "x")',
  ]);
  const objects = columnOf('object', [{ a: 1, b: 2 }, {}, { z: 5, c: 1 }]);
  const { table: narrow } = scorer.score({ length: 3, columns: new Map([['D', objects]]) });
  expect(rowsOf(narrow)).toEqual([{ y: 21 }, { y: 0 }, { y: 100 }]);
});

test('keys of maps may be integers', () => {
  const ids = attribute('int64_vocabulary', 'INTS', [7, 8, 9]);
  const scorer = onnxScorer(vectorizer(7, { int64_vocabulary: ids }));
  expect(rowsOf(scorer.score(tableOfText(['9', '7'], [['1', '2']])).table)).toEqual([{ y: 102 }]);
  expect(() => scorer.score({ length: 0, columns: new Map() })).toThrow('the rows have no column for the input "D"');
});
