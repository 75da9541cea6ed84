import { invalidArgument } from '../../errors.js';
import { Temporal } from '../temporal.js';
import { type DataType, epochDay, type Scalar, typedText, type Value } from '../values.js';
import { type BuiltIn, type Call, integer, name, number, shown, temporal } from './builtin.js';
import { formatNumber } from './format-number.js';
import { compilePattern } from './pattern.js';

function text(value: Value, call: Call, index = 0): string {
  if (value === undefined || Array.isArray(value))
    throw invalidArgument(`${name(call)} needs a text, not ${shown(value)}`, call.element);
  return typedText(value as Scalar, call.types[index]);
}

function unary(compute: (value: string) => Value, type: DataType = 'string'): BuiltIn {
  return { least: 1, most: 1, type, call: ([value], call) => compute(text(value, call)) };
}

function sinceYear(compute: (moment: Temporal, epoch: number) => number): BuiltIn {
  return {
    least: 2,
    most: 2,
    type: 'integer',
    call: ([moment, year], call) => Math.floor(compute(temporal(moment, 0, call), epochDay(integer(year, call)))),
  };
}

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const two = (value: number, fill = '0'): string => String(value).padStart(2, fill);

/** The conversions of POSIX strftime. */
const DATE_FORMATS: Readonly<Record<string, (moment: Temporal) => string>> = {
  a: (moment) => DAYS[moment.civil().weekday]!.slice(0, 3),
  A: (moment) => DAYS[moment.civil().weekday]!,
  b: (moment) => MONTHS[moment.civil().month - 1]!.slice(0, 3),
  h: (moment) => MONTHS[moment.civil().month - 1]!.slice(0, 3),
  B: (moment) => MONTHS[moment.civil().month - 1]!,
  c: (moment) => formatDate(moment, '%a %b %e %H:%M:%S %Y'),
  C: (moment) => two(Math.floor(moment.civil().year / 100)),
  d: (moment) => two(moment.civil().day),
  D: (moment) => formatDate(moment, '%m/%d/%y'),
  e: (moment) => two(moment.civil().day, ' '),
  F: (moment) => formatDate(moment, '%Y-%m-%d'),
  g: (moment) => two(isoWeek(moment).year % 100),
  G: (moment) => String(isoWeek(moment).year).padStart(4, '0'),
  H: (moment) => two(hours(moment)),
  I: (moment) => two(hours(moment) % 12 === 0 ? 12 : hours(moment) % 12),
  j: (moment) => String(moment.days - epochDay(moment.civil().year) + 1).padStart(3, '0'),
  k: (moment) => two(hours(moment), ' '),
  l: (moment) => two(hours(moment) % 12 === 0 ? 12 : hours(moment) % 12, ' '),
  m: (moment) => two(moment.civil().month),
  M: (moment) => two(Math.floor(moment.seconds / 60) % 60),
  n: () => '\n',
  p: (moment) => (hours(moment) < 12 ? 'AM' : 'PM'),
  r: (moment) => formatDate(moment, '%I:%M:%S %p'),
  R: (moment) => formatDate(moment, '%H:%M'),
  s: (moment) => String(moment.days * 86_400 + Math.floor(moment.seconds)),
  S: (moment) => two(Math.floor(moment.seconds) % 60),
  t: () => '\t',
  T: (moment) => formatDate(moment, '%H:%M:%S'),
  u: (moment) => String(moment.civil().weekday || 7),
  U: (moment) => two(Math.floor((moment.days - epochDay(moment.civil().year) + 7 - moment.civil().weekday) / 7)),
  V: (moment) => two(isoWeek(moment).week),
  w: (moment) => String(moment.civil().weekday),
  W: (moment) =>
    two(Math.floor((moment.days - epochDay(moment.civil().year) + 7 - ((moment.civil().weekday + 6) % 7)) / 7)),
  x: (moment) => formatDate(moment, '%m/%d/%y'),
  X: (moment) => formatDate(moment, '%H:%M:%S'),
  y: (moment) => two(moment.civil().year % 100),
  Y: (moment) => String(moment.civil().year).padStart(4, '0'),
  // Dates and times are local: they have no zone.
  z: () => '',
  Z: () => '',
  '%': () => '%',
};

/** The week of ISO 8601, which belongs to the year that its Thursday lies in. */
function isoWeek(moment: Temporal): { year: number; week: number } {
  const thursday = new Temporal('date', moment.days + 4 - (moment.civil().weekday || 7), 0);
  const { year } = thursday.civil();
  return { year, week: Math.floor((thursday.days - epochDay(year)) / 7) + 1 };
}

const hours = (moment: Temporal): number => Math.floor(moment.seconds / 3600);

function formatDate(moment: Temporal, pattern: string): string {
  return pattern.replace(/%[EO]?([A-Za-z%])/g, (whole, key: string) => DATE_FORMATS[key]?.(moment) ?? whole);
}

function substring(value: string, start: number, length: number, call: Call): string {
  if (start < 1 || length < 0)
    throw invalidArgument(`substring(${shown(value)}, ${start}, ${length}) has no meaning`, call.element);
  return value.slice(start - 1, start - 1 + length);
}

export const TEXT: Readonly<Record<string, BuiltIn>> = {
  uppercase: unary((value) => value.toUpperCase()),
  lowercase: unary((value) => value.toLowerCase()),
  stringLength: unary((value) => value.length, 'integer'),
  trimBlanks: unary((value) => value.trim()),
  substring: {
    least: 2,
    most: 3,
    type: 'string',
    call: ([value, start, length], call) =>
      substring(text(value, call), integer(start, call), length === undefined ? 2 ** 31 : integer(length, call), call),
  },
  // "Missing values are ignored" by concat.
  concat: {
    least: 1,
    missing: 'skip',
    type: 'string',
    call: (args, call) => args.map((arg, index) => text(arg, call, index)).join(''),
  },
  replace: {
    least: 3,
    most: 3,
    type: 'string',
    call: ([value, pattern, replacement], call) =>
      compilePattern(text(pattern, call, 1), call.element).replaceAll(text(value, call), text(replacement, call, 2)),
  },
  matches: {
    least: 2,
    most: 2,
    type: 'boolean',
    call: ([value, pattern], call) => compilePattern(text(pattern, call, 1), call.element).test(text(value, call)),
  },
  formatNumber: {
    least: 2,
    most: 2,
    type: 'string',
    call: ([value, pattern], call) => formatNumber(number(value, call), text(pattern, call, 1), call),
  },
  formatDatetime: {
    least: 2,
    most: 2,
    type: 'string',
    call: ([value, pattern], call) => formatDate(temporal(value, 0, call), text(pattern, call, 1)),
  },
  dateDaysSinceYear: sinceYear((moment, epoch) => moment.days - epoch),
  dateSecondsSinceYear: sinceYear((moment, epoch) => (moment.days - epoch) * 86_400 + moment.seconds),
  dateSecondsSinceMidnight: {
    least: 1,
    most: 1,
    type: 'integer',
    call: ([value], call) => Math.floor(temporal(value, 0, call).seconds),
  },
};
