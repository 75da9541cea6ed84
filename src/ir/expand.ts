import { IrBuilder } from './builder.js';
import { TEST, TESTS } from './forest.js';
import type { IrNode, LinearNode, OneHotNode, Program, TreesNode } from './nodes.js';
import type { Kind, Ref } from './types.js';

/**
 * The same program with every model node written out in primitives, for targets that lack its idiom: trees as nested
 * selects, linear models as products and sums in the same order, one-hot vectors as comparisons.
 */
export function expand(program: Program): Program {
  const builder = new IrBuilder();
  const moved: Ref[] = [];
  for (const node of program.nodes) {
    moved.push(builder.at(node.origin ?? {}, () => moveNode(builder, node, (ref) => moved[ref]!)));
  }
  const outputs = program.outputs.map((output) => ({ ...output, ref: moved[output.ref]! }));
  const { nodes: _, inputs: __, ...rest } = program;
  return builder.finish({ ...rest, outputs });
}

type Move = (ref: Ref) => Ref;

function moveNode(builder: IrBuilder, node: IrNode, to: Move): Ref {
  switch (node.op) {
    case 'input':
      return builder.input(node.field, node.type.kind);
    case 'const':
      return node.type.shape.length === 0
        ? builder.const(node.type.kind, node.values[0]!)
        : builder.constVector(node.type.kind, node.values);
    case 'primitive':
      return builder.apply(node.fn, ...node.inputs.map(to));
    case 'cast':
      return builder.cast(to(node.input), node.type.kind);
    case 'pack':
      return builder.pack(node.inputs.map(to));
    case 'element':
      return builder.element(to(node.input), node.index);
    case 'lookup':
      return builder.lookup(to(node.input), node.type.kind, node.keys, node.values, node.otherwise, node.whenMissing);
    case 'reduce':
      return builder.reduce(node.fn, to(node.input));
    case 'vector-function':
      return builder.vectorFunction(node.fn, to(node.input));
    case 'one-hot':
      return oneHot(builder, node, to);
    case 'linear':
      return linear(builder, node, to);
    case 'trees':
      return trees(builder, node, to);
  }
}

function oneHot(builder: IrBuilder, node: OneHotNode, to: Move): Ref {
  const { kind } = node.type;
  const input = to(node.input);
  const from = builder.kindOf(input);
  const flags = node.categories.map((category) => {
    const equal = builder.apply('eq', input, constant(builder, from, category));
    const sure = builder.apply('coalesce', equal, builder.const('bool', false));
    return builder.apply('select', sure, builder.const(kind, one(kind, 1)), builder.const(kind, one(kind, 0)));
  });
  return builder.pack(flags);
}

const one = (kind: Kind, value: number) => (kind === 'int64' ? BigInt(value) : value);

function constant(builder: IrBuilder, kind: Kind, value: string | number): Ref {
  return builder.const(kind, kind === 'int64' ? BigInt(value) : value);
}

function linear(builder: IrBuilder, node: LinearNode, to: Move): Ref {
  const kind = node.type.kind;
  const features = node.features.map((ref) => builder.cast(to(ref), kind));
  const rows = Array.from(node.intercepts, (intercept, output) => {
    const products = features.map((feature, index) => {
      const weight = builder.const(kind, node.weights[output * features.length + index]!);
      return builder.apply('mul', feature, weight);
    });
    const sum = products.reduce((total, product) => builder.apply('add', total, product), builder.const(kind, 0));
    return builder.apply('add', sum, builder.const(kind, intercept));
  });
  return builder.pack(rows);
}

function trees(builder: IrBuilder, node: TreesNode, to: Move): Ref {
  const { splits, width, combine } = node;
  const kind = node.type.kind;
  const features = node.features.map(to);
  const each = Array.from(splits.roots, (root, tree) => {
    const memo = new Map<number, Ref[]>();
    return subtree(builder, node, features, root, memo).map((score) => {
      const weight = node.weights?.[tree];
      return weight === undefined ? score : builder.apply('mul', score, builder.const(kind, weight));
    });
  });
  if (combine === 'each') return builder.pack(each.flat());
  const fn = combine === 'sum' ? 'add' : combine;
  const totals = Array.from({ length: width }, (_, i) =>
    each.map((scores) => scores[i]!).reduce((a, b) => builder.apply(fn, a, b)),
  );
  return builder.pack(totals);
}

/** The values of a subtree; a shared one is written once. */
function subtree(
  builder: IrBuilder,
  node: TreesNode,
  features: readonly Ref[],
  at: number,
  memo: Map<number, Ref[]>,
): Ref[] {
  const known = memo.get(at);
  if (known !== undefined) return known;
  const { splits, leaves, width } = node;
  const leaf = splits.leaf[at]!;
  let values: Ref[];
  if (leaf >= 0) {
    values = Array.from(leaves.subarray(leaf * width, (leaf + 1) * width), (score) =>
      builder.const(node.type.kind, score),
    );
  } else if (splits.test[at] === TEST.true) {
    values = subtree(builder, node, features, splits.whenTrue[at]!, memo);
  } else {
    const [yes, no, missing] = [splits.whenTrue[at]!, splits.whenFalse[at]!, splits.whenMissing[at]!].map((child) =>
      subtree(builder, node, features, child, memo),
    );
    const feature = features[splits.feature[at]!]!;
    const test = comparison(builder, node, at, feature);
    const gone = builder.apply('is-missing', feature);
    const sure = builder.apply('coalesce', test, builder.const('bool', false));
    values = yes!.map((value, i) => {
      const decided = value === no![i] ? value : builder.apply('select', sure, value, no![i]!);
      return missing![i] === no![i] || !builder.typeOf(feature).missing
        ? decided
        : builder.apply('select', gone, missing![i]!, decided);
    });
  }
  memo.set(at, values);
  return values;
}

function comparison(builder: IrBuilder, node: TreesNode, at: number, feature: Ref): Ref {
  const { test, threshold, sets } = node.splits;
  const kind = builder.kindOf(feature);
  if (test[at] !== TEST.in) {
    const fn = TESTS[test[at]!] as 'lt' | 'le' | 'gt' | 'ge' | 'eq' | 'ne';
    return builder.apply(fn, builder.cast(feature, 'float64'), builder.const('float64', threshold[at]!));
  }
  const members = sets[threshold[at]!]!;
  return members
    .map((member) => builder.apply('eq', feature, constant(builder, kind, member)))
    .reduce((a, b) => builder.apply('or', a, b));
}
