import type { JsonNode } from '../../wire/json.js';
import { arr, bool, type Cursor, obj, objOf, str } from './cursor.js';
import { readCall } from './read-calls.js';
import { readTypeText, readValue, typeNamed } from './read-values.js';
import { RESERVED } from './tokens.js';

/** Binary operators by rising precedence; comparisons do not chain. */
const LEVELS: readonly (readonly string[])[] = [
  ['||'],
  ['^^'],
  ['&&'],
  ['==', '!=', '<', '<=', '>', '>='],
  ['|'],
  ['^'],
  ['&'],
  ['+', '-'],
  ['*', '/', 'idiv', '%', '%%'],
];
const COMPARISONS = 3;

/** Expressions separated by semicolons, up to a closing token or the end of a section. */
export function readSequence(cursor: Cursor, close?: string): JsonNode[] {
  const found: JsonNode[] = [];
  const done = () => (close === undefined ? cursor.atSectionEnd() : cursor.is(close));
  while (!done()) {
    found.push(readExpression(cursor));
    if (!done()) cursor.expect(';');
    while (cursor.accept(';'));
  }
  return found;
}

export function readExpression(cursor: Cursor): JsonNode {
  return cursor.nested(() => {
    const { token } = cursor;
    if (token.kind === 'name') {
      const form = FORMS[token.text];
      if (form !== undefined) {
        cursor.take();
        return form(cursor, token.at);
      }
      const assigned = readAssignment(cursor);
      if (assigned !== undefined) return assigned;
    }
    return readBinary(cursor, 0);
  });
}

const LEVEL_OF: ReadonlyMap<string, number> = new Map(
  LEVELS.flatMap((operators, level) => operators.map((operator) => [operator, level] as const)),
);

function readBinary(cursor: Cursor, least: number): JsonNode {
  return climb(cursor, readUnary(cursor), least);
}

/** Goes on behind a left operand with the operators that bind at least so tightly. */
function climb(cursor: Cursor, operand: JsonNode, least: number): JsonNode {
  let left = operand;
  let compared = false;
  for (;;) {
    const { text, at, kind } = cursor.token;
    const level = kind === 'symbol' || kind === 'name' ? LEVEL_OF.get(text) : undefined;
    if (level === undefined || level < least) return left;
    if (level === COMPARISONS && compared) throw cursor.fail(at, 'comparisons do not chain');
    compared = level === COMPARISONS;
    cursor.take();
    left = obj({ [text === 'idiv' ? '//' : text]: arr([left, readBinary(cursor, level + 1)], at) }, at);
  }
}

/** `!` binds looser than a comparison: `! a == b` is `!(a == b)`. */
function readNot(cursor: Cursor): JsonNode {
  const { at } = cursor.take();
  return cursor.nested(() => obj({ '!': arr([readBinary(cursor, COMPARISONS)], at) }, at));
}

function readUnary(cursor: Cursor): JsonNode {
  const { at } = cursor.token;
  if (cursor.is('!')) return readNot(cursor);
  if (cursor.is('-') && cursor.peek(1).kind === 'number' && cursor.peek(1).at === at + 1) return readPower(cursor);
  if (cursor.accept('-')) return cursor.nested(() => obj({ 'u-': arr([readUnary(cursor)], at) }, at));
  if (cursor.accept('~')) return cursor.nested(() => obj({ '~': arr([readUnary(cursor)], at) }, at));
  return readPower(cursor);
}

function readPower(cursor: Cursor): JsonNode {
  let left = readPostfix(cursor);
  while (cursor.is('**')) {
    const { at } = cursor.take();
    left = obj({ '**': arr([left, readPostfix(cursor)], at) }, at);
  }
  return left;
}

/** An operand and what is taken out of it: `f(x)[1, "a"]`. */
function readPostfix(cursor: Cursor): JsonNode {
  let value = readOperand(cursor);
  while (cursor.is('[')) {
    const { at } = cursor.take();
    const path = readPathRest(cursor);
    if (cursor.is('=') || cursor.is('to')) {
      const to = cursor.take().text === '=' ? readExpression(cursor) : readArgument(cursor);
      return obj({ attr: value, path: arr(path, at), to }, at);
    }
    value = obj({ attr: value, path: arr(path, at) }, at);
  }
  return value;
}

function readPathRest(cursor: Cursor): JsonNode[] {
  return cursor.list(']', () => readExpression(cursor));
}

