import type { Ref } from '../../ir/types.js';
import {
  type Call,
  cannot,
  floatsAttr,
  intAttr,
  integers,
  intsAttr,
  type Rule,
  rowsInput,
  tensorAttr,
  textAttr,
  textsAttr,
} from './call.js';
import { classLabels, labelByIndex } from './labels.js';
import { castTo } from './rules-elementwise.js';
import { type TreeTable, treeTable, treeTable5 } from './tree-tables.js';
import { packed, type RowValue, rowsOf } from './values.js';

type Width = 'float32' | 'float64';

/** What the trees see: double stays double, everything else is compared as float. */
function features(call: Call): { refs: Ref[]; width: Width } {
  const value = rowsInput(call, 0);
  if (value.kind === 'string' || value.batch !== 0 || value.dims.length > 2) {
    throw cannot(call, 'tree-input', `${call.node.op_type} of something that is not rows of numbers`);
  }
  const width = value.kind === 'float64' ? 'float64' : 'float32';
  const cast = castTo(call, value, width) as RowValue;
  return { refs: call.builder.elements(cast.ref), width };
}

function checkFeatures(call: Call, table: TreeTable, count: number): void {
  for (const feature of table.splits.feature) {
    if (feature >= count) {
      throw cannot(call, 'tree-input', `a branch compares column ${feature}`, { expected: `fewer than ${count}` });
    }
  }
}

function ensemble(
  call: Call,
  table: TreeTable,
  refs: readonly Ref[],
  width: Width,
  combine: 'sum' | 'min' | 'max',
): Ref {
  checkFeatures(call, table, refs.length);
  return call.builder.trees(width, {
    features: refs,
    splits: table.splits,
    width: table.width,
    leaves: table.leaves,
    combine: table.each ? 'each' : combine,
  });
}

function baseValues(call: Call): readonly number[] {
  const tensor = tensorAttr(call, 'base_values_as_tensor');
  return tensor === undefined
    ? Array.from(floatsAttr(call, 'base_values') ?? [])
    : (Array.from(tensor.data) as number[]);
}

const COMBINE: Readonly<Record<string, 'sum' | 'min' | 'max'>> = { SUM: 'sum', AVERAGE: 'sum', MIN: 'min', MAX: 'max' };

function regression(call: Call, table: TreeTable, aggregate: string, base: readonly number[]): Ref {
  const { builder } = call;
  const { refs, width } = features(call);
  const combine = COMBINE[aggregate];
  if (combine === undefined) throw cannot(call, 'aggregate', `${call.node.op_type} with ${aggregate}`);
  let scores = ensemble(call, table, refs, width, combine);
  const size = builder.typeOf(scores).shape[0]!;
  if (aggregate === 'AVERAGE') {
    scores = builder.apply('div', scores, builder.const(width, table.splits.roots.length));
  }
  if (base.length > 0) {
    const values = base.length === size ? base : new Array<number>(size).fill(base[0]!);
    scores = builder.apply('add', scores, builder.constVector(width, values));
  }
  return size === 1 ? builder.element(scores, 0) : scores;
}

const treeRegressor: Rule = (call) => {
  const targets = intAttr(call, 'n_targets', 1);
  const table = treeTable(call, 'target', targets);
  const scores = regression(call, table, textAttr(call, 'aggregate_function', 'SUM'), baseValues(call));
  // ONNX Runtime leaves the score of a single target as it is, whatever post_transform says (but for PROBIT).
  const result = transform(call, scores, textAttr(call, 'post_transform', 'NONE'), targets === 1);
  return [rowsOf(call.builder, call.builder.cast(result, 'float32'))];
};

const AGGREGATES = ['AVERAGE', 'SUM', 'MIN', 'MAX'];
const TRANSFORMS = ['NONE', 'SOFTMAX', 'LOGISTIC', 'SOFTMAX_ZERO', 'PROBIT'];

const treeEnsemble5: Rule = (call) => {
  const table = treeTable5(call);
  const scores = regression(call, table, AGGREGATES[intAttr(call, 'aggregate_function', 1)] ?? '?', []);
  const name = TRANSFORMS[intAttr(call, 'post_transform', 0)] ?? '?';
  return [rowsOf(call.builder, transform(call, scores, name, intAttr(call, 'n_targets', 1) === 1))];
};

