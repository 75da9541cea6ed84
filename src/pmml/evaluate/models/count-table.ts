import type { Element } from '../../../wire/xml/document.js';
import { numberAttribute, required } from '../attributes.js';

/** CountTable or NormalizedCountTable: counts by the values of its fields, in the order of their nesting. */
export interface CountTable {
  readonly fields: readonly string[];
  readonly counts: ReadonlyMap<string, number>;
  readonly total: number;
}

export const NO_COUNTS: CountTable = { fields: [], counts: new Map(), total: 0 };

export function tableKey(values: readonly string[]): string {
  return JSON.stringify(values);
}

export function readCountTable(element: Element): CountTable {
  const fields: string[] = [];
  const counts = new Map<string, number>();
  let total = 0;
  const walk = (parent: Element, values: readonly string[]): void => {
    for (const child of parent.children()) {
      if (child.name !== 'FieldValue' && child.name !== 'FieldValueCount') continue;
      fields[values.length] ??= required(child, 'field');
      const path = [...values, required(child, 'value')];
      if (child.name === 'FieldValue') walk(child, path);
      else {
        const count = numberAttribute(child, 'count');
        counts.set(tableKey(path), (counts.get(tableKey(path)) ?? 0) + count);
        total += count;
      }
    }
  };
  walk(element, []);
  return { fields, counts, total };
}
