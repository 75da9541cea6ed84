import type { Element } from '../../../wire/xml/document.js';
import { badAttribute, missingElement } from '../../errors.js';
import { enumAttribute, numberAttribute, optionalNumber, required } from '../attributes.js';
import type { Frame, ModelCompiler, ModelResult, Scope, TargetField } from '../model.js';
import { NO_RESULT } from '../model.js';
import { lenientLiteral, numberOf, textOf } from '../values.js';
import { compileCoxRegression } from './cox-regression.js';
import { compileDesign, type Design } from './general-regression-design.js';
import { INVERSE_CUMULATIVE_LINKS, INVERSE_LINKS } from './kernels/links.js';

const MODEL_TYPES = [
  'regression',
  'generalLinear',
  'multinomialLogistic',
  'ordinalMultinomial',
  'generalizedLinear',
  'CoxRegression',
] as const;

/** GeneralRegressionModel, all model types. A missing predictor gives no result. */
export const compileGeneralRegressionModel: ModelCompiler = (element, scope) => {
  const modelType = enumAttribute(element, 'modelType', MODEL_TYPES);
  const design = compileDesign(element, scope, targetOf(element, scope)?.dataType ?? 'string');
  if (modelType === 'CoxRegression') return compileCoxRegression(element, scope, design);
  const offset = WITH_OFFSET.has(modelType) ? termOf(element, scope, 'offset', 0) : () => 0;
  const trials = modelType === 'generalizedLinear' ? termOf(element, scope, 'trials', 1) : () => 1;
  const inverse = inverseLink(element, modelType);
  if (scope.functionName === 'classification' || CATEGORICAL.has(modelType)) {
    return classification(element, scope, design, modelType, inverse, offset);
  }
  const betas = design.betas(design.betaCategories[0]);
  const covariance = modelType === 'generalizedLinear' ? undefined : parameterCovariance(element, design);
  const degreesOfFreedom = optionalNumber(element, 'modelDF');
  return (frame) => {
    const row = design.row(frame, design.betaCategories[0]);
    const shift = offset(frame);
    const count = trials(frame);
    if (row === undefined || shift === undefined || count === undefined) return NO_RESULT;
    const eta = linear(row, betas, shift);
    const value = inverse(eta) * count;
    const result: ModelResult = { value, explain: () => ({ linearPredictor: eta, terms: terms(design, row, betas) }) };
    if (covariance === undefined) return result;
    const standardError = Math.sqrt(quadraticForm(row, covariance));
    return { ...result, standardError, ...(degreesOfFreedom === undefined ? {} : { degreesOfFreedom }) };
  };
};

const CATEGORICAL: ReadonlySet<string> = new Set(['multinomialLogistic', 'ordinalMultinomial']);

/** An offset "is used during scoring generalizedLinear, ordinalMultinomial, or multinomialLogistic models". */
const WITH_OFFSET: ReadonlySet<string> = new Set(['generalizedLinear', ...CATEGORICAL]);

type Term = (frame: Frame) => number | undefined;

/** offsetVariable or offsetValue, trialsVariable or trialsValue. */
function termOf(element: Element, scope: Scope, name: 'offset' | 'trials', fallback: number): Term {
  const variable = element.attribute(`${name}Variable`);
  if (variable !== undefined) {
    const field = scope.field(variable, element);
    return (frame) => numberOf(field.value(frame));
  }
  const value = numberAttribute(element, `${name}Value`, fallback);
  return () => value;
}

function inverseLink(element: Element, modelType: (typeof MODEL_TYPES)[number]): (eta: number) => number {
  if (modelType === 'ordinalMultinomial') {
    const link = enumAttribute(element, 'cumulativeLink', Object.keys(INVERSE_CUMULATIVE_LINKS), 'logit');
    return INVERSE_CUMULATIVE_LINKS[link]!;
  }
  if (modelType !== 'generalizedLinear') return (eta) => eta;
  const link = enumAttribute(element, 'linkFunction', Object.keys(INVERSE_LINKS));
  const linkParameter = optionalNumber(element, 'linkParameter');
  const distParameter = optionalNumber(element, 'distParameter');
  if ((link === 'power' || link === 'oddspower') && linkParameter === undefined)
    throw badAttribute(element, 'linkParameter', `a number, for the link ${link}`);
  if (link === 'negbin' && distParameter === undefined)
    throw badAttribute(element, 'distParameter', 'a number, for the link negbin');
  const parameters = { linkParameter: linkParameter ?? 1, distParameter: distParameter ?? 1 };
  return (eta) => INVERSE_LINKS[link]!(eta, parameters);
}

function linear(row: readonly number[], betas: Float64Array, offset: number): number {
  let eta = 0;
  for (let i = 0; i < row.length; i++) if (betas[i] !== 0) eta += row[i]! * betas[i]!;
  return eta + offset;
}

