import { axisIn, plus, times } from './dims.js';
import { elementsOf, MOST_ELEMENTS } from './elements.js';
import { dataAt, dimsAt, elementAt, isGiven, type NodeFacts, numbersAt } from './facts.js';
import type { Dim, ValueType } from './value-type.js';

type Data = readonly Dim[] | undefined;
/** The elements of the outputs, given their types. */
type DataRule = (node: NodeFacts, outputs: readonly (ValueType | undefined)[]) => Data | readonly Data[];

const INTEGERS = new Set(['int8', 'int16', 'int32', 'int64', 'uint8', 'uint16', 'uint32', 'uint64']);

/** The sizes of a shape of which all are known, and whose elements can be followed. */
function fixedDims(type: ValueType | undefined): readonly number[] | undefined {
  const dims = type?.kind === 'tensor' ? type.dims : undefined;
  if (dims === undefined || !dims.every((dim) => typeof dim === 'number')) return undefined;
  const size = (dims as readonly number[]).reduce((a, b) => a * b, 1);
  return size <= MOST_ELEMENTS ? (dims as readonly number[]) : undefined;
}

const same: DataRule = (node) => dataAt(node, 0);

/** Offset into a tensor of shape `from`, of element `index` of the broadcast shape `to`. */
function offsetIn(from: readonly number[], to: readonly number[], index: number): number {
  let offset = 0;
  let stride = 1;
  let left = index;
  for (let axis = to.length - 1; axis >= 0; axis--) {
    const at = left % to[axis]!;
    left = Math.floor(left / to[axis]!);
    const own = axis - to.length + from.length;
    if (own < 0) continue;
    if (from[own] !== 1) offset += at * stride;
    stride *= from[own]!;
  }
  return offset;
}

const each =
  (f: (values: readonly Dim[], isInteger: boolean) => Dim): DataRule =>
  (node, outputs) => {
    const to = fixedDims(outputs[0]);
    if (to === undefined) return undefined;
    const shapes = node.inputs.map((input) => fixedDims(input?.type));
    const data = node.inputs.map((input) => input?.data);
    if (shapes.includes(undefined) || data.includes(undefined)) return undefined;
    const size = to.reduce((a, b) => a * b, 1);
    const isInteger = INTEGERS.has(outputs[0]?.element ?? '');
    return Array.from({ length: size }, (_, i) =>
      f(
        data.map((values, k) => values![offsetIn(shapes[k]!, to, i)]),
        isInteger,
      ),
    );
  };

const safe = (value: number, isInteger: boolean): Dim =>
  isInteger ? (Number.isSafeInteger(value) ? value : undefined) : Math.fround(value) === value ? value : undefined;

const numeric = (f: (a: number, b: number, isInteger: boolean) => number): DataRule =>
  each(([a, b], isInteger) =>
    typeof a === 'number' && typeof b === 'number' ? safe(f(a, b, isInteger), isInteger) : undefined,
  );

const unary = (f: (a: number) => number): DataRule =>
  each(([a], isInteger) => (typeof a === 'number' ? safe(f(a), isInteger) : undefined));

const minus = (a: Dim, b: Dim): Dim => {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (b === 0) return a;
  return a !== undefined && a === b ? 0 : undefined;
};

const cast: DataRule = (node, outputs) => {
  const data = dataAt(node, 0);
  const to = outputs[0]?.element;
  if (data === undefined || to === undefined) return undefined;
  if (to === 'bool') return data.map((value) => (typeof value === 'number' ? Number(value !== 0) : undefined));
  if (INTEGERS.has(to)) {
    // What a narrower type makes of a value that it cannot hold is not followed.
    return data.map((value) =>
      typeof value === 'number'
        ? Math.abs(value) < 128 || to === 'int64' || (to === 'int32' && Math.abs(value) < 2 ** 31)
          ? Math.trunc(value)
          : undefined
        : value,
    );
  }
  return to === 'float' || to === 'double' ? data : undefined;
};

const concat: DataRule = (node) => {
  const lists = node.inputs.map((input) => input?.data);
  const rank = dimsAt(node, 0)?.length ?? 0;
  if (rank === 0 || axisIn(node.attributes.int('axis', 1), rank) !== 0 || lists.includes(undefined)) return undefined;
  return lists.flatMap((list) => list!);
};

