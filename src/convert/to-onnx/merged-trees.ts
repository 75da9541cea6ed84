import { joinTrees } from '../../ir/join-trees.js';
import type { TreesNode } from '../../ir/nodes.js';

/** Trees of which each adds to a target of its own. */
export interface TargetedTrees extends TreesNode {
  /** Target of each tree. */
  readonly targets: Int32Array;
}

export function isTargeted(node: TreesNode): node is TargetedTrees {
  return 'targets' in node;
}

/** Whether a node is a sum of trees with one value a leaf. */
export function isPlainSum(node: TreesNode): boolean {
  return node.combine === 'sum' && node.width === 1;
}

/** Ensembles of one value each, as one ensemble with a target for each of them. */
export function merged(nodes: readonly TreesNode[]): TargetedTrees {
  const [first] = nodes as [TreesNode];
  const targets = nodes.flatMap((node, target) => new Array<number>(node.splits.roots.length).fill(target));
  const type = { ...first.type, shape: [nodes.length] as const, missing: nodes.some((node) => node.type.missing) };
  return { ...first, ...joinTrees(nodes), type, targets: Int32Array.from(targets) };
}
