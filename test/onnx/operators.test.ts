import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { KERNELS } from '../../src/onnx/evaluate/kernels.js';
import { allSchemas, schemaAt } from '../../src/onnx/operator-schemas.js';
import { OPERATORS, type OperatorRow } from '../../src/onnx/operators.js';

interface Row {
  readonly domain: string;
  readonly name: string;
  readonly since: number;
  readonly inputs: readonly unknown[];
  readonly attributes: Readonly<Record<string, unknown>>;
}

const text = readFileSync(join(import.meta.dirname, '../../schemas/onnx-operators.json'), 'utf8');
const { operators } = JSON.parse(text) as { operators: Row[] };

test('every operator of the pinned onnx package has a row, and every row that is not declined a kernel', () => {
  const known = new Set(operators.map(({ domain, name }) => `${domain}/${name}`));
  // What ONNX Runtime's optimiser writes, one of them into ONNX's own domain.
  const isEngine = (key: string): boolean =>
    key.startsWith('com.microsoft/') || key === '/SimplifiedLayerNormalization';
  const rows = Object.keys(OPERATORS).filter((key) => !isEngine(key));
  expect(rows.sort()).toEqual([...known].sort());
  expect(known.size).toBeGreaterThan(220);
  const declined = Object.entries(OPERATORS as Readonly<Record<string, OperatorRow>>).filter(
    ([, row]) => row.declined !== undefined,
  );
  expect(declined.map(([key]) => key)).toEqual([]);
  const expected = Object.keys(OPERATORS).filter((key) => !declined.some(([name]) => name === key));
  expect(Object.keys(KERNELS).sort()).toEqual(expected.sort());
});

test('the table that is loaded says what schemas/onnx-operators.json says', () => {
  expect([...allSchemas()].flat().length).toBe(operators.length);
  for (const { domain, name, since, inputs, attributes } of operators) {
    const schema = schemaAt(domain, name, since)!;
    expect(schema.since).toBe(since);
    expect(schema.inputs).toEqual(inputs);
    expect(schema.attributes).toEqual(attributes);
  }
});

test('the version that holds is the newest that is not newer than the imported set', () => {
  expect(schemaAt('', 'Softmax', 12)?.since).toBe(11);
  expect(schemaAt('', 'Softmax', 13)?.since).toBe(13);
  expect(schemaAt('', 'Gelu', 19)).toBeUndefined();
});
