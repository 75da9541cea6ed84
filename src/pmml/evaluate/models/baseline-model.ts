import type { Element } from '../../../wire/xml/document.js';
import { missingElement } from '../../errors.js';
import { enumAttribute, integerAttribute, numberAttribute, required, requiredChild } from '../attributes.js';
import type { Frame, ModelCompiler, ModelResult, Scope } from '../model.js';
import { NO_RESULT } from '../model.js';
import { numberOf, textOf } from '../values.js';
import { type CountTable, NO_COUNTS, readCountTable, tableKey } from './count-table.js';
import { requiredDistribution } from './distributions.js';
import { scalarOf } from './field-values.js';
import { chiSquareSurvival } from './kernels/special-functions.js';

/** One statistic: keeps what it has seen of the records, in the order of the calls. */
type Statistic = (frame: Frame) => ModelResult;

const STATISTICS: Readonly<Record<string, (element: Element, scope: Scope) => Statistic>> = {
  zValue,
  CUSUM: cumulativeSum,
  chiSquareDistribution: (element, scope) => counted(element, scope, goodnessOfFit),
  chiSquareIndependence: (element, scope) => counted(element, scope, independence),
  scalarProduct: (element, scope) => counted(element, scope, scalarProduct),
};

/** BaselineModel: how far the records are from a baseline. The records of one evaluator are one stream of events. */
export const compileBaselineModel: ModelCompiler = (element, scope) => {
  const test = requiredChild(element, 'TestDistributions');
  return STATISTICS[enumAttribute(test, 'testStatistic', Object.keys(STATISTICS))]!(test, scope);
};

/** A list that forgets all but the last `size` entries; 0 keeps everything. */
function window<T>(size: number): { push(entry: T): readonly T[] } {
  const entries: T[] = [];
  return {
    push: (entry) => {
      entries.push(entry);
      if (size > 0 && entries.length > size) entries.shift();
      return entries;
    },
  };
}

/** (mean of the window − μ) / (σ / √n); without a window, of the record alone. */
function zValue(element: Element, scope: Scope): Statistic {
  const field = scope.field(required(element, 'field'), element);
  const { mean, variance } = requiredDistribution(requiredChild(element, 'Baseline'));
  const size = Math.max(1, integerAttribute(element, 'windowSize', 0));
  const recent = window<number>(size);
  return (frame) => {
    const value = numberOf(field.value(frame));
    if (value === undefined) return NO_RESULT;
    const values = recent.push(value);
    const average = values.reduce((sum, entry) => sum + entry, 0) / values.length;
    return { value: (average - mean) / Math.sqrt(variance / values.length) };
  };
}

/** Z[n] = max(resetValue, Z[n−1] + ln(alternate density / baseline density)): "assume Z[-1]=0". */
function cumulativeSum(element: Element, scope: Scope): Statistic {
  const field = scope.field(required(element, 'field'), element);
  const baseline = requiredDistribution(requiredChild(element, 'Baseline'));
  const alternate = requiredDistribution(requiredChild(element, 'Alternate'));
  const reset = numberAttribute(element, 'resetValue', 0);
  let sum = 0;
  return (frame) => {
    const value = numberOf(field.value(frame));
    if (value === undefined) return NO_RESULT;
    const ratio = logDensity(alternate, value) - logDensity(baseline, value);
    if (Number.isNaN(ratio)) return NO_RESULT;
    sum = Math.max(reset, sum + ratio);
    return { value: sum };
  };
}

/** Normal densities are compared by their exponents, so that far tails do not underflow. */
function logDensity(distribution: ReturnType<typeof requiredDistribution>, x: number): number {
  const { kind, mean, variance, density } = distribution;
  if (kind === 'PoissonDistribution' || kind === 'UniformDistribution') return Math.log(density(x));
  return -((x - mean) ** 2) / (2 * variance) - 0.5 * Math.log(2 * Math.PI * variance);
}

type CountStatistic = (observed: ReadonlyMap<string, number>, baseline: CountTable) => number | undefined;

