import type { Element } from '../../../wire/xml/document.js';
import { invalidDocument } from '../../errors.js';
import { matrixRows } from '../arrays.js';
import { enumAttribute, integerAttribute, numberAttribute, requiredChild } from '../attributes.js';
import { type ArmaProcess, conditionalResiduals, forecastArma } from './kernels/arima.js';
import { advance, exactForecast, innovationsForecast } from './kernels/arma-exact.js';
import { dot, matrixVector } from './kernels/linear-algebra.js';
import { numbersIn } from './time-series-values.js';

/** The next values of the stationary noise, from its past. */
export type NoiseForecast = (noise: readonly number[], horizon: number) => number[];

/**
 * predictionMethod="exactLeastSquares": from the state in MaximumLikelihoodStat; without one by `otherwise`, or exactly
 * from the whole series.
 */
export function exactNoise(
  element: Element,
  process: ArmaProcess,
  otherwise: NoiseForecast | undefined,
): NoiseForecast {
  const likelihood = element.child('MaximumLikelihoodStat');
  const exact: NoiseForecast = (noise, horizon) =>
    exactForecast(process, noise, horizon) ??
    forecastArma(process, noise, conditionalResiduals(process, noise), horizon);
  if (likelihood === undefined) return otherwise ?? exact;
  // The state lags behind the end of the series; the series itself leads to the same forecasts.
  if (integerAttribute(likelihood, 'periodDeficit', 0) !== 0) return otherwise ?? exact;
  return enumAttribute(likelihood, 'method', ['kalman', 'thetaRecursion']) === 'kalman'
    ? kalmanNoise(requiredChild(likelihood, 'KalmanState'), process)
    : thetaNoise(requiredChild(likelihood, 'ThetaRecursionState'), process);
}

/**
 * KalmanState. A state of max(p, q) values holds the forecasts of the next ones (HVector are its ψ weights), one of
 * max(p, q + 1) values is the filter's own. Either is that of the first forecast, unless it begins with the last value
 * of the noise: then it is that of the last stored time.
 */
function kalmanNoise(element: Element, process: ArmaProcess): NoiseForecast {
  const stored = numbersIn(element, 'FinalStateVector');
  const p = process.autoregressive.length - 1;
  const q = process.movingAverage.length - 1;
  const phi = Array.from({ length: Math.max(p, q + 1) }, (_, i) => -(process.autoregressive[i + 1] ?? 0));
  const own = element.child('TransitionMatrix')?.child('Matrix');
  const observed = element.child('MeasurementMatrix')?.child('Matrix');
  if (own !== undefined && observed !== undefined) {
    const transition = matrixRows(own).map((row) => [...row]);
    const measurement = [...(matrixRows(observed)[0] ?? [])];
    if (transition.length !== stored.length || measurement.length !== stored.length)
      throw invalidDocument(`the matrices do not fit a state of ${stored.length} values`, element);
    return (_, horizon) =>
      iterate(
        stored,
        horizon,
        (state) => matrixVector(transition, state),
        (state) => dot(measurement, state),
      );
  }
  const filters =
    stored.length === phi.length && (stored.length !== Math.max(p, q) || element.child('HVector') === undefined);
  if (!filters && stored.length !== Math.max(p, q, 1)) {
    throw invalidDocument(
      `the state has ${stored.length} values, and the process needs ${Math.max(p, q, 1)} or ${phi.length}`,
      element,
    );
  }
  return (noise, horizon) => {
    if (q === 0 && stored.every((value, i) => near(value, noise.at(-1 - i))))
      return forecastArma(process, noise, [], horizon);
    const seen = near(stored[0]!, noise.at(-1));
    if (filters && (seen || stored.length !== Math.max(p, q))) {
      return iterate(
        seen ? advance(stored, phi) : stored,
        horizon,
        (state) => advance(state, phi),
        (state) => state[0]!,
      );
    }
    if (horizon <= stored.length) return stored.slice(0, horizon);
    return [...stored, ...forecastArma({ ...process, movingAverage: [1] }, stored, [], horizon - stored.length)];
  };
}

function near(value: number, other: number | undefined): boolean {
  return other !== undefined && Math.abs(value - other) <= 1e-9 * Math.max(1, Math.abs(other));
}

function iterate(
  start: readonly number[],
  horizon: number,
  move: (state: readonly number[]) => number[],
  observe: (state: readonly number[]) => number,
): number[] {
  const values: number[] = [];
  let state = start;
  for (let h = 0; h < horizon; h++) {
    if (h > 0) state = move(state);
    values.push(observe(state));
  }
  return values;
}

/** ThetaRecursionState: the innovations algorithm, carried on from its last rows. */
function thetaNoise(element: Element, process: ArmaProcess): NoiseForecast {
  const final = numbersIn(element, 'FinalNoise');
  const predicted = numbersIn(element, 'FinalPredictedNoise');
  if (final.length !== predicted.length) {
    throw invalidDocument(`there are ${final.length} values of noise and ${predicted.length} predicted ones`, element);
  }
  const byRow = new Map<number, number[]>();
  for (const theta of element.child('FinalTheta')?.children('Theta') ?? []) {
    const row = byRow.get(integerAttribute(theta, 'i', 0)) ?? [];
    byRow.set(integerAttribute(theta, 'i', 0), row);
    const lag = integerAttribute(theta, 'j', 1);
    if (lag >= 1 && lag < process.movingAverage.length) row[lag - 1] = numberAttribute(theta, 'theta', 0);
  }
  const rows = [...byRow]
    .sort(([a], [b]) => a - b)
    .map(([, row]) => Array.from(row, (value: number | undefined) => value ?? 0));
  const state = {
    innovations: final.map((value, i) => value - predicted[i]!),
    rows,
    variances: numbersIn(element, 'FinalNu'),
  };
  return (noise, horizon) => innovationsForecast(process, noise.length >= final.length ? noise : final, state, horizon);
}
