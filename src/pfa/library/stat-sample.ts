import type { Type, Value } from '../types.js';
import { type Arr, body, bound, type Obj, type Vector } from './body.js';
import { updateArrays, updateMaps } from './covariance.js';
import { fieldType, hasField, optionalField, recordAt } from './fields.js';
import type { Call, LibraryModule } from './function.js';
import { fromEntries } from './la.js';
import type { LessThan } from './order.js';

type State = Obj<Value>;

/** Count, mean and variance with a sample added; a negative weight takes one out again. */
function moments(state: State, x: number, w: number): State {
  const count = state['count'] as number;
  const added = count + w;
  const result: Record<string, Value> = { ...state, count: added };
  const mean = state['mean'];
  if (typeof mean !== 'number') return result;
  const difference = x - mean;
  const shifted = mean + (difference * w) / added;
  result['mean'] = shifted;
  const variance = state['variance'];
  if (typeof variance === 'number') {
    result['variance'] = (variance * count + w * difference * (x - shifted)) / added;
  }
  return result;
}

/** Mean is optional, variance needs a mean, and both are doubles. */
function checkMoments(index: number): (types: readonly Type[]) => string | undefined {
  return (types) => {
    const record = recordAt(types, index);
    if (record === undefined) return undefined;
    if (hasField(record, 'variance') && !hasField(record, 'mean')) return 'a record with "variance" needs a "mean"';
    return optionalField(record, 'mean', 'double') ?? optionalField(record, 'variance', 'double');
  };
}

const WINDOW_FIELDS = new Set(['x', 'w', 'count', 'mean', 'variance']);

function updateWindow(call: Call, x: number, w: number, state: Arr<State>, size: number): Arr {
  if (size < 2) throw call.error(14020);
  const last = state.at(-1);
  if (last === undefined) {
    const names = recordAt(call.types, 2)!.fields.map((field) => field.name);
    if (names.some((name) => !WINDOW_FIELDS.has(name))) throw call.error(14021);
    const first: Record<string, Value> = { x, w, count: w, mean: x, variance: 0 };
    return [Object.fromEntries(names.map((name) => [name, first[name]!]))];
  }
  const leaving = Math.max(0, state.length + 1 - size);
  let next = moments(last, x, w);
  for (const old of state.slice(0, leaving)) next = moments(next, old['x'] as number, -(old['w'] as number));
  return [...state.slice(leaving), { ...next, x, w }];
}

function isShare(value: number): boolean {
  return !(value < 0 || value > 1);
}

function updateEWMA(call: Call, x: number, alpha: number, state: State): State {
  if (!isShare(alpha)) throw call.error(14030);
  const mean = state['mean'] as number;
  const difference = x - mean;
  const increment = alpha * difference;
  const result: Record<string, Value> = { ...state, mean: mean + increment };
  const variance = state['variance'];
  if (typeof variance === 'number') result['variance'] = (1 - alpha) * (variance + difference * increment);
  return result;
}

function updateHoltWinters(call: Call, x: number, alpha: number, beta: number, state: State): State {
  if (!isShare(alpha)) throw call.error(14040);
  if (!isShare(beta)) throw call.error(14041);
  const [oldLevel, oldTrend] = [state['level'] as number, state['trend'] as number];
  const level = alpha * x + (1 - alpha) * (oldLevel + oldTrend);
  return { ...state, level, trend: beta * (level - oldLevel) + (1 - beta) * oldTrend };
}

function updatePeriodic(call: Call, x: number, shares: Vector, state: State): State {
  const [alpha, beta, gamma] = shares as [number, number, number];
  if (!isShare(alpha)) throw call.error(14050);
  if (!isShare(beta)) throw call.error(14051);
  if (!isShare(gamma)) throw call.error(14052);
  const cycle = state['cycle'] as Vector;
  if (cycle.length === 0) throw call.error(14053);
  const [oldLevel, oldTrend] = [state['level'] as number, state['trend'] as number];
  // the first item is the present one, so the one of a period ago stands second
  const rotated = [...cycle.slice(1), cycle[0]!];
  const past = rotated[0]!;
  const multiplicative = state['multiplicative'] as boolean;
  const level = alpha * (multiplicative ? x / past : x - past) + (1 - alpha) * (oldLevel + oldTrend);
  const trend = beta * (level - oldLevel) + (1 - beta) * oldTrend;
  rotated[0] = gamma * (multiplicative ? x / level : x - level) + (1 - gamma) * past;
  return { ...state, level, trend, cycle: rotated };
}

/** The forecasts 1 to n steps ahead; an empty cycle is the error `code`. */
function forecast(call: Call, code: number, n: number, state: State): number[] {
  const [level, trend] = [state['level'] as number, state['trend'] as number];
  const cycle = state['cycle'] as Vector | undefined;
  if (cycle?.length === 0) throw call.error(code);
  call.engine.spend(4 * Math.max(0, n));
  return Array.from({ length: Math.max(0, n) }, (_, index) => {
    const line = level + (index + 1) * trend;
    if (cycle === undefined) return line;
    const season = cycle[(index + 1) % cycle.length]!;
    return state['multiplicative'] === true ? line * season : line + season;
  });
}

/** Cycle and multiplicative come together or not at all. */
function checkCycle(index: number): (types: readonly Type[]) => string | undefined {
  return (types) => {
    const record = recordAt(types, index);
    if (record === undefined || !(hasField(record, 'cycle') || hasField(record, 'multiplicative'))) return undefined;
    const cycle = fieldType(record, 'cycle');
    if (cycle?.type !== 'array' || cycle.items.type !== 'double') return '"cycle" must be an array of double';
    return fieldType(record, 'multiplicative')?.type === 'boolean' ? undefined : '"multiplicative" must be boolean';
  };
}

