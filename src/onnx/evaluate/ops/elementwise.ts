import { type ElementType, elementRow } from '../../element-types.js';
import { badInput } from '../../errors.js';
import { roundHalfToEven } from '../../minifloat.js';
import { broadcastDims, forEachPair } from '../broadcast.js';
import { expVector, tanhVector } from '../float-math.js';
import {
  type Inputs,
  type Kernel,
  type Kernels,
  type NodeContext,
  optionalTensor,
  scalarOf,
  tensorAt,
} from '../kernel.js';
import { type BigArray, type NumberArray, newTensor, settle, type Tensor } from '../tensor.js';
import { describe } from '../values.js';
import { erf } from './special.js';

type Unary = (value: number) => number;
type UnaryBig = (value: bigint) => bigint;
type Binary = (a: number, b: number) => number;
type BinaryBig = (a: bigint, b: bigint) => bigint;

export const isBig = (type: ElementType): boolean => type === 'int64' || type === 'uint64';
export const isFloat = (type: ElementType): boolean => elementRow(type).class === 'float';

function refuse(tensor: Tensor): never {
  throw badInput('the operator does not take this type', { got: describe(tensor) });
}

/** A function that ONNX Runtime computes otherwise in float32 than the plain one. */
export const byWidth =
  (single: Unary, plain: Unary): Kernel =>
  (inputs) => {
    const input = tensorAt(inputs, 0);
    return mapNumbers(input, input.type === 'float' ? single : plain);
  };

/** Each element mapped, in the input's own type. */
export function mapNumbers(input: Tensor, map: Unary, mapBig?: UnaryBig): Tensor {
  const result = newTensor(input.type, input.dims);
  if (isBig(input.type)) {
    if (mapBig === undefined) return refuse(input);
    const from = input.data as BigArray;
    for (let i = 0; i < from.length; i++) (result.data as BigArray)[i] = mapBig(from[i]!);
    return result;
  }
  if (input.type === 'string') return refuse(input);
  const from = input.data as NumberArray;
  const to = result.data as NumberArray;
  for (let i = 0; i < from.length; i++) to[i] = map(from[i]!);
  return settle(result);
}

const unary =
  (map: Unary, mapBig?: UnaryBig): Kernel =>
  (inputs) =>
    mapNumbers(tensorAt(inputs, 0), map, mapBig);

function sameType(a: Tensor, b: Tensor): void {
  if (a.type !== b.type)
    throw badInput('the operands have different types', { got: `${describe(a)} and ${describe(b)}` });
}

/** Both operands broadcast, each pair of elements combined in their own type. */
export function combine(a: Tensor, b: Tensor, numbers: Binary, bigs?: BinaryBig): Tensor {
  sameType(a, b);
  const result = newTensor(a.type, broadcastDims(a.dims, b.dims));
  if (a.type === 'string' || elementRow(a.type).class === 'complex') return refuse(a);
  if (isBig(a.type)) {
    if (bigs === undefined) return refuse(a);
    const [left, right, to] = [a.data as BigArray, b.data as BigArray, result.data as BigArray];
    forEachPair(a.dims, b.dims, result.dims, (o, i, j) => {
      to[o] = bigs(left[i]!, right[j]!);
    });
    return result;
  }
  const [left, right, to] = [a.data as NumberArray, b.data as NumberArray, result.data as NumberArray];
  forEachPair(a.dims, b.dims, result.dims, (o, i, j) => {
    to[o] = numbers(left[i]!, right[j]!);
  });
  return settle(result);
}

/** A comparison of two tensors of any type that the comparison makes sense for. */
function compare(test: (a: never, b: never) => boolean): Kernel {
  return (inputs) => {
    const [a, b] = [tensorAt(inputs, 0), tensorAt(inputs, 1)];
    sameType(a, b);
    const result = newTensor('bool', broadcastDims(a.dims, b.dims));
    const [left, right, to] = [a.data, b.data, result.data as Uint8Array];
    forEachPair(a.dims, b.dims, result.dims, (o, i, j) => {
      to[o] = test(left[i] as never, right[j] as never) ? 1 : 0;
    });
    return result;
  };
}

