import fc from 'fast-check';
import { IrBuilder } from '../../src/ir/builder.js';
import { SplitsBuilder, type Test } from '../../src/ir/forest.js';
import type { Program } from '../../src/ir/nodes.js';
import type { Literal } from '../../src/ir/types.js';

/** A tree as fast-check makes it: a leaf's scores, or a split. */
export type Shape =
  | { scores: number[] }
  | { feature: number; test: Test; threshold: number; yes: Shape; no: Shape; missing: 'yes' | 'no' };

const THRESHOLDS = [-1.5, 0, 0.1, Math.fround(0.1), 2, 3.25];
/** Values that lie on thresholds, beside them, far away, and missing. */
export const VALUES: readonly Literal[] = [...THRESHOLDS, 0.10000000000000002, 0.09999999999999999, -7, 1e9, null];

export const FEATURES = 3;

export function shapes(width: number): fc.Arbitrary<Shape> {
  const leaf = fc.record({
    scores: fc.array(fc.double({ noNaN: true, min: -10, max: 10 }), { minLength: width, maxLength: width }),
  });
  return fc.letrec<{ tree: Shape }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      leaf,
      fc.record({
        feature: fc.nat(FEATURES - 1),
        test: fc.constantFrom<Test>('lt', 'le', 'gt', 'ge', 'eq', 'ne'),
        threshold: fc.constantFrom(...THRESHOLDS),
        yes: tie('tree'),
        no: tie('tree'),
        missing: fc.constantFrom('yes' as const, 'no' as const),
      }),
    ),
  })).tree;
}

/** A program of one forest over three float64 inputs. */
export function forestProgram(trees: readonly Shape[], width: number): Program {
  const builder = new IrBuilder();
  const features = Array.from({ length: FEATURES }, (_, i) =>
    builder.input({ name: `x${i}`, type: 'float64', shape: [], optional: true }),
  );
  const splits = new SplitsBuilder();
  const leaves: number[] = [];
  const grow = (shape: Shape): number => {
    if ('scores' in shape) {
      leaves.push(...shape.scores);
      return splits.leaf();
    }
    const index = splits.split(shape.feature, shape.test, shape.threshold);
    const [yes, no] = [grow(shape.yes), grow(shape.no)];
    splits.link(index, yes, no, shape.missing === 'yes' ? yes : no);
    return index;
  };
  for (const tree of trees) splits.root(grow(tree));
  const node = { features, splits: splits.finish(), width, leaves: Float64Array.from(leaves), combine: 'sum' as const };
  const scores = builder.trees('float64', node);
  const categories = Array.from({ length: width }, (_, i) => `c${i}`);
  return builder.finish({
    outputs:
      width === 1
        ? [{ name: 'y', role: 'value', ref: builder.element(scores, 0) }]
        : [{ name: 'scores', role: 'score', ref: scores, categories }],
    task: 'regression',
    metadata: {},
  });
}

export const rows = fc.array(fc.array(fc.constantFrom(...VALUES), { minLength: FEATURES, maxLength: FEATURES }), {
  minLength: 1,
  maxLength: 20,
});
