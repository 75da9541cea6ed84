import type { Place } from '../../core/errors.js';
import type { Primitive } from '../../ir/primitives.js';
import { isFloat, type Kind } from '../../ir/types.js';
import { declined } from '../declined.js';
import { attr, ML } from './emitter.js';
import { both, equalsText, type Lowering, negated, type Operand, repeated, scalarConst, validity } from './state.js';

/** Emits one primitive over tensors that broadcast against each other. */
type Emission = (state: Lowering, operands: readonly Operand[], place: Place) => Operand;

function resultOf(operands: readonly Operand[], name: string, kind: Kind, missing: boolean): Operand {
  const width = Math.max(...operands.map((operand) => operand.width));
  return { name, kind, width, missing, constant: operands.every((operand) => operand.constant) };
}

function withValid(result: Operand, valid: string | undefined): Operand {
  if (valid === undefined) return { ...result, missing: false };
  return { ...result, missing: true, valid };
}

/** An operator that carries NaN along by itself. */
function plain(type: string): Emission {
  return (state, operands) => {
    const name = state.emitter.op(
      type,
      operands.map((operand) => operand.name),
    );
    const kind = operands[0]!.kind;
    const missing = operands.some((operand) => operand.missing);
    const result = resultOf(operands, name, kind, missing);
    if (isFloat(kind) || kind === 'string') return result;
    return withValid(result, both(state, ...operands.map((operand) => validity(state, operand))));
  };
}

/** A float operator whose result with NaN would be a number: NaN is put back. */
function strict(type: string): Emission {
  const bare = plain(type);
  return (state, operands, place) => {
    const result = bare(state, operands, place);
    if (!isFloat(result.kind) || !result.missing) return result;
    const present = both(state, ...operands.map((operand) => validity(state, operand)));
    if (present === undefined) return result;
    const nan = scalarConst(state, result.kind, Number.NaN);
    return { ...result, name: state.emitter.op('Where', [present, result.name, nan]) };
  };
}

/** A float operator that is undefined for some numbers: its NaN is a missing result. */
function partial(emission: Emission): Emission {
  return (state, operands, place) => {
    const result = emission(state, operands, place);
    return isFloat(result.kind) ? { ...result, missing: true } : result;
  };
}

/** Only a divisor that may be zero makes new missing values. */
const divided: Emission = (state, operands, place) => {
  const divisor = state.emitter.cellsOf(operands[1]!.name);
  const safe = divisor?.every((value) => value !== 0) === true;
  return (safe ? plain('Div') : partial(plain('Div')))(state, operands, place);
};

/** A composition of float operators. */
function formula(build: (ops: Ops, ...names: string[]) => string): Emission {
  return (state, operands) => {
    const kind = operands[0]!.kind;
    const ops: Ops = {
      op: (type, ...inputs) => state.emitter.op(type, inputs),
      value: (number) => scalarConst(state, kind, kind === 'float32' ? Math.fround(number) : number),
      kind,
    };
    const name = build(ops, ...operands.map((operand) => operand.name));
    return resultOf(
      operands,
      name,
      kind,
      operands.some((operand) => operand.missing),
    );
  };
}

interface Ops {
  op(type: string, ...inputs: string[]): string;
  value(number: number): string;
  readonly kind: Kind;
}

function expm1(ops: Ops, x: string): string {
  const half = ops.op('Tanh', ops.op('Mul', x, ops.value(0.5)));
  return ops.op('Mul', half, ops.op('Add', ops.op('Exp', x), ops.value(1)));
}

function log1p(ops: Ops, x: string): string {
  const u = ops.op('Add', x, ops.value(1));
  const small = ops.op('Equal', u, ops.value(1));
  const step = ops.op('Sub', u, ops.value(1));
  const safe = ops.op('Where', small, ops.value(1), step);
  const corrected = ops.op('Mul', ops.op('Log', u), ops.op('Div', x, safe));
  const infinite = ops.op('Equal', u, ops.value(Number.POSITIVE_INFINITY));
  return ops.op('Where', infinite, u, ops.op('Where', small, x, corrected));
}

