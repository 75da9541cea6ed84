import type { Element } from '../../../wire/xml/document.js';
import { invalidDocument, unsupported } from '../../errors.js';
import { enumAttribute, integerAttribute, numberAttribute, optionalNumber } from '../attributes.js';
import {
  type ArimaProcess,
  conditionalResiduals,
  differencePolynomial,
  forecastArima,
  lagPolynomial,
  multiplyPolynomials,
  outlierEffect,
  psiWeights,
} from './kernels/arima.js';
import type { Algorithm } from './time-series-model.js';
import { numbersIn, storedSeries, TRANSFORMATION_NAMES, TRANSFORMATIONS } from './time-series-values.js';

/** Lags that the polynomials of one component may reach back. */
const LONGEST_LAG = 20_000;

interface Component {
  readonly ar: readonly number[];
  readonly ma: readonly number[];
  readonly difference: number;
  readonly period: number;
}

/**
 * ARIMA: φ(B)Φ(Bˢ)((1−B)ᵈ(1−Bˢ)ᴰ y − constantTerm) = θ(B)Θ(Bˢ) a, moving averages added (1 + θ₁B + …).
 * `constantTerm` is the mean of the differenced series, as the writers of such documents store it.
 */
export const arimaForecast: Algorithm = (element, model) => {
  const regressor = element.child('DynamicRegressor');
  if (regressor !== undefined)
    throw unsupported(regressor, 'a forecast with dynamic regressors needs their future values');
  const transformation = TRANSFORMATIONS[enumAttribute(element, 'transformation', TRANSFORMATION_NAMES, 'none')];
  const components = [
    readComponent(element.child('NonseasonalComponent'), ['p', 'd', 'q'], 1),
    readComponent(element.child('SeasonalComponent'), ['P', 'D', 'Q'], undefined),
  ];
  const process = processOf(components, numberAttribute(element, 'constantTerm', 0));
  const stored = storedSeries(model).map(transformation.apply);
  const outliers = readOutliers(element, components[1]!.period, process);
  const history = stored.map((value, i) => value - outliers(i - stored.length));
  const residuals = readResiduals(element, process, history);
  const rmse = optionalNumber(element, 'RMSE');
  return (horizon) => {
    const values = forecastArima(process, history, residuals, horizon);
    let variance = 0;
    const psi = rmse === undefined ? [] : psiWeights(process, horizon);
    const variances = psi.map((weight) => {
      variance += weight * weight * rmse! * rmse!;
      return variance;
    });
    return {
      values: values.map((value, i) => transformation.invert(value + outliers(i))),
      variances: rmse === undefined || transformation !== TRANSFORMATIONS.none ? undefined : variances,
    };
  };
};

function readComponent(
  element: Element | undefined,
  [p, d, q]: readonly [string, string, string],
  period: number | undefined,
): Component {
  if (element === undefined) return { ar: [], ma: [], difference: 0, period: period ?? 1 };
  const ar = numbersIn(element, 'AR');
  const ma = numbersIn(element, 'MA', 'MACoefficients');
  for (const [name, list] of [
    [p, ar],
    [q, ma],
  ] as const) {
    if (integerAttribute(element, name, list.length) !== list.length)
      throw invalidDocument(
        `there are ${list.length} coefficients, and ${name} is ${element.attribute(name)}`,
        element,
      );
  }
  const difference = integerAttribute(element, d, 0);
  const length = period ?? integerAttribute(element, 'period');
  if (difference < 0 || length < 1 || (difference + ar.length + ma.length + 1) * length > LONGEST_LAG)
    throw invalidDocument('the order or the period of the component is out of range', element);
  return { ar, ma, difference, period: length };
}

function processOf(components: readonly Component[], mean: number): ArimaProcess {
  let autoregressive = [1];
  let difference = [1];
  let movingAverage = [1];
  for (const { ar, ma, difference: order, period } of components) {
    autoregressive = multiplyPolynomials(autoregressive, lagPolynomial(ar, period));
    difference = multiplyPolynomials(difference, differencePolynomial(order, period));
    const negated = ma.map((coefficient) => -coefficient);
    movingAverage = multiplyPolynomials(movingAverage, lagPolynomial(negated, period));
  }
  const gain = autoregressive.reduce((sum, coefficient) => sum + coefficient, 0);
  return {
    autoregressive: multiplyPolynomials(autoregressive, difference),
    movingAverage,
    constant: mean * gain,
  };
}

/** Stored residuals in the order of time; those of the seasonal component reach further back. */
function readResiduals(element: Element, process: ArimaProcess, history: readonly number[]): number[] {
  const theta = element.child('MaximumLikelihoodStat')?.child('ThetaRecursionState');
  if (theta !== undefined) {
    const noise = numbersIn(theta, 'FinalNoise');
    const predicted = numbersIn(theta, 'FinalPredictedNoise');
    if (noise.length > 0) return noise.map((value, i) => value - (predicted[i] ?? 0));
  }
  const lists = ['NonseasonalComponent', 'SeasonalComponent'].map((name) =>
    numbersIn(element.child(name), 'MA', 'Residuals'),
  );
  const longest = lists.reduce((best, list) => (list.length > best.length ? list : best), []);
  return longest.length > 0 ? longest : conditionalResiduals(process, history);
}

/** The sum of all outlier effects at a time: 0 is the first forecast, −1 the last stored value. */
function readOutliers(element: Element, period: number, process: ArimaProcess): (at: number) => number {
  const types = ['additive', 'level', 'transient', 'seasonalAdditive', 'trend', 'innovational'] as const;
  const effects = element.children('OutlierEffect').map((child) => ({
    type: enumAttribute(child, 'type', types),
    start: numberAttribute(child, 'startTime'),
    magnitude: numberAttribute(child, 'magnitude'),
    damping: numberAttribute(child, 'dampingCoefficient', 1),
  }));
  if (effects.length === 0) return () => 0;
  const series = element.parent?.children('TimeSeries')[0];
  const values = series?.children('TimeValue') ?? [];
  const last = values.at(-1);
  const lastIndex =
    (series && optionalNumber(series, 'endTime')) ?? (last && optionalNumber(last, 'index')) ?? values.length;
  return (at) => {
    let sum = 0;
    for (const { type, start, magnitude, damping } of effects) {
      sum += outlierEffect(type, lastIndex + 1 + at - start, magnitude, damping, period, process);
    }
    return sum;
  };
}
