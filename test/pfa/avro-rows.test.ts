import avsc from 'avsc';
import { expect, test } from 'vitest';
import { columnOf, recordAt, type Table } from '../../src/core/table.js';
import { readAvroRows, writeAvroRows } from '../../src/pfa/index.js';

const table: Table = {
  length: 2,
  columns: new Map([
    ['flag', columnOf('boolean', [true, false])],
    ['count', columnOf('int32', [3, null])],
    ['large', columnOf('int64', [2n ** 60n, -1n])],
    ['single', columnOf('float32', [0.5, Math.fround(0.1)])],
    ['real', columnOf('float64', [null, 0.1])],
    ['text', columnOf('string', ['a', 'ä'])],
    ['vector', columnOf('float64', [1, 2, 3, 4], [2])],
  ]),
};

test('rows come back from an Avro file as they went in, vectors as objects', () => {
  const again = readAvroRows(writeAvroRows(table));
  expect([...again.columns].map(([name, { type }]) => [name, type])).toEqual([
    ['flag', 'boolean'],
    ['count', 'int32'],
    ['large', 'int64'],
    ['single', 'float32'],
    ['real', 'float64'],
    ['text', 'string'],
    ['vector', 'object'],
  ]);
  for (const row of [0, 1]) expect(recordAt(again, row)).toEqual(recordAt(table, row));
});

test('another reader reads them', async () => {
  const decoder = new avsc.streams.BlockDecoder();
  const seen: Record<string, unknown>[] = [];
  await new Promise<void>((resolve, reject) => {
    decoder.on('data', (value: Record<string, unknown>) => seen.push({ ...value }));
    decoder.on('end', resolve);
    decoder.on('error', reject);
    decoder.end(
      Buffer.from(
        writeAvroRows({ ...table, columns: new Map([...table.columns].filter(([name]) => name !== 'large')) }),
      ),
    );
  });
  expect(seen).toEqual([
    { flag: true, count: 3, single: 0.5, real: null, text: 'a', vector: [1, 2] },
    { flag: false, count: null, single: Math.fround(0.1), real: 0.1, text: 'ä', vector: [3, 4] },
  ]);
});

test('columns that Avro cannot hold are refused', () => {
  const bad = (name: string, values: object[]): Table => ({
    length: 1,
    columns: new Map([[name, columnOf('object', values)]]),
  });
  expect(() => writeAvroRows(bad('x', [{}]))).toThrow('the column "x" holds objects');
  expect(() => writeAvroRows(bad('x y', [{}]))).toThrow('"x y" cannot be the name of a field');
});
