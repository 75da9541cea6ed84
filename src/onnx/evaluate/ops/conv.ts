import { badInput } from '../../errors.js';
import { stridesOf } from '../broadcast.js';
import { type Inputs, integersOf, type Kernels, type NodeContext, optionalTensor, tensorAt } from '../kernel.js';
import { accumulateProduct } from '../product.js';
import { type NumberArray, newData, newTensor, settle, sizeOf, Tensor } from '../tensor.js';
import { describe } from '../values.js';
import { positionsOf, type Windows, windowsOf } from '../windows.js';

/** Columns of a plane that are unfolded at once: bounds the memory of a convolution. */
const CHUNK = 4096;

/** For each kernel element and each place of the result, the offset of the input element, or -1 in the padding. */
export function tapOffsets(w: Windows): Int32Array[] {
  const strides = stridesOf(w.input);
  const places = sizeOf(w.output);
  const own = stridesOf(w.output);
  return positionsOf(w.kernel).map((tap) => {
    const offsets = new Int32Array(places);
    for (let place = 0; place < places; place++) {
      let offset = 0;
      for (let axis = 0; axis < tap.length && offset >= 0; axis++) {
        const step = Math.floor(place / own[axis]!) % w.output[axis]!;
        const index = step * w.strides[axis]! + tap[axis]! * w.dilations[axis]! - w.before[axis]!;
        offset = index < 0 || index >= w.input[axis]! ? -1 : offset + index * strides[axis]!;
      }
      offsets[place] = offset;
    }
    return offsets;
  });
}

/** Unfolds the places `from` to `to` of one group of channels: a row for each channel and kernel element. */
function unfold(
  input: NumberArray,
  atIn: number,
  channels: number,
  plane: number,
  taps: readonly Int32Array[],
  from: number,
  to: number,
  columns: NumberArray,
): void {
  const width = to - from;
  let row = 0;
  for (let channel = 0; channel < channels; channel++) {
    const base = atIn + channel * plane;
    for (const offsets of taps) {
      for (let i = 0; i < width; i++) {
        const offset = offsets[from + i]!;
        columns[row + i] = offset < 0 ? 0 : input[base + offset]!;
      }
      row += width;
    }
  }
}

/**
 * The convolution without bias, in the storage of `type`: products of unfolded inputs, added channel by channel, kernel
 * row by kernel row.
 */
function convolved(x: Tensor, weights: Tensor, node: NodeContext, type: 'int32' | Tensor['type']): Tensor {
  const group = node.attributes.int('group', 1);
  const [n = 0, c = 0, ...spatial] = x.dims;
  const [m = 0, perGroup = 0, ...kernel] = weights.dims;
  if (spatial.length === 0 || c !== perGroup * group || m % group !== 0)
    throw badInput('input, weights and group do not fit together', {
      got: `${describe(x)}, ${describe(weights)}, group ${group}`,
    });
  const w = windowsOf(node.attributes, spatial, node.attributes.ints('kernel_shape') ?? kernel);
  const result = newTensor(type, [n, m, ...w.output]);
  const [inPlane, outPlane] = [sizeOf(spatial), sizeOf(w.output)];
  const taps = tapOffsets(w);
  const depth = perGroup * taps.length;
  const outputs = m / group;
  const [from, factors, out] = [x.data as NumberArray, weights.data as NumberArray, result.data as NumberArray];
  const columns = newData(type, depth * Math.min(CHUNK, outPlane)) as NumberArray;
  for (let batch = 0; batch < n; batch++) {
    for (let g = 0; g < group; g++) {
      for (let start = 0; start < outPlane; start += CHUNK) {
        const end = Math.min(outPlane, start + CHUNK);
        unfold(from, (batch * c + g * perGroup) * inPlane, perGroup, inPlane, taps, start, end, columns);
        const first = g * outputs;
        accumulateProduct(
          out,
          (batch * m + first) * outPlane + start,
          factors,
          first * depth,
          columns,
          0,
          outputs,
          depth,
          end - start,
          outPlane,
        );
      }
    }
  }
  return result;
}

function addBias(result: Tensor, bias: Tensor | undefined): Tensor {
  if (bias === undefined) return settle(result);
  const plane = sizeOf(result.dims.slice(2));
  const channels = result.dims[1]!;
  const out = result.data as NumberArray;
  for (let i = 0; i < out.length; i++) out[i] = out[i]! + (bias.data[Math.floor(i / plane) % channels] as number);
  return settle(result);
}

function conv(inputs: Inputs, node: NodeContext): Tensor {
  const x = tensorAt(inputs, 0);
  return addBias(convolved(x, tensorAt(inputs, 1), node, x.type), optionalTensor(inputs, 2));
}

