import type { TreesNode } from '../../ir/nodes.js';
import type { Primitive } from '../../ir/primitives.js';
import { isFloat, type Kind, type Ref, type Type } from '../../ir/types.js';
import { attr } from './emitter.js';
import { emitLookup } from './lookups.js';
import { lower } from './lower.js';
import { isPlainSum, merged } from './merged-trees.js';
import { EMISSIONS } from './primitives.js';
import {
  batched,
  converted,
  type Lowering,
  type MatrixColumn,
  nodeAt,
  type Operand,
  placeAt,
  typeAt,
} from './state.js';
import { canMerge, lowerTrees } from './trees.js';

/** Columns of `width` at `indices`; all of them in order is the tensor itself. */
export function columnsAt(state: Lowering, operand: Operand, indices: readonly number[]): Operand {
  if (indices.length === operand.width && indices.every((index, at) => index === at)) return operand;
  const { emitter } = state;
  const list = emitter.constant('int64', [indices.length], indices, 'columns');
  const take = (name: string) => emitter.op('Gather', [name, list], [attr.int('axis', 1)]);
  const valid = operand.valid === undefined ? {} : { valid: take(operand.valid) };
  return { ...operand, name: take(operand.name), ...valid, width: indices.length };
}

/** Columns side by side. */
export function sideBySide(state: Lowering, operands: readonly Operand[]): Operand {
  if (operands.length === 1) return operands[0]!;
  const full = operands.map((operand) => batched(state, operand));
  const join = (names: string[]) => state.emitter.op('Concat', names, [attr.int('axis', 1)]);
  const first = full[0]!;
  const width = full.reduce((sum, operand) => sum + operand.width, 0);
  const missing = full.some((operand) => operand.missing);
  const name = join(full.map((operand) => operand.name));
  const result: Operand = { name, kind: first.kind, width, missing, constant: false };
  if (!missing || isFloat(first.kind) || first.kind === 'string') return result;
  const masks = full.map((operand) => operand.valid ?? allTrue(state, operand));
  return { ...result, valid: join(masks) };
}

function allTrue(state: Lowering, operand: Operand): string {
  const yes = state.emitter.constant(
    'bool',
    [1, operand.width],
    new Array<boolean>(operand.width).fill(true),
    'present',
  );
  return batched(state, { ...operand, name: yes, kind: 'bool', constant: true }).name;
}

/** The matrix column that a scalar is, as it stands there: an input, or an integer input read as a float. */
export function matrixColumn(state: Lowering, ref: Ref, kind: Kind): MatrixColumn | undefined {
  const column = state.columns.get(ref);
  if (column !== undefined) return column.kind === kind ? column : undefined;
  const node = nodeAt(state, ref);
  if (node.op !== 'cast' || node.type.kind !== kind) return undefined;
  const from = typeAt(state, node.input).kind;
  const widened = (from === 'int32' || from === 'int64') && kind === 'float64';
  return widened ? matrixColumn(state, node.input, kind) : undefined;
}

/** What neighbouring scalars must share to be computed as one tensor; undefined: nothing. */
function likeness(state: Lowering, ref: Ref): string | undefined {
  const node = nodeAt(state, ref);
  const { kind, shape } = node.type;
  if (shape.length > 0) return undefined;
  const column = matrixColumn(state, ref, kind);
  if (column !== undefined) return `matrix ${column.matrix}`;
  const masked = (type: Type) => (type.missing && !isFloat(type.kind) && type.kind !== 'string' ? '?' : '');
  switch (node.op) {
    case 'input':
      return state.columns.has(ref) ? `input ${kind}${masked(node.type)}` : undefined;
    case 'const':
      return masked(node.type) === '' ? 'const' : undefined;
    case 'element': {
      const source = nodeAt(state, node.input);
      const single = source.op === 'trees' && source.type.shape[0] === 1 && isPlainSum(source);
      return single ? `trees ${kind}` : `element ${node.input}`;
    }
    case 'primitive': {
      const types = node.inputs.map((input) => typeAt(state, input));
      if (types.some((type) => type.shape.length > 0)) return undefined;
      return `${node.fn} ${types.map((type) => type.kind + masked(type)).join()}`;
    }
    case 'cast': {
      const from = typeAt(state, node.input);
      return `cast ${from.kind}${masked(from)}`;
    }
    case 'lookup':
      return lookupLikeness(state, ref);
    default:
      return undefined;
  }
}

