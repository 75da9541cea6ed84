/**
 * Values of each scalar input at which a model may change its answer: split thresholds, ends of intervals,
 * categories. By input name; for a vector by element name.
 */
export type Landmarks = ReadonlyMap<string, readonly (number | string)[]>;

/** All landmarks of several models together, without repeats. */
export function mergeLandmarks(...all: readonly Landmarks[]): Landmarks {
  const merged = new Map<string, (number | string)[]>();
  for (const landmarks of all) {
    for (const [name, values] of landmarks) merged.set(name, [...new Set([...(merged.get(name) ?? []), ...values])]);
  }
  return merged;
}
