import { accepts, broadest, sameType } from '../relations.js';
import type { Pattern, Signature } from '../signature.js';
import { type AvroType, arrayOf, mapOf, primitive, type Type } from '../types.js';

/** A signature with its labels resolved to one call's types. */
export interface Match {
  readonly params: readonly Type[];
  readonly returns: AvroType;
}

interface Label {
  readonly candidates: Type[];
  /** Types of parameters of function arguments; a union there does not widen what the other arguments are. */
  readonly weak: Type[];
  among?: readonly Pattern[];
  fieldsOf?: string;
}

type Labels = Map<string, Label>;

/** Resolves the signature for arguments of these types; undefined where they do not fit. */
export function matchSignature(signature: Signature, given: readonly Type[]): Match | undefined {
  if (given.length !== signature.params.length) return undefined;
  const labels: Labels = new Map();
  const fits = signature.params.every(({ of }, index) => gather(of, given[index] as Type, labels, false, false));
  if (!fits) return undefined;
  const bound = new Map<string, Type>();
  for (const name of labels.keys()) {
    const type = decide(name, labels, bound);
    if (type === undefined) return undefined;
    bound.set(name, type);
  }
  const params = signature.params.map(({ of }) => substitute(of, bound));
  const returns = substitute(signature.returns, bound);
  if (returns === undefined || returns.type === 'fcn') return undefined;
  const accepted = params.every((param, index) => param !== undefined && accepts(param, given[index] as Type));
  return accepted ? { params: params as Type[], returns } : undefined;
}

function labelOf(labels: Labels, name: string): Label {
  let label = labels.get(name);
  if (label === undefined) {
    label = { candidates: [], weak: [] };
    labels.set(name, label);
  }
  return label;
}

/**
 * Whether the type can have the pattern's shape; collects candidates for its labels. `strict` (inside records, whose
 * values are handed over as they are) allows no promotion; `weak` marks parameters of function arguments, which take
 * what the label stands for instead of giving it.
 */
function gather(pattern: Pattern, type: Type, labels: Labels, strict: boolean, weak: boolean): boolean {
  if (type.type === 'exception') return false;
  switch (pattern.is) {
    case 'primitive': {
      const wanted = primitive(pattern.name);
      if (weak) return accepts(type, wanted);
      return strict ? sameType(wanted, type) : accepts(wanted, type);
    }
    case 'array':
      return type.type === 'array' && gather(pattern.of, type.items, labels, strict, weak);
    case 'map':
      return type.type === 'map' && gather(pattern.of, type.values, labels, strict, weak);
    case 'fcn':
      return (
        type.type === 'fcn' &&
        type.params.length === pattern.params.length &&
        pattern.params.every((param, index) => gather(param, type.params[index] as AvroType, labels, false, true)) &&
        gather(pattern.returns, type.returns, labels, false, false)
      );
    case 'any':
      if (type.type === 'fcn') return false;
      if (pattern.among !== undefined) {
        labelOf(labels, pattern.label).among = pattern.among;
        if (!weak && !pattern.among.some((one) => takes(one, type))) return false;
      }
      return add(labels, pattern.label, type, weak);
    case 'label':
      return type.type !== 'fcn' && add(labels, pattern.label, type, weak);
    case 'record': {
      if (type.type !== 'record' || !add(labels, pattern.label, type, weak)) return false;
      return pattern.fields.every(({ name, of }) => {
        const field = type.fields.find((candidate) => candidate.name === name);
        return field !== undefined && gather(of, field.type, labels, true, false);
      });
    }
    case 'enum':
      if (type.type !== 'enum') return false;
      if (pattern.fieldsOf !== undefined) labelOf(labels, pattern.label).fieldsOf = pattern.fieldsOf;
      return add(labels, pattern.label, type, weak);
    case 'fixed':
      return type.type === 'fixed' && add(labels, pattern.label, type, weak);
    case 'union':
      return gatherUnion(pattern.branches, type as AvroType, labels, strict, weak);
  }
}

function add(labels: Labels, name: string, type: Type, weak: boolean): boolean {
  const label = labelOf(labels, name);
  (weak ? label.weak : label.candidates).push(type);
  return true;
}

function candidatesOf({ candidates, weak }: Label): readonly Type[] {
  if (candidates.length === 0) return weak;
  const plain = candidates.every(({ type }) => type !== 'union') && weak.some(({ type }) => type === 'union');
  return plain ? candidates : [...candidates, ...weak];
}