/** Values minus their zero point, as int32; the zero points of weights may be one a channel. */
export function withoutZero(tensor: Tensor, zero: Tensor | undefined): Tensor {
  const result = new Tensor('int32', tensor.dims, Int32Array.from(tensor.data as NumberArray));
  if (zero === undefined) return result;
  const data = result.data as Int32Array;
  const plane = zero.size > 1 ? tensor.size / zero.size : tensor.size;
  for (let i = 0; i < data.length; i++)
    data[i] = data[i]! - (zero.data[zero.size > 1 ? Math.floor(i / plane) : 0] as number);
  return result;
}

export function integerConvolution(x: Tensor, weights: Tensor, node: NodeContext): Tensor {
  return convolved(x, weights, node, 'int32');
}

function convInteger(inputs: Inputs, node: NodeContext): Tensor {
  const x = withoutZero(tensorAt(inputs, 0), optionalTensor(inputs, 2));
  return integerConvolution(x, withoutZero(tensorAt(inputs, 1), optionalTensor(inputs, 3)), node);
}

interface Transposed {
  readonly output: readonly number[];
  readonly before: readonly number[];
}

/** `output_shape` decides the padding where it is given, else the padding decides the shape. */
function transposedShape(
  node: NodeContext,
  input: readonly number[],
  kernel: readonly number[],
  strides: readonly number[],
  dilations: readonly number[],
): Transposed {
  const { attributes } = node;
  const rank = input.length;
  const extra = attributes.ints('output_padding') ?? new Array<number>(rank).fill(0);
  const full = input.map((size, i) => strides[i]! * (size - 1) + extra[i]! + (kernel[i]! - 1) * dilations[i]! + 1);
  const auto = attributes.string('auto_pad', 'NOTSET');
  const same = auto === 'SAME_UPPER' || auto === 'SAME_LOWER';
  const wanted =
    attributes.ints('output_shape')?.slice(-rank) ?? (same ? input.map((size, i) => size * strides[i]!) : undefined);
  if (wanted !== undefined) {
    const total = full.map((size, i) => Math.max(0, size - wanted[i]!));
    const upper = auto === 'SAME_UPPER';
    return { output: wanted, before: total.map((pad) => (upper ? Math.floor(pad / 2) : pad - Math.floor(pad / 2))) };
  }
  const pads = attributes.ints('pads') ?? new Array<number>(2 * rank).fill(0);
  return { output: full.map((size, i) => size - pads[i]! - pads[i + rank]!), before: pads.slice(0, rank) };
}

function convTranspose(inputs: Inputs, node: NodeContext): Tensor {
  const [x, weights] = [tensorAt(inputs, 0), tensorAt(inputs, 1)];
  const group = node.attributes.int('group', 1);
  const [n = 0, c = 0, ...spatial] = x.dims;
  const [, perGroup = 0, ...kernel] = weights.dims;
  if (weights.dims[0] !== c || c % group !== 0)
    throw badInput('input, weights and group do not fit together', { got: `${describe(x)}, ${describe(weights)}` });
  const strides = node.attributes.ints('strides') ?? spatial.map(() => 1);
  const dilations = node.attributes.ints('dilations') ?? spatial.map(() => 1);
  const { output, before } = transposedShape(node, spatial, kernel, strides, dilations);
  const m = perGroup * group;
  const result = newTensor(x.type, [n, m, ...output]);
  const [inSize, outSize] = [sizeOf(spatial), sizeOf(output)];
  const [from, factors, out] = [x.data as NumberArray, weights.data as NumberArray, result.data as NumberArray];
  const outStrides = stridesOf(output);
  const [sources, taps] = [positionsOf(spatial), positionsOf(kernel)];
  // Offsets of the output element that each input element reaches through each tap; -1 where there is none.
  const reach = sources.map((source) =>
    taps.map((tap) => {
      let offset = 0;
      for (let axis = 0; axis < output.length; axis++) {
        const index = source[axis]! * strides[axis]! + tap[axis]! * dilations[axis]! - before[axis]!;
        if (index < 0 || index >= output[axis]!) return -1;
        offset += index * outStrides[axis]!;
      }
      return offset;
    }),
  );
  for (let batch = 0; batch < n; batch++) {
    for (let channel = 0; channel < c; channel++) {
      const first = Math.floor(channel / (c / group)) * perGroup;
      for (let o = 0; o < perGroup; o++) {
        const base = (batch * m + first + o) * outSize;
        for (let i = 0; i < inSize; i++) {
          const value = from[(batch * c + channel) * inSize + i]!;
          for (let k = 0; k < taps.length; k++) {
            const at = reach[i]![k]!;
            if (at >= 0)
              out[base + at] = out[base + at]! + value * factors[(channel * perGroup + o) * taps.length + k]!;
          }
        }
      }
    }
  }
  return addBias(result, optionalTensor(inputs, 2));
}

