import { bound, type Vector } from './body.js';
import type { Call, LibraryModule } from './function.js';

function dot(call: Call, code: number, x: Vector, y: Vector): number {
  if (x.length !== y.length) throw call.error(code);
  let sum = 0;
  for (let index = 0; index < x.length; index++) sum += x[index]! * y[index]!;
  return sum;
}

/** Kernels of support vector machines and Gaussian processes. */
export const KERNEL: LibraryModule = [
  {
    name: 'm.kernel.linear',
    signatures: ['(x: array of double, y: array of double) -> double'],
    doc: 'Dot product of x and y.',
    errors: { 23000: 'arrays must have same length' },
    bind: bound((call) => (x: Vector, y: Vector) => dot(call, 23000, x, y)),
  },
  {
    name: 'm.kernel.rbf',
    signatures: ['(x: array of double, y: array of double, gamma: double) -> double'],
    doc: 'Radial basis function exp(−gamma · |x − y|²).',
    errors: { 23010: 'arrays must have same length' },
    bind: bound((call) => (x: Vector, y: Vector, gamma: number) => {
      if (x.length !== y.length) throw call.error(23010);
      let sum = 0;
      for (let index = 0; index < x.length; index++) sum += (x[index]! - y[index]!) ** 2;
      return Math.exp(-gamma * sum);
    }),
  },
  {
    name: 'm.kernel.poly',
    signatures: [
      '(x: array of double, y: array of double, gamma: double, intercept: double, degree: double) -> double',
    ],
    doc: 'Polynomial kernel (gamma · x·y + intercept) to the power degree.',
    errors: { 23020: 'arrays must have same length' },
    bind: bound(
      (call) => (x: Vector, y: Vector, gamma: number, intercept: number, degree: number) =>
        (gamma * dot(call, 23020, x, y) + intercept) ** degree,
    ),
  },
  {
    name: 'm.kernel.sigmoid',
    signatures: ['(x: array of double, y: array of double, gamma: double, intercept: double) -> double'],
    doc: 'Hyperbolic tangent of gamma · x·y + intercept.',
    errors: { 23030: 'arrays must have same length' },
    bind: bound(
      (call) => (x: Vector, y: Vector, gamma: number, intercept: number) =>
        Math.tanh(gamma * dot(call, 23030, x, y) + intercept),
    ),
  },
];
