import { constantTrees } from '../../ir/constant-trees.js';
import type { TreesNode } from '../../ir/nodes.js';
import { isFloat, type Ref } from '../../ir/types.js';
import { type FlatTrees, flatten } from './diagrams.js';
import { attr, ML, tensorProto, uint8Tensor } from './emitter.js';
import { isPlainSum, isTargeted } from './merged-trees.js';
import { type Lowering, type Operand, placeAt, reducedBools, reducedRows, scalarConst, typeAt } from './state.js';
import { treeFeatures, type Width } from './tree-features.js';

/** Most branches that shared diagrams may grow to. */
const LIMIT = 16_000_000;

/** Whether only TreeEnsemble of ai.onnx.ml 5 can hold the trees: in double precision, or with sets of values. */
export function needsTreeEnsemble5(node: TreesNode, kinds: readonly string[]): boolean {
  return widthOf(node, kinds) === 'float64' || node.splits.sets.some((set) => set.length > 1);
}

/** The width in which the trees compare. */
function widthOf(node: TreesNode, kinds: readonly string[]): Width {
  const single = kinds.every((kind) => kind === 'float32' || kind === 'string' || kind === 'bool');
  return node.type.kind === 'float32' && single ? 'float32' : 'float64';
}

export function lowerTrees(state: Lowering, ref: Ref, node: TreesNode): Operand {
  if (node.features.length === 0) return constantScores(state, node);
  const kinds = node.features.map((feature) => typeAt(state, feature).kind);
  const width = widthOf(node, kinds);
  const features = treeFeatures(state, node, width);
  const flat = flatten(node.splits, {
    columnOf: features.columnOf,
    membership: features.membership,
    mayMiss: (feature) => {
      const type = typeAt(state, node.features[feature]!);
      return type.missing || isFloat(type.kind);
    },
    place: placeAt(state, ref),
    limit: LIMIT,
  });
  const extreme = node.combine === 'min' || node.combine === 'max';
  if (extreme && node.leaves.some(Number.isNaN)) return extremeWithMissing(state, ref, node);
  const matrix = features.matrix();
  const kind = node.type.kind as Width;
  const columns = node.type.shape[0]!;
  const result = { kind, width: columns, missing: node.type.missing, constant: false };
  if (!state.treeEnsemble5) return { ...result, name: regressor(state, matrix.name, node, flat) };
  if (node.width === 1 && kind === width) return { ...result, name: ensemble5(state, matrix.name, node, flat, width) };
  return { ...result, name: byLeafIndex(state, matrix.name, node, flat, width) };
}

/** Trees that look at nothing. */
function constantScores(state: Lowering, node: TreesNode): Operand {
  const { kind, missing } = node.type;
  const scores = constantTrees(node);
  const name = state.emitter.constant(kind, [1, scores.length], scores, 'scores');
  return { name, kind, width: scores.length, missing, constant: true };
}

/** The smallest or largest of all trees' values, missing where one of them is: the tree operators would skip it. */
function extremeWithMissing(state: Lowering, ref: Ref, node: TreesNode): Operand {
  const { emitter } = state;
  const trees = node.splits.roots.length;
  const type = { ...node.type, shape: [node.width * trees] as const };
  const all = lowerTrees(state, ref, { ...node, combine: 'each', type });
  const cube = emitter.op('Reshape', [all.name, emitter.constant('int64', [3], [-1, trees, node.width], 'shape')]);
  const best = reducedRows(state, node.combine === 'min' ? 'ReduceMin' : 'ReduceMax', cube, 0);
  const none = reducedBools(state, 'ReduceMax', emitter.op('IsNaN', [cube]), 0);
  const nan = scalarConst(state, node.type.kind, Number.NaN);
  return { ...all, name: emitter.op('Where', [none, nan, best]), width: node.width };
}

/** Leaf values times the weight of their tree, rounded as the sum is. */
function leafValue(node: TreesNode, tree: number, row: number, column: number): number {
  const value = node.leaves[row * node.width + column]!;
  const weight = node.weights?.[tree];
  if (weight === undefined) return value;
  return node.type.kind === 'float32' ? Math.fround(value * weight) : value * weight;
}

/** The element of the result to which a tree's value in a column is added. */
function targetOf(node: TreesNode, tree: number, column: number): number {
  if (isTargeted(node)) return node.targets[tree]!;
  return node.combine === 'each' ? tree * node.width + column : column;
}

/** Whether several sums of trees can be one operator with a target each. */
export function canMerge(state: Lowering, nodes: readonly TreesNode[]): boolean {
  const kindsOf = (node: TreesNode) => node.features.map((feature) => typeAt(state, feature).kind);
  const width = widthOf(nodes[0]!, nodes.flatMap(kindsOf));
  const [first] = nodes as [TreesNode];
  if (nodes.every(({ features }) => features.length === 0)) return false;
  const alike = nodes.every((node) => isPlainSum(node) && node.type.kind === first.type.kind);
  return alike && (state.treeEnsemble5 ? first.type.kind === width : width === 'float32');
}