function readOperand(cursor: Cursor): JsonNode {
  const { token } = cursor;
  const { at } = token;
  if (cursor.accept('(')) {
    const inner = readExpression(cursor);
    cursor.expect(')');
    return inner;
  }
  if (cursor.is('{')) return obj({ do: readBody(cursor) }, at);
  if (cursor.is('-') && cursor.peek(1).kind === 'number') {
    cursor.take();
    return { kind: 'number', at, text: `-${cursor.take().text}` };
  }
  if (token.kind === 'number') return { kind: 'number', at, text: cursor.take().text };
  if (token.kind === 'string') {
    const { text } = cursor.take();
    return cursor.is('(') ? readCall(cursor, text, at) : obj({ string: str(text, at) }, at);
  }
  if (token.kind !== 'name') throw cursor.unexpected('an expression');
  const form = FORMS[token.text];
  if (form !== undefined) {
    cursor.take();
    return form(cursor, at);
  }
  if (RESERVED.has(token.text)) throw cursor.unexpected('an expression');
  cursor.take();
  if (cursor.is('(')) return readCall(cursor, token.text, at);
  if (cursor.accept('@')) {
    const symbol = cursor.name();
    return obj({ type: typeNamed(cursor, token.text, at), value: str(symbol.text, symbol.at) }, at);
  }
  return readName(cursor, token.text, at);
}

/** A name: null, true, false, a function, or a symbol, cell or pool with the fields behind its dots. */
function readName(cursor: Cursor, text: string, at: number): JsonNode {
  if (text === 'null') return { kind: 'null', at };
  if (text === 'true' || text === 'false') return bool(text === 'true', at);
  if (cursor.functions.has(text) && !cursor.symbols.has(text)) return obj({ fcn: str(text, at) }, at);
  if (cursor.accept('[')) return access(cursor, text, at, readPathRest(cursor));
  const base = text.split('.', 1)[0] ?? '';
  return cursor.cells.has(base) || cursor.pools.has(base) ? access(cursor, text, at, []) : str(text, at);
}

/** What a dotted name with a path in brackets stands for, and what may be put there. */
export function access(
  cursor: Cursor,
  text: string,
  at: number,
  more: readonly JsonNode[],
  change: { to?: JsonNode; init?: JsonNode } = {},
): JsonNode {
  const [base = '', ...fields] = text.split('.');
  const path = [...fields.map((field) => obj({ string: str(field, at) }, at)), ...more];
  if (cursor.pools.has(base)) {
    const init = change.init ?? change.to;
    return obj({ pool: str(base, at), path: arr(path, at), to: change.to, init: change.to && init }, at);
  }
  const where = path.length === 0 ? undefined : arr(path, at);
  if (cursor.cells.has(base)) return obj({ cell: str(base, at), path: where, to: change.to }, at);
  return obj({ attr: str(base, at), path: where, to: change.to }, at);
}

/** `x = …`, `x[…] = …`, `x to fcn`, `x[…] to fcn init …`; undefined if the name begins something else. */
function readAssignment(cursor: Cursor): JsonNode | undefined {
  const { text, at } = cursor.token;
  if (RESERVED.has(text)) return undefined;
  const next = cursor.peek(1);
  if (next.kind === 'symbol' && next.text === '=') {
    if (text.includes('.') || cursor.cells.has(text) || cursor.pools.has(text)) {
      cursor.take();
      cursor.take();
      return access(cursor, text, at, [], { to: readExpression(cursor) });
    }
    return obj({ set: objOf(readAssignments(cursor), at) }, at);
  }
  if (next.kind === 'name' && next.text === 'to') {
    cursor.take();
    return readTo(cursor, text, at, []);
  }
  if (next.kind !== 'symbol' || next.text !== '[') return undefined;
  cursor.take();
  cursor.take();
  const path = readPathRest(cursor);
  if (cursor.accept('=')) {
    const to = readExpression(cursor);
    return access(cursor, text, at, path, cursor.accept('init') ? { to, init: readExpression(cursor) } : { to });
  }
  if (cursor.is('to')) return readTo(cursor, text, at, path);
  return continueWith(cursor, access(cursor, text, at, path));
}

function readTo(cursor: Cursor, text: string, at: number, path: readonly JsonNode[]): JsonNode {
  cursor.expect('to');
  const to = readArgument(cursor);
  if (!cursor.accept('init')) return access(cursor, text, at, path, { to });
  return access(cursor, text, at, path, { to, init: readExpression(cursor) });
}

