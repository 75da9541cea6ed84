import { compareStrings } from '../compare.js';
import type { Fn, Value } from '../types.js';
import { newMap } from '../types.js';
import { type Arr, body, bound, byType, type Matrix, type Obj, type Vector } from './body.js';
import type { Call, LibraryModule } from './function.js';
import { determinant, inverse, matrixWork, product, symmetricEigen, transposed } from './numeric/matrix.js';

type MapMatrix = Obj<Obj<number>>;
type Scalar = (x: number) => number;
type Pair = (x: number, y: number) => number;

/** The shapes that linear algebra takes: `[d`, `[[d`, `{d`, `{{d`. */
export function shapeOf(call: Call, index: number): string {
  let text = '';
  let type = call.types[index]!;
  while (type.type === 'array' || type.type === 'map') {
    text += type.type === 'array' ? '[' : '{';
    type = type.type === 'array' ? type.items : type.values;
  }
  return text;
}

export function fromEntries<T extends Value>(entries: Iterable<readonly [string, T]>): Obj<T> {
  const made = newMap();
  for (const [key, value] of entries) made[key] = value;
  return made as Obj<T>;
}

export function mapObject<T extends Value, U extends Value>(x: Obj<T>, run: (value: T, key: string) => U): Obj<U> {
  const made = newMap();
  for (const key in x) made[key] = run(x[key]!, key);
  return made as Obj<U>;
}

function keysOf(...maps: readonly Obj<Value>[]): string[] {
  const keys = new Set<string>();
  for (const map of maps) for (const key in map) keys.add(key);
  return [...keys];
}

/** Keys of all columns of a matrix of maps, sorted. */
export function columnKeys(x: MapMatrix): string[] {
  return keysOf(...Object.values(x)).sort(compareStrings);
}

export function rowKeys(x: MapMatrix): string[] {
  return Object.keys(x).sort(compareStrings);
}

/** The dense matrix of these rows and columns; what is missing is zero. */
export function dense(x: MapMatrix, rows: readonly string[], columns: readonly string[]): number[][] {
  return rows.map((row) => columns.map((column) => x[row]?.[column] ?? 0));
}

export function sparse(x: Matrix, rows: readonly string[], columns: readonly string[]): MapMatrix {
  return fromEntries(
    x.map(
      (row, index) =>
        [rows[index]!, fromEntries(row.map((item, column) => [columns[column]!, item] as const))] as const,
    ),
  );
}

export function isRagged(x: Matrix): boolean {
  return x.some((row) => row.length !== x[0]!.length);
}

function isEmpty(x: Matrix): boolean {
  return x.length < 1 || x[0]!.length < 1;
}

function hasNonFinite(x: Matrix): boolean {
  return x.some((row) => row.some((item) => !Number.isFinite(item)));
}

/** Charges for n³ multiplications, `times` over. */
function charge(call: Call, n: number, times = 1): void {
  call.engine.spend(matrixWork(n, times));
}

/** Refuses empty and ragged matrices with the errors `code` and `code + 1`. */
function regularArray(call: Call, code: number, x: Matrix): void {
  if (x.length < 1) throw call.error(code);
  if (isRagged(x)) throw call.error(code + 1);
  if (isEmpty(x)) throw call.error(code);
}

/** Refuses maps without rows or columns with the error `code`. */
function regularMap(call: Call, code: number, x: MapMatrix): void {
  if (Object.keys(x).length < 1 || columnKeys(x).length < 1) throw call.error(code);
}

function elementwise(run: Scalar, shape: string, x: Value): Value {
  if (shape === '') return run(x as number);
  const rest = shape.slice(1);
  return shape.startsWith('[')
    ? (x as Arr).map((item) => elementwise(run, rest, item))
    : mapObject(x as Obj, (item) => elementwise(run, rest, item));
}

function number(x: Value | undefined): number {
  return (x as number | undefined) ?? 0;
}