const AGGREGATE: Readonly<Record<TreesNode['combine'], string>> = { sum: 'SUM', min: 'MIN', max: 'MAX', each: 'SUM' };
const AGGREGATE5: Readonly<Record<TreesNode['combine'], number>> = { sum: 1, min: 2, max: 3, each: 1 };

const utf8 = new TextEncoder();
const MODE_NAMES = ['BRANCH_LEQ', 'BRANCH_LT', 'BRANCH_GTE', 'BRANCH_GT', 'BRANCH_EQ', 'BRANCH_NEQ'].map((name) =>
  utf8.encode(name),
);
const LEAF = utf8.encode('LEAF');

/** The columns that TreeEnsembleRegressor and TreeEnsembleClassifier share. */
export function nodeColumns(flat: FlatTrees) {
  const trees = flat.starts.length - 1;
  const total = flat.column.length + flat.leafRow.length;
  const treeids = new Int32Array(total);
  const nodeids = new Int32Array(total);
  const featureids = new Int32Array(total);
  const values = new Float32Array(total);
  const modes = new Array<Uint8Array>(total);
  const yes = new Int32Array(total);
  const no = new Int32Array(total);
  const tracks = new Int32Array(total);
  const leafNode = new Int32Array(flat.leafRow.length);
  const leafTree = new Int32Array(flat.leafRow.length);
  let out = 0;
  for (let tree = 0; tree < trees; tree++) {
    const first = flat.starts[tree]!;
    const branches = flat.starts[tree + 1]! - first;
    const firstLeaf = flat.leafStarts[tree]!;
    const id = (child: number) => (child >= 0 ? child - first : branches + ~child - firstLeaf);
    for (let i = first; i < first + branches; i++, out++) {
      treeids[out] = tree;
      nodeids[out] = i - first;
      featureids[out] = flat.column[i]!;
      values[out] = flat.value[i]!;
      modes[out] = MODE_NAMES[flat.mode[i]!]!;
      yes[out] = id(flat.yes[i]!);
      no[out] = id(flat.no[i]!);
      tracks[out] = flat.tracks[i]!;
    }
    for (let leaf = firstLeaf; leaf < flat.leafStarts[tree + 1]!; leaf++, out++) {
      treeids[out] = tree;
      nodeids[out] = branches + leaf - firstLeaf;
      modes[out] = LEAF;
      leafNode[leaf] = nodeids[out]!;
      leafTree[leaf] = tree;
    }
  }
  const attributes = [
    attr.ints('nodes_treeids', treeids),
    attr.ints('nodes_nodeids', nodeids),
    attr.ints('nodes_featureids', featureids),
    attr.floats('nodes_values', values),
    attr.bytes('nodes_modes', modes),
    attr.ints('nodes_truenodeids', yes),
    attr.ints('nodes_falsenodeids', no),
    attr.ints('nodes_missing_value_tracks_true', tracks),
  ];
  return { attributes, leafNode, leafTree };
}

/** The leaf columns, named `target_…` or `class_…`. */
export function leafColumns(
  node: TreesNode,
  flat: FlatTrees,
  prefix: 'target' | 'class',
  leafNode: Int32Array,
  leafTree: Int32Array,
) {
  const count = flat.leafRow.length * node.width;
  const trees = new Int32Array(count);
  const nodes = new Int32Array(count);
  const ids = new Int32Array(count);
  const weights = new Float32Array(count);
  let out = 0;
  for (let leaf = 0; leaf < flat.leafRow.length; leaf++) {
    const tree = leafTree[leaf]!;
    for (let column = 0; column < node.width; column++, out++) {
      trees[out] = tree;
      nodes[out] = leafNode[leaf]!;
      ids[out] = targetOf(node, tree, column);
      weights[out] = leafValue(node, tree, flat.leafRow[leaf]!, column);
    }
  }
  return [
    attr.ints(`${prefix}_treeids`, trees),
    attr.ints(`${prefix}_nodeids`, nodes),
    attr.ints(`${prefix}_ids`, ids),
    attr.floats(`${prefix}_weights`, weights),
  ];
}

function regressor(state: Lowering, matrix: string, node: TreesNode, flat: FlatTrees): string {
  const { attributes, leafNode, leafTree } = nodeColumns(flat);
  const all = [
    ...attributes,
    ...leafColumns(node, flat, 'target', leafNode, leafTree),
    attr.int('n_targets', node.type.shape[0]!),
    attr.text('aggregate_function', AGGREGATE[node.combine]),
    attr.text('post_transform', 'NONE'),
  ];
  return state.emitter.op('TreeEnsembleRegressor', [matrix], all, ML);
}

