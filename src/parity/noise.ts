import type { Scorer, Scores } from '../core/scorer.js';
import { elementNamesOf } from '../core/scorer.js';
import { type Column, columnOf, type Table, type Value, valueAt } from '../core/table.js';
import { nextDown32, nextDown64, nextUp32, nextUp64 } from '../core/ulp.js';
import type { Slot } from './pair.js';

/**
 * How far one row's numbers move when each numeric input in turn is nudged by one ULP (by some, divided again) of its own width, summed over the
 * inputs: the rounding that the model itself cannot see through. Where large terms cancel, two correct orders of
 * summation differ by this much, however many ULPs of the small result that is. An input counts with the smaller of its
 * movements up and down, so that a jump at a threshold, which lies on one side, is not taken for rounding.
 */
export class Noise {
  readonly #scorer: Scorer;
  readonly #rows: Table;
  readonly #known = new Map<number, ReadonlyMap<string, number>>();

  constructor(scorer: Scorer, rows: Table) {
    this.#scorer = scorer;
    this.#rows = rows;
  }

  /** The movement of one output; 0 where it cannot be nudged. */
  of(row: number, slot: Slot): number {
    let moved = this.#known.get(row);
    if (moved === undefined) {
      moved = this.#measure(row);
      this.#known.set(row, moved);
    }
    return moved.get(`${slot.output}/${slot.index}`) ?? 0;
  }

  #measure(row: number): Map<string, number> {
    const { columns, length } = nudged(this.#rows, row, this.#widths());
    const scores = this.#scorer.score({ columns, length });
    const moved = new Map<string, number>();
    for (const [name, column] of scores.table.columns) {
      if (column.type !== 'float32' && column.type !== 'float64') continue;
      for (let index = 0; index < column.width; index++) moved.set(`${name}/${index}`, movement(scores, column, index));
    }
    return moved;
  }

  #widths(): ReadonlyMap<string, 32 | 64> {
    const widths = new Map<string, 32 | 64>();
    for (const input of this.#scorer.signature.inputs) {
      const width = input.type === 'float32' ? 32 : input.type === 'float64' ? 64 : undefined;
      if (width === undefined) continue;
      for (const name of input.shape.length === 0 ? [input.name] : elementNamesOf(input)) widths.set(name, width);
    }
    return widths;
  }
}

function movement(scores: Scores, column: Column, index: number): number {
  const base = valueAt(column, 0, index);
  if (typeof base !== 'number') return 0;
  const moved = (row: number) => {
    const value = valueAt(column, row, index);
    return typeof value === 'number' && Number.isFinite(value) ? Math.abs(value - base) : 0;
  };
  let sum = 0;
  for (let row = 1; row < scores.table.length; row += 2) sum += Math.min(moved(row), moved(row + 1));
  return sum / STEPS;
}

/** The row itself, then for each numeric input the row with that input nudged up, and down. */
function nudged(rows: Table, row: number, widths: ReadonlyMap<string, 32 | 64>): Table {
  const names = [...rows.columns.keys()].filter((name) => widths.has(name));
  const columns = new Map<string, Column>();
  for (const [name, column] of rows.columns) {
    const cells = Array.from({ length: column.width }, (_, index) => valueAt(column, row, index));
    const repeated: Value[] = [...cells];
    for (const other of names) {
      for (const up of [true, false])
        repeated.push(...(other === name ? cells.map((cell) => nudge(cell, widths.get(name)!, up)) : cells));
    }
    columns.set(name, columnOf(column.type, repeated, column.shape));
  }
  return { length: 2 * names.length + 1, columns };
}

/** ULPs of a nudge: many, so that the movement is not lost in the rounding of the output; the result is divided by it. */
const STEPS = 64;

function nudge(cell: Value, width: 32 | 64, up: boolean): Value {
  const number = typeof cell === 'string' ? Number(cell) : cell;
  if (typeof number !== 'number' || !Number.isFinite(number)) return cell;
  const [up32, up64] = up ? [nextUp32, nextUp64] : [nextDown32, nextDown64];
  let next = width === 32 ? Math.fround(number) : number;
  for (let step = 0; step < STEPS; step++) next = width === 32 ? up32(next) : up64(next);
  return typeof cell === 'string' ? String(next) : next;
}
