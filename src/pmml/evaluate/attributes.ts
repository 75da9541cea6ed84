import type { Element } from '../../wire/xml/document.js';
import { badAttribute, missingAttribute, missingElement } from '../errors.js';
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

/** A number; `fallback` where the attribute is absent, an error if there is no fallback. */
export function numberAttribute(element: Element, name: string, fallback?: number): number {
  const value = optionalNumber(element, name) ?? fallback;
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

export function booleanAttribute(element: Element, name: string, fallback = false): boolean {
  const text = element.attribute(name);
  if (text === undefined) return fallback;
  const value = Object.hasOwn(TRUTH, text.trim().toLowerCase()) ? TRUTH[text.trim().toLowerCase()] : undefined;
  if (value === undefined) throw badAttribute(element, name, 'true or false');
  return value;
}

/** One of the listed values; an `x-` before it is read over. Without a fallback the attribute must be there. */
export function enumAttribute<T extends string>(element: Element, name: string, values: readonly T[], fallback?: T): T {
  const text = element.attribute(name);
  if (text === undefined) {
    if (fallback === undefined) throw missingAttribute(element, name);
    return fallback;
  }
  const plain = text.trim().replace(/^x-/, '');
  const value = values.find((candidate) => candidate === text || candidate === plain);
  if (value === undefined) throw badAttribute(element, name, `one of ${values.join(', ')}`);
  return value;
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
