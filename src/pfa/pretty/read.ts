import type { Limits } from '../../core/limits.js';
import { withDefaults } from '../../core/limits.js';
import type { JsonNode } from '../../wire/json.js';
import { LIBRARY } from '../library/index.js';
import { arr, bool, Cursor, obj, objOf, str } from './cursor.js';
import { readFunction, readSequence } from './read-expressions.js';
import { readTypeText, readValue } from './read-values.js';

/** A level of PrettyPFA takes several of the machine's stack. */
const DEEPEST = 400;

/** Reads a PrettyPFA document as the JSON of the PFA document that it stands for. Throws PfaSyntaxError. */
export function readPretty(text: string, limits: Partial<Limits> = {}): JsonNode {
  const { depth } = withDefaults(limits);
  const cursor = new Cursor(text, Math.min(depth, DEEPEST));
  for (const name of LIBRARY.keys()) cursor.functions.add(name);
  foresee(cursor);
  const sections = new Map<string, JsonNode>();
  while (cursor.token.kind !== 'end') {
    const { kind, text: name, at } = cursor.token;
    if (kind !== 'section') throw cursor.unexpected('a section like "action:" at the beginning of a line');
    cursor.take();
    if (sections.has(name)) throw cursor.fail(at, `the section "${name}" stands twice`);
    const read = SECTION[name] ?? readValue;
    const value = read(cursor, at);
    if (name !== 'types') sections.set(name, value);
    while (cursor.accept(';'));
    if (!cursor.atSectionEnd()) throw cursor.unexpected('the next section');
  }
  return obj(Object.fromEntries(sections), 0);
}

/** Learns the names of cells, pools and functions before they are used; a copy of the tokens is walked. */
function foresee(cursor: Cursor): void {
  let section = '';
  let depth = 0;
  for (let ahead = 0; cursor.peek(ahead).kind !== 'end'; ahead++) {
    const token = cursor.peek(ahead);
    if (token.kind === 'section') {
      section = token.text;
      depth = 0;
    } else if (token.kind === 'symbol') {
      if (/^[([{]$/.test(token.text)) depth++;
      else if (/^[)\]}]$/.test(token.text)) depth--;
    } else if (token.kind === 'name' && depth === 0) {
      const next = cursor.peek(ahead + 1);
      if (section === 'cells' && next.text === '(') cursor.cells.add(token.text);
      if (section === 'pools' && next.text === '(') cursor.pools.add(token.text);
      if (section === 'fcns' && next.text === '=') cursor.functions.add(`u.${token.text}`);
      if (section === 'method' && token.text === 'emit') cursor.functions.add('emit');
    }
  }
}

type ReadSection = (cursor: Cursor, at: number) => JsonNode;

const sequence: ReadSection = (cursor, at) => arr(readSequence(cursor), at);

const SECTION: Readonly<Record<string, ReadSection | undefined>> = {
  input: readTypeText,
  output: readTypeText,
  begin: sequence,
  action: sequence,
  end: sequence,
  merge: sequence,
  types: readTypes,
  fcns: readFunctions,
  cells: (cursor, at) => readStores(cursor, at),
  pools: (cursor, at) => readStores(cursor, at),
};

/** `Name = type; …`, or types that name themselves; later sections write them out where they stand for them. */
function readTypes(cursor: Cursor, at: number): JsonNode {
  cursor.inTypes = true;
  while (!cursor.atSectionEnd()) {
    let alias: string | undefined;
    if (cursor.peek(1).text === '=' && cursor.peek(1).kind === 'symbol') {
      alias = cursor.name().text;
      cursor.take();
    }
    const type = readTypeText(cursor);
    alias ??= ownName(type);
    if (alias !== undefined) cursor.aliases.set(alias, type);
    if (!cursor.atSectionEnd()) cursor.expect(';');
    while (cursor.accept(';'));
  }
  cursor.inTypes = false;
  return arr([], at);
}

function ownName(type: JsonNode): string | undefined {
  if (type.kind !== 'object') return undefined;
  const text = (key: string): string | undefined => {
    const found = type.members.find((member) => member.key === key)?.value;
    return found?.kind === 'string' ? found.value : undefined;
  };
  const [name, namespace] = [text('name'), text('namespace')];
  return namespace === undefined || name === undefined ? name : `${namespace}.${name}`;
}

function readFunctions(cursor: Cursor, at: number): JsonNode {
  const pairs: [string, JsonNode][] = [];
  while (!cursor.atSectionEnd()) {
    const name = cursor.name().text;
    cursor.expect('=');
    pairs.push([name, readFunction(cursor)]);
    if (!cursor.atSectionEnd()) cursor.expect(';');
    while (cursor.accept(';'));
  }
  return objOf(pairs, at);
}

/** `name(type, shared: true) = initial value; …` */
function readStores(cursor: Cursor, at: number): JsonNode {
  const pairs: [string, JsonNode][] = [];
  while (!cursor.atSectionEnd()) {
    const name = cursor.name();
    const members: Record<string, JsonNode> = {};
    cursor.expect('(');
    cursor.list(')', () => {
      const key = cursor.token;
      if (cursor.peek(1).text !== ':' || cursor.peek(1).kind !== 'symbol') {
        members['type'] = readTypeText(cursor);
        return;
      }
      cursor.take();
      cursor.take();
      if (key.text === 'type') members['type'] = readTypeText(cursor);
      else if (key.text === 'source') members['source'] = str(cursor.take().text, key.at);
      else members[key.text] = bool(cursor.take().text === 'true', key.at);
    });
    cursor.expect('=');
    members['init'] = readValue(cursor);
    pairs.push([name.text, obj(members, name.at)]);
    if (!cursor.atSectionEnd()) cursor.expect(';');
    while (cursor.accept(';'));
  }
  return objOf(pairs, at);
}
