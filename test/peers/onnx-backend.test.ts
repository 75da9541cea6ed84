import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SamescoreError } from '../../src/core/errors.js';
import { readValue } from '../../src/onnx/evaluate/value-protos.js';
import {
  checkOnnx,
  loadImageDecoders,
  OnnxEvaluator,
  type OnnxMap,
  type OnnxModel,
  readOnnx,
  readTensor,
  Tensor,
  type Value,
} from '../../src/onnx/index.js';
import { canonicalDomain, schemaAt } from '../../src/onnx/operator-schemas.js';
import { OPERATORS } from '../../src/onnx/operators.js';

/** ONNX's own tests: written by `npm run peers:install`, from the pinned onnx package. */
const TESTS = join(process.env['SAMESCORE_PEERS'] ?? join(import.meta.dirname, '../../peers/.installed'), 'onnx-tests');
const SUITES = ['node', 'simple', 'pytorch-operator', 'pytorch-converted'];

/** Networks whose weights are made by ConstantOfShape: ONNX's runner feeds them arange(n) / n and has the outputs. */
const DOCS = join(import.meta.dirname, '../../docs/support');
const LIGHT = join(TESTS, 'light');
const LIGHT_RTOL: Readonly<Record<string, number>> = { light_densenet121: 2e-3 };

interface Facts {
  readonly rtol: number;
  readonly atol: number;
  /** Whether ONNX's own reference evaluator passes. */
  readonly reference?: boolean;
}

interface LedgerEntry {
  readonly reason: string;
  readonly random: boolean;
}

const ledger = new Map(
  readFileSync(join(import.meta.dirname, 'onnx-backend.ledger.txt'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line): [string, LedgerEntry] => {
      const random = line.startsWith('~');
      const [name = '', ...reason] = line.replace(/^~ /, '').split(': ');
      return [name, { reason: reason.join(': '), random }];
    }),
);

const cases = SUITES.flatMap((suite) =>
  existsSync(join(TESTS, suite))
    ? readdirSync(join(TESTS, suite)).map((name): [string, string] => [name, join(TESTS, suite, name)])
    : [],
).filter(([, folder]) => existsSync(join(folder, 'model.onnx')));

/** What differs, in words; empty where nothing does. */
function difference(got: Value | undefined, want: Value, facts: Facts): string {
  if (!(want instanceof Tensor)) {
    if (got === undefined || got instanceof Tensor) return `not a ${want.kind}`;
    if (want.kind === 'optional')
      return want.value === null ? (got.kind === 'optional' ? '' : 'not empty') : difference(got, want.value, facts);
    if (want.kind === 'map') {
      const entries = (got as OnnxMap).entries;
      return [...want.entries].every(([key, value]) => entries.get(key) === value) ? '' : 'another map';
    }
    if (got.kind !== 'sequence' || got.elements.length !== want.elements.length) return 'another length';
    return (
      want.elements.map((element, i) => difference(got.elements[i], element, facts)).find((text) => text !== '') ?? ''
    );
  }
  if (!(got instanceof Tensor)) return 'not a tensor';
  if (got.type !== want.type) return `${got.type} instead of ${want.type}`;
  if (got.dims.join() !== want.dims.join()) return `[${got.dims}] instead of [${want.dims}]`;
  for (let i = 0; i < want.data.length; i++) {
    const [a, b] = [got.data[i]!, want.data[i]!];
    const same =
      typeof b !== 'number' || typeof a !== 'number'
        ? a === b
        : Object.is(a, b) || a === b || Math.abs(a - b) <= facts.atol + facts.rtol * Math.abs(b);
    if (!same) return `${a} instead of ${b} at ${i}`;
  }
  return '';
}

