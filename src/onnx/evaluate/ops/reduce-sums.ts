import { sizeOf } from '../tensor.js';

const { fround } = Math;

/** The sums of `count` neighbours from `start` on: one for each line. */
type Line = (data: Float32Array, start: number, count: number) => number;

const inOrder = (data: Float32Array, start: number, count: number): number => {
  let total = count === 0 ? 0 : data[start]!;
  for (let i = start + 1; i < start + count; i++) total = fround(total + data[i]!);
  return total;
};

/**
 * Four lanes, and two groups of lanes by turns, from the first place that is a multiple of four; then what stands before
 * it and what is left over.
 */
export const sumInLanes: Line = (data, start, count) => {
  const first = start + Math.min(count, (4 - (start % 4)) % 4);
  const end = start + count;
  const groups = Math.floor((end - first) / 4);
  if (groups === 0) return inOrder(data, start, count);
  const lane = (l: number): number => {
    let even = data[first + l]!;
    if (groups === 1) return even;
    let odd = data[first + 4 + l]!;
    const pairs = groups - (groups % 2);
    for (let g = 2; g < pairs; g += 2) {
      even = fround(even + data[first + 4 * g + l]!);
      odd = fround(odd + data[first + 4 * g + 4 + l]!);
    }
    even = fround(even + odd);
    return pairs === groups ? even : fround(even + data[first + 4 * pairs + l]!);
  };
  let total = fround(fround(lane(0) + lane(2)) + fround(lane(1) + lane(3)));
  for (let i = start; i < first; i++) total = fround(total + data[i]!);
  for (let i = first + 4 * groups; i < end; i++) total = fround(total + data[i]!);
  return total;
};

/** Rows of `width` added up one after the other, or four, then two at a time. */
function addRows(data: Float32Array, start: number, rows: number, width: number, grouped: boolean): Float32Array {
  const total = new Float32Array(width);
  const at = (row: number, i: number): number => data[start + row * width + i]!;
  let row = 0;
  if (grouped)
    for (; row + 1 < rows; ) {
      const four = row + 3 < rows;
      for (let i = 0; i < width; i++) {
        let sum = fround(at(row, i) + at(row + 1, i));
        if (four) sum = fround(fround(sum + at(row + 2, i)) + at(row + 3, i));
        total[i] = total[i]! + sum;
      }
      row += four ? 4 : 2;
    }
  for (; row < rows; row++) for (let i = 0; i < width; i++) total[i] = total[i]! + at(row, i);
  return total;
}

/**
 * Float32 sums over some axes in the order of ONNX Runtime, which depends on where the axes lie; undefined for axes that
 * alternate more often, whose sums it forms in the order of the elements.
 */
export function engineSums(
  data: Float32Array,
  dims: readonly number[],
  isReduced: (axis: number) => boolean,
): Float32Array | undefined {
  const sizes: number[] = [];
  dims.forEach((size, axis) => {
    if (axis > 0 && isReduced(axis) === isReduced(axis - 1)) sizes[sizes.length - 1] = sizes.at(-1)! * size;
    else sizes.push(size);
  });
  if (sizeOf(dims) === 0) return undefined;
  const kind = (dims.length > 0 && isReduced(0) ? 'RKR' : 'KRK').slice(0, sizes.length);
  const [a = 1, b = 1, c = 1] = sizes;
  if (sizes.length > 3) return undefined;
  if (kind === 'R') return Float32Array.of(sumInLanes(data, 0, a));
  if (kind === 'KR') return Float32Array.from({ length: a }, (_, i) => sumInLanes(data, i * b, b));
  if (kind === 'RK') return addRows(data, 0, a, b, false);
  if (kind === 'RKR')
    return Float32Array.from({ length: b }, (_, k) => {
      let total = sumInLanes(data, k * c, c);
      for (let i = 1; i < a; i++) total = fround(total + sumInLanes(data, (i * b + k) * c, c));
      return total;
    });
  if (kind !== 'KRK') return undefined;
  const result = new Float32Array(a * c);
  for (let i = 0; i < a; i++) result.set(addRows(data, i * b * c, b, c, true), i * c);
  return result;
}
