import type { Element } from '../../wire/xml/document.js';
import { badValue, invalidDocument } from '../errors.js';
import { integerAttribute, numberAttribute, optionalNumber } from './attributes.js';
import { parseNumber } from './values.js';

/**
 * The items of an Array's text. Blanks separate; an item in double quotes may hold blanks, and a quote or a
 * backslash behind a backslash.
 */
export function arrayItems(text: string): string[] {
  const items: string[] = [];
  const pattern = /"((?:[^"\\]|\\.)*)"|([^\s"]+)/g;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    items.push(match[1] === undefined ? match[2]! : match[1].replace(/\\(.)/g, '$1'));
  }
  return items;
}

/** How many numbers an array or a matrix may have that says its size without listing them. */
const MOST_ITEMS = 1e7;

/** Items of an `Array` as text. `n` is checked. */
export function arrayStrings(element: Element): string[] {
  const items = arrayItems(element.text());
  const n = element.attribute('n');
  if (n !== undefined && parseNumber(n) !== items.length) {
    throw invalidDocument(`the Array says that it has ${n} items and has ${items.length}`, element);
  }
  return items;
}

/** Numbers of an `Array`, or of a `REAL-SparseArray` / `INT-SparseArray` filled out to its length. */
export function arrayNumbers(element: Element): Float64Array {
  if (element.name.endsWith('SparseArray')) return sparseNumbers(element);
  const items = arrayStrings(element);
  const numbers = new Float64Array(items.length);
  items.forEach((item, index) => {
    const value = parseNumber(item);
    if (value === undefined) throw badValue(item, 'a number', element);
    numbers[index] = value;
  });
  return numbers;
}

/** The sparse array's own indices, from 0, and its entries; everything else is `defaultValue`. */
export function sparseEntries(element: Element): {
  indices: number[];
  values: number[];
  n: number;
  defaultValue: number;
} {
  const indices = arrayItems(element.child('Indices')?.text() ?? '').map((text) => Number(text) - 1);
  const entries = element.child('REAL-Entries') ?? element.child('INT-Entries');
  const values = arrayItems(entries?.text() ?? '').map((text) => {
    const value = parseNumber(text);
    if (value === undefined) throw badValue(text, 'a number', element);
    return value;
  });
  if (indices.length !== values.length) {
    throw invalidDocument(`the sparse array has ${indices.length} indices and ${values.length} entries`, element);
  }
  const least = indices.reduce((most, index) => Math.max(most, index + 1), 0);
  const n = optionalNumber(element, 'n') ?? least;
  if (!Number.isInteger(n) || n < least || n > MOST_ITEMS || indices.some((index) => !(index >= 0))) {
    throw invalidDocument('the indices of the sparse array do not fit its length', element);
  }
  return { indices, values, n, defaultValue: numberAttribute(element, 'defaultValue', 0) };
}

function sparseNumbers(element: Element): Float64Array {
  const { indices, values, n, defaultValue } = sparseEntries(element);
  const numbers = new Float64Array(n).fill(defaultValue);
  indices.forEach((index, i) => {
    numbers[index] = values[i]!;
  });
  return numbers;
}

/** The first array child (dense or sparse), if there is one. */
export function arrayChild(element: Element): Element | undefined {
  return element.children().find((child) => child.name === 'Array' || child.name.endsWith('SparseArray'));
}

/**
 * Rows of a `Matrix` of any kind: diagonal and symmetric ones are filled out; cells without an entry are
 * `offDiagDefault`, on the diagonal `diagDefault`, else 0.
 */
export function matrixRows(element: Element): Float64Array[] {
  const kind = element.attribute('kind') ?? 'any';
  const arrays = element.children().filter((child) => child.name === 'Array' || child.name.endsWith('SparseArray'));
  const cells = element.children('MatCell');
  const numbers = arrays.map(arrayNumbers);
  let rows = integerAttribute(element, 'nbRows', 0);
  let columns = integerAttribute(element, 'nbCols', 0);
  if (kind === 'diagonal' && numbers.length === 1) rows = columns = Math.max(rows, columns, numbers[0]!.length);
  else {
    rows = Math.max(rows, numbers.length);
    for (const row of numbers) columns = Math.max(columns, row.length);
    if (kind === 'symmetric') rows = columns = Math.max(rows, columns);
  }
  for (const cell of cells) {
    rows = Math.max(rows, integerAttribute(cell, 'row'));
    columns = Math.max(columns, integerAttribute(cell, 'col'));
  }
  if (rows * columns > MOST_ITEMS) throw invalidDocument('the matrix is too large', element);
  const diagonal = numberAttribute(element, 'diagDefault', 0);
  const off = numberAttribute(element, 'offDiagDefault', 0);
  const matrix = Array.from({ length: rows }, (_, i) =>
    Float64Array.from({ length: columns }, (_, j) => (i === j ? diagonal : off)),
  );
  const put = (i: number, j: number, value: number) => {
    const row = matrix[i];
    if (row === undefined || !(j >= 0 && j < columns)) throw invalidDocument('a cell lies outside the matrix', element);
    row[j] = value;
    if (kind === 'symmetric') matrix[j]![i] = value;
  };
  if (kind === 'diagonal' && numbers.length === 1) for (const [i, value] of numbers[0]!.entries()) put(i, i, value);
  else for (const [i, row] of numbers.entries()) for (const [j, value] of row.entries()) put(i, j, value);
  for (const cell of cells) {
    const value = parseNumber(cell.text());
    if (value === undefined) throw badValue(cell.text(), 'a number', cell);
    put(integerAttribute(cell, 'row') - 1, integerAttribute(cell, 'col') - 1, value);
  }
  return matrix;
}
