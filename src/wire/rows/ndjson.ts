import type { Table } from '../../core/table.js';
import { badRows } from './errors.js';
import { tableOfRecords } from './table-of-records.js';

/**
 * Reads one JSON object a line, or one JSON array of objects. Lines that are all numbers, text or booleans, as the data
 * of PFA documents may be, are one column `value`. Raises rows/malformed with the line.
 */
export function readNdjson(text: string): Table {
  const trimmed = text.replace(/^\uFEFF/, '').trimStart();
  if (trimmed.startsWith('[')) return tableOfRecords(asRecords(parseJson(trimmed, 1)));
  const records: unknown[] = [];
  text.split('\n').forEach((line, index) => {
    if (line.trim() !== '') records.push(parseJson(index === 0 ? line.replace(/^\uFEFF/, '') : line, index + 1));
  });
  return tableOfRecords(
    records.length > 0 && records.every((value) => typeof value !== 'object')
      ? records.map((value) => ({ value }))
      : asRecords(records),
  );
}

function parseJson(text: string, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw badRows(`not JSON: ${(cause as Error).message}`, { line }, 'write one JSON object a line');
  }
}

function asRecords(values: unknown): Record<string, unknown>[] {
  (values as unknown[]).forEach((value, index) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw badRows('the row is not a JSON object', { row: index + 1 }, 'write {"field": value, …} for each row');
    }
  });
  return values as Record<string, unknown>[];
}

/** Text of a value as JSON: NaN and infinities as strings, int64 as a number of all its digits. */
export function jsonText(value: unknown): string {
  if (typeof value === 'bigint') return value.toString();
  if (Object.is(value, -0)) return '-0';
  if (typeof value === 'number' && !Number.isFinite(value)) return `"${value}"`;
  if (Array.isArray(value) || ArrayBuffer.isView(value))
    return `[${Array.from(value as Iterable<unknown>, jsonText).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = value instanceof Map ? [...value] : Object.entries(value);
    return `{${entries.map(([name, member]) => `${JSON.stringify(String(name))}:${jsonText(member)}`).join(',')}}`;
  }
  return value === undefined ? 'null' : JSON.stringify(value);
}
