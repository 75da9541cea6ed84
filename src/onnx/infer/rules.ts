import type { Rule, Rules } from './facts.js';
import { CONTAINERS } from './rules/containers.js';
import { ELEMENTWISE } from './rules/elementwise.js';
import { GENERATORS } from './rules/generators.js';
import { INDEXING } from './rules/indexing.js';
import { LAYOUT } from './rules/layout.js';
import { MICROSOFT } from './rules/microsoft.js';
import { ML } from './rules/ml.js';
import { PRODUCTS } from './rules/products.js';
import { REDUCTIONS } from './rules/reduce.js';
import { WINDOWS } from './rules/windows.js';

/** The rule of every operator, by `domain/name` as in operators.ts. */
export const RULES: Rules = {
  ...CONTAINERS,
  ...ELEMENTWISE,
  ...GENERATORS,
  ...INDEXING,
  ...LAYOUT,
  ...MICROSOFT,
  ...ML,
  ...PRODUCTS,
  ...REDUCTIONS,
  ...WINDOWS,
};

export function ruleOf(domain: string, op: string): Rule | undefined {
  const key = `${domain}/${op}`;
  return Object.hasOwn(RULES, key) ? RULES[key] : undefined;
}
