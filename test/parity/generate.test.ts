import { describe, expect, test } from 'vitest';
import type { Signature } from '../../src/core/scorer.js';
import { columnNamed, recordAt, valueAt } from '../../src/core/table.js';
import { nextDown64, nextUp64 } from '../../src/core/ulp.js';
import { generateRows } from '../../src/parity/generate.js';

const signature: Signature = {
  inputs: [
    { name: 'X', type: 'float32', shape: [2], optional: false, elementNames: ['age', 'income'] },
    { name: 'city', type: 'string', shape: [], optional: true, values: ['Oslo', 'Riga'] },
    { name: 'count', type: 'int64', shape: [], optional: false, intervals: [{ low: 0, high: 10 }] },
  ],
  outputs: [],
};
const landmarks = new Map([['age', [37.5]]]);

function columnValues(name: string, rows = 400, seed = 1): unknown[] {
  const table = generateRows(signature, landmarks, { rows, seed });
  return Array.from({ length: table.length }, (_, row) => valueAt(columnNamed(table, name), row));
}

describe('generated rows', () => {
  test('stand on every landmark and on the next double and float32 on either side', () => {
    const ages = columnValues('age');
    expect(ages).toEqual(
      expect.arrayContaining([37.5, nextUp64(37.5), nextDown64(37.5), 37.500003814697266, 37.499996185302734]),
    );
  });

  test('hold every category, an unseen one, and missing where the field may be missing', () => {
    const cities = new Set(columnValues('city'));
    expect(cities).toEqual(new Set(['Oslo', 'Riga', 'samescore unseen category', null]));
    expect(columnValues('count')).not.toContain(null);
  });

  test('give whole numbers to integer fields, ends of intervals among them', () => {
    const counts = columnValues('count') as number[];
    expect(counts.every(Number.isInteger)).toBe(true);
    expect(counts).toEqual(expect.arrayContaining([0, 10, -1, 11]));
  });

  test('are the same for the same seed and others for another', () => {
    const rows = (seed: number) => recordAt(generateRows(signature, landmarks, { rows: 50, seed }), 49);
    expect(rows(7)).toEqual(rows(7));
    expect(rows(7)).not.toEqual(rows(8));
  });

  test('cannot be made for structured inputs', () => {
    const structured: Signature = {
      inputs: [{ name: 'input', type: 'object', shape: [], optional: false }],
      outputs: [],
    };
    expect(() => generateRows(structured, new Map(), { rows: 1, seed: 0 })).toThrowError(
      'rows cannot be generated for an input with structure',
    );
  });
});
