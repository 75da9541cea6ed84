import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runJpmml } from './peers.js';
import { compare, type Difference } from './pmml-compare.js';
import { drawDocument } from './pmml-machinery.js';

const COUNT = 2500;

/** The engine loses the sign of a zero, so a division by it can go to the other infinity. */
const isOtherInfinity = ({ ours, theirs }: Difference): boolean =>
  typeof ours === 'number' && typeof theirs === 'number' && !Number.isFinite(ours) && ours === -theirs;

/** It refuses missing arguments, replaced values of other types and more; what it scores must agree. */
const isOpen = (difference: Difference): boolean => difference.theirError === undefined && !isOtherInfinity(difference);

test('drawn documents score as JPMML-Evaluator scores them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'samescore-machinery-'));
  const documents = Array.from({ length: COUNT }, (_, seed) => drawDocument(seed));
  const jobs = documents.map(({ xml, rows }, index) => {
    const model = join(folder, `${index}.pmml`);
    writeFileSync(model, xml);
    return { model, rows };
  });
  const answers = await runJpmml(jobs);
  rmSync(folder, { recursive: true });
  const encoder = new TextEncoder();
  const results = documents.map(({ name, xml, rows }, index) =>
    compare(name, encoder.encode(xml), rows, answers[index] ?? []),
  );
  const differences = results.flatMap((result) => result.differences);
  const open = differences.filter(isOpen);
  const refusals = differences.filter(({ theirError }) => theirError !== undefined);
  // The engine must have answered most rows, or the comparison says little.
  expect(results.reduce((sum, { values }) => sum + values, 0)).toBeGreaterThan(75_000);
  expect(refusals.length).toBeLessThan(5000);
  expect(open.length, JSON.stringify(open.slice(0, 5))).toBe(0);
});