/** Goes on behind an operand that has been read already: brackets, powers and operators. */
function continueWith(cursor: Cursor, operand: JsonNode): JsonNode {
  let left = operand;
  while (cursor.is('[')) {
    const { at } = cursor.take();
    left = obj({ attr: left, path: arr(readPathRest(cursor), at) }, at);
  }
  while (cursor.is('**')) {
    const { at } = cursor.take();
    left = obj({ '**': arr([left, readPostfix(cursor)], at) }, at);
  }
  return climb(cursor, left, 0);
}

/** `a = 1, b = 2` */
function readAssignments(cursor: Cursor): [string, JsonNode][] {
  const pairs: [string, JsonNode][] = [];
  do {
    const name = cursor.name();
    cursor.expect('=');
    cursor.symbols.add(name.text);
    pairs.push([name.text, readExpression(cursor)]);
  } while (cursor.is(',') && cursor.peek(1).kind === 'name' && cursor.peek(2).text === '=' && cursor.accept(','));
  return pairs;
}

/** An expression, an inline function, or a bracketed list of JSON. */
export function readArgument(cursor: Cursor): JsonNode {
  if (cursor.is('fcn')) return readFunction(cursor);
  if (cursor.is('[')) return readValue(cursor);
  return readExpression(cursor);
}

/** `fcn(x: int, y: string -> double) body` */
export function readFunction(cursor: Cursor): JsonNode {
  const { at } = cursor.expect('fcn');
  cursor.expect('(');
  const params: JsonNode[] = [];
  while (!cursor.is('->')) {
    const name = cursor.take();
    if (name.kind !== 'name' && name.kind !== 'string') throw cursor.fail(name.at, 'a parameter must have a name');
    cursor.symbols.add(name.text);
    cursor.expect(':');
    params.push(objOf([[name.text, readTypeText(cursor)]], name.at));
    if (!cursor.is('->')) cursor.expect(',');
  }
  cursor.expect('->');
  const ret = readTypeText(cursor);
  cursor.expect(')');
  return obj({ params: arr(params, at), ret, do: readBody(cursor) }, at);
}

/** The body of a form: the expressions of a block, or a single one. */
function readBody(cursor: Cursor): JsonNode {
  const { at } = cursor.token;
  if (!cursor.accept('{')) return arr([readExpression(cursor)], at);
  const body = cursor.nested(() => readSequence(cursor, '}'));
  cursor.expect('}');
  return arr(body, at);
}

function parenthesised(cursor: Cursor): JsonNode {
  cursor.expect('(');
  const inner = readExpression(cursor);
  cursor.expect(')');
  return inner;
}

/** `name: expression` pairs up to a closing parenthesis. */
function readParameters(cursor: Cursor): { name: string; at: number; value: JsonNode }[] {
  return cursor.list(')', () => {
    const name = cursor.take();
    if (name.kind !== 'name' && name.kind !== 'string') throw cursor.fail(name.at, 'a name must stand here');
    cursor.expect(':');
    return { name: name.text, at: name.at, value: readArgument(cursor) };
  });
}

function elseBody(cursor: Cursor): JsonNode | undefined {
  return cursor.accept('else') ? readBody(cursor) : undefined;
}

/** `key: true` or `key: false` at the end of a list in parentheses, which it closes. */
function readFlag(cursor: Cursor, key: string): boolean {
  const name = cursor.name();
  if (name.text !== key) throw cursor.fail(name.at, `only "${key}" can stand here`);
  cursor.expect(':');
  const value = cursor.name();
  if (value.text !== 'true' && value.text !== 'false') throw cursor.fail(value.at, `"${key}" is true or false`);
  cursor.expect(')');
  return value.text === 'true';
}

type ReadForm = (cursor: Cursor, at: number) => JsonNode;

