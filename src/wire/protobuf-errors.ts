import { SamescoreError } from '../core/errors.js';

/** The bytes end inside a value. */
export function truncated(byte: number, path: string, what: string): SamescoreError {
  return new SamescoreError('wire/truncated', 'invalid', `the file ends inside ${what}`, {
    place: { byte, path },
    hint: 'the file is cut short; fetch or export it again',
  });
}

/** The bytes cannot be a protobuf message of this kind. */
export function malformed(byte: number, path: string, sentence: string): SamescoreError {
  return new SamescoreError('wire/malformed', 'invalid', sentence, { place: { byte, path } });
}

export function tooDeep(byte: number, path: string, limit: number): SamescoreError {
  return new SamescoreError('wire/too-deep', 'invalid', `messages are nested deeper than ${limit}`, {
    place: { byte, path },
    hint: 'raise the limit "depth" if the file is trusted',
  });
}

/** A value that the wire format cannot hold: the caller built a wrong document. */
export function unwritable(path: string, expected: string, got: string): SamescoreError {
  return new SamescoreError('wire/unwritable', 'invalid', 'a field holds a value that cannot be written', {
    place: { path },
    expected,
    got,
  });
}
