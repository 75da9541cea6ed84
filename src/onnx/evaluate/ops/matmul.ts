import { badInput } from '../../errors.js';
import { broadcastDims, broadcastStrides, offsetsOf } from '../broadcast.js';
import { type Inputs, type Kernels, type NodeContext, optionalTensor, tensorAt } from '../kernel.js';
import { accumulateProduct } from '../product.js';
import { type NumberArray, newTensor, settle, sizeOf, Tensor, type TensorData } from '../tensor.js';
import { describe } from '../values.js';
import { combine, isBig, mapNumbers } from './elementwise.js';
import { transposed } from './layout.js';

function accumulateBig(
  out: BigInt64Array,
  atOut: number,
  a: ArrayLike<bigint>,
  atA: number,
  b: ArrayLike<bigint>,
  atB: number,
  m: number,
  k: number,
  n: number,
): void {
  for (let i = 0; i < m; i++)
    for (let p = 0; p < k; p++)
      for (let j = 0; j < n; j++)
        out[atOut + i * n + j] = out[atOut + i * n + j]! + a[atA + i * k + p]! * b[atB + p * n + j]!;
}

/** Where sums are formed: in the result itself, but those of uint32 wrap as int32. Narrow floats round at the end. */
function sumsFor(result: Tensor): TensorData {
  return result.type === 'uint32' ? new Int32Array(result.size) : result.data;
}

/**
 * NumPy's matmul: the last two axes multiply, the others broadcast, a vector is a row or a column. In float32 the product
 * of two matrices may be multiplied by `alpha` and added to what `fill` puts into the result.
 */
export function matmul(left: Tensor, right: Tensor, alpha = 1, fill?: (result: Tensor) => void): Tensor {
  if (left.type !== right.type || left.type === 'string')
    throw badInput('the operands do not multiply', { got: `${describe(left)} and ${describe(right)}` });
  if (left.dims.length === 0 || right.dims.length === 0) throw badInput('a scalar is not a matrix');
  const a = left.dims.length === 1 ? [1, left.dims[0]!] : left.dims;
  const b = right.dims.length === 1 ? [right.dims[0]!, 1] : right.dims;
  const [m, k, n] = [a.at(-2)!, a.at(-1)!, b.at(-1)!];
  if (k !== b.at(-2)) throw badInput('the inner sizes differ', { got: `${describe(left)} and ${describe(right)}` });
  const batch = broadcastDims(a.slice(0, -2), b.slice(0, -2));
  const startsA = offsetsOf(batch, broadcastStrides(a.slice(0, -2), batch));
  const startsB = offsetsOf(batch, broadcastStrides(b.slice(0, -2), batch));
  const dims = [...batch, ...(left.dims.length === 1 ? [] : [m]), ...(right.dims.length === 1 ? [] : [n])];
  const result = newTensor(left.type, dims);
  fill?.(result);
  const sums = sumsFor(result);
  for (let i = 0; i < startsA.length; i++) {
    const places = [i * m * n, startsA[i]! * m * k, startsB[i]! * k * n] as const;
    if (isBig(result.type))
      accumulateBig(
        sums as BigInt64Array,
        places[0],
        left.data as BigInt64Array,
        places[1],
        right.data as BigInt64Array,
        places[2],
        m,
        k,
        n,
      );
    else
      accumulateProduct(
        sums as NumberArray,
        places[0],
        left.data as NumberArray,
        places[1],
        right.data as NumberArray,
        places[2],
        m,
        k,
        n,
        n,
        alpha,
      );
  }
  if (sums !== result.data) (result.data as Uint32Array).set(sums as Int32Array);
  return settle(result);
}

