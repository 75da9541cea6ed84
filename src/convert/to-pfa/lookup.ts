import type { LookupNode, OneHotNode } from '../../ir/nodes.js';
import { sizeOf, type Type } from '../../ir/types.js';
import { double, type Json, text } from './json.js';
import { isNullable, PFA_KIND } from './types.js';
import { arrayOf, literal, mayMiss, type PfaWriter, typedLiteral } from './writer.js';

/** Fewer keys than this are compared one by one. */
const FEW = 2;

/** Writes a lookup: an array cell for the keys 0, 1, 2, …, a map cell for text, else a chain of comparisons. */
export function writeLookup(writer: PfaWriter, node: LookupNode): Json {
  const from = writer.type(node.input);
  if ([...node.values, node.otherwise, node.whenMissing].every((value) => value === null)) {
    return typedLiteral(null, node.type);
  }
  const found = (key: Json): Json => typed(writer, node, rows(writer, node, key, from));
  const value = writer.value(node.input);
  const whenMissing = literal(node.whenMissing, node.type);
  if (isNullable(from)) {
    const name = writer.names.take('present');
    return { ifnotnull: { [name]: value }, then: found(name), else: whenMissing };
  }
  if (from.missing) return { if: { 'impute.isnan': [value] }, then: whenMissing, else: found(value) };
  return found(value);
}

/** Where no row is missing but the node may be, as the IR sees it, what takes the value expects a union. */
function typed(writer: PfaWriter, node: LookupNode, found: Json): Json {
  if (!isNullable(node.type)) return found;
  const never = isIndex(writer, node) || node.otherwise !== null;
  return never && node.values.every((value) => value !== null) ? mayMiss(found, node.type) : found;
}

function rows(writer: PfaWriter, node: LookupNode, key: Json, from: Type): Json {
  const otherwise = literal(node.otherwise, node.type);
  const constants = node.values.every(
    (value) => value !== null && !(typeof value === 'number' && !Number.isFinite(value)),
  );
  if (constants && node.keys.length >= FEW) {
    const list = node.values.map((value) => data(value, node.type));
    const items = PFA_KIND[node.type.kind];
    if (isCounted(node.keys) && from.kind.startsWith('int')) return counted(writer, node, key, from, list, otherwise);
    if (from.kind === 'string') {
      const init = Object.fromEntries(node.keys.map((name, index) => [String(name), list[index]!]));
      const cell = writer.cell('table', { type: 'map', values: items }, init);
      return {
        if: { 'map.containsKey': [cell, key] },
        then: { attr: cell, path: [key] },
        else: otherwise,
      };
    }
  }
  const cases = node.keys.map((name, index) => ({
    if: { '==': [key, literal(name, from)] },
    then: literal(node.values[index]!, node.type),
  }));
  if (cases.length === 0) return otherwise;
  return cases.length === 1 ? { ...cases[0]!, else: otherwise } : { cond: cases, else: otherwise };
}

function isCounted(keys: LookupNode['keys']): boolean {
  return keys.every((key, index) => (typeof key === 'number' || typeof key === 'bigint') && Number(key) === index);
}

function counted(writer: PfaWriter, node: LookupNode, key: Json, from: Type, list: Json[], otherwise: Json): Json {
  const cell = writer.cell('labels', { type: 'array', items: PFA_KIND[node.type.kind] }, list);
  if (isIndex(writer, node)) return { attr: cell, path: [key] };
  const index: Json = from.kind === 'int64' ? { 'cast.int': [key] } : key;
  const inside: Json = { '&&': [{ '>=': [key, 0] }, { '<': [key, node.keys.length] }] };
  return { if: inside, then: { attr: cell, path: [index] }, else: otherwise };
}

/** Whether the key is an index into a vector no longer than the table: an int in PFA, and always in range. */
function isIndex(writer: PfaWriter, node: LookupNode): boolean {
  const from = writer.node(node.input);
  if (from.op !== 'reduce' || !from.fn.startsWith('arg')) return false;
  return sizeOf(writer.type(from.input)) <= node.keys.length;
}

/** A literal as data of a cell, where text is text. */
function data(value: LookupNode['values'][number], type: Type): Json {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (type.kind.startsWith('float')) return double(Number(value));
  return value as number | bigint;
}

/** Writes the vector with 1 at the category that the value equals. */
export function writeOneHot(writer: PfaWriter, node: OneHotNode): Json {
  const from = writer.type(node.input);
  const scalar: Type = { ...node.type, shape: [] };
  const vectorOf = (key: Json): Json =>
    arrayOf(
      node.categories.map((category) => ({
        if: { '==': [key, typeof category === 'string' ? text(category) : literal(category, from)] },
        then: literal(1, scalar),
        else: literal(0, scalar),
      })),
      node.type,
    );
  const value = writer.value(node.input);
  if (!isNullable(from)) return vectorOf(value);
  const name = writer.names.take('present');
  const zeros = arrayOf(
    node.categories.map(() => literal(0, scalar)),
    node.type,
  );
  return { ifnotnull: { [name]: value }, then: vectorOf(name), else: zeros };
}
