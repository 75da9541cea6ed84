import { type Place, SamescoreError } from '../../core/errors.js';

export function badRows(sentence: string, place: Place = {}, hint?: string): SamescoreError {
  return new SamescoreError('rows/malformed', 'io', sentence, { place, ...(hint === undefined ? {} : { hint }) });
}
