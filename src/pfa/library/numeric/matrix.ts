import type { Matrix } from '../body.js';

export type Rows = number[][];

/** Steps to charge for work on an n by n matrix that takes n³ multiplications, `times` over. */
export function matrixWork(n: number, times = 1): number {
  return Math.ceil((times * n ** 3) / 64);
}

export function zeros(rows: number, columns: number): Rows {
  return Array.from({ length: rows }, () => new Array<number>(columns).fill(0));
}

export function transposed(x: Matrix): Rows {
  const columns = x[0]?.length ?? 0;
  return Array.from({ length: columns }, (_, column) => x.map((row) => row[column]!));
}

export function product(x: Matrix, y: Matrix): Rows {
  const columns = y[0]?.length ?? 0;
  return x.map((row) => {
    const result = new Array<number>(columns).fill(0);
    for (const [inner, factor] of row.entries()) {
      const other = y[inner]!;
      for (let column = 0; column < columns; column++) result[column]! += factor * other[column]!;
    }
    return result;
  });
}

/** Gaussian elimination of a square matrix with partial pivoting. */
interface Decomposition {
  /** L below the diagonal (ones on it not stored) and U. */
  lu: Rows;
  /** Which original row stands where. */
  order: number[];
  sign: number;
}

function decompose(x: Matrix): Decomposition {
  const lu = x.map((row) => [...row]);
  const n = lu.length;
  const order = lu.map((_, index) => index);
  let sign = 1;
  for (let step = 0; step < n; step++) {
    let pivot = step;
    for (let row = step + 1; row < n; row++) {
      if (Math.abs(lu[row]![step]!) > Math.abs(lu[pivot]![step]!)) pivot = row;
    }
    if (pivot !== step) {
      [lu[pivot], lu[step]] = [lu[step]!, lu[pivot]!];
      [order[pivot], order[step]] = [order[step]!, order[pivot]!];
      sign = -sign;
    }
    const top = lu[step]!;
    if (top[step] === 0) continue;
    for (let row = step + 1; row < n; row++) {
      const current = lu[row]!;
      const factor = current[step]! / top[step]!;
      current[step] = factor;
      if (factor === 0) continue;
      for (let column = step + 1; column < n; column++) current[column]! -= factor * top[column]!;
    }
  }
  return { lu, order, sign };
}

export function determinant(x: Matrix): number {
  const { lu, sign } = decompose(x);
  let result = sign;
  for (let index = 0; index < lu.length; index++) result *= lu[index]![index]!;
  return result;
}

/** The solution of x · result = y, or undefined where x is singular. */
export function solve(x: Matrix, y: Matrix): Rows | undefined {
  const { lu, order } = decompose(x);
  const n = lu.length;
  let largest = 0;
  for (let index = 0; index < n; index++) largest = Math.max(largest, Math.abs(lu[index]![index]!));
  for (let index = 0; index < n; index++) {
    if (!(Math.abs(lu[index]![index]!) > largest * n * 1e-16)) return undefined;
  }
  const result = order.map((row) => [...y[row]!]);
  const columns = result[0]?.length ?? 0;
  for (let column = 0; column < columns; column++) {
    for (let row = 0; row < n; row++) {
      let sum = result[row]![column]!;
      for (let inner = 0; inner < row; inner++) sum -= lu[row]![inner]! * result[inner]![column]!;
      result[row]![column] = sum;
    }
    for (let row = n - 1; row >= 0; row--) {
      let sum = result[row]![column]!;
      for (let inner = row + 1; inner < n; inner++) sum -= lu[row]![inner]! * result[inner]![column]!;
      result[row]![column] = sum / lu[row]![row]!;
    }
  }
  return result;
}

export function identity(n: number): Rows {
  const result = zeros(n, n);
  for (let index = 0; index < n; index++) result[index]![index] = 1;
  return result;
}

/** Inverse of a regular matrix, otherwise the Moore–Penrose pseudo-inverse. */
export function inverse(x: Matrix): Rows {
  const rows = x.length;
  const columns = x[0]?.length ?? 0;
  if (rows === columns) {
    const regular = solve(x, identity(rows));
    if (regular !== undefined) return regular;
  }
  return pseudoInverse(x);
}

