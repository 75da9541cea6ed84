import type { Element } from '../../../wire/xml/document.js';
import { invalidDocument, missingElement, unsupported } from '../../errors.js';
import { matrixRows } from '../arrays.js';
import { numberAttribute } from '../attributes.js';
import { forecastStateSpace, forecastVariances, type StateSpace } from './kernels/state-space.js';
import type { Algorithm } from './time-series-model.js';
import { numbersIn } from './time-series-values.js';

/** StateSpaceModel: the stored state is that of the last observed time; it moves before each forecast. */
export const stateSpaceForecast: Algorithm = (element) => {
  for (const name of ['DynamicRegressor', 'PsiVector']) {
    const child = element.child(name);
    if (child !== undefined) throw unsupported(child, 'a forecast with dynamic regressors needs their future values');
  }
  const state = numbersIn(element, 'StateVector');
  const transition = matrixOf(element, 'TransitionMatrix');
  const measurement = matrixOf(element, 'MeasurementMatrix')?.[0];
  if (state.length === 0) throw missingElement(element, 'StateVector');
  if (transition === undefined) throw missingElement(element, 'TransitionMatrix');
  if (measurement === undefined) throw missingElement(element, 'MeasurementMatrix');
  const n = state.length;
  if (transition.length !== n || transition.some((row) => row.length !== n) || measurement.length !== n) {
    throw invalidDocument(`the matrices do not fit a state of ${n} values`, element);
  }
  const intercepts = readIntercepts(element);
  const model: StateSpace = {
    state,
    transition,
    measurement,
    ...intercepts,
    predictedCovariance: matrixOf(element, 'PredictedStateCovarianceMatrix'),
    selectedCovariance: matrixOf(element, 'SelectedStateCovarianceMatrix'),
    observationVariance: matrixOf(element, 'ObservationVarianceMatrix')?.[0]?.[0] ?? 0,
  };
  const variance = numberAttribute(element, 'variance', 1);
  return (horizon) => ({
    values: forecastStateSpace(model, horizon),
    variances: forecastVariances(model, horizon)?.map((value) => value * variance),
  });
};

function matrixOf(element: Element, name: string): number[][] | undefined {
  const matrix = element.child(name)?.child('Matrix');
  return matrix === undefined ? undefined : matrixRows(matrix).map((row) => [...row]);
}

function readIntercepts(element: Element): { stateIntercept: number[]; observationIntercept: number } {
  let stateIntercept: number[] = [];
  let observationIntercept = numberAttribute(element, 'intercept', 0);
  for (const vector of element.children('InterceptVector')) {
    const values = numbersIn(vector);
    if ((vector.attribute('type') ?? 'state') === 'state') stateIntercept = values;
    else observationIntercept += values[0] ?? 0;
  }
  return { stateIntercept, observationIntercept };
}
