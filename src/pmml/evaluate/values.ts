import { badValue } from '../errors.js';
import { singleOf } from './single.js';
import { daysFromCivil, parseTemporal, secondsOfDuration, Temporal } from './temporal.js';

export type DataType = string;
export type OpType = 'continuous' | 'categorical' | 'ordinal';

/** A value that is there. Integers, floats, doubles and counted dates are numbers. */
export type Scalar = string | number | boolean | Temporal;
/** A value at evaluation: undefined is missing, an array is a collection. */
export type Value = Scalar | readonly Scalar[] | undefined;

export function isCollection(value: Value): value is readonly Scalar[] {
  return Array.isArray(value);
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const SPECIAL: Readonly<Record<string, number>> = {
  INF: Number.POSITIVE_INFINITY,
  '+INF': Number.POSITIVE_INFINITY,
  '-INF': Number.NEGATIVE_INFINITY,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
  NaN: Number.NaN,
};
/** Spellings that data files bring for a number: those of Python and R, and truth values as they are as numbers. */
const LOOSE: Readonly<Record<string, number>> = {
  inf: Number.POSITIVE_INFINITY,
  '+inf': Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
  infinity: Number.POSITIVE_INFINITY,
  '+infinity': Number.POSITIVE_INFINITY,
  '-infinity': Number.NEGATIVE_INFINITY,
  nan: Number.NaN,
  true: 1,
  false: 0,
};
const SINCE = /^date(Time)?(Days|Seconds)Since\[?(\d+)\]?$/;

/** A number as XML Schema's double spells it; undefined if the text is none. */
export function parseNumber(text: string): number | undefined {
  const trimmed = text.trim();
  if (NUMBER.test(trimmed)) return Number(trimmed);
  return Object.hasOwn(SPECIAL, trimmed) ? SPECIAL[trimmed] : undefined;
}

/** A text where a number is asked for: any spelling of one, `true` and `false` as 1 and 0; undefined if it is none. */
export function looseNumber(text: string): number | undefined {
  const value = parseNumber(text);
  if (value !== undefined) return value;
  const lower = text.trim().toLowerCase();
  return Object.hasOwn(LOOSE, lower) ? LOOSE[lower] : undefined;
}

const truthOf = (value: number | undefined): boolean | undefined =>
  value === 1 ? true : value === 0 ? false : undefined;

/** Whether values of the type are numbers (counted dates included). */
export function isNumeric(type: DataType | undefined): boolean {
  if (type === undefined) return false;
  return type === 'double' || type === 'integer' || type === 'float' || type === 'timeSeconds' || SINCE.test(type);
}

/** A function from text to the values of a data type; it returns undefined for text that does not fit. */
export function parserOf(type: DataType): (text: string) => Scalar | undefined {
  switch (type) {
    case 'string':
      return (text) => text;
    case 'double':
      return looseNumber;
    case 'float':
      return (text) => {
        const value = looseNumber(text);
        return value === undefined ? undefined : singleOf(text, value);
      };
    case 'integer':
      return (text) => {
        const value = looseNumber(text);
        return value !== undefined && Number.isInteger(value) ? value : undefined;
      };
    case 'boolean':
      return (text) => truthOf(looseNumber(text));
    case 'date':
    case 'time':
    case 'dateTime':
      return (text) => parseTemporal(text, type);
    case 'timeSeconds':
      return (text) => notNegative(parseNumber(text)) ?? secondsOfDuration(text);
    default: {
      const since = SINCE.exec(type);
      if (since === null) return (text) => text;
      return (text) => parseNumber(text) ?? sinceEpoch(text, since);
    }
  }
}

/** "No negative values are allowed" for seconds since midnight. */
function notNegative(seconds: number | undefined): number | undefined {
  return seconds !== undefined && seconds >= 0 ? seconds : undefined;
}

function sinceEpoch(text: string, [, time, unit, year]: RegExpExecArray): number | undefined {
  const value = parseTemporal(text, time === undefined ? 'date' : 'dateTime');
  if (value === undefined) return undefined;
  const days = value.days - epochDay(Number(year));
  return unit === 'Days' ? days : days * 86_400 + Math.floor(value.seconds);
}

/** Days from 1970-01-01 to 1 January of a year; year 0 as PMML counts it, the year before 1. */
export function epochDay(year: number): number {
  return daysFromCivil(year, 1, 1);
}

/**
 * A value in another data type: text is parsed, numbers become text, 1 and 0 truth values. Undefined if it does not
 * fit: "abc" as double, 1.5 as integer.
 */
export function castValue(value: Scalar, type: DataType): Scalar | undefined {
  if (typeof value === 'string') return parserOf(type)(value);
  if (type === 'string') return textOf(value);
  if (typeof value === 'number') {
    if (type === 'double') return value;
    if (type === 'float') return Math.fround(value);
    if (type === 'integer') return Number.isInteger(value) ? value : undefined;
    if (type === 'boolean') return truthOf(value);
    if (type === 'timeSeconds') return notNegative(value);
    return isNumeric(type) ? value : undefined;
  }
  if (typeof value === 'boolean') {
    if (type === 'boolean') return value;
    return isNumeric(type) ? Number(value) : undefined;
  }
  return castTemporal(value, type);
}

function castTemporal(value: Temporal, type: DataType): Scalar | undefined {
  if (type === value.kind) return value;
  if (type === 'timeSeconds') return value.kind === 'date' ? undefined : Math.floor(value.seconds);
  if (value.kind === 'time') return undefined;
  if (type === 'date') return new Temporal('date', value.days, 0);
  if (type === 'dateTime') return new Temporal('dateTime', value.days, value.seconds);
  if (type === 'time') return new Temporal('time', 0, value.seconds);
  const since = SINCE.exec(type);
  if (since === null) return undefined;
  const days = value.days - epochDay(Number(since[3]));
  return since[2] === 'Days' ? days : days * 86_400 + Math.floor(value.seconds);
}

/** The moment that a counted value stands for; undefined where the type counts nothing. */
export function momentOf(value: number, type: DataType | undefined): Temporal | undefined {
  if (type === 'timeSeconds') return new Temporal('time', 0, value % 86_400);
  const since = type === undefined ? null : SINCE.exec(type);
  if (since === null) return undefined;
  const start = epochDay(Number(since[3]));
  if (since[2] === 'Days') return new Temporal('date', value + start, 0);
  const days = Math.floor(value / 86_400);
  return new Temporal('dateTime', days + start, value - days * 86_400);
}

/** A value whose type is known in another type: a count of days or seconds is counted again from the other start. */
export function recastValue(value: Scalar, type: DataType, from: DataType | undefined): Scalar | undefined {
  if (typeof value === 'number' && from !== type && isMoment(type)) {
    const moment = momentOf(value, from);
    if (moment !== undefined) return castValue(moment, type);
  }
  return castValue(value, type);
}

const isMoment = (type: DataType): boolean =>
  type === 'date' || type === 'time' || type === 'dateTime' || type === 'timeSeconds' || SINCE.test(type);

/** The canonical text of a value: the key of class probabilities, and what the text functions see. */
export function textOf(value: Scalar): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) >= 1e21) return BigInt(value).toString();
  return String(value);
}

