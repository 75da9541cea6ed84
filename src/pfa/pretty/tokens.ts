import { quote } from '../../core/errors.js';
import { lineColumn } from '../../wire/json.js';
import { PfaSyntaxError } from '../errors.js';

/** A piece of PrettyPFA text. `section` is a heading (`action:`) at the beginning of a line. */
export interface Token {
  readonly kind: 'name' | 'number' | 'string' | 'symbol' | 'section' | 'end';
  readonly text: string;
  readonly at: number;
}

/** Words that begin special forms and cannot be names. */
export const RESERVED: ReadonlySet<string> = new Set([
  'idiv',
  'fcn',
  'if',
  'else',
  'while',
  'do',
  'until',
  'for',
  'foreach',
  'cast',
  'as',
  'ifnotnull',
  'unpack',
  'try',
  'var',
  'to',
  'init',
]);

export const SECTIONS: ReadonlySet<string> = new Set([
  'name',
  'method',
  'input',
  'output',
  'types',
  'begin',
  'action',
  'end',
  'fcns',
  'zero',
  'merge',
  'cells',
  'pools',
  'randseed',
  'doc',
  'version',
  'metadata',
  'options',
]);

const SPACE = /(?:\s+|\/\/[^\n]*)*/y;
const NAME = /[A-Za-z_][A-Za-z_0-9]*(?:\.[A-Za-z_][A-Za-z_0-9]*)*/y;
const NUMBER = /(?:0|[1-9][0-9]*)(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?/y;
const TEXT = /"(?:[^\\\n"]|\\.)*"/y;
const RAW = /'[^']*'/y;
const SYMBOL = /->|\*\*|%%|==|!=|<=|>=|&&|\|\||\^\^|[()[\]{}+\-*/%<>!&|^~,;:=@]/y;
const HEADING = /([a-z]+):/y;

/** The tokens of a document. Throws PfaSyntaxError at the first character that begins none. */
export function tokenise(text: string): Token[] {
  const tokens: Token[] = [];
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  for (;;) {
    at += match(SPACE)?.length ?? 0;
    if (at >= text.length) break;
    const start = at;
    const heading = at === 0 || text[at - 1] === '\n' ? match(HEADING) : undefined;
    if (heading !== undefined && SECTIONS.has(heading.slice(0, -1))) {
      at += heading.length;
      tokens.push({ kind: 'section', text: heading.slice(0, -1), at: start });
      continue;
    }
    const found = next(match);
    if (found === undefined) throw prettyError(text, at, `${quote(text[at] ?? '')} has no meaning in PrettyPFA`);
    at += found.length;
    tokens.push({ kind: found.kind, text: found.text, at: start });
  }
  tokens.push({ kind: 'end', text: '', at: text.length });
  return tokens;
}

type Found = { kind: Token['kind']; text: string; length: number };

function next(match: (pattern: RegExp) => string | undefined): Found | undefined {
  const name = match(NAME);
  if (name !== undefined) return { kind: 'name', text: name, length: name.length };
  const number = match(NUMBER);
  if (number !== undefined) return { kind: 'number', text: numberText(number), length: number.length };
  const quoted = match(TEXT);
  if (quoted !== undefined) return { kind: 'string', text: unquote(quoted), length: quoted.length };
  const raw = match(RAW);
  if (raw !== undefined) return { kind: 'string', text: raw.slice(1, -1), length: raw.length };
  const symbol = match(SYMBOL);
  return symbol === undefined ? undefined : { kind: 'symbol', text: symbol, length: symbol.length };
}

/** JSON wants a digit after the point. */
function numberText(text: string): string {
  return text.replace(/\.(?![0-9])/, '.0');
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', '0': '\0' };

function unquote(text: string): string {
  return text.slice(1, -1).replace(/\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)/g, (_, code: string) => {
    if (code.length > 1) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return ESCAPES[code] ?? code;
  });
}

export function prettyError(text: string, at: number, sentence: string, expected?: string): PfaSyntaxError {
  return new PfaSyntaxError(sentence, {
    place: lineColumn(text, at),
    ...(expected === undefined ? {} : { expected }),
  });
}
