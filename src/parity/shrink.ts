import type { Scorer } from '../core/scorer.js';
import { type Column, columnOf, type Table, type Value, valueAt } from '../core/table.js';
import { type CompareOptions, compare, type Difference, type Parity } from './compare.js';

/** Values simpler than the one that stands there, simplest first. */
function simplerThan(value: Value): Value[] {
  if (value === null) return [];
  if (typeof value === 'number') {
    const candidates: Value[] = [null, 0, 1, Math.trunc(value), Math.round(value * 100) / 100];
    return candidates.filter((candidate) => candidate !== value && String(candidate).length <= String(value).length);
  }
  return typeof value === 'string' ? [null] : [];
}

/**
 * The smallest row found that still differs: each input in turn is replaced by missing, 0, 1 or a rounder number as
 * long as the models still disagree. Gives undefined where `parity` has no differing row.
 */
export function shrink(
  a: Scorer,
  b: Scorer,
  rows: Table,
  parity: Parity,
  options: CompareOptions = {},
): Difference | undefined {
  if (parity.worst === undefined) return undefined;
  let current = rowOf(rows, parity.worst.row);
  let found: Difference = { ...parity.worst };
  let progress = true;
  for (let round = 0; progress && round < 4; round++) {
    progress = false;
    for (const name of current.columns.keys()) {
      for (const candidate of simplerThan(valueAt(current.columns.get(name)!, 0))) {
        const next = withValue(current, name, candidate);
        const worst = tryRow(a, b, next, options);
        if (worst === undefined) continue;
        current = next;
        found = { ...worst, row: parity.worst.row };
        progress = true;
        break;
      }
    }
  }
  return found;
}

function tryRow(a: Scorer, b: Scorer, row: Table, options: CompareOptions): Difference | undefined {
  return compare(a, b, row, options).worst;
}

function rowOf(rows: Table, row: number): Table {
  const columns = new Map<string, Column>();
  for (const [name, column] of rows.columns) {
    const cells = Array.from({ length: column.width }, (_, index) => valueAt(column, row, index));
    columns.set(name, columnOf(column.type, cells, column.shape));
  }
  return { length: 1, columns };
}

function withValue(row: Table, name: string, value: Value): Table {
  const columns = new Map(row.columns);
  const old = columns.get(name)!;
  if (old.width !== 1 || old.type === 'object') return row;
  columns.set(name, columnOf(old.type, [value]));
  return { length: 1, columns };
}
