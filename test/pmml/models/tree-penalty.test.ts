import { expect, it } from 'vitest';
import { evaluatorOf, pmml, schema } from './document.js';

it('a penalty on single-precision confidences gives single-precision confidences', () => {
  const evaluator = evaluatorOf(
    pmml(
      { y: ['p', 'q'], x: 'double' },
      `<TreeModel functionName="classification" missingValueStrategy="defaultChild" missingValuePenalty="0.8" x-mathContext="float">${schema(['x'], 'y')}<Node id="1" defaultChild="2"><True/><Node id="2" score="q"><SimplePredicate field="x" operator="lessThan" value="1"/><ScoreDistribution value="p" recordCount="1" confidence="0.25"/><ScoreDistribution value="q" recordCount="1" confidence="0.5"/></Node></Node></TreeModel>`,
    ),
  );
  // JPMML-Evaluator 1.7.7
  expect(evaluator.evaluate({})).toMatchObject({
    '$confidence:p': 0.20000000298023224,
    '$confidence:q': 0.4000000059604645,
  });
});
