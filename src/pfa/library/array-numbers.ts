import { type Comparator, comparator } from '../compare.js';
import type { AvroType, Fn, Value } from '../types.js';
import { type Arr, body, type Long, type Vector } from './body.js';
import type { Call, LibraryModule } from './function.js';
import { INT_MAX, INT_MIN, narrowed } from './long.js';

function itemsOf(call: Call): AvroType {
  const type = call.types[0]!;
  return type.type === 'array' ? type.items : { type: 'null' };
}

/** Binds a total over numbers of any width; whole totals out of range are the errors `code` and `code + 1`. */
function total(
  code: number,
  start: number,
  whole: (x: bigint, y: bigint) => bigint,
  real: (x: number, y: number) => number,
) {
  return (call: Call): Fn => {
    const kind = itemsOf(call).type;
    if (kind === 'float') return (a) => (a as Vector).reduce((sum, x) => Math.fround(real(sum, x)), start);
    if (kind === 'double') return (a) => (a as Vector).reduce(real, start);
    return (a) => wholeTotal(call, code, kind === 'int', a as Arr<Long>, BigInt(start), whole);
  };
}

/** Exact while it is computed: only the final result must fit. */
function wholeTotal(
  call: Call,
  code: number,
  int: boolean,
  a: Arr<Long>,
  start: bigint,
  add: (x: bigint, y: bigint) => bigint,
): Long {
  let sum = start;
  for (const item of a) {
    const next = add(sum, BigInt(item));
    call.engine.spend(1);
    sum = next;
  }
  const result = narrowed(sum);
  if (int && (result === undefined || result < INT_MIN || result > INT_MAX)) throw call.error(code);
  if (result === undefined) throw call.error(code + 1);
  return result;
}

/** A product of whole numbers; beyond 64 bits only a later zero brings it back, so its size may stop growing there. */
function boundedProduct(x: bigint, y: bigint): bigint {
  const product = x * y;
  const limit = 2n ** 64n;
  return product > limit ? limit : product < -limit ? -limit : product;
}

function mean(a: Vector): number {
  return a.reduce((sum, x) => sum + x, 0) / a.length;
}

/** The middle of sorted items: for real numbers the mean of the two middle ones, otherwise the lower of them. */
function middle(sorted: Arr, type: AvroType): Value {
  const high = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[high]!;
  const low = sorted[high - 1]!;
  if (type.type !== 'float' && type.type !== 'double') return low;
  const average = ((low as number) + (sorted[high] as number)) / 2;
  return type.type === 'float' ? Math.fround(average) : average;
}

function ntile(sorted: Arr, p: number, type: AvroType): Value {
  if (p <= 0) return sorted[0]!;
  if (p >= 1) return sorted.at(-1)!;
  const position = (sorted.length - 1) * p;
  const low = Math.floor(position);
  if (type.type !== 'float' && type.type !== 'double') return sorted[low]!;
  const high = Math.ceil(position);
  const below = sorted[low] as number;
  const result = low === high ? below : below + ((sorted[high] as number) - below) * (position - low);
  return type.type === 'float' ? Math.fround(result) : result;
}

/** The most common items, once each and in order. */
function mostCommon(a: Arr, compare: Comparator): Value[] {
  const sorted = [...a].sort(compare);
  let longest = 0;
  let found: Value[] = [];
  for (let from = 0; from < sorted.length; ) {
    let to = from + 1;
    while (to < sorted.length && compare(sorted[from]!, sorted[to]!) === 0) to += 1;
    if (to - from > longest) {
      longest = to - from;
      found = [];
    }
    if (to - from === longest) found.push(sorted[from]!);
    from = to;
  }
  return found;
}

function logSumExp(a: Vector): number {
  if (a.length === 0) return Number.NaN;
  const highest = a.reduce((top, x) => Math.max(top, x), -Infinity);
  return highest + Math.log(a.reduce((sum, x) => sum + Math.exp(x - highest), 0));
}

/** Sums, means and positions in the order of arrays. */
export const ARRAY_NUMBERS: LibraryModule = [
  {
    name: 'a.sum',
    signatures: ['(a: array of any A of {int, long, float, double}) -> A'],
    doc: 'Sum of the items, zero where there are none.',
    errors: { 15400: 'int overflow', 15401: 'long overflow' },
    bind: total(
      15400,
      0,
      (x, y) => x + y,
      (x, y) => x + y,
    ),
  },
  {
    name: 'a.product',
    signatures: ['(a: array of any A of {int, long, float, double}) -> A'],
    doc: 'Product of the items, one where there are none.',
    errors: { 15410: 'int overflow', 15411: 'long overflow' },
    bind: total(15410, 1, boundedProduct, (x, y) => x * y),
  },
  {
    name: 'a.lnsum',
    signatures: ['(a: array of double) -> double'],
    doc: 'Sum of the natural logarithms of the items.',
    bind: body((a: Vector) => a.reduce((sum, x) => sum + Math.log(x), 0)),
  },
  {
    name: 'a.mean',
    signatures: ['(a: array of double) -> double'],
    doc: 'Arithmetic mean, NaN of no items.',
    bind: body(mean),
  },
  {
    name: 'a.geomean',
    signatures: ['(a: array of double) -> double'],
    doc: 'Geometric mean, NaN of no items.',
    bind: body((a: Vector) =>
      a.length === 0 ? Number.NaN : a.reduce((product, x) => product * x, 1) ** (1 / a.length),
    ),
  },
  {
    name: 'a.median',
    signatures: ['(a: array of any A) -> A'],
    doc: 'Middle of the sorted items; the mean of both middles for real numbers, the lower one otherwise.',
    errors: { 15450: 'empty array' },
    bind: (call) => {
      const type = itemsOf(call);
      const compare = comparator(type);
      return (a) => {
        if ((a as Arr).length === 0) throw call.error(15450);
        return middle([...(a as Arr)].sort(compare), type);
      };
    },
  },
  {
    name: 'a.ntile',
    signatures: ['(a: array of any A, p: double) -> A'],
    doc: 'The value at a share p of the way through the sorted items.',
    errors: { 15460: 'empty array', 15461: 'p not a number' },
    bind: (call) => {
      const type = itemsOf(call);
      const compare = comparator(type);
      return (a, p) => {
        if ((a as Arr).length === 0) throw call.error(15460);
        if (Number.isNaN(p)) throw call.error(15461);
        return ntile([...(a as Arr)].sort(compare), p as number, type);
      };
    },
  },
  {
    name: 'a.mode',
    signatures: ['(a: array of any A) -> A'],
    doc: 'Most common item; of several, their median.',
    errors: { 15470: 'empty array' },
    bind: (call) => {
      const type = itemsOf(call);
      const compare = comparator(type);
      return (a) => {
        if ((a as Arr).length === 0) throw call.error(15470);
        return middle(mostCommon(a as Arr, compare), type);
      };
    },
  },
  {
    name: 'a.logsumexp',
    signatures: ['(a: array of double) -> double'],
    doc: 'Logarithm of the sum of the exponentials, without overflow on the way.',
    bind: body(logSumExp),
  },
];
