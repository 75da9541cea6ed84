import { type Comparator, comparator, compareStrings } from '../compare.js';
import type { AvroType, Fn, Value, ValueMap } from '../types.js';
import { newMap } from '../types.js';
import { unwrapper } from './array-functional.js';
import { type Arr, body, type Obj } from './body.js';
import { setKey } from './encode.js';
import type { Call, LibraryModule } from './function.js';
import { fromEntries, mapObject } from './la.js';
import { indexesOfGreatest, indexOfGreatest, type LessThan, orderOf, reversed } from './order.js';

type Test = (...args: Value[]) => boolean;

function valuesOf(call: Call, index = 0): AvroType {
  const type = call.types[index]!;
  return type.type === 'map' ? type.values : type.type === 'array' ? type.items : { type: 'null' };
}

function merged(maps: Iterable<Obj>): Obj {
  const made = newMap();
  for (const map of maps) for (const key in map) made[key] = map[key]!;
  return made;
}

/** The entries for which a test of key and value is true. */
function chosen(m: Obj, keep: (key: string, value: Value) => boolean): Obj {
  const made = newMap();
  for (const key in m) if (keep(key, m[key]!)) made[key] = m[key]!;
  return made;
}

function has(m: Obj, key: string): boolean {
  return Object.hasOwn(m, key);
}

interface Source {
  lowest: boolean;
  lessThanAt?: number;
}

/** Binds a search for the keys of extreme values; of equal values the key that sorts first. */
function extremes(code: number, source: Source, many: boolean): (call: Call) => Fn {
  return (call) => {
    const turned = (compare: Comparator) => (source.lowest ? reversed(compare) : compare);
    const { lessThanAt } = source;
    const natural = turned(comparator(valuesOf(call)));
    return (...args) => {
      const m = args[0] as Obj;
      const keys = Object.keys(m).sort(compareStrings);
      if (keys.length === 0) throw call.error(code);
      const compare = lessThanAt === undefined ? natural : turned(orderOf(args[lessThanAt] as unknown as LessThan));
      const values = keys.map((key) => m[key]!);
      if (!many) return keys[indexOfGreatest(values, compare)]!;
      const n = args[1] as number;
      if (n < 0) throw call.error(code + 1);
      return indexesOfGreatest(values, n, compare).map((index) => keys[index]!);
    };
  };
}

function filterMap(withKey: boolean): (call: Call) => Fn {
  return (call) => {
    const unwrap = unwrapper(call);
    return (m, fcn) => {
      const made = newMap();
      for (const key in m as ValueMap) {
        const value = (m as ValueMap)[key]!;
        const result = withKey ? (fcn as Fn)(key, value) : (fcn as Fn)(value);
        if (result !== null) made[key] = unwrap(result);
      }
      return made;
    };
  };
}

function sameKeys(maps: readonly Obj[]): boolean {
  const keys = Object.keys(maps[0]!);
  return maps.every((map) => Object.keys(map).length === keys.length && keys.every((key) => has(map, key)));
}

/** Binds a walk of two to four maps with the same keys and a function, which is the last argument. */
function zip(code: number, withKey: boolean): (call: Call) => Fn {
  return (call) =>
    (...args) => {
      const fcn = args.at(-1) as Fn;
      const maps = args.slice(0, -1) as Obj[];
      if (!sameKeys(maps)) throw call.error(code);
      return mapObject(maps[0]!, (_value, key) => {
        const row = maps.map((map) => map[key]!);
        return withKey ? fcn(key, ...row) : fcn(...row);
      });
    };
}

