import type { Place } from '../../core/errors.js';
import type { Finding } from '../../core/finding.js';

/** More are not listed; a last one tells how many there were. */
const MOST_FINDINGS = 10_000;

export interface Details {
  readonly expected?: string;
  readonly got?: string;
  readonly hint?: string;
}

/** Collects what is wrong. */
export interface Report {
  error(code: string, sentence: string, place: Place, details?: Details): void;
  warning(code: string, sentence: string, place: Place, details?: Details): void;
  add(finding: Finding): void;
}

function messageOf(sentence: string, { expected, got, hint }: Details): string {
  const parts = [expected === undefined ? '' : `expected ${expected}`, got === undefined ? '' : `got ${got}`];
  const shown = parts.filter((part) => part !== '').join(', ');
  return `${sentence}${shown === '' ? '' : ` (${shown})`}${hint === undefined ? '' : `; ${hint}`}`;
}

/** A report and the list that it fills; what is said twice of one place is kept once. */
export function reportInto(findings: Finding[]): Report & { finish(): void } {
  const seen = new Set<string>();
  let dropped = 0;
  const add = (finding: Finding): void => {
    if (findings.length >= MOST_FINDINGS) {
      dropped++;
      return;
    }
    const { path, attribute, field } = finding.place;
    const key = `${finding.code}|${path}|${attribute}|${field}|${finding.message}`;
    if (seen.has(key)) return;
    seen.add(key);
    findings.push(finding);
  };
  const put =
    (severity: Finding['severity']): Report['error'] =>
    (code, sentence, place, details = {}) =>
      add({ severity, code, message: messageOf(sentence, details), place });
  return {
    add,
    error: put('error'),
    warning: put('warning'),
    finish() {
      if (dropped > 0)
        findings.push({
          severity: 'error',
          code: 'onnx/limit',
          message: `${dropped} more findings are not listed`,
          place: { path: 'ModelProto' },
        });
    },
  };
}
