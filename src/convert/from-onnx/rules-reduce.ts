import type { IrBuilder } from '../../ir/builder.js';
import type { ReduceNode, VectorFunctionNode } from '../../ir/nodes.js';
import type { Ref } from '../../ir/types.js';
import { elementwise, groupsAlong, shaped } from './broadcast.js';
import {
  attribute,
  axisOf,
  type Call,
  cannot,
  constInput,
  intAttr,
  integersOf,
  mixesRows,
  type Rule,
  rowsInput,
} from './call.js';
import { BATCH, innerDims, packed, picked, product, type RowValue } from './values.js';

/** Reduces one axis; `reduceVector` sees one group's elements. */
function along(call: Call, value: RowValue, axis: number, keep: boolean, reduceVector: (vector: Ref) => Ref): RowValue {
  if (axis === value.batch) throw mixesRows(call);
  const { builder } = call;
  const refs = groupsAlong(value, axis).map((group) => reduceVector(picked(builder, value.ref, group)));
  const dims = keep
    ? value.dims.map((size, at) => (at === axis ? 1 : size))
    : value.dims.filter((_, at) => at !== axis);
  return shaped(call, packed(builder, refs), dims, dims.indexOf(BATCH));
}

function reduced(fn: ReduceNode['fn'], before?: 'abs' | 'square', after?: 'sqrt'): Rule {
  return (call) => {
    const { builder } = call;
    const input = rowsInput(call, 0);
    const rank = input.dims.length;
    const given = integersOf(call, 'axes', 1);
    const none = given === undefined || given.length === 0;
    if (none && intAttr(call, 'noop_with_empty_axes', 0) !== 0) return [input];
    const axes = none ? input.dims.map((_, axis) => axis) : given.map((axis) => axisOf(call, axis, rank));
    const keep = intAttr(call, 'keepdims', 1) !== 0;
    let value = input;
    if (before === 'abs') value = elementwise(call, [value], (ref) => builder.apply('abs', ref));
    if (before === 'square') value = elementwise(call, [value], (ref) => builder.apply('mul', ref, ref));
    for (const axis of [...axes].sort((a, b) => b - a)) {
      value = along(call, value, axis, keep, (vector) => builder.reduce(fn, vector));
    }
    return [after === undefined ? value : elementwise(call, [value], (ref) => builder.apply(after, ref))];
  };
}

/** The product of a row's elements, from the left. */
const reduceProd: Rule = (call) => {
  const { builder } = call;
  const value = rowsInput(call, 0);
  const axes = integersOf(call, 'axes', 1);
  if (axes?.length !== 1) throw cannot(call, 'reduce-axes', 'ReduceProd is moved only along one axis');
  const axis = axisOf(call, axes[0]!, value.dims.length);
  const multiply = (vector: Ref) => builder.elements(vector).reduce((left, right) => builder.apply('mul', left, right));
  return [along(call, value, axis, intAttr(call, 'keepdims', 1) !== 0, multiply)];
};

function indexOf(fn: 'argmax' | 'argmin'): Rule {
  return (call) => {
    const value = rowsInput(call, 0);
    const axis = axisOf(call, intAttr(call, 'axis', 0), value.dims.length);
    if (intAttr(call, 'select_last_index', 0) !== 0) {
      throw cannot(call, 'select-last-index', `${call.node.op_type} that takes the last of equal values is not moved`);
    }
    const keeps = intAttr(call, 'keepdims', 1) !== 0;
    return [along(call, value, axis, keeps, (vector) => call.builder.reduce(fn, withoutNan(call.builder, fn, vector)))];
  };
}

/** NaN is never larger nor smaller than the best so far: behind an element that is a number it has no effect. */
function withoutNan(builder: IrBuilder, fn: 'argmax' | 'argmin', vector: Ref): Ref {
  const node = builder.nodes[vector]!;
  const { kind } = node.type;
  if (node.op !== 'pack' || (kind !== 'float32' && kind !== 'float64')) return vector;
  const elements = builder.elements(vector);
  if (builder.typeOf(elements[0]!).missing) return vector;
  const worst = builder.const(kind, fn === 'argmax' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY);
  return builder.pack(
    elements.map((ref) => (builder.typeOf(ref).missing ? builder.apply('coalesce', ref, worst) : ref)),
  );
}

