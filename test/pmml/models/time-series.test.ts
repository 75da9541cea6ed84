import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { evaluatorOf, pmml, realArray, schema } from './document.js';

interface Arima {
  readonly order: readonly [number, number, number];
  readonly seasonal: readonly [number, number, number, number];
  /** AR, MA, seasonal AR, seasonal MA and the variance. */
  readonly params: readonly number[];
  readonly residuals: readonly number[];
  readonly forecast: readonly number[];
}
interface Smoothing {
  readonly trend: 'add' | 'mul' | null;
  readonly damped: boolean;
  readonly seasonal: 'add' | 'mul' | null;
  readonly level: number;
  readonly slope: number | null;
  readonly season: readonly number[] | null;
  readonly forecast: readonly number[];
}
/** Forecasts of SARIMAX and ExponentialSmoothing with fixed parameters, by statsmodels 0.15.0. */
const statsmodels = JSON.parse(readFileSync(join(import.meta.dirname, 'statsmodels.ndjson'), 'utf8')) as {
  series: number[];
  arima: Arima[];
  smoothing: Smoothing[];
};

function forecast(bestFit: string, content: string, horizon: number): number[] {
  const series = statsmodels.series.map((value, i) => `<TimeValue index="${i + 1}" value="${value}"/>`).join('');
  const model = `<TimeSeriesModel functionName="timeSeries" bestFit="${bestFit}">${schema([], 't')}<TimeSeries usage="original">${series}</TimeSeries>${content}</TimeSeriesModel>`;
  return evaluatorOf(pmml({ t: 'double' }, model)).forecast(horizon);
}

function expectClose(actual: readonly number[], wanted: readonly number[], digits: number): void {
  expect(actual.length).toBe(wanted.length);
  actual.forEach((value, i) => {
    expect(Math.abs(value - wanted[i]!) / Math.abs(wanted[i]!), `step ${i + 1}: ${value}`).toBeLessThan(10 ** -digits);
  });
}

describe('ARIMA forecasts as statsmodels does', () => {
  for (const { order, seasonal, params, residuals, forecast: wanted } of statsmodels.arima) {
    it(`(${order})(${seasonal})`, () => {
      const rest = [...params];
      const take = (n: number) => rest.splice(0, n);
      const [p, d, q] = order;
      const [P, D, Q, period] = seasonal;
      const lists = { ar: take(p), ma: take(q), sar: take(P), sma: take(Q) };
      const ma = (coefficients: readonly number[]) =>
        coefficients.length === 0
          ? ''
          : `<MA><MACoefficients>${realArray(coefficients)}</MACoefficients><Residuals>${realArray(residuals)}</Residuals></MA>`;
      const ar = (coefficients: readonly number[]) =>
        coefficients.length === 0 ? '' : `<AR>${realArray(coefficients)}</AR>`;
      const seasonalPart =
        period === 0
          ? ''
          : `<SeasonalComponent P="${P}" D="${D}" Q="${Q}" period="${period}">${ar(lists.sar)}${ma(lists.sma)}</SeasonalComponent>`;
      const content = `<ARIMA constantTerm="0"><NonseasonalComponent p="${p}" d="${d}" q="${q}">${ar(lists.ar)}${ma(lists.ma)}</NonseasonalComponent>${seasonalPart}</ARIMA>`;
      // The filter of statsmodels starts from a diffuse state, of which a trace is left.
      expectClose(forecast('ARIMA', content, wanted.length), wanted, 9);
    });
  }
});

const TREND = { add: 'additive', mul: 'multiplicative' } as const;

