import type { IrBuilder } from '../../ir/builder.js';
import type { Literal, Ref } from '../../ir/types.js';
import type { Fields } from './fields.js';
import { asksPresence } from './presence.js';

/** Results that belong together (a label and its probabilities, or a value), under a condition. */
export interface Branch {
  readonly condition: Ref | undefined;
  readonly refs: readonly Ref[];
}

/**
 * Takes `select(c, a, select(d, b, …))` apart where all results choose by the same conditions and models stand in the
 * branches: what selectFirst says. One branch without a condition if there is nothing to take apart.
 */
export function branchesOf(fields: Fields, refs: readonly Ref[]): Branch[] {
  const { builder } = fields;
  const split = splitAll(builder, refs);
  const models = split !== undefined && [...split.then, ...split.otherwise].some((ref) => fields.needsModel(ref));
  if (split === undefined || !models || fields.needsModel(split.condition)) return [{ condition: undefined, refs }];
  const first = { condition: split.condition, refs: split.then };
  return split.otherwise.every((ref) => isMissing(builder, ref))
    ? [first]
    : [first, ...branchesOf(fields, split.otherwise)];
}

function splitAll(
  builder: IrBuilder,
  refs: readonly Ref[],
): { condition: Ref; then: Ref[]; otherwise: Ref[] } | undefined {
  const parts = refs.map((ref) => {
    const node = builder.nodes[ref]!;
    return node.op === 'primitive' && node.fn === 'select' ? node.inputs : undefined;
  });
  const condition = parts[0]?.[0];
  if (condition === undefined || builder.typeOf(condition).missing) return undefined;
  if (!parts.every((part) => part?.[0] === condition)) return undefined;
  return { condition, then: parts.map((part) => part![1]!), otherwise: parts.map((part) => part![2]!) };
}

function isMissing(builder: IrBuilder, ref: Ref): boolean {
  const node = builder.nodes[ref]!;
  return node.op === 'const' && (node.values[0] === null || Number.isNaN(node.values[0]));
}

/** `coalesce(label, c)` and `coalesce(p, prior)`: the class and the probabilities of a row without a prediction. */
export function peelPriors(
  builder: IrBuilder,
  label: Ref,
  probabilities: readonly Ref[],
): { label: Ref; probabilities: readonly Ref[]; priors: number[] | undefined; fallback: Literal } {
  const peel = (ref: Ref) => {
    const node = builder.nodes[ref]!;
    if (node.op !== 'primitive' || node.fn !== 'coalesce') return undefined;
    const last = builder.nodes[node.inputs[1]!]!;
    return last.op === 'const' ? { ref: node.inputs[0]!, value: last.values[0]! } : undefined;
  };
  const outer = peel(label);
  const parts = probabilities.map(peel);
  const none = { label, probabilities, priors: undefined, fallback: null };
  if (outer === undefined || parts.length === 0 || parts.some((part) => typeof part?.value !== 'number')) return none;
  return {
    label: outer.ref,
    probabilities: parts.map((part) => part!.ref),
    priors: parts.map((part) => part!.value as number),
    fallback: outer.value,
  };
}

/**
 * `select(present, label, other)`, where `other` is no class and stands for "no prediction": formats that have no
 * missing integer say so. PMML's own label is missing exactly then.
 */
export function peelSentinel(
  fields: Fields,
  label: Ref,
  probabilities: readonly Ref[],
  classes: readonly (string | number)[],
): Ref {
  const node = fields.node(label);
  if (node.op === 'cast') {
    const inner = peelSentinel(fields, node.input, probabilities, classes);
    return inner === node.input ? label : inner;
  }
  if (node.op !== 'primitive' || node.fn !== 'select' || probabilities.length === 0) return label;
  const [condition, then, otherwise] = node.inputs as [Ref, Ref, Ref];
  const last = fields.node(otherwise);
  if (last.op !== 'const' || classes.map(String).includes(String(last.values[0]))) return label;
  return asksPresence(fields, condition, new Set(probabilities)) ? then : label;
}
