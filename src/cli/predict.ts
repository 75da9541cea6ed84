import type { Argv } from 'yargs';
import {
  csvLine,
  type Detail,
  explain,
  formatError,
  jsonText,
  loadRows,
  recordAt,
  recordsOf,
  SamescoreError,
  type Scores,
  type Table,
  type Value,
  valueAt,
  writeAvro,
  writeFileWhole,
  writeParquet,
} from '../index.js';
import type { Command } from './command.js';
import { loadModel, READ_OPTIONS, type ReadArguments } from './options.js';
import { withProgress } from './progress.js';
import { remark } from './screen.js';

interface PredictArguments extends ReadArguments {
  readonly model: string;
  readonly rows: string;
  readonly out: string;
  readonly delimiter?: string | undefined;
  readonly explain?: boolean | undefined;
}

type Chunks = Iterable<Uint8Array | string>;

/** How predictions are written, by the ending of the file; standard output takes CSV, or NDJSON with --json. */
const WRITERS: Readonly<Record<string, (scores: Scores) => Chunks | Promise<Chunks>>> = {
  csv: (scores) => csvChunks(scores),
  ndjson: (scores) => ndjsonChunks(scores),
  jsonl: (scores) => ndjsonChunks(scores),
  avro: async (scores) => [await writeAvro(identified(scores.table))],
  parquet: async (scores) => [await writeParquet(scores.table)],
};

export const predictCommand: Command<PredictArguments> = {
  command: 'predict <model> <rows>',
  describe: 'Score rows with a model',
  builder: (yargs: Argv) =>
    yargs
      .positional('model', { type: 'string', demandOption: true, describe: 'Model to score with' })
      .positional('rows', {
        type: 'string',
        demandOption: true,
        describe: 'CSV, NDJSON, Parquet or Avro rows (- for standard input)',
      })
      .options(READ_OPTIONS)
      .option('out', {
        alias: 'o',
        type: 'string',
        default: '-',
        describe: 'Predictions: .csv, .ndjson, .parquet or .avro',
      })
      .option('delimiter', { type: 'string', describe: 'Separator of CSV rows; found where it is not given' })
      .option('explain', { type: 'boolean', describe: 'Write how each prediction came about, as NDJSON (PMML only)' })
      .example('$0 predict churn.pmml customers.csv', 'CSV on standard output')
      .example('$0 predict churn.onnx customers.parquet -o scores.ndjson', 'One JSON object a row'),
  run: (options) =>
    withProgress(options.quiet, async (progress) => {
      const model = await loadModel(options.model, options);
      const rows = await loadRows(
        options.rows,
        options.delimiter === undefined ? {} : { delimiter: options.delimiter },
      );
      if (options.explain === true) {
        await writeFileWhole(options.out, detailChunks(explain(model, rows)));
        return 0;
      }
      const records = isNdjson(options) ? recordsOf(model, rows) : undefined;
      if (records !== undefined) {
        await writeFileWhole(options.out, detailChunks(records));
        return 0;
      }
      const write = writerOf(options.out, options.json === true);
      const scores = model.score(rows, (done) => progress(options.model, done, rows.length));
      await writeFileWhole(options.out, await write(scores));
      const first = [...scores.errors].sort(([a], [b]) => a - b)[0];
      if (first !== undefined) sayFailed(scores.errors.size, rows.length, first[0], first[1]);
      return 0;
    }),
};

function endingOf({ out, json }: { readonly out: string; readonly json?: boolean | undefined }): string {
  if (out === '-') return json === true ? 'ndjson' : 'csv';
  return out.slice(out.lastIndexOf('.') + 1).toLowerCase();
}

function isNdjson(options: PredictArguments & { readonly json?: boolean | undefined }): boolean {
  return ['ndjson', 'jsonl'].includes(endingOf(options));
}

/** One JSON object a row; a row that fails has its error there. */
function* detailChunks(details: Iterable<Detail>): Iterable<string> {
  let failed = 0;
  let total = 0;
  let first: Detail | undefined;
  for (const detail of details) {
    total++;
    if ('value' in detail) {
      yield `${jsonText(detail.value)}\n`;
      continue;
    }
    failed++;
    first ??= detail;
    yield `${jsonText({ $error: true, error: String(detail.error.code), message: detail.error.sentence })}\n`;
  }
  if (first !== undefined && 'error' in first) sayFailed(failed, total, first.row, first.error);
}

function sayFailed(failed: number, total: number, row: number, error: SamescoreError): void {
  remark(`${failed} of ${total} rows have no prediction; the first: ${formatError(error.within({ row: row + 1 }))}`);
}

function writerOf(path: string, json: boolean): (scores: Scores) => Chunks | Promise<Chunks> {
  const writer = WRITERS[endingOf({ out: path, json })];
  if (writer !== undefined) return writer;
  throw new SamescoreError(
    'cli/which-output',
    'usage',
    `the name ${JSON.stringify(path)} does not tell how to write predictions`,
    {
      hint: `end it in ${Object.keys(WRITERS)
        .map((name) => `.${name}`)
        .join(', ')}`,
    },
  );
}

/** Avro's names are identifiers: `probability(setosa)` becomes `probability_setosa`. */
function identified(table: Table): Table {
  const columns = [...table.columns].map(
    ([name, column]) =>
      [
        name.replace(/[^A-Za-z0-9_]+/g, '_').replace(/^_+|_+$|^(?=\d)/g, (edge) => (edge === '' ? '_' : '')),
        column,
      ] as const,
  );
  const named = new Map(columns);
  if (named.size === table.columns.size) return { length: table.length, columns: named };
  return {
    length: table.length,
    columns: new Map(columns.map(([name, column], index) => [`${name}_${index + 1}`, column])),
  };
}

function* ndjsonChunks({ table, errors }: Scores): Iterable<string> {
  for (let row = 0; row < table.length; row++) {
    const error = errors.get(row);
    yield `${jsonText(error === undefined ? recordAt(table, row) : { error: String(error.code), message: error.sentence })}\n`;
  }
}

function* csvChunks({ table, errors }: Scores): Iterable<string> {
  const failed = errors.size > 0 ? ['error'] : [];
  yield csvLine([...headings(table), ...failed]);
  for (let row = 0; row < table.length; row++) {
    const cells: string[] = [];
    for (const column of table.columns.values()) {
      for (let index = 0; index < column.width; index++) cells.push(cellText(valueAt(column, row, index)));
    }
    yield csvLine(failed.length === 0 ? cells : [...cells, errors.get(row)?.sentence ?? '']);
  }
}

function headings(table: Table): string[] {
  return [...table.columns].flatMap(([name, { shape, width }]) =>
    shape.length === 0 ? [name] : Array.from({ length: width }, (_, index) => `${name}[${index}]`),
  );
}

function cellText(value: Value): string {
  if (value === null) return '';
  return typeof value === 'object' ? jsonText(value) : String(value);
}
