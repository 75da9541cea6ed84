import type { Fn, Value } from '../types.js';
import { bound } from './body.js';
import type { Call, LibraryModule } from './function.js';
import { daysInMonth, knowsZone, type LocalTime, localTime, timestampOf } from './zone.js';

const EARLIEST = -62_135_596_800;
const LATEST = 253_402_300_799;

/** The local time, or the errors `code` for an unknown zone and `code + 1` for a timestamp out of range. */
function at(call: Call, code: number, timestamp: number, zone: string): LocalTime {
  if (!(timestamp >= EARLIEST && timestamp <= LATEST)) throw call.error(code + 1);
  if (!knowsZone(zone)) throw call.error(code);
  return localTime(timestamp, zone);
}

function reading(code: number, run: (time: LocalTime) => Value): (call: Call) => Fn {
  return bound((call) => (timestamp: number, zone: string) => run(at(call, code, timestamp, zone)));
}

/** Whether a reading lies between low and high; an empty range is the error `code`. */
function within(code: number, run: (time: LocalTime) => number): (call: Call) => Fn {
  return bound((call) => (timestamp: number, zone: string, low: number, high: number) => {
    if (low >= high) throw call.error(code);
    const value = run(at(call, code + 1, timestamp, zone));
    return low <= value && value < high;
  });
}

function isWorkHours(time: LocalTime): boolean {
  return time.weekday < 5 && time.hour >= 9 && time.hour < 17;
}

function makeTimestamp(call: Call, fields: readonly number[], zone: string): number {
  const [year, month, day, hour, minute, second, millisecond] = fields as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (!knowsZone(zone)) throw call.error(40080);
  const within = (value: number, low: number, high: number) => value >= low && value <= high;
  if (
    !within(year, 1, 9999) ||
    !within(month, 1, 12) ||
    !within(day, 1, daysInMonth(year, month)) ||
    !within(hour, 0, 23) ||
    !within(minute, 0, 59) ||
    !within(second, 0, 59) ||
    !within(millisecond, 0, 999)
  )
    throw call.error(40081);
  const seconds = timestampOf([year, month, day], hour * 3600 + minute * 60 + second, zone);
  if (seconds === undefined) throw call.error(40081);
  return seconds + millisecond / 1000;
}

