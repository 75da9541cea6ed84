export type CovarianceFunction = (x: readonly number[], z: readonly number[]) => number;

export interface CovarianceParameters {
  readonly gamma: number;
  /** One length scale for each field; a kernel with one scale repeats it. */
  readonly lambda: readonly number[];
  readonly degree: number;
}

/** Kernels of GaussianProcessModel by element name; the noise is added on the diagonal by the caller. */
export const COVARIANCE_FUNCTIONS: Readonly<Record<string, (parameters: CovarianceParameters) => CovarianceFunction>> =
  {
    RadialBasisKernel:
      ({ gamma, lambda }) =>
      (x, z) =>
        gamma * Math.exp(-0.5 * scaled(x, z, lambda, 2)),
    ARDSquaredExponentialKernel:
      ({ gamma, lambda }) =>
      (x, z) =>
        gamma * Math.exp(-0.5 * scaled(x, z, lambda, 2)),
    AbsoluteExponentialKernel:
      ({ gamma, lambda }) =>
      (x, z) =>
        gamma * Math.exp(-scaled(x, z, lambda, 1)),
    GeneralizedExponentialKernel:
      ({ gamma, lambda, degree }) =>
      (x, z) =>
        gamma * Math.exp(-scaled(x, z, lambda, degree)),
  };

/** Σ (|xᵢ − zᵢ| / λᵢ)ᵖ */
function scaled(x: readonly number[], z: readonly number[], lambda: readonly number[], power: number): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) {
    const distance = Math.abs(x[i]! - z[i]!) / (lambda[i] ?? lambda[lambda.length - 1] ?? 1);
    sum += power === 2 ? distance * distance : power === 1 ? distance : distance ** power;
  }
  return sum;
}
