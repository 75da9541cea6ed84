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

const DATE = /^(-?\d{4,})-(\d{1,2})-(\d{1,2})$/;
const TIME = /^(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?$/;
const ZONE = /(?:Z|[+-]\d{2}:?\d{2})$/;

function parseDate(text: string): number | undefined {
  const match = DATE.exec(text);
  if (match === null) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (month < 1 || month > 12 || day < 1) return undefined;
  const days = daysFromCivil(year, month, day);
  return new Temporal('date', days, 0).civil().day === day ? days : undefined;
}

function parseTime(text: string): number | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [hours, minutes, seconds] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
  if (hours > 24 || minutes > 59 || seconds >= 61) return undefined;
  return hours * 3600 + minutes * 60 + seconds;
}

/** ISO 8601 text as a temporal value; undefined if it is none of that kind. A zone is read over: times are local. */
export function parseTemporal(text: string, kind: Temporal['kind']): Temporal | undefined {
  const trimmed = text.trim();
  if (kind === 'time') {
    const seconds = parseTime(trimmed.replace(ZONE, ''));
    return seconds === undefined ? undefined : new Temporal('time', 0, seconds);
  }
  const [date, time] = trimmed.split(/[T ]/, 2);
  const days = parseDate((date ?? '').replace(/Z$/, ''));
  if (days === undefined) return undefined;
  if (kind === 'date') return new Temporal('date', days, 0);
  if (time === undefined) return new Temporal('dateTime', days, 0);
  const seconds = parseTime(time.replace(ZONE, ''));
  return seconds === undefined ? undefined : new Temporal('dateTime', days, seconds);
}
