import { type Splits, TEST } from '../../ir/forest.js';
import { attribute, type Call, cannot, floatsAttr, intAttr, intsAttr, tensorAttr } from './call.js';

/** The trees of one operator: their shape, and the values of their leaves. */
export interface TreeTable {
  readonly splits: Splits;
  readonly width: number;
  readonly leaves: Float64Array;
  /** leafCount × width: whether a leaf names the target at all. */
  readonly named: Uint8Array;
  /** Every tree has `width` targets of its own, one after another. */
  readonly each: boolean;
}

/** nodes_modes by their eighth letter and length: BRANCH_LEQ, BRANCH_LT, BRANCH_GTE, …; -1 is LEAF. */
function testOf(call: Call, mode: Uint8Array): number {
  if (mode.length === 4) return -1;
  const letter = mode[7];
  if (letter === 0x4c) return mode.length === 10 ? TEST.le : TEST.lt;
  if (letter === 0x47) return mode.length === 10 ? TEST.ge : TEST.gt;
  if (letter === 0x45) return TEST.eq;
  if (letter === 0x4e) return TEST.ne;
  throw cannot(call, 'tree-mode', `nodes_modes has ${JSON.stringify(new TextDecoder().decode(mode))}`);
}

function numbersOf(call: Call, name: string): ArrayLike<number> | undefined {
  const tensor = tensorAttr(call, `${name}_as_tensor`);
  if (tensor !== undefined) return tensor.data as ArrayLike<number>;
  return floatsAttr(call, name);
}

function indices(call: Call, name: string, length: number): ArrayLike<number | bigint> {
  const list = intsAttr(call, name);
  if (list === undefined || list.length !== length) {
    throw cannot(call, 'tree-table', `${name} has ${list?.length ?? 0} entries`, { expected: String(length) });
  }
  return list;
}

/** Finds the place of a node by the numbers of its tree and of itself. */
function placeFinder(call: Call, trees: ArrayLike<number | bigint>, nodes: ArrayLike<number | bigint>) {
  const starts = new Map<number, number>();
  let regular = true;
  for (let i = 0; i < trees.length; i++) {
    const tree = Number(trees[i]);
    let start = starts.get(tree);
    if (start === undefined) {
      start = i;
      starts.set(tree, i);
    }
    if (Number(nodes[i]) !== i - start) {
      regular = false;
      break;
    }
  }
  const lost = (tree: number, node: number) =>
    cannot(call, 'tree-table', `tree ${tree} has no node ${node}`, { hint: 'the tree refers to a node that it lacks' });
  if (regular) {
    return (tree: number, node: number): number => {
      const at = (starts.get(tree) ?? Number.NaN) + node;
      if (!(at >= 0 && at < trees.length) || Number(trees[at]) !== tree) throw lost(tree, node);
      return at;
    };
  }
  const all = new Map<number, Map<number, number>>();
  for (let i = 0; i < trees.length; i++) {
    const tree = Number(trees[i]);
    let inner = all.get(tree);
    if (inner === undefined) all.set(tree, (inner = new Map()));
    inner.set(Number(nodes[i]), i);
  }
  return (tree: number, node: number): number => {
    const at = all.get(tree)?.get(node);
    if (at === undefined) throw lost(tree, node);
    return at;
  };
}

/**
 * `x ≤ +∞` tells only whether x is missing. Where the present ones go on to a split on the same feature, that split
 * gets the way of the missing ones, and the question before it is passed over.
 */
