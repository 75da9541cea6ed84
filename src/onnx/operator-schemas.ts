import { LISTS, ROWS } from './schemas.gen.js';

/** Name, type parameter (`T`) or type (`tensor(int64)`), and '' once, '?' optional, '*' any number. */
export type ParameterSchema = readonly [name: string, type: string, arity: '' | '?' | '*'];

/** Type, then 'required', or 'default' and the value. */
export type AttributeSchema = readonly [type: string, presence?: 'required' | 'default', value?: unknown];

/** What ONNX says of one operator from one version of its operator set on. */
export interface OperatorSchema {
  readonly domain: string;
  readonly name: string;
  readonly since: number;
  /** Least and greatest number of inputs, then of outputs. */
  readonly arity: readonly number[];
  readonly inputs: readonly ParameterSchema[];
  readonly outputs: readonly ParameterSchema[];
  readonly types: Readonly<Record<string, readonly string[]>>;
  readonly attributes: Readonly<Record<string, AttributeSchema>>;
  readonly deprecated: boolean;
  readonly hasFunction: boolean;
}

const byName = new Map<string, OperatorSchema[]>();

for (const [domain, name, since, arity, inputs, outputs, types, attributes, flags] of ROWS) {
  const key = `${domain}/${name}`;
  const versions = byName.get(key) ?? [];
  byName.set(key, versions);
  versions.push({
    domain,
    name,
    since,
    arity,
    inputs: LISTS[inputs] as ParameterSchema[],
    outputs: LISTS[outputs] as ParameterSchema[],
    types: Object.fromEntries(Object.entries(types).map(([key, list]) => [key, LISTS[list] as string[]])),
    attributes: LISTS[attributes] as Record<string, AttributeSchema>,
    deprecated: (flags & 1) !== 0,
    hasFunction: (flags & 2) !== 0,
  });
}

/** `ai.onnx` and the empty string are the same domain. */
export function canonicalDomain(domain: string | undefined): string {
  return domain === undefined || domain === 'ai.onnx' ? '' : domain;
}

/** All versions of an operator, oldest first; empty for one that ONNX does not define. */
export function schemasOf(domain: string, name: string): readonly OperatorSchema[] {
  return byName.get(`${domain}/${name}`) ?? [];
}

/** The schema that holds in a version of the operator set: the newest that is not newer. */
export function schemaAt(domain: string, name: string, opset: number): OperatorSchema | undefined {
  let found: OperatorSchema | undefined;
  for (const schema of schemasOf(domain, name)) if (schema.since <= opset) found = schema;
  return found;
}

const newest = new Map<string, number>();
for (const [domain, , since] of ROWS) newest.set(domain, Math.max(since, newest.get(domain) ?? 0));

/** The newest version of an ONNX domain that is known; undefined for domains whose versions are not ONNX's. */
export function newestOpset(domain: string): number | undefined {
  return domain === '' || domain.startsWith('ai.onnx') ? newest.get(domain) : undefined;
}

export function allSchemas(): IterableIterator<OperatorSchema[]> {
  return byName.values();
}
