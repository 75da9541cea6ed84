import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  cholesky,
  determinant,
  inverse,
  product,
  pseudoInverse,
  solve,
  symmetricEigen,
  transposed,
} from '../../../../src/pfa/library/numeric/matrix.js';

const matrix = (rows: number, columns: number) =>
  fc.array(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: columns, maxLength: columns }), {
    minLength: rows,
    maxLength: rows,
  });

function close(left: number[][], right: number[][]): boolean {
  return left.every((row, i) => row.every((item, j) => Math.abs(item - right[i]![j]!) < 1e-7));
}

test('a pseudo-inverse meets the four conditions of Penrose, singular matrices included', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4 }).chain((n) => matrix(3, n)),
      (a) => {
        const p = pseudoInverse(a);
        const ap = product(a, p);
        const pa = product(p, a);
        expect(close(product(ap, a), a)).toBe(true);
        expect(close(product(pa, p), p)).toBe(true);
        expect(close(ap, transposed(ap))).toBe(true);
        expect(close(pa, transposed(pa))).toBe(true);
      },
    ),
    { numRuns: 200, seed: 1 },
  );
});

test('an exactly singular matrix has no solution but an inverse in the sense of Penrose', () => {
  expect(
    solve(
      [
        [1, 2],
        [2, 4],
      ],
      [[1], [1]],
    ),
  ).toBeUndefined();
  expect(
    close(
      inverse([
        [1, 2],
        [2, 4],
      ]),
      [
        [0.04, 0.08],
        [0.08, 0.16],
      ],
    ),
  ).toBe(true);
});

test('determinants of whole numbers are whole', () => {
  expect(
    determinant([
      [0, 2],
      [3, 4],
    ]),
  ).toBe(-6);
  expect(
    determinant([
      [2, 0, 1],
      [1, 3, 2],
      [1, 1, 1],
    ]),
  ).toBeCloseTo(0, 12);
  expect(
    determinant([
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 10],
    ]),
  ).toBeCloseTo(-3, 10);
});

test('eigenvectors of a symmetric matrix are stretched by their eigenvalues', () => {
  fc.assert(
    fc.property(matrix(4, 4), (a) => {
      const symmetric = a.map((row, i) => row.map((item, j) => (item + a[j]![i]!) / 2));
      for (const { value, vector } of symmetricEigen(symmetric)) {
        const image = product(
          symmetric,
          vector.map((item) => [item]),
        );
        expect(Math.hypot(...vector)).toBeCloseTo(1, 10);
        for (const [index, item] of vector.entries()) expect(image[index]![0]).toBeCloseTo(value * item, 8);
      }
    }),
    { numRuns: 100, seed: 2 },
  );
});

test('Cholesky factors of a positive definite matrix multiply to it, others have none', () => {
  const a = [
    [4, 2],
    [2, 3],
  ];
  const l = cholesky(a)!;
  expect(close(product(l, transposed(l)), a)).toBe(true);
  expect(
    cholesky([
      [1, 2],
      [2, 1],
    ]),
  ).toBeUndefined();
});
