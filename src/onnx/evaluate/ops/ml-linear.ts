import { badAttribute } from '../../errors.js';
import {
  expf,
  fmaf,
  logisticf,
  logisticVector,
  probitf,
  softmaxVector,
  sumOfLanes,
  tanhVector,
} from '../float-math.js';
import { type Inputs, type Kernels, type NodeContext, tensorAt } from '../kernel.js';
import { type NumberArray, newTensor, type Tensor } from '../tensor.js';
import { type PostTransform, pairOfScores, postTransform, transformScores } from './ml-scores.js';
import { asFloats, classLabels, labelTensor, type Matrix, matrixOf } from './ml-tensors.js';

const { fround } = Math;

type Reduction = (lanes: Float32Array) => number;

/** Four targets at once: each half of the lanes in order. */
const sumOfHalves: Reduction = (lanes) => {
  const half = (i: number): number => fround(fround(fround(lanes[i]! + lanes[i + 1]!) + lanes[i + 2]!) + lanes[i + 3]!);
  return fround(half(0) + half(4));
};

/** Two targets at once: even lanes, then odd ones. */
const sumOfParities: Reduction = (lanes) => {
  const parity = (i: number): number =>
    fround(fround(lanes[i]! + lanes[i + 2]!) + fround(lanes[i + 4]! + lanes[i + 6]!));
  return fround(parity(0) + parity(1));
};

/** The engine takes the targets of a single row four at a time, then two, then one. */
function reductionOf(target: number, targets: number): Reduction {
  const fours = targets - (targets % 4);
  if (target < fours) return sumOfHalves;
  return target < fours + 2 && targets - fours >= 2 ? sumOfParities : sumOfLanes;
}

/** A dot product as the engine forms it for a single row: rounded products in eight lanes, the lanes added at the end. */
function laneProduct(a: ArrayLike<number>, b: Float32Array, from: number, count: number, reduce: Reduction): number {
  const lanes = new Float32Array(8);
  for (let k = 0; k < count; k++) lanes[k % 8] = lanes[k % 8]! + fround(a[k]! * b[from + k]!);
  return reduce(lanes);
}

/**
 * Along how many features the engine adds up before it adds to the result: 128, and twice as many each time that the
 * targets fit in half of 128 columns, down to 16 columns.
 */
function featureBlock(targets: number, features: number): number {
  let [columns, block] = [128, 128];
  if (targets < features)
    while (columns > 16 && columns / 2 >= targets) {
      columns /= 2;
      block *= 2;
    }
  return block;
}

/** Each row's dot product with each row of `weights`, fused in order within a block of features, on top of a bias. */
function affine(
  input: Matrix,
  weights: Float32Array,
  targets: number,
  alpha: number,
  bias: (target: number) => number,
): Float32Array {
  const { rows, columns, values } = input;
  if (weights.length < targets * columns) {
    throw badAttribute('coefficients', 'the list does not fit the input', {
      expected: `${targets * columns} entries`,
      got: String(weights.length),
    });
  }
  const out = new Float32Array(rows * targets);
  const alone = rows === 1 && alpha === 1;
  const block = featureBlock(targets, columns);
  for (let row = 0; row < rows; row++) {
    for (let target = 0; target < targets; target++) {
      if (alone) {
        out[target] =
          laneProduct(values, weights, target * columns, columns, reductionOf(target, targets)) + bias(target);
        continue;
      }
      let total = bias(target);
      for (let start = 0; start < columns; start += block) {
        let sum = 0;
        const end = Math.min(columns, start + block);
        for (let k = start; k < end; k++) sum = fmaf(values[row * columns + k]!, weights[target * columns + k]!, sum);
        total = fmaf(alpha, sum, total);
      }
      out[row * targets + target] = total;
    }
  }
  return out;
}

/** The logistic function, and softmax from five classes on, are the engine's vector code here. */
function transformRow(scores: number[] | Float32Array, transform: PostTransform): void {
  if (transform === 'LOGISTIC') for (let i = 0; i < scores.length; i++) scores[i] = logisticVector(scores[i]!);
  else if (transform === 'SOFTMAX' && scores.length >= 5) softmaxVector(scores);
  else transformScores(scores, transform);
}

