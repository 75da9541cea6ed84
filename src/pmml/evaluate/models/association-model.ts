import type { Element } from '../../../wire/xml/document.js';
import { invalidDocument } from '../../errors.js';
import { optionalNumber, required } from '../attributes.js';
import type { Field, Frame, ModelCompiler, RuleResult } from '../model.js';
import { type Scalar, textOf } from '../values.js';
import { itemsOf } from './field-values.js';

/** One Item: the text by which a basket holds it, or a field (and category) that must have it. */
export interface Item {
  readonly value: string;
  readonly field: string | undefined;
  readonly category: string | undefined;
}

export interface Itemset {
  readonly items: readonly Item[];
}

interface Rule {
  readonly antecedent: Itemset;
  readonly consequent: Itemset;
  readonly fixed: Omit<RuleResult, 'hasAntecedent' | 'hasConsequent'>;
}

/** AssociationModel: every rule, with whether the record holds its antecedent and consequent. */
export const compileAssociationModel: ModelCompiler = (element, scope) => {
  const itemsets = readItemsets(element);
  const rules = element.children('AssociationRule').map((rule, index) => compileRule(rule, index, itemsets));
  const fields = scope.activeNames.map((name) => scope.field(name, element));
  return (frame) => {
    const basket = basketOf(fields, frame);
    const results = rules.map(({ antecedent, consequent, fixed }) => ({
      ...fixed,
      hasAntecedent: holds(basket, antecedent),
      hasConsequent: holds(basket, consequent),
    }));
    return {
      value: undefined,
      rules: results,
      explain: () => ({
        items: [...basket.all],
        rules: results.filter((rule) => rule.hasAntecedent).map(({ hasAntecedent: _, ...rule }) => rule),
      }),
    };
  };
};

/** Items and Itemsets of an AssociationModel or SequenceModel. */
export function readItemsets(element: Element): Map<string, Itemset> {
  const items = new Map<string, Item>();
  for (const item of element.children('Item')) {
    const value = required(item, 'value');
    items.set(required(item, 'id'), {
      value,
      field: item.attribute('field'),
      category: item.attribute('category'),
    });
  }
  const sets = new Map<string, Itemset>();
  for (const set of element.children('Itemset')) {
    const members = set.children('ItemRef').map((reference) => {
      const item = items.get(required(reference, 'itemRef'));
      if (item === undefined) throw invalidDocument(`there is no item ${reference.attribute('itemRef')}`, reference);
      return item;
    });
    sets.set(required(set, 'id'), { items: members });
  }
  return sets;
}

function compileRule(element: Element, index: number, itemsets: ReadonlyMap<string, Itemset>): Rule {
  const setOf = (name: string): Itemset => {
    const set = itemsets.get(required(element, name));
    if (set === undefined) throw invalidDocument(`there is no itemset ${element.attribute(name)}`, element);
    return set;
  };
  const antecedent = setOf('antecedent');
  const consequent = setOf('consequent');
  const numbers = Object.fromEntries(
    ['support', 'confidence', 'lift', 'leverage', 'affinity'].flatMap((name) => {
      const value = optionalNumber(element, name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
  return {
    antecedent,
    consequent,
    fixed: {
      id: element.attribute('id') ?? String(index + 1),
      antecedent: antecedent.items.map(({ value }) => value),
      consequent: consequent.items.map(({ value }) => value),
      ...numbers,
    },
  };
}

/** What a record holds: all items of all fields, and each field's own. */
export interface Basket {
  readonly all: ReadonlySet<string>;
  readonly byField: ReadonlyMap<string, ReadonlySet<string>>;
}

const SET: ReadonlySet<string> = new Set(['true', 'T', 't', '1', 'yes', 'Y']);
const UNSET: ReadonlySet<string> = new Set(['false', 'F', 'f', '0', 'no', 'N']);

/**
 * A collection, or the only field, holds items as they are. With several fields a record is a row of flags or
 * categories: field F with value V holds `F=V`, V, and `F` itself where V says yes.
 */
export function basketOf(fields: readonly Field[], frame: Frame): Basket {
  const all = new Set<string>();
  const byField = new Map<string, ReadonlySet<string>>();
  for (const field of fields) {
    const value = field.value(frame);
    const leaves = itemsOf(value).map((item: Scalar) => textOf(item));
    // An item is an item of every group of the field's taxonomy that it belongs to.
    const texts = leaves.flatMap((leaf) => [leaf, ...(field.ancestors?.(leaf) ?? [])]);
    byField.set(field.name, new Set(texts));
    const flag = fields.length > 1 && !Array.isArray(value);
    for (const text of texts) {
      if (!flag || !(SET.has(text) || UNSET.has(text))) all.add(text);
      if (!flag) continue;
      all.add(`${field.name}=${text}`);
      if (SET.has(text)) all.add(field.name);
    }
  }
  return { all, byField };
}

export function holds(basket: Basket, { items }: Itemset): boolean {
  return items.every((item) => {
    if (item.field === undefined) return basket.all.has(item.value);
    const own = basket.byField.get(item.field);
    if (own === undefined) return basket.all.has(item.value);
    if (item.category !== undefined) return own.has(item.category);
    return own.has(item.value) || (item.value === item.field && [...own].some((text) => SET.has(text)));
  });
}
