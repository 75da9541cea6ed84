import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SamescoreError } from '../../src/core/errors.js';
import { PmmlEvaluator, type PmmlRecord, readPmml } from '../../src/pmml/index.js';

const scripts = resolve(import.meta.dirname, '../../peers/pmml-rare');
const folder = resolve(import.meta.dirname, '../../peers/.installed/pmml-rare');

/** Model types that JPMML-Evaluator does not score, and the algorithms that each must have files for. */
const TYPES: Readonly<Record<string, RegExp>> = {
  'exponential smoothing': /^smoothing-/,
  ARIMA: /^arima-/,
  DynamicRegressor: /^regressor-/,
  StateSpaceModel: /^space-/,
  GARCH: /^garch-/,
  AnomalyDetectionModel: /^anomaly-/,
  BaselineModel: /^baseline-/,
  BayesianNetworkModel: /^network-/,
  GaussianProcessModel: /^process-/,
  SequenceModel: /^sequence-/,
  TextModel: /^text-/,
};

interface Answers {
  readonly tolerance: number;
  readonly forecast?: readonly number[];
  readonly records?: readonly PmmlRecord[];
  readonly expected?: readonly Readonly<Record<string, unknown>>[];
}

/** Writes the files with the installed Python where the scripts have changed since. */
function written(): string[] {
  const sources = readdirSync(scripts).filter((file) => file.endsWith('.py'));
  const stamp = createHash('sha256')
    .update(Buffer.concat(sources.sort().map((file) => readFileSync(join(scripts, file)))))
    .digest('hex');
  const stampFile = join(folder, 'stamp');
  if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stamp) {
    rmSync(folder, { recursive: true, force: true });
    const python = resolve(folder, '../venv/bin/python');
    execFileSync(python, ['-B', join(scripts, 'make.py'), folder], { stdio: 'ignore' });
    writeFileSync(stampFile, stamp);
  }
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return files.map((file) => file.slice(0, -'.json'.length)).sort();
}

const names = written();

/** Numbers within the tolerance, relative above 1; everything else exactly. */
function difference(actual: unknown, wanted: unknown, tolerance: number): string | undefined {
  if (typeof wanted === 'number') {
    const number = Number(actual);
    const far = Math.abs(number - wanted) / Math.max(1, Math.abs(wanted));
    return far <= tolerance ? undefined : `${String(actual)} for ${wanted}`;
  }
  const [left, right] = [JSON.stringify(actual ?? null), JSON.stringify(wanted)];
  return left === right ? undefined : `${left} for ${right}`;
}

const SERIES = /^(smoothing|arima|regressor|space|garch)-/;

/** What is cut out of a document or put into it, at one of its matches. */
const DAMAGES: readonly (readonly [RegExp, string])[] = [
  [/ [\w-]+="[^"]*"/g, ''],
  [/="[^"]*"/g, '=""'],
  [/="[^"]*"/g, '="-1"'],
  [/="[^"]*"/g, '="1e308"'],
  [/="[^"]*"/g, '="NaN"'],
  [/="[^"]*"/g, '="3000"'],
  [/="[^"]*"/g, '="abc"'],
  [/<[\w-]+(?: [^<>]*)?\/>/g, ''],
  [/<([\w-]+)(?: [^<>]*)?>[^<]*<\/\1>/g, ''],
  [/<(DynamicRegressor|NonseasonalComponent|TransitionMatrix|TestDistributions|Lambda)[\s\S]*?<\/\1>/g, ''],
  [/(?<=[> ])-?\d+\.\d+(?=[< ])/g, '0'],
  [/(?<=[> ])-?\d+\.\d+(?=[< ])/g, '1e300'],
];

function damaged(text: string, kind: number, place: number): string {
  const [pattern, replacement] = DAMAGES[kind % DAMAGES.length]!;
  const matches = [...text.matchAll(pattern)];
  const match = matches[place % Math.max(matches.length, 1)];
  if (match === undefined) return text;
  return text.slice(0, match.index) + replacement + text.slice(match.index + match[0].length);
}

describe('models that no other engine scores, against the framework that trained them', () => {
  test.each(names)('%s', (name) => {
    const answers = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Answers;
    const evaluator = new PmmlEvaluator(readPmml(readFileSync(join(folder, `${name}.pmml`))));
    const { tolerance, forecast = [], records = [], expected = [] } = answers;
    const differences: string[] = [];
    const note = (where: string, found: string | undefined) => {
      if (found !== undefined) differences.push(`${where}: ${found}`);
    };
    const values = forecast.length === 0 ? [] : evaluator.forecast(forecast.length);
    forecast.forEach((wanted, i) => {
      note(`step ${i + 1}`, difference(values[i], wanted, tolerance));
    });
    records.forEach((record, i) => {
      const result = evaluator.evaluate(record);
      for (const [field, wanted] of Object.entries(expected[i] ?? {}))
        note(`record ${i}, ${field}`, difference(result[field], wanted, tolerance));
    });
    expect(differences.slice(0, 5)).toEqual([]);
    expect(records.length).toBe(expected.length);
    expect(forecast.length + expected.flatMap((entry) => Object.keys(entry)).length).toBeGreaterThanOrEqual(5);
  });

  test('damaged copies are scored, or refused with a code', () => {
    const small = names.filter((name) => statSync(join(folder, `${name}.pmml`)).size < 40_000);
    const texts = small.map((name) => readFileSync(join(folder, `${name}.pmml`), 'utf8'));
    const counts = { scored: 0, refused: 0 };
    const attempt = (action: () => unknown): void => {
      try {
        action();
        counts.scored++;
      } catch (error) {
        counts.refused++;
        expect(error).toBeInstanceOf(SamescoreError);
        expect((error as SamescoreError).code).not.toBe('core/internal');
      }
    };
    const damage = fc.record({ file: fc.nat(small.length - 1), kind: fc.nat(), place: fc.nat() });
    fc.assert(
      fc.property(damage, ({ file, kind, place }) => {
        const { records = [] } = JSON.parse(readFileSync(join(folder, `${small[file]}.json`), 'utf8')) as Answers;
        attempt(() => {
          const document = readPmml(new TextEncoder().encode(damaged(texts[file]!, kind, place)));
          const evaluator = new PmmlEvaluator(document);
          for (const record of [{}, ...records.slice(0, 2)]) attempt(() => evaluator.evaluate(record));
          if (small[file]!.match(SERIES)) attempt(() => evaluator.forecast(3));
        });
      }),
      { numRuns: 3000, seed: 20_261_122 },
    );
    expect(counts.scored).toBeGreaterThan(1000);
    expect(counts.refused).toBeGreaterThan(500);
  });

  test.each(Object.entries(TYPES))('at least three files for %s', (_, prefix) => {
    expect(names.filter((name) => prefix.test(name)).length).toBeGreaterThanOrEqual(3);
  });
});
