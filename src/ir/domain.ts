import type { InputField, Interval } from '../core/scorer.js';
import type { IrBuilder } from './builder.js';
import type { Ref } from './types.js';

/**
 * Whether a scalar lies in its field's known values and intervals; undefined where the field knows none. A missing
 * value does. Every converter builds the test here, so that a target finds it again by calling this with its builder.
 */
export function inDomain(
  builder: IrBuilder,
  input: Ref,
  field: Pick<InputField, 'values' | 'intervals'>,
): Ref | undefined {
  const { values = [], intervals = [] } = field;
  if (values.length === 0 && intervals.length === 0) return undefined;
  const tests = intervals.map((interval) => inInterval(builder, input, interval));
  if (values.length > 0) tests.unshift(isOneOf(builder, input, values));
  const test = tests.reduce((a, b) => builder.apply('or', a, b));
  return builder.typeOf(test).missing ? builder.apply('coalesce', test, builder.const('bool', true)) : test;
}

/** Membership of a set of literals of the input's own kind; missing for a missing input only among floats. */
export function isOneOf(builder: IrBuilder, input: Ref, values: readonly (string | number | boolean)[]): Ref {
  const kind = builder.kindOf(input);
  if (kind === 'float32' || kind === 'float64') {
    return values
      .map((value) => builder.apply('eq', input, builder.const(kind, value)))
      .reduce((a, b) => builder.apply('or', a, b));
  }
  const keys = [...new Set(values)];
  return builder.lookup(
    input,
    'bool',
    keys,
    keys.map(() => true),
    false,
    true,
  );
}

/** Margins are compared in double precision, whatever the input's own: a float32 6.9 lies beyond the margin 6.9. */
function inInterval(builder: IrBuilder, input: Ref, interval: Interval): Ref {
  const x = builder.cast(input, 'float64');
  const bound = (value: number) => builder.const('float64', value);
  const tests: Ref[] = [];
  if (interval.low !== undefined) tests.push(builder.apply(interval.lowOpen ? 'gt' : 'ge', x, bound(interval.low)));
  if (interval.high !== undefined) tests.push(builder.apply(interval.highOpen ? 'lt' : 'le', x, bound(interval.high)));
  return tests.length === 0 ? builder.const('bool', true) : tests.reduce((a, b) => builder.apply('and', a, b));
}
