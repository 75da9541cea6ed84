import { expect, test } from 'vitest';
import { liftPmml } from '../../../src/convert/from-pmml/index.js';
import { PmmlEvaluator } from '../../../src/pmml/index.js';
import { fields, pmml, schema } from '../pmml-text.js';
import { run } from './cases.js';

/** One tree: the score below the threshold and the one above. */
const segment = (id: number, threshold: number, below: string, above: string) =>
  `<Segment id="${id}"><True/><TreeModel functionName="classification">${schema('y', 'x')}
    <Node><True/><Node score="${below}"><SimplePredicate field="x" operator="lessThan" value="${threshold}"/></Node>
    <Node score="${above}"><SimplePredicate field="x" operator="greaterOrEqual" value="${threshold}"/></Node></Node>
  </TreeModel></Segment>`;

test('votes that tie go to the class that was voted for first, as the evaluator has it', () => {
  const document = pmml(
    fields('y:string=a|b|c', 'x:double'),
    `<MiningModel functionName="classification">${schema('y', 'x')}<Segmentation multipleModelMethod="majorityVote">
      ${segment(1, 0, 'c', 'b')}${segment(2, 1, 'a', 'c')}${segment(3, 2, 'b', 'a')}${segment(4, 3, 'b', 'a')}
    </Segmentation></MiningModel>`,
  );
  const evaluator = new PmmlEvaluator(document);
  const program = liftPmml(document);
  // Votes: c a b b → b; b a b b → b; b c b b → b; b c a b → b; b c a a → a; without x there are none.
  const wanted = ['b', 'b', 'b', 'b', 'a'];
  [-1, 0, 1, 2, 3].forEach((x, row) => {
    expect(evaluator.evaluate({ x })['$predictedValue']).toBe(wanted[row]);
    expect(run(program, { x }).prediction).toBe(wanted[row]);
  });
  const two = pmml(
    fields('y:string=a|b|c', 'x:double'),
    `<MiningModel functionName="classification">${schema('y', 'x')}<Segmentation multipleModelMethod="majorityVote">
      ${segment(1, 0, 'c', 'b')}${segment(2, 1, 'a', 'c')}</Segmentation></MiningModel>`,
  );
  // c a → c; b a → b; b c → b: never the first of the dictionary.
  ['c', 'b', 'b'].forEach((label, row) => {
    expect(new PmmlEvaluator(two).evaluate({ x: row - 1 })['$predictedValue']).toBe(label);
    expect(run(liftPmml(two), { x: row - 1 }).prediction).toBe(label);
  });
});
