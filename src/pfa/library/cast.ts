import { writeJson } from '../../wire/json.js';
import { encodeJsonNode } from '../data/json.js';
import type { AvroType, EnumType, Fn, Value } from '../types.js';
import { type Arr, body, bound, byType, type Long } from './body.js';
import { binaryWriter } from './encode.js';
import type { Call, LibraryModule } from './function.js';
import { INT_MAX, INT_MIN, longOf, roundHalfUp, wrapped } from './long.js';

/** A long rounded once to single precision; the bits that a double cannot hold only break ties. */
function floatOfLong(x: Long): number {
  if (typeof x === 'number') return Math.fround(x);
  const size = x < 0n ? -x : x;
  const kept = Number((size >> 11n) | (size & 2047n ? 1n : 0n)) * 2048;
  return Math.fround(x < 0n ? -kept : kept);
}

function toInt(call: Call, x: Long): number {
  const rounded = typeof x === 'bigint' ? Infinity : roundHalfUp(x);
  if (!(rounded >= INT_MIN && rounded <= INT_MAX)) throw call.error(17020);
  return rounded + 0;
}

function toLong(call: Call, x: number): Long {
  const rounded = longOf(roundHalfUp(x));
  if (rounded === undefined) throw call.error(17030);
  return rounded;
}

function same(x: Value): Value {
  return x;
}

/** An array with one item set: the position of x, or the extra last one for what is out of range. */
function oneOf(length: number, position: number, extra: boolean, on: Value, off: Value): Value {
  const made = new Array<Value>(length + (extra ? 1 : 0)).fill(off);
  if (position >= 0 && position < length) made[position] = on;
  else if (extra) made[length] = on;
  return made;
}

/** Binds a fan-out to items of one type. */
function fanout(code: number, on: Value, off: Value): (call: Call) => Fn {
  return byType(0, {
    enum: bound((call) => {
      const { symbols } = call.types[0] as EnumType;
      return (x: string) => oneOf(symbols.length, symbols.indexOf(x), false, on, off);
    }),
    string: bound((call) => (x: string, dictionary: Arr<string>, extra: boolean) => {
      if (new Set(dictionary).size !== dictionary.length) throw call.error(code);
      return oneOf(dictionary.length, dictionary.indexOf(x), extra, on, off);
    }),
    int: bound((call) => (x: number, minimum: number, maximum: number, extra: boolean) => {
      const length = Math.max(0, maximum - minimum);
      call.engine.spend(4 * length);
      return oneOf(length, x - minimum, extra, on, off);
    }),
  });
}

/** Conversions between types. */
export const CAST: LibraryModule = [
  {
    name: 'cast.signed',
    signatures: ['(x: long, bits: int) -> long'],
    doc: 'The low bits of x as a signed number of that width.',
    errors: { 17000: 'unrepresentable unsigned number' },
    bind: bound((call) => (x: Long, bits: number) => {
      if (bits < 2 || bits > 64) throw call.error(17000);
      return wrapped(BigInt.asIntN(bits, BigInt(x)));
    }),
  },
  {
    name: 'cast.unsigned',
    signatures: ['(x: long, bits: int) -> long'],
    doc: 'The low bits of x as an unsigned number of that width.',
    errors: { 17010: 'unrepresentable unsigned number' },
    bind: bound((call) => (x: Long, bits: number) => {
      if (bits < 1 || bits > 63) throw call.error(17010);
      return wrapped(BigInt.asUintN(bits, BigInt(x)));
    }),
  },
  {
    name: 'cast.int',
    signatures: ['(x: int) -> int', '(x: long) -> int', '(x: float) -> int', '(x: double) -> int'],
    doc: 'Nearest int, halves upwards.',
    errors: { 17020: 'int overflow' },
    bind: bound((call) => (x: Long) => toInt(call, x)),
  },
  {
    name: 'cast.long',
    signatures: ['(x: int) -> long', '(x: long) -> long', '(x: float) -> long', '(x: double) -> long'],
    doc: 'Nearest long, halves upwards.',
    errors: { 17030: 'long overflow' },
    bind: byType(0, { int: body(same), long: body(same), '*': bound((call) => (x: number) => toLong(call, x)) }),
  },
  {
    name: 'cast.float',
    signatures: ['(x: int) -> float', '(x: long) -> float', '(x: float) -> float', '(x: double) -> float'],
    doc: 'Nearest single-precision number.',
    bind: body(floatOfLong),
  },
  {
    name: 'cast.double',
    signatures: ['(x: int) -> double', '(x: long) -> double', '(x: float) -> double', '(x: double) -> double'],
    doc: 'Nearest double-precision number.',
    bind: body((x: Long) => Number(x)),
  },
  {
    name: 'cast.fanoutBoolean',
    signatures: [
      '(x: enum A) -> array of boolean',
      '(x: string, dictionary: array of string, outOfRange: boolean) -> array of boolean',
      '(x: int, minimum: int, maximum: int, outOfRange: boolean) -> array of boolean',
    ],
    doc: 'An array with true in the place of x.',
    errors: { 17060: 'non-distinct values in dictionary' },
    bind: fanout(17060, true, false),
  },
  {
    name: 'cast.fanoutInt',
    signatures: [
      '(x: enum A) -> array of int',
      '(x: string, dictionary: array of string, outOfRange: boolean) -> array of int',
      '(x: int, minimum: int, maximum: int, outOfRange: boolean) -> array of int',
    ],
    doc: 'An array with 1 in the place of x.',
    errors: { 17070: 'non-distinct values in dictionary' },
    bind: fanout(17070, 1, 0),
  },
  {
    name: 'cast.fanoutLong',
    signatures: [
      '(x: enum A) -> array of long',
      '(x: string, dictionary: array of string, outOfRange: boolean) -> array of long',
      '(x: int, minimum: int, maximum: int, outOfRange: boolean) -> array of long',
    ],
    doc: 'An array with 1 in the place of x.',
    errors: { 17080: 'non-distinct values in dictionary' },
    bind: fanout(17080, 1, 0),
  },
  {
    name: 'cast.fanoutFloat',
    signatures: [
      '(x: enum A) -> array of float',
      '(x: string, dictionary: array of string, outOfRange: boolean) -> array of float',
      '(x: int, minimum: int, maximum: int, outOfRange: boolean) -> array of float',
    ],
    doc: 'An array with 1.0 in the place of x.',
    errors: { 17090: 'non-distinct values in dictionary' },
    bind: fanout(17090, 1, 0),
  },
  {
    name: 'cast.fanoutDouble',
    signatures: [
      '(x: enum A) -> array of double',
      '(x: string, dictionary: array of string, outOfRange: boolean) -> array of double',
      '(x: int, minimum: int, maximum: int, outOfRange: boolean) -> array of double',
    ],
    doc: 'An array with 1.0 in the place of x.',
    errors: { 17100: 'non-distinct values in dictionary' },
    bind: fanout(17100, 1, 0),
  },
  {
    name: 'cast.avro',
    signatures: ['(x: any A) -> bytes'],
    doc: "Avro's binary encoding of a value.",
    bind: (call) => {
      const encode = binaryWriter(call.types[0] as AvroType);
      return (x) => encode(x!);
    },
  },
  {
    name: 'cast.json',
    signatures: ['(x: any A) -> string'],
    doc: "Avro's JSON encoding of a value.",
    nondeterministic: 'unstable',
    bind: (call) => (x) => writeJson(encodeJsonNode(x!, call.types[0] as AvroType)),
  },
];
