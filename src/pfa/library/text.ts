/** Whether a string has characters beyond the Basic Multilingual Plane, whose UTF-16 units are not characters. */
export function hasSurrogates(s: string): boolean {
  return /[\ud800-\udfff]/.test(s);
}

/** Characters (code points) of a string. */
export function characters(s: string): readonly string[] {
  return hasSurrogates(s) ? Array.from(s) : s.split('');
}

export function characterCount(s: string): number {
  return hasSurrogates(s) ? Array.from(s).length : s.length;
}

/** How many characters stand before a UTF-16 index. */
export function characterIndex(s: string, index: number): number {
  return index < 0 ? -1 : characterCount(s.slice(0, index));
}

export function codePoints(s: string): number[] {
  if (!hasSurrogates(s)) return Array.from({ length: s.length }, (_, index) => s.charCodeAt(index));
  return Array.from(s, (character) => character.codePointAt(0)!);
}

/** Start and end of a slice as Python takes them: negative from the right, beyond the range cut, never end < start. */
export function sliceBounds(length: number, start: number, end: number): [number, number] {
  const from = Math.min(Math.max(start < 0 ? start + length : start, 0), length);
  const to = Math.min(Math.max(end < 0 ? end + length : end, 0), length);
  return [from, Math.max(from, to)];
}
