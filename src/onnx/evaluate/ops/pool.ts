import { badInput } from '../../errors.js';
import { stridesOf } from '../broadcast.js';
import { type Inputs, integersOf, type Kernels, type NodeContext, optionalTensor, tensorAt } from '../kernel.js';
import { type NumberArray, newTensor, settle, sizeOf, type Tensor } from '../tensor.js';
import { describe } from '../values.js';
import { positionsOf, type Windows, windowsOf } from '../windows.js';

/** Offsets within a plane of the elements that each window covers; padding is left out. */
function coverage(w: Windows): { inside: number[][]; padded: number[] } {
  const strides = stridesOf(w.input);
  const taps = positionsOf(w.kernel);
  const padded: number[] = [];
  const inside = positionsOf(w.output).map((place) => {
    let withPadding = 0;
    const offsets: number[] = [];
    for (const tap of taps) {
      let at = 0;
      let covers = true;
      let counts = true;
      for (let axis = 0; axis < place.length; axis++) {
        const index = place[axis]! * w.strides[axis]! + tap[axis]! * w.dilations[axis]! - w.before[axis]!;
        if (index < 0 || index >= w.input[axis]!) covers = false;
        if (index >= w.input[axis]! + w.after[axis]!) counts = false;
        at += index * strides[axis]!;
      }
      if (covers) offsets.push(at);
      if (counts) withPadding++;
    }
    padded.push(withPadding);
    return offsets;
  });
  return { inside, padded };
}

type Pool = (data: NumberArray, base: number, offsets: readonly number[], withPadding: number) => number;

function pooled(input: Tensor, w: Windows, pool: Pool): Tensor {
  const { inside, padded } = coverage(w);
  const result = newTensor(input.type, [...input.dims.slice(0, 2), ...w.output]);
  const plane = sizeOf(w.input);
  const out = result.data as NumberArray;
  for (let i = 0; i < out.length; i++) {
    const place = i % inside.length;
    out[i] = pool(input.data as NumberArray, Math.floor(i / inside.length) * plane, inside[place]!, padded[place]!);
  }
  return settle(result);
}

function windows(input: Tensor, node: NodeContext): Windows {
  if (input.dims.length < 3) throw badInput('the operator takes images', { got: describe(input) });
  return windowsOf(node.attributes, input.dims.slice(2), node.attributes.ints('kernel_shape') ?? [], true);
}

function averagePool(inputs: Inputs, node: NodeContext): Tensor {
  const input = tensorAt(inputs, 0);
  const all = node.attributes.int('count_include_pad', 0) !== 0;
  return pooled(input, windows(input, node), (data, base, offsets, withPadding) => {
    let sum = 0;
    for (const offset of offsets) sum += data[base + offset]!;
    return sum / (all ? withPadding : offsets.length);
  });
}

const largest: Pool = (data, base, offsets) => {
  let best = Number.NEGATIVE_INFINITY;
  for (const offset of offsets) if (!(data[base + offset]! <= best)) best = data[base + offset]!;
  return best;
};

/** The place of an element within its plane when axes are counted in column-major order. */
function columnMajor(at: number, dims: readonly number[]): number {
  const strides = stridesOf(dims);
  let result = 0;
  let scale = 1;
  dims.forEach((size, axis) => {
    result += (Math.floor(at / strides[axis]!) % size) * scale;
    scale *= size;
  });
  return result;
}

function maxPool(inputs: Inputs, node: NodeContext): Tensor[] {
  const input = tensorAt(inputs, 0);
  const w = windows(input, node);
  const values = pooled(input, w, largest);
  if ((node.outputs[1] ?? '') === '') return [values];
  const byColumn = node.attributes.int('storage_order', 0) === 1;
  const plane = sizeOf(w.input);
  const indices = newTensor('int64', values.dims);
  let i = 0;
  pooled(input, w, (data, base, offsets) => {
    let best = offsets[0] ?? 0;
    for (const offset of offsets) if (data[base + offset]! > data[base + best]!) best = offset;
    const place = byColumn ? columnMajor(best, w.input) : best;
    (indices.data as BigInt64Array)[i++] = BigInt(Math.floor(base / plane) * plane + place);
    return 0;
  });
  return [values, indices];
}

