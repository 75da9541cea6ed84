import { expect, test } from 'vitest';
import { liftPfa } from '../../../src/convert/from-pfa/index.js';
import { lowerToPfa } from '../../../src/convert/to-pfa/index.js';
import { SamescoreError } from '../../../src/core/errors.js';
import { type Table, valueAt } from '../../../src/core/table.js';
import { interpret } from '../../../src/ir/interpret.js';
import type { InputNode, Program } from '../../../src/ir/nodes.js';
import type { Kind, Literal } from '../../../src/ir/types.js';
import { Model } from '../../../src/model.js';
import { randomProgram } from '../to-onnx/random-programs.js';

/** Sums of terms of about 1: an ULP of those is the unit. */
function agrees(kind: Kind, expected: Literal | undefined, got: unknown): boolean {
  if (expected === null || expected === undefined || got === null) return (expected ?? null) === got;
  if (typeof expected === 'string' || typeof expected === 'boolean') return expected === got;
  const [a, b] = [Number(expected), Number(got)];
  return Object.is(a, b) || Math.abs(a - b) <= (kind === 'float32' ? 2e-6 : 1e-13) * Math.max(1, Math.abs(a));
}

const fieldOf = (program: Program, ref: number) => (program.nodes[ref] as InputNode).field.name;
const text = (_: string, value: unknown) => (typeof value === 'bigint' ? `${value}` : value);

/** The document, or undefined where PFA cannot hold the program or a document like it is not read. */
function moved<T>(seed: number, move: () => T): T | undefined {
  try {
    return move();
  } catch (error) {
    if (!(error instanceof SamescoreError)) throw error;
    expect(String(error.code), `seed ${seed}: ${error.stack}`).toMatch(/^convert\//);
    return undefined;
  }
}

function scored(table: Table, name: string, row: number, element: number): unknown {
  const column = table.columns.get(name)!;
  const value = valueAt(column, row, column.shape.length === 0 ? 0 : element);
  const one = Array.isArray(value) ? (value[element] as unknown) : value;
  return Number.isNaN(one) ? null : one; // inside an array a missing float is NaN
}

test('random programs score in PFA as the IR says, missing values included', () => {
  let [compared, declined] = [0, 0];
  for (let seed = 1; seed <= 200; seed++) {
    const { program, rows } = randomProgram(seed);
    const document = program.outputs.length === 0 ? undefined : moved(seed, () => lowerToPfa(program));
    if (document === undefined) {
      declined++;
      continue;
    }
    const records = rows.map((row) =>
      Object.fromEntries(program.inputs.map((ref, at) => [fieldOf(program, ref), row[at]![0]])),
    );
    const { table, errors } = new Model('pfa', document).score(records);
    expect([...errors.values()], `seed ${seed}`).toEqual([]);
    rows.forEach((row, index) => {
      const wanted = interpret(program, row);
      program.outputs.forEach(({ name, ref }, at) => {
        wanted[at]!.forEach((value, element) => {
          const got = scored(table, name, index, element);
          const where = `seed ${seed}, ${name}[${element}]: ${value} became ${got}, ${JSON.stringify(row, text)}`;
          expect(agrees(program.nodes[ref]!.type.kind, value, got), where).toBe(true);
          compared++;
        });
      });
    });
  }
  expect(compared).toBeGreaterThan(5000);
  expect(declined).toBeLessThan(40);
});

test('what was written is read back as the same function', () => {
  let [compared, declined] = [0, 0];
  for (let seed = 1001; seed <= 1300; seed++) {
    const { program, rows } = randomProgram(seed);
    const again = program.outputs.length === 0 ? undefined : moved(seed, () => liftPfa(lowerToPfa(program)));
    if (again === undefined) {
      declined++;
      continue;
    }
    const names = program.inputs.map((ref) => fieldOf(program, ref));
    const order = again.inputs.map((ref) => names.indexOf(fieldOf(again, ref)));
    for (const row of rows) {
      const wanted = interpret(program, row);
      const results = interpret(
        again,
        order.map((at) => row[at]!),
      );
      program.outputs.forEach(({ name, ref }, at) => {
        wanted[at]!.forEach((value, element) => {
          const got = results[at]![element] ?? null;
          const where = `seed ${seed}, ${name}[${element}]: ${value} became ${got}, ${JSON.stringify(row, text)}`;
          expect(agrees(program.nodes[ref]!.type.kind, value, got), where).toBe(true);
          compared++;
        });
      });
    }
  }
  expect(compared).toBeGreaterThan(5000);
  expect(declined).toBeLessThan(100);
});
