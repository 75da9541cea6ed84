/** What `inspect` shows of a document, beside its inputs and outputs. */
export interface Description {
  /** Version of the format that the document is written in. */
  readonly version: string;
  /** The tool that wrote it, where it says. */
  readonly producer?: string;
  /** Label and text, in the order in which they are shown. */
  readonly facts: readonly (readonly [label: string, text: string])[];
  /** What the document is made of, with counts: operators, model elements, functions. */
  readonly parts: ReadonlyMap<string, number>;
}

/** Counts names, most frequent first. */
export function counted(names: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return new Map([...counts].sort((a, b) => b[1] - a[1]));
}
