import { type Comparator, comparator } from '../compare.js';
import type { Fn, Value } from '../types.js';
import type { Arr } from './body.js';
import type { Call, LibraryModule } from './function.js';
import { indexesOfGreatest, indexOfGreatest, type LessThan, orderOf, reversed } from './order.js';

/** Where the order comes from: the items' type, or the `lessThan` argument at this index. */
type Source = { lessThanAt?: number; lowest: boolean };

function ordering(call: Call, source: Source): (args: readonly Value[]) => Comparator {
  const turned = (compare: Comparator) => (source.lowest ? reversed(compare) : compare);
  const { lessThanAt } = source;
  if (lessThanAt !== undefined) return (args) => turned(orderOf(args[lessThanAt] as unknown as LessThan));
  const type = call.types[0]!;
  const compare = turned(comparator(type.type === 'array' ? type.items : type));
  return () => compare;
}

/** Binds a function of the index of the greatest (or lowest) item. */
function extreme(code: number, source: Source, pick: (a: Arr, index: number) => Value): (call: Call) => Fn {
  return (call) => {
    const order = ordering(call, source);
    return (...args) => {
      const a = args[0] as Arr;
      if (a.length === 0) throw call.error(code);
      return pick(a, indexOfGreatest(a, order(args)));
    };
  };
}

/** The same for the n greatest (or lowest) items; a negative n is the error `code + 1`. */
function extremes(code: number, source: Source, pick: (a: Arr, index: number) => Value): (call: Call) => Fn {
  return (call) => {
    const order = ordering(call, source);
    return (...args) => {
      const a = args[0] as Arr;
      const n = args[1] as number;
      if (a.length === 0) throw call.error(code);
      if (n < 0) throw call.error(code + 1);
      return indexesOfGreatest(a, n, order(args)).map((index) => pick(a, index));
    };
  };
}

const item = (a: Arr, index: number): Value => a[index]!;
const position = (_: Arr, index: number): Value => index;

/** Greatest and lowest items of arrays and their indexes. */
export const ARRAY_EXTREMES: LibraryModule = [
  {
    name: 'a.max',
    signatures: ['(a: array of any A) -> A'],
    doc: 'Greatest item; NaN is above all numbers.',
    errors: { 15240: 'empty array' },
    bind: extreme(15240, { lowest: false }, item),
  },
  {
    name: 'a.min',
    signatures: ['(a: array of any A) -> A'],
    doc: 'Lowest item.',
    errors: { 15250: 'empty array' },
    bind: extreme(15250, { lowest: true }, item),
  },
  {
    name: 'a.maxLT',
    signatures: ['(a: array of any A, lessThan: fcn(A, A) -> boolean) -> A'],
    doc: 'Greatest item in the order that lessThan defines.',
    errors: { 15260: 'empty array' },
    bind: extreme(15260, { lowest: false, lessThanAt: 1 }, item),
  },
  {
    name: 'a.minLT',
    signatures: ['(a: array of any A, lessThan: fcn(A, A) -> boolean) -> A'],
    doc: 'Lowest item in the order that lessThan defines.',
    errors: { 15270: 'empty array' },
    bind: extreme(15270, { lowest: true, lessThanAt: 1 }, item),
  },
  {
    name: 'a.maxN',
    signatures: ['(a: array of any A, n: int) -> array of A'],
    doc: 'The n greatest items, greatest first.',
    errors: { 15280: 'empty array', 15281: 'n < 0' },
    bind: extremes(15280, { lowest: false }, item),
  },
  {
    name: 'a.minN',
    signatures: ['(a: array of any A, n: int) -> array of A'],
    doc: 'The n lowest items, lowest first.',
    errors: { 15290: 'empty array', 15291: 'n < 0' },
    bind: extremes(15290, { lowest: true }, item),
  },
  {
    name: 'a.maxNLT',
    signatures: ['(a: array of any A, n: int, lessThan: fcn(A, A) -> boolean) -> array of A'],
    doc: 'The n greatest items in the order that lessThan defines.',
    errors: { 15300: 'empty array', 15301: 'n < 0' },
    bind: extremes(15300, { lowest: false, lessThanAt: 2 }, item),
  },
  {
    name: 'a.minNLT',
    signatures: ['(a: array of any A, n: int, lessThan: fcn(A, A) -> boolean) -> array of A'],
    doc: 'The n lowest items in the order that lessThan defines.',
    errors: { 15310: 'empty array', 15311: 'n < 0' },
    bind: extremes(15310, { lowest: true, lessThanAt: 2 }, item),
  },
  {
    name: 'a.argmax',
    signatures: ['(a: array of any A) -> int'],
    doc: 'Index of the first greatest item.',
    errors: { 15320: 'empty array' },
    bind: extreme(15320, { lowest: false }, position),
  },
  {
    name: 'a.argmin',
    signatures: ['(a: array of any A) -> int'],
    doc: 'Index of the first lowest item.',
    errors: { 15330: 'empty array' },
    bind: extreme(15330, { lowest: true }, position),
  },
  {
    name: 'a.argmaxLT',
    signatures: ['(a: array of any A, lessThan: fcn(A, A) -> boolean) -> int'],
    doc: 'Index of the first greatest item in the order that lessThan defines.',
    errors: { 15340: 'empty array' },
    bind: extreme(15340, { lowest: false, lessThanAt: 1 }, position),
  },
  {
    name: 'a.argminLT',
    signatures: ['(a: array of any A, lessThan: fcn(A, A) -> boolean) -> int'],
    doc: 'Index of the first lowest item in the order that lessThan defines.',
    errors: { 15350: 'empty array' },
    bind: extreme(15350, { lowest: true, lessThanAt: 1 }, position),
  },
  {
    name: 'a.argmaxN',
    signatures: ['(a: array of any A, n: int) -> array of int'],
    doc: 'Indexes of the n greatest items; equal ones ascend.',
    errors: { 15360: 'empty array', 15361: 'n < 0' },
    bind: extremes(15360, { lowest: false }, position),
  },
  {
    name: 'a.argminN',
    signatures: ['(a: array of any A, n: int) -> array of int'],
    doc: 'Indexes of the n lowest items; equal ones ascend.',
    errors: { 15370: 'empty array', 15371: 'n < 0' },
    bind: extremes(15370, { lowest: true }, position),
  },
  {
    name: 'a.argmaxNLT',
    signatures: ['(a: array of any A, n: int, lessThan: fcn(A, A) -> boolean) -> array of int'],
    doc: 'Indexes of the n greatest items in the order that lessThan defines.',
    errors: { 15380: 'empty array', 15381: 'n < 0' },
    bind: extremes(15380, { lowest: false, lessThanAt: 2 }, position),
  },
  {
    name: 'a.argminNLT',
    signatures: ['(a: array of any A, n: int, lessThan: fcn(A, A) -> boolean) -> array of int'],
    doc: 'Indexes of the n lowest items in the order that lessThan defines.',
    errors: { 15390: 'empty array', 15391: 'n < 0' },
    bind: extremes(15390, { lowest: true, lessThanAt: 2 }, position),
  },
];
