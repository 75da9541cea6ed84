import type { TreesNode } from './nodes.js';

/** What trees that are leaves only, of a model that looks at no feature, always answer: the combined scores. */
export function constantTrees(node: TreesNode): number[] {
  const { splits, leaves, width, weights, combine, type } = node;
  const round = type.kind === 'float32' ? Math.fround : Number;
  const each = Array.from(splits.roots, (root, tree) => {
    const from = splits.leaf[root]! * width;
    return Array.from(leaves.subarray(from, from + width), (score) => round(score * (weights?.[tree] ?? 1)));
  });
  const fold = { sum: (a: number, b: number) => round(a + b), min: Math.min, max: Math.max };
  return combine === 'each' ? each.flat() : each.reduce((a, b) => a.map((score, i) => fold[combine](score, b[i]!)));
}
