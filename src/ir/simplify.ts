import { IrBuilder } from './builder.js';
import { foldCast, foldPrimitive } from './fold.js';
import type { Splits } from './forest.js';
import { joinedSum } from './forest-sums.js';
import {
  type ConstNode,
  type InputNode,
  type IrNode,
  inputsOf,
  type LinearNode,
  type LookupNode,
  type PrimitiveNode,
  type Program,
  withInputs,
} from './nodes.js';
import { isFloat, type Literal, type Ref } from './types.js';

/**
 * The same program without what no output needs: constants folded, casts and tables joined, tests on what is never
 * missing decided. Values stay the same, bit for bit; inputs stay all.
 */
export function simplify(program: Program): Program {
  const builder = new IrBuilder();
  const models = new Map<string, Ref[]>();
  const made = new Map<Ref, Ref>();
  for (const ref of program.inputs) {
    const node = program.nodes[ref] as InputNode;
    made.set(ref, builder.input(node.field, node.type.kind));
  }
  const needed = neededNodes(program);
  const inner = innerSums(program, needed);
  program.nodes.forEach((node, ref) => {
    if (!needed.has(ref) || made.has(ref)) return;
    const at = (old: Ref) => made.get(old)!;
    const rebuild = () => {
      const key = modelKey(node, at);
      const twin =
        key === undefined ? undefined : models.get(key)?.find((other) => isTwin(builder.nodes[other]!, node));
      if (twin !== undefined) return twin;
      const fresh = (inner.has(ref) ? undefined : forestSum(builder, node, at)) ?? rebuilt(builder, node, at);
      if (key !== undefined) models.set(key, [...(models.get(key) ?? []), fresh]);
      return fresh;
    };
    made.set(ref, node.origin === undefined ? rebuild() : builder.at(node.origin, rebuild));
  });
  const outputs = program.outputs.map((output) => ({ ...output, ref: made.get(output.ref)! }));
  const { nodes: _, inputs: __, ...rest } = program;
  return compact(builder.finish({ ...rest, outputs }));
}

/** The additions whose sum is only the left side of another addition. */
function innerSums(program: Program, needed: ReadonlySet<Ref>): ReadonlySet<Ref> {
  const inner = new Set<Ref>();
  const isSum = (node: IrNode) => node.op === 'primitive' && node.fn === 'add';
  for (const ref of needed) {
    const node = program.nodes[ref]!;
    if (!isSum(node)) continue;
    const [left] = inputsOf(node);
    if (isSum(program.nodes[left!]!)) inner.add(left!);
  }
  return inner;
}

function forestSum(builder: IrBuilder, node: IrNode, at: (old: Ref) => Ref): Ref | undefined {
  if (node.op !== 'primitive' || node.fn !== 'add' || node.type.shape.length > 0) return undefined;
  return joinedSum(builder, at(node.inputs[0]!), at(node.inputs[1]!));
}

/** What two model nodes must share to be worth comparing. */
function modelKey(node: IrNode, at: (old: Ref) => Ref): string | undefined {
  if (node.op !== 'trees' && node.op !== 'linear') return undefined;
  const size = node.op === 'trees' ? `${node.combine} ${node.leaves.length}` : node.weights.length;
  return `${node.op} ${node.type.kind} ${node.type.shape[0]} ${size} ${node.features.map(at).join()}`;
}

/** Whether two model nodes with the same features compute the same. */
function isTwin(a: IrNode, b: IrNode): boolean {
  if (a.op === 'linear' && b.op === 'linear') {
    return sameNumbers(a.weights, b.weights) && sameNumbers(a.intercepts, b.intercepts);
  }
  if (a.op !== 'trees' || b.op !== 'trees' || a.width !== b.width) return false;
  const [weights, others] = [a.weights ?? new Float64Array(), b.weights ?? new Float64Array()];
  return sameNumbers(a.leaves, b.leaves) && sameNumbers(weights, others) && sameSplits(a.splits, b.splits);
}

function sameSplits(a: Splits, b: Splits): boolean {
  if (a === b) return true;
  const columns = ['roots', 'feature', 'test', 'threshold', 'whenTrue', 'whenFalse', 'whenMissing', 'leaf'] as const;
  return (
    columns.every((column) => sameNumbers(a[column], b[column])) && JSON.stringify(a.sets) === JSON.stringify(b.sets)
  );
}

function sameNumbers(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}

function neededNodes(program: Program): Set<Ref> {
  const needed = new Set<Ref>();
  const pending = program.outputs.map((output) => output.ref);
  while (pending.length > 0) {
    const ref = pending.pop()!;
    if (needed.has(ref)) continue;
    needed.add(ref);
    pending.push(...inputsOf(program.nodes[ref]!));
  }
  return needed;
}

