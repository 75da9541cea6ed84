import type { Element } from '../../../wire/xml/document.js';
import { cyclicDefinition, invalidDocument, unsupported } from '../../errors.js';
import { required, requiredChild } from '../attributes.js';
import type { Field, Frame, ModelCompiler, ModelResult, Scope } from '../model.js';
import { NO_RESULT } from '../model.js';
import { castValue, type Scalar, textOf } from '../values.js';
import { type DiscreteInference, discreteInference } from './bayesian-network-elimination.js';
import { type LinearInference, linearInference } from './bayesian-network-linear.js';
import { type Assignment, compileNode, type DiscreteNetworkNode, type NetworkNode } from './bayesian-network-nodes.js';
import { scalarOf } from './field-values.js';
import { localDerivedField, withFields } from './local-fields.js';

/**
 * BayesianNetworkModel: exact inference by summing out what is not known. Discrete networks by variable elimination,
 * linear normal ones by their joint distribution, others state by state, continuous unknowns being integrated.
 */
export const compileBayesianNetworkModel: ModelCompiler = (element, scope) => {
  const elements = requiredChild(element, 'BayesianNetworkNodes')
    .children()
    .filter((child) => child.name === 'DiscreteNode' || child.name === 'ContinuousNode');
  const assignment: Assignment = new Map();
  const inner = networkScope(elements, scope, assignment);
  const nodes = topological(elements.map((child) => compileNode(child, inner, assignment)));
  const exact = { discrete: discreteInference(nodes.filter(isDiscrete), assignment), linear: linearInference(nodes) };
  const hidden = nodes.find((node) => !scope.activeNames.includes(node.name))?.name;
  const names = scope.targetNames.length > 0 ? scope.targetNames : hidden === undefined ? [] : [hidden];
  const targets = nodes.filter((node) => names.includes(node.name));
  if (targets.length === 0) throw invalidDocument('no node of the network is the target field', element);
  const observable = new Map<string, Field>();
  for (const node of nodes) {
    if (targets.includes(node) || !isInput(node.name, elements, scope)) continue;
    observable.set(node.name, observedField(node.name, elements, scope));
  }
  const typeOf = (target: NetworkNode) =>
    scope.target(target.name)?.dataType ?? (target.kind === 'discrete' ? 'string' : 'double');
  return (frame) => {
    const evidence = new Map<string, Scalar>();
    for (const [name, field] of observable) {
      const value = scalarOf(field.value(frame));
      if (value !== undefined) evidence.set(name, value);
    }
    const results = targets.map((target) => {
      assignment.clear();
      return [target.name, infer(nodes, target, evidence, assignment, frame, typeOf(target), exact)] as const;
    });
    const byName = new Map(results);
    return { ...(byName.get(names[0]!) ?? results[0]![1]), ...(results.length > 1 ? { targets: byName } : {}) };
  };
};

function isDiscrete(node: NetworkNode): node is DiscreteNetworkNode {
  return node.kind === 'discrete';
}

function isInput(name: string, elements: readonly Element[], scope: Scope): boolean {
  if (scope.activeNames.includes(name)) return true;
  const element = elements.find((child) => child.attribute('name') === name);
  return (
    element?.child('DerivedField') !== undefined || scope.miningField(name)?.attribute('usageType') === 'supplementary'
  );
}

/** A node's own DerivedField tells how the input becomes the node's value. */
function observedField(name: string, elements: readonly Element[], scope: Scope): Field {
  const element = elements.find((child) => child.attribute('name') === name)!;
  const derived = element.child('DerivedField');
  return derived === undefined ? scope.field(name, element) : localDerivedField(derived, scope, name);
}

/** Inside of the distributions a node's name stands for its assigned value. */
function networkScope(elements: readonly Element[], scope: Scope, assignment: Assignment): Scope {
  const local = new Map<string, Field>();
  for (const element of elements) {
    const name = required(element, 'name');
    const known = scope.find(name);
    const continuous = element.name === 'ContinuousNode';
    local.set(name, {
      name,
      dataType: known?.dataType ?? (continuous ? 'double' : 'string'),
      optype: known?.optype ?? (continuous ? 'continuous' : 'categorical'),
      categories: known?.categories ?? [],
      value: () => assignment.get(name),
    });
  }
  return withFields(scope, local);
}

