import type { Element } from '../../../wire/xml/document.js';
import { evaluationError, invalidDocument } from '../../errors.js';
import { sparseEntries } from '../arrays.js';
import { enumAttribute, integerAttribute, optionalNumber, required } from '../attributes.js';
import { differencePolynomial, lagPolynomial, multiplyPolynomials } from './kernels/arima.js';
import { type TransferFunction, transferOutputs } from './kernels/transfer-function.js';
import {
  NO_SERIES,
  numbersIn,
  readSeries,
  type StoredSeries,
  storedSeries,
  TRANSFORMATION_NAMES,
  TRANSFORMATIONS,
} from './time-series-values.js';

/** Future values of a regressor that the caller gives, first step first; a scalar holds for every step. */
export type SuppliedValues = (field: string) => readonly number[] | number | undefined;

/** What a regressor adds to its target, differenced where it is an ARIMA, at the times 1 − past … horizon. */
export interface Regressor {
  /** Undefined: the first target. */
  readonly targetField: string | undefined;
  /** Undefined at past times whose inputs are not stored; throws where a future one is needed and not known. */
  readonly effect: (past: number, horizon: number, supplied: SuppliedValues) => (number | undefined)[];
}

const METHODS = ['constant', 'trend', 'stored', 'otherModel', 'userSupplied'] as const;

/** The names of the fields that the DynamicRegressors of an algorithm stand on. */
export function regressorFields(algorithm: Element | undefined): string[] {
  return (algorithm?.children('DynamicRegressor') ?? []).map((child) => required(child, 'field'));
}

/** Every DynamicRegressor of an ARIMA or a StateSpaceModel. `target` is the stored series of the target. */
export function readRegressors(
  algorithm: Element,
  model: Element,
  target: StoredSeries,
  period: number | undefined,
): Regressor[] {
  return algorithm.children('DynamicRegressor').map((element) => readRegressor(element, model, target, period));
}

function readRegressor(element: Element, model: Element, target: StoredSeries, period: number | undefined): Regressor {
  const name = required(element, 'field');
  const { apply } = TRANSFORMATIONS[enumAttribute(element, 'transformation', TRANSFORMATION_NAMES, 'none')];
  const transfer = readTransfer(element, period);
  const { history, future } = regressorValues(element, model, name, target);
  const method = futureMethod(element, name, history, future, target);
  return {
    targetField: element.attribute('targetField'),
    effect: (past, horizon, supplied) => {
      const next = method(supplied);
      const input = (time: number) => {
        const value = time <= 0 ? history[history.length - 1 + time] : next(time);
        return value === undefined ? undefined : apply(value);
      };
      const effects = transferOutputs(transfer, input, past, horizon);
      const gap = effects.findIndex((value, i) => value === undefined && i >= past);
      if (gap >= 0)
        throw evaluationError(`a value of ${name} before the forecast is needed and not stored`, element, name);
      return effects;
    },
  };
}

/** Stored values, divided at the last observed time of the target. */
function regressorValues(
  element: Element,
  model: Element,
  name: string,
  target: StoredSeries,
): { history: readonly number[]; future: readonly number[] } {
  const own = element.child('RegressorValues')?.child('TimeSeries');
  const named = model.children('TimeSeries').some((series) => series.attribute('field') === name);
  const { values, at } = own !== undefined ? readSeries(own) : named ? storedSeries(model, name) : NO_SERIES;
  const stored = element.attribute('futureValuesMethod') === 'stored';
  let past = values.length;
  if (target.end !== undefined && at.every((time) => time !== undefined)) {
    past = at.filter((time) => time! <= target.end!).length;
  } else if (target.values.length > 0) past = Math.min(values.length, target.values.length);
  else if (stored) past = 0;
  return { history: values.slice(0, past), future: values.slice(past) };
}

type FutureMethod = (supplied: SuppliedValues) => (time: number) => number;