function joinGuards(splits: Splits): Splits {
  const { feature, test, threshold, whenTrue, whenFalse, whenMissing, leaf, roots } = splits;
  if (!threshold.includes(Number.POSITIVE_INFINITY)) return splits;
  const count = feature.length;
  const parents = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    if (leaf[i]! >= 0) continue;
    parents[whenTrue[i]!]!++;
    parents[whenFalse[i]!]!++;
  }
  let joined = 0;
  for (let i = 0; i < count; i++) {
    if (leaf[i]! >= 0 || test[i] !== TEST.le || threshold[i] !== Number.POSITIVE_INFINITY) continue;
    const next = whenTrue[i]!;
    const missing = whenMissing[i]!;
    if (missing === next || leaf[next]! >= 0 || feature[next] !== feature[i] || parents[next] !== 1) continue;
    whenMissing[next] = missing;
    test[i] = TEST.true;
    joined++;
  }
  if (joined === 0) return splits;
  const resolved = (start: number): number => {
    let node = start;
    while (leaf[node]! < 0 && test[node] === TEST.true) node = whenTrue[node]!;
    return node;
  };
  for (let i = 0; i < count; i++) {
    if (leaf[i]! >= 0 || test[i] === TEST.true) continue;
    whenTrue[i] = resolved(whenTrue[i]!);
    whenFalse[i] = resolved(whenFalse[i]!);
    whenMissing[i] = resolved(whenMissing[i]!);
  }
  return { ...splits, roots: roots.map(resolved) };
}

/** The columns of TreeEnsembleClassifier (`class`) and TreeEnsembleRegressor (`target`). */
export function treeTable(call: Call, kind: 'class' | 'target', width: number): TreeTable {
  const modes = attribute(call, 'nodes_modes')?.strings ?? [];
  const count = modes.length;
  const trees = indices(call, 'nodes_treeids', count);
  const ids = indices(call, 'nodes_nodeids', count);
  const features = indices(call, 'nodes_featureids', count);
  const yes = indices(call, 'nodes_truenodeids', count);
  const no = indices(call, 'nodes_falsenodeids', count);
  const values = numbersOf(call, 'nodes_values');
  if (values === undefined || values.length !== count) {
    throw cannot(call, 'tree-table', `nodes_values has ${values?.length ?? 0} entries`, { expected: String(count) });
  }
  const tracks = intsAttr(call, 'nodes_missing_value_tracks_true');
  const place = placeFinder(call, trees, ids);

  const feature = new Int32Array(count).fill(-1);
  const test = new Uint8Array(count);
  const threshold = new Float64Array(count);
  const whenTrue = new Int32Array(count);
  const whenFalse = new Int32Array(count);
  const whenMissing = new Int32Array(count);
  const leaf = new Int32Array(count).fill(-1);
  const child = new Uint8Array(count);
  let leafCount = 0;
  for (let i = 0; i < count; i++) {
    const code = testOf(call, modes[i]!);
    if (code < 0) {
      leaf[i] = leafCount++;
      continue;
    }
    const tree = Number(trees[i]);
    feature[i] = Number(features[i]);
    test[i] = code;
    threshold[i] = values[i]!;
    const t = (whenTrue[i] = place(tree, Number(yes[i])));
    const f = (whenFalse[i] = place(tree, Number(no[i])));
    whenMissing[i] = (tracks !== undefined && Number(tracks[i]) !== 0) || code === TEST.ne ? t : f;
    child[t] = 1;
    child[f] = 1;
  }
  const roots: number[] = [];
  for (let i = 0; i < count; i++) if (child[i] === 0) roots.push(i);

  const splits = checked(call, {
    roots: Int32Array.from(roots),
    feature,
    test,
    threshold,
    whenTrue,
    whenFalse,
    whenMissing,
    leaf,
    leafCount,
    sets: [],
  });
  return { ...leafValues(call, kind, width, splits, place), splits: joinGuards(splits) };
}

