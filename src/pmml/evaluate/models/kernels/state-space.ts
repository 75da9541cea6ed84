import { dot, matrixProduct, matrixVector, type Rows, transpose } from './linear-algebra.js';

/** x(t+1) = F x(t) + intercept. */
export interface StateSpace {
  readonly state: readonly number[];
  /** The state is the one of the first forecast already; else it is the one of the last stored time. */
  readonly predicted: boolean;
  readonly transition: Rows;
  readonly stateIntercept: readonly number[];
  /** Covariances for the variance of a forecast; absent where the document has none. */
  readonly predictedCovariance?: Rows | undefined;
  readonly selectedCovariance?: Rows | undefined;
}

/** y(t) = H x(t) + intercept, one series. */
export interface Observation {
  readonly measurement: readonly number[];
  readonly intercept: number;
  readonly variance: number;
}

/** The next `horizon` values. */
export function forecastStateSpace(
  model: StateSpace,
  { measurement, intercept }: Observation,
  horizon: number,
): number[] {
  let state = [...model.state];
  const values: number[] = [];
  for (let h = 0; h < horizon; h++) {
    if (h > 0 || !model.predicted) {
      state = matrixVector(model.transition, state).map((value, i) => value + (model.stateIntercept[i] ?? 0));
    }
    values.push(dot(measurement, state) + intercept);
  }
  return values;
}

/** Variances of those values: H P H′ + the observation's, with P ← F P F′ + Q between steps. */
export function forecastVariances(
  model: StateSpace,
  { measurement, variance }: Observation,
  horizon: number,
): number[] | undefined {
  const { transition, predictedCovariance, selectedCovariance } = model;
  if (predictedCovariance === undefined) return undefined;
  const turned = transpose(transition);
  let covariance: Rows = predictedCovariance;
  const values: number[] = [];
  for (let h = 0; h < horizon; h++) {
    values.push(dot(measurement, matrixVector(covariance, measurement)) + variance);
    const moved = matrixProduct(matrixProduct(transition, covariance), turned);
    covariance = moved.map((row, i) => row.map((value, j) => value + (selectedCovariance?.[i]?.[j] ?? 0)));
  }
  return values;
}
