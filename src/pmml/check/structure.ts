import { quote } from '../../core/errors.js';
import type { Element } from '../../wire/xml/document.js';
import { arrayItems } from '../evaluate/arrays.js';
import { parseNumber } from '../evaluate/values.js';
import { type ChildRule, type ElementRule, leastOf, ruleOf, standing } from '../grammar.js';
import { cutName } from '../place.js';
import { nearestName } from '../spelling.js';
import { checkAttributes, didYouMean } from './attributes.js';
import type { Report } from './report.js';

/** Elements, their order and number, attributes and text, of the whole document. */
export function checkStructure(root: Element, report: Report): void {
  const pending: Element[] = [root];
  for (let element = pending.pop(); element !== undefined; element = pending.pop()) {
    const rule = ruleOf(element.name);
    if (rule === undefined) continue;
    checkElement(element, rule, report);
    if (rule.any === true && element.name !== 'InlineTable') continue;
    const children = element.children();
    for (let i = children.length - 1; i >= 0; i--) {
      const child = children[i]!;
      if (!isForeign(child, element)) pending.push(child);
    }
  }
}

/** One element with its attributes, the order and number of its children, and its text. */
export function checkElement(element: Element, rule: ElementRule, report: Report): void {
  checkAttributes(element, rule, report);
  if (rule.any === true && element.name !== 'InlineTable') return;
  checkChildren(element, rule, report);
  checkText(element, rule, report);
}

/** Vendor markup: another namespace's prefix, or a name that begins with X-. */
function isForeign(element: Element, parent: Element): boolean {
  return element.name === 'Extension' || element.prefix !== parent.prefix || element.name.startsWith('X-');
}

function checkChildren(element: Element, rule: ElementRule, report: Report): void {
  const counts = rule.children.map(() => 0);
  let at = 0;
  for (const child of element.children()) {
    if (isForeign(child, element)) continue;
    const known = ruleOf(child.name);
    if (known === undefined) {
      const meant = nearestName(
        child.name,
        rule.children.flatMap(([names]) => names),
      );
      report.error('unknown-element', `there is no element ${cutName(child.name)} in PMML${didYouMean(meant)}`, child);
      continue;
    }
    checkElementVersion(child, known, rule, report);
    const next = rule.children.findIndex(
      ([names, , most], index) => index >= at && names.includes(child.name) && (most === null || counts[index]! < most),
    );
    if (next >= 0) {
      counts[next]!++;
      at = next;
      continue;
    }
    const places = rule.children.flatMap(([names], index) => (names.includes(child.name) ? [index] : []));
    const roomy = places.find((index) => index < at && (rule.children[index]![2] ?? Infinity) > counts[index]!);
    if (places.length === 0) report.error('misplaced-element', `${child.name} cannot stand in ${element.name}`, child);
    else if (roomy !== undefined) {
      counts[roomy]!++;
      report.error(
        'element-order',
        `${child.name} must stand before ${rule.children[at]![0][0]} in ${element.name}`,
        child,
      );
    } else report.error('too-many-elements', `${element.name} has more ${child.name} than it may`, child);
  }
  rule.children.forEach((child, index) => {
    if (counts[index]! < leastOf(child, report.version)) reportMissing(element, child, report);
  });
  checkChoice(element, rule, report);
}

/** An element that has a choice of branches holds children of one of them. */
function checkChoice(element: Element, { choice }: ElementRule, report: Report): void {
  if (choice === undefined) return;
  let chosen: Element | undefined;
  let branch = -1;
  for (const child of element.children()) {
    const at = choice.branches.findIndex((names) => names.includes(child.name));
    if (at < 0) continue;
    if (chosen === undefined) [chosen, branch] = [child, at];
    else if (at !== branch) {
      const message = `${element.name} holds ${chosen.name}, and cannot hold ${child.name} too`;
      report.error('misplaced-element', message, child);
      return;
    }
  }
  if (chosen === undefined && choice.needed)
    report.error('missing-element', `${element.name} lacks one of ${choice.branches.flat().join(', ')}`, element);
}

function reportMissing(element: Element, [names, count, , versions]: ChildRule, report: Report): void {
  const wanted = names.length > 4 ? `${names.slice(0, 4).join(', ')} …` : names.join(', ');
  const what = names.length === 1 ? wanted : `one of ${wanted}`;
  const severity = versions?.lenient === true ? 'warning' : 'error';
  report[severity]('missing-element', `${element.name} lacks ${count > 1 ? `${count} times ` : ''}${what}`, element);
}

/** What came or went together with its parent is not told again. */
function checkElementVersion(element: Element, rule: ElementRule, parent: ElementRule, report: Report): void {
  const state = standing(rule, report.version);
  if (state === standing(parent, report.version)) return;
  const { version } = report;
  if (state === 'too new')
    report.error('version', `${element.name} came with PMML ${rule.since}, the document is ${version}`, element);
  else if (state === 'removed')
    report.error('version', `${element.name} left PMML with ${rule.until}, the document is ${version}`, element);
  else if (state === 'deprecated')
    report.warning('deprecated', `${element.name} is deprecated since PMML ${rule.deprecated}`, element);
}

function checkText(element: Element, rule: ElementRule, report: Report): void {
  const text = element.text();
  if (rule.text !== true) {
    if (text.trim() !== '') report.error('text', `${element.name} holds text, ${quote(text.trim())}`, element);
    return;
  }
  if (element.name === 'Array') checkArray(element, text, report);
  else if (NUMBER_LISTS.has(element.name)) checkNumbers(arrayItems(text), element, report);
}

const NUMBER_LISTS: ReadonlySet<string> = new Set(['Indices', 'REAL-Entries', 'INT-Entries', 'MatCell']);

function checkArray(element: Element, text: string, report: Report): void {
  const items = arrayItems(text);
  const n = element.attribute('n');
  if (n !== undefined && parseNumber(n) !== items.length) {
    report.error('count', `the Array says that it has ${n} items and has ${items.length}`, element, 'n');
  }
  if (element.attribute('type') !== 'string') checkNumbers(items, element, report);
}

function checkNumbers(items: readonly string[], element: Element, report: Report): void {
  const wrong = items.find((item) => parseNumber(item) === undefined);
  if (wrong !== undefined) report.error('value', `${quote(wrong)} in ${element.name} is no number`, element);
}