/** Scores of all rows, transformed row by row; one score a row stays as it is unless it is PROBIT. */
function finish(scores: Float32Array, targets: number, node: NodeContext): Float32Array {
  const transform = postTransform(node.attributes.string('post_transform', 'NONE'));
  if (targets === 1) return transform === 'PROBIT' ? scores.map(probitf) : scores;
  for (let at = 0; at < scores.length; at += targets) transformRow(scores.subarray(at, at + targets), transform);
  return scores;
}

function linearRegressor(inputs: Inputs, node: NodeContext): Tensor {
  const { attributes } = node;
  const input = asFloats(matrixOf(tensorAt(inputs, 0)));
  const targets = attributes.int('targets', 1);
  const intercepts = attributes.floats('intercepts');
  const scores = affine(
    input,
    attributes.floats('coefficients') ?? new Float32Array(0),
    targets,
    1,
    (i) => intercepts?.[i] ?? 0,
  );
  const result = newTensor('float', [input.rows, targets]);
  (result.data as Float32Array).set(finish(scores, targets, node));
  return result;
}

function linearClassifier(inputs: Inputs, node: NodeContext): Tensor[] {
  const { attributes } = node;
  const input = asFloats(matrixOf(tensorAt(inputs, 0)));
  const labels = classLabels(attributes, 'classlabels_ints');
  const texts = typeof labels[0] === 'string';
  const coefficients = attributes.floats('coefficients') ?? new Float32Array(0);
  const intercepts = attributes.floats('intercepts') ?? new Float32Array(0);
  const targets =
    intercepts.length > 0
      ? intercepts.length
      : Math.max(1, Math.floor(coefficients.length / Math.max(1, input.columns)));
  const raw = affine(input, coefficients, targets, 1, (i) => intercepts[i] ?? 0);
  const chosen: (string | bigint)[] = [];
  for (let row = 0; row < input.rows; row++) {
    if (targets === 1) {
      const pair: (string | bigint)[] = labels.length === 2 ? labels : texts ? ['0', '1'] : [0n, 1n];
      chosen.push(pair[raw[row]! > 0 ? 1 : 0]!);
    } else {
      let best = 0;
      for (let i = 1; i < targets; i++) if (raw[row * targets + i]! > raw[row * targets + best]!) best = i;
      chosen.push(labels[best]!);
    }
  }
  const both = targets === 1 && labels.length === 2;
  const width = both ? 2 : targets;
  const scores = newTensor('float', [input.rows, width]);
  const transform = postTransform(attributes.string('post_transform', 'NONE'));
  if (both) {
    for (let row = 0; row < input.rows; row++)
      (scores.data as Float32Array).set(
        pairOfScores(raw[row]!, transform, transform === 'LOGISTIC' ? 'opposite' : 'complement', fround),
        2 * row,
      );
  } else (scores.data as Float32Array).set(finish(raw, targets, node));
  return [labelTensor(chosen, texts, [input.rows]), scores];
}

/** Kernel values of each row against each support vector. */
function kernelValues(
  input: Matrix,
  vectors: Float32Array,
  count: number,
  bias: number,
  node: NodeContext,
  linear: boolean,
): Float32Array {
  const { rows, columns, values } = input;
  const kind = linear ? 'LINEAR' : node.attributes.string('kernel_type', 'LINEAR');
  const [gamma = 0, coef0 = 0, degree = 0] = node.attributes.floats('kernel_params') ?? [];
  if (kind === 'RBF') {
    const out = new Float32Array(rows * count);
    for (let row = 0; row < rows; row++) {
      for (let vector = 0; vector < count; vector++) {
        let sum = 0;
        for (let k = 0; k < columns; k++) {
          const difference = fround(values[row * columns + k]! - vectors[vector * columns + k]!);
          sum = fround(sum + fround(difference * difference));
        }
        out[row * count + vector] = expf(fround(-gamma * sum));
      }
    }
    return out;
  }
  const isLinear = kind === 'LINEAR';
  const out = affine(input, vectors, count, isLinear ? 1 : gamma, () => (isLinear ? bias : coef0));
  if (kind === 'SIGMOID') return out.map(tanhVector);
  if (kind !== 'POLY') return out;
  if (degree === 2) return out.map((value) => value * value);
  if (degree === 3) return out.map((value) => fround(value * value) * value);
  return out.map((value) => value ** degree);
}

