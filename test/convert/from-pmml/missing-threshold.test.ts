import { describe, expect, test } from 'vitest';
import { liftPmml } from '../../../src/convert/from-pmml/index.js';
import { fields, pmml, schema } from '../pmml-text.js';
import { run } from './cases.js';

/** Segments predict 1, 2 and 3 where x is above 0, 1 and 2, and nothing elsewhere. */
function model(method: string, threshold: number) {
  const segment = (score: number) =>
    `<Segment><True/><TreeModel functionName="regression">${schema('y', 'x')}<Node><True/><Node score="${score}"><SimplePredicate field="x" operator="greaterThan" value="${score - 1}"/></Node></Node></TreeModel></Segment>`;
  return pmml(
    fields('y:double', 'x:double'),
    `<MiningModel functionName="regression">${schema('y', 'x')}<Segmentation multipleModelMethod="${method}" missingPredictionTreatment="skipSegment" missingThreshold="${threshold}">${[1, 2, 3, 1].map(segment).join('')}</Segmentation></MiningModel>`,
  );
}

describe('missing segments of a program', () => {
  test.each([
    ['average', 0.25, [7 / 4, 4 / 3, null, null]],
    ['average', 1, [7 / 4, 4 / 3, 1, null]],
    ['sum', 0.5, [7, 4, 2, null]],
    ['sum', 1, [7, 4, 2, null]],
  ])('%s, and a share above %d is no prediction', (method, threshold, expected) => {
    const program = liftPmml(model(method, threshold));
    expect([3, 2, 1, 0].map((x) => run(program, { x }).prediction)).toEqual(expected);
  });
});
