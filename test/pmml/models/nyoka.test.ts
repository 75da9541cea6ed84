import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { evaluatorOf } from './document.js';

/** Documents written by nyoka 5.5.0; values by statsmodels 0.15.0 (forecasts) and scikit-learn (one-class machine). */
interface Written {
  readonly name: string;
  readonly pmml: string;
  readonly forecast?: readonly number[];
  readonly lower80?: readonly number[];
  readonly upper95?: readonly number[];
  readonly rows?: readonly Record<string, number>[];
  readonly scores?: readonly number[];
  readonly outliers?: readonly boolean[];
}

const written = readFileSync(join(import.meta.dirname, 'nyoka.ndjson'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Written);

describe('documents written by nyoka', () => {
  for (const { name, pmml, forecast, lower80, upper95 } of written) {
    if (forecast === undefined) continue;
    it(`${name}: forecast and intervals are those of statsmodels`, () => {
      const evaluator = evaluatorOf(pmml);
      const values = evaluator.forecast(forecast.length);
      forecast.forEach((wanted, i) => {
        const result = evaluator.evaluate({ h: i + 1 });
        expect(values[i]).toBeCloseTo(wanted, 10);
        expect(result.sales).toBeCloseTo(wanted, 10);
        expect(Number(result.conf_int_80_lower_sales)).toBeCloseTo(lower80![i]!, 10);
        expect(Number(result.conf_int_95_upper_sales)).toBeCloseTo(upper95![i]!, 10);
      });
    });
  }

  it('a one-class support vector machine scores as in scikit-learn', () => {
    const { pmml, rows, scores, outliers } = written.find(({ name }) => name === 'ocsvm')!;
    const evaluator = evaluatorOf(pmml);
    expect(rows!.length).toBe(10);
    rows!.forEach((row, i) => {
      const result = evaluator.evaluate(row);
      expect(result.anomalyScore).toBeCloseTo(scores![i]!, 12);
      expect(result.outlier).toBe(outliers![i]);
    });
  });
});
