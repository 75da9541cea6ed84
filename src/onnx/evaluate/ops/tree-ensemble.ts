import { badAttribute } from '../../errors.js';
import { probitf } from '../float-math.js';
import { type Inputs, type Kernels, type NodeContext, tensorAt } from '../kernel.js';
import { type NumberArray, newTensor, type Tensor, tensorFromProto } from '../tensor.js';
import { POST_TRANSFORMS, type PostTransform, pairOfScores, postTransform, transformScores } from './ml-scores.js';
import { classLabels, labelTensor, matrixOf } from './ml-tensors.js';

type Aggregate = 'AVERAGE' | 'SUM' | 'MIN' | 'MAX';

const MODES = [
  'BRANCH_LEQ',
  'BRANCH_LT',
  'BRANCH_GTE',
  'BRANCH_GT',
  'BRANCH_EQ',
  'BRANCH_NEQ',
  'BRANCH_MEMBER',
  'LEAF',
];
const MEMBER = 6;
const LEAF = 7;

/** Trees as parallel arrays over all nodes. A leaf's weights are `count` entries from `first` on. */
interface Forest {
  readonly roots: Int32Array;
  readonly mode: Uint8Array;
  readonly feature: Int32Array;
  readonly threshold: Float64Array;
  readonly whenTrue: Int32Array;
  readonly whenFalse: Int32Array;
  readonly missingTrue: Uint8Array;
  readonly first: Int32Array;
  readonly count: Int32Array;
  readonly target: Int32Array;
  readonly weight: Float64Array;
  readonly members: ReadonlyMap<number, ReadonlySet<number>>;
  readonly base: readonly number[];
  readonly targets: number;
  readonly aggregate: Aggregate;
  readonly transform: PostTransform;
}

function blankNodes(count: number) {
  return {
    mode: new Uint8Array(count),
    feature: new Int32Array(count),
    threshold: new Float64Array(count),
    whenTrue: new Int32Array(count),
    whenFalse: new Int32Array(count),
    missingTrue: new Uint8Array(count),
    first: new Int32Array(count),
    count: new Int32Array(count),
  };
}

/** A list of numbers that is an attribute of floats or, for doubles, a tensor `…_as_tensor`. */
function numbersOf(node: NodeContext, name: string): ArrayLike<number> | undefined {
  const tensor = node.attributes.tensor(`${name}_as_tensor`);
  if (tensor !== undefined) return tensorFromProto(tensor).data as NumberArray;
  return node.attributes.floats(name);
}

function sameLength(name: string, length: number, expected: number): void {
  if (length !== expected)
    throw badAttribute(name, 'the list has not one entry a node', { expected: String(expected), got: String(length) });
}

/** Node ids are unique within their tree: a map from (tree, node) to the node's place in the lists. */
function placesOf(treeIds: Float64Array, nodeIds: Float64Array): (tree: number, node: number) => number | undefined {
  const trees = new Map<number, Map<number, number>>();
  for (let i = 0; i < nodeIds.length; i++) {
    let places = trees.get(treeIds[i]!);
    if (places === undefined) trees.set(treeIds[i]!, (places = new Map()));
    if (places.has(nodeIds[i]!))
      throw badAttribute('nodes_nodeids', `node ${nodeIds[i]} of tree ${treeIds[i]} is listed twice`);
    places.set(nodeIds[i]!, i);
  }
  return (tree, node) => trees.get(tree)?.get(node);
}

/** Refuses trees in which a node is reached twice, so that descending ends. */
function checkTrees(forest: Pick<Forest, 'roots' | 'mode' | 'whenTrue' | 'whenFalse'>, attribute: string): void {
  const seen = new Uint8Array(forest.mode.length);
  for (const root of forest.roots) {
    const stack = [root];
    while (stack.length > 0) {
      const at = stack.pop()!;
      if (forest.mode[at] === LEAF) continue;
      if (seen[at] === 1) throw badAttribute(attribute, 'a node of a tree is reached twice');
      seen[at] = 1;
      stack.push(forest.whenFalse[at]!, forest.whenTrue[at]!);
    }
  }
}

