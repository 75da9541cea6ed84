import {
  CHAR_ESCAPES,
  type CharTest,
  CLASS_ESCAPES,
  folded,
  inRange,
  isBreak,
  not,
  POSIX,
  propertyTest,
} from './regex-chars.js';
import { RegexFault } from './regex-fault.js';
import {
  alternatives,
  assertion,
  type Budget,
  charPart,
  EMPTY,
  isBoundary,
  lookaround,
  MAX_STEPS,
  type Match,
  type Mode,
  once,
  type Part,
  repeated,
  type State,
  sequence,
  spend,
} from './regex-match.js';

interface Flags {
  ignoreCase: boolean;
  dotAll: boolean;
  multiline: boolean;
  extended: boolean;
}

const MAX_REPEAT = 100_000;

export interface Regex {
  /** The first match at or behind `from`: its groups, the whole match first; undefined if there is none. */
  exec(text: string, from: number, budget?: Budget): number[] | undefined;
}

/**
 * A backtracking matcher for Perl's regular expressions that counts its steps. The engine's own RegExp can neither be
 * stopped nor bounded; this one gives up, so that no pattern of a document can hang the process.
 */
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
