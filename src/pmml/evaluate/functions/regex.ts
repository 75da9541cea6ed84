/**
 * A backtracking matcher for Perl's regular expressions that counts its steps. The engine's own RegExp can neither be
 * stopped nor bounded; this one gives up, so that no pattern of a document can hang the process.
 */

/** Why a pattern was not compiled, or a match given up. */
export class RegexFault {
  constructor(readonly reason: string) {}
}

/** Steps that may still be taken; several searches may share one. */
export interface Budget {
  steps: number;
}

interface State {
  readonly text: string;
  /** Start and end of each group, -1 where it did not take part. */
  readonly groups: number[];
  readonly budget: Budget;
}

type Continue = (at: number) => boolean;
/** Tries to match from a place and to go on behind it. */
type Match = (state: State, at: number, next: Continue) => boolean;
type CharTest = (code: number) => boolean;

interface Flags {
  ignoreCase: boolean;
  dotAll: boolean;
  multiline: boolean;
  extended: boolean;
}

interface Part {
  readonly match: Match;
  /** Set where the part is exactly one character. */
  readonly char?: CharTest;
}

export const MAX_STEPS = 4_000_000;
const MAX_REPEAT = 100_000;

export interface Regex {
  /** The first match at or behind `from`: its groups, the whole match first; undefined if there is none. */
  exec(text: string, from: number, budget?: Budget): number[] | undefined;
}

export function compileRegex(source: string, ignoreCase: boolean): Regex {
  const parser = new RegexParser(source, { ignoreCase, dotAll: false, multiline: false, extended: false });
  const match = parser.parse();
  const size = 2 * (parser.groupCount + 1);
  return {
    exec: (text, from, budget = { steps: MAX_STEPS }) => {
      const state: State = { text, groups: new Array<number>(size).fill(-1), budget };
      for (let start = from; start <= text.length; start++) {
        spend(state);
        state.groups.fill(-1);
        let end = -1;
        const done = match(state, start, (at) => {
          end = at;
          return true;
        });
        if (done) {
          state.groups[0] = start;
          state.groups[1] = end;
          return state.groups;
        }
      }
      return undefined;
    },
  };
}

function spend(state: State): void {
  if (--state.budget.steps < 0) throw new RegexFault('it takes too many steps on this text');
}

const isDigit: CharTest = (code) => code >= 48 && code <= 57;
const isWord: CharTest = (code) =>
  isDigit(code) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95;
const isSpace: CharTest = (code) => code === 32 || (code >= 9 && code <= 13);
const isBreak: CharTest = (code) => code === 10 || code === 13 || code === 0x85 || code === 0x2028 || code === 0x2029;
const not =
  (test: CharTest): CharTest =>
  (code) =>
    !test(code);

const CLASS_ESCAPES: Readonly<Record<string, CharTest>> = {
  d: isDigit,
  D: not(isDigit),
  w: isWord,
  W: not(isWord),
  s: isSpace,
  S: not(isSpace),
  h: (code) => code === 32 || code === 9 || code === 0xa0,
  v: (code) => (code >= 10 && code <= 13) || code === 0x85 || code === 0x2028 || code === 0x2029,
};

const CHAR_ESCAPES: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, a: 7, e: 27, '0': 0 };

const inRange =
  (low: number, high: number): CharTest =>
  (code) =>
    code >= low && code <= high;
const isPunctuation: CharTest = (code) =>
  (code >= 33 && code <= 47) ||
  (code >= 58 && code <= 64) ||
  (code >= 91 && code <= 96) ||
  (code >= 123 && code <= 126);
const isAlpha: CharTest = (code) => (code >= 65 && code <= 90) || (code >= 97 && code <= 122);

/** POSIX classes, as `[:name:]` and as `\p{Name}`. */
const POSIX: Readonly<Record<string, CharTest>> = {
  alpha: isAlpha,
  digit: isDigit,
  alnum: (code) => isAlpha(code) || isDigit(code),
  upper: inRange(65, 90),
  lower: inRange(97, 122),
  punct: isPunctuation,
  space: isSpace,
  blank: (code) => code === 32 || code === 9,
  cntrl: (code) => code < 32 || code === 127,
  graph: inRange(33, 126),
  print: inRange(32, 126),
  xdigit: (code) => isDigit(code) || inRange(65, 70)(code) || inRange(97, 102)(code),
  word: isWord,
  ascii: inRange(0, 127),
};

