import { expect, test } from 'vitest';
import { OnnxEvaluator, type Tensor, tensorOf } from '../../src/onnx/index.js';
import { graph, info, initializer, model, node } from './models.js';

/** What NumPy gives for bfloat16 arrays of ml_dtypes: 256 + 1 rounds back to 256, however often 1 is added. */
test('bfloat16 numbers add up in bfloat16', () => {
  const body = graph(
    [
      node('ReduceSum', ['x', 'axes'], ['y'], { keepdims: 0 }),
      node('ReduceMean', ['x', 'axes'], ['z'], { keepdims: 0 }),
    ],
    [info('x', 'bfloat16')],
    [info('y', 'bfloat16'), info('z', 'bfloat16')],
    [initializer('axes', 'int64', [0n])],
  );
  const results = new OnnxEvaluator(model(body)).run({ x: tensorOf('bfloat16', [256, 1, 1, 1]) });
  expect((results['y'] as Tensor).toArray()).toEqual([256]);
  expect((results['z'] as Tensor).toArray()).toEqual([64]);
});
