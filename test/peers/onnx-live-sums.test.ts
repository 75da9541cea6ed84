import { expect, test } from 'vitest';
import { tensorToProto } from '../../src/onnx/evaluate/tensor.js';
import { OnnxEvaluator, readOnnx, type Tensor, writeOnnx } from '../../src/onnx/index.js';
import { graph, info, model, node } from '../onnx/models.js';
import { differenceOf } from './onnx-live/compare.js';
import { type Draw, drawFrom } from './onnx-live/draw.js';
import { runOrtTensors, type TensorJob } from './ort-tensors.js';

const CASES = 80;
const EXACT = { agreement: { class: 'exact' } } as const;

/** A product with constant weights, as trained models have it, of any size. */
function job(draw: Draw): TensorJob {
  const [m, k, n] = [draw.pick([1, 2, 3, 17]), draw.pick([1, 7, 255, 256, 257, 700, 1030]), draw.pick([1, 3, 16, 70])];
  const weights = (dims: readonly number[]): Tensor => draw.tensor('float', dims);
  if (draw.chance(0.4)) {
    const x = draw.tensor('float', [...draw.pick([[], [2]]), m, k]);
    const constants = [tensorToProto(weights([k, n]), 'w')];
    const body = graph(
      [node('MatMul', ['x', 'w'], ['y'])],
      [info('x', 'float', [...x.dims])],
      [{ name: 'y' }],
      constants,
    );
    return { model: model(body, 17), feeds: { x } };
  }
  const [transA, transB] = [draw.int(0, 1), draw.int(0, 1)];
  const x = draw.tensor('float', transA ? [k, m] : [m, k]);
  const constants = [tensorToProto(weights(transB ? [n, k] : [k, n]), 'w'), tensorToProto(weights([n]), 'c')];
  const attributes = {
    transA,
    transB,
    alpha: { type: 1, f: draw.pick([1, 0.5, -2]) },
    beta: { type: 1, f: draw.pick([1, 0.25]) },
  };
  const inputs = draw.chance(0.7) ? ['x', 'w', 'c'] : ['x', 'w'];
  const body = graph(
    [node('Gemm', inputs, ['y'], attributes)],
    [info('x', 'float', [...x.dims])],
    [{ name: 'y' }],
    constants,
  );
  return { model: model(body, 17), feeds: { x } };
}

test('MatMul and Gemm with constant weights agree bit for bit', () => {
  const jobs = Array.from({ length: CASES }, (_, i) => job(drawFrom(4001 + i)));
  const answers = runOrtTensors(jobs);
  const differences = jobs.flatMap(({ model: proto, feeds }, i) => {
    const answer = answers[i]!;
    if ('error' in answer) return [answer.error];
    const got = new OnnxEvaluator(readOnnx(writeOnnx(proto))).run(feeds)['y'];
    const text = differenceOf(got, answer.ok['y']!, EXACT);
    return text === null ? [] : [`case ${i}: ${text}`];
  });
  expect(differences).toEqual([]);
});
