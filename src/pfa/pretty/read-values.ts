import type { JsonNode } from '../../wire/json.js';
import { arr, type Cursor, obj, objOf, str } from './cursor.js';

/** JSON as PrettyPFA writes it: keys may stand without quotation marks, and words are strings but for null, true, false. */
export function readValue(cursor: Cursor): JsonNode {
  const { token } = cursor;
  const { at } = token;
  if (cursor.accept('{')) {
    const pairs = cursor.nested(() =>
      cursor.list('}', () => {
        const key = cursor.take();
        if (key.kind !== 'name' && key.kind !== 'string') throw cursor.fail(key.at, 'a key must be a word or a string');
        cursor.expect(':');
        return [key.text, readValue(cursor)] as const;
      }),
    );
    return objOf(pairs, at);
  }
  if (cursor.accept('['))
    return arr(
      cursor.nested(() => cursor.list(']', () => readValue(cursor))),
      at,
    );
  if (cursor.is('-') && cursor.peek(1).kind === 'number') {
    cursor.take();
    return { kind: 'number', at, text: `-${cursor.take().text}` };
  }
  if (token.kind === 'number') return { kind: 'number', at, text: cursor.take().text };
  if (token.kind === 'string') return str(cursor.take().text, at);
  if (token.kind !== 'name') throw cursor.unexpected('a JSON value');
  const { text } = cursor.take();
  if (text === 'null') return { kind: 'null', at };
  if (text === 'true' || text === 'false') return { kind: 'boolean', at, value: text === 'true' };
  return str(text, at);
}

/** A type: a name, or `array(…)`, `map(…)`, `union(…)`, `record(…)`, `enum([…], Name)`, `fixed(size, Name)`. */
export function readTypeText(cursor: Cursor): JsonNode {
  const { text, at, kind } = cursor.take();
  if (kind !== 'name' && kind !== 'string') throw cursor.fail(at, 'a type must stand here');
  if (!cursor.is('(') || kind === 'string') return typeNamed(cursor, text, at);
  cursor.take();
  return cursor.nested(() => readTypeCall(cursor, text, at));
}

/** What a type's name stands for: an alias is written out, a named type only the first time. */
export function typeNamed(cursor: Cursor, text: string, at: number): JsonNode {
  const alias = cursor.inTypes ? undefined : cursor.aliases.get(text);
  if (alias === undefined) return str(text, at);
  if (alias.kind !== 'object' || !alias.members.some(({ key }) => key === 'name')) return spellOut(cursor, alias);
  if (cursor.spelt.has(text)) return str(text, at);
  cursor.spelt.add(text);
  return spellOut(cursor, alias);
}

/** A copy of a type in which aliases are written out too. */
function spellOut(cursor: Cursor, type: JsonNode): JsonNode {
  if (type.kind === 'string') return typeNamed(cursor, type.value, type.at);
  if (type.kind === 'array')
    return arr(
      type.items.map((item) => spellOut(cursor, item)),
      type.at,
    );
  if (type.kind !== 'object') return type;
  const members = type.members.map((member) => {
    const { key, value } = member;
    if (key === 'items' || key === 'values') return { ...member, value: spellOut(cursor, value) };
    if (key !== 'fields' || value.kind !== 'array') return member;
    const fields = value.items.map((field) => {
      if (field.kind !== 'object') return field;
      const parts = field.members.map((part) =>
        part.key === 'type' ? { ...part, value: spellOut(cursor, part.value) } : part,
      );
      return { ...field, members: parts };
    });
    return { ...member, value: arr(fields, value.at) };
  });
  return { ...type, members };
}

function readTypeCall(cursor: Cursor, kind: string, at: number): JsonNode {
  switch (kind) {
    case 'array':
    case 'map': {
      const inner = readTypeText(cursor);
      cursor.expect(')');
      return obj({ type: str(kind, at), [kind === 'array' ? 'items' : 'values']: inner }, at);
    }
    case 'union':
      return arr(
        cursor.list(')', () => readTypeText(cursor)),
        at,
      );
    case 'fixed': {
      const size = cursor.take();
      if (size.kind !== 'number') throw cursor.fail(size.at, 'the size of a fixed must be a number');
      const name = cursor.accept(',') ? cursor.name().text : cursor.freshName('Fixed');
      cursor.expect(')');
      return obj({ type: str('fixed', at), ...named(name, at), size: { kind: 'number', at, text: size.text } }, at);
    }
    case 'enum': {
      cursor.expect('[');
      const symbols = cursor.list(']', () => {
        const symbol = cursor.take();
        if (symbol.kind !== 'name' && symbol.kind !== 'string') throw cursor.fail(symbol.at, 'a symbol must be a name');
        return str(symbol.text, symbol.at);
      });
      const name = cursor.accept(',') ? cursor.name().text : cursor.freshName('Enum');
      cursor.expect(')');
      return obj({ type: str('enum', at), ...named(name, at), symbols: arr(symbols, at) }, at);
    }
    case 'record':
      return readRecord(cursor, at);
    default:
      throw cursor.fail(at, `"${kind}" makes no type`);
  }
}

function readRecord(cursor: Cursor, at: number): JsonNode {
  let name: string | undefined;
  const fields: JsonNode[] = [];
  cursor.list(')', () => {
    const word = cursor.take();
    if (word.kind !== 'name' && word.kind !== 'string') throw cursor.fail(word.at, 'a field or a name must stand here');
    if (cursor.accept(':')) fields.push(obj({ name: str(word.text, word.at), type: readTypeText(cursor) }, word.at));
    else if (name === undefined) name = word.text;
    else throw cursor.fail(word.at, 'a record has only one name');
  });
  return obj(
    { type: str('record', at), ...named(name ?? cursor.freshName('Record'), at), fields: arr(fields, at) },
    at,
  );
}

function named(text: string, at: number): Record<string, JsonNode | undefined> {
  const dot = text.lastIndexOf('.');
  return {
    name: str(text.slice(dot + 1), at),
    namespace: dot < 0 ? undefined : str(text.slice(0, dot), at),
  };
}