function lookupLikeness(state: Lowering, ref: Ref): string | undefined {
  const node = nodeAt(state, ref);
  if (node.op !== 'lookup') return undefined;
  const from = typeAt(state, node.input);
  const table = JSON.stringify([
    node.keys.map(String),
    node.values.map(String),
    String(node.otherwise),
    String(node.whenMissing),
  ]);
  return `lookup ${from.kind} ${from.missing} ${node.type.kind} ${table}`;
}

/** Second operands that change nothing: x − 0, x × 1 and x / 1 are x. */
const NEUTRAL: Partial<Record<Primitive, number>> = { sub: 0, mul: 1, div: 1 };

/**
 * The columns as one operator with a constant each, where most of them are that; the others take the neutral constant.
 * A scaler of every column is such a run, also where a column's offset was 0 or its scale 1.
 */
function scaledColumns(state: Lowering, refs: readonly Ref[]): Operand | undefined {
  const constants = refs.map((ref) => scaling(state, ref));
  const counts = new Map<Primitive, number>();
  for (const found of constants) if (found !== undefined) counts.set(found.fn, (counts.get(found.fn) ?? 0) + 1);
  const [fn, count] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [];
  const { kind } = typeAt(state, refs[0]!);
  if (fn === undefined || count! < 2 || count === refs.length || count! * 2 < refs.length || !isFloat(kind))
    return undefined;
  const sides = refs.map((ref, index) => {
    const found = constants[index];
    return found?.fn === fn ? found : { input: ref, value: NEUTRAL[fn]! };
  });
  if (sides.some(({ input }) => typeAt(state, input).shape.length > 0 || typeAt(state, input).kind !== kind))
    return undefined;
  const left = vectorOf(
    state,
    sides.map(({ input }) => input),
  );
  const values = sides.map(({ value }) => value);
  const name = state.emitter.constant(kind, [1, values.length], values);
  const right: Operand = { name, kind, width: values.length, missing: false, constant: true };
  return EMISSIONS[fn](state, [left, right], placeAt(state, refs[0]!));
}

function scaling(state: Lowering, ref: Ref): { fn: Primitive; input: Ref; value: number } | undefined {
  const node = nodeAt(state, ref);
  if (node.op !== 'primitive' || NEUTRAL[node.fn] === undefined || node.type.shape.length > 0) return undefined;
  const right = nodeAt(state, node.inputs[1]!);
  const value = right.op === 'const' ? right.values[0] : undefined;
  return typeof value === 'number' ? { fn: node.fn, input: node.inputs[0]!, value } : undefined;
}

/** Scalars and vectors of one kind side by side, computed as few tensors as their likeness allows. */
export function vectorOf(state: Lowering, refs: readonly Ref[]): Operand {
  const scaled = refs.length >= 3 ? scaledColumns(state, refs) : undefined;
  if (scaled !== undefined) return scaled;
  const runs: { like: string | undefined; refs: Ref[] }[] = [];
  for (const ref of refs) {
    const like = state.lowered.has(ref) && !isInputOrElement(state, ref) ? undefined : likeness(state, ref);
    const last = runs[runs.length - 1];
    if (like !== undefined && last?.like === like) last.refs.push(ref);
    else runs.push({ like, refs: [ref] });
  }
  return sideBySide(
    state,
    runs.map((run) =>
      run.refs.length === 1 && run.like !== undefined && !run.like.startsWith('matrix') && !run.like.startsWith('input')
        ? lower(state, run.refs[0]!)
        : runOf(state, run.refs, run.like),
    ),
  );
}