function lpPool(inputs: Inputs, node: NodeContext): Tensor {
  const input = tensorAt(inputs, 0);
  const p = node.attributes.int('p', 2);
  return pooled(input, windows(input, node), (data, base, offsets) => norm(data, base, offsets, p));
}

function norm(data: NumberArray, base: number, offsets: readonly number[], p: number): number {
  let sum = 0;
  for (const offset of offsets) sum += Math.abs(data[base + offset]!) ** p;
  return sum ** (1 / p);
}

/** One window over all of a plane. */
function whole(input: Tensor): Windows {
  const spatial = input.dims.slice(2);
  const [ones, zeros] = [spatial.map(() => 1), spatial.map(() => 0)];
  return { input: spatial, kernel: spatial, strides: ones, dilations: ones, before: zeros, after: zeros, output: ones };
}

function globalAverage(inputs: Inputs): Tensor {
  const input = tensorAt(inputs, 0);
  return pooled(input, whole(input), (data, base, offsets) => {
    let sum = 0;
    for (const offset of offsets) sum += data[base + offset]!;
    return sum / offsets.length;
  });
}

function globalLp(inputs: Inputs, node: NodeContext): Tensor {
  const input = tensorAt(inputs, 0);
  const p = node.attributes.int('p', 2);
  return pooled(input, whole(input), (data, base, offsets) => norm(data, base, offsets, p));
}

function maxUnpool(inputs: Inputs, node: NodeContext): Tensor {
  const [input, indices] = [tensorAt(inputs, 0), tensorAt(inputs, 1)];
  const given = optionalTensor(inputs, 2);
  const kernel = node.attributes.ints('kernel_shape') ?? [];
  const strides = node.attributes.ints('strides') ?? kernel.map(() => 1);
  const pads = node.attributes.ints('pads') ?? new Array<number>(2 * kernel.length).fill(0);
  const inferred = input.dims
    .slice(2)
    .map((size, i) => (size - 1) * strides[i]! + kernel[i]! - pads[i]! - pads[i + kernel.length]!);
  const natural = [...input.dims.slice(0, 2), ...inferred];
  const dims = given === undefined ? natural : integersOf(given);
  const result = newTensor(input.type, dims);
  const [own, target] = [stridesOf(natural), stridesOf(dims)];
  integersOf(indices).forEach((at, i) => {
    let offset = 0;
    natural.forEach((size, axis) => {
      offset += (Math.floor(at / own[axis]!) % size) * target[axis]!;
    });
    (result.data as NumberArray)[offset] = input.data[i] as number;
  });
  return result;
}

/** Largest value of each cell of a grid over a region of interest. */
function maxRoiPool(inputs: Inputs, node: NodeContext): Tensor {
  const [input, rois] = [tensorAt(inputs, 0), tensorAt(inputs, 1)];
  const [rows = 1, columns = 1] = node.attributes.ints('pooled_shape') ?? [];
  const scale = node.attributes.float('spatial_scale', 1);
  const [, c = 0, height = 0, width = 0] = input.dims;
  const count = rois.dims[0]!;
  const result = newTensor(input.type, [count, c, rows, columns]);
  const out = result.data as NumberArray;
  for (let r = 0; r < count; r++) {
    const [batch = 0, x1 = 0, y1 = 0, x2 = 0, y2 = 0] = Array.from(
      { length: 5 },
      (_, k) => rois.data[r * 5 + k] as number,
    );
    const [left, top, right, bottom] = [x1, y1, x2, y2].map((value) => Math.round(value * scale)) as [
      number,
      number,
      number,
      number,
    ];
    const cell = [Math.max(bottom - top + 1, 1) / rows, Math.max(right - left + 1, 1) / columns] as const;
    for (let i = 0; i < c * rows * columns; i++) {
      const [row, column] = [Math.floor(i / columns) % rows, i % columns];
      const plane = (batch * c + Math.floor(i / (rows * columns))) * height * width;
      const clampTo = (value: number, size: number): number => Math.min(Math.max(value, 0), size);
      let best = 0;
      let any = false;
      for (
        let y = clampTo(Math.floor(row * cell[0]) + top, height);
        y < clampTo(Math.ceil((row + 1) * cell[0]) + top, height);
        y++
      )
        for (
          let x = clampTo(Math.floor(column * cell[1]) + left, width);
          x < clampTo(Math.ceil((column + 1) * cell[1]) + left, width);
          x++
        ) {
          const value = (input.data as NumberArray)[plane + y * width + x]!;
          if (!any || value > best) best = value;
          any = true;
        }
      out[r * c * rows * columns + i] = best;
    }
  }
  return result;
}

