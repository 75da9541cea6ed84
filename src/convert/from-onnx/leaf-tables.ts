import type { TreesNode } from '../../ir/nodes.js';
import type { Ref } from '../../ir/types.js';
import { shaped } from './broadcast.js';
import { type Call, cannot, constInput, intAttr, mixesRows, type Rule, rowsInput } from './call.js';
import { BATCH, type ConstValue, innerDims, packed, product, type RowValue, type Value } from './values.js';

/** The trees whose values, one a tree, stand behind a computed index. */
function treesBehind(call: Call, ref: Ref): TreesNode | undefined {
  const node = call.builder.nodes[ref]!;
  if (node.op === 'cast') return treesBehind(call, node.input);
  if (node.op === 'element' && call.builder.typeOf(node.input).shape[0] === 1) return treesBehind(call, node.input);
  if (node.op !== 'trees' || node.width !== 1 || node.weights !== undefined) return undefined;
  return node.combine === 'each' || node.splits.roots.length === 1 ? node : undefined;
}

/** Rows of a constant table, chosen by trees that give the number of their leaf: trees with those rows as leaf values. */
export function leafTable(call: Call, table: Value, indices: RowValue, axis: number): RowValue | undefined {
  const trees = treesBehind(call, indices.ref);
  if (trees === undefined || table.of !== 'const' || table.dims.length !== 2 || axis !== 0) return undefined;
  if (table.kind !== 'float32' && table.kind !== 'float64') return undefined;
  const width = table.dims[1]!;
  const leaves = new Float64Array(trees.splits.leafCount * width);
  for (let leaf = 0; leaf < trees.splits.leafCount; leaf++) {
    const row = trees.leaves[leaf]!;
    if (!(row >= 0 && row < table.dims[0]!)) {
      throw cannot(call, 'bad-index', `the trees choose row ${row}`, { expected: `0 to ${table.dims[0]! - 1}` });
    }
    for (let column = 0; column < width; column++) {
      leaves[leaf * width + column] = Number(table.data[row * width + column]);
    }
  }
  const count = trees.splits.roots.length;
  const combine = count === 1 ? 'sum' : 'each';
  const ref = call.builder.trees(table.kind, {
    features: trees.features,
    splits: trees.splits,
    width,
    leaves,
    combine,
  });
  return shaped(call, ref, [BATCH, count, width], 0);
}

/** Running sums over the second axis; only their last one can be moved. */
export const cumSum: Rule = (call) => {
  const value = rowsInput(call, 0);
  const axis = Number(constInput(call, 1).data[0]);
  if (value.batch !== 0 || axis === 0) throw mixesRows(call);
  if (axis !== 1 || intAttr(call, 'exclusive', 0) !== 0 || intAttr(call, 'reverse', 0) !== 0) {
    throw cannot(call, 'cumsum', 'CumSum is moved only over the second axis, forwards');
  }
  const { meaning: _, ...rest } = value;
  return [{ ...rest, running: value }];
};

/** The last of the running sums: the total, added up in order. */
export function lastOfRunning(call: Call, value: RowValue, axis: number, indices: ConstValue): RowValue | undefined {
  const source = value.running;
  if (source === undefined) return undefined;
  const count = source.dims[1]!;
  const [index] = Array.from(indices.data, Number);
  if (axis !== 1 || indices.data.length !== 1 || (index !== count - 1 && index !== -1)) {
    throw cannot(call, 'cumsum', 'of the running sums of CumSum only the last one can be moved');
  }
  const dims = [BATCH, ...indices.dims, ...source.dims.slice(2)];
  return shaped(call, total(call, source, count), dims, 0);
}

function total(call: Call, source: RowValue, count: number): Ref {
  const { builder } = call;
  const width = product(innerDims(source)) / count;
  const node = builder.nodes[source.ref]!;
  const scaled =
    node.op === 'primitive' && node.fn === 'mul' ? node.inputs.map((ref) => builder.nodes[ref]!) : undefined;
  const trees = scaled?.[0] ?? node;
  if (trees.op === 'trees' && trees.combine === 'each' && trees.width === width && trees.weights === undefined) {
    const weights = scaled === undefined ? undefined : weightsOf(scaled[1]!, count, width);
    if (scaled === undefined || weights !== undefined) {
      const { type, origin: _, op: __, ...rest } = trees;
      return builder.trees(type.kind as 'float32' | 'float64', {
        ...rest,
        combine: 'sum',
        ...(weights === undefined ? {} : { weights }),
      });
    }
  }
  const elements = builder.elements(source.ref);
  const sums = Array.from({ length: width }, (_, column) => {
    const terms = Array.from({ length: count }, (__, step) => elements[step * width + column]!);
    return terms.reduce((left, right) => builder.apply('add', left, right));
  });
  return packed(builder, sums);
}

/** One weight a tree, from a constant that repeats it for each of the tree's values. */
function weightsOf(node: { readonly op: string; readonly values?: readonly unknown[] }, count: number, width: number) {
  if (node.op !== 'const' || node.values === undefined) return undefined;
  const { values } = node;
  const at = (tree: number) => values[values.length === 1 ? 0 : tree * width] as number;
  for (let i = 0; i < values.length; i++)
    if (values.length > 1 && values[i] !== at(Math.floor(i / width))) return undefined;
  return Float64Array.from({ length: count }, (_, tree) => at(tree));
}
