import type { IrBuilder } from '../../ir/builder.js';
import type { Ref } from '../../ir/types.js';
import type { Element } from '../../wire/xml/document.js';
import { declined } from '../declined.js';
import { Classes, targetOf } from './classes.js';
import { ForestLift } from './forest.js';
import { classification, isFloatContext, type ModelResult, treesOf } from './model.js';
import { defineOutputs } from './output.js';
import { Scope } from './scope.js';
import { aligned, chooseResult, type LiftedSegment, liftSegment, type Segment, segmentsOf } from './segments.js';
import { numberOf } from './values.js';

type Method = {
  readonly weighted: boolean;
  /** Divide by the sum of the weights. */
  readonly mean: boolean;
  readonly votes: boolean;
};

const METHODS: Record<string, Method> = {
  sum: { weighted: false, mean: false, votes: false },
  'x-weightedSum': { weighted: true, mean: false, votes: false },
  weightedSum: { weighted: true, mean: false, votes: false },
  average: { weighted: false, mean: true, votes: false },
  weightedAverage: { weighted: true, mean: true, votes: false },
  majorityVote: { weighted: false, mean: true, votes: true },
  weightedMajorityVote: { weighted: true, mean: true, votes: true },
};

/** A MiningModel: an ensemble of trees as one node where it is one, else its segments combined. */
export function liftMining(model: Element, scope: Scope): ModelResult {
  const segmentation = model.child('Segmentation');
  if (segmentation === undefined) {
    throw declined('segment', 'a MiningModel without a Segmentation cannot be moved', model.place);
  }
  const name = segmentation.attribute('multipleModelMethod') ?? '';
  const segments = segmentsOf(segmentation);
  if (name === 'modelChain') return liftChain(segments, scope);
  if (name === 'selectFirst') return selectFirst(segments, scope);
  const classifies = model.attribute('functionName') === 'classification';
  if (name === 'max' || name === 'median') {
    if (!classifies) return { task: 'regression', value: extreme(name, segments, model, segmentation, scope) };
  } else if (Object.hasOwn(METHODS, name)) {
    return combine(METHODS[name]!, segments, model, segmentation, scope, classifies);
  }
  throw declined('multiple-model-method', `multipleModelMethod "${name}" cannot be moved here`, segmentation.place);
}

function combine(
  method: Method,
  segments: readonly Segment[],
  model: Element,
  segmentation: Element,
  scope: Scope,
  classifies: boolean,
): ModelResult {
  const { name, dataField } = targetOf(model, scope);
  const classes = classifies ? new Classes(name, dataField) : undefined;
  if (method.votes && classes === undefined) {
    throw declined('multiple-model-method', 'a vote about numbers cannot be moved', segmentation.place);
  }
  const missing = missingOf(segmentation, method);
  const { builder } = scope.lift;
  const { result, choice } = isForest(segments)
    ? forestSum(method, segments, model, scope, classes, missing)
    : { result: segmentSum(method, segments, scope, classes, missing, isFloatContext(model)), choice: undefined };
  if (classes === undefined) return { task: 'regression', value: builder.element(result, 0) };
  // A sum of probabilities is made a distribution again.
  const probabilities = method.mean ? result : builder.vectorFunction('normalize', result);
  return classification(scope, classes, probabilities, undefined, choice);
}

interface Combined {
  readonly result: Ref;
  /** What decides the label, where that is not the result. */
  readonly choice?: Ref | undefined;
}

interface Missing {
  /** Segments without a prediction are left out; otherwise the whole is missing with them. */
  readonly skips: boolean;
  /** "A segment without a prediction" is a vote of its own. */
  readonly votes: boolean;
  /** The share of missing predictions from which on there is no result. */
  readonly threshold: number;
}

function missingOf(segmentation: Element, method: Method): Missing {
  const attribute = (name: string) => segmentation.attribute(name) ?? segmentation.attribute(`x-${name}`);
  const treatment = attribute('missingPredictionTreatment') ?? 'continue';
  const votes = treatment === 'continue' && method.votes;
  const threshold = numberOf(attribute('missingThreshold') ?? '') ?? 1;
  return { skips: treatment === 'skipSegment' || votes, votes, threshold };
}

/** Whether all segments are trees without conditions or targets of their own. */
function isForest(segments: readonly Segment[]): boolean {
  return segments.every(
    ({ model, predicate }) =>
      model.name === 'TreeModel' && predicate === undefined && model.child('Targets') === undefined,
  );
}

