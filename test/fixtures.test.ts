import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fixtures } from './peers/fixtures.js';

const root = resolve(import.meta.dirname, '../fixtures');

function bytesBelow(folder: string): number {
  let total = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    total += entry.isDirectory() ? bytesBelow(path) : statSync(path).size;
  }
  return total;
}

describe('fixtures', () => {
  const found = fixtures();

  test('every format and family is there', () => {
    const kinds = new Set(found.map(({ source }) => `${source.family} ${source.format}`));
    const families = ['tree', 'forest', 'boosting', 'xgboost', 'lightgbm', 'linear', 'pipeline'];
    const missing = families
      .flatMap((family) => ['onnx', 'pmml', 'pfa'].map((format) => `${family} ${format}`))
      .filter((kind) => !kinds.has(kind));
    expect(missing).toEqual([]);
  });

  test.each(found.map((fixture) => [fixture.name, fixture] as const))('%s is whole', (_, fixture) => {
    const { rows, expected, peer, source } = fixture;
    expect([rows.rows.length, expected.rows.length, peer.rows.length]).toEqual(Array(3).fill(source.rows));
    expect(source.rows).toBeGreaterThan(0);
    expect(source.rows).toBeLessThanOrEqual(200);
    for (const table of [rows, expected, peer]) {
      expect(table.rows.every((row) => row.length === table.header.length)).toBe(true);
    }
    expect(peer.header.every((name) => name === 'error' || expected.header.includes(name))).toBe(true);
  });

  test('the folder stays below 25 MB', () => {
    expect(bytesBelow(root)).toBeLessThan(25_000_000);
  });
});
