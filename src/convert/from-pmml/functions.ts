import type { IrBuilder } from '../../ir/builder.js';
import type { Primitive } from '../../ir/primitives.js';
import { isFloat, isNumber, type Ref } from '../../ir/types.js';
import type { Element } from '../../wire/xml/document.js';
import { declined } from '../declined.js';
import { expressionIn, expressionsIn, liftExpression } from './expressions.js';
import { Scope } from './scope.js';
import { castTo, certain, type FieldValue, kindOfDataType, literalOf, unify } from './values.js';

export type Function = (args: readonly FieldValue[], builder: IrBuilder, element: Element) => Ref;

const MAX_DEPTH = 64;

/** Calls are written out: functions that call others twice make twice as many of each. */
const MOST_CALLS = 100_000;

/** An Apply: a built-in function, or a DefineFunction with its parameters replaced by the arguments. */
export function liftApply(element: Element, scope: Scope): FieldValue {
  const { builder } = scope.lift;
  const name = element.attribute('function') ?? '';
  const args = expressionsIn(element).map((child) => liftExpression(child, scope));
  const defined = scope.lift.functions.get(name);
  const result =
    defined === undefined
      ? { ref: applyBuiltIn(name, args, builder, element) }
      : applyDefined(defined, args, scope, element);
  let { ref } = result;
  const kind = builder.kindOf(ref);
  const fallback = element.attribute('defaultValue');
  if (fallback !== undefined && builder.typeOf(ref).missing) {
    ref = builder.apply('coalesce', ref, builder.const(kind, literalOf(fallback, kind, element)));
  }
  const instead = element.attribute('mapMissingTo');
  const missing = args
    .filter((arg) => builder.typeOf(arg.ref).missing)
    .map((arg) => builder.apply('is-missing', arg.ref));
  if (instead !== undefined && missing.length > 0) {
    const any = certain(
      builder,
      missing.reduce((a, b) => builder.apply('or', a, b)),
      false,
    );
    ref = builder.apply('select', any, builder.const(kind, literalOf(instead, kind, element)), ref);
  }
  return { optype: isNumber(kind) ? 'continuous' : 'categorical', ...result, ref };
}

function applyBuiltIn(name: string, args: readonly FieldValue[], builder: IrBuilder, element: Element): Ref {
  const body = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (body === undefined) {
    throw declined('function', `the function ${name} cannot be moved to another format`, element.place, {
      hint: 'compute it before scoring and make the result a field of the model',
    });
  }
  return builder.at(element.place, () => body(args, builder, element));
}

function applyDefined(definition: Element, args: readonly FieldValue[], scope: Scope, element: Element): FieldValue {
  const { builder } = scope.lift;
  const inner = new Scope(scope.lift, undefined, undefined);
  definition.children('ParameterField').forEach((parameter, index) => {
    const arg = args[index];
    if (arg === undefined) throw declined('arguments', 'an argument is missing', element.place);
    const dataType = parameter.attribute('dataType');
    const ref = dataType === undefined ? arg.ref : castTo(builder, arg, kindOfDataType(dataType, parameter), parameter);
    const { literal: _, ...rest } = arg;
    inner.define(parameter.attribute('name') ?? '', { ...(dataType === undefined ? arg : rest), ref });
  });
  const body = expressionIn(definition);
  if (body === undefined) throw declined('expression', 'a DefineFunction without an expression', definition.place);
  if (scope.lift.depth > MAX_DEPTH) {
    throw declined('recursion', 'a DefineFunction that calls itself cannot be moved', definition.place);
  }
  if (++scope.lift.calls > MOST_CALLS) {
    throw declined('calls', `the document calls its functions more than ${MOST_CALLS} times`, definition.place);
  }
  const dataType = definition.attribute('dataType');
  scope.lift.depth++;
  const value = liftExpression(body, inner, dataType);
  scope.lift.depth--;
  return dataType === undefined
    ? value
    : { optype: value.optype, ref: castTo(builder, value, kindOfDataType(dataType, definition), definition) };
}

function argument(args: readonly FieldValue[], index: number, element: Element): FieldValue {
  const arg = args[index];
  if (arg === undefined)
    throw declined('arguments', 'an argument is missing', element.place, { expected: `${index + 1}` });
  return arg;
}

