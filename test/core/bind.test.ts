import { expect, test } from 'vitest';
import { bindColumns, scalarNames } from '../../src/core/bind.js';
import type { InputField } from '../../src/core/scorer.js';
import { tableOfText } from '../../src/core/table.js';

const inputs: InputField[] = [
  { name: 'X', type: 'float32', shape: [2], optional: true },
  { name: 'city', type: 'string', shape: [], optional: true },
];
const names = (header: readonly string[]) => [...bindColumns(tableOfText(header, [header]), inputs).columns.keys()];

test('the scalars of a vector that nobody named are counted from 1', () => {
  expect(scalarNames(inputs)).toEqual(['X_1', 'X_2', 'city']);
});

test('columns of other names bind in order where there are as many as scalars', () => {
  expect(names(['age', 'income', 'town'])).toEqual(['X_1', 'X_2', 'city']);
});

test('where any name fits, or the number does not, the rows stay as they are', () => {
  expect(names(['age', 'income', 'city'])).toEqual(['age', 'income', 'city']);
  expect(names(['age', 'income'])).toEqual(['age', 'income']);
});
