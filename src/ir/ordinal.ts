import { holds, type Splits, TEST } from './forest.js';
import type { IrNode, LookupNode, Program, TreesNode } from './nodes.js';
import type { Literal, Ref } from './types.js';

/** Tables longer than this stay: their sets would be larger than the comparisons they replace. */
const LONGEST = 64;

/**
 * The same nodes with trees that test a text field itself where they tested numbers that a table gave for it:
 * `code(city) ≤ 1.5` becomes `city in {Lima, Oslo}`. A feature of which one split would need an empty set stays.
 */
export function withTextSplits(program: Program): Program {
  let changed = false;
  const nodes = program.nodes.map((node) => {
    if (node.op !== 'trees') return node;
    const result = rewritten(program.nodes, node);
    if (result !== undefined) changed = true;
    return result ?? node;
  });
  return changed ? { ...program, nodes } : program;
}

/** The table from texts to numbers behind a feature. */
function tableOf(nodes: readonly IrNode[], ref: Ref): LookupNode | undefined {
  const node = nodes[ref]!;
  if (node.op === 'cast') return node.type.kind === 'bool' ? undefined : tableOf(nodes, node.input);
  if (node.op !== 'lookup' || node.type.shape.length > 0 || nodes[node.input]!.type.kind !== 'string') return undefined;
  const numbers = node.values.every((value) => typeof value === 'number' && !Number.isNaN(value));
  return numbers && node.keys.length <= LONGEST && typeof node.otherwise === 'number' ? node : undefined;
}

function rewritten(nodes: readonly IrNode[], node: TreesNode): TreesNode | undefined {
  const tables = node.features.map((ref) => tableOf(nodes, ref));
  if (tables.every((table) => table === undefined)) return undefined;
  const splits = {
    ...node.splits,
    test: node.splits.test.slice(),
    threshold: node.splits.threshold.slice(),
    whenTrue: node.splits.whenTrue.slice(),
    whenFalse: node.splits.whenFalse.slice(),
    whenMissing: node.splits.whenMissing.slice(),
    sets: [...node.splits.sets],
  };
  const features = [...node.features];
  tables.forEach((table, feature) => {
    if (table !== undefined && rewriteFeature(node.splits, splits, feature, table)) features[feature] = table.input;
  });
  if (features.every((ref, index) => ref === node.features[index])) return undefined;
  return { ...node, features, splits: withUsedSets(splits) };
}

function withUsedSets(splits: Draft): Splits {
  const moved = new Map<number, number>();
  for (let at = 0; at < splits.feature.length; at++) {
    if (splits.leaf[at]! >= 0 || splits.test[at] !== TEST.in) continue;
    const old = splits.threshold[at]!;
    let set = moved.get(old);
    if (set === undefined) moved.set(old, (set = moved.size));
    splits.threshold[at] = set;
  }
  return { ...splits, sets: [...moved.keys()].map((old) => splits.sets[old]!) };
}

type Draft = Omit<Splits, 'sets'> & { sets: (readonly (string | number)[])[] };

/** False, and nothing changed, where some split cannot be a test of the text. */
function rewriteFeature(old: Splits, draft: Draft, feature: number, table: LookupNode): boolean {
  const plans: { at: number; set: string[]; swapped: boolean }[] = [];
  for (let at = 0; at < old.feature.length; at++) {
    if (old.feature[at] !== feature || old.leaf[at]! >= 0 || old.test[at] === TEST.true) continue;
    const swapped = holds(old, at, table.otherwise as number);
    const set = table.keys.filter((_, index) => holds(old, at, table.values[index] as number) !== swapped) as string[];
    if (set.length === 0) return false;
    plans.push({ at, set, swapped });
  }
  const known = new Map<string, number>();
  for (const { at, set, swapped } of plans) {
    const key = JSON.stringify(set);
    let index = known.get(key);
    if (index === undefined) known.set(key, (index = draft.sets.push(set) - 1));
    const follow = (value: Literal): number => {
      if (value === null || Number.isNaN(value)) return old.whenMissing[at]!;
      return holds(old, at, value as number) ? old.whenTrue[at]! : old.whenFalse[at]!;
    };
    draft.test[at] = TEST.in;
    draft.threshold[at] = index;
    draft.whenMissing[at] = follow(table.whenMissing);
    draft.whenTrue[at] = swapped ? old.whenFalse[at]! : old.whenTrue[at]!;
    draft.whenFalse[at] = swapped ? old.whenTrue[at]! : old.whenFalse[at]!;
  }
  return true;
}
