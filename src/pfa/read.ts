import { gunzipSync } from 'fflate';
import { checkBytes } from '../core/arguments.js';
import { SamescoreError } from '../core/errors.js';
import type { Limits } from '../core/limits.js';
import { withDefaults } from '../core/limits.js';
import { type JsonNode, lineColumn, member, readJson } from '../wire/json.js';
import { readYaml } from '../wire/yaml.js';
import { complainedOf } from './complaints.js';
import type { PfaDocument } from './document.js';
import { PfaSyntaxError } from './errors.js';
import { readPretty } from './pretty/read.js';
import { offsetOf } from './where.js';

/**
 * Reads a document from its bytes: JSON or YAML, gzip-ed or not. Only the syntax of the text is checked here.
 * Throws PfaSyntaxError with line and column.
 */
export function readPfa(bytes: Uint8Array, limits: Partial<Limits> = {}): PfaDocument {
  checkBytes(bytes, 'readPfa');
  const { bytes: longest } = withDefaults(limits);
  let plain = bytes;
  const gzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  if (gzip) plain = unzip(bytes, longest);
  if (plain.length > longest) throw new PfaSyntaxError(`the document has more than ${longest} bytes`);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(plain);
  } catch (cause) {
    throw new PfaSyntaxError('the document is not UTF-8 text', { cause });
  }
  return readPfaText(text, limits);
}

function unzip(bytes: Uint8Array, longest: number): Uint8Array {
  const size = bytes.length < 18 ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 4, true);
  if (size > longest) throw new PfaSyntaxError(`the document has more than ${longest} bytes when it is unzipped`);
  try {
    return gunzipSync(bytes, { out: new Uint8Array(size) });
  } catch (cause) {
    throw new PfaSyntaxError('the gzip data are broken', { cause });
  }
}

/** Reads a document from JSON, YAML or PrettyPFA text. */
export function readPfaText(text: string, limits: Partial<Limits> = {}): PfaDocument {
  const start = /^\uFEFF?\s*/.exec(text)?.[0].length ?? 0;
  if (text[start] === '{' || text[start] === '[')
    return { root: syntax(() => readJson(text, limits)), text, format: 'json' };
  let failure: unknown;
  let root: JsonNode | undefined;
  try {
    root = syntax(() => readYaml(text, limits));
    if (!hasPrettyCode(root)) return { root, text, format: 'yaml' };
  } catch (error) {
    failure = error;
    if (!PRETTY.test(text)) throw error;
  }
  try {
    return { root: readPretty(text, limits), text, format: 'json' };
  } catch (error) {
    throw failure !== undefined && !/^\s*\/\/|[;=(]\s*$/m.test(text) ? failure : error;
  }
}

/** A heading that PrettyPFA documents have, at the beginning of a line. */
const PRETTY = /^(?:action|input|output|types|fcns|cells)\s*:/m;
const WORD = /^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*$/;

/** Whether YAML found code where PFA has structures: then the text is PrettyPFA, whose headings look like YAML's keys. */
function hasPrettyCode(root: JsonNode): boolean {
  if (root.kind !== 'object') return false;
  return ['input', 'output', 'action', 'begin', 'end', 'merge', 'cells', 'pools', 'fcns', 'types'].some((key) => {
    const value = member(root, key);
    return value?.kind === 'string' && !WORD.test(value.value);
  });
}

function syntax(read: () => JsonNode): JsonNode {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SamescoreError)) throw error;
    const { expected, got, hint, place, sentence } = error;
    throw new PfaSyntaxError(sentence, {
      place,
      ...(expected === undefined ? {} : { expected }),
      ...(got === undefined ? {} : { got }),
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

/** Adds line and column to an error that knows its node. Returns the same error. */
export function locate(error: unknown, document: PfaDocument): unknown {
  if (!(error instanceof SamescoreError)) return error;
  const where = complainedOf.get(error);
  const at = where === undefined ? -1 : offsetOf(where);
  return at < 0 || document.text === undefined ? error : error.within(lineColumn(document.text, at));
}
