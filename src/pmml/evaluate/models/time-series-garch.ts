import { numberAttribute, requiredChild } from '../attributes.js';
import { forecastGarch } from './kernels/garch.js';
import type { Algorithm } from './time-series-model.js';
import { numbersIn, storedSeries } from './time-series-values.js';

/** GARCH: the ARMA part gives the values, the GARCH part their variances. */
export const garchForecast: Algorithm = (element, model) => {
  const arma = requiredChild(element, 'ARMAPart');
  const garch = requiredChild(element, 'GARCHPart');
  const squares = garch.child('ResidualSquareCoefficients');
  const past = garch.child('VarianceCoefficients');
  const shocks = numbersIn(squares, 'Residuals');
  const residuals = numbersIn(arma, 'MA', 'Residuals');
  const state = {
    constant: numberAttribute(arma, 'constant', 0),
    ar: numbersIn(arma, 'AR'),
    ma: numbersIn(arma, 'MA', 'MACoefficients'),
    varianceConstant: numberAttribute(garch, 'constant', 0),
    residualSquareCoefficients: numbersIn(squares, 'MACoefficients'),
    varianceCoefficients: numbersIn(past, 'MACoefficients'),
    series: storedSeries(model).values,
    residuals: residuals.length > 0 ? residuals : shocks,
    shocks: shocks.length > 0 ? shocks : residuals,
    variances: numbersIn(past, 'PastVariances'),
  };
  return (horizon) => {
    const { means, variances } = forecastGarch(state, horizon);
    return { values: means, variances };
  };
};
