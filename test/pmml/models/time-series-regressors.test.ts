import { describe, expect, it } from 'vitest';
import { evaluatorOf, pmml, realArray, schema } from './document.js';

const values = (list: readonly number[], from = 1) =>
  list.map((value, i) => `<TimeValue index="${from + i}" value="${value}"/>`).join('');

/** One series y and one algorithm; `before` stands in front of the algorithm. */
function series(bestFit: string, content: string, y: readonly number[], active: readonly string[] = [], before = '') {
  const stored = y.length === 0 ? '' : `<TimeSeries>${values(y)}</TimeSeries>`;
  const fields = Object.fromEntries(['y', ...active].map((name) => [name, 'double' as const]));
  return evaluatorOf(
    pmml(
      fields,
      `<TimeSeriesModel functionName="timeSeries" bestFit="${bestFit}">${schema(active, 'y')}${before}${stored}${content}</TimeSeriesModel>`,
    ),
  );
}

const AR = (phi: number) =>
  `<NonseasonalComponent p="1" d="0" q="0"><AR>${realArray([phi])}</AR></NonseasonalComponent>`;
const numerator = (list: readonly number[], attributes = '') =>
  `<Numerator><NonseasonalFactor ${attributes} maximumOrder="${list.length - 1}">${realArray(list)}</NonseasonalFactor></Numerator>`;
const regressor = (attributes: string, content: string) =>
  `<DynamicRegressor field="x" ${attributes}>${content}</DynamicRegressor>`;
const past = (list: readonly number[], more = '') =>
  `<RegressorValues><TimeSeries>${values(list)}</TimeSeries>${more}</RegressorValues>`;

describe('dynamic regressors of an ARIMA', () => {
  const arima = (content: string, y: readonly number[], active: readonly string[] = []) =>
    series('ARIMA', `<ARIMA constantTerm="1">${content}</ARIMA>`, y, active);

  it('add to the mean, and the noise is what they leave', () => {
    // y = 1 + 2x + N; N was 7 − 1 − 2·2 = 2 and halves: 1 + 2·3 + 1, 1 + 2·5 + 0.5
    const content = AR(0.5) + regressor('futureValuesMethod="stored"', numerator([2]) + past([1, 2, 3, 5]));
    expect(arima(content, [4, 7]).forecast(2)).toEqual([8, 11.5]);
  });

  it('take their last value on by default', () => {
    const content = AR(0) + regressor('', numerator([2]) + past([1, 4]));
    expect(arima(content, [4, 7]).forecast(2)).toEqual([9, 9]);
  });

  it('follow a trend in the index of time', () => {
    // 3 + 2t at t = 3, 4
    const trend =
      '<TrendCoefficients><REAL-SparseArray n="2"><Indices>1 2</Indices><REAL-Entries>3 2</REAL-Entries></REAL-SparseArray></TrendCoefficients>';
    const content = AR(0) + regressor('futureValuesMethod="trend"', numerator([1]) + past([1, 4], trend));
    expect(arima(content, [4, 7]).forecast(2)).toEqual([10, 12]);
  });

  it('are delayed, transformed and lagged: ω₀ − ω₁B over 1 − δB', () => {
    // √x is 1 2 3; with a delay of 1 the numerator gives 2·√x(t−1) − (−1)·√x(t−2): 2·3 + 2 = 8, and half of the last 5
    const content =
      AR(0) +
      regressor(
        'delay="1" transformation="squareroot"',
        `${numerator([2, -1])}<Denominator><NonseasonalFactor maximumOrder="1">${realArray([0.5])}</NonseasonalFactor></Denominator>${past([1, 4, 9], `<TransferFunctionValues>${realArray([5])}</TransferFunctionValues>`)}`,
      );
    // step 2: 2·3 + 3 = 9 (the last value goes on) and half of 10.5
    expect(arima(content, [0, 0, 0]).forecast(2)).toEqual([1 + 10.5, 1 + 9 + 5.25]);
  });

  it('are differenced with the series', () => {
    // Δy = 1 + 2Δx: x goes 3 → 4 → 7
    const content = `<NonseasonalComponent d="1"/>${regressor('futureValuesMethod="stored"', numerator([2], 'difference="1"') + past([1, 3, 4, 7]))}`;
    expect(arima(content, [10, 20]).forecast(2)).toEqual([23, 30]);
  });

  it('come with the record: a list for the steps ahead, or one number for all of them', () => {
    const content = AR(0) + regressor('futureValuesMethod="userSupplied"', numerator([2]) + past([1, 2]));
    const evaluator = arima(content, [4, 7], ['h', 'x']);
    expect(evaluator.evaluate({ h: 2, x: [10, 20] }).y).toBe(41);
    expect(evaluator.evaluate({ h: 1, x: [10, 20] }).y).toBe(21);
    expect(evaluator.evaluate({ h: 2, x: 10 }).y).toBe(21);
  });

  it('say which future values are missing', () => {
    const content = (method: string) =>
      AR(0) + regressor(`futureValuesMethod="${method}"`, numerator([2]) + past([1, 2, 3]));
    expect(() => arima(content('userSupplied'), [1, 2, 3], ['x']).forecast(1)).toThrow(
      'the forecast needs the future values of x: give them in the record, as a list',
    );
    expect(() => arima(content('userSupplied'), [1, 2, 3], ['h', 'x']).evaluate({ h: 3, x: [1, 2] })).toThrow(
      'the forecast needs 3 future values of x, and the record gives 2',
    );
    expect(() => arima(content('stored'), [1, 2], []).forecast(2)).toThrow(
      'the forecast needs 2 future values of x, and RegressorValues stores 1',
    );
    expect(() => arima(content('trend'), [1, 2, 3]).forecast(1)).toThrow('there are no TrendCoefficients');
    const seasonal = '<Numerator><SeasonalFactor difference="1"/></Numerator>';
    expect(() => arima(AR(0) + regressor('', seasonal + past([1])), [1])).toThrow('a SeasonalFactor needs a period');
  });
});

