import { XmlBuilder } from '../wire/xml/builder.js';
import type { Content, Element, XmlDocument } from '../wire/xml/document.js';
import { type ElementRule, ruleOf } from './grammar.js';

/** A copy of a document whose PMML elements have their children in the order of the grammar. */
export function reordered(xml: XmlDocument): XmlDocument {
  const builder = new XmlBuilder();
  // What is still to be written: content, or the end of an element (undefined).
  const pending: (Content | undefined)[] = topLevel(xml).reverse();
  while (pending.length > 0) {
    const content = pending.pop();
    if (content === undefined) builder.end();
    else if (content.kind === 'element') {
      const { element } = content;
      builder.start(qualifiedName(element), Object.fromEntries(element.attributes()));
      pending.push(undefined);
      const children = inOrder(element);
      for (let i = children.length - 1; i >= 0; i--) pending.push(children[i]);
    } else if (content.kind === 'instruction') builder.instruction(content.target, content.text);
    else builder[content.kind](content.text);
  }
  return builder.finish();
}

function topLevel(xml: XmlDocument): Content[] {
  const all: Content[] = [];
  for (let node = xml.firstNode(0); node >= 0; node = xml.nextNode(node)) all.push(xml.contentOf(node));
  return all;
}

const qualifiedName = ({ document, index }: Element): string => document.qualifiedNameOf(index);

/** The content of an element by the places of its children; a comment stays before what follows it. */
function inOrder(element: Element): Content[] {
  const content = element.content();
  const rule = ruleOf(element.name);
  if (rule === undefined || rule.any === true || content.some(({ kind }) => kind === 'text' || kind === 'cdata')) {
    return content;
  }
  const counts = rule.children.map(() => 0);
  const places: number[] = [];
  let next = rule.children.length;
  const own = content.map((item) => (item.kind === 'element' ? placeOf(item.element, rule, counts) : undefined));
  for (let i = content.length - 1; i >= 0; i--) {
    next = own[i] ?? next;
    places[i] = next;
  }
  return content
    .map((item, i) => ({ item, place: places[i]! }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

/** Extensions and vendor markup come first, what is unknown last. */
function placeOf(child: Element, { children }: ElementRule, counts: number[]): number {
  if (child.name === 'Extension' || child.prefix !== (child.parent?.prefix ?? '')) return -1;
  const slot = children.findIndex(
    ([names, , most], index) => names.includes(child.name) && (most === null || counts[index]! < most),
  );
  if (slot < 0) return children.length;
  counts[slot]!++;
  return slot;
}
