import { bound, type Long } from './body.js';
import type { Call, LibraryModule } from './function.js';
import { INT_MAX, INT_MIN, narrowed } from './long.js';

/** Without the white space and control characters at both ends. */
function trimmed(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && text.charCodeAt(from) <= 32) from += 1;
  while (to > from && text.charCodeAt(to - 1) <= 32) to -= 1;
  return text.slice(from, to);
}

/** A whole number in a base; undefined where the text is none. */
function whole(text: string, base: number): bigint | undefined {
  const match = /^([-+]?)([0-9a-z]+)$/.exec(trimmed(text).toLowerCase());
  if (match === null) return undefined;
  const digits = match[2]!.replace(/^0+(?=.)/, '');
  if (digits.length > 64) return undefined;
  let value = 0n;
  for (const digit of digits) {
    const step = Number.parseInt(digit, 36);
    if (step >= base) return undefined;
    value = value * BigInt(base) + BigInt(step);
  }
  return match[1] === '-' ? -value : value;
}

function parseWhole(call: Call, code: number, text: string, base: number): Long {
  if (base < 2 || base > 36) throw call.error(code + 1);
  const value = whole(text, base);
  const result = value === undefined ? undefined : narrowed(value);
  if (result === undefined) throw call.error(code);
  return result;
}

const SPECIAL: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Infinity,
  '+inf': Infinity,
  '-inf': -Infinity,
};

function real(call: Call, code: number, text: string): number {
  const plain = trimmed(text).toLowerCase();
  if (Object.hasOwn(SPECIAL, plain)) return SPECIAL[plain]!;
  if (!/^[-+]?(\.?[0-9]+|[0-9]+\.[0-9]*)(e[-+]?[0-9]+)?$/.test(plain)) throw call.error(code);
  return Number(plain);
}

/** Numbers read from strings. */
export const PARSE: LibraryModule = [
  {
    name: 'parse.int',
    signatures: ['(str: string, base: int) -> int'],
    doc: 'An int in a base from 2 to 36.',
    errors: { 33000: 'not an integer', 33001: 'base out of range' },
    bind: bound((call) => (text: string, base: number) => {
      const value = parseWhole(call, 33000, text, base);
      if (value < INT_MIN || value > INT_MAX) throw call.error(33000);
      return value;
    }),
  },
  {
    name: 'parse.long',
    signatures: ['(str: string, base: int) -> long'],
    doc: 'A long in a base from 2 to 36.',
    errors: { 33010: 'not a long integer', 33011: 'base out of range' },
    bind: bound((call) => (text: string, base: number) => parseWhole(call, 33010, text, base)),
  },
  {
    name: 'parse.float',
    signatures: ['(str: string) -> float'],
    doc: 'A single-precision number; too large becomes infinite, too small zero.',
    errors: { 33020: 'not a single-precision float' },
    bind: bound((call) => (text: string) => Math.fround(real(call, 33020, text))),
  },
  {
    name: 'parse.double',
    signatures: ['(str: string) -> double'],
    doc: 'A double-precision number; too large becomes infinite, too small zero.',
    errors: { 33030: 'not a double-precision float' },
    bind: bound((call) => (text: string) => real(call, 33030, text)),
  },
];
