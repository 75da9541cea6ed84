/** Local weight of a term in a document from its count and the document's largest count (TextModelNormalization). */
export const LOCAL_TERM_WEIGHTS: Readonly<Record<string, (count: number, largest: number) => number>> = {
  termFrequency: (count) => count,
  binary: (count) => (count > 0 ? 1 : 0),
  logarithmic: (count) => Math.log1p(count),
  augmentedNormalizedTermFrequency: (count, largest) => (count > 0 && largest > 0 ? 0.5 + (0.5 * count) / largest : 0),
};

/** Global weight of a term from its counts in the documents of the corpus. */
export const GLOBAL_TERM_WEIGHTS: Readonly<Record<string, (counts: readonly number[]) => number>> = {
  none: () => 1,
  inverseDocumentFrequency: (counts) => Math.log(counts.length / documentsWith(counts)),
  GFIDF: (counts) => total(counts) / documentsWith(counts),
  normal: (counts) => 1 / Math.sqrt(total(counts.map((count) => count * count))),
  probabilisticInverse: (counts) => Math.log((counts.length - documentsWith(counts)) / documentsWith(counts)),
};

function documentsWith(counts: readonly number[]): number {
  return counts.filter((count) => count > 0).length;
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

export function cosineSimilarity(a: readonly number[], b: readonly number[]): number {
  let product = 0;
  let lengthA = 0;
  let lengthB = 0;
  for (let i = 0; i < a.length; i++) {
    product += a[i]! * b[i]!;
    lengthA += a[i]! * a[i]!;
    lengthB += b[i]! * b[i]!;
  }
  return lengthA === 0 || lengthB === 0 ? 0 : product / Math.sqrt(lengthA * lengthB);
}

export function euclideanDistance(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return Math.sqrt(sum);
}
