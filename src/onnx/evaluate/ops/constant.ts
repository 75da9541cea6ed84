import { elementTypeOf } from '../../element-types.js';
import { badAttribute, badInput } from '../../errors.js';
import { type Inputs, integersOf, type Kernels, type NodeContext, tensorAt } from '../kernel.js';
import { denseOf } from '../sparse.js';
import { newTensor, settle, type Tensor, tensorFromProto } from '../tensor.js';
import { describe, tensorOf } from '../values.js';

function constant(_: Inputs, node: NodeContext): Tensor {
  return node.prepared(() => {
    const { attributes } = node;
    const tensor = attributes.tensor('value');
    if (tensor !== undefined) return tensorFromProto(tensor);
    const sparse = attributes.sparseTensor('sparse_value');
    if (sparse !== undefined) return denseOf(sparse);
    if (attributes.has('value_int')) return tensorOf('int64', [BigInt(attributes.get('value_int')?.i ?? 0)], []);
    if (attributes.has('value_float')) return tensorOf('float', [attributes.float('value_float')], []);
    if (attributes.has('value_string')) return tensorOf('string', [attributes.string('value_string')], []);
    const ints = attributes.bigints('value_ints');
    if (ints !== undefined) return tensorOf('int64', ints);
    const floats = attributes.floats('value_floats');
    if (floats !== undefined) return tensorOf('float', floats);
    const strings = attributes.strings('value_strings');
    if (strings !== undefined) return tensorOf('string', strings);
    throw badAttribute('value', 'the constant has no value');
  });
}

function constantOfShape(inputs: Inputs, node: NodeContext): Tensor {
  const dims = integersOf(tensorAt(inputs, 0));
  const proto = node.attributes.tensor('value');
  const value = proto === undefined ? tensorOf('float', [0]) : tensorFromProto(proto);
  const result = newTensor(value.type, dims);
  (result.data as unknown[]).fill(value.data[0]);
  return result;
}

function eyeLike(inputs: Inputs, node: NodeContext): Tensor {
  const input = tensorAt(inputs, 0);
  if (input.dims.length !== 2) throw badInput('the input has not two dimensions', { got: describe(input) });
  const [rows, columns] = input.dims as [number, number];
  const type = elementTypeOf(node.attributes.int('dtype', input.dataType)) ?? input.type;
  const result = newTensor(type, input.dims);
  const one = (type === 'int64' || type === 'uint64' ? 1n : 1) as never;
  const k = node.attributes.int('k', 0);
  for (let row = Math.max(0, -k); row < rows && row + k < columns; row++) result.data[row * columns + row + k] = one;
  return result;
}

/** Steps from start to limit in exact integers. */
function steps(start: Tensor, limit: Tensor, delta: Tensor): number {
  const [way, step] = [(limit.data[0] as bigint) - (start.data[0] as bigint), delta.data[0] as bigint];
  const whole = way / step;
  return Number(way % step !== 0n && way > 0n === step > 0n ? whole + 1n : whole);
}

function range(inputs: Inputs): Tensor {
  const [start, limit, delta] = [tensorAt(inputs, 0), tensorAt(inputs, 1), tensorAt(inputs, 2)];
  const [from, to, by] = [Number(start.data[0]), Number(limit.data[0]), Number(delta.data[0])];
  if (by === 0) throw badInput('the step of a range is 0');
  const big = typeof start.data[0] === 'bigint';
  const count = Math.max(0, big ? steps(start, limit, delta) : Math.ceil((to - from) / by));
  const result = newTensor(start.type, [count]);
  for (let i = 0; i < count; i++)
    (result.data as unknown[])[i] = big
      ? (start.data[0] as bigint) + BigInt(i) * (delta.data[0] as bigint)
      : from + i * by;
  return settle(result);
}

export const constantKernels = {
  '/Constant': constant,
  '/ConstantOfShape': constantOfShape,
  '/EyeLike': eyeLike,
  '/Range': range,
} satisfies Kernels;
