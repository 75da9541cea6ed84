import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { OnnxEvaluator, type OnnxMap, readOnnx, readTensor, type Sequence, Tensor } from '../../src/onnx/index.js';

interface Case {
  readonly name: string;
  readonly model: string;
  readonly feeds: Readonly<Record<string, string>>;
  /** A TensorProto, or the maps of a sequence, for each output. */
  readonly want: readonly (string | Readonly<Record<string, number>>[])[];
}

const { cases } = JSON.parse(readFileSync(join(import.meta.dirname, 'engine/cases.json'), 'utf8')) as {
  cases: Case[];
};

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));

test('there are cases', () => {
  expect(cases.length).toBeGreaterThan(80);
});

test.each(cases.map((one): [string, Case] => [one.name, one]))(
  '%s agrees bit for bit with ONNX Runtime on one thread',
  (_, { model, feeds, want }) => {
    const evaluator = new OnnxEvaluator(readOnnx(bytesOf(model)));
    const results = evaluator.run(
      Object.fromEntries(Object.entries(feeds).map(([name, text]) => [name, readTensor(bytesOf(text))])),
    );
    evaluator.outputNames.forEach((name, i) => {
      const expected = want[i]!;
      const got = results[name];
      if (typeof expected === 'string') {
        const tensor = readTensor(bytesOf(expected));
        expect(got).toBeInstanceOf(Tensor);
        expect((got as Tensor).type).toBe(tensor.type);
        expect((got as Tensor).dims).toEqual(tensor.dims);
        // toEqual tells -0 from 0; the engine's zeros have either sign where sums cancel.
        const plain = (values: ArrayLike<unknown>) => Array.from(values, (value) => (value === 0 ? 0 : value));
        expect(plain((got as Tensor).data)).toEqual(plain(tensor.data));
      } else {
        const maps = (got as Sequence).elements as OnnxMap[];
        expect(
          maps.map((map) => Object.fromEntries([...map.entries].map(([key, value]) => [String(key), value]))),
        ).toEqual(expected);
      }
    });
  },
);