function svmRegressor(inputs: Inputs, node: NodeContext): Tensor {
  const { attributes } = node;
  const input = asFloats(matrixOf(tensorAt(inputs, 0)));
  const vectors = attributes.int('n_supports', 0);
  const rho = attributes.floats('rho')?.[0] ?? 0;
  const coefficients = attributes.floats('coefficients') ?? new Float32Array(0);
  let scores: Float32Array;
  if (vectors > 0) {
    const kernels = kernelValues(
      input,
      attributes.floats('support_vectors') ?? new Float32Array(0),
      vectors,
      0,
      node,
      false,
    );
    scores = affine({ rows: input.rows, columns: vectors, values: kernels }, coefficients, 1, 1, () => rho);
  } else scores = kernelValues(input, coefficients, 1, rho, node, true);
  const result = newTensor('float', [input.rows, 1]);
  const isOneClass = attributes.int('one_class', 0) !== 0;
  (result.data as Float32Array).set(isOneClass ? scores.map((score) => (score > 0 ? 1 : -1)) : scores);
  return result;
}

/** The probability that Platt's sigmoid gives a decision value. */
function sigmoidProbability(score: number, a: number, b: number): number {
  return fround(1 - logisticf(fround(fround(score * a) + b)));
}

/** Probabilities of all classes from those of each pair (Wu, Lin and Weng 2004, second method), in float32. */
function coupled(classes: number, r: Float32Array): Float32Array {
  const p = new Float32Array(classes).fill(1 / classes);
  const q = new Float32Array(classes * classes);
  const at = (i: number, j: number): number => i * classes + j;
  for (let i = 0; i < classes; i++) {
    for (let j = 0; j < classes; j++) {
      if (j === i) continue;
      const square = fround(r[at(j, i)]! * r[at(j, i)]!);
      q[at(i, i)] = q[at(i, i)]! + square;
      q[at(i, j)] = j < i ? q[at(j, i)]! : -fround(r[at(j, i)]! * r[at(i, j)]!);
    }
  }
  const epsilon = fround(fround(0.005) / classes);
  const qp = new Float32Array(classes);
  for (let round = 0; round < 100; round++) {
    let pqp = 0;
    for (let i = 0; i < classes; i++) {
      qp[i] = 0;
      for (let j = 0; j < classes; j++) qp[i] = qp[i]! + fround(q[at(i, j)]! * p[j]!);
      pqp = fround(pqp + fround(p[i]! * qp[i]!));
    }
    let worst = 0;
    for (let i = 0; i < classes; i++) worst = Math.max(worst, Math.abs(fround(qp[i]! - pqp)));
    if (worst < epsilon) break;
    for (let i = 0; i < classes; i++) {
      const diff = fround(fround(-qp[i]! + pqp) / q[at(i, i)]!);
      p[i] = p[i]! + diff;
      const inner = fround(fround(diff * q[at(i, i)]!) + fround(2 * qp[i]!));
      const grown = fround(pqp + fround(diff * inner));
      const scale = fround(1 + diff);
      pqp = fround(fround(grown / scale) / scale);
      for (let j = 0; j < classes; j++) {
        qp[j] = fround(qp[j]! + fround(diff * q[at(i, j)]!)) / scale;
        p[j] = p[j]! / scale;
      }
    }
  }
  return p;
}

interface Support {
  readonly perClass: readonly number[];
  readonly starts: readonly number[];
  readonly total: number;
}

function supportOf(node: NodeContext): Support {
  const perClass = node.attributes.ints('vectors_per_class') ?? [];
  const starts: number[] = [];
  let total = 0;
  for (const count of perClass) {
    starts.push(total);
    total += count;
  }
  const given = node.attributes.floats('coefficients')?.length ?? 0;
  if (perClass.some((count) => count < 0) || total * (perClass.length - 1) > given)
    throw badAttribute('coefficients', 'the list does not fit vectors_per_class', { got: `${given} entries` });
  return { perClass, starts, total };
}

