import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { formatError, SamescoreError } from '../../src/core/errors.js';
import { PmmlEvaluator, readPmml } from '../../src/pmml/index.js';

interface Expected {
  records?: Record<string, unknown>[];
  tolerance?: number;
  error?: boolean;
  modelVerification?: boolean;
  sequence?: boolean;
  forecast?: { horizon: number; values: number[] };
}

/** What went wrong in a case, and how many values were compared. */
export interface CaseReport {
  failures: string[];
  comparisons: number;
}

export function casesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'expected.json')))
    .sort();
}

export function recordsOf(folder: string): Record<string, unknown>[] {
  const json = join(folder, 'input.json');
  if (existsSync(json)) return JSON.parse(readFileSync(json, 'utf8')) as Record<string, unknown>[];
  const rows = parse(readFileSync(join(folder, 'input.csv'), 'utf8'), { columns: true, bom: true }) as Record<
    string,
    string
  >[];
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, text]) => [name, text === '' ? null : text])),
  );
}

const SPECIAL: Record<string, number> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

export function matches(expected: unknown, actual: unknown, tolerance: number): boolean {
  if (expected === null) return actual === null || actual === undefined;
  if (Array.isArray(expected)) {
    return (
      Array.isArray(actual) &&
      actual.length === expected.length &&
      expected.every((item, i) => matches(item, actual[i], tolerance))
    );
  }
  if (typeof expected === 'string' && typeof actual === 'number') {
    if (expected in SPECIAL) return Object.is(SPECIAL[expected], actual);
    return expected.trim() !== '' && matches(Number(expected), actual, tolerance);
  }
  if (typeof expected === 'number' && typeof actual === 'string' && actual.trim() !== '')
    return matches(expected, Number(actual), tolerance);
  if (typeof expected !== 'number' || typeof actual !== 'number') return expected === actual;
  return Math.abs(expected - actual) <= tolerance * Math.max(1, Math.abs(expected));
}

const explained = (error: unknown): string =>
  error instanceof SamescoreError ? formatError(error) : `not an error of ours: ${(error as Error).stack}`;

export function runCase(folder: string): CaseReport {
  const report: CaseReport = { failures: [], comparisons: 0 };
  const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Expected;
  const check = (what: string, wanted: unknown, got: unknown) => {
    report.comparisons++;
    if (!matches(wanted, got, expected.tolerance ?? 1e-9))
      report.failures.push(
        `${what}: expected ${JSON.stringify(wanted)}, got ${typeof got === 'number' ? got : JSON.stringify(got)}`,
      );
  };
  let evaluator: PmmlEvaluator;
  try {
    evaluator = new PmmlEvaluator(readPmml(readFileSync(join(folder, 'model.pmml'))));
  } catch (error) {
    report.comparisons++;
    if (expected.error !== true || !(error instanceof SamescoreError))
      report.failures.push(`loading: ${explained(error)}`);
    return report;
  }
  if (expected.error === true) {
    report.failures.push('it loaded');
    return report;
  }
  if (expected.modelVerification === true) {
    const { ok, failures } = evaluator.verify();
    report.comparisons++;
    if (!ok) report.failures.push(...failures.map((failure) => failure.message), 'the verification failed');
  }
  if (expected.forecast !== undefined)
    check('forecast', expected.forecast.values, evaluator.forecast(expected.forecast.horizon));
  if (expected.records === undefined) return report;
  const inputs = recordsOf(folder);
  expected.records.forEach((wanted, index) => {
    const at = `record ${index + 1}`;
    let result: Record<string, unknown>;
    try {
      result = evaluator.evaluate(inputs[index]!);
    } catch (error) {
      report.comparisons++;
      if (wanted.$error !== true || !(error instanceof SamescoreError))
        report.failures.push(`${at}: ${explained(error)}`);
      return;
    }
    for (const [name, value] of Object.entries(wanted)) {
      if (name === '$error' && value === true) {
        report.failures.push(`${at}: it did not fail`);
      } else check(`${at} ${name}`, value, result[name]);
    }
  });
  return report;
}
