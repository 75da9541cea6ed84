import { expect, test } from 'vitest';
import { OnnxEvaluator, readOnnx, writeOnnx } from '../../src/onnx/index.js';
import { differenceOf } from './onnx-live/compare.js';
import { drawFrom } from './onnx-live/draw.js';
import { GRAPHS } from './onnx-live/graphs.js';
import { runOrtTensors } from './ort-tensors.js';

const CASES = 60;
/** A dozen operators in a row, each of class rounding at most. */
const MEASURE = { agreement: { class: 'rounding', ulps: 64 }, cancelling: true } as const;

test.each(Object.entries(GRAPHS))('%s', (name, make) => {
  const seed = Object.keys(GRAPHS).indexOf(name) + 1;
  const jobs = Array.from({ length: CASES }, (_, i) => make(drawFrom(seed * 7919 + i)));
  const answers = runOrtTensors(jobs);
  const refusals: string[] = [];
  const differences: string[] = [];
  jobs.forEach(({ model, feeds }, i) => {
    const answer = answers[i]!;
    if ('error' in answer) {
      refusals.push(answer.error.slice(0, 300));
      return;
    }
    try {
      const results = new OnnxEvaluator(readOnnx(writeOnnx(model))).run(feeds);
      for (const [output, want] of Object.entries(answer.ok)) {
        const difference = differenceOf(results[output], want, MEASURE);
        if (difference !== null) differences.push(`case ${i}: ${output} ${difference}`);
      }
    } catch (error) {
      differences.push(`case ${i}: ${error}`);
    }
  });
  console.log(`${name}: ${CASES - refusals.length} compared, ${refusals.length} refused, ${differences.length} differ`);
  expect(differences.slice(0, 5)).toEqual([]);
  expect(CASES - refusals.length, [...new Set(refusals)].slice(0, 3).join('\n')).toBeGreaterThanOrEqual(CASES / 2);
});
