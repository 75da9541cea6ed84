import type { Ref } from '../../ir/types.js';
import type { Element } from '../../wire/xml/document.js';
import { declined } from '../declined.js';
import { liftModel, MODELS, type ModelResult } from './model.js';
import { liftPredicate, predicateIn } from './predicates.js';
import { Scope } from './scope.js';
import { certain, numberOf } from './values.js';

/** A member of a MiningModel, not lifted yet. */
export interface Segment {
  readonly element: Element;
  readonly id: string | undefined;
  readonly model: Element;
  readonly weight: number;
  /** Undefined where it always holds. */
  readonly predicate: Element | undefined;
}

export interface LiftedSegment {
  readonly segment: Segment;
  readonly scope: Scope;
  readonly result: ModelResult;
  /** Undefined where it always holds; never missing. */
  readonly active: Ref | undefined;
}

/** The segments that can hold, in their order. */
export function segmentsOf(segmentation: Element): Segment[] {
  const segments: Segment[] = [];
  for (const element of segmentation.children('Segment')) {
    const predicate = predicateIn(element);
    if (predicate?.name === 'False') continue;
    if (element.child('VariableWeight') !== undefined) {
      throw declined('variable-weight', 'a weight that comes with the record cannot be moved', element.place);
    }
    const model = element.children().find((child) => child.name.endsWith('Model') || MODELS.has(child.name));
    if (model === undefined) throw declined('model', 'a Segment without a model that can be moved', element.place);
    segments.push({
      element,
      id: element.attribute('id'),
      model,
      weight: numberOf(element.attribute('weight') ?? '1') ?? 1,
      predicate: predicate === undefined || predicate.name === 'True' ? undefined : predicate,
    });
  }
  if (segments.length === 0) throw declined('segment', 'a Segmentation without segments', segmentation.place);
  return segments;
}

export function liftSegment(segment: Segment, scope: Scope): LiftedSegment {
  const { builder } = scope.lift;
  const inner = new Scope(scope.lift, scope, segment.model);
  const active =
    segment.predicate === undefined ? undefined : certain(builder, liftPredicate(segment.predicate, scope), false);
  return { segment, scope: inner, result: liftModel(segment.model, inner), active };
}

/** The result of `then` where a segment is active, else of `otherwise` (missing if there is none). */
export function chooseResult(
  scope: Scope,
  active: Ref | undefined,
  then: ModelResult,
  otherwise: ModelResult | undefined,
  at: Element,
): ModelResult {
  if (active === undefined) return then;
  const { builder } = scope.lift;
  const pick = (a: Ref, b: Ref | undefined): Ref => {
    const kind = builder.kindOf(a);
    if (b !== undefined && builder.kindOf(b) !== kind) {
      throw declined('segment-types', 'segments that predict values of different types', at.place);
    }
    return builder.apply('select', active, a, b ?? builder.const(kind, null));
  };
  if (then.task === 'regression') {
    if (otherwise !== undefined && otherwise.task !== 'regression') throw mixed(at);
    return { task: 'regression', value: pick(then.value, otherwise?.value) };
  }
  if (otherwise !== undefined && otherwise.task !== 'classification') throw mixed(at);
  const probabilities =
    then.probabilities === undefined || (otherwise !== undefined && otherwise.probabilities === undefined)
      ? undefined
      : pick(then.probabilities, otherwise === undefined ? undefined : aligned(scope, otherwise, then.classes.texts));
  return { ...then, label: pick(then.label, otherwise?.label), probabilities };
}

function mixed(at: Element) {
  return declined('segment-types', 'segments that classify beside segments that predict numbers', at.place);
}

/** The probabilities of a classification in a given order of the classes. */
export function aligned(
  scope: Scope,
  result: Extract<ModelResult, { task: 'classification' }>,
  order: readonly string[],
): Ref {
  const { builder } = scope.lift;
  const { texts } = result.classes;
  const vector = result.probabilities!;
  if (order.length === texts.length && order.every((text, index) => texts[index] === text)) return vector;
  return builder.pack(
    order.map((text) => {
      const at = texts.indexOf(text);
      return at < 0 ? builder.const(builder.kindOf(vector), 0) : builder.element(vector, at);
    }),
  );
}
