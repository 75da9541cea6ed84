import { describe, expect, test } from 'vitest';
import type { ElementType } from '../../src/onnx/element-types.js';
import { fmaf } from '../../src/onnx/evaluate/float-math.js';
import { OnnxEvaluator, readOnnx, Tensor, tensorOf, writeOnnx } from '../../src/onnx/index.js';
import { graph, info, model, node } from './models.js';

type Attributes = Parameters<typeof node>[3];

/** The first output of one node. */
function run(op: string, opset: number, inputs: readonly (Tensor | null)[], attributes: Attributes = {}): Tensor {
  const names = inputs.map((value, i) => (value === null ? '' : `x${i}`));
  const feeds = Object.fromEntries(inputs.flatMap((value, i) => (value === null ? [] : [[`x${i}`, value]])));
  const infos = Object.entries(feeds).map(([name, value]) => info(name, value.type, [...value.dims]));
  const body = graph([node(op, names, ['y'], attributes)], infos, [{ name: 'y' }]);
  return new OnnxEvaluator(readOnnx(writeOnnx(model(body, opset)))).run(feeds)['y'] as Tensor;
}

const of = (type: ElementType, values: readonly (number | bigint | string)[], dims?: readonly number[]): Tensor =>
  tensorOf(type, values, dims);
const complex = (values: readonly number[], dims: readonly number[]): Tensor =>
  new Tensor('complex64', dims, Float32Array.from(values));

describe('integers', () => {
  test('a cast to a narrower or signed type keeps the low bits', () => {
    expect([...run('Cast', 13, [of('uint32', [4294967294])], { to: 6 }).data]).toEqual([-2]);
    expect([...run('Cast', 13, [of('int64', [4294967297n])], { to: 6 }).data]).toEqual([1]);
    expect([...run('Cast', 13, [of('int32', [-1])], { to: 2 }).data]).toEqual([255]);
  });

  test('a 64-bit integer is rounded once on its way to float32', () => {
    // 2^60 lies halfway between two floats from 2^36 on; one more than the half must round up.
    expect([...run('Cast', 13, [of('int64', [2n ** 60n + 2n ** 36n + 1n])], { to: 1 }).data]).toEqual([
      2 ** 60 + 2 ** 37,
    ]);
    expect([...run('Cast', 13, [of('int64', [2n ** 60n + 2n ** 36n])], { to: 1 }).data]).toEqual([2 ** 60]);
  });

  test('a float beyond the range becomes the least integer', () => {
    expect([...run('Cast', 13, [of('double', [1e30, -1e30, 2 ** 63])], { to: 7 }).data]).toEqual([
      -(2n ** 63n),
      -(2n ** 63n),
      -(2n ** 63n),
    ]);
  });

  test('products of 32-bit integers wrap', () => {
    const big = of('int32', [2147483647, 3], [1, 2]);
    // (2^31 - 1)^2 + 9 = 2^62 - 2^32 + 10
    expect([...run('MatMul', 13, [big, of('int32', [2147483647, 3], [2, 1])]).data]).toEqual([10]);
    expect([...run('ReduceSumSquare', 18, [of('int32', [2147483647, 3])], { keepdims: 0 }).data]).toEqual([10]);
    expect([...run('ReduceProd', 18, [of('int32', [2147483647, 2147483647])], { keepdims: 0 }).data]).toEqual([1]);
    expect([...run('Pow', 15, [of('int32', [3]), of('int32', [40])]).data]).toEqual([
      Number(BigInt.asIntN(32, 3n ** 40n)),
    ]);
  });

  test('a remainder by zero is an error, as a quotient is', () => {
    for (const type of ['int32', 'int64'] as const)
      for (const op of ['Mod', 'Div'])
        expect(() => run(op, 14, [of(type, [1]), of(type, [0])])).toThrow('an integer is divided by zero');
  });

  test('ranges beyond 2^53 keep every integer', () => {
    const start = 2n ** 60n;
    const one = (value: bigint): Tensor => of('int64', [value], []);
    expect([...run('Range', 11, [one(start), one(start + 5n), one(2n)]).data]).toEqual([start, start + 2n, start + 4n]);
    expect(run('Range', 11, [one(start), one(start - 1n), one(2n)]).dims).toEqual([0]);
  });
});

