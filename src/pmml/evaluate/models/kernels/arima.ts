/** Polynomial 1 − c₁B − c₂B² − … as its coefficients of B⁰, B¹, …; `step` is the period of a seasonal one. */
export function lagPolynomial(coefficients: readonly number[], step = 1): number[] {
  const polynomial = new Array<number>(coefficients.length * step + 1).fill(0);
  polynomial[0] = 1;
  coefficients.forEach((coefficient, i) => {
    polynomial[(i + 1) * step] = -coefficient;
  });
  return polynomial;
}

/** (1 − Bˢ)ᵈ */
export function differencePolynomial(order: number, step = 1): number[] {
  let polynomial = [1];
  for (let i = 0; i < order; i++) polynomial = multiplyPolynomials(polynomial, lagPolynomial([1], step));
  return polynomial;
}

export function multiplyPolynomials(a: readonly number[], b: readonly number[]): number[] {
  const product = new Array<number>(a.length + b.length - 1).fill(0);
  for (let i = 0; i < a.length; i++) {
    if (a[i] === 0) continue;
    for (let j = 0; j < b.length; j++) product[i + j]! += a[i]! * b[j]!;
  }
  return product;
}

/** φ(B)Φ(Bˢ)(1−B)ᵈ(1−Bˢ)ᴰ Zₜ = constant + θ(B)Θ(Bˢ) aₜ, the polynomials multiplied out. */
export interface ArimaProcess {
  /** φ(B)Φ(Bˢ) and the differences. */
  readonly autoregressive: readonly number[];
  /** θ(B)Θ(Bˢ); the specification writes θ(B) = 1 − θ₁B − …. */
  readonly movingAverage: readonly number[];
  readonly constant: number;
}

/**
 * Forecasts by the difference equation with future residuals at zero. `history` and `residuals` end at the
 * last observed time; what lies before them counts as zero.
 */
export function forecastArima(
  process: ArimaProcess,
  history: readonly number[],
  residuals: readonly number[],
  horizon: number,
): number[] {
  const { autoregressive, movingAverage, constant } = process;
  const series = [...history];
  const origin = history.length;
  const result: number[] = [];
  for (let h = 1; h <= horizon; h++) {
    let value = constant;
    for (let lag = 1; lag < autoregressive.length; lag++) {
      if (autoregressive[lag] !== 0) value -= autoregressive[lag]! * (series[origin + h - 1 - lag] ?? 0);
    }
    for (let lag = h; lag < movingAverage.length; lag++) {
      if (movingAverage[lag] !== 0) value += movingAverage[lag]! * (residuals[residuals.length + h - 1 - lag] ?? 0);
    }
    series.push(value);
    result.push(value);
  }
  return result;
}

/** Residuals of a conditional least squares fit: those before the first full set of lags count as zero. */
export function conditionalResiduals(process: ArimaProcess, series: readonly number[]): number[] {
  const { autoregressive, movingAverage, constant } = process;
  const residuals: number[] = [];
  for (let t = 0; t < series.length; t++) {
    if (t < autoregressive.length - 1) {
      residuals.push(0);
      continue;
    }
    let value = -constant;
    for (let lag = 0; lag < autoregressive.length; lag++) value += autoregressive[lag]! * series[t - lag]!;
    for (let lag = 1; lag < movingAverage.length && lag <= t; lag++) value -= movingAverage[lag]! * residuals[t - lag]!;
    residuals.push(value);
  }
  return residuals;
}

/** ψ weights of the process: the response to one shock, for the variance of a forecast. */
export function psiWeights({ autoregressive, movingAverage }: ArimaProcess, count: number): number[] {
  const psi: number[] = [];
  for (let j = 0; j < count; j++) {
    let value = movingAverage[j] ?? 0;
    for (let lag = 1; lag < autoregressive.length && lag <= j; lag++) value -= autoregressive[lag]! * psi[j - lag]!;
    psi.push(value);
  }
  return psi;
}

/** Level, trend and other effects of one outlier on the series, by OutlierEffect type. */
export function outlierEffect(
  type: string,
  elapsed: number,
  magnitude: number,
  damping: number,
  period: number,
  process: ArimaProcess,
): number {
  if (elapsed < 0) return 0;
  switch (type) {
    case 'additive':
      return elapsed === 0 ? magnitude : 0;
    case 'level':
      return magnitude;
    case 'transient':
      return magnitude * damping ** elapsed;
    case 'seasonalAdditive':
      return period > 0 && elapsed % period === 0 ? magnitude : 0;
    case 'trend':
      return magnitude * (elapsed + 1);
    default:
      return magnitude * (psiWeights(process, elapsed + 1)[elapsed] ?? 0);
  }
}
