import { bindColumns } from './core/bind.js';
import { SamescoreError } from './core/errors.js';
import { type Landmarks, mergeLandmarks } from './core/landmarks.js';
import type { Table } from './core/table.js';
import { landmarksOf } from './ir/landmarks.js';
import { asTable, type Model, type Rows } from './model.js';
import { compareScores, type Difference, type Parity } from './parity/compare.js';
import { noRows, nothingScored } from './parity/errors.js';
import { generateRows } from './parity/generate.js';
import { Noise } from './parity/noise.js';
import { pairOutputs } from './parity/pair.js';
import { shrink } from './parity/shrink.js';
import { DEFAULT_TOLERANCE, parseTolerance, type Tolerance } from './parity/tolerance.js';

export interface CheckOptions {
  /** Rows to score; without them, or with `generate` beside them, rows are generated from both models. */
  rows?: Rows;
  /** How many rows to generate; 1,000 where no rows are given. */
  generate?: number;
  seed?: number;
  /** `exact`, `4ulp` (the default), `rel:1e-6`. */
  tolerance?: string | Tolerance;
  /** Outputs of the first model → outputs of the second, where names and roles do not tell. */
  pairs?: Readonly<Record<string, string>>;
  progress?: (stage: string, done: number, total: number) => void;
}

export interface CheckResult extends Parity {
  /** The smallest differing row that was found. */
  readonly counterexample?: Difference;
  /** Where the rows came from: the caller, the generator, or both. */
  readonly source: 'given' | 'generated' | 'given and generated';
}

/** Rows at the places where either model may change its answer. Raises parity/cannot-generate. */
export function rowsFor(a: Model, b: Model, count: number, seed = 0): Table {
  return generateRows(a.signature, mergeLandmarks(landmarksIn(a), landmarksIn(b)), { rows: count, seed });
}

/** None for a model that the IR cannot hold: the rows then come from the signature alone. */
function landmarksIn(model: Model): Landmarks {
  try {
    return landmarksOf(model.program());
  } catch (error) {
    if (error instanceof SamescoreError && error.kind === 'unsupported') return new Map();
    throw error;
  }
}

/**
 * Scores rows with both models' own evaluators and compares every output. Raises parity/… where nothing can be
 * compared, and what the evaluators raise for models that they refuse.
 */
export function check(a: Model, b: Model, options: CheckOptions = {}): CheckResult {
  const parts: Table[] = [];
  if (options.rows !== undefined) parts.push(asTable(options.rows));
  const generate = options.generate ?? (options.rows === undefined ? 1000 : 0);
  if (generate > 0) parts.push(rowsFor(a, b, generate, options.seed));
  const tolerance =
    typeof options.tolerance === 'string'
      ? parseTolerance(options.tolerance)
      : (options.tolerance ?? DEFAULT_TOLERANCE);
  const total = parts.reduce((sum, part) => sum + part.length, 0);
  if (total === 0) throw noRows();
  const pairing = pairOutputs(a.signature.outputs, b.signature.outputs, options.pairs);
  const settings = { tolerance, ...(options.pairs === undefined ? {} : { pairs: options.pairs }) };
  const report = options.progress;
  const results = parts.map((rows) => {
    const scoresA = a.score(rows, (done) => report?.(a.name, done, rows.length));
    const scoresB = b.score(rows, (done) => report?.(b.name, done, rows.length));
    const noise = new Noise(a, bindColumns(rows, a.signature.inputs));
    const parity = compareScores(scoresA, scoresB, rows, pairing, tolerance, noise);
    const reason = [...scoresA.errors.values(), ...scoresB.errors.values()][0]?.sentence;
    return { parity, reason, counterexample: shrink(a, b, rows, parity, settings) };
  });
  const source = options.rows === undefined ? 'generated' : generate > 0 ? 'given and generated' : 'given';
  const whole = results.reduce((first, second) => ({
    parity: joinParities(first.parity, second.parity),
    reason: first.reason ?? second.reason,
    counterexample: first.counterexample ?? second.counterexample,
  }));
  if (whole.parity.unscored === whole.parity.rows) throw nothingScored(whole.parity.rows, whole.reason);
  return {
    ...whole.parity,
    source,
    ...(whole.counterexample === undefined ? {} : { counterexample: whole.counterexample }),
  };
}

/** The parity of two tables scored one after the other; rows of the second count on from the first. */
function joinParities(first: Parity, second: Parity): Parity {
  const shifted = second.worst === undefined ? undefined : { ...second.worst, row: second.worst.row + first.rows };
  const worst =
    first.worst !== undefined && (shifted === undefined || first.worst.ulps >= shifted.ulps) ? first.worst : shifted;
  return {
    same: first.same && second.same,
    rows: first.rows + second.rows,
    tolerance: first.tolerance,
    flips: first.flips + second.flips,
    differingRows: first.differingRows + second.differingRows,
    withinNoise: first.withinNoise + second.withinNoise,
    worstUlps: Math.max(first.worstUlps, second.worstUlps),
    pairs: first.pairs.map((summary, index) => {
      const other = second.pairs[index]!;
      return {
        pair: summary.pair,
        rows: summary.rows + other.rows,
        differing: summary.differing + other.differing,
        inexact: summary.inexact + other.inexact,
        withinNoise: summary.withinNoise + other.withinNoise,
        worstUlps: Math.max(summary.worstUlps, other.worstUlps),
      };
    }),
    onlyA: first.onlyA,
    onlyB: first.onlyB,
    unscored: first.unscored + second.unscored,
    failedA: first.failedA + second.failedA,
    failedB: first.failedB + second.failedB,
    ...(worst === undefined ? {} : { worst }),
  };
}
