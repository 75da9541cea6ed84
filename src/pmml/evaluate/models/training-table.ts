import type { Element } from '../../../wire/xml/document.js';
import { missingElement, unsupported } from '../../errors.js';
import { booleanAttribute, required, requiredChild } from '../attributes.js';

/** TrainingInstances: each row's text by field name; an absent or empty cell is missing. */
export interface TrainingTable {
  readonly fields: readonly string[];
  readonly rows: readonly ReadonlyMap<string, string>[];
  /** Whether derived fields of the rows are stored as they are; else they are computed from the stored inputs. */
  readonly isTransformed: boolean;
}

export function readTrainingInstances(element: Element): TrainingTable {
  const columns = requiredChild(element, 'InstanceFields')
    .children('InstanceField')
    .map((field) => {
      const name = required(field, 'field');
      return { name, column: withoutPrefix(field.attribute('column') ?? name) };
    });
  const table = element.child('InlineTable');
  if (table === undefined) {
    const locator = element.child('TableLocator');
    if (locator !== undefined) throw unsupported(locator, 'a table outside of the document cannot be read');
    throw missingElement(element, 'InlineTable');
  }
  const rows = table.children('row').map((row) => {
    const cells = new Map(row.children().map((cell) => [cell.name, cell.text()]));
    const values = new Map<string, string>();
    for (const { name, column } of columns) {
      const text = cells.get(column) ?? cells.get(xmlName(column));
      if (text !== undefined && text !== '') values.set(name, text);
    }
    return values;
  });
  return { fields: columns.map(({ name }) => name), rows, isTransformed: booleanAttribute(element, 'isTransformed') };
}

function withoutPrefix(column: string): string {
  const colon = column.indexOf(':');
  return colon < 0 ? column : column.slice(colon + 1);
}

/** A column name as an element name: writers replace what XML does not allow with `_xHHHH_`. */
function xmlName(column: string): string {
  return column.replace(/[^\w.-]/gu, (c) => `_x${c.codePointAt(0)!.toString(16).padStart(4, '0')}_`);
}
