import { describe, expect, test } from 'vitest';
import { PmmlEvaluator, readPmml } from '../../src/pmml/index.js';
import { answering, type Cells, type Product, products } from './producers.js';

interface Mismatch {
  readonly row: number;
  readonly column: string;
  readonly ours: unknown;
  readonly theirs: string;
  readonly inputs: string;
}

const isProbability = (column: string): boolean => /prob/i.test(column);

const byCodePoint = (left: string, right: string): number => (left < right ? -1 : Number(left > right));

function agrees(ours: unknown, theirs: string, column: string, tolerance: number): boolean {
  if (theirs === '') return ours === null || ours === undefined || (Array.isArray(ours) && ours.length === 0);
  const number = theirs === 'Infinity' ? Number.POSITIVE_INFINITY : Number(theirs);
  if (Array.isArray(ours)) return [...new Set(ours.map(String))].sort(byCodePoint).join('|') === theirs;
  if (typeof ours !== 'number' || Number.isNaN(number)) return String(ours) === theirs;
  if (ours === number) return true;
  const scale = isProbability(column) ? 1 : Math.max(Math.abs(ours), Math.abs(number));
  return Math.abs(ours - number) <= tolerance * scale;
}

function mismatches({ bytes, rows, source }: Product, expected: Cells): Mismatch[] {
  const evaluator = new PmmlEvaluator(readPmml(answering(bytes, true)));
  const isRules = source.model === 'AssociationModel';
  const found: Mismatch[] = [];
  rows.rows.forEach((cells, index) => {
    const row = index + 1;
    const inputs = rows.header.map((name, at): [string, string] => [name, cells[at] ?? '']);
    const given = inputs.filter(([, cell]) => cell !== '');
    const record = Object.fromEntries(isRules ? given.map(([name, cell]) => [name, cell.split('|')]) : given);
    const theirs = Object.fromEntries(expected.header.map((name, at) => [name, expected.rows[index]?.[at] ?? '']));
    let ours: Record<string, unknown>;
    try {
      ours = evaluator.evaluate(record);
      if (theirs.error === '1') ours = { error: 0 };
    } catch (error) {
      ours = { error: (error as { code?: string }).code ?? String(error) };
      if (theirs.error === '1') return;
    }
    for (const column of ours.error === undefined ? expected.header : ['error']) {
      if (column === 'error' && ours.error === undefined) continue;
      const settled = source.differs?.some(
        (entry) => (entry.rows?.includes(row) ?? true) && (entry.columns?.includes(column) ?? true),
      );
      if (settled || agrees(ours[column], theirs[column] ?? '', column, source.tolerance)) continue;
      found.push({ row, column, ours: ours[column], theirs: theirs[column] ?? '', inputs: JSON.stringify(record) });
    }
  });
  return found;
}

describe('PMML of other producers scores as the frameworks that trained the models', () => {
  const scored = products().flatMap((product): [string, Product, Cells][] =>
    product.expected === undefined ? [] : [[product.name, product, product.expected]],
  );

  test.each(scored)('%s', (_, product, expected) => {
    expect(product.rows.rows.length).toBeGreaterThanOrEqual(30);
    expect(expected.rows.length).toBe(product.rows.rows.length);
    const found = mismatches(product, expected);
    const where = [...new Set(found.map(({ row }) => row))].join(',');
    expect(found.length, `rows ${where}: ${JSON.stringify(found.slice(0, 4), null, 1)}`).toBe(0);
  });
});