const gather: DataRule = (node) => {
  const [data, indices] = [dataAt(node, 0), dataAt(node, 1)];
  const dims = fixedDims(node.inputs[0]?.type);
  if (data === undefined || indices === undefined || dims === undefined) return undefined;
  if (axisIn(node.attributes.int('axis', 0), dims.length) !== 0) return undefined;
  const row = data.length / Math.max(1, dims[0]!);
  if (indices.length * row > MOST_ELEMENTS) return undefined;
  return indices.flatMap((index) => {
    if (typeof index !== 'number') return new Array<Dim>(row).fill(undefined);
    const at = index < 0 ? index + dims[0]! : index;
    return Array.from({ length: row }, (_, i) => data[at * row + i]);
  });
};

const slice: DataRule = (node) => {
  const data = dataAt(node, 0);
  if (data === undefined || dimsAt(node, 0)?.length !== 1) return undefined;
  const isOld = node.version < 10;
  const one = (name: string, index: number, fallback: number | undefined): number | undefined => {
    if (isOld) return node.attributes.ints(name)?.[0] ?? fallback;
    return isGiven(node, index) ? numbersAt(node, index)?.[0] : fallback;
  };
  const start = one('starts', 1, undefined);
  const end = one('ends', 2, undefined);
  const step = isOld ? 1 : one('steps', 4, 1);
  if (start === undefined || end === undefined || step === undefined || step === 0) return undefined;
  const size = data.length;
  const clamp = (value: number, least: number, most: number): number =>
    Math.min(most, Math.max(least, value < 0 ? value + size : value));
  const [from, to] =
    step > 0 ? [clamp(start, 0, size), clamp(end, 0, size)] : [clamp(start, 0, size - 1), clamp(end, -1, size - 1)];
  const result: Dim[] = [];
  for (let at = from; step > 0 ? at < to : at > to; at += step) result.push(data[at]);
  return result;
};

const shape: DataRule = (node) => {
  const dims = dimsAt(node, 0);
  if (dims === undefined) return undefined;
  const bounded = (value: number): number =>
    Math.min(dims.length, Math.max(0, value < 0 ? value + dims.length : value));
  const end = node.attributes.has('end') ? bounded(node.attributes.int('end')) : dims.length;
  return dims.slice(bounded(node.attributes.int('start', 0)), end);
};

const whole =
  (start: Dim, f: (a: Dim, b: Dim) => Dim): DataRule =>
  (node, outputs) => {
    const data = dataAt(node, 0);
    const to = fixedDims(outputs[0]);
    if (data === undefined || to?.some((dim) => dim !== 1) !== false || dimsAt(node, 0)?.length !== 1) return undefined;
    const axes = node.attributes.ints('axes') ?? (isGiven(node, 1) ? numbersAt(node, 1) : [0]);
    if (axes === undefined || (axes.length === 0 && node.attributes.int('noop_with_empty_axes', 0) !== 0))
      return undefined;
    return [data.reduce<Dim>(f, start)];
  };

const extreme = (pick: (a: number, b: number) => number, start: number) =>
  whole(start, (a, b) => (typeof a === 'number' && typeof b === 'number' ? pick(a, b) : undefined));

const constantOfShape: DataRule = (node, outputs) => {
  const dims = fixedDims(outputs[0]);
  if (dims === undefined) return undefined;
  const value = node.attributes.tensor('value');
  const [element] = value === undefined ? [0] : (elementsOf(value) ?? []);
  return new Array<Dim>(dims.reduce((a, b) => a * b, 1)).fill(element);
};

const range: DataRule = (node, outputs) => {
  const size = fixedDims(outputs[0])?.[0];
  const [start, , delta] = [0, 1, 2].map((index) => numbersAt(node, index)?.[0]);
  if (size === undefined || start === undefined || delta === undefined) return undefined;
  const isInteger = INTEGERS.has(elementAt(node, 0) ?? '');
  return Array.from({ length: size }, (_, i) => safe(start + i * delta, isInteger));
};

const split: DataRule = (node, outputs) => {
  const data = dataAt(node, 0);
  if (data === undefined || dimsAt(node, 0)?.length !== 1) return undefined;
  let at = 0;
  return outputs.map((type) => {
    const size = fixedDims(type)?.[0];
    if (size === undefined || Number.isNaN(at)) {
      at = Number.NaN;
      return undefined;
    }
    at += size;
    return data.slice(at - size, at);
  });
};

