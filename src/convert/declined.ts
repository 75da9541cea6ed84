import { type FailureDetails, type Place, SamescoreError } from '../core/errors.js';

/** Something that a conversion cannot move. `code` without its prefix: `loop`, `aggregate-nodes`. */
export function declined(
  code: string,
  sentence: string,
  place: Place,
  details: Omit<FailureDetails, 'place'> = {},
): SamescoreError {
  return new SamescoreError(`convert/${code}`, 'unsupported', sentence, { place, ...details });
}
