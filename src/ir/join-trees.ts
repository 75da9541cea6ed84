import { type Splits, TEST } from './forest.js';
import type { TreesNode } from './nodes.js';
import type { Ref } from './types.js';

/** What several ensembles of one width have together: their trees one after another, over all of their features. */
export function joinTrees(
  nodes: readonly Pick<TreesNode, 'features' | 'splits' | 'leaves' | 'weights'>[],
): Pick<TreesNode, 'features' | 'splits' | 'leaves' | 'weights'> {
  const features: Ref[] = [];
  const known = new Map<Ref, number>();
  const place = nodes.map((node) =>
    node.features.map((ref) => {
      let index = known.get(ref);
      if (index === undefined) known.set(ref, (index = features.push(ref) - 1));
      return index;
    }),
  );
  const leaves = new Float64Array(nodes.reduce((sum, node) => sum + node.leaves.length, 0));
  const weights: number[] = [];
  let at = 0;
  for (const node of nodes) {
    leaves.set(node.leaves, at);
    at += node.leaves.length;
    for (let tree = 0; tree < node.splits.roots.length; tree++) weights.push(node.weights?.[tree] ?? 1);
  }
  return {
    features,
    splits: joined(
      nodes.map((node) => node.splits),
      place,
    ),
    leaves,
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
