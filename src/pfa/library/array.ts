import { comparator } from '../compare.js';
import { sameType } from '../relations.js';
import type { Fn, Value } from '../types.js';
import { type Arr, body, bound } from './body.js';
import type { Call, LibraryModule } from './function.js';
import { holdsNaN, type LessThan, orderOf } from './order.js';
import { shuffled } from './rand.js';
import { sliceBounds } from './text.js';

type Test = (item: Value) => boolean;

/** Finds the places where a needle (a sequence, an item or a test) fits, from the left. */
type Finder = (haystack: Arr, needle: Value, from: number) => boolean;

function finder(call: Call): { fits: Finder; width: (needle: Value) => number } {
  const [haystackType, needleType] = [call.types[0]!, call.types[1]!];
  if (needleType.type === 'fcn') {
    return { fits: (haystack, needle, from) => (needle as unknown as Test)(haystack[from]!), width: () => 1 };
  }
  const itemType = haystackType.type === 'array' ? haystackType.items : haystackType;
  const compare = comparator(itemType);
  const equal = (item: Value, other: Value) => compare(item, other) === 0 && !holdsNaN(item);
  if (needleType.type === 'array') {
    // an array is always taken as a sequence, so that one that could only be an item is found nowhere unless it is empty
    const comparable = sameType(itemType, needleType.items);
    return {
      fits: (haystack, needle, from) =>
        (needle as Arr).every((item, index) => comparable && equal(item, haystack[from + index]!)),
      width: (needle) => (needle as Arr).length,
    };
  }
  return { fits: (haystack, needle, from) => equal(haystack[from]!, needle), width: () => 1 };
}

function firstFit(call: Call): (haystack: Arr, needle: Value) => number {
  const { fits, width } = finder(call);
  return (haystack, needle) => {
    const last = haystack.length - width(needle);
    for (let from = 0; from <= last; from++) if (fits(haystack, needle, from)) return from;
    return -1;
  };
}

function lastFit(call: Call): (haystack: Arr, needle: Value) => number {
  const { fits, width } = finder(call);
  return (haystack, needle) => {
    for (let from = haystack.length - width(needle); from >= 0; from--) if (fits(haystack, needle, from)) return from;
    return -1;
  };
}

function countFits(call: Call): (haystack: Arr, needle: Value) => number {
  const { fits, width } = finder(call);
  return (haystack, needle) => {
    if (width(needle) === 0) return 0;
    let count = 0;
    for (let from = 0; from <= haystack.length - width(needle); from++) if (fits(haystack, needle, from)) count += 1;
    return count;
  };
}

/** Binds a function of an array that must not be empty. */
function nonEmpty(code: number, run: (a: Arr) => Value): (call: Call) => Fn {
  return bound((call) => (a: Arr) => {
    if (a.length === 0) throw call.error(code);
    return run(a);
  });
}

/** The index from the left; `code` where there is none in a range of `length`. */
function place(call: Call, code: number, index: number, length: number): number {
  const from = index < 0 ? index + length : index;
  if (from < 0 || from >= length) throw call.error(code);
  return from;
}

function spliced(call: Call, a: Arr, from: number, to: number, middle: Arr): Arr {
  call.engine.spend(a.length + middle.length);
  return [...a.slice(0, from), ...middle, ...a.slice(to)];
}