function futureMethod(
  element: Element,
  name: string,
  history: readonly number[],
  future: readonly number[],
  target: StoredSeries,
): FutureMethod {
  const lacking = (sentence: string) => evaluationError(sentence, element, name);
  const listed = (values: readonly number[], where: string) => (time: number) => {
    const value = values[time - 1];
    if (value === undefined)
      throw lacking(`the forecast needs ${time} future values of ${name}, ${where} ${values.length}`);
    return value;
  };
  const method = enumAttribute(element, 'futureValuesMethod', METHODS, 'constant');
  if (method === 'stored') return () => listed(future, 'and RegressorValues stores');
  if (method === 'constant') {
    const last = history.at(-1);
    return () => () => {
      if (last === undefined) throw lacking(`RegressorValues stores no value of ${name} to go on with`);
      return last;
    };
  }
  if (method === 'trend') {
    const trend = readTrend(element);
    const origin = target.end ?? Math.max(history.length, target.values.length);
    return () => (time) => trend(origin + time);
  }
  return (supplied) => {
    const given = supplied(name);
    if (typeof given === 'number') return () => given;
    if (given !== undefined) return listed(given, 'and the record gives');
    if (future.length > 0) return listed(future, 'and RegressorValues stores');
    return () => {
      throw lacking(`the forecast needs the future values of ${name}: give them in the record, as a list`);
    };
  };
}

/** TrendCoefficients: the coefficient at index i belongs to the power i − 1 of the time. */
function readTrend(element: Element): (time: number) => number {
  const array = element.child('RegressorValues')?.child('TrendCoefficients')?.child('REAL-SparseArray');
  if (array === undefined) {
    throw invalidDocument('futureValuesMethod is trend, and there are no TrendCoefficients', element);
  }
  const { indices, values } = sparseEntries(array);
  return (time) => indices.reduce((sum, power, i) => sum + values[i]! * time ** power, 0);
}

/** (ω₀ − ω₁B − …)(1 − Ω₁Bˢ − …)(1 − B)ᵈ(1 − Bˢ)ᴰ over (1 − δ₁B − …)(1 − Δ₁Bˢ − …), as Box and Jenkins write them. */
function readTransfer(element: Element, period: number | undefined): TransferFunction {
  const numerator = element.child('Numerator');
  const denominator = element.child('Denominator');
  const polynomial = multiplyPolynomials(
    factor(numerator?.child('NonseasonalFactor'), 1, true),
    factor(numerator?.child('SeasonalFactor'), period, false),
  );
  const below = multiplyPolynomials(
    factor(denominator?.child('NonseasonalFactor'), 1, false),
    factor(denominator?.child('SeasonalFactor'), period, false),
  );
  if (below[0] === 0) throw invalidDocument('the denominator begins with zero', denominator);
  const delay = integerAttribute(element, 'delay', 0);
  if (delay < 0 || polynomial.length + below.length + delay > LONGEST_TRANSFER)
    throw invalidDocument('the delay or the order of the transfer function is out of range', element);
  return {
    numerator: polynomial,
    denominator: below,
    delay,
    outputs: numbersIn(element, 'RegressorValues', 'TransferFunctionValues'),
  };
}

const LONGEST_TRANSFER = 20_000;

/** One factor and its differences. `leads`: the first coefficient is that of B⁰; it also is where one more is listed. */
function factor(element: Element | undefined, step: number | undefined, leads: boolean): number[] {
  if (element === undefined) return [1];
  if (step === undefined) {
    throw invalidDocument('a SeasonalFactor needs a period', element, 'SeasonalComponent or StateSpaceModel gives it');
  }
  const listed = numbersIn(element);
  const order = optionalNumber(element, 'maximumOrder');
  const hasFirst = listed.length > 0 && (leads || order === listed.length - 1);
  const difference = integerAttribute(element, 'difference', 0);
  if (difference < 0 || (difference + listed.length) * step > LONGEST_TRANSFER)
    throw invalidDocument('the order of the factor is out of range', element);
  const polynomial = lagPolynomial(hasFirst ? listed.slice(1) : listed, step);
  if (hasFirst) polynomial[0] = listed[0]!;
  return multiplyPolynomials(polynomial, differencePolynomial(difference, step));
}
