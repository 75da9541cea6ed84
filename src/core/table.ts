import { SamescoreError } from './errors.js';

/**
 * Types of a column. `object` holds structured values as they are (PFA arrays and records, ONNX sequences).
 * Dates and times stay text until a format's own rules parse them.
 */
export type DataType = 'boolean' | 'int32' | 'int64' | 'float32' | 'float64' | 'string' | 'object';

export interface ColumnValues {
  boolean: Uint8Array;
  int32: Int32Array;
  int64: BigInt64Array;
  float32: Float32Array;
  float64: Float64Array;
  string: string[];
  object: unknown[];
}

/**
 * A column of `length` rows, each row `width` values (a vector of an ONNX matrix); scalars have width 1 and shape [].
 * `valid[row * width + i]` is 0 where a value is missing; null means that nothing is missing.
 */
export interface Column<T extends DataType = DataType> {
  readonly type: T;
  readonly shape: readonly number[];
  readonly width: number;
  readonly values: ColumnValues[T];
  readonly valid: Uint8Array | null;
}

/** Rows, stored by column; the order of the columns is the order of the source. */
export interface Table {
  readonly length: number;
  readonly columns: ReadonlyMap<string, Column>;
}

/** One value of a row as a plain JavaScript value: null is missing, int64 is a bigint. */
export type Value = null | boolean | number | bigint | string | object;

export function widthOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

export function newValues<T extends DataType>(type: T, count: number): ColumnValues[T] {
  const make: { [K in DataType]: () => ColumnValues[K] } = {
    boolean: () => new Uint8Array(count),
    int32: () => new Int32Array(count),
    int64: () => new BigInt64Array(count),
    float32: () => new Float32Array(count),
    float64: () => new Float64Array(count),
    string: () => new Array<string>(count).fill(''),
    object: () => new Array<unknown>(count).fill(null),
  };
  return make[type]() as ColumnValues[T];
}

/** A column from plain values, `width` of them a row; null and undefined are missing. Numbers are rounded to the type. */
export function columnOf(
  type: DataType,
  values: readonly (Value | undefined)[],
  shape: readonly number[] = [],
): Column {
  const target = newValues(type, values.length) as unknown as Value[];
  let valid: Uint8Array | null = null;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value === null || value === undefined) {
      valid ??= new Uint8Array(values.length).fill(1);
      valid[i] = 0;
    } else if (type === 'int64') target[i] = BigInt(value as bigint | number);
    else if (type === 'boolean') target[i] = value ? 1 : 0;
    else target[i] = value;
  }
  return { type, shape, width: widthOf(shape), values: target as never, valid };
}

/** The value at `row` (and at `index` inside a vector): null where missing, a boolean for boolean columns. */
export function valueAt(column: Column, row: number, index = 0): Value {
  const at = row * column.width + index;
  if (column.valid !== null && column.valid[at] === 0) return null;
  const value = column.values[at] as Exclude<Value, null>;
  return column.type === 'boolean' ? value !== 0 : value;
}

/** All values of a row: name → value, or name → array for a column wider than a scalar. */
export function recordAt(table: Table, row: number): Record<string, Value> {
  const record: Record<string, Value> = {};
  for (const [name, column] of table.columns) {
    record[name] =
      column.shape.length === 0
        ? valueAt(column, row)
        : Array.from({ length: column.width }, (_, index) => valueAt(column, row, index));
  }
  return record;
}

/** A table of text columns, as CSV gives it: an empty cell is missing. */
export function tableOfText(names: readonly string[], rows: readonly (readonly string[])[]): Table {
  const columns = new Map<string, Column>();
  names.forEach((name, index) => {
    columns.set(
      name,
      columnOf(
        'string',
        rows.map((row) => (row[index] === '' || row[index] === undefined ? null : row[index])),
      ),
    );
  });
  return { length: rows.length, columns };
}

export function columnNamed(table: Table, name: string): Column {
  const column = table.columns.get(name);
  if (column === undefined) {
    throw new SamescoreError('core/no-column', 'invalid', `the rows have no column "${name}"`, {
      place: { field: name },
      hint: `they have ${[...table.columns.keys()]
        .slice(0, 20)
        .map((other) => JSON.stringify(other))
        .join(', ')}`,
    });
  }
  return column;
}