/** A number of a known type as text: a double or float always shows a decimal point, and an exponent where it is long. */
export function typedText(value: Scalar, type: DataType | undefined): string {
  if (typeof value !== 'number' || (type !== 'double' && type !== 'float') || !Number.isFinite(value))
    return textOf(value);
  const size = Math.abs(value);
  const shortest = type === 'float' ? shortestSingle(value) : value;
  if (size === 0 || (size >= 1e-3 && size < 1e7)) {
    const text = Object.is(value, -0) ? '-0' : String(shortest);
    return text.includes('.') ? text : `${text}.0`;
  }
  const [digits, exponent] = shortest.toExponential().split('e');
  return `${digits!.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`;
}

/** The double with the fewest digits that rounds to the same float32. */
function shortestSingle(value: number): number {
  for (let digits = 1; digits < 10; digits++) {
    const candidate = Number(value.toPrecision(digits));
    if (Math.fround(candidate) === value) return candidate;
  }
  return value;
}

/** The value of a text in the document, in a field's type. Throws `pmml/value`. */
export function literalOf(text: string, type: DataType): Scalar {
  const value = parserOf(type)(text);
  if (value === undefined) throw badValue(text, type);
  return value;
}

/** A literal that a field is compared with; text that does not fit the type stays text and is equal to nothing. */
export function lenientLiteral(text: string, type: DataType): Scalar {
  return parserOf(type)(text) ?? parseNumber(text) ?? text;
}

/** The value as a number: text is parsed, true is 1; undefined where missing, a collection or no number. */
export function numberOf(value: Value): number | undefined {
  if (typeof value === 'number') return value;
  if (value === undefined || isCollection(value)) return undefined;
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'string' ? looseNumber(value) : undefined;
}

/** Equality of two values that are there; a number equals a text that spells it. */
export function equalValues(a: Scalar, b: Scalar): boolean {
  if (a === b) return true;
  if (typeof a === typeof b && !(a instanceof Temporal)) return false;
  return compareValues(a, b) === 0;
}

/** Negative, 0 or positive; NaN where the two cannot be compared. Mixed types are brought to a common one first. */
export function compareValues(a: Scalar, b: Scalar): number {
  if (typeof a === 'number' && typeof b === 'number') return a < b ? -1 : a > b ? 1 : a === b ? 0 : Number.NaN;
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  if (a instanceof Temporal && b instanceof Temporal) {
    if (a.kind !== b.kind && (a.kind === 'time' || b.kind === 'time')) return Number.NaN;
    return a.days - b.days || a.seconds - b.seconds;
  }
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if (a instanceof Temporal) {
    const other = castValue(b, a.kind);
    return other === undefined ? Number.NaN : compareValues(a, other);
  }
  if (b instanceof Temporal) return -compareValues(b, a);
  if (typeof a === 'boolean' || typeof b === 'boolean') {
    const [left, right] = [castValue(a, 'boolean'), castValue(b, 'boolean')];
    if (left !== undefined && right !== undefined) return Number(left) - Number(right);
  }
  const [left, right] = [numberOf(a), numberOf(b)];
  return left === undefined || right === undefined ? Number.NaN : compareValues(left, right);
}
