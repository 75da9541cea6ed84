import type { FcnDef, Method, Program, Store } from '../ast.js';
import { syntaxError } from '../complaints.js';
import { TypeBook } from '../read-types.js';
import type { Where } from '../where.js';
import { type Reading, readBlock, readBody, readFcnDef, readName, readType } from './expressions.js';
import { Members, stringAt, wrong } from './members.js';

/** The top-level members of a document, as the specification orders them. */
export const TOP_LEVEL = [
  'name',
  'method',
  'input',
  'output',
  'begin',
  'action',
  'end',
  'fcns',
  'zero',
  'merge',
  'cells',
  'pools',
  'randseed',
  'doc',
  'version',
  'metadata',
  'options',
] as const;

/** Reads a document's structure and types. Throws PfaSyntaxError and PfaSchemaError; nothing is type-checked yet. */
export function readProgram(where: Where): Program {
  const top = new Members(where, 'a PFA document', TOP_LEVEL);
  const reading: Reading = { types: [] };
  const method = readMethod(top);
  const merge = top.optional('merge');
  const zero = top.optional('zero');
  const input = readType(reading, top.required('input'));
  const output = readType(reading, top.required('output'));
  const action = readBody(reading, top.required('action'));
  if (action.length === 0) throw syntaxError(top.required('action'), 'the action must not be empty');
  if (method === 'fold') {
    top.required('zero');
    readBlock({ types: [] }, top.required('merge'));
  }
  const randseed = top.integer('randseed');
  const version = top.integer('version');
  top.string('doc');
  const name = top.string('name');
  const program: Program = {
    where,
    name: name === undefined ? madeName() : readName(top.required('name'), name),
    method,
    input,
    output,
    begin: optionalBody(reading, top, 'begin'),
    action,
    end: optionalBody(reading, top, 'end'),
    fcns: readFunctions(reading, top),
    cells: readStores(reading, top, 'cells'),
    pools: readStores(reading, top, 'pools'),
    metadata: readMetadata(top),
    timeouts: readTimeouts(top),
    ...(zero === undefined ? {} : { zero }),
    ...(merge === undefined ? {} : { merge: readBody(reading, merge) }),
    ...(randseed === undefined ? {} : { randseed }),
    ...(version === undefined ? {} : { version: Number(version) }),
  };
  resolveTypes(reading);
  return program;
}

function resolveTypes(reading: Reading): void {
  const book = new TypeBook();
  for (const ref of reading.types) book.declare(ref.where);
  for (const ref of reading.types) ref.resolved = book.resolve(ref.where);
  book.finish();
}

let unnamed = 0;

/** Documents without a name get one, `Engine_1` and so on, as the symbol `name` must have a value. */
function madeName(): string {
  unnamed += 1;
  return `Engine_${unnamed}`;
}

function readMethod(top: Members): Method {
  const method = top.string('method') ?? 'map';
  if (method !== 'map' && method !== 'emit' && method !== 'fold') {
    throw syntaxError(top.required('method'), 'the method must be "map", "emit" or "fold"', { got: method });
  }
  return method;
}

function optionalBody(reading: Reading, top: Members, key: string) {
  const at = top.optional(key);
  return at === undefined ? [] : readBody(reading, at);
}

function readFunctions(reading: Reading, top: Members): Map<string, FcnDef> {
  const at = top.optional('fcns');
  const found = new Map<string, FcnDef>();
  if (at === undefined) return found;
  for (const { key, where } of new Members(at, '"fcns"').entries()) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*$/.test(key)) {
      throw syntaxError(where, `"${key}" is no valid name of a function`);
    }
    found.set(key, readFcnDef(reading, where));
  }
  return found;
}

function readStores(reading: Reading, top: Members, key: 'cells' | 'pools'): Map<string, Store> {
  const at = top.optional(key);
  const found = new Map<string, Store>();
  if (at === undefined) return found;
  for (const { key: name, where } of new Members(at, `"${key}"`).entries()) {
    readName(where, name);
    const members = new Members(where, key === 'cells' ? 'a cell' : 'a pool', [
      'type',
      'init',
      'shared',
      'rollback',
      'source',
    ]);
    const source = members.string('source') ?? 'embedded';
    if (source !== 'embedded' && source !== 'json' && source !== 'avro') {
      throw syntaxError(members.required('source'), 'a source is "embedded", "json" or "avro"', { got: source });
    }
    const init = key === 'cells' || source !== 'embedded' ? members.required('init') : members.optional('init');
    if (key === 'pools' && source === 'embedded' && init !== undefined && init.node.kind !== 'object') {
      wrong(init, 'an object of items by name');
    }
    const shared = members.boolean('shared') ?? false;
    const rollback = members.boolean('rollback') ?? false;
    if (shared && rollback) throw syntaxError(where, '"shared" and "rollback" exclude each other');
    found.set(name, {
      where,
      type: readType(reading, members.required('type')),
      shared,
      rollback,
      source,
      ...(init === undefined ? {} : { init }),
    });
  }
  return found;
}

function readMetadata(top: Members): Record<string, string> {
  const at = top.optional('metadata');
  const made: Record<string, string> = Object.create(null);
  if (at === undefined) return made;
  for (const { key, where } of new Members(at, '"metadata"').entries()) made[key] = stringAt(where);
  return made;
}

function readTimeouts(top: Members): Program['timeouts'] {
  const at = top.optional('options');
  if (at === undefined) return {};
  const made: { begin?: number; action?: number; end?: number } = {};
  const options = new Members(at, '"options"');
  const milliseconds = (key: string): number | undefined => {
    const value = options.optional(key);
    if (value === undefined) return undefined;
    return value.node.kind === 'number' ? Number(value.node.text) : wrong(value, 'a number of milliseconds');
  };
  const all = milliseconds('timeout');
  for (const phase of ['begin', 'action', 'end'] as const) {
    const own = milliseconds(`timeout.${phase}`) ?? all;
    if (own !== undefined && own > 0) made[phase] = own;
  }
  return made;
}
