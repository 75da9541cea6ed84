import { gzipSync } from 'fflate';
import { checkBytes, checkRecord, wrongArgument } from './core/arguments.js';
import { bindColumns } from './core/bind.js';
import { type ByteSource, headOf } from './core/byte-source.js';
import type { Description } from './core/description.js';
import { SamescoreError } from './core/errors.js';
import type { Finding } from './core/finding.js';
import type { Limits } from './core/limits.js';
import type { Scorer, Scores, Signature } from './core/scorer.js';
import type { Table } from './core/table.js';
import {
  FORMATS,
  type FormatName,
  formatNamed,
  formatOfName,
  type LowerOptions,
  type ReadOptions,
  recogniseFormat,
} from './formats.js';
import type { Program } from './ir/nodes.js';
import { tableOfRecords } from './wire/rows/table-of-records.js';

/** Rows as a table, or as records of plain values: null or an absent name is missing. */
export type Rows = Table | readonly Readonly<Record<string, unknown>>[];

/** Raises core/wrong-argument for what is neither. */
export function asTable(rows: Rows): Table {
  if (Array.isArray(rows)) {
    for (const row of rows) checkRecord(row, 'a row');
    return tableOfRecords(rows);
  }
  if (typeof rows === 'object' && rows !== null && 'columns' in rows) return rows;
  throw wrongArgument('the rows', 'a table (loadRows) or a list of records', rows);
}

const PACKED = /\.gz$/i;

/** A model in one of the formats, ready to be scored, converted and saved. */
export class Model {
  readonly format: FormatName;
  readonly document: unknown;
  /** File name or another name for messages and reports. */
  readonly name: string;
  readonly #limits: Partial<Limits>;
  #scorer: Scorer | undefined;
  #program: Program | undefined;

  constructor(
    format: FormatName,
    document: unknown,
    name = `the ${FORMATS[format].title} model`,
    limits: Partial<Limits> = {},
  ) {
    this.#limits = limits;
    this.format = format;
    this.document = document;
    this.name = name;
  }

  /** The format's own reference evaluator. Raises what the format raises for documents that it cannot score. */
  get scorer(): Scorer {
    this.#scorer ??= this.#inFile(() => FORMATS[this.format].scorer(this.document, this.#limits));
    return this.#scorer;
  }

  get signature(): Signature {
    return this.scorer.signature;
  }

  /**
   * Predictions for rows; errors of single rows are part of the result. Columns bind by name, or in order where no name
   * fits and there are as many columns as inputs.
   */
  score(rows: Rows, progress?: (done: number) => void): Scores {
    return this.#inFile(() => this.scorer.score(bindColumns(asTable(rows), this.signature.inputs), progress));
  }

  /** Everything that the format's checker finds wrong; of a valid document also what its own verification finds. */
  validate(): Finding[] {
    const { check, verify } = FORMATS[this.format];
    const found = this.#inFile(() => check(this.document));
    const valid = found.every(({ severity }) => severity !== 'error');
    return [...found, ...(valid && verify !== undefined ? this.#inFile(() => verify(this.document)) : [])].map(
      (finding) => ({
        ...finding,
        place: { file: this.name, ...finding.place },
      }),
    );
  }

  /** What the document says of itself, and what it is made of. */
  describe(): Description {
    return FORMATS[this.format].describe(this.document);
  }

  /** The model in the intermediate representation. Raises convert/… for what cannot be moved. */
  program(): Program {
    this.#program ??= this.#inFile(() => this.#lifted());
    return this.#program;
  }

  /** Where lifting fails because the document is not valid, what the checker says of it tells more. */
  #lifted(): Program {
    try {
      return FORMATS[this.format].lift(this.document);
    } catch (error) {
      const finding = FORMATS[this.format].check(this.document).find(({ severity }) => severity === 'error');
      if (finding === undefined || !(error instanceof SamescoreError)) throw error;
      throw new SamescoreError(finding.code, 'invalid', finding.message, { place: finding.place, cause: error });
    }
  }

  /** The document's bytes, in chunks. */
  chunks(): Iterable<Uint8Array> {
    return FORMATS[this.format].write(this.document);
  }

  /** All bytes at once; a file name may ask for YAML (PFA) and for gzip: `model.yaml`, `model.pmml.gz`. */
  bytes(fileName = ''): Uint8Array {
    const plain = joined([...FORMATS[this.format].write(this.document, { fileName: fileName.replace(PACKED, '') })]);
    return PACKED.test(fileName) ? gzipSync(plain) : plain;
  }

  /**
   * Writes the file whole or not at all; `.yaml` and `.gz` in its name are honoured. Raises
   * files/cannot-write, and files/other-format for a name that stands for another format.
   */
  async save(path: string): Promise<void> {
    const { writeFileWhole } = await import('./files.js');
    const named = formatOfName(path);
    if (named !== undefined && named.name !== this.format) throw otherFormat(path, this.format, named.name);
    const { write } = FORMATS[this.format];
    const packed = PACKED.test(path);
    const options = { transient: path !== '-' && !packed, fileName: path.replace(PACKED, '') };
    await writeFileWhole(path, packed ? [this.bytes(path)] : write(this.document, options));
  }

  #inFile<T>(body: () => T): T {
    try {
      return body();
    } catch (error) {
      throw error instanceof SamescoreError ? error.within({ file: this.name }) : error;
    }
  }
}

function otherFormat(path: string, format: FormatName, named: FormatName): SamescoreError {
  return new SamescoreError(
    'files/other-format',
    'usage',
    `the model is ${FORMATS[format].title}, the name stands for ${FORMATS[named].title}`,
    { place: { file: path }, hint: `name it ….${format}, or convert it first: convert(model, "${named}")` },
  );
}

export function joined(chunks: readonly Uint8Array[]): Uint8Array {
  if (chunks.length === 1) return chunks[0]!;
  const whole = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** As many bytes as tell the format. */
const HEAD = 4096;

/** A model from bytes; the format is recognised where it is not given. Raises what the format's reader raises. */
export function readModel(
  input: Uint8Array | ByteSource,
  options: ReadOptions & { format?: FormatName; name?: string } = {},
): Model {
  checkBytes(input, 'readModel');
  const format =
    options.format === undefined ? recogniseFormat(headOf(input, HEAD), options.name) : FORMATS[options.format];
  try {
    return new Model(format.name, format.read(input, options), options.name, options.limits);
  } catch (error) {
    throw error instanceof SamescoreError && options.name !== undefined ? error.within({ file: options.name }) : error;
  }
}

/** The same model in another format. Raises convert/… with place and hint for what cannot be moved. */
export function convert(model: Model, to: FormatName, options: LowerOptions = {}): Model {
  if (!(model instanceof Model)) throw wrongArgument('the model to convert', 'a Model (load or readModel)', model);
  formatNamed(to);
  const program = model.program();
  try {
    return new Model(to, FORMATS[to].lower(program, options), `${model.name} as ${FORMATS[to].title}`);
  } catch (error) {
    throw error instanceof SamescoreError ? error.within({ file: model.name }) : error;
  }
}
