import { bindColumns } from './core/bind.js';
import { SamescoreError } from './core/errors.js';
import { recordAt } from './core/table.js';
import { asTable, type Model, type Rows } from './model.js';
import type { PmmlDocument } from './pmml/document.js';
import { PmmlEvaluator } from './pmml/evaluator.js';

/** What is said of a row, or why nothing can be. */
export type Detail = { readonly row: number } & ({ readonly value: unknown } | { readonly error: SamescoreError });

function* detailsOf(
  model: Model,
  rows: Rows,
  say: (evaluator: PmmlEvaluator, record: Record<string, unknown>) => unknown,
): Generator<Detail> {
  const table = bindColumns(asTable(rows), model.signature.inputs);
  const evaluator = new PmmlEvaluator(model.document as PmmlDocument);
  for (let row = 0; row < table.length; row++) {
    try {
      yield { row, value: say(evaluator, recordAt(table, row)) };
    } catch (error) {
      if (!(error instanceof SamescoreError)) throw error;
      yield { row, error };
    }
  }
}

/**
 * Everything that PMML says of each row: targets and outputs by name, lists and reason codes among them, and the results
 * that a document need not name (`$probability:X`, `$entityId`, …). Undefined for formats whose columns say it all.
 */
export function recordsOf(model: Model, rows: Rows): Generator<Detail> | undefined {
  return model.format === 'pmml'
    ? detailsOf(model, rows, (evaluator, record) => evaluator.evaluate(record))
    : undefined;
}

/**
 * How each prediction came about: tree nodes, winning rules, partial scores, neighbours, contributing terms.
 * Raises explain/not-pmml for other formats.
 */
export function explain(model: Model, rows: Rows): Generator<Detail> {
  if (model.format === 'pmml') return detailsOf(model, rows, (evaluator, record) => evaluator.explain(record));
  throw new SamescoreError('explain/not-pmml', 'unsupported', 'only predictions of PMML documents are explained', {
    place: { file: model.name },
    hint: 'convert the model to PMML and explain that: samescore convert MODEL model.pmml',
  });
}
