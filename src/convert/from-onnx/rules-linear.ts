import type { Ref } from '../../ir/types.js';
import { shaped } from './broadcast.js';
import {
  type Call,
  cannot,
  floatAttr,
  floatsAttr,
  inputOf,
  intAttr,
  integers,
  intsAttr,
  mixesRows,
  type Rule,
  rowsInput,
  textAttr,
  textsAttr,
} from './call.js';
import { classLabels, labelByIndex } from './labels.js';
import { castTo } from './rules-elementwise.js';
import { BATCH, type ConstValue, innerDims, type Meaning, product, type RowValue, rowsOf } from './values.js';

/** Y = X·W + b for constant W of [features, outputs]. */
function linearOf(
  call: Call,
  value: RowValue,
  weights: ConstValue,
  transposed: boolean,
  bias: Float64Array | undefined,
): Ref {
  const { builder } = call;
  if (value.dims.length !== 2 || value.batch !== 0 || weights.dims.length > 2) {
    throw cannot(call, 'matrix-product', `${call.node.op_type} of tensors that are not rows of numbers`);
  }
  const features = product(innerDims(value));
  const outputs = weights.data.length / features;
  const data = weights.data as ArrayLike<number>;
  const rowMajor = new Float64Array(outputs * features);
  for (let output = 0; output < outputs; output++) {
    for (let feature = 0; feature < features; feature++) {
      rowMajor[output * features + feature] = Number(
        data[transposed ? output * features + feature : feature * outputs + output],
      );
    }
  }
  if (value.kind !== 'float32' && value.kind !== 'float64')
    throw cannot(call, 'integer-product', 'matrix products of integers');
  return builder.linear(value.kind, builder.elements(value.ref), rowMajor, bias ?? new Float64Array(outputs));
}

const matMul: Rule = (call) => {
  const left = inputOf(call, 0);
  const right = inputOf(call, 1);
  if (left.of !== 'rows' || right.of !== 'const') {
    if (left.of === 'rows') throw cannot(call, 'computed-parameter', 'MatMul of two computed tensors is not moved');
    throw mixesRows(call);
  }
  const outputs = right.dims.length === 1 ? 1 : right.dims[1]!;
  const linear = linearOf(call, left, right, false, undefined);
  return [shaped(call, linear, right.dims.length === 1 ? [BATCH] : [BATCH, outputs], 0)];
};

const gemm: Rule = (call) => {
  const left = rowsInput(call, 0);
  const right = inputOf(call, 1);
  if (intAttr(call, 'transA', 0) !== 0) throw mixesRows(call);
  const alpha = floatAttr(call, 'alpha', 1);
  const beta = floatAttr(call, 'beta', 1);
  const added = call.inputs[2];
  if (right.of !== 'const' || (added !== undefined && added.of !== 'const') || alpha !== 1 || (added && beta !== 1)) {
    throw cannot(call, 'gemm', 'Gemm is moved only with constant B and C, alpha = beta = 1');
  }
  const transposed = intAttr(call, 'transB', 0) !== 0;
  const outputs = right.dims[transposed ? 0 : 1]!;
  let bias: Float64Array | undefined;
  if (added !== undefined) {
    const data = added.data as ArrayLike<number>;
    bias = Float64Array.from({ length: outputs }, (_, index) => Number(data[data.length === 1 ? 0 : index]));
  }
  return [shaped(call, linearOf(call, left, right, transposed, bias), [BATCH, outputs], 0)];
};

function coefficients(call: Call, value: RowValue, outputs: number): Ref {
  const features = product(innerDims(value));
  const weights = Float64Array.from(floatsAttr(call, 'coefficients') ?? []);
  if (weights.length !== features * outputs) {
    throw cannot(call, 'coefficients', `${call.node.op_type} with ${weights.length} coefficients`, {
      expected: String(features * outputs),
    });
  }
  const intercepts = new Float64Array(outputs);
  intercepts.set((floatsAttr(call, 'intercepts') ?? new Float32Array()).subarray(0, outputs));
  return call.builder.linear('float32', call.builder.elements(value.ref), weights, intercepts);
}

function floatRows(call: Call): RowValue {
  const value = castTo(call, rowsInput(call, 0), 'float32') as RowValue;
  if (value.batch !== 0 || value.dims.length > 2) throw mixesRows(call);
  return value;
}

const linearRegressor: Rule = (call) => {
  const targets = intAttr(call, 'targets', 1);
  const transform = textAttr(call, 'post_transform', 'NONE');
  const scores = coefficients(call, floatRows(call), targets);
  if (transform !== 'NONE') throw cannot(call, 'post-transform', `LinearRegressor with post_transform ${transform}`);
  return [rowsOf(call.builder, scores)];
};