/** The trees of TreeEnsembleClassifier and TreeEnsembleRegressor; `kind` begins the names of the leaves' lists. */
function forestOf(node: NodeContext, kind: 'class' | 'target', targets: number): Forest {
  const { attributes } = node;
  const modes = attributes.strings('nodes_modes') ?? [];
  const size = modes.length;
  const list = (name: string): Float64Array => {
    const values = attributes.intArray(name) ?? new Float64Array(0);
    sameLength(name, values.length, size);
    return values;
  };
  const treeIds = list('nodes_treeids');
  const nodeIds = list('nodes_nodeids');
  const trueIds = list('nodes_truenodeids');
  const falseIds = list('nodes_falsenodeids');
  const features = list('nodes_featureids');
  const values = numbersOf(node, 'nodes_values') ?? [];
  sameLength('nodes_values', values.length, size);
  const missing = attributes.intArray('nodes_missing_value_tracks_true');
  const place = placesOf(treeIds, nodeIds);
  const nodes = blankNodes(size);
  const isChild = new Uint8Array(size);
  for (let i = 0; i < size; i++) {
    const mode = MODES.indexOf(modes[i]!);
    if (mode < 0 || mode === MEMBER)
      throw badAttribute('nodes_modes', `${JSON.stringify(modes[i])} is no mode of a node`);
    nodes.mode[i] = mode;
    nodes.feature[i] = features[i]!;
    nodes.threshold[i] = values[i]!;
    nodes.missingTrue[i] = missing === undefined ? 0 : missing[i] === 1 ? 1 : 0;
    if (mode === LEAF) continue;
    const yes = place(treeIds[i]!, trueIds[i]!);
    const no = place(treeIds[i]!, falseIds[i]!);
    if (yes === undefined) throw badAttribute('nodes_truenodeids', `tree ${treeIds[i]} has no node ${trueIds[i]}`);
    if (no === undefined) throw badAttribute('nodes_falsenodeids', `tree ${treeIds[i]} has no node ${falseIds[i]}`);
    nodes.whenTrue[i] = yes;
    nodes.whenFalse[i] = no;
    isChild[yes] = isChild[no] = 1;
  }
  const roots = Int32Array.from(Array.from(isChild.keys()).filter((i) => isChild[i] === 0));
  checkTrees({ roots, ...nodes }, 'nodes_truenodeids');
  const leafTrees = attributes.intArray(`${kind}_treeids`) ?? new Float64Array(0);
  const leafNodes = attributes.intArray(`${kind}_nodeids`) ?? new Float64Array(0);
  const leafTargets = attributes.intArray(`${kind}_ids`) ?? new Float64Array(0);
  const leafWeights = numbersOf(node, `${kind}_weights`) ?? [];
  const owners = Int32Array.from(leafNodes, (id, i) => place(leafTrees[i]!, id) ?? -1);
  const order = Array.from(owners.keys()).sort((a, b) => owners[a]! - owners[b]! || a - b);
  order.forEach((from, to) => {
    const owner = owners[from]!;
    if (owner < 0) throw badAttribute(`${kind}_nodeids`, `tree ${leafTrees[from]} has no node ${leafNodes[from]}`);
    if (nodes.count[owner]! === 0) nodes.first[owner] = to;
    nodes.count[owner]!++;
    if (!(leafTargets[from]! >= 0 && leafTargets[from]! < targets))
      throw badAttribute(`${kind}_ids`, 'a leaf votes for what is not there', {
        expected: `0 to ${targets - 1}`,
        got: String(leafTargets[from]),
      });
  });
  return {
    ...nodes,
    roots,
    target: Int32Array.from(order, (i) => leafTargets[i]!),
    weight: Float64Array.from(order, (i) => leafWeights[i] ?? 0),
    members: new Map(),
    base: Array.from(numbersOf(node, 'base_values') ?? []),
    targets,
    aggregate: (kind === 'target' ? attributes.string('aggregate_function', 'SUM') : 'SUM') as Aggregate,
    transform: postTransform(attributes.string('post_transform', 'NONE')),
  };
}

function required(node: NodeContext, name: string): NumberArray {
  const proto = node.attributes.tensor(name);
  if (proto === undefined) throw badAttribute(name, 'the required attribute is missing');
  return tensorFromProto(proto).data as NumberArray;
}

