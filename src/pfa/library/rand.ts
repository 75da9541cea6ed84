import type { Value } from '../types.js';
import { type Arr, bound, type Long, type Obj, type Vector } from './body.js';
import type { Call, LibraryModule, Random } from './function.js';
import { wrapped } from './long.js';

/** A uniform whole number from 0 up to, not including, `bound`. */
export function below(random: Random, limit: number): number {
  return Math.floor(random.next() * limit);
}

function bits64(random: Random): bigint {
  return (BigInt(random.bits()) << 32n) | BigInt(random.bits());
}

function longBetween(random: Random, low: Long, high: Long): Long {
  const range = BigInt(high) - BigInt(low);
  // rejection keeps every value equally likely
  const limit = (2n ** 64n / range) * range;
  let drawn = bits64(random);
  while (drawn >= limit) drawn = bits64(random);
  return wrapped(BigInt(low) + (drawn % range));
}

function realBetween(call: Call, code: number, low: number, high: number): number {
  if (high <= low) throw call.error(code);
  return low + (high - low) * call.engine.random.next();
}

/** The index of a bin, drawn with probability proportional to its weight. */
export function weightedIndex(call: Call, code: number, weights: Vector): number {
  for (const weight of weights) {
    if (!Number.isFinite(weight)) throw call.error(code + 1);
    if (weight < 0) throw call.error(code + 2);
  }
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (sum === 0) throw call.error(code);
  let rest = call.engine.random.next() * sum;
  for (const [index, weight] of weights.entries()) {
    rest -= weight;
    if (rest < 0) return index;
  }
  return weights.findLastIndex((weight) => weight > 0);
}

/** Fisher and Yates: the first `size` items of a random order. */
export function shuffled<T>(random: Random, items: readonly T[], size: number): T[] {
  const pool = [...items];
  for (let index = 0; index < size; index++) {
    const other = index + below(random, pool.length - index);
    [pool[index], pool[other]] = [pool[other]!, pool[index]!];
  }
  return pool.slice(0, size);
}

function draws<T>(call: Call, code: number, size: number, draw: () => T): T[] {
  if (size <= 0) throw call.error(code);
  call.engine.spend(4 * size);
  return Array.from({ length: size }, draw);
}

function randomString(call: Call, size: number, rest: readonly Value[]): string {
  const random = call.engine.random;
  if (size <= 0) throw call.error(34080);
  let draw = () => String.fromCodePoint(1 + below(random, 0xd800 - 1));
  if (rest.length === 1) {
    const population = Array.from(rest[0] as string);
    if (population.length === 0) throw call.error(34083);
    draw = () => population[below(random, population.length)]!;
  } else if (rest.length === 2) {
    const [low, high] = rest as [number, number];
    if (high <= low) throw call.error(34081);
    if (low < 1 || low > 0xd800 || high < 1 || high > 0xd800) throw call.error(34082);
    draw = () => String.fromCodePoint(low + below(random, high - low));
  }
  return draws(call, 34080, size, draw).join('');
}

function randomBytes(call: Call, size: number, rest: readonly Value[]): Uint8Array {
  const random = call.engine.random;
  if (size <= 0) throw call.error(34090);
  let draw = () => below(random, 256);
  if (rest.length === 1) {
    const population = rest[0] as Uint8Array;
    if (population.length === 0) throw call.error(34093);
    draw = () => population[below(random, population.length)]!;
  } else if (rest.length === 2) {
    const [low, high] = rest as [number, number];
    if (high <= low) throw call.error(34091);
    if (low < 0 || low > 255 || high < 0 || high > 256) throw call.error(34092);
    draw = () => low + below(random, high - low);
  }
  return Uint8Array.from(draws(call, 34090, size, draw));
}

/** Version 4, variant 8: `xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx`. */
function uuid(random: Random): string {
  const digits = Array.from({ length: 4 }, () => random.bits().toString(16).padStart(8, '0')).join('');
  const groups = [digits.slice(0, 8), digits.slice(8, 12), `4${digits.slice(13, 16)}`, `8${digits.slice(17, 20)}`];
  return [...groups, digits.slice(20)].join('-');
}

/** By the polar method, without its second value: the generator's state alone decides the next draw. */
export function gaussian(random: Random): number {
  for (;;) {
    const u = 2 * random.next() - 1;
    const v = 2 * random.next() - 1;
    const s = u * u + v * v;
    if (s > 0 && s < 1) return u * Math.sqrt((-2 * Math.log(s)) / s);
  }
}

