import { type CharacterSet, classRange, posixClass } from './character-set.js';

/** A POSIX extended regular expression with back-references, as Oniguruma's PosixExtended syntax has it. */
export type Node =
  | { kind: 'empty' }
  | { kind: 'character'; code: number }
  | { kind: 'any' }
  | { kind: 'set'; set: CharacterSet }
  | { kind: 'begin' }
  | { kind: 'end' }
  | { kind: 'group'; index: number; body: Node }
  | { kind: 'reference'; index: number }
  | { kind: 'sequence'; items: Node[] }
  | { kind: 'choice'; items: Node[] }
  | { kind: 'repeat'; body: Node; low: number; high: number };

export interface Parsed {
  root: Node;
  groups: number;
  references: boolean;
}

interface Cursor {
  readonly text: readonly number[];
  at: number;
  depth: number;
  groups: number;
  highestReference: number;
}

const MAX_DEPTH = 250;
const MAX_REPEAT = 100_000;
const CONTROL: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, f: 12, v: 11, a: 7, e: 27 };

/** Undefined where the pattern is not a valid expression. `unicode` decides what POSIX classes know. */
export function parse(pattern: readonly number[], unicode: boolean): Parsed | undefined {
  const cursor: Cursor = { text: pattern, at: 0, depth: 0, groups: 0, highestReference: 0 };
  const root = choice(cursor, unicode);
  if (root === undefined || cursor.at < pattern.length || cursor.highestReference > cursor.groups) return undefined;
  return { root, groups: cursor.groups, references: cursor.highestReference > 0 };
}

function peek(cursor: Cursor, ahead = 0): string {
  const code = cursor.text[cursor.at + ahead];
  return code === undefined ? '' : String.fromCodePoint(code);
}

function choice(cursor: Cursor, unicode: boolean): Node | undefined {
  cursor.depth += 1;
  if (cursor.depth > MAX_DEPTH) return undefined;
  const items: Node[] = [];
  do {
    if (items.length > 0) cursor.at += 1;
    const item = sequence(cursor, unicode);
    if (item === undefined) return undefined;
    items.push(item);
  } while (peek(cursor) === '|');
  cursor.depth -= 1;
  return items.length === 1 ? items[0]! : { kind: 'choice', items };
}

function sequence(cursor: Cursor, unicode: boolean): Node | undefined {
  const items: Node[] = [];
  for (;;) {
    const next = peek(cursor);
    if (next === '' || next === '|' || (next === ')' && cursor.depth > 1)) break;
    const item = repeated(cursor, unicode);
    if (item === undefined) return undefined;
    items.push(item);
  }
  if (items.length === 1) return items[0]!;
  return items.length === 0 ? { kind: 'empty' } : { kind: 'sequence', items };
}

function repeated(cursor: Cursor, unicode: boolean): Node | undefined {
  let node = atom(cursor, unicode);
  for (;;) {
    if (node === undefined) return undefined;
    const next = peek(cursor);
    let bounds: [number, number] | undefined;
    if (next === '*') bounds = [0, Infinity];
    else if (next === '+') bounds = [1, Infinity];
    else if (next === '?') bounds = [0, 1];
    else if (next !== '{') return node;
    cursor.at += 1;
    bounds ??= interval(cursor);
    if (bounds === undefined || node.kind === 'begin' || node.kind === 'end') return undefined;
    node = { kind: 'repeat', body: node, low: bounds[0], high: bounds[1] };
  }
}

/** `{n}`, `{n,}` and `{n,m}`, the brace already read. */
function interval(cursor: Cursor): [number, number] | undefined {
  const low = digits(cursor);
  if (low === undefined) return undefined;
  let high: number | undefined = low;
  if (peek(cursor) === ',') {
    cursor.at += 1;
    high = peek(cursor) === '}' ? Infinity : digits(cursor);
  }
  if (high === undefined || high < low || peek(cursor) !== '}') return undefined;
  cursor.at += 1;
  return [low, high];
}

function digits(cursor: Cursor): number | undefined {
  let text = '';
  while (/[0-9]/.test(peek(cursor))) {
    text += peek(cursor);
    cursor.at += 1;
  }
  const value = Number(text);
  return text === '' || value > MAX_REPEAT ? undefined : value;
}

function atom(cursor: Cursor, unicode: boolean): Node | undefined {
  const next = peek(cursor);
  const code = cursor.text[cursor.at]!;
  cursor.at += 1;
  switch (next) {
    case '.':
      return { kind: 'any' };
    case '^':
      return { kind: 'begin' };
    case '$':
      return { kind: 'end' };
    case '(':
      return group(cursor, unicode);
    case '[':
      return bracket(cursor, unicode);
    case '\\':
      return escaped(cursor);
    case '*':
    case '+':
    case '?':
    case '{':
      return undefined;
    default:
      return { kind: 'character', code };
  }
}

function group(cursor: Cursor, unicode: boolean): Node | undefined {
  cursor.groups += 1;
  const index = cursor.groups;
  const body = choice(cursor, unicode);
  if (body === undefined || peek(cursor) !== ')') return undefined;
  cursor.at += 1;
  return { kind: 'group', index, body };
}

function escaped(cursor: Cursor): Node | undefined {
  const next = peek(cursor);
  if (next === '') return undefined;
  if (next >= '1' && next <= '9') {
    const index = backReference(cursor);
    cursor.highestReference = Math.max(cursor.highestReference, index);
    return { kind: 'reference', index };
  }
  const code = CONTROL[next] ?? cursor.text[cursor.at]!;
  cursor.at += 1;
  return { kind: 'character', code };
}

/** One digit, or more as long as that many groups stand before. */
function backReference(cursor: Cursor): number {
  let value = 0;
  while (/[0-9]/.test(peek(cursor))) {
    const longer = value * 10 + Number(peek(cursor));
    if (value > 0 && longer > cursor.groups) break;
    value = longer;
    cursor.at += 1;
  }
  return value;
}

/** A bracket expression; a backslash has no meaning in it. */
function bracket(cursor: Cursor, unicode: boolean): Node | undefined {
  const set: CharacterSet = { negated: peek(cursor) === '^', ranges: [], classes: [] };
  if (set.negated) cursor.at += 1;
  let first = true;
  for (;;) {
    const next = peek(cursor);
    if (next === '') return undefined;
    if (next === ']' && !(first && cursor.text.indexOf(93, cursor.at + 1) >= 0)) break;
    first = false;
    if (next === '[' && peek(cursor, 1) === ':') {
      const found = namedClass(cursor, unicode);
      if (found === undefined) return undefined;
      if (found !== null) {
        set.classes.push(found);
        continue;
      }
    }
    const low = cursor.text[cursor.at]!;
    cursor.at += 1;
    let high = low;
    if (peek(cursor) === '-' && peek(cursor, 1) !== ']' && peek(cursor, 1) !== '') {
      high = cursor.text[cursor.at + 1]!;
      cursor.at += 2;
    }
    if (high < low) return undefined;
    set.ranges.push(classRange(low, high));
  }
  cursor.at += 1;
  return { kind: 'set', set };
}

/** `[:name:]` or `[:^name:]`; null where the brackets are not closed (then they are characters). */
function namedClass(cursor: Cursor, unicode: boolean): CharacterSet['classes'][number] | null | undefined {
  let text = '';
  for (let ahead = 2; ahead < 22; ahead++) {
    const next = peek(cursor, ahead);
    if (next === ':' && peek(cursor, ahead + 1) === ']') {
      cursor.at += ahead + 2;
      return posixClass(text, unicode);
    }
    if (next === '' || next === ']') return null;
    text += next;
  }
  return null;
}