/** ONNX Runtime's own formula, in float: exact where the plain 1 / (1 + e⁻ˣ) would round another way. */
function logistic(call: Call, score: Ref): Ref {
  const { builder } = call;
  const x = builder.cast(score, 'float32');
  const one = builder.const('float32', 1);
  const tail = builder.apply('exp', builder.apply('neg', builder.apply('abs', x)));
  const q = builder.apply('div', one, builder.apply('add', one, tail));
  const below = builder.apply('lt', x, builder.const('float32', 0));
  const value = builder.apply('select', below, builder.apply('sub', one, q), q);
  return builder.cast(value, builder.kindOf(score) as Width);
}

/** exp(x − max) / Σ, but zeros take no part. */
function softmaxZero(call: Call, scores: Ref): Ref {
  const { builder } = call;
  const kind = builder.kindOf(scores);
  const largest = builder.reduce('max', scores);
  const isZero = builder.apply('le', builder.apply('abs', scores), builder.const(kind, Math.fround(1e-7)));
  const zeroed = builder.apply('mul', scores, builder.apply('exp', builder.apply('neg', largest)));
  const terms = builder.apply('select', isZero, zeroed, builder.apply('exp', builder.apply('sub', scores, largest)));
  return builder.apply('div', terms, builder.reduce('sum', terms));
}

function transform(call: Call, scores: Ref, name: string, single = false): Ref {
  if (name === 'NONE' || (single && name !== 'PROBIT')) return scores;
  if (name === 'LOGISTIC') return logistic(call, scores);
  if (name === 'SOFTMAX') return call.builder.vectorFunction('softmax', scores);
  if (name === 'SOFTMAX_ZERO') return softmaxZero(call, scores);
  throw cannot(call, 'post-transform', `${call.node.op_type} with post_transform ${name}`);
}

/** Whether every row scores the target: some tree names it in all of its leaves. */
function coverage(table: TreeTable, target: number): 'always' | 'never' | 'sometimes' {
  const { splits, width, named } = table;
  let never = true;
  for (let row = 0; row < splits.leafCount; row++) if (named[row * width + target] !== 0) never = false;
  if (never) return 'never';
  const seen = new Int32Array(splits.feature.length).fill(-1);
  for (const root of splits.roots) {
    const stack = [root];
    let all = true;
    while (stack.length > 0 && all) {
      const node = stack.pop()!;
      if (seen[node] === root) continue;
      seen[node] = root;
      const row = splits.leaf[node]!;
      if (row >= 0) all = named[row * width + target] !== 0;
      else stack.push(splits.whenTrue[node]!, splits.whenFalse[node]!, splits.whenMissing[node]!);
    }
    if (all) return 'always';
  }
  return 'sometimes';
}

/** Labels and scores of one classifier. */
interface Verdict {
  readonly label: Ref;
  readonly scores: Ref;
}

const treeClassifier: Rule = (call) => {
  const { builder } = call;
  const classes = classLabels(textsAttr(call, 'classlabels_strings'), integers(intsAttr(call, 'classlabels_int64s')));
  if (classes.length < 2) throw cannot(call, 'one-class', 'TreeEnsembleClassifier of a single class');
  const table = treeTable(call, 'class', classes.length);
  const { refs, width } = features(call);
  const name = textAttr(call, 'post_transform', 'NONE');
  const base = baseValues(call);
  const verdict =
    classes.length === 2 ? ofTwo(call, table, refs, width, base, name) : ofMany(call, table, refs, width, base, name);
  const label = labelByIndex(builder, verdict.label, classes);
  const scores = builder.cast(verdict.scores, 'float32');
  return [label, rowsOf(builder, scores, { role: 'probability', classes })];
};

