import { type JsonNode, jsonDouble, jsonOf } from '../../wire/json.js';

/** Values from which PFA documents are made: a JavaScript number is an int literal; doubles are made by `double`. */
export type Json =
  | null
  | boolean
  | number
  | bigint
  | string
  | JsonNode
  | readonly Json[]
  | { readonly [key: string]: Json };

export const tree: (value: Json) => JsonNode = jsonOf;

/** A double literal: 2 becomes 2.0, so that it is not an int. The value must be finite. */
export const double: (value: number) => JsonNode = jsonDouble;

/** PFA reads a string in an expression as a symbol, so text is written out as a literal. */
export function text(value: string): Json {
  return { string: value };
}
