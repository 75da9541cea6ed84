import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { check, convert, type FormatName, loadRows, readModel, SamescoreError } from '../../src/index.js';

/** Files by R, Spark, H2O and others, moved to both other formats: the scores are the same, or the move is declined. */
const root = join(import.meta.dirname, '../../fixtures/producers');
const names = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap((producer) => readdirSync(join(root, producer.name)).map((name) => `${producer.name}/${name}`));

/** What neither is, with its reason. One that is the same, or declined, must leave this list. */
const LEDGER: Readonly<Record<string, readonly [outcome: RegExp, reason: string]>> = {
  'r/lm-air onnx': [/^differs/, 'one row near 0, where terms cancel: ONNX has no order of a sum of products'],
  'r/multinom-people onnx': [/^differs/, 'probabilities of float64 scores that ONNX adds in another order, 6 ULP'],
  'r/lrm-people onnx': [/^pmml\/value/, 'the document is invalid: texts as the values of a double target'],
  'r/lrm-people pfa': [/^pmml\/value/, 'the document is invalid: texts as the values of a double target'],
};

async function outcome(name: string, to: FormatName): Promise<string> {
  try {
    const model = readModel(readFileSync(join(root, name, 'model.pmml')), { name });
    const moved = readModel(convert(model, to).bytes(), { format: to });
    const rows = await loadRows(join(root, name, 'rows.csv'));
    return check(model, moved, { rows, generate: 100 }).same ? 'same' : 'differs';
  } catch (error) {
    if (error instanceof SamescoreError) return String(error.code);
    throw error;
  }
}

describe('files of other producers', () => {
  test('are there', () => expect(names.length).toBeGreaterThan(150));

  let same = 0;
  test.each(names)('%s', async (name) => {
    for (const to of ['onnx', 'pfa'] as const) {
      const found = await outcome(name, to);
      const known = LEDGER[`${name} ${to}`];
      if (found === 'same') same++;
      expect(found, `${name} ${to}`).toMatch(known === undefined ? /^same$|^convert\// : known[0]);
    }
  });

  test('half of the moves are made', () => expect(same).toBeGreaterThanOrEqual(160));
});
