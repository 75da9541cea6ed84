import type { ElementType } from '../../../src/onnx/element-types.js';
import { newTensor } from '../../../src/onnx/evaluate/tensor.js';
import { Tensor } from '../../../src/onnx/index.js';
import { type Generator, typed } from './case.js';
import { type Draw, FLOATS, isFloat, type Mood } from './draw.js';

const unary =
  (mood: Mood, attributes: (draw: Draw) => Record<string, unknown> = () => ({}), parameter = 'T'): Generator =>
  (draw, schema) => ({
    inputs: [draw.tensor(draw.type(typed(schema, parameter)), draw.dims(), mood)],
    attributes: draw.chance(0.3) ? {} : attributes(draw),
  });

const alpha = (draw: Draw): Record<string, unknown> => ({ alpha: draw.pick([0.5, 1, 2, -1.5, 0]) });

const binary =
  (mood: Mood, second: Mood = mood): Generator =>
  (draw, schema) => {
    const type = draw.type(typed(schema));
    const [a = [], b = []] = draw.broadcast(2);
    return { inputs: [draw.tensor(type, a, mood), draw.tensor(type, b, second)] };
  };

/** Integer division by zero, and of the least integer by -1, ends the engine's process. */
const division: Generator = (draw, schema) => {
  const type = draw.type(typed(schema));
  const [a = [], b = []] = draw.broadcast(2);
  if (isFloat(type)) return { inputs: [draw.tensor(type, a, 'wild'), draw.tensor(type, b, 'wild')] };
  return { inputs: [draw.tensor(type, a), draw.tensor(type, b, 'positive')] };
};

const modulo: Generator = (draw, schema) => {
  const type = draw.type(typed(schema));
  const [a = [], b = []] = draw.broadcast(2);
  const left = draw.tensor(type, a, 'plain');
  const right = draw.tensor(type, b, 'positive');
  const negated = draw.chance(0.4) && !type.startsWith('uint');
  const data = (right.data as Float32Array).map((value) => (negated ? -value : value)) as Float32Array;
  return {
    inputs: [left, new Tensor(type, b, data)],
    attributes: isFloat(type) || draw.chance(0.4) ? { fmod: 1 } : {},
  };
};

const variadic =
  (mood: Mood): Generator =>
  (draw, schema) => {
    const type = draw.type(typed(schema));
    return { inputs: draw.broadcast(draw.int(1, 4)).map((dims) => draw.tensor(type, dims, mood)) };
  };

const power: Generator = (draw, schema) => {
  const type = draw.type(typed(schema));
  const other = schema.types.T1 === undefined ? type : draw.type(typed(schema, 'T1'));
  const [a = [], b = []] = draw.broadcast(2);
  const whole = !isFloat(type) || !isFloat(other);
  if (!whole) return { inputs: [draw.tensor(type, a, 'wild'), draw.tensor(other, b, 'plain')] };
  // Results beyond an integer's range are undefined.
  const exponent = draw.ints(
    other,
    draw
      .tensor('uint8', b, 'ties')
      .toArray()
      .map((value) => Number(value)),
    b,
  );
  return { inputs: [draw.tensor(type, a, 'plain'), exponent] };
};

const shift: Generator = (draw, schema) => {
  const type = draw.type(typed(schema));
  const [a = [], b = []] = draw.broadcast(2);
  return {
    inputs: [draw.tensor(type, a, 'wild'), draw.tensor(type, b, 'ties')],
    attributes: { direction: draw.pick(['LEFT', 'RIGHT']) },
  };
};

const clip: Generator = (draw, schema) => {
  const type = draw.type(typed(schema));
  const x = draw.tensor(type, draw.dims(), 'wild');
  if (schema.since < 11) return { inputs: [x], attributes: draw.chance(0.5) ? { min: -1.5, max: 1.25 } : { max: 0.5 } };
  const bound = (): Tensor | undefined => (draw.chance(0.75) ? draw.tensor(type, [], 'plain') : undefined);
  return { inputs: [x, bound(), bound()] };
};

const slope: Generator = (draw, schema) => {
  const type = draw.type(typed(schema));
  const dims = draw.dims(1, 4);
  const tail = dims.slice(draw.int(0, dims.length)).map((size) => (draw.chance(0.3) ? 1 : size));
  return { inputs: [draw.tensor(type, dims, 'wild'), draw.tensor(type, tail, 'plain')] };
};

const where: Generator = (draw, schema) => {
  const type = draw.type(typed(schema));
  const [c = [], a = [], b = []] = draw.broadcast(3);
  return { inputs: [draw.tensor('bool', c), draw.tensor(type, a, 'wild'), draw.tensor(type, b, 'wild')] };
};

const CODES: Partial<Record<ElementType, number>> = {
  float: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  double: 11,
  uint32: 12,
  uint64: 13,
};

/** What C++ leaves undefined is not drawn: floats beyond the range of an integer type. */
function castable(draw: Draw, from: ElementType, to: ElementType): Tensor {
  const dims = draw.dims();
  const count = newTensor('float', dims).size;
  if (from === 'string') {
    const whole = !isFloat(to);
    const texts = whole ? ['0', '7', '12', '1', '100'] : ['0.5', '-1.25', '3', '1e3', '-7e-2', 'NaN', 'INF', '-INF'];
    return new Tensor(
      'string',
      dims,
      Array.from({ length: count }, () => draw.pick(texts)),
    );
  }
  const mood: Mood = isFloat(to) || to === 'bool' || (!isFloat(from) && to !== 'string') ? 'wild' : 'plain';
  const x = draw.tensor(from, dims, mood);
  if (!isFloat(from) || !to.startsWith('uint')) return x;
  return new Tensor(from, dims, (x.data as Float32Array).map(Math.abs));
}

