import { inputsOf } from '../../ir/nodes.js';
import type { Ref } from '../../ir/types.js';
import { elementwise, shaped } from './broadcast.js';
import {
  attribute,
  axisOf,
  type Call,
  cannot,
  constInput,
  inputOf,
  intAttr,
  integersOf,
  mixesRows,
  type Rule,
  rowsInput,
  tensorAttr,
  textAttr,
} from './call.js';
import { cumSum, lastOfRunning, leafTable } from './leaf-tables.js';
import { tensorOf } from './tensor.js';
import {
  BATCH,
  type ConstValue,
  constRef,
  innerDims,
  literalOf,
  packed,
  picked,
  product,
  type RowValue,
  stridesOf,
  type Value,
  walk,
} from './values.js';

export const identity: Rule = (call) => [inputOf(call, 0)];

/** The same elements under other dims: allowed where the rows stay an axis of their own. */
export function reshaped(call: Call, value: Value, wanted: readonly number[]): Value {
  if (value.of === 'const') {
    const known = product(wanted.filter((size) => size !== -1));
    const dims = wanted.map((size) => (size === -1 ? value.data.length / known : size));
    return { ...value, dims };
  }
  const inner = product(innerDims(value));
  const isBatch = (size: number) => Number.isNaN(size) || (size === call.lifting.batchSize && size !== undefined);
  let batch = wanted.findIndex((size) => Number.isNaN(size));
  if (batch < 0) batch = wanted.indexOf(-1);
  // A -1 that stands for the columns comes with a row count elsewhere.
  if (call.lifting.batchSize !== undefined && wanted.some(isBatch) && wanted.indexOf(-1) > wanted.findIndex(isBatch)) {
    batch = wanted.findIndex(isBatch);
  }
  if (batch < 0) batch = wanted.findIndex(isBatch);
  if (batch < 0) throw mixesRows(call);
  const rest = wanted.map((size, axis) => (axis === batch ? 1 : size));
  const known = product(rest.filter((size) => size !== -1));
  const dims = rest.map((size, axis) => (axis === batch ? BATCH : size === -1 ? inner / known : size));
  const before = product(value.dims.slice(0, value.batch));
  const beforeNow = product(dims.slice(0, batch));
  if (product(dims.filter((_, axis) => axis !== batch)) !== inner) throw mixesRows(call);
  // Rows stay apart when the axes on both sides of the row axis hold as many elements as before.
  if (before !== beforeNow && inner !== 1) throw mixesRows(call);
  const same: RowValue = { ...value, dims, batch };
  return same;
}

const reshape: Rule = (call) => {
  const value = inputOf(call, 0);
  const given = integersOf(call, 'shape', 1) ?? [];
  const zeroIsZero = intAttr(call, 'allowzero', 0) !== 0;
  const wanted = given.map((size, axis) => {
    if (size !== 0 || zeroIsZero) return size;
    const kept = value.dims[axis];
    return kept === BATCH && value.of === 'rows' ? Number.NaN : (kept ?? 1);
  });
  return [reshaped(call, value, wanted)];
};

const flatten: Rule = (call) => {
  const value = rowsInput(call, 0);
  const axis = intAttr(call, 'axis', 1);
  if (value.batch !== 0 || (axis !== 1 && axis !== 1 - value.dims.length)) throw mixesRows(call);
  return [reshaped(call, value, [Number.NaN, product(innerDims(value))])];
};

const squeeze: Rule = (call) => {
  const value = inputOf(call, 0);
  const axes = integersOf(call, 'axes', 1)?.map((axis) => axisOf(call, axis, value.dims.length));
  const gone = axes ?? value.dims.flatMap((size, axis) => (size === 1 ? [axis] : []));
  if (value.of === 'rows' && gone.includes(value.batch)) throw mixesRows(call);
  const dims = value.dims.filter((_, axis) => !gone.includes(axis));
  return [value.of === 'const' ? { ...value, dims } : { ...value, dims, batch: dims.indexOf(BATCH) }];
};

const unsqueeze: Rule = (call) => {
  const value = inputOf(call, 0);
  const axes = integersOf(call, 'axes', 1) ?? [];
  const rank = value.dims.length + axes.length;
  const added = axes.map((axis) => axisOf(call, axis, rank));
  const rest = [...value.dims];
  const dims = Array.from({ length: rank }, (_, axis) => (added.includes(axis) ? 1 : rest.shift()!));
  return [value.of === 'const' ? { ...value, dims } : { ...value, dims, batch: dims.indexOf(BATCH) }];
};