/** Parents before children. */
function topological(nodes: readonly NetworkNode[]): NetworkNode[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const sorted: NetworkNode[] = [];
  const state = new Map<NetworkNode, 'open' | 'done'>();
  const visit = (node: NetworkNode): void => {
    if (state.get(node) === 'done') return;
    if (state.get(node) === 'open') throw cyclicDefinition('node', node.name, node.element);
    state.set(node, 'open');
    for (const parent of node.parents) {
      const found = byName.get(parent);
      if (found !== undefined) visit(found);
    }
    state.set(node, 'done');
    sorted.push(node);
  };
  for (const node of nodes) visit(node);
  return sorted;
}

const QUADRATURE_POINTS = 401;
const MOST_STATES = 20_000_000;

function infer(
  nodes: readonly NetworkNode[],
  target: NetworkNode,
  evidence: ReadonlyMap<string, Scalar>,
  assignment: Assignment,
  frame: Frame,
  dataType: string,
  exact: { readonly discrete: DiscreteInference; readonly linear: LinearInference },
): ModelResult {
  const relevant = ancestors(nodes, new Set([target.name, ...evidence.keys()]));
  const order = nodes.filter((node) => relevant.has(node.name));
  if (isDiscrete(target) && order.every(isDiscrete)) {
    const weights = exact.discrete(order, target, evidence, frame);
    if (weights === undefined) throw unsupported(target.element, 'the network is too large to sum out');
    return discreteResult(target, new Map(target.values.map((value, i) => [value, weights[i]!])), evidence, dataType);
  }
  const mean = exact.linear(order, target, evidence);
  if (mean !== undefined) return { value: mean };
  const known = new Set(nodes.filter((node) => evidence.has(node.name)).map((node) => node.name));
  const isParent = new Set(order.flatMap((node) => [...node.parents]));
  const shares = new Map<Scalar, number>();
  let total = 0;
  let moment = 0;
  let states = 0;
  const visit = (index: number, weight: number, mean: number): void => {
    if (weight === 0) return;
    if (++states > MOST_STATES) throw unsupported(target.element, 'the network is too large to sum out');
    const node = order[index];
    if (node === undefined) {
      total += weight;
      const value = assignment.get(target.name);
      if (target.kind === 'discrete') shares.set(value!, (shares.get(value!) ?? 0) + weight);
      else moment += weight * mean;
      return;
    }
    if (known.has(node.name)) {
      const value = evidence.get(node.name)!;
      assignment.set(node.name, value);
      visit(index + 1, weight * node.likelihood(value, frame), mean);
    } else if (node.kind === 'discrete') {
      for (const value of node.values) {
        assignment.set(node.name, value);
        visit(index + 1, weight * node.likelihood(value, frame), mean);
      }
    } else {
      const isTarget = node === target;
      if (isTarget && !isParent.has(node.name)) visit(index + 1, weight, node.mean(frame));
      else {
        for (const [value, share] of node.quadrature(frame, QUADRATURE_POINTS)) {
          assignment.set(node.name, value);
          visit(index + 1, weight * share, isTarget ? value : mean);
        }
      }
    }
    assignment.delete(node.name);
  };
  visit(0, 1, 0);
  if (!(total > 0)) return NO_RESULT;
  if (target.kind === 'continuous') return { value: moment / total };
  return discreteResult(target, shares, evidence, dataType);
}

/** The most probable value, the first of equals, and the probabilities of all. */
function discreteResult(
  target: NetworkNode,
  shares: ReadonlyMap<Scalar, number>,
  evidence: ReadonlyMap<string, Scalar>,
  dataType: string,
): ModelResult {
  const total = [...shares.values()].reduce((sum, share) => sum + share, 0);
  if (!(total > 0) || !isDiscrete(target)) return NO_RESULT;
  const probabilities = new Map([...shares].map(([value, share]) => [textOf(value), share / total]));
  let winner: [Scalar, number] | undefined;
  for (const value of target.values) {
    const share = shares.get(value) ?? 0;
    if (winner === undefined || share > winner[1]) winner = [value, share];
    if (!probabilities.has(textOf(value))) probabilities.set(textOf(value), 0);
  }
  const value = winner === undefined ? undefined : (castValue(winner[0], dataType) ?? winner[0]);
  return { value, probabilities, explain: () => ({ evidence: Object.fromEntries(evidence) }) };
}

function ancestors(nodes: readonly NetworkNode[], names: Set<string>): Set<string> {
  for (const node of [...nodes].reverse()) {
    if (names.has(node.name)) for (const parent of node.parents) names.add(parent);
  }
  return names;
}
