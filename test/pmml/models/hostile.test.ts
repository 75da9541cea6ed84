import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SamescoreError } from '../../../src/core/errors.js';
import { checkPmml } from '../../../src/pmml/check.js';
import { PmmlEvaluator, readPmml } from '../../../src/pmml/index.js';

const folder = join(import.meta.dirname, 'jpmml');
const documents = readdirSync(folder)
  .filter((file) => file.endsWith('.ndjson'))
  .flatMap((file) => readFileSync(join(folder, file), 'utf8').trim().split('\n'))
  .map((line) => JSON.parse(line) as { pmml: string; records: [Record<string, string>][] });

/** What is cut out of a document or put into it, at the nth match. */
const MUTATIONS: readonly (readonly [RegExp, (match: string) => string])[] = [
  [/ [\w-]+="[^"]*"/g, () => ''],
  [/="[^"]*"/g, () => '=""'],
  [/="[^"]*"/g, () => '="-1"'],
  [/="[^"]*"/g, () => '="1e308"'],
  [/="[^"]*"/g, () => '="NaN"'],
  [/="[^"]*"/g, () => '="abc"'],
  [/<[\w-]+(?: [^<>]*)?\/>/g, () => ''],
  [/<[\w-]+(?: [^<>]*)?\/>/g, (match) => match + match],
  [/<([\w-]+)(?: [^<>]*)?>[^<]*<\/\1>/g, () => ''],
];

function mutate(text: string, kind: number, position: number): string {
  const [pattern, replace] = MUTATIONS[kind % MUTATIONS.length]!;
  const matches = [...text.matchAll(pattern)];
  const match = matches[position % Math.max(matches.length, 1)];
  if (match === undefined) return text;
  return text.slice(0, match.index) + replace(match[0]) + text.slice(match.index + match[0].length);
}

describe('a damaged document', () => {
  it('is scored or refused with a code, and never throws anything else', () => {
    let refused = 0;
    let scored = 0;
    const attempt = (action: () => unknown): void => {
      try {
        action();
        scored++;
      } catch (error) {
        refused++;
        expect(error).toBeInstanceOf(SamescoreError);
        expect((error as SamescoreError).code).not.toBe('core/internal');
      }
    };
    const place = fc.tuple(fc.nat(documents.length - 1), fc.nat(), fc.nat(100_000), fc.nat(), fc.nat(100_000));
    fc.assert(
      fc.property(place, ([index, kind, position, kind2, position2]) => {
        const { pmml, records } = documents[index]!;
        const text = mutate(mutate(pmml, kind, position), kind2, position2);
        attempt(() => {
          const document = readPmml(new TextEncoder().encode(text));
          checkPmml(document);
          const evaluator = new PmmlEvaluator(document);
          for (const [record] of records.slice(0, 2)) {
            attempt(() => evaluator.evaluate(record));
            attempt(() => evaluator.explain(record));
          }
        });
      }),
      { numRuns: 800, seed: 20_261_122 },
    );
    expect(refused).toBeGreaterThan(100);
    expect(scored).toBeGreaterThan(100);
  });
});
