import type { Element } from '../../wire/xml/document.js';
import { misspeltAttribute, unknownMarkup } from '../errors.js';
import { Plans } from '../plans.js';
import { nearestName } from '../spelling.js';

/** What only describes a model, and what may hold anything. */
const PASSED: ReadonlySet<string> = new Set([
  'ModelStats',
  'ModelExplanation',
  'ModelVerification',
  'Partition',
  'InlineTable',
  'Annotation',
  'Timestamp',
]);
/** Attributes that no score depends on. */
const DESCRIBES =
  /^(numberOf\w+|modelName|algorithmName|displayName|displayValue|description|splitCharacteristic|importance|optimizer)$/;

/**
 * Refuses markup, in the parts of the document that are scored, that would be read over without a word: elements that
 * PMML does not have, and attributes that are probably misspelt. Vendor markup, extensions and attributes that resemble
 * nothing are left alone.
 */
export function refuseUnknown(root: Element, model: Element): void {
  const { document } = root;
  const plans = new Plans(document, root, '4.4');
  const parts = [root.child('DataDictionary'), root.child('TransformationDictionary'), model];
  for (const part of parts) if (part !== undefined) refuseIn(part, plans);
}

function refuseIn(part: Element, plans: Plans): void {
  const { document } = part;
  const end = plans.behind(part.index);
  for (let index = part.index; index < end; ) {
    if (!document.isElement(index)) {
      index++;
      continue;
    }
    const { name, foreign, rule } = plans.of(index);
    if (foreign || PASSED.has(name)) {
      index = plans.behind(index);
      continue;
    }
    if (rule === undefined) {
      if (ownNamespace(document.element(index))) {
        index = plans.behind(index);
        continue;
      }
      throw unknownElementAt(document.element(index), plans);
    }
    const last = document.attributesEnd(index);
    for (let at = document.attributesStart(index); at < last; at++) {
      if (plans.attribute(index, at).kind === 'unknown') refuseMisspelt(document.element(index), at, rule.attributes);
    }
    index++;
  }
}

/** An element that declares a default namespace which is not PMML's is not PMML. */
function ownNamespace(element: Element): boolean {
  for (let at: Element | undefined = element; at?.parent !== undefined; at = at.parent) {
    const namespace = at.attribute('xmlns');
    if (namespace !== undefined) return !namespace.includes('dmg.org');
  }
  return false;
}

function unknownElementAt(element: Element, plans: Plans): Error {
  const parent = element.parent;
  const allowed = parent === undefined ? [] : (plans.of(parent.index).rule?.children ?? []).flatMap(([names]) => names);
  return unknownMarkup(element, nearestName(element.name, allowed));
}

function refuseMisspelt(element: Element, at: number, known: Readonly<Record<string, unknown>>): void {
  const name = element.document.nameOfNumber(element.document.attributeNameNumber(at));
  const absent = Object.keys(known).filter((other) => element.attribute(other) === undefined && !DESCRIBES.test(other));
  const meant = nearestName(name, absent);
  if (meant !== undefined) throw misspeltAttribute(element, name, meant);
}