function arrays(list: readonly (readonly number[])[]): string {
  return `<Matrix nbRows="${list.length}" nbCols="${list[0]!.length}">${list.map(realArray).join('')}</Matrix>`;
}

describe('state spaces', () => {
  const level = `<StateVector>${realArray([10])}</StateVector><TransitionMatrix>${arrays([[1]])}</TransitionMatrix><MeasurementMatrix>${arrays([[1]])}</MeasurementMatrix>`;

  it('add regressors to what is observed', () => {
    const content = `<StateSpaceModel intercept="1">${level}${regressor('futureValuesMethod="stored"', numerator([3]) + past([9, 1, 2]))}</StateSpaceModel>`;
    expect(series('StateSpaceModel', content, [8]).forecast(2)).toEqual([14, 17]);
  });

  it('take variances from ψ weights: σ²(1 + ψ₁² + …)', () => {
    for (const psi of [
      [1, 0.5, 0.25],
      [0.5, 0.25],
    ]) {
      const content = `<StateSpaceModel>${level}<PsiVector variance="4">${realArray(psi)}</PsiVector></StateSpaceModel>`;
      const evaluator = series('StateSpaceModel', content, [8], ['h']);
      expect(evaluator.evaluate({ h: 1 }).$variance).toBe(4);
      expect(evaluator.evaluate({ h: 3 }).$variance).toBe(4 * (1 + 0.25 + 0.0625));
      expect(evaluator.evaluate({ h: 4 }).$variance).toBeUndefined();
    }
  });
});

