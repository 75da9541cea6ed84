import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { SamescoreError } from '../../src/core/errors.js';
import { formatFinding } from '../../src/core/finding.js';
import { checkPmml } from '../../src/pmml/check.js';
import { PmmlEvaluator, readPmml } from '../../src/pmml/index.js';
import { bytesOf } from './build.js';
import { casesIn, recordsOf } from './conformance-case.js';

const folder = join(fileURLToPath(new URL('../../', import.meta.url)), 'fixtures/conformance/pmml');
const ROUNDS = 25;

/** A small generator of its own, so that a failure can be run again. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 8) % below;
  };
}

const VALUES = ['', 'x', '-1', '0', '1e999', 'NaN', '999999999', 'true', 'regression', 'sum', 'x y "z'];

/** The document with one thing broken: an attribute changed or dropped, an element dropped or doubled, text changed. */
function broken(text: string, next: (below: number) => number): string {
  const pick = (pattern: RegExp): RegExpMatchArray | undefined => {
    const found = [...text.matchAll(pattern)];
    return found.length === 0 ? undefined : found[next(found.length)];
  };
  const replaced = (match: RegExpMatchArray | undefined, by: string): string =>
    match === undefined ? text : text.slice(0, match.index) + by + text.slice(match.index! + match[0].length);
  switch (next(5)) {
    case 0:
      return replaced(pick(/ [\w:]+="[^"]*"/g), '');
    case 1: {
      const match = pick(/ ([\w:]+)="[^"]*"/g);
      return replaced(match, ` ${match?.[1]}="${VALUES[next(VALUES.length)]!.replaceAll('"', '&quot;')}"`);
    }
    case 2:
      return replaced(pick(/<(\w+)[^<>]*\/>/g), '');
    case 3: {
      const match = pick(/<(\w+)[^<>]*\/>/g);
      return replaced(match, (match?.[0] ?? '') + (match?.[0] ?? ''));
    }
    default:
      return replaced(pick(/>[^<>\s][^<>]*</g), `>${VALUES[next(VALUES.length)]}<`);
  }
}

/** The evaluator for a document; what it refuses the checker must have found, with its place. */
function loaded(text: string, round: string): PmmlEvaluator {
  const document = readPmml(bytesOf(text));
  try {
    return new PmmlEvaluator(document, { limits: { steps: 1_000_000 } });
  } catch (error) {
    if (error instanceof SamescoreError && error.code !== 'pmml/no-model') {
      const findings = checkPmml(document);
      const severity = error.kind === 'unsupported' ? 'warning' : 'error';
      const told = findings.filter((finding) => finding.severity === severity);
      expect(told.length, `${round}: ${error.sentence}`).toBeGreaterThan(0);
      for (const finding of findings) expect(finding.place.line, formatFinding(finding)).toBeGreaterThan(0);
    }
    throw error;
  }
}

describe('broken documents end in an error of ours or in a result', () => {
  const names = casesIn(folder);

  test('there are some', () => {
    expect(names.length).toBeGreaterThan(50);
  });

  test.each(names)('%s', (name) => {
    const text = readFileSync(join(folder, name, 'model.pmml'), 'utf8');
    const hasInput = existsSync(join(folder, name, 'input.json')) || existsSync(join(folder, name, 'input.csv'));
    const records = hasInput ? recordsOf(join(folder, name)).slice(0, 2) : [];
    const next = random([...name].reduce((sum, character) => sum * 31 + character.charCodeAt(0), 7) | 0);
    let outcomes = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const document = broken(text, next);
      try {
        const evaluator = loaded(document, `round ${round}`);
        for (const record of records) {
          try {
            JSON.stringify(evaluator.evaluate(record));
          } catch (error) {
            if (!(error instanceof SamescoreError)) throw error;
          }
        }
      } catch (error) {
        if (!(error instanceof SamescoreError)) throw new Error(`${(error as Error).stack}\nround ${round}`);
      }
      outcomes++;
    }
    expect(outcomes).toBe(ROUNDS);
  });
});
