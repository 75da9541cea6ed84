import type { Field, Frame } from '../model.js';
import { numberOf, type Scalar, type Value } from '../values.js';

/** A value that is no collection; of a collection the only item. */
export function scalarOf(value: Value): Scalar | undefined {
  if (!isCollection(value)) return value;
  return value.length === 1 ? value[0] : undefined;
}

export function isCollection(value: Value): value is readonly Scalar[] {
  return Array.isArray(value);
}

/** The items of a collection; a scalar is a collection of one, missing is empty. */
export function itemsOf(value: Value): readonly Scalar[] {
  if (value === undefined) return [];
  return isCollection(value) ? value : [value];
}

/** The fields' values as numbers; undefined where one is missing or no number. */
export function numbersOf(fields: readonly Field[], frame: Frame): number[] | undefined {
  const numbers: number[] = [];
  for (const field of fields) {
    const number = numberOf(field.value(frame));
    if (number === undefined) return undefined;
    numbers.push(number);
  }
  return numbers;
}
