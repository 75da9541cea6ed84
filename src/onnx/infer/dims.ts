import { wrongShape } from '../errors.js';
import { type Dim, type Dims, dimsText } from './value-type.js';

const safe = (value: number): Dim => (Number.isSafeInteger(value) ? value : undefined);

/** Undefined where a size is open or the product is beyond 2^53. */
export function product(dims: readonly Dim[]): Dim {
  if (dims.includes(0)) return 0;
  const open = dims.filter((dim) => dim !== 1);
  if (open.length === 1) return open[0];
  let result = 1;
  for (const dim of open) {
    if (typeof dim !== 'number') return undefined;
    result *= dim;
  }
  return safe(result);
}

export function plus(a: Dim, b: Dim): Dim {
  if (typeof a === 'number' && typeof b === 'number') return safe(a + b);
  return b === 0 ? a : a === 0 ? b : undefined;
}

export function times(a: Dim, b: Dim): Dim {
  return product([a, b]);
}

/** `f` of a size that is known; a symbol survives where `f` leaves every size as it is. */
export function mapDim(dim: Dim, f: (size: number) => number): Dim {
  return typeof dim === 'number' ? safe(f(dim)) : undefined;
}

/** One of two sizes that must be the same. Errors: `onnx/wrong-shape`. */
export function unified(a: Dim, b: Dim, what: string): Dim {
  if (typeof a === 'number' && typeof b === 'number' && a !== b)
    throw wrongShape(`${what} differ`, { expected: String(a), got: String(b) });
  return typeof a === 'number' ? a : typeof b === 'number' ? b : (a ?? b);
}

/** The broadcast of what is known. Errors: `onnx/wrong-shape`. */
export function broadcastDims(shapes: readonly Dims[]): Dims {
  let rank = 0;
  for (const dims of shapes) {
    if (dims === undefined) return broadcastFloor(shapes);
    rank = Math.max(rank, dims.length);
  }
  return Array.from({ length: rank }, (_, axis) => broadcastAxis(shapes as readonly (readonly Dim[])[], axis - rank));
}

/** With an unknown shape only a contradiction among the others can be seen. */
function broadcastFloor(shapes: readonly Dims[]): undefined {
  const known = shapes.filter((dims) => dims !== undefined);
  if (known.length > 1) broadcastDims(known);
  return undefined;
}

function broadcastAxis(shapes: readonly (readonly Dim[])[], fromEnd: number): Dim {
  let fixed: number | undefined;
  let open: Dim;
  let opens = 0;
  for (const dims of shapes) {
    const dim = dims.length + fromEnd < 0 ? 1 : dims[dims.length + fromEnd];
    if (dim === 1) continue;
    if (typeof dim === 'number') {
      if (fixed !== undefined && fixed !== dim)
        throw wrongShape('the shapes do not broadcast', {
          expected: `${fixed} or 1`,
          got: `${dim} of ${shapes.map(dimsText).slice(0, 8).join(' and ')}`,
        });
      fixed = dim;
    } else {
      if (opens === 0 || dim !== open) opens++;
      open = dim;
    }
  }
  return fixed ?? (opens === 0 ? 1 : opens === 1 ? open : undefined);
}

/** An axis counted from the front. Errors: `onnx/wrong-shape` when it is out of range. */
export function axisIn(axis: number, rank: number, most = rank - 1, least = -rank): number {
  if (!Number.isInteger(axis) || axis < least || axis > most)
    throw wrongShape('an axis is out of range', { expected: `${least} to ${most}`, got: String(axis) });
  return axis < 0 ? axis + rank : axis;
}

/** The shape with one axis changed. */
export function withAxis(dims: readonly Dim[], axis: number, dim: Dim): Dim[] {
  return dims.map((before, i) => (i === axis ? dim : before));
}

export const openDims = (rank: number): Dim[] => new Array<Dim>(rank).fill(undefined);
