import type { Fn } from '../types.js';
import { body, bound, byType, type Long } from './body.js';
import type { Call, LibraryModule } from './function.js';
import { INT_MAX, INT_MIN, LONG_MIN, longOf, narrowed, roundHalfUp } from './long.js';

function unary(run: (x: number) => number): (call: Call) => Fn {
  return body(run);
}

/** Half-way cases go to the even neighbour; the sign of zero stays. */
function roundHalfEven(x: number): number {
  if (!Number.isFinite(x) || Math.abs(x) >= 2 ** 52) return x;
  const low = Math.floor(x);
  const rest = x - low;
  const rounded = rest < 0.5 ? low : rest > 0.5 ? low + 1 : low % 2 === 0 ? low : low + 1;
  return rounded === 0 && (x < 0 || Object.is(x, -0)) ? -0 : rounded;
}

function isNegative(x: number): boolean {
  return x < 0 || Object.is(x, -0);
}

/** Magnitude of one number with the sign of another; whole numbers take zero as positive. */
function copySign(magnitude: number, sign: number): number {
  const size = Math.abs(magnitude);
  return isNegative(sign) ? -size : size;
}

function absoluteLong(x: Long): Long | undefined {
  return typeof x === 'number' ? Math.abs(x) : x === LONG_MIN ? undefined : narrowed(x < 0n ? -x : x);
}

