import { type Call, cannot } from './call.js';
import type { ConstValue } from './values.js';

type Numbers = (a: number, b: number) => number | boolean;

const FOLDS: Readonly<Record<string, Numbers>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Neg: (a) => -a,
  Sqrt: (a) => Math.sqrt(a),
  Reciprocal: (a) => 1 / a,
  Equal: (a, b) => a === b,
  Less: (a, b) => a < b,
  Greater: (a, b) => a > b,
  Max: (a, b) => Math.max(a, b),
  Min: (a, b) => Math.min(a, b),
};

/** An operator over constants, of which one may be a scalar against the other; NaN (the number of rows) stays. */
export function foldConstants(call: Call, operands: readonly ConstValue[]): ConstValue {
  const fold = FOLDS[call.node.op_type ?? ''];
  const [a, b = a] = operands;
  const length = Math.max(a!.data.length, b!.data.length);
  const fits = [a!, b!].every((operand) => operand.data.length === length || operand.data.length === 1);
  if (fold === undefined || !fits || a!.kind === 'string' || operands.length > 2) {
    throw cannot(call, 'constant-input', `${call.node.op_type} of constants only cannot be moved`, {
      hint: 'fold the constants of the graph first',
    });
  }
  const at = (operand: ConstValue, index: number) => Number(operand.data[operand.data.length === 1 ? 0 : index]);
  const data = Array.from({ length }, (_, index) => {
    const value = fold(at(a!, index), at(b!, index));
    if (typeof value === 'boolean') return value;
    if (a!.kind === 'float32') return Math.fround(value);
    return a!.kind === 'float64' ? value : Math.trunc(value);
  });
  const larger = a!.data.length === length && a!.dims.length >= b!.dims.length ? a! : b!;
  return { of: 'const', kind: typeof data[0] === 'boolean' ? 'bool' : a!.kind, dims: larger.dims, data };
}
