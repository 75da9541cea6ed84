import type { IrNode } from '../../ir/nodes.js';
import { isFloat, type Kind, type Ref } from '../../ir/types.js';
import { attr, ML } from './emitter.js';
import { cellOf, emitLookup, emitOneHot } from './lookups.js';
import { EMISSIONS } from './primitives.js';
import {
  batched,
  converted,
  type Lowering,
  nodeAt,
  type Operand,
  placeAt,
  reducedBools,
  reducedRows,
  scalarConst,
  typeAt,
  validity,
} from './state.js';
import { lowerTrees } from './trees.js';
import { columnsAt, vectorOf } from './vectors.js';

/** The tensor of a node, made on its first use. */
export function lower(state: Lowering, ref: Ref): Operand {
  const known = state.lowered.get(ref);
  if (known !== undefined) return known;
  const operand = lowered(state, ref, nodeAt(state, ref));
  state.lowered.set(ref, operand);
  return operand;
}

function lowered(state: Lowering, ref: Ref, node: IrNode): Operand {
  switch (node.op) {
    case 'input':
      return inputOperand(state, ref);
    case 'const':
      return constant(state, node.type.kind, node.values);
    case 'primitive': {
      const terms = node.fn === 'and' || node.fn === 'or' ? termsOf(state, ref, node.fn) : [];
      if (terms.length >= 3) {
        const all = batched(state, vectorOf(state, terms));
        const name = reducedBools(state, node.fn === 'and' ? 'ReduceMin' : 'ReduceMax', all.name);
        return { name, kind: 'bool', width: 1, missing: false, constant: false };
      }
      return EMISSIONS[node.fn](
        state,
        node.inputs.map((input) => lower(state, input)),
        placeAt(state, ref),
      );
    }
    case 'cast':
      return converted(state, lower(state, node.input), node.type.kind);
    case 'pack':
      return vectorOf(state, node.inputs);
    case 'element':
      return columnsAt(state, lower(state, node.input), [node.index]);
    case 'lookup':
      return emitLookup(state, node, lower(state, node.input));
    case 'one-hot':
      return emitOneHot(state, node, lower(state, node.input));
    case 'reduce':
      return reduced(state, node.fn, lower(state, node.input));
    case 'vector-function': {
      const vector = lower(state, node.input);
      const name =
        node.fn === 'softmax'
          ? state.emitter.op('Softmax', [vector.name], [attr.int('axis', 1)])
          : state.emitter.op('Div', [vector.name, reducedRows(state, 'ReduceSum', vector.name)]);
      return { ...vector, name };
    }
    case 'trees':
      return lowerTrees(state, ref, node);
    case 'linear':
      return linear(state, node.features, node.weights, node.intercepts, node.type.kind as 'float32' | 'float64');
  }
}

/** The scalars that a chain of `and` (or `or`) joins, where none may be missing. */
function termsOf(state: Lowering, ref: Ref, fn: 'and' | 'or'): Ref[] {
  const terms: Ref[] = [];
  const pending = [ref];
  while (pending.length > 0) {
    const next = pending.pop()!;
    const node = nodeAt(state, next);
    if (node.type.missing || node.type.shape.length > 0) return [];
    if (node.op === 'primitive' && node.fn === fn && !state.lowered.has(next))
      pending.push(...[...node.inputs].reverse());
    else terms.push(next);
  }
  return terms;
}

function inputOperand(state: Lowering, ref: Ref): Operand {
  const direct = state.direct.get(ref);
  const type = typeAt(state, ref);
  if (direct !== undefined) return converted(state, direct, type.kind);
  const column = state.columns.get(ref)!;
  const missing = isFloat(column.kind) && type.missing;
  const whole: Operand = { name: column.matrix, kind: column.kind, width: column.width, missing, constant: false };
  return converted(state, columnsAt(state, whole, [column.index]), type.kind);
}

function constant(
  state: Lowering,
  kind: Kind,
  values: readonly (null | boolean | number | bigint | string)[],
): Operand {
  const width = values.length;
  const missing = values.some((value) => value === null || (typeof value === 'number' && Number.isNaN(value)));
  const cells = values.map((value) => cellOf(kind, value));
  const name = state.emitter.constant(kind, [1, width], cells);
  const result: Operand = { name, kind, width, missing, constant: true };
  if (!missing || isFloat(kind) || kind === 'string') return result;
  const known = values.map((value) => value !== null);
  return { ...result, valid: state.emitter.constant('bool', [1, width], known, 'present') };
}

