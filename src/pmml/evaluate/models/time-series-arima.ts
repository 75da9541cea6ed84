import type { Element } from '../../../wire/xml/document.js';
import { invalidDocument } from '../../errors.js';
import { enumAttribute, integerAttribute, numberAttribute, optionalNumber } from '../attributes.js';
import {
  type ArmaProcess,
  applyPolynomial,
  conditionalResiduals,
  differencePolynomial,
  forecastArma,
  integrate,
  lagPolynomial,
  multiplyPolynomials,
  outlierEffect,
  psiWeights,
} from './kernels/arima.js';
import { exactNoise, type NoiseForecast } from './time-series-exact.js';
import type { Algorithm } from './time-series-model.js';
import { readRegressors } from './time-series-regressors.js';
import {
  numbersIn,
  type StoredSeries,
  storedSeries,
  TRANSFORMATION_NAMES,
  TRANSFORMATIONS,
} from './time-series-values.js';

/** Lags that the polynomials of one component may reach back. */
const LONGEST_LAG = 20_000;

interface Component {
  readonly ar: readonly number[];
  readonly ma: readonly number[];
  readonly difference: number;
  readonly period: number;
}

/**
 * ARIMA: Δy = constantTerm + Σ transfer functions + N with Δ = (1−B)ᵈ(1−Bˢ)ᴰ and φ(B)Φ(Bˢ) N = θ(B)Θ(Bˢ) a, moving
 * averages added (1 + θ₁B + …). `constantTerm` is the mean of the differenced series, as the writers store it.
 */
export const arimaForecast: Algorithm = (element, model) => {
  const transformation = TRANSFORMATIONS[enumAttribute(element, 'transformation', TRANSFORMATION_NAMES, 'none')];
  const seasonal = element.child('SeasonalComponent');
  const components = [
    readComponent(element.child('NonseasonalComponent'), ['p', 'd', 'q'], 1),
    readComponent(seasonal, ['P', 'D', 'Q'], undefined),
  ];
  const period = components[1]!.period;
  const process = processOf(components);
  const mean = numberAttribute(element, 'constantTerm', 0);
  const target = storedSeries(model);
  const stored = target.values.map(transformation.apply);
  const outliers = readOutliers(element, period, process, target);
  const history = stored.map((value, i) => value - outliers(i - stored.length));
  const order = process.difference.length - 1;
  if (history.length < order) {
    throw invalidDocument(`the differences need ${order} values of the series, it has ${history.length}`, element);
  }
  const changes = applyPolynomial(process.difference, history);
  const regressors = readRegressors(element, model, target, seasonal === undefined ? undefined : period);
  const noiseForecast = readNoise(element, process);
  const rmse = optionalNumber(element, 'RMSE');
  return (horizon, supplied) => {
    const effects = regressors.map(({ effect }) => effect(changes.length, horizon, supplied));
    const expected = Array.from({ length: changes.length + horizon }, (_, i) =>
      effects.reduce<number | undefined>((sum, list) => add(sum, list[i]), mean),
    );
    const centred = changes.map((change, i) => (expected[i] === undefined ? undefined : change - expected[i]!));
    const noise = centred.slice(centred.lastIndexOf(undefined) + 1) as number[];
    const next = noiseForecast(noise, horizon);
    const steps = next.map((value, i) => value + expected[changes.length + i]!);
    const values = integrate(process.difference, history, steps);
    return {
      values: values.map((value, i) => transformation.invert(value + outliers(i))),
      variances:
        rmse === undefined || transformation !== TRANSFORMATIONS.none
          ? undefined
          : runningVariances(psiWeights(process, horizon), rmse * rmse),
    };
  };
};

function add(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a + b;
}

/** σ²(ψ₀² + … + ψₕ₋₁²) for every h. */
export function runningVariances(psi: readonly number[], variance: number): number[] {
  let sum = 0;
  return psi.map((weight) => {
    sum += weight * weight * variance;
    return sum;
  });
}

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

function processOf(components: readonly Component[]): ArmaProcess {
  let autoregressive = [1];
  let difference = [1];
  let movingAverage = [1];
  for (const { ar, ma, difference: order, period } of components) {
    autoregressive = multiplyPolynomials(autoregressive, lagPolynomial(ar, period));
    difference = multiplyPolynomials(difference, differencePolynomial(order, period));
    const negated = ma.map((coefficient) => -coefficient);
    movingAverage = multiplyPolynomials(movingAverage, lagPolynomial(negated, period));
  }
  return { autoregressive, movingAverage, difference };
}

/** How the noise goes on: by the stored state or exactly for exactLeastSquares, else by the residuals. */
function readNoise(element: Element, process: ArmaProcess): NoiseForecast {
  const method = ['conditionalLeastSquares', 'exactLeastSquares'] as const;
  const exact = enumAttribute(element, 'predictionMethod', method, 'conditionalLeastSquares') === 'exactLeastSquares';
  const residuals = readResiduals(element);
  const conditional: NoiseForecast = (noise, horizon) =>
    forecastArma(process, noise, residuals.length > 0 ? residuals : conditionalResiduals(process, noise), horizon);
  return exact ? exactNoise(element, process, residuals.length > 0 ? conditional : undefined) : conditional;
}

/** Stored residuals in the order of time; those of the seasonal component reach further back. */
function readResiduals(element: Element): number[] {
  const lists = ['NonseasonalComponent', 'SeasonalComponent'].map((name) =>
    numbersIn(element.child(name), 'MA', 'Residuals'),
  );
  return lists.reduce((best, list) => (list.length > best.length ? list : best), []);
}

/** The sum of all outlier effects at a time: 0 is the first forecast, −1 the last stored value. */
function readOutliers(
  element: Element,
  period: number,
  process: ArmaProcess,
  { end, values }: StoredSeries,
): (at: number) => number {
  const types = ['additive', 'level', 'transient', 'seasonalAdditive', 'trend', 'innovational'] as const;
  const effects = element.children('OutlierEffect').map((child) => ({
    type: enumAttribute(child, 'type', types),
    start: numberAttribute(child, 'startTime'),
    magnitude: numberAttribute(child, 'magnitude'),
    damping: numberAttribute(child, 'dampingCoefficient', 1),
  }));
  const last = end ?? values.length;
  return (at) => {
    let sum = 0;
    for (const { type, start, magnitude, damping } of effects) {
      sum += outlierEffect(type, last + 1 + at - start, magnitude, damping, period, process);
    }
    return sum;
  };
}
