import type { Element } from '../../../wire/xml/document.js';
import { invalidArgument } from '../../errors.js';
import { Temporal } from '../temporal.js';
import {
  castValue,
  type DataType,
  isCollection,
  momentOf,
  numberOf,
  parserOf,
  type Scalar,
  type Value,
} from '../values.js';

/** Where a function is called, and the types of its arguments as far as they are known. */
export interface Call {
  readonly element: Element;
  readonly types: readonly (DataType | undefined)[];
  /** How the values of the first argument are ordered, if it is an ordinal field. */
  readonly order?: ((a: Scalar, b: Scalar) => number) | undefined;
}

/** A built-in function: its arguments, how it takes missing ones, its type and its body. */
export interface BuiltIn {
  readonly least: number;
  /** Absent: no bound. */
  readonly most?: number;
  /** `propagate` (the default): a missing argument gives a missing result; `skip`: it is left out; `own`: the body decides. */
  readonly missing?: 'propagate' | 'skip' | 'own';
  readonly type: DataType | ((types: readonly (DataType | undefined)[]) => DataType | undefined);
  readonly call: (args: readonly Value[], call: Call) => Value;
}

/** The arguments with collections replaced by their items. */
export function scalarsOf(args: readonly Value[]): (Scalar | undefined)[] {
  const result: (Scalar | undefined)[] = [];
  for (const arg of args) {
    if (isCollection(arg)) result.push(...arg);
    else result.push(arg);
  }
  return result;
}

/** An argument as a number; an invalid argument if it is none. */
export function number(value: Value, call: Call): number {
  const result = typeof value === 'number' ? value : numberOf(value);
  if (result === undefined) throw invalidArgument(`${name(call)} needs a number, not ${shown(value)}`, call.element);
  return result;
}

export function integer(value: Value, call: Call): number {
  const result = number(value, call);
  if (!Number.isInteger(result))
    throw invalidArgument(`${name(call)} needs an integer, not ${shown(value)}`, call.element);
  return result;
}

export function truth(value: Value, call: Call): boolean {
  const result = value === undefined || isCollection(value) ? undefined : castValue(value, 'boolean');
  if (typeof result !== 'boolean')
    throw invalidArgument(`${name(call)} needs a truth value, not ${shown(value)}`, call.element);
  return result;
}

/** An argument as a date or time: text is parsed, a counted date is turned back. */
export function temporal(value: Value, index: number, call: Call): Temporal {
  if (value instanceof Temporal) return value;
  const type = call.types[index];
  if (typeof value === 'string') {
    const parsed = parserOf('dateTime')(value) ?? parserOf('time')(value);
    if (parsed instanceof Temporal) return parsed;
  }
  const moment = typeof value === 'number' ? momentOf(value, type) : undefined;
  if (moment !== undefined) return moment;
  throw invalidArgument(`${name(call)} needs a date or time, not ${shown(value)}`, call.element);
}

export function shown(value: Value): string {
  return JSON.stringify(value ?? null).slice(0, 60);
}

export function name(call: Call): string {
  return call.element.attribute('function') ?? call.element.name;
}
