import { SamescoreError } from '../../src/core/errors.js';
import type { OutputField, Scorer } from '../../src/core/scorer.js';
import { type Column, columnOf, type DataType } from '../../src/core/table.js';
import type { CellTable } from '../peers/peers.js';

const ROLES: Readonly<Record<string, OutputField['role']>> = {
  label: 'label',
  value: 'value',
  probability: 'probability',
};

/**
 * Answers that were recorded in a file, in the shape of a scorer: columns `label`, `value`, `probability:CLASS`, and
 * `error` where it is 1. It gives them whatever rows it is asked, so the rows must be those of the file.
 */
export function recordedScorer(cells: CellTable, numbers: 'float32' | 'float64'): Scorer {
  const outputs: OutputField[] = [];
  const columns = new Map<string, Column>();
  cells.header.forEach((name, index) => {
    if (name === 'error') return;
    const [role, category] = [name.split(':')[0]!, name.includes(':') ? name.slice(name.indexOf(':') + 1) : undefined];
    const type: DataType = role === 'label' ? 'string' : numbers;
    const texts = cells.rows.map((row) => row[index]!);
    const values = texts.map((text) => (text === '' ? null : type === 'string' ? text : Number(text)));
    outputs.push({
      name,
      type,
      shape: [],
      role: ROLES[role] ?? 'other',
      ...(category === undefined ? {} : { category }),
    });
    columns.set(name, columnOf(type, values));
  });
  const errorColumn = cells.header.indexOf('error');
  const errors = new Map(
    cells.rows.flatMap((row, index) =>
      row[errorColumn] === '1'
        ? [[index, new SamescoreError('recorded/error', 'invalid', 'the engine refused the row')] as const]
        : [],
    ),
  );
  return {
    signature: { inputs: [], outputs },
    score: () => ({ table: { length: cells.rows.length, columns }, errors }),
  };
}
