import { IrBuilder } from '../../ir/builder.js';
import { interpret } from '../../ir/interpret.js';
import type { Kind, Literal, Ref } from '../../ir/types.js';
import { type Call, cannot, safeInteger } from './call.js';
import { type ConstValue, constRef, literalOf } from './values.js';

/** An operator over constants of one length, or of one element; NaN (the number of rows) stays. */
export function foldConstants(
  call: Call,
  operands: readonly ConstValue[],
  apply: (builder: IrBuilder, ...refs: Ref[]) => Ref,
): ConstValue {
  const length = Math.max(...operands.map((operand) => operand.data.length));
  const largest = operands.reduce((best, operand) => {
    const larger = operand.data.length === length && best.data.length !== length;
    return larger || (operand.data.length === best.data.length && operand.dims.length > best.dims.length)
      ? operand
      : best;
  });
  if (length === 0 || operands.some(({ data }) => data.length !== length && data.length !== 1)) {
    throw cannot(call, 'constant-input', `${call.node.op_type} of constants of different shapes cannot be moved`, {
      hint: 'fold the constants of the graph first',
    });
  }
  const builder = new IrBuilder();
  const refs = operands.map(({ kind, data }) => constRef(builder, kind, Array.from(data, literalOf)));
  const ref = apply(builder, ...refs);
  const { kind } = builder.typeOf(ref);
  const program = builder.finish({ outputs: [{ name: '', role: 'other', ref }], task: 'other', metadata: {} });
  const [values] = interpret(program, []);
  return { of: 'const', kind, dims: largest.dims, data: values!.map((value) => cellOf(kind, value)) };
}

function cellOf(kind: Kind, value: Literal): Exclude<Literal, null> {
  if (value !== null) return typeof value === 'bigint' ? safeInteger(value) : value;
  return kind === 'string' ? '' : Number.NaN;
}