describe('exact least squares', () => {
  const arma = (content: string, y: readonly number[]) =>
    series(
      'ARIMA',
      `<ARIMA predictionMethod="exactLeastSquares"><NonseasonalComponent p="1" q="1"><AR>${realArray([0.5])}</AR><MA><MACoefficients>${realArray([0.4])}</MACoefficients></MA></NonseasonalComponent>${content}</ARIMA>`,
      y,
    );

  it('is the best linear forecast from the values themselves', () => {
    // γ₀ = (1 + 2·0.5·0.4 + 0.16) / 0.75 = 2.08, γ₁ = 0.5·γ₀ + 0.4 = 1.44, γ₂ = 0.72; from 3 and 5:
    // [a b] = [0.72 1.44] Γ⁻¹ with Γ = [2.08 1.44; 1.44 2.08]
    const determinant = 2.08 ** 2 - 1.44 ** 2;
    const older = (0.72 * 2.08 - 1.44 * 1.44) / determinant;
    const newer = (1.44 * 2.08 - 0.72 * 1.44) / determinant;
    const first = older * 3 + newer * 5;
    const [one, two] = arma('', [3, 5]).forecast(2);
    expect(one).toBeCloseTo(first, 12);
    expect(two).toBeCloseTo(0.5 * first, 12);
  });

  it('goes on from the stored state', () => {
    const kalman = (content: string) =>
      `<MaximumLikelihoodStat method="kalman"><KalmanState><FinalOmega>${arrays([[0]])}</FinalOmega>${content}</KalmanState></MaximumLikelihoodStat>`;
    // One value is the next forecast; two are the filter's: 8, then 0.5·8 + 1.
    expect(arma(kalman(`<FinalStateVector>${realArray([8])}</FinalStateVector>`), [3, 5]).forecast(2)).toEqual([8, 4]);
    const two = kalman(`<FinalStateVector>${realArray([8, 1])}</FinalStateVector>`);
    expect(arma(two, [3, 5]).forecast(3)).toEqual([8, 5, 2.5]);
    // It begins with the last value: the state of the last stored time.
    const filtered = kalman(`<FinalStateVector>${realArray([5, 1])}</FinalStateVector>`);
    expect(arma(filtered, [3, 5]).forecast(2)).toEqual([3.5, 1.75]);
    expect(() => arma(kalman(`<FinalStateVector>${realArray([1, 2, 3])}</FinalStateVector>`), [3, 5])).toThrow(
      'the state has 3 values, and the process needs 1 or 2',
    );
  });

  it('goes on with the innovations algorithm', () => {
    // θ(n) = 0.4 / v(n−1) with v(n) = 1.16 − θ(n)² v(n−1): from v = 1.1
    const theta = `<MaximumLikelihoodStat method="thetaRecursion"><ThetaRecursionState><FinalNoise>${realArray([5])}</FinalNoise><FinalPredictedNoise>${realArray([4])}</FinalPredictedNoise><FinalTheta><Theta i="1" j="1" theta="0.3"/></FinalTheta><FinalNu>${realArray([1.1])}</FinalNu></ThetaRecursionState></MaximumLikelihoodStat>`;
    const [one, two] = arma(theta, [3, 5]).forecast(2);
    expect(one).toBeCloseTo(0.5 * 5 + (0.4 / 1.1) * 1, 12);
    expect(two).toBeCloseTo(0.5 * one!, 12);
  });
});

describe('algorithms that PMML leaves empty', () => {
  const stored =
    '<TimeSeries usage="prediction"><TimeValue index="2" value="5"/><TimeValue index="3" value="6"/><TimeValue index="4" value="7"/></TimeSeries>';

  it('give the predictions that the document stores, after the end of the series', () => {
    const evaluator = series('SpectralAnalysis', '<SpectralAnalysis/>', [1, 2], [], stored);
    expect(evaluator.forecast(2)).toEqual([6, 7]);
    expect(evaluator.evaluate({}).y).toBe(6);
    expect(() => evaluator.forecast(3)).toThrow('the document stores 2 predictions, asked were 3');
  });

  it('else are refused, and name what else the document holds', () => {
    const both = '<ARIMA/><SeasonalTrendDecomposition/>';
    expect(() => series('SeasonalTrendDecomposition', both, [1]).forecast(1)).toThrow(
      'PMML defines no content for SeasonalTrendDecomposition, so that nothing can be forecast: the model also holds ARIMA, which bestFit may name',
    );
  });
});

describe('a series that is too short', () => {
  it('for its differences is refused', () => {
    const content = '<ARIMA><NonseasonalComponent d="2"/></ARIMA>';
    expect(() => series('ARIMA', content, [1]).forecast(1)).toThrow(
      'the differences need 2 values of the series, it has 1',
    );
  });
});

describe('a field of usage "order"', () => {
  it('counts on from the index of the last stored value', () => {
    const fields =
      '<MiningSchema><MiningField name="y" usageType="target"/><MiningField name="t" usageType="order"/></MiningSchema>';
    const content =
      '<ExponentialSmoothing><Level smoothedValue="100"/><Trend_ExpoSmooth smoothedValue="5"/></ExponentialSmoothing>';
    const model = `<TimeSeriesModel functionName="timeSeries" bestFit="ExponentialSmoothing">${fields}<TimeSeries>${values([1, 2], 23)}</TimeSeries>${content}</TimeSeriesModel>`;
    const evaluator = evaluatorOf(pmml({ y: 'double', t: 'double' }, model));
    expect(evaluator.evaluate({ t: 25 }).y).toBe(105);
    expect(evaluator.evaluate({ t: 28 }).y).toBe(120);
    expect(evaluator.evaluate({}).y).toBe(105);
    expect(evaluator.evaluate({ t: 24 }).y).toBeNull();
  });
});