const transpose: Rule = (call) => {
  const value = inputOf(call, 0);
  const rank = value.dims.length;
  const perm = integersOf(call, 'perm', 99) ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
  const dims = perm.map((axis) => value.dims[axis]!);
  if (value.of === 'const') {
    const strides = stridesOf(value.dims);
    const order = walk(
      dims,
      perm.map((axis) => strides[axis]!),
    );
    return [{ ...value, dims, data: order.map((at) => value.data[at]!) }];
  }
  const own = value.dims.map((size) => (size === BATCH ? 1 : size));
  const strides = stridesOf(own);
  const moved = perm.filter((axis) => axis !== value.batch);
  const order = walk(
    moved.map((axis) => own[axis]!),
    moved.map((axis) => strides[axis]!),
  );
  return [shaped(call, picked(call.builder, value.ref, order), dims, perm.indexOf(value.batch), value.meaning)];
};

/** Elements at `indices` along an axis; `dims` of the indices replace the axis. */
function taken(call: Call, value: Value, axis: number, indices: readonly number[], shape: readonly number[]): Value {
  const dims = [...value.dims.slice(0, axis), ...shape, ...value.dims.slice(axis + 1)];
  const size = value.dims[axis]!;
  const from = indices.map((index) => (index < 0 ? index + size : index));
  const own = value.dims.map((length) => (length === BATCH ? 1 : length));
  const strides = stridesOf(own);
  const before = own.slice(0, axis);
  const after = own.slice(axis + 1);
  const order = walk(before, strides.slice(0, axis)).flatMap((start) =>
    from.flatMap((index) => walk(after, strides.slice(axis + 1), start + index * strides[axis]!)),
  );
  if (value.of === 'const') return { ...value, dims, data: order.map((at) => value.data[at]!) };
  if (axis === value.batch) throw mixesRows(call);
  return shaped(call, picked(call.builder, value.ref, order), dims, dims.indexOf(BATCH));
}

const gather: Rule = (call) => {
  const value = inputOf(call, 0);
  const indices = inputOf(call, 1);
  const axis = axisOf(call, intAttr(call, 'axis', 0), value.dims.length);
  const constantIndex = indices.of === 'rows' ? call.builder.nodes[indices.ref]! : undefined;
  if (constantIndex?.op === 'const' && value.of === 'const' && axis === 0) {
    return [repeatedRow(call, value, Number(constantIndex.values[0]), indices as RowValue)];
  }
  if (constantIndex?.op === 'const' && value.of === 'rows' && axis === 0 && isConstant(call, value.ref)) {
    const dims = [...(indices as RowValue).dims, ...value.dims.slice(1)];
    return [{ ...value, dims, batch: dims.indexOf(BATCH) }];
  }
  if (indices.of === 'rows') return [leafTable(call, value, indices, axis) ?? tableLookup(call, value, indices, axis)];
  const total = value.of === 'rows' ? lastOfRunning(call, value, axis, indices) : undefined;
  if (total !== undefined) return [total];
  return [taken(call, value, axis, Array.from(indices.data, Number), indices.dims)];
};

/** Whether a value depends on no input. */
function isConstant(call: Call, ref: Ref): boolean {
  const seen = new Set<Ref>();
  const pending = [ref];
  while (pending.length > 0) {
    const next = pending.pop()!;
    if (seen.has(next)) continue;
    seen.add(next);
    const node = call.builder.nodes[next]!;
    if (node.op === 'input') return false;
    pending.push(...inputsOf(node));
  }
  return true;
}

/** The same row of a constant for every row of the input. */
function repeatedRow(call: Call, table: ConstValue, index: number, indices: RowValue): RowValue {
  const rest = table.dims.slice(1);
  const size = product(rest);
  const cells = Array.from({ length: size }, (_, at) => table.data[index * size + at]!);
  const dims = [...indices.dims, ...rest];
  return shaped(call, constRef(call.builder, table.kind, cells.map(literalOf)), dims, dims.indexOf(BATCH));
}

/** Gather of constants by a computed index. */
function tableLookup(call: Call, table: Value, indices: RowValue, axis: number): Value {
  if (table.of !== 'const' || table.dims.length !== 1 || axis !== 0) {
    throw cannot(
      call,
      'computed-index',
      `${call.node.op_type} by a computed index is moved only from a list of constants`,
    );
  }
  const { builder } = call;
  const keys = Array.from({ length: table.data.length }, (_, index) => index);
  const values = Array.from(table.data);
  const classes = values.every((value) => typeof value !== 'boolean' && typeof value !== 'bigint')
    ? { role: 'label' as const, classes: values as (string | number)[] }
    : undefined;
  const label = isArgmax(call, indices) && table.kind !== 'float32' && table.kind !== 'float64' ? classes : undefined;
  return elementwise(call, [indices], (ref) => builder.lookup(ref, table.kind, keys, values), label);
}

export function isArgmax(call: Call, indices: RowValue): boolean {
  const node = call.builder.nodes[indices.ref]!;
  if (node.op === 'cast') return isArgmax(call, { ...indices, ref: node.input });
  return node.op === 'reduce' && (node.fn === 'argmax' || node.fn === 'argmin');
}