test('a fused multiply-add in float32 is rounded once', () => {
  const factor = 1 + 2 ** -12;
  // The square is 1 + 2^-11 + 2^-24, halfway between two floats; what is added decides, but no double holds it.
  expect(fmaf(factor, factor, 2 ** -149)).toBe(1 + 2 ** -11 + 2 ** -23);
  expect(fmaf(factor, factor, -(2 ** -149))).toBe(1 + 2 ** -11);
  expect(fmaf(factor, factor, 0)).toBe(1 + 2 ** -11);
  expect(fmaf(3e38, 3e38, 1)).toBe(Number.POSITIVE_INFINITY);
});

describe('nothing to reduce', () => {
  test('is the worst value of the type', () => {
    const empty = (type: ElementType): Tensor => of(type, [], [0, 1]);
    const reduced = (op: string, type: ElementType) => run(op, 18, [empty(type)], { keepdims: 0 }).data[0];
    expect(reduced('ReduceMin', 'uint32')).toBe(4294967295);
    expect(reduced('ReduceMin', 'int64')).toBe(2n ** 63n - 1n);
    expect(reduced('ReduceMax', 'int32')).toBe(-2147483648);
    expect(reduced('ReduceMax', 'float')).toBe(Number.NEGATIVE_INFINITY);
    expect(run('ReduceMin', 20, [empty('bool')], { keepdims: 0 }).data[0]).toBe(1);
  });
});

describe('floats', () => {
  test('1 to any power is 1, and -1 to an infinite one', () => {
    const powers = run('Pow', 15, [
      of('float', [1, 1, -1, 2]),
      of('float', [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN]),
    ]);
    expect([...powers.data]).toEqual([1, 1, 1, Number.NaN]);
  });

  test('a range of float16 holds numbers of float16', () => {
    const one = (value: number): Tensor => of('float16', [value], []);
    // 0.1 in float16 is 0.0999755859375; three of them lie halfway between two numbers, 1228 and 1229 times 2^-12.
    expect([...run('Range', 27, [one(0), one(0.35), one(0.1)]).data]).toEqual([
      0, 0.0999755859375, 0.199951171875, 0.2998046875,
    ]);
  });

  test('the defaults of Selu are float32 in double precision as well', () => {
    const alpha = Math.fround(1.6732632423543772);
    const gamma = Math.fround(1.0507009873554805);
    const [negative, positive] = run('Selu', 6, [of('double', [-1, 2])]).data as Float64Array;
    expect(positive).toBe(gamma * 2);
    expect(negative).toBeCloseTo(gamma * (alpha * Math.exp(-1) - alpha), 15);
  });

  test('softmax of a scalar is 1', () => {
    expect([...run('Softmax', 13, [of('float', [3], [])]).data]).toEqual([1]);
    expect([...run('LogSoftmax', 13, [of('float', [3], [])]).data]).toEqual([0]);
    expect([...run('Hardmax', 13, [of('float', [3], [])]).data]).toEqual([1]);
  });
});

describe('complex numbers keep both parts', () => {
  const x = complex([1, 2, 3, 4], [2]);
  const long = (...values: number[]): Tensor => of('int64', values);

  test('when they are padded, cropped and cut to a triangle', () => {
    expect([...run('Pad', 18, [x, long(1, 0)], { mode: 'edge' }).data]).toEqual([1, 2, 1, 2, 3, 4]);
    expect([...run('Pad', 18, [x, long(0, 1), complex([8, 9], [])]).data]).toEqual([1, 2, 3, 4, 8, 9]);
    expect([...run('CenterCropPad', 18, [x, long(3)]).data]).toEqual([1, 2, 3, 4, 0, 0]);
    const square = complex([1, 2, 3, 4, 5, 6, 7, 8], [2, 2]);
    expect([...run('Trilu', 14, [square]).data]).toEqual([1, 2, 3, 4, 0, 0, 7, 8]);
  });

  test('when they are scattered, found and told apart', () => {
    const update = complex([10, 20], [1]);
    expect([...run('ScatterElements', 18, [x, long(1), update]).data]).toEqual([1, 2, 10, 20]);
    expect([...run('ScatterElements', 18, [x, long(1), update], { reduction: 'add' }).data]).toEqual([1, 2, 13, 24]);
    // (3 + 4i)(10 + 20i) = -50 + 100i
    expect([...run('ScatterElements', 18, [x, long(1), update], { reduction: 'mul' }).data]).toEqual([1, 2, -50, 100]);
    expect([...run('NonZero', 13, [complex([0, 0, 0, 1], [2])]).data]).toEqual([1n]);
    expect([...run('Unique', 11, [complex([1, 2, 1, 1, 1, 2], [3])]).data]).toEqual([1, 1, 1, 2]);
  });
});

