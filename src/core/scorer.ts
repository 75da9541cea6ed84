import type { SamescoreError } from './errors.js';
import type { DataType, Table } from './table.js';

/** An interval of numbers; an absent end is unbounded. */
export interface Interval {
  readonly low?: number;
  readonly high?: number;
  readonly lowOpen?: boolean;
  readonly highOpen?: boolean;
}

export interface InputField {
  readonly name: string;
  readonly type: DataType;
  /** Shape of one row's value: [] is a scalar, [4] a row of an ONNX matrix. */
  readonly shape: readonly number[];
  /** Whether a row may lack it. */
  readonly optional: boolean;
  /** The values that are known to be valid, in the document's order and spelling. */
  readonly values?: readonly (string | number | boolean)[];
  readonly intervals?: readonly Interval[];
  /** Names for the elements of a vector, where the document records them. */
  readonly elementNames?: readonly string[];
}

/** What an output means. Parity pairs outputs by role and category, not by spelling. */
export type Role = 'label' | 'value' | 'probability' | 'cluster' | 'score' | 'other';

export interface OutputField {
  readonly name: string;
  readonly type: DataType;
  readonly shape: readonly number[];
  readonly role: Role;
  /** The class that a scalar probability or score belongs to, as text: `setosa`, `1`. */
  readonly category?: string;
  /** The classes of a vector of probabilities or scores, in the order of its elements, as text. */
  readonly categories?: readonly string[];
}

export interface Signature {
  readonly inputs: readonly InputField[];
  readonly outputs: readonly OutputField[];
}

/** Predictions, one row for each input row. A row that failed has only missing values, and its error here. */
export interface Scores {
  readonly table: Table;
  readonly errors: ReadonlyMap<number, SamescoreError>;
}

/**
 * A document that can score rows: what everything above the evaluators knows of them.
 * Columns are found by name; a text column is parsed by the field's type, by the format's own rules. An input of
 * shape [n] also binds to n scalar columns: by `elementNames`, else by the order of the columns.
 */
export interface Scorer {
  readonly signature: Signature;
  /** `progress` is told now and then how many rows are done. */
  score(rows: Table, progress?: (done: number) => void): Scores;
}

/** Names of the elements of a vector input: the recorded ones, else `X_1`, `X_2`, … */
export function elementNamesOf(field: InputField): readonly string[] {
  if (field.elementNames !== undefined) return field.elementNames;
  const size = field.shape.reduce((product, length) => product * length, 1);
  return Array.from({ length: size }, (_, index) => `${field.name}_${index + 1}`);
}
