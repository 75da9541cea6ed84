import { formatError, SamescoreError } from '../../core/errors.js';
import type { PmmlDocument } from '../document.js';
import { numberAttribute, required, requiredChild } from './attributes.js';
import type { Evaluation, Evaluator } from './evaluation.js';
import { inlineRows } from './expressions/map-values.js';
import { plainValue } from './results.js';
import { isCollection, lenientLiteral, numberOf, type Scalar, textOf, type Value } from './values.js';

export interface VerificationFailure {
  /** Record of the table, from 1. */
  readonly record: number;
  readonly field: string;
  readonly expected: unknown;
  readonly got: unknown;
  readonly message: string;
}

export interface Verification {
  readonly ok: boolean;
  readonly failures: readonly VerificationFailure[];
  /** How many records were scored; 0 where the document has no ModelVerification. */
  readonly records: number;
}

interface VerificationField {
  readonly name: string;
  readonly column: string;
  readonly precision: number;
  readonly zeroThreshold: number;
}

/**
 * Scores the table of ModelVerification. A number must lie within `precision` of the expected one, relatively; where
 * the expected one is within `zeroThreshold` of zero, the result must be as well.
 */
export function verifyModel(
  _: PmmlDocument,
  model: Evaluator,
  fresh: () => { score(record: Readonly<Record<string, unknown>>): Evaluation },
): Verification {
  const element = model.scope.element.child('ModelVerification');
  if (element === undefined) return { ok: false, failures: [], records: 0 };
  const fields = requiredChild(element, 'VerificationFields')
    .children('VerificationField')
    .map((field): VerificationField => {
      const name = required(field, 'field');
      return {
        name,
        column: field.attribute('column') ?? name,
        precision: numberAttribute(field, 'precision', 1e-6),
        zeroThreshold: numberAttribute(field, 'zeroThreshold', 1e-16),
      };
    });
  const { scope } = model;
  const outputs = new Set(model.outputs.map((output) => output.name));
  const results = fields.filter(({ name }) => outputs.has(name) || scope.targetNames.includes(name));
  const inputs = fields.filter(({ name }) => !outputs.has(name));
  const evaluator = fresh();
  const failures: VerificationFailure[] = [];
  const rows = inlineRows(element);
  rows.forEach((row, index) => {
    const record: Record<string, unknown> = {};
    for (const { name, column } of inputs) record[name] = row.get(column) ?? null;
    let evaluation: Evaluation;
    try {
      evaluation = evaluator.score(record);
    } catch (error) {
      if (!(error instanceof SamescoreError)) throw error;
      failures.push({ record: index + 1, field: '', expected: null, got: null, message: formatError(error) });
      return;
    }
    for (const field of results) {
      const text = row.get(field.column);
      if (text === undefined) continue;
      const got = outputs.has(field.name)
        ? evaluation.outputs.get(field.name)
        : (evaluation.result.targets?.get(field.name) ?? evaluation.result).value;
      if (matches(text, got, field)) continue;
      const shown = plainValue(got);
      failures.push({
        record: index + 1,
        field: field.name,
        expected: text,
        got: shown,
        message: `record ${index + 1}: "${field.name}" is ${JSON.stringify(shown)}, not ${JSON.stringify(text)}`,
      });
    }
  });
  return { ok: failures.length === 0, failures, records: rows.length };
}

function matches(text: string, got: Value, field: VerificationField): boolean {
  if (got === undefined) return text.trim() === '';
  if (isCollection(got)) return got.map((item) => textOf(item)).join(' ') === text.trim();
  if (typeof got !== 'number') return sameText(text, got);
  const expected = numberOf(text);
  if (expected === undefined) return false;
  if (Number.isNaN(expected) || Number.isNaN(got)) return Number.isNaN(expected) && Number.isNaN(got);
  if (Math.abs(expected) <= field.zeroThreshold) return Math.abs(got) <= field.zeroThreshold;
  return Math.abs(got - expected) <= field.precision * Math.abs(expected);
}

function sameText(text: string, got: Scalar): boolean {
  if (textOf(got) === text) return true;
  const type = typeof got === 'boolean' ? 'boolean' : 'string';
  return textOf(lenientLiteral(text.trim(), type)) === textOf(got);
}
