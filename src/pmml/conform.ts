import { internalFault } from '../core/errors.js';
import type { Element, XmlDocument } from '../wire/xml/document.js';
import { Report } from './check/report.js';
import { checkElement } from './check/structure.js';
import type { PmmlDocument } from './document.js';
import { unwritableMarkup } from './errors.js';
import { type AttributePlan, type ElementPlan, Plans } from './plans.js';
import { reordered } from './reorder.js';

/**
 * The XML of a document as its version of PMML has it. What was read is kept as it was; what was made gets its children
 * in the grammar's order. Throws `pmml/unwritable` for an element, an attribute or a value that the version does not
 * have, and for what an element lacks.
 */
export function conforming(document: PmmlDocument): XmlDocument {
  const { root, xml, version } = document;
  if (root.line > 0) return xml;
  const scan = new Scan(xml, root, version);
  if (scan.inOrder()) return xml;
  const sorted = reordered(xml);
  if (!new Scan(sorted, sorted.root, version).inOrder()) throw internalFault('markup that has no order');
  return sorted;
}

/** Attribute types whose plain spellings are seen from their characters; anything else is looked at closely. */
const NUMBERS: ReadonlySet<string> = new Set(['NUMBER', 'REAL-NUMBER', 'INT-NUMBER', 'nonNegativeInteger']);
const WHOLE: ReadonlySet<string> = new Set(['INT-NUMBER', 'nonNegativeInteger']);
const FREE_TEXT: ReadonlySet<string> = new Set(['string', 'FIELD-NAME']);

/** Where a child of some name may stand in an element of another, and in which branch of its choice. */
interface Seat {
  readonly slots: readonly number[];
  readonly branch: number;
  readonly foreign: boolean;
}

/** A pass over a made document that costs little where nothing is wrong. */
class Scan {
  private readonly plans: Plans;
  private readonly allowed = new Map<AttributePlan, ReadonlySet<string>>();
  private readonly seats: Seat[][] = [];

  constructor(
    private readonly xml: XmlDocument,
    root: Element,
    private readonly version: string,
  ) {
    this.plans = new Plans(xml, root, version);
  }

  /** Whether all children stand in order; throws for what no order mends. */
  inOrder(): boolean {
    const { xml, plans } = this;
    for (let index = xml.rootIndex; index < xml.size; ) {
      if (!xml.isElement(index)) {
        index++;
        continue;
      }
      const plan = plans.of(index);
      if (plan.foreign) {
        index = plans.behind(index);
        continue;
      }
      if (!this.plain(index, plan) && !this.passes(index, plan)) return false;
      index = plan.rule?.any === true && plan.name !== 'InlineTable' ? plans.behind(index) : index + 1;
    }
    return true;
  }

  /** Whether nothing about the element calls for a closer look. */
  private plain(index: number, plan: ElementPlan): boolean {
    const { rule } = plan;
    if (rule === undefined || !plan.valid || rule.text === true) return false;
    let required = 0;
    const end = this.xml.attributesEnd(index);
    for (let at = this.xml.attributesStart(index); at < end; at++) {
      const attribute = this.plans.attribute(index, at);
      if (attribute.kind === 'free') continue;
      if (attribute.kind === 'unknown' || !attribute.valid || !this.fits(at, attribute)) return false;
      if (attribute.required) required++;
    }
    return required === plan.required && this.childrenFit(index, plan);
  }

  private fits(at: number, attribute: AttributePlan & { kind: 'known' }): boolean {
    const { type } = attribute.rule;
    if (FREE_TEXT.has(type)) return true;
    if (NUMBERS.has(type)) return this.isNumeral(at, WHOLE.has(type));
    return attribute.rule.values !== undefined && this.valuesOf(attribute).has(this.xml.attributeText(at));
  }

  private valuesOf(attribute: AttributePlan & { kind: 'known' }): ReadonlySet<string> {
    let known = this.allowed.get(attribute);
    if (known === undefined) {
      // Values that a later version brought are looked at closely.
      known = new Set(
        Object.entries(attribute.rule.values ?? {}).flatMap(([value, since]) => (since === '' ? [value] : [])),
      );
      this.allowed.set(attribute, known);
    }
    return known;
  }

  /** Digits, with one point and a sign before them where fractions are allowed. */
  private isNumeral(at: number, whole: boolean): boolean {
    const { page, from, to } = this.xml.attributeBytes(at);
    let points = whole ? 1 : 0;
    let i = !whole && page[from] === 0x2d ? from + 1 : from;
    const first = i;
    for (; i < to; i++) {
      const byte = page[i]!;
      if (byte === 0x2e && points === 0 && i > first) points = 1;
      else if (byte < 0x30 || byte > 0x39) return false;
    }
    return to > first && page[to - 1] !== 0x2e;
  }

  private childrenFit(index: number, plan: ElementPlan): boolean {
    const { xml } = this;
    const { children: rules, choice } = plan.rule!;
    const { least } = plan;
    let at = 0;
    let count = 0;
    let branch = -1;
    for (let child = xml.firstNode(index); child >= 0; child = xml.nextNode(child)) {
      if (!xml.isElement(child)) return false;
      const { slots, branch: own, foreign } = this.seatOf(index, child);
      if (foreign) continue;
      let next = -1;
      for (let i = slots.length - 1; i >= 0; i--) if (slots[i]! >= at) next = slots[i]!;
      if (next < 0) return false;
      for (; at < next; at++) {
        if (count < least[at]!) return false;
        count = 0;
      }
      const most = rules[at]![2];
      if (most !== null && count >= most) return false;
      count++;
      if (own < 0) continue;
      if (branch >= 0 && branch !== own) return false;
      branch = own;
    }
    for (; at < least.length; at++) {
      if (count < least[at]!) return false;
      count = 0;
    }
    return choice === undefined || !choice.needed || branch >= 0;
  }

  private seatOf(index: number, child: number): Seat {
    const { xml } = this;
    const seats = (this.seats[xml.nameNumberOf(index)] ??= []);
    return (seats[xml.nameNumberOf(child)] ??= this.seat(this.plans.of(index), this.plans.of(child)));
  }

  private seat({ rule }: ElementPlan, child: ElementPlan): Seat {
    if (child.foreign) return { slots: [], branch: -1, foreign: true };
    const { children, choice } = rule!;
    const slots = children.flatMap(([names, , , versions], slot) =>
      child.valid && (versions === undefined || versions.lenient) && names.includes(child.name) ? [slot] : [],
    );
    const branch = choice?.branches.findIndex((names) => names.includes(child.name)) ?? -1;
    return { slots, branch, foreign: false };
  }

  /** The close look: true if nothing is wrong after all, false if only the order is; throws for the rest. */
  private passes(index: number, plan: ElementPlan): boolean {
    const element = this.xml.element(index);
    if (plan.rule === undefined) throw unwritableMarkup(element.place, `there is no element ${element.name} in PMML`);
    const report = new Report(this.version);
    checkElement(element, plan.rule, report);
    const wrong = report.findings.filter(({ severity }) => severity === 'error');
    const first = wrong.find(({ code }) => code !== 'pmml/element-order');
    if (first !== undefined) throw unwritableMarkup(first.place, first.message);
    return wrong.length === 0;
  }
}
