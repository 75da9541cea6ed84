import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { writeTensor } from '../../src/onnx/evaluate/tensor.js';
import { type ModelProto, readOnnx, readTensor, Tensor, type Value, writeOnnx } from '../../src/onnx/index.js';

const peers = resolve(import.meta.dirname, '../../peers');

/** A Python environment and a script that answers jobs line by line. */
interface Peer {
  readonly name: string;
  readonly python: string;
  readonly script: string;
}

const ORT: Peer = {
  name: 'ONNX Runtime for Python',
  python: join(peers, '.installed/venv/bin/python'),
  script: join(peers, 'ort/tensors.py'),
};

const REFERENCE: Peer = {
  name: 'onnx with its reference evaluator',
  python: join(peers, '.installed/onnx/bin/python'),
  script: join(peers, 'ort/reference.py'),
};

export interface TensorJob {
  readonly model: ModelProto;
  readonly feeds: Readonly<Record<string, Value>>;
}

/** A tensor, a list, the entries of a map as texts, or null for an absent optional value. */
export type PeerValue = Tensor | readonly PeerValue[] | { readonly map: readonly (readonly [string, string])[] } | null;

export type TensorAnswer = { readonly ok: Readonly<Record<string, PeerValue>> } | { readonly error: string };

interface Encoded {
  readonly tensor?: string;
  readonly sequence?: readonly (Encoded | null)[];
  readonly map?: readonly (readonly [string, string])[];
  readonly key?: string;
  readonly value?: string;
}

const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');

function encoded(value: Value | null): Encoded | null {
  if (value === null) return null;
  if (value instanceof Tensor) return { tensor: base64(writeTensor(value)) };
  if (value.kind === 'optional') return encoded(value.value);
  if (value.kind === 'sequence') return { sequence: value.elements.map(encoded) };
  const entries = [...value.entries].map(([key, item]) => [String(key), String(item)] as const);
  return { map: entries, key: value.keyType, value: value.valueType };
}

function decoded(value: Encoded | null): PeerValue {
  if (value === null) return null;
  if (value.tensor !== undefined) return readTensor(new Uint8Array(Buffer.from(value.tensor, 'base64')));
  if (value.sequence !== undefined) return value.sequence.map(decoded);
  return { map: value.map ?? [] };
}

function decodedAnswer(line: string): TensorAnswer {
  const answer = JSON.parse(line) as { ok?: Record<string, Encoded | null>; error?: string };
  if (answer.ok === undefined) return { error: answer.error ?? '' };
  return { ok: Object.fromEntries(Object.entries(answer.ok).map(([name, value]) => [name, decoded(value)])) };
}

/** ONNX Runtime's answers (Python binding, one thread). A job that ends its process is answered `crash`. */
export function runOrtTensors(jobs: readonly TensorJob[]): TensorAnswer[] {
  return answersOf(ORT, jobs).map(decodedAnswer);
}

/** The answers of ONNX's own reference evaluator, of the newest onnx package. */
export function runReferenceTensors(jobs: readonly TensorJob[]): TensorAnswer[] {
  return answersOf(REFERENCE, jobs).map(decodedAnswer);
}

/** Each model with its last node replaced by a call of the operator's function body; null where it has none. */
export function functionBodies(jobs: readonly TensorJob[]): (ModelProto | null)[] {
  return answersOf(REFERENCE, jobs, 'bodies').map((line) => {
    const { model } = JSON.parse(line) as { model?: string };
    return model === undefined ? null : readOnnx(new Uint8Array(Buffer.from(model, 'base64')));
  });
}

function answersOf({ name, python, script }: Peer, jobs: readonly TensorJob[], mode = 'values'): string[] {
  if (!existsSync(python)) throw new Error(`${name} is not installed: run npm run peers:install`);
  const folder = mkdtempSync(join(tmpdir(), 'samescore-ort-'));
  try {
    const source = join(folder, 'jobs');
    const target = join(folder, 'answers');
    const lines = jobs.map(({ model, feeds }) => {
      const values = Object.entries(feeds).map(([name, value]) => [name, encoded(value)]);
      return JSON.stringify({ model: base64(writeOnnx(model)), feeds: Object.fromEntries(values) });
    });
    writeFileSync(source, `${lines.join('\n')}\n`);
    writeFileSync(target, '');
    for (;;) {
      const answers = readFileSync(target, 'utf8')
        .split('\n')
        .filter((line) => line !== '');
      if (answers.length >= jobs.length) return answers;
      const run = spawnSync(python, [script, source, target, String(answers.length), mode], {
        timeout: 300_000,
        encoding: 'utf8',
      });
      if (run.status === 0) continue;
      if (run.signal === null) throw new Error(`the peer failed: ${run.stderr.slice(-2000)}`);
      const done = readFileSync(target, 'utf8').split('\n').length - 1;
      if (done < jobs.length)
        writeFileSync(target, `${JSON.stringify({ error: `crash: ${run.signal}` })}\n`, { flag: 'a' });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