/** Only the first of the sorted values. */
const topK: Rule = (call) => {
  const value = rowsInput(call, 0);
  const k = call.version < 10 ? intAttr(call, 'k', 1) : Number(constInput(call, 1).data[0]);
  if (k !== 1) throw cannot(call, 'top-k', `TopK of ${k} values is not moved`, { expected: 'K = 1' });
  const axis = axisOf(call, intAttr(call, 'axis', -1), value.dims.length);
  const largest = intAttr(call, 'largest', 1) !== 0;
  const { builder } = call;
  return [
    along(call, value, axis, true, (vector) => builder.reduce(largest ? 'max' : 'min', vector)),
    along(call, value, axis, true, (vector) => builder.reduce(largest ? 'argmax' : 'argmin', vector)),
  ];
};

function vectorFunction(fn: VectorFunctionNode['fn'], after?: 'log'): Rule {
  return (call) => {
    const { builder } = call;
    const value = rowsInput(call, 0);
    const whole = call.version < 13;
    const axis = axisOf(call, intAttr(call, 'axis', whole ? 1 : -1), value.dims.length);
    if (axis === value.batch) throw mixesRows(call);
    const size = value.dims[axis]!;
    if (product(innerDims(value)) !== size)
      throw cannot(call, 'matrix-softmax', `${call.node.op_type} over one of several axes`);
    if (size === 1) throw cannot(call, 'softmax-of-one', `${call.node.op_type} of a single value`);
    const vector = builder.vectorFunction(fn, value.ref);
    const result = shaped(call, vector, value.dims, value.batch, value.meaning);
    return [after === undefined ? result : elementwise(call, [result], (ref) => builder.apply(after, ref))];
  };
}

/** Divides each row by a norm of it; a row whose norm is 0 stays as it is. */
const normalizer: Rule = (call) => {
  const { builder } = call;
  const norm = new TextDecoder().decode(attribute(call, 'norm')?.s ?? new TextEncoder().encode('MAX'));
  const given = rowsInput(call, 0);
  const value = elementwise(call, [given], (ref) => builder.cast(ref, 'float32'), given.meaning);
  const size = product(innerDims(value));
  if (size === 1) throw cannot(call, 'normalize-one', 'Normalizer of a single column is not moved');
  if (norm === 'L1' && sumsToOne(call, value.ref)) return [value];
  const vector = value.ref;
  const zero = builder.const('float32', 0);
  if (norm === 'L1' && isProbability(call, vector)) {
    return [{ ...value, ref: shares(builder, vector, zero) }];
  }
  if (norm === 'L2') {
    // As ONNX Runtime rounds it: the root of x² / Σx², with the sign of x.
    const squares = builder.apply('mul', vector, vector);
    const total = builder.reduce('sum', squares);
    const root = builder.apply('sqrt', builder.apply('div', squares, total));
    const signed = builder.apply('select', builder.apply('lt', vector, zero), builder.apply('neg', root), root);
    return [{ ...value, ref: builder.apply('select', builder.apply('eq', total, zero), vector, signed) }];
  }
  if (norm !== 'L1' && norm !== 'MAX') throw cannot(call, 'norm', `Normalizer with norm ${JSON.stringify(norm)}`);
  const length = norm === 'L1' ? builder.reduce('sum', builder.apply('abs', vector)) : builder.reduce('max', vector);
  const divisor = builder.apply('select', builder.apply('eq', length, zero), builder.const('float32', 1), length);
  return [{ ...value, ref: builder.apply('div', vector, divisor) }];
};

