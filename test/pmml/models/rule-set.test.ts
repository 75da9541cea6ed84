import { describe, expect, it } from 'vitest';
import { evaluatorOf, pmml, schema } from './document.js';

describe('the winning rule of a RuleSet', () => {
  it('weightedSum: the heaviest rule of the winning class, among equals the first', () => {
    const rule = (id: string, score: string, weight: number) =>
      `<SimpleRule id="${id}" score="${score}" weight="${weight}" confidence="0.5"><True/></SimpleRule>`;
    const evaluator = evaluatorOf(
      pmml(
        { y: ['p', 'q'], x: 'double' },
        `<RuleSetModel functionName="classification">${schema(['x'], 'y')}<Output><OutputField name="rule" feature="entityId"/></Output><RuleSet defaultScore="q"><RuleSelectionMethod criterion="weightedSum"/>${rule('r1', 'p', 1)}${rule('r2', 'q', 2)}${rule('r3', 'p', 1.5)}${rule('r4', 'p', 1.5)}</RuleSet></RuleSetModel>`,
      ),
    );
    // JPMML-Evaluator 1.7.7: the entity is the rule of the class with the largest weight
    expect(evaluator.evaluate({ x: 1 })).toMatchObject({ y: 'p', rule: 'r3', $entityId: 'r3', $confidence: 1 });
  });
});
