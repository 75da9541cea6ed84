import type { Element } from '../../../wire/xml/document.js';
import { invalidDocument, unsupported } from '../../errors.js';
import { required } from '../attributes.js';
import type { Expression } from '../expressions.js';
import type { Scope } from '../model.js';
import { isCollection, lenientLiteral, type Scalar, textOf } from '../values.js';
import { replacement } from './simple.js';

/** Rows of an InlineTable: column name → text, under the cell's name with and without its prefix. */
export function inlineRows(element: Element): Map<string, string>[] {
  const table = element.name === 'InlineTable' ? element : element.child('InlineTable');
  if (table === undefined) {
    const locator = element.child('TableLocator');
    if (locator !== undefined) throw unsupported(locator, 'a table outside the document cannot be read');
    throw invalidDocument(`${element.name} has no table`, element);
  }
  return table.children('row').map((row) => {
    const cells = new Map<string, string>();
    for (const cell of row.children()) {
      if (cell.name === 'Extension') continue;
      const text = cell.text();
      cells.set(cell.name, text).set(cell.document.qualifiedNameOf(cell.index), text);
    }
    return cells;
  });
}

const keyOf = (values: readonly Scalar[]): string => values.map(textOf).join('\u0001');

export function compileMapValues(element: Element, scope: Scope): Expression {
  const outputColumn = required(element, 'outputColumn');
  const dataType = element.attribute('dataType');
  const missing = replacement(element, 'mapMissingTo', dataType ?? 'string');
  const fallback = replacement(element, 'defaultValue', dataType ?? 'string');
  const pairs = element.children('FieldColumnPair').map((pair) => ({
    field: scope.field(required(pair, 'field'), pair),
    column: required(pair, 'column'),
  }));
  const table = new Map<string, Scalar>();
  for (const row of inlineRows(element)) {
    const output = row.get(outputColumn);
    const cells = pairs.map(({ column }) => row.get(column));
    if (output === undefined || cells.includes(undefined)) continue;
    const key = keyOf(cells.map((cell, i) => lenientLiteral(cell!, pairs[i]!.field.dataType)));
    if (!table.has(key)) table.set(key, lenientLiteral(output, dataType ?? 'string'));
  }
  return {
    dataType: dataType ?? 'string',
    optype: 'categorical',
    evaluate: (frame) => {
      const values: Scalar[] = [];
      for (const { field } of pairs) {
        const value = field.value(frame);
        if (value === undefined || isCollection(value)) return missing;
        values.push(value);
      }
      return table.get(keyOf(values)) ?? fallback;
    },
  };
}
