import type { Element } from '../../../wire/xml/document.js';
import { duplicateName, evaluationError, invalidDocument, missingElement, unsupported } from '../../errors.js';
import { eitherAttribute, enumAttribute, numberAttribute, required } from '../attributes.js';
import { compileEvaluator, type Evaluation, type Evaluator } from '../evaluation.js';
import { type CompiledModel, type Field, type Frame, type ModelResult, NO_RESULT, type Scope } from '../model.js';
import { MODELS } from '../models.js';
import { compilePredicate, type Predicate, predicateElement } from '../predicates.js';
import { plainValue } from '../results.js';
import { ModelScope } from '../scope.js';
import { isCollection, lenientLiteral, numberOf, type Scalar, textOf, type Value } from '../values.js';
import { COMBINATIONS, type Combine } from './mining-combinations.js';
import { compileRegressionModel } from './regression-model.js';
import { compileTreeModel } from './tree-model.js';

interface Segment {
  readonly id: string;
  readonly test: Predicate;
  readonly weight: number;
  readonly weightField: Field | undefined;
  readonly evaluator: Evaluator;
  /** Hands the outputs of the segment to this model's scope. */
  readonly publish: (frame: Frame, evaluation: Evaluation) => void;
}

/** The prediction of one segment, with its weight for this record. */
export interface Vote {
  readonly id: string;
  readonly weight: number;
  /** The weight is a field's value, not the segment's own. */
  readonly isVariable?: boolean;
  /** Name of the segment's model element. */
  readonly model: string;
  readonly result: ModelResult;
}

const METHODS = [
  'majorityVote',
  'weightedMajorityVote',
  'average',
  'weightedAverage',
  'median',
  'weightedMedian',
  'max',
  'sum',
  'weightedSum',
  'selectFirst',
  'selectAll',
  'modelChain',
] as const;

/** MiningModel: a Segmentation, or the Regression and DecisionTree elements that 4.0 and earlier embedded. */
export function compileMiningModel(element: Element, scope: Scope): CompiledModel {
  if (!(scope instanceof ModelScope)) throw unsupported(element, 'a MiningModel cannot stand here');
  const segmentation = element.child('Segmentation');
  const embedded = element.children().filter((child) => child.name === 'Regression' || child.name === 'DecisionTree');
  if (segmentation === undefined) return compileEmbedded(element, embedded, scope);
  embedded.forEach((child) => {
    exposeResultFields(child, compileEmbeddedModel(child, scope), scope);
  });
  const method = enumAttribute(segmentation, 'multipleModelMethod', METHODS);
  const slots = new Map<string, Slot>();
  const segments = segmentation
    .children('Segment')
    .map((segment, index) => compileSegment(segment, index + 1, scope, slots));
  if (segments.length === 0) throw missingElement(segmentation, 'Segment');
  const ids = new Set<string>();
  for (const { id } of segments) {
    if (ids.has(id)) throw duplicateName('segment', id, segmentation);
    ids.add(id);
  }
  if (method === 'modelChain' || method === 'selectFirst') {
    for (const { evaluator } of segments)
      scope.nestedOutputs.push(...evaluator.scope.nestedOutputs, ...evaluator.outputs);
  }
  if (method === 'modelChain') return compileChain(segments, segmentation);
  if (method === 'selectFirst') return compileSelectFirst(segments, missingTreatment(segmentation));
  if (method === 'selectAll') return compileSelectAll(segments, missingTreatment(segmentation));
  const classification = scope.functionName !== 'regression';
  const combine = COMBINATIONS[method](classification, scope);
  return compileCombination(segmentation, segments, combine, scope);
}

type Slot = ReturnType<ModelScope['slot']>;

