/** A bracket expression: ranges of codes and named classes. */
export interface CharacterSet {
  negated: boolean;
  ranges: CodeRange[];
  classes: CodeTest[];
}
export interface CodeRange {
  low: number;
  high: number;
}
export type CodeTest = (code: number) => boolean;

export function classRange(low: number, high: number): CodeRange {
  return { low, high };
}

export function inSet(set: CharacterSet, code: number): boolean {
  const inside =
    set.ranges.some((range) => code >= range.low && code <= range.high) || set.classes.some((test) => test(code));
  return inside !== set.negated;
}

const UNICODE: Readonly<Record<string, RegExp>> = {
  alpha: /\p{Alphabetic}/u,
  digit: /\p{Nd}/u,
  alnum: /[\p{Alphabetic}\p{Nd}]/u,
  upper: /\p{Uppercase}/u,
  lower: /\p{Lowercase}/u,
  punct: /[\p{P}$+<=>^`|~]/u,
  space: /[\p{White_Space}]/u,
  blank: /[\p{Zs}\t]/u,
  cntrl: /\p{Cc}/u,
  graph: /[^\p{White_Space}\p{Cc}\p{Cn}\p{Cs}]/u,
  print: /[^\p{Cc}\p{Cn}\p{Cs}]/u,
  xdigit: /[0-9A-Fa-f]/u,
  word: /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}]/u,
};

/** A POSIX class by its name, negated with a leading `^`; undefined where there is none. Bytes know ASCII only. */
export function posixClass(name: string, unicode: boolean): CodeTest | undefined {
  const negated = name.startsWith('^');
  const plainName = negated ? name.slice(1) : name;
  const ascii: CodeTest = (code) => code < 128;
  let test: CodeTest | undefined;
  if (plainName === 'ascii') test = ascii;
  else if (Object.hasOwn(UNICODE, plainName)) {
    const pattern = UNICODE[plainName]!;
    test = (code) => (unicode || code < 128) && pattern.test(String.fromCodePoint(code));
  }
  if (test === undefined) return undefined;
  const found = test;
  return negated ? (code) => !found(code) : found;
}
