/** c(x, y) of one field, by the names of COMPARE-FUNCTION; `table` is given by the caller. */
export const COMPARE_FUNCTIONS: Readonly<Record<string, (x: number, y: number, similarityScale: number) => number>> = {
  absDiff: (x, y) => Math.abs(x - y),
  gaussSim: (x, y, s) => Math.exp((-Math.LN2 * (x - y) * (x - y)) / (s * s)),
  delta: (x, y) => (x === y ? 0 : 1),
  equal: (x, y) => (x === y ? 1 : 0),
};

/** What the metrics aggregate: per field c(x, y) (undefined where missing) and the field's weight. */
export interface Compared {
  readonly values: readonly (number | undefined)[];
  readonly weights: readonly number[];
  /** Σ q over all fields / Σ q over those not missing; 1 where nothing is missing. */
  readonly adjustM: number;
}

/** Metrics of a ComparisonMeasure that aggregate c(x, y), by element name; `p` is minkowski's p-parameter. */
export const AGGREGATES: Readonly<Record<string, (compared: Compared, p: number) => number>> = {
  euclidean: (compared) => Math.sqrt(compared.adjustM * weighted(compared, 2)),
  squaredEuclidean: (compared) => compared.adjustM * weighted(compared, 2),
  cityBlock: (compared) => compared.adjustM * weighted(compared, 1),
  chebychev: ({ values, weights, adjustM }) => {
    let largest = Number.NEGATIVE_INFINITY;
    values.forEach((value, i) => {
      if (value !== undefined) largest = Math.max(largest, value * weights[i]!);
    });
    return adjustM * largest;
  },
  minkowski: (compared, p) => (compared.adjustM * weighted(compared, p)) ** (1 / p),
};

function weighted({ values, weights }: Compared, power: number): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value === undefined) continue;
    sum += weights[i]! * (power === 1 ? value : power === 2 ? value * value : value ** power);
  }
  return sum;
}

/** How often two binary vectors agree: a11 both set, a10 only the first, a01 only the second, a00 neither. */
export interface BinaryCounts {
  readonly a11: number;
  readonly a10: number;
  readonly a01: number;
  readonly a00: number;
}

/** binarySimilarity's parameters, c11 … d00 as the document names them without `-parameter`. */
export type BinaryParameters = Readonly<Record<string, number>>;

/** Similarities of binary vectors, by element name. */
export const BINARY_SIMILARITIES: Readonly<
  Record<string, (counts: BinaryCounts, parameters: BinaryParameters) => number>
> = {
  simpleMatching: ({ a11, a10, a01, a00 }) => (a11 + a00) / (a11 + a10 + a01 + a00),
  jaccard: ({ a11, a10, a01 }) => a11 / (a11 + a10 + a01),
  tanimoto: ({ a11, a10, a01, a00 }) => (a11 + a00) / (a11 + 2 * (a10 + a01) + a00),
  binarySimilarity: ({ a11, a10, a01, a00 }, { c11, c10, c01, c00, d11, d10, d01, d00 }) =>
    (c11! * a11 + c10! * a10 + c01! * a01 + c00! * a00) / (d11! * a11 + d10! * a10 + d01! * a01 + d00! * a00),
};
