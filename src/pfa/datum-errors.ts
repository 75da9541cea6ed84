import { SamescoreError } from '../core/errors.js';

/** A value from outside (an input, a tally, an argument) that does not fit its type. */
export function badDatum(path: string, expected: string, got: string): SamescoreError {
  return new SamescoreError('pfa/bad-datum', 'invalid', 'the value does not fit its type', {
    place: { path },
    expected,
    got,
  });
}

/** A function was asked for that the document does not have. */
export function noSuchFunction(name: string, known: readonly string[]): SamescoreError {
  return new SamescoreError('pfa/no-function', 'usage', `the document has no function "${name}"`, {
    hint: known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`,
  });
}

/** A call that the engine's method does not have. */
export function wrongMethod(what: string, method: string): SamescoreError {
  return new SamescoreError('pfa/wrong-method', 'usage', `${what} belongs to documents of method "fold"`, {
    got: `method "${method}"`,
  });
}

/** Binary Avro data that do not hold what their type says. */
export function badAvro(byte: number, sentence: string): never {
  throw new SamescoreError('pfa/bad-avro', 'invalid', `broken Avro data: ${sentence}`, { place: { byte } });
}
