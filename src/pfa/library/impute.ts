import type { Value } from '../types.js';
import { untagged } from '../types.js';
import { body, bound } from './body.js';
import type { Call, LibraryModule } from './function.js';

/** The value inside a union with null; the union of several other branches stays tagged. */
function present(call: Call, x: Value): Value {
  return call.returns.type === 'union' ? x : untagged(x);
}

/** Missing values and numbers that are none. */
export const IMPUTE: LibraryModule = [
  {
    name: 'impute.errorOnNull',
    signatures: ['(x: union(any A, null)) -> A'],
    doc: 'The value, or an error where it is null.',
    errors: { 21000: 'encountered null' },
    bind: bound((call) => (x: Value) => {
      if (x === null) throw call.error(21000);
      return present(call, x);
    }),
  },
  {
    name: 'impute.defaultOnNull',
    signatures: ['(x: union(any A, null), default: A) -> A'],
    doc: 'The value, or a default where it is null.',
    bind: bound((call) => (x: Value, substitute: Value) => (x === null ? substitute : present(call, x))),
  },
  {
    name: 'impute.isnan',
    signatures: ['(x: float) -> boolean', '(x: double) -> boolean'],
    doc: 'Whether a number is NaN.',
    bind: body((x: number) => Number.isNaN(x)),
  },
  {
    name: 'impute.isinf',
    signatures: ['(x: float) -> boolean', '(x: double) -> boolean'],
    doc: 'Whether a number is infinite.',
    bind: body((x: number) => x === Infinity || x === -Infinity),
  },
  {
    name: 'impute.isnum',
    signatures: ['(x: float) -> boolean', '(x: double) -> boolean'],
    doc: 'Whether a number is neither NaN nor infinite.',
    bind: body((x: number) => Number.isFinite(x)),
  },
  {
    name: 'impute.errorOnNonNum',
    signatures: ['(x: float) -> float', '(x: double) -> double'],
    doc: 'The number, or an error where it is NaN or infinite.',
    errors: { 21050: 'encountered nan', 21051: 'encountered +inf', 21052: 'encountered -inf' },
    bind: bound((call) => (x: number) => {
      if (Number.isNaN(x)) throw call.error(21050);
      if (!Number.isFinite(x)) throw call.error(x > 0 ? 21051 : 21052);
      return x;
    }),
  },
  {
    name: 'impute.defaultOnNonNum',
    signatures: ['(x: float, default: float) -> float', '(x: double, default: double) -> double'],
    doc: 'The number, or a default where it is NaN or infinite.',
    bind: body((x: number, substitute: number) => (Number.isFinite(x) ? x : substitute)),
  },
];
