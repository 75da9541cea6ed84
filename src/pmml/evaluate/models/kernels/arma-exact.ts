import type { ArmaProcess } from './arima.js';

type Arma = Omit<ArmaProcess, 'difference'>;

/** Orders beyond which the covariance of the first state is too much work, and cells beyond which a filter's is. */
const LARGEST_STATE = 150;
const MOST_CELLS = 1e9;
/** Moving averages whose rows are carried on one by one; longer ones count as settled. */
const LONGEST_ROW = 500;

/**
 * E(N(T+k) | N(T), …, N(1)): the exact finite-sample forecasts of a stationary process, by a Kalman filter that starts
 * from the stationary distribution. Undefined where the process is not stationary or its order is too large.
 */
export function exactForecast(process: Arma, noise: readonly number[], horizon: number): number[] | undefined {
  const size = Math.max(process.autoregressive.length - 1, process.movingAverage.length);
  if (size > LARGEST_STATE || size * size * noise.length > MOST_CELLS) return undefined;
  const phi = Array.from({ length: size }, (_, i) => -(process.autoregressive[i + 1] ?? 0));
  const theta = Array.from({ length: size }, (_, i) => process.movingAverage[i] ?? 0);
  const start = stationaryCovariance(phi, theta);
  if (start === undefined) return undefined;
  let covariance = start;
  let state = new Array<number>(size).fill(0);
  let steady = false;
  let gain: number[] = [];
  for (const value of noise) {
    if (!steady) {
      const variance = covariance[0]![0]!;
      gain = covariance.map((row) => row[0]! / variance);
      const filtered = covariance.map((row, i) => row.map((cell, j) => cell - gain[i]! * covariance[0]![j]!));
      const next = predictCovariance(filtered, phi, theta);
      steady = next.every((row, i) => row.every((cell, j) => Math.abs(cell - covariance[i]![j]!) < 1e-16));
      covariance = next;
    }
    const error = value - state[0]!;
    state = advance(
      state.map((cell, i) => cell + gain[i]! * error),
      phi,
    );
  }
  const forecasts: number[] = [];
  for (let h = 0; h < horizon; h++) {
    forecasts.push(state[0]!);
    state = advance(state, phi);
  }
  return forecasts;
}

/** The state after one more step: xᵢ ← φᵢ x₁ + xᵢ₊₁. */
export function advance(state: readonly number[], phi: readonly number[]): number[] {
  return state.map((_, i) => phi[i]! * state[0]! + (state[i + 1] ?? 0));
}

function predictCovariance(p: readonly (readonly number[])[], phi: readonly number[], theta: readonly number[]) {
  const size = phi.length;
  return phi.map((phiI, i) =>
    phi.map((phiJ, j) => {
      let cell = phiI * phiJ * p[0]![0]! + theta[i]! * theta[j]!;
      if (j + 1 < size) cell += phiI * p[0]![j + 1]!;
      if (i + 1 < size) cell += phiJ * p[i + 1]![0]!;
      if (i + 1 < size && j + 1 < size) cell += p[i + 1]![j + 1]!;
      return cell;
    }),
  );
}

/** Σ Fᵏ R Rᵀ Fᵏᵀ by doubling; undefined where the sum does not converge. */
function stationaryCovariance(phi: readonly number[], theta: readonly number[]): number[][] | undefined {
  const size = phi.length;
  let power: Float64Array[] = phi.map((value, i) => {
    const row = new Float64Array(size);
    row[0] = value;
    if (i + 1 < size) row[i + 1] = 1;
    return row;
  });
  let sum: Float64Array[] = theta.map((a) => Float64Array.from(theta, (b) => a * b));
  for (let round = 0; round < 40; round++) {
    const added = product(product(power, sum), turned(power));
    let largest = 0;
    let change = 0;
    sum = sum.map((row, i) => {
      return row.map((cell, j) => {
        change = Math.max(change, Math.abs(added[i]![j]!));
        largest = Math.max(largest, Math.abs(cell));
        return cell + added[i]![j]!;
      });
    });
    if (!Number.isFinite(change) || change > 1e12 * (largest + 1)) return undefined;
    if (change <= 1e-17 * largest) return sum.map((row) => [...row]);
    power = product(power, power);
  }
  return undefined;
}