/** Only the float operator exists in ONNX Runtime; `otherwise` composes the double one, if it can. */
function floatOnly(type: string, otherwise?: (ops: Ops, x: string) => string): Emission {
  const single = plain(type);
  return (state, operands, place) => {
    if (operands[0]!.kind === 'float32') return single(state, operands, place);
    if (otherwise !== undefined) return formula(otherwise)(state, operands, place);
    throw declined('double-operator', `ONNX Runtime computes ${type} only in single precision`, place, {
      hint: 'a model that computes in single precision can be moved',
    });
  };
}

/** Comparisons: with NaN ONNX answers false, `ne` true. */
function compared(type: string, negate = false): Emission {
  return (state, operands, place) => {
    const [a, b] = operands as [Operand, Operand];
    if (a.kind === 'string' && type !== 'Equal') {
      throw declined('text-order', 'ONNX has no operator that compares texts by order', place);
    }
    const bools = a.kind === 'bool' && type !== 'Equal';
    const names = bools
      ? [a, b].map((operand) => state.emitter.op('Cast', [operand.name], [{ name: 'to', type: 2, i: 6 }]))
      : [a.name, b.name];
    let name = a.kind === 'string' ? equalTexts(state, a, b, place) : state.emitter.op(type, names);
    if (negate) name = negated(state, name);
    const result = resultOf(operands, name, 'bool', false);
    return withValid(result, both(state, validity(state, a), validity(state, b)));
  };
}

function equalTexts(state: Lowering, a: Operand, b: Operand, place: Place): string {
  if (state.opset >= 19) return state.emitter.op('Equal', [a.name, b.name]);
  const [text] = (state.emitter.cellsOf(b.name) ?? []) as string[];
  if (text !== undefined && b.width === 1) return equalsText(state, a.name, text);
  const [other] = (state.emitter.cellsOf(a.name) ?? []) as string[];
  if (other !== undefined && a.width === 1) return equalsText(state, b.name, other);
  throw declined('opset', `ai.onnx ${state.opset} cannot compare two texts`, place, {
    hint: 'write for opset 19 or later',
  });
}

/** Three-valued: known where one side decides, or both are known. */
function kleene(type: 'And' | 'Or'): Emission {
  return (state, operands) => {
    const [a, b] = operands as [Operand, Operand];
    const { emitter } = state;
    const name = emitter.op(type, [a.name, b.name]);
    const [va, vb] = [validity(state, a), validity(state, b)];
    // Missing at the same time, or never.
    if (va === vb) return withValid(resultOf(operands, name, 'bool', false), va);
    const deciding = (operand: Operand, valid: string | undefined) => {
      const value = type === 'And' ? negated(state, operand.name) : operand.name;
      return valid === undefined ? value : emitter.op('And', [value, valid]);
    };
    const decided = emitter.op('Or', [deciding(a, va), deciding(b, vb)]);
    const known = emitter.op('Or', [both(state, va, vb)!, decided]);
    // Where one side decides, what stands in the other's place must not spoil the value.
    const value = type === 'And' ? emitter.op('And', [name, negated(state, decided)]) : decided;
    return withValid(resultOf(operands, value, 'bool', true), known);
  };
}

