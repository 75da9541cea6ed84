import type { IrBuilder } from './builder.js';
import { SplitsBuilder } from './forest.js';
import { joinTrees } from './join-trees.js';
import type { TreesNode } from './nodes.js';
import type { Kind, Ref } from './types.js';

/**
 * A chain of additions a + b + c + … of which neighbours are trees, with those as one forest; undefined where there is
 * nothing to join. The order of the additions stays: a forest adds its trees from 0 in their order.
 */
export function joinedSum(builder: IrBuilder, left: Ref, right: Ref): Ref | undefined {
  const terms = [right];
  let rest = left;
  for (;;) {
    const node = builder.nodes[rest]!;
    if (node.op !== 'primitive' || node.fn !== 'add' || node.type.shape.length > 0) break;
    terms.unshift(node.inputs[1]!);
    rest = node.inputs[0]!;
  }
  const first = builder.nodes[rest]!;
  // 0 + x is what a forest begins with.
  if (!(first.op === 'const' && Object.is(first.values[0], 0))) terms.unshift(rest);
  const kind = builder.kindOf(right);
  const forest: Part[] = [];
  for (const [index, term] of terms.entries()) {
    const trees = treesOf(builder, term) ?? (index === 0 ? constantTree(builder, term) : undefined);
    const fits = trees !== undefined && (trees.kind ?? kind) === kind;
    if (!fits || (forest.length > 0 && trees.splits.roots.length !== 1)) break;
    forest.push(trees);
  }
  // A constant to begin with is worth a tree of its own only before several trees.
  const least = forest[0]?.kind === undefined ? 3 : 2;
  if (forest.length < least || (kind !== 'float32' && kind !== 'float64')) return undefined;
  const joined = builder.trees(kind, {
    ...joinTrees(forest),
    width: 1,
    combine: 'sum',
  });
  return terms.slice(forest.length).reduce((sum, term) => builder.apply('add', sum, term), builder.element(joined, 0));
}

type Part = Pick<TreesNode, 'features' | 'splits' | 'leaves' | 'weights'> & { readonly kind?: Kind };

/** The forest of which a scalar is the sum. */
function treesOf(builder: IrBuilder, ref: Ref): Part | undefined {
  const node = builder.nodes[ref]!;
  const source = node.op === 'element' ? builder.nodes[node.input]! : undefined;
  if (source?.op !== 'trees' || source.width !== 1 || source.combine !== 'sum') return undefined;
  return { ...source, kind: source.type.kind };
}

/** A tree of one leaf. */
function constantTree(builder: IrBuilder, ref: Ref): Part | undefined {
  const node = builder.nodes[ref]!;
  const value = node.op === 'const' && node.type.shape.length === 0 ? node.values[0] : undefined;
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  const splits = new SplitsBuilder();
  splits.root(splits.leaf());
  return { features: [], splits: splits.finish(), leaves: Float64Array.of(value) };
}