function topN(call: Call, x: Value, top: Arr, n: number, lessThan: LessThan): Arr {
  call.engine.spend(top.length);
  const at = top.findIndex((item) => lessThan(item, x));
  const longer = at < 0 ? [...top, x] : [...top.slice(0, at), x, ...top.slice(at)];
  return longer.slice(0, Math.max(0, n));
}

/** Running summaries of samples. */
export const STAT_SAMPLE: LibraryModule = [
  {
    name: 'stat.sample.update',
    signatures: ['(x: double, w: double, state: record A {count: double}) -> A'],
    doc: 'Adds a weighted sample to a count and, where the record has them, a mean and a variance.',
    bind: body((x: number, w: number, state: State) => moments(state, x, w)),
    check: checkMoments(2),
  },
  {
    name: 'stat.sample.updateCovariance',
    signatures: [
      '(x: array of double, w: double, state: record A {count: double, mean: array of double, covariance: array of array of double}) -> A',
      '(x: map of double, w: double, state: record A {count: map of map of double, mean: map of double, covariance: map of map of double}) -> A',
    ],
    doc: 'Adds a weighted vector to counts, means and covariances.',
    errors: { 14011: 'too few components', 14012: 'unequal length arrays' },
    bind: (call) =>
      call.types[0]!.type === 'array'
        ? (x, w, state) => updateArrays(call, x as Vector, w as number, state as State)
        : (x, w, state) => updateMaps(call, x as Obj<number>, w as number, state as State),
  },
  {
    name: 'stat.sample.updateWindow',
    signatures: [
      '(x: double, w: double, state: array of record A {x: double, w: double, count: double}, windowSize: int) -> array of A',
    ],
    doc: 'Adds a weighted sample to summaries of a window and drops what leaves it.',
    errors: { 14020: 'windowSize must be at least 2', 14021: 'cannot initialize unrecognized fields' },
    bind: bound(
      (call) => (x: number, w: number, state: Arr<State>, size: number) => updateWindow(call, x, w, state, size),
    ),
    check: checkMoments(2),
  },
  {
    name: 'stat.sample.updateEWMA',
    signatures: ['(x: double, alpha: double, state: record A {mean: double}) -> A'],
    doc: 'Adds a sample to an exponentially weighted mean and variance.',
    errors: { 14030: 'alpha out of range' },
    bind: bound((call) => (x: number, alpha: number, state: State) => updateEWMA(call, x, alpha, state)),
    check: (types) => {
      const record = recordAt(types, 2);
      return record && optionalField(record, 'variance', 'double');
    },
  },
  {
    name: 'stat.sample.updateHoltWinters',
    signatures: ['(x: double, alpha: double, beta: double, state: record A {level: double, trend: double}) -> A'],
    doc: 'Adds a sample to an exponentially weighted linear fit.',
    errors: { 14040: 'alpha out of range', 14041: 'beta out of range' },
    bind: bound(
      (call) => (x: number, alpha: number, beta: number, state: State) =>
        updateHoltWinters(call, x, alpha, beta, state),
    ),
  },
  {
    name: 'stat.sample.updateHoltWintersPeriodic',
    signatures: [
      '(x: double, alpha: double, beta: double, gamma: double, state: record A {level: double, trend: double, cycle: array of double, multiplicative: boolean}) -> A',
    ],
    doc: 'Adds a sample to an exponentially weighted linear and periodic fit.',
    errors: {
      14050: 'alpha out of range',
      14051: 'beta out of range',
      14052: 'gamma out of range',
      14053: 'empty cycle',
    },
    bind: bound(
      (call) => (x: number, alpha: number, beta: number, gamma: number, state: State) =>
        updatePeriodic(call, x, [alpha, beta, gamma], state),
    ),
  },
  {
    name: 'stat.sample.forecast1HoltWinters',
    signatures: ['(state: record A {level: double, trend: double}) -> double'],
    doc: 'Forecast one step ahead.',
    errors: { 14060: 'empty cycle' },
    bind: bound((call) => (state: State) => forecast(call, 14060, 1, state)[0]!),
    check: checkCycle(0),
  },
  {
    name: 'stat.sample.forecastHoltWinters',
    signatures: ['(n: int, state: record A {level: double, trend: double}) -> array of double'],
    doc: 'Forecasts one to n steps ahead.',
    errors: { 14070: 'empty cycle' },
    bind: bound((call) => (n: number, state: State) => forecast(call, 14070, n, state)),
    check: checkCycle(1),
  },
  {
    name: 'stat.sample.fillCounter',
    signatures: ['(x: string, w: double, counter: record A {values: map of double}) -> A'],
    doc: 'Adds a weight to the count of a category.',
    bind: body((x: string, w: number, counter: State) => {
      const values = counter['values'] as Obj<number>;
      return { ...counter, values: fromEntries([...Object.entries(values), [x, (values[x] ?? 0) + w] as const]) };
    }),
  },
  {
    name: 'stat.sample.topN',
    signatures: ['(x: any A, top: array of A, n: int, lessThan: fcn(A, A) -> boolean) -> array of A'],
    doc: 'Puts x into its place in a descending list of n items; equal items keep their places.',
    bind: bound((call) => (x: Value, top: Arr, n: number, lessThan: LessThan) => topN(call, x, top, n, lessThan)),
  },
];