const select: Emission = (state, operands) => {
  const [condition, a, b] = operands as [Operand, Operand, Operand];
  const { emitter } = state;
  const [vc, va, vb] = [validity(state, condition), validity(state, a), validity(state, b)];
  const kind = a.kind;
  const choose = (yes: string, no: string) => chosen(state, kind, condition.name, yes, no);
  let name = choose(a.name, b.name);
  const missing = condition.missing || a.missing || b.missing;
  const result = resultOf(operands, name, kind, missing);
  if (!missing) return result;
  if (isFloat(kind) || kind === 'string') {
    const none = scalarConst(state, kind, kind === 'string' ? '' : Number.NaN);
    if (vc !== undefined) name = emitter.op('Where', [vc, name, none]);
    return { ...result, name };
  }
  const yes = va ?? scalarConst(state, 'bool', true);
  const no = vb ?? scalarConst(state, 'bool', true);
  const branch = va === undefined && vb === undefined ? undefined : chosen(state, 'bool', condition.name, yes, no);
  return withValid(result, both(state, vc, branch));
};

/** Where, which ONNX Runtime lacks for bools. */
function chosen(state: Lowering, kind: Kind, condition: string, yes: string, no: string): string {
  const { emitter } = state;
  if (kind !== 'bool') return emitter.op('Where', [condition, yes, no]);
  const left = emitter.op('And', [condition, yes]);
  return emitter.op('Or', [left, emitter.op('And', [negated(state, condition), no])]);
}

const coalesce: Emission = (state, operands) => {
  const [a, b] = operands as [Operand, Operand];
  const va = validity(state, a);
  if (va === undefined) return a;
  if (a.kind === 'bool' && !b.missing) {
    const [fill] = state.emitter.cellsOf(b.name) ?? [];
    if (fill !== undefined && b.width === 1) {
      const name = fill ? state.emitter.op('Or', [a.name, negated(state, va)]) : state.emitter.op('And', [a.name, va]);
      return resultOf(operands, name, 'bool', false);
    }
  }
  const name = filled(state, a, b, va);
  const result = resultOf(operands, name, a.kind, b.missing);
  if (isFloat(a.kind) || a.kind === 'string' || !b.missing) return result;
  return withValid(result, state.emitter.op('Or', [va, validity(state, b)!]));
};

/** a, or b where a is missing: Imputer does it for floats and constants. */
function filled(state: Lowering, a: Operand, b: Operand, present: string): string {
  const { emitter } = state;
  const fills = a.kind === 'float32' && !a.constant ? (emitter.cellsOf(b.name) as number[] | undefined) : undefined;
  if (fills !== undefined && (b.width === a.width || b.width === 1) && !b.missing) {
    const attributes = [attr.floats('imputed_value_floats', fills), attr.float('replaced_value_float', Number.NaN)];
    return emitter.op('Imputer', [a.name], attributes, ML);
  }
  if (isFloat(a.kind)) return emitter.op('Where', [emitter.op('IsNaN', [a.name]), b.name, a.name]);
  return chosen(state, a.kind, present, a.name, b.name);
}

const isMissing: Emission = (state, operands) => {
  const [a] = operands as [Operand];
  const { emitter } = state;
  if (!a.missing || (a.kind !== 'string' && !isFloat(a.kind) && a.valid === undefined)) {
    const no = emitter.constant('bool', [1, a.width], new Array<boolean>(a.width).fill(false));
    return { name: no, kind: 'bool', width: a.width, missing: false, constant: true };
  }
  let name: string;
  if (isFloat(a.kind)) name = emitter.op('IsNaN', [a.name]);
  else if (a.kind === 'string') name = equalsText(state, a.name, '');
  else name = negated(state, emitter.cellsOf(a.valid!) === undefined ? a.valid! : repeated(state, a.valid!));
  return resultOf(operands, name, 'bool', false);
};

/** a − b·⌊a/b⌋ for floats; Mod itself for integers. */
const mod: Emission = (state, operands, place) => {
  if (!isFloat(operands[0]!.kind)) return plain('Mod')(state, operands, place);
  return formula((ops, a, b) => ops.op('Sub', a!, ops.op('Mul', b!, ops.op('Floor', ops.op('Div', a!, b!)))))(
    state,
    operands,
    place,
  );
};

