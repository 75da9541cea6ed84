import type { Element } from '../../../wire/xml/document.js';
import { arrayChild, arrayNumbers } from '../arrays.js';
import { numberAttribute, optionalNumber } from '../attributes.js';

/** The stored values of the series, in the order of their time or index: original ones, else logical ones. */
export function storedSeries(model: Element): number[] {
  const all = model.children('TimeSeries');
  const usage = (series: Element) => series.attribute('usage') ?? 'original';
  const series =
    all.find((candidate) => usage(candidate) === 'original') ?? all.find((candidate) => usage(candidate) === 'logical');
  return series === undefined ? [] : seriesValues(series);
}

export function seriesValues(series: Element): number[] {
  return series
    .children('TimeValue')
    .map((child, order) => ({
      at: optionalNumber(child, 'index') ?? optionalNumber(child, 'time') ?? order,
      order,
      value: numberAttribute(child, 'value'),
    }))
    .sort((a, b) => a.at - b.at || a.order - b.order)
    .map(({ value }) => value);
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
