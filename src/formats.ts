import { liftOnnx } from './convert/from-onnx/index.js';
import { liftPfa } from './convert/from-pfa/index.js';
import { liftPmml } from './convert/from-pmml/index.js';
import { lowerToOnnx } from './convert/to-onnx/index.js';
import { lowerToPfa } from './convert/to-pfa/index.js';
import { lowerToPmml } from './convert/to-pmml/index.js';
import { type ByteSource, bytesOf } from './core/byte-source.js';
import type { Description } from './core/description.js';
import { SamescoreError } from './core/errors.js';
import type { Finding } from './core/finding.js';
import type { Limits } from './core/limits.js';
import type { Scorer } from './core/scorer.js';
import type { Program } from './ir/nodes.js';
import { checkOnnx } from './onnx/check.js';
import { describeOnnx } from './onnx/describe.js';
import type { OnnxModel } from './onnx/document.js';
import { looksLikeOnnx, readOnnx } from './onnx/read.js';
import { onnxScorer } from './onnx/scorer.js';
import { writeOnnx } from './onnx/write.js';
import { checkPfa } from './pfa/check.js';
import { describePfa } from './pfa/describe.js';
import { type PfaDocument, writePfa } from './pfa/document.js';
import { readPfa } from './pfa/read.js';
import { pfaScorer } from './pfa/scorer.js';
import { checkPmml } from './pmml/check.js';
import { describePmml } from './pmml/describe.js';
import type { PmmlDocument } from './pmml/document.js';
import { readPmml } from './pmml/read.js';
import { pmmlScorer } from './pmml/scorer.js';
import { verifyPmml } from './pmml/verify.js';
import { writePmml } from './pmml/write.js';

export type FormatName = 'onnx' | 'pmml' | 'pfa';

export interface ReadOptions {
  limits?: Partial<Limits>;
  /** Bytes of an ONNX model's external data file, by the location that the model names. */
  resolve?: (location: string) => Uint8Array;
}

export interface LowerOptions {
  /** Version of ai.onnx that a new ONNX model imports. */
  opset?: number;
  /** Version of a new PMML document: 4.2, 4.3 or 4.4. */
  pmmlVersion?: string;
  /** ONNX inputs: one matrix of all fields, or one input a field. Unset: a matrix where all fields are numbers. */
  inputs?: 'matrix' | 'columns';
}

export interface WriteOptions {
  /** Pieces that are only valid until the next is asked for. */
  readonly transient?: boolean;
  /** A name that chooses between spellings of the format: YAML for a PFA document in `model.yaml`. */
  readonly fileName?: string;
}

/** One format: how it is recognised, read, written, checked, evaluated, and how it meets the IR. */
export interface Format<Document = unknown> {
  readonly name: FormatName;
  readonly title: string;
  /** Endings of file names, the usual one first. */
  readonly extensions: readonly string[];
  /** Whether the bytes (decompressed) look like this format. */
  recognise(bytes: Uint8Array): boolean;
  read(input: Uint8Array | ByteSource, options: ReadOptions): Document;
  write(document: Document, options?: WriteOptions): Iterable<Uint8Array>;
  check(document: Document): Finding[];
  /** Scores the records that a document brings along to verify itself. */
  verify?(document: Document): Finding[];
  describe(document: Document): Description;
  scorer(document: Document, limits?: Partial<Limits>): Scorer;
  lift(document: Document): Program;
  lower(program: Program, options: LowerOptions): Document;
}

const head = (bytes: Uint8Array) =>
  new TextDecoder('utf-8')
    .decode(bytes.subarray(0, 4096))
    .replaceAll('\0', '')
    .replace(/^\uFEFF/, '')
    .trimStart();

const onnx: Format<OnnxModel> = {
  name: 'onnx',
  title: 'ONNX',
  extensions: ['.onnx', '.ort', '.pb'],
  recognise: (bytes) => looksLikeOnnx(bytes),
  read: (input, options) => readOnnx(bytesOf(input), options),
  write: (model) => [writeOnnx(model)],
  check: checkOnnx,
  describe: describeOnnx,
  scorer: (model, limits = {}) => onnxScorer(model, { limits }),
  lift: liftOnnx,
  lower: lowerToOnnx,
};

const pmml: Format<PmmlDocument> = {
  name: 'pmml',
  title: 'PMML',
  extensions: ['.pmml', '.xml'],
  recognise: (bytes) => head(bytes).startsWith('<') || (bytes[0] === 0xfe && bytes[1] === 0xff),
  read: (input, options) => readPmml(input, options),
  write: writePmml,
  check: checkPmml,
  verify: verifyPmml,
  describe: describePmml,
  scorer: (document, limits = {}) => pmmlScorer(document, { limits }),
  lift: liftPmml,
  lower: lowerToPmml,
};

const pfa: Format<PfaDocument> = {
  name: 'pfa',
  title: 'PFA',
  extensions: ['.pfa', '.json', '.yaml', '.yml', '.ppfa'],
  recognise: (bytes) => /^(\{|#|\/\/|---|[A-Za-z_]+\s*:)/.test(head(bytes)),
  read: (input, options) => readPfa(bytesOf(input), options.limits),
  write: (document, { fileName = '' } = {}) => [
    writePfa(document, /\.ya?ml$/i.test(fileName) ? { format: 'yaml' } : {}),
  ],
  check: checkPfa,
  describe: describePfa,
  scorer: (document, limits = {}) => pfaScorer(document, { limits }),
  lift: liftPfa,
  lower: lowerToPfa,
};

/** The formats, in the order in which bytes are tried. */
export const FORMATS: Readonly<Record<FormatName, Format>> = {
  pmml: pmml as unknown as Format,
  pfa: pfa as unknown as Format,
  onnx: onnx as unknown as Format,
};

export const FORMAT_NAMES = Object.keys(FORMATS) as FormatName[];

/** The format that a file's name stands for; `.gz` at its end is passed over. */
export function formatOfName(fileName: string): Format | undefined {
  const name = fileName.toLowerCase().replace(/\.gz$/, '');
  return Object.values(FORMATS).find((format) => format.extensions.some((extension) => name.endsWith(extension)));
}

/** The format of a file, by its content first and its name next. Raises formats/unknown. */
export function recogniseFormat(bytes: Uint8Array, fileName = ''): Format {
  const content =
    bytes[0] === 0x1f && bytes[1] === 0x8b
      ? undefined
      : Object.values(FORMATS).find((format) => format.recognise(bytes));
  const found = content ?? formatOfName(fileName);
  if (found !== undefined) return found;
  throw new SamescoreError('formats/unknown', 'io', 'the file looks like neither ONNX nor PMML nor PFA', {
    place: fileName === '' ? {} : { file: fileName },
    hint: 'name the format: --from onnx, pmml or pfa',
  });
}

export function formatNamed(name: string): Format {
  const format = FORMATS[name.toLowerCase() as FormatName];
  if (format !== undefined) return format;
  throw new SamescoreError('formats/no-such-format', 'usage', `there is no format "${name}"`, {
    hint: `the formats are ${FORMAT_NAMES.join(', ')}`,
  });
}
