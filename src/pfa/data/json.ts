import { type JsonNode, writeJson } from '../../wire/json.js';
import {
  type AvroType,
  newMap,
  type RecordType,
  tagged,
  tagOf,
  type UnionType,
  unionTag,
  untagged,
  type Value,
  type ValueMap,
} from '../types.js';
import { inside, type Where } from '../where.js';
import { bytesOfText, fitInt, longOf, textOfBytes } from './scalars.js';

/** Called where data do not fit their type; must throw. */
export type Misfit = (where: Where, wanted: string) => never;

/** Reads a value in Avro's JSON encoding: unions tagged, bytes and fixed as code points 0 to 255. */
export function decodeJson(where: Where, type: AvroType, misfit: Misfit): Value {
  const { node } = where;
  switch (type.type) {
    case 'null':
      return node.kind === 'null' ? null : misfit(where, 'null');
    case 'boolean':
      return node.kind === 'boolean' ? node.value : misfit(where, 'true or false');
    case 'int': {
      const value = whole(node);
      return value === undefined || !fitInt(value) ? misfit(where, 'an int') : Number(value);
    }
    case 'long': {
      const value = whole(node);
      if (value === undefined || BigInt.asIntN(64, value) !== value) return misfit(where, 'a long');
      return longOf(value);
    }
    case 'float':
    case 'double': {
      const value = real(node);
      if (value === undefined) return misfit(where, `a ${type.type}`);
      return type.type === 'float' ? Math.fround(value) : value;
    }
    case 'string':
      return node.kind === 'string' ? node.value : misfit(where, 'a string');
    case 'bytes':
    case 'fixed': {
      const value = node.kind === 'string' ? bytesOfText(node.value) : undefined;
      if (value === undefined) return misfit(where, 'a string of code points from 0 to 255');
      if (type.type === 'fixed' && value.length !== type.size) misfit(where, `${type.size} bytes`);
      return value;
    }
    case 'enum':
      if (node.kind === 'string' && type.symbols.includes(node.value)) return node.value;
      return misfit(where, `a symbol of the enum ${type.fullName}`);
    case 'array':
      if (node.kind !== 'array') return misfit(where, 'an array');
      return node.items.map((item, index) => decodeJson(inside(where, index, item), type.items, misfit));
    case 'map': {
      if (node.kind !== 'object') return misfit(where, 'a map');
      const made = newMap();
      for (const { key, value } of node.members) made[key] = decodeJson(inside(where, key, value), type.values, misfit);
      return made;
    }
    case 'record':
      return decodeRecord(where, type, misfit);
    case 'union':
      return decodeUnion(where, type, misfit);
    case 'exception':
      return misfit(where, 'nothing');
  }
}

function decodeRecord(where: Where, type: RecordType, misfit: Misfit): Value {
  const { node } = where;
  if (node.kind !== 'object') return misfit(where, `a record ${type.fullName}`);
  const given = new Map(node.members.map(({ key, value }) => [key, value]));
  const made = newMap();
  for (const field of type.fields) {
    const value = given.get(field.name);
    given.delete(field.name);
    if (value !== undefined) made[field.name] = decodeJson(inside(where, field.name, value), field.type, misfit);
    else if (field.default !== undefined)
      made[field.name] = fieldDefault(where, field.type, field.default as JsonNode, misfit);
    else misfit(where, `a record ${type.fullName} with the field "${field.name}"`);
  }
  for (const [key, value] of given) misfit(inside(where, key, value), `only the fields of the record ${type.fullName}`);
  return made;
}

/** A default belongs to the first branch of a union and carries no tag. */
function fieldDefault(where: Where, type: AvroType, node: JsonNode, misfit: Misfit): Value {
  const at = inside(where, 'default', node);
  if (type.type !== 'union') return decodeJson(at, type, misfit);
  const first = type.branches[0] as AvroType;
  return tagged(tagOf(first), decodeJson(at, first, misfit));
}

