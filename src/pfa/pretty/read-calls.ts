import type { JsonNode } from '../../wire/json.js';
import { arr, type Cursor, obj, objOf, str } from './cursor.js';
import { readArgument } from './read-expressions.js';
import { readTypeText, readValue } from './read-values.js';

/** `name(…)`: a special form that looks like a call, a call, or (with `parameter: value`) a partly applied function. */
export function readCall(cursor: Cursor, name: string, at: number): JsonNode {
  cursor.expect('(');
  return cursor.nested(() => (CALLS[name] ?? plainCall)(cursor, at, name));
}

type ReadCall = (cursor: Cursor, at: number, name: string) => JsonNode;

interface Given {
  readonly plain: JsonNode[];
  readonly named: [string, JsonNode][];
}

/** Arguments up to the closing parenthesis, the named ones apart. */
function readGiven(cursor: Cursor, value: (cursor: Cursor) => JsonNode = readArgument): Given {
  const given: Given = { plain: [], named: [] };
  cursor.list(')', () => {
    const { token } = cursor;
    const next = cursor.peek(1);
    if ((token.kind === 'name' || token.kind === 'string') && next.kind === 'symbol' && next.text === ':') {
      cursor.take();
      cursor.take();
      given.named.push([token.text, value(cursor)]);
    } else given.plain.push(readArgument(cursor));
  });
  return given;
}

function plainCall(cursor: Cursor, at: number, name: string): JsonNode {
  const { plain, named } = readGiven(cursor);
  if (named.length > 0) {
    if (plain.length > 0) throw cursor.fail(at, 'arguments with and without names cannot be mixed');
    return obj({ fcn: str(name, at), fill: objOf(named, at) }, at);
  }
  return objOf([[name, arr(plain, at)]], at);
}

function literal(cursor: Cursor, at: number, name: string): JsonNode {
  const value = readValue(cursor);
  cursor.expect(')');
  return obj({ [name === 'bytes' ? 'base64' : name]: value }, at);
}

/** The text of a string or of a word that stands for one. */
function textOf(cursor: Cursor, node: JsonNode | undefined, at: number): JsonNode {
  if (node?.kind === 'string') return node;
  const inner = node?.kind === 'object' ? node.members[0] : undefined;
  if (inner?.key === 'string' && inner.value.kind === 'string') return inner.value;
  throw cursor.fail(at, 'a string must stand here');
}

const CALLS: Readonly<Record<string, ReadCall | undefined>> = Object.assign(Object.create(null), {
  int: literal,
  long: literal,
  float: literal,
  double: literal,
  string: literal,
  bytes: literal,
  json: (cursor, at) => {
    const type = readTypeText(cursor);
    cursor.expect(',');
    const value = readValue(cursor);
    cursor.expect(')');
    return obj({ type, value }, at);
  },
  do: (cursor, at) => obj({ do: arr(readGiven(cursor).plain, at) }, at),
  apply: (cursor, at) => {
    const [call, ...args] = readGiven(cursor).plain;
    if (call === undefined) throw cursor.fail(at, 'apply needs the function first');
    return obj({ call, args: arr(args, at) }, at);
  },
  update: (cursor, at) => {
    const { plain, named } = readGiven(cursor);
    const [field] = named;
    if (plain.length !== 1 || field === undefined || named.length !== 1) {
      throw cursor.fail(at, 'update needs a record and one field with its new value');
    }
    return obj({ attr: plain[0], path: arr([obj({ string: str(field[0], at) }, at)], at), to: field[1] }, at);
  },
  new: (cursor, at) => {
    const type = readTypeText(cursor);
    if (!cursor.is(')')) cursor.expect(',');
    const { plain, named } = readGiven(cursor);
    const isArray =
      type.kind === 'object' &&
      type.members.some(({ key, value }) => key === 'type' && value.kind === 'string' && value.value === 'array');
    return obj({ new: isArray ? arr(plain, at) : objOf(named, at), type }, at);
  },
  delete: (cursor, at) => {
    const pool = cursor.name();
    cursor.expect(',');
    const del = readArgument(cursor);
    cursor.expect(')');
    return obj({ pool: str(pool.text, pool.at), del }, at);
  },
  upcast: (cursor, at) => {
    const as = readTypeText(cursor);
    cursor.expect(',');
    const upcast = readArgument(cursor);
    cursor.expect(')');
    return obj({ upcast, as }, at);
  },
  pack: (cursor, at) => {
    const { named } = readGiven(cursor);
    return obj(
      {
        pack: arr(
          named.map((pair) => objOf([pair], at)),
          at,
        ),
      },
      at,
    );
  },
  doc: (cursor, at) => obj({ doc: textOf(cursor, readGiven(cursor).plain[0], at) }, at),
  error: (cursor, at) => {
    const { plain, named } = readGiven(cursor, readValue);
    return obj({ error: textOf(cursor, plain[0], at), code: named.find(([key]) => key === 'code')?.[1] }, at);
  },
  log: (cursor, at) => {
    const { plain, named } = readGiven(cursor, readValue);
    return obj({ log: arr(plain, at), namespace: named.find(([key]) => key === 'namespace')?.[1] }, at);
  },
} satisfies Record<string, ReadCall>);
