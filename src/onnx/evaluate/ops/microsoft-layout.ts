import { badInput } from '../../errors.js';
import { axisOf, type Inputs, type Kernels, type NodeContext, optionalTensor, scalarOf, tensorAt } from '../kernel.js';
import { newTensor, type Tensor } from '../tensor.js';
import { describe, tensorOf } from '../values.js';
import { constantKernels } from './constant.js';
import { indexingKernels } from './indexing.js';
import { layoutKernels, reshaped } from './layout.js';
import { paddingKernels } from './padding.js';

const toUtf8 = new TextEncoder();
const rotated = (x: number, by: number): number => (x << by) | (x >>> (32 - by));

/** MurmurHash3 in its form for x86 and 32 bits. */
function murmur(bytes: Uint8Array, seed: number): number {
  const [c1, c2] = [0xcc9e2d51, 0x1b873593];
  const mixed = (k: number): number => Math.imul(rotated(Math.imul(k, c1), 15), c2);
  const whole = bytes.length - (bytes.length % 4);
  let hash = seed;
  for (let i = 0; i < whole; i += 4) {
    const word = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    hash = (Math.imul(rotated(hash ^ mixed(word), 13), 5) + 0xe6546b64) | 0;
  }
  let rest = 0;
  for (let i = bytes.length - 1; i >= whole; i--) rest = (rest << 8) | bytes[i]!;
  hash ^= mixed(rest) ^ bytes.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** Each element hashed: a text as UTF-8, a number as its bytes. */
function murmurHash3(inputs: Inputs, node: NodeContext): Tensor {
  const x = tensorAt(inputs, 0);
  const positive = node.attributes.int('positive', 1) !== 0;
  const seed = node.attributes.int('seed', 0) | 0;
  const result = newTensor(positive ? 'uint32' : 'int32', x.dims);
  const data = x.data;
  const bytesOf = (i: number): Uint8Array => {
    if (Array.isArray(data)) return toUtf8.encode(data[i]!);
    const size = data.BYTES_PER_ELEMENT;
    return new Uint8Array(data.buffer, data.byteOffset + i * size, size);
  };
  for (let i = 0; i < x.size; i++) result.data[i] = murmur(bytesOf(i), seed);
  return result;
}

/** Values in the order in which they first occur, the place of each element among them, and how often each occurs. */
function unique(inputs: Inputs): Tensor[] {
  const x = tensorAt(inputs, 0);
  if (x.dims.length !== 1) throw badInput('the input is not a vector', { got: describe(x) });
  const places = new Map<unknown, number>();
  const counts: number[] = [];
  const indices = Array.from(x.data as ArrayLike<number>, (value) => {
    const place = places.get(value) ?? places.size;
    places.set(value, place);
    counts[place] = (counts[place] ?? 0) + 1;
    return place;
  });
  return [tensorOf(x.type, [...places.keys()] as number[]), tensorOf('int64', indices), tensorOf('int64', counts)];
}

function expandDims(inputs: Inputs): Tensor {
  const x = tensorAt(inputs, 0);
  const axis = axisOf(scalarOf(tensorAt(inputs, 1)), x.dims.length + 1);
  return reshaped(x, [...x.dims.slice(0, axis), 1, ...x.dims.slice(axis)]);
}

/** The step is 1 where it is absent. */
function range(inputs: Inputs): Tensor {
  const start = tensorAt(inputs, 0);
  const flat = (x: Tensor): Tensor => reshaped(x, []);
  const step = optionalTensor(inputs, 2) ?? tensorOf(start.type, [1], []);
  return constantKernels['/Range']([flat(start), flat(tensorAt(inputs, 1)), flat(step)]) as Tensor;
}

function pad(inputs: Inputs, node: NodeContext): Tensor {
  const pads = tensorAt(inputs, 1);
  const list = reshaped(pads, [pads.size]);
  return paddingKernels['/Pad']([inputs[0], list, inputs[2]], { ...node, version: 13 }) as Tensor;
}

export const microsoftLayoutKernels = {
  'com.microsoft/ExpandDims': expandDims,
  'com.microsoft/GatherND': indexingKernels['/GatherND'],
  'com.microsoft/MurmurHash3': murmurHash3,
  'com.microsoft/Pad': pad,
  'com.microsoft/Range': range,
  'com.microsoft/Trilu': layoutKernels['/Trilu'],
  'com.microsoft/Unique': unique,
} satisfies Kernels;
