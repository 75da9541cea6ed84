import { quote } from '../../core/errors.js';
import { badDatum } from '../datum-errors.js';
import { type AvroType, newMap, tagged, tagOf, type Value, type ValueMap } from '../types.js';
import { fitInt, longOf } from './scalars.js';

/** Checks a caller's value against its type and puts it into the form that the engine works with. Throws pfa/bad-datum. */
export function fromPlain(value: unknown, type: AvroType, path = '$'): Value {
  switch (type.type) {
    case 'null':
      return value === null || value === undefined ? null : misfit(value, path, 'null');
    case 'boolean':
      return typeof value === 'boolean' ? value : misfit(value, path, 'a boolean');
    case 'int':
      if (typeof value === 'number' && Number.isInteger(value) && value === (value | 0)) return value | 0;
      if (typeof value === 'bigint' && fitInt(value)) return Number(value);
      return misfit(value, path, 'an int');
    case 'long':
      if (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 63) {
        return Number.isSafeInteger(value) ? value + 0 : longOf(BigInt(value));
      }
      if (typeof value === 'bigint' && BigInt.asIntN(64, value) === value) return longOf(value);
      return misfit(value, path, 'a long');
    case 'float':
    case 'double':
      if (typeof value !== 'number' && typeof value !== 'bigint') return misfit(value, path, `a ${type.type}`);
      return type.type === 'float' ? Math.fround(Number(value)) : Number(value);
    case 'string':
      return typeof value === 'string' ? value : misfit(value, path, 'a string');
    case 'bytes':
      return value instanceof Uint8Array ? new Uint8Array(value) : misfit(value, path, 'a Uint8Array');
    case 'fixed':
      return value instanceof Uint8Array && value.length === type.size
        ? new Uint8Array(value)
        : misfit(value, path, `a Uint8Array of ${type.size} bytes`);
    case 'enum':
      return typeof value === 'string' && type.symbols.includes(value)
        ? value
        : misfit(value, path, `one of ${type.symbols.join(', ')}`);
    case 'array':
      if (!Array.isArray(value) && !ArrayBuffer.isView(value)) return misfit(value, path, 'an array');
      return Array.from(value as unknown as ArrayLike<unknown>, (item, index) =>
        fromPlain(item, type.items, `${path}.${index}`),
      );
    case 'map': {
      const given = entriesOf(value) ?? misfit(value, path, 'a map');
      const made = newMap();
      for (const [key, of] of given) made[key] = fromPlain(of, type.values, `${path}.${key}`);
      return made;
    }
    case 'record': {
      const given = entriesOf(value) ?? misfit(value, path, `a record ${type.fullName}`);
      const known = new Map(given);
      const made = newMap();
      for (const field of type.fields) {
        const of = known.get(field.name);
        if (of === undefined && !acceptsNull(field.type)) {
          misfit(of, `${path}.${field.name}`, `the field "${field.name}" of the record ${type.fullName}`);
        }
        made[field.name] = fromPlain(of ?? null, field.type, `${path}.${field.name}`);
      }
      return made;
    }
    case 'union':
      return fromUnion(value, type.branches, path);
    case 'exception':
      return misfit(value, path, 'nothing');
  }
}

function acceptsNull(type: AvroType): boolean {
  return type.type === 'null' || (type.type === 'union' && type.branches.some((branch) => branch.type === 'null'));
}

function fromUnion(value: unknown, branches: readonly AvroType[], path: string): Value {
  if (value === null || value === undefined) {
    if (branches.some((branch) => branch.type === 'null')) return null;
    misfit(null, path, `an object with one of the tags ${branches.map(tagOf).join(', ')}`);
  }
  const entries = value instanceof Uint8Array || Array.isArray(value) ? undefined : entriesOf(value);
  const only = entries?.length === 1 ? entries[0] : undefined;
  if (only !== undefined) {
    const [tag, of] = only;
    const branch =
      branches.find((candidate) => tagOf(candidate) === tag) ??
      branches.find((candidate) => 'name' in candidate && candidate.name === tag);
    if (branch !== undefined && branch.type !== 'null') {
      return tagged(tagOf(branch), fromPlain(of, branch, `${path}.${tag}`));
    }
  }
  return misfit(value, path, `null or an object with one of the tags ${branches.map(tagOf).join(', ')}`);
}

function entriesOf(value: unknown): [string, unknown][] | undefined {
  if (value instanceof Map) return [...value.entries()] as [string, unknown][];
  if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value))
    return undefined;
  return Object.entries(value);
}

function misfit(value: unknown, path: string, wanted: string): never {
  throw badDatum(path, wanted, describe(value));
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return 'an array';
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (typeof value === 'object') return `an object with ${Object.keys(value).slice(0, 5).join(', ')}`;
  return String(value);
}

/** The value as ordinary objects and arrays, which the caller may keep and change. */
export function toPlain(value: Value): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return value.slice();
  if (Array.isArray(value)) return (value as readonly Value[]).map(toPlain);
  const made: Record<string, unknown> = {};
  for (const key of Object.keys(value as ValueMap)) {
    const of = toPlain((value as ValueMap)[key] as Value);
    if (key === '__proto__') {
      Object.defineProperty(made, key, { value: of, enumerable: true, configurable: true, writable: true });
    } else made[key] = of;
  }
  return made;
}
