import { describe, expect, test } from 'vitest';
import { recordAt, type Table } from '../../../src/core/table.js';
import { csvLine, readCsv } from '../../../src/wire/rows/csv.js';
import { jsonText, readNdjson } from '../../../src/wire/rows/ndjson.js';
import { readParquet, writeParquet } from '../../../src/wire/rows/parquet.js';
import { readRows } from '../../../src/wire/rows/read.js';
import { tableOfRecords } from '../../../src/wire/rows/table-of-records.js';

const records = (table: Table) => Array.from({ length: table.length }, (_, row) => recordAt(table, row));
const bytes = (text: string) => new TextEncoder().encode(text);

describe('rows from CSV', () => {
  test('cells stay text, an empty cell is missing, quotes and line breaks are RFC 4180', () => {
    expect(records(readCsv('a,b\r\n1.0,"x, ""y""\nz"\r\n,2\r\n'))).toEqual([
      { a: '1.0', b: 'x, "y"\nz' },
      { a: null, b: '2' },
    ]);
  });
  test('the separator is found in the header, and a byte order mark is passed over', () => {
    expect(records(readCsv('\uFEFFa;"b,c"\n1;2\n'))).toEqual([{ a: '1', 'b,c': '2' }]);
  });
  test.each([
    ['', 'the file has no header line'],
    ['a,a\n1,2\n', 'the column "a" stands twice in the header'],
    ['a,b\n1\n', 'the row has 1 cells, the header 2'],
    ['a\n"1\n', /Quote Not Closed/],
  ])('%j is refused', (text, message) => {
    expect(() => readCsv(text)).toThrowError(message);
  });
  test('a written line reads back', () => {
    const cells = ['plain', ' blank ', 'a,b', 'say "hi"', 'two\nlines', 'x'];
    expect(records(readCsv(csvLine(['a', 'b', 'c', 'd', 'e', 'f']) + csvLine(cells)))).toEqual([
      Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map((name, i) => [name, cells[i]])),
    ]);
  });
});

describe('rows from JSON', () => {
  test('one object a line, or an array; absent and null are missing', () => {
    const wanted = [
      { a: 1, b: 'x' },
      { a: null, b: 'y' },
    ];
    expect(records(readNdjson('{"a":1,"b":"x"}\n\n{"b":"y"}\n'))).toEqual(wanted);
    expect(records(readNdjson(' [{"a":1,"b":"x"},{"a":null,"b":"y"}]'))).toEqual(wanted);
  });
  test('a broken line is named', () => {
    expect(() => readNdjson('{"a":1}\n{"a":\n')).toThrowError(
      expect.objectContaining({ code: 'rows/malformed', place: { line: 2 } }),
    );
    expect(() => readNdjson('[1]')).toThrowError('the row is not a JSON object');
  });
  test('lines of bare values are one column', () => {
    expect(records(readNdjson('1.5\n"a"\ntrue\n'))).toEqual([{ value: 1.5 }, { value: 'a' }, { value: true }]);
    expect(() => readNdjson('1\n{"a":1}')).toThrowError('the row is not a JSON object');
  });
  test('a name in .ndjson is believed', async () => {
    expect((await readRows(bytes('1.5\n2\n'), { fileName: 'rows.ndjson' })).length).toBe(2);
    expect((await readRows(bytes('1.5\n2\n'))).length).toBe(1);
    await expect(readRows(bytes(' \n'))).rejects.toThrowError('there are no rows');
  });
  test('numbers that JSON lacks are written as text, 64-bit integers with all digits', () => {
    expect(jsonText({ a: Number.NaN, b: -Infinity, c: 2n ** 62n, d: [1, null], e: true })).toBe(
      '{"a":"NaN","b":"-Infinity","c":4611686018427387904,"d":[1,null],"e":true}',
    );
  });
});

describe('rows from Parquet', () => {
  test('columns come back with their types, and vectors as one column an element', async () => {
    const table = tableOfRecords([
      { x: 1.5, s: 'a', b: true },
      { x: null, s: 'b', b: false },
    ]);
    expect(records(await readParquet(await writeParquet(table)))).toEqual(records(table));
  });
  test('hostile bytes end in an error, whatever they claim', async () => {
    await expect(readRows(bytes('PAR1 nothing of the kind PAR1'))).rejects.toMatchObject({ code: 'rows/malformed' });
  });
});

test('the kind of rows is told from their first bytes', async () => {
  expect(records(await readRows(bytes('a\n1\n')))).toEqual([{ a: '1' }]);
  expect(records(await readRows(bytes('{"a":1}')))).toEqual([{ a: 1 }]);
  expect(records(await readRows(await writeParquet(tableOfRecords([{ a: 'q' }]))))).toEqual([{ a: 'q' }]);
});
