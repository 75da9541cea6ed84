import { expect, test } from 'vitest';
import { daysInMonth, knowsZone, localTime, timestampOf } from '../../../src/pfa/library/zone.js';

const HOUR = 3600;

function shown(timestamp: number, zone: string): string {
  const { year, month, day, hour, minute, second, weekday, dayOfYear } = localTime(timestamp, zone);
  return `${year}-${month}-${day} ${hour}:${minute}:${second} w${weekday} d${dayOfYear}`;
}

test('instants as the clocks of different zones show them', () => {
  expect(shown(0, '')).toBe('1970-1-1 0:0:0 w3 d1');
  expect(shown(-0.5, 'Etc/UTC')).toBe('1969-12-31 23:59:59 w2 d365');
  expect(shown(1_000_000_000, 'Asia/Kathmandu')).toBe('2001-9-9 7:31:40 w6 d252');
  expect(shown(1_436_000_000, 'America/Chicago')).toBe('2015-7-4 3:53:20 w5 d185');
  expect(shown(951_782_400, 'Europe/Berlin')).toBe('2000-2-29 1:0:0 w1 d60');
  expect(shown(-62_135_596_800, '')).toBe('1-1-1 0:0:0 w0 d1');
  expect(shown(253_402_300_799, '')).toBe('9999-12-31 23:59:59 w4 d365');
});

test('the fraction of a second stays', () => {
  expect(localTime(1.75, '').fraction).toBe(0.75);
  expect(localTime(-0.25, '').fraction).toBe(0.75);
});

test('a local time that clocks skip has no timestamp, one shown twice has the earlier', () => {
  expect(timestampOf([2015, 3, 8], 2.5 * HOUR, 'America/Chicago')).toBeUndefined();
  expect(timestampOf([2015, 3, 8], 3.5 * HOUR, 'America/Chicago')).toBe(1_425_803_400);
  expect(timestampOf([2015, 11, 1], 1.5 * HOUR, 'America/Chicago')).toBe(1_446_359_400);
});

test('zones go by their names in the database, as they are spelled there', () => {
  for (const zone of ['', 'UTC', 'Etc/UTC', 'America/Chicago', 'Europe/London', 'US/Central', 'Asia/Calcutta'])
    expect(knowsZone(zone), zone).toBe(true);
  for (const zone of ['where/ever', 'america/chicago', '+01:00', 'Europe', '😀'])
    expect(knowsZone(zone), zone).toBe(false);
});

test('months have their days', () => {
  expect([daysInMonth(2000, 2), daysInMonth(1900, 2), daysInMonth(2015, 12), daysInMonth(4, 2)]).toEqual([
    29, 28, 31, 29,
  ]);
});
