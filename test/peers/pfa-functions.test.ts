import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { encodeJsonNode } from '../../src/pfa/data/json.js';
import { fromPlain, toPlain } from '../../src/pfa/data/plain.js';
import { typeJson } from '../../src/pfa/data/type-json.js';
import { PfaEngine } from '../../src/pfa/engine.js';
import { LIBRARY } from '../../src/pfa/library/index.js';
import { seededRandom } from '../../src/pfa/library/random.js';
import { sameType } from '../../src/pfa/relations.js';
import { readSignature } from '../../src/pfa/signature.js';
import {
  type AvroType,
  type FcnType,
  type RecordType,
  tagOf,
  unionTag,
  untagged,
  type Value,
  type ValueMap,
} from '../../src/pfa/types.js';
import { writeJson } from '../../src/wire/json.js';
import { type Pools, randomValue, Types } from '../pfa/library/support/random-call.js';
import { type PeerAnswer, runTitus } from './peers.js';

const CALLS = 12;
const TOLERANCE = 1e-6;
/** Numbers that JSON holds and that do not drive Titus out of its range. */
const POOLS: Pools = {
  ints: [0, 1, 2, 3, 4, 5, 7, 17, -1, -3],
  longs: [0, 1, 2, 3, 5, 17, -1, -3, 4_000_000_000],
  doubles: [0, 1, 2, 0.5, 0.25, 0.125, 0.75, 3.5, 17, -1, -2.5],
};

/** Functions that are not compared, and why. */
const DIFFERENT: Readonly<Record<string, string>> = {
  're.*': 'an empty match hangs Titus',
  'prob.dist.hypergeometric*': 'Titus has no term for x = m',
  'prob.dist.*QF': 'Titus bisects coarsely, and hypergeometricQF can hang',
  'bytes.encodeUtf16': 'little-endian in Titus, big-endian in Hadrian',
  'bytes.decodeUtf16': 'little-endian in Titus, big-endian in Hadrian',
  'bytes.isUtf16': 'little-endian in Titus, big-endian in Hadrian',
  's.number': 'Titus rounds ties to even and ignores a width of zero',
  'model.naive.multinomial': 'Titus does not normalise maps',
  'model.naive.bernoulli': 'Titus counts repeated items',
  'model.reg.gaussianProcess': 'Titus ignores a given Kriging weight',
  'la.eigenBasis': 'signs of eigenvectors follow the order of keys, and degenerate ones are free',
  'cast.json': 'Titus escapes what is not ASCII',
};

/** Functions whose errors are not compared, and why. */
const DIFFERENT_ERRORS: Readonly<Record<string, string>> = {
  'm.special.nChooseK': 'Titus has no error for k = 0',
  'bytes.fromBase64': 'Titus takes lone padding',
  'map.zipmap*': 'Titus wants the keys in one order',
  'la.*': 'an empty first row among others is ragged for Hadrian, too short for Titus',
  'model.reg.*': 'Titus does not check all lengths, and in another order',
  'model.tree.*': 'Titus checks types before operators',
};

function isListed(name: string, list: Readonly<Record<string, string>>): boolean {
  return Object.keys(list).some((pattern) => {
    const [start, end] = pattern.split('*') as [string, string?];
    return end === undefined ? name === start : name.startsWith(start) && name.endsWith(end);
  });
}

interface Call {
  label: string;
  name: string;
  document: string;
  input: RecordType;
  output: AvroType;
  rows: Value[];
}

/** A function literal: compares two parameters of one type, hands a parameter through, or gives a constant. */
function functionText(type: FcnType, defined: Set<string>, pick: (below: number) => number): string {
  const name = (at: number) => `x${at}`;
  const params = type.params.map((param, at) => `{"${name(at)}": ${writeJson(typeJson(param, defined))}}`);
  const given = writeJson(typeJson(type.returns, defined));
  const [first, second] = type.params;
  const same = type.params.findIndex((param) => sameType(param, type.returns));
  let body = `{"type": ${given}, "value": ${writeJson(encodeJsonNode(randomValue(type.returns, pick, POOLS), type.returns))}}`;
  if (same >= 0) body = `"${name(same)}"`;
  else if (type.returns.type === 'boolean' && first && second && sameType(first, second)) body = '{"<": ["x0", "x1"]}';
  return `{"params": [${params.join(', ')}], "ret": ${given}, "do": ${body}}`;
}

/** Calls of every signature with types and values that fit. */
function callsOf(): Call[] {
  const made: Call[] = [];
  for (const row of LIBRARY.values()) {
    if (row.nondeterministic === 'pseudorandom' || isListed(row.name, DIFFERENT)) continue;
    for (const [index, signature] of row.signatures.entries()) {
      const { params, returns } = readSignature(signature);
      const random = seededRandom(index + 1);
      const pick = (below: number) => Math.floor(random.next() * below);
      const types = new Types(pick);
      const parameters = params.map(({ of }) => types.of(of));
      const output = types.of(returns) as AvroType;
      if (row.check?.(parameters, output) !== undefined) continue;
      const fields = parameters.flatMap((type, at) =>
        type.type === 'fcn' ? [] : [{ name: `p${at}`, type, order: 'ascending' as const }],
      );
      const input: RecordType = { type: 'record', name: 'Arguments', namespace: '', fullName: 'Arguments', fields };
      const defined = new Set<string>();
      const inputText = writeJson(typeJson(input, defined));
      const outputText = writeJson(typeJson(output, defined));
      const args = parameters.map((type, at) =>
        type.type === 'fcn' ? functionText(type, defined, pick) : `"input.p${at}"`,
      );
      const action = `{"${row.name}": [${args.join(', ')}]}`;
      made.push({
        label: `${row.name} ${signature}`,
        name: row.name,
        document: `{"input": ${inputText}, "output": ${outputText}, "action": ${action}}`,
        input,
        output,
        rows: Array.from({ length: CALLS }, () => randomValue(input, pick, POOLS)),
      });
    }
  }
  return made;
}

