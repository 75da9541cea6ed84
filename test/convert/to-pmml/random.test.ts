import { expect, test } from 'vitest';
import { lowerToPmml } from '../../../src/convert/to-pmml/index.js';
import type { SamescoreError } from '../../../src/core/errors.js';
import { IrBuilder } from '../../../src/ir/builder.js';
import { withCategoricalSplits } from '../../../src/ir/categorical.js';
import { interpret } from '../../../src/ir/interpret.js';
import type { InputNode, Program } from '../../../src/ir/nodes.js';
import { scalarise } from '../../../src/ir/scalarise.js';
import type { Literal } from '../../../src/ir/types.js';
import { PmmlEvaluator, readPmml, writePmml } from '../../../src/pmml/index.js';
import { randomProgram } from '../to-onnx/random-programs.js';

test('scalar programs give the same answers, to the bit', () => {
  let compared = 0;
  for (let seed = 1; seed <= 300; seed++) {
    const { program, rows } = randomProgram(seed);
    const scalar = withCategoricalSplits(scalarise(program));
    for (const row of rows) {
      expect(interpret(scalar, row), `seed ${seed}`).toEqual(interpret(program, row));
      compared++;
    }
  }
  expect(compared).toBe(3600);
});

/** The program with a constant prediction; all its results become further outputs. */
function withTarget(program: Program): Program {
  const builder = new IrBuilder();
  builder.nodes.push(...program.nodes);
  const ref = builder.const('float64', 0);
  return { ...program, nodes: builder.nodes, outputs: [{ name: 'y', role: 'value', ref }, ...program.outputs] };
}

/** A result as PMML has it: missing is null, integers are numbers. */
function plain(value: Literal | undefined): unknown {
  if (value === undefined || value === null) return null;
  return typeof value === 'bigint' ? Number(value) : value;
}

/** Values are sums of terms of about 1, in float32 at times: an ULP of those is the unit. */
function near(a: unknown, b: unknown): boolean {
  if (typeof a !== 'number' || typeof b !== 'number') return a === b;
  return a === b || Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(a));
}

test('random programs score the same as PMML', () => {
  let [compared, declined] = [0, 0];
  for (let seed = 1; seed <= 200; seed++) {
    const { program, rows } = randomProgram(seed);
    const source = withTarget(program);
    let evaluator: PmmlEvaluator;
    try {
      evaluator = new PmmlEvaluator(readPmml(Buffer.concat([...writePmml(lowerToPmml(source))])));
    } catch (error) {
      expect(`${(error as SamescoreError).code}`, `seed ${seed}: ${(error as Error).stack}`).toMatch(/^convert\//);
      declined++;
      continue;
    }
    for (const row of rows) {
      const record = Object.fromEntries(
        program.inputs.map((ref, at) => [(program.nodes[ref] as InputNode).field.name, plain(row[at]![0])]),
      );
      const wanted = interpret(program, row);
      const got = evaluator.evaluate(record);
      program.outputs.forEach((output, at) => {
        wanted[at]!.forEach((value, index) => {
          const name = wanted[at]!.length === 1 ? output.name : `${output.name}(${index + 1})`;
          const actual = got[name] ?? null;
          expect(
            near(plain(value), actual),
            `seed ${seed} ${name}: ${plain(value)} became ${actual}, ${JSON.stringify(record)}`,
          ).toBe(true);
          compared++;
        });
      });
    }
  }
  expect(compared).toBeGreaterThan(4000);
  expect(declined).toBeLessThan(60);
});
