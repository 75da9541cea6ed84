import type { Element } from '../../wire/xml/document.js';
import { duplicateName } from '../errors.js';
import { booleanAttribute, enumAttribute, optionalNumber, required } from './attributes.js';
import { compileInterval } from './expressions/normalize.js';
import { type Ancestors, readTaxonomies } from './taxonomy.js';
import { castValue, type DataType, lenientLiteral, numberOf, type OpType, type Scalar, textOf } from './values.js';

/** An entry of the DataDictionary: its type and its domain. */
export interface DataField {
  readonly name: string;
  readonly element: Element;
  readonly dataType: DataType;
  readonly optype: OpType;
  /** Valid values, in order. */
  readonly categories: readonly Scalar[];
  readonly hasDomain: boolean;
  /** A text or number that stands for a missing value. */
  isMissing(value: Scalar): boolean;
  /** Whether a value of the field's type lies in the domain. */
  isValid(value: Scalar): boolean;
  /** What to show for a category, by its text. */
  readonly displayValues: ReadonlyMap<string, string>;
  /** The groups of the field's taxonomy that a value belongs to. */
  readonly ancestors: Ancestors | undefined;
  /** How far apart two values of a cyclic field are that are the same; undefined where the field is not cyclic. */
  readonly period: number | undefined;
}

const OPTYPES = ['continuous', 'categorical', 'ordinal'] as const;

export function optypeOf(element: Element, dataType: DataType): OpType {
  return enumAttribute(
    element,
    'optype',
    OPTYPES,
    dataType === 'string' || dataType === 'boolean' ? 'categorical' : 'continuous',
  );
}

/** The fields of a DataDictionary by name. A field's Taxonomy adds no values to its domain. */
export function readDictionary(dictionary: Element | undefined): Map<string, DataField> {
  const fields = new Map<string, DataField>();
  const taxonomies = readTaxonomies(dictionary);
  for (const element of dictionary?.children('DataField') ?? []) {
    const field = readDataField(element, taxonomies);
    if (fields.has(field.name)) throw duplicateName('field', field.name, element);
    fields.set(field.name, field);
  }
  return fields;
}

function readDataField(element: Element, taxonomies: ReadonlyMap<string, Ancestors>): DataField {
  const dataType = element.attribute('dataType') ?? 'string';
  const categories: Scalar[] = [];
  const valid = new Set<string>();
  const invalid = new Set<string>();
  const missing = new Set<string>();
  const displayValues = new Map<string, string>();
  for (const child of element.children('Value')) {
    const text = required(child, 'value');
    const value = lenientLiteral(text, dataType);
    const property = enumAttribute(child, 'property', ['valid', 'invalid', 'missing'], 'valid');
    if (property === 'valid') {
      categories.push(value);
      valid.add(textOf(value));
    } else if (property === 'invalid') invalid.add(textOf(value));
    else missing.add(text).add(textOf(value));
    const display = child.attribute('displayValue');
    if (display !== undefined) displayValues.set(textOf(value), display);
  }
  const intervals = element.children('Interval').map(compileInterval);
  const hasDomain = valid.size > 0 || intervals.length > 0;
  return {
    name: required(element, 'name'),
    element,
    dataType,
    optype: optypeOf(element, dataType),
    categories,
    hasDomain,
    displayValues,
    ancestors: taxonomies.get(element.attribute('taxonomy') ?? ''),
    period: booleanAttribute(element, 'isCyclic') ? periodOf(element, dataType, categories) : undefined,
    isMissing:
      missing.size === 0
        ? () => false
        : (value) => {
            if (missing.has(textOf(value))) return true;
            const cast = castValue(value, dataType);
            return cast !== undefined && missing.has(textOf(cast));
          },
    isValid: (value) => {
      if (invalid.size > 0 && invalid.has(textOf(value))) return false;
      if (!hasDomain) return true;
      // "The set of Value elements completely defines the set of valid values", if one of them is valid.
      if (valid.size > 0) return valid.has(textOf(value));
      const number = numberOf(value);
      return number !== undefined && intervals.some((contains) => contains(number));
    },
  };
}

/**
 * "Cyclic fields have a distance measure which takes into account that the maximal value and minimal value are close
 * together": the ends of an interval are one point, but the last of listed or whole numbers is followed by the first.
 */
function periodOf(element: Element, dataType: DataType, categories: readonly Scalar[]): number | undefined {
  const numbers = categories.map(numberOf).filter((value) => value !== undefined);
  numbers.sort((a, b) => a - b);
  if (numbers.length > 1) {
    const gaps = numbers.slice(1).map((value, i) => value - numbers[i]!);
    return numbers[numbers.length - 1]! - numbers[0]! + Math.min(...gaps);
  }
  const intervals = element.children('Interval');
  const low = Math.min(
    ...intervals.map((interval) => optionalNumber(interval, 'leftMargin') ?? Number.NEGATIVE_INFINITY),
  );
  const high = Math.max(
    ...intervals.map((interval) => optionalNumber(interval, 'rightMargin') ?? Number.POSITIVE_INFINITY),
  );
  if (!Number.isFinite(high - low) || high <= low) return undefined;
  const whole = dataType === 'integer' && intervals.every((one) => one.attribute('closure') === 'closedClosed');
  return high - low + (whole ? 1 : 0);
}
