import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { convert, load, Model, readModel, SamescoreError } from '../src/index.js';
import { readOnnx } from '../src/onnx/index.js';
import { PfaEngine, readPfa } from '../src/pfa/index.js';
import { PmmlEvaluator, readPmml } from '../src/pmml/index.js';

const fixtures = resolve(import.meta.dirname, '../fixtures');
const pmml = readFileSync(join(fixtures, 'tree/iris-decision-tree-sklearn-pmml/model.pmml'));

/** What the types forbid, as a program in JavaScript may do it. */
const wrong = <T>(value: unknown): T => value as T;

function failure(body: () => unknown): SamescoreError {
  try {
    body();
  } catch (error) {
    expect(error).toBeInstanceOf(SamescoreError);
    return error as SamescoreError;
  }
  throw new Error('it did not fail');
}

describe('the library called with what it does not take', () => {
  const model = readModel(pmml);
  const evaluator = new PmmlEvaluator(readPmml(pmml));
  const calls: readonly (readonly [string, () => unknown, RegExp])[] = [
    ['readPmml of text', () => readPmml(wrong('<PMML/>')), /TextEncoder/],
    ['readPmml of nothing', () => readPmml(wrong(undefined)), /^$/],
    ['readOnnx of an ArrayBuffer', () => readOnnx(wrong(new ArrayBuffer(4))), /new Uint8Array/],
    ['readPfa of text', () => readPfa(wrong('{}')), /TextEncoder/],
    ['readModel of a promise', () => readModel(wrong(Promise.resolve())), /^$/],
    ['an evaluator of bytes', () => new PmmlEvaluator(wrong(pmml)), /^$/],
    ['an evaluator of nothing', () => new PmmlEvaluator(wrong(null)), /^$/],
    ['evaluate nothing', () => evaluator.evaluate(wrong(null)), /^$/],
    ['evaluate a list', () => evaluator.evaluate(wrong([1, 2])), /^$/],
    ['evaluate a Map', () => evaluator.evaluate(wrong(new Map())), /Object\.fromEntries/],
    ['an engine of an object', () => PfaEngine.from(wrong({ input: 'int' })), /JSON\.stringify/],
    ['score nothing', () => model.score(wrong(undefined)), /^$/],
    ['score numbers', () => model.score(wrong([1, 2])), /^$/],
    ['convert a document', () => convert(wrong(model.document), 'onnx'), /^$/],
    ['check bytes', () => convert(wrong(pmml), 'pfa'), /^$/],
  ];
  test.each(calls)('%s', (_, call, hint) => {
    const error = failure(call);
    expect(error.code).toBe('core/wrong-argument');
    expect(error.hint ?? '').toMatch(hint);
    expect(error.expected).toBeDefined();
    expect(error.got).toBeDefined();
  });

  test('a promise is called one', () => {
    expect(failure(() => readModel(wrong(Promise.resolve()))).got).toMatch(/await/);
  });
});

describe('a model', () => {
  test('scores no rows', () => {
    for (const file of ['sklearn-pmml/model.pmml', 'sklearn-onnx/model.onnx']) {
      const model = readModel(readFileSync(join(fixtures, `tree/iris-decision-tree-${file}`)));
      const { table, errors } = model.score([]);
      expect(table.length).toBe(0);
      expect([...table.columns.keys()]).toEqual(model.signature.outputs.map(({ name }) => name));
      expect(errors.size).toBe(0);
    }
  });

  test('is not saved under a name of another format', async () => {
    const model = new Model('pmml', readPmml(pmml));
    const folder = mkdtempSync(join(tmpdir(), 'samescore-'));
    await expect(model.save(join(folder, 'a.onnx'))).rejects.toMatchObject({ code: 'files/other-format' });
    await model.save(join(folder, 'a.pmml'));
    expect((await load(join(folder, 'a.pmml'))).format).toBe('pmml');
  });
});
