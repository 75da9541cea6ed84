import type { FailureDetails } from '../core/errors.js';
import { PfaInitializationError, PfaSchemaError, PfaSemanticError, PfaSyntaxError } from './errors.js';
import { pathOf, type Where } from './where.js';

/** Details beside the place: what was wanted, what was there, what to do. */
export type Details = Omit<FailureDetails, 'place'>;

/** Where each error's node stood; the reader of the document turns it into line and column. */
export const complainedOf = new WeakMap<object, Where>();

function placed<T extends PfaSyntaxError | PfaSchemaError | PfaSemanticError | PfaInitializationError>(
  error: T,
  where: Where,
): T {
  complainedOf.set(error, where);
  return error;
}

export function syntaxError(where: Where, sentence: string, details: Details = {}): PfaSyntaxError {
  return placed(new PfaSyntaxError(sentence, { ...details, place: { path: pathOf(where) } }), where);
}

export function schemaError(where: Where, sentence: string, details: Details = {}): PfaSchemaError {
  return placed(new PfaSchemaError(sentence, { ...details, place: { path: pathOf(where) } }), where);
}

export function semanticError(where: Where, sentence: string, details: Details = {}): PfaSemanticError {
  return placed(new PfaSemanticError(sentence, { ...details, place: { path: pathOf(where) } }), where);
}

export function initializationError(where: Where, sentence: string, details: Details = {}): PfaInitializationError {
  return placed(new PfaInitializationError(sentence, { ...details, place: { path: pathOf(where) } }), where);
}
