import { expect, test } from 'vitest';
import { IrBuilder } from '../../src/ir/builder.js';
import { SplitsBuilder } from '../../src/ir/forest.js';
import { interpret } from '../../src/ir/interpret.js';
import type { Program } from '../../src/ir/nodes.js';
import { simplify } from '../../src/ir/simplify.js';
import type { Ref } from '../../src/ir/types.js';
import { randomProgram } from '../convert/to-onnx/random-programs.js';

function programOf(builder: IrBuilder, ...refs: Ref[]): Program {
  const outputs = refs.map((ref, index) => ({ name: `o${index}`, role: 'other' as const, ref }));
  return builder.finish({ outputs, task: 'other', metadata: {} });
}

function ops(program: Program): string[] {
  return simplify(program).nodes.map((node) => (node.op === 'primitive' ? node.fn : node.op));
}

function start(kind: 'float32' | 'float64' | 'string' = 'float64', optional = true): { b: IrBuilder; x: Ref } {
  const b = new IrBuilder();
  return { b, x: b.input({ name: 'x', type: kind, shape: [], optional }) };
}

test('random programs keep their answers, to the bit', () => {
  let compared = 0;
  for (let seed = 5001; seed <= 5300; seed++) {
    const { program, rows } = randomProgram(seed);
    const simple = simplify(program);
    expect(simple.nodes.length).toBeLessThanOrEqual(program.nodes.length);
    for (const row of rows) {
      expect(interpret(simple, row)).toEqual(interpret(program, row));
      compared++;
    }
  }
  expect(compared).toBe(3600);
});

test('what no output needs is left out, inputs stay', () => {
  const { b, x } = start();
  b.apply('exp', x);
  expect(ops(programOf(b, b.apply('neg', x)))).toEqual(['input', 'neg']);
  const { b: c, x: unused } = start();
  c.apply('neg', unused);
  expect(ops(programOf(c, c.const('float64', 1)))).toEqual(['input', 'const']);
});

test('a float32 that was widened and narrowed again is itself', () => {
  const { b, x } = start('float32');
  expect(ops(programOf(b, b.cast(b.cast(x, 'float64'), 'float32')))).toEqual(['input']);
});

test('a double that was narrowed stays narrowed', () => {
  const { b, x } = start('float64');
  expect(ops(programOf(b, b.cast(b.cast(x, 'float32'), 'float64')))).toEqual(['input', 'cast', 'cast']);
});

test('constants added to a linear function become its intercepts, once', () => {
  const { b, x } = start();
  const linear = b.linear('float64', [x], Float64Array.of(2, 3), Float64Array.of(0, 0));
  const added = b.apply('add', linear, b.constVector('float64', [1, 5]));
  const again = b.apply('add', added, b.const('float64', 1));
  expect(ops(programOf(b, added))).toEqual(['input', 'linear']);
  expect(ops(programOf(b, again))).toEqual(['input', 'linear', 'const', 'add']);
  expect(interpret(simplify(programOf(b, added)), [[10]])).toEqual([[21, 35]]);
});

test('x − 0 and x × 1 are x, but x + 0 is not: −0 would change', () => {
  const { b, x } = start();
  const zero = b.const('float64', 0);
  expect(ops(programOf(b, b.apply('sub', x, zero)))).toEqual(['input']);
  expect(ops(programOf(b, b.apply('mul', x, b.const('float64', 1))))).toEqual(['input']);
  expect(ops(programOf(b, b.apply('add', x, zero)))).toEqual(['input', 'const', 'add']);
});

test('a table behind a table is one table', () => {
  const { b, x } = start('string');
  const code = b.lookup(x, 'int64', ['a', 'b'], [1, 2], 0, 2);
  const name = b.lookup(code, 'string', [1, 2], ['one', 'two'], 'none', null);
  const program = programOf(b, name);
  expect(ops(program)).toEqual(['input', 'lookup']);
  const answers = ['a', 'b', 'c', null].map((value) => interpret(simplify(program), [[value]])[0]![0]);
  expect(answers).toEqual(['one', 'two', 'none', 'two']);
});

test('tests on what is never missing are decided', () => {
  const { b, x } = start('string', false);
  const none = b.apply('is-missing', x);
  const chosen = b.apply('select', none, b.const('int64', 1), b.const('int64', 2));
  expect(ops(programOf(b, chosen))).toEqual(['input', 'const']);
});

test('equal linear functions are computed once', () => {
  const { b, x } = start();
  const make = () => b.linear('float64', [x], Float64Array.of(2), Float64Array.of(1));
  expect(ops(programOf(b, make(), make()))).toEqual(['input', 'linear']);
});

/** A stump: leaf values `yes` where the x is at most 0, else `no`. */
function stump(b: IrBuilder, x: Ref, yes: number, no: number): Ref {
  const splits = new SplitsBuilder();
  const root = splits.split(0, 'le', 0);
  const [t, f] = [splits.leaf(), splits.leaf()];
  splits.link(root, t, f, f);
  splits.root(root);
  const leaves = Float64Array.of(yes, no);
  return b.element(b.trees('float64', { features: [x], splits: splits.finish(), width: 1, leaves, combine: 'sum' }), 0);
}

test('trees added one after another are one forest, what is added last stays last', () => {
  const b = new IrBuilder();
  const [x, y] = ['x', 'y'].map((name) => b.input({ name, type: 'float64', shape: [], optional: true }));
  const trees = [stump(b, x!, 1e16, 2), stump(b, y!, 1, 3), stump(b, x!, -1e16, 5)];
  const start = b.apply('add', b.const('float64', 0), trees[0]!);
  const sum = b.apply('add', b.apply('add', start, trees[1]!), trees[2]!);
  const program = programOf(b, b.apply('add', sum, b.const('float64', 0.25)));
  expect(ops(program)).toEqual(['input', 'input', 'const', 'trees', 'element', 'add']);
  for (const row of [
    [[0], [0]],
    [[1], [1]],
    [[0], [1]],
    [[null], [0]],
  ]) {
    expect(interpret(simplify(program), row)).toEqual(interpret(program, row));
  }
  // 1e16 + 1 is 1e16: the order of the additions shows.
  expect(interpret(simplify(program), [[0], [0]])).toEqual([[0.25]]);
});

test('a constant before several trees is a tree of one leaf', () => {
  const b = new IrBuilder();
  const x = b.input({ name: 'x', type: 'float64', shape: [], optional: true });
  const start = b.apply('add', b.const('float64', 1e16), stump(b, x, 1, 2));
  const program = programOf(b, b.apply('add', start, stump(b, x, -1e16, 4)));
  expect(ops(program)).toEqual(['input', 'trees', 'element']);
  // (1e16 + 1) − 1e16 is 0: the constant comes first.
  expect(interpret(simplify(program), [[0]])).toEqual([[0]]);
});