/** By one-sided Jacobi rotations (Hestenes): A V = U Σ, hence A⁺ = V Σ⁻¹ Uᵀ. */
export function pseudoInverse(x: Matrix): Rows {
  const rows = x.length;
  const columns = x[0]?.length ?? 0;
  if (rows < columns) return transposed(pseudoInverse(transposed(x)));
  if (x.some((row) => row.some((item) => !Number.isFinite(item)))) {
    return zeros(columns, rows).map((row) => row.fill(Number.NaN));
  }
  const u = transposed(x);
  const v = identity(columns);
  for (let sweep = 0; sweep < 60; sweep++) {
    let rotated = false;
    for (let p = 0; p < columns; p++) {
      for (let q = p + 1; q < columns; q++) rotated = rotateColumns(u, v, p, q) || rotated;
    }
    if (!rotated) break;
  }
  const norms = u.map((column) => Math.hypot(...column));
  const limit = Math.max(0, ...norms) * Math.max(rows, columns) * 2.220446049250313e-16;
  const result = zeros(columns, rows);
  for (const [index, norm] of norms.entries()) {
    if (!(norm > limit)) continue;
    for (let row = 0; row < columns; row++) {
      for (let column = 0; column < rows; column++) {
        result[row]![column]! += (v[index]![row]! * u[index]![column]!) / norm / norm;
      }
    }
  }
  return result;
}

/** Makes two columns (rows of `u` here) orthogonal; false if they were. */
function rotateColumns(u: Rows, v: Rows, p: number, q: number): boolean {
  let alpha = 0;
  let beta = 0;
  let gamma = 0;
  const left = u[p]!;
  const right = u[q]!;
  for (let index = 0; index < left.length; index++) {
    alpha += left[index]! ** 2;
    beta += right[index]! ** 2;
    gamma += left[index]! * right[index]!;
  }
  if (Math.abs(gamma) <= 1e-16 * Math.sqrt(alpha * beta) || gamma === 0) return false;
  const zeta = (beta - alpha) / (2 * gamma);
  const t = (zeta >= 0 ? 1 : -1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
  const c = 1 / Math.sqrt(1 + t * t);
  rotate(left, right, c, c * t);
  rotate(v[p]!, v[q]!, c, c * t);
  return true;
}

function rotate(left: number[], right: number[], c: number, s: number): void {
  for (let index = 0; index < left.length; index++) {
    const a = left[index]!;
    const b = right[index]!;
    left[index] = c * a - s * b;
    right[index] = s * a + c * b;
  }
}

/** Eigenvalues of a symmetric matrix in decreasing order with unit eigenvectors, by cyclic Jacobi rotations. */
export function symmetricEigen(x: Matrix): { value: number; vector: number[] }[] {
  const a = x.map((row) => [...row]);
  const n = a.length;
  const vectors = identity(n);
  for (let sweep = 0; sweep < 100; sweep++) {
    let offDiagonal = 0;
    let diagonal = 0;
    for (let p = 0; p < n; p++) {
      diagonal += a[p]![p]! ** 2;
      for (let q = p + 1; q < n; q++) offDiagonal += a[p]![q]! ** 2;
    }
    if (offDiagonal <= 1e-34 * (diagonal + offDiagonal)) break;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) jacobiStep(a, vectors, p, q);
  }
  return a
    .map((row, index) => ({ value: row[index]!, vector: vectors[index]! }))
    .sort((left, right) => right.value - left.value);
}

function jacobiStep(a: Rows, vectors: Rows, p: number, q: number): void {
  const apq = a[p]![q]!;
  if (apq === 0) return;
  const theta = (a[q]![q]! - a[p]![p]!) / (2 * apq);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (const row of a) {
    const left = row[p]!;
    const right = row[q]!;
    row[p] = c * left - s * right;
    row[q] = s * left + c * right;
  }
  rotate(a[p]!, a[q]!, c, s);
  a[p]![q] = 0;
  a[q]![p] = 0;
  rotate(vectors[p]!, vectors[q]!, c, s);
}

/** The lower factor of a positive definite matrix, or undefined. */
export function cholesky(x: Matrix): Rows | undefined {
  const n = x.length;
  const l = zeros(n, n);
  for (let row = 0; row < n; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = x[row]![column]!;
      for (let inner = 0; inner < column; inner++) sum -= l[row]![inner]! * l[column]![inner]!;
      if (row === column) {
        if (!(sum > 0)) return undefined;
        l[row]![row] = Math.sqrt(sum);
      } else l[row]![column] = sum / l[column]![column]!;
    }
  }
  return l;
}
