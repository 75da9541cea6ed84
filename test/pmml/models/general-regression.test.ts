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