function run(folder: string, facts: Facts): string {
  const model = readOnnx(readFileSync(join(folder, 'model.onnx')));
  const evaluator = new OnnxEvaluator(model);
  const sets = readdirSync(folder).filter((name) => name.startsWith('test_data_set'));
  if (sets.length === 0) return 'there are no data';
  for (const set of sets) {
    const feeds: Record<string, Value> = {};
    model.graph!.input.forEach((info, i) => {
      const path = join(folder, set, `input_${i}.pb`);
      if (existsSync(path)) feeds[info.name!] = readValue(readFileSync(path), info.type!);
    });
    const results = evaluator.run(feeds);
    for (const [i, info] of model.graph!.output.entries()) {
      const path = join(folder, set, `output_${i}.pb`);
      if (!existsSync(path)) continue;
      const text = difference(results[info.name!], readValue(readFileSync(path), info.type!), facts);
      if (text !== '') return `${info.name}: ${text}`;
    }
  }
  return '';
}

function runLight(name: string): string {
  const model = readOnnx(readFileSync(join(LIGHT, `${name}.onnx`)));
  const given = new Set(model.graph!.initializer.map((tensor) => tensor.name));
  const feeds = model
    .graph!.input.filter((info) => !given.has(info.name))
    .map((info): [string, Tensor] => {
      const dims = info.type!.tensor_type!.shape!.dim.map((dim) => Number(dim.dim_value ?? 1));
      const size = dims.reduce((product, dim) => product * dim, 1);
      const data = Float32Array.from({ length: size }, (_, i) => i / size);
      return [info.name!, new Tensor('float', dims, data)];
    });
  const results = new OnnxEvaluator(model).run(Object.fromEntries(feeds));
  const want = readTensor(readFileSync(join(LIGHT, `${name}_output_0.pb`)));
  return difference(results[model.graph!.output[0]!.name!], want, { rtol: LIGHT_RTOL[name] ?? 1e-3, atol: 1e-7 });
}

const lightCases = existsSync(LIGHT)
  ? readdirSync(LIGHT)
      .filter((name) => name.endsWith('.onnx'))
      .map((name) => name.slice(0, -'.onnx'.length))
  : [];

/** Tests by operator and version: passed, all, passed by ONNX's reference evaluator. */
const tally = new Map<string, [number, number, number]>();
/** The same by suite; undefined where the reference evaluator was not asked. */
const suites = new Map<string, [number, number, number | undefined]>();

function countSuite(suite: string, passed: boolean, reference: boolean | undefined): void {
  const row = suites.get(suite) ?? [0, 0, 0];
  const known = reference === undefined || row[2] === undefined ? undefined : row[2] + Number(reference);
  suites.set(suite, [row[0] + Number(passed), row[1] + 1, known]);
}

function count(name: string, model: OnnxModel, passed: boolean, facts: Facts, folder: string): void {
  if (basename(dirname(folder)) !== 'node' || name.endsWith('_expanded') || facts.reference === undefined) return;
  const node = model.graph!.node.at(-1)!;
  const domain = canonicalDomain(node.domain);
  const opset = model.opset_import.find((entry) => canonicalDomain(entry.domain) === domain)?.version ?? 1;
  const since = schemaAt(domain, node.op_type!, Number(opset))?.since ?? 1;
  const key = `${domain === '' ? 'ai.onnx' : domain}/${node.op_type}\t${since}`;
  const row = tally.get(key) ?? [0, 0, 0];
  tally.set(key, [row[0] + Number(passed), row[1] + 1, row[2] + Number(facts.reference)]);
}

interface LiveVersion {
  readonly domain: string;
  readonly operator: string;
  readonly since: number;
  readonly onnxRuntime: number;
  readonly reference: number;
}

/** Random cases of each operator and version that the live comparison found the same. */
function liveVersions(): Map<string, LiveVersion> {
  const { versions } = JSON.parse(readFileSync(join(DOCS, 'onnx-versions.json'), 'utf8')) as {
    versions: readonly LiveVersion[];
  };
  return new Map(versions.map((row) => [`${row.domain}/${row.operator}\t${row.since}`, row]));
}

function byVersion(a: string, b: string): number {
  const [[nameA, sinceA], [nameB, sinceB]] = [a.split('\t'), b.split('\t')];
  if (nameA !== nameB) return nameA! < nameB! ? -1 : 1;
  return Number(sinceA) - Number(sinceB);
}

