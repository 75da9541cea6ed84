import { invalidArgument } from '../../errors.js';
import type { Call } from './builtin.js';

const NUMBER_FORMAT = /%([-+ 0#,]*)(\d+)?(?:\.(\d+))?([dioxXeEfFgGsu%])/g;
const WHOLE = 'dioxXu';
const GROUPS = /\B(?=(\d{3})+(?:\.|$))/g;

/** A number by a pattern of C's printf, with Java's comma flag for groups of three digits. */
export function formatNumber(value: number, pattern: string, call: Call): string {
  let used = false;
  return pattern.replace(NUMBER_FORMAT, (_, flags: string, width?: string, precision?: string, conversion = 'd') => {
    if (conversion === '%') return '%';
    if (used)
      throw invalidArgument(`the pattern ${JSON.stringify(pattern)} asks for more than one number`, call.element);
    used = true;
    const signed = Number.isFinite(value) && WHOLE.includes(conversion) ? Math.trunc(value) : value;
    const digits = Math.min(Number(precision ?? 6), 100);
    let body = Number.isFinite(value) ? converted(signed, conversion, digits, precision !== undefined) : special(value);
    if (flags.includes(',')) body = body.replace(GROUPS, ',');
    const sign = signOf(signed, conversion, flags);
    const size = Math.min(Number(width ?? 0), 1000);
    const fill = flags.includes('0') && !flags.includes('-') && Number.isFinite(value);
    if (fill) body = body.padStart(size - sign.length, '0');
    return flags.includes('-') ? (sign + body).padEnd(size) : (sign + body).padStart(size);
  });
}

const special = (value: number): string => (Number.isNaN(value) ? 'nan' : 'inf');

function signOf(value: number, conversion: string, flags: string): string {
  if ('oxX'.includes(conversion)) return '';
  if (value < 0) return '-';
  return flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
}

/** The digits of a finite number, without its sign. */
function converted(value: number, conversion: string, digits: number, exact: boolean): string {
  const size = Math.abs(value);
  switch (conversion) {
    case 'd':
    case 'i':
    case 'u':
      return BigInt(size)
        .toString()
        .padStart(exact ? digits : 1, '0');
    case 'o':
      return unsigned(value).toString(8);
    case 'x':
      return unsigned(value).toString(16);
    case 'X':
      return unsigned(value).toString(16).toUpperCase();
    case 'e':
      return scientific(size, digits);
    case 'E':
      return scientific(size, digits).toUpperCase();
    case 'g':
      return general(size, Math.max(1, digits));
    case 'G':
      return general(size, Math.max(1, digits)).toUpperCase();
    case 's':
      return String(size);
    default:
      return fixed(size, digits);
  }
}

/** Negative numbers in two's complement of 32 bits, or of 64 where they need them. */
const unsigned = (value: number): bigint =>
  value >= 0 ? BigInt(value) : BigInt.asUintN(value >= -(2 ** 31) ? 32 : 64, BigInt(value));

/** The longest expansion that the language gives, and the digits that matter of it. */
const LONGEST = 100;

const scientific = (size: number, digits: number): string =>
  halfEven(size.toExponential(LONGEST), digits, size.toExponential(digits)).replace(/e([+-])(\d)$/, 'e$10$2');

/** The rounded text, but the cut one where the number lies in the middle and the cut one ends in an even digit. */
function halfEven(exact: string, digits: number, rounded: string): string {
  const [mantissa = '', exponent] = exact.split('e');
  const point = mantissa.indexOf('.') + 1;
  if (digits >= LONGEST || !/^50*$/.test(mantissa.slice(point + digits))) return rounded;
  const cut = mantissa.slice(0, digits === 0 ? point - 1 : point + digits);
  if (Number(cut.at(-1)) % 2 === 1) return rounded;
  return exponent === undefined ? cut : `${cut}e${exponent}`;
}

function fixed(size: number, digits: number): string {
  if (size < 1e21) return halfEven(size.toFixed(LONGEST), digits, size.toFixed(digits));
  return digits === 0 ? BigInt(size).toString() : `${BigInt(size)}.${'0'.repeat(digits)}`;
}

/** The exponent that decides between the two styles is that of the rounded number. */
function general(size: number, significant: number): string {
  const rounded = scientific(size, significant - 1);
  const power = Number(rounded.slice(rounded.indexOf('e') + 1));
  if (power < -4 || power >= significant) return rounded.replace(/(\.\d*?)0+e/, '$1e').replace('.e', 'e');
  const plain = fixed(size, Math.max(0, significant - 1 - power));
  return plain.includes('.') ? plain.replace(/\.?0+$/, '') : plain;
}
