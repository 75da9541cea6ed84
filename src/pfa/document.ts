import { type JsonNode, jsonOf, member, writeJson } from '../wire/json.js';
import { writeYaml } from '../wire/yaml.js';

/** A PFA document as its JSON tree: every member is kept, known or not, and every number as it was spelt. */
export interface PfaDocument {
  readonly root: JsonNode;
  /** The text it was read from, for lines and columns; absent for documents that were made. */
  readonly text?: string;
  readonly format: 'json' | 'yaml';
}

export interface WriteOptions {
  readonly format?: 'json' | 'yaml';
  /** Spaces of each level of JSON; 0 writes one line. */
  readonly indent?: number;
}

/** The bytes of a document; reading them gives the same tree. */
export function writePfa(document: PfaDocument, options: WriteOptions = {}): Uint8Array {
  const format = options.format ?? document.format;
  const text = format === 'yaml' ? writeYaml(document.root) : `${writeJson(document.root, options.indent ?? 2)}\n`;
  return new TextEncoder().encode(text);
}

/** A document from plain JavaScript values or JSON nodes; make doubles with `jsonDouble`, so that 2 stays 2.0. */
export function makePfa(value: unknown): PfaDocument {
  return { root: jsonOf(value), format: 'json' };
}

/** A document of a JSON tree. */
export function documentOf(root: JsonNode): PfaDocument {
  return { root, format: 'json' };
}

/** A top-level member. */
export function topLevel(document: PfaDocument, key: string): JsonNode | undefined {
  return document.root.kind === 'object' ? member(document.root, key) : undefined;
}
