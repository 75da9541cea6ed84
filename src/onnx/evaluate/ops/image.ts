import { SamescoreError } from '../../../core/errors.js';
import { badAttribute } from '../../errors.js';
import { decoderOf, formatOf } from '../image/codecs.js';
import type { Picture } from '../image/picture.js';
import { type Inputs, type Kernels, type NodeContext, typedAt } from '../kernel.js';
import { newTensor, type Tensor } from '../tensor.js';

/** Luma of ITU-R 601 in 16 bits. */
const grey = (r: number, g: number, b: number): number => (r * 19595 + g * 38470 + b * 7471 + 0x8000) >> 16;

function decoded(bytes: Uint8Array): Picture | undefined {
  const format = formatOf(bytes);
  if (format === undefined) return undefined;
  const decode = decoderOf(format);
  try {
    return decode(bytes);
  } catch (error) {
    // What a decoder knows that it lacks is told; "if it can't decode for any reason […] it will return an empty matrix".
    if (error instanceof SamescoreError) throw error;
    return undefined;
  }
}

/** Height × width × channels; transparency is dropped. */
function imageDecoder(inputs: Inputs, node: NodeContext): Tensor {
  const wanted = node.attributes.string('pixel_format', 'RGB');
  if (!['RGB', 'BGR', 'Grayscale'].includes(wanted))
    throw badAttribute('pixel_format', 'there is no such pixel format', {
      expected: 'RGB, BGR or Grayscale',
      got: wanted,
    });
  const count = wanted === 'Grayscale' ? 1 : 3;
  const picture = decoded(typedAt(inputs, 0, 'uint8').data as Uint8Array);
  if (picture === undefined) return newTensor('uint8', [0, 0, count]);
  const { width, height, channels, data } = picture;
  const result = newTensor('uint8', [height, width, count]);
  for (let i = 0; i < width * height; i++) {
    const at = i * channels;
    const [r, g, b] = channels < 3 ? [data[at]!, data[at]!, data[at]!] : [data[at]!, data[at + 1]!, data[at + 2]!];
    if (count === 1) result.data[i] = channels < 3 ? r : grey(r, g, b);
    else {
      result.data[3 * i] = wanted === 'RGB' ? r : b;
      result.data[3 * i + 1] = g;
      result.data[3 * i + 2] = wanted === 'RGB' ? b : r;
    }
  }
  return result;
}

export const imageKernels = { '/ImageDecoder': imageDecoder } satisfies Kernels;
