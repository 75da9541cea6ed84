import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { formatFinding } from '../../src/core/finding.js';
import { checkOnnx, type OnnxModel, readOnnx, writeOnnx } from '../../src/onnx/index.js';
import { drawing, MUTATIONS } from './onnx-mutations.js';

const INSTALLED = process.env['SAMESCORE_PEERS'] ?? join(import.meta.dirname, '../../peers/.installed');
const TESTS = join(INSTALLED, 'onnx-tests');
const FIXTURES = join(import.meta.dirname, '../../fixtures');
const folder = mkdtempSync(join(tmpdir(), 'samescore-check-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Base {
  readonly name: string;
  readonly model: OnnxModel;
  readonly feeds: Readonly<Record<string, string>>;
}

interface Verdict {
  readonly check?: string | null;
  readonly load?: string | null;
  readonly run?: string | null;
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

function bases(): Base[] {
  const seed = Number(process.env['SAMESCORE_SEED'] ?? 1);
  const draw = drawing(seed);
  const every = Number(process.env['SAMESCORE_EVERY'] ?? 6);
  const found: Base[] = [];
  for (const suite of ['node', 'simple', 'pytorch-operator'])
    for (const name of readdirSync(join(TESTS, suite)).sort()) {
      const path = join(TESTS, suite, name, 'model.onnx');
      const isRare = /if|loop|scan|sequence|optional|identity_opt|ai_onnx_ml/.test(name);
      if (!existsSync(path) || (!isRare && draw(every) > 0)) continue;
      const read = readOnnx(readFileSync(path));
      // ONNX Runtime refuses messages that are newer than it.
      const model = { ...read, ir_version: Math.min(10, Number(read.ir_version)) };
      const feeds: Record<string, string> = {};
      model.graph!.input.forEach((info, i) => {
        const data = join(TESTS, suite, name, 'test_data_set_0', `input_${i}.pb`);
        if (existsSync(data) && info.type?.tensor_type !== undefined) feeds[info.name!] = base64(readFileSync(data));
      });
      found.push({ name, model, feeds });
    }
  for (const path of readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' }).sort())
    if (path.endsWith('model.onnx') && draw(2) > 0)
      found.push({ name: path, model: readOnnx(readFileSync(join(FIXTURES, path))), feeds: {} });
  return found;
}

/** Answers of one environment, a process after each crash. */
function verdicts(environment: string, jobs: string, count: number): Verdict[] {
  const python = join(INSTALLED, environment, 'bin/python');
  expect(existsSync(python), `${environment} is not installed: run npm run peers:install`).toBe(true);
  const out = join(folder, `${environment}.ndjson`);
  writeFileSync(out, '');
  const lines = (): string[] =>
    readFileSync(out, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  for (let done = 0; done < count; done = lines().length) {
    spawnSync(python, [join(import.meta.dirname, 'onnx-check.py'), jobs, out, String(done)], { stdio: 'ignore' });
    // What ends the process has been loaded, and cannot be run.
    if (lines().length < count)
      writeFileSync(out, `${[...lines(), '{"load": null, "run": "crash", "check": null}'].join('\n')}\n`);
  }
  return lines().map((line) => JSON.parse(line) as Verdict);
}

/** What ONNX Runtime merely lacks a kernel for is no fault of the model, nor what is newer than it. */
const LACKS =
  /NOT_IMPLEMENTED|Unsupported model IR version|ValidateOpsetForDomain|Failed to construct locale|NotImplemented|is under development|not a registered function\/op|No Op registered for/;

/** Where the verdicts differ, and why. */
const SETTLED: readonly (readonly [kind: 'missed' | 'false', line: RegExp, reason: string])[] = [
  [
    'false',
    /^an attribute that refers to another/,
    'a reference outside of a function: the specification has none, and engines take it for 0 or for what is not there',
  ],
  [
    'false',
    / the output is declared otherwise than /,
    'the declaration is wrong; the checker does not see it where it cannot infer the shape, ONNX Runtime only warns',
  ],
  [
    'missed',
    /hidden_size", &hidden_size_/,
    'ONNX Runtime needs hidden_size; the specification takes it from the weights',
  ],
  [
    'missed',
    /^an input of another element type \| test_attention_\w+ \| ORT \| .*bound to different types/,
    'the mask may be of another type by the signature; the function body that ONNX Runtime expands does not take it',
  ],
  [
    'missed',
    /^an input of another rank \| test_loop13_seq \|/,
    'onnx takes the sequence of the first iteration for that of all',
  ],
];

test('mutated models are refused where the checker or ONNX Runtime refuse them, and only there', () => {
  const models = bases();
  expect(models.length).toBeGreaterThan(250);
  const draw = drawing(7 * Number(process.env['SAMESCORE_SEED'] ?? 1));
  const cases: { name: string; what: string; model: OnnxModel; bytes: Uint8Array; feeds: Base['feeds'] }[] = [];
  for (const { name, model, feeds } of models) {
    const add = (what: string, changed: OnnxModel): void => {
      const bytes = writeOnnx(changed);
      cases.push({ name, what, model: readOnnx(bytes), bytes, feeds });
    };
    add('as it is', model);
    for (const [what, mutate] of Object.entries(MUTATIONS)) {
      if (draw(3) > 0 && !/subgraph/.test(what)) continue;
      const changed = readOnnx(writeOnnx(model));
      if (mutate(changed, draw)) add(what, changed);
    }
  }
  const jobs = join(folder, 'jobs.ndjson');
  writeFileSync(jobs, cases.map(({ bytes, feeds }) => `${JSON.stringify({ model: base64(bytes), feeds })}\n`).join(''));
  const checker = verdicts('onnx', jobs, cases.length);
  const runtime = verdicts('venv', jobs, cases.length);
  const good = new Set(
    cases.flatMap(({ name, what }, i) => (what === 'as it is' && checker[i]!.check === null ? [name] : [])),
  );
  const loaded = new Set(
    cases.flatMap(({ name, what }, i) => (what === 'as it is' && runtime[i]!.load === null ? [name] : [])),
  );
  const counts = { refused: 0, taken: 0, missed: [] as string[], alarms: [] as string[] };
  cases.forEach(({ name, what, model }, i) => {
    if (!good.has(name)) return;
    const { check } = checker[i]!;
    const { load, run } = runtime[i]!;
    const refuses = load !== null && load !== undefined && !LACKS.test(load) && loaded.has(name);
    const theirs = check ?? (refuses ? load : null);
    const ours = checkOnnx(model).filter(({ severity }) => severity === 'error');
    if (theirs !== null) {
      if (ours.length > 0) counts.refused++;
      else counts.missed.push(`${what} | ${name} | ${check === null ? 'ORT' : 'onnx'} | ${theirs}`);
    } else if (ours.length === 0) counts.taken++;
    // What loads and then fails is as wrong as what does not load.
    else if (load === null && run === null)
      counts.alarms.push(`${what} | ${name} | ${ours.map(formatFinding).join(' ; ')}`);
  });
  const open = (kind: 'missed' | 'false', lines: string[]): string[] =>
    lines.filter((line) => !SETTLED.some(([of, pattern]) => of === kind && pattern.test(line)));
  console.info(
    `${cases.length} models: ${counts.refused} refused by both, ${counts.taken} taken by both, ` +
      `${counts.missed.length} missed, ${counts.alarms.length} false alarms`,
  );
  if (process.env['SAMESCORE_DUMP'] !== undefined)
    writeFileSync(
      process.env['SAMESCORE_DUMP'],
      [...open('missed', counts.missed), '', ...open('false', counts.alarms)].join('\n'),
    );
  expect(open('missed', counts.missed)).toEqual([]);
  expect(open('false', counts.alarms)).toEqual([]);
  expect(counts.refused).toBeGreaterThan(1500);
  expect(counts.taken).toBeGreaterThan(500);
});
