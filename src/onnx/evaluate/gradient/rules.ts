import { attribute } from '../../attributes.js';
import type { AttributeProto } from '../../document.js';
import { type Call, graphOfNode, type Tape } from './tape.js';

/** The gradients of a node's inputs, from those of its outputs; undefined where an input has none. */
export type Rule = (t: Tape, n: Call, gradient: string) => (string | undefined)[];

/** dy/dx of an operator that maps each element. */
type Derivative = (t: Tape, x: string, y: string, n: Call) => string;

const int = (name: string, value: number): AttributeProto => attribute(name, 'INT', value);
const one = (t: Tape, x: string): string => t.scalar(1, x);

/** One over the square root of c + s x². */
const inverseRoot = (t: Tape, x: string, c: number, s: number): string =>
  t.op('Reciprocal', [t.op('Sqrt', [t.plus(t.times(t.square(x), s), c)])]);

/** 1 where the test holds, 0 elsewhere, in the type of x. */
const indicator = (t: Tape, test: string, x: string): string => t.castLike(test, x);
const isAbove = (t: Tape, x: string, bound: number): string => t.op('Greater', [x, t.scalar(bound, x)]);
const isBelow = (t: Tape, x: string, bound: number): string => t.op('Less', [x, t.scalar(bound, x)]);

const DERIVATIVES: Readonly<Record<string, Derivative>> = {
  Abs: (t, x) => t.op('Sign', [x]),
  Acos: (t, x) => t.neg(inverseRoot(t, x, 1, -1)),
  Acosh: (t, x) => inverseRoot(t, x, -1, 1),
  Asin: (t, x) => inverseRoot(t, x, 1, -1),
  Asinh: (t, x) => inverseRoot(t, x, 1, 1),
  Atan: (t, x) => t.op('Reciprocal', [t.plus(t.square(x), 1)]),
  Atanh: (t, x) => t.op('Reciprocal', [t.rest(t.square(x))]),
  Celu: (t, x, _y, n) => t.where(isBelow(t, x, 0), t.op('Exp', [t.times(x, 1 / n.float('alpha', 1))]), one(t, x)),
  Cos: (t, x) => t.neg(t.op('Sin', [x])),
  Cosh: (t, x) => t.op('Sinh', [x]),
  Elu: (t, x, y, n) => t.where(isBelow(t, x, 0), t.plus(y, n.float('alpha', 1)), one(t, x)),
  Erf: (t, x) => t.times(t.op('Exp', [t.neg(t.square(x))]), 2 / Math.sqrt(Math.PI)),
  Exp: (_t, _x, y) => y,
  HardSigmoid: (t, x, y, n) =>
    t.times(indicator(t, t.op('And', [isAbove(t, y, 0), isBelow(t, y, 1)]), x), n.float('alpha', Math.fround(0.2))),
  LeakyRelu: (t, x, _y, n) => t.where(isBelow(t, x, 0), t.scalar(n.float('alpha', Math.fround(0.01)), x), one(t, x)),
  Log: (t, x) => t.op('Reciprocal', [x]),
  Neg: (t, x) => t.scalar(-1, x),
  Reciprocal: (t, _x, y) => t.neg(t.square(y)),
  Relu: (t, x) => indicator(t, isAbove(t, x, 0), x),
  Selu: (t, x, y, n) => {
    const gamma = n.float('gamma', Math.fround(1.0507009873554805));
    const alpha = n.float('alpha', Math.fround(1.6732632423543772));
    return t.where(isAbove(t, x, 0), t.scalar(gamma, x), t.plus(y, gamma * alpha));
  },
  Shrink: (t, x, _y, n) => indicator(t, isAbove(t, t.op('Abs', [x]), n.float('lambd', 0.5)), x),
  Sigmoid: (t, _x, y) => t.mul(y, t.rest(y)),
  Sin: (t, x) => t.op('Cos', [x]),
  Sinh: (t, x) => t.op('Cosh', [x]),
  Softplus: (t, x) => t.op('Sigmoid', [x]),
  Softsign: (t, x) => t.op('Reciprocal', [t.square(t.plus(t.op('Abs', [x]), 1))]),
  Sqrt: (t, x, y) => t.div(t.scalar(0.5, x), y),
  Tan: (t, _x, y) => t.plus(t.square(y), 1),
  Tanh: (t, _x, y) => t.rest(t.square(y)),
  ThresholdedRelu: (t, x, _y, n) => indicator(t, isAbove(t, x, n.float('alpha', 1)), x),
};

