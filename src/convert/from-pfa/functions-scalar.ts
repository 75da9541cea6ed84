import type { IrBuilder } from '../../ir/builder.js';
import type { Primitive } from '../../ir/primitives.js';
import { isFloat, type Kind, type Ref } from '../../ir/types.js';
import { overMembers, type Rule, values, widest } from './rule.js';
import { ref, refOf, type Sym } from './sym.js';

export const numeric = (fn: Primitive): Rule =>
  values((builder, ...args) => {
    const refs = args.map((arg) => refOf(builder, arg));
    const kind = widest(refs.map((item) => builder.kindOf(item)));
    return ref(builder.apply(fn, ...refs.map((item) => builder.cast(item, kind))));
  });

export const divide: Rule = values((builder, a, b) => {
  const isZero = (sym: Sym) => sym.k === 'data' && sym.value === 0;
  if (isZero(a!) && isZero(b!)) return ref(builder.const('float64', null));
  return ref(builder.apply('div', refOf(builder, a!, 'float64'), refOf(builder, b!, 'float64')));
});

/** As `numeric`, in double whatever comes in. */
export const real = (fn: Primitive): Rule =>
  values((builder, ...args) => ref(builder.apply(fn, ...args.map((arg) => refOf(builder, arg, 'float64')))));

export const comparison = (fn: Primitive): Rule =>
  values((builder, a, b) => {
    const [left, right] = [refOf(builder, a!), refOf(builder, b!)];
    const kinds = [builder.kindOf(left), builder.kindOf(right)];
    if (kinds[0] === kinds[1]) return ref(builder.apply(fn, left, right));
    const kind = widest(kinds);
    return ref(builder.apply(fn, builder.cast(left, kind), builder.cast(right, kind)));
  });

/** Whether the length of a score is 0 says that the score is missing. */
export const equal: Rule = (builder, args) => {
  const [a, b] = [args[0]!.value!, args[1]!.value!];
  if (a.k === 'length' && b.k === 'data' && b.value === 0) return { k: 'empty', walk: a.walk };
  const same = refOf(builder, comparison('eq')(builder, args));
  // Of two floats one of which is missing, so NaN here, PFA says that they differ.
  const one = [a, b].some((sym) => !builder.typeOf(refOf(builder, sym)).missing);
  return ref(
    one && builder.typeOf(same).missing ? builder.apply('coalesce', same, builder.const('bool', false)) : same,
  );
};

export const plainly = (fn: Primitive): Rule =>
  values((builder, ...args) => ref(builder.apply(fn, ...args.map((arg) => refOf(builder, arg)))));

export const castTo = (kind: Kind): Rule => values((builder, x) => ref(refOf(builder, x!, kind)));

/** PFA's cast.int and cast.long round half up. */
export const roundTo = (kind: Kind): Rule =>
  values((builder, x) => {
    const value = refOf(builder, x!);
    return ref(builder.cast(isFloat(builder.kindOf(value)) ? builder.apply('round', value) : value, kind));
  });

/** A function of one number, over each number of an array or map too. */
export const eachNumber = (rule: (builder: IrBuilder, x: Ref) => Ref): Rule =>
  values((builder, x) => overMembers(x!, (item) => ref(rule(builder, refOf(builder, item, 'float64')))));