function product(a: readonly Float64Array[], b: readonly Float64Array[]): Float64Array[] {
  return a.map((row) => {
    const out = new Float64Array(b.length);
    row.forEach((cell, k) => {
      if (cell === 0) return;
      const other = b[k]!;
      for (let j = 0; j < other.length; j++) out[j]! += cell * other[j]!;
    });
    return out;
  });
}

function turned(matrix: readonly Float64Array[]): Float64Array[] {
  return matrix.map((_, i) => Float64Array.from(matrix, (row) => row[i]!));
}

/** Where the innovations algorithm stood at the end of the series, each list in the order of time. */
export interface InnovationsState {
  /** N(t) − N̂(t) */
  readonly innovations: readonly number[];
  /** θ(n, 1), θ(n, 2), … by row n; the newest row predicted the last stored value. */
  readonly rows: readonly (readonly number[])[];
  /** Variance of each innovation, in units of the residual variance. */
  readonly variances: readonly number[];
}

/**
 * The innovations algorithm of an ARMA process, carried on: N̂(T+h) = Σ φᵢ N̂(T+h−i) + Σ θ(T+h−1, j)·innovation(T+h−j).
 * Without rows the moving average itself stands for them, to which they converge.
 */
export function innovationsForecast(
  process: Arma,
  noise: readonly number[],
  { innovations, rows, variances }: InnovationsState,
  horizon: number,
): number[] {
  const { autoregressive, movingAverage } = process;
  const q = movingAverage.length - 1;
  const carried = q <= LONGEST_ROW && rows.length >= q && variances.length >= q;
  const known = carried ? rows.slice(rows.length - q).map((row) => [...row]) : [];
  const nu = variances.slice(variances.length - q);
  const series = [...noise];
  const origin = noise.length;
  for (let h = 1; h <= horizon; h++) {
    let value = 0;
    for (let lag = 1; lag < autoregressive.length; lag++)
      value -= autoregressive[lag]! * (series[origin + h - 1 - lag] ?? 0);
    if (h <= q) {
      const row = known.length === q && q > 0 ? nextRow(movingAverage, known, nu) : movingAverage.slice(1);
      for (let j = h; j <= q; j++) value += row[j - 1]! * (innovations[innovations.length + h - 1 - j] ?? 0);
    }
    series.push(value);
  }
  return series.slice(origin);
}

/** The next row θ(n, ·) and variance of the innovations algorithm; both lists move on by one. */
function nextRow(movingAverage: readonly number[], rows: number[][], variances: number[]): number[] {
  const q = movingAverage.length - 1;
  const covariance = (lag: number) => {
    let sum = 0;
    for (let r = 0; r + lag <= q; r++) sum += movingAverage[r]! * movingAverage[r + lag]!;
    return sum;
  };
  const row = new Array<number>(q).fill(0);
  for (let lag = q; lag >= 1; lag--) {
    // k = n − lag; earlier ones are j = n − q … k − 1.
    let sum = covariance(lag);
    for (let far = q; far > lag; far--) {
      sum -= (rows[q - lag]![far - lag - 1] ?? 0) * row[far - 1]! * variances[q - far]!;
    }
    row[lag - 1] = sum / variances[q - lag]!;
  }
  let variance = covariance(0);
  for (let lag = 1; lag <= q; lag++) variance -= row[lag - 1]! ** 2 * variances[q - lag]!;
  rows.push(row);
  rows.shift();
  variances.push(variance);
  variances.shift();
  return row;
}
