import { expect, test } from 'vitest';
import { IrBuilder } from '../../src/ir/builder.js';
import { SplitsBuilder, type Test } from '../../src/ir/forest.js';
import { interpret } from '../../src/ir/interpret.js';
import type { Program } from '../../src/ir/nodes.js';
import { withTextSplits } from '../../src/ir/ordinal.js';

/** One split on the code of a city: Lima 0, Oslo 1, Rome 2; unknown −1; missing as given. */
function coded(testOf: Test, threshold: number, whenMissing: number | null, missing: 'yes' | 'no' | 'third'): Program {
  const b = new IrBuilder();
  const city = b.input({ name: 'city', type: 'string', shape: [], optional: true });
  const code = b.lookup(city, 'float32', ['Lima', 'Oslo', 'Rome'], [0, 1, 2], -1, whenMissing);
  const splits = new SplitsBuilder();
  const root = splits.split(0, testOf, threshold);
  const [yes, no, third] = [splits.leaf(), splits.leaf(), splits.leaf()];
  splits.link(root, yes, no, missing === 'yes' ? yes : missing === 'no' ? no : third);
  splits.root(root);
  const leaves = Float64Array.of(1, 2, 3);
  const trees = b.trees('float64', { features: [code], splits: splits.finish(), width: 1, leaves, combine: 'sum' });
  return b.finish({ outputs: [{ name: 'y', role: 'value', ref: trees }], task: 'regression', metadata: {} });
}

const CITIES = ['Lima', 'Oslo', 'Rome', 'Paris', null];

test('comparisons of codes become sets of texts with the same answers', () => {
  let rewritten = 0;
  for (const testOf of ['lt', 'le', 'gt', 'ge', 'eq', 'ne'] as const) {
    for (const threshold of [-1, -0.5, 0, 0.5, 1, 1.5, 2]) {
      for (const whenMissing of [null, -1, 1]) {
        for (const missing of ['yes', 'no', 'third'] as const) {
          const program = coded(testOf, threshold, whenMissing, missing);
          const result = withTextSplits(program);
          if (result !== program) rewritten++;
          for (const city of CITIES) expect(interpret(result, [[city]])).toEqual(interpret(program, [[city]]));
        }
      }
    }
  }
  expect(rewritten).toBeGreaterThan(200);
});

test('the set names the cities that the unknown ones do not go with', () => {
  const program = withTextSplits(coded('le', 0.5, null, 'no'));
  const [trees] = program.nodes.filter((node) => node.op === 'trees');
  expect(trees?.op === 'trees' ? [trees.features, trees.splits.sets] : []).toEqual([[0], [['Oslo', 'Rome']]]);
});
