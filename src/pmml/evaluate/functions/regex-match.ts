import { type CharTest, isWord } from './regex-chars.js';
import { RegexFault } from './regex-fault.js';

/** Steps that may still be taken; several searches may share one. */
export interface Budget {
  steps: number;
}

export interface State {
  readonly text: string;
  /** Start and end of each group, -1 where it did not take part. */
  readonly groups: number[];
  readonly budget: Budget;
}

export type Continue = (at: number) => boolean;
/** Tries to match from a place and to go on behind it. */
export type Match = (state: State, at: number, next: Continue) => boolean;

export interface Part {
  readonly match: Match;
  /** Set where the part is exactly one character. */
  readonly char?: CharTest;
}

export const MAX_STEPS = 4_000_000;

export function spend(state: State): void {
  if (--state.budget.steps < 0) throw new RegexFault('it takes too many steps on this text');
}

export function charPart(test: CharTest): Part {
  return {
    char: test,
    match: (state, at, next) => at < state.text.length && test(state.text.charCodeAt(at)) && next(at + 1),
  };
}

export const EMPTY: Part = { match: (_, at, next) => next(at) };

export function sequence(parts: readonly Part[]): Part {
  if (parts.length === 0) return EMPTY;
  return parts.reduceRight((rest, part) => ({
    match: (state, at, next) => part.match(state, at, (behind) => rest.match(state, behind, next)),
  }));
}

export function alternatives(parts: readonly Part[]): Part {
  if (parts.length === 1) return parts[0]!;
  return {
    match: (state, at, next) => {
      for (const part of parts) {
        spend(state);
        if (part.match(state, at, next)) return true;
      }
      return false;
    },
  };
}

export type Mode = 'greedy' | 'lazy' | 'possessive';

export function repeated(part: Part, least: number, most: number, mode: Mode): Part {
  const { char } = part;
  if (char !== undefined) return repeatedChar(char, least, most, mode);
  const atomic = mode === 'possessive';
  const from =
    (count: number): Match =>
    (state, at, next) => {
      spend(state);
      const more = (): boolean =>
        count < most &&
        part.match(state, at, (behind) =>
          behind === at && count >= least ? false : from(count + 1)(state, behind, next),
        );
      if (count < least) return more();
      return mode === 'lazy' ? next(at) || more() : more() || next(at);
    };
  return atomic ? once({ match: from(0) }) : { match: from(0) };
}

/** Repetition of one character runs in a loop: long texts need no stack. */
function repeatedChar(test: CharTest, least: number, most: number, mode: Mode): Part {
  return {
    match: (state, at, next) => {
      const { text } = state;
      const limit = Math.min(text.length, at + most);
      if (mode === 'lazy') {
        let end = at;
        while (end < at + least) if (end >= limit || !test(text.charCodeAt(end++))) return false;
        for (;;) {
          spend(state);
          if (next(end)) return true;
          if (end >= limit || !test(text.charCodeAt(end))) return false;
          end++;
        }
      }
      let end = at;
      while (end < limit && test(text.charCodeAt(end))) end++;
      state.budget.steps -= (end - at) >> 3;
      if (mode === 'possessive') return end - at >= least && next(end);
      for (; end >= at + least; end--) {
        spend(state);
        if (next(end)) return true;
      }
      return false;
    },
  };
}

/** The first way that the part matches, never another one. */
export function once(part: Part): Part {
  return {
    match: (state, at, next) => {
      let end = -1;
      const found = part.match(state, at, (behind) => {
        end = behind;
        return true;
      });
      return found && next(end);
    },
  };
}

export function lookaround(part: Part, ahead: boolean, wanted: boolean): Part {
  const test = (state: State, at: number): boolean => {
    if (ahead) return part.match(state, at, () => true);
    for (let start = at; start >= 0; start--) {
      spend(state);
      if (part.match(state, start, (end) => end === at)) return true;
    }
    return false;
  };
  return { match: (state, at, next) => test(state, at) === wanted && next(at) };
}

export const assertion = (test: (text: string, at: number) => boolean): Part => ({
  match: (state, at, next) => test(state.text, at) && next(at),
});
const wordAt = (text: string, at: number): boolean => at >= 0 && at < text.length && isWord(text.charCodeAt(at));
export const isBoundary = (text: string, at: number): boolean => wordAt(text, at - 1) !== wordAt(text, at);
