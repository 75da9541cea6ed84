import { describe, expect, it } from 'vitest';
import { evaluatorOf, pmml, schema } from './document.js';

const normal = (mean: string, variance: string) =>
  `<ContinuousDistribution><NormalDistributionForBN><Mean>${mean}</Mean><Variance>${variance}</Variance></NormalDistributionForBN></ContinuousDistribution>`;
const constant = (value: number) => `<Constant dataType="double">${value}</Constant>`;
const twice = '<Apply function="*"><Constant dataType="double">2</Constant><FieldRef field="x"/></Apply>';

describe('continuous Bayesian networks', () => {
  const nodes = `<BayesianNetworkNodes><ContinuousNode name="x">${normal(constant(0), constant(1))}</ContinuousNode><ContinuousNode name="y">${normal(twice, constant(1))}</ContinuousNode></BayesianNetworkNodes>`;

  it('gives the mean of the target where its parents are known', () => {
    const model = `<BayesianNetworkModel functionName="regression">${schema(['x'], 'y')}${nodes}</BayesianNetworkModel>`;
    const evaluator = evaluatorOf(pmml({ x: 'double', y: 'double' }, model));
    expect(evaluator.evaluate({ x: 1.5 }).y).toBe(3);
    // Without evidence E[y] = 2·E[x] = 0.
    expect(evaluator.evaluate({}).y).toBeCloseTo(0, 10);
  });

  it('reasons from an effect to its cause', () => {
    const model = `<BayesianNetworkModel functionName="regression">${schema(['y'], 'x')}${nodes}</BayesianNetworkModel>`;
    const evaluator = evaluatorOf(pmml({ x: 'double', y: 'double' }, model));
    // x ~ N(0, 1), y | x ~ N(2x, 1): E[x | y] = 2y / (2² + 1).
    expect(evaluator.evaluate({ y: 1 }).x).toBeCloseTo(0.4, 10);
    expect(evaluator.evaluate({ y: -2.5 }).x).toBeCloseTo(-1, 10);
  });

  it('weighs a discrete cause by the densities', () => {
    const conditional = (value: string, mean: number) =>
      `<ContinuousConditionalProbability><ParentValue parent="c" value="${value}"/>${normal(constant(mean), constant(4))}</ContinuousConditionalProbability>`;
    const mixed = `<BayesianNetworkNodes><DiscreteNode name="c"><ValueProbability value="a" probability="0.3"/><ValueProbability value="b" probability="0.7"/></DiscreteNode><ContinuousNode name="x">${conditional('a', 1)}${conditional('b', -1)}</ContinuousNode></BayesianNetworkNodes>`;
    const model = `<BayesianNetworkModel functionName="classification">${schema(['x'], 'c')}${mixed}</BayesianNetworkModel>`;
    const evaluator = evaluatorOf(pmml({ x: 'double', c: ['a', 'b'] }, model));
    const [a, b] = [0.3 * Math.exp(-0.5 * 0.25), 0.7 * Math.exp(-0.5 * 2.25)];
    const result = evaluator.evaluate({ x: 2 });
    expect(result['$probability:a']).toBeCloseTo(a / (a + b), 12);
    expect(result.c).toBe(a > b ? 'a' : 'b');
    expect(evaluator.evaluate({})['$probability:b']).toBeCloseTo(0.7, 12);
  });

  it('finds a cycle', () => {
    const loop = `<BayesianNetworkNodes><ContinuousNode name="x">${normal('<FieldRef field="y"/>', constant(1))}</ContinuousNode><ContinuousNode name="y">${normal(twice, constant(1))}</ContinuousNode></BayesianNetworkNodes>`;
    const model = `<BayesianNetworkModel functionName="regression">${schema(['x'], 'y')}${loop}</BayesianNetworkModel>`;
    expect(() => evaluatorOf(pmml({ x: 'double', y: 'double' }, model))).toThrow('the node "x" is defined by itself');
  });
});

describe('linear normal networks', () => {
  it('reason over many unknown nodes at once', () => {
    // A random walk of 30 steps with variance 1: given its end s, the step i is expected at s·i / 30.
    const names = Array.from({ length: 30 }, (_, i) => `w${i + 1}`);
    const walk = names
      .map((name, i) => {
        const mean = i === 0 ? constant(0) : `<FieldRef field="${names[i - 1]}"/>`;
        return `<ContinuousNode name="${name}">${normal(mean, constant(1))}</ContinuousNode>`;
      })
      .join('');
    const model = `<BayesianNetworkModel functionName="regression">${schema(['w30', 'w5'], 'w10')}<BayesianNetworkNodes>${walk}</BayesianNetworkNodes></BayesianNetworkModel>`;
    const evaluator = evaluatorOf(pmml(Object.fromEntries(names.map((name) => [name, 'double'])), model));
    expect(evaluator.evaluate({ w30: 6 }).w10).toBeCloseTo(2, 12);
    expect(evaluator.evaluate({ w30: 6, w5: 1 }).w10).toBeCloseTo(1 + 5 * (5 / 25), 12);
    expect(evaluator.evaluate({}).w10).toBe(0);
  });
});

describe('discrete Bayesian networks', () => {
  /** Sixty nodes in a row, each like the one before with probability 0.9: 2⁵⁸ states between the ends. */
  const names = Array.from({ length: 60 }, (_, i) => `n${i}`);
  const share = (value: string, probability: number) =>
    `<ValueProbability value="${value}" probability="${probability}"/>`;
  const given = (parent: string, value: string) =>
    `<DiscreteConditionalProbability><ParentValue parent="${parent}" value="${value}"/>${share('a', value === 'a' ? 0.9 : 0.1)}${share('b', value === 'b' ? 0.9 : 0.1)}</DiscreteConditionalProbability>`;
  const chain = names
    .map((name, i) =>
      i === 0
        ? `<DiscreteNode name="${name}">${share('a', 0.5)}${share('b', 0.5)}</DiscreteNode>`
        : `<DiscreteNode name="${name}">${given(names[i - 1]!, 'a')}${given(names[i - 1]!, 'b')}</DiscreteNode>`,
    )
    .join('');
  const fields = Object.fromEntries(names.map((name) => [name, ['a', 'b']]));
  const model = `<BayesianNetworkModel functionName="classification">${schema(names.slice(0, -1), 'n59')}<BayesianNetworkNodes>${chain}</BayesianNetworkNodes></BayesianNetworkModel>`;

  it('sum out long chains', () => {
    const evaluator = evaluatorOf(pmml(fields, model));
    expect(evaluator.evaluate({ n50: 'a' })['$probability:a']).toBeCloseTo(0.5 * (1 + 0.8 ** 9), 14);
    expect(evaluator.evaluate({ n0: 'b' })['$probability:a']).toBeCloseTo(0.5 * (1 - 0.8 ** 59), 14);
    expect(evaluator.evaluate({})['$probability:a']).toBeCloseTo(0.5, 14);
    expect(evaluator.evaluate({ n58: 'a', n3: 'b' }).n59).toBe('a');
  });
});