/** Elementary mathematics. */
export const MATH: LibraryModule = [
  {
    name: 'm.pi',
    signatures: ['() -> double'],
    doc: "The ratio of a circle's circumference to its diameter.",
    bind: body(() => Math.PI),
  },
  {
    name: 'm.e',
    signatures: ['() -> double'],
    doc: 'The base of natural logarithms.',
    bind: body(() => Math.E),
  },
  {
    name: 'm.abs',
    signatures: ['(x: any A of {int, long, float, double}) -> A'],
    doc: 'Absolute value.',
    errors: { 27020: 'int overflow', 27021: 'long overflow' },
    bind: byType(0, {
      int: bound((call) => (x: number) => {
        if (x === INT_MIN) throw call.error(27020);
        return Math.abs(x);
      }),
      long: bound((call) => (x: Long) => {
        const result = absoluteLong(x);
        if (result === undefined) throw call.error(27021);
        return result;
      }),
      '*': unary(Math.abs),
    }),
  },
  {
    name: 'm.acos',
    signatures: ['(x: double) -> double'],
    doc: 'Arc cosine in radians, NaN outside [−1, 1].',
    bind: unary(Math.acos),
  },
  {
    name: 'm.asin',
    signatures: ['(x: double) -> double'],
    doc: 'Arc sine in radians, NaN outside [−1, 1].',
    bind: unary(Math.asin),
  },
  {
    name: 'm.atan',
    signatures: ['(x: double) -> double'],
    doc: 'Arc tangent in radians.',
    bind: unary(Math.atan),
  },
  {
    name: 'm.atan2',
    signatures: ['(y: double, x: double) -> double'],
    doc: 'Arc tangent of y/x in the right quadrant.',
    bind: body((y: number, x: number) => Math.atan2(y, x)),
  },
  {
    name: 'm.ceil',
    signatures: ['(x: double) -> double'],
    doc: 'Smallest whole number that is not below x.',
    bind: unary(Math.ceil),
  },
  {
    name: 'm.copysign',
    signatures: ['(mag: any A of {int, long, float, double}, sign: A) -> A'],
    doc: 'Magnitude of the first argument with the sign of the second.',
    bind: byType(0, {
      // the one magnitude that has no positive wraps, there being no error for it
      int: body((magnitude: number, sign: number) => (sign < 0 ? 0 - Math.abs(magnitude) : Math.abs(magnitude)) | 0),
      long: body((magnitude: Long, sign: Long) => {
        const size = magnitude < 0 ? -BigInt(magnitude) : BigInt(magnitude);
        return narrowed(sign < 0 ? -size : size) ?? LONG_MIN;
      }),
      '*': body(copySign),
    }),
  },
  {
    name: 'm.cos',
    signatures: ['(x: double) -> double'],
    doc: 'Cosine of an angle in radians.',
    bind: unary(Math.cos),
  },
  {
    name: 'm.cosh',
    signatures: ['(x: double) -> double'],
    doc: 'Hyperbolic cosine.',
    bind: unary(Math.cosh),
  },
  {
    name: 'm.exp',
    signatures: ['(x: double) -> double'],
    doc: 'e to the power x.',
    bind: unary(Math.exp),
  },
  {
    name: 'm.expm1',
    signatures: ['(x: double) -> double'],
    doc: 'e to the power x, less one, accurate near zero.',
    bind: unary(Math.expm1),
  },
  {
    name: 'm.floor',
    signatures: ['(x: double) -> double'],
    doc: 'Largest whole number that is not above x.',
    bind: unary(Math.floor),
  },
  {
    name: 'm.hypot',
    signatures: ['(x: double, y: double) -> double'],
    doc: 'Square root of x² + y² without overflow on the way.',
    bind: body((x: number, y: number) => Math.hypot(x, y)),
  },
  {
    name: 'm.ln',
    signatures: ['(x: double) -> double'],
    doc: 'Natural logarithm.',
    bind: unary(Math.log),
  },
  {
    name: 'm.log10',
    signatures: ['(x: double) -> double'],
    doc: 'Logarithm to base 10.',
    bind: unary(Math.log10),
  },
  {
    name: 'm.log',
    signatures: ['(x: double, base: int) -> double'],
    doc: 'Logarithm to a given base.',
    errors: { 27170: 'base must be positive' },
    bind: bound((call) => (x: number, base: number) => {
      if (base <= 0) throw call.error(27170);
      return Math.log(x) / Math.log(base);
    }),
  },
  {
    name: 'm.ln1p',
    signatures: ['(x: double) -> double'],
    doc: 'Natural logarithm of 1 + x, accurate near zero.',
    bind: unary(Math.log1p),
  },
  {
    name: 'm.round',
    signatures: ['(x: float) -> int', '(x: double) -> long'],
    doc: 'Nearest whole number, halves upwards.',
    errors: { 27190: 'int overflow', 27191: 'long overflow' },
    bind: byType(0, {
      float: bound((call) => (x: number) => {
        const rounded = roundHalfUp(x);
        if (!(rounded >= INT_MIN && rounded <= INT_MAX)) throw call.error(27190);
        return rounded + 0;
      }),
      double: bound((call) => (x: number) => {
        const rounded = longOf(roundHalfUp(x));
        if (rounded === undefined) throw call.error(27191);
        return rounded;
      }),
    }),
  },
  {
    name: 'm.rint',
    signatures: ['(x: double) -> double'],
    doc: 'Nearest whole number, halves to the even one.',
    bind: unary(roundHalfEven),
  },
  {
    name: 'm.signum',
    signatures: ['(x: double) -> int'],
    doc: '−1, 0 or 1 as x is negative, zero or positive.',
    bind: body((x: number) => (x > 0 ? 1 : x < 0 ? -1 : 0)),
  },
  {
    name: 'm.sin',
    signatures: ['(x: double) -> double'],
    doc: 'Sine of an angle in radians.',
    bind: unary(Math.sin),
  },
  {
    name: 'm.sinh',
    signatures: ['(x: double) -> double'],
    doc: 'Hyperbolic sine.',
    bind: unary(Math.sinh),
  },
  {
    name: 'm.sqrt',
    signatures: ['(x: double) -> double'],
    doc: 'Positive square root, NaN below zero.',
    bind: unary(Math.sqrt),
  },
  {
    name: 'm.tan',
    signatures: ['(x: double) -> double'],
    doc: 'Tangent of an angle in radians.',
    bind: unary(Math.tan),
  },
  {
    name: 'm.tanh',
    signatures: ['(x: double) -> double'],
    doc: 'Hyperbolic tangent.',
    bind: unary(Math.tanh),
  },
];
