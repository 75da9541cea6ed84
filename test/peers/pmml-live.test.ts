import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readPmml } from '../../src/pmml/index.js';
import { answering, products } from '../pmml/producers.js';
import { readCells } from './fixtures.js';
import { runJpmml } from './peers.js';
import { type Comparison, compare } from './pmml-compare.js';
import { disturbedRows } from './pmml-rows.js';
import { SETTLED } from './pmml-settled.js';

const peers = resolve(import.meta.dirname, '../../peers');
const folder = join(peers, '.installed/pmml-live');
const ROWS = 1000;

/** The types that JPMML-Evaluator scores; of each, files by real producers must have been compared. */
const TYPES: Readonly<Record<string, number>> = {
  AssociationModel: 3,
  ClusteringModel: 3,
  GeneralRegressionModel: 3,
  MiningModel: 3,
  NaiveBayesModel: 3,
  NearestNeighborModel: 3,
  NeuralNetwork: 3,
  RegressionModel: 3,
  RuleSetModel: 3,
  Scorecard: 3,
  SupportVectorMachineModel: 3,
  TreeModel: 3,
};

/** Files that peers/pmml-live/written.py wrote for us, which count for no type. */
const WRITTEN_BY_US = /^(association|general|scorecard)-/;

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

/** Documents that JPMML-Evaluator refuses, row by row: see pmml-settled.ts. */
const REFUSED: ReadonlySet<string> = new Set(['r/lrm-people']);

interface Subject {
  readonly name: string;
  readonly model: string;
  readonly rows: string;
}

/** The document's own file, or one beside the written ones where rules need an Output to answer. */
function answeringFile(name: string, at: string, bytes: Uint8Array): string {
  const asked = answering(bytes);
  if (asked === bytes) return join(at, 'model.pmml');
  const file = join(folder, `${name.replace('/', '-')}.xml`);
  writeFileSync(file, asked);
  return file;
}

const subjects: readonly Subject[] = [
  ...written().map((name) => ({ name, model: join(folder, `${name}.pmml`), rows: join(folder, `${name}.csv`) })),
  ...products().map(({ name, folder: at, bytes }) => ({
    name,
    model: answeringFile(name, at, bytes),
    rows: join(at, 'rows.csv'),
  })),
];

/** A fixed seed of its own for each file, whatever other files there are. */
const seedOf = (name: string): number => createHash('sha256').update(name).digest().readInt32LE(0);

async function scored(): Promise<Map<string, Comparison>> {
  const jobs = subjects.map(({ name, model, rows }) => {
    const bytes = readFileSync(model);
    const seen = readCells(rows);
    return { name, bytes, model, rows: disturbedRows(seen, readPmml(bytes).root, ROWS, seedOf(name)) };
  });
  const answers = await runJpmml(jobs);
  return new Map(jobs.map(({ name, bytes, rows }, index) => [name, compare(name, bytes, rows, answers[index] ?? [])]));
}

const results = await scored();

describe('PMML files of other tools against JPMML-Evaluator', () => {
  test.each(subjects.map(({ name }) => name))('%s', (name) => {
    const result = results.get(name) as Comparison;
    const open = result.differences.filter(
      (difference) => !SETTLED.some((entry) => entry.model.test(name) && entry.applies(difference)),
    );
    expect(result.rows).toBe(ROWS);
    if (!REFUSED.has(name)) expect(result.values).toBeGreaterThan(ROWS / 4);
    expect(open.length, JSON.stringify(open.slice(0, 3))).toBe(0);
  });

  test.each(Object.entries(TYPES))('real files with a %s: at least %i', (type, least) => {
    const real = subjects.filter(({ name }) => !WRITTEN_BY_US.test(name));
    const found = real.filter(({ model }) =>
      readPmml(readFileSync(model))
        .root.children()
        .some((e) => e.name === type),
    );
    expect(found.length).toBeGreaterThanOrEqual(least);
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
