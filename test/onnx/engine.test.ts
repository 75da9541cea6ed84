import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  OnnxEvaluator,
  type OnnxMap,
  readOnnx,
  readTensor,
  type Sequence,
  Tensor,
  type Value,
} from '../../src/onnx/index.js';
import { OPERATORS, type OperatorRow } from '../../src/onnx/operators.js';

interface Case {
  readonly name: string;
  readonly model: string;
  readonly feeds: Readonly<Record<string, string>>;
  /** A TensorProto, or the maps of a sequence, for each output. */
  readonly want: readonly (string | Readonly<Record<string, number>>[])[];
}

function casesOf(file: string): [string, Case][] {
  const text = readFileSync(join(import.meta.dirname, 'engine', file), 'utf8');
  return (JSON.parse(text) as { cases: Case[] }).cases.map((one) => [one.name, one]);
}

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));

/** ULPs that sums and functions may differ by, measured in the largest value of the tensor; 0 is bit for bit. */
function ulpsOf(op: string | undefined): number {
  const row = (OPERATORS as Readonly<Record<string, OperatorRow>>)[`/${op}`];
  return row?.agreement.class === 'rounding' ? row.agreement.ulps : 0;
}

// The engine's zeros have either sign where sums cancel.
const plain = (values: ArrayLike<unknown>): unknown[] => Array.from(values, (value) => (value === 0 ? 0 : value));

function compare(got: Value | undefined, expected: Case['want'][number], ulps: number): void {
  if (typeof expected !== 'string') {
    const maps = (got as Sequence).elements as OnnxMap[];
    const entries = maps.map((map) => Object.fromEntries([...map.entries].map(([key, value]) => [String(key), value])));
    expect(entries).toEqual(expected);
    return;
  }
  const want = readTensor(bytesOf(expected));
  expect(got).toBeInstanceOf(Tensor);
  const { type, dims, data } = got as Tensor;
  expect(type).toBe(want.type);
  expect(dims).toEqual(want.dims);
  if (ulps === 0 || type !== 'float') expect(plain(data)).toEqual(plain(want.data));
  else {
    const numbers = Array.from(want.data as Float32Array);
    const allowed = ulps * 2 ** -23 * Math.max(...numbers.map(Math.abs));
    numbers.forEach((value, i) => {
      expect(Math.abs((data[i] as number) - value), `${data[i]} against ${value} at ${i}`).toBeLessThanOrEqual(allowed);
    });
  }
}

function run({ model, feeds, want }: Case, exact: boolean): void {
  const document = readOnnx(bytesOf(model));
  const evaluator = new OnnxEvaluator(document);
  const values = Object.entries(feeds).map(([name, text]) => [name, readTensor(bytesOf(text))]);
  const results = evaluator.run(Object.fromEntries(values));
  expect(want.length).toBeGreaterThan(0);
  const ulps = exact ? 0 : ulpsOf(document.graph!.node[0]!.op_type);
  evaluator.outputNames.forEach((name, i) => {
    compare(results[name], want[i]!, ulps);
  });
}

describe('ai.onnx.ml agrees bit for bit with ONNX Runtime on one thread', () => {
  const cases = casesOf('cases.json');
  test('there are cases', () => expect(cases.length).toBeGreaterThan(80));
  test.each(cases)('%s', (_, one) => run(one, true));
});

describe('tensor operators agree with ONNX Runtime within their class, at old operator sets too', () => {
  const cases = casesOf('tensor-cases.json');
  test('there are cases', () => expect(cases.length).toBeGreaterThan(150));
  test.each(cases)('%s', (_, one) => run(one, false));
});
