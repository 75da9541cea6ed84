import type { Element } from '../../../wire/xml/document.js';
import { invalidDocument, missingElement, unsupported } from '../../errors.js';
import { matrixRows } from '../arrays.js';
import { numberAttribute } from '../attributes.js';
import { forecastStateSpace, forecastVariances, type StateSpace } from './kernels/state-space.js';
import type { Algorithm } from './time-series-model.js';
import { numbersIn } from './time-series-values.js';

/**
 * StateSpaceModel: the stored state is that of the last observed time and moves before each forecast. Documents that
 * also store an InterceptVector or a PredictedStateCovarianceMatrix hold the predicted state, of the first forecast.
 */
export const stateSpaceForecast: Algorithm = (element) => {
  for (const name of ['DynamicRegressor', 'PsiVector']) {
    const child = element.child(name);
    if (child !== undefined) throw unsupported(child, 'a forecast with dynamic regressors needs their future values');
  }
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
  const model: StateSpace = {
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
  return (horizon) => {
    const series = observed.map((observation) => ({
      values: forecastStateSpace(model, observation, horizon),
      variances: forecastVariances(model, observation, horizon)?.map((value) => value * variance),
    }));
    return { ...series[0]!, series };
  };
};

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
