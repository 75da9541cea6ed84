import type { Element } from '../../../wire/xml/document.js';
import { badAttribute, invalidDocument, missingElement } from '../../errors.js';
import { arrayChild, arrayNumbers } from '../arrays.js';
import { integerAttribute, required } from '../attributes.js';
import { compileEvaluator } from '../evaluation.js';
import type { CompiledModel, ModelResult, Scope } from '../model.js';
import { NO_RESULT } from '../model.js';
import { MODELS } from '../models.js';
import type { ModelScope } from '../scope.js';
import { numberOf, type Value } from '../values.js';
import { isolationScore } from './kernels/isolation.js';

type Score = (result: ModelResult) => Value;

/** AnomalyDetectionModel: a score from the result of the model inside it. */
export function compileAnomalyDetectionModel(element: Element, scope: Scope): CompiledModel {
  const inner = element.children().find((child) => Object.hasOwn(MODELS, child.name));
  if (inner === undefined) throw missingElement(element, 'MODEL-ELEMENT');
  const own = scope as ModelScope;
  const evaluator = compileEvaluator(own.environment, inner, own);
  const score = scoreOf(element);
  const asItIs = element.attribute('algorithmType') === 'other';
  return (frame) => {
    const { result } = evaluator.evaluate(frame.record, frame, frame.session);
    const value = score(result);
    if (value === undefined) return NO_RESULT;
    return {
      ...(asItIs ? result : {}),
      ...(result.entityId === undefined ? {} : { entityId: result.entityId }),
      value,
      explain: () => ({ score: value, model: result.explain?.() }),
    };
  };
}

/** By algorithmType; one-class support vectors give the inner model's number, "other" its result as it is. */
function scoreOf(element: Element): Score {
  const algorithm = required(element, 'algorithmType');
  if (algorithm === 'iforest') {
    const size = integerAttribute(element, 'sampleDataSize');
    if (size < 2) throw badAttribute(element, 'sampleDataSize', 'at least 2');
    return ({ value }) => {
      const path = numberOf(value);
      return path === undefined ? undefined : isolationScore(path, size);
    };
  }
  if (algorithm === 'clusterMeanDist') return clusterMeanDistance(element);
  if (algorithm === 'other') return ({ value }) => value;
  return ({ value }) => numberOf(value);
}

/** The distance to the nearest cluster, divided by that cluster's mean distance. */
function clusterMeanDistance(element: Element): Score {
  const list = element.child('MeanClusterDistances');
  const array = list === undefined ? undefined : arrayChild(list);
  if (array === undefined) throw missingElement(element, 'MeanClusterDistances');
  const means = arrayNumbers(array);
  const clusters = element.child('ClusteringModel')?.children('Cluster') ?? [];
  if (clusters.length !== means.length) {
    throw invalidDocument(`there are ${means.length} mean distances for ${clusters.length} clusters`, array);
  }
  const byId = new Map(clusters.map((cluster, i) => [cluster.attribute('id') ?? String(i + 1), means[i]!]));
  return ({ entityId, affinity }) => {
    const mean = entityId === undefined ? undefined : byId.get(entityId);
    return mean === undefined || affinity === undefined ? undefined : affinity / mean;
  };
}
