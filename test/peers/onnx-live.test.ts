import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ElementType } from '../../src/onnx/element-types.js';
import { Tensor } from '../../src/onnx/index.js';
import { type OperatorSchema, schemasOf } from '../../src/onnx/operator-schemas.js';
import { OPERATORS } from '../../src/onnx/operators.js';
import { jobOf } from './onnx-live/case.js';
import { CARRIED, drawFrom, NARROW } from './onnx-live/draw.js';
import { GENERATORS, LEFT_OUT, WIDER } from './onnx-live/generators.js';
import { runGraphs } from './onnx-live/graph-run.js';
import { type Drawn, judge, newTally, sumOf, type Tally } from './onnx-live/judge.js';
import { nodeTests } from './onnx-live/node-tests.js';
import { runOrtTensors, runReferenceTensors, type TensorAnswer } from './ort-tensors.js';

const CASES = Number(process.env['SAMESCORE_LIVE_CASES'] ?? 80);
/** Cases a version at least. */
const EACH = Math.ceil(CASES / 5);
const TYPES = [...CARRIED, ...NARROW];

/** Versions that hold from operator set 7 on, of operators that are not deprecated. */
function versionsOf(key: string): OperatorSchema[] {
  const [domain = '', name = ''] = key.split('/');
  const all = schemasOf(domain, name).filter((schema) => !schema.deprecated);
  const old = domain === '' ? all.filter((schema) => schema.since <= 7).slice(-1) : [];
  return [...old, ...all.filter((schema) => domain !== '' || schema.since > 7)];
}

