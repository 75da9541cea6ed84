import type { RecordType, Type, Value } from '../types.js';
import { bound, type Matrix, type Obj, type Vector } from './body.js';
import { hasField, optionalField, recordAt } from './fields.js';
import type { Call, LibraryModule } from './function.js';

type Histogram = Obj<Value>;
type Changes = Record<string, Value>;

/** Adds a weight to an optional counter field; false if the record has none. */
function counted(histogram: Histogram, changes: Changes, field: string, w: number): boolean {
  if (!Object.hasOwn(histogram, field)) return false;
  changes[field] = (histogram[field] as number) + w;
  return true;
}

function filled(values: Vector, index: number, w: number): number[] {
  const changed = [...values];
  changed[index]! += w;
  return changed;
}

/** Counts NaN and, where the record asks for it, infinities apart; true if x is done with. */
function countedApart(histogram: Histogram, changes: Changes, values: Vector, w: number): boolean {
  if (values.some(Number.isNaN)) {
    counted(histogram, changes, 'nanflow', w);
    return true;
  }
  return values.some((x) => !Number.isFinite(x)) && counted(histogram, changes, 'infflow', w);
}

function fillFixed(call: Call, x: number, w: number, histogram: Histogram): Changes {
  const values = histogram['values'] as Vector;
  const [bins, low, high] = ['numbins', 'low', 'high'].map((field) => histogram[field] as number) as [
    number,
    number,
    number,
  ];
  if (bins < 1) throw call.error(14082);
  if (values.length !== bins) throw call.error(14080);
  if (!isRange(low, high)) throw call.error(14081);
  const changes: Changes = {};
  if (countedApart(histogram, changes, [x], w)) return changes;
  if (x < low) counted(histogram, changes, 'underflow', w);
  else if (x >= high) counted(histogram, changes, 'overflow', w);
  else changes['values'] = filled(values, binOf(x, bins, low, high), w);
  return changes;
}

function isRange(low: number, high: number): boolean {
  return low < high && Number.isFinite(low) && Number.isFinite(high);
}

function binOf(x: number, bins: number, low: number, high: number): number {
  return Math.min(bins - 1, Math.floor(((x - low) / (high - low)) * bins));
}

function fillGrowing(call: Call, x: number, w: number, histogram: Histogram): Changes {
  const values = histogram['values'] as Vector;
  const [low, size] = ['low', 'binsize'].map((field) => histogram[field] as number) as [number, number];
  if (size <= 0 || !Number.isFinite(size)) throw call.error(14082);
  const changes: Changes = {};
  if (countedApart(histogram, changes, [x], w)) return changes;
  if (x < low) counted(histogram, changes, 'underflow', w);
  else if (x === Infinity) counted(histogram, changes, 'overflow', w);
  else {
    // both engines put the first sample of a histogram without bins into its first bin
    const index =
      values.length === 0 ? 0 : Math.floor(((x - low) / (low + size * values.length - low)) * values.length);
    call.engine.spend(4 * Math.max(0, index - values.length));
    const grown = [...values];
    while (grown.length <= index) grown.push(0);
    changes['values'] = filled(grown, index, w);
  }
  return changes;
}

function fillRanges(call: Call, x: number, w: number, histogram: Histogram): Changes {
  const values = histogram['values'] as Vector;
  const ranges = histogram['ranges'] as Matrix;
  if (values.length !== ranges.length) throw call.error(14080);
  if (ranges.some((range) => range.length !== 2 || !(range[0]! < range[1]!) || !range.every(Number.isFinite)))
    throw call.error(14083);
  const changes: Changes = {};
  if (countedApart(histogram, changes, [x], w)) return changes;
  let inside = false;
  const changed = values.map((value, index) => {
    const [low, high] = ranges[index] as [number, number];
    const hit = low <= x && x < high;
    inside ||= hit;
    return hit ? value + w : value;
  });
  if (inside) changes['values'] = changed;
  else counted(histogram, changes, 'underflow', w);
  return changes;
}

const FLOWS = ['underflow', 'overflow', 'nanflow', 'infflow'];
const FLOWS_2D = [
  'underunderflow',
  'undermidflow',
  'underoverflow',
  'midunderflow',
  'midoverflow',
  'overunderflow',
  'overmidflow',
  'overoverflow',
  'nanflow',
  'infflow',
];

