/** State and parameters of ExponentialSmoothing at the end of the stored series. */
export interface SmoothingState {
  readonly level: number;
  /** Of double_exponential and polynomial_exponential (Brown's second and third smoothed values). */
  readonly quadratic?: number | undefined;
  readonly cubic?: number | undefined;
  readonly alpha?: number | undefined;
  readonly trend?:
    | {
        readonly kind: string;
        readonly value: number;
        readonly phi: number;
        readonly gamma?: number | undefined;
        /** Coefficients of h, h², … of a polynomial_exponential trend. */
        readonly polynomial?: readonly number[] | undefined;
      }
    | undefined;
  readonly seasonality?:
    | {
        readonly kind: string;
        /** One factor a phase. */
        readonly factors: readonly number[];
        /** Index (from 1) of the factor that belongs to the last stored value; the next value takes the one after. */
        readonly phase: number;
        readonly delta?: number | undefined;
      }
    | undefined;
}

/** ŷ(t + h) without trend and season, by trend type. */
const TRENDS: Readonly<Record<string, (state: SmoothingState, h: number) => number>> = {
  additive: ({ level, trend }, h) => level + h * trend!.value,
  damped_additive: ({ level, trend }, h) => level + damped(trend!.phi, h) * trend!.value,
  multiplicative: ({ level, trend }, h) => level * trend!.value ** h,
  damped_multiplicative: ({ level, trend }, h) => level * trend!.value ** damped(trend!.phi, h),
  double_exponential: brownLinear,
  polynomial_exponential: brownQuadratic,
};

/** φ + φ² + … + φʰ */
function damped(phi: number, h: number): number {
  let sum = 0;
  let power = 1;
  for (let i = 0; i < h; i++) {
    power *= phi;
    sum += power;
  }
  return sum;
}

/** Brown's double smoothing: level and slope follow from the first and second smoothed values. */
function brownLinear(state: SmoothingState, h: number): number {
  const { level, quadratic, trend, alpha } = state;
  if (quadratic === undefined || alpha === undefined || alpha === 1) return level + h * (trend?.value ?? 0);
  return 2 * level - quadratic + h * (alpha / (1 - alpha)) * (level - quadratic);
}

/** Brown's triple smoothing with a quadratic in h, or the polynomial that the document holds. */
function brownQuadratic(state: SmoothingState, h: number): number {
  const { level: s1, quadratic: s2, cubic: s3, alpha, trend } = state;
  if (trend?.polynomial !== undefined) return trend.polynomial.reduce((sum, c, i) => sum + c * h ** (i + 1), s1);
  if (s2 === undefined || s3 === undefined || alpha === undefined || alpha === 1) return brownLinear(state, h);
  const beta = 1 - alpha;
  const a = 3 * s1 - 3 * s2 + s3;
  const b = (alpha / (2 * beta * beta)) * ((6 - 5 * alpha) * s1 - 2 * (5 - 4 * alpha) * s2 + (4 - 3 * alpha) * s3);
  const c = ((alpha * alpha) / (beta * beta)) * (s1 - 2 * s2 + s3);
  return a + b * h + 0.5 * c * h * h;
}

export const TREND_KINDS: ReadonlySet<string> = new Set(Object.keys(TRENDS));

/** The value `h` steps (from 1) after the stored state. */
export function forecastSmoothing(state: SmoothingState, h: number): number {
  const trend = state.trend === undefined ? state.level : TRENDS[state.trend.kind]!(state, h);
  const { seasonality } = state;
  if (seasonality === undefined || seasonality.factors.length === 0) return trend;
  const { factors, phase, kind } = seasonality;
  const factor = factors[(((phase - 1 + h) % factors.length) + factors.length) % factors.length]!;
  return kind === 'multiplicative' ? trend * factor : trend + factor;
}

/**
 * Variances of the next `horizon` values in units of the one-step variance: 1 + c₁² + … with cⱼ the effect of one error
 * j steps on. Only for additive trends and seasons with their smoothing parameters; else undefined.
 */
export function smoothingVariances(state: SmoothingState, horizon: number): number[] | undefined {
  const { alpha, trend, seasonality } = state;
  const additive = trend === undefined || trend.kind === 'additive' || trend.kind === 'damped_additive';
  if (alpha === undefined || !additive || (trend !== undefined && trend.gamma === undefined)) return undefined;
  if (seasonality !== undefined && (seasonality.kind !== 'additive' || seasonality.delta === undefined))
    return undefined;
  const period = seasonality?.factors.length ?? 0;
  const phi = trend?.kind === 'damped_additive' ? trend.phi : 1;
  const variances: number[] = [];
  let sum = 1;
  let power = 1;
  let damping = 0;
  for (let j = 1; j <= horizon; j++) {
    variances.push(sum);
    power *= phi;
    damping += power;
    const season = period > 0 && j % period === 0 ? seasonality!.delta! * (1 - alpha) : 0;
    sum += (alpha * (1 + (trend?.gamma ?? 0) * damping) + season) ** 2;
  }
  return variances;
}
