import type { Matrix, Vector } from './body.js';
import type { Call } from './function.js';
import { cholesky, matrixWork, type Rows } from './numeric/matrix.js';

export type Kernel = (x: Vector, y: Vector) => number;

export interface Training {
  x: Vector;
  to: Vector;
  sigma: Vector | undefined;
}

interface Scale {
  mean: number;
  spread: number;
}

function scaleOf(values: Vector): Scale {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return { mean, spread };
}

function standardised(value: number, { mean, spread }: Scale): number {
  return (value - mean) / spread;
}

/** The solution of L y = b, or of Lᵀ y = b. */
function substitute(l: Matrix, b: Vector, transposed: boolean): number[] {
  const n = b.length;
  const y = [...b];
  for (let step = 0; step < n; step++) {
    const row = transposed ? n - 1 - step : step;
    for (let other = 0; other < step; other++) {
      const column = transposed ? n - 1 - other : other;
      y[row]! -= (transposed ? l[column]![row]! : l[row]![column]!) * y[column]!;
    }
    y[row]! /= l[row]![row]!;
  }
  return y;
}

function dot(x: Vector, y: Vector): number {
  return x.reduce((sum, item, index) => sum + item * y[index]!, 0);
}

function refuseBadTable(call: Call, x: Vector, table: readonly Training[], weight: number | null): void {
  const first = table[0];
  if (first === undefined) throw call.error(31080);
  if (x.length === 0) throw call.error(31081);
  if (table.some((entry) => entry.x.length !== x.length)) throw call.error(31082);
  if (first.to.length === 0) throw call.error(31083);
  const size = first.to.length;
  if (table.some((entry) => entry.to.length !== size || (entry.sigma !== undefined && entry.sigma.length !== size)))
    throw call.error(31084);
  if (!x.every(Number.isFinite)) throw call.error(31085);
  if (table.some((entry) => ![...entry.x, ...entry.to, ...(entry.sigma ?? [])].every(Number.isFinite)))
    throw call.error(31086);
  if (weight !== null && !Number.isFinite(weight)) throw call.error(31087);
}

/**
 * Best linear unbiased prediction with a constant trend: the trend is estimated where there is no weight, else it is
 * the weight. Variables and outputs are standardised first; (sigma/to)² is added to the kernel's diagonal.
 */
export function gaussianProcess(
  call: Call,
  x: Vector,
  table: readonly Training[],
  weight: number | null,
  kernel: Kernel,
): number[] {
  refuseBadTable(call, x, table, weight);
  call.engine.spend(table.length ** 2 + matrixWork(table.length));
  const scales = x.map((_, index) => scaleOf(table.map((entry) => entry.x[index]!)));
  const points = table.map((entry) => entry.x.map((item, index) => standardised(item, scales[index]!)));
  const target = x.map((item, index) => standardised(item, scales[index]!));
  const plain: Rows = points.map((left) => points.map((right) => kernel(left, right)));
  const near = points.map((point) => kernel(target, point));
  return table[0]!.to.map((_, output) => {
    const matrix = plain.map((row) => [...row]);
    for (const [index, entry] of table.entries()) {
      const nugget = entry.sigma === undefined ? 0 : (entry.sigma[output]! / entry.to[output]!) ** 2;
      matrix[index]![index] = 1 + nugget;
    }
    const factor = cholesky(matrix);
    if (factor === undefined) throw call.error(31088);
    const scale = scaleOf(table.map((entry) => entry.to[output]!));
    const values = substitute(
      factor,
      table.map((entry) => standardised(entry.to[output]!, scale)),
      false,
    );
    const ones = substitute(
      factor,
      points.map(() => 1),
      false,
    );
    const trend = weight ?? dot(ones, values) / dot(ones, ones);
    const gamma = substitute(
      factor,
      values.map((item, index) => item - ones[index]! * trend),
      true,
    );
    return scale.mean + scale.spread * (trend + dot(near, gamma));
  });
}