/** Leaves out the nodes that rewriting made superfluous. */
function compact(program: Program): Program {
  const needed = neededNodes(program);
  for (const ref of program.inputs) needed.add(ref);
  const moved = new Map<Ref, Ref>();
  const nodes: IrNode[] = [];
  program.nodes.forEach((node, ref) => {
    if (needed.has(ref)) moved.set(ref, nodes.push(withInputs(node, (old) => moved.get(old)!)) - 1);
  });
  const outputs = program.outputs.map((output) => ({ ...output, ref: moved.get(output.ref)! }));
  return { ...program, nodes, inputs: program.inputs.map((ref) => moved.get(ref)!), outputs };
}

function rebuilt(builder: IrBuilder, node: IrNode, at: (old: Ref) => Ref): Ref {
  switch (node.op) {
    case 'input':
      return builder.input(node.field, node.type.kind);
    case 'const':
      return node.type.shape.length === 0
        ? builder.const(node.type.kind, node.values[0]!)
        : builder.constVector(node.type.kind, node.values);
    case 'primitive':
      return primitive(builder, node, node.inputs.map(at));
    case 'cast':
      return cast(builder, at(node.input), node.type.kind);
    case 'pack':
      return builder.pack(node.inputs.map(at));
    case 'element':
      return element(builder, at(node.input), node.index);
    case 'lookup':
      return lookup(builder, node, at(node.input));
    case 'one-hot':
      return builder.oneHot(at(node.input), node.categories, node.type.kind);
    case 'reduce':
      return builder.reduce(node.fn, at(node.input));
    case 'vector-function':
      return builder.vectorFunction(node.fn, at(node.input));
    case 'trees': {
      const { type, origin: _, op: __, ...rest } = node;
      return builder.trees(type.kind as 'float32' | 'float64', { ...rest, features: node.features.map(at) });
    }
    case 'linear':
      return builder.linear(
        node.type.kind as 'float32' | 'float64',
        node.features.map(at),
        node.weights,
        node.intercepts,
      );
  }
}

function constAt(builder: IrBuilder, ref: Ref): ConstNode | undefined {
  const node = builder.nodes[ref]!;
  return node.op === 'const' ? node : undefined;
}

/** The one value of a constant scalar, or that all elements of a constant vector have. */
function only(builder: IrBuilder, ref: Ref): Literal | undefined {
  const node = constAt(builder, ref);
  if (node === undefined) return undefined;
  const first = node.values[0]!;
  return node.values.every((value) => Object.is(value, first)) ? first : undefined;
}

function isVector(builder: IrBuilder, ref: Ref): boolean {
  return builder.typeOf(ref).shape.length > 0;
}

function primitive(builder: IrBuilder, node: PrimitiveNode, inputs: readonly Ref[]): Ref {
  const { fn } = node;
  const [a, b, c] = inputs as [Ref, Ref, Ref];
  const folded = foldAll(builder, node, inputs);
  if (folded !== undefined) return folded;
  const keepsShape = (kept: Ref) => isVector(builder, kept) || node.type.shape.length === 0;
  switch (fn) {
    case 'coalesce':
      if (!builder.typeOf(a).missing) return keepsShape(a) ? a : builder.apply(fn, a, b);
      if (only(builder, a) === null && keepsShape(b)) return b;
      break;
    case 'is-missing':
      if (!builder.typeOf(a).missing && !isVector(builder, a)) return builder.const('bool', false);
      break;
    case 'select': {
      const condition = only(builder, a);
      if (condition === true && keepsShape(b)) return b;
      if (condition === false && keepsShape(c)) return c;
      if (b === c && !builder.typeOf(a).missing && keepsShape(b)) return b;
      break;
    }
    case 'not': {
      const inner = builder.nodes[a]!;
      if (inner.op === 'primitive' && inner.fn === 'not') return inner.inputs[0]!;
      break;
    }
    case 'and':
    case 'or': {
      const neutral = fn === 'and';
      if (a === b) return a;
      if (only(builder, a) === neutral && keepsShape(b)) return b;
      if (only(builder, b) === neutral && keepsShape(a)) return a;
      break;
    }
    case 'mul':
      if (only(builder, b) === 1 && keepsShape(a)) return a;
      if (only(builder, a) === 1 && keepsShape(b)) return b;
      break;
    case 'div':
      if (only(builder, b) === 1 && keepsShape(a)) return a;
      break;
    case 'sub':
      // x − (+0) is x, −0 included; x + 0 is not.
      if (Object.is(only(builder, b), 0) && keepsShape(a)) return a;
      break;
    case 'add':
      return joinedIntercepts(builder, a, b) ?? joinedIntercepts(builder, b, a) ?? builder.apply(fn, a, b);
  }
  return builder.apply(fn, ...inputs);
}

