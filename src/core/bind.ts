import { elementNamesOf, type InputField } from './scorer.js';
import { type Column, columnOf, type Table, type Value, widthOf } from './table.js';

/** The names of all scalars that the inputs take, vectors element by element. */
export function scalarNames(inputs: readonly InputField[]): string[] {
  return inputs.flatMap((input) => (input.shape.length === 0 ? [input.name] : elementNamesOf(input)));
}

/**
 * Rows whose columns have the names of the inputs: as they are where any name fits, else, where there are as many
 * columns as scalars, renamed in order. A model whose inputs nobody named (`X_1`, `X_2`) binds to any table so.
 */
export function bindColumns(rows: Table, inputs: readonly InputField[]): Table {
  if (rows.length === 0 && rows.columns.size === 0) return noRows(inputs);
  return named(withVectors(rows, inputs), inputs);
}

/** No rows of no columns, as an empty list of records has them, fit every model. */
function noRows(inputs: readonly InputField[]): Table {
  return { length: 0, columns: new Map(inputs.map(({ name, type, shape }) => [name, columnOf(type, [], shape)])) };
}

/** Lists of numbers, as JSON rows have them, become the vector that the input takes; other lists stay. */
function withVectors(rows: Table, inputs: readonly InputField[]): Table {
  const columns = new Map(rows.columns);
  for (const { name, shape } of inputs) {
    const column = rows.columns.get(name);
    if (column?.type !== 'object' || shape.length === 0) continue;
    const width = widthOf(shape);
    const lists = (column.values as readonly unknown[]).map((value) =>
      Array.isArray(value) ? (value.flat(Number.POSITIVE_INFINITY) as Value[]) : [],
    );
    if (lists.some((list) => list.length !== width)) continue;
    const cells = lists.flat();
    const type = cells.every((cell) => typeof cell === 'number' || cell === null) ? 'float64' : 'object';
    columns.set(name, columnOf(type, cells, shape));
  }
  return { length: rows.length, columns };
}

function named(rows: Table, inputs: readonly InputField[]): Table {
  const names = scalarNames(inputs);
  const known = names.some((name) => rows.columns.has(name)) || inputs.some(({ name }) => rows.columns.has(name));
  if (known || rows.columns.size !== names.length) return rows;
  const columns = new Map<string, Column>([...rows.columns.values()].map((column, index) => [names[index]!, column]));
  return { length: rows.length, columns };
}
