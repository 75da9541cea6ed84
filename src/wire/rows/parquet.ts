import { type Column, type DataType, type Table, valueAt } from '../../core/table.js';
import { badRows } from './errors.js';
import { tableOfRecords } from './table-of-records.js';

/** Reads a whole Parquet file (uncompressed or Snappy). Raises rows/malformed. */
export async function readParquet(bytes: Uint8Array): Promise<Table> {
  const { parquetReadObjects } = await import('hyparquet');
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  try {
    return tableOfRecords(await parquetReadObjects({ file }));
  } catch (cause) {
    throw badRows(`not a readable Parquet file: ${(cause as Error).message}`);
  }
}

const PARQUET_TYPES: {
  readonly [T in DataType]: 'BOOLEAN' | 'INT32' | 'INT64' | 'FLOAT' | 'DOUBLE' | 'STRING' | 'JSON';
} = {
  boolean: 'BOOLEAN',
  int32: 'INT32',
  int64: 'INT64',
  float32: 'FLOAT',
  float64: 'DOUBLE',
  string: 'STRING',
  object: 'JSON',
};

/** Columns as Parquet; a vector column becomes one column an element, `name[0]`, `name[1]`, …. */
export async function writeParquet(table: Table): Promise<Uint8Array> {
  const { parquetWriteBuffer } = await import('hyparquet-writer');
  const columnData = [...table.columns].flatMap(([name, column]) =>
    Array.from({ length: column.width }, (_, index) => ({
      name: column.shape.length === 0 ? name : `${name}[${index}]`,
      type: PARQUET_TYPES[column.type],
      data: cells(column, table.length, index),
      nullable: true,
    })),
  );
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}

function cells(column: Column, length: number, index: number): unknown[] {
  return Array.from({ length }, (_, row) => valueAt(column, row, index));
}
