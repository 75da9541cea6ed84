import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { type Column, recordAt, tableOfText } from '../../src/core/table.js';
import { ulpDistance } from '../../src/core/ulp.js';
import { onnxScorer, readOnnx } from '../../src/onnx/index.js';

const FIXTURES = join(import.meta.dirname, '../../fixtures');

const cases = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('model.onnx'))
  .map((path) => path.replaceAll('\\', '/').replace('/model.onnx', ''))
  .filter((path) => existsSync(join(FIXTURES, path, 'peer.csv')));

function csv(path: string): Record<string, string>[] {
  return parse(readFileSync(path), { columns: true }) as Record<string, string>[];
}

/** The outputs of a row under the names that peer.csv uses: label, value, probability:CLASS. */
function named(
  scorer: ReturnType<typeof onnxScorer>,
  columns: ReadonlyMap<string, Column>,
  row: number,
  length: number,
) {
  const record = recordAt({ length, columns }, row);
  const result: Record<string, unknown> = {};
  for (const field of scorer.signature.outputs) {
    const value = record[field.name];
    if (field.categories === undefined)
      result[field.category === undefined ? field.role : `${field.role}:${field.category}`] = value;
    else
      field.categories.forEach((category, i) => {
        result[`${field.role}:${category}`] = (value as unknown[])[i];
      });
  }
  return result;
}

/** Single precision agrees bit for bit; in double precision the engine's vectorised exponential differs in its last bits. */
const ULPS = { 32: 0, 64: 2 } as const;

test('the fixtures are there', () => {
  expect(cases.length).toBeGreaterThan(0);
});

test.each(cases)('%s scores as ONNX Runtime does', (path) => {
  const folder = join(FIXTURES, path);
  const scorer = onnxScorer(readOnnx(readFileSync(join(folder, 'model.onnx'))));
  const text = csv(join(folder, 'rows.csv'));
  const peer = csv(join(folder, 'peer.csv'));
  const names = Object.keys(text[0]!);
  const rows = tableOfText(
    names,
    text.map((row) => names.map((name) => row[name]!)),
  );
  const { table, errors } = scorer.score(rows);
  let compared = 0;
  peer.forEach((expected, row) => {
    const got = named(scorer, table.columns, row, table.length);
    for (const [name, want] of Object.entries(expected)) {
      if (name === 'error') {
        expect(errors.has(row), `row ${row + 1} fails`).toBe(want === '1');
        continue;
      }
      const place = `${name}, row ${row + 1}: ${String(got[name])} against ${want}`;
      expect(got, `output ${name}`).toHaveProperty([name]);
      if (want === '') continue;
      compared++;
      const value = got[name];
      if (typeof value !== 'number') expect(String(value), place).toBe(want);
      else {
        const width = scorer.signature.outputs.some((field) => field.type === 'float64') ? 64 : 32;
        expect(ulpDistance(value, Number(want), width), place).toBeLessThanOrEqual(ULPS[width]);
      }
    }
  });
  expect(compared).toBeGreaterThan(0);
});
