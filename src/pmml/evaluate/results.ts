import type { Evaluation, Evaluator } from './evaluation.js';
import { Temporal } from './temporal.js';
import { isCollection, textOf, type Value } from './values.js';

/** A value as plain JSON: null where missing, dates as ISO text. */
export function plainValue(value: Value): unknown {
  if (value === undefined) return null;
  if (isCollection(value)) return value.map((item) => plainValue(item));
  return value instanceof Temporal ? value.toString() : value;
}

/** Results by name: `$…` first, so that a field of that name wins, then targets, then output fields. */
export function namedResults(model: Evaluator, { result, outputs }: Evaluation): Record<string, unknown> {
  const named: Record<string, unknown> = {};
  // A truth value as a class is its text, like every other category.
  const isClass = model.scope.functionName === 'classification' && typeof result.value === 'boolean';
  named['$predictedValue'] = isClass ? String(result.value) : plainValue(result.value);
  if (result.probabilities !== undefined) {
    for (const category of model.scope.target()?.categories ?? []) named[`$probability:${textOf(category)}`] = 0;
  }
  for (const [key, value] of result.probabilities ?? []) named[`$probability:${key}`] = value;
  for (const [key, value] of result.confidences ?? []) named[`$confidence:${key}`] = value;
  const predicted = result.value === undefined || isCollection(result.value) ? undefined : textOf(result.value);
  const confidence = result.confidence ?? (predicted === undefined ? undefined : result.confidences?.get(predicted));
  if (confidence !== undefined) named['$confidence'] = confidence;
  if (result.entityId !== undefined) named['$entityId'] = result.entityId;
  if (result.affinity !== undefined) named['$affinity'] = result.affinity;
  if (result.variance !== undefined) named['$variance'] = result.variance;
  if (result.sequenceRules !== undefined) {
    named['$rules'] = result.sequenceRules.map((rule) => rule.id);
    named['$consequents'] = result.sequenceRules.map((rule) => rule.consequent);
  }
  for (const [name, value] of result.nested ?? []) named[name] = plainValue(value);
  for (const name of model.scope.targetNames) named[name] = plainValue((result.targets?.get(name) ?? result).value);
  for (const [name, value] of outputs) named[name] = plainValue(value);
  return named;
}