/** Whether Titus' JSON is our value, numbers within the tolerance. */
function agrees(ours: Value, theirs: unknown, type: AvroType): boolean {
  switch (type.type) {
    case 'float':
    case 'double':
    case 'long':
    case 'int':
      return close(Number(ours), Number(theirs));
    case 'bytes':
    case 'fixed':
      return String.fromCharCode(...(ours as Uint8Array)) === theirs;
    case 'array': {
      const items = ours as readonly Value[];
      return (
        Array.isArray(theirs) &&
        theirs.length === items.length &&
        items.every((item, at) => agrees(item, theirs[at], type.items))
      );
    }
    case 'map':
      return sameEntries(ours as ValueMap, theirs, () => type.values);
    case 'record':
      return sameEntries(ours as ValueMap, theirs, (key) => type.fields.find((field) => field.name === key)!.type);
    case 'union': {
      if (ours === null || theirs === null) return ours === theirs;
      const tag = unionTag(ours);
      const inner = (theirs as Record<string, unknown>)[tag];
      return (
        inner !== undefined && agrees(untagged(ours), inner, type.branches.find((branch) => tagOf(branch) === tag)!)
      );
    }
    default:
      return ours === theirs;
  }
}

function sameEntries(ours: ValueMap, theirs: unknown, typeOf: (key: string) => AvroType): boolean {
  if (typeof theirs !== 'object' || theirs === null) return false;
  const keys = Object.keys(ours);
  const other = theirs as Record<string, unknown>;
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && agrees(ours[key]!, other[key], typeOf(key)))
  );
}

function close(ours: number, theirs: number): boolean {
  if (Number.isNaN(ours) || Number.isNaN(theirs)) return Number.isNaN(ours) && Number.isNaN(theirs);
  if (ours === theirs) return true;
  if (Math.abs(ours) < 1e-8 && Math.abs(theirs) < 1e-8) return true;
  return Math.abs(ours - theirs) <= TOLERANCE * Math.abs(theirs);
}

type Ours = { ok: Value } | { error: unknown };

function scored(call: Call): Ours[] {
  const engine = PfaEngine.from(call.document, { seed: 1 });
  return call.rows.map((row) => {
    try {
      return { ok: fromPlain(engine.action(toPlain(row)), call.output) };
    } catch (error) {
      return { error: (error as { code?: unknown }).code };
    }
  });
}

/** Titus' own faults (a Python exception that is not PFA's), which say nothing about the function. */
function isCrash(answer: PeerAnswer): boolean {
  return 'error' in answer && !answer.error.startsWith('PFA');
}

function difference(call: Call, ours: Ours, answer: PeerAnswer): string | undefined {
  if (('error' in ours || 'error' in answer) && isListed(call.name, DIFFERENT_ERRORS)) return undefined;
  if ('error' in answer) {
    if ('ok' in ours) return `${shown(ours.ok)} against ${answer.error}`;
    return answer.error.includes(`(code ${String(ours.error)})`)
      ? undefined
      : `${String(ours.error)} against ${answer.error}`;
  }
  const theirs = answer.ok['output']!.value;
  if ('error' in ours) return `error ${String(ours.error)} against ${JSON.stringify(theirs, printable)}`;
  return agrees(ours.ok, theirs, call.output)
    ? undefined
    : `${shown(ours.ok)} against ${JSON.stringify(theirs, printable)}`;
}

function printable(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value)) ? String(value) : value;
}

function shown(value: Value): string {
  return JSON.stringify(value, printable);
}

test('deterministic functions score random calls as Titus does', async () => {
  const calls = callsOf();
  const folder = await mkdtemp(join(tmpdir(), 'samescore-pfa-functions-'));
  try {
    const jobs = await Promise.all(
      calls.map(async (call, index) => {
        const model = join(folder, `${index}.json`);
        const rows = join(folder, `${index}.ndjson`);
        await writeFile(model, call.document);
        await writeFile(rows, call.rows.map((row) => `${writeJson(encodeJsonNode(row, call.input))}\n`).join(''));
        return { model, rows };
      }),
    );
    const answers = await runTitus(jobs);
    const differences: string[] = [];
    let compared = 0;
    for (const [index, call] of calls.entries()) {
      for (const [at, ours] of scored(call).entries()) {
        const answer = answers[index]![at]!;
        if (isCrash(answer)) continue;
        compared += 1;
        const found = difference(call, ours, answer);
        if (found !== undefined) differences.push(`${call.label} ${shown(call.rows[at]!)}: ${found}`);
      }
    }
    expect(compared).toBeGreaterThan(400 * CALLS);
    expect(differences.slice(0, 20), `${differences.length} of ${compared}`).toEqual([]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
