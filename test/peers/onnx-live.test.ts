import { expect, test } from 'vitest';
import { tensorFromProto } from '../../src/onnx/evaluate/tensor.js';
import { OnnxEvaluator, readOnnx, writeOnnx } from '../../src/onnx/index.js';
import { type OperatorSchema, schemasOf } from '../../src/onnx/operator-schemas.js';
import { type Agreement, OPERATORS } from '../../src/onnx/operators.js';
import { jobOf } from './onnx-live/case.js';
import { differenceOf } from './onnx-live/compare.js';
import { CANCELLING, DEPARTURES, inputsOf, SINGLE } from './onnx-live/departures.js';
import { drawFrom } from './onnx-live/draw.js';
import { GENERATORS, LEFT_OUT } from './onnx-live/generators.js';
import { runOrtTensors, type TensorAnswer, type TensorJob } from './ort-tensors.js';

const CASES = Number(process.env.SAMESCORE_LIVE_CASES ?? 80);
/** The newest operator sets that the engine's release takes. */
const NEWEST: Readonly<Record<string, number>> = { '': 26, 'ai.onnx.ml': 5 };

interface Drawn {
  readonly key: string;
  readonly label: string;
  readonly job: TensorJob;
}

/** Versions that hold from operator set 7 on, of operators that are not deprecated. */
function versionsOf(key: string): OperatorSchema[] {
  const [domain = '', name = ''] = key.split('/');
  const all = schemasOf(domain, name).filter((schema) => schema.since <= (NEWEST[domain] ?? 0) && !schema.deprecated);
  const old = domain === '' ? all.filter((schema) => schema.since <= 7).slice(-1) : [];
  return [...old, ...all.filter((schema) => domain !== '' || schema.since > 7)];
}

function drawAll(key: string, seed: number): Drawn[] {
  const versions = versionsOf(key);
  const make = GENERATORS[key];
  if (make === undefined || versions.length === 0) return [];
  return Array.from({ length: CASES }, (_, i) => {
    const schema = versions[i % versions.length] as OperatorSchema;
    const draw = drawFrom(seed * 1009 + i);
    const opset = schema.domain === '' ? Math.max(schema.since, 7) : schema.since;
    return { key, label: `${key}-${schema.since} case ${i}`, job: jobOf(schema, opset, make(draw, schema), draw) };
  });
}

interface Tally {
  compared: number;
  refused: number;
  kept: number;
  readonly reasons: Set<string>;
  readonly differences: string[];
}

function describeJob({ job }: Drawn): string {
  const attributes = (job.model.graph?.node[0]?.attribute ?? []).map(({ name, i, f, ints, s }) => {
    return `${name}=${i ?? f ?? (s === undefined ? (ints ?? '…') : new TextDecoder().decode(s))}`;
  });
  const feeds = Object.entries(job.feeds).map(
    ([name, value]) => `${name}:${'dims' in value ? `${value.type}[${value.dims}]` : 'seq'}`,
  );
  return `${feeds.join(' ')} {${attributes.join(' ')}}`.slice(0, 300);
}

function isKnown({ key, job }: Drawn): boolean {
  const constants = (job.model.graph?.initializer ?? []).map(
    (proto) => [proto.name ?? '', tensorFromProto(proto)] as const,
  );
  const inputs = inputsOf(job, new Map(constants));
  return DEPARTURES.some(({ operators, when }) => operators.test(key) && when(job, inputs));
}

function judge(drawn: Drawn, answer: TensorAnswer, tally: Tally): void {
  if ('error' in answer) {
    tally.refused += 1;
    tally.reasons.add(answer.error.slice(0, 200));
    return;
  }
  tally.compared += 1;
  const { agreement } = OPERATORS[drawn.key as keyof typeof OPERATORS] as { agreement: Agreement };
  const measure = { agreement, single: drawn.key in SINGLE, cancelling: CANCELLING.has(drawn.key) };
  try {
    const evaluator = new OnnxEvaluator(readOnnx(writeOnnx(drawn.job.model)));
    const results = evaluator.run(drawn.job.feeds);
    for (const [name, want] of Object.entries(answer.ok)) {
      const difference = differenceOf(results[name], want, measure);
      if (difference === null) continue;
      if (isKnown(drawn)) tally.kept += 1;
      if (isKnown(drawn)) return;
      tally.differences.push(`${drawn.label}: ${name} ${difference} — ${describeJob(drawn)}`);
      return;
    }
  } catch (error) {
    if (isKnown(drawn)) tally.kept += 1;
    else tally.differences.push(`${drawn.label}: ${error} — ${describeJob(drawn)}`);
  }
}

const keys = Object.keys(GENERATORS).filter((key) => (process.env.SAMESCORE_LIVE_ONLY ?? key).split(',').includes(key));
const drawn = keys.flatMap((key) => drawAll(key, Object.keys(GENERATORS).indexOf(key) + 1));
const tallies = new Map<string, Tally>(
  keys.map((key) => [key, { compared: 0, refused: 0, kept: 0, reasons: new Set<string>(), differences: [] }]),
);
const answers = runOrtTensors(drawn.map(({ job }) => job));
drawn.forEach((one, i) => {
  judge(one, answers[i] as TensorAnswer, tallies.get(one.key) as Tally);
});

test('every operator is drawn, or left out with a reason', () => {
  const evaluated = Object.entries(OPERATORS).filter(([, row]) => !('declined' in row));
  const missing = evaluated.map(([key]) => key).filter((key) => !(key in GENERATORS) && !(key in LEFT_OUT));
  expect(missing).toEqual([]);
});

test.each([...tallies])('%s', (key, tally) => {
  if (process.env.SAMESCORE_LIVE_REASONS) {
    const counts = `${tally.compared} compared, ${tally.refused} refused, ${tally.differences.length} differ`;
    console.log(`${key}: ${counts}, ${tally.kept} kept\n${[...tally.reasons].join('\n')}`);
  }
  expect(tally.differences.slice(0, 6)).toEqual([]);
  expect(tally.compared, [...tally.reasons].slice(0, 5).join('\n')).toBeGreaterThanOrEqual(30);
});
