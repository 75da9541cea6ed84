import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Outcome, readFunctionTests, readRecords, runFunctionTests, runRecords } from './support/conformance.js';

/** Tolerance at which quality is judged; the corpus itself asks for 1 %. */
const TOLERANCE = 1e-6;

/** What is known to fail, a reason each; lines are `name: reason`, indented lines and `#` are comments. */
const ledger = new Map(
  readFileSync(new URL('conformance-ledger.txt', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => {
      const at = line.indexOf(' | ');
      return [line.slice(0, at), line.slice(at + 3)] as const;
    }),
);

function judge(outcome: Outcome): void {
  const failed = new Set(outcome.failures.map(({ id }) => id));
  const unexpected = outcome.failures.filter(({ id }) => !ledger.has(id)).map(({ id, reason }) => `${id} | ${reason}`);
  expect(unexpected.slice(0, 25), `${unexpected.length} cases fail that the ledger does not name`).toEqual([]);
  const passing = [...ledger.keys()].filter((id) => outcome.ran.has(id) && !failed.has(id));
  expect(passing, 'these cases pass now and must leave the ledger').toEqual([]);
}

test('whole engines behave as recorded', () => {
  const outcome = runRecords(readRecords('titus-unit.open.jsonl'), TOLERANCE);
  expect(outcome.compared).toBeGreaterThan(500);
  judge(outcome);
});

test('numeric, ordering, text and state corner cases behave as recorded', () => {
  const outcome = runRecords(readRecords('edge-cases.open.jsonl'), TOLERANCE);
  expect(outcome.compared).toBeGreaterThan(500);
  judge(outcome);
});

test("library functions give the official tests' results", () => {
  const outcome = runFunctionTests(readFunctionTests('official-functions.open.json'), TOLERANCE);
  expect(outcome.compared).toBeGreaterThan(700);
  judge(outcome);
});

test('every reason in the ledger says something', () => {
  for (const [id, reason] of ledger) expect(reason.length, id).toBeGreaterThan(20);
});
