import { dot, matrixProduct, matrixVector, type Rows, transpose } from './linear-algebra.js';

/** x(t+1) = F x(t) (+ state intercept), y(t) = H x(t) (+ intercept); the state is that of the last stored time. */
export interface StateSpace {
  readonly state: readonly number[];
  readonly transition: Rows;
  readonly measurement: readonly number[];
  readonly stateIntercept: readonly number[];
  readonly observationIntercept: number;
  /** Covariances for the standard error of a forecast; absent where the document has none. */
  readonly predictedCovariance?: Rows | undefined;
  readonly selectedCovariance?: Rows | undefined;
  readonly observationVariance: number;
}

/** The next `horizon` values. */
export function forecastStateSpace(model: StateSpace, horizon: number): number[] {
  let state = [...model.state];
  const values: number[] = [];
  for (let h = 0; h < horizon; h++) {
    state = matrixVector(model.transition, state).map((value, i) => value + (model.stateIntercept[i] ?? 0));
    values.push(dot(model.measurement, state) + model.observationIntercept);
  }
  return values;
}

/** Variances of those values: H P H′ + observation variance, with P ← F P F′ + Q between steps. */
export function forecastVariances(model: StateSpace, horizon: number): number[] | undefined {
  const { transition, measurement, predictedCovariance, selectedCovariance } = model;
  if (predictedCovariance === undefined) return undefined;
  const turned = transpose(transition);
  let covariance: Rows = predictedCovariance;
  const values: number[] = [];
  for (let h = 0; h < horizon; h++) {
    values.push(dot(measurement, matrixVector(covariance, measurement)) + model.observationVariance);
    const moved = matrixProduct(matrixProduct(transition, covariance), turned);
    covariance = moved.map((row, i) => row.map((value, j) => value + (selectedCovariance?.[i]?.[j] ?? 0)));
  }
  return values;
}
