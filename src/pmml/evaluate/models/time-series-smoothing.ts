import type { Element } from '../../../wire/xml/document.js';
import { missingAttribute } from '../../errors.js';
import { arrayChild, arrayNumbers } from '../arrays.js';
import { enumAttribute, integerAttribute, numberAttribute, optionalNumber, requiredChild } from '../attributes.js';
import {
  forecastSmoothing,
  type SmoothingState,
  smoothingVariances,
  TREND_KINDS,
} from './kernels/exponential-smoothing.js';
import type { Algorithm } from './time-series-model.js';
import { storedSeries, TRANSFORMATION_NAMES, TRANSFORMATIONS } from './time-series-values.js';

/** ExponentialSmoothing: level, trend and season as stored; nothing is fitted again. */
export const smoothingForecast: Algorithm = (element, model) => {
  const transformation = TRANSFORMATIONS[enumAttribute(element, 'transformation', TRANSFORMATION_NAMES, 'none')];
  const rmse = transformation === TRANSFORMATIONS.none ? optionalNumber(element, 'RMSE') : undefined;
  const level = requiredChild(element, 'Level');
  const trend = element.child('Trend_ExpoSmooth');
  const season = element.child('Seasonality_ExpoSmooth');
  const smoothed = optionalNumber(level, 'smoothedValue') ?? storedSeries(model).values.at(-1);
  if (smoothed === undefined) throw missingAttribute(level, 'smoothedValue');
  const state: SmoothingState = {
    level: smoothed,
    alpha: optionalNumber(level, 'alpha'),
    quadratic: optionalNumber(level, 'quadraticSmoothedValue'),
    cubic: optionalNumber(level, 'cubicSmoothedValue'),
    trend: trend === undefined ? undefined : readTrend(trend),
    seasonality: season === undefined ? undefined : readSeason(season),
  };
  return (horizon) => ({
    values: Array.from({ length: horizon }, (_, i) => transformation.invert(forecastSmoothing(state, i + 1))),
    variances: rmse === undefined ? undefined : smoothingVariances(state, horizon)?.map((value) => value * rmse * rmse),
  });
};

function readTrend(element: Element): NonNullable<SmoothingState['trend']> {
  const kind = enumAttribute(element, 'trend', [...TREND_KINDS], 'additive');
  const array = kind === 'polynomial_exponential' ? arrayChild(element) : undefined;
  const neutral = kind.endsWith('multiplicative') ? 1 : 0;
  return {
    kind,
    value: numberAttribute(element, 'smoothedValue', neutral),
    phi: numberAttribute(element, 'phi', 1),
    gamma: optionalNumber(element, 'gamma'),
    polynomial: array === undefined ? undefined : [...arrayNumbers(array)],
  };
}

function readSeason(element: Element): NonNullable<SmoothingState['seasonality']> {
  const array = arrayChild(element);
  const factors = array === undefined ? [] : [...arrayNumbers(array)];
  integerAttribute(element, 'period');
  return {
    kind: enumAttribute(element, 'type', ['additive', 'multiplicative']),
    factors,
    phase: integerAttribute(element, 'phase', factors.length),
    delta: optionalNumber(element, 'delta'),
  };
}
