import type { Element } from '../../../wire/xml/document.js';
import { badAttribute, invalidDocument, missingElement } from '../../errors.js';
import { matrixRows } from '../arrays.js';
import { integerAttribute, numberAttribute, optionalNumber } from '../attributes.js';
import { forecastStateSpace, forecastVariances, type StateSpace } from './kernels/state-space.js';
import { runningVariances } from './time-series-arima.js';
import type { Algorithm } from './time-series-model.js';
import { readRegressors } from './time-series-regressors.js';
import { numbersIn, storedSeries, targetFields } from './time-series-values.js';

/**
 * StateSpaceModel: the stored state is that of the last observed time and moves before each forecast. Documents that
 * also store an InterceptVector or a PredictedStateCovarianceMatrix hold the predicted state, of the first forecast.
 * Regressors add to what is observed; PsiVectors give the variances where no covariances do.
 */
export const stateSpaceForecast: Algorithm = (element, model) => {
  const state = numbersIn(element, 'StateVector');
  const transition = matrixOf(element, 'TransitionMatrix');
  const measurements = matrixOf(element, 'MeasurementMatrix') ?? [];
  if (state.length === 0) throw missingElement(element, 'StateVector');
  if (transition === undefined) throw missingElement(element, 'TransitionMatrix');
  if (measurements.length === 0) throw missingElement(element, 'MeasurementMatrix');
  const n = state.length;
  if (
    transition.length !== n ||
    transition.some((row) => row.length !== n) ||
    measurements.some((row) => row.length !== n)
  ) {
    throw invalidDocument(`the matrices do not fit a state of ${n} values`, element);
  }
  const intercepts = readIntercepts(element);
  const space: StateSpace = {
    state,
    transition,
    predicted: ['InterceptVector', 'PredictedStateCovarianceMatrix'].some((name) => element.child(name) !== undefined),
    stateIntercept: intercepts.state,
    predictedCovariance: matrixOf(element, 'PredictedStateCovarianceMatrix'),
    selectedCovariance: matrixOf(element, 'SelectedStateCovarianceMatrix'),
  };
  const variance = numberAttribute(element, 'variance', 1);
  const noise = matrixOf(element, 'ObservationVarianceMatrix');
  const observed = measurements.map((measurement, i) => ({
    measurement,
    intercept: intercepts.observation[i] ?? intercepts.observation[0]!,
    variance: noise?.[i]?.[i] ?? 0,
  }));
  const targets = targetFields(model);
  const regressors = readRegressors(element, model, storedSeries(model), periodOf(element));
  const psi = readPsi(element, variance);
  return (horizon, supplied) => {
    const effects = regressors.map(({ effect, targetField = targets[0] }) => ({
      targetField,
      effect: effect(0, horizon, supplied),
    }));
    const series = observed.map((observation, i) => ({
      values: forecastStateSpace(space, observation, horizon).map((value, step) =>
        effects.reduce(
          (sum, { targetField, effect }) => (targetField === targets[i] ? sum + effect[step]! : sum),
          value,
        ),
      ),
      variances:
        forecastVariances(space, observation, horizon)?.map((value) => value * variance) ??
        (psi.get(targets[i]) ?? (i === 0 ? psi.get(undefined) : undefined))?.slice(0, horizon),
    }));
    return { ...series[0]!, series };
  };
};

/** The season of the regressors' SeasonalFactors; "none" by default. */
function periodOf(element: Element): number | undefined {
  const text = element.attribute('period');
  if (text === undefined || text === 'none') return undefined;
  const period = integerAttribute(element, 'period');
  if (period < 1) throw badAttribute(element, 'period', 'none, or 1 and more');
  return period;
}

/** Variances of the forecasts by target field, from the ψ weights; ψ₀ = 1 is added where the list begins later. */
function readPsi(element: Element, variance: number): Map<string | undefined, number[]> {
  return new Map(
    element.children('PsiVector').map((child) => {
      const weights = numbersIn(child);
      const psi = weights[0] === 1 ? weights : [1, ...weights];
      return [child.attribute('targetField'), runningVariances(psi, optionalNumber(child, 'variance') ?? variance)];
    }),
  );
}

function matrixOf(element: Element, name: string): number[][] | undefined {
  const matrix = element.child(name)?.child('Matrix');
  return matrix === undefined ? undefined : matrixRows(matrix).map((row) => [...row]);
}

/** The attribute and the vectors of both types; an observation's intercepts are one for each row of measurements. */
function readIntercepts(element: Element): { state: number[]; observation: number[] } {
  let state: number[] = [];
  const constant = numberAttribute(element, 'intercept', 0);
  let observation = [constant];
  for (const vector of element.children('InterceptVector')) {
    const values = numbersIn(vector);
    if ((vector.attribute('type') ?? 'state') === 'state') state = values;
    else observation = values.map((value) => value + constant);
  }
  return { state, observation };
}
