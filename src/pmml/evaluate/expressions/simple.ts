import type { Element } from '../../../wire/xml/document.js';
import { badValue, evaluationError } from '../../errors.js';
import { booleanAttribute, required } from '../attributes.js';
import type { Expression } from '../expressions.js';
import type { Field, Scope } from '../model.js';
import { orderOf } from '../predicates.js';
import {
  type DataType,
  isCollection,
  isNumeric,
  lenientLiteral,
  parseNumber,
  parserOf,
  recastValue,
  type Scalar,
  typedText,
  type Value,
} from '../values.js';

/** The type that a text without one has: integer, double, else string. */
export function inferredType(text: string): DataType {
  if (/^\s*[+-]?\d+\s*$/.test(text)) return 'integer';
  return parseNumber(text) === undefined ? 'string' : 'double';
}

/** An attribute like mapMissingTo or defaultValue in the type of the result, where the element declares one. */
export function replacement(element: Element, name: string, type: DataType): Scalar | undefined {
  const text = element.attribute(name);
  return text === undefined ? undefined : lenientLiteral(text, type);
}

/** The same where the type is only known from the arguments: it does not round a written number to single precision. */
export function openReplacement(element: Element, name: string, type: DataType | undefined): Scalar | undefined {
  const text = element.attribute(name);
  if (text === undefined) return undefined;
  return lenientLiteral(text, type === 'float' ? 'double' : (type ?? inferredType(text)));
}

export function compileConstant(element: Element): Expression {
  if (booleanAttribute(element, 'missing')) {
    return { dataType: element.attribute('dataType'), optype: undefined, evaluate: () => undefined };
  }
  const text = element.text();
  const dataType = element.attribute('dataType') ?? inferredType(text);
  // An empty constant of a type that has no empty value is missing.
  if (dataType !== 'string' && text.trim() === '') return { dataType, optype: undefined, evaluate: () => undefined };
  const value = parserOf(dataType)(text);
  if (value === undefined) throw badValue(text, dataType, element);
  return { dataType, optype: typeof value === 'number' ? 'continuous' : 'categorical', evaluate: () => value };
}

export function typeOf(field: Field): DataType | undefined {
  return field.dataType === '' ? undefined : field.dataType;
}

export function compileFieldRef(element: Element, scope: Scope): Expression {
  const field = scope.field(required(element, 'field'), element);
  const dataType = typeOf(field);
  const substitute = openReplacement(element, 'mapMissingTo', dataType);
  return {
    dataType,
    optype: field.optype,
    order: orderOf(field.optype, field.categories),
    evaluate: substitute === undefined ? (frame) => field.value(frame) : (frame) => field.value(frame) ?? substitute,
  };
}

/** A result in its declared type, `from` being its own. A real number of type integer keeps its digits. */
export function castResult(value: Value, type: DataType | undefined, from?: DataType): Value {
  if (value === undefined || type === undefined) return value;
  if (isCollection(value)) return value.map((item) => (item === undefined ? item : cast(item, type, from)));
  return cast(value, type, from);
}

function cast(value: Scalar, type: DataType, from: DataType | undefined): Scalar {
  if (type === 'string' && typeof value === 'number') return typedText(value, from);
  const result = recastValue(value, type, from);
  if (result !== undefined) return result;
  if (typeof value === 'number' && isNumeric(type)) return value;
  throw evaluationError(`the value ${JSON.stringify(value)} does not fit the type ${type}`);
}
