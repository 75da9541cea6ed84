import type { Value, ValueMap } from '../types.js';

/**
 * "If x is false, y is not evaluated" (core library, logical operators): the functions whose first argument can decide
 * alone, and when it does.
 */
export const DECIDED_BY_FIRST: ReadonlyMap<string, (first: Value) => boolean> = new Map<
  string,
  (first: Value) => boolean
>([
  ['&&', (first) => first === false],
  ['||', (first) => first === true],
  ['&&&', (first) => plain(first) === false],
  ['|||', (first) => plain(first) === true],
]);

/** A boolean that may stand in a union. */
function plain(value: Value): Value | undefined {
  return typeof value === 'object' && value !== null ? (value as ValueMap)['boolean'] : value;
}
