import type { Table } from '../../core/table.js';
import { type CsvOptions, readCsv } from './csv.js';
import { badRows } from './errors.js';
import { readNdjson } from './ndjson.js';
import { readParquet } from './parquet.js';

export interface RowsOptions extends CsvOptions {
  /** What the rows come from: a name in .json, .jsonl or .ndjson says that they are JSON. */
  readonly fileName?: string;
}

/**
 * Rows from bytes: Parquet by its magic bytes, JSON where the name says so or the text begins with { or [, else CSV.
 * Raises rows/malformed.
 */
export async function readRows(bytes: Uint8Array, options: RowsOptions = {}): Promise<Table> {
  if (bytes.length >= 4 && String.fromCharCode(...bytes.subarray(0, 4)) === 'PAR1') return readParquet(bytes);
  const text = new TextDecoder().decode(bytes);
  if (text.trim() === '')
    throw badRows('there are no rows', {}, 'give CSV with a header line, or a JSON object a line');
  const json = /\.(json|jsonl|ndjson)$/i.test(options.fileName ?? '') || /^\s*[[{]/.test(text);
  return json ? readNdjson(text) : readCsv(text, options);
}
