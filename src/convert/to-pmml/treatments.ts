import { inDomain } from '../../ir/domain.js';
import { inputsOf } from '../../ir/nodes.js';
import type { Literal, Ref } from '../../ir/types.js';
import type { DataFieldPlan, Fields } from './fields.js';

/** How a MiningField prepares its field; what the program does with it first, in PMML's own words. */
export interface Treatment {
  /** null: invalid values become missing. */
  readonly invalid?: { readonly replacement: Literal };
  readonly missing?: Literal;
}

/**
 * Finds fields whose only use is `select(valid, x, c)` and then `coalesce(x, c)`, and lets the field itself stand for
 * the result. `size` is how many nodes the program has; `outputs` are its results.
 */
export function analyseTreatments(fields: Fields, size: number, outputs: readonly Ref[]): Map<string, Treatment> {
  const users = usersOf(fields, size, outputs);
  const treatments = new Map<string, Treatment>();
  for (const data of fields.data) {
    const treatment = treatmentOf(fields, data, users);
    if (treatment.invalid !== undefined || treatment.missing !== undefined) treatments.set(data.name, treatment);
  }
  return treatments;
}

function treatmentOf(fields: Fields, data: DataFieldPlan, users: ReadonlyMap<Ref, readonly Ref[]>): Treatment {
  const { builder } = fields;
  const domain = inDomain(builder, data.ref, data.field);
  const tests = domain === undefined ? new Set<Ref>() : cone(fields, domain, data.ref);
  const usesOf = (ref: Ref) => (users.get(ref) ?? []).filter((user) => !tests.has(user));
  const constantIn = (ref: Ref | undefined, fn: string, before: readonly (Ref | undefined)[]) => {
    const node = ref === undefined || ref < 0 ? undefined : fields.node(ref);
    if (node?.op !== 'primitive' || node.fn !== fn) return undefined;
    if (!before.every((input, index) => node.inputs[index] === input)) return undefined;
    const last = fields.node(node.inputs[before.length]!);
    return last.op === 'const' ? { value: last.values[0]! } : undefined;
  };
  let treatment: Treatment = {};
  let current = data.ref;
  const [first, ...more] = usesOf(current);
  const replaced = domain === undefined ? undefined : constantIn(first, 'select', [domain, current]);
  if (replaced !== undefined && more.length === 0 && (users.get(domain!) ?? []).every((user) => user === first)) {
    treatment = { invalid: { replacement: isMissing(replaced.value) ? null : replaced.value } };
    current = first!;
    fields.alias(current, data.name);
  }
  const [next, ...rest] = usesOf(current);
  const filled = constantIn(next, 'coalesce', [current]);
  if (filled !== undefined && rest.length === 0 && !isMissing(filled.value)) {
    treatment = { ...treatment, missing: filled.value };
    fields.alias(next!, data.name);
  }
  return treatment;
}

function isMissing(value: Literal): boolean {
  return value === null || Number.isNaN(value);
}

/** Who reads each node; -1 stands for the results. */
function usersOf(fields: Fields, size: number, outputs: readonly Ref[]): Map<Ref, Ref[]> {
  const users = new Map<Ref, Ref[]>();
  const add = (ref: Ref, user: Ref) => {
    const known = users.get(ref);
    if (known === undefined) users.set(ref, [user]);
    else if (known[known.length - 1] !== user) known.push(user);
  };
  for (let ref = 0; ref < size; ref++) for (const input of inputsOf(fields.node(ref))) add(input, ref);
  for (const ref of outputs) add(ref, -1);
  return users;
}

/** The nodes between a field and a test of it. */
function cone(fields: Fields, test: Ref, field: Ref): Set<Ref> {
  const found = new Set<Ref>();
  const visit = (ref: Ref) => {
    if (ref === field || found.has(ref)) return;
    found.add(ref);
    for (const input of inputsOf(fields.node(ref))) visit(input);
  };
  visit(test);
  return found;
}
