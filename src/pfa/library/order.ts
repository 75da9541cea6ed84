import type { Comparator } from '../compare.js';
import type { Value } from '../types.js';

export type LessThan = (x: Value, y: Value) => boolean;

/** The order that a `lessThan` function defines. */
export function orderOf(lessThan: LessThan): Comparator {
  return (x, y) => (lessThan(x, y) ? -1 : lessThan(y, x) ? 1 : 0);
}

/** The index of the first greatest item. */
export function indexOfGreatest(items: readonly Value[], compare: Comparator): number {
  let best = 0;
  for (let index = 1; index < items.length; index++) {
    if (compare(items[index]!, items[best]!) > 0) best = index;
  }
  return best;
}

/** Indexes of the n greatest items, greatest first; equal ones in their own order. */
export function indexesOfGreatest(items: readonly Value[], n: number, compare: Comparator): number[] {
  const indexes = items.map((_, index) => index);
  indexes.sort((left, right) => compare(items[right]!, items[left]!) || left - right);
  return indexes.slice(0, n);
}

export function reversed(compare: Comparator): Comparator {
  return (x, y) => compare(y, x);
}

/** Whether a value is or holds NaN, which equals nothing where arrays are searched (unlike in Avro's order). */
export function holdsNaN(value: Value): boolean {
  if (typeof value === 'number') return Number.isNaN(value);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return false;
  return Object.values(value).some(holdsNaN);
}

/** Whether each value is in the list, by binary search. */
export function membership(items: readonly Value[], compare: Comparator): (value: Value) => boolean {
  const sorted = [...items].sort(compare);
  return (value) => {
    if (holdsNaN(value)) return false;
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const order = compare(sorted[middle]!, value);
      if (order === 0) return true;
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return false;
  };
}

/** The items without later repetitions, in their order. */
export function distinct(items: readonly Value[], compare: Comparator): Value[] {
  const indexes = items.map((_, index) => index);
  indexes.sort((left, right) => compare(items[left]!, items[right]!) || left - right);
  const repeated = new Set<number>();
  for (let at = 1; at < indexes.length; at++) {
    const item = items[indexes[at]!]!;
    if (compare(item, items[indexes[at - 1]!]!) === 0 && !holdsNaN(item)) repeated.add(indexes[at]!);
  }
  return items.filter((_, index) => !repeated.has(index));
}
