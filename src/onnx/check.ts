import { SamescoreError } from '../core/errors.js';
import type { Finding } from '../core/finding.js';
import type { OnnxModel } from './document.js';
import { OnnxEvaluator } from './evaluate/evaluator.js';

/** What is wrong with a model. */
export function checkOnnx(model: OnnxModel): Finding[] {
  try {
    new OnnxEvaluator(model);
    return [];
  } catch (error) {
    if (!(error instanceof SamescoreError)) throw error;
    const severity = error.kind === 'unsupported' ? 'warning' : 'error';
    return [{ severity, code: String(error.code), message: error.sentence, place: error.place }];
  }
}