function collect(segments: readonly Segment[], model: Element, scope: Scope, classes: Classes | undefined): ForestLift {
  // A Node has a predicate beside it, and becomes a split or a leaf.
  const capacity = Math.max(1024, model.document.size >> 1);
  const forest = new ForestLift(
    isFloatContext(model) || segments.every((one) => isFloatContext(one.model)),
    classes,
    capacity,
  );
  for (const { model: tree } of segments) forest.addTree(tree, new Scope(scope.lift, scope, tree));
  return forest;
}

function forestSum(
  method: Method,
  segments: readonly Segment[],
  model: Element,
  scope: Scope,
  classes: Classes | undefined,
  missing: Missing,
): Combined {
  const { builder } = scope.lift;
  const forest = collect(segments, model, scope, classes);
  forest.finished();
  const kind = forest.float ? 'float32' : 'float64';
  if (method.votes) forest.leaves = votes(forest);
  const weights = method.weighted ? { weights: Float64Array.from(segments, (segment) => segment.weight) } : {};
  const shape = { features: forest.features, splits: forest.finished(), combine: 'sum' as const, ...weights };
  const { skips } = missing;
  const present = Float64Array.from(forest.leaves, (value) => (skips && Number.isNaN(value) ? 0 : value));
  const total = builder.trees(kind, { ...shape, width: forest.width, leaves: present });
  const whole = builder.const(kind, totalWeight(method, segments));
  const chosen = (result: Ref): Combined => {
    if (!method.votes || !canTie(method, forest.width, segments.length)) return { result };
    const weights = Float64Array.from(segments, (_, tree) => 2 ** -(tree + 1));
    const early = builder.trees('float64', { ...shape, weights, width: forest.width, leaves: present });
    return { result, choice: firstOfMost(builder, total, early, result) };
  };
  if (!skips || !forest.hasMissing) return chosen(method.mean ? builder.apply('div', total, whole) : total);
  const rows = forest.leaves.length / forest.width;
  const absent = Float64Array.from({ length: rows }, (_, row) =>
    Number.isNaN(forest.leaves[row * forest.width]) ? 1 : 0,
  );
  const lacking = builder.element(builder.trees(kind, { ...shape, width: 1, leaves: absent }), 0);
  return chosen(withoutMissing(builder, method, missing, total, whole, lacking));
}

/** An odd number of votes for one of two classes has a winner. */
function canTie(method: Method, classes: number, trees: number): boolean {
  return trees > 1 && trees <= MOST_VOTERS && (method.weighted || classes > 2 || trees % 2 === 0);
}

/** Above this, 2 to the power of minus their number is no longer told from 0. */
const MOST_VOTERS = 1000;

/**
 * The places of the largest totals, of which the one that was voted for first counts most: votes weighted with 1/2, 1/4, …
 * are larger the earlier the first one is.
 */
function firstOfMost(builder: IrBuilder, total: Ref, early: Ref, result: Ref): Ref {
  const most = builder.apply('eq', total, builder.reduce('max', total));
  const choice = builder.apply('select', most, early, builder.const('float64', -1));
  if (!builder.typeOf(result).missing) return choice;
  const none = builder.apply('is-missing', builder.element(result, 0));
  return builder.apply('select', none, builder.const('float64', null), choice);
}

/** The combination of the predictions that there are; `lacking` is the weight of those that are missing. */
function withoutMissing(
  builder: IrBuilder,
  method: Method,
  missing: Missing,
  total: Ref,
  whole: Ref,
  lacking: Ref,
): Ref {
  const kind = builder.kindOf(total) as 'float64';
  const limit = builder.apply('mul', builder.const(kind, missing.threshold), whole);
  const all = builder.apply('ge', lacking, whole);
  let fails = builder.apply('or', all, builder.apply('gt', lacking, limit));
  if (missing.votes) fails = builder.apply('or', fails, builder.apply('gt', lacking, builder.reduce('max', total)));
  const result = method.mean ? builder.apply('div', total, builder.apply('sub', whole, lacking)) : total;
  return builder.apply('select', fails, builder.const(kind, null), result);
}

/** One vote for the class of each leaf's score. */
function votes(forest: ForestLift): number[] {
  const { width } = forest;
  return forest.winners.flatMap((winner) =>
    Array.from({ length: width }, (_, index) => (winner === -1 ? Number.NaN : winner === index ? 1 : 0)),
  );
}

function totalWeight(method: Method, segments: readonly Segment[]): number {
  return method.weighted ? segments.reduce((sum, segment) => sum + segment.weight, 0) : segments.length;
}

