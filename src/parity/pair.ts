import type { OutputField, Role } from '../core/scorer.js';
import { nothingToPair, unknownOutput } from './errors.js';

/** One scalar of the outputs: a scalar output or one element of a vector. */
export interface Slot {
  readonly output: string;
  readonly index: number;
  readonly role: Role;
  readonly category?: string;
}

export interface Pair {
  readonly a: Slot;
  readonly b: Slot;
}

export interface Pairing {
  readonly pairs: readonly Pair[];
  /** Outputs that found no partner, and so are not compared. */
  readonly onlyA: readonly Slot[];
  readonly onlyB: readonly Slot[];
}

export function formatSlot(slot: Slot): string {
  return slot.category === undefined || slot.output.includes(slot.category)
    ? slot.output
    : `${slot.output}(${slot.category})`;
}

/** A category in one spelling: numbers without regard to how they are written. */
export function canonicalCategory(text: string): string {
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? String(Number(text)) : text;
}

function slotsOf(outputs: readonly OutputField[]): Slot[] {
  return outputs.flatMap((output) => {
    const size = output.shape.reduce((product, length) => product * length, 1);
    return Array.from({ length: size }, (_, index) => {
      const category = output.categories?.[index] ?? output.category;
      return { output: output.name, index, role: output.role, ...(category === undefined ? {} : { category }) };
    });
  });
}

const keyOf = (slot: Slot) => `${slot.role}/${slot.category === undefined ? '' : canonicalCategory(slot.category)}`;

const BESIDE_LABEL: ReadonlySet<Role> = new Set<Role>(['probability', 'score']);

/** Whether an output tells how sure the label is: a probability or a raw score of a class. */
export function isBesideLabel({ role }: Slot): boolean {
  return BESIDE_LABEL.has(role);
}

function ofOneClass(a: Slot, b: Slot): boolean {
  if (!isBesideLabel(a) || !isBesideLabel(b) || a.category === undefined || b.category === undefined) return false;
  return canonicalCategory(a.category) === canonicalCategory(b.category);
}

/** The element `red` of `scores` where the other format writes it as an output `scores(red)`. */
function namesake(a: Slot, b: Slot): boolean {
  if (a.category === undefined && b.category === undefined) return false;
  const spelled = ({ output, category }: Slot) => (category === undefined ? output : `${output}(${category})`);
  return spelled(a) === spelled(b) && (isBesideLabel(a) || isBesideLabel(b));
}

const isOneNumber = ({ role, category }: Slot) => category === undefined && (role === 'value' || role === 'score');

/**
 * Pairs outputs by role and category, then by name, then by order; `other` outputs only by name. Where that leaves
 * classes over, a probability pairs with a score, and with an output that is named after both (`scores(red)`); then what has
 * one name pairs whatever it means, and the only number without a class with the only one.
 * `overrides` maps outputs of `a` to outputs of `b`. Raises parity/nothing-to-compare and parity/unknown-output.
 */
export function pairOutputs(
  a: readonly OutputField[],
  b: readonly OutputField[],
  overrides: Readonly<Record<string, string>> = {},
): Pairing {
  const restA = slotsOf(a);
  const restB = slotsOf(b);
  const pairs: Pair[] = [];
  const take = (slotA: Slot, slotB: Slot) => {
    pairs.push({ a: slotA, b: slotB });
    restA.splice(restA.indexOf(slotA), 1);
    restB.splice(restB.indexOf(slotB), 1);
  };
  for (const [nameA, nameB] of Object.entries(overrides)) {
    const fromA = restA.filter((slot) => slot.output === nameA);
    const fromB = restB.filter((slot) => slot.output === nameB);
    if (fromA.length === 0)
      throw unknownOutput(
        nameA,
        a.map((output) => output.name),
      );
    if (fromB.length === 0)
      throw unknownOutput(
        nameB,
        b.map((output) => output.name),
      );
    fromA.forEach((slot, index) => {
      if (fromB[index] !== undefined) take(slot, fromB[index]);
    });
  }
  for (const slot of [...restA]) {
    const candidates = restB.filter((other) => keyOf(other) === keyOf(slot));
    const named = candidates.find((other) => other.output === slot.output && other.index === slot.index);
    const chosen = named ?? (slot.role === 'other' ? undefined : candidates[0]);
    if (chosen !== undefined) take(slot, chosen);
  }
  for (const slot of [...restA]) {
    const chosen = restB.find((other) => ofOneClass(slot, other)) ?? restB.find((other) => namesake(slot, other));
    if (chosen !== undefined) take(slot, chosen);
  }
  for (const slot of [...restA]) {
    const chosen = restB.find((other) => other.output === slot.output && other.index === slot.index);
    if (chosen !== undefined) take(slot, chosen);
  }
  const [numberA, ...moreA] = restA.filter(isOneNumber);
  const [numberB, ...moreB] = restB.filter(isOneNumber);
  if (numberA !== undefined && numberB !== undefined && moreA.length + moreB.length === 0) take(numberA, numberB);
  if (pairs.length === 0) throw nothingToPair(a, b);
  return { pairs, onlyA: restA, onlyB: restB };
}