afterAll(() => {
  if (process.env['SAMESCORE_WRITE_DOCS'] !== '1') return;
  const live = liveVersions();
  const rows = [...new Set([...tally.keys(), ...live.keys()])].sort(byVersion).map((key) => {
    const [name = '', since] = key.split('\t');
    const [domain, op] = name.split('/');
    const [passed, all, reference] = tally.get(key) ?? [0, 0, 0];
    const tests = all === 0 ? 'none | none' : `${passed} of ${all} | ${reference} of ${all}`;
    const { onnxRuntime = 0, reference: drawn = 0 } = live.get(key) ?? {};
    return `| ${domain} | ${op} | ${since} | ${tests} | ${onnxRuntime} | ${drawn} |`;
  });
  const total = [...tally.values()].reduce(
    (sum, row) => sum.map((value, i) => value + row[i]!) as [number, number, number],
    [0, 0, 0],
  );
  const declined = Object.entries(OPERATORS).flatMap(([key, row]) =>
    'declined' in row ? [`- \`${key}\`: ${row.declined}`] : [],
  );
  const head = [
    '# ONNX operators',
    '',
    "ONNX's own node tests of the pinned `onnx` package (function expansions not counted), by operator and version:",
    `passed by samescore, and by that package's Python reference evaluator. In all ${total[0]} of ${total[1]} against ${total[2]}.`,
    'Written by `SAMESCORE_WRITE_DOCS=1 npm run test:peers`; what fails stands with its reason in',
    '`test/peers/onnx-backend.ledger.txt`. The last two columns count random cases that agree with ONNX Runtime and with the',
    'reference evaluator (`onnx-versions.json`, written by `test/peers/onnx-live.test.ts`, has what neither can run).',
    '',
    '| suite | samescore | onnx.reference |',
    '|---|---|---|',
    ...[...suites]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([suite, [passed, all, reference]]) => {
        const beside = reference === undefined ? 'not run' : `${reference} of ${all}`;
        return `| ${suite} | ${passed} of ${all} | ${beside} |`;
      }),
    '',
    ...(declined.length === 0 ? [] : ['Not evaluated:', '', ...declined, '']),
    '| domain | operator | since | samescore | onnx.reference | drawn, ONNX Runtime | drawn, onnx.reference |',
    '|---|---|---|---|---|---|---|',
  ];
  writeFileSync(join(DOCS, 'onnx.md'), `${[...head, ...rows].join('\n')}\n`);
});

beforeAll(() => loadImageDecoders());

describe("ONNX's own tests", () => {
  test('are there, and the ledger names only tests that exist', () => {
    expect(cases.length, `no tests in ${TESTS}: run npm run peers:install`).toBeGreaterThan(1900);
    const names = new Set(cases.map(([name]) => name));
    expect([...ledger.keys()].filter((name) => !names.has(name))).toEqual([]);
    expect([...ledger].filter(([, entry]) => entry.reason === '')).toEqual([]);
  });

  test.each(cases)('%s', (name, folder) => {
    const path = join(folder, 'case.json');
    const facts: Facts = existsSync(path)
      ? (JSON.parse(readFileSync(path, 'utf8')) as Facts)
      : { rtol: 1e-3, atol: 1e-7 };
    let text: string;
    try {
      text = run(folder, facts);
    } catch (error) {
      if (!(error instanceof SamescoreError)) throw error;
      text = `${error.code}: ${error.message}`;
    }
    const model = readOnnx(readFileSync(join(folder, 'model.onnx')));
    count(name, model, text === '', facts, folder);
    const suite = basename(dirname(folder));
    countSuite(name.endsWith('_expanded') ? `${suite}, function bodies` : suite, text === '', facts.reference);
    expect(checkOnnx(model).filter((finding) => finding.severity === 'error')).toEqual([]);
    const known = ledger.get(name);
    if (known === undefined) expect(text).toBe('');
    else if (!known.random) expect(text, `${name} passes now: remove it from the ledger`).not.toBe('');
  });

  test('has nine light networks', () => {
    expect(lightCases).toHaveLength(9);
  });

  test.each(lightCases)('%s', { timeout: 600_000 }, (name) => {
    const text = runLight(name);
    countSuite('light', text === '', undefined);
    expect(text).toBe('');
  });
});
