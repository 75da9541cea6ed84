import type { Element } from '../../../wire/xml/document.js';
import { invalidDocument } from '../../errors.js';
import { matrixRows } from '../arrays.js';
import { numberAttribute, required, requiredChild } from '../attributes.js';
import type { Field, Frame, Scope } from '../model.js';
import { equalValues, lenientLiteral, numberOf, parseNumber, type Scalar, textOf } from '../values.js';
import { scalarOf } from './field-values.js';

/** The parts of x that one parameter multiplies, for one target category. */
export interface Design {
  readonly parameters: readonly { readonly name: string; readonly referencePoint: number }[];
  /** x of each parameter, in their order; undefined where a predictor that it needs is missing. */
  row(frame: Frame, targetCategory?: string): number[] | undefined;
  /** β of each parameter for a category: its own PCell, else the one without a category; 0 where there is none. */
  betas(targetCategory?: string): Float64Array;
  /** Target categories that PCells name, in their order. */
  readonly betaCategories: readonly string[];
}

interface Cell {
  readonly parameter: number;
  readonly targetCategory: string | undefined;
  readonly isFactor: boolean;
  readonly value: (frame: Frame) => number | undefined;
}

/**
 * ParameterList, FactorList, CovariateList, PPMatrix and ParamMatrix of a GeneralRegressionModel. Target categories are
 * keyed by their text in the target's type.
 */
export function compileDesign(element: Element, scope: Scope, targetType: string): Design {
  const categoryOf = (cell: Element): string | undefined => {
    const text = cell.attribute('targetCategory');
    return text === undefined ? undefined : textOf(lenientLiteral(text, targetType));
  };
  const parameters = (element.child('ParameterList')?.children('Parameter') ?? []).map((parameter) => ({
    name: required(parameter, 'name'),
    referencePoint: numberAttribute(parameter, 'referencePoint', 0),
  }));
  const index = new Map(parameters.map(({ name }, i) => [name, i]));
  const position = (child: Element): number => {
    const name = required(child, 'parameterName');
    const at = index.get(name);
    if (at === undefined) throw invalidDocument(`there is no parameter ${name}`, child);
    return at;
  };
  const factors = predictors(element.child('FactorList'));
  const covariates = predictors(element.child('CovariateList'));
  const cells: Cell[] = (element.child('PPMatrix')?.children('PPCell') ?? [])
    .map((cell) => {
      const name = required(cell, 'predictorName');
      const field = scope.field(name, cell);
      const factor = factors.get(name);
      const isCovariate = covariates.has(name) || (factor === undefined && field.optype === 'continuous');
      return {
        parameter: position(cell),
        targetCategory: categoryOf(cell),
        isFactor: !isCovariate,
        value: isCovariate ? covariate(cell, field) : indicator(cell, field, factor),
      };
    })
    .sort((a, b) => Number(b.isFactor) - Number(a.isFactor));
  const byCategory = new Map<string | undefined, Float64Array>();
  const given = new Map<string | undefined, Set<number>>();
  for (const cell of requiredChild(element, 'ParamMatrix').children('PCell')) {
    const category = categoryOf(cell);
    const betas = byCategory.get(category) ?? new Float64Array(parameters.length);
    const at = position(cell);
    betas[at] = numberAttribute(cell, 'beta');
    byCategory.set(category, betas);
    given.set(category, (given.get(category) ?? new Set()).add(at));
  }
  const common = byCategory.get(undefined);
  for (const [category, betas] of byCategory) {
    if (category === undefined || common === undefined) continue;
    for (let i = 0; i < betas.length; i++) if (!given.get(category)!.has(i)) betas[i] = common[i]!;
  }
  const empty = new Float64Array(parameters.length);
  return {
    parameters,
    betaCategories: [...byCategory.keys()].filter((category) => category !== undefined),
    betas: (category) => byCategory.get(category) ?? common ?? empty,
    row: (frame, category) => designRow(parameters.length, cells, frame, category),
  };
}

/** Factors come first: where they are there and one is 0, the parameter has no part, whatever its covariates are. */
function designRow(count: number, cells: readonly Cell[], frame: Frame, category?: string): number[] | undefined {
  const row = new Array<number>(count).fill(1);
  const none = new Set<number>();
  for (const { parameter, targetCategory, isFactor, value } of cells) {
    if (targetCategory !== undefined && category !== undefined && targetCategory !== category) continue;
    if (!isFactor && none.has(parameter)) continue;
    const part = value(frame);
    if (part === undefined) return undefined;
    row[parameter]! *= part;
    if (isFactor && part === 0) none.add(parameter);
  }
  return row;
}

function predictors(list: Element | undefined): Map<string, Element> {
  return new Map((list?.children('Predictor') ?? []).map((child) => [required(child, 'name'), child]));
}

/** "the value of the covariate raised to the power" of the PPCell. */
function covariate(cell: Element, field: Field): Cell['value'] {
  const power = parseNumber(required(cell, 'value')) ?? 1;
  return (frame) => {
    const value = numberOf(field.value(frame));
    return value === undefined ? undefined : power === 1 ? value : value ** power;
  };
}

function indicator(cell: Element, field: Field, factor: Element | undefined): Cell['value'] {
  const literal = lenientLiteral(required(cell, 'value'), field.dataType);
  const matrix = factor?.child('Matrix');
  if (factor === undefined || matrix === undefined) {
    return (frame) => {
      const value = scalarOf(field.value(frame));
      return value === undefined ? undefined : equalValues(value, literal) ? 1 : 0;
    };
  }
  const rows = matrixRows(matrix);
  const listed = factor.child('Categories')?.children('Category');
  const categories: readonly Scalar[] =
    listed?.map((child) => lenientLiteral(required(child, 'value'), field.dataType)) ?? field.categories;
  const column = categories.findIndex((category) => equalValues(category, literal));
  if (column < 0) throw invalidDocument('the contrast matrix has no column for this value', cell);
  return (frame) => {
    const value = scalarOf(field.value(frame));
    if (value === undefined) return undefined;
    const row = categories.findIndex((category) => equalValues(category, value));
    return rows[row]?.[column];
  };
}
