import type { IrBuilder } from './builder.js';
import type { LookupNode } from './nodes.js';
import type { Primitive } from './primitives.js';
import type { Literal, Ref } from './types.js';

/**
 * Applies a primitive to scalars, in the words that targets know: `select(is-missing(a), b, a)` is `coalesce(a, b)`, and
 * a choice about what a table holds, or about whether its input is missing, is part of the table.
 */
export function respelled(builder: IrBuilder, fn: Primitive, inputs: readonly Ref[]): Ref {
  if (fn !== 'select') return builder.apply(fn, ...inputs);
  const [condition, then, otherwise] = inputs as [Ref, Ref, Ref];
  const test = builder.nodes[condition]!;
  if (test.op === 'primitive' && test.fn === 'is-missing') {
    const input = test.inputs[0]!;
    if (input === otherwise) return builder.apply('coalesce', otherwise, then);
    const table = lookupOf(builder, otherwise, input);
    const literal = literalOf(builder, then);
    if (table?.whenMissing === null && literal !== undefined) return copy(builder, table, table.otherwise, literal);
  }
  const contains = lookupOf(builder, condition);
  const table = contains === undefined ? undefined : lookupOf(builder, then, contains.input);
  const literal = literalOf(builder, otherwise);
  if (contains !== undefined && table !== undefined && literal !== undefined && isMembership(contains, table)) {
    return copy(builder, table, literal, null);
  }
  return builder.apply(fn, ...inputs);
}

function lookupOf(builder: IrBuilder, ref: Ref, input?: Ref): LookupNode | undefined {
  const node = builder.nodes[ref]!;
  return node.op === 'lookup' && (input === undefined || node.input === input) ? node : undefined;
}

function literalOf(builder: IrBuilder, ref: Ref): Literal | undefined {
  const node = builder.nodes[ref]!;
  return node.op === 'const' && node.values.length === 1 ? node.values[0] : undefined;
}

/** Whether `contains` says just which keys `table` has; a missing input is missing in both. */
function isMembership(contains: LookupNode, table: LookupNode): boolean {
  return (
    contains.values.every((value) => value === true) &&
    contains.otherwise === false &&
    contains.whenMissing === null &&
    table.whenMissing === null &&
    contains.keys.length === table.keys.length &&
    contains.keys.every((key, index) => key === table.keys[index])
  );
}

function copy(builder: IrBuilder, table: LookupNode, otherwise: Literal, whenMissing: Literal): Ref {
  return builder.lookup(table.input, table.type.kind, table.keys, table.values, otherwise, whenMissing);
}
