import type { IrBuilder } from '../../ir/builder.js';
import type { Primitive } from '../../ir/primitives.js';
import { isFloat, type Kind, type Ref } from '../../ir/types.js';
import { elementwise } from './broadcast.js';
import { type Call, cannot, constInput, floatAttr, inputOf, intAttr, type Rule, textAttr } from './call.js';
import { foldConstants } from './fold.js';
import { kindOfType } from './tensor.js';
import type { ConstValue, Value } from './values.js';

/** An operator that is one primitive; the result keeps what the only input means. */
export function primitive(fn: Primitive): Rule {
  return (call) => lifted(call, (builder, ...refs) => builder.apply(fn, ...refs));
}

/** An operator over any number of inputs, taken two at a time from the left. */
export function folded(fn: Primitive): Rule {
  return (call) => lifted(call, (builder, ...refs) => refs.reduce((left, right) => builder.apply(fn, left, right)));
}

/** ONNX knows no missing bools: a comparison with NaN has an answer of its own. */
export function comparison(fn: Primitive, withNaN: boolean): Rule {
  return (call) =>
    lifted(call, (builder, a, b) => {
      const test = builder.apply(fn, a!, b!);
      if (!builder.typeOf(test).missing) return test;
      if (builder.kindOf(a!) !== 'string') return builder.apply('coalesce', test, builder.const('bool', withNaN));
      const none = (ref: Ref) => builder.apply('is-missing', ref);
      // Against the empty text it is the question whether the other one is missing.
      if (isNull(builder, b!)) return none(a!);
      if (isNull(builder, a!)) return none(b!);
      const same = builder.apply('and', none(a!), none(b!));
      return builder.apply('coalesce', test, same);
    });
}

function isNull(builder: IrBuilder, ref: Ref): boolean {
  const node = builder.nodes[ref]!;
  return node.op === 'const' && node.values.every((value) => value === null);
}

function operands(call: Call): Value[] {
  return call.inputs.map((_, index) => inputOf(call, index));
}

type Application = (builder: IrBuilder, ...refs: Ref[]) => Ref;

function lifted(call: Call, apply: Application, values: Value[] = operands(call)): Value[] {
  if (values.every((value) => value.of === 'const')) return [foldConstants(call, values as ConstValue[], apply)];
  return [elementwise(call, values, (...refs) => apply(call.builder, ...refs))];
}

/** An operator over its first input alone, with attributes perhaps. */
function unary(apply: (call: Call, ref: Ref) => Ref): Rule {
  return (call) => lifted(call, (builder, ref) => apply({ ...call, builder }, ref!), [inputOf(call, 0)]);
}

function constLike(call: Call, ref: Ref, value: number): Ref {
  return call.builder.const(call.builder.kindOf(ref), value);
}

const relu: Rule = unary((call, ref) => call.builder.apply('max', ref, constLike(call, ref, 0)));

const leakyRelu: Rule = unary((call, ref) => {
  const { builder } = call;
  const alpha = constLike(call, ref, floatAttr(call, 'alpha', 0.01));
  const below = builder.apply('lt', ref, constLike(call, ref, 0));
  return builder.apply('select', below, builder.apply('mul', ref, alpha), ref);
});

const elu: Rule = unary((call, ref) => {
  const { builder } = call;
  const alpha = constLike(call, ref, floatAttr(call, 'alpha', 1));
  const below = builder.apply('lt', ref, constLike(call, ref, 0));
  const curve = builder.apply('mul', alpha, builder.apply('expm1', ref));
  return builder.apply('select', below, curve, ref);
});

const reciprocal: Rule = unary((call, ref) => call.builder.apply('div', constLike(call, ref, 1), ref));

const softplus: Rule = unary((call, ref) => {
  const { builder } = call;
  const tail = builder.apply('log1p', builder.apply('exp', builder.apply('neg', builder.apply('abs', ref))));
  return builder.apply('add', builder.apply('max', ref, constLike(call, ref, 0)), tail);
});

const isNaNRule: Rule = unary((call, ref) => call.builder.apply('is-missing', ref));

const clip: Rule = (call) => {
  const operand = inputOf(call, 0);
  const bound = (name: string, index: number): number | undefined => {
    if (call.version < 11) {
      const given = floatAttr(call, name, Number.NaN);
      return Number.isNaN(given) ? undefined : given;
    }
    return call.inputs[index] === undefined ? undefined : Number(constInput(call, index).data[0]);
  };
  const low = bound('min', 1);
  const high = bound('max', 2);
  const clipped = (builder: IrBuilder, ref: Ref) => {
    const limit = (value: number) => builder.const(builder.kindOf(ref), value);
    const above = low === undefined ? ref : builder.apply('max', ref, limit(low));
    return high === undefined ? above : builder.apply('min', above, limit(high));
  };
  return lifted(call, (builder, ref) => clipped(builder, ref!), [operand]);
};

const where: Rule = (call) => lifted(call, (builder, condition, a, b) => builder.apply('select', condition!, a!, b!));

const mean: Rule = (call) =>
  lifted(call, (builder, ...refs) => {
    const sum = refs.reduce((left, right) => builder.apply('add', left, right));
    return builder.apply('div', sum, builder.const(builder.kindOf(sum), refs.length));
  });

