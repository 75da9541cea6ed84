/** An ARMA mean with a GARCH variance; coefficients run from the most recent lag, pasts in the order of time. */
export interface GarchModel {
  readonly constant: number;
  readonly ar: readonly number[];
  readonly ma: readonly number[];
  readonly varianceConstant: number;
  readonly residualSquareCoefficients: readonly number[];
  readonly varianceCoefficients: readonly number[];
  readonly series: readonly number[];
  readonly residuals: readonly number[];
  /** Residuals that the variance is driven by. */
  readonly shocks: readonly number[];
  readonly variances: readonly number[];
}

/** Means and variances of the next `horizon` values; a future squared residual counts as its variance. */
export function forecastGarch(model: GarchModel, horizon: number): { means: number[]; variances: number[] } {
  const series = [...model.series];
  const residuals = [...model.residuals];
  const squares = model.shocks.map((value) => value * value);
  const past = [...model.variances];
  const means: number[] = [];
  const variances: number[] = [];
  for (let h = 0; h < horizon; h++) {
    const mean = model.constant + lagged(model.ar, series) + lagged(model.ma, residuals);
    const variance =
      model.varianceConstant +
      lagged(model.residualSquareCoefficients, squares) +
      lagged(model.varianceCoefficients, past);
    means.push(mean);
    variances.push(variance);
    series.push(mean);
    residuals.push(0);
    squares.push(variance);
    past.push(variance);
  }
  return { means, variances };
}

/** Σ cᵢ x(t − i); what is not stored counts as zero. */
function lagged(coefficients: readonly number[], series: readonly number[]): number {
  let sum = 0;
  coefficients.forEach((coefficient, i) => {
    sum += coefficient * (series[series.length - 1 - i] ?? 0);
  });
  return sum;
}
