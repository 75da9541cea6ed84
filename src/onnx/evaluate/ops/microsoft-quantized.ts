import { badInput } from '../../errors.js';
import { roundHalfToEven } from '../../minifloat.js';
import { type Inputs, type Kernel, type Kernels, type NodeContext, optionalTensor, tensorAt } from '../kernel.js';
import { type NumberArray, newTensor, Tensor } from '../tensor.js';
import { describe } from '../values.js';
import { sigmoid } from './activation.js';
import { combine } from './elementwise.js';
import { concatenated, transposed } from './layout.js';
import { matmul } from './matmul.js';
import { poolKernels } from './pool.js';
import { bounds, quantizeKernels } from './quantize.js';
import { reduceKernels } from './reduce.js';

const { fround } = Math;

/** A scale and a zero point of one element. */
interface Grid {
  readonly scale: number;
  readonly zero: number;
}

function gridOf(scale: Tensor, zero: Tensor | undefined): Grid {
  return { scale: scale.data[0] as number, zero: zero === undefined ? 0 : (zero.data[0] as number) };
}

const gridAt = (inputs: Inputs, at: number): Grid => gridOf(tensorAt(inputs, at), optionalTensor(inputs, at + 1));

/** The numbers that codes stand for, in float32. */
function spread(x: Tensor, { scale, zero }: Grid): Tensor {
  const result = newTensor('float', x.dims);
  for (let i = 0; i < x.size; i++) result.data[i] = scale * ((x.data[i] as number) - zero);
  return result;
}

/** The codes of numbers: divided in float32, rounded half to even, kept within the type. */
function coded(x: Tensor, { scale, zero }: Grid, type: Tensor['type']): Tensor {
  const result = newTensor(type, x.dims);
  const [low, high] = bounds(type);
  for (let i = 0; i < x.size; i++) {
    const code = roundHalfToEven(fround((x.data[i] as number) / scale)) + zero;
    result.data[i] = Math.min(high, Math.max(low, code));
  }
  return result;
}

function binary(apply: (a: number, b: number) => number): Kernel {
  return (inputs) => {
    const [a, b] = [tensorAt(inputs, 0), tensorAt(inputs, 3)];
    const result = combine(spread(a, gridAt(inputs, 1)), spread(b, gridAt(inputs, 4)), apply);
    return coded(result, gridAt(inputs, 6), a.type);
  };
}

/** A float operator between codes: X, its scale and zero point, those of the result. */
function between(apply: (x: Tensor, node: NodeContext) => Tensor): Kernel {
  return (inputs, node) => {
    const x = tensorAt(inputs, 0);
    return coded(apply(spread(x, gridAt(inputs, 1)), node), gridAt(inputs, 3), x.type);
  };
}

function mapped(x: Tensor, map: (value: number) => number): Tensor {
  const result = newTensor('float', x.dims);
  for (let i = 0; i < x.size; i++) result.data[i] = map(x.data[i] as number);
  return result;
}

/** Channels last: moved to the second place for the pool, and back. */
const pooled =
  (kernel: '/AveragePool' | '/GlobalAveragePool') =>
  (x: Tensor, node: NodeContext): Tensor => {
    if (node.attributes.int('channels_last', 0) === 0) return poolKernels[kernel]([x], node) as Tensor;
    const axes = x.dims.map((_, axis) => axis);
    const first = transposed(x, [0, axes.at(-1)!, ...axes.slice(1, -1)]);
    const result = poolKernels[kernel]([first], node) as Tensor;
    return transposed(result, [0, ...axes.slice(2), 1]);
  };

const softmax = between((x, node) => {
  // The axis is that of the operator set given: before 13 all axes from it on.
  const version = node.attributes.int('opset', 13) < 13 ? 11 : 13;
  return reduceKernels['/Softmax']([x], { ...node, version }) as Tensor;
});

/** Each input with a scale and a zero point of its own. */
function concat(inputs: Inputs, node: NodeContext): Tensor {
  const type = tensorAt(inputs, 2).type;
  const parts: Tensor[] = [];
  for (let i = 2; i < inputs.length; i += 3) parts.push(spread(tensorAt(inputs, i), gridAt(inputs, i + 1)));
  return coded(concatenated(parts, node.attributes.int('axis')), gridAt(inputs, 0), type);
}

const integers = (x: Tensor): Tensor => new Tensor('int32', x.dims, Int32Array.from(x.data as NumberArray));

function lessZero(x: Tensor, zero: Tensor | undefined): Tensor {
  return zero === undefined ? integers(x) : combine(integers(x), integers(zero), (a, b) => a - b);
}

const factors = (a: Tensor, b: Tensor): Tensor => combine(a, b, (x, y) => x * y);

/** An integer product as floats: times the scales, plus a bias. */
function asFloats(sums: Tensor, scale: Tensor, bias: Tensor | undefined): Tensor {
  const floats = newTensor('float', sums.dims);
  (floats.data as Float32Array).set(sums.data as NumberArray);
  const scaled = combine(floats, scale, (x, y) => x * y);
  return bias === undefined ? scaled : combine(scaled, bias, (x, y) => x + y);
}

