import type { Ref } from '../../ir/types.js';
import { type Call, cannot, mixesRows } from './call.js';
import {
  BATCH,
  constRef,
  literalOf,
  type Meaning,
  packed,
  picked,
  product,
  type RowValue,
  stridesOf,
  type Value,
  walk,
} from './values.js';

export interface Aligned {
  readonly dims: readonly number[];
  readonly batch: number;
  /** One row's elements of each operand: a scalar, or as many as the result has. */
  readonly refs: readonly Ref[];
}

/** Broadcasts operands against each other as ONNX does; at least one has rows. */
export function align(call: Call, operands: readonly Value[]): Aligned {
  const rank = Math.max(...operands.map((operand) => operand.dims.length));
  const dims = new Array<number>(rank).fill(1);
  let batch: number | undefined;
  for (const operand of operands) {
    operand.dims.forEach((size, axis) => {
      const at = axis + rank - operand.dims.length;
      if (size === BATCH && operand.of === 'rows') {
        if (batch !== undefined && batch !== at) throw mixesRows(call);
        batch = at;
        dims[at] = BATCH;
      } else if (size !== 1) {
        if (dims[at] !== 1 && dims[at] !== size) {
          if (dims[at] === BATCH) throw mixesRows(call);
          throw cannot(call, 'bad-shape', `${call.node.op_type} of shapes that do not fit together`, {
            expected: String(dims[at]),
            got: String(size),
          });
        }
        dims[at] = size;
      }
    });
  }
  if (batch === undefined) throw cannot(call, 'constant-input', `${call.node.op_type} of constants only`);
  if (dims[batch] !== BATCH) throw mixesRows(call);
  const at = batch;
  return { dims, batch: at, refs: operands.map((operand) => spread(call, operand, dims, at)) };
}

function spread(call: Call, operand: Value, dims: readonly number[], batch: number): Ref {
  const shift = dims.length - operand.dims.length;
  const inner: number[] = [];
  const own: number[] = [];
  dims.forEach((size, axis) => {
    if (axis === batch) return;
    inner.push(size);
    own.push(axis < shift ? 1 : operand.dims[axis - shift]!);
  });
  const strides = stridesOf(own).map((stride, axis) => (own[axis] === 1 ? 0 : stride));
  if (operand.of === 'const') {
    const all = Array.from(operand.data, literalOf);
    if (all.every((value) => Object.is(value, all[0]))) return call.builder.const(operand.kind, all[0]!);
    return constRef(
      call.builder,
      operand.kind,
      walk(inner, strides).map((at) => all[at]!),
    );
  }
  if (product(own) === 1) return operand.ref;
  return picked(call.builder, operand.ref, walk(inner, strides));
}

/** Applies a function of the IR, element by element, to broadcast operands. */
export function elementwise(
  call: Call,
  operands: readonly Value[],
  apply: (...refs: Ref[]) => Ref,
  meaning?: Meaning,
): RowValue {
  const { dims, batch, refs } = align(call, operands);
  return shaped(call, apply(...refs), dims, batch, meaning);
}

/** A row value of given dims; a scalar is repeated where the dims ask for more. */
export function shaped(call: Call, ref: Ref, dims: readonly number[], batch: number, meaning?: Meaning): RowValue {
  const size = product(dims.filter((_, axis) => axis !== batch));
  const type = call.builder.typeOf(ref);
  let whole = ref;
  if (type.shape.length === 0 && size > 1) whole = packed(call.builder, new Array<Ref>(size).fill(ref));
  else if (type.shape.length === 1 && size === 1) whole = call.builder.element(ref, 0);
  const value: RowValue = { of: 'rows', kind: type.kind, dims, batch, ref: whole };
  return meaning === undefined ? value : { ...value, meaning };
}

/** One row of each group along `axis`: `groups[g]` lists the positions of a group in the row's elements. */
export function groupsAlong(value: RowValue, axis: number): number[][] {
  const inner: number[] = [];
  let at = -1;
  value.dims.forEach((size, index) => {
    if (index === value.batch) return;
    if (index === axis) at = inner.length;
    inner.push(size);
  });
  const strides = stridesOf(inner);
  const others = inner.filter((_, index) => index !== at);
  const otherStrides = strides.filter((_, index) => index !== at);
  return walk(others, otherStrides).map((start) => walk([inner[at]!], [strides[at]!], start));
}
