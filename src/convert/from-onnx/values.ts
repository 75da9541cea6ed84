import type { IrBuilder } from '../../ir/builder.js';
import type { Kind, Literal, Ref } from '../../ir/types.js';

/** The axis of the rows, in the dims of a row value. */
export const BATCH = -1;

/** What a value means to the reader of the model; kept through casts, reshapes and ZipMap. */
export interface Meaning {
  readonly role: 'label' | 'probability' | 'score';
  readonly classes: readonly (string | number)[];
}

/** A tensor that does not depend on the rows. An int64 entry NaN stands for the number of rows. */
export interface ConstValue {
  readonly of: 'const';
  readonly kind: Kind;
  readonly dims: readonly number[];
  readonly data: ArrayLike<Exclude<Literal, null>>;
}

/**
 * A tensor with an axis of rows: `dims[batch]` is BATCH, and `ref` holds one row's elements in row-major order
 * (a scalar where there is only one).
 */
export interface RowValue {
  readonly of: 'rows';
  readonly kind: Kind;
  readonly dims: readonly number[];
  readonly batch: number;
  readonly ref: Ref;
  readonly meaning?: Meaning;
  /** Of which these are the running sums along the second axis. */
  readonly running?: RowValue;
}

export type Value = ConstValue | RowValue;

export function product(sizes: readonly number[]): number {
  return sizes.reduce((all, size) => all * size, 1);
}

/** Sizes of one row's axes. */
export function innerDims(value: RowValue): number[] {
  return value.dims.filter((_, axis) => axis !== value.batch);
}

/** A vector of the refs, or the only one itself. */
export function packed(builder: IrBuilder, refs: readonly Ref[]): Ref {
  return refs.length === 1 ? refs[0]! : builder.pack(refs);
}

/** A row value of shape [N, size], from what one row holds. */
export function rowsOf(builder: IrBuilder, ref: Ref, meaning?: Meaning): RowValue {
  const type = builder.typeOf(ref);
  const size = type.shape[0] ?? 1;
  const flat = size === 1 ? builder.element(ref, 0) : ref;
  const value: RowValue = { of: 'rows', kind: type.kind, dims: [BATCH, size], batch: 0, ref: flat };
  return meaning === undefined ? value : { ...value, meaning };
}

/** A row value of shape [N]. */
export function columnOfRows(builder: IrBuilder, ref: Ref, meaning?: Meaning): RowValue {
  return { ...rowsOf(builder, ref, meaning), dims: [BATCH] };
}

/** The elements at `picks`, in that order. */
export function picked(builder: IrBuilder, ref: Ref, picks: readonly number[]): Ref {
  const size = builder.typeOf(ref).shape[0] ?? 1;
  if (picks.length === size && picks.every((pick, index) => pick === index)) return ref;
  return packed(
    builder,
    picks.map((pick) => builder.element(ref, pick)),
  );
}

/** ONNX spells a missing text as the empty one. */
export function literalOf(cell: Exclude<Literal, null>): Literal {
  return cell === '' ? null : cell;
}

/** A constant vector or scalar of the program. */
export function constRef(builder: IrBuilder, kind: Kind, data: readonly Literal[]): Ref {
  return data.length === 1 ? builder.const(kind, data[0]!) : builder.constVector(kind, data);
}

/** Row-major positions of a tensor of `from` sizes, read in the order of `to` sizes with `stride` per axis of `to`. */
export function walk(to: readonly number[], strides: readonly number[], start = 0): number[] {
  let positions = [start];
  to.forEach((size, axis) => {
    const next: number[] = [];
    for (const at of positions) for (let i = 0; i < size; i++) next.push(at + i * strides[axis]!);
    positions = next;
  });
  return positions;
}

/** Row-major strides. */
export function stridesOf(dims: readonly number[]): number[] {
  const strides = new Array<number>(dims.length).fill(1);
  for (let axis = dims.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * dims[axis + 1]!;
  return strides;
}
