/** POSIX classes within brackets, in ASCII as RE2 has them. */
const POSIX: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  ascii: '\\x00-\\x7F',
  blank: '\\t ',
  cntrl: '\\x00-\\x1F\\x7F',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-\\/:-@\\[-`{-~',
  space: '\\t\\n\\v\\f\\r ',
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};

/** What may follow a backslash in JavaScript with the same meaning, under the flag v's stricter u rules. */
const SHARED = /[dDwWbBnrtfv0]/;
/** Characters that a backslash makes literal in both. */
const SYNTAX = /[\^$\\.*+?()[\]{}|/]/;

const codePoint = (hex: string): string => `\\u{${hex}}`;

interface Cursor {
  readonly pattern: string;
  at: number;
}

/** What follows a backslash, translated; `inClass` within brackets. */
function escaped(cursor: Cursor, inClass: boolean): string {
  const rest = cursor.pattern.slice(cursor.at);
  const take = (expression: RegExp): RegExpExecArray | null => {
    const match = expression.exec(rest);
    if (match !== null) cursor.at += match[0].length;
    return match;
  };
  const braced = take(/^x\{([0-9A-Fa-f]+)\}/);
  if (braced !== null) return codePoint(braced[1]!);
  const hex = take(/^x([0-9A-Fa-f]{2})/);
  if (hex !== null) return codePoint(hex[1]!);
  const octal = take(/^[0-7]{1,3}/);
  if (octal !== null) return codePoint(Number.parseInt(octal[0], 8).toString(16));
  const property = take(/^([pP])(?:\{(\^?)([^}]+)\}|([A-Z]))/);
  if (property !== null) {
    const [, letter, not, long, short] = property;
    const name = long ?? short ?? '';
    const negated = (letter === 'P') !== (not === '^');
    // General categories have one or two letters, scripts longer names.
    return `\\${negated ? 'P' : 'p'}{${name.length > 2 ? `Script=${name}` : name}}`;
  }
  const next = rest[0] ?? '';
  cursor.at += next.length;
  if (next === 's') return inClass ? '\\t\\n\\f\\r ' : '[\\t\\n\\f\\r ]';
  if (next === 'S') return '[^\\t\\n\\f\\r ]';
  if (next === 'a') return '\\x07';
  if (next === 'A') return '(?<![^])';
  if (next === 'z') return '(?![^])';
  if (next === '-' && inClass) return '\\-';
  if (SHARED.test(next) || SYNTAX.test(next)) return `\\${next}`;
  if (/[A-Za-z0-9]/.test(next) || next === '') throw new SyntaxError(`\\${next}`);
  return next;
}

function bracketed(cursor: Cursor): string {
  let result = '[';
  if (cursor.pattern[cursor.at] === '^') {
    result += '^';
    cursor.at++;
  }
  for (let first = true; ; first = false) {
    const next = cursor.pattern[cursor.at];
    if (next === undefined) throw new SyntaxError('[');
    const posix = /^\[:(\^?)([a-z]+):\]/.exec(cursor.pattern.slice(cursor.at));
    if (posix !== null) {
      const set = POSIX[posix[2]!];
      if (set === undefined || posix[1] === '^') throw new SyntaxError(posix[0]);
      result += set;
      cursor.at += posix[0].length;
      continue;
    }
    cursor.at++;
    if (next === ']' && !first) return `${result}]`;
    if (next === '\\') result += escaped(cursor, true);
    else if (next === ']' || next === '[') result += `\\${next}`;
    else result += next;
  }
}

/**
 * A regular expression in RE2's syntax as one of JavaScript: named groups, flags in front, POSIX classes, escapes of
 * punctuation, and `.` for all but a line feed. Errors: SyntaxError for what neither has.
 */
export function regexOfRe2(pattern: string, whole: boolean, flags = ''): RegExp {
  const cursor: Cursor = { pattern, at: 0 };
  let own = flags;
  const leading = /^\(\?([imsU]+)\)/.exec(pattern);
  if (leading !== null) {
    if (leading[1]!.includes('U')) throw new SyntaxError(leading[0]);
    own += leading[1];
    cursor.at = leading[0].length;
  }
  const dot = own.includes('s') ? '[^]' : '[^\\n]';
  let result = '';
  while (cursor.at < pattern.length) {
    const next = pattern[cursor.at]!;
    const literal = next === '\\' && pattern[cursor.at + 1] === 'Q';
    if (literal) {
      const end = pattern.indexOf('\\E', cursor.at + 2);
      const text = pattern.slice(cursor.at + 2, end < 0 ? undefined : end);
      result += text.replace(/[\^$\\.*+?()[\]{}|/]/g, '\\$&');
      cursor.at = end < 0 ? pattern.length : end + 2;
      continue;
    }
    cursor.at++;
    if (next === '\\') result += escaped(cursor, false);
    else if (next === '[') result += bracketed(cursor);
    else if (next === '.') result += dot;
    else if (next === '(' && pattern.startsWith('?P<', cursor.at)) {
      result += '(?<';
      cursor.at += 3;
    } else if (next === '(' && /^\?(?:=|!|<[=!])/.test(pattern.slice(cursor.at))) throw new SyntaxError('(?');
    else if (next === ']' || next === '}' || (next === '{' && !/^\d+(?:,\d*)?\}/.test(pattern.slice(cursor.at))))
      result += next === '}' && /\{\d+(?:,\d*)?$/.test(result) ? '}' : `\\${next}`;
    else result += next;
  }
  const unique = [...new Set(own)].filter((flag) => flag !== 's').join('');
  // A match of the whole text ends where the text does, whatever ^ and $ mean.
  return new RegExp(whole ? `(?<![^])(?:${result})(?![^])` : result, `${unique}u`);
}
