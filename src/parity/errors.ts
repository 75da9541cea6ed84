import { SamescoreError } from '../core/errors.js';
import type { OutputField } from '../core/scorer.js';

const listed = (outputs: readonly OutputField[]) => outputs.map((o) => `${o.name} (${o.role})`).join(', ') || 'none';

export function nothingToPair(a: readonly OutputField[], b: readonly OutputField[]): SamescoreError {
  return new SamescoreError(
    'parity/nothing-to-compare',
    'usage',
    'no output of the one model pairs with an output of the other',
    {
      expected: listed(a),
      got: listed(b),
      hint: 'name the pairs yourself: --pair output=output',
    },
  );
}

export function unknownOutput(name: string, known: readonly string[]): SamescoreError {
  return new SamescoreError('parity/unknown-output', 'usage', `there is no output "${name}"`, {
    hint: `the outputs are ${known.join(', ')}`,
  });
}

export function badTolerance(text: string): SamescoreError {
  return new SamescoreError('parity/bad-tolerance', 'usage', `"${text}" is not a tolerance`, {
    hint: 'write exact, 4ulp or rel:1e-6',
  });
}

export function noRows(): SamescoreError {
  return new SamescoreError('parity/no-rows', 'usage', 'there is no row to score', {
    hint: 'give rows with --rows FILE or ask for some with --generate N',
  });
}

export function cannotGenerate(field: string): SamescoreError {
  return new SamescoreError(
    'parity/cannot-generate',
    'unsupported',
    'rows cannot be generated for an input with structure',
    {
      place: { field },
      hint: 'give rows with --rows FILE',
    },
  );
}

export function unknownReport(kind: string, known: readonly string[]): SamescoreError {
  return new SamescoreError('parity/unknown-report', 'usage', `there is no report of kind "${kind}"`, {
    hint: `end the report's file name in ${known.map((name) => `.${name}`).join(', ')}`,
  });
}

export function nothingScored(rows: number, reason: string | undefined): SamescoreError {
  return new SamescoreError(
    'parity/nothing-scored',
    'invalid',
    `neither model has a prediction for any of the ${rows} rows`,
    {
      ...(reason === undefined ? {} : { got: reason }),
      hint: 'look at the rows: samescore predict MODEL ROWS shows the error of each',
    },
  );
}
