import { type FailureDetails, SamescoreError } from '../core/errors.js';

/** Not a PFA document: broken JSON or YAML, a missing member, an unknown special form. */
export class PfaSyntaxError extends SamescoreError {
  constructor(sentence: string, details: FailureDetails = {}) {
    super('pfa/syntax', 'invalid', sentence, details);
    this.name = 'PfaSyntaxError';
  }
}

/** An Avro type that is malformed, undefined, or defined twice in different ways. */
export class PfaSchemaError extends SamescoreError {
  constructor(sentence: string, details: FailureDetails = {}) {
    super('pfa/schema', 'invalid', sentence, details);
    this.name = 'PfaSchemaError';
  }
}

/** A document whose types, symbols or signatures do not fit. */
export class PfaSemanticError extends SamescoreError {
  constructor(sentence: string, details: FailureDetails = {}) {
    super('pfa/semantic', 'invalid', sentence, details);
    this.name = 'PfaSemanticError';
  }
}

/** A document that cannot start: data of cells and pools that do not fit, or calls that would lock each other. */
export class PfaInitializationError extends SamescoreError {
  constructor(sentence: string, details: FailureDetails = {}) {
    super('pfa/initialization', 'invalid', sentence, details);
    this.name = 'PfaInitializationError';
  }
}

/** A library function or a special form failed while scoring; `code` is the specification's number. */
export class PfaRuntimeError extends SamescoreError {
  /** The function or special form that failed. */
  readonly fcn: string;

  constructor(message: string, code: number, fcn: string, details: FailureDetails = {}) {
    super(code, 'invalid', message, details);
    this.name = 'PfaRuntimeError';
    this.fcn = fcn;
  }
}

/** The document raised an error itself (`{"error": …}`); `code` is undefined where the document gives none. */
export class PfaUserError extends SamescoreError {
  constructor(message: string, code?: number, details: FailureDetails = {}) {
    super(code ?? 'pfa/user', 'invalid', message, details);
    this.name = 'PfaUserError';
    if (code === undefined) Object.defineProperty(this, 'code', { value: undefined, enumerable: true });
  }
}

/** A begin, action or end ran out of its time (`options.timeout`) or of its steps (`limits.steps`). */
export class PfaTimeoutError extends SamescoreError {
  constructor(sentence: string, details: FailureDetails = {}) {
    super('pfa/timeout', 'invalid', sentence, details);
    this.name = 'PfaTimeoutError';
  }
}
