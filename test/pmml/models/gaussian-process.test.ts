import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { evaluatorOf, pmml, realArray, schema } from './document.js';

/** The squared exponential kernels by scikit-learn 1.6.1, the others by numpy's solver. */
const { rows, targets, points, cases } = JSON.parse(
  readFileSync(join(import.meta.dirname, 'gaussian-process.ndjson'), 'utf8'),
) as {
  rows: number[][];
  targets: number[];
  points: number[][];
  cases: { kernel: string; lambda: number[]; degree?: number; mean: number[]; variance: number[] }[];
};

const table = rows.map(([a, b], i) => `<row><a>${a}</a><b>${b}</b><t>${targets[i]}</t></row>`).join('');

describe('Gaussian processes predict mean and variance', () => {
  for (const { kernel, lambda, degree, mean, variance } of cases) {
    it(kernel, () => {
      const scale = lambda.length === 1 ? ` lambda="${lambda[0]}"` : '';
      const power = degree === undefined ? '' : ` degree="${degree}"`;
      const inner = lambda.length === 1 ? '' : `<Lambda>${realArray(lambda)}</Lambda>`;
      const evaluator = evaluatorOf(
        pmml(
          { a: 'double', b: 'double', t: 'double' },
          `<GaussianProcessModel functionName="regression">${schema(['a', 'b'], 't')}<${kernel} gamma="1.3" noiseVariance="0.2"${scale}${power}>${inner}</${kernel}><TrainingInstances isTransformed="false"><InstanceFields><InstanceField field="a" column="a"/><InstanceField field="b" column="b"/><InstanceField field="t" column="t"/></InstanceFields><InlineTable>${table}</InlineTable></TrainingInstances></GaussianProcessModel>`,
        ),
      );
      points.forEach(([a, b], i) => {
        const result = evaluator.evaluate({ a, b });
        expect(result.t).toBeCloseTo(mean[i]!, 12);
        expect(result.$variance).toBeCloseTo(variance[i]!, 12);
      });
    });
  }
});