const FORMS: Readonly<Record<string, ReadForm | undefined>> = Object.assign(Object.create(null), {
  var: (cursor, at) => obj({ let: objOf(readAssignments(cursor), at) }, at),
  if: (cursor, at) => {
    const clauses: { test: JsonNode; then: JsonNode; at: number }[] = [];
    let otherwise: JsonNode | undefined;
    for (;;) {
      clauses.push({ test: parenthesised(cursor), then: readBody(cursor), at });
      if (!cursor.accept('else')) break;
      if (cursor.accept('if')) continue;
      otherwise = readBody(cursor);
      break;
    }
    const parts = clauses.map(({ test, then }) => ({ if: test, then }));
    const only = parts[0];
    if (parts.length === 1 && only !== undefined) return obj({ ...only, else: otherwise }, at);
    return obj(
      {
        cond: arr(
          parts.map((part) => obj(part, at)),
          at,
        ),
        else: otherwise,
      },
      at,
    );
  },
  while: (cursor, at) => obj({ while: parenthesised(cursor), do: readBody(cursor) }, at),
  do: (cursor, at) => {
    if (cursor.is('(')) return readCall(cursor, 'do', at);
    const body = readBody(cursor);
    if (!cursor.accept('until')) return obj({ do: body }, at);
    return obj({ do: body, until: parenthesised(cursor) }, at);
  },
  for: (cursor, at) => {
    cursor.expect('(');
    const init = objOf(readAssignments(cursor), at);
    cursor.expect(';');
    const test = readExpression(cursor);
    cursor.expect(';');
    const step = objOf(readAssignments(cursor), at);
    cursor.expect(')');
    return obj({ for: init, while: test, step, do: readBody(cursor) }, at);
  },
  foreach: (cursor, at) => {
    cursor.expect('(');
    const first = cursor.take();
    if (cursor.accept(',')) {
      const second = cursor.take();
      cursor.expect(':');
      const over = readExpression(cursor);
      cursor.expect(')');
      return obj(
        { forkey: str(first.text, first.at), forval: str(second.text, second.at), in: over, do: readBody(cursor) },
        at,
      );
    }
    cursor.expect(':');
    const over = readExpression(cursor);
    const seq = cursor.accept(',') ? readFlag(cursor, 'seq') : !cursor.expect(')');
    return obj({ foreach: str(first.text, first.at), in: over, do: readBody(cursor), seq: bool(seq, at) }, at);
  },
  cast: (cursor, at) => {
    cursor.expect('(');
    const of = readExpression(cursor);
    const partial = cursor.accept(',') ? readFlag(cursor, 'partial') : !cursor.expect(')');
    cursor.expect('{');
    const cases: JsonNode[] = [];
    while (!cursor.is('}')) {
      const { at: caseAt } = cursor.expect('as');
      cursor.expect('(');
      const name = cursor.take();
      cursor.expect(':');
      const as = readTypeText(cursor);
      cursor.expect(')');
      cases.push(obj({ as, named: str(name.text, name.at), do: readBody(cursor) }, caseAt));
      cursor.accept(';');
    }
    cursor.expect('}');
    return obj({ cast: of, cases: arr(cases, at), partial: partial ? bool(true, at) : undefined }, at);
  },
  ifnotnull: (cursor, at) => {
    cursor.expect('(');
    const pairs = readParameters(cursor).map(({ name, value }) => [name, value] as const);
    return obj({ ifnotnull: objOf(pairs, at), then: readBody(cursor), else: elseBody(cursor) }, at);
  },
  unpack: (cursor, at) => {
    cursor.expect('(');
    const of = readExpression(cursor);
    const format: JsonNode[] = [];
    while (!cursor.accept(')')) {
      cursor.expect(',');
      const name = cursor.take();
      cursor.expect(':');
      const spelled = cursor.take();
      if (spelled.kind !== 'name' && spelled.kind !== 'string')
        throw cursor.fail(spelled.at, 'a format must stand here');
      format.push(objOf([[name.text, str(spelled.text, spelled.at)]], name.at));
    }
    return obj({ unpack: of, format: arr(format, at), then: readBody(cursor), else: elseBody(cursor) }, at);
  },
  try: (cursor, at) => {
    const filter = readFilter(cursor);
    return obj({ try: readBody(cursor), filter: filter === undefined ? undefined : arr(filter, at) }, at);
  },
} satisfies Record<string, ReadForm>);

/** The messages and codes behind `try`, in parentheses and with something to try after them. */
function readFilter(cursor: Cursor): JsonNode[] | undefined {
  if (!cursor.is('(')) return undefined;
  let ahead = 1;
  for (; cursor.peek(ahead).text !== ')' || cursor.peek(ahead).kind !== 'symbol'; ahead++) {
    const { kind, text } = cursor.peek(ahead);
    const fits = kind === 'string' || kind === 'number' || kind === 'name' || text === ',' || text === '-';
    if (!fits || kind === 'end') return undefined;
  }
  const after = cursor.peek(ahead + 1);
  const begins =
    after.kind === 'name'
      ? after.text !== 'else' && after.text !== 'idiv'
      : after.kind !== 'symbol' || /^[({!~]$/.test(after.text);
  if (!begins || after.kind === 'end' || after.kind === 'section') return undefined;
  cursor.take();
  return cursor.list(')', () => readValue(cursor));
}
