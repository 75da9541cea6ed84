import { parse } from 'csv-parse/browser/esm/sync';
import { type Table, tableOfText } from '../../core/table.js';
import { badRows } from './errors.js';

export interface CsvOptions {
  /** Separator; found from the header line where it is not given: comma, semicolon, tab or bar. */
  delimiter?: string;
}

const DELIMITERS = [',', ';', '\t', '|'];

/** The candidate that splits the header line most often, quoted parts left out. */
function findDelimiter(text: string): string {
  const header = text.slice(0, text.search(/[\r\n]|$/)).replace(/"[^"]*"/g, '');
  const counts = DELIMITERS.map((delimiter) => header.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))]!;
}

/**
 * Reads CSV with a header line (RFC 4180 quoting) into text columns; an empty cell is missing.
 * Raises rows/malformed with the line for ragged rows and broken quotes.
 */
export function readCsv(text: string, options: CsvOptions = {}): Table {
  let lines: string[][];
  try {
    lines = parse(text, {
      bom: true,
      delimiter: options.delimiter ?? findDelimiter(text),
      skip_empty_lines: true,
      relax_column_count: true,
    }) as string[][];
  } catch (cause) {
    const { message, lines: line } = cause as { message: string; lines?: number };
    throw badRows(
      message,
      line === undefined ? {} : { line },
      'write the rows as CSV with a header line and RFC 4180 quotes',
    );
  }
  const header = lines[0];
  if (header === undefined)
    throw badRows('the file has no header line', { line: 1 }, 'name the fields in the first line');
  const repeated = header.find((name, index) => header.indexOf(name) !== index);
  if (repeated !== undefined) throw badRows(`the column "${repeated}" stands twice in the header`, { line: 1 });
  const rows = lines.slice(1);
  rows.forEach((row, index) => {
    if (row.length !== header.length) {
      throw badRows(`the row has ${row.length} cells, the header ${header.length}`, { row: index + 1 });
    }
  });
  return tableOfText(header, rows);
}

function cell(value: string, delimiter: string): string {
  return /["\r\n]/.test(value) || value.includes(delimiter) || value !== value.trim()
    ? `"${value.replaceAll('"', '""')}"`
    : value;
}

/** One line of CSV with its line break. */
export function csvLine(cells: readonly string[], delimiter = ','): string {
  return `${cells.map((value) => cell(value, delimiter)).join(delimiter)}\n`;
}