/** Arrays: parts, searches, changes and order. */
export const ARRAY: LibraryModule = [
  {
    name: 'a.len',
    signatures: ['(a: array of any A) -> int'],
    doc: 'Number of items.',
    bind: body((a: Arr) => a.length),
  },
  {
    name: 'a.subseq',
    signatures: ['(a: array of any A, start: int, end: int) -> array of A'],
    doc: 'Items from start up to, not including, end; negative indexes count from the right.',
    bind: body((a: Arr, start: number, end: number) => a.slice(...sliceBounds(a.length, start, end))),
  },
  {
    name: 'a.head',
    signatures: ['(a: array of any A) -> A'],
    doc: 'First item.',
    errors: { 15020: 'empty array' },
    bind: nonEmpty(15020, (a) => a[0]!),
  },
  {
    name: 'a.tail',
    signatures: ['(a: array of any A) -> array of A'],
    doc: 'All items but the first.',
    errors: { 15030: 'empty array' },
    bind: nonEmpty(15030, (a) => a.slice(1)),
  },
  {
    name: 'a.last',
    signatures: ['(a: array of any A) -> A'],
    doc: 'Last item.',
    errors: { 15040: 'empty array' },
    bind: nonEmpty(15040, (a) => a.at(-1)!),
  },
  {
    name: 'a.init',
    signatures: ['(a: array of any A) -> array of A'],
    doc: 'All items but the last.',
    errors: { 15050: 'empty array' },
    bind: nonEmpty(15050, (a) => a.slice(0, -1)),
  },
  {
    name: 'a.subseqto',
    signatures: ['(a: array of any A, start: int, end: int, replacement: array of A) -> array of A'],
    doc: 'The array with the slice from start to end replaced.',
    bind: bound(
      (call) => (a: Arr, start: number, end: number, replacement: Arr) =>
        spliced(call, a, ...sliceBounds(a.length, start, end), replacement),
    ),
  },
  {
    name: 'a.contains',
    signatures: [
      '(haystack: array of any A, needle: array of A) -> boolean',
      '(haystack: array of any A, needle: A) -> boolean',
      '(haystack: array of any A, needle: fcn(A) -> boolean) -> boolean',
    ],
    doc: 'Whether an item, a sequence or an item that passes a test occurs.',
    bind: (call) => {
      const find = firstFit(call);
      return (haystack, needle) => find(haystack as Arr, needle!) >= 0;
    },
  },
  {
    name: 'a.count',
    signatures: [
      '(haystack: array of any A, needle: array of A) -> int',
      '(haystack: array of any A, needle: A) -> int',
      '(haystack: array of any A, needle: fcn(A) -> boolean) -> int',
    ],
    doc: 'How often an item, a sequence or an item that passes a test occurs.',
    bind: (call) => countFits(call) as unknown as Fn,
  },
  {
    name: 'a.index',
    signatures: [
      '(haystack: array of any A, needle: array of A) -> int',
      '(haystack: array of any A, needle: A) -> int',
      '(haystack: array of any A, needle: fcn(A) -> boolean) -> int',
    ],
    doc: 'Lowest index of an item, a sequence or an item that passes a test; −1 without one.',
    bind: (call) => firstFit(call) as unknown as Fn,
  },
  {
    name: 'a.rindex',
    signatures: [
      '(haystack: array of any A, needle: array of A) -> int',
      '(haystack: array of any A, needle: A) -> int',
      '(haystack: array of any A, needle: fcn(A) -> boolean) -> int',
    ],
    doc: 'Highest index of an item, a sequence or an item that passes a test; −1 without one.',
    bind: (call) => lastFit(call) as unknown as Fn,
  },
  {
    name: 'a.startswith',
    signatures: [
      '(haystack: array of any A, needle: array of A) -> boolean',
      '(haystack: array of any A, needle: A) -> boolean',
    ],
    doc: 'Whether the array begins with an item or a sequence.',
    bind: (call) => {
      const { fits, width } = finder(call);
      return (haystack, needle) => width(needle!) <= (haystack as Arr).length && fits(haystack as Arr, needle!, 0);
    },
  },
  {
    name: 'a.endswith',
    signatures: [
      '(haystack: array of any A, needle: array of A) -> boolean',
      '(haystack: array of any A, needle: A) -> boolean',
    ],
    doc: 'Whether the array ends with an item or a sequence.',
    bind: (call) => {
      const { fits, width } = finder(call);
      return (haystack, needle) => {
        const from = (haystack as Arr).length - width(needle!);
        return from >= 0 && fits(haystack as Arr, needle!, from);
      };
    },
  },
  {
    name: 'a.concat',
    signatures: ['(a: array of any A, b: array of A) -> array of A'],
    doc: 'Two arrays joined.',
    bind: bound((call) => (a: Arr, b: Arr) => spliced(call, a, a.length, a.length, b)),
  },
  {
    name: 'a.append',
    signatures: ['(a: array of any A, item: A) -> array of A'],
    doc: 'The array with one more item at its end.',
    bind: bound((call) => (a: Arr, item: Value) => spliced(call, a, a.length, a.length, [item])),
  },
  {
    name: 'a.cycle',
    signatures: ['(a: array of any A, item: A, maxLength: int) -> array of A'],
    doc: 'The array with one more item at its end, shortened from its beginning to maxLength.',
    errors: { 15150: 'maxLength out of range' },
    bind: bound((call) => (a: Arr, item: Value, maxLength: number) => {
      if (maxLength < 0) throw call.error(15150);
      const longer = [...a, item];
      return longer.slice(Math.max(0, longer.length - maxLength));
    }),
  },
  {
    name: 'a.insert',
    signatures: ['(a: array of any A, index: int, item: A) -> array of A'],
    doc: 'The array with an item inserted before index.',
    errors: { 15160: 'index out of range' },
    bind: bound((call) => (a: Arr, index: number, item: Value) => {
      const from = place(call, 15160, index, a.length);
      return spliced(call, a, from, from, [item]);
    }),
  },
  {
    name: 'a.replace',
    signatures: ['(a: array of any A, index: int, item: A) -> array of A'],
    doc: 'The array with the item at index replaced.',
    errors: { 15170: 'index out of range' },
    bind: bound((call) => (a: Arr, index: number, item: Value) => {
      const from = place(call, 15170, index, a.length);
      return spliced(call, a, from, from + 1, [item]);
    }),
  },
  {
    name: 'a.remove',
    signatures: [
      '(a: array of any A, start: int, end: int) -> array of A',
      '(a: array of any A, index: int) -> array of A',
    ],
    doc: 'The array without the item at an index, or without a slice.',
    errors: { 15180: 'index out of range' },
    bind: bound((call) => (a: Arr, start: number, end?: number) => {
      if (end !== undefined) return spliced(call, a, ...sliceBounds(a.length, start, end), []);
      const from = place(call, 15180, start, a.length);
      return spliced(call, a, from, from + 1, []);
    }),
  },
  {
    name: 'a.rotate',
    signatures: ['(a: array of any A, steps: int) -> array of A'],
    doc: 'The array rotated to the left.',
    errors: { 15190: 'steps out of range' },
    bind: bound((call) => (a: Arr, steps: number) => {
      if (steps < 0) throw call.error(15190);
      const from = a.length === 0 ? 0 : steps % a.length;
      return [...a.slice(from), ...a.slice(0, from)];
    }),
  },
  {
    name: 'a.sort',
    signatures: ['(a: array of any A) -> array of A'],
    doc: 'The items in ascending order.',
    bind: (call) => {
      const type = call.types[0]!;
      const compare = comparator(type.type === 'array' ? type.items : type);
      return (a) => [...(a as Arr)].sort(compare);
    },
  },
  {
    name: 'a.sortLT',
    signatures: ['(a: array of any A, lessThan: fcn(A, A) -> boolean) -> array of A'],
    doc: 'The items in the order that lessThan defines.',
    bind: body((a: Arr, lessThan: LessThan) => [...a].sort(orderOf(lessThan))),
  },
  {
    name: 'a.shuffle',
    signatures: ['(a: array of any A) -> array of A'],
    doc: 'The items in a random order.',
    nondeterministic: 'pseudorandom',
    bind: bound((call) => (a: Arr) => shuffled(call.engine.random, a, a.length)),
  },
  {
    name: 'a.reverse',
    signatures: ['(a: array of any A) -> array of A'],
    doc: 'The items from last to first.',
    bind: body((a: Arr) => [...a].reverse()),
  },
];