/** Refuses trees in which a way leads back to where it came from, and splits on a column before the first. */
function checked(call: Call, splits: Splits): Splits {
  const { feature, leaf, roots, whenTrue, whenFalse } = splits;
  if (roots.length === 0) throw cannot(call, 'tree-table', "there is no root: every branch is another one's child");
  // 0 is new, 1 on the way, 2 done.
  const state = new Uint8Array(feature.length);
  const stack: number[] = [];
  for (const root of roots) {
    if (!(root >= 0 && root < feature.length)) throw cannot(call, 'tree-table', `there is no root ${root}`);
    stack.push(root);
    while (stack.length > 0) {
      const node = stack[stack.length - 1]!;
      if (leaf[node]! >= 0 || state[node] !== 0) {
        state[node] = 2;
        stack.pop();
        continue;
      }
      if (feature[node]! < 0) throw cannot(call, 'tree-table', `a branch compares column ${feature[node]}`);
      state[node] = 1;
      for (const child of [whenTrue[node]!, whenFalse[node]!]) {
        if (state[child] === 1) throw cannot(call, 'tree-cycle', 'a tree leads back to one of its own branches');
        if (state[child] === 0) stack.push(child);
      }
    }
  }
  return splits;
}

/** The tree of each leaf; undefined where trees share leaves. */
function treeOfLeaf(splits: Splits): Int32Array | undefined {
  const owner = new Int32Array(splits.leafCount).fill(-1);
  const seen = new Int32Array(splits.feature.length).fill(-1);
  const stack: number[] = [];
  for (let tree = 0; tree < splits.roots.length; tree++) {
    stack.push(splits.roots[tree]!);
    while (stack.length > 0) {
      const node = stack.pop()!;
      const row = splits.leaf[node]!;
      if (seen[node] === tree) continue;
      seen[node] = tree;
      if (row < 0) {
        stack.push(splits.whenTrue[node]!, splits.whenFalse[node]!);
      } else {
        if (owner[row]! >= 0 && owner[row] !== tree) return undefined;
        owner[row] = tree;
      }
    }
  }
  return owner;
}

/** Whether each tree only scores targets of its own, `width / trees` of them; then the tree of each leaf. */
function ownTargets(
  splits: Splits,
  width: number,
  entries: number,
  entry: (index: number) => readonly [row: number, target: number],
): Int32Array | undefined {
  const trees = splits.roots.length;
  const own = width / trees;
  if (trees < 2 || !Number.isInteger(own)) return undefined;
  const owner = treeOfLeaf(splits);
  if (owner === undefined) return undefined;
  for (let index = 0; index < entries; index++) {
    const [row, target] = entry(index);
    if (row >= 0 && Math.floor(target / own) !== owner[row]) return undefined;
  }
  return owner;
}

function leafValues(
  call: Call,
  kind: 'class' | 'target',
  width: number,
  splits: Splits,
  place: (tree: number, node: number) => number,
): Omit<TreeTable, 'splits'> {
  const weights = numbersOf(call, `${kind}_weights`) ?? [];
  const trees = indices(call, `${kind}_treeids`, weights.length);
  const nodes = indices(call, `${kind}_nodeids`, weights.length);
  const targets = indices(call, `${kind}_ids`, weights.length);
  const rowOf = (i: number) => splits.leaf[place(Number(trees[i]), Number(nodes[i]))]!;
  for (let i = 0; i < weights.length; i++) {
    const target = Number(targets[i]);
    if (!(target >= 0 && target < width)) {
      throw cannot(call, 'tree-table', `${kind}_ids has ${target}`, { expected: `0 to ${width - 1}` });
    }
  }
  const owner =
    kind === 'target' ? ownTargets(splits, width, weights.length, (i) => [rowOf(i), Number(targets[i])]) : undefined;
  const own = owner === undefined ? width : width / splits.roots.length;
  const leaves = new Float64Array(splits.leafCount * own);
  const named = new Uint8Array(splits.leafCount * own);
  for (let i = 0; i < weights.length; i++) {
    const row = rowOf(i);
    if (row < 0) continue;
    const at = row * own + (owner === undefined ? Number(targets[i]) : Number(targets[i]) % own);
    leaves[at]! += weights[i]!;
    named[at] = 1;
  }
  return { leaves, named, width: own, each: owner !== undefined };
}

/** Modes of TreeEnsemble (ai.onnx.ml 5), by their numbers. */
const MODES = [TEST.le, TEST.lt, TEST.ge, TEST.gt, TEST.eq, TEST.ne, TEST.in];