function ofMany(
  call: Call,
  table: TreeTable,
  refs: Ref[],
  width: Width,
  base: readonly number[],
  name: string,
): Verdict {
  const { builder } = call;
  let scores = ensemble(call, table, refs, width, 'sum');
  let ranked = scores;
  if (base.length > 0) {
    scores = builder.apply('add', scores, builder.constVector(width, padded(base, table.width)));
    ranked = scores;
  } else {
    const rest = Array.from({ length: table.width }, (_, target) => coverage(table, target));
    if (rest.some((state) => state !== 'always') && table.leaves.some((leaf) => leaf < 0)) {
      throw cannot(call, 'unscored-class', 'a class that no leaf scores competes with negative scores');
    }
  }
  return { label: builder.reduce('argmax', ranked), scores: transform(call, scores, name) };
}

function padded(base: readonly number[], width: number): number[] {
  return Array.from({ length: width }, (_, index) => base[index] ?? 0);
}

/**
 * Two classes, as ONNX Runtime decides them. Where only the first column is scored, that score speaks for the second
 * class, and the first class gets its complement. Positive weights in one column are taken as probabilities.
 */
function ofTwo(
  call: Call,
  table: TreeTable,
  refs: Ref[],
  width: Width,
  base: readonly number[],
  name: string,
): Verdict {
  const { builder } = call;
  const [first, second] = [coverage(table, 0), coverage(table, 1)];
  if (second === 'sometimes') throw cannot(call, 'unscored-class', 'only some leaves score the second class');
  if (first === 'sometimes' && second === 'never') {
    throw cannot(call, 'unscored-class', 'some leaves score no class');
  }
  const single = first === 'never' || second === 'never';
  const probabilities = single && table.leaves.every((leaf) => leaf >= 0);
  const threshold = builder.const(width, probabilities ? 0.5 : 0);
  const plus = (ref: Ref, value: number | undefined) =>
    value === undefined ? ref : builder.apply('add', ref, builder.const(width, value));
  const indexOf = (score: Ref) => builder.cast(builder.apply('gt', score, threshold), 'int64');
  if (second === 'never') {
    const column = { ...table, width: 1, leaves: columnOf(table, 0) };
    const score = plus(builder.element(ensemble(call, column, refs, width, 'sum'), 0), base[0]);
    if (base.length === 2) {
      const pair = builder.pack([score, builder.const(width, 0)]);
      return { label: indexOf(score), scores: transform(call, pair, name) };
    }
    return { label: indexOf(score), scores: complemented(call, score, width, probabilities, name) };
  }
  if (first === 'never') {
    const column = { ...table, width: 1, leaves: columnOf(table, 1) };
    const sum = builder.element(ensemble(call, column, refs, width, 'sum'), 0);
    const score = base.length === 2 ? builder.const(width, base[1]!) : sum;
    const pair = builder.pack([builder.const(width, 0), score]);
    return { label: indexOf(score), scores: transform(call, pair, name) };
  }
  const sums = ensemble(call, table, refs, width, 'sum');
  let pair = builder.elements(sums);
  if (base.length === 2) {
    const score = plus(pair[0]!, base[1]);
    pair = [builder.apply('neg', score), score];
  } else if (base.length === 1) {
    if (first === 'sometimes') throw cannot(call, 'unscored-class', 'only some leaves score the first class');
    pair = [plus(pair[0]!, base[0]), pair[1]!];
  }
  return { label: indexOf(pair[1]!), scores: transform(call, packed(builder, pair), name) };
}

function columnOf(table: TreeTable, target: number): Float64Array {
  return Float64Array.from({ length: table.splits.leafCount }, (_, row) => table.leaves[row * table.width + target]!);
}

function complemented(call: Call, score: Ref, width: Width, probabilities: boolean, name: string): Ref {
  const { builder } = call;
  if (name === 'LOGISTIC') {
    const negative = logistic(call, builder.apply('neg', score));
    return builder.pack([negative, logistic(call, score)]);
  }
  if (name === 'PROBIT') throw cannot(call, 'post-transform', 'TreeEnsembleClassifier with post_transform PROBIT');
  const negative = probabilities ? builder.apply('sub', builder.const(width, 1), score) : builder.apply('neg', score);
  return builder.pack([negative, score]);
}

export const TREE_RULES_ML: Readonly<Record<string, Rule>> = {
  TreeEnsembleClassifier: treeClassifier,
  TreeEnsembleRegressor: treeRegressor,
  TreeEnsemble: treeEnsemble5,
};
