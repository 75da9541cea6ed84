import { GRAMMAR } from './grammar.gen.js';

/** What an attribute may hold. Versions are those of the schema: '3.2'; absent means always. */
export interface AttributeRule {
  /** A type name of the schema, `string`, or `enum`. */
  readonly type: string;
  readonly required?: boolean;
  /** Required in this version and later only; before this version only. */
  readonly requiredSince?: string;
  readonly requiredBefore?: string;
  /** Values of an enumeration with the version that brought each; '' is always. */
  readonly values?: Readonly<Record<string, string>>;
  readonly default?: string;
  readonly since?: string;
  /** The version that removed it. */
  readonly until?: string;
  readonly deprecated?: string;
}

/** A child or a choice of children, in its place in the order: names, least and most (null: any number), versions. */
export type ChildRule = readonly [
  names: readonly string[],
  least: number,
  most: number | null,
  /** `lenient`: producers leave it out, and no reader misses it. */
  versions?: {
    readonly since?: string;
    readonly until?: string;
    readonly deprecated?: string;
    readonly lenient?: boolean;
  },
];

export interface ElementRule {
  readonly since?: string;
  readonly until?: string;
  readonly deprecated?: string;
  readonly attributes: Readonly<Record<string, AttributeRule>>;
  readonly children: readonly ChildRule[];
  /** Branches of children of which an element holds one alone, and whether it must hold one. */
  readonly choice?: { readonly branches: readonly (readonly string[])[]; readonly needed: boolean };
  /** Text is allowed inside. */
  readonly text?: boolean;
  /** Elements that are not PMML are allowed inside. */
  readonly any?: boolean;
}

type Elements = typeof GRAMMAR;
/** The values of an enumeration of the table, as a type: `EnumOf<'TreeModel', 'missingValueStrategy'>`. */
export type EnumOf<
  E extends keyof Elements,
  A extends keyof Elements[E]['attributes'],
> = Elements[E]['attributes'][A] extends {
  readonly values: infer V;
}
  ? keyof V & string
  : never;

/** The values of an enumeration of the table, of every version. */
export function valuesOf<E extends keyof Elements, A extends keyof Elements[E]['attributes'] & string>(
  element: E,
  attribute: A,
): readonly EnumOf<E, A>[] {
  return Object.keys(attributeRule(element, attribute)?.values ?? {}) as EnumOf<E, A>[];
}

/** The rule of an element; undefined where PMML has none of that name. */
export function ruleOf(name: string): ElementRule | undefined {
  return Object.hasOwn(GRAMMAR, name) ? GRAMMAR[name as keyof Elements] : undefined;
}

export function attributeRule(element: string, attribute: string): AttributeRule | undefined {
  const attributes = ruleOf(element)?.attributes;
  return attributes !== undefined && Object.hasOwn(attributes, attribute) ? attributes[attribute] : undefined;
}

const PARSED = new Map<string, number>();

/** A version as a number that grows with it; what follows the second part is passed over. */
function ordinal(version: string): number {
  let known = PARSED.get(version);
  if (known === undefined) {
    const [major, minor] = version.split('.').map(Number);
    known = major! * 1000 + (minor ?? 0);
    if (PARSED.size < 1000) PARSED.set(version, known);
  }
  return known;
}

/** Negative where version a is older than b; '4.4.1' is not older than '4.4'. */
export function compareVersions(a: string, b: string): number {
  return ordinal(a) - ordinal(b);
}

/** How something with these versions stands in a document of the given one. */
export function standing(
  rule: { readonly since?: string; readonly until?: string; readonly deprecated?: string },
  version: string,
): 'valid' | 'too new' | 'removed' | 'deprecated' {
  if (rule.since !== undefined && compareVersions(version, rule.since) < 0) return 'too new';
  if (rule.until !== undefined && compareVersions(version, rule.until) >= 0) return 'removed';
  return rule.deprecated !== undefined && compareVersions(version, rule.deprecated) >= 0 ? 'deprecated' : 'valid';
}

/** Whether a document of the version must have the attribute. */
export function isRequired(rule: AttributeRule, version: string): boolean {
  if (rule.required !== true || standing(rule, version) === 'too new' || standing(rule, version) === 'removed')
    return false;
  if (rule.requiredSince !== undefined) return compareVersions(version, rule.requiredSince) >= 0;
  if (rule.requiredBefore !== undefined) return compareVersions(version, rule.requiredBefore) < 0;
  return true;
}

/** How often a child must stand in an element of the version. */
export function leastOf([, count, , versions]: ChildRule, version: string): number {
  const state = versions === undefined ? 'valid' : standing(versions, version);
  return state === 'too new' || state === 'removed' ? 0 : count;
}