/** Pseudo-random numbers from the engine's seeded generator. */
export const RAND: LibraryModule = [
  {
    name: 'rand.int',
    signatures: ['() -> int', '(low: int, high: int) -> int'],
    doc: 'A random int, of all or between low (inclusive) and high (exclusive).',
    errors: { 34000: 'high must be greater than low' },
    nondeterministic: 'pseudorandom',
    bind: bound((call) => (low?: number, high?: number) => {
      const random = call.engine.random;
      if (low === undefined || high === undefined) return random.bits() | 0;
      if (high <= low) throw call.error(34000);
      return low + below(random, high - low);
    }),
  },
  {
    name: 'rand.long',
    signatures: ['() -> long', '(low: long, high: long) -> long'],
    doc: 'A random long, of all or between low (inclusive) and high (exclusive).',
    errors: { 34010: 'high must be greater than low' },
    nondeterministic: 'pseudorandom',
    bind: bound((call) => (low?: Long, high?: Long) => {
      const random = call.engine.random;
      if (low === undefined || high === undefined) return wrapped(bits64(random));
      if (high <= low) throw call.error(34010);
      return longBetween(random, low, high);
    }),
  },
  {
    name: 'rand.float',
    signatures: ['(low: float, high: float) -> float'],
    doc: 'A random float between low and high.',
    errors: { 34020: 'high must be greater than low' },
    nondeterministic: 'pseudorandom',
    bind: bound((call) => (low: number, high: number) => Math.fround(realBetween(call, 34020, low, high))),
  },
  {
    name: 'rand.double',
    signatures: ['(low: double, high: double) -> double'],
    doc: 'A random double between low and high.',
    errors: { 34030: 'high must be greater than low' },
    nondeterministic: 'pseudorandom',
    bind: bound((call) => (low: number, high: number) => realBetween(call, 34030, low, high)),
  },
  {
    name: 'rand.choice',
    signatures: ['(population: array of any A) -> A'],
    doc: 'A random item.',
    errors: { 34040: 'population must not be empty' },
    nondeterministic: 'pseudorandom',
    bind: bound((call) => (population: Arr) => {
      if (population.length === 0) throw call.error(34040);
      return population[below(call.engine.random, population.length)]!;
    }),
  },
  {
    name: 'rand.choices',
    signatures: ['(size: int, population: array of any A) -> array of A'],
    doc: 'Random items, drawn with replacement.',
    errors: { 34050: 'population must not be empty' },
    nondeterministic: 'pseudorandom',
    bind: bound((call) => (size: number, population: Arr) => {
      if (population.length === 0) throw call.error(34050);
      call.engine.spend(4 * Math.max(0, size));
      return Array.from({ length: Math.max(0, size) }, () => population[below(call.engine.random, population.length)]!);
    }),
  },
  {
    name: 'rand.sample',
    signatures: ['(size: int, population: array of any A) -> array of A'],
    doc: 'Random items, drawn without replacement.',
    errors: { 34060: 'population must not be empty', 34061: 'population smaller than requested subsample' },
    nondeterministic: 'pseudorandom',
    bind: bound((call) => (size: number, population: Arr) => {
      if (population.length === 0) throw call.error(34060);
      if (population.length < size) throw call.error(34061);
      return shuffled(call.engine.random, population, Math.max(0, size));
    }),
  },
  {
    name: 'rand.histogram',
    signatures: ['(distribution: array of double) -> int', '(distribution: array of record A {prob: double}) -> A'],
    doc: 'A random index or record, with probability proportional to its weight.',
    errors: {
      34070: 'distribution must be non-empty',
      34071: 'distribution must be finite',
      34072: 'distribution must be non-negative',
    },
    nondeterministic: 'pseudorandom',
    bind: (call) => {
      const type = call.types[0]!;
      return type.type === 'array' && type.items.type === 'record'
        ? (distribution) => {
            const records = distribution as Arr<Obj>;
            return records[
              weightedIndex(
                call,
                34070,
                records.map((record) => record['prob'] as number),
              )
            ]!;
          }
        : (distribution) => weightedIndex(call, 34070, distribution as Vector);
    },
  },
  {
    name: 'rand.string',
    signatures: [
      '(size: int) -> string',
      '(size: int, population: string) -> string',
      '(size: int, low: int, high: int) -> string',
    ],
    doc: 'A random string of all characters, of those given, or of a range of code points.',
    errors: {
      34080: 'size must be positive',
      34081: 'high must be greater than low',
      34082: 'invalid char',
      34083: 'population must be non-empty',
    },
    nondeterministic: 'pseudorandom',
    bind: bound(
      (call) =>
        (size: number, ...rest: Value[]) =>
          randomString(call, size, rest),
    ),
  },
  {
    name: 'rand.bytes',
    signatures: [
      '(size: int) -> bytes',
      '(size: int, population: bytes) -> bytes',
      '(size: int, low: int, high: int) -> bytes',
    ],
    doc: 'Random bytes of all values, of those given, or of a range.',
    errors: {
      34090: 'size must be positive',
      34091: 'high must be greater than low',
      34092: 'invalid byte',
      34093: 'population must be non-empty',
    },
    nondeterministic: 'pseudorandom',
    bind: bound(
      (call) =>
        (size: number, ...rest: Value[]) =>
          randomBytes(call, size, rest),
    ),
  },
  {
    name: 'rand.uuid',
    signatures: ['() -> string'],
    doc: 'A random UUID of version 4.',
    nondeterministic: 'pseudorandom',
    deprecated: 'since 0.7.2, gone by 0.9.0: use rand.uuid4 instead',
    bind: bound((call) => () => uuid(call.engine.random)),
  },
  {
    name: 'rand.uuid4',
    signatures: ['() -> string'],
    doc: 'A random UUID of version 4 and variant 8.',
    nondeterministic: 'pseudorandom',
    bind: bound((call) => () => uuid(call.engine.random)),
  },
  {
    name: 'rand.gaussian',
    signatures: ['(mu: double, sigma: double) -> double'],
    doc: 'A random number of the normal distribution.',
    nondeterministic: 'pseudorandom',
    bind: bound((call) => (mu: number, sigma: number) => mu + sigma * gaussian(call.engine.random)),
  },
];
