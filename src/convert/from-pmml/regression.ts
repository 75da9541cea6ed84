import type { IrBuilder } from '../../ir/builder.js';
import type { Ref } from '../../ir/types.js';
import type { Element } from '../../wire/xml/document.js';
import { declined } from '../declined.js';
import { Classes, targetOf } from './classes.js';
import { classification, isFloatContext, type ModelResult } from './model.js';
import type { Scope } from './scope.js';
import { castTo, literalOf, numberOf } from './values.js';

type Width = 'float32' | 'float64';

/** A RegressionModel: one linear node for all tables, then the normalisation. */
export function liftRegression(model: Element, scope: Scope): ModelResult {
  const { builder } = scope.lift;
  const kind = isFloatContext(model) ? 'float32' : 'float64';
  const tables = model.children('RegressionTable');
  if (tables.length === 0) throw declined('table', 'a RegressionModel without a RegressionTable', model.place);
  const method = model.attribute('normalizationMethod') ?? 'none';
  const scores = linearScores(tables, scope, kind);
  if (model.attribute('functionName') !== 'classification') {
    const y = builder.element(scores, 0);
    return { task: 'regression', value: method === 'none' ? y : inverseLink(builder, method, y, kind, model) };
  }
  const { name, dataField } = targetOf(model, scope);
  const classes = new Classes(name, dataField);
  const order = tables.map((table) => classes.indexOf(table.attribute('targetCategory') ?? ''));
  const ordinal = dataField?.attribute('optype') === 'ordinal';
  return classification(scope, classes, normalised(builder, method, scores, ordinal, kind, model), order);
}

/** One score a table, in the order of the tables. */
function linearScores(tables: readonly Element[], scope: Scope, kind: Width): Ref {
  const { builder } = scope.lift;
  const only = tables.map((table) => onlyField(table, scope, kind));
  if (only.every((ref): ref is Ref => ref !== undefined)) return builder.pack(only);
  const features: Ref[] = [];
  const indexOf = new Map<Ref, number>();
  const weights = tables.map(() => new Map<number, number>());
  const add = (table: number, ref: Ref, weight: number) => {
    let at = indexOf.get(ref);
    if (at === undefined) {
      at = features.push(ref) - 1;
      indexOf.set(ref, at);
    }
    weights[table]!.set(at, (weights[table]!.get(at) ?? 0) + weight);
  };
  const categories = categoriesOf(tables, scope);
  tables.forEach((table, index) => {
    for (const child of table.children()) {
      const weight = numberOf(child.attribute('coefficient') ?? '') ?? 0;
      if (child.name === 'NumericPredictor') add(index, numeric(child, scope, kind), weight);
      else if (child.name === 'CategoricalPredictor') add(index, indicator(child, scope, categories, kind), weight);
      else if (child.name === 'PredictorTerm') add(index, term(child, scope, kind), weight);
    }
  });
  if (features.length === 0)
    return builder.constVector(
      kind,
      tables.map((table) => intercept(table, kind)),
    );
  const dense = new Float64Array(tables.length * features.length);
  const round = kind === 'float32' ? Math.fround : (x: number) => x;
  weights.forEach((row, table) => {
    for (const [at, weight] of row) dense[table * features.length + at] = round(weight);
  });
  return builder.linear(
    kind,
    features,
    dense,
    Float64Array.from(tables, (table) => intercept(table, kind)),
  );
}

function intercept(table: Element, kind: Width): number {
  const value = numberOf(table.attribute('intercept') ?? '0') ?? 0;
  return kind === 'float32' ? Math.fround(value) : value;
}

/** The field of a table that is nothing but `1 × field`, as the last step of a boosted classifier is. */
function onlyField(table: Element, scope: Scope, kind: Width): Ref | undefined {
  const predictors = table.children().filter((child) => child.name !== 'Extension');
  const [first] = predictors;
  if (predictors.length !== 1 || first?.name !== 'NumericPredictor' || intercept(table, kind) !== 0) return undefined;
  return numberOf(first.attribute('coefficient') ?? '') === 1 ? numeric(first, scope, kind) : undefined;
}

function numeric(predictor: Element, scope: Scope, kind: Width): Ref {
  const { builder } = scope.lift;
  const x = castTo(builder, scope.field(predictor.attribute('name') ?? '', predictor), kind, predictor);
  const exponent = numberOf(predictor.attribute('exponent') ?? '1') ?? 1;
  return exponent === 1 ? x : builder.apply('pow', x, builder.const(kind, exponent));
}

