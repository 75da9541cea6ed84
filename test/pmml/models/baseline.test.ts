import { describe, expect, it } from 'vitest';
import { evaluatorOf, pmml, schema } from './document.js';

const gaussian = (mean: number, variance: number) => `<GaussianDistribution mean="${mean}" variance="${variance}"/>`;
const baseline = (test: string) =>
  evaluatorOf(
    pmml(
      { x: 'double', score: 'double', a: ['p', 'q'], b: ['u', 'v'] },
      `<BaselineModel functionName="regression">${schema(['x', 'a', 'b'], 'score')}${test}</BaselineModel>`,
    ),
  );

describe('BaselineModel', () => {
  it('accumulates log likelihood ratios and resets', () => {
    const evaluator = baseline(
      `<TestDistributions field="x" testStatistic="CUSUM" resetValue="0"><Baseline>${gaussian(0, 1)}</Baseline><Alternate>${gaussian(1, 1)}</Alternate></TestDistributions>`,
    );
    // For two normal distributions of one variance the ratio is x − ½.
    const scores = [2, -3, 1, 0.75].map((x) => evaluator.evaluate({ x }).score);
    [1.5, 0, 0.5, 0.75].forEach((wanted, i) => {
      expect(scores[i]).toBeCloseTo(wanted, 12);
    });
  });

  it('averages a window for the z value', () => {
    const evaluator = baseline(
      `<TestDistributions field="x" testStatistic="zValue" windowSize="2"><Baseline>${gaussian(10, 4)}</Baseline></TestDistributions>`,
    );
    expect(evaluator.evaluate({ x: 12 }).score).toBe(1);
    // The mean of 12 and 14 lies 3 above, and its standard deviation is 2/√2.
    expect(evaluator.evaluate({ x: 14 }).score).toBeCloseTo(3 / Math.SQRT2, 12);
  });

  const table =
    '<CountTable><FieldValue field="a" value="p"><FieldValueCount field="b" value="u" count="10"/><FieldValueCount field="b" value="v" count="20"/></FieldValue><FieldValue field="a" value="q"><FieldValueCount field="b" value="u" count="30"/><FieldValueCount field="b" value="v" count="39"/></FieldValue></CountTable>';

  it('tests a contingency table for independence', () => {
    const evaluator = baseline(
      `<TestDistributions field="a" testStatistic="chiSquareIndependence"><Baseline>${table}</Baseline></TestDistributions>`,
    );
    // scipy.stats.chi2_contingency([[10, 20], [30, 40]], correction=False).pvalue
    expect(evaluator.evaluate({ a: 'q', b: 'v' }).score).toBeCloseTo(0.37299848361348686, 10);
  });

  it('tests observed counts against the baseline', () => {
    const evaluator = baseline(
      '<TestDistributions field="a" testStatistic="chiSquareDistribution"><Baseline><CountTable><FieldValueCount field="a" value="p" count="1"/><FieldValueCount field="a" value="q" count="3"/></CountTable></Baseline></TestDistributions>',
    );
    const scores = ['p', 'q', 'q', 'p'].map((a) => evaluator.evaluate({ a }).score);
    // scipy.stats.chisquare([2, 2], [1, 3]).pvalue
    expect(scores[3]).toBeCloseTo(0.24821307898992026, 10);
  });
});
