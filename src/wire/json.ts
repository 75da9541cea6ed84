import type { Limits } from '../core/limits.js';
import { withDefaults } from '../core/limits.js';
import { jsonTooDeep, jsonUnexpected } from './json-errors.js';

/**
 * A JSON value as it stands in its text: numbers keep their spelling (2 is not 2.0, and no digit of a long is lost),
 * members keep their order. `at` is the UTF-16 offset in the text, -1 for values that were made.
 */
export type JsonNode = JsonNull | JsonBoolean | JsonNumber | JsonString | JsonArray | JsonObject;

export interface JsonNull {
  readonly kind: 'null';
  readonly at: number;
}
export interface JsonBoolean {
  readonly kind: 'boolean';
  readonly at: number;
  readonly value: boolean;
}
export interface JsonNumber {
  readonly kind: 'number';
  readonly at: number;
  readonly text: string;
}
export interface JsonString {
  readonly kind: 'string';
  readonly at: number;
  readonly value: string;
}
export interface JsonArray {
  readonly kind: 'array';
  readonly at: number;
  readonly items: readonly JsonNode[];
}
export interface JsonObject {
  readonly kind: 'object';
  readonly at: number;
  readonly members: readonly JsonMember[];
}
export interface JsonMember {
  readonly key: string;
  readonly keyAt: number;
  readonly value: JsonNode;
}

/** The last member of that name, as JSON.parse takes it. */
export function member(object: JsonObject, key: string): JsonNode | undefined {
  for (let i = object.members.length - 1; i >= 0; i--) {
    const found = object.members[i] as JsonMember;
    if (found.key === key) return found.value;
  }
  return undefined;
}

/** Line and column (from 1, in UTF-16 units) of an offset. */
export function lineColumn(text: string, at: number): { line: number; column: number } {
  let line = 1;
  let start = 0;
  for (let i = text.indexOf('\n'); i !== -1 && i < at; i = text.indexOf('\n', i + 1)) {
    line++;
    start = i + 1;
  }
  return { line, column: at - start + 1 };
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** Reads RFC 8259 JSON; a byte order mark is skipped. Errors: json/syntax, json/too-deep, with line and column. */
export function readJson(text: string, limits: Partial<Limits> = {}): JsonNode {
  const { depth: deepest } = withDefaults(limits);
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;

  const fail = (expected: string): never => {
    throw jsonUnexpected(text, at, expected);
  };
  const skip = (): void => {
    for (;;) {
      const code = text.charCodeAt(at);
      if (code === 32 || code === 10 || code === 13 || code === 9) at++;
      else return;
    }
  };
  const word = (spelling: string): void => {
    if (!text.startsWith(spelling, at)) fail('a value');
    at += spelling.length;
  };
  const string = (): string => {
    const start = ++at;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code === 34) return text.slice(start, at++);
      if (code === 92) break;
      if (!(code >= 32)) fail(at >= text.length ? 'the closing quotation mark' : 'an escaped control character');
      at++;
    }
    const parts = [text.slice(start, at)];
    let from = at;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code === 34) {
        parts.push(text.slice(from, at++));
        return parts.join('');
      }
      if (code === 92) {
        parts.push(text.slice(from, at));
        const letter = text[at + 1] ?? '';
        if (letter === 'u') {
          const digits = text.slice(at + 2, at + 6);
          if (!/^[0-9a-fA-F]{4}$/.test(digits)) fail('four hexadecimal digits after \\u');
          parts.push(String.fromCharCode(Number.parseInt(digits, 16)));
          at += 6;
        } else {
          const plain = ESCAPES[letter];
          if (plain === undefined) fail('an escape that JSON knows');
          parts.push(plain as string);
          at += 2;
        }
        from = at;
      } else {
        if (!(code >= 32)) fail(at >= text.length ? 'the closing quotation mark' : 'an escaped control character');
        at++;
      }
    }
  };
  const value = (depth: number): JsonNode => {
    if (depth > deepest) throw jsonTooDeep(text, at, deepest);
    skip();
    const start = at;
    switch (text[at]) {
      case '{': {
        const members: JsonMember[] = [];
        at++;
        skip();
        if (text[at] === '}') {
          at++;
          return { kind: 'object', at: start, members };
        }
        for (;;) {
          skip();
          if (text[at] !== '"') fail('a member name in quotation marks');
          const keyAt = at;
          const key = string();
          skip();
          if (text[at] !== ':') fail('":"');
          at++;
          members.push({ key, keyAt, value: value(depth + 1) });
          skip();
          if (text[at] === ',') at++;
          else if (text[at] === '}') {
            at++;
            return { kind: 'object', at: start, members };
          } else fail('"," or "}"');
        }
      }
      case '[': {
        const items: JsonNode[] = [];
        at++;
        skip();
        if (text[at] === ']') {
          at++;
          return { kind: 'array', at: start, items };
        }
        for (;;) {
          items.push(value(depth + 1));
          skip();
          if (text[at] === ',') at++;
          else if (text[at] === ']') {
            at++;
            return { kind: 'array', at: start, items };
          } else fail('"," or "]"');
        }
      }
      case '"':
        return { kind: 'string', at: start, value: string() };
      case 't':
        word('true');
        return { kind: 'boolean', at: start, value: true };
      case 'f':
        word('false');
        return { kind: 'boolean', at: start, value: false };
      case 'n':
        word('null');
        return { kind: 'null', at: start };
      default: {
        NUMBER.lastIndex = at;
        const match = NUMBER.exec(text);
        if (match === null) fail('a value');
        const spelling = (match as RegExpExecArray)[0];
        at += spelling.length;
        return { kind: 'number', at: start, text: spelling };
      }
    }
  };

  const root = value(1);
  skip();
  if (at < text.length) fail('the end of the text');
  return root;
}

