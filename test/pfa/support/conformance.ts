import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  type AvroType,
  PfaEngine,
  PfaInitializationError,
  PfaRuntimeError,
  PfaSchemaError,
  PfaSemanticError,
  PfaSyntaxError,
  PfaTimeoutError,
  PfaUserError,
  readPfaText,
  writePfa,
} from '../../../src/pfa/index.js';
import { tagOf } from '../../../src/pfa/types.js';

/** Every difference between what a case expects and what happened, with the number of comparisons made. */
export interface Outcome {
  compared: number;
  /** Names of all comparisons, as the ledger knows them. */
  ran: Set<string>;
  failures: { id: string; reason: string }[];
}

interface Expected {
  result?: unknown;
  emit?: unknown[];
  log?: { values: unknown[]; namespace: string | null }[];
  error?: { class: string; code?: number; message?: string } | number;
  disputed?: unknown;
  tol?: number;
  unordered?: boolean;
  nondeterministic?: string;
  single?: unknown;
}
interface Call extends Expected {
  op: string;
  input?: unknown;
  value?: unknown;
  instance?: number;
  tallyOne?: unknown;
  tallyTwo?: unknown;
  state?: { cells: Record<string, unknown>; pools: Record<string, Record<string, unknown>> };
}
export interface CaseRecord {
  id: string;
  kind: 'engine' | 'types' | 'parse';
  doc: string;
  load: 'ok' | 'error';
  loadError?: string;
  calls?: Call[];
  instances?: number;
  nondeterministic?: boolean;
  canonical?: string;
}
export interface FunctionTest {
  function: string;
  engine: string;
  trials: ({ sample: unknown } & Expected)[];
}

const here = fileURLToPath(new URL('../../../', import.meta.url));
const shared = `${here}../shared/conformance/pfa/`;
const copied = `${here}fixtures/conformance/pfa/`;

/** The whole open corpus where it is present, else the part that is copied into this repository. */
export function corpusPath(name: string): string {
  return existsSync(shared + name) ? shared + name : copied + name;
}

export function readRecords(name: string): CaseRecord[] {
  const lines = readFileSync(corpusPath(name), 'utf8').split('\n');
  return lines.filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as CaseRecord);
}

export function readFunctionTests(name: string): FunctionTest[] {
  return (JSON.parse(readFileSync(corpusPath(name), 'utf8')) as { 'pfa-tests': FunctionTest[] })['pfa-tests'];
}

/** A value of the corpus as the engine's interface takes it. */
export function decode(value: unknown, type: AvroType): unknown {
  switch (type.type) {
    case 'long':
      return typeof value === 'string' ? BigInt(value) : value;
    case 'float':
    case 'double':
      return typeof value === 'string' ? { nan: Number.NaN, inf: Infinity, '-inf': -Infinity }[value] : value;
    case 'bytes':
    case 'fixed':
      return new Uint8Array(Buffer.from(value as string, 'base64'));
    case 'array':
      return (value as unknown[]).map((item) => decode(item, type.items));
    case 'map':
      return Object.fromEntries(Object.entries(value as object).map(([key, of]) => [key, decode(of, type.values)]));
    case 'record':
      return Object.fromEntries(
        type.fields.map((field) => [field.name, decode((value as Record<string, unknown>)[field.name], field.type)]),
      );
    case 'union': {
      if (value === null) return null;
      const [tag, of] = Object.entries(value as object)[0] as [string, unknown];
      const branch = type.branches.find((one) => tagOf(one) === tag);
      if (branch === undefined) throw new Error(`no branch ${tag}`);
      return { [tag]: decode(of, branch) };
    }
    default:
      return value;
  }
}