/** The indices run over the last axis; a list of numbers counts as one row. */
const arrayFeatureExtractor: Rule = (call) => {
  const value = inputOf(call, 0);
  const indices = inputOf(call, 1);
  if (indices.of === 'rows') {
    const list = value.of === 'const' ? { ...value, dims: [value.data.length] } : value;
    if (innerDims(indices).some((size) => size !== 1)) throw mixesRows(call);
    const found = tableLookup(call, list, indices, 0) as RowValue;
    return [{ ...found, dims: [1, BATCH], batch: 1 }];
  }
  const axis = value.dims.length - 1;
  const result = taken(call, value, axis, Array.from(indices.data, Number), [indices.data.length]);
  return [result];
};

const concat: Rule = (call) => {
  const values = call.inputs.map((_, index) => inputOf(call, index));
  const rows = values.filter((value) => value.of === 'rows');
  const axis = axisOf(call, intAttr(call, 'axis', 1), values[0]!.dims.length);
  if (rows.length === 0) return [concatConst(call, values as ConstValue[], axis)];
  const model = rows[0]!;
  if (axis === model.batch || rows.some((value) => value.batch !== model.batch)) throw mixesRows(call);
  if (rows.length !== values.length) throw cannot(call, 'constant-input', 'Concat of rows with constants');
  const slabs = rows.map((value) => {
    const own = value.dims.map((size) => (size === BATCH ? 1 : size));
    const chunk = product(own.slice(axis));
    return { value, chunk, count: product(own) / chunk };
  });
  const refs = [];
  for (let outer = 0; outer < slabs[0]!.count; outer++) {
    for (const { value, chunk, count } of slabs) {
      if (count === 1) refs.push(value.ref);
      else for (let i = 0; i < chunk; i++) refs.push(call.builder.element(value.ref, outer * chunk + i));
    }
  }
  const dims = model.dims.map((size, at) =>
    at === axis ? values.reduce((sum, value) => sum + value.dims[axis]!, 0) : size,
  );
  return [shaped(call, packed(call.builder, refs), dims, model.batch)];
};

function concatConst(call: Call, values: readonly ConstValue[], axis: number): ConstValue {
  if (values[0]!.dims.length !== 1) throw cannot(call, 'constant-input', 'Concat of constants');
  const data = values.flatMap((value) => Array.from(value.data));
  const dims = values[0]!.dims.map((size, at) => (at === axis ? data.length : size));
  return { of: 'const', kind: values[0]!.kind, dims, data };
}

const split: Rule = (call) => {
  const value = inputOf(call, 0);
  const axis = axisOf(call, intAttr(call, 'axis', 0), value.dims.length);
  const size = value.dims[axis]!;
  if (size === BATCH && value.of === 'rows') throw mixesRows(call);
  const count = call.node.output.length;
  const each = Math.ceil(size / count);
  const sizes =
    integersOf(call, 'split', 1) ?? Array.from({ length: count }, (_, index) => Math.min(each, size - index * each));
  let start = 0;
  return sizes.map((length) => {
    const picks = Array.from({ length }, (_, index) => start + index);
    start += length;
    return taken(call, value, axis, picks, [length]);
  });
};

const slice: Rule = (call) => {
  const value = inputOf(call, 0);
  const starts = integersOf(call, 'starts', 1) ?? [];
  const ends = integersOf(call, 'ends', 2) ?? [];
  const axes = integersOf(call, 'axes', 3) ?? starts.map((_, axis) => axis);
  const steps = integersOf(call, 'steps', 4) ?? starts.map(() => 1);
  let result = value;
  axes.forEach((given, index) => {
    const axis = axisOf(call, given, value.dims.length);
    const size = result.dims[axis]!;
    const step = steps[index]!;
    if (size === BATCH && result.of === 'rows') {
      if (starts[index] === 0 && step === 1 && ends[index]! >= 2 ** 31 - 1) return;
      throw mixesRows(call);
    }
    const clamp = (at: number, low: number, high: number) => Math.min(Math.max(at < 0 ? at + size : at, low), high);
    const start = step > 0 ? clamp(starts[index]!, 0, size) : clamp(starts[index]!, 0, size - 1);
    const end = step > 0 ? clamp(ends[index]!, 0, size) : clamp(ends[index]!, -1, size - 1);
    const picks: number[] = [];
    for (let at = start; step > 0 ? at < end : at > end; at += step) picks.push(at);
    if (picks.length === 0) throw cannot(call, 'empty-tensor', 'Slice that keeps nothing');
    result = taken(call, result, axis, picks, [picks.length]);
  });
  return [result];
};

