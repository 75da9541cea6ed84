import { expect, test } from 'vitest';
import { IrBuilder } from '../../src/ir/builder.js';
import { interpret } from '../../src/ir/interpret.js';
import type { Ref } from '../../src/ir/types.js';
import { unguard } from '../../src/ir/unguard.js';

function guarded(whenMissing: string | null, condition: (builder: IrBuilder, scores: Ref) => Ref) {
  const builder = new IrBuilder();
  const x = builder.input({ name: 'x', type: 'float64', shape: [], optional: true });
  const scores = builder.pack([x, builder.const('float64', 0.5)]);
  const label = builder.lookup(builder.reduce('argmax', scores), 'string', [0, 1], ['a', 'b'], '', whenMissing);
  const out = builder.apply('select', condition(builder, scores), label, builder.const('string', null));
  return builder.finish({ outputs: [{ name: 'l', role: 'label', ref: out }], task: 'classification', metadata: {} });
}

const present = (builder: IrBuilder, scores: Ref) =>
  builder.reduce('min', builder.apply('not', builder.apply('is-missing', scores)));

test('a guard that asks only for what the label needs anyway goes, and the label stays missing where it was', () => {
  for (const whenMissing of [null, 'a']) {
    const program = guarded(whenMissing, present);
    const bare = unguard(program);
    expect(bare.nodes[bare.outputs[0]!.ref]!.op).toBe('lookup');
    for (const [x, label] of [
      [1, 'a'],
      [0, 'b'],
      [null, null],
    ] as const) {
      expect(interpret(bare, [[x]])).toEqual([[label]]);
    }
  }
});

test('the same guard the other way round goes too', () => {
  const builder = new IrBuilder();
  const x = builder.input({ name: 'x', type: 'float64', shape: [], optional: true });
  const index = builder.reduce('argmax', builder.pack([x, builder.const('float64', 0.5)]));
  const out = builder.apply('select', builder.apply('is-missing', x), builder.const('int64', null), index);
  const bare = unguard(
    builder.finish({ outputs: [{ name: 'i', role: 'other', ref: out }], task: 'other', metadata: {} }),
  );
  expect(bare.outputs[0]!.ref).toBe(index);
});

test('a condition that says more stays', () => {
  const program = guarded(null, (builder, scores) =>
    builder.apply('gt', builder.element(scores, 0), builder.const('float64', 0)),
  );
  expect(unguard(program)).toBe(program);
});
