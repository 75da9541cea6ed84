import type { Element } from '../../../wire/xml/document.js';
import { type ModelResult, NO_RESULT, type RankedEntity } from '../model.js';

/** The id of a cluster or its position from 1. */
export function clusterId(cluster: Element, index: number): string {
  return cluster.attribute('id') ?? String(index + 1);
}

/** The result for clusters with their affinities: the best first, equal ones in the document's order. */
export function rankedClusters(
  entities: readonly (RankedEntity & { affinity: number })[],
  largestFirst: boolean,
): ModelResult {
  const ranked = [...entities].sort((a, b) => (largestFirst ? b.affinity - a.affinity : a.affinity - b.affinity));
  const winner = ranked[0];
  if (winner === undefined || Number.isNaN(winner.affinity)) return NO_RESULT;
  return {
    value: winner.id,
    entityId: winner.id,
    affinity: winner.affinity,
    entities: ranked,
    explain: () => ({ cluster: winner.id, affinities: Object.fromEntries(entities.map((e) => [e.id, e.affinity])) }),
  };
}