const shape: Rule = (call) => {
  const value = inputOf(call, 0);
  const rank = value.dims.length;
  const bound = (at: number) => Math.min(Math.max(at < 0 ? at + rank : at, 0), rank);
  const sizes = value.dims
    .map((size) => (size === BATCH && value.of === 'rows' ? (call.lifting.batchSize ?? Number.NaN) : size))
    .slice(bound(intAttr(call, 'start', 0)), bound(intAttr(call, 'end', rank)));
  return [{ of: 'const', kind: 'int64', dims: [sizes.length], data: sizes }];
};

/** Repeats a constant for every row where the shape names the number of rows. */
function filled(call: Call, value: ConstValue, dims: readonly number[]): Value {
  const batch = dims.findIndex((size) => Number.isNaN(size));
  if (batch < 0) {
    return { ...value, dims, data: new Array(product(dims)).fill(value.data[0]) };
  }
  const given = dims.map((size, axis) => (axis === batch ? BATCH : size));
  return shaped(call, constRef(call.builder, value.kind, [value.data[0]!]), given, batch);
}

const constantOfShape: Rule = (call) => {
  const zero: ConstValue = { of: 'const', kind: 'float32', dims: [1], data: [0] };
  return [filled(call, tensorAttr(call, 'value') ?? zero, Array.from(constInput(call, 0).data, Number))];
};

const expand: Rule = (call) => {
  const value = inputOf(call, 0);
  const dims = Array.from(constInput(call, 1).data, Number);
  if (value.of === 'const') {
    if (value.data.length !== 1) throw cannot(call, 'constant-input', 'Expand of a list of constants');
    return [filled(call, value, dims)];
  }
  const ones: ConstValue = {
    of: 'const',
    kind: value.kind,
    dims: dims.map((size) => (Number.isNaN(size) ? 1 : size)),
    data: new Array(product(dims.map((size) => (Number.isNaN(size) ? 1 : size)))).fill(0),
  };
  return [elementwise(call, [value, ones], (ref) => ref, value.meaning)];
};

const tile: Rule = (call) => {
  const value = inputOf(call, 0);
  const repeats = Array.from(constInput(call, 1).data, Number);
  let result = value;
  repeats.forEach((times, axis) => {
    const size = result.dims[axis]!;
    if (times === 1) return;
    if (size === BATCH && result.of === 'rows') throw mixesRows(call);
    const picks = Array.from({ length: size * times }, (_, at) => at % size);
    result = taken(call, result, axis, picks, [picks.length]);
  });
  return [result];
};

const constant: Rule = (call) => {
  const place = { path: call.node.name ?? 'Constant' };
  const found = call.node.attribute[0];
  if (found?.t !== undefined) return [tensorOf(found.t, place)];
  const value = attribute(call, 'value_float')?.f;
  if (value !== undefined) return [{ of: 'const', kind: 'float32', dims: [], data: [value] }];
  const int = attribute(call, 'value_int')?.i;
  if (int !== undefined) return [{ of: 'const', kind: 'int64', dims: [], data: [Number(int)] }];
  const floats = attribute(call, 'value_floats')?.floats;
  if (floats !== undefined) return [{ of: 'const', kind: 'float32', dims: [floats.length], data: floats }];
  const ints = attribute(call, 'value_ints')?.ints;
  if (ints !== undefined) {
    const data = Array.from(ints as ArrayLike<number | bigint>, Number);
    return [{ of: 'const', kind: 'int64', dims: [data.length], data }];
  }
  if (attribute(call, 'value_string') !== undefined) {
    return [{ of: 'const', kind: 'string', dims: [], data: [textAttr(call, 'value_string', '')] }];
  }
  throw cannot(call, 'constant', 'a Constant of this form is not moved');
};

/** Columns joined into one float matrix. */
const featureVectorizer: Rule = (call) => {
  const { builder } = call;
  const refs = call.inputs.map((_, index) => {
    const value = rowsInput(call, index);
    return builder.cast(value.ref, 'float32');
  });
  const dims = [BATCH, call.inputs.reduce((sum, value) => sum + product(innerDims(value as RowValue)), 0)];
  return [shaped(call, packed(builder, refs), dims, 0)];
};

/** Operators that move elements about. */
export const SHAPE_RULES: Readonly<Record<string, Rule>> = {
  Identity: identity,
  Dropout: identity,
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Transpose: transpose,
  Gather: gather,
  Concat: concat,
  CumSum: cumSum,
  Split: split,
  Slice: slice,
  Shape: shape,
  ConstantOfShape: constantOfShape,
  Expand: expand,
  Tile: tile,
  Constant: constant,
};

export const SHAPE_RULES_ML: Readonly<Record<string, Rule>> = {
  ArrayFeatureExtractor: arrayFeatureExtractor,
  FeatureVectorizer: featureVectorizer,
};
