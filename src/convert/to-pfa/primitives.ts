import type { PrimitiveNode } from '../../ir/nodes.js';
import type { Primitive } from '../../ir/primitives.js';
import type { Ref, Type } from '../../ir/types.js';
import { declined } from '../declined.js';
import { double, type Json } from './json.js';
import { isFloatKind, isNullable } from './types.js';
import { literal, missing, narrow, type PfaWriter, strict } from './writer.js';

type Rule = (operands: readonly Json[], type: Type) => Json;

const call =
  (name: string): Rule =>
  (operands) => ({ [name]: [...operands] });

/** A function that answers with a double, rounded where the value is float32. */
const real =
  (name: string): Rule =>
  (operands, type) =>
    narrow({ [name]: [...operands] }, type);

/** How each strict primitive is written over operands that are present. */
const STRICT: { readonly [P in Primitive]?: Rule } = {
  add: call('+'),
  sub: call('-'),
  mul: call('*'),
  div: (operands, type) => (isFloatKind(type.kind) ? narrow({ '/': [...operands] }, type) : { '//': [...operands] }),
  mod: call('%'),
  pow: real('**'),
  min: call('min'),
  max: call('max'),
  neg: call('u-'),
  abs: call('m.abs'),
  sign: (operands, type) => narrow({ 'm.signum': [...operands] }, type),
  exp: real('m.exp'),
  expm1: real('m.expm1'),
  log: real('m.ln'),
  log10: real('m.log10'),
  log1p: real('m.ln1p'),
  sqrt: real('m.sqrt'),
  floor: real('m.floor'),
  ceil: real('m.ceil'),
  round: (operands, type) => narrow({ 'm.floor': [{ '+': [operands[0]!, double(0.5)] }] }, type),
  rint: real('m.rint'),
  sin: real('m.sin'),
  cos: real('m.cos'),
  tan: real('m.tan'),
  asin: real('m.asin'),
  acos: real('m.acos'),
  atan: real('m.atan'),
  sinh: real('m.sinh'),
  cosh: real('m.cosh'),
  tanh: real('m.tanh'),
  erf: real('m.special.erf'),
  logistic: real('m.link.logit'),
  normcdf: real('m.link.probit'),
  lt: call('<'),
  le: call('<='),
  gt: call('>'),
  ge: call('>='),
  eq: call('=='),
  ne: call('!='),
  xor: call('^^'),
  not: call('!'),
  upper: call('s.upper'),
  lower: call('s.lower'),
  trim: (operands) => ({ 's.strip': [operands[0]!, { string: ' \t\n\r' }] }),
  concat: call('s.concat'),
  length: (operands) => ({ upcast: { 's.len': [operands[0]!] }, as: 'long' }),
};

/** Writes a primitive over scalars. Raises convert/… for one that PFA has no function for. */
export function writePrimitive(writer: PfaWriter, node: PrimitiveNode): Json {
  const { fn, inputs, type } = node;
  if (fn === 'is-missing') return missing(writer.value(inputs[0]!), writer.type(inputs[0]!), writer.names);
  if (fn === 'coalesce') return coalesce(writer, inputs, type);
  if (fn === 'select') return select(writer, inputs, type);
  if (fn === 'and' || fn === 'or') return kleene(writer, fn, inputs);
  const rule = STRICT[fn];
  if (rule === undefined) throw declined('no-pfa-function', `PFA has no function for ${fn}`, node.origin ?? {});
  const expression = strict(writer, inputs, (operands) => rule(operands, type));
  const floats = inputs.filter((ref) => isFloatKind(writer.type(ref).kind) && writer.type(ref).missing);
  if (floats.length === 0) return expression;
  if (type.kind !== 'bool' && !ORDERS_NAN.has(fn)) return expression;
  const tests: Json[] = floats.map((ref) => ({ 'impute.isnan': [writer.value(ref)] }));
  return { if: tests.reduce((a, b) => ({ '||': [a, b] })), then: literal(null, type), else: expression };
}

/** What gives a number for NaN, the largest number in PFA's order; here it is missing, and so is the result. */
const ORDERS_NAN: ReadonlySet<Primitive> = new Set<Primitive>(['min', 'max', 'sign', 'pow']);

function coalesce(writer: PfaWriter, inputs: readonly Ref[], type: Type): Json {
  const [first, second] = inputs as [Ref, Ref];
  const firstType = writer.type(first);
  if (!firstType.missing) return writer.value(first);
  if (isFloatKind(type.kind)) {
    return { if: { 'impute.isnan': [writer.value(first)] }, then: writer.value(second), else: writer.value(first) };
  }
  const name = writer.names.take('present');
  return { ifnotnull: { [name]: writer.value(first) }, then: name, else: writer.value(second) };
}

function select(writer: PfaWriter, inputs: readonly Ref[], type: Type): Json {
  const [condition, yes, no] = inputs as [Ref, Ref, Ref];
  const choose = (test: Json): Json => ({ if: test, then: writer.value(yes), else: writer.value(no) });
  if (!isNullable(writer.type(condition))) return choose(writer.value(condition));
  const name = writer.names.take('present');
  return {
    ifnotnull: { [name]: writer.value(condition) },
    then: choose(name),
    else: literal(null, { ...type, missing: true }),
  };
}

/** Three-valued and/or: PFA's &&& and ||| treat null as unknown. */
function kleene(writer: PfaWriter, fn: 'and' | 'or', inputs: readonly Ref[]): Json {
  const nullable = inputs.some((ref) => isNullable(writer.type(ref)));
  const [plain, threeValued] = fn === 'and' ? ['&&', '&&&'] : ['||', '|||'];
  return { [nullable ? threeValued : plain]: inputs.map((ref) => writer.value(ref)) };
}
