import type { Element } from '../../wire/xml/document.js';
import { enumAttribute, numberAttribute, optionalNumber } from './attributes.js';
import { roundHalfUp } from './functions/arithmetic.js';
import type { ModelResult, TargetField, TargetResult } from './model.js';
import type { ModelScope } from './scope.js';
import { castValue, isCollection, lenientLiteral, type Scalar, textOf, type Value } from './values.js';

/** What `Targets` and the dictionary add to the prediction of one target. */
export interface Treatment {
  readonly field: TargetField | undefined;
  apply(result: TargetResult): TargetResult;
  /** The category as it is shown to people. */
  display(value: Value): Value;
}

const CASTS: Readonly<Record<string, (value: number) => number>> = {
  round: roundHalfUp,
  ceiling: Math.ceil,
  floor: Math.floor,
};

/** The treatment of a target; the unnamed Target stands for the first one. */
export function compileTarget(scope: ModelScope, name: string | undefined): Treatment {
  const field = scope.target(name);
  const elements = scope.element.child('Targets')?.children('Target') ?? [];
  const element =
    elements.find((target) => target.attribute('field') === name && name !== undefined) ??
    elements.find(
      (target) => target.attribute('field') === undefined && (name === undefined || name === scope.targetNames[0]),
    ) ??
    (name === undefined ? elements[0] : undefined);
  const dataType = field?.dataType;
  const displays = new Map<string, string>(
    name === undefined ? [] : (scope.environment.dictionary.get(name)?.displayValues ?? []),
  );
  const values = element?.children('TargetValue') ?? [];
  for (const value of values) {
    const [text, display] = [value.attribute('value'), value.attribute('displayValue')];
    if (text !== undefined && display !== undefined) displays.set(keyOf(text, dataType), display);
  }
  const rescale =
    element === undefined ? undefined : compileRescale(element, scope.math === 'float' ? Math.fround : Number);
  const fallback = compileDefault(values, field, rescale);
  return {
    field,
    apply: (result) => {
      if (result.value === undefined) return fallback(result);
      const value = rescale === undefined ? result.value : rescale(result.value);
      return { ...result, value: typed(value, field) };
    },
    display: (value) => {
      if (value === undefined || isCollection(value)) return value;
      return displays.get(textOf(value)) ?? value;
    },
  };
}

function keyOf(text: string, dataType: string | undefined): string {
  return dataType === undefined ? text : textOf(lenientLiteral(text, dataType));
}

/** The prediction in the target's type; a real prediction of an integer target keeps its digits. */
function typed(value: Value, field: TargetField | undefined): Value {
  if (value === undefined || field === undefined || isCollection(value)) return value;
  if (field.dataType === 'string' && typeof value === 'number' && field.optype === 'continuous') return value;
  return castValue(value, field.dataType) ?? value;
}

/** "min, max, then rescaleFactor, then rescaleConstant, then castInteger", each step rounded as the model computes. */
function compileRescale(element: Element, step: (value: number) => number): ((value: Value) => Value) | undefined {
  const min = optionalNumber(element, 'min') ?? Number.NEGATIVE_INFINITY;
  const max = optionalNumber(element, 'max') ?? Number.POSITIVE_INFINITY;
  const factor = step(numberAttribute(element, 'rescaleFactor', 1));
  const constant = step(numberAttribute(element, 'rescaleConstant', 0));
  const cast = element.attribute('castInteger');
  const round =
    cast === undefined ? undefined : CASTS[enumAttribute(element, 'castInteger', ['round', 'ceiling', 'floor'])];
  return (value) => {
    if (typeof value !== 'number') return value;
    let result = Math.min(Math.max(value, min), max);
    if (factor !== 1) result = step(result * factor);
    if (constant !== 0) result = step(result + constant);
    return round === undefined ? result : round(result);
  };
}

/** What stands in for a missing prediction: the default value, or the prior probabilities and their largest. */
function compileDefault(
  values: readonly Element[],
  field: TargetField | undefined,
  rescale: ((value: Value) => Value) | undefined,
): (result: TargetResult) => TargetResult {
  const dataType = field?.dataType;
  const defaultText = values.map((value) => value.attribute('defaultValue')).find((text) => text !== undefined);
  const priors = new Map<string, number>();
  let likeliest: Scalar | undefined;
  let largest = Number.NEGATIVE_INFINITY;
  for (const element of values) {
    const probability = optionalNumber(element, 'priorProbability');
    const text = element.attribute('value');
    if (probability === undefined || text === undefined) continue;
    priors.set(keyOf(text, dataType), probability);
    if (probability > largest) {
      largest = probability;
      likeliest = dataType === undefined ? text : lenientLiteral(text, dataType);
    }
  }
  if (priors.size > 0) return (result) => ({ ...result, value: likeliest, probabilities: priors });
  if (defaultText === undefined) return (result) => result;
  const value = lenientLiteral(defaultText, dataType ?? 'double');
  return (result) => ({
    ...result,
    value: typed(typeof value === 'number' && rescale !== undefined ? rescale(value) : value, field),
  });
}

/** The model's result with every target treated. The first target's prediction is the result's own. */
export function treatTargets(
  result: ModelResult,
  names: readonly string[],
  treatments: ReadonlyMap<string | undefined, Treatment>,
): ModelResult {
  const first = treatments.get(names[0])!;
  if (result.targets === undefined) return first.apply(result) as ModelResult;
  const targets = new Map<string, TargetResult>();
  for (const [name, target] of result.targets) targets.set(name, treatments.get(name)?.apply(target) ?? target);
  const main = names[0] === undefined ? undefined : targets.get(names[0]);
  return { ...result, ...(main ?? first.apply(result)), targets };
}
