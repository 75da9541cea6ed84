import type { Fn, Value } from '../types.js';
import { newMap, untagged } from '../types.js';
import { type Arr, body, bound } from './body.js';
import type { Call, LibraryModule } from './function.js';

/** What an array of its own costs besides its items, so that many short ones do not fill the memory. */
const PER_ARRAY = 16;

type Test = (...args: Value[]) => boolean;

/** What a `filterMap` keeps of a result: a union of more than one branch besides null stays tagged. */
export function unwrapper(call: Call): (result: Value) => Value {
  const { returns } = call;
  const kept = returns.type === 'array' ? returns.items : returns.type === 'map' ? returns.values : returns;
  return kept.type === 'union' ? (result) => result : untagged;
}

function filterMap(withIndex: boolean): (call: Call) => Fn {
  return (call) => {
    const unwrap = unwrapper(call);
    return (a, fcn) => {
      const results: Value[] = [];
      for (const [index, item] of (a as Arr).entries()) {
        const result = withIndex ? (fcn as Fn)(index, item) : (fcn as Fn)(item);
        if (result !== null) results.push(unwrap(result));
      }
      return results;
    };
  };
}

/** Binds a lock-step walk of two to four arrays and a function, which is the last argument. */
function zip(code: number, withIndex: boolean): (call: Call) => Fn {
  return (call) =>
    (...args) => {
      const fcn = args.at(-1) as Fn;
      const arrays = args.slice(0, -1) as Arr[];
      const first = arrays[0]!;
      if (arrays.some((array) => array.length !== first.length)) throw call.error(code);
      return first.map((_, index) => {
        const row = arrays.map((array) => array[index]!);
        return withIndex ? fcn(index, ...row) : fcn(...row);
      });
    };
}

function windows(call: Call, a: Arr, size: number, step: number): Arr {
  if (size <= 0) throw call.error(15770);
  if (step <= 0) throw call.error(15771);
  const found: Arr[] = [];
  for (let from = 0; from + size <= a.length; from += step) {
    call.engine.spend(size + PER_ARRAY);
    found.push(a.slice(from, from + size));
  }
  return found;
}

function combinations(call: Call, a: Arr, size: number): Arr {
  if (size <= 0) throw call.error(15780);
  const found: Arr[] = [];
  if (size > a.length) return found;
  const chosen = Array.from({ length: size }, (_, index) => index);
  for (;;) {
    call.engine.spend(size + PER_ARRAY);
    found.push(chosen.map((index) => a[index]!));
    let at = size - 1;
    while (at >= 0 && chosen[at] === a.length - size + at) at -= 1;
    if (at < 0) return found;
    chosen[at]! += 1;
    for (let next = at + 1; next < size; next++) chosen[next] = chosen[next - 1]! + 1;
  }
}

/** In the lexicographic order of positions. */
function permutations(call: Call, a: Arr): Arr {
  const order = a.map((_, index) => index);
  const found: Arr[] = [];
  for (;;) {
    call.engine.spend(a.length + PER_ARRAY);
    found.push(order.map((index) => a[index]!));
    let at = order.length - 2;
    while (at >= 0 && order[at]! > order[at + 1]!) at -= 1;
    if (at < 0) return found;
    let other = order.length - 1;
    while (order[other]! < order[at]!) other -= 1;
    [order[at], order[other]] = [order[other]!, order[at]!];
    order.push(...order.splice(at + 1).reverse());
  }
}

function corresponds(a: Arr, b: Arr, test: (index: number, x: Value, y: Value) => boolean): boolean {
  return a.length === b.length && a.every((item, index) => test(index, item, b[index]!));
}

function prefixLength(a: Arr, fcn: Test): number {
  const end = a.findIndex((item) => !fcn(item));
  return end < 0 ? a.length : end;
}

