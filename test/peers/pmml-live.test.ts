import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readPmml } from '../../src/pmml/index.js';
import { readCells } from './fixtures.js';
import { runJpmml } from './peers.js';
import { type Comparison, compare } from './pmml-compare.js';
import { disturbedRows } from './pmml-rows.js';
import { SETTLED } from './pmml-settled.js';

const peers = resolve(import.meta.dirname, '../../peers');
const folder = join(peers, '.installed/pmml-live');
const ROWS = 1000;

/** Files of each model type that must have been compared; the types that JPMML-Evaluator scores. */
const TYPES: Readonly<Record<string, RegExp>> = {
  AssociationModel: /^association-/,
  ClusteringModel: /^clustering-/,
  GeneralRegressionModel: /^general-/,
  MiningModel: /^mining-/,
  NaiveBayesModel: /^bayes-/,
  NearestNeighborModel: /^neighbor-/,
  NeuralNetwork: /^neural-/,
  RegressionModel: /^(regression|glm)-/,
  RuleSetModel: /^ruleset-/,
  Scorecard: /^scorecard-/,
  SupportVectorMachineModel: /^svm-/,
  TreeModel: /^tree-/,
};

/** Writes the files with the installed Python where the scripts have changed since; takes a few minutes. */
function written(): string[] {
  const scripts = ['make.py', 'written.py'].map((name) => readFileSync(join(peers, 'pmml-live', name)));
  const stamp = createHash('sha256').update(Buffer.concat(scripts)).digest('hex');
  const stampFile = join(folder, 'stamp');
  if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stamp) {
    rmSync(folder, { recursive: true, force: true });
    const python = join(peers, '.installed/venv/bin/python');
    execFileSync(python, ['-B', join(peers, 'pmml-live/make.py'), folder], { stdio: 'ignore' });
    writeFileSync(stampFile, stamp);
  }
  const files = readdirSync(folder).filter((file) => file.endsWith('.csv'));
  return files.map((file) => file.slice(0, -'.csv'.length)).sort();
}

const names = written();

/** A fixed seed of its own for each file, whatever other files there are. */
const seedOf = (name: string): number => createHash('sha256').update(name).digest().readInt32LE(0);

async function scored(): Promise<Map<string, Comparison>> {
  const jobs = names.map((name) => {
    const model = join(folder, `${name}.pmml`);
    const bytes = readFileSync(model);
    const seen = readCells(join(folder, `${name}.csv`));
    return { name, bytes, model, rows: disturbedRows(seen, readPmml(bytes).root, ROWS, seedOf(name)) };
  });
  const answers = await runJpmml(jobs);
  return new Map(jobs.map(({ name, bytes, rows }, index) => [name, compare(name, bytes, rows, answers[index] ?? [])]));
}

const results = await scored();

describe('PMML files of other tools against JPMML-Evaluator', () => {
  test.each(names)('%s', (name) => {
    const result = results.get(name) as Comparison;
    const open = result.differences.filter(
      (difference) => !SETTLED.some((entry) => entry.model.test(name) && entry.applies(difference)),
    );
    expect(result.rows).toBe(ROWS);
    expect(result.values).toBeGreaterThan(ROWS / 4);
    expect(open.length, JSON.stringify(open.slice(0, 3))).toBe(0);
  });

  test.each(Object.entries(TYPES))('at least three files with a %s', (type, prefix) => {
    const found = names.filter(
      (name) => prefix.test(name) && readFileSync(join(folder, `${name}.pmml`), 'utf8').includes(`<${type}`),
    );
    expect(found.length).toBeGreaterThanOrEqual(3);
  });

  test('every settled difference is still there', () => {
    const all = [...results.values()].flatMap(({ differences }) => differences);
    const idle = SETTLED.filter(
      (entry) => !all.some((difference) => entry.model.test(difference.model) && entry.applies(difference)),
    );
    expect(idle.map(({ reason }) => reason)).toEqual([]);
  });
});

if (process.env.SAMESCORE_PEERS_REPORT !== undefined) {
  for (const [name, { rows, values, bothFail, worst, differences }] of results) {
    console.log(
      `${name}: ${rows} rows, ${values} values, ${bothFail} fail in both, worst ${worst}, settled ${differences.length}`,
    );
  }
}
