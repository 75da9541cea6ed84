import { RegexFault } from './regex-fault.js';

/** Whether a UTF-16 code unit belongs to a class of characters. */
export type CharTest = (code: number) => boolean;

export const isDigit: CharTest = (code) => code >= 48 && code <= 57;
export const isWord: CharTest = (code) =>
  isDigit(code) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95;
export const isSpace: CharTest = (code) => code === 32 || (code >= 9 && code <= 13);
export const isBreak: CharTest = (code) =>
  code === 10 || code === 13 || code === 0x85 || code === 0x2028 || code === 0x2029;
export const not =
  (test: CharTest): CharTest =>
  (code) =>
    !test(code);

export const CLASS_ESCAPES: Readonly<Record<string, CharTest>> = {
  d: isDigit,
  D: not(isDigit),
  w: isWord,
  W: not(isWord),
  s: isSpace,
  S: not(isSpace),
  h: (code) => code === 32 || code === 9 || code === 0xa0,
  v: (code) => (code >= 10 && code <= 13) || code === 0x85 || code === 0x2028 || code === 0x2029,
};

export const CHAR_ESCAPES: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, a: 7, e: 27, '0': 0 };

export const inRange =
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
export const POSIX: Readonly<Record<string, CharTest>> = {
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

export function propertyTest(name: string): CharTest {
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

export function folded(test: CharTest): CharTest {
  return (code) => {
    if (test(code)) return true;
    const character = String.fromCharCode(code);
    const [lower, upper] = [character.toLowerCase(), character.toUpperCase()];
    return (lower.length === 1 && test(lower.charCodeAt(0))) || (upper.length === 1 && test(upper.charCodeAt(0)));
  };
}
