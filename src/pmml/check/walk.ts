import type { Element } from '../../wire/xml/document.js';

/** Puts the children of an element on a stack, so that the first is taken first. There may be millions of them. */
export function pushChildren(pending: Element[], element: Element, name?: string): void {
  const children = element.children(name);
  for (let i = children.length - 1; i >= 0; i--) pending.push(children[i]!);
}
