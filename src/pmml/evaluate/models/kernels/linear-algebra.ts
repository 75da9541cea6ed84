/** A matrix as rows. */
export type Rows = readonly (readonly number[])[];
/** The rows of a lower triangle, to the diagonal at least. */
export type Triangle = readonly ArrayLike<number>[];

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

export function matrixVector(matrix: Rows, vector: readonly number[]): number[] {
  return matrix.map((row) => dot(row, vector));
}

export function matrixProduct(a: Rows, b: Rows): number[][] {
  const width = b[0]?.length ?? 0;
  return a.map((row) =>
    Array.from({ length: width }, (_, column) => {
      let sum = 0;
      for (let k = 0; k < row.length; k++) sum += row[k]! * b[k]![column]!;
      return sum;
    }),
  );
}

export function transpose(matrix: Rows): number[][] {
  return Array.from({ length: matrix[0]?.length ?? 0 }, (_, column) => matrix.map((row) => row[column]!));
}

/** The lower Cholesky factor of a symmetric matrix; undefined where it is not positive definite. */
export function cholesky(matrix: Rows): Float64Array[] | undefined {
  const n = matrix.length;
  const lower = Array.from({ length: n }, (_, i) => new Float64Array(i + 1));
  for (let i = 0; i < n; i++) {
    const row = lower[i]!;
    for (let j = 0; j <= i; j++) {
      const other = lower[j]!;
      let sum = matrix[i]![j]!;
      for (let k = 0; k < j; k++) sum -= row[k]! * other[k]!;
      if (i === j) {
        if (!(sum > 0)) return undefined;
        row[i] = Math.sqrt(sum);
      } else row[j] = sum / other[j]!;
    }
  }
  return lower;
}

/** Solves L y = b for a lower triangle. */
export function forwardSubstitute(lower: Triangle, b: ArrayLike<number>): Float64Array {
  const y = new Float64Array(b.length);
  for (let i = 0; i < b.length; i++) {
    const row = lower[i]!;
    let sum = b[i]!;
    for (let k = 0; k < i; k++) sum -= row[k]! * y[k]!;
    y[i] = sum / row[i]!;
  }
  return y;
}

/** Solves Lᵀ x = y for a lower triangle. */
export function backSubstitute(lower: Triangle, y: ArrayLike<number>): number[] {
  const n = y.length;
  const x = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--) {
    let sum = y[i]!;
    for (let k = i + 1; k < n; k++) sum -= lower[k]![i]! * x[k]!;
    x[i] = sum / lower[i]![i]!;
  }
  return x;
}

/** Solves A x = b by elimination with row pivots; undefined where A is singular. */
export function solve(matrix: Rows, b: readonly number[]): number[] | undefined {
  const n = b.length;
  const a = matrix.map((row, i) => [...row, b[i]!]);
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let row = column + 1; row < n; row++) {
      if (Math.abs(a[row]![column]!) > Math.abs(a[pivot]![column]!)) pivot = row;
    }
    if (a[pivot]![column] === 0) return undefined;
    const swap = a[pivot]!;
    a[pivot] = a[column]!;
    a[column] = swap;
    for (let row = column + 1; row < n; row++) {
      const factor = a[row]![column]! / a[column]![column]!;
      if (factor === 0) continue;
      for (let k = column; k <= n; k++) a[row]![k]! -= factor * a[column]![k]!;
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--) {
    let sum = a[i]![n]!;
    for (let k = i + 1; k < n; k++) sum -= a[i]![k]! * x[k]!;
    x[i] = sum / a[i]![i]!;
  }
  return x;
}