/** Element by element; arrays must align, missing map entries count as zero. */
export function pairwise(run: Pair, shape: string, misaligned: () => Error, x: Value, y: Value): Value {
  if (shape === '') return run(x as number, y as number);
  const rest = shape.slice(1);
  if (shape.startsWith('[')) {
    const left = x as Arr;
    const right = y as Arr;
    if (left.length !== right.length) throw misaligned();
    return left.map((item, index) => pairwise(run, rest, misaligned, item, right[index]!));
  }
  const left = x as Obj;
  const right = y as Obj;
  if (rest === '')
    return fromEntries(keysOf(left, right).map((key) => [key, run(number(left[key]), number(right[key]))] as const));
  const rows = keysOf(left, right);
  const columns = keysOf(...(Object.values(left) as Obj[]), ...(Object.values(right) as Obj[]));
  const at = (x: Value | undefined, column: string) => number((x as Obj | undefined)?.[column]);
  return fromEntries(
    rows.map(
      (row) =>
        [
          row,
          fromEntries(columns.map((column) => [column, run(at(left[row], column), at(right[row], column))] as const)),
        ] as const,
    ),
  );
}

function pairwiseBind(code: number, run: Pair): (call: Call) => Fn {
  return (call) => {
    const shape = shapeOf(call, 0);
    return (x, y) => pairwise(run, shape, () => call.error(code), x!, y!);
  };
}

function dotArrays(call: Call, x: Matrix, y: Matrix): number[][] {
  if (isEmpty(x) || isEmpty(y)) throw call.error(24051);
  if (hasNonFinite(x) || hasNonFinite(y)) throw call.error(24052);
  if (isRagged(x) || isRagged(y) || x[0]!.length !== y.length) throw call.error(24050);
  charge(call, Math.cbrt(x.length * y.length * y[0]!.length));
  return product(x, y);
}

function dotMaps(call: Call, x: MapMatrix, y: MapMatrix): MapMatrix {
  const rows = rowKeys(x);
  const columns = columnKeys(y);
  const inner = keysOf(fromEntries(columnKeys(x).map((key) => [key, 0] as const)), y);
  if (rows.length < 1 || columnKeys(x).length < 1 || Object.keys(y).length < 1 || columns.length < 1)
    throw call.error(24051);
  const left = dense(x, rows, inner);
  const right = dense(y, inner, columns);
  if (hasNonFinite(left) || hasNonFinite(right)) throw call.error(24052);
  charge(call, Math.cbrt(rows.length * inner.length * columns.length));
  return sparse(product(left, right), rows, columns);
}

function dotBind(call: Call): Fn {
  const vector = shapeOf(call, 1).length === 1;
  if (shapeOf(call, 0).startsWith('[')) {
    return ((x: Matrix, y: Matrix & Vector) =>
      vector
        ? dotArrays(
            call,
            x,
            (y as Vector).map((item) => [item]),
          ).map((row) => row[0]!)
        : dotArrays(call, x, y as Matrix)) as unknown as Fn;
  }
  return ((x: MapMatrix, y: Obj<Value>) => {
    if (!vector) return dotMaps(call, x, y as MapMatrix);
    const column = mapObject(y as Obj<number>, (item) => fromEntries([['', item] as const]));
    return mapObject(dotMaps(call, x, column), (row) => row['']!);
  }) as unknown as Fn;
}

function isSymmetric(x: Matrix, tolerance: number): boolean {
  return x.every((row, i) =>
    row.every((item, j) => {
      const other = x[j]![i]!;
      return (Object.is(item, other) ? 0 : Math.abs(item - other)) < tolerance;
    }),
  );
}

/**
 * Rows are eigenvectors over the square roots of their eigenvalues' magnitudes, the greatest magnitude first and the
 * first component of each made positive.
 */
function eigenBasis(x: Matrix): number[][] {
  const symmetric = x.map((row, i) => row.map((item, j) => (item + x[j]![i]!) / 2));
  return symmetricEigen(symmetric)
    .map(({ value, vector }) => ({ size: Math.abs(value), vector }))
    .sort((left, right) => right.size - left.size)
    .map(({ size, vector }) => {
      const scale = (vector[0]! < 0 ? -1 : 1) / Math.sqrt(size);
      return vector.map((item) => item * scale);
    });
}

