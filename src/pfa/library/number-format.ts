/** Pads to a width on the left, or on the right where the width is negative; a width of zero gives nothing. */
export function padded(text: string, width: number): string {
  if (width === 0) return '';
  return width < 0 ? text.padEnd(-width) : text.padStart(width);
}

/** Digits of a whole number in a field, perhaps filled with zeros after the sign. */
export function wholeNumber(digits: string, negative: boolean, width: number, zeroPad: boolean): string {
  if (width === 0) return '';
  const sign = negative ? '-' : '';
  return zeroPad ? sign + digits.padStart(width - sign.length, '0') : padded(sign + digits, width);
}

export interface RealFormat {
  width: number | null;
  precision: number | null;
  minNoExp: number;
  maxNoExp: number;
}

/** A real number as `s.number` writes it. */
export function realNumber(x: number, { width, precision, minNoExp, maxNoExp }: RealFormat): string {
  let text: string;
  if (Number.isNaN(x)) text = 'nan';
  else if (!Number.isFinite(x)) text = x < 0 ? '-inf' : 'inf';
  else {
    const size = Math.abs(x);
    const plain = size === 0 || (size >= minNoExp && size <= maxNoExp);
    const digits = plain ? fixedPoint(size, precision) : scientific(size, precision);
    text = (x < 0 ? '-' : '') + digits;
    if (width === 0) return '';
  }
  return width === null || width === 0 ? text : padded(text, width);
}

function fixedPoint(size: number, precision: number | null): string {
  if (precision === null) return trimmed(exactFixed(size, 6));
  return exactFixed(size, precision);
}

/** toFixed without its limits on size and digits. */
function exactFixed(size: number, digits: number): string {
  const most = Math.min(digits, 100);
  let text = size.toFixed(most);
  if (text.includes('e')) {
    text = BigInt(size).toString();
    if (most > 0) text += `.${'0'.repeat(most)}`;
  }
  return digits > 100 ? text + '0'.repeat(digits - 100) : text;
}

function scientific(size: number, precision: number | null): string {
  const [mantissa, exponent] = size.toExponential(Math.min(precision ?? 6, 100)).split('e') as [string, string];
  const shown = precision === null ? trimmed(mantissa) : mantissa;
  return `${shown}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`;
}

/** Without trailing zeros, but for the first digit after the point. */
function trimmed(text: string): string {
  return text.replace(/0+$/, '').replace(/\.$/, '.0');
}
