import type { RecordType, Type, Value, ValueMap } from './types.js';
import { tagOf, unionTag, untagged } from './types.js';

/** Negative, 0 or positive, as the first value stands before, with or after the second. */
export type Comparator = (a: Value, b: Value) => number;

/** Order of numbers (bigints too): NaN equals NaN and is greater than all others; -0 equals 0. */
export function compareNumbers(a: Value, b: Value): number {
  const x = a as number;
  const y = b as number;
  if (x < y) return -1;
  if (x > y) return 1;
  if (x === y) return 0;
  return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
}

/** Order by code points, which differs from JavaScript's order of UTF-16 units beyond the basic plane. */
export function compareStrings(a: Value, b: Value): number {
  const x = a as string;
  const y = b as string;
  if (x === y) return 0;
  const shorter = Math.min(x.length, y.length);
  for (let i = 0; i < shorter; i++) {
    const p = x.charCodeAt(i);
    const q = y.charCodeAt(i);
    if (p === q) continue;
    const pHigh = p >= 0xd800 && p <= 0xdfff;
    const qHigh = q >= 0xd800 && q <= 0xdfff;
    if (pHigh !== qHigh) return pHigh ? 1 : -1;
    return p < q ? -1 : 1;
  }
  return x.length < y.length ? -1 : 1;
}

/** Order of bytes and fixed: unsigned, a prefix before its extension. */
export function compareBytes(a: Value, b: Value): number {
  const x = a as Uint8Array;
  const y = b as Uint8Array;
  const shorter = Math.min(x.length, y.length);
  for (let i = 0; i < shorter; i++) {
    const difference = (x[i] as number) - (y[i] as number);
    if (difference !== 0) return difference < 0 ? -1 : 1;
  }
  return Math.sign(x.length - y.length);
}

function compareBooleans(a: Value, b: Value): number {
  return Number(a) - Number(b);
}

const known = new WeakMap<Type, Comparator>();

/**
 * The order of two values of one type, by Avro's rules: enums by declaration, unions by branch and then by value,
 * records field by field as their `order` says, arrays item by item. Maps, which Avro does not order, compare as
 * lists of entries sorted by key.
 */
export function comparator(type: Type): Comparator {
  const found = known.get(type);
  if (found !== undefined) return found;
  let made: Comparator | undefined;
  known.set(type, (a, b) => (made as Comparator)(a, b));
  made = makeComparator(type);
  known.set(type, made);
  return made;
}

function makeComparator(type: Type): Comparator {
  switch (type.type) {
    case 'boolean':
      return compareBooleans;
    case 'int':
    case 'long':
    case 'float':
    case 'double':
      return compareNumbers;
    case 'bytes':
    case 'fixed':
      return compareBytes;
    case 'string':
      return compareStrings;
    case 'enum': {
      const rank = new Map(type.symbols.map((symbol, index) => [symbol, index]));
      return (a, b) => Math.sign((rank.get(a as string) ?? -1) - (rank.get(b as string) ?? -1));
    }
    case 'array':
      return arrayComparator(comparator(type.items));
    case 'map':
      return mapComparator(comparator(type.values));
    case 'record':
      return recordComparator(type);
    case 'union': {
      const branches = new Map(
        type.branches.map((branch, index) => [tagOf(branch), { index, of: comparator(branch) }]),
      );
      return (a, b) => {
        const x = branches.get(unionTag(a));
        const y = branches.get(unionTag(b));
        if (x === undefined || y === undefined) return 0;
        return x.index === y.index ? x.of(untagged(a), untagged(b)) : Math.sign(x.index - y.index);
      };
    }
    default:
      return () => 0;
  }
}

function arrayComparator(items: Comparator): Comparator {
  return (a, b) => {
    const x = a as readonly Value[];
    const y = b as readonly Value[];
    const shorter = Math.min(x.length, y.length);
    for (let i = 0; i < shorter; i++) {
      const order = items(x[i] as Value, y[i] as Value);
      if (order !== 0) return order;
    }
    return Math.sign(x.length - y.length);
  };
}

function mapComparator(values: Comparator): Comparator {
  return (a, b) => {
    const x = Object.entries(a as ValueMap).sort((p, q) => compareStrings(p[0], q[0]));
    const y = Object.entries(b as ValueMap).sort((p, q) => compareStrings(p[0], q[0]));
    const shorter = Math.min(x.length, y.length);
    for (let i = 0; i < shorter; i++) {
      const [p, q] = [x[i] as [string, Value], y[i] as [string, Value]];
      const order = compareStrings(p[0], q[0]) || values(p[1], q[1]);
      if (order !== 0) return order;
    }
    return Math.sign(x.length - y.length);
  };
}

function recordComparator(type: RecordType): Comparator {
  let fields: { name: string; sign: number; of: Comparator }[] | undefined;
  return (a, b) => {
    fields ??= type.fields
      .filter((field) => field.order !== 'ignore')
      .map((field) => ({ name: field.name, sign: field.order === 'descending' ? -1 : 1, of: comparator(field.type) }));
    for (const { name, sign, of } of fields) {
      const order = of((a as ValueMap)[name] as Value, (b as ValueMap)[name] as Value);
      if (order !== 0) return sign * order;
    }
    return 0;
  };
}
