import { badProgram } from './errors.js';
import { TEST } from './forest.js';
import type { IrNode, LookupNode, Program, ReduceNode, TreesNode, VectorFunctionNode } from './nodes.js';
import type { Primitive } from './primitives.js';
import { isFloat, type Kind, type Literal, type Ref, sizeOf } from './types.js';

/**
 * Runs a program on one row, node by node, as the words of the IR say: the judge of passes that must not change a
 * program, never of a conversion. Gives every output's elements; null is missing. `row` holds each input's elements.
 */
export function interpret(program: Program, row: readonly (readonly Literal[])[]): Literal[][] {
  const values: Literal[][] = [];
  const given = new Map(program.inputs.map((ref, index) => [ref, row[index]!]));
  program.nodes.forEach((node, ref) => {
    values[ref] =
      node.op === 'input'
        ? given.get(ref)!.map((value) => settled(value, node.type.kind))
        : evaluate(node, (at) => values[at]!);
  });
  return program.outputs.map((output) => values[output.ref]!);
}

/** The value in its kind: rounded, and NaN as missing. */
function settled(value: Literal, kind: Kind): Literal {
  if (value === null || (typeof value === 'number' && Number.isNaN(value))) return null;
  if (kind === 'float32') return Math.fround(Number(value));
  if (kind === 'float64') return Number(value);
  if (kind === 'int64') return BigInt.asIntN(64, BigInt(value as bigint | number));
  return kind === 'int32' ? Number(value) | 0 : value;
}

type Get = (ref: Ref) => Literal[];

function evaluate(node: Exclude<IrNode, { op: 'input' }>, get: Get): Literal[] {
  const { kind } = node.type;
  switch (node.op) {
    case 'const':
      return node.values.map((value) => settled(value, kind));
    case 'primitive': {
      const inputs = node.inputs.map(get);
      return Array.from({ length: sizeOf(node.type) }, (_, i) =>
        settled(
          primitive(
            node.fn,
            inputs.map((input) => input[input.length === 1 ? 0 : i]!),
            kind,
          ),
          kind,
        ),
      );
    }
    case 'cast':
      return get(node.input).map((value) => cast(value, kind));
    case 'pack':
      return node.inputs.flatMap(get);
    case 'element':
      return [get(node.input)[node.index]!];
    case 'lookup':
      return get(node.input).map((value) => settled(lookup(node, value), kind));
    case 'one-hot': {
      const [value] = get(node.input);
      return node.categories.map((category) => settled(value !== null && same(value!, category) ? 1 : 0, kind));
    }
    case 'reduce':
      return [settled(reduce(node, get(node.input)), kind)];
    case 'vector-function':
      return vectorFunction(node, get(node.input));
    case 'trees':
      return trees(
        node,
        node.features.map((ref) => get(ref)[0]!),
      );
    case 'linear': {
      const x = node.features.map((ref) => get(ref)[0]!);
      return Array.from(node.intercepts, (intercept, output) =>
        linearRow(node.weights.subarray(output * x.length, (output + 1) * x.length), x, intercept, kind),
      );
    }
  }
}

function same(a: Exclude<Literal, null>, b: Exclude<Literal, null>): boolean {
  return typeof a === 'string' || typeof b === 'string' ? a === b : Number(a) === Number(b);
}

function cast(value: Literal, kind: Kind): Literal {
  if (value === null) return null;
  if (kind === 'bool') return Number(value) !== 0;
  if (isFloat(kind)) return settled(Number(value), kind);
  if (typeof value === 'bigint') return settled(kind === 'int64' ? value : Number(BigInt.asIntN(32, value)), kind);
  return settled(Math.trunc(Number(value)), kind);
}

function lookup(node: LookupNode, value: Literal): Literal {
  if (value === null) return node.whenMissing;
  const row = node.keys.findIndex((key) => same(key, value));
  return row < 0 ? node.otherwise : node.values[row]!;
}

const REAL: { readonly [P in Primitive]?: (x: number, y: number) => number } = {
  pow: (x, y) => x ** y,
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  log10: Math.log10,
  log1p: Math.log1p,
  sqrt: Math.sqrt,
  floor: Math.floor,
  ceil: Math.ceil,
  round: (x) => Math.floor(x + 0.5),
  rint: (x) => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x)),
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  logistic: (x) => 1 / (1 + Math.exp(-x)),
};

type Number2 = (a: number, b: number) => number;
type Big2 = (a: bigint, b: bigint) => bigint;

const ARITHMETIC: { readonly [P in Primitive]?: readonly [Number2, Big2] } = {
  add: [(a, b) => a + b, (a, b) => a + b],
  sub: [(a, b) => a - b, (a, b) => a - b],
  mul: [(a, b) => a * b, (a, b) => a * b],
  div: [(a, b) => a / b, (a, b) => a / b],
  mod: [(a, b) => a - b * Math.floor(a / b), (a, b) => ((a % b) + b) % b],
  min: [Math.min, (a, b) => [a, b][Number(b < a)]!],
  max: [Math.max, (a, b) => [a, b][Number(b > a)]!],
  neg: [(a) => -a, (a) => -a],
  abs: [Math.abs, (a) => (a < 0n ? -a : a)],
  sign: [Math.sign, (a) => (a > 0n ? 1n : a < 0n ? -1n : 0n)],
};

