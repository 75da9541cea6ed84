import { SamescoreError } from './errors.js';

/** A call of the library with something that it does not take: `core/wrong-argument`. */
export function wrongArgument(what: string, expected: string, value: unknown, hint?: string): SamescoreError {
  return new SamescoreError('core/wrong-argument', 'usage', `${what} cannot be used`, {
    expected,
    got: kindOf(value),
    ...(hint === undefined ? {} : { hint }),
  });
}

/** What a value is, for people: `a Map`, `text`, `nothing (undefined)`, `a promise`. */
function kindOf(value: unknown): string {
  if (value === null || value === undefined) return `nothing (${value})`;
  if (typeof value === 'string') return 'text';
  if (typeof value !== 'object') return typeof value === 'function' ? 'a function' : `the ${typeof value} ${value}`;
  if (Array.isArray(value)) return 'a list';
  const name = (Object.getPrototypeOf(value) as object | null)?.constructor.name ?? 'Object';
  if (name === 'Promise') return 'a promise; await it first';
  return name === 'Object' ? 'an object' : `a ${name}`;
}

/** Bytes, or what gives bytes. Raises core/wrong-argument. */
export function checkBytes(input: unknown, reader: string): void {
  if (input instanceof Uint8Array) return;
  if (typeof input === 'object' && input !== null && 'chunks' in input) return;
  const hint =
    typeof input === 'string'
      ? 'read the file first, or encode text: new TextEncoder().encode(text)'
      : input instanceof ArrayBuffer
        ? 'wrap it: new Uint8Array(buffer)'
        : undefined;
  throw wrongArgument(`the input of ${reader}`, 'a Uint8Array', input, hint);
}

/** A plain object of names and values. Raises core/wrong-argument. */
export function checkRecord(record: unknown, what: string): void {
  if (typeof record === 'object' && record !== null && !Array.isArray(record) && !(record instanceof Map)) return;
  const hint = record instanceof Map ? 'make an object of it: Object.fromEntries(map)' : undefined;
  throw wrongArgument(what, 'an object of names and values', record, hint);
}
