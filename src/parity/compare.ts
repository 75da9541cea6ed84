import type { Role, Scorer, Scores } from '../core/scorer.js';
import { columnNamed, recordAt, type Table, type Value, valueAt } from '../core/table.js';
import { nextUp32, nextUp64 } from '../core/ulp.js';
import { noRows } from './errors.js';
import { Noise } from './noise.js';
import { canonicalCategory, isBesideLabel, type Pair, type Pairing, pairOutputs, type Slot } from './pair.js';
import { agree, DEFAULT_TOLERANCE, type Tolerance } from './tolerance.js';

export interface CompareOptions {
  readonly tolerance?: Tolerance;
  /** Outputs of the first model → outputs of the second, where roles do not tell. */
  readonly pairs?: Readonly<Record<string, string>>;
}

/** One output of one row on which the models differ. `row` counts from 0. */
export interface Difference {
  readonly row: number;
  readonly input: Readonly<Record<string, Value>>;
  readonly pair: Pair;
  readonly a: Value;
  readonly b: Value;
  /** Distance in ULPs; Infinity for labels and for a number against none. */
  readonly ulps: number;
  readonly errorA?: string;
  readonly errorB?: string;
}

export interface PairSummary {
  readonly pair: Pair;
  readonly rows: number;
  /** Rows outside the tolerance. */
  readonly differing: number;
  /** Rows that are not bit for bit the same (within tolerance or not). */
  readonly inexact: number;
  /** Rows outside the tolerance, but no further than the rounding of the first model's own inputs moves it. */
  readonly withinNoise: number;
  /** The largest finite distance, rows within that noise left out. */
  readonly worstUlps: number;
}

export interface Parity {
  readonly same: boolean;
  readonly rows: number;
  readonly tolerance: Tolerance;
  /** Rows with another label or cluster. */
  readonly flips: number;
  /** Rows with any output outside the tolerance. */
  readonly differingRows: number;
  /** Numbers that differ only by the rounding of the first model's own inputs (see noise.ts). */
  readonly withinNoise: number;
  /** The largest finite distance of any other number. */
  readonly worstUlps: number;
  readonly pairs: readonly PairSummary[];
  readonly onlyA: readonly Slot[];
  readonly onlyB: readonly Slot[];
  /** Rows for which neither model has any prediction: they agree, and prove nothing. */
  readonly unscored: number;
  /** Rows for which a model gave an error instead of a prediction. */
  readonly failedA: number;
  readonly failedB: number;
  /** The row that lies furthest apart, absent where the scores are the same. */
  readonly worst?: Difference;
}

const EXACT_ROLES: ReadonlySet<Role> = new Set<Role>(['label', 'cluster']);

/** No prediction: missing, NaN, or the empty string with which ONNX spells a missing text. */
function isAbsent(value: Value): boolean {
  return value === null || value === '' || (typeof value === 'number' && Number.isNaN(value));
}

function spelled(value: Value): string {
  return canonicalCategory(typeof value === 'object' ? JSON.stringify(value) : String(value));
}

interface Verdict {
  readonly same: boolean;
  readonly ulps: number;
}

const SAME: Verdict = { same: true, ulps: 0 };
const DIFFERENT: Verdict = { same: false, ulps: Number.POSITIVE_INFINITY };

function compareValues(a: Value, b: Value, width: 32 | 64, role: Role, tolerance: Tolerance): Verdict {
  if (isAbsent(a) || isAbsent(b)) return isAbsent(a) && isAbsent(b) ? SAME : DIFFERENT;
  const numbers = [a, b].map((value) => (typeof value === 'bigint' ? Number(value) : value));
  if (EXACT_ROLES.has(role) || typeof numbers[0] !== 'number' || typeof numbers[1] !== 'number') {
    return spelled(a) === spelled(b) ? SAME : DIFFERENT;
  }
  return agree(numbers[0], numbers[1], width, tolerance, role === 'probability');
}

/** Scores the rows with both models and compares every pair of outputs. Raises parity/no-rows and what the scorers raise. */
export function compare(a: Scorer, b: Scorer, rows: Table, options: CompareOptions = {}): Parity {
  if (rows.length === 0) throw noRows();
  const pairing = pairOutputs(a.signature.outputs, b.signature.outputs, options.pairs);
  const noise = new Noise(a, rows);
  return compareScores(a.score(rows), b.score(rows), rows, pairing, options.tolerance ?? DEFAULT_TOLERANCE, noise);
}

/**
 * Rows whose probabilities (or scores) are all missing: the label there is no prediction, for a format that has no
 * missing label writes some label or a number that stands for none.
 */
