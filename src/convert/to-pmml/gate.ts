import type { IrBuilder } from '../../ir/builder.js';
import { inDomain } from '../../ir/domain.js';
import type { Ref } from '../../ir/types.js';
import type { DataFieldPlan } from './fields.js';

/** `select(condition, value, missing)`: the condition under which a row has results at all. */
export function peelGate(builder: IrBuilder, ref: Ref): { gate: Ref | undefined; value: Ref } {
  const node = builder.nodes[ref]!;
  if (node.op === 'pack') {
    const parts = builder.elements(ref).map((element) => peelGate(builder, element));
    const gate = parts[0]!.gate;
    if (gate === undefined || parts.some((part) => part.gate !== gate)) return { gate: undefined, value: ref };
    return { gate, value: builder.pack(parts.map((part) => part.value)) };
  }
  if (node.op !== 'primitive' || node.fn !== 'select') return { gate: undefined, value: ref };
  const [condition, value, otherwise] = node.inputs as [Ref, Ref, Ref];
  const last = builder.nodes[otherwise]!;
  const missing = last.op === 'const' && (last.values[0] === null || Number.isNaN(last.values[0]));
  if (!missing) return { gate: undefined, value: ref };
  // A condition that is missing gives a missing result too.
  const certain = builder.typeOf(condition).missing
    ? builder.apply('coalesce', condition, builder.const('bool', false))
    : condition;
  return { gate: certain, value };
}

export interface Gate {
  /** Fields whose invalid values fail the row. */
  readonly invalid: ReadonlySet<string>;
  /** Fields that fail the row where they are missing. */
  readonly missing: ReadonlySet<string>;
  /** What MiningFields cannot say. */
  readonly rest: readonly Ref[];
}

/** Finds the conditions that `invalidValueTreatment` and `missingValueTreatment` express. */
export function analyseGate(builder: IrBuilder, gate: Ref | undefined, data: readonly DataFieldPlan[]): Gate {
  const parts = new Set(gate === undefined ? [] : conjuncts(builder, gate));
  const [invalid, missing] = [new Set<string>(), new Set<string>()];
  for (const { name, ref, field } of data) {
    const domain = inDomain(builder, ref, field);
    if (domain !== undefined && conjuncts(builder, domain).every((part) => parts.has(part))) {
      for (const part of conjuncts(builder, domain)) parts.delete(part);
      invalid.add(name);
    }
    if (!builder.typeOf(ref).missing) continue;
    const present = builder.apply('not', builder.apply('is-missing', ref));
    if (parts.delete(present)) missing.add(name);
  }
  return { invalid, missing, rest: [...parts] };
}

function conjuncts(builder: IrBuilder, ref: Ref): Ref[] {
  const node = builder.nodes[ref]!;
  if (node.op === 'primitive' && node.fn === 'and' && !node.type.missing) {
    return node.inputs.flatMap((input) => conjuncts(builder, input));
  }
  return [ref];
}