/** Why the actual value is not the expected one (of the corpus, not decoded); undefined where it is. */
export function difference(
  expected: unknown,
  actual: unknown,
  type: AvroType,
  tol: number,
  unordered = false,
): string | undefined {
  const shown = () => `expected ${show(expected)}, got ${show(actual)}`;
  switch (type.type) {
    case 'null':
      return actual === null ? undefined : shown();
    case 'long': {
      const wanted = typeof expected === 'string' ? BigInt(expected) : (expected as number);
      return actual === wanted || (Object.is(wanted, -0) && actual === 0) ? undefined : shown();
    }
    case 'float':
    case 'double':
      return typeof actual === 'number' && sameNumber(expected, actual, tol) ? undefined : shown();
    case 'bytes':
    case 'fixed':
      return actual instanceof Uint8Array && Buffer.from(actual).toString('base64') === expected ? undefined : shown();
    case 'array': {
      if (!Array.isArray(actual) || actual.length !== (expected as unknown[]).length) return shown();
      const [wanted, got] = unordered
        ? [sorted(expected as unknown[]), sorted(actual)]
        : [expected as unknown[], actual as unknown[]];
      for (let i = 0; i < wanted.length; i++) {
        const found = difference(wanted[i], got[i], type.items, tol, unordered);
        if (found !== undefined) return `[${i}] ${found}`;
      }
      return undefined;
    }
    case 'map':
    case 'record': {
      if (typeof actual !== 'object' || actual === null) return shown();
      const keys = Object.keys(expected as object);
      if (keys.length !== Object.keys(actual).length) return shown();
      for (const key of keys) {
        const of = type.type === 'map' ? type.values : type.fields.find((field) => field.name === key)?.type;
        if (of === undefined || !Object.hasOwn(actual, key)) return shown();
        const found = difference(
          (expected as Record<string, unknown>)[key],
          (actual as Record<string, unknown>)[key],
          of,
          tol,
          unordered,
        );
        if (found !== undefined) return `.${key} ${found}`;
      }
      return undefined;
    }
    case 'union': {
      if (expected === null || actual === null) return expected === actual ? undefined : shown();
      const [tag, of] = Object.entries(expected as object)[0] as [string, unknown];
      const branch = type.branches.find((one) => tagOf(one) === tag);
      if (branch === undefined || typeof actual !== 'object' || !Object.hasOwn(actual, tag)) return shown();
      return difference(of, (actual as Record<string, unknown>)[tag], branch, tol, unordered);
    }
    default:
      return actual === expected ? undefined : shown();
  }
}

function sorted(values: unknown[]): unknown[] {
  return [...values].sort((a, b) => {
    if (typeof a === 'number' && typeof b === 'number') return a - b;
    return show(a) < show(b) ? -1 : 1;
  });
}

function sameNumber(expected: unknown, actual: number, tol: number): boolean {
  if (expected === 'nan') return Number.isNaN(actual);
  if (expected === 'inf') return actual > 1e80;
  if (expected === '-inf') return actual < -1e80;
  const wanted = expected as number;
  const [small, tiny] = [Math.abs(wanted) < 1e-8, Math.abs(actual) < 1e-8];
  if (small || tiny) return small && tiny;
  return Math.abs(wanted - actual) / Math.abs(wanted) <= tol;
}

export function show(value: unknown): string {
  const text = JSON.stringify(value, (_, of) => {
    if (typeof of === 'bigint') return `${of}n`;
    if (typeof of === 'number' && !Number.isFinite(of)) return String(of);
    return of instanceof Uint8Array ? `bytes ${Buffer.from(of).toString('hex')}` : of;
  });
  return (text ?? String(value)).slice(0, 200);
}

const CLASSES: Record<string, new (...args: never[]) => Error> = {
  runtime: PfaRuntimeError,
  user: PfaUserError,
  timeout: PfaTimeoutError,
  syntax: PfaSyntaxError,
  schema: PfaSchemaError,
  semantic: PfaSemanticError,
  init: PfaInitializationError,
};