function isInputOrElement(state: Lowering, ref: Ref): boolean {
  const op = nodeAt(state, ref).op;
  return op === 'input' || op === 'element';
}

function runOf(state: Lowering, refs: readonly Ref[], like: string | undefined): Operand {
  const first = refs[0]!;
  const node = nodeAt(state, first);
  const { kind } = node.type;
  if (like === undefined) return lower(state, first);
  const missing = refs.some((ref) => typeAt(state, ref).missing);
  if (like.startsWith('matrix')) {
    const columns = refs.map((ref) => matrixColumn(state, ref, kind)!);
    const { matrix, width } = columns[0]!;
    const whole: Operand = { name: matrix, kind, width, missing, constant: false };
    return columnsAt(
      state,
      whole,
      columns.map((column) => column.index),
    );
  }
  const argument = (index: number): Operand => {
    const inputs = refs.map((ref) => {
      const each = nodeAt(state, ref);
      return each.op === 'primitive' ? each.inputs[index]! : (each as { input: Ref }).input;
    });
    return inputs.every((input) => input === inputs[0]) ? lower(state, inputs[0]!) : vectorOf(state, inputs);
  };
  switch (node.op) {
    case 'input': {
      const columns = refs.map((ref) => state.columns.get(ref)!);
      const { matrix, width, kind: carrier } = columns[0]!;
      const nan = isFloat(carrier) && missing;
      const whole: Operand = { name: matrix, kind: carrier, width, missing: nan, constant: false };
      const indices = columns.map((column) => column.index);
      return converted(state, columnsAt(state, whole, indices), kind);
    }
    case 'const': {
      const literals = refs.map((ref) => nodeAt(state, ref)).map((each) => (each.op === 'const' ? each.values[0]! : 0));
      const cells = literals.map((literal) => literal ?? (kind === 'string' ? '' : Number.NaN));
      const name = state.emitter.constant(kind, [1, cells.length], cells);
      return { name, kind, width: cells.length, missing, constant: true };
    }
    case 'element': {
      if (like.startsWith('trees')) return forests(state, refs);
      const whole = lower(state, node.input);
      const indices = refs.map((ref) => nodeAt(state, ref)).map((each) => (each.op === 'element' ? each.index : 0));
      return columnsAt(state, whole, indices);
    }
    case 'primitive': {
      const operands = node.inputs.map((_, index) => argument(index));
      return widened(state, EMISSIONS[node.fn](state, operands, placeAt(state, first)), refs.length, missing);
    }
    case 'cast':
      return widened(state, converted(state, argument(0), kind), refs.length, missing);
    case 'lookup':
      return widened(state, emitLookup(state, node, argument(0)), refs.length, missing);
    default:
      return lower(state, first);
  }
}

/** Sums of trees side by side: one operator with a target for each, where that is possible. */
function forests(state: Lowering, refs: readonly Ref[]): Operand {
  const sources = refs.map((ref) => (nodeAt(state, ref) as { input: Ref }).input);
  const nodes = sources.map((source) => nodeAt(state, source) as TreesNode);
  if (new Set(sources).size < sources.length || !canMerge(state, nodes)) {
    return sideBySide(
      state,
      refs.map((ref) => lower(state, ref)),
    );
  }
  const all = lowerTrees(state, sources[0]!, merged(nodes));
  sources.forEach((source, index) => {
    state.lowered.set(source, columnsAt(state, all, [index]));
  });
  return all;
}

/** Where every argument was the same single column the result is one column, repeated. */
function widened(state: Lowering, operand: Operand, width: number, missing: boolean): Operand {
  const spelled = isFloat(operand.kind) || operand.kind === 'string';
  const whole = { ...operand, missing: spelled ? operand.missing || missing : operand.valid !== undefined };
  return operand.width === width ? whole : columnsAt(state, whole, new Array<number>(width).fill(0));
}
