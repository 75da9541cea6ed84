import type { Place } from '../core/errors.js';
import type { Element } from '../wire/xml/document.js';

const LONGEST = 120;

/** A name from a document, cut to a length that fits into a message. */
export function cutName(name: string): string {
  return name.length > LONGEST ? `${name.slice(0, LONGEST)}…` : name;
}

/** The place of an element, and of one of its attributes. */
export function placeOf(element: Element, attribute?: string): Place {
  const { place } = element;
  const names = element.parent === undefined ? [element.name] : [element.parent.name, element.name];
  const cut = { ...place, path: names.map(cutName).join('/') };
  return attribute === undefined ? cut : { ...cut, attribute: cutName(attribute) };
}
