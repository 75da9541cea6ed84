import { expect, test } from 'vitest';
import { IrBuilder } from '../../src/ir/builder.js';
import { SplitsBuilder } from '../../src/ir/forest.js';
import { landmarksOf } from '../../src/ir/landmarks.js';
import type { Ref } from '../../src/ir/types.js';

function stump(builder: IrBuilder, feature: Ref, threshold: number): Ref {
  const splits = new SplitsBuilder();
  const split = splits.split(0, 'le', threshold);
  const [yes, no] = [splits.leaf(), splits.leaf()];
  splits.link(split, yes, no, no);
  splits.root(split);
  return builder.trees('float64', {
    features: [feature],
    splits: splits.finish(),
    width: 1,
    leaves: Float64Array.of(1, 2),
    combine: 'sum',
  });
}

function landmarks(build: (builder: IrBuilder, x: Ref) => Ref, shape: number[] = []) {
  const builder = new IrBuilder();
  const x = builder.input({ name: 'x', type: 'float64', shape, optional: true });
  const ref = build(builder, x);
  return landmarksOf(
    builder.finish({ outputs: [{ name: 'y', role: 'value', ref }], task: 'regression', metadata: {} }),
  );
}

test('a threshold is carried back through scaling to the input', () => {
  const found = landmarks((builder, x) => {
    const centred = builder.apply('sub', x, builder.const('float64', 10));
    return stump(builder, builder.apply('div', centred, builder.const('float64', 4)), 0.5);
  });
  expect(found.get('x')).toEqual(expect.arrayContaining([12, 10]));
});

test('an element of a vector keeps its own landmarks, by its own name', () => {
  const found = landmarks((builder, x) => stump(builder, builder.element(x, 1), 3), [2]);
  expect([...found]).toEqual([['x_2', [3]]]);
});

test('keys of tables and categories are landmarks of text', () => {
  const builder = new IrBuilder();
  const x = builder.input({ name: 'x', type: 'string', shape: [], optional: true });
  const code = builder.lookup(x, 'float64', ['a', 'b'], [0, 1]);
  const ref = builder.pack([code, builder.cast(builder.element(builder.oneHot(x, ['c'], 'float64'), 0), 'float64')]);
  const program = builder.finish({ outputs: [{ name: 'y', role: 'value', ref }], task: 'regression', metadata: {} });
  expect(landmarksOf(program).get('x')).toEqual(['a', 'b', 'c']);
});
