import type { Element } from '../../../wire/xml/document.js';
import { isExpression } from '../expressions.js';
import { numberOf, parseNumber, type Scalar } from '../values.js';
import type { NetworkNode } from './bayesian-network-nodes.js';
import { dot, solve } from './kernels/linear-algebra.js';

/** constant + Σ weight · node */
interface LinearForm {
  readonly constant: number;
  readonly weights: ReadonlyMap<string, number>;
}

/** The joint normal distribution of some nodes; each knows its place. */
interface Joint {
  readonly places: ReadonlyMap<string, number>;
  readonly means: readonly number[];
  readonly covariances: readonly (readonly number[])[];
}

const MOST_NODES = 1000;

/** The mean of the target given the evidence; undefined where one of the nodes is not linear with normal errors. */
export type LinearInference = (
  relevant: readonly NetworkNode[],
  target: NetworkNode,
  evidence: ReadonlyMap<string, Scalar>,
) => number | undefined;

/**
 * Exact inference among normal nodes whose means are sums of constant multiples of other such nodes and whose variances
 * are constants: the conditional mean of a joint normal distribution. `nodes`: parents before children.
 */
export function linearInference(nodes: readonly NetworkNode[]): LinearInference {
  const joint = jointOf(nodes);
  return (relevant, target, evidence) => {
    const { places, means, covariances } = joint;
    if (!relevant.every(({ name }) => places.has(name))) return undefined;
    const known = relevant.filter(({ name }) => evidence.has(name));
    const at = places.get(target.name)!;
    const rows = known.map(({ name }) => places.get(name)!);
    const shifts = known.map(({ name }, i) => (numberOf(evidence.get(name)) ?? Number.NaN) - means[rows[i]!]!);
    const weights = solve(
      rows.map((row) => rows.map((column) => covariances[row]![column]!)),
      shifts,
    );
    const mean =
      weights === undefined
        ? Number.NaN
        : means[at]! +
          dot(
            rows.map((row) => covariances[at]![row]!),
            weights,
          );
    return Number.isFinite(mean) ? mean : undefined;
  };
}

function jointOf(nodes: readonly NetworkNode[]): Joint {
  const places = new Map<string, number>();
  const means: number[] = [];
  const covariances: number[][] = [];
  for (const node of nodes) {
    const error = normalError(node.element);
    if (error === undefined || means.length === MOST_NODES) continue;
    const { mean, variance } = error;
    const parents = [...mean.weights].map(([name, weight]) => [places.get(name), weight] as const);
    if (parents.some(([place]) => place === undefined)) continue;
    const place = means.length;
    const row = covariances.map((_, other) =>
      parents.reduce((sum, [p, weight]) => sum + weight * covariances[p!]![other]!, 0),
    );
    means.push(parents.reduce((sum, [p, weight]) => sum + weight * means[p!]!, mean.constant));
    for (const [other, value] of row.entries()) covariances[other]!.push(value);
    covariances.push([...row, parents.reduce((sum, [p, weight]) => sum + weight * row[p!]!, variance)]);
    places.set(node.name, place);
  }
  return { places, means, covariances };
}

/** A continuous node with one normal distribution, linear in its parents. */
function normalError(element: Element): { mean: LinearForm; variance: number } | undefined {
  const distributions = element.children('ContinuousDistribution');
  const normal = distributions[0]?.child('NormalDistributionForBN');
  if (normal === undefined || distributions.length > 1) return undefined;
  if (element.child('ContinuousConditionalProbability') !== undefined) return undefined;
  const [mean, variance] = ['Mean', 'Variance'].map((name) => {
    const expression = normal.child(name)?.children().find(isExpression);
    return expression === undefined ? undefined : linearForm(expression);
  });
  if (mean === undefined || variance === undefined || variance.weights.size > 0) return undefined;
  return variance.constant > 0 ? { mean, variance: variance.constant } : undefined;
}

/** An expression as a linear form, if it is one by its make: sums, differences, products and quotients by constants. */
function linearForm(element: Element): LinearForm | undefined {
  if (element.name === 'Constant') {
    const constant = parseNumber(element.text().trim());
    return constant === undefined ? undefined : { constant, weights: new Map() };
  }
  const name = element.attribute('field');
  if (element.name === 'FieldRef' && name !== undefined) return { constant: 0, weights: new Map([[name, 1]]) };
  if (element.name !== 'Apply') return undefined;
  const parts = element.children().filter(isExpression).map(linearForm);
  const [left, right] = parts;
  if (left === undefined || right === undefined || parts.length !== 2) return undefined;
  switch (element.attribute('function')) {
    case '+':
      return combine(left, right, 1);
    case '-':
      return combine(left, right, -1);
    case '*':
      if (left.weights.size === 0) return scaled(right, left.constant);
      return right.weights.size === 0 ? scaled(left, right.constant) : undefined;
    case '/':
      return right.weights.size === 0 && right.constant !== 0 ? scaled(left, 1 / right.constant) : undefined;
    default:
      return undefined;
  }
}

function scaled({ constant, weights }: LinearForm, factor: number): LinearForm {
  return {
    constant: constant * factor,
    weights: new Map([...weights].map(([name, weight]) => [name, weight * factor])),
  };
}

function combine(left: LinearForm, right: LinearForm, sign: number): LinearForm {
  const weights = new Map(left.weights);
  for (const [name, weight] of right.weights) weights.set(name, (weights.get(name) ?? 0) + sign * weight);
  return { constant: left.constant + sign * right.constant, weights };
}
