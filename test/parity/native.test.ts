import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { bindColumns } from '../../src/core/bind.js';
import { columnOf, type Table, valueAt } from '../../src/core/table.js';
import { readModel } from '../../src/model.js';
import { compareScores, type Parity } from '../../src/parity/compare.js';
import { Noise } from '../../src/parity/noise.js';
import { formatSlot, pairOutputs } from '../../src/parity/pair.js';
import type { Tolerance } from '../../src/parity/tolerance.js';
import { readCsv } from '../../src/wire/rows/csv.js';
import { type Fixture, fixtures } from '../peers/fixtures.js';
import { recordedScorer } from './recorded.js';

/** How far our evaluators may lie from the format's own engine: trees exactly, sums and exp within rounding. */
const AGAINST_PEER = { kind: 'ulp', most: 4 } as const satisfies Tolerance;

/** Rows that the engine refuses by a fault of its own, where the specification has an answer. */
function faultyRows(fixture: Fixture): Set<number> {
  const faults = (fixture.source.peer.errors ?? []).filter(({ fault }) => fault !== undefined);
  return new Set(faults.flatMap(({ rows }) => rows.map((row) => row - 1)));
}

function rowsOnly(table: Table, rows: readonly number[]): Table {
  const columns = [...table.columns].map(([name, column]) => {
    const cells = rows.flatMap((row) =>
      Array.from({ length: column.width }, (_, index) => valueAt(column, row, index)),
    );
    return [name, columnOf(column.type, cells, column.shape)] as const;
  });
  return { length: rows.length, columns: new Map(columns) };
}

function judge(
  fixture: Fixture,
  cells: Fixture['expected'],
  leftOut: ReadonlySet<number>,
  tolerance: Tolerance,
): Parity {
  const rows = fixture.rows.rows.map((_, index) => index).filter((row) => !leftOut.has(row));
  const model = readModel(readFileSync(fixture.model), { name: fixture.name });
  const table = rowsOnly(readCsv(readFileSync(fixture.rowsFile, 'utf8'), { delimiter: ',' }), rows);
  const numbers = fixture.source.peer.type === 'float32' ? 'float32' : 'float64';
  const recorded = recordedScorer({ header: cells.header, rows: rows.map((row) => cells.rows[row]!) }, numbers);
  const pairing = pairOutputs(model.signature.outputs, recorded.signature.outputs);
  expect(pairing.onlyB.map(formatSlot), 'recorded answers that no output pairs with').toEqual([]);
  // The engines sum in other orders: what cancelling terms leave may differ by the rounding of the inputs.
  const noise = new Noise(model, bindColumns(table, model.signature.inputs));
  return compareScores(model.score(table), recorded.score(table), table, pairing, tolerance, noise);
}

describe.each(fixtures().map((fixture) => [fixture.name, fixture] as const))('%s', (_, fixture) => {
  test('our evaluator answers as the engine of the format does', () => {
    const faulty = faultyRows(fixture);
    const parity = judge(fixture, fixture.peer, faulty, AGAINST_PEER);
    expect(parity.same, JSON.stringify(parity.worst)).toBe(true);
    expect(parity.rows).toBe(fixture.source.rows - faulty.size);
  });

  test('and as the framework that trained the model, as far as its exporter lets it', () => {
    const differing = new Set((fixture.source.peerDiffers?.rows ?? []).map((row) => row - 1));
    const { kind, value } = fixture.source.tolerance;
    const tolerance: Tolerance = kind === 'exact' ? { kind } : { kind: kind === 'ulp' ? 'ulp' : 'rel', most: value };
    const parity = judge(fixture, fixture.expected, differing, widened(tolerance, fixture.source.peer.type));
    expect(parity.same, JSON.stringify(parity.worst)).toBe(true);
    expect(parity.rows).toBe(fixture.source.rows - differing.size);
  });
});

/** The measured distance between framework and engine, and our own from the engine on top. */
function widened(tolerance: Tolerance, type: string): Tolerance {
  if (tolerance.kind === 'exact') return AGAINST_PEER;
  const own = AGAINST_PEER.most;
  if (tolerance.kind === 'ulp') return { kind: 'ulp', most: tolerance.most + own };
  return { kind: 'rel', most: tolerance.most + own * (type === 'float32' ? 2 ** -24 : 2 ** -53) };
}
