import { PmmlEvaluator, readPmml } from '../../src/pmml/index.js';
import type { CellTable, PeerAnswer, PeerValue } from './peers.js';

export interface Difference {
  readonly model: string;
  readonly row: Readonly<Record<string, string>>;
  readonly field: string;
  readonly ours: unknown;
  readonly theirs: unknown;
  /** Our whole answer, where there is one. */
  readonly answer?: Readonly<Record<string, unknown>>;
  /** The code of our error, and the text of theirs. */
  readonly ourError?: string;
  readonly theirError?: string;
}

export interface Comparison {
  readonly rows: number;
  readonly values: number;
  readonly bothFail: number;
  readonly worst: number;
  readonly differences: readonly Difference[];
}

/** Sums in another order and another library's transcendental functions; categories and trees need none of it. */
const ROUNDING = 1e-12;

const plain = (value: unknown): unknown =>
  Array.isArray(value) ? value.map((item: PeerValue) => plain(item.value)) : (value ?? null);

function distance(ours: unknown, theirs: unknown): number {
  if (Array.isArray(ours) && Array.isArray(theirs) && ours.length === theirs.length) {
    return Math.max(0, ...ours.map((item, index) => distance(item, theirs[index])));
  }
  if (typeof theirs === 'number' && typeof ours === 'number') {
    if (Object.is(ours, theirs) || ours === theirs) return 0;
    const gap = Math.abs(ours - theirs) / Math.max(1, Math.abs(ours), Math.abs(theirs));
    return Number.isNaN(gap) ? Number.POSITIVE_INFINITY : gap;
  }
  const text = (value: unknown) => (value === null || value === undefined ? null : String(value));
  return text(ours) === text(theirs) ? 0 : Number.POSITIVE_INFINITY;
}

/** Our evaluator against the answers of JPMML-Evaluator for the same rows. */
export function compare(model: string, bytes: Uint8Array, rows: CellTable, answers: readonly PeerAnswer[]): Comparison {
  const evaluator = new PmmlEvaluator(readPmml(bytes));
  const isRules = evaluator.model.scope.element.name === 'AssociationModel';
  const differences: Difference[] = [];
  let values = 0;
  let bothFail = 0;
  let worst = 0;
  rows.rows.forEach((cells, index) => {
    const entries = rows.header.map((name, column): [string, string] => [name, cells[column] ?? '']);
    const row = Object.fromEntries(entries);
    const given = isRules
      ? entries.map(([name, cell]) => [name, cell.split('|')])
      : entries.filter(([, cell]) => cell !== '');
    const record = Object.fromEntries(given);
    const answer = answers[index] ?? { error: 'no answer' };
    let ours: Record<string, unknown>;
    try {
      ours = evaluator.evaluate(record);
    } catch (error) {
      const code = (error as { code?: string }).code ?? String(error);
      if ('error' in answer) bothFail++;
      else differences.push({ model, row, field: '', ours: null, theirs: plainOf(answer.ok), ourError: code });
      return;
    }
    if ('error' in answer) {
      const theirError = answer.error;
      differences.push({
        model,
        row,
        field: '',
        ours: ours.$predictedValue ?? null,
        theirs: null,
        theirError,
        answer: ours,
      });
      return;
    }
    for (const [name, item] of Object.entries(answer.ok)) {
      const field = name === '' ? '$predictedValue' : name;
      values++;
      const gap = distance(ours[field] ?? null, plain(item.value));
      if (gap <= ROUNDING) worst = Math.max(worst, gap);
      else differences.push({ model, row, field, ours: ours[field] ?? null, theirs: plain(item.value), answer: ours });
    }
  });
  return { rows: rows.rows.length, values, bothFail, worst, differences };
}

function plainOf(values: Readonly<Record<string, PeerValue>>): unknown {
  return Object.fromEntries(Object.entries(values).map(([name, item]) => [name, plain(item.value)]));
}
