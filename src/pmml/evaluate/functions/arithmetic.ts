import { invalidArgument } from '../../errors.js';
import type { DataType } from '../values.js';
import { type BuiltIn, type Call, number } from './builtin.js';

/** integer with integer is integer, float with float or integer is float, everything else double. */
export function commonType(types: readonly (DataType | undefined)[]): DataType | undefined {
  let result: DataType = 'integer';
  for (const type of types) {
    if (type === undefined) return undefined;
    if (type === 'float') result = result === 'double' ? 'double' : 'float';
    else if (type === 'double') result = 'double';
    else if (type !== 'integer') return 'double';
  }
  return result;
}

const rounded = (value: number, call: Call): number =>
  commonType(call.types) === 'float' ? Math.fround(value) : value;

function binary(compute: (x: number, y: number, call: Call) => number, type: BuiltIn['type'] = commonType): BuiltIn {
  return {
    least: 2,
    most: 2,
    type,
    call: ([x, y], call) => rounded(compute(number(x, call), number(y, call), call), call),
  };
}

function double(compute: (x: number, y: number) => number): BuiltIn {
  return { least: 2, most: 2, type: 'double', call: ([x, y], call) => compute(number(x, call), number(y, call)) };
}

/** Mathematical functions compute in double precision whatever they are given. */
function unary(compute: (x: number) => number, type: DataType = 'double'): BuiltIn {
  return { least: 1, most: 1, type, call: ([x], call) => compute(number(x, call)) };
}

/** Integers give an integer, cut towards zero, and cannot be divided by zero; doubles give an infinity. */
function divide(x: number, y: number, call: Call): number {
  if (commonType(call.types) !== 'integer') return x / y;
  if (y === 0) throw invalidArgument(`${x} is divided by zero`, call.element);
  return Math.trunc(x / y) + 0;
}

/** To the nearest integer, a half up; without the rounding of x + 0.5. */
export function roundHalfUp(x: number): number {
  const floor = Math.floor(x);
  return x - floor >= 0.5 ? floor + 1 : floor;
}

/** To the nearest integer, a half to the even one. */
function rint(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}

export const ARITHMETIC: Readonly<Record<string, BuiltIn>> = {
  '+': binary((x, y) => x + y),
  '-': binary((x, y) => x - y),
  '*': binary((x, y) => x * y),
  '/': binary(divide),
  // "modulo: the result has the sign of the divisor."
  modulo: binary((x, y) => x - y * Math.floor(x / y)),
  pow: binary((x, y) => x ** y),
  threshold: binary((x, y) => (x > y ? 1 : 0)),
  hypot: double((x, y) => Math.hypot(x, y)),
  atan2: double((y, x) => Math.atan2(y, x)),
  abs: { least: 1, most: 1, type: commonType, call: ([x], call) => rounded(Math.abs(number(x, call)), call) },
  exp: unary(Math.exp),
  expm1: unary(Math.expm1),
  ln: unary(Math.log),
  ln1p: unary(Math.log1p),
  log10: unary(Math.log10),
  sqrt: unary(Math.sqrt),
  floor: unary(Math.floor, 'integer'),
  ceil: unary(Math.ceil, 'integer'),
  round: unary(roundHalfUp, 'integer'),
  rint: unary(rint),
  sin: unary(Math.sin),
  cos: unary(Math.cos),
  tan: unary(Math.tan),
  asin: unary(Math.asin),
  acos: unary(Math.acos),
  atan: unary(Math.atan),
  sinh: unary(Math.sinh),
  cosh: unary(Math.cosh),
  tanh: unary(Math.tanh),
};
