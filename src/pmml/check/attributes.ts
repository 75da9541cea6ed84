import { quote } from '../../core/errors.js';
import type { Element } from '../../wire/xml/document.js';
import { parseNumber } from '../evaluate/values.js';
import { type AttributeRule, compareVersions, type ElementRule, isRequired, standing } from '../grammar.js';
import { cutName } from '../place.js';
import { nearestName } from '../spelling.js';
import type { Report } from './report.js';

/** Simple types of the schema: what they want, and whether a text is one. */
const TYPES: Readonly<Record<string, { expected: string; accepts: (text: string) => boolean }>> = {
  NUMBER: { expected: 'a number', accepts: (text) => parseNumber(text) !== undefined },
  'REAL-NUMBER': { expected: 'a number', accepts: (text) => parseNumber(text) !== undefined },
  'PROB-NUMBER': { expected: 'a number from 0 to 1', accepts: (text) => inRange(text, 0, 1) },
  'PERCENTAGE-NUMBER': { expected: 'a number from 0 to 100', accepts: (text) => inRange(text, 0, 100) },
  'INT-NUMBER': { expected: 'an integer', accepts: (text) => /^\s*[+-]?\d+\s*$/.test(text) },
  nonNegativeInteger: { expected: 'an integer from 0', accepts: (text) => /^\s*(\+?\d+|-0+)\s*$/.test(text) },
  positiveInteger: { expected: 'an integer from 1', accepts: (text) => /^\s*\+?0*[1-9]\d*\s*$/.test(text) },
  boolean: { expected: 'true or false', accepts: (text) => /^\s*(true|false|1|0)\s*$/.test(text) },
};

function inRange(text: string, low: number, high: number): boolean {
  const value = parseNumber(text);
  return value !== undefined && value >= low && value <= high;
}

/** Unknown, missing, misspelt and out-of-version attributes of one element. */
export function checkAttributes(element: Element, rule: ElementRule, report: Report): void {
  const present: string[] = [];
  for (const [name, value] of element.attributes()) {
    if (name.includes(':') || name === 'xmlns' || name.startsWith('x-')) continue;
    present.push(name);
    const known = Object.hasOwn(rule.attributes, name) ? rule.attributes[name] : undefined;
    if (known === undefined) {
      report.error(
        'unknown-attribute',
        `${element.name} has no attribute ${cutName(name)}${didYouMean(nearestName(name, Object.keys(rule.attributes)))}`,
        element,
        name,
      );
      continue;
    }
    checkVersion(element, name, known, report);
    checkValue(element, name, value, known, report);
  }
  for (const name of requiredAttributes(rule, report.version)) {
    if (!present.includes(name)) {
      report.error('missing-attribute', `${element.name} lacks its attribute ${name}`, element, name);
    }
  }
}

const REQUIRED = new Map<string, WeakMap<ElementRule, readonly string[]>>();

function requiredAttributes(rule: ElementRule, version: string): readonly string[] {
  const byRule = REQUIRED.get(version) ?? new WeakMap<ElementRule, readonly string[]>();
  REQUIRED.set(version, byRule);
  let names = byRule.get(rule);
  if (names === undefined) {
    names = Object.entries(rule.attributes).flatMap(([name, known]) => (isRequired(known, version) ? [name] : []));
    byRule.set(rule, names);
  }
  return names;
}

export function didYouMean(meant: string | undefined): string {
  return meant === undefined ? '' : `; did you mean ${meant}?`;
}

function checkVersion(element: Element, name: string, rule: AttributeRule, report: Report): void {
  const { version } = report;
  const state = standing(rule, version);
  if (state === 'too new')
    report.error(
      'version',
      `${element.name}/@${name} came with PMML ${rule.since}, the document is ${version}`,
      element,
      name,
    );
  else if (state === 'removed')
    report.error(
      'version',
      `${element.name}/@${name} left PMML with ${rule.until}, the document is ${version}`,
      element,
      name,
    );
  else if (state === 'deprecated')
    report.warning('deprecated', `${element.name}/@${name} is deprecated since PMML ${rule.deprecated}`, element, name);
}

function checkValue(element: Element, name: string, value: string, rule: AttributeRule, report: Report): void {
  if (rule.values !== undefined) {
    if (value.startsWith('x-')) {
      report.warning('vendor', `${name} is ${quote(value)}, a vendor's own value`, element, name);
      return;
    }
    const since = Object.hasOwn(rule.values, value) ? rule.values[value] : undefined;
    if (since === undefined) {
      const allowed = Object.keys(rule.values).join(', ');
      const meant = didYouMean(nearestName(value, Object.keys(rule.values)));
      report.error(
        'attribute-value',
        `${name} is ${quote(value)} and must be one of ${allowed}${meant}`,
        element,
        name,
      );
    } else if (since !== '' && compareVersions(report.version, since) < 0) {
      report.error(
        'version',
        `${name}="${value}" came with PMML ${since}, the document is ${report.version}`,
        element,
        name,
      );
    }
    return;
  }
  const type = Object.hasOwn(TYPES, rule.type) ? TYPES[rule.type] : undefined;
  if (type !== undefined && !type.accepts(value)) {
    report.error('attribute-value', `${name} is ${quote(value)} and must be ${type.expected}`, element, name);
  }
}
