/** Date and time of an instant in a zone, of the proleptic Gregorian calendar. */
export interface LocalTime {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  /** Seconds past the whole one. */
  fraction: number;
  /** 0 is Monday. */
  weekday: number;
  dayOfYear: number;
}

const DAY = 86_400;
/** Names that come from data must not fill the memory. */
const MOST_FORMATS = 1000;
const formats = new Map<string, Intl.DateTimeFormat | undefined>();

/** The calendar of a zone of the Olson database (UTC if blank); undefined where there is none. */
function formatOf(zone: string): Intl.DateTimeFormat | undefined {
  if (formats.has(zone)) return formats.get(zone);
  let format: Intl.DateTimeFormat | undefined;
  try {
    // names only: Intl also takes offsets such as +01:00 and names in another case
    if (/^[A-Za-z]/.test(zone)) {
      format = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
        timeZone: zone,
        era: 'short',
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
        second: 'numeric',
        hourCycle: 'h23',
      });
      const canonical = format.resolvedOptions().timeZone;
      if (canonical !== zone && canonical.toLowerCase() === zone.toLowerCase()) format = undefined;
    }
  } catch {
    format = undefined;
  }
  if (formats.size >= MOST_FORMATS) formats.clear();
  formats.set(zone, format);
  return format;
}

function isUtc(zone: string): boolean {
  return zone === '' || zone === 'UTC' || zone === 'Etc/UTC';
}

export function knowsZone(zone: string): boolean {
  return isUtc(zone) || formatOf(zone) !== undefined;
}

/** Seconds that the zone's clocks are ahead of UTC at a whole second since 1970. */
function offsetAt(zone: string, seconds: number): number {
  if (isUtc(zone)) return 0;
  const parts: Record<string, string> = {};
  for (const part of formatOf(zone)!.formatToParts(seconds * 1000)) parts[part.type] = part.value;
  const given = Number(parts['year']);
  const year = parts['era']!.startsWith('B') ? 1 - given : given;
  const days = daysFromCivil(year, Number(parts['month']), Number(parts['day']));
  const clock = Number(parts['hour']) * 3600 + Number(parts['minute']) * 60 + Number(parts['second']);
  return days * DAY + clock - seconds;
}

/** Days since 1970-01-01 of the proleptic Gregorian calendar. */
function daysFromCivil(year: number, month: number, day: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return Math.round(date.getTime() / 86_400_000);
}

/** What the clocks of a zone show at a timestamp (seconds since 1970). */
export function localTime(timestamp: number, zone: string): LocalTime {
  const seconds = Math.floor(timestamp);
  const local = seconds + offsetAt(zone, seconds);
  const date = new Date(local * 1000);
  const year = date.getUTCFullYear();
  const days = Math.floor(local / DAY);
  return {
    year,
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    fraction: timestamp - seconds,
    weekday: (((days + 3) % 7) + 7) % 7,
    dayOfYear: days - daysFromCivil(year, 1, 1) + 1,
  };
}

/**
 * The timestamp at which the clocks of a zone show a date and time: the earlier one where they show it twice,
 * undefined where they never do.
 */
export function timestampOf(date: readonly [number, number, number], clock: number, zone: string): number | undefined {
  const local = daysFromCivil(...date) * DAY + clock;
  const candidates = [local - offsetAt(zone, local - DAY), local - offsetAt(zone, local + DAY)];
  const fitting = candidates.filter((seconds) => seconds + offsetAt(zone, seconds) === local);
  return fitting.length === 0 ? undefined : Math.min(...fitting);
}

export function daysInMonth(year: number, month: number): number {
  return daysFromCivil(month === 12 ? year + 1 : year, (month % 12) + 1, 1) - daysFromCivil(year, month, 1);
}