function emptyRows(scores: Scores, paired: readonly Slot[], unpaired: readonly Slot[]): Uint8Array {
  const beside = paired.length > 0 ? paired : unpaired.filter(isBesideLabel);
  const empty = new Uint8Array(scores.table.length).fill(beside.length > 0 ? 1 : 0);
  for (const { output, index } of beside) {
    const column = columnNamed(scores.table, output);
    for (let row = 0; row < empty.length; row++) if (!isAbsent(valueAt(column, row, index))) empty[row] = 0;
  }
  return empty;
}

/**
 * Compares predictions that are there already. `noise` tells how far rounding of the inputs moves the first model: a
 * number outside an ULP tolerance is the same where it lies within as many units of that. Labels know no noise.
 */
export function compareScores(
  a: Scores,
  b: Scores,
  rows: Table,
  pairing: Pairing,
  tolerance: Tolerance,
  noise?: Noise,
): Parity {
  const differing = new Set<number>();
  const flipped = new Set<number>();
  let worst: { row: number; pair: Pair; a: Value; b: Value; ulps: number } | undefined;
  const beside = pairing.pairs.filter((pair) => isBesideLabel(pair.a) || isBesideLabel(pair.b));
  const scored = new Uint8Array(rows.length);
  const emptyA = emptyRows(
    a,
    beside.map((pair) => pair.a),
    pairing.onlyA,
  );
  const emptyB = emptyRows(
    b,
    beside.map((pair) => pair.b),
    pairing.onlyB,
  );
  const summaries = pairing.pairs.map((pair): PairSummary => {
    const columnA = columnNamed(a.table, pair.a.output);
    const columnB = columnNamed(b.table, pair.b.output);
    const width = columnA.type === 'float32' || columnB.type === 'float32' ? 32 : 64;
    const exact = EXACT_ROLES.has(pair.a.role);
    let outside = 0;
    let inexact = 0;
    let worstUlps = 0;
    let withinNoise = 0;
    for (let row = 0; row < rows.length; row++) {
      const valueA = exact && emptyA[row] === 1 ? null : valueAt(columnA, row, pair.a.index);
      const valueB = exact && emptyB[row] === 1 ? null : valueAt(columnB, row, pair.b.index);
      if (!isAbsent(valueA) || !isAbsent(valueB)) scored[row] = 1;
      const { same, ulps } = compareValues(valueA, valueB, width, pair.a.role, tolerance);
      if (ulps > 0) inexact++;
      if (!same && noise !== undefined && isNoise(noise, row, pair.a, valueA, valueB, tolerance, width)) {
        withinNoise++;
        continue;
      }
      if (Number.isFinite(ulps) && ulps > worstUlps) worstUlps = ulps;
      if (same) continue;
      outside++;
      differing.add(row);
      if (exact) flipped.add(row);
      if (worst === undefined || ulps > worst.ulps) worst = { row, pair, a: valueA, b: valueB, ulps };
    }
    return { pair, rows: rows.length, differing: outside, inexact, withinNoise, worstUlps };
  });
  return {
    same: differing.size === 0,
    rows: rows.length,
    tolerance,
    flips: flipped.size,
    differingRows: differing.size,
    withinNoise: summaries.reduce((sum, summary) => sum + summary.withinNoise, 0),
    worstUlps: Math.max(...summaries.map((summary) => summary.worstUlps)),
    pairs: summaries,
    onlyA: pairing.onlyA,
    onlyB: pairing.onlyB,
    unscored: rows.length - scored.reduce((sum, flag) => sum + flag, 0),
    failedA: a.errors.size,
    failedB: b.errors.size,
    ...(worst === undefined
      ? {}
      : { worst: { ...worst, input: recordAt(rows, worst.row), ...errorsAt(a, b, worst.row) } }),
  };
}

const ulpOf = (x: number, width: 32 | 64) =>
  width === 32 ? nextUp32(Math.fround(Math.abs(x))) - Math.fround(Math.abs(x)) : nextUp64(Math.abs(x)) - Math.abs(x);

function isNoise(
  noise: Noise,
  row: number,
  slot: Slot,
  a: Value,
  b: Value,
  tolerance: Tolerance,
  width: 32 | 64,
): boolean {
  if (tolerance.kind !== 'ulp' || EXACT_ROLES.has(slot.role)) return false;
  if (typeof a !== 'number' || typeof b !== 'number' || !Number.isFinite(a) || !Number.isFinite(b)) return false;
  return Math.abs(a - b) <= tolerance.most * (noise.of(row, slot) + ulpOf(a, width));
}

function errorsAt(a: Scores, b: Scores, row: number): { errorA?: string; errorB?: string } {
  const errorA = a.errors.get(row)?.sentence;
  const errorB = b.errors.get(row)?.sentence;
  return { ...(errorA === undefined ? {} : { errorA }), ...(errorB === undefined ? {} : { errorB }) };
}
