import { comparator } from '../compare.js';
import type { AvroType, Fn, Type, Value } from '../types.js';
import { type Arr, bound, type Matrix, type Obj, type Vector } from './body.js';
import type { LibraryModule } from './function.js';
import { distinct } from './order.js';
import { shuffled } from './rand.js';

export type Metric = (x: Value, y: Value) => number;

/** Euclidean distance over the components that both have. */
export function euclidean(x: Value, y: Value): number {
  const left = x as Vector;
  const right = y as Vector;
  const size = Math.min(left.length, right.length);
  let sum = 0;
  for (let index = 0; index < size; index++) sum += (left[index]! - right[index]!) ** 2;
  return Math.sqrt(sum);
}

/** The index of the first item at the shortest distance. */
function nearestIndex<T extends Value>(items: Arr<T>, distance: (item: T) => number): number {
  let best = 0;
  let shortest = distance(items[0]!);
  for (let index = 1; index < items.length; index++) {
    const length = distance(items[index]!);
    if (length < shortest) {
      shortest = length;
      best = index;
    }
  }
  return best;
}

/** The n items nearest to a datum, nearest first; the first of several at one distance. */
export function nearest<T extends Value>(items: Arr<T>, n: number, distance: (item: T) => number): T[] {
  const distances = items.map((item) => distance(item));
  const order = items.map((_, index) => index);
  order.sort((left, right) => distances[left]! - distances[right]! || left - right);
  return order.slice(0, n).map((index) => items[index]!);
}

function itemsOf(type: Type): AvroType {
  return type.type === 'array' ? type.items : { type: 'null' };
}

/** Cluster models. */
export const MODEL_CLUSTER: LibraryModule = [
  {
    name: 'model.cluster.closest',
    signatures: [
      '(datum: array of double, clusters: array of record C {center: array of double}) -> C',
      '(datum: any A, clusters: array of record C {center: any B}, metric: fcn(A, B) -> double) -> C',
    ],
    doc: 'The cluster whose centre is closest to the datum.',
    errors: { 29000: 'no clusters' },
    bind: bound((call) => (datum: Value, clusters: Arr<Obj>, metric: Metric = euclidean) => {
      if (clusters.length === 0) throw call.error(29000);
      return clusters[nearestIndex(clusters, (cluster) => metric(datum, cluster['center']!))]!;
    }),
  },
  {
    name: 'model.cluster.closestN',
    signatures: [
      '(n: int, datum: array of double, clusters: array of record C {center: array of double}) -> array of C',
      '(n: int, datum: any A, clusters: array of record C {center: any B}, metric: fcn(A, B) -> double) -> array of C',
    ],
    doc: 'The n clusters whose centres are closest to the datum, closest first.',
    errors: { 29010: 'n must be nonnegative' },
    bind: bound((call) => (n: number, datum: Value, clusters: Arr<Obj>, metric: Metric = euclidean) => {
      if (n < 0) throw call.error(29010);
      return nearest(clusters, n, (cluster) => metric(datum, cluster['center']!));
    }),
  },
  {
    name: 'model.cluster.randomSeeds',
    signatures: [
      '(data: array of array of any A, k: int, newCluster: fcn(int, array of A) -> record C {center: array of any B}) -> array of C',
    ],
    doc: 'k clusters made of different random vectors.',
    errors: {
      29020: 'k must be greater than zero',
      29021: 'not enough unique points',
      29022: 'dimensions of vectors do not match',
    },
    nondeterministic: 'pseudorandom',
    bind: bound((call) => {
      const compare = comparator(itemsOf(call.types[0]!));
      return (data: Arr<Arr>, k: number, newCluster: Fn) => {
        if (k <= 0) throw call.error(29020);
        const points = distinct(data, compare) as Arr<Arr>;
        if (points.length < k) throw call.error(29021);
        if (data.some((point) => point.length !== data[0]!.length)) throw call.error(29022);
        return shuffled(call.engine.random, points, k).map((point, index) => newCluster(index, point));
      };
    }),
  },
  {
    name: 'model.cluster.kmeansIteration',
    signatures: [
      '(data: array of array of any A, clusters: array of record C {center: array of any B}, metric: fcn(array of A, array of B) -> double, update: fcn(array of array of A, C) -> C) -> array of C',
    ],
    doc: "Clusters moved to the data closest to them, one step of Lloyd's algorithm.",
    errors: { 29030: 'no data', 29031: 'no clusters' },
    bind: bound((call) => (data: Arr, clusters: Arr<Obj>, metric: Metric, update: Fn) => {
      if (data.length === 0) throw call.error(29030);
      if (clusters.length === 0) throw call.error(29031);
      const matched: Value[][] = clusters.map(() => []);
      for (const datum of data) {
        matched[nearestIndex(clusters, (cluster) => metric(datum, cluster['center']!))]!.push(datum);
      }
      return clusters.map((cluster, index) =>
        matched[index]!.length > 0 ? update(matched[index]!, cluster) : cluster,
      );
    }),
  },
  {
    name: 'model.cluster.updateMean',
    signatures: ['(data: array of array of double, cluster: record C {center: array of double}, weight: double) -> C'],
    doc: 'A cluster with the mean of data and of its old centre with a weight.',
    errors: { 29040: 'no data', 29041: 'dimensions of vectors do not match' },
    bind: bound((call) => (data: Matrix, cluster: Obj, weight: number) => {
      if (data.length === 0) throw call.error(29040);
      const center = cluster['center'] as Vector;
      if (data.some((point) => point.length !== center.length)) throw call.error(29041);
      const sums = center.map((item, index) => data.reduce((sum, point) => sum + point[index]!, item * weight));
      return { ...cluster, center: sums.map((sum) => sum / (data.length + weight)) };
    }),
  },
];