/** beta · C as it broadcasts onto the product, where the engine begins to add. */
function fillWith(c: Tensor, beta: number): (result: Tensor) => void {
  return (result) => {
    if (broadcastDims(c.dims, result.dims).join() !== result.dims.join())
      throw badInput('the third operand does not broadcast onto the product', { got: describe(c) });
    const offsets = offsetsOf(result.dims, broadcastStrides(c.dims, result.dims));
    const [from, to] = [c.data as NumberArray, result.data as NumberArray];
    for (let i = 0; i < offsets.length; i++) to[i] = beta * from[offsets[i]!]!;
  };
}

/** alpha · A · B + beta · C; the last term comes first in float32, as in the engine, and last in the other types. */
function gemm(inputs: Inputs, node: NodeContext): Tensor {
  const { attributes } = node;
  const transpose = (tensor: Tensor, name: string): Tensor => {
    if (tensor.dims.length !== 2) throw badInput('the operand is not a matrix', { got: describe(tensor) });
    return attributes.int(name, 0) !== 0 ? transposed(tensor, [1, 0]) : tensor;
  };
  const alpha = attributes.float('alpha', 1);
  const beta = attributes.float('beta', 1);
  const [a, b] = [transpose(tensorAt(inputs, 0), 'transA'), transpose(tensorAt(inputs, 1), 'transB')];
  const c = optionalTensor(inputs, 2);
  if (a.type === 'float' && (c === undefined || c.type === 'float'))
    return matmul(a, b, alpha, c === undefined || beta === 0 ? undefined : fillWith(c, beta));
  const product = matmul(a, b);
  const scaled =
    alpha === 1
      ? product
      : mapNumbers(
          product,
          (x) => alpha * x,
          (x) => BigInt(alpha) * x,
        );
  if (c === undefined) return scaled;
  const sum = combine(
    scaled,
    beta === 1
      ? c
      : mapNumbers(
          c,
          (x) => beta * x,
          (x) => BigInt(beta) * x,
        ),
    (x, y) => x + y,
    (x, y) => x + y,
  );
  if (sum.size !== scaled.size)
    throw badInput('the third operand does not broadcast onto the product', { got: describe(c) });
  return sum;
}

interface Term {
  readonly labels: readonly string[];
  readonly tensor: Tensor;
}

/** Splits `ab...c` into labels, the ellipsis into as many labels of its own as there are axes left. */
function labelsOf(text: string, rank: number): string[] {
  const [before = '', after] = text.split('...');
  if (after === undefined) return [...before];
  const open = rank - before.length - after.length;
  return [...before, ...Array.from({ length: open }, (_, i) => `.${open - i}`), ...after];
}

function einsum(inputs: Inputs, node: NodeContext): Tensor {
  const equation = node.attributes.string('equation').replaceAll(' ', '');
  const [left = '', right] = equation.split('->');
  const texts = left.split(',');
  const terms: Term[] = texts.map((text, i) => ({
    labels: labelsOf(text, tensorAt(inputs, i).dims.length),
    tensor: tensorAt(inputs, i),
  }));
  const sizes = new Map<string, number>();
  for (const { labels, tensor } of terms) {
    if (labels.length !== tensor.dims.length)
      throw badInput('a term has not one letter an axis', { got: describe(tensor) });
    labels.forEach((label, axis) => {
      const size = tensor.dims[axis]!;
      const before = sizes.get(label) ?? 1;
      if (before !== 1 && size !== 1 && size !== before)
        throw badInput(`the sizes of "${label}" differ`, { got: `${before} and ${size}` });
      sizes.set(label, Math.max(before, size));
    });
  }
  const all = [...sizes.keys()];
  const dots = all.filter((label) => label.startsWith('.')).sort((a, b) => Number(b.slice(1)) - Number(a.slice(1)));
  const once = all
    .filter(
      (label) => !label.startsWith('.') && terms.flatMap((term) => term.labels).filter((l) => l === label).length === 1,
    )
    .sort();
  const output =
    right === undefined
      ? [...dots, ...once]
      : right.includes('...')
        ? [...right.split('...')[0]!, ...dots, ...right.split('...')[1]!]
        : [...right];
  const order = [...output, ...all.filter((label) => !output.includes(label))];
  const dims = order.map((label) => sizes.get(label) ?? 1);
  const kept = sizeOf(dims.slice(0, output.length));
  const summed = sizeOf(dims.slice(output.length));
  const result = newTensor(terms[0]!.tensor.type, dims.slice(0, output.length));
  const big = isBig(result.type);
  const wraps = result.type === 'int32' || result.type === 'uint32';
  const offsets = terms.map(({ labels, tensor }) => {
    const strides = broadcastStrides(tensor.dims, tensor.dims);
    return offsetsOf(
      dims,
      order.map((label) => labels.reduce((total, own, axis) => (own === label ? total + strides[axis]! : total), 0)),
    );
  });
  for (let i = 0; i < kept; i++) {
    let sum: number | bigint = big ? 0n : 0;
    for (let s = 0; s < summed; s++) {
      let product: number | bigint = big ? 1n : 1;
      for (let t = 0; t < terms.length; t++) {
        const factor = terms[t]!.tensor.data[offsets[t]![i * summed + s]!] as number;
        product = wraps ? Math.imul(product as number, factor) : (product as number) * factor;
      }
      sum = ((sum as number) + (product as number)) as number;
    }
    (result.data as unknown[])[i] = sum;
  }
  return settle(result);
}