const cast: Generator = (draw, schema) => {
  const from = draw.type(typed(schema, 'T1'));
  const to = draw.type(typed(schema, 'T2'));
  const x = castable(draw, from, to === 'string' && from === 'string' ? 'float' : to);
  if (schema.name === 'CastLike') return { inputs: [x, draw.tensor(to, [2])] };
  return { inputs: [x], attributes: { to: CODES[to] } };
};

const isInf: Generator = (draw, schema) => ({
  inputs: [draw.tensor(draw.type(typed(schema, 'T1'), FLOATS), draw.dims(), 'wild')],
  attributes: { detect_negative: draw.int(0, 1), detect_positive: draw.int(0, 1) },
});

const dropout: Generator = (draw, schema) => {
  const type = draw.type(typed(schema));
  const x = draw.tensor(type, draw.dims(1), 'wild');
  if (schema.since < 12) return { inputs: [x], attributes: { ratio: 0.25 }, outputs: draw.int(1, 2) };
  const ratio = draw.tensor('float', [], 'unit');
  return {
    inputs: [x, draw.chance(0.5) ? new Tensor('float', [], ratio.data.map(Math.abs as never) as never) : undefined],
  };
};

const prelu = slope;

export const ELEMENTWISE: Readonly<Record<string, Generator>> = {
  '/Abs': unary('wild'),
  '/Acos': unary('unit'),
  '/Acosh': unary('over1'),
  '/Asin': unary('unit'),
  '/Asinh': unary('wild'),
  '/Atan': unary('wild'),
  '/Atanh': unary('unit'),
  '/BitwiseNot': unary('wild'),
  '/Ceil': unary('wild'),
  '/Celu': unary('wild', (draw) => ({ alpha: draw.pick([0.5, 1, 2]) })),
  '/Cos': unary('plain'),
  '/Cosh': unary('wild'),
  '/Elu': unary('wild', alpha),
  '/Erf': unary('wild'),
  '/Exp': unary('wild'),
  '/Floor': unary('wild'),
  '/Gelu': unary('wild', (draw) => ({ approximate: draw.pick(['none', 'tanh']) })),
  '/HardSigmoid': unary('wild', (draw) => ({ alpha: draw.pick([0.2, 0.5, -0.3]), beta: draw.pick([0.5, 0, 0.7]) })),
  '/HardSwish': unary('wild'),
  '/Identity': unary('wild', () => ({}), 'V'),
  '/IsInf': isInf,
  '/IsNaN': unary('wild', () => ({}), 'T1'),
  '/LeakyRelu': unary('wild', alpha),
  '/Log': unary('wild'),
  '/Mish': unary('wild'),
  '/Neg': unary('wild'),
  '/Not': unary('wild'),
  '/Reciprocal': unary('wild'),
  '/Relu': unary('wild'),
  '/Round': unary('wild'),
  '/Selu': unary('wild', (draw) => ({ alpha: draw.pick([0.5, 1.6]), gamma: draw.pick([1.05, 2]) })),
  '/Shrink': unary('plain', (draw) => ({ bias: draw.pick([0, 0.5, 1.5]), lambd: draw.pick([0.5, 1, 0]) })),
  '/Sigmoid': unary('wild'),
  '/Sign': unary('wild'),
  '/Sin': unary('plain'),
  '/Sinh': unary('wild'),
  '/Softplus': unary('wild'),
  '/Softsign': unary('wild'),
  '/Sqrt': unary('wild'),
  '/Swish': unary('wild', alpha),
  '/Tan': unary('plain'),
  '/Tanh': unary('wild'),
  '/ThresholdedRelu': unary('wild', alpha),
  '/Add': binary('wild'),
  '/And': binary('wild'),
  '/BitwiseAnd': binary('wild'),
  '/BitwiseOr': binary('wild'),
  '/BitwiseXor': binary('wild'),
  '/BitShift': shift,
  '/Div': division,
  '/Equal': binary('ties'),
  '/Greater': binary('wild'),
  '/GreaterOrEqual': binary('ties'),
  '/Less': binary('wild'),
  '/LessOrEqual': binary('ties'),
  '/Mod': modulo,
  '/Mul': binary('wild'),
  '/Or': binary('wild'),
  '/PRelu': prelu,
  '/Pow': power,
  '/StringConcat': binary('wild'),
  '/Sub': binary('wild'),
  '/Xor': binary('wild'),
  '/Max': variadic('wild'),
  '/Min': variadic('wild'),
  '/Mean': variadic('wild'),
  '/Sum': variadic('wild'),
  '/BitCast': (draw) => {
    const [from, to] = draw.pick([
      ['float', 'int32'],
      ['int64', 'double'],
      ['uint16', 'float16'],
      ['int8', 'uint8'],
    ] as const);
    return { inputs: [draw.tensor(from, draw.dims(), 'wild')], attributes: { to: CODES[to] } };
  },
  '/Cast': cast,
  '/CastLike': cast,
  '/Clip': clip,
  '/Dropout': dropout,
  '/Where': where,
};
