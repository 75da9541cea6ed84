import type { Element } from '../../../wire/xml/document.js';
import { enumAttribute, integerAttribute, numberAttribute, required, requiredChild } from '../attributes.js';
import type { CompiledModel, ModelCompiler, Scope, TargetField, TargetResult } from '../model.js';
import { NO_RESULT } from '../model.js';
import { lenientLiteral, numberOf, type Scalar, textOf } from '../values.js';
import { compileComparedField, compileMeasure } from './comparison.js';
import { scalarOf } from './field-values.js';
import { trainingPoints } from './training-points.js';
import { readTrainingInstances, type TrainingTable } from './training-table.js';

interface Neighbor {
  readonly row: number;
  readonly id: string;
  readonly affinity: number;
}

/** NearestNeighborModel: regression, classification, clustering (only the neighbours' ids) and mixed targets. */
export const compileNearestNeighborModel: ModelCompiler = (element, scope) => {
  const k = integerAttribute(element, 'numberOfNeighbors');
  const measureElement = requiredChild(element, 'ComparisonMeasure');
  const measure = compileMeasure(measureElement);
  const inputs = requiredChild(element, 'KNNInputs').children('KNNInput');
  const fields = inputs.map((input) => scope.field(required(input, 'field'), input));
  const compared = inputs.map((input, i) => compileComparedField(input, fields[i]!, measureElement));
  const table = readTrainingInstances(requiredChild(element, 'TrainingInstances'));
  const idField = element.attribute('instanceIdVariable');
  const ids = table.rows.map((row, index) => (idField && row.get(idField)) || String(index + 1));
  const scorers = scope.targetNames.map((name) => {
    const values = trainingValues(scope.target(name)!, table);
    return { name, values, score: targetScorer(element, scope.target(name)!, values) };
  });
  let points: (Scalar | undefined)[][] | undefined;
  return (frame) => {
    points ??= trainingPoints(fields, table, frame);
    const record = fields.map((field) => scalarOf(field.value(frame)));
    const neighbors: Neighbor[] = [];
    for (let row = 0; row < points.length; row++) {
      const affinity = measure.measure(compared, record, points[row]!);
      if (affinity !== undefined && !Number.isNaN(affinity)) neighbors.push({ row, id: ids[row]!, affinity });
    }
    neighbors.sort((a, b) => (measure.similarity ? b.affinity - a.affinity : a.affinity - b.affinity) || a.row - b.row);
    if (neighbors.length === 0) return NO_RESULT;
    return resultOf(neighbors, k, scorers, measure.similarity, scope);
  };
};

type Scorer = (nearest: readonly Neighbor[], similarity: boolean) => TargetResult;

function resultOf(
  neighbors: readonly Neighbor[],
  k: number,
  scorers: readonly { name: string; values: readonly (Scalar | undefined)[]; score: Scorer }[],
  similarity: boolean,
  scope: Scope,
): ReturnType<CompiledModel> {
  const nearest = neighbors.slice(0, k);
  const winner = nearest[0]!;
  const targets = new Map(scorers.map(({ name, score }) => [name, score(nearest, similarity)]));
  const first = scorers.length === 0 ? undefined : targets.get(scorers[0]!.name);
  const clustering = scope.functionName === 'clustering' || first === undefined;
  return {
    ...(clustering ? { value: winner.id } : first),
    ...(targets.size > 1 ? { targets } : {}),
    entityId: winner.id,
    affinity: winner.affinity,
    entities: neighbors.map(({ id, affinity }) => ({ id, affinity })),
    explain: () => ({
      neighbors: nearest.map(({ id, row, affinity }) => ({
        id,
        row: row + 1,
        affinity,
        targets: Object.fromEntries(scorers.map(({ name, values }) => [name, values[row] ?? null])),
      })),
    }),
  };
}

/** The target's value in each training row. */
function trainingValues(target: TargetField, table: TrainingTable): (Scalar | undefined)[] {
  return table.rows.map((row) => {
    const text = row.get(target.name);
    return text === undefined ? undefined : lenientLiteral(text, target.dataType);
  });
}

function targetScorer(element: Element, target: TargetField, values: readonly (Scalar | undefined)[]): Scorer {
  const threshold = numberAttribute(element, 'threshold', 0.001);
  const weightOf = (neighbor: Neighbor, similarity: boolean) =>
    similarity ? neighbor.affinity : 1 / (neighbor.affinity + threshold);
  if (target.optype === 'continuous') {
    const method = enumAttribute(
      element,
      'continuousScoringMethod',
      ['median', 'average', 'weightedAverage'],
      'average',
    );
    return (nearest, similarity) => {
      const pairs = nearest.flatMap((neighbor) => {
        const value = numberOf(values[neighbor.row]);
        if (value === undefined) return [];
        return [{ value, weight: method === 'weightedAverage' ? weightOf(neighbor, similarity) : 1 }];
      });
      if (pairs.length === 0) return { value: undefined };
      return { value: method === 'median' ? medianOf(pairs.map(({ value }) => value)) : averageOf(pairs) };
    };
  }
  const method = enumAttribute(
    element,
    'categoricalScoringMethod',
    ['majorityVote', 'weightedMajorityVote'],
    'majorityVote',
  );
  return (nearest, similarity) => {
    const votes = new Map<string, { value: Scalar; votes: number }>();
    for (const neighbor of nearest) {
      const value = values[neighbor.row];
      if (value === undefined) continue;
      const entry = votes.get(textOf(value)) ?? { value, votes: 0 };
      entry.votes += method === 'majorityVote' ? 1 : weightOf(neighbor, similarity);
      votes.set(textOf(value), entry);
    }
    return vote(votes, values);
  };
}

/** "the category with the largest number of cases in the training data"; among those the smallest value. */
function vote(
  votes: ReadonlyMap<string, { value: Scalar; votes: number }>,
  values: readonly (Scalar | undefined)[],
): TargetResult {
  const total = [...votes.values()].reduce((sum, entry) => sum + entry.votes, 0);
  if (!(total > 0)) return { value: undefined };
  const most = Math.max(...[...votes.values()].map((entry) => entry.votes));
  let tied = [...votes.entries()].filter(([, entry]) => entry.votes === most);
  if (tied.length > 1) {
    const cases = new Map<string, number>();
    for (const value of values) {
      if (value !== undefined) cases.set(textOf(value), (cases.get(textOf(value)) ?? 0) + 1);
    }
    const largest = Math.max(...tied.map(([text]) => cases.get(text) ?? 0));
    tied = tied.filter(([text]) => cases.get(text) === largest).sort(([a], [b]) => (a < b ? -1 : 1));
  }
  return {
    value: tied[0]![1].value,
    probabilities: new Map([...votes].map(([text, entry]) => [text, entry.votes / total])),
  };
}

function averageOf(pairs: readonly { value: number; weight: number }[]): number {
  let sum = 0;
  let weights = 0;
  for (const { value, weight } of pairs) {
    sum += value * weight;
    weights += weight;
  }
  return sum / weights;
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
