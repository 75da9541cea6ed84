import type { Element, XmlDocument } from '../wire/xml/document.js';
import { type AttributeRule, type ElementRule, isRequired, leastOf, ruleOf, standing } from './grammar.js';

/** How an attribute stands: not PMML's (vendor markup, namespaces), known in the version, or neither. */
export type AttributePlan =
  | { readonly kind: 'free' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'known'; readonly rule: AttributeRule; readonly required: boolean; readonly valid: boolean };

/** What the grammar says of the elements of one name of a document, looked up by the numbers of names. */
export interface ElementPlan {
  readonly name: string;
  /** Vendor markup: another prefix, `X-…`, or Extension. What lies inside is not PMML's business. */
  readonly foreign: boolean;
  readonly rule: ElementRule | undefined;
  /** Whether the version has the element. */
  readonly valid: boolean;
  readonly required: number;
  /** The least number of each child rule, in their order. */
  readonly least: readonly number[];
}

const FREE: AttributePlan = { kind: 'free' };
const UNKNOWN: AttributePlan = { kind: 'unknown' };

/** The grammar by the numbers that a document gives to its names: a look-up for an element costs no text. */
export class Plans {
  private readonly elements: ElementPlan[] = [];
  private readonly attributes: AttributePlan[][] = [];
  private readonly prefix: string;

  constructor(
    private readonly document: XmlDocument,
    root: Element,
    readonly version: string,
  ) {
    this.prefix = root.prefix;
  }

  /** The plan of an element of the document; `index` must be one. */
  of(index: number): ElementPlan {
    const number = this.document.nameNumberOf(index);
    return (this.elements[number] ??= this.elementPlan(number));
  }

  attribute(index: number, at: number): AttributePlan {
    const element = this.document.nameNumberOf(index);
    const known = (this.attributes[element] ??= []);
    const number = this.document.attributeNameNumber(at);
    return (known[number] ??= this.attributePlan(this.of(index), this.document.nameOfNumber(number)));
  }

  /** The first node behind an element and all that is inside of it. */
  behind(index: number): number {
    const { document } = this;
    for (let at = index; at > 0; at = document.parentOf(at)) {
      const next = document.nextNode(at);
      if (next >= 0) return next;
    }
    return document.size;
  }

  private elementPlan(number: number): ElementPlan {
    const qualified = this.document.nameOfNumber(number);
    const colon = qualified.indexOf(':');
    const name = qualified.slice(colon + 1);
    const foreign = qualified.slice(0, Math.max(colon, 0)) !== this.prefix || name === 'Extension' || /^x-/i.test(name);
    const rule = foreign ? undefined : ruleOf(name);
    const state = rule === undefined ? 'valid' : standing(rule, this.version);
    return {
      name,
      foreign,
      rule,
      valid: state === 'valid' || state === 'deprecated',
      required: Object.values(rule?.attributes ?? {}).filter((attribute) => isRequired(attribute, this.version)).length,
      least: (rule?.children ?? []).map((child) => leastOf(child, this.version)),
    };
  }

  private attributePlan({ rule }: ElementPlan, name: string): AttributePlan {
    if (rule === undefined || name === 'xmlns' || name.includes(':') || name.startsWith('x-')) return FREE;
    if (!Object.hasOwn(rule.attributes, name)) return UNKNOWN;
    const known = rule.attributes[name]!;
    const state = standing(known, this.version);
    const valid = state === 'valid' || state === 'deprecated';
    return { kind: 'known', rule: known, required: isRequired(known, this.version), valid };
  }
}
