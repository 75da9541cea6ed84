import { type ElementType, elementTypeOf } from '../../element-types.js';
import { badInput, limitExceeded } from '../../errors.js';
import { type Complex, transformed } from '../fft.js';
import {
  axisOf,
  type Inputs,
  type Kernel,
  type Kernels,
  type NodeContext,
  optionalTensor,
  scalarOf,
  tensorAt,
} from '../kernel.js';
import { checkedSize, newTensor, settle, sizeOf, type Tensor } from '../tensor.js';
import { describe } from '../values.js';

/** Lengths with a great prime factor are transformed by the definition, whose work grows with their square. */
const LONGEST_ODD = 2 ** 14;

function byDefinition([real, imaginary]: Complex, sign: 1 | -1): Complex {
  const count = real.length;
  if (count > LONGEST_ODD) throw limitExceeded('the length of a transform with a great prime factor', LONGEST_ODD);
  const out: Complex = [new Float64Array(count), new Float64Array(count)];
  for (let k = 0; k < count; k++) {
    let [re, im] = [0, 0];
    for (let n = 0; n < count; n++) {
      const turn = (2 * Math.PI * ((k * n) % count)) / count;
      const [c, s] = [Math.cos(turn), sign * Math.sin(turn)];
      re += real[n]! * c - imaginary[n]! * s;
      im += real[n]! * s + imaginary[n]! * c;
    }
    out[0][k] = re;
    out[1][k] = im;
  }
  return out;
}

/** The discrete Fourier transform of complex numbers in the precision of `type`; the inverse one is divided by their count. */
function transform(real: Float64Array, imaginary: Float64Array, inverse: boolean, type: ElementType): Complex {
  const count = real.length;
  if (count === 0) return [real, imaginary];
  const sign = inverse ? 1 : -1;
  // NumPy, which ONNX's tests are written with, takes single precision for the inverse alone.
  const round = type === 'double' || !inverse ? (value: number) => value : Math.fround;
  const [re, im] = transformed([real, imaginary], sign, round) ?? byDefinition([real, imaginary], sign);
  const factor = round(1 / count);
  return inverse ? [re.map((value) => value * factor), im.map((value) => value * factor)] : [re, im];
}

/** The last axis holds real parts alone, or real and imaginary ones. */
function dft(inputs: Inputs, node: NodeContext): Tensor {
  const input = tensorAt(inputs, 0);
  const rank = input.dims.length;
  const { attributes } = node;
  const axisGiven =
    node.version < 20
      ? attributes.int('axis', 1)
      : optionalTensor(inputs, 2) === undefined
        ? -2
        : scalarOf(tensorAt(inputs, 2));
  const axis = axisOf(axisGiven, rank);
  const lengthGiven = optionalTensor(inputs, 1);
  const inverse = attributes.int('inverse', 0) !== 0;
  const oneSided = attributes.int('onesided', 0) !== 0;
  const parts = input.dims[rank - 1]!;
  if (parts !== 1 && parts !== 2) throw badInput('the last axis is not 1 or 2', { got: describe(input) });
  const size = input.dims[axis]!;
  // A one-sided spectrum stands for a real signal of about twice its length.
  const mirrors = oneSided && inverse && parts === 2;
  const length = lengthGiven === undefined ? (mirrors ? 2 * (size - 1) : size) : scalarOf(lengthGiven);
  checkedSize([length]);
  const kept = oneSided && !inverse ? Math.floor(length / 2) + 1 : length;
  const outParts = mirrors ? 1 : 2;
  const inner = sizeOf(input.dims.slice(axis + 1, rank - 1));
  const outer = sizeOf(input.dims.slice(0, axis));
  const result = newTensor(
    input.type,
    input.dims.map((s, i) => (i === axis ? kept : i === rank - 1 ? outParts : s)),
  );
  for (let line = 0; line < outer * inner; line++) {
    const [o, i] = [Math.floor(line / inner), line % inner];
    const read = (part: number): Float64Array =>
      Float64Array.from({ length }, (_, k) => {
        const mirrored = mirrors && k >= size;
        const at = mirrored ? length - k : k;
        if (at >= size || part >= parts) return 0;
        const value = input.data[((o * size + at) * inner + i) * parts + part] as number;
        return mirrored && part === 1 ? -value : value;
      });
    const [re, im] = transform(read(0), read(1), inverse, input.type);
    for (let k = 0; k < kept; k++) {
      const place = ((o * kept + k) * inner + i) * outParts;
      result.data[place] = re[k]!;
      if (outParts === 2) result.data[place + 1] = im[k]!;
    }
  }
  return settle(result);
}