const spread: DataRule = (node, outputs) => {
  const to = fixedDims(outputs[0]);
  const from = fixedDims(node.inputs[0]?.type);
  const data = dataAt(node, 0);
  if (to === undefined || from === undefined || data === undefined || from.length > to.length) return undefined;
  return Array.from({ length: to.reduce((a, b) => a * b, 1) }, (_, i) => data[offsetIn(from, to, i)]);
};

const compare = (f: (a: number, b: number) => boolean): DataRule =>
  each(([a, b]) => (typeof a === 'number' && typeof b === 'number' ? Number(f(a, b)) : undefined));

const where = each(([condition, a, b]) => {
  if (typeof condition === 'number') return condition !== 0 ? a : b;
  return a === b ? a : undefined;
});

const extremes = (pick: (...values: number[]) => number): DataRule =>
  each((values) => (values.every((value) => typeof value === 'number') ? pick(...(values as number[])) : undefined));

/** Operators through which shapes are computed; what a node of another kind makes is not followed. */
const DATA_RULES: Readonly<Record<string, DataRule>> = {
  Abs: unary(Math.abs),
  Add: each(([a, b], isInteger) => keep(plus(a, b), isInteger)),
  And: compare((a, b) => a !== 0 && b !== 0),
  Cast: cast,
  CastLike: cast,
  Ceil: unary(Math.ceil),
  Concat: concat,
  ConstantOfShape: constantOfShape,
  Div: each(([a, b], isInteger) => {
    if (b === 1) return a;
    if (typeof a !== 'number' || typeof b !== 'number' || b === 0) return undefined;
    return isInteger ? Math.trunc(a / b) : safe(Math.fround(a / b), false);
  }),
  Equal: compare((a, b) => a === b),
  Expand: spread,
  Flatten: same,
  Floor: unary(Math.floor),
  Gather: gather,
  Greater: compare((a, b) => a > b),
  GreaterOrEqual: compare((a, b) => a >= b),
  Identity: same,
  Less: compare((a, b) => a < b),
  LessOrEqual: compare((a, b) => a <= b),
  Max: extremes(Math.max),
  Min: extremes(Math.min),
  Mod: numeric((a, b, isInteger) => (b === 0 || !isInteger ? Number.NaN : a - b * Math.floor(a / b))),
  Mul: each(([a, b], isInteger) => keep(times(a, b), isInteger)),
  Neg: unary((a) => -a),
  Not: unary((a) => Number(a === 0)),
  Or: compare((a, b) => a !== 0 || b !== 0),
  Range: range,
  ReduceMax: extreme(Math.max, Number.NEGATIVE_INFINITY),
  ReduceMin: extreme(Math.min, Number.POSITIVE_INFINITY),
  ReduceProd: whole(1, times),
  ReduceSum: whole(0, plus),
  Reshape: same,
  Shape: shape,
  Size: (node) => {
    const dims = dimsAt(node, 0);
    return dims === undefined ? undefined : [dims.reduce<Dim>(times, 1)];
  },
  Slice: slice,
  Split: split,
  Squeeze: same,
  Sub: each(([a, b], isInteger) => keep(minus(a, b), isInteger)),
  Unsqueeze: same,
  Where: where,
};

function keep(value: Dim, isInteger: boolean): Dim {
  return typeof value === 'number' ? safe(value, isInteger) : value;
}

/** The elements of a node's outputs, where they follow from those of its inputs. */
export function dataOfNode(node: NodeFacts, outputs: readonly (ValueType | undefined)[]): readonly Data[] {
  const rule = Object.hasOwn(DATA_RULES, node.op) ? DATA_RULES[node.op] : undefined;
  const found = rule?.(node, outputs);
  if (found === undefined) return [];
  const list = node.op === 'Split' ? (found as readonly Data[]) : [found as Data];
  // What does not fill its shape has been followed wrongly, or belongs to a model at fault.
  return list.map((data, i) => (data !== undefined && data.length === sizeOf(outputs[i]) ? data : undefined));
}

function sizeOf(type: ValueType | undefined): number | undefined {
  return fixedDims(type)?.reduce((a, b) => a * b, 1);
}