/** Pow casts the exponent to the kind of the base. */
const pow: Rule = (call) =>
  lifted(call, (builder, base, exponent) => {
    return builder.apply('pow', base!, builder.cast(exponent!, builder.kindOf(base!)));
  });

const mod: Rule = (call) => {
  if (intAttr(call, 'fmod', 0) !== 0) throw cannot(call, 'fmod', 'Mod with fmod=1 is not moved yet');
  return lifted(call, (builder, a, b) => builder.apply('mod', a!, b!));
};

const round = primitive('rint');

const cast: Rule = (call) => {
  const operand = inputOf(call, 0);
  const to = kindOfType(intAttr(call, 'to', 0), { path: call.node.name ?? 'Cast', attribute: 'to' });
  return [castTo(call, operand, to)];
};

const castLike: Rule = (call) => [castTo(call, inputOf(call, 0), inputOf(call, 1).kind)];

/** A cast of constants at once, of rows as a node; what a value means stays. */
export function castTo(call: Call, operand: Value, to: Kind): Value {
  if (operand.kind === to) return operand;
  if (operand.of === 'const') return castConst(call, operand, to);
  return elementwise(call, [operand], (ref) => castRef(call, ref, to), operand.meaning);
}

function castRef(call: Call, ref: Ref, to: Kind): Ref {
  const { builder } = call;
  const from = builder.kindOf(ref);
  const node = builder.nodes[ref]!;
  if (from === 'string' || to === 'string') {
    if (node.op === 'lookup' && to === 'string' && !isFloat(from) && node.type.shape.length === 0) {
      const text = (value: unknown) => (value === null ? null : String(value));
      const values = node.values.map(text);
      return builder.lookup(node.input, 'string', node.keys, values, text(node.otherwise), text(node.whenMissing));
    }
    throw cannot(call, 'cast-text', `casts between ${from} and ${to} cannot be moved`, {
      hint: 'cast outside the model, or use a LabelEncoder',
    });
  }
  if (to === 'bool') {
    const nonZero = builder.apply('ne', ref, builder.const(from, 0));
    return builder.typeOf(ref).missing ? builder.apply('coalesce', nonZero, builder.const('bool', true)) : nonZero;
  }
  return builder.cast(ref, to);
}

function castConst(call: Call, operand: ConstValue, to: Kind): ConstValue {
  const convert: Record<Kind, (value: unknown) => string | number | boolean | bigint> = {
    bool: (value) => Number(value) !== 0,
    int32: (value) => Number(value) | 0,
    int64: (value) => (typeof value === 'bigint' ? value : Math.trunc(Number(value))),
    float32: (value) => Math.fround(Number(value)),
    float64: Number,
    string: String,
  };
  if (operand.kind === 'string' || (to === 'string' && isFloat(operand.kind))) {
    throw cannot(call, 'cast-text', `casts between ${operand.kind} and ${to} cannot be moved`);
  }
  return { of: 'const', kind: to, dims: operand.dims, data: Array.from(operand.data, convert[to]) };
}

const gelu: Rule = unary((call, ref) => {
  if (textAttr(call, 'approximate', 'none') !== 'none') throw cannot(call, 'gelu', 'approximate Gelu is not moved');
  const { builder } = call;
  return builder.apply('mul', ref, builder.apply('normcdf', ref));
});

/** Operators that act on each element alone. */
export const ELEMENTWISE_RULES: Readonly<Record<string, Rule>> = {
  Add: primitive('add'),
  Sub: primitive('sub'),
  Mul: primitive('mul'),
  Div: primitive('div'),
  Mod: mod,
  Pow: pow,
  Neg: primitive('neg'),
  Abs: primitive('abs'),
  Sign: primitive('sign'),
  Exp: primitive('exp'),
  Log: primitive('log'),
  Sqrt: primitive('sqrt'),
  Floor: primitive('floor'),
  Ceil: primitive('ceil'),
  Round: round,
  Sin: primitive('sin'),
  Cos: primitive('cos'),
  Tan: primitive('tan'),
  Asin: primitive('asin'),
  Acos: primitive('acos'),
  Atan: primitive('atan'),
  Sinh: primitive('sinh'),
  Cosh: primitive('cosh'),
  Tanh: primitive('tanh'),
  Erf: primitive('erf'),
  Sigmoid: primitive('logistic'),
  Gelu: gelu,
  Relu: relu,
  LeakyRelu: leakyRelu,
  Elu: elu,
  Softplus: softplus,
  Reciprocal: reciprocal,
  Min: folded('min'),
  Max: folded('max'),
  Sum: folded('add'),
  Mean: mean,
  Clip: clip,
  Less: comparison('lt', false),
  LessOrEqual: comparison('le', false),
  Greater: comparison('gt', false),
  GreaterOrEqual: comparison('ge', false),
  Equal: comparison('eq', false),
  And: primitive('and'),
  Or: primitive('or'),
  Xor: primitive('xor'),
  Not: primitive('not'),
  IsNaN: isNaNRule,
  Where: where,
  StringConcat: primitive('concat'),
  Cast: cast,
  CastLike: castLike,
};
