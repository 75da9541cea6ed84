import { describe, expect, test } from 'vitest';
import { type Value, valueAt } from '../../src/core/table.js';
import { FORMAT_NAMES, FORMATS, type FormatName } from '../../src/formats.js';
import { IrBuilder } from '../../src/ir/builder.js';
import { SplitsBuilder } from '../../src/ir/forest.js';
import type { Program } from '../../src/ir/nodes.js';
import type { Ref } from '../../src/ir/types.js';
import { readModel } from '../../src/model.js';

/** A regression over two float32 numbers, as models that lack what models usually have. */
function regression(body: (b: IrBuilder, x: readonly Ref[]) => Ref): Program {
  const b = new IrBuilder();
  const x = ['a', 'b'].map((name) => b.input({ name, type: 'float32', shape: [], optional: true }));
  const ref = body(b, x);
  return b.finish({ outputs: [{ name: 'y', role: 'value', ref }], task: 'regression', metadata: {} });
}

const ROWS = [
  { a: 1, b: 2 },
  { a: -4, b: 0.5 },
];

/** What the program answers in a format, from the bytes that are written; nothing that the checker finds is let pass. */
function answers(program: Program, format: FormatName): Value[] {
  const document = FORMATS[format].lower(program, {});
  const bytes = Buffer.concat([...FORMATS[format].write(document)]);
  const model = readModel(bytes, { format });
  expect(model.validate()).toEqual([]);
  const { table, errors } = model.score(ROWS);
  expect([...errors.values()]).toEqual([]);
  const column = [...table.columns.values()][0]!;
  return ROWS.map((_, row) => valueAt(column, row));
}

describe.each(FORMAT_NAMES)('in %s', (format) => {
  test('trees that are leaves only add up', () => {
    const program = regression((b) => {
      const splits = new SplitsBuilder();
      splits.root(splits.leaf());
      splits.root(splits.leaf());
      const leaves = Float64Array.of(1.5, 2);
      const scores = b.trees('float32', { features: [], splits: splits.finish(), width: 1, leaves, combine: 'sum' });
      return b.element(scores, 0);
    });
    expect(answers(program, format)).toEqual([3.5, 3.5]);
  });

  test('a forest of doubles is written with nothing that is not called', () => {
    const program = regression((b, x) => {
      const splits = new SplitsBuilder();
      for (const feature of [0, 1]) {
        const root = splits.split(feature, 'le', 0.5);
        const [yes, no] = [splits.leaf(), splits.leaf()];
        splits.link(root, yes, no, no);
        splits.root(root);
      }
      const leaves = Float64Array.of(1, 2, 10, 20);
      const scores = b.trees('float64', { features: x, splits: splits.finish(), width: 1, leaves, combine: 'sum' });
      return b.element(scores, 0);
    });
    expect(answers(program, format)).toEqual([22, 11]);
  });

  test('the mean of single floats is a single float', () => {
    expect(
      answers(
        regression((b, x) => b.reduce('mean', b.pack(x))),
        format,
      ),
    ).toEqual([1.5, -1.75]);
  });
});
