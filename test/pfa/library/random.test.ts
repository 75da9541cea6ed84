import { expect, test } from 'vitest';
import { below, gaussian, shuffled } from '../../../src/pfa/library/rand.js';
import { seededRandom } from '../../../src/pfa/library/random.js';

const COUNT = 40_000;

test('one seed gives one sequence, another seed another', () => {
  const draw = (seed: number | bigint) => {
    const random = seededRandom(seed);
    return Array.from({ length: 5 }, () => random.bits());
  };
  expect(draw(7)).toEqual(draw(7n));
  expect(draw(7)).not.toEqual(draw(8));
  expect(new Set(draw(0)).size).toBe(5);
});

test('uniform numbers have the mean and variance of the unit interval', () => {
  const random = seededRandom(1);
  const drawn = Array.from({ length: COUNT }, () => random.next());
  expect(drawn.every((x) => x >= 0 && x < 1)).toBe(true);
  const mean = drawn.reduce((sum, x) => sum + x, 0) / COUNT;
  const variance = drawn.reduce((sum, x) => sum + (x - mean) ** 2, 0) / COUNT;
  expect(Math.abs(mean - 1 / 2)).toBeLessThan(0.01);
  expect(Math.abs(variance - 1 / 12)).toBeLessThan(0.005);
});

test('whole numbers below ten come equally often', () => {
  const random = seededRandom(2);
  const counts = new Array<number>(10).fill(0);
  for (let index = 0; index < COUNT; index++) counts[below(random, 10)]! += 1;
  const chi2 = counts.reduce((sum, count) => sum + (count - COUNT / 10) ** 2 / (COUNT / 10), 0);
  // 27.88 is the 99.9 % quantile of nine degrees of freedom
  expect(chi2).toBeLessThan(27.88);
});

test('normal numbers have mean 0, variance 1 and no skew', () => {
  const random = seededRandom(3);
  const drawn = Array.from({ length: COUNT }, () => gaussian(random));
  const moment = (power: number) => drawn.reduce((sum, x) => sum + x ** power, 0) / COUNT;
  expect(Math.abs(moment(1))).toBeLessThan(0.02);
  expect(Math.abs(moment(2) - 1)).toBeLessThan(0.04);
  expect(Math.abs(moment(3))).toBeLessThan(0.08);
});

test('a shuffle keeps every item', () => {
  const items = Array.from({ length: 50 }, (_, index) => index);
  const mixed = shuffled(seededRandom(4), items, 50);
  expect(mixed).not.toEqual(items);
  expect([...mixed].sort((a, b) => a - b)).toEqual(items);
});
