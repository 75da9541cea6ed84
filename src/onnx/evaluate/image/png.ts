import { unzlibSync } from 'fflate';
import { Bytes, blank, corrupt, MOST_PIXELS, type Picture, sampleAt } from './picture.js';

const CHANNELS: Readonly<Record<number, 1 | 2 | 3 | 4>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
/** First place and step of each pass of Adam7. */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

function paeth(a: number, b: number, c: number): number {
  const p = a + b - c;
  const [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)];
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}

/** Undoes the filter of a row in place; `before` is the row above. */
function unfilter(kind: number, row: Uint8Array, before: Uint8Array, step: number): void {
  for (let i = 0; i < row.length; i++) {
    const [left, up, corner] = [i < step ? 0 : row[i - step]!, before[i]!, i < step ? 0 : before[i - step]!];
    const by =
      kind === 0 ? 0 : kind === 1 ? left : kind === 2 ? up : kind === 3 ? (left + up) >> 1 : paeth(left, up, corner);
    row[i] = row[i]! + by;
  }
  if (kind > 4) corrupt('a filter');
}

/** Portable network graphics of every colour type and depth; of 16 bits the upper 8. */
export function decodePng(input: Uint8Array): Picture {
  const bytes = new Bytes(input, false);
  const [width, height, depth, type, interlaced] = [
    bytes.u32(16),
    bytes.u32(20),
    bytes.u8(24),
    bytes.u8(25),
    bytes.u8(28),
  ];
  const own = CHANNELS[type] ?? corrupt('the colour type');
  if (width * height > MOST_PIXELS) corrupt('the size of the picture');
  const parts: Uint8Array[] = [];
  let palette: Uint8Array | undefined;
  for (let at = 8; at + 8 <= bytes.length; ) {
    const size = bytes.u32(at);
    const name = String.fromCharCode(...bytes.slice(at + 4, 4));
    if (name === 'IDAT') parts.push(bytes.slice(at + 8, size));
    if (name === 'PLTE') palette = bytes.slice(at + 8, size);
    if (name === 'IEND') break;
    at += size + 12;
  }
  if (type === 3 && palette === undefined) corrupt('there is no palette');
  const packed = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let end = 0;
  for (const part of parts) {
    packed.set(part, end);
    end += part.length;
  }
  const passes = (interlaced === 0 ? ([[0, 0, 1, 1]] as const) : PASSES).flatMap(([x0, y0, dx, dy]) => {
    const [columns, rows] = [Math.ceil((width - x0) / dx), Math.ceil((height - y0) / dy)];
    const stride = (columns * own * depth + 7) >> 3;
    return columns <= 0 || rows <= 0 ? [] : [{ x0, y0, dx, dy, columns, rows, stride }];
  });
  // No more is unpacked than the picture needs, whatever the stream holds.
  const needed = passes.reduce((sum, { rows, stride }) => sum + rows * (stride + 1), 0);
  const data = unzlibSync(packed, { out: new Uint8Array(needed) });
  const result = blank(width, height, type === 3 ? 3 : own);
  const step = Math.max(1, (own * depth) >> 3);
  let at = 0;
  for (const { x0, y0, dx, dy, columns, rows, stride } of passes) {
    let before = new Uint8Array(stride);
    for (let y = 0; y < rows; y++) {
      if (at + 1 + stride > data.length) corrupt('the bytes end early');
      const row = data.slice(at + 1, at + 1 + stride);
      unfilter(data[at]!, row, before, step);
      at += stride + 1;
      before = row;
      for (let x = 0; x < columns; x++) {
        const to = ((y0 + y * dy) * width + x0 + x * dx) * result.channels;
        if (palette !== undefined && type === 3) {
          const index = sampleAt(row, x, depth);
          for (let c = 0; c < 3; c++) result.data[to + c] = palette[3 * index + c] ?? 0;
        } else
          for (let c = 0; c < own; c++) {
            const sample = sampleAt(row, x * own + c, depth);
            result.data[to + c] = depth < 8 ? (sample * 255) / (2 ** depth - 1) : sample;
          }
      }
    }
  }
  return result;
}
