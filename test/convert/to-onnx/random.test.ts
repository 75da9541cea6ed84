import { expect, test } from 'vitest';
import { liftOnnx } from '../../../src/convert/from-onnx/index.js';
import { lowerToOnnx, type OnnxOptions } from '../../../src/convert/to-onnx/index.js';
import { interpret } from '../../../src/ir/interpret.js';
import type { InputNode } from '../../../src/ir/nodes.js';
import type { Kind } from '../../../src/ir/types.js';
import { checkOnnx } from '../../../src/onnx/check.js';
import { readOnnx } from '../../../src/onnx/read.js';
import { writeOnnx } from '../../../src/onnx/write.js';
import { randomProgram } from './random-programs.js';
import { scoresOf } from './scores.js';

const LAYOUTS = ['auto', 'columns', 'matrix'] as const;

function agrees(kind: Kind, expected: unknown, got: unknown): boolean {
  if (expected === null) return kind === 'string' ? got === '' : Number.isNaN(got);
  if (kind === 'string') return got === expected;
  const [a, b] = [Number(expected), Number(got)];
  const slack = kind === 'float32' ? 2e-5 : 1e-11;
  return Object.is(a, b) || Math.abs(a - b) <= slack * Math.max(1, Math.abs(a));
}

function compare(seed: number, options: OnnxOptions, twice: boolean): number {
  const { program, rows } = randomProgram(seed);
  if (program.outputs.length === 0) return 0;
  // A median is written as a sort, which is not read back.
  if (twice && program.nodes.some((node) => node.op === 'reduce' && node.fn === 'median')) return 0;
  let model = readOnnx(writeOnnx(lowerToOnnx(program, options)));
  const names = program.inputs.map((ref) => (program.nodes[ref] as InputNode).field.name);
  expect(checkOnnx(model).filter((finding) => finding.severity === 'error')).toEqual([]);
  if (twice) {
    const again = liftOnnx(model);
    model = lowerToOnnx(again, { inputs: 'columns' });
  }
  const scores = scoresOf(model, names, rows);
  rows.forEach((row, index) => {
    const expected = interpret(program, row);
    program.outputs.forEach((output, at) => {
      const { kind } = program.nodes[output.ref]!.type;
      expected[at]!.forEach((value, element) => {
        const got = scores[output.name]![index]![element];
        if (!agrees(kind, value, got)) {
          expect.fail(`seed ${seed}, row ${index}, ${output.name}: expected ${value}, got ${String(got)}`);
        }
      });
    });
  });
  return rows.length * program.outputs.length;
}

test('random programs score in ONNX as the IR says, missing values included', () => {
  let compared = 0;
  for (let seed = 1; seed <= 250; seed++) compared += compare(seed, { inputs: LAYOUTS[seed % 3]! }, false);
  expect(compared).toBeGreaterThan(5000);
});

test('what was written is read back as the same function', () => {
  let compared = 0;
  for (let seed = 1001; seed <= 1100; seed++) compared += compare(seed, { inputs: 'columns' }, true);
  expect(compared).toBeGreaterThan(2000);
});