/** JSON text of a tree; `indent` 0 (the default) writes one line. Reading it back gives the same tree. */
export function writeJson(node: JsonNode, indent = 0): string {
  const parts: string[] = [];
  const write = (value: JsonNode, margin: string): void => {
    const inner = indent === 0 ? '' : `${margin}${' '.repeat(indent)}`;
    const [open, between, close] = indent === 0 ? ['', ',', ''] : [`\n${inner}`, `,\n${inner}`, `\n${margin}`];
    switch (value.kind) {
      case 'null':
        parts.push('null');
        return;
      case 'boolean':
        parts.push(String(value.value));
        return;
      case 'number':
        parts.push(value.text);
        return;
      case 'string':
        parts.push(JSON.stringify(value.value));
        return;
      case 'array':
        if (value.items.length === 0) parts.push('[]');
        else if (indent > 0 && value.items.every((item) => item.kind === 'number')) {
          parts.push('[', (value.items as JsonNumber[]).map((item) => item.text).join(', '), ']');
        } else {
          value.items.forEach((item, index) => {
            parts.push(index === 0 ? `[${open}` : between);
            write(item, inner);
          });
          parts.push(close, ']');
        }
        return;
      case 'object':
        if (value.members.length === 0) {
          parts.push('{}');
          return;
        }
        value.members.forEach(({ key, value: of }, index) => {
          parts.push(index === 0 ? `{${open}` : between, JSON.stringify(key), indent === 0 ? ':' : ': ');
          write(of, inner);
        });
        parts.push(close, '}');
    }
  };
  write(node, '');
  return parts.join('');
}

/** Whether two trees are the same JSON: numbers by spelling, members by name whatever their order. */
export function sameJson(a: JsonNode, b: JsonNode): boolean {
  if (a.kind !== b.kind) return false;
  switch (a.kind) {
    case 'null':
      return true;
    case 'number':
      return a.text === (b as JsonNumber).text;
    case 'boolean':
    case 'string':
      return a.value === (b as JsonString | JsonBoolean).value;
    case 'array': {
      const items = (b as JsonArray).items;
      return (
        a.items.length === items.length && a.items.every((item, index) => sameJson(item, items[index] as JsonNode))
      );
    }
    case 'object': {
      const other = new Map((b as JsonObject).members.map(({ key, value }) => [key, value]));
      if (new Set(a.members.map(({ key }) => key)).size !== other.size) return false;
      return a.members.every(({ key, value }) => {
        const found = other.get(key);
        return found !== undefined && sameJson(value, found);
      });
    }
  }
}

/** A tree of plain JavaScript values; bigints become whole numbers, and whole numbers are written without ".0". */
export function jsonOf(value: unknown): JsonNode {
  if (value === null || value === undefined) return { kind: 'null', at: -1 };
  if (typeof value === 'boolean') return { kind: 'boolean', at: -1, value };
  if (typeof value === 'number' || typeof value === 'bigint') {
    return { kind: 'number', at: -1, text: Object.is(value, -0) ? '-0.0' : String(value) };
  }
  if (typeof value === 'string') return { kind: 'string', at: -1, value };
  if (Array.isArray(value)) return { kind: 'array', at: -1, items: value.map(jsonOf) };
  if (isNode(value)) return value;
  return {
    kind: 'object',
    at: -1,
    members: Object.entries(value as object).map(([key, of]) => ({ key, keyAt: -1, value: jsonOf(of) })),
  };
}

function isNode(value: object): value is JsonNode {
  return 'kind' in value && 'at' in value && typeof value.at === 'number';
}

/** A number that stays a double when it is read back: 2 is written as 2.0. */
export function jsonDouble(value: number): JsonNumber {
  const text = Object.is(value, -0) ? '-0.0' : String(value);
  return { kind: 'number', at: -1, text: /^-?[0-9]+$/.test(text) ? `${text}.0` : text };
}

/** The tree as plain JavaScript values; numbers lose their spelling. */
export function plainJson(node: JsonNode): unknown {
  switch (node.kind) {
    case 'null':
      return null;
    case 'number':
      return Number(node.text);
    case 'array':
      return node.items.map(plainJson);
    case 'object': {
      const made: Record<string, unknown> = Object.create(null);
      for (const { key, value } of node.members) made[key] = plainJson(value);
      return made;
    }
    default:
      return node.value;
  }
}
