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

/** Whether two numbers agree, and their distance in ULPs of the narrower width. */
export function agree(a: number, b: number, width: 32 | 64, tolerance: Tolerance): { same: boolean; ulps: number } {
  const ulps = ulpDistance(a, b, width);
  if (tolerance.kind === 'exact') return { same: ulps === 0, ulps };
  if (tolerance.kind === 'ulp') return { same: ulps <= tolerance.most, ulps };
  const scale = Math.max(Math.abs(a), Math.abs(b));
  return { same: ulps === 0 || Math.abs(a - b) <= tolerance.most * scale, ulps };
}