/** The categories that each field's CategoricalPredictors name, by field, in the order of the document. */
function categoriesOf(tables: readonly Element[], scope: Scope): Map<string, (string | number)[]> {
  const found = new Map<string, (string | number)[]>();
  for (const table of tables) {
    for (const predictor of table.children('CategoricalPredictor')) {
      const name = predictor.attribute('name') ?? '';
      const known = found.get(name) ?? [];
      const category = categoryOf(predictor, scope);
      if (!known.includes(category)) known.push(category);
      found.set(name, known);
    }
  }
  return found;
}

function categoryOf(predictor: Element, scope: Scope): string | number {
  const { builder } = scope.lift;
  const kind = builder.kindOf(scope.field(predictor.attribute('name') ?? '', predictor).ref);
  const literal = literalOf(predictor.attribute('value') ?? '', kind, predictor);
  return typeof literal === 'string' ? literal : Number(literal);
}

/** "If the input value is missing, variable_name(v) yields 0 for any v": the element of a one-hot vector. */
function indicator(
  predictor: Element,
  scope: Scope,
  categories: ReadonlyMap<string, (string | number)[]>,
  kind: Width,
): Ref {
  const { builder } = scope.lift;
  const name = predictor.attribute('name') ?? '';
  const { ref } = scope.field(name, predictor);
  const known = categories.get(name)!;
  const input = builder.kindOf(ref) === 'bool' ? builder.cast(ref, 'int64') : ref;
  return builder.element(builder.oneHot(input, known, kind), known.indexOf(categoryOf(predictor, scope)));
}

function term(element: Element, scope: Scope, kind: Width): Ref {
  const { builder } = scope.lift;
  return element
    .children('FieldRef')
    .map((field) => castTo(builder, scope.field(field.attribute('field') ?? '', field), kind, field))
    .reduce((a, b) => builder.apply('mul', a, b));
}

/** The inverse of a link function, of a scalar or of every element of a vector. */
function inverseLink(builder: IrBuilder, method: string, y: Ref, kind: Width, model: Element): Ref {
  const number = (value: number) => builder.const(kind, kind === 'float32' ? Math.fround(value) : value);
  switch (method) {
    case 'softmax':
    case 'logit':
      return builder.apply('logistic', y);
    case 'exp':
      return builder.apply('exp', y);
    case 'probit':
      return builder.apply('normcdf', y);
    case 'cloglog':
      return builder.apply('sub', number(1), builder.apply('exp', builder.apply('neg', builder.apply('exp', y))));
    case 'loglog':
      return builder.apply('exp', builder.apply('neg', builder.apply('exp', builder.apply('neg', y))));
    case 'cauchit': {
      const turn = builder.apply('div', builder.apply('atan', y), number(Math.PI));
      return builder.apply('add', number(0.5), turn);
    }
    default:
      throw declined('normalization', `normalizationMethod "${method}" cannot be moved here`, model.place);
  }
}

function normalised(
  builder: IrBuilder,
  method: string,
  scores: Ref,
  ordinal: boolean,
  kind: Width,
  model: Element,
): Ref {
  const one = builder.const(kind, 1);
  const all = builder.elements(scores);
  const rest = all.slice(0, -1);
  if (ordinal && method !== 'simplemax' && method !== 'softmax') {
    // "F(y1) − 0, F(y2) − F(y1), …, 1 − F(yk−1)": the tables of an ordinal target are cumulative.
    const cumulative = rest.map((y) => (method === 'none' ? y : inverseLink(builder, method, y, kind, model)));
    const upper = [...cumulative, one];
    return builder.pack(upper.map((p, index) => (index === 0 ? p : builder.apply('sub', p, upper[index - 1]!))));
  }
  if (method === 'softmax') return builder.vectorFunction('softmax', scores);
  if (method === 'simplemax') return builder.vectorFunction('normalize', scores);
  if (method === 'none') {
    const sum = rest.length === 0 ? builder.const(kind, 0) : rest.reduce((a, b) => builder.apply('add', a, b));
    return builder.pack([...rest, builder.apply('sub', one, sum)]);
  }
  if (all.length === 2) {
    const p = inverseLink(builder, method, all[0]!, kind, model);
    return builder.pack([p, builder.apply('sub', one, p)]);
  }
  throw declined('normalization', `normalizationMethod "${method}" is defined for two classes only`, model.place);
}