function terms(design: Design, row: readonly number[], betas: Float64Array): Record<string, number> {
  return Object.fromEntries(design.parameters.map(({ name }, i) => [name, row[i]! * betas[i]!]));
}

/** The target of the MiningSchema, else the one that the model itself names. */
function targetOf(element: Element, scope: Scope): TargetField | undefined {
  return scope.target() ?? scope.target(element.attribute('targetVariableName'));
}

/** The target's categories with the reference category last: the named one, else one without parameters of its own. */
function categoriesOf(element: Element, scope: Scope, design: Design): string[] {
  const listed = targetOf(element, scope)?.categories.map(textOf) ?? [];
  const categories = listed.length > 0 ? listed : [...design.betaCategories];
  const own = new Set(design.betaCategories);
  const named = element.attribute('targetReferenceCategory');
  const dataType = targetOf(element, scope)?.dataType ?? 'string';
  const reference =
    (named === undefined ? undefined : textOf(lenientLiteral(named, dataType))) ??
    (own.size === 0 ? undefined : categories.filter((category) => !own.has(category)).at(-1));
  if (reference === undefined) return categories;
  return [...categories.filter((category) => category !== reference), reference];
}

function classification(
  element: Element,
  scope: Scope,
  design: Design,
  modelType: string,
  inverse: (eta: number) => number,
  offset: Term,
): (frame: Frame) => ModelResult {
  const categories = categoriesOf(element, scope, design);
  if (categories.length < 2) throw missingElement(element, 'targetReferenceCategory');
  const dataType = targetOf(element, scope)?.dataType ?? 'string';
  const labels = categories.map((category) => lenientLiteral(category, dataType));
  const betas = categories.slice(0, -1).map((category) => design.betas(category));
  return (frame) => {
    const shift = offset(frame);
    if (shift === undefined) return NO_RESULT;
    const etas: number[] = [];
    const rows: number[][] = [];
    for (const [i, beta] of betas.entries()) {
      const row = design.row(frame, categories[i]);
      if (row === undefined) return NO_RESULT;
      etas.push(linear(row, beta, shift));
      rows.push(row);
    }
    const shares = PROBABILITIES[modelType]?.(etas, inverse) ?? twoSided(etas.map(inverse));
    let winner = 0;
    for (let i = 1; i < shares.length; i++) if (shares[i]! > shares[winner]!) winner = i;
    return {
      value: labels[winner]!,
      probabilities: new Map(labels.map((label, i) => [textOf(label), shares[i]!])),
      explain: () => ({
        linearPredictors: Object.fromEntries(etas.map((eta, i) => [categories[i], eta])),
        terms: Object.fromEntries(rows.map((row, i) => [categories[i], terms(design, row, betas[i]!)])),
      }),
    };
  };
}

/** Probabilities of all categories from the linear predictors of all but the reference category. */
const PROBABILITIES: Readonly<Record<string, (etas: readonly number[], inverse: (eta: number) => number) => number[]>> =
  {
    multinomialLogistic: (etas) => {
      const largest = Math.max(0, ...etas);
      const powers = [...etas, 0].map((eta) => Math.exp(eta - largest));
      const sum = powers.reduce((total, value) => total + value, 0);
      return powers.map((value) => value / sum);
    },
    ordinalMultinomial: (etas, inverse) => {
      const cumulative = [...etas.map(inverse), 1];
      return cumulative.map((value, i) => value - (i === 0 ? 0 : cumulative[i - 1]!));
    },
  };

function twoSided(shares: readonly number[]): number[] {
  return [...shares, 1 - shares.reduce((sum, value) => sum + value, 0)];
}

/** PCovMatrix over the parameters without a target category; undefined where there is none. */
function parameterCovariance(element: Element, design: Design): number[][] | undefined {
  const cells = element.child('PCovMatrix')?.children('PCovCell') ?? [];
  if (cells.length === 0) return undefined;
  const n = design.parameters.length;
  const index = new Map(design.parameters.map(({ name }, i) => [name, i]));
  const matrix = Array.from({ length: n }, () => new Array<number>(n).fill(0));
  for (const cell of cells) {
    const row = index.get(required(cell, 'pRow'));
    const column = index.get(required(cell, 'pCol'));
    if (row === undefined || column === undefined) throw badAttribute(cell, 'pRow', 'the name of a parameter');
    const value = numberAttribute(cell, 'value');
    matrix[row]![column] = value;
    matrix[column]![row] = value;
  }
  return matrix;
}

function quadraticForm(x: readonly number[], matrix: readonly (readonly number[])[]): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) for (let j = 0; j < x.length; j++) sum += x[i]! * matrix[i]![j]! * x[j]!;
  return sum;
}
