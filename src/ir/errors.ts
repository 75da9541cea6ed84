import { type Place, SamescoreError } from '../core/errors.js';

/** A program that breaks the IR's own rules: a fault of the converter that built it. */
export function badProgram(sentence: string, place: Place = {}): SamescoreError {
  return new SamescoreError('ir/bad-program', 'unsupported', sentence, {
    place,
    hint: 'this is a fault in samescore; please report it with the model, if you may share it',
  });
}