const unary =
  (derivative: Derivative): Rule =>
  (t, n, g) => [t.mul(g, derivative(t, n.input(0), n.node.output[0]!, n))];

/** Same elements in another shape. */
const reshape: Rule = (t, n, g) => [t.reshapeLike(g, n.input(0))];
const expand: Rule = (t, n, g) => [t.expandLike(g, n.input(0))];

/** The gradient of a reduction and its result, both as with keepdims=1. */
function kept(t: Tape, n: Call, g: string): [gradient: string, result: string] {
  const y = t.again(n.node, int('keepdims', 1));
  return [t.reshapeLike(g, y), y];
}

const reduction =
  (factor: (t: Tape, x: string, y: string) => string | undefined): Rule =>
  (t, n, g) => {
    const [gradient, y] = kept(t, n, g);
    const x = n.input(0);
    const by = factor(t, x, y);
    return [by === undefined ? t.expandLike(gradient, x) : t.mul(by, gradient)];
  };

/** Equal extremes share the gradient. */
const extreme: Rule = (t, n, g) => {
  const [gradient, y] = kept(t, n, g);
  const hits = indicator(t, t.op('Equal', [n.input(0), y]), y);
  return [t.mul(hits, t.div(gradient, t.sumLike(hits, y)))];
};

const choice: Rule = (t, n, g) => {
  const y = n.node.output[0]!;
  const hits = n.node.input.map((x) => indicator(t, t.op('Equal', [x, y]), y));
  const count = hits.reduce((sum, hit) => t.add(sum, hit));
  return n.node.input.map((x, i) => t.sumLike(t.mul(hits[i]!, t.div(g, count)), x));
};

const product: Rule = (t, n, g) => {
  const [a, b] = [n.input(0), n.input(1)];
  const left = t.op('Matrix', [a], [int('side', 0)]);
  const right = t.op('Matrix', [b], [int('side', 1)]);
  const gradient = t.op('ProductShape', [g, a, b]);
  const swapped = (x: string): string => t.op('SwapLast', [x]);
  return [
    t.reshapeLike(t.sumLike(t.op('MatMul', [gradient, swapped(right)]), left), a),
    t.reshapeLike(t.sumLike(t.op('MatMul', [swapped(left), gradient]), right), b),
  ];
};

const gemm: Rule = (t, n, g) => {
  const [a, b, c] = [n.input(0), n.input(1), n.input(2)];
  const [alpha, beta] = [n.float('alpha', 1), n.float('beta', 1)];
  const turned = (x: string, name: string): string => (n.int(name, 0) !== 0 ? t.op('SwapLast', [x]) : x);
  const scaled = alpha === 1 ? g : t.times(g, alpha);
  const [left, right] = [turned(a, 'transA'), turned(b, 'transB')];
  const toLeft = t.op('MatMul', [scaled, t.op('SwapLast', [right])]);
  const toRight = t.op('MatMul', [t.op('SwapLast', [left]), scaled]);
  const third = c === '' ? undefined : t.sumLike(beta === 1 ? g : t.times(g, beta), c);
  return [turned(toLeft, 'transA'), turned(toRight, 'transB'), third];
};

/** The sum along the axes that a softmax runs over: one, before version 13 all from the axis on. */
function alongLine(t: Tape, n: Call, x: string): string {
  const isOld = n.version < 13;
  const axis = int('axis', n.int('axis', isOld ? 1 : -1));
  return isOld ? t.op('SumTail', [x], [axis]) : t.op('ReduceSum', [x, axesOf(t, axis)]);
}

const axesOf = (t: Tape, axis: AttributeProto): string =>
  t.op('Constant', [], [attribute('value_ints', 'INTS', [Number(axis.i)])]);

