import { describe, expect, test } from 'vitest';
import type { Value } from '../../src/core/table.js';
import { compare } from '../../src/parity/compare.js';
import { shrink } from '../../src/parity/shrink.js';
import { parseTolerance } from '../../src/parity/tolerance.js';
import { verdictLine } from '../../src/parity/words.js';
import { fakeScorer, output, xs } from './fake-scorer.js';

const value = (of: (x: Value) => Value, type: 'float32' | 'float64' = 'float64') =>
  fakeScorer([output('y', 'value', type, of)]);
const plus = (x: Value, by: number) => (x === null ? null : (x as number) + by);

describe('compare', () => {
  test('the same numbers are the same, bit for bit', () => {
    const parity = compare(
      value((x) => x),
      value((x) => x),
      xs(1, 2.5, null),
    );
    expect(parity).toMatchObject({ same: true, rows: 3, worstUlps: 0, flips: 0 });
    expect(verdictLine(parity)).toBe(
      'same scores: 3 rows, 1 output, bit for bit, 1 row without a prediction in either',
    );
  });

  test('a distance within the tolerance is counted but the scores are the same', () => {
    const parity = compare(
      value((x) => x),
      value((x) => plus(x, Number.EPSILON)),
      xs(1),
    );
    expect(parity).toMatchObject({ same: true, worstUlps: 1 });
    expect(parity.pairs[0]).toMatchObject({ inexact: 1, differing: 0 });
    expect(
      compare(
        value((x) => x),
        value((x) => plus(x, Number.EPSILON)),
        xs(1),
        { tolerance: parseTolerance('exact') },
      ).same,
    ).toBe(false);
  });

  test('distances count in the narrower width of the two', () => {
    const parity = compare(
      value((x) => x, 'float32'),
      value((x) => plus(x, 1e-9)),
      xs(1),
    );
    expect(parity).toMatchObject({ same: true, worstUlps: 0 });
  });

  test('a small probability may carry the rounding of the large one beside it, another number may not', () => {
    const of = (role: 'probability' | 'value', p: number) => fakeScorer([output('p', role, 'float64', () => p)]);
    expect(compare(of('probability', 1e-17), of('probability', 0), xs(1))).toMatchObject({ same: true, worstUlps: 1 });
    expect(compare(of('probability', 1e-15), of('probability', 0), xs(1))).toMatchObject({
      same: false,
      worstUlps: 5,
    });
    expect(compare(of('value', 1e-17), of('value', 0), xs(1)).same).toBe(false);
  });

  test('a flipped label is never tolerated', () => {
    const label = (at: number) =>
      fakeScorer([output('l', 'label', 'string', (x) => ((x as number) > at ? 'yes' : 'no'))]);
    const parity = compare(label(1), label(2), xs(0, 1.5, 3), { tolerance: parseTolerance('rel:10') });
    expect(parity).toMatchObject({ same: false, flips: 1, differingRows: 1 });
    expect(parity.worst).toMatchObject({ row: 1, a: 'yes', b: 'no', input: { x: 1.5 } });
    expect(verdictLine(parity)).toBe(
      'scores differ: 1 row of 3 rows, 1 output, 1 flipped label (allowed: relative 10)',
    );
  });

  test('labels that are numbers are the same however they are spelt', () => {
    const a = fakeScorer([output('l', 'label', 'int64', () => 1n)]);
    const b = fakeScorer([output('m', 'label', 'string', () => '1.0')]);
    expect(compare(a, b, xs(0)).same).toBe(true);
  });

  test('a missing prediction, NaN and an error are one answer; against a number they differ', () => {
    const failing = value(() => {
      throw new Error('no');
    });
    expect(
      compare(
        value(() => Number.NaN),
        value(() => null),
        xs(1),
      ).same,
    ).toBe(true);
    expect(
      compare(
        failing,
        value(() => null),
        xs(1),
      ),
    ).toMatchObject({ same: true, failedA: 1, failedB: 0 });
    const parity = compare(
      failing,
      value(() => 1),
      xs(1),
    );
    expect(parity.same).toBe(false);
    expect(parity.worst).toMatchObject({ errorA: 'this row fails', b: 1, ulps: Number.POSITIVE_INFINITY });
  });

  test('where large terms cancel, what rounding of an input moves is the same; a jump at a threshold is not', () => {
    const cancelling = (x: Value) => ((x as number) - 1e6) * 3;
    const near = 1e6 + 1e-7;
    const off = (x: Value) => cancelling(x) + 2 * 3 * 2 ** -33;
    const parity = compare(value(cancelling), value(off), xs(near));
    expect(parity).toMatchObject({ same: true, withinNoise: 1, worstUlps: 0 });
    expect(verdictLine(parity)).toContain('1 number within the rounding of the inputs');
    const step = (at: number) => value((x) => ((x as number) > at ? 5 : 0));
    expect(compare(step(1), step(0.5), xs(1)).same).toBe(false);
  });

  test('a label beside probabilities that are all missing is no prediction', () => {
    const classifier = (label: string, p: Value) =>
      fakeScorer([
        output('l', 'label', 'string', () => label),
        output('p', 'probability', 'float64', () => [p, p], { shape: [2], categories: ['a', 'b'] }),
      ]);
    expect(compare(classifier('a', Number.NaN), classifier('', null), xs(1)).same).toBe(true);
    expect(compare(classifier('a', 0.5), classifier('b', 0.5), xs(1)).flips).toBe(1);
  });

  test('no rows, and outputs of which none pair, are refused', () => {
    expect(() =>
      compare(
        value((x) => x),
        value((x) => x),
        xs(),
      ),
    ).toThrowError('there is no row to score');
    const label = fakeScorer([output('l', 'label', 'string', () => 'a')]);
    expect(() =>
      compare(
        value((x) => x),
        label,
        xs(1),
      ),
    ).toThrowError('no output of the one model pairs with an output of the other');
  });

  test('a differing row shrinks to the simplest value that still differs', () => {
    const a = value((x) => x);
    const b = value((x) => (x !== null && (x as number) >= 1 ? (x as number) * 2 : x));
    const rows = xs(0.5, 73.123456789);
    expect(shrink(a, b, rows, compare(a, b, rows))).toMatchObject({ input: { x: 1 }, a: 1, b: 2, row: 1 });
  });
});

test('a label beside nothing but missing scores is no prediction, though nothing pairs with the scores', () => {
  const labelled = fakeScorer([
    output('label', 'label', 'string', () => 'red'),
    output('score', 'score', 'float64', (x) => x),
  ]);
  const bare = fakeScorer([output('label', 'label', 'string', (x) => (x === null ? null : 'red'))]);
  expect(compare(bare, labelled, xs(1, null)).same).toBe(true);
  expect(compare(bare, labelled, xs(1, null)).onlyB).toHaveLength(1);
});
