import { ulpDistance } from '../core/ulp.js';
import { badTolerance } from './errors.js';

/** How far two numbers may lie apart; labels, clusters and text must always be equal. */
export type Tolerance =
  | { readonly kind: 'exact' }
  | { readonly kind: 'ulp'; readonly most: number }
  | { readonly kind: 'rel'; readonly most: number };

/** Sums of trees and linear scores: 4 units in the last place of the output's own width. */
export const DEFAULT_TOLERANCE: Tolerance = { kind: 'ulp', most: 4 };

/** Reads `exact`, `4ulp` or `rel:1e-6`. Raises parity/bad-tolerance. */
export function parseTolerance(text: string): Tolerance {
  if (text === 'exact') return { kind: 'exact' };
  const ulp = /^(\d+)ulp$/i.exec(text);
  if (ulp) return { kind: 'ulp', most: Number(ulp[1]) };
  const rel = /^rel:([0-9.eE+-]+)$/.exec(text);
  const most = Number(rel?.[1] ?? Number.NaN);
  if (!(most >= 0)) throw badTolerance(text);
  return { kind: 'rel', most };
}

export function formatTolerance(tolerance: Tolerance): string {
  if (tolerance.kind === 'exact') return 'exact';
  return tolerance.kind === 'ulp' ? `${tolerance.most} ULP` : `relative ${tolerance.most}`;
}

/** One unit in the last place of 1: the machine epsilon of the width. */
const UNIT: Readonly<Record<32 | 64, number>> = { 32: 2 ** -23, 64: 2 ** -52 };

/**
 * Distance in ULPs of the width. Probabilities are parts of 1, and often computed as 1 minus the others, so that a small
 * one carries the rounding of a large one: their distance never counts more than in units of the last place of 1.
 */
export function distance(a: number, b: number, width: 32 | 64, partOfOne: boolean): number {
  const ulps = ulpDistance(a, b, width);
  if (!partOfOne || !Number.isFinite(ulps)) return ulps;
  return Math.min(ulps, Math.ceil(Math.abs(a - b) / UNIT[width]));
}

/** Whether two numbers agree, and their distance (see `distance`). */
export function agree(
  a: number,
  b: number,
  width: 32 | 64,
  tolerance: Tolerance,
  partOfOne = false,
): { same: boolean; ulps: number } {
  const ulps = distance(a, b, width, partOfOne);
  if (tolerance.kind === 'exact') return { same: ulpDistance(a, b, width) === 0, ulps };
  if (tolerance.kind === 'ulp') return { same: ulps <= tolerance.most, ulps };
  const scale = partOfOne ? 1 : Math.max(Math.abs(a), Math.abs(b));
  return { same: ulps === 0 || Math.abs(a - b) <= tolerance.most * scale, ulps };
}
