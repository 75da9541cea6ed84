import type { Element } from '../../../wire/xml/document.js';
import { unsupported } from '../../errors.js';
import { enumAttribute, requiredChild } from '../attributes.js';
import type { Forecaster, ModelCompiler } from '../model.js';
import { NO_RESULT } from '../model.js';
import { numberOf } from '../values.js';
import { arimaForecast } from './time-series-arima.js';
import { garchForecast } from './time-series-garch.js';
import { smoothingForecast } from './time-series-smoothing.js';
import { stateSpaceForecast } from './time-series-state-space.js';

/** The next values of a series and, where the document allows them, their variances. */
export interface Forecast {
  readonly values: readonly number[];
  readonly variances?: readonly number[] | undefined;
}

/** Compiles one algorithm's element to a forecast of `horizon` values from the stored state. */
export type Algorithm = (element: Element, model: Element) => (horizon: number) => Forecast;

const BEST_FIT = [
  'ARIMA',
  'ExponentialSmoothing',
  'SeasonalTrendDecomposition',
  'SpectralAnalysis',
  'StateSpaceModel',
  'GARCH',
] as const;

/** SpectralAnalysis and SeasonalTrendDecomposition have no content in any version of PMML. */
const ALGORITHMS: Readonly<Record<(typeof BEST_FIT)[number], Algorithm | undefined>> = {
  ARIMA: arimaForecast,
  ExponentialSmoothing: smoothingForecast,
  StateSpaceModel: stateSpaceForecast,
  GARCH: garchForecast,
  SeasonalTrendDecomposition: undefined,
  SpectralAnalysis: undefined,
};

function compileForecast(element: Element): (horizon: number) => Forecast {
  const name = enumAttribute(element, 'bestFit', BEST_FIT);
  const algorithm = ALGORITHMS[name];
  if (algorithm === undefined) throw unsupported(element, `PMML defines no content for ${name}`, 'bestFit');
  return algorithm(requiredChild(element, name), element);
}

/** The next `horizon` values of a TimeSeriesModel, from the state that the document stores. */
export const forecastTimeSeries: Forecaster = (element) => {
  const forecast = compileForecast(element);
  return (horizon) => [...forecast(horizon).values];
};

const LONGEST_HORIZON = 100_000;

/** TimeSeriesModel: the value so many steps ahead as the only numeric active field says, else one step. */
export const compileTimeSeriesModel: ModelCompiler = (element, scope) => {
  const forecast = compileForecast(element);
  const names = scope.activeNames.filter((name) => !scope.targetNames.includes(name));
  const steps = names.length === 1 ? scope.find(names[0]!) : undefined;
  return (frame) => {
    const asked = steps === undefined ? 1 : (numberOf(steps.value(frame)) ?? 1);
    const horizon = Math.round(asked);
    if (!(horizon >= 1 && horizon <= LONGEST_HORIZON)) return NO_RESULT;
    const { values, variances } = forecast(horizon);
    const variance = variances?.[horizon - 1];
    return {
      value: values[horizon - 1],
      ...(variance === undefined
        ? {}
        : { variance, standardDeviation: Math.sqrt(variance), standardError: Math.sqrt(variance) }),
      explain: () => ({ horizon, forecast: values }),
    };
  };
};
