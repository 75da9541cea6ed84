import { SamescoreError } from '../core/errors.js';
import type { Finding } from '../core/finding.js';
import type { PmmlDocument } from './document.js';
import { PmmlEvaluator } from './evaluator.js';

/** What the document's own ModelVerification finds: a record that the model does not score as it says is an error. */
export function verifyPmml(document: PmmlDocument): Finding[] {
  const holds = document.root.children().find((model) => model.child('ModelVerification') !== undefined);
  const element = holds?.child('ModelVerification');
  if (element === undefined) return [];
  const error = (code: string, message: string): Finding => ({
    severity: 'error',
    code,
    message,
    place: element.place,
  });
  try {
    const { failures } = new PmmlEvaluator(document).verify();
    return failures.map(({ message }) => error('pmml/verification', message));
  } catch (failed) {
    if (!(failed instanceof SamescoreError)) throw failed;
    return [{ ...error(String(failed.code), failed.sentence), place: { ...element.place, ...failed.place } }];
  }
}
