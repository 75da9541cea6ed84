import { SamescoreError } from '../core/errors.js';
import type { Finding } from '../core/finding.js';
import { type JsonNode, lineColumn } from '../wire/json.js';
import type { Program } from './ast.js';
import { type PfaDocument, topLevel } from './document.js';
import { analyseProgram } from './evaluate/analyse.js';
import { LIBRARY } from './library/index.js';
import { readProgram } from './parse/program.js';
import { locate } from './read.js';
import { initialCells, initialPools } from './state.js';
import { rootWhere } from './where.js';

/**
 * What is wrong with a document: the first error of its syntax or types, else the first of each function, begin, action,
 * end and merge and of each cell's and pool's initial data; if there is none, warnings for what is never used or
 * deprecated.
 */
export function checkPfa(document: PfaDocument): Finding[] {
  const found: Finding[] = [];
  const note = (error: unknown): void => {
    locate(error, document);
    if (!(error instanceof SamescoreError)) throw error;
    found.push({ severity: 'error', code: String(error.code), message: messageOf(error), place: error.place });
  };
  try {
    const program = readProgram(rootWhere(document.root));
    analyseProgram(program, note);
    for (const [name, store] of [...program.cells, ...program.pools]) {
      const stores = new Map([[name, store]]);
      try {
        if (program.cells.get(name) === store) initialCells(stores, nothing);
        else initialPools(stores, nothing);
      } catch (error) {
        note(error);
      }
    }
    return found.length > 0 ? found : warnings(document, program);
  } catch (error) {
    note(error);
    return found;
  }
}

/** Stands for the data of files, which this check leaves alone. */
const nothing = () => null;

function messageOf(error: SamescoreError): string {
  const { sentence, expected, got } = error;
  const parts = [expected === undefined ? '' : `expected ${expected}`, got === undefined ? '' : `got ${got}`];
  const known = parts.filter((part) => part !== '');
  return known.length === 0 ? sentence : `${sentence} (${known.join(', ')})`;
}

/** What each warning looks for: names that the document declares and the form in which they are used. */
function warnings(document: PfaDocument, program: Program): Finding[] {
  const used = namesIn(document);
  const found: Finding[] = [];
  const warn = (code: string, message: string, path: string) =>
    found.push({ severity: 'warning', code, message, place: { path } });
  for (const name of program.fcns.keys()) {
    if (!used.has(`u.${name}`) && !used.has(name))
      warn('pfa/unused-function', `nothing calls "u.${name}"`, `$.fcns.${name}`);
  }
  for (const name of program.cells.keys()) {
    if (!used.has(name)) warn('pfa/unused-cell', `nothing reads the cell "${name}"`, `$.cells.${name}`);
  }
  for (const name of program.pools.keys()) {
    if (!used.has(name)) warn('pfa/unused-pool', `nothing reads the pool "${name}"`, `$.pools.${name}`);
  }
  for (const { key, at } of repeatedMembers(document.root)) {
    const place = document.text === undefined ? {} : lineColumn(document.text, at);
    found.push({
      severity: 'warning',
      code: 'pfa/repeated-member',
      message: `"${key}" stands twice in one object: the last one counts`,
      place,
    });
  }
  for (const name of used) {
    const row = LIBRARY.get(name);
    if (row?.deprecated !== undefined) warn('pfa/deprecated', `"${name}" is deprecated: ${row.deprecated}`, '$');
  }
  return found;
}

/** Members whose name an earlier member of the same object has. */
function repeatedMembers(root: JsonNode): { key: string; at: number }[] {
  const found: { key: string; at: number }[] = [];
  const waiting: JsonNode[] = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.kind === 'array') for (const item of node.items) waiting.push(item);
    if (node.kind !== 'object') continue;
    const seen = new Set<string>();
    for (const { key, keyAt, value } of node.members) {
      if (seen.has(key)) found.push({ key, at: keyAt });
      seen.add(key);
      waiting.push(value);
    }
  }
  return found;
}

/** All strings and member names inside the document's code. */
function namesIn(document: PfaDocument): Set<string> {
  const names = new Set<string>();
  const fcns = topLevel(document, 'fcns');
  const waiting = ['begin', 'action', 'end', 'merge', 'input'].map((key) => topLevel(document, key));
  if (fcns?.kind === 'object') waiting.push(...fcns.members.map(({ value }) => value));
  for (let node = waiting.pop(); node !== undefined || waiting.length > 0; node = waiting.pop()) {
    if (node === undefined) continue;
    if (node.kind === 'string') names.add(node.value);
    else if (node.kind === 'array') waiting.push(...node.items);
    else if (node.kind === 'object') {
      for (const { key, value } of node.members) {
        names.add(key);
        waiting.push(value);
      }
    }
  }
  return names;
}