/** Constants added to a linear function that has no intercepts yet become its intercepts. */
function joinedIntercepts(builder: IrBuilder, a: Ref, b: Ref): Ref | undefined {
  const added = constAt(builder, b);
  const node = builder.nodes[a]!;
  const picked = node.op === 'element' ? node.index : undefined;
  const linear = node.op === 'element' ? builder.nodes[node.input]! : node;
  if (added === undefined || linear.op !== 'linear' || linear.intercepts.some((value) => value !== 0)) return undefined;
  const count = linear.intercepts.length;
  if (picked !== undefined && count > 1) return undefined;
  const values = Array.from({ length: count }, (_, index) => added.values[added.values.length === 1 ? 0 : index]);
  if (added.values.length > count || values.some((value) => typeof value !== 'number' || Number.isNaN(value)))
    return undefined;
  const joined = withIntercepts(builder, linear, Float64Array.from(values as number[]));
  return picked === undefined || isVector(builder, b) ? joined : builder.element(joined, 0);
}

function withIntercepts(builder: IrBuilder, linear: LinearNode, intercepts: Float64Array): Ref {
  return builder.linear(linear.type.kind as 'float32' | 'float64', linear.features, linear.weights, intercepts);
}

function foldAll(builder: IrBuilder, node: PrimitiveNode, inputs: readonly Ref[]): Ref | undefined {
  const consts = inputs.map((ref) => constAt(builder, ref));
  if (inputs.length === 0 || consts.some((found) => found === undefined)) return undefined;
  const size = node.type.shape[0] ?? 1;
  const values: Literal[] = [];
  for (let index = 0; index < size; index++) {
    const literals = consts.map((found) => found!.values[found!.values.length === 1 ? 0 : index]!);
    const value = foldPrimitive(node.fn, consts[consts.length - 1]!.type.kind, literals);
    if (value === undefined) return undefined;
    values.push(value);
  }
  const { kind, shape } = node.type;
  return shape.length === 0 ? builder.const(kind, values[0]!) : builder.constVector(kind, values);
}

function cast(builder: IrBuilder, input: Ref, kind: IrNode['type']['kind']): Ref {
  const node = builder.nodes[input]!;
  if (node.op === 'const') {
    const values = node.values.map((value) => foldCast(value, kind));
    if (values.every((value) => value !== undefined)) {
      return isVector(builder, input) ? builder.constVector(kind, values) : builder.const(kind, values[0]!);
    }
  }
  if (node.op === 'cast') {
    const origin = builder.kindOf(node.input);
    // Widened and narrowed again.
    if (origin === 'float32' && node.type.kind === 'float64') return builder.cast(node.input, kind);
    if (origin === 'int32' && node.type.kind === 'int64') return builder.cast(node.input, kind);
    if (origin === 'bool' && kind !== 'bool') return builder.cast(node.input, kind);
  }
  return builder.cast(input, kind);
}

/** One element of a vector that is computed element by element is computed alone. */
function element(builder: IrBuilder, input: Ref, index: number): Ref {
  const node = builder.nodes[input]!;
  if (node.op === 'cast' && isFloat(node.type.kind))
    return builder.cast(builder.element(node.input, index), node.type.kind);
  return builder.element(input, index);
}

/** A table behind a table is one table. */
function lookup(builder: IrBuilder, node: LookupNode, input: Ref): Ref {
  const { kind } = node.type;
  const inner = builder.nodes[input]!;
  const find = (value: Literal): Literal => {
    if (value === null || (typeof value === 'number' && Number.isNaN(value))) return node.whenMissing;
    const at = node.keys.findIndex(
      (key) => key === value || (typeof key !== typeof value && Number(key) === Number(value)),
    );
    return at < 0 ? node.otherwise : node.values[at]!;
  };
  if (inner.op === 'const' && inner.type.shape.length === 0) return builder.const(kind, find(inner.values[0]!));
  if (inner.op === 'lookup' && !isFloat(inner.type.kind)) {
    const values = inner.values.map(find);
    return builder.lookup(inner.input, kind, inner.keys, values, find(inner.otherwise), find(inner.whenMissing));
  }
  // An index of the largest element is always in a table of all indices.
  const total = node.otherwise === null && node.values.length > 0 && coversIndices(builder, input, node);
  const otherwise = total ? node.values[0]! : node.otherwise;
  return builder.lookup(input, kind, node.keys, node.values, otherwise, node.whenMissing);
}

function coversIndices(builder: IrBuilder, input: Ref, node: LookupNode): boolean {
  let index = builder.nodes[input]!;
  while (index.op === 'cast' && index.type.kind !== 'bool') index = builder.nodes[index.input]!;
  if (index.op !== 'reduce' || (index.fn !== 'argmax' && index.fn !== 'argmin')) return false;
  const size = builder.typeOf(index.input).shape[0] ?? 1;
  const keys = new Set(node.keys.map(Number));
  return Array.from({ length: size }, (_, at) => at).every((at) => keys.has(at));
}
