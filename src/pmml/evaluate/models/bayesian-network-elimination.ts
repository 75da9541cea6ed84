import type { Frame } from '../model.js';
import { equalValues, type Scalar } from '../values.js';
import type { Assignment, DiscreteNetworkNode } from './bayesian-network-nodes.js';
import { eliminate, type Factor, MOST_CELLS, restrict } from './kernels/factors.js';

/** Weights of the target's values, in the order of its values; undefined where the tables would be too large. */
export type DiscreteInference = (
  relevant: readonly DiscreteNetworkNode[],
  target: DiscreteNetworkNode,
  evidence: ReadonlyMap<string, Scalar>,
  frame: Frame,
) => Float64Array | undefined;

/** Exact inference in a network of discrete nodes by variable elimination; tables are made once a document. */
export function discreteInference(all: readonly DiscreteNetworkNode[], assignment: Assignment): DiscreteInference {
  const numbers = new Map(all.map((node, i) => [node.name, i]));
  const tables = new Map<string, Factor | undefined>();
  const tableOf = (node: DiscreteNetworkNode, frame: Frame): Factor | undefined => {
    if (!tables.has(node.name)) tables.set(node.name, tabulate(node, frame));
    return tables.get(node.name);
  };

  function tabulate(node: DiscreteNetworkNode, frame: Frame): Factor | undefined {
    const parents = all.filter(({ name }) => node.parents.has(name));
    const axes = [...parents, node];
    const sizes = axes.map(({ values }) => values.length);
    const cells = sizes.reduce((product, size) => product * size, 1);
    if (cells > MOST_CELLS) return undefined;
    const table = new Float64Array(cells);
    const position = axes.map(() => 0);
    for (let cell = 0; cell < cells; cell++) {
      for (const [i, parent] of parents.entries()) assignment.set(parent.name, parent.values[position[i]!]!);
      table[cell] = node.likelihood(node.values[position[parents.length]!]!, frame);
      for (let axis = axes.length - 1; axis >= 0; axis--) {
        if (++position[axis]! < sizes[axis]!) break;
        position[axis] = 0;
      }
    }
    assignment.clear();
    return { variables: axes.map(({ name }) => numbers.get(name)!), sizes, table };
  }

  return (relevant, target, evidence, frame) => {
    const known = relevant.flatMap((node) => {
      const value = evidence.get(node.name);
      if (value === undefined) return [];
      return [[numbers.get(node.name)!, node.values.findIndex((other) => equalValues(other, value))] as const];
    });
    // A value that its node does not have is impossible.
    if (known.some(([, position]) => position < 0)) return new Float64Array(target.values.length);
    const factors: Factor[] = [];
    for (const node of relevant) {
      const table = tableOf(node, frame);
      if (table === undefined) return undefined;
      factors.push(known.reduce((factor, [variable, position]) => restrict(factor, variable, position), table));
    }
    return eliminate(factors, numbers.get(target.name)!);
  };
}