/** Segments may give the same output field: they share its slot. */
function compileSegment(element: Element, position: number, scope: ModelScope, slots: Map<string, Slot>): Segment {
  const predicate = predicateElement(element);
  const model = element.children().find((child) => Object.hasOwn(MODELS, child.name));
  if (predicate === undefined) throw missingElement(element, 'predicate');
  if (model === undefined) throw missingElement(element, 'model');
  const variable = element.child('VariableWeight')?.attribute('field');
  // The predicate comes first: it sees the outputs of earlier segments, not the segment's own.
  const test = compilePredicate(predicate, scope);
  const evaluator = compileEvaluator(scope.environment, model, scope);
  const puts = evaluator.outputs.map((output) => {
    const declared = output.dataType ?? '';
    const slot =
      slots.get(output.name) ?? scope.slot(output.name, declared, declared === 'double' ? 'continuous' : 'categorical');
    slots.set(output.name, slot);
    scope.expose(slot.field);
    return { name: output.name, put: slot.put };
  });
  return {
    id: element.attribute('id') ?? String(position),
    test,
    weight: numberAttribute(element, 'weight', 1),
    weightField: variable === undefined ? undefined : scope.field(variable, element),
    evaluator,
    publish: (frame, evaluation) => {
      for (const { name, put } of puts) put(frame, evaluation.outputs.get(name));
    },
  };
}

function run(segment: Segment, frame: Frame): Evaluation {
  const evaluation = segment.evaluator.evaluate(frame.record, frame, frame.session);
  segment.publish(frame, evaluation);
  return evaluation;
}

const explained = (votes: readonly Vote[]) => () => ({
  segments: votes.map(({ id, weight, model, result }) => ({
    id,
    weight,
    model,
    prediction: plainValue(result.value),
    ...(result.explain?.() as object),
  })),
});

function withSegments(result: ModelResult, votes: readonly Vote[], nested?: ReadonlyMap<string, Value>): ModelResult {
  return {
    ...result,
    ...(nested === undefined || nested.size === 0 ? {} : { nested }),
    segments: new Map(votes.map((vote) => [vote.id, vote.result])),
    explain: explained(votes),
  };
}

/** The segments one after another; the last that runs gives the prediction. */
function compileChain(segments: readonly Segment[], segmentation: Element): CompiledModel {
  const treatment = missingTreatment(segmentation);
  return (frame) => {
    const votes: Vote[] = [];
    const nested = new Map<string, Value>();
    for (const segment of segments) {
      if (segment.test(frame) !== true) continue;
      const { result, outputs } = run(segment, frame);
      for (const [name, value] of result.nested ?? []) nested.set(name, value);
      for (const [name, value] of outputs) nested.set(name, value);
      votes.push({ id: segment.id, weight: 1, model: modelOf(segment), result });
      if (treatment === 'returnMissing' && isMissing(result)) return withSegments(NO_RESULT, votes, nested);
    }
    const last =
      treatment === 'skipSegment' ? votes.findLast((vote) => !isMissing(vote.result)) : votes[votes.length - 1];
    return last === undefined ? NO_RESULT : withSegments(last.result, votes, nested);
  };
}

function compileSelectFirst(segments: readonly Segment[], treatment: MissingTreatment): CompiledModel {
  return (frame) => {
    for (const segment of segments) {
      if (segment.test(frame) !== true) continue;
      const { result, outputs } = run(segment, frame);
      if (treatment === 'skipSegment' && isMissing(result)) continue;
      return withSegments(
        result,
        [{ id: segment.id, weight: 1, model: modelOf(segment), result }],
        new Map([...(result.nested ?? []), ...outputs]),
      );
    }
    return NO_RESULT;
  };
}

/** Every prediction, as a collection in the order of the segments. */
function compileSelectAll(segments: readonly Segment[], treatment: MissingTreatment): CompiledModel {
  return (frame) => {
    const votes = segments.flatMap((segment) =>
      segment.test(frame) === true
        ? [{ id: segment.id, weight: 1, model: modelOf(segment), result: run(segment, frame).result }]
        : [],
    );
    if (votes.length === 0) return NO_RESULT;
    if (treatment === 'returnMissing' && votes.some(({ result }) => isMissing(result)))
      return withSegments(NO_RESULT, votes);
    const counted = treatment === 'skipSegment' ? votes.filter(({ result }) => !isMissing(result)) : votes;
    // A missing prediction keeps its place in the list.
    const values = counted.map(({ result }) => result.value) as Scalar[];
    return withSegments({ value: values }, votes);
  };
}

const modelOf = ({ evaluator }: Segment): string => evaluator.scope.element.name;

const isMissing = (result: ModelResult): boolean => result.value === undefined && result.targets === undefined;

type MissingTreatment = 'returnMissing' | 'skipSegment' | 'continue';

function missingTreatment(segmentation: Element): MissingTreatment {
  const name =
    segmentation.attribute('missingPredictionTreatment') === undefined
      ? 'x-missingPredictionTreatment'
      : 'missingPredictionTreatment';
  return enumAttribute(segmentation, name, ['returnMissing', 'skipSegment', 'continue'], 'continue');
}