/** The label is the class of the largest score; with one row of coefficients, of its sign. */
const linearClassifier: Rule = (call) => {
  const { builder } = call;
  const value = floatRows(call);
  const classes = classLabels(textsAttr(call, 'classlabels_strings'), integers(intsAttr(call, 'classlabels_ints')));
  const rows =
    (floatsAttr(call, 'intercepts')?.length ?? 0) ||
    (floatsAttr(call, 'coefficients')?.length ?? 0) / product(innerDims(value));
  const transform = textAttr(call, 'post_transform', 'NONE');
  const meaning: Meaning = { role: transform === 'NONE' ? 'score' : 'probability', classes };
  if (rows === 1 && classes.length === 2) return binary(call, value, classes, transform, meaning);
  if (rows === 2 && mirrored(call)) return binaryOfTwo(call, value, classes, transform, meaning);
  const scores = coefficients(call, value, rows);
  const label = labelByIndex(builder, builder.reduce('argmax', scores), classes);
  const result = transformed(call, scores, transform);
  return [label, rowsOf(builder, result, meaning)];
};

/** Whether the second row of coefficients is the first one negated. */
function mirrored(call: Call): boolean {
  const weights = floatsAttr(call, 'coefficients')!;
  const half = weights.length / 2;
  const intercepts = floatsAttr(call, 'intercepts') ?? new Float32Array(2);
  if (intercepts[0] !== -intercepts[1]!) return false;
  for (let i = 0; i < half; i++) if (weights[i] !== -weights[i + half]!) return false;
  return true;
}

/** Two rows of coefficients, x and −x: one score decides. */
function binaryOfTwo(
  call: Call,
  value: RowValue,
  classes: readonly (string | number)[],
  transform: string,
  meaning: Meaning,
) {
  const { builder } = call;
  if (transform !== 'LOGISTIC' && transform !== 'NONE' && transform !== 'SOFTMAX') {
    throw cannot(call, 'post-transform', `LinearClassifier with post_transform ${transform}`);
  }
  const weights = Float64Array.from(floatsAttr(call, 'coefficients')!);
  const half = weights.length / 2;
  const intercepts = Float64Array.from((floatsAttr(call, 'intercepts') ?? new Float32Array(2)).subarray(1, 2));
  const features = builder.elements(value.ref);
  const score = builder.element(builder.linear('float32', features, weights.slice(half), intercepts), 0);
  const negated = builder.apply('neg', score);
  const index = builder.cast(builder.apply('gt', score, builder.const('float32', 0)), 'int64');
  const label = labelByIndex(builder, index, classes);
  const pair = [negated, score];
  const results =
    transform === 'LOGISTIC'
      ? builder.pack(pair.map((ref) => builder.apply('logistic', ref)))
      : transformed(call, builder.pack(pair), transform);
  return [label, rowsOf(builder, results, meaning)];
}

/** One row of coefficients for two classes. ONNX Runtime knows no SOFTMAX here: the scores stay as they are. */
function binary(
  call: Call,
  value: RowValue,
  classes: readonly (string | number)[],
  transform: string,
  meaning: Meaning,
) {
  const { builder } = call;
  const score = builder.element(coefficients(call, value, 1), 0);
  const index = builder.cast(builder.apply('gt', score, builder.const('float32', 0)), 'int64');
  const label = labelByIndex(builder, index, classes);
  const one = builder.const('float32', 1);
  let positive = score;
  if (transform === 'LOGISTIC') positive = builder.apply('logistic', score);
  else if (transform === 'PROBIT') throw cannot(call, 'post-transform', 'LinearClassifier with post_transform PROBIT');
  const negative = builder.apply('sub', one, positive);
  return [label, rowsOf(builder, builder.pack([negative, positive]), meaning)];
}

function transformed(call: Call, scores: Ref, transform: string): Ref {
  const { builder } = call;
  if (transform === 'NONE') return scores;
  if (transform === 'LOGISTIC') return builder.apply('logistic', scores);
  if (transform === 'SOFTMAX') return builder.vectorFunction('softmax', scores);
  throw cannot(call, 'post-transform', `${call.node.op_type} with post_transform ${transform}`);
}

export const LINEAR_RULES: Readonly<Record<string, Rule>> = { MatMul: matMul, Gemm: gemm };

export const LINEAR_RULES_ML: Readonly<Record<string, Rule>> = {
  LinearRegressor: linearRegressor,
  LinearClassifier: linearClassifier,
};