function propertyTest(name: string): CharTest {
  const posix = POSIX[name.replace(/^Is/, '').toLowerCase()];
  if (posix !== undefined && name.length > 2) return posix;
  let expression: RegExp;
  try {
    expression = new RegExp(`^\\p{${name.replace(/^Is/, '')}}$`, 'u');
  } catch {
    throw new RegexFault(`the property ${name} is not known`);
  }
  return (code) => expression.test(String.fromCharCode(code));
}

function folded(test: CharTest): CharTest {
  return (code) => {
    if (test(code)) return true;
    const character = String.fromCharCode(code);
    const [lower, upper] = [character.toLowerCase(), character.toUpperCase()];
    return (lower.length === 1 && test(lower.charCodeAt(0))) || (upper.length === 1 && test(upper.charCodeAt(0)));
  };
}

function charPart(test: CharTest): Part {
  return {
    char: test,
    match: (state, at, next) => at < state.text.length && test(state.text.charCodeAt(at)) && next(at + 1),
  };
}

const EMPTY: Part = { match: (_, at, next) => next(at) };

function sequence(parts: readonly Part[]): Part {
  if (parts.length === 0) return EMPTY;
  return parts.reduceRight((rest, part) => ({
    match: (state, at, next) => part.match(state, at, (behind) => rest.match(state, behind, next)),
  }));
}