describe('ExponentialSmoothing forecasts as statsmodels does', () => {
  for (const entry of statsmodels.smoothing) {
    it(`trend ${entry.trend}${entry.damped ? ' damped' : ''}, season ${entry.seasonal}`, () => {
      const trend =
        entry.trend === null
          ? ''
          : `<Trend_ExpoSmooth trend="${entry.damped ? 'damped_' : ''}${TREND[entry.trend]}" phi="0.9" smoothedValue="${entry.slope}"/>`;
      const season =
        entry.seasonal === null
          ? ''
          : `<Seasonality_ExpoSmooth type="${TREND[entry.seasonal]}" period="4">${realArray(entry.season!)}</Seasonality_ExpoSmooth>`;
      const content = `<ExponentialSmoothing><Level alpha="0.4" smoothedValue="${entry.level}"/>${trend}${season}</ExponentialSmoothing>`;
      const values = forecast('ExponentialSmoothing', content, 6);
      // statsmodels does not show the season of the last observation, which the fourth step takes.
      const shown = (list: readonly number[]) => list.filter((_, i) => entry.seasonal === null || i !== 3);
      expectClose(shown(values), shown(entry.forecast), 12);
    });
  }

  it('damps a multiplicative trend by the sum of the powers of phi', () => {
    const content =
      '<ExponentialSmoothing><Level smoothedValue="100"/><Trend_ExpoSmooth trend="damped_multiplicative" phi="0.5" smoothedValue="1.1"/></ExponentialSmoothing>';
    expectClose(forecast('ExponentialSmoothing', content, 2), [100 * 1.1 ** 0.5, 100 * 1.1 ** 0.75], 14);
  });

  it('has variances for additive errors: RMSE²(1 + c₁² + …) with cⱼ = α(1 + jγ)', () => {
    const smoothing = (trend: string) =>
      `<TimeSeriesModel functionName="timeSeries" bestFit="ExponentialSmoothing">${schema(['h'], 't')}<ExponentialSmoothing RMSE="2"><Level alpha="0.5" smoothedValue="3"/><Trend_ExpoSmooth gamma="0.2" smoothedValue="1" trend="${trend}"/></ExponentialSmoothing></TimeSeriesModel>`;
    const additive = evaluatorOf(pmml({ t: 'double', h: 'double' }, smoothing('additive')));
    expect(additive.evaluate({ h: 1 }).$variance).toBe(4);
    expect(additive.evaluate({ h: 3 }).$variance).toBeCloseTo(4 * (1 + 0.6 ** 2 + 0.7 ** 2), 12);
    const multiplicative = evaluatorOf(pmml({ t: 'double', h: 'double' }, smoothing('multiplicative')));
    expect(multiplicative.evaluate({ h: 1 }).$variance).toBeUndefined();
  });

  it('follows the polynomial of a polynomial_exponential trend', () => {
    const content =
      '<ExponentialSmoothing><Level smoothedValue="10"/><Trend_ExpoSmooth trend="polynomial_exponential"><Array type="real" n="2">2 0.5</Array></Trend_ExpoSmooth></ExponentialSmoothing>';
    // 10 + 2h + h²/2
    expect(forecast('ExponentialSmoothing', content, 3)).toEqual([12.5, 16, 20.5]);
  });

  it('turns a transformation of the series round', () => {
    const level = (name: string) =>
      `<ExponentialSmoothing transformation="${name}"><Level smoothedValue="3"/></ExponentialSmoothing>`;
    expect(forecast('ExponentialSmoothing', level('squareroot'), 1)).toEqual([9]);
    expect(forecast('ExponentialSmoothing', level('logarithmic'), 1)).toEqual([Math.exp(3)]);
  });

  it('continues the seasons after the stored phase', () => {
    const content =
      '<ExponentialSmoothing><Level smoothedValue="10"/><Seasonality_ExpoSmooth type="additive" period="3" phase="1"><Array type="real" n="3">1 2 3</Array></Seasonality_ExpoSmooth></ExponentialSmoothing>';
    expect(forecast('ExponentialSmoothing', content, 4)).toEqual([12, 13, 11, 12]);
  });
});

describe('GARCH', () => {
  it('moves the variance on by its own recursion', () => {
    const model = `<TimeSeriesModel functionName="timeSeries" bestFit="GARCH">${schema([], 't')}<Output><OutputField name="sd" optype="continuous" dataType="double" feature="standardDeviation"/></Output><TimeSeries><TimeValue index="1" value="2"/></TimeSeries><GARCH><ARMAPart constant="0.5" p="1" q="1"><AR>${realArray([0.4])}</AR><MA><MACoefficients>${realArray([0.2])}</MACoefficients><Residuals>${realArray([1.5])}</Residuals></MA></ARMAPart><GARCHPart constant="0.1" gp="1" gq="1"><ResidualSquareCoefficients><Residuals>${realArray([1.5])}</Residuals><MACoefficients>${realArray([0.2])}</MACoefficients></ResidualSquareCoefficients><VarianceCoefficients><PastVariances>${realArray([0.8])}</PastVariances><MACoefficients>${realArray([0.7])}</MACoefficients></VarianceCoefficients></GARCHPart></GARCH></TimeSeriesModel>`;
    const evaluator = evaluatorOf(pmml({ t: 'double' }, model));
    // 0.5 + 0.4·2 + 0.2·1.5, then 0.5 + 0.4·1.6; the first variance is 0.1 + 0.2·2.25 + 0.7·0.8 = 1.11.
    const [first, second] = evaluator.forecast(2);
    expect(first).toBeCloseTo(1.6, 12);
    expect(second).toBeCloseTo(1.14, 12);
    expect(evaluator.evaluate({}).sd).toBeCloseTo(Math.sqrt(1.11), 12);
  });
});

describe('a time series without content', () => {
  it('is refused with the name of the algorithm', () => {
    expect(() => forecast('SpectralAnalysis', '<SpectralAnalysis/>', 1)).toThrow(
      'PMML defines no content for SpectralAnalysis',
    );
  });
});