/** Why the error is not the expected one. */
function errorDifference(expected: Expected['error'], error: unknown): string | undefined {
  const wanted = typeof expected === 'number' ? { class: 'runtime', code: expected } : expected;
  if (wanted === undefined) return `failed: ${error instanceof Error ? `${error.name} ${error.message}` : error}`;
  const of = CLASSES[wanted.class] as new () => Error;
  const got = error as { name: string; message: string; code?: unknown };
  if (!(error instanceof of)) return `expected a ${wanted.class} error, got ${got.name} ${got.message}`;
  if (wanted.class !== 'timeout' && got.code !== wanted.code) return `expected code ${wanted.code}, got ${got.code}`;
  if ('message' in wanted && wanted.message !== undefined && wanted.message !== got.message) {
    return `expected message "${wanted.message}", got "${got.message}"`;
  }
  return undefined;
}

/** Runs the official tests of the library's functions. */
export function runFunctionTests(tests: readonly FunctionTest[], tol: number): Outcome {
  const outcome: Outcome = { compared: 0, ran: new Set(), failures: [] };
  for (const test of tests) {
    const id = `${test.function}:${fingerprint(test.engine)}`;
    let engine: PfaEngine;
    try {
      engine = PfaEngine.from(test.engine);
    } catch (error) {
      outcome.compared++;
      outcome.ran.add(id);
      outcome.failures.push({
        id,
        reason: `does not load: ${(error as Error).message} ${show((error as { got?: string }).got)} ${show((error as { place?: string }).place)}`,
      });
      continue;
    }
    for (const trial of test.trials) {
      const reason = runTrial(engine, trial, tol);
      if (trial.disputed !== undefined) continue;
      outcome.compared++;
      const trialId = `${id}.${fingerprint(JSON.stringify(trial.sample))}`;
      outcome.ran.add(trialId);
      if (reason !== undefined) outcome.failures.push({ id: trialId, reason: `${show(trial.sample)}: ${reason}` });
    }
  }
  return outcome;
}

/** A short name for a text, stable whatever else is in the corpus (FNV-1a). */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(36);
}

function runTrial(engine: PfaEngine, trial: FunctionTest['trials'][number], tol: number): string | undefined {
  let actual: unknown;
  try {
    actual = engine.action(decode(trial.sample, engine.input));
  } catch (error) {
    return errorDifference(trial.error, error);
  }
  if (trial.error !== undefined) return `expected error ${show(trial.error)}, got ${show(actual)}`;
  const { nondeterministic } = trial;
  if (nondeterministic === 'pseudorandom' || nondeterministic === 'unstable') return undefined;
  return difference(trial.result, actual, engine.output, trial.tol ?? tol, nondeterministic === 'unordered');
}

/** Runs whole-engine records. */
export function runRecords(records: readonly CaseRecord[], tol: number): Outcome {
  const outcome: Outcome = { compared: 0, ran: new Set(), failures: [] };
  for (const record of records) {
    const fail = (reason: string) => outcome.failures.push({ id: record.id, reason });
    outcome.compared++;
    outcome.ran.add(record.id);
    if (record.kind === 'parse') {
      const reason = canonicalDifference(record);
      if (reason !== undefined) fail(reason);
      continue;
    }
    const emitted: unknown[] = [];
    const logged: { values: unknown[]; namespace: string | null }[] = [];
    let engines: PfaEngine[];
    try {
      engines = PfaEngine.instances(record.doc, record.instances ?? 1, {
        emit: (value) => emitted.push(value),
        log: (values, namespace) => logged.push({ values, namespace }),
      });
    } catch (error) {
      if (record.load === 'ok') fail(`does not load: ${(error as Error).name} ${(error as Error).message}`);
      else {
        const reason = errorDifference(
          { class: record.loadError as string },
          Object.assign(error as Error, { code: undefined }),
        );
        if (reason !== undefined) fail(reason);
      }
      continue;
    }
    if (record.load === 'error') {
      fail(`loads, but a ${record.loadError} error was expected`);
      continue;
    }
    record.calls?.forEach((call, index) => {
      emitted.length = 0;
      logged.length = 0;
      const engine = engines[call.instance ?? 0] as PfaEngine;
      const reason = runCall(engine, call, record, emitted, logged, tol);
      if (call.disputed !== undefined) return;
      const id = `${record.id}.${index}`;
      outcome.compared++;
      outcome.ran.add(id);
      if (reason !== undefined) outcome.failures.push({ id, reason: `${call.op} ${show(call.input)}: ${reason}` });
    });
  }
  return outcome;
}

