import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { liftPmml } from '../../../src/convert/from-pmml/index.js';
import { LIFTERS } from '../../../src/convert/from-pmml/model.js';
import { lowerToPmml } from '../../../src/convert/to-pmml/index.js';
import { SamescoreError } from '../../../src/core/errors.js';
import type { Program } from '../../../src/ir/nodes.js';
import { type PmmlDocument, PmmlEvaluator, readPmml, writePmml } from '../../../src/pmml/index.js';
import { matches } from '../../pmml/conformance-case.js';
import { type Case, conformanceCases, fits, meaningOf, type Results, type Row, rowsOf, run, runs } from './cases.js';

/** Cases that are declined, with the code: `case: code` a line. One that is converted must leave the ledger. */
const ledger = new Map(
  readFileSync(new URL('./declined.txt', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => line.split(': ') as [string, string]),
);

function resultOf(results: Results, meaning: Exclude<ReturnType<typeof meaningOf>, undefined>): unknown {
  if (meaning.kind === 'probability') return results.probabilities.get(meaning.category);
  return meaning.kind === 'output' ? results.outputs.get(meaning.name) : results.prediction;
}

/** Compares what a program or document says for each row with what the case's source says. */
function compare(one: Case, document: PmmlDocument, program: Program, score: (row: Row) => Results) {
  const failures: string[] = [];
  let comparisons = 0;
  const rows = rowsOf(one);
  one.expected.records!.forEach((record, index) => {
    const row = rows[index]!;
    if (!fits(program, row)) return;
    const results = score(row);
    for (const [name, wanted] of Object.entries(record)) {
      const meaning = meaningOf(document, program, name);
      if (meaning === undefined) continue;
      comparisons++;
      if (meaning.kind === 'error') {
        if (results.prediction !== null) failures.push(`record ${index + 1} did not fail`);
        continue;
      }
      const got = resultOf(results, meaning) ?? null;
      // A NaN that an expression makes is missing in the program.
      const same =
        (wanted === 'NaN' && got === null) ||
        matches(wanted, got, one.expected.tolerance ?? 1e-9) ||
        String(wanted) === String(got);
      if (!same) failures.push(`record ${index + 1} ${name}: expected ${wanted}, got ${got}`);
    }
  });
  return { failures: failures.slice(0, 5), comparisons };
}

/** What an evaluator says, in the same shape; an error is a row without results. */
function scored(document: PmmlDocument, program: Program): (row: Row) => Results {
  const evaluator = new PmmlEvaluator(document);
  return (row) => {
    const none = { prediction: null, probabilities: new Map(), outputs: new Map() };
    let result: Record<string, unknown>;
    try {
      result = evaluator.evaluate(row);
    } catch (error) {
      if (error instanceof SamescoreError) return none;
      throw error;
    }
    const categories = program.outputs.flatMap((output) => output.categories ?? []);
    return {
      prediction: result['$predictedValue'] ?? null,
      probabilities: new Map(categories.map((category) => [category, result[`probability(${category})`]])),
      outputs: new Map(Object.entries(result)),
    };
  };
}

const cases = conformanceCases();
let compared = 0;

test.each(cases.map((one) => [one.name, one] as const))('%s', (name, one) => {
  const reason = ledger.get(name);
  let program: Program;
  const document = readPmml(readFileSync(join(one.folder, 'model.pmml')));
  try {
    program = liftPmml(document);
  } catch (error) {
    expect(error).toBeInstanceOf(SamescoreError);
    const { code, message } = error as SamescoreError;
    // Whole model elements need no entry: the table of those that are lifted says it.
    if (code === 'convert/model')
      expect(Object.keys(LIFTERS).some((element) => message.includes(` ${element} `))).toBe(false);
    else expect(code, message).toBe(reason);
    return;
  }
  expect(reason?.startsWith('convert/') ?? false, `${name} is converted now: take it out of the ledger`).toBe(false);
  if (runs(program)) {
    const lifted = compare(one, document, program, (row) => run(program, row));
    expect(lifted.failures).toEqual([]);
    compared += lifted.comparisons;
  }
  let lowered: PmmlDocument;
  try {
    lowered = lowerToPmml(program);
  } catch (error) {
    expect(`lower ${(error as SamescoreError).code}`).toBe(reason);
    return;
  }
  expect(reason, `${name} is written now: take it out of the ledger`).toBeUndefined();
  const again = readPmml(Buffer.concat([...writePmml(lowered)]));
  expect(compare(one, document, program, scored(again, program)).failures).toEqual([]);
});

test('the cases hold predictions to compare', () => {
  expect(cases.length).toBeGreaterThan(0);
  expect(compared).toBeGreaterThan(400);
});