/** Arrays and functions: map, filter, fold and groupings. */
export const ARRAY_FUNCTIONAL: LibraryModule = [
  {
    name: 'a.map',
    signatures: ['(a: array of any A, fcn: fcn(A) -> any B) -> array of B'],
    doc: 'Results of fcn for the items.',
    bind: body((a: Arr, fcn: Fn) => a.map((item) => fcn(item))),
  },
  {
    name: 'a.mapWithIndex',
    signatures: ['(a: array of any A, fcn: fcn(int, A) -> any B) -> array of B'],
    doc: 'Results of fcn for the indexes and items.',
    bind: body((a: Arr, fcn: Fn) => a.map((item, index) => fcn(index, item))),
  },
  {
    name: 'a.filter',
    signatures: ['(a: array of any A, fcn: fcn(A) -> boolean) -> array of A'],
    doc: 'The items for which fcn is true.',
    bind: body((a: Arr, fcn: Test) => a.filter((item) => fcn(item))),
  },
  {
    name: 'a.filterWithIndex',
    signatures: ['(a: array of any A, fcn: fcn(int, A) -> boolean) -> array of A'],
    doc: 'The items for whose index and self fcn is true.',
    bind: body((a: Arr, fcn: Test) => a.filter((item, index) => fcn(index, item))),
  },
  {
    name: 'a.filterMap',
    signatures: ['(a: array of any A, fcn: fcn(A) -> union(any B, null)) -> array of B'],
    doc: 'Results of fcn that are not null.',
    bind: filterMap(false),
  },
  {
    name: 'a.filterMapWithIndex',
    signatures: ['(a: array of any A, fcn: fcn(int, A) -> union(any B, null)) -> array of B'],
    doc: 'Results of fcn for indexes and items that are not null.',
    bind: filterMap(true),
  },
  {
    name: 'a.flatMap',
    signatures: ['(a: array of any A, fcn: fcn(A) -> array of any B) -> array of B'],
    doc: 'The arrays that fcn gives for the items, joined.',
    bind: body((a: Arr, fcn: Fn) => a.flatMap((item) => fcn(item) as Arr)),
  },
  {
    name: 'a.flatMapWithIndex',
    signatures: ['(a: array of any A, fcn: fcn(int, A) -> array of any B) -> array of B'],
    doc: 'The arrays that fcn gives for the indexes and items, joined.',
    bind: body((a: Arr, fcn: Fn) => a.flatMap((item, index) => fcn(index, item) as Arr)),
  },
  {
    name: 'a.zipmap',
    signatures: [
      '(a: array of any A, b: array of any B, fcn: fcn(A, B) -> any Z) -> array of Z',
      '(a: array of any A, b: array of any B, c: array of any C, fcn: fcn(A, B, C) -> any Z) -> array of Z',
      '(a: array of any A, b: array of any B, c: array of any C, d: array of any D, fcn: fcn(A, B, C, D) -> any Z) -> array of Z',
    ],
    doc: 'Results of fcn for the items of several arrays in step.',
    errors: { 15650: 'misaligned arrays' },
    bind: zip(15650, false),
  },
  {
    name: 'a.zipmapWithIndex',
    signatures: [
      '(a: array of any A, b: array of any B, fcn: fcn(int, A, B) -> any Z) -> array of Z',
      '(a: array of any A, b: array of any B, c: array of any C, fcn: fcn(int, A, B, C) -> any Z) -> array of Z',
      '(a: array of any A, b: array of any B, c: array of any C, d: array of any D, fcn: fcn(int, A, B, C, D) -> any Z) -> array of Z',
    ],
    doc: 'Results of fcn for the indexes and items of several arrays in step.',
    errors: { 15660: 'misaligned arrays' },
    bind: zip(15660, true),
  },
  {
    name: 'a.reduce',
    signatures: ['(a: array of any A, fcn: fcn(A, A) -> A) -> A'],
    doc: 'The items gathered by fcn from the left.',
    errors: { 15670: 'empty array' },
    bind: bound((call) => (a: Arr, fcn: Fn) => {
      if (a.length === 0) throw call.error(15670);
      return a.reduce((tally, item) => fcn(tally, item));
    }),
  },
  {
    name: 'a.reduceRight',
    signatures: ['(a: array of any A, fcn: fcn(A, A) -> A) -> A'],
    doc: 'The items gathered by fcn from the right.',
    errors: { 15680: 'empty array' },
    bind: bound((call) => (a: Arr, fcn: Fn) => {
      if (a.length === 0) throw call.error(15680);
      return a.reduceRight((tally, item) => fcn(item, tally));
    }),
  },
  {
    name: 'a.fold',
    signatures: ['(a: array of any A, zero: any B, fcn: fcn(B, A) -> B) -> B'],
    doc: 'The items gathered by fcn from the left, beginning with zero.',
    bind: body((a: Arr, zero: Value, fcn: Fn) => a.reduce((tally: Value, item) => fcn(tally, item), zero)),
  },
  {
    name: 'a.foldRight',
    signatures: ['(a: array of any A, zero: any B, fcn: fcn(A, B) -> B) -> B'],
    doc: 'The items gathered by fcn from the right, beginning with zero.',
    bind: body((a: Arr, zero: Value, fcn: Fn) => a.reduceRight((tally: Value, item) => fcn(item, tally), zero)),
  },
  {
    name: 'a.takeWhile',
    signatures: ['(a: array of any A, fcn: fcn(A) -> boolean) -> array of A'],
    doc: 'The longest prefix for whose items fcn is true.',
    bind: body((a: Arr, fcn: Test) => a.slice(0, prefixLength(a, fcn))),
  },
  {
    name: 'a.dropWhile',
    signatures: ['(a: array of any A, fcn: fcn(A) -> boolean) -> array of A'],
    doc: 'What follows the longest prefix for whose items fcn is true.',
    bind: body((a: Arr, fcn: Test) => a.slice(prefixLength(a, fcn))),
  },
  {
    name: 'a.any',
    signatures: ['(a: array of any A, fcn: fcn(A) -> boolean) -> boolean'],
    doc: 'Whether fcn is true for some item.',
    bind: body((a: Arr, fcn: Test) => a.some((item) => fcn(item))),
  },
  {
    name: 'a.all',
    signatures: ['(a: array of any A, fcn: fcn(A) -> boolean) -> boolean'],
    doc: 'Whether fcn is true for every item.',
    bind: body((a: Arr, fcn: Test) => a.every((item) => fcn(item))),
  },
  {
    name: 'a.corresponds',
    signatures: ['(a: array of any A, b: array of any B, fcn: fcn(A, B) -> boolean) -> boolean'],
    doc: 'Whether fcn is true for every pair of items of two arrays of one length.',
    bind: body((a: Arr, b: Arr, fcn: Test) => corresponds(a, b, (_index, x, y) => fcn(x, y))),
  },
  {
    name: 'a.correspondsWithIndex',
    signatures: ['(a: array of any A, b: array of any B, fcn: fcn(int, A, B) -> boolean) -> boolean'],
    doc: 'Whether fcn is true for every index and pair of items of two arrays of one length.',
    bind: body((a: Arr, b: Arr, fcn: Test) => corresponds(a, b, fcn)),
  },
  {
    name: 'a.slidingWindow',
    signatures: ['(a: array of any A, size: int, step: int) -> array of array of A'],
    doc: 'Subsequences of one size, begun at every step.',
    errors: { 15770: 'size < 1', 15771: 'step < 1' },
    bind: bound((call) => (a: Arr, size: number, step: number) => windows(call, a, size, step)),
  },
  {
    name: 'a.combinations',
    signatures: ['(a: array of any A, size: int) -> array of array of A'],
    doc: 'All choices of `size` items, in order.',
    errors: { 15780: 'size < 1' },
    bind: bound((call) => (a: Arr, size: number) => combinations(call, a, size)),
  },
  {
    name: 'a.permutations',
    signatures: ['(a: array of any A) -> array of array of A'],
    doc: 'All orders of the items.',
    bind: bound((call) => (a: Arr) => permutations(call, a)),
  },
  {
    name: 'a.flatten',
    signatures: ['(a: array of array of any A) -> array of A'],
    doc: 'The inner arrays joined.',
    bind: body((a: Arr<Arr>) => a.flat(1)),
  },
  {
    name: 'a.groupby',
    signatures: ['(a: array of any A, fcn: fcn(A) -> string) -> map of array of A'],
    doc: 'The items by the string that fcn gives them.',
    bind: body((a: Arr, fcn: (item: Value) => string) => {
      const groups = newMap() as Record<string, Value[]>;
      for (const item of a) (groups[fcn(item)] ??= []).push(item);
      return groups;
    }),
  },
];