/** `membership_values` holds the set of each BRANCH_MEMBER node in turn, a NaN after each. */
function membersOf(mode: Uint8Array, values: ArrayLike<number>): Map<number, Set<number>> {
  const members = new Map<number, Set<number>>();
  let at = 0;
  for (let i = 0; i < mode.length; i++) {
    if (mode[i] !== MEMBER) continue;
    const set = new Set<number>();
    while (at < values.length && !Number.isNaN(values[at]!)) set.add(values[at++]!);
    at++;
    members.set(i, set);
  }
  return members;
}

/** The trees of TreeEnsemble-5: inner nodes first, then a node for each leaf. */
function forestOf5(node: NodeContext): Forest {
  const { attributes } = node;
  const ints = (name: string): Float64Array => attributes.intArray(name) ?? new Float64Array(0);
  const modes = required(node, 'nodes_modes');
  const splits = required(node, 'nodes_splits');
  const weights = required(node, 'leaf_weights');
  const inner = modes.length;
  const targets = attributes.int('n_targets');
  const leafTargets = ints('leaf_targetids');
  const nodes = blankNodes(inner + weights.length);
  const trueIds = ints('nodes_truenodeids');
  const falseIds = ints('nodes_falsenodeids');
  const trueLeafs = ints('nodes_trueleafs');
  const falseLeafs = ints('nodes_falseleafs');
  const features = ints('nodes_featureids');
  const missing = attributes.intArray('nodes_missing_value_tracks_true');
  for (const [name, list] of Object.entries({ trueIds, falseIds, trueLeafs, falseLeafs, features, splits }))
    sameLength(name, list.length, inner);
  const child = (name: string, id: number, isLeaf: number): number => {
    if (!(id >= 0 && id < (isLeaf ? weights.length : inner)))
      throw badAttribute(name, `there is no ${isLeaf ? 'leaf' : 'node'} ${id}`);
    return isLeaf ? inner + id : id;
  };
  for (let i = 0; i < inner; i++) {
    if (modes[i]! > MEMBER) throw badAttribute('nodes_modes', `${modes[i]} is no mode of a node`);
    nodes.mode[i] = modes[i]!;
    nodes.feature[i] = features[i]!;
    nodes.threshold[i] = splits[i]!;
    nodes.missingTrue[i] = missing === undefined ? 0 : missing[i] === 1 ? 1 : 0;
    nodes.whenTrue[i] = child('nodes_truenodeids', trueIds[i]!, trueLeafs[i]!);
    nodes.whenFalse[i] = child('nodes_falsenodeids', falseIds[i]!, falseLeafs[i]!);
  }
  for (let i = 0; i < weights.length; i++) {
    nodes.mode[inner + i] = LEAF;
    nodes.first[inner + i] = i;
    nodes.count[inner + i] = 1;
    if (!(leafTargets[i]! >= 0 && leafTargets[i]! < targets))
      throw badAttribute('leaf_targetids', 'a leaf votes for what is not there', {
        expected: `0 to ${targets - 1}`,
        got: String(leafTargets[i]),
      });
  }
  const roots = Int32Array.from(ints('tree_roots'), (root) => child('tree_roots', root, 0));
  checkTrees({ roots, ...nodes }, 'nodes_truenodeids');
  const memberships = attributes.tensor('membership_values');
  return {
    ...nodes,
    roots,
    target: Int32Array.from(leafTargets),
    weight: Float64Array.from(weights),
    members: membersOf(nodes.mode, memberships === undefined ? [] : (tensorFromProto(memberships).data as NumberArray)),
    base: [],
    targets,
    aggregate: (['AVERAGE', 'SUM', 'MIN', 'MAX'] as const)[attributes.int('aggregate_function', 1)] ?? 'SUM',
    transform: POST_TRANSFORMS[attributes.int('post_transform', 0)] ?? 'NONE',
  };
}

function isTrue(forest: Forest, at: number, value: number): boolean {
  const threshold = forest.threshold[at]!;
  switch (forest.mode[at]) {
    case 0:
      return value <= threshold;
    case 1:
      return value < threshold;
    case 2:
      return value >= threshold;
    case 3:
      return value > threshold;
    case 4:
      return value === threshold;
    case 5:
      return value !== threshold;
    default:
      return forest.members.get(at)?.has(value) ?? false;
  }
}

