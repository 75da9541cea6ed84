import type { Element } from '../../wire/xml/document.js';
import { missingAttribute, unknownElement } from '../errors.js';
import { arrayStrings } from './arrays.js';
import { contentElements, enumAttribute, required, requiredChild } from './attributes.js';
import type { Frame, Scope } from './model.js';
import { compareValues, equalValues, isCollection, lenientLiteral, type Scalar } from './values.js';

/** Three-valued: undefined is UNKNOWN. */
export type Predicate = (frame: Frame) => boolean | undefined;

const COMPILERS: Readonly<Record<string, (element: Element, scope: Scope) => Predicate>> = {
  True: () => () => true,
  False: () => () => false,
  SimplePredicate: compileSimple,
  CompoundPredicate: compileCompound,
  SimpleSetPredicate: compileSet,
};

export function compilePredicate(element: Element, scope: Scope): Predicate {
  const compile = Object.hasOwn(COMPILERS, element.name) ? COMPILERS[element.name] : undefined;
  if (compile === undefined) throw unknownElement(element, 'a predicate');
  return compile(element, scope);
}

/** The predicate child of a Node, Segment, rule, attribute …; undefined if it has none. */
export function predicateElement(parent: Element): Element | undefined {
  const { document } = parent;
  for (let at = document.firstChild(parent.index); at >= 0; at = document.nextSibling(at)) {
    if (Object.hasOwn(COMPILERS, document.nameOf(at))) return document.element(at);
  }
  return undefined;
}

const OPERATORS = [
  'equal',
  'notEqual',
  'lessThan',
  'lessOrEqual',
  'greaterThan',
  'greaterOrEqual',
  'isMissing',
  'isNotMissing',
] as const;

function compileSimple(element: Element, scope: Scope): Predicate {
  const field = scope.field(required(element, 'field'), element);
  const operator = enumAttribute(element, 'operator', OPERATORS);
  if (operator === 'isMissing') return (frame) => field.value(frame) === undefined;
  if (operator === 'isNotMissing') return (frame) => field.value(frame) !== undefined;
  const text = element.attribute('value');
  if (text === undefined) throw missingAttribute(element, 'value');
  const literal = lenientLiteral(text, field.dataType);
  const order = orderOf(field.optype, field.categories);
  const test = TESTS[operator];
  if (typeof literal === 'number' && order === undefined) {
    const { numbers } = test;
    return (frame) => {
      const value = field.value(frame);
      if (typeof value === 'number') return numbers(value, literal);
      if (value === undefined || isCollection(value)) return undefined;
      if (operator === 'equal') return equalValues(value, literal);
      return operator === 'notEqual' ? !equalValues(value, literal) : test.sign(compareValues(value, literal));
    };
  }
  return (frame) => {
    const value = field.value(frame);
    if (value === undefined || isCollection(value)) return undefined;
    if (operator === 'equal') return equalValues(value, literal);
    if (operator === 'notEqual') return !equalValues(value, literal);
    return test.sign((order ?? compareValues)(value, literal));
  };
}

const TESTS = {
  equal: { numbers: (a: number, b: number) => a === b, sign: (s: number) => s === 0 },
  notEqual: { numbers: (a: number, b: number) => a !== b, sign: (s: number) => s !== 0 },
  lessThan: { numbers: (a: number, b: number) => a < b, sign: (s: number) => s < 0 },
  lessOrEqual: { numbers: (a: number, b: number) => a <= b, sign: (s: number) => s <= 0 },
  greaterThan: { numbers: (a: number, b: number) => a > b, sign: (s: number) => s > 0 },
  greaterOrEqual: { numbers: (a: number, b: number) => a >= b, sign: (s: number) => s >= 0 },
} as const;

/** Ordinal values with a declared order are compared by it: "the order of the Value elements". */
export function orderOf(optype: string, categories: readonly Scalar[]): ((a: Scalar, b: Scalar) => number) | undefined {
  if (optype !== 'ordinal' || categories.length === 0) return undefined;
  const rank = (value: Scalar) => categories.findIndex((category) => equalValues(category, value));
  return (a, b) => {
    const [left, right] = [rank(a), rank(b)];
    return left < 0 || right < 0 ? compareValues(a, b) : left - right;
  };
}

function compileSet(element: Element, scope: Scope): Predicate {
  const field = scope.field(required(element, 'field'), element);
  const negated = enumAttribute(element, 'booleanOperator', ['isIn', 'isNotIn']) === 'isNotIn';
  const literals = arrayStrings(requiredChild(element, 'Array')).map((text) => lenientLiteral(text, field.dataType));
  const fast = new Set(literals);
  return (frame) => {
    const value = field.value(frame);
    if (value === undefined || Array.isArray(value)) return undefined;
    const found = fast.has(value as Scalar) || literals.some((literal) => equalValues(value as Scalar, literal));
    return found !== negated;
  };
}

function compileCompound(element: Element, scope: Scope): Predicate {
  const operator = enumAttribute(element, 'booleanOperator', ['and', 'or', 'xor', 'surrogate']);
  const parts = contentElements(element).map((child) => compilePredicate(child, scope));
  return COMBINE[operator](parts);
}

const COMBINE: Readonly<Record<'and' | 'or' | 'xor' | 'surrogate', (parts: readonly Predicate[]) => Predicate>> = {
  and: (parts) => (frame) => {
    let result: boolean | undefined = true;
    for (const part of parts) {
      const value = part(frame);
      if (value === false) return false;
      if (value === undefined) result = undefined;
    }
    return result;
  },
  or: (parts) => (frame) => {
    let result: boolean | undefined = false;
    for (const part of parts) {
      const value = part(frame);
      if (value === true) return true;
      if (value === undefined) result = undefined;
    }
    return result;
  },
  xor: (parts) => (frame) => {
    let result = false;
    for (const part of parts) {
      const value = part(frame);
      if (value === undefined) return undefined;
      result = result !== value;
    }
    return result;
  },
  surrogate: (parts) => (frame) => {
    for (const part of parts) {
      const value = part(frame);
      if (value !== undefined) return value;
    }
    return undefined;
  },
};
