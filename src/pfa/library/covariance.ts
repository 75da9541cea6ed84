import type { Value } from '../types.js';
import type { Matrix, Obj, Vector } from './body.js';
import type { Call } from './function.js';
import { columnKeys, fromEntries } from './la.js';

type State = Obj<Value>;

/** `stat.sample.updateCovariance` for vectors as arrays. */
export function updateArrays(call: Call, x: Vector, w: number, state: State): State {
  const mean = state['mean'] as Vector;
  const covariance = state['covariance'] as Matrix;
  const size = x.length;
  if (size < 2) throw call.error(14011);
  if (mean.length !== size || covariance.length !== size || covariance.some((row) => row.length !== size))
    throw call.error(14012);
  const count = state['count'] as number;
  const added = count + w;
  const difference = x.map((item, index) => item - mean[index]!);
  const shifted = mean.map((item, index) => item + (difference[index]! * w) / added);
  const updated = covariance.map((row, i) =>
    row.map((item, j) => (item * count + w * difference[i]! * (x[j]! - shifted[j]!)) / added),
  );
  return { ...state, count: added, mean: shifted, covariance: updated };
}

/** The same for vectors as maps: every pair of keys has its own count, and a missing key has no weight. */
export function updateMaps(call: Call, x: Obj<number>, w: number, state: State): State {
  const counts = state['count'] as Obj<Obj<number>>;
  const means = state['mean'] as Obj<number>;
  const covariances = state['covariance'] as Obj<Obj<number>>;
  const keys = [
    ...new Set([
      ...Object.keys(x),
      ...[counts, covariances].flatMap((matrix) => [...Object.keys(matrix), ...columnKeys(matrix)]),
    ]),
  ];
  if (Object.keys(x).length < 2) throw call.error(14011);
  const present = (key: string) => Object.hasOwn(x, key);
  const counted = (i: string, j: string) => counts[i]?.[j] ?? 0;
  const mean = (key: string) => means[key] ?? 0;
  const matrix = (item: (i: string, j: string) => number) =>
    fromEntries(keys.map((i) => [i, fromEntries(keys.map((j) => [j, item(i, j)] as const))] as const));
  const count = matrix((i, j) => counted(i, j) + (present(i) && present(j) ? w : 0));
  const shifted = fromEntries(
    keys.map((key) => {
      const own = count[key]![key]!;
      return [key, present(key) ? mean(key) + ((x[key]! - mean(key)) * w) / own : mean(key)] as const;
    }),
  );
  const covariance = matrix((i, j) => {
    const old = covariances[i]?.[j] ?? 0;
    if (!present(i) || !present(j)) return old;
    const both = counted(i, j);
    return (old * both + ((x[i]! - mean(i)) * (x[j]! - mean(j)) * w * both) / count[i]![j]!) / count[i]![j]!;
  });
  return { ...state, count, mean: shifted, covariance };
}
