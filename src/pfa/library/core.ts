import { comparator } from '../compare.js';
import type { AvroType, Fn, Value } from '../types.js';
import { tagged, untagged } from '../types.js';
import { body, bound, byType, type Long } from './body.js';
import type { Call, LibraryModule } from './function.js';
import { addLong, INT_MAX, INT_MIN, LONG_MIN, multiplyLong, narrowed, powerLong, wrapped } from './long.js';

type Operator<T> = (x: T, y: T) => T | undefined;

/** Binds a binary operator by its type; `undefined` and ints out of range are the overflow errors `code`, `code + 1`. */
function binary(
  code: number,
  number: (x: number, y: number) => number,
  int: Operator<number>,
  long: Operator<Long>,
): (call: Call) => Fn {
  return byType(0, {
    int: bound((call) => (x: number, y: number) => intResult(call, code, int(x, y))),
    long: bound((call) => (x: Long, y: Long) => {
      const result = long(x, y);
      if (result === undefined) throw call.error(code + 1);
      return result;
    }),
    float: body((x: number, y: number) => Math.fround(number(x, y))),
    double: body(number),
  });
}

function intResult(call: Call, code: number, result: number | undefined): number {
  if (result === undefined || result < INT_MIN || result > INT_MAX) throw call.error(code);
  return result;
}

/** Binds a division-like operator: a zero divisor of whole numbers is the error `code`. */
function dividing(
  code: number,
  whole: { int: (x: number, y: number) => number; long: (x: bigint, y: bigint) => bigint },
  number: (x: number, y: number) => number,
): (call: Call) => Fn {
  return byType(0, {
    int: bound((call) => (x: number, y: number) => {
      if (y === 0) throw call.error(code);
      return whole.int(x, y) + 0;
    }),
    long: bound((call) => (x: Long, y: Long) => {
      if (y === 0) throw call.error(code);
      if (typeof x === 'number' && typeof y === 'number') return whole.int(x, y) + 0;
      return wrapped(whole.long(BigInt(x), BigInt(y)));
    }),
    float: body((x: number, y: number) => Math.fround(number(x, y))),
    double: body(number),
  });
}

/** Floored modulo: the sign is the divisor's. */
function modulo(x: number, y: number): number {
  const remainder = x % y;
  if (remainder === 0 || Number.isNaN(remainder)) return remainder;
  return remainder < 0 !== y < 0 ? remainder + y : remainder;
}

function moduloLong(x: bigint, y: bigint): bigint {
  const remainder = x % y;
  return remainder !== 0n && remainder < 0n !== y < 0n ? remainder + y : remainder;
}

function comparison(holds: (order: number) => boolean): (call: Call) => Fn {
  return (call) => {
    const compare = comparator(call.types[0]!);
    return (x, y) => holds(compare(x!, y!));
  };
}

function kleene(call: Call, value: boolean | null): Value {
  return value === null || (call.returns as AvroType).type !== 'union' ? value : tagged('boolean', value);
}

/** Binds a bitwise operator for ints and longs. */
function bitwise(int: (x: number, y: number) => number, long: (x: bigint, y: bigint) => bigint): (call: Call) => Fn {
  return byType(0, {
    int: body((x: number, y: number) => int(x, y)),
    long: body((x: Long, y: Long) => wrapped(long(BigInt(x), BigInt(y ?? 0)))),
  });
}

/** Whole-number power, truncated towards zero; undefined is an overflow. */
function powerInt(x: number, y: number): number | undefined {
  const result = powerLong(x, y);
  return typeof result === 'number' ? result : undefined;
}

/** Powers as C and Java have them: 1 to any power is 1 only for finite exponents. */
function power(x: number, y: number): number {
  return x ** y;
}

