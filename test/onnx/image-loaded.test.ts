import { beforeAll, expect, test } from 'vitest';
import { loadImageDecoders, OnnxEvaluator, registerImageDecoder, Tensor } from '../../src/onnx/index.js';
import { graph, info, model, node } from './models.js';
import { bytesOf, pictures } from './pictures.js';

const loaded = pictures.filter(({ name }) => /^(jpeg2000|webp)/.test(name));

function decode(bytes: Uint8Array): Tensor {
  const body = graph([node('ImageDecoder', ['x'], ['y'])], [info('x', 'uint8')], [info('y', 'uint8')]);
  return new OnnxEvaluator(model(body, 20)).run({ x: new Tensor('uint8', [bytes.length], bytes) })['y'] as Tensor;
}

beforeAll(() => loadImageDecoders());

test.each(loaded.map((sample) => [sample.name, sample] as const))('%s is decoded to the last bit', (_, sample) => {
  const colours = decode(bytesOf(sample.file));
  expect(colours.dims).toEqual([sample.height, sample.width, 3]);
  expect(Buffer.compare(Buffer.from(colours.data as Uint8Array), Buffer.from(bytesOf(sample.rgb)))).toBe(0);
});

test('there are pictures of both formats', () => {
  expect(loaded.length).toBe(5);
});

test('what the decoders refuse is an empty tensor', () => {
  for (const { file } of loaded) expect(decode(bytesOf(file).slice(0, 50)).dims).toEqual([0, 0, 3]);
});

test('a decoder can be given', () => {
  registerImageDecoder('webp', () => ({ width: 1, height: 2, channels: 1, data: Uint8Array.of(7, 9) }));
  const webp = loaded.find(({ name }) => name.startsWith('webp'))!;
  const result = decode(bytesOf(webp.file));
  expect([result.dims, [...result.data]]).toEqual([
    [2, 1, 3],
    [7, 7, 7, 9, 9, 9],
  ]);
});
