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
  versions?: { readonly since?: string; readonly until?: string; readonly deprecated?: string },
];

export interface ElementRule {
  readonly since?: string;
  readonly until?: string;
  readonly deprecated?: string;
  readonly attributes: Readonly<Record<string, AttributeRule>>;
  readonly children: readonly ChildRule[];
  /** Text is allowed inside. */
  readonly text?: boolean;
  /** Elements that are not PMML are allowed inside. */
  readonly any?: boolean;
}

/** Negative where version a is older than b; '4.4.1' is not older than '4.4'. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  return left![0]! - right![0]! || (left![1] ?? 0) - (right![1] ?? 0);
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