/** A case of a version with the types that only the reference takes; none where the version has no such type. */
function narrowCase(schema: OperatorSchema, seed: number, make: (typeof GENERATORS)[string]): Drawn['job'] | null {
  const opset = schema.domain === '' ? Math.max(schema.since, 7) : schema.since;
  const draw = drawFrom(seed, TYPES);
  const type = draw.type;
  const narrow = {
    ...draw,
    type: (allowed: readonly string[], only?: readonly ElementType[]) => drawFrom(seed + 1, NARROW).type(allowed, only),
  };
  try {
    const one = make({ ...narrow, type: draw.chance(0.5) ? type : narrow.type }, schema);
    const isNarrow = one.inputs.some((value) => value instanceof Tensor && NARROW.includes(value.type));
    return isNarrow || typeof one.attributes?.['to'] === 'number' ? jobOf(schema, opset, one, draw) : null;
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

function drawAll(key: string, seed: number): { drawn: Drawn[]; narrow: Drawn[] } {
  const versions = versionsOf(key);
  const makers = [GENERATORS[key], WIDER[key]].filter((make) => make !== undefined);
  const drawn: Drawn[] = [];
  const narrow: Drawn[] = [];
  makers.forEach((make, kind) => {
    const count = Math.max(CASES, EACH * versions.length);
    for (let i = 0; i < count; i++) {
      const schema = versions[i % versions.length] as OperatorSchema;
      const draw = drawFrom(seed * 1009 + i + kind * 500);
      const opset = schema.domain === '' ? Math.max(schema.since, 7) : schema.since;
      const label = `${key}-${schema.since} case ${kind === 0 ? '' : 'w'}${i}`;
      drawn.push({ key, since: schema.since, label, job: jobOf(schema, opset, make(draw, schema), draw) });
      const job = schema.domain === 'ai.onnx.ml' ? null : narrowCase(schema, seed * 3001 + i + kind * 500, make);
      if (job !== null) narrow.push({ key, since: schema.since, label: `${label}n`, job });
    }
  });
  return { drawn, narrow };
}

const chosen = process.env['SAMESCORE_LIVE_ONLY']?.split(',');
const keys = Object.keys(OPERATORS).filter((key) => key in GENERATORS && (chosen?.includes(key) ?? true));
const places = Object.keys(GENERATORS);
const all = keys.map((key) => drawAll(key, places.indexOf(key) + 1));
const drawn = all.flatMap((one) => one.drawn);
const narrow = all.flatMap((one) => one.narrow);
const tallies = new Map<string, Tally>(keys.map((key) => [key, newTally()]));

const answers = runOrtTensors(drawn.map(({ job }) => job));
// The reference evaluator is no second opinion on ai.onnx.ml: the engine has a kernel for every operator.
const refused = drawn.filter(({ key }, i) => !key.startsWith('ai.onnx.ml/') && 'error' in (answers[i] as TensorAnswer));
drawn.forEach((one, i) => {
  judge(one, answers[i] as TensorAnswer, 'engine', tallies.get(one.key) as Tally);
});
const asked = [...refused, ...narrow];
const second = runReferenceTensors(asked.map(({ job }) => job));
asked.forEach((one, i) => {
  judge(one, second[i] as TensorAnswer, 'reference', tallies.get(one.key) as Tally);
});

test('every operator is drawn, or left out with a reason', () => {
  // Those of com.microsoft have one version and no schema: test/onnx/engine.test.ts compares them.
  const evaluated = Object.entries(OPERATORS).filter(
    ([key, row]) => !('declined' in row) && !key.startsWith('com.microsoft/'),
  );
  const missing = evaluated.map(([key]) => key).filter((key) => !(key in GENERATORS) && !(key in LEFT_OUT));
  expect(missing).toEqual([]);
});

test.each([...tallies])('%s', (key, tally) => {
  const { engine, reference } = tally.compared;
  if (process.env['SAMESCORE_LIVE_REASONS']) {
    const counts = versionsOf(key).map(
      ({ since }) => `${since}: ${engine.get(since) ?? 0}+${reference.get(since) ?? 0}`,
    );
    console.log(`${key}: ${counts.join(', ')}; ${tally.differences.length} differ\n${[...tally.refusals].join('\n')}`);
  }
  expect(tally.differences.slice(0, Number(process.env['SAMESCORE_LIVE_SHOWN'] ?? 6))).toEqual([]);
  expect(sumOf(engine) + sumOf(reference), [...tally.refusals].slice(0, 5).join('\n')).toBeGreaterThanOrEqual(30);
});

/** Versions that nothing is compared at, and why. */
const MORE_TYPES = 'differs from the version before by bfloat16 alone; neither peer has a kernel for it';
const UNCOMPARED: Readonly<Record<string, string>> = {
  'ai.onnx/GlobalLpPool-22': MORE_TYPES,
  'ai.onnx/MaxRoiPool-22': MORE_TYPES,
  'ai.onnx/Multinomial-22': MORE_TYPES,
  'ai.onnx/Optional-28':
    'differs from the version before by more types alone; the engine does not know the operator set',
  'ai.onnx.preview.training/Gradient-1': "compared in ONNX's simple tests",
};

const graphs = chosen === undefined ? runGraphs() : null;

test.each(graphs?.tallies ?? [])('graphs: $name', ({ compared, refusals, differences }) => {
  expect(differences.slice(0, 5)).toEqual([]);
  expect(compared, refusals.slice(0, 3).join('\n')).toBeGreaterThanOrEqual(30);
});

test.runIf(graphs !== null)('every version of every operator is compared, or left out with a reason', () => {
  const own = nodeTests();
  const rows = Object.keys(OPERATORS)
    .filter((key) => !key.startsWith('com.microsoft/'))
    .flatMap((key) =>
      versionsOf(key).map(({ since }) => {
        const { engine, reference } = tallies.get(key)?.compared ?? newTally().compared;
        const [domain = '', operator = ''] = key.split('/');
        return {
          domain: domain === '' ? 'ai.onnx' : domain,
          operator,
          since,
          nodeTests: own.get(key)?.get(since) ?? 0,
          onnxRuntime: (engine.get(since) ?? 0) + (graphs?.counts.get(key)?.get(since) ?? 0),
          reference: reference.get(since) ?? 0,
        };
      }),
    );
  expect(rows.length).toBeGreaterThan(550);
  const open = rows.filter((row) => row.nodeTests + row.onnxRuntime + row.reference === 0);
  expect(open.map(({ domain, operator, since }) => `${domain}/${operator}-${since}`).sort()).toEqual(
    Object.keys(UNCOMPARED).sort(),
  );
  if (process.env['SAMESCORE_WRITE_DOCS'] !== '1') return;
  const note = 'Cases compared by operator and version, written by SAMESCORE_WRITE_DOCS=1 npm run test:peers';
  const lines = rows.map((row) => `  ${JSON.stringify(row)}`).join(',\n');
  writeFileSync(
    join(import.meta.dirname, '../../docs/support/onnx-versions.json'),
    `{\n"note": ${JSON.stringify(note)},\n"uncompared": ${JSON.stringify(UNCOMPARED)},\n"versions": [\n${lines}\n]}\n`,
  );
});