const power: Rule = (t, n, g) => {
  const [a, b, y] = [n.input(0), n.input(1), n.node.output[0]!];
  const exponent = t.castLike(b, a);
  const zero = t.scalar(0, a);
  const slope = t.mul(exponent, t.op('Pow', [a, t.plus(exponent, -1)]));
  const base = t.where(t.op('Equal', [exponent, zero]), zero, slope);
  if (!n.isActive(1)) return [t.sumLike(t.mul(g, base), a)];
  const log = t.where(t.op('Greater', [a, zero]), t.mul(y, t.op('Log', [a])), zero);
  return [t.sumLike(t.mul(g, base), a), t.castLike(t.sumLike(t.mul(g, log), b), b)];
};

const clip: Rule = (t, n, g) => {
  const [x, y] = [n.input(0), n.node.output[0]!];
  const untouched = indicator(t, t.op('Equal', [x, y]), x);
  const beyond = (i: number, test: string): string | undefined =>
    n.input(i) === '' ? undefined : t.sumLike(t.mul(g, indicator(t, t.op(test, [x, n.input(i)]), x)), n.input(i));
  return [
    t.mul(g, untouched),
    n.isActive(1) ? beyond(1, 'Less') : undefined,
    n.isActive(2) ? beyond(2, 'Greater') : undefined,
  ];
};

/** Operators that only move elements: which inputs hold them. */
const MOVERS: Readonly<Record<string, readonly number[] | 'all'>> = {
  CenterCropPad: [0],
  Compress: [0],
  Concat: 'all',
  DepthToSpace: [0],
  Gather: [0],
  GatherElements: [0],
  GatherND: [0],
  Pad: [0, 2],
  ReverseSequence: [0],
  Scatter: [0, 2],
  ScatterElements: [0, 2],
  ScatterND: [0, 2],
  Slice: [0],
  SpaceToDepth: [0],
  Split: [0],
  Tile: [0],
  Transpose: [0],
  Trilu: [0],
  Unfold: [0],
  Where: [1, 2],
};

/** The gradient of each element goes back to where the element came from. */
function movement(data: readonly number[] | 'all'): Rule {
  return (t, n) => {
    const node = {
      ...n.node,
      attribute: n.node.attribute.filter((each) => !(n.op === 'Pad' && each.name === 'value')),
    };
    const body = attribute('body', 'GRAPH', graphOfNode(node));
    const own = data === 'all' ? node.input.map((_, i) => i) : data;
    return node.input.map((name, input) => {
      if (name === '' || !own.includes(input) || !n.isActive(input)) return undefined;
      const parts = n.gradients.flatMap((gradient, output) =>
        gradient === undefined
          ? []
          : t.op(
              'MovedBack',
              [gradient, ...node.input],
              [body, attribute('data', 'INTS', own), int('input', input), int('output', output)],
            ),
      );
      return parts.reduce((sum, part) => t.add(sum, part));
    });
  };
}

/** MovedBack is linear in its gradient, and Moved is its transpose. */
const counterpart =
  (op: string): Rule =>
  (t, n, g) => [t.op(op, [g, ...n.node.input.slice(1)], n.node.attribute)];

