import type { LinearNode, TreesNode } from '../../ir/nodes.js';
import type { Literal, Ref } from '../../ir/types.js';
import { declined } from '../declined.js';
import type { Fields } from './fields.js';
import { labelOnly, plain, saturates, unshared } from './labels.js';
import { identity, type ModelPlan, type TablePlan, tableOf } from './model-plan.js';
import { asksPresence, dependsOn } from './presence.js';

/** A Target's arithmetic after the model. */
export interface TargetPlan {
  readonly factor?: number;
  readonly constant?: number;
}

const LINKS: Record<string, string> = { logistic: 'logit', exp: 'exp', normcdf: 'probit' };

/** A number as one model with a Target; a value of any other form becomes a table of its own field. */
export function analyseNumber(fields: Fields, output: Ref): { model: ModelPlan; target: TargetPlan } {
  let ref = output;
  const outer = fields.node(ref);
  if (outer.op === 'cast' && isFloatKind(fields.builder.kindOf(outer.input))) ref = outer.input;
  let target: TargetPlan = {};
  const added = constantOperand(fields, ref, 'add');
  if (added !== undefined) {
    target = { constant: added.constant };
    ref = added.ref;
  }
  const scaled = constantOperand(fields, ref, 'mul');
  if (scaled !== undefined) {
    target = { ...target, factor: scaled.constant };
    ref = scaled.ref;
  }
  const model = numberModel(fields, ref);
  if (model !== undefined) return { model, target };
  const float = fields.builder.kindOf(output) === 'float32';
  return { model: { op: 'regression', method: 'none', float, tables: [identity(output)] }, target: {} };
}

/** The index of a class without its integer casts, and without the test that makes it missing with its scores. */
function bareIndex(fields: Fields, ref: Ref): Ref {
  const node = fields.node(ref);
  if (node.op === 'cast' && isWhole(fields.builder.kindOf(node.input)) && isWhole(node.type.kind)) {
    return bareIndex(fields, node.input);
  }
  if (node.op !== 'primitive' || node.fn !== 'select') return ref;
  const [condition, then, otherwise] = node.inputs as [Ref, Ref, Ref];
  for (const [missing, present] of [
    [then, otherwise],
    [otherwise, then],
  ] as const) {
    const constant = fields.node(missing);
    if (constant.op !== 'const' || constant.values[0] !== null) continue;
    const index = bareIndex(fields, present);
    const argmax = fields.node(index);
    if (argmax.op !== 'reduce') continue;
    const scores = new Set(fields.builder.elements(argmax.input));
    if (asksPresence(fields, condition, scores)) return index;
  }
  return ref;
}

function isWhole(kind: string): boolean {
  return kind === 'int64' || kind === 'int32';
}

function isFloatKind(kind: string): boolean {
  return kind === 'float32' || kind === 'float64';
}

function constantOperand(fields: Fields, ref: Ref, fn: string): { ref: Ref; constant: number } | undefined {
  const node = fields.node(ref);
  if (node.op !== 'primitive' || node.fn !== fn) return undefined;
  const [a, b] = node.inputs as [Ref, Ref];
  for (const [value, constant] of [
    [a, b],
    [b, a],
  ] as const) {
    const operand = fields.node(constant);
    if (operand.op === 'const' && typeof operand.values[0] === 'number' && Number.isFinite(operand.values[0])) {
      return { ref: value, constant: operand.values[0] };
    }
  }
  return undefined;
}

function numberModel(fields: Fields, ref: Ref): ModelPlan | undefined {
  const node = fields.node(ref);
  const trees = treesElement(fields, ref);
  if (trees !== undefined) return columnPlan(trees.node, trees.index);
  if (node.op === 'reduce' && (node.fn === 'median' || node.fn === 'max')) {
    const each = fields.node(node.input);
    if (each.op === 'trees' && each.combine === 'each' && each.width === 1) {
      return { op: 'trees', node: each, method: node.fn, column: 0 };
    }
  }
  const mean = meanOf(fields, ref);
  if (mean !== undefined) return { op: 'trees', node: mean.node, method: mean.method, column: mean.index };
  if (node.op === 'element') {
    const linear = fields.node(node.input);
    return linear.op === 'linear' ? linearPlan(fields, linear, [node.index], 'none') : undefined;
  }
  const method = node.op === 'primitive' ? LINKS[node.fn] : undefined;
  if (node.op !== 'primitive' || method === undefined) return undefined;
  const inner = fields.node(node.inputs[0]!);
  const linear = inner.op === 'element' ? fields.node(inner.input) : undefined;
  return inner.op === 'element' && linear?.op === 'linear'
    ? linearPlan(fields, linear, [inner.index], method)
    : undefined;
}