type Plain = Exclude<Literal, null>;

const COMPARE: { readonly [P in Primitive]?: (a: Plain, b: Plain) => boolean } = {
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  xor: (a, b) => a !== b,
  not: (a) => a === false,
};

const TEXT: { readonly [P in Primitive]?: (a: string, b: string) => Literal } = {
  upper: (a) => a.toUpperCase(),
  lower: (a) => a.toLowerCase(),
  trim: (a) => a.trim(),
  concat: (a, b) => a + b,
  length: (a) => BigInt([...a].length),
};

function primitive(fn: Primitive, inputs: readonly Literal[], kind: Kind): Literal {
  const [a = null, b = null, c = null] = inputs;
  if (fn === 'is-missing') return a === null;
  if (fn === 'coalesce') return a ?? b;
  if (fn === 'select') return a === null ? null : a === true ? b : c;
  if (fn === 'and' || fn === 'or') {
    const deciding = fn === 'or';
    if (a === deciding || b === deciding) return deciding;
    return a === null || b === null ? null : !deciding;
  }
  return inputs.includes(null) ? null : strict(fn, a as Plain, b as Plain, kind);
}

function strict(fn: Primitive, a: Plain, b: Plain, kind: Kind): Literal {
  const compare = COMPARE[fn];
  if (compare !== undefined) return compare(a, b);
  const text = TEXT[fn];
  if (text !== undefined) return text(a as string, b as string);
  const real = REAL[fn];
  if (real !== undefined) return real(Number(a), Number(b));
  const arithmetic = ARITHMETIC[fn];
  if (arithmetic === undefined) throw badProgram(`the interpreter has no ${fn}`);
  if (typeof a === 'bigint') return arithmetic[1](a, b as bigint);
  const result = arithmetic[0](a as number, b as number);
  return kind === 'int32' ? Math.trunc(result) : result;
}

function reduce(node: ReduceNode, vector: readonly Literal[]): Literal {
  if (vector.includes(null)) return null;
  const numbers = vector.map(Number);
  const round = (x: number) => (node.type.kind === 'float32' ? Math.fround(x) : x);
  const sum = () => numbers.reduce((total, x) => round(total + x), 0);
  const sorted = [...numbers].sort((x, y) => x - y);
  const middle = sorted.length >> 1;
  const rules: { readonly [F in ReduceNode['fn']]: () => number } = {
    sum,
    mean: () => sum() / numbers.length,
    min: () => Math.min(...numbers),
    max: () => Math.max(...numbers),
    median: () => (sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2),
    argmax: () => numbers.indexOf(Math.max(...numbers)),
    argmin: () => numbers.indexOf(Math.min(...numbers)),
  };
  return rules[node.fn]();
}

function vectorFunction(node: VectorFunctionNode, vector: readonly Literal[]): Literal[] {
  if (vector.includes(null)) return vector.map(() => null);
  const numbers = vector.map(Number);
  const { kind } = node.type;
  const most = Math.max(...numbers);
  const terms =
    node.fn === 'softmax'
      ? numbers.map((x) => Number(settled(Math.exp(Number(settled(x - most, kind))), kind)))
      : numbers;
  const total = terms.reduce((sum, x) => Number(settled(sum + x, kind)), 0);
  return terms.map((x) => settled(x / total, kind));
}

function passes(node: TreesNode, at: number, value: Plain): boolean {
  const { test, threshold, sets } = node.splits;
  const bound = threshold[at]!;
  if (test[at] === TEST.in) return sets[bound]!.some((member) => same(member, value));
  const x = Number(value);
  const rules = [x < bound, x <= bound, x > bound, x >= bound, x === bound, x !== bound, false, true];
  return rules[test[at]!]!;
}

function trees(node: TreesNode, features: readonly Literal[]): Literal[] {
  const { splits, width, leaves, weights, combine } = node;
  const { kind } = node.type;
  const each = Array.from(splits.roots, (root, index) => {
    let at = root;
    while (splits.leaf[at]! < 0) {
      const value = features[splits.feature[at]!] ?? null;
      const always = splits.test[at] === TEST.true;
      if (value === null && !always) at = splits.whenMissing[at]!;
      else at = always || passes(node, at, value as Plain) ? splits.whenTrue[at]! : splits.whenFalse[at]!;
    }
    const row = leaves.subarray(splits.leaf[at]! * width, (splits.leaf[at]! + 1) * width);
    return Array.from(row, (score) => settled(score * (weights?.[index] ?? 1), kind));
  });
  if (combine === 'each') return each.flat();
  const rules: Record<'sum' | 'min' | 'max', Number2> = { sum: (a, b) => a + b, min: Math.min, max: Math.max };
  return Array.from({ length: width }, (_, i) =>
    each
      .map((scores): Literal => scores[i]!)
      .reduce((a, b) => (a === null || b === null ? null : settled(rules[combine](Number(a), Number(b)), kind))),
  );
}

function linearRow(weights: Float64Array, x: readonly Literal[], intercept: number, kind: Kind): Literal {
  if (x.includes(null)) return null;
  let sum = 0;
  for (let i = 0; i < x.length; i++)
    sum = Number(settled(sum + Number(settled(weights[i]! * Number(x[i]), kind)), kind));
  return settled(sum + intercept, kind);
}
