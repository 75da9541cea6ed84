import type { Element } from '../../../wire/xml/document.js';
import { arrayChild, arrayNumbers } from '../arrays.js';
import { numberAttribute, optionalNumber } from '../attributes.js';

/** Values in the order of their index or time; `at` is undefined where a value has neither. */
export interface StoredSeries {
  readonly values: readonly number[];
  readonly at: readonly (number | undefined)[];
  /** `endTime`, else where the last value stands. */
  readonly end: number | undefined;
}

export const NO_SERIES: StoredSeries = { values: [], at: [], end: undefined };

export function readSeries(series: Element): StoredSeries {
  const all = series
    .children('TimeValue')
    .map((child, order) => ({
      at: optionalNumber(child, 'index') ?? optionalNumber(child, 'time'),
      order,
      value: numberAttribute(child, 'value'),
    }))
    .sort((a, b) => (a.at ?? a.order) - (b.at ?? b.order) || a.order - b.order);
  const at = all.map((entry) => entry.at);
  return { values: all.map(({ value }) => value), at, end: at.at(-1) ?? optionalNumber(series, 'endTime') };
}

/** The series of one usage: that of the field, else the one without a field. */
function seriesOf(model: Element, usage: string, field: string | undefined): Element | undefined {
  const all = model.children('TimeSeries').filter((series) => (series.attribute('usage') ?? 'original') === usage);
  return (
    (field === undefined ? undefined : all.find((series) => series.attribute('field') === field)) ??
    all.find((series) => series.attribute('field') === undefined)
  );
}

/** The names of the target fields. */
export function targetFields(model: Element): string[] {
  const fields = model.child('MiningSchema')?.children('MiningField') ?? [];
  return fields
    .filter((field) => ['target', 'predicted'].includes(field.attribute('usageType') ?? 'active'))
    .map((field) => field.attribute('name') ?? '');
}

/** The stored series of a field, by default the first target: the original one, else the logical one. */
export function storedSeries(model: Element, field?: string): StoredSeries {
  const name = field ?? targetFields(model)[0];
  const series = seriesOf(model, 'original', name) ?? seriesOf(model, 'logical', name);
  if (series !== undefined) return readSeries(series);
  // A series of a field that is no field of the model stands for the only target.
  const other = field === undefined ? model.children('TimeSeries').find(isHistory) : undefined;
  return other === undefined ? NO_SERIES : readSeries(other);
}

function isHistory(series: Element): boolean {
  return series.attribute('usage') !== 'prediction';
}

/** The predictions that the document stores, those after the end of the history. */
export function storedPredictions(model: Element, field?: string): number[] {
  const series = seriesOf(model, 'prediction', field ?? targetFields(model)[0]);
  if (series === undefined) return [];
  const { values, at } = readSeries(series);
  const { end } = storedSeries(model, field);
  return values.filter((_, i) => end === undefined || (at[i] ?? Number.POSITIVE_INFINITY) > end);
}

/** The numbers of the Array inside of a child element; empty where there is none. */
export function numbersIn(element: Element | undefined, ...path: readonly string[]): number[] {
  let at = element;
  for (const name of path) at = at?.child(name);
  const array = at === undefined ? undefined : arrayChild(at);
  return array === undefined ? [] : [...arrayNumbers(array)];
}

/** `transformation` of a series before it was modelled, and its inverse. */
export const TRANSFORMATIONS: Readonly<
  Record<'none' | 'logarithmic' | 'squareroot', { apply: (x: number) => number; invert: (x: number) => number }>
> = {
  none: { apply: (x) => x, invert: (x) => x },
  logarithmic: { apply: Math.log, invert: Math.exp },
  squareroot: { apply: Math.sqrt, invert: (x) => x * x },
};

export const TRANSFORMATION_NAMES = ['none', 'logarithmic', 'squareroot'] as const;
