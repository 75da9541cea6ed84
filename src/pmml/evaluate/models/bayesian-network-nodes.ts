import type { Element } from '../../../wire/xml/document.js';
import { evaluationError, invalidDocument, missingElement } from '../../errors.js';
import { numberAttribute, required, requiredChild } from '../attributes.js';
import { compileExpression, isExpression } from '../expressions.js';
import type { Frame, Scope } from '../model.js';
import { equalValues, lenientLiteral, numberOf, type Scalar } from '../values.js';
import { normalDensity } from './kernels/special-functions.js';

/** Values of the nodes that are assigned at the moment. */
export type Assignment = Map<string, Scalar>;

export interface DiscreteNetworkNode {
  readonly kind: 'discrete';
  readonly name: string;
  readonly element: Element;
  readonly parents: ReadonlySet<string>;
  readonly values: readonly Scalar[];
  /** P(value | parents as assigned). */
  likelihood(value: Scalar, frame: Frame): number;
}

export interface ContinuousNetworkNode {
  readonly kind: 'continuous';
  readonly name: string;
  readonly element: Element;
  readonly parents: ReadonlySet<string>;
  /** Density at the value, given the parents as assigned. */
  likelihood(value: Scalar, frame: Frame): number;
  mean(frame: Frame): number;
  /** Points and weights (which sum to 1) that stand for the distribution. */
  quadrature(frame: Frame, points: number): [number, number][];
}

export type NetworkNode = DiscreteNetworkNode | ContinuousNetworkNode;

export function compileNode(element: Element, scope: Scope, assignment: Assignment): NetworkNode {
  return element.name === 'DiscreteNode'
    ? discreteNode(element, scope, assignment)
    : continuousNode(element, scope, assignment);
}

interface Condition {
  readonly parent: string;
  readonly value: Scalar;
}

function conditions(element: Element, scope: Scope): Condition[] {
  return element.children('ParentValue').map((child) => {
    const parent = required(child, 'parent');
    const type = scope.find(parent)?.dataType ?? 'string';
    return { parent, value: lenientLiteral(required(child, 'value'), type) };
  });
}

function matches(list: readonly Condition[], assignment: Assignment): boolean {
  return list.every(({ parent, value }) => {
    const assigned = assignment.get(parent);
    return assigned !== undefined && equalValues(assigned, value);
  });
}

function probabilities(element: Element, type: string): { value: Scalar; probability: number }[] {
  return element.children('ValueProbability').map((child) => ({
    value: lenientLiteral(required(child, 'value'), type),
    probability: numberAttribute(child, 'probability'),
  }));
}

function discreteNode(element: Element, scope: Scope, assignment: Assignment): DiscreteNetworkNode {
  const name = required(element, 'name');
  const type = scope.find(name)?.dataType ?? 'string';
  const tables = element.children('DiscreteConditionalProbability').map((child) => ({
    conditions: conditions(child, scope),
    entries: probabilities(child, type),
  }));
  const own = probabilities(element, type);
  if (own.length > 0) tables.push({ conditions: [], entries: own });
  if (tables.length === 0) throw missingElement(element, 'ValueProbability');
  const values: Scalar[] = [];
  for (const { entries } of tables) {
    for (const { value } of entries) if (!values.some((known) => equalValues(known, value))) values.push(value);
  }
  return {
    kind: 'discrete',
    name,
    element,
    values,
    parents: new Set(tables.flatMap((table) => table.conditions.map(({ parent }) => parent))),
    likelihood: (value) => {
      const table = tables.find((candidate) => matches(candidate.conditions, assignment));
      return table?.entries.find((entry) => equalValues(entry.value, value))?.probability ?? 0;
    },
  };
}

type Parameters = Readonly<Record<string, (frame: Frame) => number>>;

interface Family {
  readonly parameters: readonly string[];
  density(x: number, parameters: readonly number[]): number;
  mean(parameters: readonly number[]): number;
  /** Where all but a negligible part of the distribution lies. */
  range(parameters: readonly number[]): readonly [number, number];
}