/** Arithmetic, comparison, logical and bitwise operators. `&&`, `||`, `&&&` and `|||` are short-circuited by the engine. */
export const CORE: LibraryModule = [
  {
    name: '+',
    signatures: ['(x: any A of {int, long, float, double}, y: A) -> A'],
    doc: 'Sum of x and y.',
    errors: { 18000: 'int overflow', 18001: 'long overflow' },
    bind: binary(
      18000,
      (x, y) => x + y,
      (x, y) => x + y,
      addLong,
    ),
  },
  {
    name: '-',
    signatures: ['(x: any A of {int, long, float, double}, y: A) -> A'],
    doc: 'Difference x − y.',
    errors: { 18010: 'int overflow', 18011: 'long overflow' },
    bind: binary(
      18010,
      (x, y) => x - y,
      (x, y) => x - y,
      (x, y) => addLongNegated(x, y),
    ),
  },
  {
    name: '*',
    signatures: ['(x: any A of {int, long, float, double}, y: A) -> A'],
    doc: 'Product of x and y.',
    errors: { 18020: 'int overflow', 18021: 'long overflow' },
    bind: binary(
      18020,
      (x, y) => x * y,
      (x, y) => x * y + 0,
      multiplyLong,
    ),
  },
  {
    name: '/',
    signatures: ['(x: double, y: double) -> double'],
    doc: 'Quotient of x and y, always in floating point.',
    bind: body((x: number, y: number) => x / y),
  },
  {
    name: '//',
    signatures: ['(x: any A of {int, long}, y: A) -> A'],
    doc: 'Whole quotient of x and y, truncated towards zero as Hadrian does.',
    errors: { 18040: 'integer division by zero' },
    bind: dividing(18040, { int: (x, y) => wrapInt(Math.trunc(x / y), x, y), long: (x, y) => x / y }, (x, y) => x / y),
  },
  {
    name: 'u-',
    signatures: ['(x: any A of {int, long, float, double}) -> A'],
    doc: 'Negative of x.',
    errors: { 18050: 'int overflow', 18051: 'long overflow' },
    bind: byType(0, {
      int: bound((call) => (x: number) => intResult(call, 18050, 0 - x)),
      long: bound((call) => (x: Long) => {
        if (x === LONG_MIN) throw call.error(18051);
        return typeof x === 'bigint' ? narrowed(-x)! : 0 - x;
      }),
      '*': body((x: number) => -x),
    }),
  },
  {
    name: '%',
    signatures: ['(k: any A of {int, long, float, double}, n: A) -> A'],
    doc: 'Remainder of k by n with the sign of n.',
    errors: { 18060: 'integer division by zero' },
    bind: dividing(18060, { int: modulo, long: moduloLong }, modulo),
  },
  {
    name: '%%',
    signatures: ['(k: any A of {int, long, float, double}, n: A) -> A'],
    doc: 'Remainder of k by n with the sign of k.',
    errors: { 18070: 'integer division by zero' },
    bind: dividing(18070, { int: (x, y) => x % y, long: (x, y) => x % y }, (x, y) => x % y),
  },
  {
    name: '**',
    signatures: ['(x: any A of {int, long, float, double}, y: A) -> A'],
    doc: 'x to the power y; whole powers are truncated towards zero.',
    errors: { 18080: 'int overflow', 18081: 'long overflow' },
    bind: binary(18080, power, powerInt, powerLong),
  },
  {
    name: 'cmp',
    signatures: ['(x: any A, y: A) -> int'],
    doc: "−1, 0 or 1 as x is below, equal to or above y in Avro's order.",
    bind: (call) => {
      const compare = comparator(call.types[0]!);
      return (x, y) => Math.sign(compare(x!, y!));
    },
  },
  {
    name: '==',
    signatures: ['(x: any A, y: A) -> boolean'],
    doc: 'Whether x equals y.',
    bind: comparison((order) => order === 0),
  },
  {
    name: '>=',
    signatures: ['(x: any A, y: A) -> boolean'],
    doc: 'Whether x is y or above it.',
    bind: comparison((order) => order >= 0),
  },
  {
    name: '>',
    signatures: ['(x: any A, y: A) -> boolean'],
    doc: 'Whether x is above y.',
    bind: comparison((order) => order > 0),
  },
  {
    name: '!=',
    signatures: ['(x: any A, y: A) -> boolean'],
    doc: 'Whether x differs from y.',
    bind: comparison((order) => order !== 0),
  },
  {
    name: '<',
    signatures: ['(x: any A, y: A) -> boolean'],
    doc: 'Whether x is below y.',
    bind: comparison((order) => order < 0),
  },
  {
    name: '<=',
    signatures: ['(x: any A, y: A) -> boolean'],
    doc: 'Whether x is y or below it.',
    bind: comparison((order) => order <= 0),
  },
  {
    name: 'max',
    signatures: ['(x: any A, y: A) -> A'],
    doc: "The greater of x and y in Avro's order, where NaN is the greatest number.",
    bind: (call) => {
      const compare = comparator(call.types[0]!);
      return (x, y) => (compare(x!, y!) >= 0 ? x! : y!);
    },
  },
  {
    name: 'min',
    signatures: ['(x: any A, y: A) -> A'],
    doc: "The lesser of x and y in Avro's order.",
    bind: (call) => {
      const compare = comparator(call.types[0]!);
      return (x, y) => (compare(x!, y!) < 0 ? x! : y!);
    },
  },
  {
    name: '&&',
    signatures: ['(x: boolean, y: boolean) -> boolean'],
    doc: 'Logical and; y is not evaluated when x is false.',
    bind: body((x: boolean, y: boolean) => x && y),
  },
  {
    name: '||',
    signatures: ['(x: boolean, y: boolean) -> boolean'],
    doc: 'Logical or; y is not evaluated when x is true.',
    bind: body((x: boolean, y: boolean) => x || y),
  },
  {
    name: '^^',
    signatures: ['(x: boolean, y: boolean) -> boolean'],
    doc: 'Logical exclusive or.',
    bind: body((x: boolean, y: boolean) => x !== y),
  },
  {
    name: '!',
    signatures: ['(x: boolean) -> boolean'],
    doc: 'Logical not.',
    bind: body((x: boolean) => !x),
  },
  {
    name: '&&&',
    signatures: ['(x: union(boolean, null), y: union(boolean, null)) -> union(boolean, null)'],
    doc: "Kleene's three-valued and, null standing for unknown.",
    bind: bound((call) => (x: Value, y: Value) => {
      const left = untagged(x);
      const right = untagged(y);
      return kleene(call, left === false || right === false ? false : left === null || right === null ? null : true);
    }),
  },
  {
    name: '|||',
    signatures: ['(x: union(boolean, null), y: union(boolean, null)) -> union(boolean, null)'],
    doc: "Kleene's three-valued or, null standing for unknown.",
    bind: bound((call) => (x: Value, y: Value) => {
      const left = untagged(x);
      const right = untagged(y);
      return kleene(call, left === true || right === true ? true : left === null || right === null ? null : false);
    }),
  },
  {
    name: '!!!',
    signatures: ['(x: union(boolean, null)) -> union(boolean, null)'],
    doc: "Kleene's three-valued not, null standing for unknown.",
    bind: bound((call) => (x: Value) => {
      const inner = untagged(x);
      return kleene(call, inner === null ? null : !inner);
    }),
  },
  {
    name: '&',
    signatures: ['(x: int, y: int) -> int', '(x: long, y: long) -> long'],
    doc: 'Bitwise and.',
    bind: bitwise(
      (x, y) => x & y,
      (x, y) => x & y,
    ),
  },
  {
    name: '|',
    signatures: ['(x: int, y: int) -> int', '(x: long, y: long) -> long'],
    doc: 'Bitwise or.',
    bind: bitwise(
      (x, y) => x | y,
      (x, y) => x | y,
    ),
  },
  {
    name: '^',
    signatures: ['(x: int, y: int) -> int', '(x: long, y: long) -> long'],
    doc: 'Bitwise exclusive or.',
    bind: bitwise(
      (x, y) => x ^ y,
      (x, y) => x ^ y,
    ),
  },
  {
    name: '~',
    signatures: ['(x: int) -> int', '(x: long) -> long'],
    doc: 'Bitwise not.',
    bind: bitwise(
      (x) => ~x,
      (x) => ~x,
    ),
  },
];

function addLongNegated(x: Long, y: Long): Long | undefined {
  if (typeof x === 'number' && typeof y === 'number') return addLong(x, -y);
  return narrowed(BigInt(x) - BigInt(y));
}

/** The one quotient that 32 bits do not hold, −2^31 // −1, wraps; a long's quotient has no such limit here. */
function wrapInt(quotient: number, x: number, y: number): number {
  if (x === INT_MIN && y === -1) return INT_MIN;
  return quotient;
}