function runCall(
  engine: PfaEngine,
  call: Call,
  record: CaseRecord,
  emitted: unknown[],
  logged: { values: unknown[]; namespace: string | null }[],
  tol: number,
): string | undefined {
  let actual: unknown;
  try {
    if (call.op === 'action') actual = engine.action(decode(call.input, engine.input));
    else if (call.op === 'begin') engine.begin();
    else if (call.op === 'end') engine.end();
    else if (call.op === 'setTally') engine.tally = decode(call.value, engine.output);
    else if (call.op === 'merge') {
      actual = engine.merge(decode(call.tallyOne, engine.output), decode(call.tallyTwo, engine.output));
    } else if (call.op === 'snapshot') return snapshotDifference(engine, call);
    else return `unknown op ${call.op}`;
  } catch (error) {
    return errorDifference(call.error, error);
  }
  if (call.error !== undefined) return `expected error ${show(call.error)}, got ${show(actual)}`;
  if (record.nondeterministic || call.nondeterministic !== undefined) return undefined;
  if (call.emit !== undefined) {
    const reason = difference(call.emit, [...emitted], { type: 'array', items: engine.output }, tol, call.unordered);
    if (reason !== undefined) return `emitted ${reason}`;
  }
  if (call.log !== undefined && JSON.stringify(logged) !== JSON.stringify(call.log)) {
    return `logged ${JSON.stringify(logged)}, expected ${JSON.stringify(call.log)}`;
  }
  if (!('result' in call)) return undefined;
  return difference(call.result, actual, engine.output, call.tol ?? tol, call.unordered);
}

function snapshotDifference(engine: PfaEngine, call: Call): string | undefined {
  const got = engine.snapshot();
  for (const [name, value] of Object.entries(call.state?.cells ?? {})) {
    const type = engine.program.cells.get(name)?.type.resolved as AvroType;
    const reason = difference(value, got.cells[name], type, 1e-6);
    if (reason !== undefined) return `cell ${name} ${reason}`;
  }
  for (const [name, items] of Object.entries(call.state?.pools ?? {})) {
    const type = engine.program.pools.get(name)?.type.resolved as AvroType;
    const reason = difference(items, got.pools[name], { type: 'map', values: type }, 1e-6);
    if (reason !== undefined) return `pool ${name} ${reason}`;
  }
  return undefined;
}

/**
 * Reading keeps documents as they are, while the corpus's canonical form comes from an engine that also drops what goes
 * without saying; both sides are brought to that form before they are compared.
 */
function canonicalDifference(record: CaseRecord): string | undefined {
  PfaEngine.from(record.doc, { check: false });
  const document = readPfaText(record.doc);
  const again = readPfaText(new TextDecoder().decode(writePfa(document, { indent: 0 })));
  const wanted = JSON.parse(record.canonical as string) as Record<string, unknown>;
  const got = canonical(JSON.parse(new TextDecoder().decode(writePfa(again)))) as Record<string, unknown>;
  const [a, b] = [stable(canonical(wanted)), stable({ ...got, name: wanted['name'] })];
  return a === b ? undefined : `expected ${a}, got ${b}`;
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const made = Object.fromEntries(Object.entries(value).map(([key, of]) => [key, canonical(of)]));
  if ('input' in made && 'action' in made) {
    made['method'] ??= 'map';
    if (!Array.isArray(made['action'])) made['action'] = [made['action']];
  }
  const keys = Object.keys(made);
  return keys.length === 1 && keys[0] === 'int' && typeof made['int'] === 'number' ? made['int'] : made;
}

function stable(value: unknown): string {
  return JSON.stringify(value, (_, of: unknown) =>
    typeof of === 'object' && of !== null && !Array.isArray(of) ? Object.fromEntries(Object.entries(of).sort()) : of,
  );
}
