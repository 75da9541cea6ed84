import type { ModelResult, Scope } from '../model.js';
import { isCollection, lenientLiteral, numberOf, type Scalar, textOf } from '../values.js';
import type { Vote } from './mining-model.js';

/** Combines the predictions of the segments that ran; undefined where there is no result. */
export type Combine = (votes: readonly Vote[]) => ModelResult | undefined;

type CombinationMethod =
  | 'majorityVote'
  | 'weightedMajorityVote'
  | 'average'
  | 'weightedAverage'
  | 'median'
  | 'weightedMedian'
  | 'max'
  | 'sum'
  | 'weightedSum';

type Round = (value: number) => number;
const roundOf = ({ math }: Scope): Round => (math === 'float' ? Math.fround : (value) => value);

type Fold = (values: readonly number[], weights: readonly number[], round: Round) => number;

const FOLDS: Readonly<Record<Exclude<CombinationMethod, 'majorityVote' | 'weightedMajorityVote'>, Fold>> = {
  average: (values, _, round) => round(total(values, round) / values.length),
  weightedAverage: (values, weights, round) =>
    round(
      total(
        values.map((value, i) => round(value * round(weights[i]!))),
        round,
      ) / total(weights, round),
    ),
  median: (values, _, round) => {
    const sorted = [...values].sort((a, b) => a - b);
    const middle = sorted.length >> 1;
    return sorted.length % 2 === 1 ? sorted[middle]! : round(round(sorted[middle - 1]! + sorted[middle]!) / 2);
  },
  weightedMedian,
  max: (values) => values.reduce((a, b) => Math.max(a, b)),
  sum: (values, _, round) => total(values, round),
  weightedSum: (values, weights, round) =>
    total(
      values.map((value, i) => round(value * round(weights[i]!))),
      round,
    ),
};

function total(values: readonly number[], round: Round): number {
  let sum = 0;
  for (const value of values) sum = round(sum + value);
  return sum;
}

/** The smallest value at which the values up to it have half of the weights, as boosting by AdaBoost.R2 takes it. */
function weightedMedian(values: readonly number[], weights: readonly number[]): number {
  const order = values.map((value, i) => ({ value, weight: weights[i]! })).sort((a, b) => a.value - b.value);
  const half = order.reduce((sum, { weight }) => sum + weight, 0) / 2;
  let below = 0;
  for (let i = 0; i < order.length; i++) {
    below += order[i]!.weight;
    if (below >= half) return order[i]!.value;
  }
  return order[order.length - 1]!.value;
}

const voting =
  (weighted: boolean) =>
  (_: boolean, scope: Scope): Combine =>
  (votes) => {
    const round = roundOf(scope);
    const counts = new Map<string, number>();
    const values = new Map<string, Scalar>();
    let missing = 0;
    let whole = 0;
    for (const category of scope.target()?.categories ?? []) values.set(textOf(category), category);
    for (const { weight, result } of votes) {
      const share = round(weighted ? weight : 1);
      whole = round(whole + share);
      if (result.value === undefined || isCollection(result.value)) missing += share;
      else {
        const key = textOf(result.value);
        if (!values.has(key)) values.set(key, result.value);
        counts.set(key, round((counts.get(key) ?? 0) + share));
      }
    }
    // Among equals the category that was voted for first.
    const winner = winnerOf(counts, counts);
    // A segment without a prediction votes for "missing".
    if (winner === undefined || missing > counts.get(winner)!) return undefined;
    // Weights that come with the record are confidences of the segments: a vote counts as the share of the segments.
    const divisor = votes.some(({ isVariable }) => isVariable) ? votes.length : whole - missing;
    const probabilities = new Map([...values.keys()].map((key) => [key, round((counts.get(key) ?? 0) / divisor)]));
    return { value: values.get(winner), probabilities };
  };

/** The largest count; among equals the category that comes first in `values`. */
function winnerOf(counts: ReadonlyMap<string, number>, values: ReadonlyMap<string, unknown>): string | undefined {
  let winner: string | undefined;
  for (const key of values.keys()) {
    const count = counts.get(key);
    if (count !== undefined && (winner === undefined || count > counts.get(winner)!)) winner = key;
  }
  return winner;
}

