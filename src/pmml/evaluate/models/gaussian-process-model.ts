import type { Element } from '../../../wire/xml/document.js';
import { invalidDocument, missingElement, unsupported } from '../../errors.js';
import { arrayChild, arrayNumbers } from '../arrays.js';
import { numberAttribute, requiredChild } from '../attributes.js';
import type { Frame, ModelCompiler } from '../model.js';
import { NO_RESULT } from '../model.js';
import { numberOf, parseNumber } from '../values.js';
import { numbersOf } from './field-values.js';
import { COVARIANCE_FUNCTIONS, type CovarianceFunction } from './kernels/gaussian-process-kernels.js';
import { backSubstitute, cholesky, dot, forwardSubstitute, type Triangle } from './kernels/linear-algebra.js';
import { trainingPoints } from './training-points.js';
import { readTrainingInstances } from './training-table.js';

/** The covariance of n rows takes n² numbers and n³ / 6 multiplications. */
const MOST_ROWS = 5000;

interface Fitted {
  readonly points: readonly (readonly number[])[];
  readonly lower: Triangle;
  /** K⁻¹ y */
  readonly weights: readonly number[];
}

/** GaussianProcessModel: the mean kᵀK⁻¹y, and the variance k(x, x) + noise − kᵀK⁻¹k. */
export const compileGaussianProcessModel: ModelCompiler = (element, scope) => {
  const instances = requiredChild(element, 'TrainingInstances');
  const table = readTrainingInstances(instances);
  const targetName = scope.targetNames[0] ?? table.fields.find((name) => !scope.activeNames.includes(name));
  if (targetName === undefined) throw missingElement(element, 'MiningField');
  const inputs = table.fields.filter((name) => name !== targetName);
  const fields = (inputs.length > 0 ? inputs : [...scope.activeNames]).map((name) => scope.field(name, instances));
  const { kernel, noise } = readKernel(element, fields.length);
  const targets = table.rows.map((row) => {
    const value = parseNumber(row.get(targetName) ?? '');
    if (value === undefined) throw invalidDocument(`a training row lacks a number for ${targetName}`, instances);
    return value;
  });
  if (table.rows.length > MOST_ROWS)
    throw unsupported(instances, `more than ${MOST_ROWS} training rows are not supported`);
  let fitted: Fitted | undefined;
  const factorise = (frame: Frame): Fitted => {
    const points = trainingPoints(fields, table, frame).map((point) =>
      point.map((value) => {
        const number = numberOf(value);
        if (number === undefined) throw invalidDocument('a training row lacks a number', instances);
        return number;
      }),
    );
    const covariance = points.map((x, i) => points.slice(0, i + 1).map((z, j) => kernel(x, z) + (i === j ? noise : 0)));
    const lower = cholesky(covariance);
    if (lower === undefined) throw invalidDocument('the covariance of the training rows is singular', instances);
    return { points, lower, weights: backSubstitute(lower, forwardSubstitute(lower, targets)) };
  };
  return (frame) => {
    const x = numbersOf(fields, frame);
    if (x === undefined) return NO_RESULT;
    fitted ??= factorise(frame);
    const { points, lower, weights } = fitted;
    const covariances = points.map((point) => kernel(x, point));
    const half = forwardSubstitute(lower, covariances);
    const variance = kernel(x, x) + noise - dot(half, half);
    const standardDeviation = Math.sqrt(Math.max(variance, 0));
    return {
      value: dot(covariances, weights),
      variance,
      standardDeviation,
      standardError: standardDeviation,
      explain: () => ({ covariances }),
    };
  };
};

function readKernel(element: Element, fields: number): { kernel: CovarianceFunction; noise: number } {
  const child = element.children().find((candidate) => Object.hasOwn(COVARIANCE_FUNCTIONS, candidate.name));
  if (child === undefined) throw missingElement(element, 'RadialBasisKernel');
  const list = child.child('Lambda');
  const array = list === undefined ? undefined : arrayChild(list);
  const lambda = array === undefined ? [numberAttribute(child, 'lambda', 1)] : [...arrayNumbers(array)];
  if (array !== undefined && lambda.length !== fields) {
    throw invalidDocument(`there are ${lambda.length} length scales for ${fields} fields`, array);
  }
  return {
    kernel: COVARIANCE_FUNCTIONS[child.name]!({
      gamma: numberAttribute(child, 'gamma', 1),
      lambda,
      degree: numberAttribute(child, 'degree', 1),
    }),
    noise: numberAttribute(child, 'noiseVariance', 1),
  };
}