/** The leaf that a row reaches. NaN compares false, and goes to the true branch only where the node says so. */
function leafOf(forest: Forest, root: number, row: ArrayLike<number>, offset: number, features: number): number {
  let at = root;
  while (forest.mode[at] !== LEAF) {
    const feature = forest.feature[at]!;
    if (feature >= features || feature < 0)
      throw badAttribute('nodes_featureids', 'a node tests a feature that the input lacks', {
        expected: `0 to ${features - 1}`,
        got: String(feature),
      });
    const value = row[offset + feature]!;
    const yes = isTrue(forest, at, value) || (forest.missingTrue[at] === 1 && Number.isNaN(value));
    at = yes ? forest.whenTrue[at]! : forest.whenFalse[at]!;
  }
  return at;
}

/** Sums (or least, or greatest) of the leaves' weights by target, in the order of the trees. */
interface Votes {
  readonly score: Float64Array;
  readonly has: Uint8Array;
}

function vote(forest: Forest, votes: Votes, leaf: number, round: (value: number) => number): void {
  const first = forest.first[leaf]!;
  const count = forest.targets === 1 ? Math.min(1, forest.count[leaf]!) : forest.count[leaf]!;
  for (let i = first; i < first + count; i++) {
    const target = forest.target[i]!;
    const weight = forest.weight[i]!;
    const before = votes.score[target]!;
    if (forest.aggregate === 'SUM' || forest.aggregate === 'AVERAGE') votes.score[target] = round(before + weight);
    else if (votes.has[target] === 0 || (forest.aggregate === 'MIN' ? weight < before : weight > before))
      votes.score[target] = weight;
    votes.has[target] = 1;
  }
}

type Finish = (votes: Votes, row: number) => ArrayLike<number>;

/** Runs all rows through all trees. Sums are float32 in the order of the trees, double for double inputs. */
function evaluate(
  forest: Forest,
  input: Tensor,
  scores: Tensor,
  round: (value: number) => number,
  finish: Finish,
): void {
  const { rows, columns, values } = matrixOf(input);
  const votes: Votes = { score: new Float64Array(forest.targets), has: new Uint8Array(forest.targets) };
  const width = rows === 0 ? 0 : scores.size / rows;
  for (let row = 0; row < rows; row++) {
    votes.score.fill(0);
    votes.has.fill(0);
    for (const root of forest.roots) vote(forest, votes, leafOf(forest, root, values, row * columns, columns), round);
    const result = finish(votes, row);
    for (let i = 0; i < width; i++) (scores.data as NumberArray)[row * width + i] = result[i] ?? 0;
  }
}

const identity = (value: number): number => value;
const roundingOf = (input: Tensor) => (input.type === 'double' ? identity : Math.fround);

function regressionScores(forest: Forest, votes: Votes, round: (value: number) => number): ArrayLike<number> {
  const { aggregate, base, targets, transform } = forest;
  const trees = forest.roots.length;
  const mean = (value: number): number => (aggregate === 'AVERAGE' ? round(value / trees) : value);
  if (targets === 1) {
    const score = round(mean(votes.score[0]!) + (base.length === 1 ? round(base[0]!) : 0));
    return [transform === 'PROBIT' ? probitf(Math.fround(score)) : score];
  }
  // A target that no leaf votes for scores 0, whatever its base value.
  const scores = Array.from(votes.score, (score, i) => {
    if (votes.has[i] === 0) return 0;
    return base.length === targets ? round(mean(score) + round(base[i]!)) : mean(score);
  });
  transformScores(scores, transform, round);
  return scores;
}

function regressor(forest: Forest, input: Tensor, type: 'float' | 'double'): Tensor {
  const round = roundingOf(input);
  const scores = newTensor(type, [matrixOf(input).rows, forest.targets]);
  evaluate(forest, input, scores, round, (votes) => regressionScores(forest, votes, round));
  return scores;
}

