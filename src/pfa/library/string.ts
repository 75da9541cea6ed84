import type { Value } from '../types.js';
import { untagged } from '../types.js';
import { type Arr, body, bound, byType, type Long } from './body.js';
import type { Call, LibraryModule } from './function.js';
import { realNumber, wholeNumber } from './number-format.js';
import { characterCount, characterIndex, characters, hasSurrogates, sliceBounds } from './text.js';

function slice(s: string, start: number, end: number): [string, string, string] {
  if (!hasSurrogates(s)) {
    const [from, to] = sliceBounds(s.length, start, end);
    return [s.slice(0, from), s.slice(from, to), s.slice(to)];
  }
  const items = characters(s);
  const [from, to] = sliceBounds(items.length, start, end);
  return [items.slice(0, from).join(''), items.slice(from, to).join(''), items.slice(to).join('')];
}

function long(call: Call, code: number, x: Long, width?: number, zeroPad?: boolean): string {
  const negative = x < 0;
  const digits = (negative ? -BigInt(x) : x).toString();
  if (width === undefined) return (negative ? '-' : '') + digits;
  if (zeroPad && width < 0) throw call.error(code);
  call.engine.spend(Math.abs(width));
  return wholeNumber(digits, negative, width, zeroPad === true);
}

function real(call: Call, x: number, rest: readonly Value[]): string {
  const width = untagged(rest[0]!) as number | null;
  const precision = untagged(rest[1]!) as number | null;
  if (precision !== null && precision < 0) throw call.error(39121);
  call.engine.spend(Math.abs(width ?? 0) + (precision ?? 0));
  const [minNoExp, maxNoExp] = rest.length > 2 ? (rest.slice(2) as [number, number]) : [0.0001, 100000];
  return realNumber(x, { width, precision, minNoExp, maxNoExp });
}

function strippedLeft(s: string, chars: string): string {
  const set = new Set(characters(chars));
  const items = characters(s);
  let from = 0;
  while (from < items.length && set.has(items[from]!)) from += 1;
  return items.slice(from).join('');
}

function strippedRight(s: string, chars: string): string {
  const set = new Set(characters(chars));
  const items = characters(s);
  let to = items.length;
  while (to > 0 && set.has(items[to - 1]!)) to -= 1;
  return items.slice(0, to).join('');
}

/** Charges for a string that grows out of others. */
function grown(call: Call, length: number): void {
  call.engine.spend(length);
}

