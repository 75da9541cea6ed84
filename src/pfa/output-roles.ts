import type { Role } from '../core/scorer.js';
import type { AvroType } from './types.js';

const NUMBERS = new Set(['int', 'long', 'float', 'double']);

const NAMED: readonly (readonly [pattern: RegExp, role: Role])[] = [
  [/prob|confidence|likelihood/i, 'probability'],
  [/score|margin|decision/i, 'score'],
  [/cluster/i, 'cluster'],
  [/^(label|class|category)$/i, 'label'],
];

function isNumeric(type: AvroType): boolean {
  if (type.type === 'union') return type.branches.every((branch) => branch.type === 'null' || isNumeric(branch));
  return NUMBERS.has(type.type);
}

function isText(type: AvroType): boolean {
  if (type.type === 'union') return type.branches.every((branch) => branch.type === 'null' || isText(branch));
  return type.type === 'string' || type.type === 'enum';
}

/**
 * What an output of a PFA document means; PFA itself has no word for it. Text and enums are labels, a number is a value,
 * a map of numbers holds the probabilities of its keys; a field's name can say otherwise (`score`, `cluster`, …).
 * `name` is undefined for an output that is no record.
 */
export function outputRole(name: string | undefined, type: AvroType): Role {
  const named = NAMED.find(([pattern]) => name !== undefined && pattern.test(name))?.[1];
  if (isText(type)) return named === 'cluster' ? 'cluster' : 'label';
  if (isNumeric(type)) return named ?? 'value';
  if (type.type === 'map' && isNumeric(type.values)) return named ?? 'probability';
  return type.type === 'array' && isNumeric(type.items) ? (named ?? 'value') : 'other';
}
