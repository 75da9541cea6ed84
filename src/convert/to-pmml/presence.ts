import { inputsOf } from '../../ir/nodes.js';
import type { Ref } from '../../ir/types.js';
import type { Fields } from './fields.js';

/** Whether a value is made from another one. */
export function dependsOn(fields: Fields, ref: Ref, on: Ref, seen = new Set<Ref>()): boolean {
  if (ref === on) return true;
  if (seen.has(ref) || ref < on) return false;
  seen.add(ref);
  return inputsOf(fields.node(ref)).some((input) => dependsOn(fields, input, on, seen));
}

/** Whether a condition asks nothing but whether probabilities are missing. */
export function asksPresence(fields: Fields, condition: Ref, probabilities: ReadonlySet<Ref>): boolean {
  const node = fields.node(condition);
  if (node.op === 'primitive' && node.fn === 'is-missing') {
    return probabilities.has(node.inputs[0]!) || dependsOnAll(fields, probabilities, node.inputs[0]!);
  }
  const logical = node.op === 'primitive' && ['and', 'or', 'not'].includes(node.fn);
  if (!logical && node.op !== 'reduce' && node.op !== 'pack' && node.op !== 'cast') return false;
  return inputsOf(node).every((input) => asksPresence(fields, input, probabilities));
}

/** Whether every probability is made from a value, so that all are missing where it is. */
function dependsOnAll(fields: Fields, probabilities: ReadonlySet<Ref>, value: Ref): boolean {
  return [...probabilities].every((ref) => dependsOn(fields, ref, value));
}
