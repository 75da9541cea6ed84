import type { JsonMember, JsonNode } from '../../wire/json.js';

/** Values from which PFA documents are made: a JavaScript number is an int literal; doubles are made by `double`. */
export type Json = null | boolean | number | string | JsonNode | readonly Json[] | { readonly [key: string]: Json };

function isNode(value: object): value is JsonNode {
  return 'kind' in value && 'at' in value;
}

/** The value as a JSON tree. An object with members `kind` and `at` is taken for a tree already. */
export function tree(value: Json): JsonNode {
  if (value === null) return { kind: 'null', at: -1 };
  if (typeof value === 'boolean') return { kind: 'boolean', at: -1, value };
  if (typeof value === 'number') return { kind: 'number', at: -1, text: String(value) };
  if (typeof value === 'string') return { kind: 'string', at: -1, value };
  if (Array.isArray(value)) return { kind: 'array', at: -1, items: value.map((item) => tree(item as Json)) };
  const object = value as { readonly [key: string]: Json } | JsonNode;
  if (isNode(object)) return object;
  const members: JsonMember[] = Object.entries(object).map(([key, item]) => ({ key, keyAt: -1, value: tree(item) }));
  return { kind: 'object', at: -1, members };
}

/** A double literal: 2 becomes 2.0, so that it is not an int. The value must be finite. */
export function double(value: number): JsonNode {
  const text = Object.is(value, -0) ? '-0.0' : String(value);
  return { kind: 'number', at: -1, text: /[.e]/.test(text) ? text : `${text}.0` };
}

export function integer(value: number | bigint): JsonNode {
  return { kind: 'number', at: -1, text: String(value) };
}

/** PFA reads a string in an expression as a symbol, so text is written as `["text"]`. */
export function text(value: string): Json {
  return [value];
}
