import { describe, expect, test } from 'vitest';
import { formatError, SamescoreError } from '../../src/core/errors.js';
import { OnnxEvaluator, Tensor } from '../../src/onnx/index.js';
import { graph, info, model, node } from './models.js';
import { bytesOf, pictures } from './pictures.js';

function decode(bytes: Uint8Array, pixel_format: string): Tensor {
  const body = graph(
    [node('ImageDecoder', ['x'], ['y'], { pixel_format })],
    [info('x', 'uint8')],
    [info('y', 'uint8')],
  );
  return new OnnxEvaluator(model(body, 20)).run({ x: new Tensor('uint8', [bytes.length], bytes) })['y'] as Tensor;
}

/** How many samples differ, and by how much at most. */
function difference(got: Tensor, want: Uint8Array): [count: number, most: number] {
  let [count, most] = [0, 0];
  for (let i = 0; i < want.length; i++) {
    const by = Math.abs((got.data[i] as number) - want[i]!);
    if (by > 0) count++;
    most = Math.max(most, by);
  }
  return [count, most];
}

const loaded = ['jpeg2000', 'webp'];
const own = pictures.filter(({ name }) => !loaded.some((format) => name.startsWith(format)));

describe('pictures', () => {
  test('are there in every format', () => {
    expect(new Set(pictures.map(({ name }) => name.split('-')[0]))).toEqual(
      new Set(['jpeg', 'png', 'bmp', 'pnm', 'tiff', ...loaded]),
    );
  });

  test.each(own.map((sample) => [sample.name, sample] as const))('%s is decoded to the last bit', (_, sample) => {
    const { width, height } = sample;
    const colours = decode(bytesOf(sample.file), 'RGB');
    expect(colours.dims).toEqual([height, width, 3]);
    expect(difference(colours, bytesOf(sample.rgb))).toEqual([0, 0]);
    const grey = decode(bytesOf(sample.file), 'Grayscale');
    expect(grey.dims).toEqual([height, width, 1]);
    expect(difference(grey, bytesOf(sample.grey))).toEqual([0, 0]);
    const turned = decode(bytesOf(sample.file), 'BGR');
    expect([...turned.data.slice(0, 3)]).toEqual([...colours.data.slice(0, 3)].reverse());
  });
});

test('what is no picture, or a broken one, is an empty tensor', () => {
  expect(decode(Uint8Array.of(1, 2, 3), 'RGB').dims).toEqual([0, 0, 3]);
  expect(decode(new Uint8Array(0), 'Grayscale').dims).toEqual([0, 0, 1]);
  for (const { name, file } of own) {
    const bytes = bytesOf(file);
    if (!name.startsWith('jpeg'))
      expect(decode(bytes.slice(0, Math.min(40, bytes.length - 8)), 'RGB').size, name).toBe(0);
    // Any other bytes end in a tensor or an error with a code, never in another exception.
    for (let seed = 0; seed < 8; seed++) {
      const broken = bytes.slice();
      for (let k = 0; k < 4; k++) broken[(seed * 7919 + k * 104729) % broken.length] = (seed * 31 + k * 97) & 255;
      try {
        decode(broken, 'RGB');
      } catch (error) {
        expect(error).toBeInstanceOf(SamescoreError);
      }
    }
  }
});

test('a format without a decoder is named with the package that has one', () => {
  const webp = pictures.find(({ name }) => name.startsWith('webp'))!;
  let text = '';
  try {
    decode(bytesOf(webp.file), 'RGB');
  } catch (error) {
    text = formatError(error as SamescoreError);
  }
  expect(text).toBe(
    'ImageDecoder[0]: onnx/unsupported: there is no decoder of webp pictures\n  hint: install @jsquash/webp and await loadImageDecoders() once, or give one to registerImageDecoder',
  );
});
