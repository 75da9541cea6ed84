import type { Scorer, Scores } from '../core/scorer.js';
import { elementNamesOf } from '../core/scorer.js';
import { type Column, columnOf, type DataType, type Table, type Value, valueAt } from '../core/table.js';
import { nextUp32, nextUp64 } from '../core/ulp.js';
import type { Slot } from './pair.js';

/**
 * How far one row's numbers move when each numeric input in turn is nudged by one ULP (by some, divided again) of its own width, or of the column's
 * typical magnitude where that is larger, for models centre and scale what they are given, summed over the
 * inputs: the rounding that the model itself cannot see through. Where large terms cancel, two correct orders of
 * summation differ by this much, however many ULPs of the small result that is. An input counts with the smaller of its
 * movements up and down, so that a jump at a threshold, which lies on one side, is not taken for rounding.
 */
export class Noise {
  readonly #scorer: Scorer;
  readonly #rows: Table;
  #nudges: ReadonlyMap<string, (value: number) => number> | undefined;
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
    const { columns, length } = nudged(this.#rows, row, this.#steps());
    const scores = this.#scorer.score({ columns, length });
    const moved = new Map<string, number>();
    for (const [name, column] of scores.table.columns) {
      if (column.type !== 'float32' && column.type !== 'float64') continue;
      for (let index = 0; index < column.width; index++) moved.set(`${name}/${index}`, movement(scores, column, index));
    }
    return moved;
  }

  /** How far a numeric column's value is nudged, by the column's name. */
  #steps(): ReadonlyMap<string, (value: number) => number> {
    if (this.#nudges !== undefined) return this.#nudges;
    const steps = new Map<string, (value: number) => number>();
    for (const input of this.#scorer.signature.inputs) {
      const unit = UNITS[input.type];
      if (unit === undefined) continue;
      for (const name of input.shape.length === 0 ? [input.name] : elementNamesOf(input)) {
        const column = this.#rows.columns.get(name);
        if (column === undefined) continue;
        const typical = typicalMagnitude(column, this.#rows.length);
        steps.set(name, (value) => STEPS * unit(Math.max(Math.abs(value), typical)));
      }
    }
    this.#nudges = steps;
    return steps;
  }
}

/** ULPs of a nudge: many, so that the movement is not lost in the rounding of the output; the result is divided by it. */
const STEPS = 64;

/** One ULP of a magnitude in each width. */
const UNITS: { readonly [T in DataType]?: (magnitude: number) => number } = {
  float32: (magnitude) => nextUp32(Math.fround(magnitude)) - Math.fround(magnitude),
  float64: (magnitude) => nextUp64(magnitude) - magnitude,
};

function numberOf(cell: Value): number {
  return typeof cell === 'string' || typeof cell === 'number' ? Number(cell) : Number.NaN;
}

function typicalMagnitude(column: Column, rows: number): number {
  const magnitudes = Array.from({ length: rows }, (_, row) => Math.abs(numberOf(valueAt(column, row)))).filter(
    Number.isFinite,
  );
  return magnitudes.sort((a, b) => a - b)[magnitudes.length >> 1] ?? 0;
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
function nudged(rows: Table, row: number, steps: ReadonlyMap<string, (value: number) => number>): Table {
  const names = [...steps.keys()];
  const columns = new Map<string, Column>();
  for (const [name, column] of rows.columns) {
    const cells = Array.from({ length: column.width }, (_, index) => valueAt(column, row, index));
    const repeated: Value[] = [...cells];
    for (const other of names) {
      for (const sign of [1, -1]) {
        repeated.push(
          ...(other === name ? cells.map((cell) => nudge(cell, (value) => sign * steps.get(name)!(value))) : cells),
        );
      }
    }
    columns.set(name, columnOf(column.type, repeated, column.shape));
  }
  return { length: 2 * names.length + 1, columns };
}

function nudge(cell: Value, by: (value: number) => number): Value {
  const number = numberOf(cell);
  if (!Number.isFinite(number) || cell === '') return cell;
  const next = number + by(number);
  return typeof cell === 'string' ? String(next) : next;
}
