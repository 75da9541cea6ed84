import { describe, expect, it } from 'vitest';
import { evaluatorOf, pmml, schema } from './document.js';

describe('anomalies of another kind', () => {
  it('are what the model inside says, categories and their probabilities too', () => {
    const leaf = (score: string, operator: string, odd: number) =>
      `<Node score="${score}" recordCount="10"><SimplePredicate field="x" operator="${operator}" value="5"/><ScoreDistribution value="odd" recordCount="${odd}"/><ScoreDistribution value="usual" recordCount="${10 - odd}"/></Node>`;
    const tree = `<TreeModel functionName="classification">${schema(['x'])}<Node recordCount="20"><True/>${leaf('odd', 'greaterThan', 8)}${leaf('usual', 'lessOrEqual', 1)}</Node></TreeModel>`;
    const output =
      '<Output><OutputField name="share" optype="continuous" dataType="double" feature="probability" value="odd"/></Output>';
    const evaluator = evaluatorOf(
      pmml(
        { x: 'double' },
        `<AnomalyDetectionModel functionName="classification" algorithmType="other">${schema(['x'])}${output}${tree}</AnomalyDetectionModel>`,
      ),
    );
    expect(evaluator.evaluate({ x: 7 })).toMatchObject({ $predictedValue: 'odd', share: 0.8 });
    expect(evaluator.evaluate({ x: 3 })).toMatchObject({ $predictedValue: 'usual', share: 0.1 });
  });
});
