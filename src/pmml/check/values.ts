import { quote } from '../../core/errors.js';
import type { Element } from '../../wire/xml/document.js';
import { parseNumber, parserOf } from '../evaluate/values.js';
import type { Report } from './report.js';

type Rule = (element: Element, report: Report, dictionary: ReadonlyMap<string, Element>) => void;

/** What the schema cannot say: values against data types, and attributes that need each other. By element. */
const RULES: Readonly<Record<string, Rule>> = {
  DataField: (field, report) => {
    const dataType = field.attribute('dataType');
    const seen = new Set<string>();
    for (const child of field.children('Value')) {
      const value = child.attribute('value');
      if (value === undefined) continue;
      const property = child.attribute('property') ?? 'valid';
      if (property === 'valid') checkType(child, 'value', value, dataType, report);
      if (seen.has(value)) report.error('duplicate', `the value ${quote(value)} is listed twice`, child, 'value');
      seen.add(value);
    }
  },
  Constant: (constant, report) => {
    if (constant.attribute('missing') === 'true' || constant.text() === '') return;
    checkType(constant, undefined, constant.text(), constant.attribute('dataType'), report);
  },
  MiningField: (field, report, dictionary) => {
    const needs = (attribute: string, value: string, wanted: string): void => {
      if (field.attribute(attribute) === value && field.attribute(wanted) === undefined) {
        report.error('missing-attribute', `${attribute}="${value}" needs the attribute ${wanted}`, field, wanted);
      }
    };
    needs('outliers', 'asExtremeValues', 'lowValue');
    needs('outliers', 'asExtremeValues', 'highValue');
    needs('invalidValueTreatment', 'asValue', 'invalidValueReplacement');
    const dataType = dictionary.get(field.attribute('name') ?? '')?.attribute('dataType');
    for (const name of ['missingValueReplacement', 'invalidValueReplacement']) {
      const value = field.attribute(name);
      if (value !== undefined) checkType(field, name, value, dataType, report);
    }
  },
  SimplePredicate: (predicate, report) => {
    const operator = predicate.attribute('operator');
    if (operator === undefined || operator === 'isMissing' || operator === 'isNotMissing') return;
    if (predicate.attribute('value') === undefined)
      report.error('missing-attribute', `the operator ${operator} needs a value`, predicate, 'value');
  },
  Interval: (interval, report) => {
    const left = parseNumber(interval.attribute('leftMargin') ?? '');
    const right = parseNumber(interval.attribute('rightMargin') ?? '');
    if (left !== undefined && right !== undefined && left > right)
      report.error('interval', `the interval ends at ${right}, before it begins at ${left}`, interval, 'rightMargin');
  },
  NormContinuous: (norm, report) => {
    let before = Number.NEGATIVE_INFINITY;
    for (const child of norm.children('LinearNorm')) {
      const orig = parseNumber(child.attribute('orig') ?? '');
      if (orig === undefined) continue;
      if (orig <= before) report.error('order', 'the values of orig must ascend', child, 'orig');
      before = orig;
    }
  },
};

function checkType(
  element: Element,
  attribute: string | undefined,
  value: string,
  dataType: string | undefined,
  report: Report,
): void {
  if (dataType === undefined || parserOf(dataType)(value) !== undefined) return;
  report.error('value', `${quote(value)} is no ${dataType}`, element, attribute);
}

export function checkValues(root: Element, report: Report): void {
  const dictionary = new Map(
    (root.child('DataDictionary')?.children('DataField') ?? []).map((field) => [field.attribute('name') ?? '', field]),
  );
  const { document } = root;
  for (let index = root.index; index < document.size; index++) {
    const name = document.nameOf(index);
    if (Object.hasOwn(RULES, name)) RULES[name]!(document.element(index), report, dictionary);
  }
}