const REDUCTIONS: Readonly<Record<string, string>> = {
  sum: 'ReduceSum',
  mean: 'ReduceMean',
  min: 'ReduceMin',
  max: 'ReduceMax',
};

function reduced(state: Lowering, fn: string, given: Operand): Operand {
  const { emitter } = state;
  const vector = batched(state, given);
  const present = allPresent(state, vector);
  const base = { width: 1, constant: false };
  if (fn === 'argmax' || fn === 'argmin') {
    const type = fn === 'argmax' ? 'ArgMax' : 'ArgMin';
    const name = emitter.op(type, [vector.name], [attr.int('axis', 1), attr.int('keepdims', 1)]);
    const result: Operand = { ...base, name, kind: 'int64', missing: present !== undefined };
    return present === undefined ? result : { ...result, valid: present };
  }
  if (fn === 'median') return median(state, vector);
  const name = reducedRows(state, REDUCTIONS[fn]!, vector.name);
  const result: Operand = { ...base, name, kind: vector.kind, missing: vector.missing };
  if (present === undefined) return result;
  if (!isFloat(vector.kind)) return { ...result, valid: present };
  if (fn === 'sum' || fn === 'mean') return result;
  return { ...result, name: emitter.op('Where', [present, name, scalarConst(state, vector.kind, Number.NaN)]) };
}

/** Whether a whole row is present. */
function allPresent(state: Lowering, vector: Operand): string | undefined {
  const present = validity(state, vector);
  return present === undefined ? undefined : reducedBools(state, 'ReduceMin', present);
}

/** The middle value, or the mean of the two middle ones. */
function median(state: Lowering, vector: Operand): Operand {
  const { emitter } = state;
  const sorted = emitter.unique('sorted');
  const size = emitter.constant('int64', [1], [vector.width], 'size');
  emitter.node('TopK', [vector.name, size], [sorted, emitter.unique('order')], [attr.int('axis', 1)]);
  const whole = { ...vector, name: sorted };
  const upper = columnsAt(state, whole, [Math.floor(vector.width / 2)]);
  let name = upper.name;
  if (vector.width % 2 === 0) {
    const lower = columnsAt(state, whole, [vector.width / 2 - 1]);
    const total = emitter.op('Add', [lower.name, upper.name]);
    name = emitter.op('Mul', [total, scalarConst(state, vector.kind, 0.5)]);
  }
  const present = allPresent(state, vector);
  if (present !== undefined) name = emitter.op('Where', [present, name, scalarConst(state, vector.kind, Number.NaN)]);
  return { ...vector, name, width: 1 };
}

function linear(
  state: Lowering,
  features: readonly Ref[],
  weights: Float64Array,
  intercepts: Float64Array,
  kind: 'float32' | 'float64',
): Operand {
  const { emitter } = state;
  const rows = batched(state, converted(state, vectorOf(state, features), kind));
  const outputs = intercepts.length;
  const result = { kind, width: outputs, missing: rows.missing, constant: false };
  if (kind === 'float32') {
    const attributes = [
      attr.floats('coefficients', Float32Array.from(weights)),
      attr.floats('intercepts', Float32Array.from(intercepts)),
      attr.int('targets', outputs),
    ];
    return { ...result, name: emitter.op('LinearRegressor', [rows.name], attributes, ML) };
  }
  const count = features.length;
  const transposed = new Float64Array(weights.length);
  for (let output = 0; output < outputs; output++) {
    for (let i = 0; i < count; i++) transposed[i * outputs + output] = weights[output * count + i]!;
  }
  const product = emitter.op('MatMul', [
    rows.name,
    emitter.constant(kind, [count, outputs], transposed, 'coefficients'),
  ]);
  const name = intercepts.every((value) => value === 0)
    ? product
    : emitter.op('Add', [product, emitter.constant(kind, [1, outputs], intercepts, 'intercepts')]);
  return { ...result, name };
}
