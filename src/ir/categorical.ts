import { holds, type Splits, TEST } from './forest.js';
import type { IrNode, Program, TreesNode } from './nodes.js';
import type { Ref } from './types.js';

/** A 0/1 feature that tells whether a field has one category. */
interface Indicator {
  readonly field: Ref;
  readonly category: string | number;
  /** The feature where the field is missing; null: missing too. */
  readonly whenMissing: number | null;
}

/**
 * The same nodes with trees that test the category of a field where they tested an element of its one-hot vector:
 * `color=red ≤ 0.5` becomes `color in {red}` with its branches changed over.
 */
export function withCategoricalSplits(program: Program): Program {
  const done = new Map<Splits, Splits>();
  let changed = false;
  const nodes = program.nodes.map((node) => {
    if (node.op !== 'trees') return node;
    const indicators = node.features.map((ref) => indicatorOf(program.nodes, ref));
    if (indicators.every((indicator) => indicator === undefined)) return node;
    changed = true;
    return rewritten(node, indicators, done);
  });
  return changed ? { ...program, nodes } : program;
}

/** What a 0/1 feature indicates; undefined if it is something else. */
export function indicatorOf(nodes: readonly IrNode[], ref: Ref): Indicator | undefined {
  const node = nodes[ref]!;
  if (node.op === 'cast') {
    const kind = node.type.kind;
    return kind === 'bool' || kind === 'string' ? undefined : indicatorOf(nodes, node.input);
  }
  if (node.op === 'element') {
    const vector = nodes[node.input]!;
    if (vector.op !== 'one-hot' || !isScalar(nodes, vector.input)) return undefined;
    return { field: vector.input, category: vector.categories[node.index]!, whenMissing: 0 };
  }
  if (node.op !== 'lookup' || node.keys.length !== 1 || node.values[0] !== 1 || node.otherwise !== 0) return undefined;
  const [key] = node.keys;
  if (typeof key === 'boolean' || typeof key === 'bigint' || !isScalar(nodes, node.input)) return undefined;
  if (node.whenMissing !== null && typeof node.whenMissing !== 'number') return undefined;
  return { field: node.input, category: key!, whenMissing: node.whenMissing };
}

function isScalar(nodes: readonly IrNode[], ref: Ref): boolean {
  const { type } = nodes[ref]!;
  return type.shape.length === 0 && type.kind !== 'bool';
}

function rewritten(
  node: TreesNode,
  indicators: readonly (Indicator | undefined)[],
  done: Map<Splits, Splits>,
): TreesNode {
  const features: Ref[] = [];
  const place = node.features.map((ref, index) => {
    const field = indicators[index]?.field ?? ref;
    const known = features.indexOf(field);
    return known >= 0 ? known : features.push(field) - 1;
  });
  let splits = done.get(node.splits);
  if (splits === undefined) {
    splits = rewriteSplits(node.splits, indicators, place);
    done.set(node.splits, splits);
  }
  return { ...node, features, splits };
}

function rewriteSplits(old: Splits, indicators: readonly (Indicator | undefined)[], place: readonly number[]): Splits {
  const sets = [...old.sets];
  const setOf = new Map<string | number, number>();
  const feature = Int32Array.from(old.feature, (index) => (index < 0 ? index : place[index]!));
  const test = old.test.slice();
  const threshold = old.threshold.slice();
  const [whenTrue, whenFalse, whenMissing] = [old.whenTrue.slice(), old.whenFalse.slice(), old.whenMissing.slice()];
  for (let i = 0; i < feature.length; i++) {
    const indicator = old.feature[i]! < 0 ? undefined : indicators[old.feature[i]!];
    if (indicator === undefined || old.test[i] === TEST.true) continue;
    const follow = (value: number | null) => {
      if (value === null) return old.whenMissing[i]!;
      return holds(old, i, value) ? old.whenTrue[i]! : old.whenFalse[i]!;
    };
    let set = setOf.get(indicator.category);
    if (set === undefined) {
      set = sets.push([indicator.category]) - 1;
      setOf.set(indicator.category, set);
    }
    test[i] = TEST.in;
    threshold[i] = set;
    whenTrue[i] = follow(1);
    whenFalse[i] = follow(0);
    whenMissing[i] = follow(indicator.whenMissing);
  }
  return { ...old, feature, test, threshold, whenTrue, whenFalse, whenMissing, sets };
}