const binary =
  (numbers: Binary, bigs?: BinaryBig): Kernel =>
  (inputs) =>
    combine(tensorAt(inputs, 0), tensorAt(inputs, 1), numbers, bigs);

function nonZero(b: bigint): bigint {
  if (b === 0n) throw badInput('an integer is divided by zero');
  return b;
}

const truncating = (type: ElementType): boolean => !isFloat(type);

function multiply(inputs: Inputs): Tensor {
  const [a, b] = [tensorAt(inputs, 0), tensorAt(inputs, 1)];
  const exact = a.type === 'int32' || a.type === 'uint32';
  return combine(a, b, exact ? Math.imul : (x, y) => x * y, (x, y) => x * y);
}

function divide(inputs: Inputs): Tensor {
  const [a, b] = [tensorAt(inputs, 0), tensorAt(inputs, 1)];
  if (!truncating(a.type)) return combine(a, b, (x, y) => x / y);
  const quotient = (x: number, y: number): number => (y === 0 ? Number(nonZero(0n)) : Math.trunc(x / y));
  return combine(a, b, quotient, (x, y) => x / nonZero(y));
}

/** The sign of the divisor, as in Python; `fmod` = 1 takes the sign of the dividend, as in C. */
function modulo(inputs: Inputs, node: NodeContext): Tensor {
  const [a, b] = [tensorAt(inputs, 0), tensorAt(inputs, 1)];
  if (node.attributes.int('fmod', 0) === 1)
    return combine(
      a,
      b,
      (x, y) => (y === 0 && truncating(a.type) ? Number(nonZero(0n)) : x % y),
      (x, y) => x % nonZero(y),
    );
  const whole = truncating(a.type);
  const numbers = (x: number, y: number): number => {
    const rest = whole && y === 0 ? Number(nonZero(0n)) : x % y;
    return rest !== 0 && rest < 0 !== y < 0 ? rest + y : rest;
  };
  return combine(a, b, numbers, (x, y) => {
    const rest = x % nonZero(y);
    return rest !== 0n && rest < 0n !== y < 0n ? rest + y : rest;
  });
}

/** C's pow: 1 to any power is 1, even where JavaScript has NaN, and so is -1 to an infinite power. */
function powerOf(base: number, exponent: number): number {
  if (base === 1 || (base === -1 && Math.abs(exponent) === Number.POSITIVE_INFINITY)) return 1;
  return base ** exponent;
}

/** A power of integers: exact, and wrapped by the type that holds it. */
function wholePower(base: number | bigint, exponent: number | bigint): bigint | null {
  const whole = typeof exponent === 'bigint' || Number.isInteger(exponent) ? BigInt(exponent) : -1n;
  return whole >= 0n && whole < 4096n ? BigInt(base) ** whole : null;
}

/** The base's type holds the result; the exponent may be of another type. */
function power(inputs: Inputs): Tensor {
  const [a, b] = [tensorAt(inputs, 0), tensorAt(inputs, 1)];
  const result = newTensor(a.type, broadcastDims(a.dims, b.dims));
  const to = result.data as unknown[];
  forEachPair(a.dims, b.dims, result.dims, (o, i, j) => {
    const base = a.data[i]!;
    const exponent = b.data[j]!;
    const plain = powerOf(Number(base), Number(exponent));
    if (!truncating(a.type)) to[o] = plain;
    else if (Number.isSafeInteger(plain)) to[o] = typeof base === 'bigint' ? BigInt(plain) : plain;
    else {
      const exact = wholePower(base as number, exponent as number) ?? BigInt(Math.trunc(plain) || 0);
      to[o] = typeof base === 'bigint' ? exact : Number(BigInt.asIntN(32, exact));
    }
  });
  return settle(result);
}

