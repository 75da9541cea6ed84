import type { Element } from '../../../wire/xml/document.js';
import { invalidDocument, missingElement } from '../../errors.js';
import { arrayChild, arrayItems, arrayNumbers, matrixRows } from '../arrays.js';
import { numberAttribute, optionalNumber, required } from '../attributes.js';
import type { CompiledModel, Field, Frame, Scope } from '../model.js';
import { NO_RESULT } from '../model.js';
import { equalValues, numberOf } from '../values.js';
import { clusterId, rankedClusters } from './clusters.js';
import { scalarOf } from './field-values.js';
import { cholesky, forwardSubstitute } from './kernels/linear-algebra.js';

/** ln of a cluster's density at the record; undefined where all its fields are missing. */
type LogDensity = (frame: Frame) => number | undefined;

/**
 * Distribution-based clusters: the affinity is the posterior probability of the cluster, from its Covariances
 * (a multivariate normal) or field by field from its Partition, weighted by the clusters' sizes where all have one.
 */
export function compileDistributionClusters(element: Element, scope: Scope): CompiledModel {
  const fields = element.children('ClusteringField').map((child) => scope.field(required(child, 'field'), child));
  const elements = element.children('Cluster');
  const sizes = elements.map((cluster) => optionalNumber(cluster, 'size'));
  const total = sizes.reduce<number>((sum, size) => sum + (size ?? Number.NaN), 0);
  const clusters = elements.map((cluster, index) => ({
    id: clusterId(cluster, index),
    name: cluster.attribute('name'),
    prior: total > 0 ? Math.log(sizes[index]! / total) : 0,
    density: cluster.child('Covariances') ? multivariate(cluster, fields) : fieldByField(cluster, fields, scope),
  }));
  return (frame) => {
    const logs: number[] = [];
    for (const { prior, density } of clusters) {
      const log = density(frame);
      if (log === undefined) return NO_RESULT;
      logs.push(prior + log);
    }
    const largest = Math.max(...logs);
    if (!Number.isFinite(largest)) return NO_RESULT;
    const shares = logs.map((log) => Math.exp(log - largest));
    const sum = shares.reduce((all, share) => all + share, 0);
    const entities = clusters.map(({ id, name }, i) => {
      const affinity = shares[i]! / sum;
      return name === undefined ? { id, affinity } : { id, affinity, name };
    });
    return { ...rankedClusters(entities, true), probabilities: new Map(entities.map((e) => [e.id, e.affinity])) };
  };
}

function statsByField(cluster: Element): Map<string, Element> {
  const stats = cluster.child('Partition')?.children('PartitionFieldStats') ?? [];
  return new Map(stats.map((child) => [required(child, 'field'), child]));
}

/** A normal distribution with the Covariances; its mean is the cluster's Array, else the means of the Partition. */
function multivariate(cluster: Element, fields: readonly Field[]): LogDensity {
  const matrix = cluster.child('Covariances')!.child('Matrix');
  if (matrix === undefined) throw missingElement(cluster, 'Matrix');
  const lower = cholesky(matrixRows(matrix).map((row) => [...row]));
  if (lower === undefined || lower.length !== fields.length)
    throw invalidDocument('the covariances are no positive definite matrix over the clustering fields', matrix);
  const array = arrayChild(cluster);
  const stats = statsByField(cluster);
  const mean =
    array !== undefined
      ? [...arrayNumbers(array)]
      : fields.map((field) => {
          const info = stats.get(field.name)?.child('NumericInfo');
          if (info === undefined) throw missingElement(cluster, 'NumericInfo');
          return numberAttribute(info, 'mean');
        });
  const logDeterminant = lower.reduce((sum, row, i) => sum + Math.log(row[i]!), 0);
  const constant = -0.5 * fields.length * Math.log(2 * Math.PI) - logDeterminant;
  return (frame) => {
    const offset: number[] = [];
    for (const [i, field] of fields.entries()) {
      const value = numberOf(field.value(frame));
      if (value === undefined) return undefined;
      offset.push(value - mean[i]!);
    }
    const scaled = forwardSubstitute(lower, offset);
    return constant - 0.5 * scaled.reduce((sum, value) => sum + value * value, 0);
  };
}

/** Independent fields: a normal distribution by NumericInfo, or the frequencies of the values. Missing ones are left out. */
function fieldByField(cluster: Element, fields: readonly Field[], scope: Scope): LogDensity {
  const stats = statsByField(cluster);
  const parts = fields.map((field) => {
    const child = stats.get(field.name);
    if (child === undefined) throw missingElement(cluster, 'PartitionFieldStats');
    return child.child('NumericInfo') === undefined ? frequencies(child, field, scope) : normal(child, field);
  });
  return (frame) => {
    let sum = 0;
    let known = false;
    for (const part of parts) {
      const log = part(frame);
      if (log === undefined) continue;
      known = true;
      sum += log;
    }
    return known ? sum : undefined;
  };
}

function normal(stats: Element, field: Field): LogDensity {
  const info = stats.child('NumericInfo')!;
  const mean = numberAttribute(info, 'mean');
  const deviation = numberAttribute(info, 'standardDeviation');
  const constant = -Math.log(deviation) - 0.5 * Math.log(2 * Math.PI);
  return (frame) => {
    const value = numberOf(field.value(frame));
    if (value === undefined) return undefined;
    const z = (value - mean) / deviation;
    return constant - 0.5 * z * z;
  };
}

/** The first array holds the frequencies of the field's values, in the dictionary's order. */
function frequencies(stats: Element, field: Field, scope: Scope): LogDensity {
  const array = stats.child('Array');
  if (array === undefined) throw missingElement(stats, 'Array');
  const counts = arrayItems(array.text()).map(Number);
  const categories = scope.find(field.name)?.categories ?? field.categories;
  const sum = counts.reduce((all, count) => all + count, 0);
  return (frame) => {
    const value = scalarOf(field.value(frame));
    if (value === undefined) return undefined;
    const at = categories.findIndex((category) => equalValues(category, value));
    return Math.log((counts[at] ?? 0) / sum);
  };
}
