import type { Element } from '../../../wire/xml/document.js';
import { cyclicDefinition, invalidDocument, missingElement, unsupported } from '../../errors.js';
import { numberAttribute, required, requiredChild } from '../attributes.js';
import { isExpression } from '../expressions.js';
import type { Scope } from '../model.js';

/** One output neuron, and how its value becomes a value or a category of a target field. */
export interface NeuralOutput {
  readonly neuron: string;
  readonly position: number;
  /** The target field. */
  readonly field: string;
  /** The category whose probability it is; undefined for a continuous target. */
  readonly category: string | undefined;
  /** The neuron's output in the target's own scale: NormContinuous turned round. */
  readonly restore: (output: number) => number;
}

export function compileNeuralOutput(
  element: Element,
  positions: ReadonlyMap<string, number>,
  scope: Scope,
  round: (value: number) => number,
): NeuralOutput {
  const neuron = required(element, 'outputNeuron');
  const position = positions.get(neuron);
  if (position === undefined) throw invalidDocument(`there is no neuron ${neuron}`, element);
  const derived = requiredChild(element, 'DerivedField');
  return { neuron, position, ...inverse(derived, scope, new Set(), round) };
}

type Inverse = Pick<NeuralOutput, 'field' | 'category' | 'restore'>;

/** Turns the target's transformation round: the DerivedField tells how the target became the neuron's output. */
function inverse(derived: Element, scope: Scope, visited: Set<string>, round: (value: number) => number): Inverse {
  const expression = derived.children().find(isExpression);
  if (expression === undefined) throw missingElement(derived, 'EXPRESSION');
  const name = expression.attribute('field') ?? '';
  const inner = (): Inverse => {
    const named = scope.targetNames.includes(name) ? undefined : derivedFieldNamed(derived, name);
    if (named === undefined) return { field: name, category: undefined, restore: (output) => output };
    if (visited.has(name)) throw cyclicDefinition('field', name, named);
    return inverse(named, scope, visited.add(name), round);
  };
  switch (expression.name) {
    case 'FieldRef':
      return inner();
    case 'NormDiscrete':
      return { ...inner(), category: required(expression, 'value') };
    case 'NormContinuous': {
      const { field, restore } = inner();
      const knots = expression
        .children('LinearNorm')
        .map((child) => ({ orig: round(numberAttribute(child, 'orig')), norm: round(numberAttribute(child, 'norm')) }));
      if (knots.length < 2) throw missingElement(expression, 'LinearNorm');
      return { field, category: undefined, restore: (output) => restore(denormalize(knots, output, round)) };
    }
    default:
      throw unsupported(expression, 'a NeuralOutput can hold FieldRef, NormContinuous and NormDiscrete only');
  }
}

/** The DerivedField of that name in the model's LocalTransformations or the TransformationDictionary. */
function derivedFieldNamed(from: Element, name: string): Element | undefined {
  for (let at: Element | undefined = from; at !== undefined; at = at.parent) {
    for (const section of ['LocalTransformations', 'TransformationDictionary']) {
      const found = at
        .child(section)
        ?.children('DerivedField')
        .find((field) => field.attribute('name') === name);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** The original value of a normalised one: piecewise linear, the outer pieces carried on. */
export function denormalize(
  knots: readonly { orig: number; norm: number }[],
  output: number,
  round: (value: number) => number,
): number {
  const falling = knots[0]!.norm > knots[knots.length - 1]!.norm;
  let piece = 0;
  while (piece < knots.length - 2) {
    const next = knots[piece + 1]!.norm;
    if (falling ? output >= next : output <= next) break;
    piece++;
  }
  const low = knots[piece]!;
  const high = knots[piece + 1]!;
  const share = round(round(output - low.norm) / round(high.norm - low.norm));
  return round(round(share * round(high.orig - low.orig)) + low.orig);
}
