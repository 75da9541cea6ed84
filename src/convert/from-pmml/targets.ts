import { isFloat, type Ref } from '../../ir/types.js';
import type { Element } from '../../wire/xml/document.js';
import { declined } from '../declined.js';
import { type Classes, targetOf } from './classes.js';
import type { ModelResult } from './model.js';
import type { Scope } from './scope.js';
import { choose, numberOf } from './values.js';

/** "min, max, rescaleFactor, rescaleConstant, castInteger": a Target's changes to a number, in that order. */
export function applyTargets(model: Element, scope: Scope, prediction: Ref): Ref {
  const { builder } = scope.lift;
  let value = prediction;
  const target = targetElement(model, scope);
  if (target !== undefined) {
    const kind = builder.kindOf(value);
    const number = (x: number) => builder.const(kind, kind === 'float32' ? Math.fround(x) : x);
    const attribute = (name: string) => numberOf(target.attribute(name) ?? '');
    const instead = target.child('TargetValue');
    const whenMissing = numberOf(instead?.attribute('defaultValue') ?? '');
    if (whenMissing !== undefined && builder.typeOf(value).missing) {
      value = builder.apply('coalesce', value, number(whenMissing));
    }
    const [least, most] = [attribute('min'), attribute('max')];
    if (least !== undefined) value = choose(builder, builder.apply('lt', value, number(least)), number(least), value);
    if (most !== undefined) value = choose(builder, builder.apply('gt', value, number(most)), number(most), value);
    const [factor, constant] = [attribute('rescaleFactor'), attribute('rescaleConstant')];
    if (factor !== undefined && factor !== 1) value = builder.apply('mul', value, number(factor));
    if (constant !== undefined && constant !== 0) value = builder.apply('add', value, number(constant));
    value = castInteger(value);
  }
  return asTargetType(model, scope, value);

  function castInteger(x: Ref): Ref {
    const how = target?.attribute('castInteger');
    if (how === undefined || !isFloat(builder.kindOf(x))) return x;
    if (how !== 'round' && how !== 'ceiling' && how !== 'floor') {
      throw declined('attribute', `castInteger "${how}" is unknown`, target!.place);
    }
    return builder.apply(how === 'ceiling' ? 'ceil' : how, x);
  }
}

/** Makes the classes known that only a Target names. */
export function registerPriors(model: Element, scope: Scope, classes: Classes): void {
  for (const value of priorsOf(model, scope)) classes.indexOf(value.attribute('value') ?? '');
}

/** The TargetValue elements that give prior probabilities. */
export function priorsOf(model: Element, scope: Scope): Element[] {
  const values = targetElement(model, scope)?.children('TargetValue') ?? [];
  return values.filter((value) => value.attribute('priorProbability') !== undefined);
}

/** A missing class becomes the one with the largest prior probability, where the Target gives priors. */
export function defaultOf(model: Element, scope: Scope, result: ModelResult): ModelResult {
  if (result.task !== 'classification') return result;
  const { builder } = scope.lift;
  const priors = priorsOf(model, scope);
  if (priors.length === 0 || !builder.typeOf(result.label).missing) return result;
  const { classes } = result;
  const shares = new Map(
    priors.map((value) => [
      classes.indexOf(value.attribute('value') ?? ''),
      Number(value.attribute('priorProbability')),
    ]),
  );
  let best = -1;
  for (const [index, share] of shares) if (best < 0 || share > shares.get(best)!) best = index;
  const label = builder.apply('coalesce', result.label, builder.const(classes.kind, classes.labels[best]!));
  if (result.probabilities === undefined) return { ...result, label };
  const prior = builder.constVector(
    builder.kindOf(result.probabilities),
    classes.labels.map((_, index) => shares.get(index) ?? 0),
  );
  return { ...result, label, probabilities: builder.apply('coalesce', result.probabilities, prior) };
}

function targetElement(model: Element, scope: Scope): Element | undefined {
  const targets = model.child('Targets')?.children('Target') ?? [];
  const { name } = targetOf(model, scope);
  return targets.find((target) => {
    const field = target.attribute('field');
    return field === undefined || name === undefined || field === name;
  });
}

/** The width of the target's own dataType; only the model that declares the target converts to it. */
function asTargetType(model: Element, scope: Scope, value: Ref): Ref {
  const { builder } = scope.lift;
  const own = (model.child('MiningSchema')?.children('MiningField') ?? []).find((field) =>
    ['target', 'predicted'].includes(field.attribute('usageType') ?? ''),
  );
  const dataType = scope.lift.dataFields.get(own?.attribute('name') ?? '')?.attribute('dataType');
  if (dataType === 'float') return builder.cast(value, 'float32');
  return dataType === 'double' ? builder.cast(value, 'float64') : value;
}
