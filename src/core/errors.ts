/**
 * Where something is wrong. The innermost place wins: an outer layer fills in only what is missing.
 * `line` and `column` count from 1, `byte` from 0, `row` from 1 (the header not counted).
 */
export interface Place {
  file?: string;
  line?: number;
  column?: number;
  byte?: number;
  /** Node of a graph, element of a document, or JSON path: `Gemm_3`, `TreeModel/Node`, `$.action.0`. */
  path?: string;
  attribute?: string;
  field?: string;
  row?: number;
}

/** What kind of failure it is; the command line's exit code follows from it (see EXIT_CODES). */
export type FailureKind = 'invalid' | 'usage' | 'unsupported' | 'io';

export const EXIT_CODES: Record<FailureKind, number> = { invalid: 1, usage: 2, unsupported: 3, io: 4 };

export interface FailureDetails {
  place?: Place;
  /** What the specification or the caller wanted, and what was there instead. */
  expected?: string;
  got?: string;
  /** What to do next, as an imperative sentence. */
  hint?: string;
  cause?: unknown;
}

/**
 * Every failure that samescore reports. `code` is stable: `pmml/unknown-element`, or in PFA's own error
 * classes the number that the PFA specification gives. Made by the named constructors of each layer's errors.ts.
 */
export class SamescoreError extends Error {
  readonly code: string | number;
  readonly kind: FailureKind;
  readonly place: Place;
  readonly expected?: string;
  readonly got?: string;
  readonly hint?: string;
  /** The sentence without code, place and hint. */
  readonly sentence: string;

  constructor(code: string | number, kind: FailureKind, sentence: string, details: FailureDetails = {}) {
    super(sentence, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'SamescoreError';
    this.code = code;
    this.kind = kind;
    this.sentence = sentence;
    this.place = { ...details.place };
    if (details.expected !== undefined) this.expected = details.expected;
    if (details.got !== undefined) this.got = details.got;
    if (details.hint !== undefined) this.hint = details.hint;
  }

  /** Adds what an outer layer knows of the place; what is already known stays. Returns the same error. */
  within(outer: Place): this {
    for (const [key, value] of Object.entries(outer)) {
      if (value !== undefined && this.place[key as keyof Place] === undefined) {
        Object.assign(this.place, { [key]: value });
      }
    }
    return this;
  }
}

/** `churn.pmml:12:7 TreeModel/Node @score, field "age", row 3`; empty where nothing is known. */
export function formatPlace(place: Place): string {
  const { file, line, column, byte, path, attribute, field, row } = place;
  let position = file ?? '';
  if (line !== undefined)
    position += `${file === undefined ? 'line ' : ':'}${line}${column === undefined ? '' : `:${column}`}`;
  else if (byte !== undefined) position += `${file === undefined ? '' : ' '}at byte ${byte}`;
  let node = path ?? '';
  if (attribute !== undefined) node += `${node === '' ? '' : ' '}@${attribute}`;
  const parts = [[position, node].filter((part) => part !== '').join(' ')];
  if (field !== undefined) parts.push(`field "${field}"`);
  if (row !== undefined) parts.push(`row ${row}`);
  return parts.filter((part) => part !== '').join(', ');
}

/** One line, `place: code: sentence (expected …, got …)`, and a second one `hint: …` where there is a hint. */
export function formatError(error: SamescoreError): string {
  const place = formatPlace(error.place);
  let line = `${place === '' ? '' : `${place}: `}${error.code}: ${error.sentence}`;
  if (error.expected !== undefined && error.got !== undefined)
    line += ` (expected ${error.expected}, got ${error.got})`;
  else if (error.expected !== undefined) line += ` (expected ${error.expected})`;
  else if (error.got !== undefined) line += ` (got ${error.got})`;
  line = line.replace(/\s*\n\s*/g, ' ');
  return error.hint === undefined ? line : `${line}\n  hint: ${error.hint}`;
}

/** A fault of samescore itself, not of its input. */
export function internalFault(what: string, place: Place = {}): SamescoreError {
  return new SamescoreError('core/internal', 'unsupported', `samescore reached a state that it should not: ${what}`, {
    place,
    hint: 'this is a fault in samescore; please report it with the model, if you may share it',
  });
}

/** Text from a file, cut to a length that fits into a message, control characters made visible. */
export function quote(text: string, longest = 60): string {
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return JSON.stringify(cut);
}
