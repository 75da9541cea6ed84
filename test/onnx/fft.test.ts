import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { transformed } from '../../src/onnx/evaluate/fft.js';
import { OnnxEvaluator, type Tensor, tensorOf } from '../../src/onnx/index.js';
import { graph, info, initializer, model, node } from './models.js';

interface Case {
  readonly count: number;
  readonly values: readonly [number[], number[]];
  readonly inverse: readonly [number[], number[]];
  readonly forward: readonly [number[], number[]];
}

/** Written by scripts/onnx-fft-cases.py: the results are NumPy's. */
const { cases } = JSON.parse(readFileSync(join(import.meta.dirname, 'fft.json'), 'utf8')) as { cases: Case[] };

function dft(one: Case, type: 'float' | 'double', inverse: number): readonly [number[], number[]] {
  const body = graph(
    [node('DFT', ['x', '', 'axis'], ['y'], { inverse })],
    [info('x', type)],
    [info('y', type)],
    [initializer('axis', 'int64', [0n], [])],
  );
  const [re, im] = one.values;
  const x = tensorOf(
    type,
    re.flatMap((value, i) => [value, im[i]!]),
    [one.count, 2],
  );
  const y = (new OnnxEvaluator(model(body, 20)).run({ x })['y'] as Tensor).toArray() as number[];
  return [y.filter((_, i) => i % 2 === 0), y.filter((_, i) => i % 2 === 1)];
}

const smooth = (count: number): boolean => ![7, 22].includes(count);

test.each(cases.map((one) => [one.count, one] as const))('a transform of %i numbers is that of NumPy', (count, one) => {
  const inverse = dft(one, 'float', 1);
  if (smooth(count)) expect(inverse).toEqual(one.inverse);
  const forward = dft(one, 'double', 0);
  for (const part of [0, 1] as const)
    for (let i = 0; i < count; i++) {
      expect(Math.abs(inverse[part][i]! - one.inverse[part][i]!)).toBeLessThan(1e-6);
      expect(Math.abs(forward[part][i]! - one.forward[part][i]!)).toBeLessThan(1e-13 * count);
    }
});

test('lengths with great prime factors are left to the definition', () => {
  expect(transformed([new Float64Array(67), new Float64Array(67)], 1, (x) => x)).toBeUndefined();
  const one = { count: 67, values: [new Array(67).fill(1), new Array(67).fill(0)] } as unknown as Case;
  expect(dft(one, 'double', 0)[0][0]).toBe(67);
});
