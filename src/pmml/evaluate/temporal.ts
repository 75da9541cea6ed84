/** Days from 1970-01-01 to a day of the Gregorian calendar. */
export function daysFromCivil(year: number, month: number, day: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return Math.round(date.getTime() / 86_400_000);
}

/** A date, a time of day, or both; compared by `days` since 1970-01-01, then `seconds` of the day. */
export class Temporal {
  constructor(
    readonly kind: 'date' | 'time' | 'dateTime',
    readonly days: number,
    readonly seconds: number,
  ) {}

  /** ISO 8601 without a zone: `2020-02-29`, `13:05:00`, `2020-02-29T13:05:00`. */
  toString(): string {
    if (this.kind === 'date') return this.date();
    return this.kind === 'time' ? this.time() : `${this.date()}T${this.time()}`;
  }

  toJSON(): string {
    return this.toString();
  }

  /** Year, month (1–12), day, and weekday (0 is Sunday). */
  civil(): { year: number; month: number; day: number; weekday: number } {
    const date = new Date(this.days * 86_400_000);
    return {
      year: date.getUTCFullYear(),
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      weekday: date.getUTCDay(),
    };
  }

  private date(): string {
    const { year, month, day } = this.civil();
    const digits = String(Math.abs(year)).padStart(4, '0');
    return `${year < 0 ? '-' : ''}${digits}-${two(month)}-${two(day)}`;
  }

  private time(): string {
    const whole = Math.floor(this.seconds);
    const fraction = this.seconds - whole;
    const tail = fraction === 0 ? '' : fraction.toFixed(6).slice(1).replace(/0+$/, '');
    return `${two(Math.floor(whole / 3600))}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}${tail}`;
  }
}

const two = (value: number): string => String(value).padStart(2, '0');

const DATE = /^([+-]?\d{4,})-(\d{1,2})-(\d{1,2})$/;
const TIME = /^(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?$/;
const DURATION = /^(\d{1,6}):(\d{2}):(\d{2}(?:\.\d+)?)$/;
const ZONE = /(?:Z|[+-]\d{2}:?\d{2})$/;
const DAY = 86_400;

function parseDate(text: string): number | undefined {
  const match = DATE.exec(text);
  if (match === null) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (month < 1 || month > 12 || day < 1) return undefined;
  const days = daysFromCivil(year, month, day);
  return new Temporal('date', days, 0).civil().day === day ? days : undefined;
}

/** Seconds of the day. The end of a day, 24:00:00 or the leap second 23:59:60, is 86,400. */
function parseTime(text: string): number | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [hours, minutes, seconds] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
  if (hours === 23 && minutes === 59 && seconds >= 60 && seconds < 61) return DAY;
  if (minutes > 59 || seconds >= 60) return undefined;
  const total = hours * 3600 + minutes * 60 + seconds;
  return total <= DAY ? total : undefined;
}

/** A time span as hours, minutes and seconds, in whole seconds; it may be longer than a day. */
export function secondsOfDuration(text: string): number | undefined {
  const [, hours, minutes, seconds] = DURATION.exec(text.trim().replace(ZONE, '')) ?? [];
  if (hours === undefined) {
    const time = parseTime(text.trim().replace(ZONE, ''));
    return time === undefined ? undefined : Math.floor(time);
  }
  if (hours === '23' && minutes === '59' && Number(seconds) >= 60 && Number(seconds) < 61) return DAY;
  if (Number(minutes) > 59 || Number(seconds) >= 60) return undefined;
  return Number(hours) * 3600 + Number(minutes) * 60 + Math.floor(Number(seconds));
}

/**
 * ISO 8601 text as a temporal value; undefined if it is none of that kind. A zone is read over: times are local.
 * The end of a day is the start of the next one, as in XML Schema.
 */
export function parseTemporal(text: string, kind: Temporal['kind']): Temporal | undefined {
  const trimmed = text.trim();
  if (kind === 'time') {
    const seconds = parseTime(trimmed.replace(ZONE, ''));
    return seconds === undefined ? undefined : new Temporal('time', 0, seconds % DAY);
  }
  const [date, time] = trimmed.split(/[T ]/, 2);
  const days = parseDate((date ?? '').replace(/Z$/, ''));
  if (days === undefined) return undefined;
  if (kind === 'date') return new Temporal('date', days, 0);
  if (time === undefined) return new Temporal('dateTime', days, 0);
  const seconds = parseTime(time.replace(ZONE, ''));
  if (seconds === undefined) return undefined;
  return seconds === DAY ? new Temporal('dateTime', days + 1, 0) : new Temporal('dateTime', days, seconds);
}
