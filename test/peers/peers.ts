import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const peers = resolve(import.meta.dirname, '../../peers');
const installed = join(peers, '.installed');
const python = join(installed, 'venv/bin/python');

export type PlainRow = Readonly<Record<string, unknown>>;

/** CSV as header and cells; an empty cell is missing. */
export interface CellTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/**
 * A model file and its rows: the path of a CSV file, cells, or (not for JPMML) one object a row, whose values are
 * scalars or arrays for ONNX Runtime and Avro's JSON encoding for Titus.
 */
export interface PeerJob {
  readonly model: string;
  readonly rows: string | CellTable | readonly PlainRow[];
}

export type PeerType = 'boolean' | 'int32' | 'int64' | 'float32' | 'float64' | 'string' | 'object' | 'missing';

/** A peer's value: int64 is a bigint, a float32 the double of the same value; arrays and maps hold such values. */
export interface PeerValue {
  readonly type: PeerType;
  readonly value: unknown;
}

export type PeerAnswer = { readonly ok: Readonly<Record<string, PeerValue>> } | { readonly error: string };

const SPECIAL: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

/** Undoes what the runners do to numbers that JSON cannot hold. */
function revive(type: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => revive(type, item));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, revive(type, item)]));
  }
  if (typeof value !== 'string') return value;
  if (type === 'int64' || type === 'uint64') return BigInt(value);
  if (type === 'float32' || type === 'float64') return SPECIAL[value] ?? value;
  return value;
}

function answerOf(line: string): PeerAnswer {
  const answer = JSON.parse(line) as PeerAnswer;
  if ('error' in answer) return answer;
  const ok = Object.entries(answer.ok).map(([name, item]) => [
    name,
    { type: item.type, value: revive(item.type, item.value) },
  ]);
  return { ok: Object.fromEntries(ok) as Record<string, PeerValue> };
}

function csvCell(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function csvText(table: CellTable): string {
  const lines = [table.header, ...table.rows].map((row) => row.map(csvCell).join(','));
  return `${lines.map((line) => (line === '' ? '""' : line)).join('\n')}\n`;
}

async function rowsFile(folder: string, index: number, rows: PeerJob['rows']): Promise<string> {
  if (typeof rows === 'string') return resolve(rows);
  const cells = 'header' in rows ? rows : null;
  const path = join(folder, cells === null ? `${index}.ndjson` : `${index}.csv`);
  const text = cells === null ? (rows as readonly PlainRow[]).map((row) => `${JSON.stringify(row)}\n`).join('') : '';
  await writeFile(path, cells === null ? text : csvText(cells));
  return path;
}

interface Runner {
  readonly name: string;
  readonly needs: string;
  readonly manifest: (jobs: readonly { model: string; rows: string; out: string }[]) => string;
  readonly command: (manifest: string) => [string, string[]];
}

const asJson: Runner['manifest'] = (jobs) => JSON.stringify({ jobs });

const ORT: Runner = {
  name: 'ONNX Runtime for Node',
  needs: join(installed, 'node/node_modules/onnxruntime-node/package.json'),
  manifest: asJson,
  command: (manifest) => [process.execPath, [join(peers, 'ort/run.js'), manifest]],
};

const ORT_PYTHON: Runner = {
  name: 'ONNX Runtime for Python',
  needs: python,
  manifest: asJson,
  command: (manifest) => [python, [join(peers, 'ort/run.py'), manifest]],
};

const TITUS: Runner = {
  name: 'Titus 2',
  needs: python,
  manifest: asJson,
  command: (manifest) => [python, [join(peers, 'titus/run.py'), manifest]],
};

const JPMML: Runner = {
  name: 'JPMML-Evaluator',
  needs: join(installed, 'jpmml/classes/samescore/Run.class'),
  manifest: (jobs) => jobs.map((job) => `${job.model}\t${job.rows}\t${job.out}\n`).join(''),
  command: (manifest) => [
    'java',
    [
      '-Xss16m',
      '-cp',
      `${join(installed, 'jpmml/classes')}:${join(installed, 'jpmml/lib')}/*`,
      'samescore.Run',
      manifest,
    ],
  ],
};

/** One process for all jobs. An absent peer is an error; a peer that refuses a model or a row is an answer. */
async function runBatch(runner: Runner, jobs: readonly PeerJob[]): Promise<PeerAnswer[][]> {
  if (!existsSync(runner.needs) || !existsSync(join(installed, 'stamp'))) {
    throw new Error(`${runner.name} is not installed: run npm run peers:install`);
  }
  if (jobs.length === 0) return [];
  const folder = await mkdtemp(join(tmpdir(), 'samescore-peer-'));
  try {
    const full = await Promise.all(
      jobs.map(async (job, index) => ({
        model: resolve(job.model),
        rows: await rowsFile(folder, index, job.rows),
        out: join(folder, `${index}.out`),
      })),
    );
    const manifest = join(folder, 'manifest');
    await writeFile(manifest, runner.manifest(full));
    const [program, programArguments] = runner.command(manifest);
    await run(program, programArguments, { timeout: 540_000, maxBuffer: 64 * 2 ** 20 });
    return await Promise.all(
      full.map(async ({ out }) => {
        const lines = (await readFile(out, 'utf8')).split('\n').filter((line) => line !== '');
        return lines.map(answerOf);
      }),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Node's binding returns tensors only. */
const NOT_IN_NODE = 'Non tensor type';

function isBeyondNode(answers: readonly PeerAnswer[]): boolean {
  return answers.some((answer) => 'error' in answer && answer.error.includes(NOT_IN_NODE));
}

/** ONNX Runtime's answers, one thread; models that return sequences or maps are scored by its Python binding. */
export async function runOrt(jobs: readonly PeerJob[]): Promise<PeerAnswer[][]> {
  const answers = await runBatch(ORT, jobs);
  const again = jobs.map((_, index) => index).filter((index) => isBeyondNode(answers[index] ?? []));
  const second = await runBatch(
    ORT_PYTHON,
    again.map((index) => jobs[index] as PeerJob),
  );
  again.forEach((index, position) => {
    answers[index] = second[position] ?? [];
  });
  return answers;
}

/** JPMML-Evaluator's answers: the target under its field's name (first), then the output fields. */
export function runJpmml(jobs: readonly PeerJob[]): Promise<PeerAnswer[][]> {
  return runBatch(JPMML, jobs);
}

/** Titus' answers: one output named `output`; documents must be named .json, or .yaml for YAML. */
export function runTitus(jobs: readonly PeerJob[]): Promise<PeerAnswer[][]> {
  return runBatch(TITUS, jobs);
}
