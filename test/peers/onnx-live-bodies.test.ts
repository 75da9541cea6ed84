import { expect, test } from 'vitest';
import { OnnxEvaluator, readOnnx, Tensor, type Value, writeOnnx } from '../../src/onnx/index.js';
import { allSchemas, type OperatorSchema } from '../../src/onnx/operator-schemas.js';
import { jobOf } from './onnx-live/case.js';
import { differenceOf } from './onnx-live/compare.js';
import { drawFrom, isFloat } from './onnx-live/draw.js';
import { GENERATORS, WIDER } from './onnx-live/generators.js';
import { type Drawn, measureOf } from './onnx-live/judge.js';
import { functionBodies, type PeerValue } from './ort-tensors.js';

/** Cases a version and generator. */
const CASES = 12;

/** Operators whose bodies are not compared, and why. */
const UNCOMPARED: Readonly<Record<string, string>> = {
  '/Bernoulli': 'random',
  '/SequenceMap': "its body follows from its attribute: compared in ONNX's own tests, and with the engine as a graph",
};

const first = ({ job }: Drawn): Tensor => Object.values(job.feeds)[0] as Tensor;
const isOther = (drawn: Drawn): boolean => first(drawn).type !== 'float';
const isInteger = (drawn: Drawn): boolean => !isFloat(first(drawn).type);
const always = (): boolean => true;

/** Where a body says something else than the text of its operator, and ONNX Runtime. */
const DEPARTURES: readonly (readonly [RegExp, string, (drawn: Drawn) => boolean])[] = [
  [/AffineGrid/, 'one image: a Squeeze without axes drops the batch', (drawn) => first(drawn).dims[0] === 1],
  [/(Blackman|Hamming|Hann)Window/, 'constants and cosines in float32', always],
  [/Celu/, 'a scalar gains the axis of the constant alpha', (drawn) => first(drawn).dims.length === 0],
  [/CenterCropPad/, 'constants are int64, shapes of int32 do not fit them', always],
  [/Clip/, 'without bounds an identity, not numeric_limits', always],
  [/(Group|Layer|RMS)Normalization/, 'statistics of doubles in float32 (stash_type)', isOther],
  [/MeanVarianceNormalization/, 'constants are float32, other types do not fit them', isOther],
  [/Range/, 'adds up the steps; without a step it has no type', always],
  [/ReduceL2/, 'computes in float32', isOther],
  [/Shrink/, 'integers: the bias is cut off first', isInteger],
  [/Softplus/, 'overflows: log(exp(x) + 1)', always],
];

const withBody: OperatorSchema[] = [...allSchemas()]
  .flat()
  .filter((schema) => schema.hasFunction && !schema.deprecated && (schema.domain !== '' || schema.since >= 7));

function drawAll(schema: OperatorSchema, seed: number): Drawn[] {
  const key = `${schema.domain}/${schema.name}`;
  const opset = schema.domain === '' ? Math.max(schema.since, 7) : schema.since;
  return [GENERATORS[key], WIDER[key]].flatMap((make, kind) => {
    if (make === undefined) return [];
    return Array.from({ length: CASES }, (_, i) => {
      const draw = drawFrom(seed * 613 + i + 97 * kind);
      const job = jobOf(schema, opset, { ...make(draw, schema), fed: true }, draw);
      return { key, since: schema.since, label: `${key}-${schema.since} case ${kind === 0 ? '' : 'w'}${i}`, job };
    });
  });
}

const drawn = withBody.flatMap(drawAll);
const bodies = functionBodies(drawn.map(({ job }) => job));

function run(model: Drawn['job']['model'], feeds: Drawn['job']['feeds']): Record<string, Value> | string {
  try {
    return new OnnxEvaluator(readOnnx(writeOnnx(model))).run(feeds);
  } catch (error) {
    return String(error);
  }
}

/** What differs between the kernel and the body; null where nothing does. */
function difference({ key, job }: Drawn, model: Drawn['job']['model']): string | null {
  const [got, want] = [run(job.model, job.feeds), run(model, job.feeds)];
  if (typeof want === 'string') return typeof got === 'string' ? null : `the body fails: ${want}`;
  if (typeof got === 'string') return got;
  const measure = measureOf(key, 'reference');
  const { agreement } = measure;
  // A body rounds after each of its nodes.
  const loose = { ...measure, agreement: agreement.class === 'rounding' ? { ...agreement, ulps: 64 } : agreement };
  for (const [name, value] of Object.entries(want)) {
    const text = value === undefined ? null : differenceOf(got[name], asPeer(value), { ...loose, cancelling: true });
    if (text !== null) return `${name} ${text}`;
  }
  return null;
}

function asPeer(value: Value): PeerValue {
  if (value instanceof Tensor) return value;
  if (value.kind === 'sequence') return value.elements.map(asPeer);
  if (value.kind === 'optional') return value.value === null ? null : asPeer(value.value);
  return { map: [...value.entries].map(([name, item]) => [String(name), String(item)] as const) };
}

test('every operator with a function body is drawn, or left out with a reason', () => {
  const keys = new Set(withBody.map(({ domain, name }) => `${domain}/${name}`));
  expect(keys.size).toBeGreaterThan(40);
  expect([...keys].filter((key) => !(key in GENERATORS) && !(key in UNCOMPARED))).toEqual([]);
});

test.each(withBody.map((schema) => [`${schema.domain}/${schema.name}`, schema.since] as const))(
  '%s-%i',
  (key, since) => {
    if (key in UNCOMPARED || !(key in GENERATORS)) return;
    const own = drawn.flatMap((one, i) => (one.key === key && one.since === since ? [{ one, body: bodies[i] }] : []));
    const differences = own.flatMap(({ one, body }) => {
      const text = body === null || body === undefined ? null : difference(one, body);
      const known = DEPARTURES.some(([operators, , when]) => operators.test(key) && when(one));
      return text === null || known ? [] : [`${one.label}: ${text}`];
    });
    expect(differences.slice(0, 4)).toEqual([]);
    expect(own.filter(({ body }) => body !== null && body !== undefined).length).toBeGreaterThan(0);
  },
);
