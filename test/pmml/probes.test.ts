import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { evaluatorOf } from './build.js';
import { matches } from './conformance-case.js';

interface Probes {
  engine: string;
  cases: {
    name: string;
    pmml: string;
    records: { input: Record<string, unknown>; expected: Record<string, unknown> }[];
  }[];
}

const folder = fileURLToPath(new URL('../../fixtures/pmml-probes/', import.meta.url));
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));

/** A number as the engine prints it in a text column; everything else exactly. */
function agrees(expected: unknown, actual: unknown): boolean {
  if (typeof expected === 'string' && typeof actual === 'boolean') return expected === String(actual);
  return matches(expected, actual, 1e-12);
}

describe('answers of JPMML-Evaluator to small documents', () => {
  test('there are some', () => {
    expect(files.length).toBeGreaterThanOrEqual(8);
  });

  test.each(files)('%s', (file) => {
    const { cases } = JSON.parse(readFileSync(folder + file, 'utf8')) as Probes;
    const failures: string[] = [];
    let comparisons = 0;
    for (const { name, pmml, records } of cases) {
      const evaluator = evaluatorOf(pmml);
      for (const { input, expected } of records) {
        const result = evaluator.evaluate(input);
        for (const [field, value] of Object.entries(expected)) {
          comparisons++;
          if (!agrees(value, result[field])) {
            failures.push(
              `${name} ${JSON.stringify(input)} ${field}: expected ${JSON.stringify(value)}, got ${JSON.stringify(result[field])}`,
            );
          }
        }
      }
    }
    expect(failures.slice(0, 10)).toEqual([]);
    expect(comparisons).toBeGreaterThan(20);
  });
});
