import { quote } from '../../core/errors.js';
import type { Element } from '../../wire/xml/document.js';
import { evaluationError, invalidInput, missingAttribute, missingInput } from '../errors.js';
import { eitherAttribute, enumAttribute, optionalNumber } from './attributes.js';
import type { DataField } from './dictionary.js';
import { singleOf } from './single.js';
import { Temporal } from './temporal.js';
import {
  castValue,
  type DataType,
  lenientLiteral,
  momentOf,
  type OpType,
  parseNumber,
  type Scalar,
  textOf,
  type Value,
} from './values.js';

/** What becomes of a value on its way into a model. */
export interface Preparation {
  readonly prepare: (raw: unknown) => Value;
  /** Whether what a raw value becomes is valid: in the domain, or put in by a treatment. */
  readonly isValid: (raw: unknown) => boolean;
}

export const USAGE_TYPES = [
  'active',
  'predicted',
  'target',
  'supplementary',
  'group',
  'order',
  'frequencyWeight',
  'analysisWeight',
] as const;

interface Treatments {
  readonly name: string;
  readonly dataType: DataType;
  readonly optype: OpType;
  readonly invalid: 'returnInvalid' | 'asIs' | 'asMissing' | 'asValue';
  readonly invalidReplacement: Scalar | undefined;
  readonly returnsInvalidOnMissing: boolean;
  readonly missingReplacement: Scalar | undefined;
  readonly outliers: 'asIs' | 'asMissingValues' | 'asExtremeValues';
  readonly low: number;
  readonly high: number;
}

function treatmentsOf(mining: Element | undefined, name: string, dataType: DataType, optype: OpType): Treatments {
  const literal = (attribute: string): Scalar | undefined => {
    const text = mining === undefined ? undefined : eitherAttribute(mining, attribute);
    return text === undefined ? undefined : lenientLiteral(text, dataType);
  };
  if (mining === undefined) {
    return {
      name,
      dataType,
      optype,
      invalid: 'asIs',
      invalidReplacement: undefined,
      returnsInvalidOnMissing: false,
      missingReplacement: undefined,
      outliers: 'asIs',
      low: Number.NEGATIVE_INFINITY,
      high: Number.POSITIVE_INFINITY,
    };
  }
  const outliers = enumAttribute(mining, 'outliers', ['asIs', 'asMissingValues', 'asExtremeValues'], 'asIs');
  if (
    outliers !== 'asIs' &&
    mining.attribute('lowValue') === undefined &&
    mining.attribute('highValue') === undefined
  ) {
    throw missingAttribute(mining, 'lowValue');
  }
  const invalid = enumAttribute(
    mining,
    'invalidValueTreatment',
    ['returnInvalid', 'asIs', 'asMissing', 'asValue'],
    'returnInvalid',
  );
  const invalidReplacement = literal('invalidValueReplacement');
  return {
    name,
    dataType,
    optype,
    // "asIs with an invalidValueReplacement" is how 4.3 and earlier extensions spelled asValue.
    invalid: invalid === 'asIs' && invalidReplacement !== undefined ? 'asValue' : invalid,
    invalidReplacement,
    returnsInvalidOnMissing: eitherAttribute(mining, 'missingValueTreatment')?.replace(/^x-/, '') === 'returnInvalid',
    missingReplacement: literal('missingValueReplacement'),
    outliers,
    low: bound(mining, 'lowValue', dataType) ?? Number.NEGATIVE_INFINITY,
    high: bound(mining, 'highValue', dataType) ?? Number.POSITIVE_INFINITY,
  };
}

/** A bound in the precision of the field, since it can become its value. */
function bound(mining: Element, name: string, dataType: DataType): number | undefined {
  const value = optionalNumber(mining, name);
  return value === undefined || dataType !== 'float' ? value : singleOf(mining.attribute(name)!, value);
}

/** Whether a MiningField only names its field: nothing is done to a value that was prepared before. */
export function isPlain(mining: Element): boolean {
  return [
    'outliers',
    'missingValueReplacement',
    'missingValueTreatment',
    'x-missingValueTreatment',
    'invalidValueTreatment',
    'x-invalidValueReplacement',
    'invalidValueReplacement',
  ].every((name) => mining.attribute(name) === undefined);
}

/**
 * The preparation of an input: missing codes, then validity, then outliers, then the replacement of missing values.
 * Without a dictionary entry (a derived field or an output that a segment reads) nothing is invalid.
 */
