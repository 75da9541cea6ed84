import type { IrBuilder } from '../../ir/builder.js';
import type { Ref } from '../../ir/types.js';

const SUMS: ReadonlySet<string> = new Set(['add', 'mul', 'select', 'coalesce']);

/** Whether numbers that a classifier gives for its classes cannot be probabilities: sums that nothing has normalised. */
export function areRawScores(builder: IrBuilder, ref: Ref): boolean {
  const node = builder.nodes[ref]!;
  switch (node.op) {
    case 'linear':
      return true;
    case 'trees':
      return node.combine !== 'each' && node.leaves.some((value) => value < 0);
    case 'element':
    case 'cast':
      return areRawScores(builder, node.input);
    case 'pack':
      return node.inputs.some((input) => areRawScores(builder, input));
    case 'primitive':
      return node.fn === 'neg' || (SUMS.has(node.fn) && node.inputs.some((input) => areRawScores(builder, input)));
    default:
      return false;
  }
}
