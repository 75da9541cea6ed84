import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { lowerToPfa } from '../../src/convert/to-pfa/index.js';
import { SamescoreError } from '../../src/core/errors.js';
import { interpret } from '../../src/ir/interpret.js';
import type { InputNode, Program } from '../../src/ir/nodes.js';
import type { Kind, Literal } from '../../src/ir/types.js';
import { writePfa } from '../../src/pfa/index.js';
import { randomProgram } from '../convert/to-onnx/random-programs.js';
import { type PlainRow, runTitus } from './peers.js';

/** Documents that the converter writes for random programs, scored by Titus as the IR says. */
const folder = mkdtempSync(join(tmpdir(), 'samescore-pfa-random-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const AVRO: Readonly<Record<Kind, string>> = {
  bool: 'boolean',
  int32: 'int',
  int64: 'long',
  float32: 'float',
  float64: 'double',
  string: 'string',
};

function avroRow(program: Program, row: readonly (readonly Literal[])[]): PlainRow {
  return Object.fromEntries(
    program.inputs.map((ref, at) => {
      const { field, type } = program.nodes[ref] as InputNode;
      const value = row[at]![0]!;
      const plain = typeof value === 'bigint' ? Number(value) : value;
      return [field.name, !type.missing || plain === null ? plain : { [AVRO[type.kind]]: plain }];
    }),
  );
}

/** A value without the tag of its union; NaN inside an array is a missing float. */
function untagged(value: unknown): unknown {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return untagged(Object.values(value)[0]);
  return value === 'NaN' || Number.isNaN(value) ? null : value;
}

function agrees(kind: Kind, wanted: Literal, got: unknown): boolean {
  if (wanted === null || got === null) return wanted === got;
  if (typeof wanted === 'string' || typeof wanted === 'boolean') return wanted === got;
  const [a, b] = [Number(wanted), Number(got)];
  return Object.is(a, b) || Math.abs(a - b) <= (kind === 'float32' ? 2e-6 : 1e-12) * Math.max(1, Math.abs(a));
}

const cases = Array.from({ length: 120 }, (_, at) => {
  const seed = 5000 + at;
  const { program, rows } = randomProgram(seed);
  if (program.outputs.length === 0) return undefined;
  try {
    const model = join(folder, `${seed}.json`);
    writeFileSync(model, writePfa(lowerToPfa(program)));
    return { seed, program, rows, model };
  } catch (error) {
    if (error instanceof SamescoreError && String(error.code).startsWith('convert/')) return undefined;
    throw error;
  }
}).filter((one) => one !== undefined);

test('Titus scores what random programs became as the programs say', async () => {
  const answers = await runTitus(
    cases.map(({ model, program, rows }) => ({ model, rows: rows.map((row) => avroRow(program, row)) })),
  );
  let compared = 0;
  cases.forEach(({ seed, program, rows }, index) => {
    rows.forEach((row, at) => {
      const answer = answers[index]![at]!;
      if ('error' in answer) expect.fail(`seed ${seed}: ${answer.error}`);
      const given = answer.ok['output']!.value;
      const wanted = interpret(program, row);
      program.outputs.forEach(({ name, ref }, output) => {
        const one = untagged((given as Record<string, unknown>)[name]);
        wanted[output]!.forEach((value, element) => {
          const got = untagged(Array.isArray(one) ? one[element] : one);
          const ok = agrees(program.nodes[ref]!.type.kind, value ?? null, got);
          expect(ok, `seed ${seed}, ${name}[${element}]: ${value} became ${got}`).toBe(true);
          compared++;
        });
      });
    });
  });
  expect(cases.length).toBeGreaterThan(90);
  expect(compared).toBeGreaterThan(4000);
});