/** Whether a value of the type may be one of the allowed kinds. */
function takes(pattern: Pattern, type: Type): boolean {
  return gather(pattern, type, new Map(), false, false);
}

/** Each branch of the pattern takes a branch of the type; a free label takes all that are left. */
function gatherUnion(
  patterns: readonly Pattern[],
  type: AvroType,
  labels: Labels,
  strict: boolean,
  weak: boolean,
): boolean {
  const left = type.type === 'union' ? [...type.branches] : [type];
  const open: Pattern[] = [];
  for (const pattern of patterns) {
    const at = left.findIndex((branch) => isSettled(pattern, branch, labels));
    if (at >= 0) {
      const [branch] = left.splice(at, 1);
      if (!gather(pattern, branch as AvroType, labels, strict, weak)) return false;
    } else open.push(pattern);
  }
  for (const pattern of open) {
    if (left.length === 0) {
      if (!strict && pattern.is === 'primitive') continue;
      return false;
    }
    if (pattern.is === 'any' || pattern.is === 'label') {
      const rest: AvroType = left.length === 1 ? (left[0] as AvroType) : { type: 'union', branches: [...left] };
      left.length = 0;
      if (!gather(pattern, rest, labels, strict, weak)) return false;
      continue;
    }
    const at = left.findIndex((branch) => gather(pattern, branch, new Map(), strict, weak));
    if (at < 0) {
      if (strict || pattern.is !== 'primitive') return false;
      continue;
    }
    const [branch] = left.splice(at, 1);
    if (!gather(pattern, branch as AvroType, labels, strict, weak)) return false;
  }
  return left.length === 0;
}

/** Whether it is already clear that the branch belongs to this part of a union's pattern. */
function isSettled(pattern: Pattern, branch: AvroType, labels: Labels): boolean {
  if (pattern.is === 'primitive') return pattern.name === branch.type;
  if (pattern.is !== 'label') return false;
  return labels.get(pattern.label)?.candidates.some((candidate) => sameType(candidate, branch)) ?? false;
}

function decide(name: string, labels: Labels, bound: ReadonlyMap<string, Type>): Type | undefined {
  const label = labels.get(name) as Label;
  const type = broadest(candidatesOf(label));
  if (type === undefined) return undefined;
  if (label.fieldsOf !== undefined) {
    const record = bound.get(label.fieldsOf) ?? decide(label.fieldsOf, labels, bound);
    if (type.type !== 'enum' || record?.type !== 'record') return undefined;
    const names = record.fields.map((field) => field.name);
    if (names.length !== type.symbols.length || names.some((name, index) => name !== type.symbols[index]))
      return undefined;
  }
  if (label.among === undefined || type.type === 'exception') return type;
  if (label.among.some((one) => one.is === 'primitive' && one.name === type.type)) return type;
  for (const one of label.among) {
    const resolved = substitute(one, bound);
    if (resolved !== undefined && accepts(resolved, type)) return resolved;
  }
  return undefined;
}

/** The type that a pattern stands for when its labels are known. */
export function substitute(pattern: Pattern, bound: ReadonlyMap<string, Type>): Type | undefined {
  switch (pattern.is) {
    case 'primitive':
      return primitive(pattern.name);
    case 'array': {
      const items = substitute(pattern.of, bound);
      return items === undefined ? undefined : arrayOf(items as AvroType);
    }
    case 'map': {
      const values = substitute(pattern.of, bound);
      return values === undefined ? undefined : mapOf(values as AvroType);
    }
    case 'union': {
      const branches: AvroType[] = [];
      for (const part of pattern.branches) {
        const type = substitute(part, bound) as AvroType | undefined;
        if (type === undefined) return undefined;
        const parts = type.type === 'union' ? type.branches : [type];
        branches.push(...parts.filter((one) => !branches.some((other) => sameType(one, other))));
      }
      return { type: 'union', branches };
    }
    case 'fcn': {
      const params = pattern.params.map((param) => substitute(param, bound));
      const returns = substitute(pattern.returns, bound);
      if (returns === undefined || params.includes(undefined)) return undefined;
      return { type: 'fcn', params: params as AvroType[], returns: returns as AvroType };
    }
    default:
      return bound.get(pattern.label);
  }
}
