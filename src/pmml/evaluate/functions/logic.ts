import { Temporal } from '../temporal.js';
import {
  compareValues,
  type DataType,
  equalValues,
  isCollection,
  looseNumber,
  momentOf,
  recastValue,
  type Scalar,
  type Value,
} from '../values.js';
import { type BuiltIn, type Call, scalarsOf, truth } from './builtin.js';

/** Ordinal values are compared by their own order. */
function comparison(test: (sign: number) => boolean): BuiltIn {
  return equality((a, b, order) => test((order ?? compareValues)(a, b)));
}

function equality(test: (a: Scalar, b: Scalar, order: Call['order']) => boolean): BuiltIn {
  return {
    least: 2,
    most: 2,
    type: 'boolean',
    call: ([a, b], { types, order }) => {
      const [left, right] = aligned(a as Scalar, b as Scalar, types[0], types[1]);
      return test(left, right, order);
    },
  };
}

/** The second value is brought to the first one's type, so a double beside a float is rounded, text beside one as well; of a dateTime beside a date the day counts. */
function aligned(a: Scalar, b: Scalar, typeOfA: DataType | undefined, typeOfB: DataType | undefined): [Scalar, Scalar] {
  if (a instanceof Temporal) return [a, recastValue(b, a.kind, typeOfB) ?? b];
  if (typeof a === 'number' && momentOf(a, typeOfA) !== undefined) return [a, recastValue(b, typeOfA!, typeOfB) ?? b];
  if (typeOfA === 'float' && typeof a === 'number') return [a, single(b)];
  if (typeOfB === 'float' && typeof a === 'string') return [single(a), b];
  return [a, b];
}

function single(value: Scalar): Scalar {
  const number = typeof value === 'string' ? looseNumber(value) : value;
  return typeof number === 'number' ? Math.fround(number) : value;
}

function presence(test: (value: Value) => boolean): BuiltIn {
  return { least: 1, most: 1, missing: 'own', type: 'boolean', call: ([value]) => test(value) };
}

/** Three-valued: a missing operand leaves the result open unless another one decides it. */
function connective(deciding: boolean): BuiltIn {
  return {
    least: 2,
    missing: 'own',
    type: 'boolean',
    call: (args, call) => {
      let result: boolean | undefined = !deciding;
      for (const arg of args) {
        if (arg === undefined) result = undefined;
        else if (truth(arg, call) === deciding) return deciding;
      }
      return result;
    },
  };
}

function membership(inside: boolean): BuiltIn {
  return {
    least: 2,
    missing: 'own',
    type: 'boolean',
    call: ([value, ...list], { types }) => {
      if (value === undefined || isCollection(value)) return undefined;
      const isItem = (item: Scalar | undefined, type: DataType | undefined): boolean =>
        item !== undefined && equalValues(...aligned(value, item, types[0], type));
      return list.some((item, i) => scalarsOf([item]).some((part) => isItem(part, types[i + 1]))) === inside;
    },
  };
}

/** `if`, `isValid` and `isNotValid` need more than values; Apply compiles them itself. */
export const LOGIC: Readonly<Record<string, BuiltIn>> = {
  equal: equality(equalValues),
  notEqual: equality((a, b) => !equalValues(a, b)),
  lessThan: comparison((sign) => sign < 0),
  lessOrEqual: comparison((sign) => sign <= 0),
  greaterThan: comparison((sign) => sign > 0),
  greaterOrEqual: comparison((sign) => sign >= 0),
  isMissing: presence((value) => value === undefined),
  isNotMissing: presence((value) => value !== undefined),
  and: connective(false),
  or: connective(true),
  not: { least: 1, most: 1, type: 'boolean', call: ([value], call) => !truth(value, call) },
  isIn: membership(true),
  isNotIn: membership(false),
};