/** The columns of TreeEnsemble: branches in nodes_*, leaves apart. Leaf i has one target and one weight. */
export function treeTable5(call: Call): TreeTable {
  const width = intAttr(call, 'n_targets', 1);
  const modes = tensorAttr(call, 'nodes_modes')?.data as ArrayLike<number> | undefined;
  const values = tensorAttr(call, 'nodes_splits')?.data as ArrayLike<number> | undefined;
  const weights = tensorAttr(call, 'leaf_weights')?.data as ArrayLike<number> | undefined;
  if (modes === undefined || values === undefined || weights === undefined) {
    throw cannot(call, 'tree-table', 'TreeEnsemble lacks nodes_modes, nodes_splits or leaf_weights');
  }
  const inner = modes.length;
  const leafCount = weights.length;
  const features = indices(call, 'nodes_featureids', inner);
  const yes = indices(call, 'nodes_truenodeids', inner);
  const no = indices(call, 'nodes_falsenodeids', inner);
  const yesLeaf = indices(call, 'nodes_trueleafs', inner);
  const noLeaf = indices(call, 'nodes_falseleafs', inner);
  const targets = indices(call, 'leaf_targetids', leafCount);
  const tracks = intsAttr(call, 'nodes_missing_value_tracks_true');
  const members = (tensorAttr(call, 'membership_values')?.data ?? []) as ArrayLike<number>;

  const count = inner + leafCount;
  const feature = new Int32Array(count).fill(-1);
  const test = new Uint8Array(count);
  const threshold = new Float64Array(count);
  const whenTrue = new Int32Array(count);
  const whenFalse = new Int32Array(count);
  const whenMissing = new Int32Array(count);
  const leaf = new Int32Array(count).fill(-1);
  const sets: number[][] = [];
  let member = 0;
  const target = (isLeaf: number | bigint, index: number | bigint): number => {
    const at = Number(index);
    const limit = Number(isLeaf) !== 0 ? leafCount : inner;
    if (!(at >= 0 && at < limit))
      throw cannot(call, 'tree-table', `a branch leads to ${at}`, { expected: `0 to ${limit - 1}` });
    return Number(isLeaf) !== 0 ? inner + at : at;
  };
  for (let i = 0; i < inner; i++) {
    const code = MODES[modes[i]!];
    if (code === undefined) throw cannot(call, 'tree-mode', `nodes_modes has ${modes[i]}`);
    feature[i] = Number(features[i]);
    test[i] = code;
    threshold[i] = values[i]!;
    if (code === TEST.in) {
      const set: number[] = [];
      while (member < members.length && !Number.isNaN(members[member]!)) set.push(members[member++]!);
      member++;
      threshold[i] = sets.push(set) - 1;
    }
    whenTrue[i] = target(yesLeaf[i]!, yes[i]!);
    whenFalse[i] = target(noLeaf[i]!, no[i]!);
    const tracked = tracks !== undefined && Number(tracks[i]) !== 0;
    whenMissing[i] = tracked || code === TEST.ne ? whenTrue[i]! : whenFalse[i]!;
  }
  for (let i = 0; i < leafCount; i++) leaf[inner + i] = i;
  const roots = Int32Array.from((intsAttr(call, 'tree_roots') ?? []) as ArrayLike<number>, Number);
  const columns = { feature, test, threshold, whenTrue, whenFalse, whenMissing, leaf };
  const splits = checked(call, { roots, ...columns, leafCount, sets });
  const owner = ownTargets(splits, width, leafCount, (i) => [i, Number(targets[i])]);
  const own = owner === undefined ? width : width / roots.length;
  const leaves = new Float64Array(leafCount * own);
  const named = new Uint8Array(leafCount * own);
  for (let i = 0; i < leafCount; i++) {
    const at = i * own + (Number(targets[i]) % own);
    leaves[at] = weights[i]!;
    named[at] = 1;
  }
  return { splits: joinGuards(splits), leaves, named, width: own, each: owner !== undefined };
}
