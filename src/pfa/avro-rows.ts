import { type Column, columnOf, type DataType, recordAt, type Table, type Value as TableValue } from '../core/table.js';
import { readAvroFile, writeAvroFile } from './data/avro-file.js';
import { fromPlain, toPlain } from './data/plain.js';
import { badAvro } from './datum-errors.js';
import { dataTypeOf, nonNull } from './scorer-inputs.js';
import {
  type AvroType,
  primitive,
  type RecordField,
  type RecordType,
  untagged,
  type Value,
  type ValueMap,
} from './types.js';

/**
 * The rows of an Avro object container file: a record's fields are the columns, values of another type the only column
 * `input`. A union of null and one type is that type with missing values; what has no column type is an object.
 */
export function readAvroRows(bytes: Uint8Array): Table {
  const { type, values } = readAvroFile(bytes);
  const columns = new Map<string, Column>();
  if (type.type !== 'record') columns.set('input', columnFor(type, values));
  else {
    for (const field of type.fields) {
      columns.set(
        field.name,
        columnFor(
          field.type,
          values.map((value) => (value as ValueMap)[field.name] as Value),
        ),
      );
    }
  }
  return { length: values.length, columns };
}

function columnFor(type: AvroType, values: readonly Value[]): Column {
  const inner = nonNull(type);
  const unwrap = type.type === 'union' && inner.type !== 'union';
  const plain = values.map((value) => toPlain(unwrap ? untagged(value) : value) as TableValue);
  return columnOf(dataTypeOf(inner), plain);
}

const AVRO_OF: Readonly<Partial<Record<DataType, AvroType>>> = {
  boolean: primitive('boolean'),
  int32: primitive('int'),
  int64: primitive('long'),
  float32: primitive('float'),
  float64: primitive('double'),
  string: primitive('string'),
};

/**
 * Rows as an Avro object container file of records; a column with missing values becomes a union with null, a vector an
 * array. Columns of objects and names that Avro does not allow end in pfa/bad-avro.
 */
export function writeAvroRows(table: Table, name = 'Row'): Uint8Array {
  const fields = [...table.columns].map(([column, of]): RecordField => {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(column)) badAvro(0, `"${column}" cannot be the name of a field`);
    return { name: column, type: avroOf(column, of), order: 'ascending' };
  });
  const type: RecordType = { type: 'record', name, namespace: '', fullName: name, fields };
  const values = Array.from({ length: table.length }, (_, row) => {
    const record = recordAt(table, row);
    const tagged = Object.fromEntries(fields.map((field) => [field.name, wrapped(record[field.name], field.type)]));
    return fromPlain(tagged, type);
  });
  return writeAvroFile(values, type);
}

function avroOf(name: string, column: Column): AvroType {
  const scalar = AVRO_OF[column.type];
  if (scalar === undefined) return badAvro(0, `the column "${name}" holds objects`);
  const missing = column.valid?.includes(0) ?? false;
  const items: AvroType = missing ? { type: 'union', branches: [primitive('null'), scalar] } : scalar;
  return column.shape.length === 0 ? items : { type: 'array', items };
}

function wrapped(value: unknown, type: AvroType): unknown {
  if (type.type === 'array') return (value as unknown[]).map((item) => wrapped(item, type.items));
  return type.type === 'union' && value !== null ? { [nonNull(type).type]: value } : value;
}
