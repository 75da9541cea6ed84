import { PfaTimeoutError } from '../errors.js';
import type { CallEngine, Random } from '../library/function.js';
import type { AvroType, Fn, Value } from '../types.js';
import type { Frame } from './scope.js';

/** What an expression becomes: a function of the variables around it. */
export type Code = (frame: Frame) => Value;

/** A cell's value; shared cells are held by several instances. */
export interface CellState {
  value: Value;
  readonly rollback: boolean;
}

/** A pool's items; `saved` is the state before the first change since a checkpoint. */
export interface PoolState {
  items: Map<string, Value>;
  saved: Map<string, Value> | null;
  readonly rollback: boolean;
}

/** One engine instance while it runs. */
export interface Runtime extends CallEngine {
  readonly cells: ReadonlyMap<string, CellState>;
  readonly pools: ReadonlyMap<string, PoolState>;
  /** The document's functions; the body is filled in after all are known, as they may call each other. */
  readonly fcns: ReadonlyMap<string, { body: Fn }>;
  emit(value: Value): void;
  log(values: readonly Value[], types: readonly AvroType[], namespace: string | null): void;
}

/** Counts steps and watches the clock; one of each instance. */
export class Budget {
  private left = 0;
  private sinceClock = 0;
  private deadline = Number.POSITIVE_INFINITY;

  /** Starts a begin, action or end. `timeout` in milliseconds, undefined for none. */
  start(steps: number, timeout: number | undefined): void {
    this.left = steps;
    this.sinceClock = 0;
    this.deadline = timeout === undefined ? Number.POSITIVE_INFINITY : Date.now() + timeout;
  }

  spend(steps: number): void {
    this.left -= steps;
    if (this.left < 0) throw new PfaTimeoutError('the step budget is used up', { hint: 'raise limits.steps' });
    this.sinceClock += steps;
    if (this.sinceClock >= 4096) {
      this.sinceClock = 0;
      if (Date.now() > this.deadline)
        throw new PfaTimeoutError('the time that options.timeout allows is used up', { hint: 'raise options.timeout' });
    }
  }
}

export function checkpointOf(rt: Pick<Runtime, 'cells' | 'pools'>): () => void {
  const cells: [CellState, Value][] = [];
  for (const cell of rt.cells.values()) if (cell.rollback) cells.push([cell, cell.value]);
  const pools: PoolState[] = [];
  for (const pool of rt.pools.values()) {
    if (!pool.rollback) continue;
    pool.saved = null;
    pools.push(pool);
  }
  return () => {
    for (const [cell, value] of cells) cell.value = value;
    for (const pool of pools) if (pool.saved !== null) pool.items = pool.saved;
  };
}

/** Changes an item of a pool, or removes it (undefined). */
export function setItem(pool: PoolState, key: string, value: Value | undefined): void {
  if (pool.rollback && pool.saved === null) pool.saved = new Map(pool.items);
  if (value === undefined) pool.items.delete(key);
  else pool.items.set(key, value);
}

export type { Random };