/** Which of the three ways a record describes its bins; undefined for none or several. */
function layout(record: RecordType | undefined): 'fixed' | 'growing' | 'ranges' | undefined {
  const has = (...names: string[]) => names.every((name) => hasField(record, name));
  const found: ('fixed' | 'growing' | 'ranges')[] = [];
  if (has('numbins', 'low', 'high')) found.push('fixed');
  if (has('low', 'binsize')) found.push('growing');
  if (has('ranges')) found.push('ranges');
  return found.length === 1 ? found[0] : undefined;
}

function checkHistogram(flows: readonly string[], index: number): (types: readonly Type[]) => string | undefined {
  return (types) => {
    const record = recordAt(types, index);
    if (record === undefined) return undefined;
    if (flows === FLOWS && layout(record) === undefined)
      return 'a histogram has either "numbins", "low", "high", or "low", "binsize", or "ranges"';
    for (const flow of flows) {
      const complaint = optionalField(record, flow, 'double');
      if (complaint !== undefined) return complaint;
    }
    return undefined;
  };
}

function side(x: number, low: number, high: number): 'under' | 'mid' | 'over' {
  return x < low ? 'under' : x < high ? 'mid' : 'over';
}

function fill2d(call: Call, x: number, y: number, w: number, histogram: Histogram): Changes {
  const number = (field: string) => histogram[field] as number;
  const values = histogram['values'] as Matrix;
  const [columns, rows] = [number('xnumbins'), number('ynumbins')];
  if (columns < 1 || rows < 1) throw call.error(14092);
  if (values.length !== columns || values.some((row) => row.length !== rows)) throw call.error(14090);
  if (!isRange(number('xlow'), number('xhigh')) || !isRange(number('ylow'), number('yhigh'))) throw call.error(14091);
  const changes: Changes = {};
  if (countedApart(histogram, changes, [x, y], w)) return changes;
  const across = side(x, number('xlow'), number('xhigh'));
  const along = side(y, number('ylow'), number('yhigh'));
  if (across === 'mid' && along === 'mid') {
    const column = binOf(x, columns, number('xlow'), number('xhigh'));
    const row = binOf(y, rows, number('ylow'), number('yhigh'));
    changes['values'] = values.map((items, index) => (index === column ? filled(items, row, w) : items));
  } else counted(histogram, changes, `${across}${along}flow`, w);
  return changes;
}

const FILL = { fixed: fillFixed, growing: fillGrowing, ranges: fillRanges };

/** Histograms. */
export const STAT_HISTOGRAM: LibraryModule = [
  {
    name: 'stat.sample.fillHistogram',
    signatures: [
      '(x: double, w: double, histogram: record A {numbins: int, low: double, high: double, values: array of double}) -> A',
      '(x: double, w: double, histogram: record A {low: double, binsize: double, values: array of double}) -> A',
      '(x: double, w: double, histogram: record A {ranges: array of array of double, values: array of double}) -> A',
    ],
    doc: 'Adds a weight to the bin of x, or to a counter of what lies outside.',
    errors: {
      14080: 'wrong histogram size',
      14081: 'bad histogram range',
      14082: 'bad histogram scale',
      14083: 'bad histogram ranges',
    },
    bind: bound((call) => {
      const fill = FILL[layout(recordAt(call.types, 2)) ?? 'fixed'];
      return (x: number, w: number, histogram: Histogram) => ({ ...histogram, ...fill(call, x, w, histogram) });
    }),
    check: checkHistogram(FLOWS, 2),
  },
  {
    name: 'stat.sample.fillHistogram2d',
    signatures: [
      '(x: double, y: double, w: double, histogram: record A {xnumbins: int, xlow: double, xhigh: double, ynumbins: int, ylow: double, yhigh: double, values: array of array of double}) -> A',
    ],
    doc: 'Adds a weight to the bin of (x, y), or to a counter of what lies outside.',
    errors: { 14090: 'wrong histogram size', 14091: 'bad histogram range', 14092: 'bad histogram scale' },
    bind: bound((call) => (x: number, y: number, w: number, histogram: Histogram) => ({
      ...histogram,
      ...fill2d(call, x, y, w, histogram),
    })),
    check: checkHistogram(FLOWS_2D, 3),
  },
];
