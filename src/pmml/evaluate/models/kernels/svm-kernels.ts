import { dot } from './linear-algebra.js';

export type SvmKernel = (x: readonly number[], z: readonly number[]) => number;

export interface SvmKernelParameters {
  readonly gamma: number;
  readonly coef0: number;
  readonly degree: number;
}

/** Kernels of SupportVectorMachineModel by element name. */
export const SVM_KERNELS: Readonly<Record<string, (parameters: SvmKernelParameters) => SvmKernel>> = {
  LinearKernelType: () => dot,
  PolynomialKernelType:
    ({ gamma, coef0, degree }) =>
    (x, z) =>
      (gamma * dot(x, z) + coef0) ** degree,
  RadialBasisKernelType:
    ({ gamma }) =>
    (x, z) => {
      let sum = 0;
      for (let i = 0; i < x.length; i++) {
        const difference = x[i]! - z[i]!;
        sum += difference * difference;
      }
      return Math.exp(-gamma * sum);
    },
  SigmoidKernelType:
    ({ gamma, coef0 }) =>
    (x, z) =>
      Math.tanh(gamma * dot(x, z) + coef0),
};
