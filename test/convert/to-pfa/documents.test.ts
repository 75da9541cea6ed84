import { describe, expect, test } from 'vitest';
import { liftPfa } from '../../../src/convert/from-pfa/index.js';
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

  test('a missing value that takes one of the two branches repeats no subtree', () => {
    const DEPTH = 12;
    const build = (builder: IrBuilder, x: Ref) => {
      const splits = new SplitsBuilder();
      // A chain of x <= 1, x <= 2, …: a missing x passes each test but the last.
      const grow = (at: number): number => {
        if (at === DEPTH) return splits.leaf();
        const split = splits.split(0, 'gt', at + 1);
        const more = grow(at + 1);
        const less = splits.leaf();
        splits.link(split, more, less, at === DEPTH - 1 ? less : more);
        return split;
      };
      splits.root(grow(0));
      const leaves = Float64Array.from({ length: DEPTH + 1 }, (_, leaf) => leaf);
      return builder.element(
        builder.trees('float64', { features: [x], splits: splits.finish(), width: 1, leaves, combine: 'sum' }),
        0,
      );
    };
    const original = program(build);
    expect(scores(original, [99, 0, 10.5, null])).toEqual([0, 12, 2, 1]);
    const document = lowerToPfa(original);
    expect(JSON.stringify(plainJson(document.root)).split('"operator"').length - 2).toBe(DEPTH);
    expect(scores(liftPfa(document), [99, 0, 10.5, null])).toEqual([0, 12, 2, 1]);
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