/** Divides each row by its norm; zeros stay zeros. */
const lpNormalization: Rule = (call) => {
  const { builder } = call;
  const value = rowsInput(call, 0);
  const axis = axisOf(call, intAttr(call, 'axis', -1), value.dims.length);
  if (axis === value.batch) throw mixesRows(call);
  const size = product(innerDims(value));
  if (size !== value.dims[axis]) throw cannot(call, 'norm', 'LpNormalization over one of several axes is not moved');
  if (size === 1) throw cannot(call, 'normalize-one', 'LpNormalization of a single column is not moved');
  const vector = value.ref;
  const p = intAttr(call, 'p', 2);
  if (p === 1 && isProbability(call, vector)) {
    return [{ ...value, ref: shares(builder, vector, builder.const(value.kind, 0)) }];
  }
  const length =
    p === 1
      ? builder.reduce('sum', builder.apply('abs', vector))
      : builder.apply('sqrt', builder.reduce('sum', builder.apply('mul', vector, vector)));
  const none = builder.apply('eq', length, builder.const(value.kind, 0));
  const divisor = builder.apply('select', none, builder.const(value.kind, 1), length);
  return [{ ...value, ref: builder.apply('div', vector, divisor) }];
};

/** Shares of positive values; where all have become 0 they stay so. */
function shares(builder: IrBuilder, vector: Ref, zero: Ref): Ref {
  const none = builder.apply('eq', builder.reduce('sum', vector), zero);
  return builder.apply('select', none, vector, builder.vectorFunction('normalize', vector));
}

/** Whether the elements are p and 1 − p, or p(x) and p(−x): their sum rounds to 1. */
function sumsToOne(call: Call, vector: Ref): boolean {
  const { builder } = call;
  const node = builder.nodes[vector]!;
  if (node.op === 'vector-function') return true;
  if (node.op !== 'pack' || node.inputs.length !== 2) return false;
  const [negative, positive] = node.inputs.map((ref) => builder.nodes[ref]!);
  if (negative!.op !== 'primitive' || positive!.op !== 'primitive') return false;
  if (negative!.fn === 'sub' && negative!.inputs[1] === node.inputs[1]) {
    const one = builder.nodes[negative!.inputs[0]!]!;
    return one.op === 'const' && one.values[0] === 1 && isProbability(call, node.inputs[1]!);
  }
  if (negative!.fn !== 'logistic' || positive!.fn !== 'logistic') return false;
  const mirrored = builder.nodes[negative!.inputs[0]!]!;
  return mirrored.op === 'primitive' && mirrored.fn === 'neg' && mirrored.inputs[0] === positive!.inputs[0];
}

/** Whether every element is known to be positive. */
function isProbability(call: Call, ref: Ref): boolean {
  const { builder } = call;
  const node = builder.nodes[ref]!;
  if (node.op === 'vector-function') return true;
  if (node.op === 'primitive') return node.fn === 'logistic' || node.fn === 'exp';
  return node.op === 'pack' && node.inputs.every((input) => isProbability(call, input));
}

const zipMap: Rule = (call) => {
  const value = rowsInput(call, 0);
  const strings = attribute(call, 'classlabels_strings')?.strings?.map((bytes) => new TextDecoder().decode(bytes));
  const ints = attribute(call, 'classlabels_int64s')?.ints;
  const classes = strings?.length
    ? strings
    : Array.from((ints ?? new Int32Array()) as ArrayLike<number | bigint>, Number);
  if (classes.length !== product(innerDims(value))) {
    throw cannot(call, 'bad-shape', `ZipMap names ${classes.length} classes`, {
      expected: String(product(innerDims(value))),
    });
  }
  return [{ ...value, meaning: { role: 'probability', classes } }];
};

export const REDUCE_RULES: Readonly<Record<string, Rule>> = {
  ReduceSum: reduced('sum'),
  ReduceMean: reduced('mean'),
  ReduceMax: reduced('max'),
  ReduceMin: reduced('min'),
  ReduceProd: reduceProd,
  ReduceL1: reduced('sum', 'abs'),
  ReduceL2: reduced('sum', 'square', 'sqrt'),
  ReduceSumSquare: reduced('sum', 'square'),
  ArgMax: indexOf('argmax'),
  ArgMin: indexOf('argmin'),
  TopK: topK,
  LpNormalization: lpNormalization,
  Softmax: vectorFunction('softmax'),
  LogSoftmax: vectorFunction('softmax', 'log'),
};

export const REDUCE_RULES_ML: Readonly<Record<string, Rule>> = { Normalizer: normalizer, ZipMap: zipMap };