const arithmetic =
  (fn: Primitive, whole = true): Function =>
  (args, builder, element) => {
    const [a, b] = [argument(args, 0, element), argument(args, 1, element)];
    const pair = unify(builder, a, b, element);
    if (pair === undefined) throw declined('types', `numbers are needed, not text`, element.place);
    const float = whole || isFloat(builder.kindOf(pair[0]));
    const [x, y] = float ? pair : pair.map((ref) => builder.cast(ref, 'float64'));
    return builder.apply(fn, x!, y!);
  };

const comparison =
  (fn: Primitive): Function =>
  (args, builder, element) => {
    const pair = unify(builder, argument(args, 0, element), argument(args, 1, element), element);
    const text = pair !== undefined && builder.kindOf(pair[0]) === 'string';
    if (pair === undefined || (text && fn !== 'eq' && fn !== 'ne')) {
      throw declined('types', 'this comparison is not between numbers', element.place);
    }
    return builder.apply(fn, ...pair);
  };

const real =
  (fn: Primitive): Function =>
  (args, builder, element) =>
    builder.apply(fn, asFloat(builder, argument(args, 0, element), element));

const anyNumber =
  (fn: Primitive): Function =>
  (args, builder, element) =>
    builder.apply(fn, argument(args, 0, element).ref);

const rounding =
  (fn: Primitive): Function =>
  (args, builder, element) => {
    const arg = argument(args, 0, element);
    return isFloat(builder.kindOf(arg.ref)) ? builder.cast(builder.apply(fn, arg.ref), 'int64') : arg.ref;
  };

const logic =
  (fn: 'and' | 'or'): Function =>
  (args, builder) =>
    args.map((arg) => arg.ref).reduce((a, b) => builder.apply(fn, a, b));

const text =
  (fn: Primitive): Function =>
  (args, builder, element) =>
    builder.apply(fn, castTo(builder, argument(args, 0, element), 'string', element));

/** `sum`, `min` and their like leave missing arguments out; where all are missing, so is the result. */
const skipMissing =
  (fn: Primitive): Function =>
  (args, builder, element) =>
    common(builder, args, element).reduce((a, b) => {
      const both = builder.apply(fn, a, b);
      const left = builder.typeOf(b).missing ? builder.apply('select', builder.apply('is-missing', b), a, both) : both;
      return builder.typeOf(a).missing ? builder.apply('select', builder.apply('is-missing', a), b, left) : left;
    });

function common(builder: IrBuilder, args: readonly FieldValue[], element: Element): Ref[] {
  const kinds = args.map((arg) => builder.kindOf(arg.ref));
  if (args.length === 0 || kinds.some((kind) => !isNumber(kind))) {
    throw declined('types', 'numbers are needed', element.place);
  }
  const kind = kinds.every((other) => other === kinds[0]) ? kinds[0]! : 'float64';
  return args.map((arg) => builder.cast(arg.ref, kind));
}

function average(args: readonly FieldValue[], builder: IrBuilder, element: Element): Ref {
  const total = builder.cast(skipMissing('add')(args, builder, element), 'float64');
  const refs = common(builder, args, element);
  const fixed = refs.filter((ref) => !builder.typeOf(ref).missing).length;
  const count = refs
    .filter((ref) => builder.typeOf(ref).missing)
    .map((ref) => builder.cast(builder.apply('not', builder.apply('is-missing', ref)), 'float64'))
    .reduce((a, b) => builder.apply('add', a, b), builder.const('float64', fixed));
  return builder.apply('div', total, count);
}

function asFloat(builder: IrBuilder, value: FieldValue, element: Element): Ref {
  return isFloat(builder.kindOf(value.ref)) ? value.ref : castTo(builder, value, 'float64', element);
}

function conditional(args: readonly FieldValue[], builder: IrBuilder, element: Element): Ref {
  const [condition, then] = [argument(args, 0, element), argument(args, 1, element)];
  const otherwise = args[2];
  const test = castTo(builder, condition, 'bool', element);
  if (otherwise === undefined) {
    return builder.apply('select', test, then.ref, builder.const(builder.kindOf(then.ref), null));
  }
  const pair = unify(builder, then, otherwise, element);
  if (pair === undefined) throw declined('types', 'the two branches have different types', element.place);
  return builder.apply('select', test, ...pair);
}

