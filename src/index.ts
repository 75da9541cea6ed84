export { type CheckOptions, type CheckResult, check, rowsFor } from './check.js';
export { EXIT_CODES, type FailureKind, formatError, formatPlace, type Place, SamescoreError } from './core/errors.js';
export { type Finding, formatFinding } from './core/finding.js';
export { DEFAULT_LIMITS, type Limits } from './core/limits.js';
export type { InputField, OutputField, Role, Scorer, Scores, Signature } from './core/scorer.js';
export { type Column, type DataType, recordAt, type Table, type Value, valueAt } from './core/table.js';
export { ulpDistance } from './core/ulp.js';
export { type Detail, explain, recordsOf } from './details.js';
export { load, loadRows, readFileBytes, writeFileWhole } from './files.js';
export {
  FORMAT_NAMES,
  FORMATS,
  type FormatName,
  formatNamed,
  formatOfName,
  type LowerOptions,
  type ReadOptions,
} from './formats.js';
export { type Program, printProgram } from './ir/print.js';
export { asTable, convert, Model, type Rows, readModel } from './model.js';
export type { Difference, Parity } from './parity/compare.js';
export type { Report } from './parity/report.js';
export { parseTolerance, type Tolerance } from './parity/tolerance.js';
export { differenceLines, verdictLine } from './parity/words.js';
export { tableOfRecords } from './wire/rows/table-of-records.js';

/** The report of a check as text; `kind` is txt, json, xml (JUnit), md or html. Raises reports/unknown-kind. */
export async function writeReport(kind: string, report: import('./parity/report.js').Report): Promise<string> {
  const { reportNamed } = await import('./parity/report.js');
  return reportNamed(kind)(report);
}

/** Columns as Parquet bytes. */
export async function writeParquet(table: import('./core/table.js').Table): Promise<Uint8Array> {
  return (await import('./wire/rows/parquet.js')).writeParquet(table);
}
export { csvLine } from './wire/rows/csv.js';
export { jsonText } from './wire/rows/ndjson.js';

/** Columns as an Avro object container file. */
export async function writeAvro(table: import('./core/table.js').Table): Promise<Uint8Array> {
  return (await import('./pfa/avro-rows.js')).writeAvroRows(table);
}

/** A PFA document in PrettyPFA, the language that people write PFA in. Raises what the printer raises. */
export async function prettyPfa(model: import('./model.js').Model): Promise<string> {
  const { printPretty } = await import('./pfa/pretty/print.js');
  return printPretty(model.document as import('./pfa/document.js').PfaDocument);
}
