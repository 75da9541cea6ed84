const EULER_MASCHERONI = 0.5772156649015329;

/**
 * c(n): average path length of an unsuccessful search in a binary search tree of n records, the normaliser of an
 * isolation forest.
 */
export function averagePathLength(n: number): number {
  if (n <= 1) return 0;
  if (n === 2) return 1;
  return 2 * (Math.log(n - 1) + EULER_MASCHERONI) - (2 * (n - 1)) / n;
}

/** 2^(−path / c(n)): near 1 for anomalies, below 0.5 for normal records. */
export function isolationScore(pathLength: number, sampleSize: number): number {
  return 2 ** (-pathLength / averagePathLength(sampleSize));
}