/** Counts (by weightField) the records in the window by their values, and compares them with the baseline's table. */
function counted(element: Element, scope: Scope, statistic: CountStatistic): Statistic {
  const baselineElement = requiredChild(element, 'Baseline');
  const tableElement = baselineElement.child('CountTable') ?? baselineElement.child('NormalizedCountTable');
  const listed = baselineElement.children('FieldRef').map((child) => required(child, 'field'));
  // Fields that are tested for independence of each other need no table of earlier events.
  if (tableElement === undefined && listed.length === 0) throw missingElement(baselineElement, 'CountTable');
  const table = tableElement === undefined ? NO_COUNTS : readCountTable(tableElement);
  const own = [required(element, 'field'), ...listed];
  const names = table.fields.length > 0 ? table.fields : [...new Set(own)];
  const fields = names.map((name) => scope.field(name, element));
  const weightName = element.attribute('weightField');
  const weightField = weightName === undefined ? undefined : scope.field(weightName, element);
  const recent = window<{ key: string; weight: number }>(integerAttribute(element, 'windowSize', 0));
  return (frame) => {
    const values = fields.map((field) => scalarOf(field.value(frame)));
    const weight = weightField === undefined ? 1 : numberOf(weightField.value(frame));
    if (weight === undefined || values.some((value) => value === undefined)) return NO_RESULT;
    const observed = new Map<string, number>();
    for (const entry of recent.push({ key: tableKey(values.map((value) => textOf(value!))), weight })) {
      observed.set(entry.key, (observed.get(entry.key) ?? 0) + entry.weight);
    }
    const value = statistic(observed, table);
    return value === undefined ? NO_RESULT : { value };
  };
}

/** The p-value of Σ (observed − expected)² / expected with as many events as were observed. */
function goodnessOfFit(observed: ReadonlyMap<string, number>, baseline: CountTable): number | undefined {
  const events = [...observed.values()].reduce((sum, count) => sum + count, 0);
  let statistic = 0;
  for (const [key, count] of baseline.counts) {
    const expected = (count / baseline.total) * events;
    if (expected > 0) statistic += ((observed.get(key) ?? 0) - expected) ** 2 / expected;
  }
  const degrees = baseline.counts.size - 1;
  return degrees < 1 ? undefined : chiSquareSurvival(statistic, degrees);
}

/** The p-value of independence of the table's fields, baseline and observed events together. */
function independence(observed: ReadonlyMap<string, number>, baseline: CountTable): number | undefined {
  const counts = new Map(baseline.counts);
  for (const [key, count] of observed) counts.set(key, (counts.get(key) ?? 0) + count);
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const margins: Map<string, number>[] = [];
  for (const [key, count] of counts) {
    for (const [axis, value] of (JSON.parse(key) as string[]).entries()) {
      const margin = margins[axis] ?? new Map<string, number>();
      margins[axis] = margin;
      margin.set(value, (margin.get(value) ?? 0) + count);
    }
  }
  let cells: { values: string[]; share: number }[] = [{ values: [], share: 1 }];
  for (const margin of margins) {
    cells = cells.flatMap(({ values, share }) =>
      [...margin].map(([value, count]) => ({ values: [...values, value], share: (share * count) / total })),
    );
  }
  let statistic = 0;
  for (const { values, share } of cells) {
    const expected = share * total;
    if (expected > 0) statistic += ((counts.get(tableKey(values)) ?? 0) - expected) ** 2 / expected;
  }
  const degrees = cells.length - 1 - margins.reduce((sum, margin) => sum + margin.size - 1, 0);
  return degrees < 1 ? undefined : chiSquareSurvival(statistic, degrees);
}

/** The cosine between the observed counts and the baseline's. */
function scalarProduct(observed: ReadonlyMap<string, number>, baseline: CountTable): number | undefined {
  let product = 0;
  let left = 0;
  let right = 0;
  for (const count of observed.values()) left += count * count;
  for (const [key, count] of baseline.counts) {
    right += count * count;
    product += count * (observed.get(key) ?? 0);
  }
  return left === 0 || right === 0 ? undefined : product / Math.sqrt(left * right);
}
