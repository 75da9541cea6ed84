import type { Element } from '../../wire/xml/document.js';
import { arrayItems } from './arrays.js';
import { contentElements } from './attributes.js';

const SIGNS: Readonly<Record<string, string>> = {
  equal: '=',
  notEqual: '≠',
  lessThan: '<',
  lessOrEqual: '≤',
  greaterThan: '>',
  greaterOrEqual: '≥',
};

/** A predicate as people write it, for explanations: `x ≤ 2 and c in {a, b}`. */
export function predicateText(element: Element | undefined): string {
  if (element === undefined || element.name === 'True') return 'true';
  if (element.name === 'False') return 'false';
  const field = element.attribute('field') ?? '';
  if (element.name === 'SimplePredicate') {
    const operator = element.attribute('operator') ?? '';
    const sign = Object.hasOwn(SIGNS, operator) ? SIGNS[operator] : undefined;
    return sign === undefined
      ? `${field} ${operator === 'isMissing' ? 'is missing' : 'is not missing'}`
      : `${field} ${sign} ${element.attribute('value') ?? ''}`;
  }
  if (element.name === 'SimpleSetPredicate') {
    const items = arrayItems(element.child('Array')?.text() ?? '');
    return `${field} ${element.attribute('booleanOperator') === 'isNotIn' ? 'not in' : 'in'} {${items.join(', ')}}`;
  }
  const operator = element.attribute('booleanOperator') ?? '';
  const parts = contentElements(element).map((part) =>
    part.name === 'CompoundPredicate' ? `(${predicateText(part)})` : predicateText(part),
  );
  return parts.join(operator === 'surrogate' ? ', else ' : ` ${operator} `);
}
