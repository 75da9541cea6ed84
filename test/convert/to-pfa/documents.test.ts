import { describe, expect, test } from 'vitest';
import { lowerToPfa } from '../../../src/convert/to-pfa/index.js';
import { valueAt } from '../../../src/core/table.js';
import { IrBuilder } from '../../../src/ir/builder.js';
import { SplitsBuilder } from '../../../src/ir/forest.js';
import type { Program } from '../../../src/ir/nodes.js';
import type { Ref } from '../../../src/ir/types.js';
import { Model } from '../../../src/model.js';
import { plainJson } from '../../../src/wire/json.js';

function program(build: (builder: IrBuilder, x: Ref) => Ref): Program {
  const builder = new IrBuilder();
  const x = builder.input({ name: 'x (cm)', type: 'float64', shape: [], optional: true });
  return builder.finish({
    outputs: [{ name: 'y', role: 'value', ref: build(builder, x) }],
    task: 'regression',
    metadata: { name: 'my model' },
  });
}

const scores = (from: Program, rows: readonly unknown[]) => {
  const { table } = new Model('pfa', lowerToPfa(from)).score(rows.map((x) => ({ 'x (cm)': x })));
  const [column] = [...table.columns.values()];
  return rows.map((_, row) => valueAt(column!, row));
};

describe('programs as PFA documents', () => {
  test('names become identifiers, and the metadata keeps their spelling', () => {
    const document = plainJson(lowerToPfa(program((_, x) => x)).root) as {
      name: string;
      input: { fields: { name: string }[] };
      metadata: Record<string, string>;
    };
    expect(document.name).toBe('my_model');
    expect(document.input.fields.map(({ name }) => name)).toEqual(['x_cm']);
    expect(JSON.parse(document.metadata['samescore.fields']!)).toMatchObject([{ name: 'x (cm)', identifier: 'x_cm' }]);
  });

  test('a leaf without a score and a third branch for missing values', () => {
    const build = (builder: IrBuilder, x: Ref) => {
      const splits = new SplitsBuilder();
      const split = splits.split(0, 'gt', 2);
      const [yes, no, missing] = [splits.leaf(), splits.leaf(), splits.leaf()];
      splits.link(split, yes, no, missing);
      splits.root(split);
      const leaves = Float64Array.of(Number.NaN, 7, 8);
      return builder.element(
        builder.trees('float64', { features: [x], splits: splits.finish(), width: 1, leaves, combine: 'sum' }),
        0,
      );
    };
    expect(scores(program(build), [3, 2, null])).toEqual([null, 7, 8]);
  });

  test('thresholds at infinity, which JSON cannot spell', () => {
    const build = (builder: IrBuilder, x: Ref) => {
      const splits = new SplitsBuilder();
      const split = splits.split(0, 'le', Number.POSITIVE_INFINITY);
      const [yes, no] = [splits.leaf(), splits.leaf()];
      splits.link(split, yes, no, no);
      splits.root(split);
      return builder.element(
        builder.trees('float64', {
          features: [x],
          splits: splits.finish(),
          width: 1,
          leaves: Float64Array.of(1, 2),
          combine: 'sum',
        }),
        0,
      );
    };
    expect(scores(program(build), [1e308, -5, null])).toEqual([1, 1, 2]);
  });

  test('a missing float carries through arithmetic and out as null', () => {
    const build = (builder: IrBuilder, x: Ref) =>
      builder.apply('add', builder.apply('mul', x, builder.const('float64', 2)), builder.const('float64', 1));
    expect(scores(program(build), [3, null])).toEqual([7, null]);
    const or = (builder: IrBuilder, x: Ref) => builder.apply('coalesce', x, builder.const('float64', 9));
    expect(scores(program(or), [3, null])).toEqual([3, 9]);
  });
});
