import type { Element } from '../../../wire/xml/document.js';
import { badAttribute, evaluationError, invalidDocument, missingElement } from '../../errors.js';
import { matrixRows } from '../arrays.js';
import { numberAttribute, optionalNumber, required } from '../attributes.js';
import type { Field } from '../model.js';
import { equalValues, numberOf, type Scalar } from '../values.js';
import {
  AGGREGATES,
  BINARY_SIMILARITIES,
  type BinaryCounts,
  type BinaryParameters,
  COMPARE_FUNCTIONS,
} from './kernels/comparison-measure.js';

/** One compared field: its weight and c(x, y), undefined where one of the two is missing. */
export interface ComparedField {
  readonly weight: number;
  compare(x: Scalar | undefined, y: Scalar | undefined): number | undefined;
}

/** A compiled ComparisonMeasure: distance or similarity of a record and a reference point. */
export interface Measure {
  /** Whether the nearest is the largest value. */
  readonly similarity: boolean;
  /** undefined where everything is missing. `missingWeights` are q of MissingValueWeights. */
  measure(
    fields: readonly ComparedField[],
    x: readonly (Scalar | undefined)[],
    y: readonly (Scalar | undefined)[],
    missingWeights?: ArrayLike<number>,
  ): number | undefined;
}

/** A ClusteringField or KNNInput element with its field's compare function. */
export function compileComparedField(element: Element, field: Field, measure: Element): ComparedField {
  const name = element.attribute('compareFunction') ?? measure.attribute('compareFunction') ?? 'absDiff';
  const weight = numberAttribute(element, 'fieldWeight', 1);
  if (name === 'table') return { weight, compare: tableComparison(element, field) };
  if (!Object.hasOwn(COMPARE_FUNCTIONS, name)) throw badAttribute(element, 'compareFunction', 'a COMPARE-FUNCTION');
  const compare = COMPARE_FUNCTIONS[name]!;
  if (name === 'delta' || name === 'equal') {
    return {
      weight,
      compare: (x, y) =>
        x === undefined || y === undefined ? undefined : equalValues(x, y) === (name === 'equal') ? 1 : 0,
    };
  }
  const scale = optionalNumber(element, 'similarityScale') ?? 1;
  const { period } = field;
  return {
    weight,
    compare: (x, y) => {
      if (x === undefined || y === undefined) return undefined;
      const [left, right] = [numeric(x, field, element), numeric(y, field, element)];
      return period === undefined ? compare(left, right, scale) : compare(around(left - right, period), 0, scale);
    },
  };
}

/** The difference of two values of a cyclic field: the shorter way around. */
function around(difference: number, period: number): number {
  const rest = Math.abs(difference) % period;
  return Math.min(rest, period - rest);
}

function numeric(value: Scalar, field: Field, element: Element): number {
  const number = numberOf(value);
  if (number === undefined) throw evaluationError('a comparison needs numbers', element, field.name);
  return number;
}

/** Comparisons: the matrix is indexed by the position of the categories of the field, else by the values from 1. */
function tableComparison(element: Element, field: Field): ComparedField['compare'] {
  const matrix = element.child('Comparisons')?.child('Matrix');
  if (matrix === undefined) throw missingElement(element, 'Comparisons');
  const rows = matrixRows(matrix);
  const indexOf = (value: Scalar): number => {
    const at = field.categories.findIndex((category) => equalValues(category, value));
    return at >= 0 ? at : (numberOf(value) ?? 0) - 1;
  };
  return (x, y) => (x === undefined || y === undefined ? undefined : rows[indexOf(x)]?.[indexOf(y)]);
}

/** Compiles a ComparisonMeasure. */
export function compileMeasure(element: Element): Measure {
  const metric = element.children().find((child) => child.name !== 'Extension');
  if (metric === undefined) throw missingElement(element, 'euclidean');
  const similarity = required(element, 'kind') === 'similarity';
  if (Object.hasOwn(AGGREGATES, metric.name)) {
    const aggregate = AGGREGATES[metric.name]!;
    const p = metric.name === 'minkowski' ? numberAttribute(metric, 'p-parameter') : 0;
    return {
      similarity,
      measure: (fields, x, y, missingWeights) => {
        const values = fields.map((field, i) => field.compare(x[i], y[i]));
        const adjustM = adjustment(values, missingWeights);
        if (adjustM === undefined) return undefined;
        return aggregate({ values, weights: fields.map((field) => field.weight), adjustM }, p);
      },
    };
  }
  if (!Object.hasOwn(BINARY_SIMILARITIES, metric.name)) {
    throw invalidDocument(`${metric.name} is not a metric of a ComparisonMeasure`, metric);
  }
  const compute = BINARY_SIMILARITIES[metric.name]!;
  const parameters: BinaryParameters =
    metric.name === 'binarySimilarity'
      ? Object.fromEntries(
          ['c00', 'c01', 'c10', 'c11', 'd00', 'd01', 'd10', 'd11'].map((name) => [
            name,
            numberAttribute(metric, `${name}-parameter`),
          ]),
        )
      : {};
  return {
    similarity,
    measure: (_, x, y) => {
      const counts = countBits(x, y, metric);
      return counts === undefined ? undefined : compute(counts, parameters);
    },
  };
}

/** Σ qᵢ / Σ qᵢ over the fields that are not missing; undefined where all are missing. */
function adjustment(values: readonly (number | undefined)[], weights?: ArrayLike<number>): number | undefined {
  let all = 0;
  let present = 0;
  values.forEach((value, i) => {
    const weight = weights?.[i] ?? 1;
    all += weight;
    if (value !== undefined) present += weight;
  });
  if (present === 0) return undefined;
  return present === all ? 1 : all / present;
}

function countBits(
  x: readonly (Scalar | undefined)[],
  y: readonly (Scalar | undefined)[],
  element: Element,
): BinaryCounts | undefined {
  const counts = { a11: 0, a10: 0, a01: 0, a00: 0 };
  let seen = 0;
  for (let i = 0; i < x.length; i++) {
    const left = bitOf(x[i], element);
    const right = bitOf(y[i], element);
    if (left === undefined || right === undefined) continue;
    seen++;
    if (left) counts[right ? 'a11' : 'a10']++;
    else counts[right ? 'a01' : 'a00']++;
  }
  return seen === 0 ? undefined : counts;
}

function bitOf(value: Scalar | undefined, element: Element): boolean | undefined {
  if (value === undefined) return undefined;
  const number = numberOf(value);
  if (number !== 0 && number !== 1) throw evaluationError('a binary similarity needs values 0 and 1', element);
  return number === 1;
}
