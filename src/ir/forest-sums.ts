import type { IrBuilder } from './builder.js';
import { joinTrees } from './join-trees.js';
import type { TreesNode } from './nodes.js';
import type { Ref } from './types.js';

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
  const forest: TreesNode[] = [];
  for (const term of terms) {
    const trees = treesOf(builder, term);
    const fits = trees !== undefined && trees.type.kind === builder.kindOf(right);
    if (!fits || (forest.length > 0 && trees.splits.roots.length !== 1)) break;
    forest.push(trees);
  }
  if (forest.length < 2) return undefined;
  const [head] = forest as [TreesNode];
  const joined = builder.trees(head.type.kind as 'float32' | 'float64', {
    ...joinTrees(forest),
    width: 1,
    combine: 'sum',
  });
  return terms.slice(forest.length).reduce((sum, term) => builder.apply('add', sum, term), builder.element(joined, 0));
}

/** The forest of which a scalar is the sum. */
function treesOf(builder: IrBuilder, ref: Ref): TreesNode | undefined {
  const node = builder.nodes[ref]!;
  const source = node.op === 'element' ? builder.nodes[node.input]! : undefined;
  return source?.op === 'trees' && source.width === 1 && source.combine === 'sum' ? source : undefined;
}