const membership =
  (inside: boolean): Function =>
  (args, builder, element) => {
    const first = argument(args, 0, element);
    const hit = args
      .slice(1)
      .map((arg) => {
        const pair = unify(builder, first, arg, element);
        return pair === undefined ? builder.const('bool', false) : builder.apply('eq', ...pair);
      })
      .reduce((a, b) => builder.apply('or', a, b), builder.const('bool', false));
    return inside ? hit : builder.apply('not', hit);
  };

/** (x − mean) / deviation of the normal distribution functions. */
function standardised(args: readonly FieldValue[], builder: IrBuilder, element: Element): Ref {
  const [x, mean, deviation] = [0, 1, 2].map((index) =>
    castTo(builder, argument(args, index, element), 'float64', element),
  );
  return builder.apply('div', builder.apply('sub', x!, mean!), deviation!);
}

function density(z: Ref, builder: IrBuilder): Ref {
  const exponent = builder.apply('mul', builder.const('float64', -0.5), builder.apply('mul', z, z));
  return builder.apply('div', builder.apply('exp', exponent), builder.const('float64', Math.sqrt(2 * Math.PI)));
}

export const FUNCTIONS: Readonly<Record<string, Function>> = {
  '+': arithmetic('add'),
  '-': arithmetic('sub'),
  '*': arithmetic('mul'),
  '/': arithmetic('div', false),
  pow: arithmetic('pow'),
  modulo: arithmetic('mod'),
  sum: skipMissing('add'),
  product: skipMissing('mul'),
  min: skipMissing('min'),
  max: skipMissing('max'),
  avg: average,
  exp: real('exp'),
  expm1: real('expm1'),
  ln: real('log'),
  ln1p: real('log1p'),
  log10: real('log10'),
  sqrt: real('sqrt'),
  sin: real('sin'),
  cos: real('cos'),
  tan: real('tan'),
  asin: real('asin'),
  acos: real('acos'),
  atan: real('atan'),
  sinh: real('sinh'),
  cosh: real('cosh'),
  tanh: real('tanh'),
  erf: real('erf'),
  stdNormalCDF: real('normcdf'),
  normalCDF: (args, builder, element) => builder.apply('normcdf', standardised(args, builder, element)),
  stdNormalPDF: (args, builder, element) =>
    density(castTo(builder, argument(args, 0, element), 'float64', element), builder),
  normalPDF: (args, builder, element) =>
    builder.apply(
      'div',
      density(standardised(args, builder, element), builder),
      castTo(builder, argument(args, 2, element), 'float64', element),
    ),
  abs: anyNumber('abs'),
  floor: rounding('floor'),
  ceil: rounding('ceil'),
  round: rounding('round'),
  rint: rounding('rint'),
  threshold: (args, builder, element) => {
    const pair = unify(builder, argument(args, 0, element), argument(args, 1, element), element);
    if (pair === undefined) throw declined('types', 'numbers are needed', element.place);
    const kind = builder.kindOf(pair[0]);
    return builder.apply('select', builder.apply('gt', ...pair), builder.const(kind, 1), builder.const(kind, 0));
  },
  equal: comparison('eq'),
  notEqual: comparison('ne'),
  lessThan: comparison('lt'),
  lessOrEqual: comparison('le'),
  greaterThan: comparison('gt'),
  greaterOrEqual: comparison('ge'),
  and: logic('and'),
  or: logic('or'),
  not: (args, builder, element) => builder.apply('not', argument(args, 0, element).ref),
  isIn: membership(true),
  isNotIn: membership(false),
  isMissing: (args, builder, element) => builder.apply('is-missing', argument(args, 0, element).ref),
  isNotMissing: (args, builder, element) =>
    builder.apply('not', builder.apply('is-missing', argument(args, 0, element).ref)),
  if: conditional,
  uppercase: text('upper'),
  lowercase: text('lower'),
  trimBlanks: text('trim'),
  stringLength: text('length'),
  concat: (args, builder, element) =>
    args.map((arg) => castTo(builder, arg, 'string', element)).reduce((a, b) => builder.apply('concat', a, b)),
};