interface Classifier {
  readonly forest: Forest;
  readonly labels: readonly (string | bigint)[];
  /** Two classes, but all weights belong to one of them. */
  readonly oneScore: boolean;
  readonly allPositive: boolean;
}

function classifierOf(node: NodeContext): Classifier {
  const labels = classLabels(node.attributes, 'classlabels_int64s');
  const forest = forestOf(node, 'class', labels.length);
  return {
    forest,
    labels,
    oneScore: labels.length === 2 && new Set(forest.target).size === 1,
    allPositive: forest.weight.every((weight) => !(weight < 0)),
  };
}

/** The label of a row, and its scores. */
function classify(
  { forest, labels, oneScore, allPositive }: Classifier,
  votes: Votes,
  round: (value: number) => number,
): { label: string | bigint; scores: ArrayLike<number> } {
  const { base, transform } = forest;
  const count = labels.length;
  const score = Array.from(votes.score);
  const has = votes.has;
  if (count > 2) {
    base.forEach((value, i) => {
      score[i] = has[i] === 1 ? round(score[i]! + round(value)) : round(value);
      has[i] = 1;
    });
    let best = -1;
    for (let i = 0; i < count; i++) if (has[i] === 1 && (best < 0 || score[i]! > score[best]!)) best = i;
    transformScores(score, transform);
    return { label: labels[Math.max(best, 0)]!, scores: score };
  }
  const voted = has[1] === 1;
  if (base.length === 2) {
    if (voted) {
      score[1] = round(round(base[1]!) + score[0]!);
      score[0] = -score[1];
    } else {
      score[1] = round(score[1]! + round(base[1]!));
      score[0] = round(score[0]! + round(base[0]!));
    }
  } else if (base.length === 1) score[0] = round(score[0]! + round(base[0]!));
  const positive = voted ? score[1]! : has[0] === 1 ? score[0]! : 0;
  // LOGISTIC transforms the pair of a score and its negative, whatever the signs of the weights.
  const complement = allPositive && transform !== 'LOGISTIC';
  const second = !oneScore ? (base.length === 0 ? 'opposite' : 'none') : complement ? 'complement' : 'opposite';
  const isPositive = oneScore && allPositive ? positive > 0.5 : positive > 0;
  const plainLabels = oneScore || typeof labels[0] === 'string';
  const label = plainLabels ? labels[isPositive ? 1 : 0]! : isPositive ? 1n : 0n;
  // What no leaf voted for counts as 0 from here on, base values included.
  for (let i = 0; i < count; i++) if (has[i] === 0) score[i] = 0;
  if (!voted && base.length !== 2) return { label, scores: pairOfScores(score[0]!, transform, second, round) };
  transformScores(score, transform, round);
  return { label, scores: score };
}

function treeEnsembleClassifier(inputs: Inputs, node: NodeContext): Tensor[] {
  const classifier = node.prepared(() => classifierOf(node));
  const input = tensorAt(inputs, 0);
  const { rows } = matrixOf(input);
  const chosen = new Array<string | bigint>(rows);
  const scores = newTensor('float', [rows, classifier.labels.length]);
  const round = roundingOf(input);
  evaluate(classifier.forest, input, scores, round, (votes, row) => {
    const result = classify(classifier, votes, round);
    chosen[row] = result.label;
    return result.scores;
  });
  return [labelTensor(chosen, typeof classifier.labels[0] === 'string', [rows]), scores];
}

function treeEnsembleRegressor(inputs: Inputs, node: NodeContext): Tensor {
  const forest = node.prepared(() => forestOf(node, 'target', node.attributes.int('n_targets', 1)));
  return regressor(forest, tensorAt(inputs, 0), 'float');
}

function treeEnsemble(inputs: Inputs, node: NodeContext): Tensor {
  const forest = node.prepared(() => forestOf5(node));
  const input = tensorAt(inputs, 0);
  return regressor(forest, input, input.type === 'double' ? 'double' : 'float');
}

export const treeKernels = {
  'ai.onnx.ml/TreeEnsembleClassifier': treeEnsembleClassifier,
  'ai.onnx.ml/TreeEnsembleRegressor': treeEnsembleRegressor,
  'ai.onnx.ml/TreeEnsemble': treeEnsemble,
} satisfies Kernels;
