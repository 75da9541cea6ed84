/** How a split compares: `x < t`, …; `in` is membership of a set, `true` always holds (missing included). */
export const TESTS = ['lt', 'le', 'gt', 'ge', 'eq', 'ne', 'in', 'true'] as const;
export type Test = (typeof TESTS)[number];

/** Code of each test in `Splits.test`. */
export const TEST: { readonly [T in Test]: number } = { lt: 0, le: 1, gt: 2, ge: 3, eq: 4, ne: 5, in: 6, true: 7 };

/**
 * The decision diagrams of an ensemble in columns, one entry a node; children are node indexes, so that subtrees can be
 * shared. A node is a leaf where `leaf[i] >= 0`: that is then its row in the leaf values. Every path ends in a leaf.
 * A comparison happens in the kind of its feature: for float32 features every threshold is a float32.
 */
export interface Splits {
  /** Root node of each tree. */
  readonly roots: Int32Array;
  /** Index into the `features` of the trees node; -1 for leaves. */
  readonly feature: Int32Array;
  /** Code of the test, see TEST. */
  readonly test: Uint8Array;
  /** Right-hand side of a numeric comparison; for `in` the index into `sets`. */
  readonly threshold: Float64Array;
  readonly whenTrue: Int32Array;
  readonly whenFalse: Int32Array;
  /** Where a missing (or NaN) feature goes. */
  readonly whenMissing: Int32Array;
  /** Row of the leaf values; -1 for splits. */
  readonly leaf: Int32Array;
  readonly leafCount: number;
  /** Members of the `in` sets: strings for string features, numbers for numeric ones. Also `eq`/`ne` on strings are sets. */
  readonly sets: readonly (readonly (string | number)[])[];
}

/** Whether the test of split `at` holds for a number. */
export function holds(splits: Splits, at: number, value: number): boolean {
  const limit = splits.threshold[at]!;
  switch (splits.test[at]) {
    case TEST.lt:
      return value < limit;
    case TEST.le:
      return value <= limit;
    case TEST.gt:
      return value > limit;
    case TEST.ge:
      return value >= limit;
    case TEST.eq:
      return value === limit;
    case TEST.ne:
      return value !== limit;
    default:
      return splits.sets[limit]!.includes(value);
  }
}

/** Grows a `Splits`; typed arrays double as they fill. Its columns are views of longer ones. */
export class SplitsBuilder {
  #size = 0;
  #feature: Int32Array;
  #test: Uint8Array;
  #threshold: Float64Array;
  #whenTrue: Int32Array;
  #whenFalse: Int32Array;
  #whenMissing: Int32Array;
  #leaf: Int32Array;
  #leafCount = 0;
  readonly #roots: number[] = [];
  readonly #sets: (string | number)[][] = [];
  readonly #setIndex = new Map<string, number>();

  /** `capacity` is a guess at the number of nodes; a good one saves copies. */
  constructor(capacity = 1024) {
    this.#feature = new Int32Array(capacity);
    this.#test = new Uint8Array(capacity);
    this.#threshold = new Float64Array(capacity);
    this.#whenTrue = new Int32Array(capacity);
    this.#whenFalse = new Int32Array(capacity);
    this.#whenMissing = new Int32Array(capacity);
    this.#leaf = new Int32Array(capacity);
  }

  get size(): number {
    return this.#size;
  }

  /** Adds a split whose children are set later with `link`; returns its index. */
  split(feature: number, test: Test, threshold: number): number {
    const index = this.#node();
    this.#feature[index] = feature;
    this.#test[index] = TEST[test];
    this.#threshold[index] = threshold;
    this.#leaf[index] = -1;
    return index;
  }

  /** Adds a membership split; equal sets are stored once. */
  splitIn(feature: number, members: readonly (string | number)[]): number {
    const key = JSON.stringify(members);
    let set = this.#setIndex.get(key);
    if (set === undefined) {
      set = this.#sets.push([...members]) - 1;
      this.#setIndex.set(key, set);
    }
    return this.split(feature, 'in', set);
  }

  link(index: number, whenTrue: number, whenFalse: number, whenMissing: number): void {
    this.#whenTrue[index] = whenTrue;
    this.#whenFalse[index] = whenFalse;
    this.#whenMissing[index] = whenMissing;
  }

  /** Adds a leaf with the given row of the leaf values, by default the next one. */
  leaf(row: number = this.#leafCount): number {
    const index = this.#node();
    this.#feature[index] = -1;
    this.#leaf[index] = row;
    if (row >= this.#leafCount) this.#leafCount = row + 1;
    return index;
  }

  root(index: number): void {
    this.#roots.push(index);
  }

  finish(): Splits {
    const end = this.#size;
    return {
      roots: Int32Array.from(this.#roots),
      feature: this.#feature.subarray(0, end),
      test: this.#test.subarray(0, end),
      threshold: this.#threshold.subarray(0, end),
      whenTrue: this.#whenTrue.subarray(0, end),
      whenFalse: this.#whenFalse.subarray(0, end),
      whenMissing: this.#whenMissing.subarray(0, end),
      leaf: this.#leaf.subarray(0, end),
      leafCount: this.#leafCount,
      sets: this.#sets,
    };
  }

  #node(): number {
    if (this.#size === this.#feature.length) this.#grow();
    return this.#size++;
  }

  #grow(): void {
    const grow = <T extends Int32Array | Float64Array | Uint8Array>(old: T, make: (size: number) => T): T => {
      const larger = make(old.length * 2);
      larger.set(old);
      return larger;
    };
    const ints = (size: number) => new Int32Array(size);
    this.#feature = grow(this.#feature, ints);
    this.#test = grow(this.#test, (size) => new Uint8Array(size));
    this.#threshold = grow(this.#threshold, (size) => new Float64Array(size));
    this.#whenTrue = grow(this.#whenTrue, ints);
    this.#whenFalse = grow(this.#whenFalse, ints);
    this.#whenMissing = grow(this.#whenMissing, ints);
    this.#leaf = grow(this.#leaf, ints);
  }
}
