import type { Element } from '../../../wire/xml/document.js';
import { evaluationError, unsupported } from '../../errors.js';
import { enumAttribute, requiredChild } from '../attributes.js';
import type { Field, Forecaster, Frame, ModelCompiler, ModelResult, Scope } from '../model.js';
import { NO_RESULT } from '../model.js';
import { numberOf, type Value } from '../values.js';
import { isCollection } from './field-values.js';
import { arimaForecast } from './time-series-arima.js';
import { garchForecast } from './time-series-garch.js';
import { regressorFields, type SuppliedValues } from './time-series-regressors.js';
import { smoothingForecast } from './time-series-smoothing.js';
import { stateSpaceForecast } from './time-series-state-space.js';
import { storedPredictions, storedSeries } from './time-series-values.js';

/** The next values of a series and, where the document allows them, their variances. */
export interface Forecast {
  readonly values: readonly number[];
  readonly variances?: readonly number[] | undefined;
  /** All series of a model of several, the first one included, in the order of the targets. */
  readonly series?: readonly Omit<Forecast, 'series'>[] | undefined;
}

/** A forecast of `horizon` values, with the future values of regressors that the caller gives. */
type ForecastFunction = (horizon: number, supplied: SuppliedValues) => Forecast;

/** Compiles one algorithm's element to a forecast from the stored state. */
export type Algorithm = (element: Element, model: Element) => ForecastFunction;

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

function compileForecast(element: Element): ForecastFunction {
  const name = enumAttribute(element, 'bestFit', BEST_FIT);
  const algorithm = ALGORITHMS[name];
  if (algorithm !== undefined) return algorithm(requiredChild(element, name), element);
  const predictions = storedPredictions(element);
  if (predictions.length === 0) {
    const scored = BEST_FIT.filter((other) => ALGORITHMS[other] !== undefined && element.child(other) !== undefined);
    const hint =
      scored.length > 0
        ? `the model also holds ${scored.join(', ')}, which bestFit may name`
        : 'a TimeSeries of usage "prediction" would be read';
    throw unsupported(
      element,
      `PMML defines no content for ${name}, so that nothing can be forecast: ${hint}`,
      'bestFit',
    );
  }
  return (horizon) => {
    if (horizon > predictions.length) {
      throw evaluationError(`the document stores ${predictions.length} predictions, asked were ${horizon}`, element);
    }
    return { values: predictions.slice(0, horizon) };
  };
}

/** The next `horizon` values of a TimeSeriesModel, from the state that the document stores. */
export const forecastTimeSeries: Forecaster = (element) => {
  const forecast = compileForecast(element);
  return (horizon) => [...forecast(horizon, () => undefined).values];
};

const LONGEST_HORIZON = 100_000;

/** The fields of one usage that are no regressors, if there is just one. */
function onlyField(scope: Scope, usage: string, regressors: readonly string[]): Field | undefined {
  const fields = scope.element.child('MiningSchema')?.children('MiningField') ?? [];
  const names = fields
    .filter((field) => (field.attribute('usageType') ?? 'active') === usage)
    .map((field) => field.attribute('name') ?? '')
    .filter((name) => !regressors.includes(name));
  return names.length === 1 ? scope.find(names[0]!) : undefined;
}

/**
 * The steps to look ahead: the only active input, else the only supplementary one; else the only field of usage
 * "order", a number that counts on from the index of the last stored value; else one.
 */
function stepsAhead(scope: Scope, regressors: readonly string[]): (frame: Frame) => number {
  const steps = onlyField(scope, 'active', regressors) ?? onlyField(scope, 'supplementary', regressors);
  if (steps !== undefined) return (frame) => numberOf(steps.value(frame)) ?? 1;
  const order = onlyField(scope, 'order', regressors);
  const { end } = storedSeries(scope.element);
  if (order === undefined || end === undefined) return () => 1;
  return (frame) => {
    const at = numberOf(order.value(frame));
    return at === undefined ? 1 : at - end;
  };
}

/** TimeSeriesModel: the values so many steps ahead as the horizon field says, else one step. */
export const compileTimeSeriesModel: ModelCompiler = (element, scope) => {
  const forecast = compileForecast(element);
  const regressors = regressorFields(element.child(element.attribute('bestFit') ?? ''));
  const steps = stepsAhead(scope, regressors);
  const supplies = new Map(regressors.map((name) => [name, scope.find(name)]));
  return (frame) => {
    const horizon = Math.round(steps(frame));
    if (!(horizon >= 1 && horizon <= LONGEST_HORIZON)) return NO_RESULT;
    const all = forecast(horizon, (name) => suppliedValues(supplies.get(name)?.value(frame)));
    const { series = [] } = all;
    const targets = new Map(
      scope.targetNames.flatMap((name, i) =>
        series[i] === undefined ? [] : [[name, at(series[i], horizon)] as const],
      ),
    );
    return {
      ...at(all, horizon),
      ...(targets.size > 1 ? { targets } : {}),
      explain: () => ({ horizon, forecast: all.values }),
    };
  };
};

function suppliedValues(value: Value): number | readonly number[] | undefined {
  if (value === undefined) return undefined;
  return isCollection(value) ? value.map((item) => numberOf(item) ?? Number.NaN) : numberOf(value);
}

function at({ values, variances }: Omit<Forecast, 'series'>, horizon: number): ModelResult {
  const value = values[horizon - 1];
  const variance = variances?.[horizon - 1];
  if (variance === undefined) return { value };
  const standardError = Math.sqrt(variance);
  return { value, variance, standardDeviation: standardError, standardError };
}