/** Bilinear samples within each cell of a region of interest, averaged or their largest product of weight and value. */
function roiAlign(inputs: Inputs, node: NodeContext): Tensor {
  const [input, rois, batches] = [tensorAt(inputs, 0), tensorAt(inputs, 1), tensorAt(inputs, 2)];
  const { attributes } = node;
  const [rows, columns] = [attributes.int('output_height', 1), attributes.int('output_width', 1)];
  const ratio = attributes.int('sampling_ratio', 0);
  const scale = attributes.float('spatial_scale', 1);
  const isMax = attributes.string('mode', 'avg') === 'max';
  const half = node.version >= 16 && attributes.string('coordinate_transformation_mode', 'half_pixel') === 'half_pixel';
  const [, c = 0, height = 0, width = 0] = input.dims;
  const result = newTensor(input.type, [rois.dims[0]!, c, rows, columns]);
  const data = input.data as NumberArray;
  let at = 0;
  for (let r = 0; r < rois.dims[0]!; r++) {
    const [x1, y1, x2, y2] = [0, 1, 2, 3].map((k) => (rois.data[r * 4 + k] as number) * scale - (half ? 0.5 : 0)) as [
      number,
      number,
      number,
      number,
    ];
    const size = (from: number, to: number): number => (half ? to - from : Math.max(to - from, 1));
    const [cellHeight, cellWidth] = [size(y1, y2) / rows, size(x1, x2) / columns];
    const [samplesY, samplesX] = [ratio > 0 ? ratio : Math.ceil(cellHeight), ratio > 0 ? ratio : Math.ceil(cellWidth)];
    for (let channel = 0; channel < c; channel++) {
      const plane = (Number(batches.data[r]) * c + channel) * height * width;
      for (let cell = 0; cell < rows * columns; cell++) {
        const values: number[] = [];
        for (let iy = 0; iy < samplesY; iy++)
          for (let ix = 0; ix < samplesX; ix++) {
            const y = y1 + Math.floor(cell / columns) * cellHeight + ((iy + 0.5) * cellHeight) / samplesY;
            const x = x1 + (cell % columns) * cellWidth + ((ix + 0.5) * cellWidth) / samplesX;
            values.push(...sample(data, plane, height, width, y, x, isMax));
          }
        const total = values.reduce((a, b) => a + b, 0);
        (result.data as NumberArray)[at++] = isMax ? Math.max(...values) : total / Math.max(samplesY * samplesX, 1);
      }
    }
  }
  return settle(result);
}

/** The four weighted pixels around a point; as one sum, or apart where their maximum is wanted. */
function sample(
  data: NumberArray,
  plane: number,
  height: number,
  width: number,
  y: number,
  x: number,
  apart: boolean,
): number[] {
  if (y < -1 || y > height || x < -1 || x > width) return [0];
  const clampAxis = (value: number, size: number): [number, number, number] => {
    const inside = Math.max(value, 0);
    const low = Math.min(Math.floor(inside), size - 1);
    return [low, Math.min(low + 1, size - 1), low >= size - 1 ? 0 : inside - low];
  };
  const [top, bottom, dy] = clampAxis(y, height);
  const [left, right, dx] = clampAxis(x, width);
  const parts = [
    (1 - dy) * (1 - dx) * data[plane + top * width + left]!,
    (1 - dy) * dx * data[plane + top * width + right]!,
    dy * (1 - dx) * data[plane + bottom * width + left]!,
    dy * dx * data[plane + bottom * width + right]!,
  ];
  return apart ? [Math.max(...parts)] : [parts.reduce((a, b) => a + b, 0)];
}

export const poolKernels = {
  '/AveragePool': averagePool,
  '/GlobalAveragePool': globalAverage,
  '/GlobalLpPool': globalLp,
  '/GlobalMaxPool': (inputs) => pooled(tensorAt(inputs, 0), whole(tensorAt(inputs, 0)), largest),
  '/LpPool': lpPool,
  '/MaxPool': maxPool,
  '/MaxRoiPool': maxRoiPool,
  '/MaxUnpool': maxUnpool,
  '/RoiAlign': roiAlign,
} satisfies Kernels;
