import { describe, expect, it } from 'vitest';
import { evaluatorOf } from './document.js';

const segment = (tree: string, kind: string, weight: number) =>
  `<Segment weight="${weight}"><True/><TreeModel functionName="${kind}"><MiningSchema><MiningField name="x"/></MiningSchema>${tree}</TreeModel></Segment>`;

function mining(kind: 'regression' | 'classification', attributes: string, segments: string, math = ''): unknown {
  const target =
    kind === 'regression'
      ? '<DataField name="y" optype="continuous" dataType="double"/>'
      : '<DataField name="y" optype="categorical" dataType="string"><Value value="a"/><Value value="b"/><Value value="c"/></DataField>';
  const evaluator = evaluatorOf(
    `<PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4"><Header/><DataDictionary>${target}<DataField name="x" optype="continuous" dataType="double"/></DataDictionary><MiningModel functionName="${kind}"${math}><MiningSchema><MiningField name="y" usageType="target"/><MiningField name="x"/></MiningSchema><Segmentation ${attributes}>${segments}</Segmentation></MiningModel></PMML>`,
  );
  return evaluator.evaluate({ x: 1 });
}

/** Segments with fixed predictions; null is a missing one. */
const numbers = (...pairs: readonly (readonly [number | null, number])[]) =>
  pairs
    .map(([score, weight]) =>
      segment(
        score === null
          ? '<Node><True/><Node score="1"><False/></Node></Node>'
          : `<Node score="${score}"><True/></Node>`,
        'regression',
        weight,
      ),
    )
    .join('');

/** Segments with fixed distributions over a, b and c. */
const shares = (...counts: readonly (readonly number[])[]) =>
  counts
    .map((row) => {
      const parts = row.map((n, i) => `<ScoreDistribution value="${'abc'[i]}" recordCount="${n}"/>`).join('');
      return segment(`<Node score="a"><True/>${parts}</Node>`, 'classification', 1);
    })
    .join('');

/** Expected values are those of JPMML-Evaluator 1.7.7. */
describe('segments', () => {
  it.each([
    [0.24, null],
    [0.25, 2],
    [0.26, 2],
  ])('one missing of four and a threshold of %d', (threshold, y) => {
    const attributes = `multipleModelMethod="average" missingPredictionTreatment="skipSegment" missingThreshold="${threshold}"`;
    expect(mining('regression', attributes, numbers([1, 1], [2, 1], [3, 1], [null, 1]))).toMatchObject({ y });
  });

  it('missing weights are compared with all weights', () => {
    const attributes =
      'multipleModelMethod="weightedAverage" missingPredictionTreatment="skipSegment" missingThreshold="0.5"';
    expect(mining('regression', attributes, numbers([1, 1], [2, 1], [null, 2]))).toMatchObject({ y: 1.5 });
    expect(mining('regression', attributes, numbers([1, 1], [2, 1], [null, 20]))).toMatchObject({ y: null });
  });

  it.each([
    [
      [
        [1, 1],
        [5, 1],
      ],
      1,
    ],
    [
      [
        [5, 1],
        [1, 1],
      ],
      1,
    ],
    [
      [
        [1, 1],
        [2, 1],
        [5, 2],
      ],
      2,
    ],
    [
      [
        [1, 2],
        [2, 1],
        [5, 1],
      ],
      1,
    ],
    [
      [
        [1, 0.5],
        [2, 1],
        [5, 0.5],
      ],
      2,
    ],
    [
      [
        [1, 1],
        [2, 1],
        [3, 3],
      ],
      3,
    ],
    [
      [
        [1, 3],
        [2, 1],
        [3, 2],
      ],
      1,
    ],
  ] as const)('the weighted median of %j', (pairs, y) => {
    expect(mining('regression', 'multipleModelMethod="weightedMedian"', numbers(...pairs))).toMatchObject({ y });
  });

  it('the median of an even number lies between the two in the middle', () => {
    expect(mining('regression', 'multipleModelMethod="median"', numbers([1, 1], [5, 1]))).toMatchObject({ y: 3 });
  });

  it.each([
    [
      [
        [8, 4, 4],
        [2, 12, 2],
      ],
      [0.3125, 0.5, 0.1875],
    ],
    [
      [
        [8, 4, 4],
        [2, 12, 2],
        [0, 12, 4],
        [8, 0, 8],
      ],
      [0.20833333333333334, 0.5833333333333334, 0.20833333333333334],
    ],
    [
      [
        [8, 4, 4],
        [2, 12, 2],
        [0, 12, 4],
      ],
      [0.0625, 0.75, 0.1875],
    ],
    [
      [
        [5, 3, 2],
        [1, 8, 1],
      ],
      [0.1, 0.8, 0.1],
    ],
  ] as const)('the median of %j', (counts, expected) => {
    const result = mining('classification', 'multipleModelMethod="median"', shares(...counts)) as Record<
      string,
      number
    >;
    for (const [i, share] of expected.entries()) expect(result[`$probability:${'abc'[i]}`]).toBeCloseTo(share, 14);
  });

  it('shares of votes are single-precision numbers where the model computes so', () => {
    const votes = ['a', 'b', 'b'].map((score) => segment(`<Node score="${score}"><True/></Node>`, 'classification', 1));
    const attributes = 'multipleModelMethod="majorityVote"';
    expect(mining('classification', attributes, votes.join(''), ' x-mathContext="float"')).toMatchObject({
      '$probability:a': 0.3333333432674408,
      '$probability:b': 0.6666666865348816,
    });
  });
});
