import type { Value } from '../core/table.js';
import type { Difference, Parity } from './compare.js';
import { formatSlot } from './pair.js';
import { formatTolerance } from './tolerance.js';

export function formatValue(value: Value): string {
  if (value === null) return 'missing';
  if (typeof value === 'string') return value === '' ? '""' : value;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

export function formatUlps(ulps: number): string {
  if (ulps === 0) return 'bit for bit the same';
  return Number.isFinite(ulps) ? `${ulps} ULP apart` : 'different';
}

export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en-US')} ${noun}${number === 1 ? '' : 's'}`;
}

/** The verdict on one line: `same scores: 1,000 rows, 4 outputs, worst 1 ULP (allowed: 4 ULP)`. */
export function verdictLine(parity: Parity): string {
  const compared = `${count(parity.rows, 'row')}, ${count(parity.pairs.length, 'output')}`;
  if (parity.same) {
    const exact = parity.worstUlps === 0 && parity.withinNoise === 0;
    const noise =
      parity.withinNoise === 0 ? '' : `, ${count(parity.withinNoise, 'number')} within the rounding of the inputs`;
    const unscored = parity.unscored === 0 ? '' : `, ${count(parity.unscored, 'row')} without a prediction in either`;
    const worst = `worst ${parity.worstUlps} ULP (allowed: ${formatTolerance(parity.tolerance)})`;
    return `same scores: ${compared}, ${exact ? 'bit for bit' : `${worst}${noise}`}${unscored}`;
  }
  const flips = parity.flips > 0 ? `, ${count(parity.flips, 'flipped label')}` : '';
  return `scores differ: ${count(parity.differingRows, 'row')} of ${compared}${flips} (allowed: ${formatTolerance(parity.tolerance)})`;
}

/** What both models say of the row, in a few lines. */
export function differenceLines(difference: Difference, nameA: string, nameB: string): string[] {
  const inputs = Object.entries(difference.input).map(([name, value]) => `${name}=${formatValue(value)}`);
  const told = (value: Value, error: string | undefined) =>
    error === undefined ? formatValue(value) : `error: ${error}`;
  return [
    `row ${difference.row + 1}: ${inputs.join(', ')}`,
    `  ${nameA}: ${formatSlot(difference.pair.a)} = ${told(difference.a, difference.errorA)}`,
    `  ${nameB}: ${formatSlot(difference.pair.b)} = ${told(difference.b, difference.errorB)}`,
    `  ${formatUlps(difference.ulps)}`,
  ];
}