/** Strings; positions and lengths count characters (code points). */
export const STRING: LibraryModule = [
  {
    name: 's.len',
    signatures: ['(s: string) -> int'],
    doc: 'Number of characters.',
    bind: body((s: string) => characterCount(s)),
  },
  {
    name: 's.substr',
    signatures: ['(s: string, start: int, end: int) -> string'],
    doc: 'Characters from start up to, not including, end; negative positions count from the right.',
    bind: body((s: string, start: number, end: number) => slice(s, start, end)[1]),
  },
  {
    name: 's.substrto',
    signatures: ['(s: string, start: int, end: int, replacement: string) -> string'],
    doc: 'The string with the slice from start to end replaced.',
    bind: bound((call) => (s: string, start: number, end: number, replacement: string) => {
      const [before, , after] = slice(s, start, end);
      grown(call, s.length + replacement.length);
      return before + replacement + after;
    }),
  },
  {
    name: 's.contains',
    signatures: ['(haystack: string, needle: string) -> boolean'],
    doc: 'Whether needle occurs in haystack.',
    bind: body((haystack: string, needle: string) => haystack.includes(needle)),
  },
  {
    name: 's.count',
    signatures: ['(haystack: string, needle: string) -> int'],
    doc: 'How often needle occurs without overlap; never where it is empty.',
    bind: body((haystack: string, needle: string) => (needle === '' ? 0 : haystack.split(needle).length - 1)),
  },
  {
    name: 's.index',
    signatures: ['(haystack: string, needle: string) -> int'],
    doc: 'Position of the first occurrence, −1 without one.',
    bind: body((haystack: string, needle: string) => characterIndex(haystack, haystack.indexOf(needle))),
  },
  {
    name: 's.rindex',
    signatures: ['(haystack: string, needle: string) -> int'],
    doc: 'Position of the last occurrence, −1 without one.',
    bind: body((haystack: string, needle: string) => characterIndex(haystack, haystack.lastIndexOf(needle))),
  },
  {
    name: 's.startswith',
    signatures: ['(haystack: string, needle: string) -> boolean'],
    doc: 'Whether haystack begins with needle.',
    bind: body((haystack: string, needle: string) => haystack.startsWith(needle)),
  },
  {
    name: 's.endswith',
    signatures: ['(haystack: string, needle: string) -> boolean'],
    doc: 'Whether haystack ends with needle.',
    bind: body((haystack: string, needle: string) => haystack.endsWith(needle)),
  },
  {
    name: 's.join',
    signatures: ['(array: array of string, sep: string) -> string'],
    doc: 'The strings of an array with a separator between them.',
    bind: bound((call) => (array: Arr<string>, sep: string) => {
      grown(
        call,
        array.reduce((sum, item) => sum + item.length + sep.length, 0),
      );
      return array.join(sep);
    }),
  },
  {
    name: 's.split',
    signatures: ['(s: string, sep: string) -> array of string'],
    doc: 'The parts between separators; nothing where the separator is empty.',
    bind: body((s: string, sep: string) => (sep === '' ? [] : s.split(sep))),
  },
  {
    name: 's.hex',
    signatures: ['(x: long) -> string', '(x: long, width: int, zeroPad: boolean) -> string'],
    doc: 'Hexadecimal digits of a non-negative number.',
    errors: { 39110: 'negative width cannot be used with zero-padding', 39111: 'negative number' },
    bind: bound((call) => (x: Long, width?: number, zeroPad?: boolean) => {
      if (width !== undefined && zeroPad && width < 0 && x >= 0) throw call.error(39110);
      if (x < 0) throw call.error(39111);
      const digits = x.toString(16);
      if (width === undefined) return digits;
      grown(call, Math.abs(width));
      return wholeNumber(digits, false, width, zeroPad === true);
    }),
  },
  {
    name: 's.int',
    signatures: ['(x: long) -> string', '(x: long, width: int, zeroPad: boolean) -> string'],
    doc: 'Decimal digits of a whole number.',
    errors: { 39240: 'negative width cannot be used with zero-padding' },
    bind: bound((call) => (x: Long, width?: number, zeroPad?: boolean) => long(call, 39240, x, width, zeroPad)),
  },
  {
    name: 's.number',
    signatures: [
      '(x: long) -> string',
      '(x: long, width: int, zeroPad: boolean) -> string',
      '(x: double, width: union(int, null), precision: union(int, null)) -> string',
      '(x: double, width: union(int, null), precision: union(int, null), minNoExp: double, maxNoExp: double) -> string',
    ],
    doc: 'Decimal digits of a number, in scientific notation where it is very small or large.',
    errors: { 39120: 'negative width cannot be used with zero-padding', 39121: 'negative precision' },
    nondeterministic: 'unstable',
    deprecated: 'since 0.7.2, gone by 0.9.0: use s.int for integers',
    bind: byType(0, {
      long: bound((call) => (x: Long, width?: number, zeroPad?: boolean) => long(call, 39120, x, width, zeroPad)),
      double: bound(
        (call) =>
          (x: number, ...rest: Value[]) =>
            real(call, x, rest),
      ),
    }),
  },
  {
    name: 's.concat',
    signatures: ['(x: string, y: string) -> string'],
    doc: 'Two strings joined.',
    bind: bound((call) => (x: string, y: string) => {
      grown(call, x.length + y.length);
      return x + y;
    }),
  },
  {
    name: 's.repeat',
    signatures: ['(s: string, n: int) -> string'],
    doc: 'A string repeated n times.',
    bind: bound((call) => (s: string, n: number) => {
      grown(call, s.length * Math.max(0, n));
      return s.repeat(Math.max(0, n));
    }),
  },
  {
    name: 's.lower',
    signatures: ['(s: string) -> string'],
    doc: 'Lower-case form.',
    bind: body((s: string) => s.toLowerCase()),
  },
  {
    name: 's.upper',
    signatures: ['(s: string) -> string'],
    doc: 'Upper-case form.',
    bind: body((s: string) => s.toUpperCase()),
  },
  {
    name: 's.lstrip',
    signatures: ['(s: string, chars: string) -> string'],
    doc: 'Without the leading characters that are in chars.',
    bind: body(strippedLeft),
  },
  {
    name: 's.rstrip',
    signatures: ['(s: string, chars: string) -> string'],
    doc: 'Without the trailing characters that are in chars.',
    bind: body(strippedRight),
  },
  {
    name: 's.strip',
    signatures: ['(s: string, chars: string) -> string'],
    doc: 'Without the leading and trailing characters that are in chars.',
    bind: body((s: string, chars: string) => strippedRight(strippedLeft(s, chars), chars)),
  },
  {
    name: 's.replaceall',
    signatures: ['(s: string, original: string, replacement: string) -> string'],
    doc: 'Every occurrence of original replaced.',
    bind: bound((call) => (s: string, original: string, replacement: string) => {
      const parts = s.split(original).length;
      grown(call, s.length + parts * replacement.length);
      // an empty original stands between all characters, of which a surrogate pair is one
      if (original === '') return ['', ...characters(s), ''].join(replacement);
      return s.replaceAll(original, () => replacement);
    }),
  },
  {
    name: 's.replacefirst',
    signatures: ['(s: string, original: string, replacement: string) -> string'],
    doc: 'The first occurrence of original replaced.',
    bind: body((s: string, original: string, replacement: string) => s.replace(original, () => replacement)),
  },
  {
    name: 's.replacelast',
    signatures: ['(s: string, original: string, replacement: string) -> string'],
    doc: 'The last occurrence of original replaced.',
    bind: body((s: string, original: string, replacement: string) => {
      const at = s.lastIndexOf(original);
      return at < 0 ? s : s.slice(0, at) + replacement + s.slice(at + original.length);
    }),
  },
  {
    name: 's.translate',
    signatures: ['(s: string, oldchars: string, newchars: string) -> string'],
    doc: 'Characters of oldchars replaced by those of newchars at the same position, or dropped.',
    bind: body((s: string, oldchars: string, newchars: string) => {
      const from = characters(oldchars);
      const to = characters(newchars);
      return characters(s)
        .map((character) => {
          const index = from.indexOf(character);
          return index < 0 ? character : (to[index] ?? '');
        })
        .join('');
    }),
  },
];
