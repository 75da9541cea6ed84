import { expect, test } from 'vitest';
import { tensorToProto } from '../../src/onnx/evaluate/tensor.js';
import { OnnxEvaluator, readOnnx, type Tensor, writeOnnx } from '../../src/onnx/index.js';
import { graph, info, model, node } from '../onnx/models.js';
import { differenceOf } from './onnx-live/compare.js';
import { type Draw, drawFrom } from './onnx-live/draw.js';
import { runOrtTensors, type TensorJob } from './ort-tensors.js';

const CASES = 200;
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

const REDUCTIONS = ['ReduceSum', 'ReduceMean', 'ReduceL1', 'ReduceL2', 'ReduceSumSquare', 'LpNormalization'];

/** A reduction over any axes of a tensor of any size; operator set 11 has them all with attributes. */
function reduction(draw: Draw): TensorJob {
  const dims = Array.from({ length: draw.int(1, 4) }, () => draw.pick([1, 2, 3, 5, 8, 13, 33]));
  const op = draw.pick(REDUCTIONS);
  const x = draw.tensor('float', dims);
  const axes = draw.shuffled(dims.map((_, i) => i)).slice(0, draw.int(1, dims.length));
  const attributes =
    op === 'LpNormalization' ? { axis: axes[0]!, p: draw.int(1, 2) } : { axes, keepdims: draw.int(0, 1) };
  const body = graph([node(op, ['x'], ['y'], attributes)], [info('x', 'float', dims)], [{ name: 'y' }]);
  return { model: model(body, 11), feeds: { x } };
}

const KINDS: readonly (readonly [string, (draw: Draw) => TensorJob])[] = [
  ['MatMul and Gemm with constant weights', job],
  ['sums, means and norms', reduction],
];

test.each(KINDS)('%s agree bit for bit', (_, make) => {
  const jobs = Array.from({ length: CASES }, (_, i) => make(drawFrom(4001 + i)));
  const answers = runOrtTensors(jobs);
  const differences = jobs.flatMap(({ model: proto, feeds }, i) => {
    const answer = answers[i]!;
    if ('error' in answer) return [answer.error];
    const got = new OnnxEvaluator(readOnnx(writeOnnx(proto))).run(feeds)['y'];
    const text = differenceOf(got, answer.ok['y']!, EXACT);
    const { op_type: op, attribute } = proto.graph!.node[0]!;
    const axes = attribute.map(({ name, ints, i: value }) => `${name} ${ints ?? value}`);
    return text === null ? [] : [`case ${i}: ${op} ${axes}: ${text}`];
  });
  expect(differences).toEqual([]);
});