function linearPlan(fields: Fields, node: LinearNode, rows: readonly number[], method: string): ModelPlan {
  const tables = rows.map((row) => tableOf(fields, node, row));
  return { op: 'regression', method, float: node.type.kind === 'float32', tables };
}

function treesElement(fields: Fields, ref: Ref): { node: TreesNode; index: number } | undefined {
  const node = fields.node(ref);
  if (node.op !== 'element') return undefined;
  const trees = fields.node(node.input);
  return trees.op === 'trees' ? { node: trees, index: node.index } : undefined;
}

/** One element of a trees node as a regression. */
export function columnPlan(node: TreesNode, index: number): ModelPlan {
  const column = index % node.width;
  if (node.combine === 'each') {
    return { op: 'trees', node, method: 'sum', column, only: [Math.floor(index / node.width)] };
  }
  if (node.combine === 'min') {
    throw declined('multiple-model-method', 'PMML has no minimum of models', node.origin ?? {});
  }
  return { op: 'trees', node, method: node.combine, column };
}

/** `trees / n` with n trees (or the sum of their weights): an average. */
function meanOf(
  fields: Fields,
  ref: Ref,
): { node: TreesNode; index: number; method: 'average' | 'weightedAverage' } | undefined {
  const node = fields.node(ref);
  if (node.op !== 'primitive' || node.fn !== 'div') return undefined;
  const trees = treesElement(fields, node.inputs[0]!);
  const divisor = fields.node(node.inputs[1]!);
  if (trees === undefined || trees.node.combine !== 'sum' || divisor.op !== 'const') return undefined;
  const { weights, splits } = trees.node;
  const total = weights === undefined ? splits.roots.length : weights.reduce((sum, weight) => sum + weight, 0);
  if (divisor.values[0] !== total) return undefined;
  return { ...trees, method: weights === undefined ? 'average' : 'weightedAverage' };
}

/** Classes in the order in which ties are decided, each with what its label is chosen by. */
interface Choice {
  readonly labels: readonly Literal[];
  readonly scores: readonly Ref[] | undefined;
  readonly winners?: TreesNode;
  /** Two classes: `label` is chosen where the score is above a threshold. */
  readonly threshold?: { readonly score: Ref; readonly label: Literal };
}

/** A classification as one model: its classes' order breaks ties as the program does. */
export function analyseClasses(
  fields: Fields,
  label: Ref,
  probability: { readonly categories?: readonly string[]; readonly elements: readonly Ref[] } | undefined,
): ModelPlan {
  const choice = choiceOf(fields, label);
  if (choice === undefined) {
    throw declined('label', 'the label is not the class with the highest score', fields.node(label).origin ?? {}, {
      hint: 'PMML takes the label from the probabilities',
    });
  }
  const { labels } = choice;
  const categories = probability?.categories ?? labels.map(String);
  const refs = labels.map((text, index) => {
    const at = categories.indexOf(String(text));
    return probability === undefined ? choice.scores?.[index] : at < 0 ? undefined : probability.elements[at];
  });
  if (refs.some((ref) => ref === undefined)) {
    throw declined('label', 'the probabilities lack a class that the label can be', fields.node(label).origin ?? {});
  }
  const all = refs as Ref[];
  if (choice.winners !== undefined) return ownScores(fields, all, labels, choice.winners, label);
  const { threshold } = choice;
  const agrees =
    threshold === undefined
      ? all.every((ref, index) => follows(fields, ref, choice.scores![index]!))
      : dependsOn(fields, all[labels.indexOf(threshold.label)]!, threshold.score);
  if (!agrees && choice.scores !== undefined) return labelOnly(fields, choice.scores, labels);
  if (!agrees) {
    throw declined('label', 'the label follows other scores than the probabilities', fields.node(label).origin ?? {});
  }
  const trees = treeClasses(fields, all, labels);
  if (trees?.op === 'trees' && probability === undefined && trees.method === 'sum' && isVotes(trees.node)) {
    return { ...trees, bare: true };
  }
  const model =
    trees ??
    vectorClasses(fields, all, labels) ??
    binaryClasses(fields, all, labels) ??
    (probability === undefined ? plain(fields, all, labels, 'softmax') : plain(fields, all, labels, 'simplemax'));
  if (choice.scores === undefined || !saturates(fields, model, choice.scores)) return model;
  return labelOnly(fields, choice.scores, labels);
}

