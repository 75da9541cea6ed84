import { describe, expect, it } from 'vitest';
import { singleOf } from '../../src/pmml/evaluate/single.js';

/** The texts lie beside a double that is halfway between two floats; Java's Float.parseFloat gave the values. */
const CASES: readonly (readonly [string, number])[] = [
  ['-0.17872125655412674', -0.17872126400470734],
  ['0.12813762575387955', 0.12813763320446014],
  ['16777217', 16777216],
  ['16777217.000000001', 16777218],
  ['16777216.999999999', 16777216],
  ['-16777219.000000001', -16777220],
  ['-16777218.999999999', -16777218],
  ['1.6777217000000001e7', 16777218],
  ['0.5', 0.5],
  ['1e39', Number.POSITIVE_INFINITY],
];

describe('a decimal number as float', () => {
  it.each(CASES)('%s', (text, expected) => {
    expect(singleOf(text, Number(text))).toBe(expected);
  });
});
