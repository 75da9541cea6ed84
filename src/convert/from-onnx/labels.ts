import type { IrBuilder } from '../../ir/builder.js';
import type { Ref } from '../../ir/types.js';
import { columnOfRows, type RowValue } from './values.js';

/** The classes of a classifier: strings or integers. */
export function classLabels(
  strings: readonly string[] | undefined,
  ints: readonly (number | bigint)[] | undefined,
): readonly (string | number)[] {
  return strings ?? ints?.map(Number) ?? [];
}

/** The class at a computed index, as the label of the row. */
export function labelByIndex(builder: IrBuilder, index: Ref, classes: readonly (string | number)[]): RowValue {
  const kind = typeof classes[0] === 'string' ? 'string' : 'int64';
  const keys = classes.map((_, at) => at);
  return columnOfRows(builder, builder.lookup(index, kind, keys, [...classes], classes[0]!), {
    role: 'label',
    classes,
  });
}
