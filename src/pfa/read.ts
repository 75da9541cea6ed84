import { gunzipSync } from 'fflate';
import { SamescoreError } from '../core/errors.js';
import type { Limits } from '../core/limits.js';
import { withDefaults } from '../core/limits.js';
import { type JsonNode, lineColumn, readJson } from '../wire/json.js';
import { readYaml } from '../wire/yaml.js';
import { complainedOf } from './complaints.js';
import type { PfaDocument } from './document.js';
import { PfaSyntaxError } from './errors.js';
import { offsetOf } from './where.js';

/**
 * Reads a document from its bytes: JSON or YAML, gzip-ed or not. Only the syntax of the text is checked here.
 * Throws PfaSyntaxError with line and column.
 */
export function readPfa(bytes: Uint8Array, limits: Partial<Limits> = {}): PfaDocument {
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

/** Reads a document from JSON or YAML text. */
export function readPfaText(text: string, limits: Partial<Limits> = {}): PfaDocument {
  const start = /^\uFEFF?\s*/.exec(text)?.[0].length ?? 0;
  const format = text[start] === '{' || text[start] === '[' ? 'json' : 'yaml';
  let root: JsonNode;
  try {
    root = format === 'json' ? readJson(text, limits) : readYaml(text, limits);
  } catch (error) {
    if (!(error instanceof SamescoreError)) throw error;
    throw new PfaSyntaxError(error.sentence, { ...error, place: error.place });
  }
  return { root, text, format };
}

/** Adds line and column to an error that knows its node. Returns the same error. */
export function locate(error: unknown, document: PfaDocument): unknown {
  if (!(error instanceof SamescoreError)) return error;
  const where = complainedOf.get(error);
  const at = where === undefined ? -1 : offsetOf(where);
  return at < 0 || document.text === undefined ? error : error.within(lineColumn(document.text, at));
}
