import { type Comparator, comparator } from '../compare.js';
import type { Fn, Value } from '../types.js';
import type { Arr } from './body.js';
import type { Call, LibraryModule } from './function.js';
import { distinct, membership } from './order.js';

/** Binds a function of two arrays taken as sets. */
function sets(run: (a: Arr, b: Arr, compare: Comparator) => Value): (call: Call) => Fn {
  return (call) => {
    const type = call.types[0]!;
    const compare = comparator(type.type === 'array' ? type.items : type);
    return (a, b) => run(a as Arr, b as Arr, compare);
  };
}

function without(a: Arr, b: Arr, compare: Comparator): Arr {
  const inside = membership(b, compare);
  return a.filter((item) => !inside(item));
}

function isSubset(little: Arr, big: Arr, compare: Comparator): boolean {
  return little.every(membership(big, compare));
}

/** Arrays taken as sets; the order is kept. */
export const ARRAY_SETS: LibraryModule = [
  {
    name: 'a.distinct',
    signatures: ['(a: array of any A) -> array of A'],
    doc: 'The items without repetitions.',
    bind: sets((a, _b, compare) => distinct(a, compare)),
  },
  {
    name: 'a.seteq',
    signatures: ['(a: array of any A, b: array of A) -> boolean'],
    doc: 'Whether both arrays have the same items, order and repetitions aside.',
    bind: sets((a, b, compare) => isSubset(a, b, compare) && isSubset(b, a, compare)),
  },
  {
    name: 'a.union',
    signatures: ['(a: array of any A, b: array of A) -> array of A'],
    doc: 'The items of either array.',
    bind: sets((a, b, compare) => distinct([...a, ...b], compare)),
  },
  {
    name: 'a.intersection',
    signatures: ['(a: array of any A, b: array of A) -> array of A'],
    doc: 'The items of the first array that the second has, then the other way round.',
    bind: sets((a, b, compare) => [...a.filter(membership(b, compare)), ...b.filter(membership(a, compare))]),
  },
  {
    name: 'a.diff',
    signatures: ['(a: array of any A, b: array of A) -> array of A'],
    doc: 'The items of the first array that the second does not have.',
    bind: sets(without),
  },
  {
    name: 'a.symdiff',
    signatures: ['(a: array of any A, b: array of A) -> array of A'],
    doc: 'The items of exactly one of the arrays.',
    bind: sets((a, b, compare) => [...without(a, b, compare), ...without(b, a, compare)]),
  },
  {
    name: 'a.subset',
    signatures: ['(little: array of any A, big: array of A) -> boolean'],
    doc: 'Whether the second array has all items of the first.',
    bind: sets(isSubset),
  },
  {
    name: 'a.disjoint',
    signatures: ['(a: array of any A, b: array of A) -> boolean'],
    doc: 'Whether the arrays have no item in common.',
    bind: sets((a, b, compare) => !a.some(membership(b, compare))),
  },
];