/** TreeEnsemble; leaf i gives `weight(i)` to target `target(i)`. */
function tree5(
  state: Lowering,
  matrix: string,
  flat: FlatTrees,
  width: Width,
  targets: number,
  aggregate: number,
  leaf: (index: number, tree: number) => { target: number; weight: number },
): string {
  const inner = flat.column.length;
  const yes = new Int32Array(inner);
  const no = new Int32Array(inner);
  const yesLeaf = new Int32Array(inner);
  const noLeaf = new Int32Array(inner);
  for (let i = 0; i < inner; i++) {
    const [t, f] = [flat.yes[i]!, flat.no[i]!];
    yes[i] = t >= 0 ? t : ~t;
    yesLeaf[i] = t >= 0 ? 0 : 1;
    no[i] = f >= 0 ? f : ~f;
    noLeaf[i] = f >= 0 ? 0 : 1;
  }
  const leaves = flat.leafRow.length;
  const targetids = new Int32Array(leaves);
  const weights = new Float64Array(leaves);
  for (let tree = 0; tree < flat.leafStarts.length - 1; tree++) {
    for (let i = flat.leafStarts[tree]!; i < flat.leafStarts[tree + 1]!; i++) {
      const { target, weight } = leaf(i, tree);
      targetids[i] = target;
      weights[i] = weight;
    }
  }
  const members = flat.members.flatMap((set) => [...set, Number.NaN]);
  const attributes = [
    attr.int('aggregate_function', aggregate),
    attr.ints('leaf_targetids', targetids),
    attr.tensor('leaf_weights', tensorProto('leaf_weights', width, [leaves], weights)),
    ...(members.length === 0
      ? []
      : [attr.tensor('membership_values', tensorProto('membership_values', width, [members.length], members))]),
    attr.int('n_targets', targets),
    attr.ints('nodes_falseleafs', noLeaf),
    attr.ints('nodes_falsenodeids', no),
    attr.ints('nodes_featureids', flat.column),
    attr.ints('nodes_missing_value_tracks_true', Int32Array.from(flat.tracks)),
    attr.tensor('nodes_modes', uint8Tensor('nodes_modes', flat.mode)),
    attr.tensor('nodes_splits', tensorProto('nodes_splits', width, [inner], flat.value)),
    attr.ints('nodes_trueleafs', yesLeaf),
    attr.ints('nodes_truenodeids', yes),
    attr.int('post_transform', 0),
    attr.ints('tree_roots', flat.starts.slice(0, -1)),
  ];
  return state.emitter.op('TreeEnsemble', [matrix], attributes, ML);
}

function ensemble5(state: Lowering, matrix: string, node: TreesNode, flat: FlatTrees, width: Width): string {
  return tree5(state, matrix, flat, width, node.type.shape[0]!, AGGREGATE5[node.combine], (index, tree) => ({
    target: targetOf(node, tree, 0),
    weight: leafValue(node, tree, flat.leafRow[index]!, 0),
  }));
}

/** Every tree gives the number of its leaf; the values come from a table and are added in tree order. */
function byLeafIndex(state: Lowering, matrix: string, node: TreesNode, flat: FlatTrees, width: Width): string {
  const { emitter } = state;
  const kind = node.type.kind as Width;
  const trees = flat.starts.length - 1;
  const numbers = tree5(state, matrix, flat, width, trees, 1, (index, tree) => ({
    target: tree,
    weight: flat.leafRow[index]!,
  }));
  const rows = emitter.op('Cast', [numbers], [attr.int('to', 7)]);
  const table = emitter.constant(kind, [node.splits.leafCount, node.width], node.leaves, 'leaves');
  let values = emitter.op('Gather', [table, rows], [attr.int('axis', 0)]);
  if (node.weights !== undefined) {
    const weights = emitter.constant(kind, [1, trees, 1], node.weights, 'weights');
    values = emitter.op('Mul', [values, weights]);
  }
  const columns = emitter.constant('int64', [2], [-1, node.type.shape[0]!], 'shape');
  if (node.combine === 'each' || trees === 1) return emitter.op('Reshape', [values, columns]);
  if (node.combine !== 'sum') return reducedRows(state, node.combine === 'min' ? 'ReduceMin' : 'ReduceMax', values, 0);
  const running = emitter.op('CumSum', [values, emitter.constant('int64', [], [1], 'axis')]);
  const last = emitter.op(
    'Gather',
    [running, emitter.constant('int64', [], [trees - 1], 'last')],
    [attr.int('axis', 1)],
  );
  return last;
}