function choiceOf(fields: Fields, label: Ref): Choice | undefined {
  const node = fields.node(label);
  if (node.op === 'lookup') {
    const index = fields.node(bareIndex(fields, node.input));
    const keys = node.keys.map(Number);
    const labels = keys.map((_, at) => node.values[keys.indexOf(at)]!);
    if (labels.some((one) => one === undefined || one === null)) return undefined;
    if (index.op === 'reduce' && index.fn === 'argmax') {
      return { labels, scores: unshared(fields, fields.builder.elements(index.input)) };
    }
    const threshold = thresholdOf(fields, node.input);
    if (threshold !== undefined && labels.length === 2) {
      const order = threshold.ties === 0 ? labels : [labels[1]!, labels[0]!];
      return { labels: order, scores: undefined, threshold: { ...threshold, label: labels[1]! } };
    }
    const trees = index.op === 'cast' ? treesElement(fields, index.input) : undefined;
    return trees === undefined ? undefined : { labels, scores: undefined, winners: trees.node };
  }
  if (node.op === 'cast') return choiceOf(fields, node.input);
  if (node.op === 'reduce' && node.fn === 'argmax') {
    const scores = unshared(fields, fields.builder.elements(node.input));
    return { labels: scores.map((_, index) => index), scores };
  }
  return undefined;
}

/** `score > 0` or `score > ½` as 0 or 1, and which of the two a score at the threshold gives. */
function thresholdOf(fields: Fields, ref: Ref): { score: Ref; ties: 0 | 1 } | undefined {
  let node = fields.node(ref);
  if (node.op === 'cast') node = fields.node(node.input);
  if (node.op !== 'primitive' || (node.fn !== 'gt' && node.fn !== 'ge')) return undefined;
  const limit = fields.node(node.inputs[1]!);
  if (limit.op !== 'const' || (limit.values[0] !== 0 && limit.values[0] !== 0.5)) return undefined;
  return { score: node.inputs[0]!, ties: node.fn === 'gt' ? 0 : 1 };
}

/** Whether a probability grows with a score, so that the largest of both belong to the same class. */
function follows(fields: Fields, probability: Ref, score: Ref): boolean {
  let ref = probability;
  for (let i = 0; i < 12; i++) {
    if (ref === score) return true;
    const node = fields.node(ref);
    if (node.op === 'cast') ref = node.input;
    else if (
      node.op === 'primitive' &&
      ['logistic', 'exp', 'normcdf', 'tanh', 'div', 'mul', 'sub', 'add'].includes(node.fn)
    ) {
      ref = node.inputs[0]!;
    } else if (node.op === 'primitive' && node.fn === 'select') {
      return node.inputs.slice(1).some((input) => follows(fields, input, score));
    } else if (node.op === 'element') {
      const vector = fields.node(node.input);
      if (vector.op !== 'vector-function') return false;
      ref = fields.builder.element(vector.input, node.index);
    } else return false;
  }
  return false;
}

function treeClasses(fields: Fields, refs: readonly Ref[], labels: readonly Literal[]): ModelPlan | undefined {
  const means = refs.map((ref) => meanOf(fields, ref));
  const elements = refs.map((ref) => treesElement(fields, ref));
  const first = means[0] ?? elements[0];
  if (first === undefined || first.node.combine !== 'sum' || first.node.width !== refs.length) return undefined;
  const { node } = first;
  const found = means[0] === undefined ? elements : means;
  if (!found.every((one) => one?.node === node)) return undefined;
  if (!hasDistributions(node)) return undefined;
  const classes = labels.map((label, index) => ({ label, column: found[index]!.index }));
  if (means[0] !== undefined) return { op: 'trees', node, method: means[0].method, classes };
  // PMML has no sum of probabilities: sums of several trees become one sum a class.
  return node.splits.roots.length === 1 ? { op: 'trees', node, method: 'sum', classes } : undefined;
}

/** One tree whose nodes name their class, whatever their probabilities say. */
function ownScores(
  fields: Fields,
  refs: readonly Ref[],
  labels: readonly Literal[],
  winners: TreesNode,
  label: Ref,
): ModelPlan {
  const elements = refs.map((ref) => treesElement(fields, ref));
  const node = elements[0]?.node;
  if (node === undefined || node.splits !== winners.splits || node.splits.roots.length !== 1) {
    throw declined('label', 'the label follows other trees than the probabilities', fields.node(label).origin ?? {});
  }
  const classes = labels.map((one, index) => ({ label: one, column: elements[index]!.index }));
  return { op: 'trees', node, method: 'sum', classes, winners: { node: winners, labels } };
}