function decodeUnion(where: Where, type: UnionType, misfit: Misfit): Value {
  const { node } = where;
  const wanted = `null or an object with one of the tags ${type.branches.map(tagOf).join(', ')}`;
  if (node.kind === 'null')
    return type.branches.some((branch) => branch.type === 'null') ? null : misfit(where, wanted);
  if (node.kind !== 'object' || node.members.length !== 1) return misfit(where, wanted);
  const { key, value } = node.members[0] as { key: string; value: JsonNode };
  const branch =
    type.branches.find((candidate) => tagOf(candidate) === key) ??
    type.branches.find((candidate) => 'name' in candidate && candidate.name === key);
  if (branch === undefined || branch.type === 'null') return misfit(where, wanted);
  return tagged(tagOf(branch), decodeJson(inside(where, key, value), branch, misfit));
}

function whole(node: JsonNode): bigint | undefined {
  if (node.kind !== 'number') return undefined;
  if (/^-?[0-9]+$/.test(node.text)) return node.text.length > 400 ? undefined : BigInt(node.text);
  const value = Number(node.text);
  return Number.isSafeInteger(value) ? BigInt(value) : undefined;
}

const SPECIAL: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  NaN: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

function real(node: JsonNode): number | undefined {
  if (node.kind === 'number') return Number(node.text);
  return node.kind === 'string' ? SPECIAL[node.value] : undefined;
}

/** A value in Avro's JSON encoding; what JSON has no number for becomes "nan", "inf" or "-inf". */
export function encodeJsonNode(value: Value, type: AvroType): JsonNode {
  const at = -1;
  switch (type.type) {
    case 'null':
    case 'exception':
      return { kind: 'null', at };
    case 'boolean':
      return { kind: 'boolean', at, value: value as boolean };
    case 'int':
    case 'long':
      return { kind: 'number', at, text: String(value) };
    case 'float':
    case 'double':
      return numberNode(value as number, type.type === 'float');
    case 'string':
    case 'enum':
      return { kind: 'string', at, value: value as string };
    case 'bytes':
    case 'fixed':
      return { kind: 'string', at, value: textOfBytes(value as Uint8Array) };
    case 'array':
      return { kind: 'array', at, items: (value as readonly Value[]).map((item) => encodeJsonNode(item, type.items)) };
    case 'map':
      return {
        kind: 'object',
        at,
        members: Object.keys(value as ValueMap).map((key) => ({
          key,
          keyAt: at,
          value: encodeJsonNode((value as ValueMap)[key] as Value, type.values),
        })),
      };
    case 'record':
      return {
        kind: 'object',
        at,
        members: type.fields.map(({ name, type: of }) => ({
          key: name,
          keyAt: at,
          value: encodeJsonNode((value as ValueMap)[name] as Value, of),
        })),
      };
    case 'union': {
      const tag = unionTag(value);
      const branch = type.branches.find((candidate) => tagOf(candidate) === tag);
      if (branch === undefined || branch.type === 'null') return { kind: 'null', at };
      return { kind: 'object', at, members: [{ key: tag, keyAt: at, value: encodeJsonNode(untagged(value), branch) }] };
    }
  }
}

function numberNode(value: number, single: boolean): JsonNode {
  if (Number.isNaN(value)) return { kind: 'string', at: -1, value: 'nan' };
  if (!Number.isFinite(value)) return { kind: 'string', at: -1, value: value > 0 ? 'inf' : '-inf' };
  const text = Object.is(value, -0) ? '-0.0' : single ? shortFloat(value) : String(value);
  return { kind: 'number', at: -1, text: /^-?[0-9]+$/.test(text) ? `${text}.0` : text };
}

/** The shortest decimal that reads back as the same float32. */
export function shortFloat(value: number): string {
  for (let digits = 1; digits < 10; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return String(Number(text));
  }
  return String(value);
}

/** The text of a value in Avro's JSON encoding. */
export function encodeJson(value: Value, type: AvroType): string {
  return writeJson(encodeJsonNode(value, type));
}
