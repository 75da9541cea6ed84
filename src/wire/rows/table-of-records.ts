import { type Column, columnOf, type DataType, type Table, type Value } from '../../core/table.js';

/** The narrowest column type that holds a value without changing it. */
function typeOfValue(value: Exclude<Value, null>): DataType {
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') return 'float64';
  if (typeof value === 'bigint') return 'int64';
  return typeof value === 'string' ? 'string' : 'object';
}

/** A table of records: the columns are the names in order of appearance; an absent or null value is missing. */
export function tableOfRecords(records: readonly Readonly<Record<string, unknown>>[]): Table {
  const names = new Set<string>();
  for (const record of records) for (const name of Object.keys(record)) names.add(name);
  const columns = new Map<string, Column>();
  for (const name of names) {
    const values = records.map((record) => (record[name] ?? null) as Value);
    const types = new Set(values.flatMap((value) => (value === null ? [] : [typeOfValue(value)])));
    const only = types.size === 1 ? [...types][0]! : 'object';
    columns.set(name, columnOf(types.size === 0 ? 'string' : only, values));
  }
  return { length: records.length, columns };
}
