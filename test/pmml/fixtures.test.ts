import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { type Column, tableOfText, valueAt } from '../../src/core/table.js';
import { ulpDistance } from '../../src/core/ulp.js';
import { pmmlScorer, readPmml, writePmml } from '../../src/pmml/index.js';

interface Source {
  format: string;
  model: string;
  tolerance: { kind: 'exact' | 'ulp' | 'rel' | 'abs'; value: number };
  peer: { type: 'float32' | 'float64'; errors?: Record<string, unknown> };
}

const root = fileURLToPath(new URL('../../fixtures/', import.meta.url));
const families = ['tree', 'forest', 'boosting', 'xgboost', 'lightgbm', 'linear', 'pipeline'];
const folders = families
  .flatMap((family) => readdirSync(join(root, family)).map((name) => `${family}/${name}`))
  .filter((name) => existsSync(join(root, name, 'source.json')) && existsSync(join(root, name, 'peer.csv')))
  .filter((name) => JSON.parse(readFileSync(join(root, name, 'source.json'), 'utf8')).format === 'pmml');

const csv = (path: string): string[][] => parse(readFileSync(path, 'utf8')) as string[][];

function close(expected: string, actual: unknown, { tolerance, peer }: Source): boolean {
  if (expected === '') return actual === null;
  if (typeof actual !== 'number') return String(actual) === expected;
  const wanted = Number(expected);
  if (Object.is(wanted, actual) || wanted === actual) return true;
  // Java and V8 round exp differently: an exact tolerance holds between the framework and the engine alone.
  const ulps = tolerance.kind === 'ulp' ? Math.max(tolerance.value, 4) : 4;
  if (ulpDistance(wanted, actual, peer.type === 'float32' ? 32 : 64) <= ulps) return true;
  // A small probability is often what is left of 1, and carries the rounding of 1.
  if (Math.abs(wanted) < 1 && Math.abs(wanted - actual) <= 4 * (peer.type === 'float32' ? 2 ** -23 : Number.EPSILON))
    return true;
  if (tolerance.kind === 'exact' || tolerance.kind === 'ulp') return false;
  const distance = Math.abs(wanted - actual);
  return distance <= tolerance.value * (tolerance.kind === 'abs' ? 1 : Math.abs(wanted));
}

/** Answers of JPMML-Evaluator on the file itself, within the tolerance that was measured against the framework. */
describe('fixtures', () => {
  test('there are some', () => {
    expect(folders.length).toBeGreaterThan(20);
  });

  test.each(folders)('%s scores as JPMML-Evaluator does', (name) => {
    const folder = join(root, name);
    const source = JSON.parse(readFileSync(join(folder, 'source.json'), 'utf8')) as Source;
    const document = readPmml(readFileSync(join(folder, source.model)));
    const scorer = pmmlScorer(document);
    const [header, ...rows] = csv(join(folder, 'rows.csv'));
    const [columns, ...expected] = csv(join(folder, 'peer.csv'));
    const { table, errors } = scorer.score(tableOfText(header!, rows));
    const { outputs } = scorer.signature;
    const find = (name: string): Column => {
      const [role, category] = name.split(/:(.*)/s);
      const output = outputs.find(
        (field) => field.role === role && (category === undefined || field.category === category),
      );
      if (output === undefined) throw new Error(`no output for ${name}: ${JSON.stringify(outputs)}`);
      return table.columns.get(output.name)!;
    };
    const failures: string[] = [];
    expected.forEach((cells, row) => {
      const failed = cells[columns!.indexOf('error')] === '1';
      if (failed !== errors.has(row)) {
        failures.push(`row ${row + 1}: ${failed ? 'it did not fail' : errors.get(row)?.message}`);
        return;
      }
      if (failed) return;
      columns!.forEach((column, index) => {
        if (column === 'error') return;
        const value = valueAt(find(column), row);
        const actual = typeof value === 'bigint' ? Number(value) : value;
        if (!close(cells[index]!, actual, source))
          failures.push(`row ${row + 1} ${column}: expected ${cells[index]}, got ${String(actual)}`);
      });
    });
    expect(failures.slice(0, 5)).toEqual([]);
    expect(expected.length).toBe(rows.length);
  });

  test.each(folders)('%s reads back what is written', (name) => {
    const first = readPmml(readFileSync(join(root, name, 'model.pmml')));
    const bytes = Buffer.concat([...writePmml(first)]);
    expect(Buffer.concat([...writePmml(readPmml(bytes))]).equals(bytes)).toBe(true);
  });
});
