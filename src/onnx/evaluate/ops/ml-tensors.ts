import type { Attributes } from '../../attributes.js';
import { badInput } from '../../errors.js';
import { Tensor, type TensorData } from '../tensor.js';
import { describe } from '../values.js';

/** A tensor as rows of numbers: one dimension is one row, more than two are flattened behind the first. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: ArrayLike<number>;
}

/** The numbers of a tensor; int64 as doubles. */
export function numbersIn(tensor: Tensor): ArrayLike<number> {
  const { data } = tensor;
  if (data instanceof BigInt64Array || data instanceof BigUint64Array)
    return Float64Array.from(data as ArrayLike<bigint>, Number);
  if (Array.isArray(data)) throw badInput('the operator takes numbers', { got: describe(tensor) });
  return data;
}

export function matrixOf(tensor: Tensor): Matrix {
  const { dims } = tensor;
  const values = numbersIn(tensor);
  if (dims.length === 0)
    throw badInput('the operator takes rows', { expected: 'one or two dimensions', got: describe(tensor) });
  if (dims.length === 1) return { rows: 1, columns: dims[0]!, values };
  const rows = dims[0]!;
  return { rows, columns: dims.slice(1).reduce((a, b) => a * b, 1), values };
}

/** The numbers as float32: what the float kernels of ai.onnx.ml make of double and integer inputs. */
export function asFloats(matrix: Matrix): Matrix {
  return matrix.values instanceof Float32Array ? matrix : { ...matrix, values: Float32Array.from(matrix.values) };
}

/** `classlabels_strings`, else the integers of the attribute `ints`. */
export function classLabels(attributes: Attributes, ints: string): (string | bigint)[] {
  const texts = attributes.strings('classlabels_strings');
  if (texts !== undefined && texts.length > 0) return texts;
  return attributes.bigints(ints) ?? [];
}

export function labelTensor(labels: readonly (string | bigint)[], areTexts: boolean, dims: readonly number[]): Tensor {
  const data = areTexts ? (labels as string[]) : BigInt64Array.from(labels as readonly bigint[]);
  return new Tensor(areTexts ? 'string' : 'int64', dims, data as TensorData);
}