/** Votes, softmax or shares of scores. */
function vectorClasses(fields: Fields, refs: readonly Ref[], labels: readonly Literal[]): ModelPlan | undefined {
  const nodes = refs.map((ref) => fields.node(ref));
  const first = nodes[0];
  if (first?.op !== 'element') return undefined;
  const vector = fields.node(first.input);
  if (vector.op !== 'vector-function') return undefined;
  if (!nodes.every((node) => node.op === 'element' && node.input === first.input)) return undefined;
  const scores = nodes.map((node) => fields.builder.element(vector.input, node.op === 'element' ? node.index : 0));
  if (vector.fn === 'softmax') return scoreTables(fields, scores, labels, 'softmax');
  const elements = scores.map((ref) => treesElement(fields, ref));
  const node = elements[0]?.node;
  if (node !== undefined && elements.every((one) => one?.node === node) && isVotes(node)) {
    const classes = labels.map((label, index) => ({ label, column: elements[index]!.index }));
    const method = node.weights === undefined ? 'majorityVote' : 'weightedMajorityVote';
    return { op: 'trees', node, method, classes };
  }
  return scoreTables(fields, scores, labels, 'simplemax');
}

/** Whether every leaf's values are probabilities: they sum to 1, or the leaf predicts nothing. */
function hasDistributions(node: TreesNode): boolean {
  const { leaves, width } = node;
  for (let row = 0; row < leaves.length; row += width) {
    let sum = 0;
    for (let i = row; i < row + width; i++) sum += leaves[i]!;
    if (Math.abs(sum - 1) > 1e-5) return false;
  }
  return true;
}

/** Whether every leaf votes for one class or for none. */
function isVotes(node: TreesNode): boolean {
  const { leaves, width } = node;
  for (let row = 0; row < leaves.length; row += width) {
    let sum = 0;
    for (let i = row; i < row + width; i++) {
      if (leaves[i] !== 0 && leaves[i] !== 1 && !Number.isNaN(leaves[i])) return false;
      sum += leaves[i]!;
    }
    if (sum > 1) return false;
  }
  return node.combine === 'sum';
}

/**
 * Tables of one linear node, else one table a score. The scores of classes are added in double precision even where the
 * program adds float32: engines add those in ways of their own (fused, in lanes), and the exact sum is nearest to all.
 */
function scoreTables(fields: Fields, scores: readonly Ref[], labels: readonly Literal[], method: string): ModelPlan {
  const nodes = scores.map((ref) => fields.node(ref));
  const first = nodes[0]!;
  const linear = first.op === 'element' ? fields.node(first.input) : undefined;
  if (linear?.op === 'linear' && first.op === 'element') {
    if (nodes.every((node) => node.op === 'element' && node.input === first.input)) {
      const tables = nodes.map((node, index) =>
        tableOf(fields, linear, node.op === 'element' ? node.index : 0, labels[index]),
      );
      return { op: 'regression', method, float: false, tables };
    }
  }
  return plain(fields, scores, labels, method);
}

/** p and 1 − p, where a tie goes to the class of p. */
function binaryClasses(fields: Fields, refs: readonly Ref[], labels: readonly Literal[]): ModelPlan | undefined {
  if (refs.length !== 2) return undefined;
  const [first, second] = refs.map((ref) => fields.node(ref));
  if (second?.op !== 'primitive' || second.fn !== 'sub' || second.inputs[1] !== refs[0]) return undefined;
  const one = fields.node(second.inputs[0]!);
  if (one.op !== 'const' || one.values[0] !== 1) return undefined;
  const method = first?.op === 'primitive' ? LINKS[first.fn] : undefined;
  if (first?.op !== 'primitive' || method === undefined || method === 'exp') return undefined;
  const score = first.inputs[0]!;
  const node = fields.node(score);
  const linear = node.op === 'element' ? fields.node(node.input) : undefined;
  const table: TablePlan =
    node.op === 'element' && linear?.op === 'linear'
      ? tableOf(fields, linear, node.index, labels[0])
      : identity(score, labels[0]);
  const rest: TablePlan = { label: labels[1]!, intercept: 0, terms: [] };
  const float = linear?.op !== 'linear' && first.type.kind === 'float32';
  return { op: 'regression', method, float, tables: [table, rest] };
}
