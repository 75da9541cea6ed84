import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { SamescoreError } from '../../src/core/errors.js';
import { columnOf, type Table, tableOfText, type Value, valueAt } from '../../src/core/table.js';
import { PmmlEvaluator, pmmlScorer, readPmml } from '../../src/pmml/index.js';
import { bytesOf, pmml } from './build.js';
import { casesIn, matches, recordsOf } from './conformance-case.js';

const folder = join(fileURLToPath(new URL('../../', import.meta.url)), 'fixtures/conformance/pmml');

const model = pmml(
  '<DataField name="x" optype="continuous" dataType="double"><Interval closure="closedOpen" leftMargin="0" rightMargin="10"/></DataField><DataField name="c" optype="categorical" dataType="string"><Value value="p"/><Value value="q"/></DataField><DataField name="y" optype="categorical" dataType="integer"><Value value="0"/><Value value="1"/></DataField>',
  '<RegressionModel functionName="classification" normalizationMethod="logit"><MiningSchema><MiningField name="x" missingValueTreatment="returnInvalid"/><MiningField name="c"/><MiningField name="y" usageType="target"/></MiningSchema><Output><OutputField name="p1" feature="probability" value="1" dataType="double" optype="continuous"/></Output><RegressionTable intercept="0" targetCategory="1"><NumericPredictor name="x" coefficient="1"/></RegressionTable><RegressionTable intercept="0" targetCategory="0"/></RegressionModel>',
);

describe('the scorer', () => {
  test('says what goes in and what comes out', () => {
    expect(pmmlScorer(readPmml(bytesOf(model))).signature).toEqual({
      inputs: [
        {
          name: 'x',
          type: 'float64',
          shape: [],
          optional: false,
          intervals: [{ low: 0, lowOpen: false, high: 10, highOpen: true }],
        },
        { name: 'c', type: 'string', shape: [], optional: true, values: ['p', 'q'] },
      ],
      outputs: [
        { name: 'y', type: 'int64', shape: [], role: 'label' },
        { name: 'p1', type: 'float64', shape: [], role: 'probability', category: '1' },
      ],
    });
  });

  test('a row that fails is missing and has its error; the others are scored', () => {
    const { table, errors } = pmmlScorer(readPmml(bytesOf(model))).score(
      tableOfText(
        ['x', 'c'],
        [
          ['0', 'p'],
          ['11', 'p'],
          ['', 'p'],
          ['0', 'z'],
        ],
      ),
    );
    const { y, p1 } = Object.fromEntries(table.columns);
    expect([0, 1, 2, 3].map((row) => [valueAt(y!, row), valueAt(p1!, row)])).toEqual([
      [1n, 0.5],
      [null, null],
      [null, null],
      [null, null],
    ]);
    expect([...errors].map(([row, error]) => [row, error.code, error.place.field, error.place.row])).toEqual([
      [1, 'pmml/invalid-value', 'x', 2],
      [2, 'pmml/missing-value', 'x', 3],
      [3, 'pmml/invalid-value', 'c', 4],
    ]);
  });

  test('rows without any of the inputs are refused', () => {
    expect(() => pmmlScorer(readPmml(bytesOf(model))).score(tableOfText(['other'], [['1']]))).toThrow(SamescoreError);
  });

  const scored = casesIn(folder).filter(
    (name) => existsSync(join(folder, name, 'input.json')) || existsSync(join(folder, name, 'input.csv')),
  );

  test.each(scored)('%s: columns hold what records give', (name) => {
    const document = readPmml(readFileSync(join(folder, name, 'model.pmml')));
    const records = recordsOf(join(folder, name));
    const evaluator = new PmmlEvaluator(document);
    const names = [...new Set(records.flatMap((record) => Object.keys(record)))];
    const rows: Table = {
      length: records.length,
      columns: new Map(
        names.map((field) => [
          field,
          columnOf(
            'object',
            records.map((record) => (record[field] ?? null) as Value),
          ),
        ]),
      ),
    };
    const { table, errors } = pmmlScorer(document).score(rows);
    let comparisons = 0;
    records.forEach((record, row) => {
      let result: Record<string, unknown>;
      try {
        result = evaluator.evaluate(record);
      } catch {
        expect(errors.has(row)).toBe(true);
        comparisons++;
        return;
      }
      for (const [field, column] of table.columns) {
        const value = valueAt(column, row);
        const wanted = result[field === 'predictedValue' && !(field in result) ? '$predictedValue' : field] ?? null;
        const got = typeof value === 'bigint' ? Number(value) : value;
        expect(
          matches(wanted, got, 1e-7) || (Array.isArray(wanted) && JSON.stringify(wanted) === got),
          `${field}: ${JSON.stringify(wanted)} ${JSON.stringify(got)}`,
        ).toBe(true);
        comparisons++;
      }
    });
    expect(comparisons).toBeGreaterThan(0);
  });
});
