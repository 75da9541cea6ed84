import type { Element } from '../../../wire/xml/document.js';
import { missingElement } from '../../errors.js';
import { booleanAttribute, enumAttribute, numberAttribute, optionalNumber, requiredChild } from '../attributes.js';
import { compileExpression, isExpression } from '../expressions.js';
import type { Frame, ModelCompiler, Scope } from '../model.js';
import { predicateText } from '../predicate-text.js';
import { compilePredicate, type Predicate, predicateElement } from '../predicates.js';
import { numberOf } from '../values.js';

interface Attribute {
  readonly element: Element;
  readonly test: Predicate;
  readonly reasonCode: string | undefined;
  readonly partialScore: (frame: Frame) => number | undefined;
}

interface Characteristic {
  readonly name: string;
  readonly reasonCode: string | undefined;
  readonly baselineScore: number;
  readonly attributes: readonly Attribute[];
}

/** Scorecard. No score where a characteristic has no attribute that holds, or a partial score is missing. */
export const compileScorecard: ModelCompiler = (element, scope) => {
  const initialScore = numberAttribute(element, 'initialScore', 0);
  const useReasonCodes = booleanAttribute(element, 'useReasonCodes', true);
  const pointsAbove =
    enumAttribute(element, 'reasonCodeAlgorithm', ['pointsAbove', 'pointsBelow'], 'pointsBelow') === 'pointsAbove';
  const baselineScore = optionalNumber(element, 'baselineScore');
  const characteristics = requiredChild(element, 'Characteristics')
    .children('Characteristic')
    .map((child, index) => compileCharacteristic(child, index, baselineScore, scope));
  const round = scope.math === 'float' ? Math.fround : (value: number) => value;
  return (frame) => {
    let score = initialScore;
    const points = new Map<string, number>();
    const partialScores: Record<string, number | null> = {};
    const chosen: object[] = [];
    const explain = () => ({
      initialScore,
      partialScores,
      characteristics: chosen,
      reasonCodes: Object.fromEntries(points),
    });
    for (const characteristic of characteristics) {
      const attribute = characteristic.attributes.find(({ test }) => test(frame) === true);
      const partial = attribute?.partialScore(frame);
      const code = attribute?.reasonCode ?? characteristic.reasonCode;
      partialScores[characteristic.name] = partial ?? null;
      chosen.push({
        name: characteristic.name,
        predicate: attribute === undefined ? null : predicateText(predicateElement(attribute.element)),
        partialScore: partial ?? null,
        ...(useReasonCodes && code !== undefined
          ? { baselineScore: characteristic.baselineScore, reasonCode: code }
          : {}),
      });
      if (attribute === undefined || partial === undefined) return { value: undefined, explain };
      score = round(score + partial);
      if (!useReasonCodes || code === undefined) continue;
      const { baselineScore: baseline } = characteristic;
      const difference = pointsAbove ? partial - baseline : baseline - partial;
      points.set(code, (points.get(code) ?? 0) + difference);
    }
    return {
      value: score,
      ...(useReasonCodes ? { reasonCodes: ranked(points) } : {}),
      explain,
    };
  };
};

/** Codes by their points, most first; a code that gained points is no reason. */
function ranked(points: ReadonlyMap<string, number>): string[] {
  return [...points]
    .filter(([, value]) => value >= 0)
    .sort((a, b) => b[1] - a[1])
    .map(([code]) => code);
}

function compileCharacteristic(
  element: Element,
  index: number,
  baselineScore: number | undefined,
  scope: Scope,
): Characteristic {
  return {
    name: element.attribute('name') ?? String(index + 1),
    reasonCode: element.attribute('reasonCode'),
    baselineScore: optionalNumber(element, 'baselineScore') ?? baselineScore ?? 0,
    attributes: element.children('Attribute').map((child) => compileAttribute(child, scope)),
  };
}

/** "ComplexPartialScore" overrides partialScore. */
function compileAttribute(element: Element, scope: Scope): Attribute {
  const predicate = predicateElement(element);
  if (predicate === undefined) throw missingElement(element, 'PREDICATE');
  const expression = element.child('ComplexPartialScore')?.children().find(isExpression);
  const fixed = expression === undefined ? numberAttribute(element, 'partialScore') : undefined;
  const complex = expression === undefined ? undefined : compileExpression(expression, scope);
  return {
    element,
    test: compilePredicate(predicate, scope),
    reasonCode: element.attribute('reasonCode'),
    partialScore: complex === undefined ? () => fixed : (frame) => numberOf(complex.evaluate(frame)),
  };
}
