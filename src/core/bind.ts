import { elementNamesOf, type InputField } from './scorer.js';
import type { Column, Table } from './table.js';

/** The names of all scalars that the inputs take, vectors element by element. */
export function scalarNames(inputs: readonly InputField[]): string[] {
  return inputs.flatMap((input) => (input.shape.length === 0 ? [input.name] : elementNamesOf(input)));
}

/**
 * Rows whose columns have the names of the inputs: as they are where any name fits, else, where there are as many
 * columns as scalars, renamed in order. A model whose inputs nobody named (`X_1`, `X_2`) binds to any table so.
 */
export function bindColumns(rows: Table, inputs: readonly InputField[]): Table {
  const names = scalarNames(inputs);
  const known = names.some((name) => rows.columns.has(name)) || inputs.some(({ name }) => rows.columns.has(name));
  if (known || rows.columns.size !== names.length) return rows;
  const columns = new Map<string, Column>([...rows.columns.values()].map((column, index) => [names[index]!, column]));
  return { length: rows.length, columns };
}