/** Linear algebra on dense arrays and sparse maps. */
export const LA: LibraryModule = [
  {
    name: 'la.map',
    signatures: [
      '(x: array of array of double, fcn: fcn(double) -> double) -> array of array of double',
      '(x: map of map of double, fcn: fcn(double) -> double) -> map of map of double',
    ],
    doc: 'Applies fcn to every element of a matrix.',
    bind: (call) => {
      const shape = shapeOf(call, 0);
      return (x, fcn) => elementwise(fcn as unknown as Scalar, shape, x!);
    },
  },
  {
    name: 'la.scale',
    signatures: [
      '(x: array of double, alpha: double) -> array of double',
      '(x: array of array of double, alpha: double) -> array of array of double',
      '(x: map of double, alpha: double) -> map of double',
      '(x: map of map of double, alpha: double) -> map of map of double',
    ],
    doc: 'Multiplies a vector or matrix by a number.',
    bind: (call) => {
      const shape = shapeOf(call, 0);
      return (x, alpha) => elementwise((item) => item * (alpha as number), shape, x!);
    },
  },
  {
    name: 'la.zipmap',
    signatures: [
      '(x: array of array of double, y: array of array of double, fcn: fcn(double, double) -> double) -> array of array of double',
      '(x: map of map of double, y: map of map of double, fcn: fcn(double, double) -> double) -> map of map of double',
    ],
    doc: 'Applies fcn to the pairs of elements of two matrices.',
    errors: { 24020: 'misaligned matrices' },
    bind: (call) => {
      const shape = shapeOf(call, 0);
      return (x, y, fcn) => pairwise(fcn as unknown as Pair, shape, () => call.error(24020), x!, y!);
    },
  },
  {
    name: 'la.add',
    signatures: [
      '(x: array of double, y: array of double) -> array of double',
      '(x: array of array of double, y: array of array of double) -> array of array of double',
      '(x: map of double, y: map of double) -> map of double',
      '(x: map of map of double, y: map of map of double) -> map of map of double',
    ],
    doc: 'Sum of two vectors or matrices.',
    errors: { 24030: 'misaligned matrices' },
    bind: pairwiseBind(24030, (x, y) => x + y),
  },
  {
    name: 'la.sub',
    signatures: [
      '(x: array of double, y: array of double) -> array of double',
      '(x: array of array of double, y: array of array of double) -> array of array of double',
      '(x: map of double, y: map of double) -> map of double',
      '(x: map of map of double, y: map of map of double) -> map of map of double',
    ],
    doc: 'Difference of two vectors or matrices.',
    errors: { 24040: 'misaligned matrices' },
    bind: pairwiseBind(24040, (x, y) => x - y),
  },
  {
    name: 'la.dot',
    signatures: [
      '(x: array of array of double, y: array of double) -> array of double',
      '(x: map of map of double, y: map of double) -> map of double',
      '(x: array of array of double, y: array of array of double) -> array of array of double',
      '(x: map of map of double, y: map of map of double) -> map of map of double',
    ],
    doc: 'Product of a matrix with a matrix or a vector.',
    errors: { 24050: 'misaligned matrices', 24051: 'too few rows/cols', 24052: 'contains non-finite value' },
    bind: dotBind,
  },
  {
    name: 'la.transpose',
    signatures: [
      '(x: array of array of double) -> array of array of double',
      '(x: map of map of double) -> map of map of double',
    ],
    doc: 'Exchanges rows and columns.',
    errors: { 24060: 'too few rows/cols', 24061: 'ragged columns' },
    bind: byType(0, {
      array: bound((call) => (x: Matrix) => {
        regularArray(call, 24060, x);
        return transposed(x);
      }),
      map: bound((call) => (x: MapMatrix) => {
        regularMap(call, 24060, x);
        const rows = rowKeys(x);
        const columns = columnKeys(x);
        if (rows.some((row) => Object.keys(x[row]!).length !== columns.length)) throw call.error(24061);
        return sparse(transposed(dense(x, rows, columns)), columns, rows);
      }),
    }),
  },
  {
    name: 'la.inverse',
    signatures: [
      '(x: array of array of double) -> array of array of double',
      '(x: map of map of double) -> map of map of double',
    ],
    doc: 'Inverse; the Moore–Penrose pseudo-inverse where the matrix is not square or singular.',
    errors: { 24070: 'too few rows/cols', 24071: 'ragged columns' },
    bind: byType(0, {
      array: bound((call) => (x: Matrix) => {
        regularArray(call, 24070, x);
        charge(call, Math.max(x.length, x[0]!.length), 10);
        return inverse(x);
      }),
      map: bound((call) => (x: MapMatrix) => {
        regularMap(call, 24070, x);
        const rows = rowKeys(x);
        const columns = columnKeys(x);
        charge(call, Math.max(rows.length, columns.length), 10);
        return sparse(inverse(dense(x, rows, columns)), columns, rows);
      }),
    }),
  },
  {
    name: 'la.trace',
    signatures: ['(x: array of array of double) -> double', '(x: map of map of double) -> double'],
    doc: 'Sum of the diagonal.',
    errors: { 24080: 'ragged columns' },
    bind: byType(0, {
      array: bound((call) => (x: Matrix) => {
        if (x.length === 0) return 0;
        if (isRagged(x)) throw call.error(24080);
        let sum = 0;
        for (let index = 0; index < Math.min(x.length, x[0]!.length); index++) sum += x[index]![index]!;
        return sum;
      }),
      map: body((x: MapMatrix) => rowKeys(x).reduce((sum, key) => sum + (x[key]![key] ?? 0), 0)),
    }),
  },
  {
    name: 'la.det',
    signatures: ['(x: array of array of double) -> double', '(x: map of map of double) -> double'],
    doc: 'Determinant.',
    errors: { 24090: 'too few rows/cols', 24091: 'ragged columns', 24092: 'non-square matrix' },
    bind: byType(0, {
      array: bound((call) => (x: Matrix) => {
        regularArray(call, 24090, x);
        if (x.length !== x[0]!.length) throw call.error(24092);
        charge(call, x.length);
        return determinant(x);
      }),
      map: bound((call) => (x: MapMatrix) => {
        regularMap(call, 24090, x);
        const keys = keysOf(x, ...Object.values(x)).sort(compareStrings);
        charge(call, keys.length);
        return determinant(dense(x, keys, keys));
      }),
    }),
  },
  {
    name: 'la.symmetric',
    signatures: [
      '(x: array of array of double, tolerance: double) -> boolean',
      '(x: map of map of double, tolerance: double) -> boolean',
    ],
    doc: 'Whether a matrix equals its transpose within a tolerance.',
    errors: { 24100: 'too few rows/cols', 24101: 'ragged columns', 24102: 'non-square matrix' },
    bind: byType(0, {
      array: bound((call) => (x: Matrix, tolerance: number) => {
        regularArray(call, 24100, x);
        if (x.length !== x[0]!.length) throw call.error(24102);
        return isSymmetric(x, tolerance);
      }),
      map: bound((call) => (x: MapMatrix, tolerance: number) => {
        regularMap(call, 24100, x);
        const keys = keysOf(x, ...Object.values(x));
        return isSymmetric(dense(x, keys, keys), tolerance);
      }),
    }),
  },
  {
    name: 'la.eigenBasis',
    signatures: [
      '(x: array of array of double) -> array of array of double',
      '(x: map of map of double) -> map of map of double',
    ],
    doc: 'Rows are unit eigenvectors over the roots of their eigenvalues, largest eigenvalue first.',
    errors: {
      24110: 'too few rows/cols',
      24111: 'ragged columns',
      24112: 'non-square matrix',
      24113: 'non-finite matrix',
    },
    nondeterministic: 'unstable',
    bind: byType(0, {
      array: bound((call) => (x: Matrix) => {
        regularArray(call, 24110, x);
        if (x.length !== x[0]!.length) throw call.error(24112);
        if (hasNonFinite(x)) throw call.error(24113);
        charge(call, x.length, 30);
        return eigenBasis(x);
      }),
      map: bound((call) => (x: MapMatrix) => {
        regularMap(call, 24110, x);
        const keys = keysOf(x, ...Object.values(x)).sort(compareStrings);
        const matrix = dense(x, keys, keys);
        if (hasNonFinite(matrix)) throw call.error(24113);
        charge(call, keys.length, 30);
        return sparse(
          eigenBasis(matrix),
          keys.map((_, index) => String(index)),
          keys,
        );
      }),
    }),
  },
  {
    name: 'la.truncate',
    signatures: [
      '(x: array of array of double, keep: int) -> array of array of double',
      '(x: map of map of double, keep: array of string) -> map of map of double',
    ],
    doc: 'Keeps only some rows of a matrix.',
    errors: { 24120: 'too few rows/cols', 24121: 'ragged columns' },
    bind: byType(0, {
      array: bound((call) => (x: Matrix, keep: number) => {
        regularArray(call, 24120, x);
        return x.slice(0, Math.max(0, keep));
      }),
      map: bound((call) => (x: MapMatrix, keep: Arr<string>) => {
        regularMap(call, 24120, x);
        return fromEntries(
          rowKeys(x)
            .filter((key) => keep.includes(key))
            .map((key) => [key, x[key]!] as const),
        );
      }),
    }),
  },
];
