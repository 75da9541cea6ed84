import fc from 'fast-check';
import { expect, test } from 'vitest';
import { float32Text } from '../../src/core/float-text.js';

test('a float32 is written with no more digits than it needs', () => {
  expect(float32Text(Math.fround(0.1))).toBe('0.1');
  expect(float32Text(Math.fround(7.9))).toBe('7.9');
  expect(float32Text(Math.fround(-0.22004892))).toBe('-0.22004892');
  expect(float32Text(16777216)).toBe('16777216');
});

test('infinities, NaN and negative zero have texts of their own', () => {
  const values = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, -0];
  expect(values.map(float32Text)).toEqual(['INF', '-INF', 'NaN', '-0']);
});

test('every float32 parses back, directly and through a double', () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const text = float32Text(value);
      expect(Math.fround(Number(text))).toBe(value);
      expect(new Float32Array([Number(text)])[0]).toBe(value);
    }),
  );
});