/** Dates and times in the zones of the Olson database; timestamps are seconds since 1970 in UTC. */
export const TIME: LibraryModule = [
  {
    name: 'time.year',
    signatures: ['(ts: double, zone: string) -> int'],
    doc: 'Year, 1 to 9999.',
    errors: { 40000: 'unrecognized timezone string', 40001: 'timestamp out of range' },
    bind: reading(40000, (time) => time.year),
  },
  {
    name: 'time.monthOfYear',
    signatures: ['(ts: double, zone: string) -> int'],
    doc: 'Month, 1 to 12.',
    errors: { 40010: 'unrecognized timezone string', 40011: 'timestamp out of range' },
    bind: reading(40010, (time) => time.month),
  },
  {
    name: 'time.dayOfYear',
    signatures: ['(ts: double, zone: string) -> int'],
    doc: 'Day of the year, from 1.',
    errors: { 40020: 'unrecognized timezone string', 40021: 'timestamp out of range' },
    bind: reading(40020, (time) => time.dayOfYear),
  },
  {
    name: 'time.dayOfMonth',
    signatures: ['(ts: double, zone: string) -> int'],
    doc: 'Day of the month, from 1.',
    errors: { 40030: 'unrecognized timezone string', 40031: 'timestamp out of range' },
    bind: reading(40030, (time) => time.day),
  },
  {
    name: 'time.dayOfWeek',
    signatures: ['(ts: double, zone: string) -> int'],
    doc: 'Day of the week, Monday being 0.',
    errors: { 40040: 'unrecognized timezone string', 40041: 'timestamp out of range' },
    bind: reading(40040, (time) => time.weekday),
  },
  {
    name: 'time.hourOfDay',
    signatures: ['(ts: double, zone: string) -> int'],
    doc: 'Hour, 0 to 23.',
    errors: { 40050: 'unrecognized timezone string', 40051: 'timestamp out of range' },
    bind: reading(40050, (time) => time.hour),
  },
  {
    name: 'time.minuteOfHour',
    signatures: ['(ts: double, zone: string) -> int'],
    doc: 'Minute, 0 to 59.',
    errors: { 40060: 'unrecognized timezone string', 40061: 'timestamp out of range' },
    bind: reading(40060, (time) => time.minute),
  },
  {
    name: 'time.secondOfMinute',
    signatures: ['(ts: double, zone: string) -> int'],
    doc: 'Second, 0 to 59.',
    errors: { 40070: 'unrecognized timezone string', 40071: 'timestamp out of range' },
    bind: reading(40070, (time) => time.second),
  },
  {
    name: 'time.makeTimestamp',
    signatures: [
      '(year: int, month: int, day: int, hour: int, minute: int, second: int, millisecond: int, zone: string) -> double',
    ],
    doc: 'The timestamp of a local date and time.',
    errors: { 40080: 'unrecognized timezone string', 40081: 'timestamp undefined for given parameters' },
    bind: bound(
      (call) =>
        (...args: Value[]) =>
          makeTimestamp(call, args.slice(0, 7) as number[], args[7] as string),
    ),
  },
  {
    name: 'time.isSecondOfMinute',
    signatures: ['(ts: double, zone: string, low: double, high: double) -> boolean'],
    doc: 'Whether the second lies in [low, high).',
    errors: { 40090: 'bad time range', 40091: 'unrecognized timezone string', 40092: 'timestamp out of range' },
    bind: within(40090, (time) => time.second),
  },
  {
    name: 'time.isMinuteOfHour',
    signatures: ['(ts: double, zone: string, low: double, high: double) -> boolean'],
    doc: 'Whether the minute lies in [low, high).',
    errors: { 40100: 'bad time range', 40101: 'unrecognized timezone string', 40102: 'timestamp out of range' },
    bind: within(40100, (time) => time.minute),
  },
  {
    name: 'time.isHourOfDay',
    signatures: ['(ts: double, zone: string, low: double, high: double) -> boolean'],
    doc: 'Whether the hour lies in [low, high).',
    errors: { 40110: 'bad time range', 40111: 'unrecognized timezone string', 40112: 'timestamp out of range' },
    bind: within(40110, (time) => time.hour),
  },
  {
    name: 'time.isDayOfWeek',
    signatures: ['(ts: double, zone: string, low: double, high: double) -> boolean'],
    doc: 'Whether the day of the week lies in [low, high).',
    errors: { 40120: 'bad time range', 40121: 'unrecognized timezone string', 40122: 'timestamp out of range' },
    bind: within(40120, (time) => time.weekday),
  },
  {
    name: 'time.isDayOfMonth',
    signatures: ['(ts: double, zone: string, low: double, high: double) -> boolean'],
    doc: 'Whether the day of the month lies in [low, high).',
    errors: { 40130: 'bad time range', 40131: 'unrecognized timezone string', 40132: 'timestamp out of range' },
    bind: within(40130, (time) => time.day),
  },
  {
    name: 'time.isMonthOfYear',
    signatures: ['(ts: double, zone: string, low: double, high: double) -> boolean'],
    doc: 'Whether the month lies in [low, high).',
    errors: { 40140: 'bad time range', 40141: 'unrecognized timezone string', 40142: 'timestamp out of range' },
    bind: within(40140, (time) => time.month),
  },
  {
    name: 'time.isDayOfYear',
    signatures: ['(ts: double, zone: string, low: double, high: double) -> boolean'],
    doc: 'Whether the day of the year lies in [low, high).',
    errors: { 40150: 'bad time range', 40151: 'unrecognized timezone string', 40152: 'timestamp out of range' },
    bind: within(40150, (time) => time.dayOfYear),
  },
  {
    name: 'time.isWeekend',
    signatures: ['(ts: double, zone: string) -> boolean'],
    doc: 'Whether it is Saturday or Sunday.',
    errors: { 40160: 'unrecognized timezone string', 40161: 'timestamp out of range' },
    bind: reading(40160, (time) => time.weekday >= 5),
  },
  {
    name: 'time.isWorkHours',
    signatures: ['(ts: double, zone: string) -> boolean'],
    doc: 'Whether it is 9 to 17 hours on Monday to Friday.',
    errors: { 40170: 'unrecognized timezone string', 40171: 'timestamp out of range' },
    bind: reading(40170, isWorkHours),
  },
];
