import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ulpDistance } from '../../../src/core/ulp.js';
import { PmmlEvaluator, readPmml } from '../../../src/pmml/index.js';

/**
 * Small documents of every shape, scored by JPMML-Evaluator 1.7.7 (through peers/jpmml). A record is [input, answers];
 * null answers mean that JPMML refuses the record because a field or the result is missing, where we give no result.
 */
interface Case {
  readonly name: string;
  readonly pmml: string;
  readonly records: readonly (readonly [Record<string, string>, Record<string, unknown> | null])[];
}

const folder = join(import.meta.dirname, 'jpmml');
const files = readdirSync(folder).filter((file) => file.endsWith('.ndjson'));
const ROUNDING_ULPS = 64;
let compared = 0;

function expectSame(actual: unknown, wanted: unknown, what: string): void {
  compared++;
  if (typeof wanted === 'number' && typeof actual === 'number') {
    expect(ulpDistance(actual, wanted, 64), `${what}: ${actual} against ${wanted}`).toBeLessThanOrEqual(ROUNDING_ULPS);
  } else expect(Number.isNaN(actual) ? 'NaN' : (actual ?? null), what).toEqual(wanted);
}

describe('models score as JPMML-Evaluator scores them', () => {
  it('has cases', () => expect(files.length).toBeGreaterThan(8));
  for (const file of files) {
    for (const line of readFileSync(join(folder, file), 'utf8').trim().split('\n')) {
      const { name, pmml, records } = JSON.parse(line) as Case;
      it(name, () => {
        expect(records.length).toBeGreaterThan(0);
        const evaluator = new PmmlEvaluator(readPmml(new TextEncoder().encode(pmml)));
        for (const [input, answers] of records) {
          const results = evaluator.evaluate(input);
          if (answers === null) expectSame(results.$predictedValue, null, JSON.stringify(input));
          for (const [field, wanted] of Object.entries(answers ?? {})) {
            expectSame(results[field], wanted, `${field} of ${JSON.stringify(input)}`);
          }
        }
      });
    }
  }
  it('compared something', () => expect(compared).toBeGreaterThan(2000));
});
