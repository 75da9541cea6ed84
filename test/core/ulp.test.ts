import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nextDown32, nextDown64, nextUp32, nextUp64, ulpDistance } from '../../src/core/ulp.js';

describe('ulp', () => {
  test('neighbours are one apart, in both widths', () => {
    expect(ulpDistance(1, 1 + Number.EPSILON, 64)).toBe(1);
    expect(ulpDistance(1, 1 + 2 ** -23, 32)).toBe(1);
    expect(ulpDistance(1, 1 + 2 ** -23, 64)).toBe(2 ** 29);
  });
  test('zero, its sign and the smallest numbers lie together', () => {
    expect(ulpDistance(0, -0, 64)).toBe(0);
    expect(ulpDistance(-Number.MIN_VALUE, Number.MIN_VALUE, 64)).toBe(2);
  });
  test('NaN is no distance from NaN and infinitely far from numbers', () => {
    expect(ulpDistance(Number.NaN, Number.NaN, 64)).toBe(0);
    expect(ulpDistance(Number.NaN, 1, 32)).toBe(Number.POSITIVE_INFINITY);
  });
  test('next up and next down are inverse and one apart', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
        expect(ulpDistance(x, nextUp64(x), 64)).toBe(1);
        expect(nextDown64(nextUp64(x)) === x).toBe(true);
      }),
    );
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (x) => {
        expect(nextUp32(x)).toBeGreaterThan(x);
        expect(ulpDistance(x, nextDown32(x), 32)).toBe(1);
      }),
    );
  });
});
