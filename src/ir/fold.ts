import type { Primitive } from './primitives.js';
import { isFloat, type Kind, type Literal } from './types.js';

type Num = (a: number, b: number) => number;
type Test = (a: string | number | boolean, b: string | number | boolean) => boolean;

const NUMERIC: Partial<Record<Primitive, Num>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  min: (a, b) => Math.min(a, b),
  max: (a, b) => Math.max(a, b),
  neg: (a) => -a,
  abs: (a) => Math.abs(a),
};

const FLOAT_ONLY: Partial<Record<Primitive, Num>> = {
  div: (a, b) => a / b,
  sqrt: (a) => Math.sqrt(a),
  floor: (a) => Math.floor(a),
  ceil: (a) => Math.ceil(a),
};

const TESTS: Partial<Record<Primitive, Test>> = {
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
};

function isMissing(value: Literal): boolean {
  return value === null || (typeof value === 'number' && Number.isNaN(value));
}

/** The value of a primitive over literals where it can be told exactly, else undefined. `kind` is that of the inputs. */
export function foldPrimitive(fn: Primitive, kind: Kind, values: readonly Literal[]): Literal | undefined {
  const [a, b] = values;
  if (fn === 'is-missing') return isMissing(a!);
  if (fn === 'coalesce') return isMissing(a!) ? b : a;
  if (fn === 'select') return isMissing(a!) ? null : a === true ? b : values[2];
  if (fn === 'and' || fn === 'or') {
    const deciding = fn === 'or';
    if (a === deciding || b === deciding) return deciding;
    return isMissing(a!) || isMissing(b!) ? null : !deciding;
  }
  if (fn === 'not') return isMissing(a!) ? null : a !== true;
  const test = TESTS[fn];
  const numeric = NUMERIC[fn] ?? (isFloat(kind) ? FLOAT_ONLY[fn] : undefined);
  if (test === undefined && numeric === undefined) return undefined;
  if (values.some(isMissing)) return null;
  if (values.some((value) => typeof value === 'bigint')) return undefined;
  if (test !== undefined) return test(a as number, b as number);
  const result = numeric!(a as number, b as number);
  if (kind === 'float32') return Math.fround(result);
  if (kind === 'float64') return result;
  return Number.isSafeInteger(result) && (kind === 'int64' || Math.abs(result) < 2 ** 31) ? result : undefined;
}

/** A cast of a literal, where it is exact to do it here. */
export function foldCast(value: Literal, kind: Kind): Literal | undefined {
  if (isMissing(value)) return null;
  if (kind === 'string' || typeof value === 'string' || typeof value === 'bigint') return undefined;
  const number = Number(value);
  if (kind === 'float64') return number;
  if (kind === 'float32') return Math.fround(number);
  if (kind === 'bool') return number !== 0;
  const whole = Math.trunc(number);
  return Math.abs(whole) < (kind === 'int32' ? 2 ** 31 : 2 ** 53) ? whole : undefined;
}
