import { quote } from '../../core/errors.js';
import type { JsonMember, JsonNode, JsonObject, JsonString } from '../../wire/json.js';
import type { PfaSyntaxError } from '../errors.js';
import { prettyError, type Token, tokenise } from './tokens.js';

/** A place in PrettyPFA text, and what is known of the document around it. */
export class Cursor {
  readonly text: string;
  private readonly tokens: readonly Token[];
  private index = 0;
  private depth = 0;
  readonly cells = new Set<string>();
  readonly pools = new Set<string>();
  readonly functions = new Set<string>();
  /** Symbols that the document makes: they hide functions of the same name. */
  readonly symbols = new Set<string>();
  /** Types of the `types` section by the name that stands for them. */
  readonly aliases = new Map<string, JsonNode>();
  /** Aliases of named types that have been written out; from then on their name is enough. */
  readonly spelt = new Set<string>();
  inTypes = false;
  private unnamed = 0;

  constructor(
    text: string,
    private readonly deepest: number,
  ) {
    this.text = text;
    this.tokens = tokenise(text);
  }

  get token(): Token {
    return this.tokens[this.index] as Token;
  }

  peek(ahead: number): Token {
    return this.tokens[Math.min(this.index + ahead, this.tokens.length - 1)] as Token;
  }

  is(text: string): boolean {
    return this.token.text === text && (this.token.kind === 'symbol' || this.token.kind === 'name');
  }

  take(): Token {
    const { token } = this;
    this.index = Math.min(this.index + 1, this.tokens.length - 1);
    return token;
  }

  /** Takes the token if it is that symbol or word. */
  accept(text: string): boolean {
    if (!this.is(text)) return false;
    this.take();
    return true;
  }

  expect(text: string): Token {
    if (!this.is(text)) throw this.unexpected(`"${text}"`);
    return this.take();
  }

  name(): Token {
    if (this.token.kind !== 'name') throw this.unexpected('a name');
    return this.take();
  }

  atSectionEnd(): boolean {
    return this.token.kind === 'section' || this.token.kind === 'end';
  }

  unexpected(expected: string): PfaSyntaxError {
    const { kind, text, at } = this.token;
    const got =
      kind === 'end'
        ? 'the document ends'
        : kind === 'section'
          ? `the section "${text}" begins`
          : `${quote(text)} stands`;
    return prettyError(this.text, at, `${got} where it cannot`, expected);
  }

  fail(at: number, sentence: string): PfaSyntaxError {
    return prettyError(this.text, at, sentence);
  }

  /** Runs a part of the reader one level deeper. */
  nested<T>(read: () => T): T {
    if (++this.depth > this.deepest)
      throw this.fail(this.token.at, `expressions are nested more than ${this.deepest} deep`);
    const made = read();
    this.depth--;
    return made;
  }

  /** A name for a type that the document leaves unnamed. */
  freshName(kind: string): string {
    this.unnamed++;
    return `${kind}_${this.unnamed}`;
  }

  /** Items between brackets, separated by commas. */
  list<T>(close: string, item: () => T): T[] {
    const items: T[] = [];
    while (!this.is(close)) {
      items.push(item());
      if (!this.is(close)) this.expect(',');
    }
    this.take();
    return items;
  }
}

export function str(value: string, at: number): JsonString {
  return { kind: 'string', at, value };
}

export function obj(members: Record<string, JsonNode | undefined>, at: number): JsonObject {
  const made: JsonMember[] = [];
  for (const [key, value] of Object.entries(members)) if (value !== undefined) made.push({ key, keyAt: at, value });
  return { kind: 'object', at, members: made };
}

/** An object from pairs, so that every key is safe. */
export function objOf(pairs: readonly (readonly [string, JsonNode])[], at: number): JsonObject {
  return { kind: 'object', at, members: pairs.map(([key, value]) => ({ key, keyAt: value.at, value })) };
}

export function arr(items: readonly JsonNode[], at: number): JsonNode {
  return { kind: 'array', at, items };
}

export function bool(value: boolean, at: number): JsonNode {
  return { kind: 'boolean', at, value };
}
