import type { Element } from '../../wire/xml/document.js';
import { badAttribute, badEnumeration, missingAttribute, missingElement } from '../errors.js';
import { attributeRule } from '../grammar.js';
import { nearestName } from '../spelling.js';
import { parseNumber } from './values.js';

/** An attribute that must be there. */
export function required(element: Element, name: string): string {
  const value = element.attribute(name);
  if (value === undefined) throw missingAttribute(element, name);
  return value;
}

export function optionalNumber(element: Element, name: string): number | undefined {
  const text = element.attribute(name);
  if (text === undefined) return undefined;
  const value = parseNumber(text);
  if (value === undefined) throw badAttribute(element, name, 'a number');
  return value;
}

/** What the grammar says of an attribute that is absent; undefined where it has no default. */
function defaultOf(element: Element, name: string): string | undefined {
  return attributeRule(element.name, name)?.default;
}

/** A number; where the attribute is absent `fallback`, else the grammar's default, else an error. */
export function numberAttribute(element: Element, name: string, fallback?: number): number {
  const value = optionalNumber(element, name) ?? fallback ?? parseNumber(defaultOf(element, name) ?? '');
  if (value === undefined) throw missingAttribute(element, name);
  return value;
}

export function integerAttribute(element: Element, name: string, fallback?: number): number {
  const value = numberAttribute(element, name, fallback);
  if (!Number.isInteger(value)) throw badAttribute(element, name, 'an integer');
  return value;
}

const TRUTH: Readonly<Record<string, boolean>> = {
  true: true,
  '1': true,
  yes: true,
  false: false,
  '0': false,
  no: false,
};

/** A truth value; where the attribute is absent `fallback`, else the grammar's default, else false. */
export function booleanAttribute(element: Element, name: string, fallback?: boolean): boolean {
  const text = element.attribute(name);
  if (text === undefined) return fallback ?? defaultOf(element, name) === 'true';
  const value = Object.hasOwn(TRUTH, text.trim().toLowerCase()) ? TRUTH[text.trim().toLowerCase()] : undefined;
  if (value === undefined) throw badAttribute(element, name, 'true or false');
  return value;
}

/**
 * One of the listed values; an `x-` before it is read over. Where the attribute is absent `fallback`, else the grammar's
 * default, else an error. A value that PMML or a vendor has and the list has not is not supported.
 */
export function enumAttribute<T extends string>(element: Element, name: string, values: readonly T[], fallback?: T): T {
  const text = element.attribute(name);
  if (text === undefined) {
    const absent = fallback ?? values.find((value) => value === defaultOf(element, name));
    if (absent === undefined) throw missingAttribute(element, name);
    return absent;
  }
  const plain = text.trim().replace(/^x-/, '');
  const value = values.find((candidate) => candidate === text || candidate === plain);
  if (value !== undefined) return value;
  const known = Object.hasOwn(attributeRule(element.name, name)?.values ?? {}, plain);
  const standing = text.startsWith('x-') ? 'vendor' : known ? 'known' : 'unknown';
  throw badEnumeration(element, name, values, standing, nearestName(plain, values));
}

/** An attribute that also stands under its `x-` spelling in older documents. */
export function eitherAttribute(element: Element, name: string): string | undefined {
  return element.attribute(name) ?? element.attribute(`x-${name}`);
}

export function requiredChild(element: Element, name: string): Element {
  const child = element.child(name);
  if (child === undefined) throw missingElement(element, name);
  return child;
}

/** Child elements without Extension. */
export function contentElements(element: Element): Element[] {
  return element.children().filter((child) => child.name !== 'Extension');
}
