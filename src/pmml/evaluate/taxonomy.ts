import type { Element } from '../../wire/xml/document.js';
import { required } from './attributes.js';
import { inlineRows } from './expressions/map-values.js';

/** All groups that a value belongs to, nearest first. */
export type Ancestors = (value: string) => readonly string[];

/**
 * The taxonomies of a DataDictionary by name. The rows of their ChildParent tables name a child and its parent; parents
 * of one table are children in another one, or in the same one if it is recursive. Tables outside the document are unknown.
 */
export function readTaxonomies(dictionary: Element | undefined): Map<string, Ancestors> {
  const taxonomies = new Map<string, Ancestors>();
  for (const element of dictionary?.children('Taxonomy') ?? []) {
    const parents = new Map<string, Set<string>>();
    for (const table of element.children('ChildParent')) readTable(table, parents);
    taxonomies.set(required(element, 'name'), (value) => ancestorsOf(value, parents));
  }
  return taxonomies;
}

function readTable(element: Element, parents: Map<string, Set<string>>): void {
  if (element.child('InlineTable') === undefined) return;
  const columns = new Map<string, string>();
  for (const pair of element.children('FieldColumnPair'))
    columns.set(required(pair, 'field'), required(pair, 'column'));
  const column = (name: string): string => {
    const field = required(element, name);
    return columns.get(field) ?? field;
  };
  const [childColumn, parentColumn] = [column('childField'), column('parentField')];
  for (const row of inlineRows(element)) {
    const [child, parent] = [row.get(childColumn), row.get(parentColumn)];
    if (child === undefined || parent === undefined || parent.trim() === '') continue;
    const known = parents.get(child);
    if (known === undefined) parents.set(child, new Set([parent]));
    else known.add(parent);
  }
}

/** A set keeps growing while it is walked, and no group comes twice: a taxonomy that runs in a circle ends. */
function ancestorsOf(value: string, parents: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const found = new Set(parents.get(value));
  for (const group of found) for (const parent of parents.get(group) ?? []) found.add(parent);
  found.delete(value);
  return [...found];
}