function variadic(numbers: Binary, bigs?: BinaryBig): Kernel {
  return (inputs) => {
    let result = tensorAt(inputs, 0);
    for (let i = 1; i < inputs.length; i++) result = combine(result, tensorAt(inputs, i), numbers, bigs);
    return result;
  };
}

const chosenBig = (isFirst: boolean, a: bigint, b: bigint): bigint => (isFirst ? a : b);
const greater = (a: number, b: number): number => (Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : Math.max(a, b));
const lesser = (a: number, b: number): number => (Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : Math.min(a, b));

function mean(inputs: Inputs): Tensor {
  const sum = variadic((a, b) => a + b)(inputs, undefined as never) as Tensor;
  return mapNumbers(sum, (value) => value / inputs.length);
}

/** Of the types that have infinities beyond them. */
const LARGEST: Partial<Record<ElementType, number>> = {
  float: Math.fround(3.4028234663852886e38),
  double: Number.MAX_VALUE,
  float16: 65504,
  bfloat16: 255 * 2 ** 120,
};

/** Bounds are attributes before version 11 and inputs from then on; an absent one does not bound. */
function clip(inputs: Inputs, node: NodeContext): Tensor {
  const input = tensorAt(inputs, 0);
  if (isBig(input.type)) {
    const low = optionalTensor(inputs, 1)?.data[0] as bigint | undefined;
    const high = optionalTensor(inputs, 2)?.data[0] as bigint | undefined;
    return mapNumbers(
      input,
      (x) => x,
      (x) => {
        const raised = low !== undefined && x < low ? low : x;
        return high !== undefined && raised > high ? high : raised;
      },
    );
  }
  const bound = (index: number, name: string, fallback: number): number => {
    const given = optionalTensor(inputs, index);
    if (given !== undefined) return scalarOf(given);
    return node.version < 11 ? node.attributes.float(name, fallback) : fallback;
  };
  // "They default to numeric_limits::lowest() and numeric_limits::max(), respectively."
  // Before version 11 the defaults are those of float attributes.
  const largest = LARGEST[node.version < 11 ? 'float' : input.type] ?? Number.POSITIVE_INFINITY;
  const low = bound(1, 'min', -largest);
  const high = bound(2, 'max', largest);
  return mapNumbers(input, (x) => (Number.isNaN(x) ? x : Math.min(high, Math.max(low, x))));
}

function where(inputs: Inputs): Tensor {
  const [condition, a, b] = [tensorAt(inputs, 0), tensorAt(inputs, 1), tensorAt(inputs, 2)];
  sameType(a, b);
  const dims = broadcastDims(condition.dims, a.dims, b.dims);
  const result = newTensor(a.type, dims);
  const pairs = elementRow(a.type).class === 'complex' ? 2 : 1;
  const chosen = new Int32Array(result.size);
  forEachPair(condition.dims, dims, dims, (o, i) => {
    chosen[o] = condition.data[i] as number;
  });
  const to = result.data as unknown[];
  const take = (from: Tensor, wanted: boolean): void =>
    forEachPair(from.dims, dims, dims, (o, i) => {
      if ((chosen[o] !== 0) !== wanted) return;
      for (let k = 0; k < pairs; k++) to[o * pairs + k] = from.data[i * pairs + k];
    });
  take(a, true);
  take(b, false);
  return result;
}

function testEach(test: (value: number) => boolean): Kernel {
  return (inputs) => {
    const input = tensorAt(inputs, 0);
    const result = newTensor('bool', input.dims);
    for (let i = 0; i < input.size; i++) result.data[i] = test(input.data[i] as number) ? 1 : 0;
    return result;
  };
}

function isInf(inputs: Inputs, node: NodeContext): Tensor {
  const positive = node.attributes.int('detect_positive', 1) !== 0;
  const negative = node.attributes.int('detect_negative', 1) !== 0;
  const test = (value: number): boolean => (value === Infinity && positive) || (value === -Infinity && negative);
  return testEach(test)(inputs, node) as Tensor;
}