export const RULES: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries(Object.entries(DERIVATIVES).map(([op, derivative]) => [op, unary(derivative)])),
  ...Object.fromEntries(Object.entries(MOVERS).map(([op, data]) => [op, movement(data)])),
  Add: (t, n, g) => [t.sumLike(g, n.input(0)), t.sumLike(g, n.input(1))],
  Cast: (t, n, g) => [t.castLike(g, n.input(0))],
  CastLike: (t, n, g) => [t.castLike(g, n.input(0))],
  Channels: reshape,
  Clip: clip,
  CumSum: (t, n, g) => {
    const node = { ...n.node, input: [g, n.input(1)] };
    return [t.again(node, int('reverse', 1 - n.int('reverse', 0)))];
  },
  Div: (t, n, g) => {
    const [a, b, y] = [n.input(0), n.input(1), n.node.output[0]!];
    const part = t.div(g, b);
    return [t.sumLike(part, a), t.sumLike(t.neg(t.mul(part, y)), b)];
  },
  Dropout: (_t, _n, g) => [g],
  Expand: (t, n, g) => [t.sumLike(g, n.input(0))],
  ExpandLike: (t, n, g) => [t.sumLike(g, n.input(0))],
  Filters: reshape,
  Flatten: reshape,
  Gemm: gemm,
  Identity: (_t, _n, g) => [g],
  LogSoftmax: (t, n, g) => [t.sub(g, t.mul(t.op('Exp', [n.node.output[0]!]), alongLine(t, n, g)))],
  MatMul: product,
  Matrix: reshape,
  Max: choice,
  Mean: (t, n, g) => n.node.input.map((x) => t.sumLike(t.times(g, 1 / n.node.input.length), x)),
  Min: choice,
  Moved: counterpart('MovedBack'),
  MovedBack: counterpart('Moved'),
  Mul: (t, n, g) => [t.sumLike(t.mul(g, n.input(1)), n.input(0)), t.sumLike(t.mul(g, n.input(0)), n.input(1))],
  PRelu: (t, n, g) => {
    const [x, slope] = [n.input(0), n.input(1)];
    const below = indicator(t, isBelow(t, x, 0), x);
    const factor = t.where(isBelow(t, x, 0), slope, one(t, x));
    return [t.mul(g, factor), t.sumLike(t.mul(g, t.mul(below, x)), slope)];
  },
  Pow: power,
  ProductShape: reshape,
  ReduceL1: reduction((t, x) => t.op('Sign', [x])),
  ReduceL2: reduction((t, x, y) => t.div(x, y)),
  ReduceLogSum: reduction((t, x, y) => t.expandLike(t.op('Exp', [t.neg(y)]), x)),
  ReduceLogSumExp: reduction((t, x, y) => t.op('Exp', [t.sub(x, y)])),
  ReduceMax: extreme,
  ReduceMean: reduction((t, x, y) => t.expandLike(t.op('Reciprocal', [t.op('Ratio', [x, y])]), x)),
  ReduceMin: extreme,
  ReduceProd: reduction((t, x, y) => t.div(y, x)),
  ReduceSum: reduction(() => undefined),
  ReduceSumSquare: reduction((t, x) => t.times(x, 2)),
  Reshape: reshape,
  ReshapeLike: reshape,
  Softmax: (t, n, g) => {
    const y = n.node.output[0]!;
    return [t.mul(y, t.sub(g, alongLine(t, n, t.mul(g, y))))];
  },
  Squeeze: reshape,
  Sub: (t, n, g) => [t.sumLike(g, n.input(0)), t.sumLike(t.neg(g), n.input(1))],
  Sum: (t, n, g) => n.node.input.map((x) => t.sumLike(g, x)),
  SumLike: expand,
  SumTail: expand,
  SwapLast: (t, _n, g) => [t.op('SwapLast', [g])],
  Unsqueeze: reshape,
  WindowShape: reshape,
};

/** Operators that take from their other inputs no more than a shape or a type. */
export const FIRST_ONLY: ReadonlySet<string> = new Set([
  ...['CastLike', 'Channels', 'ExpandLike', 'Moved', 'MovedBack', 'ProductShape', 'ReshapeLike', 'SumLike'],
  ...['Unfold', 'WindowShape'],
]);

/** Operators whose result does not change with a small change of what they are given, or is no float. */
export const FLAT: ReadonlySet<string> = new Set([
  ...['And', 'ArgMax', 'ArgMin', 'BitShift', 'Ceil', 'ConstantOfShape', 'Equal', 'EyeLike', 'Floor', 'Greater'],
  ...['GreaterOrEqual', 'Hardmax', 'IsInf', 'IsNaN', 'Less', 'LessOrEqual', 'NonMaxSuppression', 'NonZero', 'Not'],
  ...['OneHot', 'Or', 'RandomNormalLike', 'RandomUniformLike', 'Range', 'Ratio', 'Round', 'Scalar', 'Shape', 'Sign'],
  ...['Size', 'Xor'],
]);
