import { isOneOf } from '../../ir/domain.js';
import type { Ref } from '../../ir/types.js';
import type { Element } from '../../wire/xml/document.js';
import { declined } from '../declined.js';
import type { Scope } from './scope.js';
import { type FieldValue, literalOf, numberOf } from './values.js';

export const PREDICATES = new Set(['True', 'False', 'SimplePredicate', 'CompoundPredicate', 'SimpleSetPredicate']);

export function predicateIn(parent: Element): Element | undefined {
  return parent.children().find((child) => PREDICATES.has(child.name));
}

const COMPARISONS = {
  equal: 'eq',
  notEqual: 'ne',
  lessThan: 'lt',
  lessOrEqual: 'le',
  greaterThan: 'gt',
  greaterOrEqual: 'ge',
} as const;

/** A predicate as a three-valued bool. */
export function liftPredicate(element: Element, scope: Scope): Ref {
  const { builder } = scope.lift;
  switch (element.name) {
    case 'True':
      return builder.const('bool', true);
    case 'False':
      return builder.const('bool', false);
    case 'SimplePredicate':
      return liftSimple(element, scope);
    case 'SimpleSetPredicate':
      return liftSet(element, scope);
    default:
      return liftCompound(element, scope);
  }
}

function liftSimple(element: Element, scope: Scope): Ref {
  const { builder } = scope.lift;
  const field = scope.field(element.attribute('field') ?? '', element);
  const operator = element.attribute('operator') ?? '';
  if (operator === 'isMissing') return builder.apply('is-missing', field.ref);
  if (operator === 'isNotMissing') return builder.apply('not', builder.apply('is-missing', field.ref));
  if (!Object.hasOwn(COMPARISONS, operator)) {
    throw declined('operator', `the operator "${operator}" is unknown`, element.place);
  }
  const fn = COMPARISONS[operator as keyof typeof COMPARISONS];
  const text = element.attribute('value') ?? '';
  const members = orderedMembers(field, operator, text, element);
  if (members !== undefined) return isIn(scope, field, members, element);
  const kind = builder.kindOf(field.ref);
  if (kind === 'int64') {
    const number = numberOf(text) ?? Number.NaN;
    if (!Number.isInteger(number)) {
      return builder.apply(fn, builder.cast(field.ref, 'float64'), builder.const('float64', number));
    }
  }
  return builder.apply(fn, field.ref, builder.const(kind, literalOf(text, kind, element)));
}

/** An order among the values of an ordinal field, as the set of the values that satisfy it; undefined for other tests. */
export function orderedMembers(
  field: FieldValue,
  operator: string,
  text: string,
  element: Element,
): string[] | undefined {
  const order = operator.startsWith('less') || operator.startsWith('greater');
  if (!order || field.optype !== 'ordinal') return undefined;
  const values = field.values;
  const at = values?.indexOf(text) ?? -1;
  if (values === undefined || at < 0) {
    throw declined('ordinal', 'an order among values that the DataDictionary does not list', element.place);
  }
  if (operator === 'lessThan') return values.slice(0, at);
  if (operator === 'lessOrEqual') return values.slice(0, at + 1);
  return values.slice(operator === 'greaterThan' ? at + 1 : at);
}

function liftSet(element: Element, scope: Scope): Ref {
  const { builder } = scope.lift;
  const field = scope.field(element.attribute('field') ?? '', element);
  const inside = isIn(scope, field, arrayStrings(element.child('Array')), element);
  return element.attribute('booleanOperator') === 'isNotIn' ? builder.apply('not', inside) : inside;
}

function isIn(scope: Scope, field: FieldValue, members: readonly string[], element: Element): Ref {
  const { builder } = scope.lift;
  const kind = builder.kindOf(field.ref);
  const values = members.map((text) => literalOf(text, kind, element) as string | number | boolean);
  const test = values.length === 0 ? builder.const('bool', false) : isOneOf(builder, field.ref, values);
  if (!builder.typeOf(field.ref).missing) return test;
  return builder.apply('select', builder.apply('is-missing', field.ref), builder.const('bool', null), test);
}

function liftCompound(element: Element, scope: Scope): Ref {
  const { builder } = scope.lift;
  const parts = element
    .children()
    .filter((child) => PREDICATES.has(child.name))
    .map((child) => liftPredicate(child, scope));
  if (parts.length === 0) throw declined('operator', 'a CompoundPredicate without predicates', element.place);
  switch (element.attribute('booleanOperator')) {
    case 'and':
      return parts.reduce((a, b) => builder.apply('and', a, b));
    case 'or':
      return parts.reduce((a, b) => builder.apply('or', a, b));
    case 'xor':
      return parts.reduce((a, b) => builder.apply('xor', a, b));
    case 'surrogate':
      return parts.reduce((a, b) => builder.apply('coalesce', a, b));
    default:
      throw declined('operator', 'a CompoundPredicate needs and, or, xor or surrogate', element.place);
  }
}

/** The members of an Array: blank-separated, quoted where they hold blanks, `\"` for a quote. */
export function arrayStrings(array: Element | undefined): string[] {
  if (array === undefined) return [];
  const members: string[] = [];
  for (const [, quoted, plain] of array.text().matchAll(/"((?:[^"\\]|\\.)*)"|([^\s"]+)/g)) {
    members.push(quoted === undefined ? plain! : quoted.replace(/\\(["\\])/g, '$1'));
  }
  return members;
}
