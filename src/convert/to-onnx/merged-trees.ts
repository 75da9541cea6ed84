import { type Splits, TEST } from '../../ir/forest.js';
import type { TreesNode } from '../../ir/nodes.js';
import type { Ref } from '../../ir/types.js';

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
  const features: Ref[] = [];
  const place = nodes.map((node) =>
    node.features.map((ref) => {
      const known = features.indexOf(ref);
      return known >= 0 ? known : features.push(ref) - 1;
    }),
  );
  const targets: number[] = [];
  const weights: number[] = [];
  nodes.forEach((node, target) => {
    for (let tree = 0; tree < node.splits.roots.length; tree++) {
      targets.push(target);
      weights.push(node.weights?.[tree] ?? 1);
    }
  });
  const leaves = new Float64Array(nodes.reduce((sum, node) => sum + node.leaves.length, 0));
  let at = 0;
  for (const node of nodes) {
    leaves.set(node.leaves, at);
    at += node.leaves.length;
  }
  const [first] = nodes as [TreesNode];
  return {
    ...first,
    type: { ...first.type, shape: [nodes.length], missing: nodes.some((node) => node.type.missing) },
    features,
    splits: joined(
      nodes.map((node) => node.splits),
      place,
    ),
    leaves,
    targets: Int32Array.from(targets),
    ...(nodes.some((node) => node.weights !== undefined) ? { weights: Float64Array.from(weights) } : {}),
  };
}

function joined(all: readonly Splits[], place: readonly (readonly number[])[]): Splits {
  const count = all.reduce((sum, splits) => sum + splits.feature.length, 0);
  const trees = all.reduce((sum, splits) => sum + splits.roots.length, 0);
  const result = {
    roots: new Int32Array(trees),
    feature: new Int32Array(count),
    test: new Uint8Array(count),
    threshold: new Float64Array(count),
    whenTrue: new Int32Array(count),
    whenFalse: new Int32Array(count),
    whenMissing: new Int32Array(count),
    leaf: new Int32Array(count),
  };
  const sets: (readonly (string | number)[])[] = [];
  let [node, root, leaf] = [0, 0, 0];
  all.forEach((splits, index) => {
    for (const at of splits.roots) result.roots[root++] = at + node;
    for (let i = 0; i < splits.feature.length; i++) {
      const to = node + i;
      const isLeaf = splits.leaf[i]! >= 0;
      result.test[to] = splits.test[i]!;
      result.feature[to] = isLeaf || splits.feature[i]! < 0 ? -1 : place[index]![splits.feature[i]!]!;
      result.threshold[to] = splits.threshold[i]! + (!isLeaf && splits.test[i] === TEST.in ? sets.length : 0);
      result.whenTrue[to] = splits.whenTrue[i]! + node;
      result.whenFalse[to] = splits.whenFalse[i]! + node;
      result.whenMissing[to] = splits.whenMissing[i]! + node;
      result.leaf[to] = isLeaf ? splits.leaf[i]! + leaf : -1;
    }
    sets.push(...splits.sets);
    node += splits.feature.length;
    leaf += splits.leafCount;
  });
  return { ...result, leafCount: leaf, sets };
}
