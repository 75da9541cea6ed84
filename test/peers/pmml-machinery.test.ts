import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { evaluatorOf } from '../pmml/build.js';
import { type PeerAnswer, runJpmml } from './peers.js';
import { type Comparison, compare, type Difference } from './pmml-compare.js';
import { type DrawnDocument, drawDocument } from './pmml-machinery.js';
import { LISTED, VERIFIED } from './pmml-machinery-tables.js';

const DRAWN = 1500;

async function answersOf(documents: readonly DrawnDocument[]): Promise<PeerAnswer[][]> {
  const folder = mkdtempSync(join(tmpdir(), 'samescore-machinery-'));
  const jobs = documents.map(({ xml, rows }, index) => {
    const model = join(folder, `${index}.pmml`);
    writeFileSync(model, xml);
    return { model, rows };
  });
  const answers = await runJpmml(jobs);
  rmSync(folder, { recursive: true });
  return answers;
}

async function compared(documents: readonly DrawnDocument[]): Promise<Comparison[]> {
  const answers = await answersOf(documents);
  const encoder = new TextEncoder();
  return documents.map(({ name, xml, rows }, index) => compare(name, encoder.encode(xml), rows, answers[index] ?? []));
}

/** The engine loses the sign of a zero, so a division by it can go to the other infinity. */
const isOtherInfinity = ({ ours, theirs }: Difference): boolean =>
  typeof ours === 'number' && typeof theirs === 'number' && !Number.isFinite(ours) && ours === -theirs;

/** It refuses missing arguments, replaced values of other types and more; what it scores must agree. */
const isOpen = (difference: Difference): boolean => difference.theirError === undefined && !isOtherInfinity(difference);

/** How much was compared, how much the engine refused, and what differs. */
function summary(results: readonly Comparison[]) {
  const differences = results.flatMap((result) => result.differences);
  return {
    values: results.reduce((sum, { values }) => sum + values, 0),
    refused: differences.filter(({ theirError }) => theirError !== undefined).length,
    open: differences.filter(isOpen),
  };
}

// The bounds on what the engine answers and refuses keep the comparisons from becoming empty.
test('drawn documents score as JPMML-Evaluator scores them', async () => {
  const documents = Array.from({ length: DRAWN }, (_, seed) => drawDocument(seed));
  const { values, refused, open } = summary(await compared(documents));
  expect(values).toBeGreaterThan(45_000);
  expect(refused).toBeLessThan(3000);
  expect(open.length, JSON.stringify(open.slice(0, 5))).toBe(0);
});

test('listed texts, targets, scopes and rules score as JPMML-Evaluator scores them', async () => {
  const { values, refused, open } = summary(await compared(LISTED));
  expect(values).toBeGreaterThan(40_000);
  expect(refused).toBeLessThan(2000);
  expect(open.length, JSON.stringify(open.slice(0, 5))).toBe(0);
});

test('embedded verification passes and fails as in JPMML-Evaluator', async () => {
  const answers = await answersOf(VERIFIED);
  const differing = VERIFIED.filter(({ xml }, index) => {
    const answer = answers[index]?.[0];
    return evaluatorOf(xml).verify().ok !== (answer !== undefined && 'ok' in answer);
  });
  expect(VERIFIED.length).toBeGreaterThan(300);
  expect(differing.map(({ name }) => name)).toEqual([]);
});
