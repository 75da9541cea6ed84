import { describe, expect, test } from 'vitest';
import type { OutputField } from '../../src/core/scorer.js';
import { formatSlot, pairOutputs } from '../../src/parity/pair.js';

const field = (name: string, role: OutputField['role'], rest: Partial<OutputField> = {}): OutputField => ({
  name,
  role,
  type: 'float64',
  shape: [],
  ...rest,
});
const names = (pairing: ReturnType<typeof pairOutputs>) =>
  pairing.pairs.map(({ a, b }) => `${formatSlot(a)}=${formatSlot(b)}`);

describe('pairing of outputs', () => {
  test('probabilities pair by class, whatever their order and whether they are one vector or scalars', () => {
    const a = [field('probabilities', 'probability', { shape: [2], categories: ['1', '0'] })];
    const b = [
      field('probability(0)', 'probability', { category: '0' }),
      field('probability(1)', 'probability', { category: '1' }),
    ];
    expect(names(pairOutputs(a, b))).toEqual(['probabilities(1)=probability(1)', 'probabilities(0)=probability(0)']);
  });

  test('a label pairs with a label of another name, other outputs only by name', () => {
    const a = [field('label', 'label'), field('note', 'other')];
    const b = [field('class', 'label'), field('remark', 'other')];
    const pairing = pairOutputs(a, b);
    expect(names(pairing)).toEqual(['label=class']);
    expect([pairing.onlyA, pairing.onlyB].map((slots) => slots.map(formatSlot))).toEqual([['note'], ['remark']]);
  });

  test('several values pair by name before they pair by order', () => {
    const a = [field('p', 'value'), field('q', 'value')];
    const b = [field('q', 'value'), field('r', 'value')];
    expect(names(pairOutputs(a, b)).sort()).toEqual(['p=q', 'q=r'].sort());
  });

  test('a named pair comes first, and a name that is none is refused', () => {
    const a = [field('score', 'score')];
    const b = [field('y', 'value')];
    expect(names(pairOutputs(a, b, { score: 'y' }))).toEqual(['score=y']);
    expect(() => pairOutputs(a, b, { score: 'z' })).toThrowError('there is no output "z"');
  });
});

test('a probability pairs with the raw score of its class, and with an output named after both', () => {
  const scores = [field('scores', 'probability', { shape: [2], categories: ['red', 'blue'] })];
  const pairsWith = (others: OutputField[]) =>
    pairOutputs(scores, others).pairs.map(({ a, b }) => [a.category, b.output, b.index]);
  expect(pairsWith([field('raw', 'score', { shape: [2], categories: ['blue', 'red'] })])).toEqual([
    ['red', 'raw', 1],
    ['blue', 'raw', 0],
  ]);
  expect(pairsWith([field('scores(blue)', 'other'), field('scores(red)', 'other')])).toEqual([
    ['red', 'scores(red)', 0],
    ['blue', 'scores(blue)', 0],
  ]);
});

test('what is left pairs by name, and the only number with the only number', () => {
  const { pairs, onlyA, onlyB } = pairOutputs(
    [field('label', 'label'), field('scores', 'score')],
    [field('target', 'value'), field('label', 'other'), field('depth', 'other')],
  );
  expect(pairs.map((pair) => `${pair.a.output} ${pair.b.output}`)).toEqual(['label label', 'scores target']);
  expect([onlyA.length, onlyB.length]).toEqual([0, 1]);
});
