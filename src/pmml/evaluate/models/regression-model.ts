import type { Element } from '../../../wire/xml/document.js';
import { evaluationError, invalidDocument, missingElement } from '../../errors.js';
import { enumAttribute, numberAttribute, required } from '../attributes.js';
import type { CompiledModel, Frame, ModelResult, Scope, TargetField } from '../model.js';
import { equalValues, isCollection, lenientLiteral, numberOf, type Scalar, textOf } from '../values.js';
import { normalCdf } from './kernels/special-functions.js';

/** One term of a table for a record; undefined where a missing value leaves the whole table without a result. */
type Term = (frame: Frame) => number | undefined;

interface Table {
  readonly key: string | undefined;
  readonly category: Scalar | undefined;
  readonly intercept: number;
  readonly terms: readonly { readonly name: string; readonly value: Term }[];
}

const METHODS = ['none', 'simplemax', 'softmax', 'logit', 'probit', 'cloglog', 'exp', 'loglog', 'cauchit'] as const;
type Method = (typeof METHODS)[number];

type Inverse = (y: number, round: Round) => number;

const logistic: Inverse = (y, round) => round(1 / round(1 + round(Math.exp(-y))));

/** Inverse links, by the names of normalizationMethod. */
const INVERSES: Readonly<Partial<Record<Method, Inverse>>> = {
  none: (y) => y,
  logit: logistic,
  softmax: logistic,
  probit: (y, round) => round(normalCdf(y)),
  // In single precision the difference is taken of rounded numbers, as every step is.
  cloglog: (y, round) =>
    round === Math.fround ? round(1 - round(Math.exp(-round(Math.exp(y))))) : -Math.expm1(-Math.exp(y)),
  loglog: (y, round) => round(Math.exp(-round(Math.exp(-y)))),
  cauchit: (y, round) => round(0.5 + round(Math.atan(y) / Math.PI)),
  exp: (y, round) => round(Math.exp(y)),
};

type Round = (value: number) => number;

/** RegressionModel, and the Regression element that is embedded in other models. */
export function compileRegressionModel(element: Element, scope: Scope): CompiledModel {
  const round: Round = scope.math === 'float' ? Math.fround : (value) => value;
  const target = scope.target();
  const tables = element
    .children('RegressionTable')
    .map((table) => compileTable(table, scope, round, target?.dataType));
  if (tables.length === 0) throw missingElement(element, 'RegressionTable');
  const method = enumAttribute(element, 'normalizationMethod', METHODS, 'none');
  const functionName = element.attribute('functionName') ?? scope.functionName;
  if (functionName !== 'classification') {
    if (tables.length > 1) throw invalidDocument('a regression has one RegressionTable', element);
    const inverse = INVERSES[method];
    if (inverse === undefined) throw invalidDocument(`${method} has no meaning for a regression`, element);
    return compileRegression(tables[0]!, inverse, round);
  }
  const all = withOtherCategory(tables, target);
  return compileClassification(element, all, method, target?.optype === 'ordinal', round);
}

/** A lone table of a target with two categories stands beside an empty one for the other category. */
function withOtherCategory(tables: readonly Table[], target: TargetField | undefined): readonly Table[] {
  const [only] = tables;
  if (tables.length > 1 || only?.key === undefined || target?.categories.length !== 2) return tables;
  const category = target.categories.find((value) => textOf(value) !== only.key);
  if (category === undefined) return tables;
  return [only, { key: textOf(category), category, intercept: 0, terms: [] }];
}

function compileRegression(table: Table, inverse: Inverse, round: Round): CompiledModel {
  return (frame) => {
    const y = scoreOf(table, frame, round);
    const explain = () => ({ table: explainTable(table, frame), y: y ?? null });
    return { value: y === undefined ? undefined : inverse(y, round), explain };
  };
}

function compileClassification(
  element: Element,
  tables: readonly Table[],
  method: Method,
  ordinal: boolean,
  round: Round,
): CompiledModel {
  for (const table of tables)
    if (table.key === undefined) throw invalidDocument('a table lacks its targetCategory', element);
  if (tables.length < 2) throw invalidDocument('a classification has two RegressionTable elements at least', element);
  const normalize =
    method === 'softmax'
      ? softmax
      : method === 'simplemax'
        ? simplemax
        : ordinal
          ? cumulative(method, element)
          : categorical(method, tables.length);
  return (frame): ModelResult => {
    const scores: number[] = [];
    const explain = () => ({
      tables: tables.map((table, i) => ({ y: scores[i] ?? null, ...explainTable(table, frame) })),
    });
    for (const table of tables) {
      const y = scoreOf(table, frame, round);
      if (y === undefined) return { value: undefined, explain };
      scores.push(y);
    }
    const probabilities = normalize(scores, round);
    if (probabilities.some(Number.isNaN)) return { value: undefined, explain };
    let best = 0;
    const byCategory = new Map<string, number>();
    probabilities.forEach((probability, i) => {
      byCategory.set(tables[i]!.key!, probability);
      if (probability > probabilities[best]!) best = i;
    });
    return {
      value: tables[best]!.category,
      probabilities: byCategory,
      explain,
    };
  };
}

