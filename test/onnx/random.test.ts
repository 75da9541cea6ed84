import { expect, test } from 'vitest';
import { attribute } from '../../src/onnx/attributes.js';
import { randomState } from '../../src/onnx/evaluate/mersenne.js';
import { OnnxEvaluator, type Tensor } from '../../src/onnx/index.js';
import { graph, info, model, node } from './models.js';

const UNIFORM = [0.07630828937395717, 0.7799187922401146, 0.4384092314408935];
const NORMAL = [1.764052345967664, 0.4001572083672233, 0.9787379841057392, 2.240893199201458];

/** NumPy 2.4: RandomState(7).rand(3), RandomState(0).randn(4). */
test('a seed gives the numbers of NumPy', () => {
  const seven = randomState(7);
  expect([seven.uniform(), seven.uniform(), seven.uniform()]).toEqual(UNIFORM);
  const zero = randomState(0);
  const normals = [zero.normal(), zero.normal(), zero.normal(), zero.normal()];
  normals.forEach((value, i) => {
    expect(Math.abs(value - NORMAL[i]!)).toBeLessThan(1e-15);
  });
});

test('RandomUniform takes its seed', () => {
  const seeded = { ...node('RandomUniform', [], ['y'], { shape: [3], dtype: 11 }) };
  seeded.attribute.push(attribute('seed', 'FLOAT', 7));
  const results = new OnnxEvaluator(model(graph([seeded], [], [info('y', 'double')]))).run({});
  expect((results['y'] as Tensor).toArray()).toEqual(UNIFORM);
});
