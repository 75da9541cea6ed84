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

/** φ(B)Φ(Bˢ) N = θ(B)Θ(Bˢ) a with N the differenced series less its mean and its regressors, multiplied out. */
export interface ArmaProcess {
  readonly autoregressive: readonly number[];
  /** Moving averages are added: 1 + θ₁B + …. */
  readonly movingAverage: readonly number[];
  /** (1−B)ᵈ(1−Bˢ)ᴰ */
  readonly difference: readonly number[];
}

/** The polynomial applied to a series; the first values, which lack a lag, are left out. */
export function applyPolynomial(polynomial: readonly number[], series: readonly number[]): number[] {
  const order = polynomial.length - 1;
  return series.slice(order).map((_, i) => {
    let sum = 0;
    for (let lag = 0; lag <= order; lag++)
      if (polynomial[lag] !== 0) sum += polynomial[lag]! * series[i + order - lag]!;
    return sum;
  });
}

/** Undoes a difference: the values that follow `history`, from their differences. */
export function integrate(
  difference: readonly number[],
  history: readonly number[],
  changes: readonly number[],
): number[] {
  const series = [...history];
  for (const change of changes) {
    let value = change;
    for (let lag = 1; lag < difference.length; lag++) {
      if (difference[lag] !== 0) value -= difference[lag]! * series[series.length - lag]!;
    }
    series.push(value);
  }
  return series.slice(history.length);
}

/**
 * Forecasts by the difference equation with future residuals at zero. `noise` and `residuals` end at the last
 * observed time; what lies before them counts as zero.
 */
export function forecastArma(
  { autoregressive, movingAverage }: Omit<ArmaProcess, 'difference'>,
  noise: readonly number[],
  residuals: readonly number[],
  horizon: number,
): number[] {
  const series = [...noise];
  const origin = noise.length;
  for (let h = 1; h <= horizon; h++) {
    let value = 0;
    for (let lag = 1; lag < autoregressive.length; lag++) {
      if (autoregressive[lag] !== 0) value -= autoregressive[lag]! * (series[origin + h - 1 - lag] ?? 0);
    }
    for (let lag = h; lag < movingAverage.length; lag++) {
      if (movingAverage[lag] !== 0) value += movingAverage[lag]! * (residuals[residuals.length + h - 1 - lag] ?? 0);
    }
    series.push(value);
  }
  return series.slice(origin);
}

/** Residuals of a conditional least squares fit: those before the first full set of lags count as zero. */
export function conditionalResiduals(
  { autoregressive, movingAverage }: Omit<ArmaProcess, 'difference'>,
  noise: readonly number[],
): number[] {
  const residuals: number[] = [];
  for (let t = 0; t < noise.length; t++) {
    if (t < autoregressive.length - 1) {
      residuals.push(0);
      continue;
    }
    let value = 0;
    for (let lag = 0; lag < autoregressive.length; lag++) value += autoregressive[lag]! * noise[t - lag]!;
    for (let lag = 1; lag < movingAverage.length && lag <= t; lag++) value -= movingAverage[lag]! * residuals[t - lag]!;
    residuals.push(value);
  }
  return residuals;
}

/** ψ weights of the integrated process: the response to one shock, for the variance of a forecast. */
export function psiWeights({ autoregressive, movingAverage, difference }: ArmaProcess, count: number): number[] {
  const whole = multiplyPolynomials(autoregressive, difference);
  const psi: number[] = [];
  for (let j = 0; j < count; j++) {
    let value = movingAverage[j] ?? 0;
    for (let lag = 1; lag < whole.length && lag <= j; lag++) value -= whole[lag]! * psi[j - lag]!;
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
  process: ArmaProcess,
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