/** Zero points, one or one a row (of A) or column (of B), subtracted; int32 all along. */
function shifted(tensor: Tensor, zero: Tensor | undefined, axisFromEnd: number): Tensor {
  const result = new Tensor('int32', tensor.dims, Int32Array.from(tensor.data as NumberArray));
  if (zero === undefined) return result;
  const dims = zero.size === 1 ? [] : zero.dims.length === 1 && axisFromEnd === 2 ? [zero.size, 1] : zero.dims;
  const points = new Tensor('int32', dims, Int32Array.from(zero.data as NumberArray));
  return combine(result, points, (a, b) => a - b);
}

function matmulInteger(inputs: Inputs): Tensor {
  const a = shifted(tensorAt(inputs, 0), optionalTensor(inputs, 2), 2);
  return matmul(a, shifted(tensorAt(inputs, 1), optionalTensor(inputs, 3), 1));
}

function det(inputs: Inputs): Tensor {
  const input = tensorAt(inputs, 0);
  const n = input.dims.at(-1) ?? 0;
  const result = newTensor(input.type, input.dims.slice(0, -2));
  for (let i = 0; i < result.size; i++) {
    const rows = Array.from({ length: n }, (_, row) =>
      Array.from({ length: n }, (_, k) => input.data[(i * n + row) * n + k] as number),
    );
    (result.data as NumberArray)[i] = determinant(rows);
  }
  return settle(result);
}

/** By Gaussian elimination with partial pivoting, in double precision. */
function determinant(rows: number[][]): number {
  let result = 1;
  for (let k = 0; k < rows.length; k++) {
    let pivot = k;
    for (let i = k + 1; i < rows.length; i++) if (Math.abs(rows[i]![k]!) > Math.abs(rows[pivot]![k]!)) pivot = i;
    if (rows[pivot]![k] === 0) return 0;
    if (pivot !== k) {
      [rows[k], rows[pivot]] = [rows[pivot]!, rows[k]!];
      result = -result;
    }
    result *= rows[k]![k]!;
    for (let i = k + 1; i < rows.length; i++) {
      const factor = rows[i]![k]! / rows[k]![k]!;
      for (let j = k; j < rows.length; j++) rows[i]![j] = rows[i]![j]! - factor * rows[k]![j]!;
    }
  }
  return result;
}

export const matmulKernels = {
  '/Det': det,
  '/Einsum': einsum,
  '/Gemm': gemm,
  '/MatMul': (inputs) => matmul(tensorAt(inputs, 0), tensorAt(inputs, 1)),
  '/MatMulInteger': matmulInteger,
} satisfies Kernels;

export { gemm };