/** Adds columns of blocks back into images. */
function col2im(inputs: Inputs, node: NodeContext): Tensor {
  const input = tensorAt(inputs, 0);
  const image = integersOf(tensorAt(inputs, 1));
  const block = integersOf(tensorAt(inputs, 2));
  const w = windowsOf(node.attributes, image, block);
  const [n = 0, rows = 0, columns = 0] = input.dims;
  const [taps, places] = [positionsOf(block), positionsOf(w.output)];
  if (places.length !== columns || rows % taps.length !== 0)
    throw badInput('the columns do not fit the image', { got: describe(input) });
  const channels = rows / taps.length;
  const result = newTensor(input.type, [n, channels, ...image]);
  const strides = stridesOf(image);
  const size = sizeOf(image);
  const [from, out] = [input.data as NumberArray, result.data as NumberArray];
  taps.forEach((tap, k) => {
    places.forEach((place, column) => {
      const index = place.map(
        (position, axis) => position * w.strides[axis]! + tap[axis]! * w.dilations[axis]! - w.before[axis]!,
      );
      if (index.some((position, axis) => position < 0 || position >= image[axis]!)) return;
      const at = index.reduce((total, position, axis) => total + position * strides[axis]!, 0);
      for (let plane = 0; plane < n * channels; plane++)
        out[plane * size + at] = out[plane * size + at]! + from[(plane * taps.length + k) * columns + column]!;
    });
  });
  return settle(result);
}

/** The value between the four pixels around (y, x); pixels outside count as 0. */
function bilinear(data: NumberArray, at: number, height: number, width: number, y: number, x: number): number {
  if (y <= -1 || y >= height || x <= -1 || x >= width) return 0;
  const [top, left] = [Math.floor(y), Math.floor(x)];
  const pixel = (row: number, column: number): number =>
    row < 0 || row >= height || column < 0 || column >= width ? 0 : data[at + row * width + column]!;
  const [dy, dx] = [y - top, x - left];
  return (
    (1 - dy) * ((1 - dx) * pixel(top, left) + dx * pixel(top, left + 1)) +
    dy * ((1 - dx) * pixel(top + 1, left) + dx * pixel(top + 1, left + 1))
  );
}

/** A 2-D convolution whose taps are moved by learned offsets, and weighted by a mask. */
function deformConv(inputs: Inputs, node: NodeContext): Tensor {
  const [x, weights, offset] = [tensorAt(inputs, 0), tensorAt(inputs, 1), tensorAt(inputs, 2)];
  const mask = optionalTensor(inputs, 4);
  const group = node.attributes.int('group', 1);
  const offsetGroup = node.attributes.int('offset_group', 1);
  const [n = 0, c = 0, height = 0, width = 0] = x.dims;
  const [m = 0, perGroup = 0, ...kernel] = weights.dims;
  if (x.dims.length !== 4) throw badInput('the operator takes images', { got: describe(x) });
  const w = windowsOf(node.attributes, [height, width], node.attributes.ints('kernel_shape') ?? kernel);
  const [rows = 0, columns = 0] = w.output;
  const taps = positionsOf(kernel);
  const result = newTensor(x.type, [n, m, rows, columns]);
  const [from, factors, moves, out] = [x.data, weights.data, offset.data, result.data] as NumberArray[];
  const plane = rows * columns;
  for (let batch = 0; batch < n; batch++)
    for (let o = 0; o < m; o++)
      for (let place = 0; place < plane; place++) {
        let sum = 0;
        for (let i = 0; i < perGroup; i++) {
          const channel = Math.floor(o / (m / group)) * perGroup + i;
          const og = Math.floor(channel / (c / offsetGroup));
          taps.forEach(([ky = 0, kx = 0], k) => {
            const move = ((batch * offsetGroup + og) * taps.length + k) * 2 * plane + place;
            const y = Math.floor(place / columns) * w.strides[0]! + ky * w.dilations[0]! - w.before[0]! + moves![move]!;
            const xx = (place % columns) * w.strides[1]! + kx * w.dilations[1]! - w.before[1]! + moves![move + plane]!;
            const share =
              mask === undefined
                ? 1
                : (mask.data[((batch * offsetGroup + og) * taps.length + k) * plane + place] as number);
            sum +=
              share *
              factors![(o * perGroup + i) * taps.length + k]! *
              bilinear(from!, (batch * c + channel) * height * width, height, width, y, xx);
          });
        }
        out![(batch * m + o) * plane + place] = sum;
      }
  return addBias(result, optionalTensor(inputs, 3));
}

export const convKernels = {
  '/Col2Im': col2im,
  '/Conv': conv,
  '/ConvInteger': convInteger,
  '/ConvTranspose': convTranspose,
  '/DeformConv': deformConv,
} satisfies Kernels;
