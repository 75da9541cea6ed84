import { type JsonNode, member, writeJson } from '../../wire/json.js';
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

/** Where the reader is: the nodes on the way from the place that the caller named, and the keys that led to them. */
interface Track {
  readonly start: Where;
  readonly keys: (string | number)[];
  readonly nodes: JsonNode[];
  readonly misfit: Misfit;
}

/** Reads a value in Avro's JSON encoding: unions tagged, bytes and fixed as code points 0 to 255. */
export function decodeJson(where: Where, type: AvroType, misfit: Misfit): Value {
  return decode({ start: where, keys: [], nodes: [], misfit }, where.node, type);
}

function complain(track: Track, wanted: string): never {
  const where = track.keys.reduce<Where>(
    (at, key, index) => inside(at, key, track.nodes[index] as JsonNode),
    track.start,
  );
  return track.misfit(where, wanted);
}

/** Reads a part one level deeper. */
function decodeAt(track: Track, key: string | number, node: JsonNode, type: AvroType): Value {
  track.keys.push(key);
  track.nodes.push(node);
  const value = decode(track, node, type);
  track.keys.pop();
  track.nodes.pop();
  return value;
}

function decode(track: Track, node: JsonNode, type: AvroType): Value {
  switch (type.type) {
    case 'null':
      return node.kind === 'null' ? null : complain(track, 'null');
    case 'boolean':
      return node.kind === 'boolean' ? node.value : complain(track, 'true or false');
    case 'int': {
      const value = whole(node);
      return value === undefined || !fitInt(value) ? complain(track, 'an int') : Number(value);
    }
    case 'long': {
      const value = whole(node);
      if (value === undefined || BigInt.asIntN(64, value) !== value) return complain(track, 'a long');
      return longOf(value);
    }
    case 'float':
    case 'double': {
      const value = real(node);
      if (value === undefined) return complain(track, `a ${type.type}`);
      return type.type === 'float' ? Math.fround(value) : value;
    }
    case 'string':
      return node.kind === 'string' ? node.value : complain(track, 'a string');
    case 'bytes':
    case 'fixed': {
      const value = node.kind === 'string' ? bytesOfText(node.value) : undefined;
      if (value === undefined) return complain(track, 'a string of code points from 0 to 255');
      if (type.type === 'fixed' && value.length !== type.size) complain(track, `${type.size} bytes`);
      return value;
    }
    case 'enum':
      if (node.kind === 'string' && type.symbols.includes(node.value)) return node.value;
      return complain(track, `a symbol of the enum ${type.fullName}`);
    case 'array':
      if (node.kind !== 'array') return complain(track, 'an array');
      return node.items.map((item, index) => decodeAt(track, index, item, type.items));
    case 'map': {
      if (node.kind !== 'object') return complain(track, 'a map');
      const made = newMap();
      for (const { key, value } of node.members) made[key] = decodeAt(track, key, value, type.values);
      return made;
    }
    case 'record':
      return decodeRecord(track, node, type);
    case 'union':
      return decodeUnion(track, node, type);
    case 'exception':
      return complain(track, 'nothing');
  }
}

function decodeRecord(track: Track, node: JsonNode, type: RecordType): Value {
  if (node.kind !== 'object') return complain(track, `a record ${type.fullName}`);
  const { members } = node;
  const made = newMap();
  let found = 0;
  type.fields.forEach((field, index) => {
    const beside = members[index];
    const given = beside?.key === field.name ? beside.value : member(node, field.name);
    if (given !== undefined) {
      found++;
      made[field.name] = decodeAt(track, field.name, given, field.type);
    } else if (field.default !== undefined)
      made[field.name] = fieldDefault(track, field.type, field.default as JsonNode);
    else complain(track, `a record ${type.fullName} with the field "${field.name}"`);
  });
  if (found === members.length) return made;
  for (const { key, value } of members) {
    if (type.fields.some((field) => field.name === key)) continue;
    track.keys.push(key);
    track.nodes.push(value);
    complain(track, `only the fields of the record ${type.fullName}`);
  }
  return made;
}

/** A default belongs to the first branch of a union and carries no tag. */
function fieldDefault(track: Track, type: AvroType, node: JsonNode): Value {
  if (type.type !== 'union') return decodeAt(track, 'default', node, type);
  const first = type.branches[0] as AvroType;
  return tagged(tagOf(first), decodeAt(track, 'default', node, first));
}

function decodeUnion(track: Track, node: JsonNode, type: UnionType): Value {
  const fail = (): never =>
    complain(track, `null or an object with one of the tags ${type.branches.map(tagOf).join(', ')}`);
  if (node.kind === 'null') return type.branches.some((branch) => branch.type === 'null') ? null : fail();
  if (node.kind !== 'object' || node.members.length !== 1) return fail();
  const { key, value } = node.members[0] as { key: string; value: JsonNode };
  const branch =
    type.branches.find((candidate) => tagOf(candidate) === key) ??
    type.branches.find((candidate) => 'name' in candidate && candidate.name === key);
  if (branch === undefined || branch.type === 'null') return fail();
  return tagged(tagOf(branch), decodeAt(track, key, value, branch));
}

function whole(node: JsonNode): bigint | undefined {
  if (node.kind !== 'number') return undefined;
  const value = Number(node.text);
  if (Number.isSafeInteger(value)) return BigInt(value);
  return /^-?[0-9]{1,20}$/.test(node.text) ? BigInt(node.text) : undefined;
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
