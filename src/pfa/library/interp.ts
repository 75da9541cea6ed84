import type { Value } from '../types.js';
import { tagged } from '../types.js';
import { type Arr, bound, type Vector } from './body.js';
import type { Call, LibraryModule } from './function.js';
import { INT_MAX, INT_MIN } from './long.js';

interface Entry {
  readonly [field: string]: Value;
  readonly x: number;
  readonly to: number | Vector;
}
type Table = Arr<Entry>;

function squaredDistance(x: Vector, y: Vector): number {
  return x.reduce((sum, item, index) => sum + (item - y[index]!) ** 2, 0);
}

/** The entry with the smallest distance, the first of several. */
function closest<T extends object>(table: readonly T[], distance: (entry: T) => number): T {
  let best = table[0]!;
  let shortest = distance(best);
  for (const entry of table.slice(1)) {
    const length = distance(entry);
    if (length < shortest) {
      shortest = length;
      best = entry;
    }
  }
  return best;
}

interface Surroundings {
  /** The two entries to draw a line through: around x, or the two nearest on its side. */
  line: [Entry, Entry];
  /** The nearest entry where x does not lie between two others: at an end of the table, beyond it, or NaN. */
  end: Entry | undefined;
  /** Whether x lies beyond the table (or nowhere, being NaN). */
  beyond: boolean;
}

/** Where x lies in the table; `code` where that does not have two different x. */
function surroundings(call: Call, code: number, x: number, table: Table): Surroundings {
  const [first, second] = table;
  if (first === undefined || second === undefined) throw call.error(code);
  if (Number.isNaN(x)) return { line: [first, second], end: first, beyond: true };
  if (table.every((entry) => entry.x === first.x)) throw call.error(code);
  const best = (candidates: Table): Entry | undefined =>
    candidates.length === 0 ? undefined : closest(candidates, (entry) => Math.abs(entry.x - x));
  const exact = table.find((entry) => entry.x === x && Number.isFinite(x));
  const below = best(table.filter((entry) => entry.x <= x));
  const above = best(table.filter((entry) => entry.x > x));
  if (below !== undefined && above !== undefined) return { line: [below, above], end: undefined, beyond: false };
  const one = below ?? above ?? first;
  const other = best(table.filter((entry) => entry.x !== one.x)) ?? second;
  return { line: one.x < other.x ? [one, other] : [other, one], end: one, beyond: exact === undefined };
}

function project(call: Call, code: number, x: number, [low, high]: [Entry, Entry]): number | Vector {
  const share = (x - low.x) / (high.x - low.x);
  const between = (left: number, right: number) => (1 - share) * left + share * right;
  if (typeof low.to === 'number') return between(low.to, high.to as number);
  const right = high.to as Vector;
  if (low.to.length !== right.length) throw call.error(code);
  return low.to.map((item, index) => between(item, right[index]!));
}

function binOf(call: Call, args: readonly number[]): number {
  const x = args[0]!;
  if (args.length === 4) {
    const [, count, low, high] = args as [number, number, number, number];
    if (low >= high || Number.isNaN(low) || Number.isNaN(high)) throw call.error(22000);
    if (count < 1) throw call.error(22001);
    if (Number.isNaN(x) || x < low || x >= high) throw call.error(22002);
    const bin = Math.floor(count * ((x - low) / (high - low)));
    if (!(bin >= 0 && bin < count)) throw call.error(22002);
    return bin + 0;
  }
  const [, origin, width] = args as [number, number, number];
  if (!Number.isFinite(origin)) throw call.error(22000);
  if (width <= 0 || Number.isNaN(width)) throw call.error(22001);
  if (!Number.isFinite(x)) throw call.error(22002);
  const bin = Math.floor((x - origin) / width);
  if (bin < INT_MIN || bin > INT_MAX) throw call.error(22002);
  return bin + 0;
}

/** Bins, nearest entries and linear interpolation in tables. */
export const INTERP: LibraryModule = [
  {
    name: 'interp.bin',
    signatures: [
      '(x: double, numbins: int, low: double, high: double) -> int',
      '(x: double, origin: double, width: double) -> int',
    ],
    doc: 'Number of the bin that x falls into.',
    errors: { 22000: 'bad histogram range', 22001: 'bad histogram scale', 22002: 'x out of range' },
    bind: bound(
      (call) =>
        (...args: number[]) =>
          binOf(call, args),
    ),
  },
  {
    name: 'interp.nearest',
    signatures: [
      '(x: double, table: array of record R {x: double, to: any T}) -> T',
      '(x: array of double, table: array of record R {x: array of double, to: any T}) -> T',
      '(x: any X1, table: array of record R {x: any X2, to: any T}, metric: fcn(X1, X2) -> double) -> T',
    ],
    doc: 'What the table gives for the entry nearest to x.',
    errors: { 22010: 'table must have at least one entry', 22011: 'inconsistent dimensionality' },
    bind: bound((call) => {
      const kind = call.types[0]!.type;
      return (x: Value, table: Arr<{ readonly [field: string]: Value }>, metric?: (x: Value, y: Value) => number) => {
        if (table.length === 0) throw call.error(22010);
        if (metric !== undefined) return closest(table, (entry) => metric(x, entry['x']!))['to']!;
        if (kind !== 'array') return closest(table, (entry) => Math.abs((entry['x'] as number) - (x as number)))['to']!;
        const from = x as Vector;
        if (table.some((entry) => (entry['x'] as Vector).length !== from.length)) throw call.error(22011);
        return closest(table, (entry) => squaredDistance(from, entry['x'] as Vector))['to']!;
      };
    }),
  },
  {
    name: 'interp.linear',
    signatures: [
      '(x: double, table: array of record R {x: double, to: double}) -> double',
      '(x: double, table: array of record R {x: double, to: array of double}) -> array of double',
    ],
    doc: 'Value on the line through the entries around x, or the two nearest beyond the table.',
    errors: { 22020: 'table must have at least two distinct x values', 22021: 'inconsistent dimensionality' },
    bind: bound(
      (call) => (x: number, table: Table) => project(call, 22021, x, surroundings(call, 22020, x, table).line),
    ),
  },
  {
    name: 'interp.linearFlat',
    signatures: [
      '(x: double, table: array of record R {x: double, to: double}) -> double',
      '(x: double, table: array of record R {x: double, to: array of double}) -> array of double',
    ],
    doc: 'Like interp.linear, but constant beyond the table.',
    errors: { 22030: 'table must have at least two distinct x values', 22031: 'inconsistent dimensionality' },
    bind: bound((call) => (x: number, table: Table) => {
      const { line, end } = surroundings(call, 22030, x, table);
      return end?.to ?? project(call, 22031, x, line);
    }),
  },
  {
    name: 'interp.linearMissing',
    signatures: [
      '(x: double, table: array of record R {x: double, to: double}) -> union(null, double)',
      '(x: double, table: array of record R {x: double, to: array of double}) -> union(null, array of double)',
    ],
    doc: 'Like interp.linear, but null beyond the table.',
    errors: { 22040: 'table must have at least two distinct x values', 22041: 'inconsistent dimensionality' },
    bind: bound((call) => (x: number, table: Table) => {
      const { line, beyond } = surroundings(call, 22040, x, table);
      if (beyond) return null;
      const result = project(call, 22041, x, line);
      return tagged(typeof result === 'number' ? 'double' : 'array', result);
    }),
  },
];