function compileCombination(
  segmentation: Element,
  segments: readonly Segment[],
  combine: Combine,
  scope: ModelScope,
): CompiledModel {
  const treatment = missingTreatment(segmentation);
  const thresholdText = eitherAttribute(segmentation, 'missingThreshold');
  const threshold = thresholdText === undefined ? 1 : Number(thresholdText);
  if (!(threshold >= 0 && threshold <= 1)) throw invalidDocument('missingThreshold lies between 0 and 1', segmentation);
  const keys = targetKeys(scope);
  return (frame) => {
    const all: Vote[] = [];
    const votes: Vote[] = [];
    let whole = 0;
    let missing = 0;
    for (const segment of segments) {
      if (segment.test(frame) !== true) continue;
      const { result } = run(segment, frame);
      const weight =
        segment.weightField === undefined ? segment.weight : weightOf(segment.weightField.value(frame), segmentation);
      const isVariable = segment.weightField !== undefined;
      const vote = { id: segment.id, weight, isVariable, model: modelOf(segment), result: keys(result) };
      all.push(vote);
      whole += weight;
      if (isMissing(result)) {
        if (treatment === 'returnMissing') return withSegments(NO_RESULT, all);
        missing += weight;
        if (treatment === 'skipSegment') continue;
      }
      votes.push(vote);
    }
    const isLost = votes.length === 0 || (missing > 0 && missing > threshold * whole);
    return withSegments((isLost ? undefined : combine(votes)) ?? NO_RESULT, all);
  };
}

function weightOf(value: Value, element: Element): number {
  const weight = numberOf(value);
  if (weight === undefined) throw evaluationError('the weight of a segment is missing', element);
  return weight;
}

/** Segments often have no target of their own: their categories are read in the type of this model's target. */
function targetKeys(scope: ModelScope): (result: ModelResult) => ModelResult {
  const dataType = scope.target()?.dataType;
  if (scope.functionName !== 'classification' || dataType === undefined || dataType === 'string')
    return (result) => result;
  const rekey = (values: ReadonlyMap<string, number>) =>
    new Map([...values].map(([key, value]) => [textOf(lenientLiteral(key, dataType)), value]));
  return (result) => {
    if (typeof result.value !== 'string') return result;
    return {
      ...result,
      value: lenientLiteral(result.value, dataType),
      ...(result.probabilities === undefined ? {} : { probabilities: rekey(result.probabilities) }),
      ...(result.confidences === undefined ? {} : { confidences: rekey(result.confidences) }),
    };
  };
}

/** Model composition of 3.x and 4.0: each embedded model adds fields, and the last one gives the prediction. */
function compileEmbedded(element: Element, parts: readonly Element[], scope: ModelScope): CompiledModel {
  let last: CompiledModel | undefined;
  for (const part of parts) {
    const model = compileEmbeddedModel(part, scope);
    exposeResultFields(part, model, scope);
    last = model;
  }
  if (last === undefined) throw missingElement(element, 'Segmentation');
  return last;
}

function compileEmbeddedModel(element: Element, scope: ModelScope): CompiledModel {
  const compile = element.name === 'Regression' ? compileRegressionModel : compileTreeModel;
  return compile(element, scope);
}

/** ResultField elements of an embedded model are fields for what follows. */
function exposeResultFields(element: Element, model: CompiledModel, scope: ModelScope): void {
  for (const part of element.children('ResultField')) {
    const feature = part.attribute('feature') ?? 'predictedValue';
    const key = part.attribute('value');
    const read = (result: ModelResult): Value => {
      if (feature === 'probability' || feature === 'confidence') {
        const values = feature === 'probability' ? result.probabilities : result.confidences;
        const name =
          key ?? (result.value === undefined || isCollection(result.value) ? undefined : textOf(result.value));
        return name === undefined ? undefined : values?.get(name);
      }
      return feature === 'entityId' ? result.entityId : result.value;
    };
    scope.expose({
      name: required(part, 'name'),
      dataType: part.attribute('dataType') ?? (feature === 'probability' ? 'double' : ''),
      optype: feature === 'probability' ? 'continuous' : 'categorical',
      categories: [],
      value: (frame) => read(model(frame)),
    });
  }
}
