import { describe, expect, test } from 'vitest';
import { valueAt } from '../../../src/core/table.js';
import { convert, readModel } from '../../../src/model.js';

/** Scores of a document and of what it becomes in ONNX, output by output. The wanted values are worked out by hand. */
function both(document: unknown, rows: readonly Record<string, unknown>[]) {
  const text = typeof document === 'string' ? document : JSON.stringify(document);
  const model = readModel(new TextEncoder().encode(text), { format: 'pfa' });
  const moved = readModel(convert(model, 'onnx').bytes(), { format: 'onnx' });
  return [model, moved].map((one) => {
    const { table } = one.score(rows);
    return [...table.columns.values()].map((column) =>
      Array.from({ length: table.length * column.width }, (_, i) =>
        valueAt(column, Math.floor(i / column.width), i % column.width),
      ),
    );
  });
}

const input = {
  type: 'record',
  name: 'In',
  fields: [
    { name: 'x', type: 'double' },
    { name: 'y', type: 'double' },
  ],
};
const node = (score: unknown) => ({
  type: 'record',
  name: 'Node',
  fields: [
    { name: 'field', type: { type: 'enum', name: 'Field', symbols: ['x', 'y'] } },
    { name: 'operator', type: 'string' },
    { name: 'value', type: 'double' },
    { name: 'pass', type: ['Node', score] },
    { name: 'fail', type: ['Node', score] },
  ],
});
const rows = [
  { x: 1, y: 2 },
  { x: 3, y: 2 },
];

describe('PFA documents as programs', () => {
  test('an item of a vector of scores is that item, not the first of a shorter one', () => {
    const vector = { type: 'array', items: 'double' };
    const init = { field: 'x', operator: '<=', value: 2, pass: { array: [0.1, 0.9] }, fail: { array: [0.8, 0.2] } };
    const document = {
      input,
      output: 'double',
      cells: { tree: { type: node(vector), init } },
      action: [{ let: { p: { 'model.tree.simpleTree': ['input', { cell: 'tree' }] } } }, { attr: 'p', path: [1] }],
    };
    expect(both(document, rows)).toEqual([[[0.9, 0.2]], [[0.9, 0.2]]]);
  });

  test('a forest of labels votes, and of tied labels the lower middle one wins', () => {
    const tree = (value: number, pass: string, fail: string) => ({
      field: 'x',
      operator: '<',
      value,
      pass: { string: pass },
      fail: { string: fail },
    });
    const document = {
      input,
      output: 'string',
      cells: {
        forest: {
          type: { type: 'array', items: node('string') },
          init: [tree(2, 'a', 'c'), tree(0, 'a', 'b'), tree(2, 'b', 'c'), tree(9, 'c', 'c')],
        },
      },
      action: {
        'a.mode': [
          {
            'a.map': [
              { cell: 'forest' },
              { params: [{ t: 'Node' }], ret: 'string', do: { 'model.tree.simpleTree': ['input', 't'] } },
            ],
          },
        ],
      },
    };
    // x = 1: a, b, b, c. x = 3: c, b, c, c.
    expect(both(document, rows)).toEqual([[['b', 'c']], [['b', 'c']]]);
  });

  test('expressions, user functions, loops of a known size and tables of constants', () => {
    const document = {
      input,
      output: 'double',
      fcns: { square: { params: [{ v: 'double' }], ret: 'double', do: { '*': ['v', 'v'] } } },
      cells: { weights: { type: { type: 'map', values: 'double' }, init: { low: 10, high: 100 } } },
      action: [
        { let: { sum: { double: 0 } } },
        {
          foreach: 'v',
          in: { new: ['input.x', 'input.y'], type: { type: 'array', items: 'double' } },
          do: { set: { sum: { '+': ['sum', { 'u.square': ['v'] }] } } },
          seq: true,
        },
        { let: { key: { if: { '>': ['sum', 6] }, then: { string: 'high' }, else: { string: 'low' } } } },
        { '*': ['sum', { cell: 'weights', path: ['key'] }] },
      ],
    };
    expect(both(document, rows)).toEqual([[[50, 1300]], [[50, 1300]]]);
  });

  test.each([
    [
      { input: 'double', output: 'double', method: 'emit', action: { emit: ['input'] } },
      'a document with method emit gives no prediction for each row',
    ],
    [
      { input, output: 'double', action: { 'm.special.lnGamma': ['input.x'] } },
      "PFA's function m.special.lnGamma is not moved",
    ],
    [
      { input: { type: 'array', items: 'double' }, output: 'double', action: { 'a.sum': ['input'] } },
      'an input that is no record of scalars',
    ],
  ])('what cannot be moved is declined: %#', (document, message) => {
    const model = readModel(new TextEncoder().encode(JSON.stringify(document)), { format: 'pfa' });
    expect(() => convert(model, 'onnx')).toThrowError(message);
  });
});