const folding =
  (method: keyof typeof FOLDS) =>
  (classification: boolean, scope: Scope): Combine => {
    const fold = FOLDS[method];
    const round = roundOf(scope);
    return classification ? foldProbabilities(method, fold, round, scope) : foldNumbers(fold, round);
  };

function foldNumbers(fold: Fold, round: Round): Combine {
  return (votes) => {
    const values: number[] = [];
    const weights: number[] = [];
    for (const { weight, result } of votes) {
      const value = numberOf(result.value);
      if (value === undefined) return undefined;
      values.push(round(value));
      weights.push(weight);
    }
    return { value: fold(values, weights, round) };
  };
}

/** Each category's probabilities are combined; where the outcome is no distribution, it is made one. */
function foldProbabilities(method: string, fold: Fold, round: Round, scope: Scope): Combine {
  const normalizes =
    method === 'max' ||
    method === 'median' ||
    method === 'weightedMedian' ||
    method === 'sum' ||
    method === 'weightedSum';
  return (votes) => {
    const values = new Map<string, Scalar>();
    for (const category of scope.target()?.categories ?? []) values.set(textOf(category), category);
    const distributions: ReadonlyMap<string, number>[] = [];
    for (const { result } of votes) {
      if (result.value === undefined || isCollection(result.value)) return undefined;
      const distribution = result.probabilities ?? new Map([[textOf(result.value), 1]]);
      for (const key of distribution.keys()) {
        if (!values.has(key)) values.set(key, lenientLiteral(key, scope.target()?.dataType ?? 'string'));
      }
      distributions.push(distribution);
    }
    const selects = method === 'max' || method === 'median';
    const chosen = selects ? chosenBy(method, distributions, values.keys()) : distributions;
    const weights = votes.map(({ weight }) => weight);
    const combined = new Map<string, number>();
    for (const key of values.keys()) {
      if (!distributions.some((distribution) => distribution.has(key))) continue;
      const shares = chosen.map((distribution) => round(distribution.get(key) ?? 0));
      combined.set(key, selects ? round(total(shares, round) / shares.length) : fold(shares, weights, round));
    }
    if (normalizes) {
      const whole = total([...combined.values()], round);
      if (whole > 0) for (const [key, value] of combined) combined.set(key, round(value / whole));
    }
    const winner = winnerOf(combined, values);
    return winner === undefined ? undefined : { value: values.get(winner), probabilities: combined };
  };
}

/**
 * `max` and `median` of probabilities choose segments, by their probabilities of the category that is largest under
 * the method: the segments that are nearest to its maximum or median. Their distributions are averaged.
 */
function chosenBy(
  method: 'max' | 'median',
  distributions: readonly ReadonlyMap<string, number>[],
  keys: Iterable<string>,
): readonly ReadonlyMap<string, number>[] {
  let category: string | undefined;
  let largest = Number.NEGATIVE_INFINITY;
  for (const key of keys) {
    const shares = distributions.map((distribution) => distribution.get(key) ?? 0);
    const value = FOLDS[method](shares, [], (x) => x);
    if (value > largest) {
      largest = value;
      category = key;
    }
  }
  if (category === undefined) return distributions;
  const distances = distributions.map((distribution) => Math.abs((distribution.get(category) ?? 0) - largest));
  const nearest = Math.min(...distances);
  return distributions.filter((_, i) => distances[i] === nearest);
}

export const COMBINATIONS: Readonly<Record<CombinationMethod, (classification: boolean, scope: Scope) => Combine>> = {
  majorityVote: voting(false),
  weightedMajorityVote: voting(true),
  average: folding('average'),
  weightedAverage: folding('weightedAverage'),
  median: folding('median'),
  weightedMedian: folding('weightedMedian'),
  max: folding('max'),
  sum: folding('sum'),
  weightedSum: folding('weightedSum'),
};
