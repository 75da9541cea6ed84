import type { AvroType, RecordField, RecordType, Type, Value, ValueMap } from '../types.js';
import { tagOf, unionTag, untagged } from '../types.js';

export type Comparator = (x: Value, y: Value) => number;

/** Avro's order of values of this type: negative, zero or positive. NaN equals itself and is above every number. */
export function comparator(type: Type): Comparator {
  return build(type, new Map());
}

/** Whether two values of this type are equal in that order. */
export function equality(type: Type): (x: Value, y: Value) => boolean {
  const compare = comparator(type);
  return (x, y) => compare(x, y) === 0;
}

function build(type: Type, records: Map<string, Comparator>): Comparator {
  switch (type.type) {
    case 'boolean':
      return (x, y) => Number(x) - Number(y);
    case 'int':
    case 'long':
    case 'float':
    case 'double':
      return compareNumbers;
    case 'bytes':
    case 'fixed':
      return (x, y) => compareBytes(x as Uint8Array, y as Uint8Array);
    case 'string':
      return (x, y) => compareStrings(x as string, y as string);
    case 'enum': {
      const order = new Map(type.symbols.map((symbol, index) => [symbol, index]));
      return (x, y) => order.get(x as string)! - order.get(y as string)!;
    }
    case 'array': {
      const items = build(type.items, records);
      return (x, y) => compareArrays(x as readonly Value[], y as readonly Value[], items);
    }
    case 'map': {
      const values = build(type.values, records);
      return (x, y) => compareMaps(x as ValueMap, y as ValueMap, values);
    }
    case 'record':
      return recordComparator(type, records);
    case 'union':
      return unionComparator(type.branches, records);
    default:
      return () => 0;
  }
}

/** Numbers and bigints together, NaN last. */
export function compareNumbers(x: Value, y: Value): number {
  const a = x as number;
  const b = y as number;
  if (a < b) return -1;
  if (a > b) return 1;
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}

/** By code point, as Avro's UTF-8 order has it, not by UTF-16 unit. */
export function compareStrings(x: string, y: string): number {
  if (x === y) return 0;
  const length = Math.min(x.length, y.length);
  for (let index = 0; index < length; index++) {
    const a = x.charCodeAt(index);
    const b = y.charCodeAt(index);
    if (a === b) continue;
    const highA = a >= 0xd800 && a <= 0xdfff;
    const highB = b >= 0xd800 && b <= 0xdfff;
    return highA === highB ? a - b : highA ? 1 : -1;
  }
  return x.length - y.length;
}

export function compareBytes(x: Uint8Array, y: Uint8Array): number {
  const length = Math.min(x.length, y.length);
  for (let index = 0; index < length; index++) {
    const difference = x[index]! - y[index]!;
    if (difference !== 0) return difference;
  }
  return x.length - y.length;
}

function compareArrays(x: readonly Value[], y: readonly Value[], items: Comparator): number {
  const length = Math.min(x.length, y.length);
  for (let index = 0; index < length; index++) {
    const order = items(x[index]!, y[index]!);
    if (order !== 0) return order;
  }
  return x.length - y.length;
}

/** Avro leaves maps unordered: here by sorted keys, then by their values, so that equality and sets work. */
function compareMaps(x: ValueMap, y: ValueMap, values: Comparator): number {
  const keysX = Object.keys(x).sort(compareStrings);
  const keysY = Object.keys(y).sort(compareStrings);
  const keys = compareArrays(keysX, keysY, (a, b) => compareStrings(a as string, b as string));
  if (keys !== 0) return keys;
  for (const key of keysX) {
    const order = values(x[key]!, y[key]!);
    if (order !== 0) return order;
  }
  return 0;
}

function recordComparator(type: RecordType, records: Map<string, Comparator>): Comparator {
  const known = records.get(type.fullName);
  if (known !== undefined) return known;
  let fields: { field: RecordField; compare: Comparator }[] = [];
  const compare: Comparator = (x, y) => {
    for (const entry of fields) {
      const { name, order } = entry.field;
      const found = entry.compare((x as ValueMap)[name]!, (y as ValueMap)[name]!);
      if (found !== 0) return order === 'descending' ? -found : found;
    }
    return 0;
  };
  records.set(type.fullName, compare);
  fields = type.fields
    .filter((field) => field.order !== 'ignore')
    .map((field) => ({ field, compare: build(field.type, records) }));
  return compare;
}

function unionComparator(branches: readonly AvroType[], records: Map<string, Comparator>): Comparator {
  const order = new Map(branches.map((branch, index) => [tagOf(branch), index]));
  const inner = branches.map((branch) => build(branch, records));
  return (x, y) => {
    const branchX = order.get(unionTag(x))!;
    const branchY = order.get(unionTag(y))!;
    return branchX === branchY ? inner[branchX]!(untagged(x), untagged(y)) : branchX - branchY;
  };
}
