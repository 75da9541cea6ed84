import { expect, test } from 'vitest';
import { type Value, valueAt } from '../../src/core/table.js';
import { FORMAT_NAMES, FORMATS } from '../../src/formats.js';
import { IrBuilder } from '../../src/ir/builder.js';
import { SplitsBuilder } from '../../src/ir/forest.js';
import { convert, Model } from '../../src/model.js';
import { attr, model, node, tensorProto } from './from-onnx/models.js';

const values = (scored: Model, rows: readonly Record<string, number | null>[], index = 0): Value[] => {
  const { table, errors } = scored.score(rows);
  expect([...errors.values()]).toEqual([]);
  return rows.map((_, row) => valueAt([...table.columns.values()][index]!, row));
};

test.each(FORMAT_NAMES)('0 / 0 and 0 · ∞ are missing in %s, not a failure of the row', (format) => {
  const b = new IrBuilder();
  const x = b.input({ name: 'x', type: 'float64', shape: [], optional: true });
  const zero = b.const('float64', 0);
  const ones = b.apply('coalesce', b.apply('div', x, x), zero);
  const logs = b.apply('coalesce', b.apply('mul', b.apply('log', x), zero), b.const('float64', 5));
  const ref = b.apply('add', ones, logs);
  const program = b.finish({ outputs: [{ name: 'y', role: 'value', ref }], task: 'regression', metadata: {} });
  const lowered = new Model(format, FORMATS[format].lower(program, {}));
  expect(values(lowered, [{ x: 2 }, { x: 0 }, { x: -3 }, { x: null }])).toEqual([1, 5, 6, 5]);
});

test('NaN behind a number does not change which element is the largest', () => {
  const original = new Model(
    'onnx',
    model(
      [
        node('Less', ['X', 'T'], ['below']),
        node('Cast', ['below'], ['steps'], [attr.int('to', 1)]),
        node('Concat', ['steps', 'X'], ['all'], [attr.int('axis', 1)]),
        node('ArgMax', ['all'], ['index'], [attr.int('axis', 1)]),
        node('Cast', ['index'], ['Y'], [attr.int('to', 1)]),
      ],
      [{ name: 'X', kind: 'float32', columns: 1 }],
      [{ name: 'Y', kind: 'float32', columns: 1 }],
      [tensorProto('T', 'float32', [1, 2], [-1, 3])],
    ),
  );
  const rows = [{ X: -5 }, { X: 2 }, { X: 9 }, { X: null }];
  for (const scored of [original, convert(original, 'pfa'), convert(original, 'pmml')]) {
    expect(values(scored, rows)).toEqual([0, 2, 2, 0]);
  }
});

test('LpNormalization divides by the norm, and zeros stay zeros', () => {
  const original = (p: number) =>
    new Model(
      'onnx',
      model(
        [
          node('LpNormalization', ['X'], ['N'], [attr.int('p', p), attr.int('axis', -1)]),
          node('MatMul', ['N', 'W'], ['Y']),
        ],
        [{ name: 'X', kind: 'float32', columns: 2 }],
        [{ name: 'Y', kind: 'float32', columns: 1 }],
        [tensorProto('W', 'float32', [2, 1], [1, 0])],
      ),
    );
  const rows = [
    { X_1: 3, X_2: -4 },
    { X_1: 0, X_2: 0 },
  ];
  for (const to of ['pmml', 'pfa'] as const) {
    expect(values(convert(original(2), to), rows)).toEqual([Math.fround(0.6), 0]);
    expect(values(convert(original(1), to), rows)).toEqual([Math.fround(3 / 7), 0]);
  }
});

test.each(FORMAT_NAMES)('a tree over linear scores answers in %s though a score is missing', (format) => {
  const b = new IrBuilder();
  const x = b.input({ name: 'x', type: 'float64', shape: [], optional: true });
  const scores = b.linear('float64', [x], Float64Array.of(2), Float64Array.of(1));
  const splits = new SplitsBuilder();
  const root = splits.split(0, 'le', 5);
  const [yes, no] = [splits.leaf(), splits.leaf()];
  splits.link(root, yes, no, no);
  splits.root(root);
  const features = [b.element(scores, 0)];
  const leaves = Float64Array.of(10, 20);
  const trees = b.trees('float64', { features, splits: splits.finish(), width: 1, leaves, combine: 'sum' });
  const outputs = [{ name: 'y', role: 'value' as const, ref: b.element(trees, 0) }];
  const program = b.finish({ outputs, task: 'regression', metadata: {} });
  const lowered = new Model(format, FORMATS[format].lower(program, {}));
  expect(values(lowered, [{ x: 2 }, { x: 3 }, { x: null }])).toEqual([10, 20, 20]);
});

test('a split that only missing values fail keeps them apart in PFA and back', () => {
  const b = new IrBuilder();
  const x = b.input({ name: 'x', type: 'float64', shape: [], optional: true });
  const splits = new SplitsBuilder();
  const root = splits.split(0, 'le', Number.POSITIVE_INFINITY);
  const [yes, no] = [splits.leaf(), splits.leaf()];
  splits.link(root, yes, no, no);
  splits.root(root);
  const leaves = Float64Array.of(10, 20);
  const trees = b.trees('float64', { features: [x], splits: splits.finish(), width: 1, leaves, combine: 'sum' });
  const outputs = [{ name: 'y', role: 'value' as const, ref: b.element(trees, 0) }];
  const program = b.finish({ outputs, task: 'regression', metadata: {} });
  const moved = new Model('pfa', FORMATS.pfa.lower(program, {}));
  const rows = [{ x: 2 }, { x: -1e300 }, { x: null }];
  for (const model of [moved, convert(moved, 'onnx'), convert(moved, 'pmml')]) {
    expect(values(model, rows)).toEqual([10, 10, 20]);
  }
});
