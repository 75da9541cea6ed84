import { describe, expect, it } from 'vitest';
import { evaluatorOf, pmml, schema } from './document.js';

/** An ordinary least squares fit of 25 rows by statsmodels 0.15.0, with the covariances of its parameters. */
const BETAS = [0.7996904717973123, 0.7128729236234082, -0.9834910105843077];
const COVARIANCES = [
  [0.02788179918654896, -0.00565009921943622, -0.010883072106359411],
  [-0.00565009921943622, 0.0017453269141757492, 0.0003991585319303236],
  [-0.010883072106359411, 0.0003991585319303236, 0.01721787214086009],
];
/** OLS.get_prediction(…).summary_frame(alpha=0.1): value, standard error and bounds of the mean. */
const PREDICTIONS = [
  {
    x: 2.5,
    g: 'b',
    value: 1.598381770271525,
    error: 0.08937067131200917,
    lower: 1.4449194247935229,
    upper: 1.7518441157495273,
  },
  {
    x: 0.3,
    g: 'a',
    value: 1.0135523488843348,
    error: 0.15699942381156387,
    lower: 0.7439616715053684,
    upper: 1.2831430262633012,
  },
  {
    x: 7,
    g: 'b',
    value: 4.806309926576862,
    error: 0.18799302190299347,
    lower: 4.483498766593395,
    upper: 5.129121086560329,
  },
];

describe('a general linear model', () => {
  it('gives standard errors and confidence intervals by its parameter covariances', () => {
    const covariances = COVARIANCES.flatMap((row, i) =>
      row.map((value, j) => `<PCovCell pRow="p${i}" pCol="p${j}" value="${value}"/>`),
    ).join('');
    const evaluator = evaluatorOf(
      pmml(
        { x: 'double', g: ['a', 'b'], t: 'double' },
        `<GeneralRegressionModel modelType="generalLinear" functionName="regression" modelDF="22">${schema(['x', 'g'], 't')}<Output><OutputField name="error" optype="continuous" dataType="double" feature="standardError"/><OutputField name="lower" optype="continuous" dataType="double" feature="confidenceIntervalLower" value="90"/><OutputField name="upper" optype="continuous" dataType="double" feature="confidenceIntervalUpper" value="90"/></Output><ParameterList><Parameter name="p0"/><Parameter name="p1"/><Parameter name="p2"/></ParameterList><FactorList><Predictor name="g"/></FactorList><CovariateList><Predictor name="x"/></CovariateList><PPMatrix><PPCell value="1" predictorName="x" parameterName="p1"/><PPCell value="b" predictorName="g" parameterName="p2"/></PPMatrix><PCovMatrix>${covariances}</PCovMatrix><ParamMatrix>${BETAS.map((beta, i) => `<PCell parameterName="p${i}" beta="${beta}"/>`).join('')}</ParamMatrix></GeneralRegressionModel>`,
      ),
    );
    for (const { x, g, value, error, lower, upper } of PREDICTIONS) {
      const result = evaluator.evaluate({ x, g });
      expect(result.t).toBeCloseTo(value, 12);
      expect(result.error).toBeCloseTo(error, 12);
      expect(result.lower).toBeCloseTo(lower, 10);
      expect(result.upper).toBeCloseTo(upper, 10);
    }
  });
});

describe('the predictors of a general regression', () => {
  const model = (modelType: string, attributes: string, cells: string) =>
    evaluatorOf(
      pmml(
        { t: 'double', x: 'double', f: 'double', c: ['a', 'b'], i: ['u', 'v'] },
        `<GeneralRegressionModel functionName="regression" modelType="${modelType}" ${attributes}>${schema(['x', 'f', 'c', 'i'], 't')}<ParameterList><Parameter name="p0"/><Parameter name="p1"/></ParameterList><FactorList><Predictor name="c"/><Predictor name="i"/></FactorList><CovariateList><Predictor name="x"/></CovariateList><PPMatrix>${cells}</PPMatrix><ParamMatrix><PCell parameterName="p0" beta="1.5" df="1"/><PCell parameterName="p1" beta="2" df="1"/></ParamMatrix></GeneralRegressionModel>`,
      ),
    );
  const cell = (name: string, value: string) => `<PPCell predictorName="${name}" value="${value}" parameterName="p1"/>`;

  // JPMML-Evaluator 1.7.7 gives these.
  it('a factor that is 0 leaves a missing covariate without a part', () => {
    const evaluator = model('generalLinear', '', cell('x', '1') + cell('c', 'a'));
    expect(evaluator.evaluate({ c: 'b' }).t).toBe(1.5);
    expect(evaluator.evaluate({ c: 'a' }).t).toBe(null);
    expect(evaluator.evaluate({ c: 'a', x: 3 }).t).toBe(7.5);
    expect(evaluator.evaluate({ x: 3 }).t).toBe(null);
  });

  it('a missing factor leaves no prediction, also beside one that is 0', () => {
    const evaluator = model('generalLinear', '', cell('c', 'a') + cell('i', 'u'));
    expect(evaluator.evaluate({ c: 'b' }).t).toBe(null);
  });

  it('offsets belong to the models with a link only', () => {
    const record = { x: 3, c: 'a', f: 10 };
    const cells = cell('x', '1');
    expect(model('regression', 'offsetValue="10"', cells).evaluate(record).t).toBe(7.5);
    expect(model('generalLinear', 'offsetVariable="f"', cells).evaluate(record).t).toBe(7.5);
    expect(model('generalizedLinear', 'linkFunction="identity" offsetValue="10"', cells).evaluate(record).t).toBe(17.5);
    expect(model('generalizedLinear', 'linkFunction="identity" offsetVariable="f"', cells).evaluate(record).t).toBe(
      17.5,
    );
  });

  it('trials multiply the mean of generalized linear models only', () => {
    expect(model('regression', 'trialsValue="4"', cell('x', '1')).evaluate({ x: 3 }).t).toBe(7.5);
    expect(
      model('generalizedLinear', 'linkFunction="identity" trialsValue="4"', cell('x', '1')).evaluate({ x: 3 }).t,
    ).toBe(30);
  });
});