/** Maps, and sets as maps from base64 of the Avro encoding to the object. */
export const MAP: LibraryModule = [
  {
    name: 'map.len',
    signatures: ['(m: map of any A) -> int'],
    doc: 'Number of entries.',
    bind: body((m: Obj) => Object.keys(m).length),
  },
  {
    name: 'map.keys',
    signatures: ['(m: map of any A) -> array of string'],
    doc: 'Keys.',
    nondeterministic: 'unordered',
    bind: body((m: Obj) => Object.keys(m)),
  },
  {
    name: 'map.values',
    signatures: ['(m: map of any A) -> array of A'],
    doc: 'Values.',
    nondeterministic: 'unordered',
    bind: body((m: Obj) => Object.values(m)),
  },
  {
    name: 'map.containsKey',
    signatures: [
      '(m: map of any A, key: string) -> boolean',
      '(m: map of any A, fcn: fcn(string) -> boolean) -> boolean',
    ],
    doc: 'Whether a key is there, or one that passes a test.',
    bind: body((m: Obj, key: string | Test) =>
      typeof key === 'string' ? has(m, key) : Object.keys(m).some((candidate) => key(candidate)),
    ),
  },
  {
    name: 'map.containsValue',
    signatures: ['(m: map of any A, value: A) -> boolean', '(m: map of any A, fcn: fcn(A) -> boolean) -> boolean'],
    doc: 'Whether a value is there, or one that passes a test.',
    bind: (call) => {
      const wanted = call.types[1]!;
      if (wanted.type === 'fcn')
        return (m, test) => Object.values(m as Obj).some((value) => (test as Fn)(value) as boolean);
      const compare = comparator(wanted);
      return (m, value) => Object.values(m as Obj).some((candidate) => compare(candidate, value!) === 0);
    },
  },
  {
    name: 'map.add',
    signatures: ['(m: map of any A, key: string, value: A) -> map of A', '(m: map of any A, item: A) -> map of A'],
    doc: 'The map with an entry added or replaced, or the set with an item added.',
    bind: (call) => {
      const keyOf = setKey(valuesOf(call));
      return (m, ...rest) => {
        const value = rest.at(-1)!;
        const key = rest.length === 2 ? (rest[0] as string) : keyOf(value);
        return merged([m as Obj, fromEntries([[key, value] as const])]);
      };
    },
  },
  {
    name: 'map.remove',
    signatures: ['(m: map of any A, key: string) -> map of A'],
    doc: 'The map without a key.',
    bind: body((m: Obj, key: string) => (has(m, key) ? chosen(m, (candidate) => candidate !== key) : m)),
  },
  {
    name: 'map.only',
    signatures: ['(m: map of any A, keys: array of string) -> map of A'],
    doc: 'The map with no other keys than these.',
    bind: body((m: Obj, keys: Arr<string>) => {
      const wanted = new Set(keys);
      return chosen(m, (key) => wanted.has(key));
    }),
  },
  {
    name: 'map.except',
    signatures: ['(m: map of any A, keys: array of string) -> map of A'],
    doc: 'The map without these keys.',
    bind: body((m: Obj, keys: Arr<string>) => {
      const unwanted = new Set(keys);
      return chosen(m, (key) => !unwanted.has(key));
    }),
  },
  {
    name: 'map.update',
    signatures: ['(base: map of any A, overlay: map of A) -> map of A'],
    doc: 'The first map with the entries of the second added or replaced.',
    bind: body((base: Obj, overlay: Obj) => merged([base, overlay])),
  },
  {
    name: 'map.split',
    signatures: ['(m: map of any A) -> array of map of A'],
    doc: 'A map of its own for every entry.',
    nondeterministic: 'unordered',
    bind: body((m: Obj) => Object.keys(m).map((key) => fromEntries([[key, m[key]!] as const]))),
  },
  {
    name: 'map.join',
    signatures: ['(a: array of map of any A) -> map of A'],
    doc: 'The maps of an array laid over one another.',
    bind: body((a: Arr<Obj>) => merged(a)),
  },
  {
    name: 'map.argmax',
    signatures: ['(m: map of any A) -> string'],
    doc: 'Key of the greatest value.',
    errors: { 26120: 'empty map' },
    bind: extremes(26120, { lowest: false }, false),
  },
  {
    name: 'map.argmin',
    signatures: ['(m: map of any A) -> string'],
    doc: 'Key of the lowest value.',
    errors: { 26130: 'empty map' },
    bind: extremes(26130, { lowest: true }, false),
  },
  {
    name: 'map.argmaxLT',
    signatures: ['(m: map of any A, lessThan: fcn(A, A) -> boolean) -> string'],
    doc: 'Key of the greatest value in the order that lessThan defines.',
    errors: { 26140: 'empty map' },
    bind: extremes(26140, { lowest: false, lessThanAt: 1 }, false),
  },
  {
    name: 'map.argminLT',
    signatures: ['(m: map of any A, lessThan: fcn(A, A) -> boolean) -> string'],
    doc: 'Key of the lowest value in the order that lessThan defines.',
    errors: { 26150: 'empty map' },
    bind: extremes(26150, { lowest: true, lessThanAt: 1 }, false),
  },
  {
    name: 'map.argmaxN',
    signatures: ['(m: map of any A, n: int) -> array of string'],
    doc: 'Keys of the n greatest values.',
    errors: { 26160: 'empty map', 26161: 'n < 0' },
    bind: extremes(26160, { lowest: false }, true),
  },
  {
    name: 'map.argminN',
    signatures: ['(m: map of any A, n: int) -> array of string'],
    doc: 'Keys of the n lowest values.',
    errors: { 26170: 'empty map', 26171: 'n < 0' },
    bind: extremes(26170, { lowest: true }, true),
  },
  {
    name: 'map.argmaxNLT',
    signatures: ['(m: map of any A, n: int, lessThan: fcn(A, A) -> boolean) -> array of string'],
    doc: 'Keys of the n greatest values in the order that lessThan defines.',
    errors: { 26180: 'empty map', 26181: 'n < 0' },
    bind: extremes(26180, { lowest: false, lessThanAt: 2 }, true),
  },
  {
    name: 'map.argminNLT',
    signatures: ['(m: map of any A, n: int, lessThan: fcn(A, A) -> boolean) -> array of string'],
    doc: 'Keys of the n lowest values in the order that lessThan defines.',
    errors: { 26190: 'empty map', 26191: 'n < 0' },
    bind: extremes(26190, { lowest: true, lessThanAt: 2 }, true),
  },
  {
    name: 'map.toset',
    signatures: ['(a: array of any A) -> map of A'],
    doc: "The set of an array's items.",
    bind: (call) => {
      const keyOf = setKey(valuesOf(call));
      return (a) => fromEntries((a as Arr).map((item) => [keyOf(item), item] as const));
    },
  },
  {
    name: 'map.fromset',
    signatures: ['(s: map of any A) -> array of A'],
    doc: 'The items of a set.',
    nondeterministic: 'unordered',
    bind: body((s: Obj) => Object.values(s)),
  },
  {
    name: 'map.in',
    signatures: ['(s: map of any A, x: A) -> boolean'],
    doc: 'Whether an item is in a set.',
    bind: (call) => {
      const keyOf = setKey(valuesOf(call));
      return (s, x) => has(s as Obj, keyOf(x!));
    },
  },
  {
    name: 'map.union',
    signatures: ['(a: map of any A, b: map of A) -> map of A'],
    doc: 'The items of either set.',
    bind: body((a: Obj, b: Obj) => merged([a, b])),
  },
  {
    name: 'map.intersection',
    signatures: ['(a: map of any A, b: map of A) -> map of A'],
    doc: 'The items of both sets.',
    bind: body((a: Obj, b: Obj) => chosen(a, (key) => has(b, key))),
  },
  {
    name: 'map.diff',
    signatures: ['(a: map of any A, b: map of A) -> map of A'],
    doc: 'The items of the first set that the second does not have.',
    bind: body((a: Obj, b: Obj) => chosen(a, (key) => !has(b, key))),
  },
  {
    name: 'map.symdiff',
    signatures: ['(a: map of any A, b: map of A) -> map of A'],
    doc: 'The items of exactly one of the sets.',
    bind: body((a: Obj, b: Obj) => merged([chosen(a, (key) => !has(b, key)), chosen(b, (key) => !has(a, key))])),
  },
  {
    name: 'map.subset',
    signatures: ['(little: map of any A, big: map of A) -> boolean'],
    doc: 'Whether the second set has all items of the first.',
    bind: body((little: Obj, big: Obj) => Object.keys(little).every((key) => has(big, key))),
  },
  {
    name: 'map.disjoint',
    signatures: ['(a: map of any A, b: map of A) -> boolean'],
    doc: 'Whether the sets have no item in common.',
    bind: body((a: Obj, b: Obj) => !Object.keys(a).some((key) => has(b, key))),
  },
  {
    name: 'map.map',
    signatures: ['(m: map of any A, fcn: fcn(A) -> any B) -> map of B'],
    doc: 'Results of fcn for the values.',
    bind: body((m: Obj, fcn: Fn) => mapObject(m, (value) => fcn(value))),
  },
  {
    name: 'map.mapWithKey',
    signatures: ['(m: map of any A, fcn: fcn(string, A) -> any B) -> map of B'],
    doc: 'Results of fcn for the keys and values.',
    bind: body((m: Obj, fcn: Fn) => mapObject(m, (value, key) => fcn(key, value))),
  },
  {
    name: 'map.filter',
    signatures: ['(m: map of any A, fcn: fcn(A) -> boolean) -> map of A'],
    doc: 'The entries for whose value fcn is true.',
    bind: body((m: Obj, fcn: Test) => chosen(m, (_key, value) => fcn(value))),
  },
  {
    name: 'map.filterWithKey',
    signatures: ['(m: map of any A, fcn: fcn(string, A) -> boolean) -> map of A'],
    doc: 'The entries for whose key and value fcn is true.',
    bind: body((m: Obj, fcn: Test) => chosen(m, (key, value) => fcn(key, value))),
  },
  {
    name: 'map.filterMap',
    signatures: ['(m: map of any A, fcn: fcn(A) -> union(any B, null)) -> map of B'],
    doc: 'Results of fcn for the values that are not null.',
    bind: filterMap(false),
  },
  {
    name: 'map.filterMapWithKey',
    signatures: ['(m: map of any A, fcn: fcn(string, A) -> union(any B, null)) -> map of B'],
    doc: 'Results of fcn for the keys and values that are not null.',
    bind: filterMap(true),
  },
  {
    name: 'map.flatMap',
    signatures: ['(m: map of any A, fcn: fcn(A) -> map of any B) -> map of B'],
    doc: 'The maps that fcn gives for the values, laid over one another.',
    bind: body((m: Obj, fcn: Fn) => merged(Object.keys(m).map((key) => fcn(m[key]!) as Obj))),
  },
  {
    name: 'map.flatMapWithKey',
    signatures: ['(m: map of any A, fcn: fcn(string, A) -> map of any B) -> map of B'],
    doc: 'The maps that fcn gives for the keys and values, laid over one another.',
    bind: body((m: Obj, fcn: Fn) => merged(Object.keys(m).map((key) => fcn(key, m[key]!) as Obj))),
  },
  {
    name: 'map.zipmap',
    signatures: [
      '(a: map of any A, b: map of any B, fcn: fcn(A, B) -> any Z) -> map of Z',
      '(a: map of any A, b: map of any B, c: map of any C, fcn: fcn(A, B, C) -> any Z) -> map of Z',
      '(a: map of any A, b: map of any B, c: map of any C, d: map of any D, fcn: fcn(A, B, C, D) -> any Z) -> map of Z',
    ],
    doc: 'Results of fcn for the values of several maps with the same keys.',
    errors: { 26370: 'misaligned maps' },
    bind: zip(26370, false),
  },
  {
    name: 'map.zipmapWithKey',
    signatures: [
      '(a: map of any A, b: map of any B, fcn: fcn(string, A, B) -> any Z) -> map of Z',
      '(a: map of any A, b: map of any B, c: map of any C, fcn: fcn(string, A, B, C) -> any Z) -> map of Z',
      '(a: map of any A, b: map of any B, c: map of any C, d: map of any D, fcn: fcn(string, A, B, C, D) -> any Z) -> map of Z',
    ],
    doc: 'Results of fcn for the keys and values of several maps with the same keys.',
    errors: { 26380: 'misaligned maps' },
    bind: zip(26380, true),
  },
  {
    name: 'map.corresponds',
    signatures: ['(a: map of any A, b: map of any B, fcn: fcn(A, B) -> boolean) -> boolean'],
    doc: 'Whether fcn is true for every pair of values of two maps with the same keys.',
    bind: body((a: Obj, b: Obj, fcn: Test) => sameKeys([a, b]) && Object.keys(a).every((key) => fcn(a[key]!, b[key]!))),
  },
  {
    name: 'map.correspondsWithKey',
    signatures: ['(a: map of any A, b: map of any B, fcn: fcn(string, A, B) -> boolean) -> boolean'],
    doc: 'Whether fcn is true for every key and pair of values of two maps with the same keys.',
    bind: body(
      (a: Obj, b: Obj, fcn: Test) => sameKeys([a, b]) && Object.keys(a).every((key) => fcn(key, a[key]!, b[key]!)),
    ),
  },
];
