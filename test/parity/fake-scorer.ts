import { SamescoreError } from '../../src/core/errors.js';
import type { OutputField, Scorer } from '../../src/core/scorer.js';
import { columnNamed, columnOf, type DataType, type Table, type Value, valueAt } from '../../src/core/table.js';

/** A scorer of one input `x` (and more, unused) whose outputs are functions of it; a thrown error is the row's error. */
export function fakeScorer(
  outputs: readonly (OutputField & { of: (x: Value) => Value | Value[] })[],
  optional = true,
): Scorer {
  return {
    signature: {
      inputs: [{ name: 'x', type: 'float64', shape: [], optional }],
      outputs: outputs.map(({ of: _, ...output }) => output),
    },
    score(rows: Table) {
      const x = columnNamed(rows, 'x');
      const errors = new Map<number, SamescoreError>();
      const columns = outputs.map((output) => {
        const values: Value[] = [];
        const width = output.shape[0] ?? 1;
        for (let row = 0; row < rows.length; row++) {
          try {
            const result = output.of(valueAt(x, row));
            values.push(...(Array.isArray(result) ? result : [result]));
          } catch {
            errors.set(row, new SamescoreError('fake/failed', 'invalid', 'this row fails'));
            values.push(...new Array<Value>(width).fill(null));
          }
        }
        return [output.name, columnOf(output.type, values, output.shape)] as const;
      });
      return { table: { length: rows.length, columns: new Map(columns) }, errors };
    },
  };
}

export function output(
  name: string,
  role: OutputField['role'],
  type: DataType,
  of: (x: Value) => Value | Value[],
  rest: Partial<OutputField> = {},
) {
  return { name, role, type, shape: [], ...rest, of };
}

export function xs(...values: Value[]): Table {
  return { length: values.length, columns: new Map([['x', columnOf('float64', values)]]) };
}