function segmentSum(
  method: Method,
  segments: readonly Segment[],
  scope: Scope,
  classes: Classes | undefined,
  missing: Missing,
  float: boolean,
): Ref {
  const { builder } = scope.lift;
  const kind = float ? 'float32' : 'float64';
  const lifted = segments.map((segment) => liftSegment(segment, scope));
  for (const { result } of lifted) {
    if (classes !== undefined && result.task === 'classification')
      for (const text of result.classes.texts) classes.indexOf(text);
  }
  const zero = builder.const(kind, 0);
  let [total, whole, lacking]: (Ref | undefined)[] = [];
  const plus = (sum: Ref | undefined, value: Ref) => (sum === undefined ? value : builder.apply('add', sum, value));
  for (const one of lifted) {
    let value = predictionOf(one, scope, classes, method, kind);
    const weight = builder.const(kind, method.weighted ? one.segment.weight : 1);
    if (method.weighted) value = builder.apply('mul', value, weight);
    const where = (condition: Ref | undefined, then: Ref) =>
      condition === undefined ? then : builder.apply('select', condition, then, zero);
    const absent =
      missing.skips && builder.typeOf(value).missing
        ? builder.apply('is-missing', builder.element(value, 0))
        : undefined;
    if (absent !== undefined) {
      value = builder.apply('select', absent, zero, value);
      lacking = plus(lacking, where(one.active, where(absent, weight)));
    }
    total = plus(total, where(one.active, value));
    whole = plus(whole, where(one.active, weight));
  }
  const always = lifted.every((one) => one.active === undefined);
  if (always) whole = builder.const(kind, totalWeight(method, segments));
  let result = total!;
  if (lacking !== undefined) result = withoutMissing(builder, method, missing, total!, whole!, lacking);
  else if (method.mean) result = builder.apply('div', total!, whole!);
  if (always) return result;
  const some = builder.apply('gt', whole!, zero);
  return builder.apply('select', some, result, builder.const(kind, null));
}

function predictionOf(
  one: LiftedSegment,
  scope: Scope,
  classes: Classes | undefined,
  method: Method,
  kind: 'float32' | 'float64',
): Ref {
  const { builder } = scope.lift;
  const { result, segment } = one;
  if (classes === undefined) {
    if (result.task === 'regression') return builder.cast(result.value, kind);
  } else if (result.task === 'classification') {
    if (!method.votes && result.probabilities !== undefined) {
      return builder.cast(aligned(scope, result, classes.texts), kind);
    }
    if (method.votes) {
      const vote = builder.oneHot(result.label, classes.labels as (string | number)[], kind);
      if (!builder.typeOf(result.label).missing) return vote;
      return builder.apply('select', builder.apply('is-missing', result.label), builder.const(kind, null), vote);
    }
  }
  throw declined('segment-types', 'this segment predicts something else than the model', segment.element.place);
}

function extreme(
  name: 'max' | 'median',
  segments: readonly Segment[],
  model: Element,
  segmentation: Element,
  scope: Scope,
): Ref {
  const { builder } = scope.lift;
  if (isForest(segments)) {
    const forest = collect(segments, model, scope, undefined);
    if (missingOf(segmentation, METHODS['sum']!).skips && forest.hasMissing) {
      throw declined(
        'multiple-model-method',
        `"${name}" without missing predictions cannot be moved`,
        segmentation.place,
      );
    }
    if (name === 'max') return builder.element(treesOf(scope, forest, 'max'), 0);
    return builder.reduce('median', treesOf(scope, forest, 'each'));
  }
  const values = segments.map((segment) => {
    const one = liftSegment(segment, scope);
    if (one.active !== undefined || one.result.task !== 'regression') {
      throw declined(
        'multiple-model-method',
        `"${name}" of conditional segments cannot be moved`,
        segment.element.place,
      );
    }
    return builder.cast(one.result.value, 'float64');
  });
  return builder.reduce(name, builder.pack(values));
}

function selectFirst(segments: readonly Segment[], scope: Scope): ModelResult {
  const lifted = segments.map((segment) => liftSegment(segment, scope));
  return lifted.reduceRight<ModelResult | undefined>(
    (otherwise, one) => chooseResult(scope, one.active, one.result, otherwise, one.segment.element),
    undefined,
  )!;
}

/** Each segment sees the outputs of those before it; the last active one gives the result. */
function liftChain(segments: readonly Segment[], scope: Scope): ModelResult {
  let last: ModelResult | undefined;
  for (const segment of segments) {
    const one = liftSegment(segment, scope);
    defineOutputs(one, scope);
    last = chooseResult(scope, one.active, one.result, last, segment.element);
  }
  return last!;
}