function alternatives(parts: readonly Part[]): Part {
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

type Mode = 'greedy' | 'lazy' | 'possessive';

function repeated(part: Part, least: number, most: number, mode: Mode): Part {
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
function once(part: Part): Part {
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

function lookaround(part: Part, ahead: boolean, wanted: boolean): Part {
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

const assertion = (test: (text: string, at: number) => boolean): Part => ({
  match: (state, at, next) => test(state.text, at) && next(at),
});
const wordAt = (text: string, at: number): boolean => at >= 0 && at < text.length && isWord(text.charCodeAt(at));
const isBoundary = (text: string, at: number): boolean => wordAt(text, at - 1) !== wordAt(text, at);

class RegexParser {
  groupCount = 0;
  private at = 0;
  private depth = 0;
  private readonly names = new Map<string, number>();

  constructor(
    private readonly source: string,
    private flags: Flags,
  ) {}

  parse(): Match {
    const part = this.alternation();
    if (this.at < this.source.length) throw new RegexFault('it has a ) too many');
    return part.match;
  }

  private alternation(): Part {
    if (++this.depth > 200) throw new RegexFault('its groups are nested too deeply');
    const outer = { ...this.flags };
    const choices: Part[] = [];
    do choices.push(this.branch());
    while (this.eat('|'));
    this.flags = outer;
    this.depth--;
    return alternatives(choices);
  }

  private branch(): Part {
    const parts: Part[] = [];
    while (this.at < this.source.length && this.source[this.at] !== '|' && this.source[this.at] !== ')') {
      if (this.flags.extended && this.skipExtended()) continue;
      parts.push(this.quantified(this.atom()));
    }
    return sequence(parts);
  }

  private skipExtended(): boolean {
    const blank = /^(?:\s+|#[^\n]*\n?)/.exec(this.source.slice(this.at, this.at + 1000));
    if (blank === null) return false;
    this.at += blank[0].length;
    return true;
  }

  private quantified(part: Part): Part {
    let result = part;
    for (;;) {
      const range = this.quantifier();
      if (range === undefined) return result;
      const mode: Mode = this.eat('?') ? 'lazy' : this.eat('+') ? 'possessive' : 'greedy';
      result = repeated(result, range[0], range[1], mode);
    }
  }

  private quantifier(): [number, number] | undefined {
    if (this.eat('*')) return [0, Number.POSITIVE_INFINITY];
    if (this.eat('+')) return [1, Number.POSITIVE_INFINITY];
    if (this.eat('?')) return [0, 1];
    const range = /^\{(\d+)(,(\d*))?\}/.exec(this.source.slice(this.at, this.at + 40));
    if (range === null) return undefined;
    this.at += range[0].length;
    const least = Number(range[1]);
    const most = range[2] === undefined ? least : range[3] === '' ? Number.POSITIVE_INFINITY : Number(range[3]);
    if (least > MAX_REPEAT || most < least) throw new RegexFault('a repetition count is out of range');
    return [least, most];
  }

  private atom(): Part {
    const character = this.source[this.at++]!;
    switch (character) {
      case '(':
        return this.group();
      case '[':
        return this.one(this.charClass());
      case '.':
        return charPart(this.flags.dotAll ? () => true : not(isBreak));
      case '^':
        return this.flags.multiline
          ? assertion((text, at) => at === 0 || isBreak(text.charCodeAt(at - 1)))
          : assertion((_, at) => at === 0);
      case '$':
        return this.flags.multiline
          ? assertion((text, at) => at === text.length || isBreak(text.charCodeAt(at)))
          : assertion((text, at) => at === text.length || (at === text.length - 1 && text[at] === '\n'));
      case '\\':
        return this.escape();
      case '*':
      case '+':
      case '?':
        throw new RegexFault('nothing stands before a repetition');
      default:
        return this.one(this.literal(character.charCodeAt(0)));
    }
  }

  private one(test: CharTest): Part {
    return charPart(this.flags.ignoreCase ? folded(test) : test);
  }

  private literal(code: number): CharTest {
    return (other) => other === code;
  }

  private group(): Part {
    if (!this.eat('?')) return this.capture(++this.groupCount);
    if (this.eat(':')) return this.closed(this.alternation());
    if (this.eat('>')) return this.closed(once(this.alternation()));
    if (this.eat('=')) return this.closed(lookaround(this.alternation(), true, true));
    if (this.eat('!')) return this.closed(lookaround(this.alternation(), true, false));
    if (this.eat('<=')) return this.closed(lookaround(this.alternation(), false, true));
    if (this.eat('<!')) return this.closed(lookaround(this.alternation(), false, false));
    const name = /^P?<([A-Za-z_]\w*)>/.exec(this.source.slice(this.at, this.at + 80));
    if (name !== null) {
      this.at += name[0].length;
      this.names.set(name[1]!, ++this.groupCount);
      return this.capture(this.groupCount);
    }
    return this.flagGroup();
  }

  /** `(?i)` for what follows, `(?i:…)` for the group. */
  private flagGroup(): Part {
    const letters = /^([imsxu]*)(?:-([imsxu]+))?([:)])/.exec(this.source.slice(this.at, this.at + 20));
    if (letters === null) throw new RegexFault('a group is not known');
    this.at += letters[0].length;
    const outer = { ...this.flags };
    for (const letter of letters[1]!) this.setFlag(letter, true);
    for (const letter of letters[2] ?? '') this.setFlag(letter, false);
    if (letters[3] === ')') return EMPTY;
    const part = this.closed(this.alternation());
    this.flags = outer;
    return part;
  }

  private setFlag(letter: string, value: boolean): void {
    if (letter === 'i') this.flags.ignoreCase = value;
    else if (letter === 's') this.flags.dotAll = value;
    else if (letter === 'm') this.flags.multiline = value;
    else if (letter === 'x') this.flags.extended = value;
  }

  private capture(index: number): Part {
    const part = this.closed(this.alternation());
    return {
      match: (state, at, next) => {
        const { groups } = state;
        const [start, end] = [groups[2 * index]!, groups[2 * index + 1]!];
        const found = part.match(state, at, (behind) => {
          const [before, until] = [groups[2 * index]!, groups[2 * index + 1]!];
          groups[2 * index] = at;
          groups[2 * index + 1] = behind;
          if (next(behind)) return true;
          groups[2 * index] = before;
          groups[2 * index + 1] = until;
          return false;
        });
        if (!found) {
          groups[2 * index] = start;
          groups[2 * index + 1] = end;
        }
        return found;
      },
    };
  }

  private closed(part: Part): Part {
    if (!this.eat(')')) throw new RegexFault('a group is not closed');
    // A group may be longer than one character even if its content looks like one.
    return part;
  }

  private escape(): Part {
    const character = this.source[this.at++];
    if (character === undefined) throw new RegexFault('it ends in a backslash');
    if (character === 'b') return assertion(isBoundary);
    if (character === 'B') return assertion((text, at) => !isBoundary(text, at));
    if (character === 'A') return assertion((_, at) => at === 0);
    if (character === 'z') return assertion((text, at) => at === text.length);
    if (character === 'Z')
      return assertion((text, at) => at === text.length || (at === text.length - 1 && text[at] === '\n'));
    if (character === 'Q') return this.quoted();
    if (character >= '1' && character <= '9') return this.reference(Number(character));
    if (character === 'k') {
      const name = /^[<{']([A-Za-z_]\w*)[>}']/.exec(this.source.slice(this.at, this.at + 80));
      if (name === null) throw new RegexFault('a reference to a group is not complete');
      this.at += name[0].length;
      return this.reference(this.names.get(name[1]!) ?? 0);
    }
    return this.one(this.escapedTest(character));
  }

  private quoted(): Part {
    const end = this.source.indexOf('\\E', this.at);
    const text = this.source.slice(this.at, end < 0 ? undefined : end);
    this.at = end < 0 ? this.source.length : end + 2;
    return sequence([...Array(text.length).keys()].map((i) => this.one(this.literal(text.charCodeAt(i)))));
  }

  private reference(index: number): Part {
    const { ignoreCase } = this.flags;
    return {
      match: (state, at, next) => {
        const [start, end] = [state.groups[2 * index] ?? -1, state.groups[2 * index + 1] ?? -1];
        if (start < 0) return false;
        const wanted = state.text.slice(start, end);
        const got = state.text.slice(at, at + wanted.length);
        const same = ignoreCase ? got.toLowerCase() === wanted.toLowerCase() : got === wanted;
        return same && next(at + wanted.length);
      },
    };
  }

  private escapedTest(character: string): CharTest {
    const known = CLASS_ESCAPES[character];
    if (known !== undefined) return known;
    if (character === 'p' || character === 'P') {
      const name = /^(?:\{(\^?)([A-Za-z_=]+)\}|([A-Z]))/.exec(this.source.slice(this.at, this.at + 60));
      if (name === null) throw new RegexFault('a property is not complete');
      this.at += name[0].length;
      const test = propertyTest(name[2] ?? name[3]!);
      return (character === 'P') !== (name[1] === '^') ? not(test) : test;
    }
    return this.literal(this.escapedCode(character));
  }

  private escapedCode(character: string): number {
    const hexadecimal = {
      x: /^(?:\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{2}))/,
      u: /^(?:\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{4}))/,
    }[character];
    const digits = hexadecimal?.exec(this.source.slice(this.at, this.at + 12));
    if (digits !== undefined && digits !== null) {
      this.at += digits[0].length;
      return Number.parseInt(digits[1] ?? digits[2]!, 16);
    }
    if (character === 'c') return this.source.charCodeAt(this.at++) & 31;
    if (Object.hasOwn(CHAR_ESCAPES, character)) return CHAR_ESCAPES[character]!;
    if (/[A-Za-z]/.test(character)) throw new RegexFault(`the escape \\${character} is not known`);
    return character.charCodeAt(0);
  }

  private charClass(): CharTest {
    if (++this.depth > 200) throw new RegexFault('its classes are nested too deeply');
    const negated = this.eat('^');
    const tests: CharTest[] = [];
    let required: CharTest | undefined;
    for (let first = true; ; first = false) {
      if (this.at >= this.source.length) throw new RegexFault('a class is not closed');
      if (!first && this.eat(']')) break;
      if (this.eat('&&')) {
        const left = [...tests];
        const before = required;
        required = (code) => (before === undefined || before(code)) && left.some((test) => test(code));
        tests.length = 0;
        continue;
      }
      tests.push(this.classItem());
    }
    this.depth--;
    const outer = required;
    const inside: CharTest = (code) => tests.some((test) => test(code)) && (outer === undefined || outer(code));
    const test = this.flags.ignoreCase ? folded(inside) : inside;
    return negated ? not(test) : test;
  }

  private classItem(): CharTest {
    const posix = /^\[:(\^?)([a-z]+):\]/.exec(this.source.slice(this.at, this.at + 20));
    if (posix !== null) {
      this.at += posix[0].length;
      const test = POSIX[posix[2]!];
      if (test === undefined) throw new RegexFault(`the class ${posix[2]} is not known`);
      return posix[1] === '^' ? not(test) : test;
    }
    if (this.eat('[')) return this.charClass();
    const low = this.classChar();
    if (typeof low === 'function') return low;
    if (this.source[this.at] !== '-' || this.source[this.at + 1] === ']' || this.at + 1 >= this.source.length)
      return this.literal(low);
    this.at++;
    const high = this.classChar();
    if (typeof high === 'function') return (code) => code === low || code === 45 || high(code);
    if (high < low) throw new RegexFault('a range runs backwards');
    return inRange(low, high);
  }

  private classChar(): number | CharTest {
    const character = this.source[this.at++]!;
    if (character !== '\\') return character.charCodeAt(0);
    const escaped = this.source[this.at++];
    if (escaped === undefined) throw new RegexFault('a class is not closed');
    if (escaped === 'b') return 8;
    if (Object.hasOwn(CLASS_ESCAPES, escaped) || escaped === 'p' || escaped === 'P') return this.escapedTest(escaped);
    return this.escapedCode(escaped);
  }

  private eat(text: string): boolean {
    if (!this.source.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }
}