function bitShift(inputs: Inputs, node: NodeContext): Tensor {
  const left = node.attributes.string('direction') === 'LEFT';
  const [a, b] = [tensorAt(inputs, 0), tensorAt(inputs, 1)];
  const { bits } = elementRow(a.type);
  const shift = (x: number, by: number): number => {
    if (by < 0 || by >= bits) return !left && x < 0 ? -1 : 0;
    return left ? x << by : x < 0 ? x >> by : x >>> by;
  };
  return combine(a, b, shift, (x, by) => {
    if (by < 0n || by > 63n) return !left && x < 0n ? -1n : 0n;
    return left ? x << by : x >> by;
  });
}

function sign(x: number): number {
  return Number.isNaN(x) ? x : x > 0 ? 1 : x < 0 ? -1 : 0;
}

export const elementwiseKernels = {
  '/Abs': unary(Math.abs, (x) => (x < 0n ? -x : x)),
  '/Acos': unary(Math.acos),
  '/Acosh': unary(Math.acosh),
  '/Add': binary(
    (a, b) => a + b,
    (a, b) => a + b,
  ),
  '/And': binary((a, b) => a & b),
  '/Asin': unary(Math.asin),
  '/Asinh': unary(Math.asinh),
  '/Atan': unary(Math.atan),
  '/Atanh': unary(Math.atanh),
  '/BitShift': bitShift,
  '/BitwiseAnd': binary(
    (a, b) => a & b,
    (a, b) => a & b,
  ),
  '/BitwiseNot': unary(
    (x) => ~x,
    (x) => ~x,
  ),
  '/BitwiseOr': binary(
    (a, b) => a | b,
    (a, b) => a | b,
  ),
  '/BitwiseXor': binary(
    (a, b) => a ^ b,
    (a, b) => a ^ b,
  ),
  '/Ceil': unary(Math.ceil),
  '/Clip': clip,
  '/Cos': unary(Math.cos),
  '/Cosh': unary(Math.cosh),
  '/Div': divide,
  '/Equal': compare((a, b) => a === b),
  '/Erf': (inputs) => {
    const input = tensorAt(inputs, 0);
    // Of integers: in float32, then towards zero.
    const whole = (x: number): number => Math.trunc(Math.fround(erf(x)));
    return mapNumbers(input, isFloat(input.type) ? erf : whole, (x) => BigInt(whole(Number(x))));
  },
  '/Exp': byWidth(expVector, Math.exp),
  '/Floor': unary(Math.floor),
  '/Greater': compare((a, b) => a > b),
  '/GreaterOrEqual': compare((a, b) => a >= b),
  '/IsInf': isInf,
  '/IsNaN': testEach(Number.isNaN),
  '/Less': compare((a, b) => a < b),
  '/LessOrEqual': compare((a, b) => a <= b),
  '/Log': unary(Math.log),
  '/Max': variadic(greater, (a, b) => chosenBig(a > b, a, b)),
  '/Mean': mean,
  '/Min': variadic(lesser, (a, b) => chosenBig(a < b, a, b)),
  '/Mod': modulo,
  '/Mul': multiply,
  '/Neg': unary(
    (x) => -x,
    (x) => -x,
  ),
  '/Not': unary((x) => 1 - x),
  '/Or': binary((a, b) => a | b),
  '/Pow': power,
  '/Reciprocal': unary((x) => 1 / x),
  '/Round': unary(roundHalfToEven),
  '/Sign': unary(sign, (x) => (x > 0n ? 1n : x < 0n ? -1n : 0n)),
  '/Sin': unary(Math.sin),
  '/Sinh': unary(Math.sinh),
  '/Sqrt': unary(Math.sqrt),
  '/Sub': binary(
    (a, b) => a - b,
    (a, b) => a - b,
  ),
  '/Sum': variadic(
    (a, b) => a + b,
    (a, b) => a + b,
  ),
  '/Tan': unary(Math.tan),
  '/Tanh': byWidth(tanhVector, Math.tanh),
  '/Where': where,
  '/Xor': binary((a, b) => a ^ b),
} satisfies Kernels;
