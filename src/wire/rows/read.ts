import type { Table } from '../../core/table.js';
import { type CsvOptions, readCsv } from './csv.js';
import { badRows } from './errors.js';
import { readNdjson } from './ndjson.js';
import { readParquet } from './parquet.js';

/**
 * Rows from bytes: Parquet by its magic bytes, JSON where the text begins with { or [, else CSV.
 * Raises rows/malformed.
 */
export async function readRows(bytes: Uint8Array, options: CsvOptions = {}): Promise<Table> {
  if (bytes.length >= 4 && String.fromCharCode(...bytes.subarray(0, 4)) === 'PAR1') return readParquet(bytes);
  const text = new TextDecoder().decode(bytes);
  if (text.trim() === '')
    throw badRows('there are no rows', {}, 'give CSV with a header line, or a JSON object a line');
  return /^\s*[[{]/.test(text) ? readNdjson(text) : readCsv(text, options);
}