function stft(inputs: Inputs, node: NodeContext): Tensor {
  const signal = tensorAt(inputs, 0);
  const step = scalarOf(tensorAt(inputs, 1));
  const window = optionalTensor(inputs, 2);
  const given = optionalTensor(inputs, 3);
  const length = given === undefined ? (window?.size ?? 0) : scalarOf(given);
  if (!(length > 0 && step > 0)) throw badInput('frames need a length and a step');
  const [batches = 0, samples = 0, parts = 1] = signal.dims;
  const oneSided = node.attributes.int('onesided', 1) !== 0;
  const frames = Math.floor((samples - length) / step) + 1;
  const kept = oneSided ? Math.floor(length / 2) + 1 : length;
  const result = newTensor(signal.type, [batches, frames, kept, 2]);
  let place = 0;
  for (let batch = 0; batch < batches; batch++)
    for (let frame = 0; frame < frames; frame++) {
      const read = (part: number): Float64Array =>
        Float64Array.from({ length }, (_, k) => {
          if (part >= parts) return 0;
          const value = signal.data[(batch * samples + frame * step + k) * parts + part] as number;
          return value * (window === undefined ? 1 : (window.data[k] as number));
        });
      const [re, im] = transform(read(0), read(1), false, signal.type);
      for (let k = 0; k < kept; k++) {
        result.data[place++] = re[k]!;
        result.data[place++] = im[k]!;
      }
    }
  return settle(result);
}

/** A window a0 - a1 cos(2πn/N) + a2 cos(4πn/N); N is one less for a symmetric one. */
function window(a0: number, a1: number, a2: number): Kernel {
  return (inputs, node) => {
    const size = scalarOf(tensorAt(inputs, 0));
    const type = elementTypeOf(node.attributes.int('output_datatype', 1)) ?? 'float';
    const period = node.attributes.int('periodic', 1) !== 0 ? size : size - 1;
    const result = newTensor(type, [size]);
    for (let n = 0; n < size; n++) {
      const turn = (2 * Math.PI * n) / period;
      const value = a0 - a1 * Math.cos(turn) + a2 * Math.cos(2 * turn);
      (result.data as unknown[])[n] = typeof result.data[0] === 'bigint' ? BigInt(Math.trunc(value)) : value;
    }
    return settle(result);
  };
}

function melWeightMatrix(inputs: Inputs, node: NodeContext): Tensor {
  const [bins, length, rate, low, high] = [0, 1, 2, 3, 4].map((i) => scalarOf(tensorAt(inputs, i))) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const type = elementTypeOf(node.attributes.int('output_datatype', 1)) ?? 'float';
  const spectrum = Math.floor(length / 2) + 1;
  checkedSize([spectrum, bins]);
  const mel = (hertz: number): number => 2595 * Math.log10(1 + hertz / 700);
  const step = (mel(high) - mel(low)) / (bins + 2);
  const points = Array.from({ length: bins + 2 }, (_, i) => {
    const hertz = 700 * (10 ** ((i * step + mel(low)) / 2595) - 1);
    return Math.floor(((length + 1) * hertz) / rate);
  });
  const result = newTensor(type, [spectrum, bins]);
  const out = new Float64Array(result.size);
  for (let bin = 0; bin < bins; bin++) {
    const [left = 0, center = 0, right = 0] = points.slice(bin, bin + 3);
    if (center === left) out[center * bins + bin] = 1;
    else for (let j = left; j <= center && j < spectrum; j++) out[j * bins + bin] = (j - left) / (center - left);
    for (let j = center; right > center && j < right && j < spectrum; j++)
      out[j * bins + bin] = (right - j) / (right - center);
  }
  const isLong = type === 'int64' || type === 'uint64';
  for (let i = 0; i < out.length; i++) (result.data as unknown[])[i] = isLong ? BigInt(Math.trunc(out[i]!)) : out[i];
  return settle(result);
}

export const signalKernels = {
  '/BlackmanWindow': window(0.42, 0.5, 0.08),
  '/DFT': dft,
  '/HammingWindow': window(25 / 46, 21 / 46, 0),
  '/HannWindow': window(0.5, 0.5, 0),
  '/MelWeightMatrix': melWeightMatrix,
  '/STFT': stft,
} satisfies Kernels;
