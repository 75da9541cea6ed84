import { isNumber, type Ref } from '../../ir/types.js';
import type { Element } from '../../wire/xml/document.js';
import { expressionIn, liftExpression } from './expressions.js';
import type { ModelResult } from './model.js';
import { Scope } from './scope.js';
import type { LiftedSegment } from './segments.js';
import { castTo, type FieldValue, kindOfDataType } from './values.js';

/** Makes the outputs of a segment fields of the model around it: missing where the segment is not active. */
export function defineOutputs(one: LiftedSegment, scope: Scope): void {
  const { builder } = scope.lift;
  for (const [name, value] of outputsOf(one.segment.model, one.scope, one.result)) {
    const kind = builder.kindOf(value.ref);
    const ref =
      one.active === undefined ? value.ref : builder.apply('select', one.active, value.ref, builder.const(kind, null));
    scope.define(name, { ...value, ref });
  }
}

/** The output fields of a model that have a counterpart; the names of the others go to `dropped`. */
export function outputsOf(model: Element, scope: Scope, result: ModelResult): Map<string, FieldValue> {
  const outputs = new Map<string, FieldValue>();
  const inner = new Scope(scope.lift, scope, undefined);
  for (const field of model.child('Output')?.children('OutputField') ?? []) {
    const name = field.attribute('name') ?? '';
    const value = outputValue(field, inner, result);
    if (value === undefined) {
      scope.lift.dropped.add(name);
      continue;
    }
    outputs.set(name, value);
    inner.define(name, value);
  }
  return outputs;
}

function outputValue(field: Element, scope: Scope, result: ModelResult): FieldValue | undefined {
  const { builder } = scope.lift;
  const found = featureValue(field, scope, result);
  if (found === undefined) return undefined;
  const dataType = field.attribute('dataType');
  if (dataType === undefined) return found;
  const kind = kindOfDataType(dataType, field);
  const values = result.task === 'classification' ? result.classes.texts : undefined;
  if (builder.kindOf(found.ref) === kind) return found;
  const known = values === undefined ? found : { ...found, values, closed: true };
  return { ...found, ref: castTo(builder, known, kind, field) };
}

function featureValue(field: Element, scope: Scope, result: ModelResult): FieldValue | undefined {
  const feature = field.attribute('feature') ?? 'predictedValue';
  if (field.attribute('segmentId') !== undefined) return undefined;
  if (feature === 'predictedValue' || feature === 'predictedDisplayValue') {
    return result.task === 'regression'
      ? numberValue(result.value)
      : { ref: result.label, optype: 'categorical', values: result.classes.texts, closed: true };
  }
  if (feature === 'probability' && result.task === 'classification' && result.probabilities !== undefined) {
    const index = result.classes.texts.indexOf(normalText(field.attribute('value') ?? '', result));
    return index < 0 ? undefined : numberValue(scope.lift.builder.element(result.probabilities, index));
  }
  if (feature === 'transformedValue') {
    const expression = expressionIn(field);
    return expression === undefined ? undefined : liftExpression(expression, scope, field.attribute('dataType'));
  }
  return undefined;
}

function normalText(text: string, result: Extract<ModelResult, { task: 'classification' }>): string {
  return isNumber(result.classes.kind) && text.trim() !== '' ? String(Number(text)) : text;
}

function numberValue(ref: Ref): FieldValue {
  return { ref, optype: 'continuous' };
}
