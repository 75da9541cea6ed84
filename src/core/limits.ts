/** Bounds that keep a hostile file from exhausting the process; every reader and evaluator takes a part of them. */
export interface Limits {
  /** Nesting of elements, JSON values, graphs and expressions. */
  depth: number;
  /** Bytes of a file, after decompression. */
  bytes: number;
  /** Characters of one name, attribute value or text node. */
  textLength: number;
  /** Elements of one tensor that is made while evaluating. */
  tensorElements: number;
  /** Steps of one prediction: loop iterations, function calls. */
  steps: number;
}

export const DEFAULT_LIMITS: Readonly<Limits> = {
  depth: 1000,
  bytes: 2 ** 31 - 1,
  textLength: 64 * 2 ** 20,
  tensorElements: 2 ** 28,
  steps: 50_000_000,
};

export function withDefaults(limits: Partial<Limits> = {}): Limits {
  return { ...DEFAULT_LIMITS, ...limits };
}