/** The decision values of all pairs of classes, and how many each class wins. */
function decide(
  kernels: Float32Array,
  support: Support,
  coefficients: Float32Array,
  rho: Float32Array,
  classes: number,
) {
  const scores: number[] = [];
  const votes = new Array<number>(classes).fill(0);
  for (let i = 0; i < classes - 1; i++) {
    for (let j = i + 1; j < classes; j++) {
      let sum = 0;
      for (let m = 0; m < support.perClass[i]!; m++) {
        const at = support.starts[i]! + m;
        sum += fround(coefficients[support.total * (j - 1) + at]! * kernels[at]!);
      }
      for (let m = 0; m < support.perClass[j]!; m++) {
        const at = support.starts[j]! + m;
        sum += fround(coefficients[support.total * i + at]! * kernels[at]!);
      }
      sum += rho[scores.length] ?? 0;
      scores.push(fround(sum));
      votes[sum > 0 ? i : j]!++;
    }
  }
  return { scores, votes };
}

const largestAt = (values: ArrayLike<number>): number => {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
};

function probabilities(scores: readonly number[], node: NodeContext, classes: number): Float32Array {
  const a = node.attributes.floats('prob_a')!;
  const b = node.attributes.floats('prob_b') ?? new Float32Array(0);
  const pairs = new Float32Array(classes * classes);
  let index = 0;
  for (let i = 0; i < classes - 1; i++) {
    for (let j = i + 1; j < classes; j++, index++) {
      const raw = sigmoidProbability(scores[index]!, a[index] ?? 0, b[index] ?? 0);
      const value = Math.min(Math.max(raw, fround(1e-7)), fround(1 - fround(1e-7)));
      pairs[i * classes + j] = value;
      pairs[j * classes + i] = 1 - value;
    }
  }
  return coupled(classes, pairs);
}

function svmClassifier(inputs: Inputs, node: NodeContext): Tensor[] {
  const { attributes } = node;
  const input = asFloats(matrixOf(tensorAt(inputs, 0)));
  const labels = classLabels(attributes, 'classlabels_ints');
  const classes = labels.length;
  const coefficients = attributes.floats('coefficients') ?? new Float32Array(0);
  const rho = attributes.floats('rho') ?? new Float32Array(0);
  const support = supportOf(node);
  const transform = postTransform(attributes.string('post_transform', 'NONE'));
  const isSvc = support.total > 0;
  const hasProbabilities = (attributes.floats('prob_a')?.length ?? 0) > 0;
  const vectors = isSvc ? (attributes.floats('support_vectors') ?? new Float32Array(0)) : coefficients;
  const perRow = isSvc ? support.total : classes;
  const kernels = kernelValues(input, vectors, perRow, isSvc ? 0 : (rho[0] ?? 0), node, !isSvc);
  const allPositive = coefficients.every((value) => value >= 0);
  const pairs = (classes * (classes - 1)) / 2;
  const width = isSvc && !hasProbabilities ? Math.max(2, pairs) : classes;
  const scores = newTensor('float', [input.rows, width]);
  const chosen: (string | bigint)[] = [];
  for (let row = 0; row < input.rows; row++) {
    const own = kernels.subarray(row * perRow, (row + 1) * perRow);
    let result: number[] | Float32Array = own;
    let best: number;
    let largest = 0;
    if (isSvc) {
      const decision = decide(own, support, coefficients, rho, classes);
      best = largestAt(decision.votes);
      result = hasProbabilities ? probabilities(decision.scores, node, classes) : decision.scores;
    } else {
      best = largestAt(own);
      largest = own[best]!;
    }
    if (pairs === 1 && !hasProbabilities && (allPositive ? largest >= 0.5 : largest > 0)) best = 1;
    chosen.push(labels[best]!);
    if (result.length === 1)
      result = pairOfScores(
        result[0]!,
        transform,
        transform === 'NONE' || transform === 'LOGISTIC' ? 'opposite' : 'complement',
        fround,
      );
    else transformRow(result, transform);
    (scores.data as NumberArray).set(result, row * width);
  }
  return [labelTensor(chosen, typeof labels[0] === 'string', [input.rows]), scores];
}

export const linearKernels = {
  'ai.onnx.ml/LinearRegressor': linearRegressor,
  'ai.onnx.ml/LinearClassifier': linearClassifier,
  'ai.onnx.ml/SVMRegressor': svmRegressor,
  'ai.onnx.ml/SVMClassifier': svmClassifier,
} satisfies Kernels;
