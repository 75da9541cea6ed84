import type { Ref } from '../../ir/types.js';
import type { Element } from '../../wire/xml/document.js';
import { declined } from '../declined.js';
import { Classes, targetOf } from './classes.js';
import { ForestLift } from './forest.js';
import { liftMining } from './mining.js';
import { liftRegression } from './regression.js';
import type { Scope } from './scope.js';
import { applyTargets, defaultOf, priorsOf, registerPriors } from './targets.js';

/** What a model predicts: a number, or a class with the probabilities of all classes. */
export type ModelResult =
  | { readonly task: 'regression'; readonly value: Ref }
  | {
      readonly task: 'classification';
      readonly classes: Classes;
      readonly label: Ref;
      /** A vector in the order of `classes`. */
      readonly probabilities: Ref | undefined;
    };

/** A classification before its label: probabilities in the order in which ties are decided. */
export function classification(
  scope: Scope,
  classes: Classes,
  vector: Ref,
  order: readonly number[] = classes.labels.map((_, index) => index),
  /** What the label has the largest of, where that is not the probability. */
  choice = vector,
): ModelResult {
  const { builder } = scope.lift;
  const label = classes.label(builder, builder.reduce('argmax', choice), order);
  const probabilities = order.every((at, index) => at === index)
    ? vector
    : builder.pack(classes.labels.map((_, index) => elementOr0(order.indexOf(index))));
  return { task: 'classification', classes, label, probabilities };

  function elementOr0(position: number): Ref {
    return position < 0 ? builder.const(builder.kindOf(vector), 0) : builder.element(vector, position);
  }
}

export const LIFTERS: Readonly<Record<string, (model: Element, scope: Scope) => ModelResult>> = {
  TreeModel: liftTree,
  RegressionModel: liftRegression,
  MiningModel: liftMining,
};

export const MODELS: ReadonlySet<string> = new Set(Object.keys(LIFTERS));

/** A model inside `scope`, its Targets applied. */
export function liftModel(model: Element, scope: Scope): ModelResult {
  const lifter = Object.hasOwn(LIFTERS, model.name) ? LIFTERS[model.name] : undefined;
  if (lifter === undefined) {
    throw declined('model', `a ${model.name} cannot be moved to another format yet`, model.place, {
      expected: [...MODELS].join(', '),
    });
  }
  const { builder } = scope.lift;
  return builder.at(model.place, () => {
    const result = lifter(model, scope);
    if (result.task === 'regression') return { task: 'regression', value: applyTargets(model, scope, result.value) };
    return defaultOf(model, scope, result);
  });
}

export function isFloatContext(model: Element): boolean {
  return (model.attribute('x-mathContext') ?? model.attribute('mathContext')) === 'float';
}

function liftTree(model: Element, scope: Scope): ModelResult {
  const { builder } = scope.lift;
  const classifies = model.attribute('functionName') === 'classification';
  const { name, dataField } = targetOf(model, scope);
  const classes = classifies ? new Classes(name, dataField) : undefined;
  if (classes !== undefined) registerPriors(model, scope, classes);
  const forest = new ForestLift(isFloatContext(model), classes);
  forest.addTree(model, scope);
  const trees = treesOf(scope, forest, 'sum');
  if (classes === undefined) return { task: 'regression', value: builder.element(trees, 0) };
  const bare = !forest.hasDistributions && priorsOf(model, scope).length === 0;
  const result = labelled(scope, forest, classes, trees);
  return bare && result.task === 'classification' ? { ...result, probabilities: undefined } : result;
}

/** The trees of a finished ensemble as one node. */
export function treesOf(
  scope: Scope,
  forest: ForestLift,
  combine: 'sum' | 'max' | 'each',
  weights?: Float64Array,
): Ref {
  return scope.lift.builder.trees(forest.float ? 'float32' : 'float64', {
    features: forest.features,
    splits: forest.finished(),
    width: forest.width,
    leaves: Float64Array.from(forest.leaves),
    combine,
    ...(weights === undefined ? {} : { weights }),
  });
}

/** The label of one tree is its node's score; where that is always the likeliest class, it is an argmax. */
function labelled(scope: Scope, forest: ForestLift, classes: Classes, probabilities: Ref): ModelResult {
  const { builder } = scope.lift;
  const { width, leaves, winners } = forest;
  const likeliest = winners.every((winner, row) => {
    if (winner === -1) return true;
    let best = 0;
    for (let i = 1; i < width; i++) if (leaves[row * width + i]! > leaves[row * width + best]!) best = i;
    return best === winner;
  });
  if (likeliest) return classification(scope, classes, probabilities);
  const index = builder.trees('float64', {
    features: forest.features,
    splits: forest.finished(),
    width: 1,
    leaves: Float64Array.from(winners, (winner) => (winner === -1 ? Number.NaN : winner)),
    combine: 'sum',
  });
  const label = classes.label(builder, builder.cast(builder.element(index, 0), 'int64'));
  return { task: 'classification', classes, label, probabilities };
}