type Normalize = (scores: readonly number[], round: Round) => number[];

const softmax: Normalize = (scores, round) => {
  const largest = scores.reduce((a, b) => Math.max(a, b));
  const exponentials = scores.map((y) => round(Math.exp(round(y - largest))));
  const total = exponentials.reduce((a, b) => round(a + b), 0);
  return exponentials.map((value) => round(value / total));
};

const simplemax: Normalize = (scores, round) => {
  const total = scores.reduce((a, b) => round(a + b), 0);
  return scores.map((value) => round(value / total));
};

/**
 * Two categories: F(y) and what is left of 1; so with `none` for any number of them. More than two with a link of
 * their own: each F(y_j), made to sum to 1.
 */
function categorical(method: Method, count: number): Normalize {
  const inverse = INVERSES[method]!;
  return (scores, round) => {
    const values = scores.map((y) => inverse(y, round));
    if (count > 2 && method !== 'none') return simplemax(values, round);
    const last = values.length - 1;
    let rest = 1;
    for (let i = 0; i < last; i++) rest = round(rest - values[i]!);
    values[last] = rest;
    return values;
  };
}

/** An ordinal target: F(y_j) is the probability of the first j categories. */
function cumulative(method: Method, element: Element): Normalize {
  const inverse = INVERSES[method];
  if (inverse === undefined) throw invalidDocument(`${method} has no meaning for an ordinal target`, element);
  return (scores, round) => {
    let below = 0;
    return scores.map((y, i) => {
      const upTo = i === scores.length - 1 ? 1 : inverse(y, round);
      const probability = round(upTo - below);
      below = upTo;
      return probability;
    });
  };
}

function scoreOf(table: Table, frame: Frame, round: Round): number | undefined {
  let total = 0;
  for (const { value } of table.terms) {
    const term = value(frame);
    if (term === undefined) return undefined;
    total = round(total + term);
  }
  return round(total + table.intercept);
}

function explainTable(table: Table, frame: Frame): object {
  return {
    ...(table.key === undefined ? {} : { category: table.key }),
    intercept: table.intercept,
    terms: table.terms.map(({ name, value }) => ({ name, contribution: value(frame) ?? null })),
  };
}

function compileTable(element: Element, scope: Scope, round: Round, dataType: string | undefined): Table {
  const text = element.attribute('targetCategory');
  const category = text === undefined ? undefined : lenientLiteral(text, dataType ?? 'string');
  return {
    key: category === undefined ? undefined : textOf(category),
    category,
    intercept: round(numberAttribute(element, 'intercept', 0)),
    terms: [
      ...element.children('NumericPredictor').map((predictor) => numericTerm(predictor, scope, round)),
      ...element.children('CategoricalPredictor').map((predictor) => categoricalTerm(predictor, scope, round)),
      ...element.children('PredictorTerm').map((predictor) => productTerm(predictor, scope, round)),
    ],
  };
}

function numericTerm(element: Element, scope: Scope, round: Round): { name: string; value: Term } {
  const name = required(element, 'name');
  const field = scope.field(name, element);
  const coefficient = round(numberAttribute(element, 'coefficient'));
  const exponent = numberAttribute(element, 'exponent', 1);
  const number = (frame: Frame): number | undefined => {
    const raw = field.value(frame);
    if (raw === undefined) return undefined;
    const value = typeof raw === 'number' ? raw : numberOf(raw);
    if (value === undefined) throw evaluationError('a numeric predictor got a value that is no number', element, name);
    return round(value);
  };
  const value: Term =
    exponent === 1
      ? (frame) => {
          const x = number(frame);
          return x === undefined ? undefined : round(coefficient * x);
        }
      : (frame) => {
          const x = number(frame);
          return x === undefined ? undefined : round(coefficient * round(x ** exponent));
        };
  return { name, value };
}

/** "If the input value is missing then variable_name(v) yields 0 for any 'v'." */
function categoricalTerm(element: Element, scope: Scope, round: Round): { name: string; value: Term } {
  const name = required(element, 'name');
  const field = scope.field(name, element);
  const literal = lenientLiteral(required(element, 'value'), field.dataType);
  const coefficient = round(numberAttribute(element, 'coefficient'));
  return {
    name: `${name}=${textOf(literal)}`,
    value: (frame) => {
      const value = field.value(frame);
      return value !== undefined && !isCollection(value) && equalValues(value, literal) ? coefficient : 0;
    },
  };
}

function productTerm(element: Element, scope: Scope, round: Round): { name: string; value: Term } {
  const coefficient = round(numberAttribute(element, 'coefficient'));
  const fields = element.children('FieldRef').map((reference) => scope.field(required(reference, 'field'), reference));
  return {
    name: element.attribute('name') ?? fields.map((field) => field.name).join('*'),
    value: (frame) => {
      let product = coefficient;
      for (const field of fields) {
        const value = numberOf(field.value(frame));
        if (value === undefined) return undefined;
        product = round(product * round(value));
      }
      return product;
    },
  };
}
