import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { IrBuilder } from '../../src/ir/builder.js';
import { expand } from '../../src/ir/expand.js';
import { interpret } from '../../src/ir/interpret.js';
import type { Program } from '../../src/ir/nodes.js';
import { scalarise } from '../../src/ir/scalarise.js';
import type { Literal } from '../../src/ir/types.js';
import { FEATURES, forestProgram, rows, type Shape, shapes, VALUES } from './random-programs.js';

/** What a tree says of a row, by a formula of its own: plain recursion over the shape. */
function walk(shape: Shape, row: readonly Literal[]): number[] {
  if ('scores' in shape) return shape.scores;
  const value = row[shape.feature]!;
  const tests = {
    lt: (x: number) => x < shape.threshold,
    le: (x: number) => x <= shape.threshold,
    gt: (x: number) => x > shape.threshold,
    ge: (x: number) => x >= shape.threshold,
    eq: (x: number) => x === shape.threshold,
    ne: (x: number) => x !== shape.threshold,
  };
  const yes = value === null ? shape.missing === 'yes' : tests[shape.test as keyof typeof tests](value as number);
  return walk(yes ? shape.yes : shape.no, row);
}

const forests = fc.tuple(fc.array(shapes(2), { minLength: 1, maxLength: 4 }), rows);

function answers(program: Program, row: readonly Literal[]): unknown {
  return interpret(
    program,
    row.map((value) => [value]),
  );
}

describe('expand and scalarise', () => {
  test('an interpreted forest adds what each of its trees says', () => {
    fc.assert(
      fc.property(forests, ([trees, table]) => {
        const program = forestProgram(trees, 2);
        for (const row of table) {
          const sums = [0, 1].map((i) => trees.map((tree) => walk(tree, row)[i]!).reduce((a, b) => a + b));
          expect(answers(program, row)).toEqual([sums]);
        }
      }),
    );
  });

  test('a forest written out in primitives gives the same scores, and so does its scalar form', () => {
    fc.assert(
      fc.property(forests, ([trees, table]) => {
        const program = forestProgram(trees, 2);
        for (const form of [expand(program), scalarise(program), scalarise(expand(program))]) {
          for (const row of table) expect(answers(form, row)).toEqual(answers(program, row));
        }
      }),
    );
  });

  test('a linear model written out gives bit for bit the same scores in either width', () => {
    const numbers = fc.array(fc.double({ noNaN: true, min: -100, max: 100 }), {
      minLength: FEATURES,
      maxLength: FEATURES,
    });
    fc.assert(
      fc.property(numbers, rows, fc.constantFrom('float32' as const, 'float64' as const), (weights, table, kind) => {
        const builder = new IrBuilder();
        const inputs = weights.map((_, i) =>
          builder.cast(builder.input({ name: `x${i}`, type: 'float64', shape: [], optional: true }), kind),
        );
        const scores = builder.linear(
          kind,
          inputs,
          Float64Array.from(weights, kind === 'float32' ? Math.fround : Number),
          Float64Array.of(0.5),
        );
        const program = builder.finish({
          outputs: [{ name: 'y', role: 'value', ref: scores }],
          task: 'regression',
          metadata: {},
        });
        for (const row of table) expect(answers(expand(program), row)).toEqual(answers(program, row));
      }),
    );
  });

  test('a one-hot vector written out is 1 at the category only, and all 0 where the value is missing', () => {
    const builder = new IrBuilder();
    const input = builder.input({ name: 'x', type: 'float64', shape: [], optional: true });
    const program = builder.finish({
      outputs: [{ name: 'y', role: 'other', ref: builder.oneHot(input, [0, 2], 'float32') }],
      task: 'other',
      metadata: {},
    });
    for (const value of VALUES) {
      const wanted = [[value === 0 ? 1 : 0, value === 2 ? 1 : 0]];
      expect(answers(program, [value])).toEqual(wanted);
      expect(answers(expand(program), [value])).toEqual(wanted);
    }
  });
});