const single = (x: Tensor): Tensor => (x.size === 1 ? new Tensor(x.type, [], x.data) : x);

function matMulIntegerToFloat(inputs: Inputs): Tensor {
  const zero = (i: number): Tensor | undefined => {
    const given = optionalTensor(inputs, i);
    return given === undefined ? undefined : single(given);
  };
  const sums = matmul(lessZero(tensorAt(inputs, 0), zero(4)), lessZero(tensorAt(inputs, 1), zero(5)));
  const scale = factors(single(tensorAt(inputs, 2)), single(tensorAt(inputs, 3)));
  return asFloats(sums, scale, optionalTensor(inputs, 6));
}

/** A becomes uint8 by its own range, as DynamicQuantizeLinear does it. */
function dynamicQuantizeMatMul(inputs: Inputs, node: NodeContext): Tensor {
  const [codes, scale, zero] = quantizeKernels['/DynamicQuantizeLinear']([tensorAt(inputs, 0)], {
    ...node,
    attributes: withoutAttributes,
  }) as [Tensor, Tensor, Tensor];
  const weightZero = optionalTensor(inputs, 3);
  const right = lessZero(tensorAt(inputs, 1), weightZero === undefined ? undefined : single(weightZero));
  return asFloats(
    matmul(lessZero(codes, zero), right),
    factors(scale, single(tensorAt(inputs, 2))),
    optionalTensor(inputs, 4),
  );
}

const withoutAttributes = {
  int: (_: string, fallback: number) => fallback,
} as unknown as NodeContext['attributes'];

/** The product of codes, plus an int32 C; floats where no scale of the result is given. */
function qGemm(inputs: Inputs, node: NodeContext): Tensor {
  const { attributes } = node;
  const turned = (x: Tensor, name: string): Tensor => (attributes.int(name, 0) === 0 ? x : transposed(x, [1, 0]));
  const zeroB = optionalTensor(inputs, 5);
  const left = lessZero(turned(tensorAt(inputs, 0), 'transA'), optionalTensor(inputs, 2));
  const right = lessZero(turned(tensorAt(inputs, 3), 'transB'), zeroB === undefined ? undefined : single(zeroB));
  const c = optionalTensor(inputs, 6);
  const product = matmul(left, right);
  const sums = c === undefined ? product : combine(product, c, (x, y) => x + y);
  const alpha = attributes.float('alpha', 1);
  const scale = mapped(factors(tensorAt(inputs, 1), single(tensorAt(inputs, 4))), (x) => x * alpha);
  const floats = asFloats(sums, single(scale), undefined);
  const resultScale = optionalTensor(inputs, 7);
  if (resultScale === undefined) return floats;
  const zero = optionalTensor(inputs, 8);
  return coded(floats, gridOf(resultScale, zero), zero?.type ?? 'uint8');
}

/** x where the condition holds, else y, both in the result's codes. */
function where(inputs: Inputs): Tensor {
  const [test, x, y] = [tensorAt(inputs, 0), tensorAt(inputs, 1), tensorAt(inputs, 4)];
  if (test.type !== 'bool') throw badInput('the condition is not boolean', { got: describe(test) });
  const grid = gridAt(inputs, 7);
  const [a, b] = [coded(spread(x, gridAt(inputs, 2)), grid, x.type), coded(spread(y, gridAt(inputs, 5)), grid, x.type)];
  const chosen = combine(integers(test), integers(a), (t, value) => (t !== 0 ? value : -1000));
  const result = combine(chosen, integers(b), (value, other) => (value === -1000 ? other : value));
  const codes = newTensor(x.type, result.dims);
  (codes.data as NumberArray).set(result.data as NumberArray);
  return codes;
}

export const quantizedKernels = {
  'com.microsoft/DequantizeLinear': quantizeKernels['/DequantizeLinear'],
  'com.microsoft/DynamicQuantizeMatMul': dynamicQuantizeMatMul,
  'com.microsoft/MatMulIntegerToFloat': matMulIntegerToFloat,
  'com.microsoft/QGemm': qGemm,
  'com.microsoft/QLinearAdd': binary((a, b) => a + b),
  'com.microsoft/QLinearAveragePool': between(pooled('/AveragePool')),
  'com.microsoft/QLinearConcat': concat,
  'com.microsoft/QLinearGlobalAveragePool': between(pooled('/GlobalAveragePool')),
  'com.microsoft/QLinearLeakyRelu': between((x, node) => {
    const alpha = node.attributes.float('alpha', fround(0.01));
    return mapped(x, (value) => (value < 0 ? value * alpha : value));
  }),
  'com.microsoft/QLinearMul': binary((a, b) => a * b),
  'com.microsoft/QLinearSigmoid': between((x) => mapped(x, sigmoid)),
  'com.microsoft/QLinearSoftmax': softmax,
  'com.microsoft/QLinearWhere': where,
  'com.microsoft/QuantizeLinear': quantizeKernels['/QuantizeLinear'],
} satisfies Kernels;