describe('shapes without elements', () => {
  test('padding an empty tensor of texts or long integers fills with their zero', () => {
    const pads = of('int64', [1, 1]);
    expect([...run('Pad', 18, [of('string', []), pads]).data]).toEqual(['', '']);
    expect([...run('Pad', 18, [of('int64', []), pads]).data]).toEqual([0n, 0n]);
  });

  test('index tuples without parts name the whole tensor', () => {
    const got = run('GatherND', 13, [of('float', [1, 2]), of('int64', [], [2, 0])]);
    expect(got.dims).toEqual([2, 2]);
    expect([...got.data]).toEqual([1, 2, 1, 2]);
  });
});

describe('regular expressions', () => {
  const matches = (pattern: string, ...texts: string[]): boolean[] =>
    run('RegexFullMatch', 20, [of('string', texts)], { pattern }).toArray() as boolean[];

  test('have the syntax of RE2', () => {
    expect(matches('(?i)cat|DOG', 'Cat', 'dog', 'cow')).toEqual([true, true, false]);
    expect(matches('[[:alpha:]]+[^[:digit:]]', 'ab!', 'ab1')).toEqual([true, false]);
    expect(matches('(?P<user>\\w+)\\@\\Qa.b\\E', 'me@a.b', 'me@axb')).toEqual([true, false]);
    expect(matches('\\pL+\\x{21}?', 'né!', 'n1')).toEqual([true, false]);
    // A dot is all but a line feed, \s and \w are ASCII.
    expect(matches('a.b', 'a\rb', 'a\nb')).toEqual([true, false]);
    expect(matches('\\s\\w', ' a', '\u00a0a', ' é')).toEqual([true, false, false]);
  });

  test('match whole texts, and are refused where RE2 refuses them', () => {
    expect(matches('a', 'a', 'a\n', 'aa')).toEqual([true, false, false]);
    expect(() => matches('(?=a)', 'a')).toThrow('the pattern is no regular expression');
    expect(() => matches('[a', 'a')).toThrow('the pattern is no regular expression');
  });
});

describe('Resize', () => {
  const scaled = (x: Tensor, scale: number, attributes: Attributes): Tensor =>
    run('Resize', 13, [x, null, of('float', [scale])], attributes);

  test('computes lengths and places in float32', () => {
    // 2.6 is 2.5999999 in float32, but five times it rounds to 13.
    expect(scaled(of('float', [1, 2, 3, 4, 5]), 2.6, {}).dims).toEqual([13]);
    // 0.6 is 0.60000002: (1 + 0.5) / 0.6 - 0.5 is 1.9999999 in double precision, and 2 in float32.
    const floor = { nearest_mode: 'floor', coordinate_transformation_mode: 'half_pixel' };
    expect([...scaled(of('float', [0, 1, 2, 3, 4]), 0.6, floor).data]).toEqual([0, 2, 3]);
  });

  test('cuts integers off after the linear filter, and rounds and saturates them after the cubic one', () => {
    const x = of('uint8', [0, 3]);
    expect([...scaled(x, 2, { mode: 'linear' }).data]).toEqual([0, 0, 2, 3]);
    // With a = -0.75 the weights are -0.035, 0.262, 0.879 and -0.105: -9, -27 and 282 lie beyond the type.
    const cubic = scaled(of('uint8', [0, 0, 255, 255]), 2, { mode: 'cubic' });
    expect([...cubic.data]).toEqual([0, 0, 0, 58, 197, 255, 255, 255]);
  });
});