const concat: Emission = (state, operands, place) => {
  if (state.opset < 20) {
    throw declined('opset', `ai.onnx ${state.opset} cannot join texts`, place, { hint: 'write for opset 20 or later' });
  }
  const name = state.emitter.op(
    'StringConcat',
    operands.map((operand) => operand.name),
  );
  const present = both(state, ...operands.map((operand) => validity(state, operand)));
  const result = resultOf(operands, name, 'string', present !== undefined);
  if (present === undefined) return result;
  return { ...result, name: state.emitter.op('Where', [present, name, scalarConst(state, 'string', '')]) };
};

function text(what: string): Emission {
  return (_, __, place) => {
    throw declined('text-function', `ONNX has no operator for ${what} of each row`, place, {
      hint: 'prepare the text before the model',
    });
  };
}

/** How each primitive is written in ONNX. */
export const EMISSIONS: Readonly<Record<Primitive, Emission>> = {
  add: plain('Add'),
  sub: plain('Sub'),
  mul: plain('Mul'),
  div: divided,
  mod: partial(mod),
  pow: partial(strict('Pow')),
  min: strict('Min'),
  max: strict('Max'),
  neg: plain('Neg'),
  abs: plain('Abs'),
  sign: strict('Sign'),
  exp: plain('Exp'),
  expm1: formula((ops, x) => expm1(ops, x!)),
  log: partial(plain('Log')),
  log10: partial(formula((ops, x) => ops.op('Div', ops.op('Log', x!), ops.value(Math.LN10)))),
  log1p: partial(formula((ops, x) => log1p(ops, x!))),
  sqrt: partial(plain('Sqrt')),
  floor: plain('Floor'),
  ceil: plain('Ceil'),
  round: formula((ops, x) => ops.op('Floor', ops.op('Add', x!, ops.value(0.5)))),
  rint: plain('Round'),
  sin: plain('Sin'),
  cos: plain('Cos'),
  tan: floatOnly('Tan', (ops, x) => ops.op('Div', ops.op('Sin', x), ops.op('Cos', x))),
  asin: partial(floatOnly('Asin')),
  acos: partial(floatOnly('Acos')),
  atan: floatOnly('Atan'),
  sinh: floatOnly('Sinh', (ops, x) => {
    const e = expm1(ops, x);
    return ops.op('Mul', ops.op('Add', e, ops.op('Div', e, ops.op('Add', e, ops.value(1)))), ops.value(0.5));
  }),
  cosh: floatOnly('Cosh', (ops, x) => {
    const e = ops.op('Exp', x);
    return ops.op('Mul', ops.op('Add', e, ops.op('Div', ops.value(1), e)), ops.value(0.5));
  }),
  tanh: plain('Tanh'),
  erf: floatOnly('Erf'),
  logistic: formula((ops, x) =>
    ops.op('Div', ops.value(1), ops.op('Add', ops.value(1), ops.op('Exp', ops.op('Neg', x!)))),
  ),
  normcdf: (state, operands, place) => {
    const scaled = formula((ops, x) => ops.op('Mul', x!, ops.value(Math.SQRT1_2)))(state, operands, place);
    const erf = floatOnly('Erf')(state, [scaled], place);
    return formula((ops, x) => ops.op('Mul', ops.op('Add', x!, ops.value(1)), ops.value(0.5)))(state, [erf], place);
  },
  lt: compared('Less'),
  le: compared('LessOrEqual'),
  gt: compared('Greater'),
  ge: compared('GreaterOrEqual'),
  eq: compared('Equal'),
  ne: compared('Equal', true),
  and: kleene('And'),
  or: kleene('Or'),
  xor: plain('Xor'),
  not: (state, operands) => {
    const [a] = operands as [Operand];
    return { ...a, name: negated(state, a.name) };
  },
  select,
  coalesce,
  'is-missing': isMissing,
  upper: text('upper case'),
  lower: text('lower case'),
  trim: text('trimming'),
  concat,
  length: text('the length'),
};