export function compilePreparation(
  name: string,
  dataType: DataType,
  optype: OpType,
  dataField: DataField | undefined,
  mining: Element | undefined,
): Preparation {
  const treatments = treatmentsOf(mining, name, dataType, optype);
  const one = (raw: Scalar | undefined): Scalar | undefined => prepareOne(raw, treatments, dataField);
  const prepare = (raw: unknown): Value => {
    if (raw === null || raw === undefined) return one(undefined);
    if (!Array.isArray(raw)) return one(scalarOf(raw, name));
    // A list of lists is a sequence of item sets; its items are prepared, its shape stays.
    return raw.flatMap(
      (item): Scalar[] =>
        (Array.isArray(item)
          ? [prepare(item) as never]
          : [one(item === null || item === undefined ? undefined : scalarOf(item, name)) ?? []].flat()) as Scalar[],
    );
  };
  const isValid = (raw: unknown): boolean => {
    if (dataField === undefined || treatments.invalid !== 'asIs' || raw === null || raw === undefined) return true;
    if (Array.isArray(raw)) return raw.every(isValid);
    const value = scalarOf(raw, name);
    if (isBlank(value, dataType) || dataField.isMissing(value)) return true;
    const cast = castValue(value, dataType);
    return cast !== undefined && dataField.isValid(cast);
  };
  return { prepare, isValid };
}

function scalarOf(raw: unknown, name: string): Scalar {
  if (typeof raw === 'string' || typeof raw === 'number' || typeof raw === 'boolean' || raw instanceof Temporal)
    return raw;
  if (typeof raw === 'bigint') return Number(raw);
  if (raw instanceof Date && !Number.isNaN(raw.getTime()))
    return momentOf(raw.getTime() / 1000, 'dateTimeSecondsSince[1970]')!;
  throw evaluationError('a value is neither a text, a number, a truth value nor a list of them', undefined, name);
}

function prepareOne(
  raw: Scalar | undefined,
  treatments: Treatments,
  dataField: DataField | undefined,
): Scalar | undefined {
  const { dataType } = treatments;
  if (raw === undefined || isBlank(raw, dataType) || dataField?.isMissing(raw)) return missing(treatments);
  const value = dataType === '' ? raw : castValue(raw, dataType);
  // NaN is never valid, whatever the domain.
  if (value === undefined || Number.isNaN(value) || (dataField !== undefined && !dataField.isValid(value))) {
    switch (treatments.invalid) {
      case 'asIs':
        if (value === undefined) throw invalidInput(treatments.name, textOf(raw), domainOf(treatments, undefined));
        return value;
      case 'asMissing':
        return missing(treatments);
      case 'asValue':
        return treatments.invalidReplacement;
      default:
        throw invalidInput(treatments.name, textOf(raw), domainOf(treatments, dataField));
    }
  }
  if (treatments.outliers !== 'asIs' && typeof value === 'number') {
    if (treatments.outliers === 'asExtremeValues') return Math.min(Math.max(value, treatments.low), treatments.high);
    if (value < treatments.low || value > treatments.high) return missing(treatments);
  }
  return value;
}

function isBlank(raw: Scalar, dataType: DataType): boolean {
  return typeof raw === 'string' && dataType !== 'string' && dataType !== '' && raw.trim() === '';
}

function missing(treatments: Treatments): Scalar | undefined {
  if (treatments.returnsInvalidOnMissing) throw missingInput(treatments.name);
  return treatments.missingReplacement;
}

function domainOf(treatments: Treatments, dataField: DataField | undefined): string {
  if (dataField === undefined || !dataField.hasDomain) return `a valid ${treatments.dataType}`;
  const values = dataField.categories.slice(0, 8).map((value) => quote(textOf(value)));
  if (dataField.categories.length > values.length) values.push('…');
  const intervals = dataField.element.children('Interval').map((interval) => {
    const closure = interval.attribute('closure') ?? '';
    const [low, high] = [interval.attribute('leftMargin'), interval.attribute('rightMargin')];
    const left = low !== undefined && parseNumber(low) !== undefined ? low : '-∞';
    const right = high !== undefined && parseNumber(high) !== undefined ? high : '∞';
    return `${closure.startsWith('closed') ? '[' : '('}${left}, ${right}${closure.endsWith('Closed') ? ']' : ')'}`;
  });
  return [...intervals, ...values].join(', ');
}