const FAMILIES: Readonly<Record<string, Family>> = {
  NormalDistributionForBN: {
    parameters: ['Mean', 'Variance'],
    density: (x, [mean, variance]) => normalDensity(x, mean!, variance!),
    mean: ([mean]) => mean!,
    range: ([mean, variance]) => [mean! - 10 * Math.sqrt(variance!), mean! + 10 * Math.sqrt(variance!)],
  },
  LognormalDistributionForBN: {
    parameters: ['Mean', 'Variance'],
    density: (x, [mean, variance]) => (x > 0 ? normalDensity(Math.log(x), mean!, variance!) / x : 0),
    mean: ([mean, variance]) => Math.exp(mean! + variance! / 2),
    range: ([mean, variance]) => [
      Math.exp(mean! - 10 * Math.sqrt(variance!)),
      Math.exp(mean! + 10 * Math.sqrt(variance!)),
    ],
  },
  UniformDistributionForBN: {
    parameters: ['Lower', 'Upper'],
    density: (x, [lower, upper]) => (x >= lower! && x <= upper! ? 1 / (upper! - lower!) : 0),
    mean: ([lower, upper]) => (lower! + upper!) / 2,
    range: ([lower, upper]) => [lower!, upper!],
  },
  TriangularDistributionForBN: {
    parameters: ['Mean', 'Lower', 'Upper'],
    density: (x, [mean, lower, upper]) => {
      if (x < lower! || x > upper!) return 0;
      const mode = Math.min(Math.max(3 * mean! - lower! - upper!, lower!), upper!);
      const height = 2 / (upper! - lower!);
      if (x === mode) return height;
      return x < mode ? (height * (x - lower!)) / (mode - lower!) : (height * (upper! - x)) / (upper! - mode);
    },
    mean: ([mean]) => mean!,
    range: ([, lower, upper]) => [lower!, upper!],
  },
};

interface ContinuousTable {
  readonly conditions: readonly Condition[];
  readonly family: Family;
  readonly parameters: Parameters;
}

function continuousNode(element: Element, scope: Scope, assignment: Assignment): ContinuousNetworkNode {
  const name = required(element, 'name');
  const parents = new Set<string>();
  const tables: ContinuousTable[] = [];
  const add = (holder: Element, list: readonly Condition[]): void => {
    const distribution = holder.children().find((child) => Object.hasOwn(FAMILIES, child.name));
    if (distribution === undefined) throw missingElement(holder, 'NormalDistributionForBN');
    const family = FAMILIES[distribution.name]!;
    const parameters = Object.fromEntries(
      family.parameters.map((parameter) => [
        parameter,
        compileParameter(requiredChild(distribution, parameter), scope, parents),
      ]),
    );
    for (const { parent } of list) parents.add(parent);
    tables.push({ conditions: list, family, parameters });
  };
  for (const child of element.children()) {
    if (child.name === 'ContinuousConditionalProbability')
      add(requiredChild(child, 'ContinuousDistribution'), conditions(child, scope));
    if (child.name === 'ContinuousDistribution') add(child, []);
  }
  if (tables.length === 0) throw missingElement(element, 'ContinuousDistribution');
  const current = (frame: Frame): { family: Family; parameters: number[] } => {
    const table = tables.find((candidate) => matches(candidate.conditions, assignment));
    if (table === undefined) throw evaluationError('no distribution fits the values of the parents', element, name);
    return { family: table.family, parameters: table.family.parameters.map((key) => table.parameters[key]!(frame)) };
  };
  return {
    kind: 'continuous',
    name,
    element,
    parents,
    likelihood: (value, frame) => {
      const x = numberOf(value);
      if (x === undefined) return 0;
      const { family, parameters } = current(frame);
      return family.density(x, parameters);
    },
    mean: (frame) => {
      const { family, parameters } = current(frame);
      return family.mean(parameters);
    },
    quadrature: (frame, points) => {
      const { family, parameters } = current(frame);
      return quadrature(family, parameters, points);
    },
  };
}

/** A parameter's expression; the nodes that it refers to become parents. */
function compileParameter(element: Element, scope: Scope, parents: Set<string>): (frame: Frame) => number {
  const child = element.children().find(isExpression);
  if (child === undefined) throw missingElement(element, 'EXPRESSION');
  collectFields(child, parents);
  const expression = compileExpression(child, scope);
  return (frame) => {
    const value = numberOf(expression.evaluate(frame));
    if (value === undefined) throw evaluationError('a parameter of a distribution is missing', element);
    return value;
  };
}

function collectFields(element: Element, names: Set<string>): void {
  const name = element.attribute('field');
  if (name !== undefined) names.add(name);
  for (const child of element.children()) collectFields(child, names);
}

/** Midpoints of equal pieces of the range, weighted by the density. */
function quadrature(family: Family, parameters: readonly number[], points: number): [number, number][] {
  const [low, high] = family.range(parameters);
  if (!(high > low) || !Number.isFinite(high - low)) throw invalidDocument('a distribution has no width');
  const width = (high - low) / points;
  const nodes: [number, number][] = [];
  let sum = 0;
  for (let i = 0; i < points; i++) {
    const x = low + (i + 0.5) * width;
    const weight = family.density(x, parameters);
    sum += weight;
    if (weight > 0) nodes.push([x, weight]);
  }
  return nodes.map(([x, weight]) => [x, weight / sum]);
}
