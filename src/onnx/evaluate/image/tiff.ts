import { unzlibSync } from 'fflate';
import { unsupported } from '../../errors.js';
import { Bytes, blank, corrupt, type Picture, sampleAt } from './picture.js';

const SIZES: Readonly<Record<number, number>> = { 1: 1, 3: 2, 4: 4 };

type Tags = ReadonlyMap<number, readonly number[]>;

/** The tags of the first directory whose values are whole numbers. */
function tagsOf(bytes: Bytes): Tags {
  const start = bytes.u32(4);
  const tags = new Map<number, number[]>();
  for (let i = 0; i < bytes.u16(start); i++) {
    const at = start + 2 + 12 * i;
    const [tag, type, count] = [bytes.u16(at), bytes.u16(at + 2), bytes.u32(at + 4)];
    const size = SIZES[type];
    if (size === undefined) continue;
    if (count > bytes.length) corrupt('a count');
    const from = count * size <= 4 ? at + 8 : bytes.u32(at + 8);
    const read = size === 1 ? bytes.u8 : size === 2 ? bytes.u16 : bytes.u32;
    tags.set(
      tag,
      Array.from({ length: count }, (_, k) => read.call(bytes, from + k * size)),
    );
  }
  return tags;
}

function packBits(data: Uint8Array, size: number): Uint8Array {
  const result = new Uint8Array(size);
  let [from, to] = [0, 0];
  while (from < data.length && to < size) {
    const count = (data[from++]! << 24) >> 24;
    if (count >= 0) {
      result.set(data.subarray(from, Math.min(from + count + 1, from + size - to)), to);
      from += count + 1;
      to += count + 1;
    } else if (count !== -128) {
      result.fill(data[from++] ?? 0, to, to + 1 - count);
      to += 1 - count;
    }
  }
  return result;
}

/** Lempel-Ziv-Welch with codes of 9 to 12 bits from the highest bit on, which grow one code early. */
function lzw(data: Uint8Array, size: number): Uint8Array {
  const result = new Uint8Array(size);
  const start = new Int32Array(4097);
  const length = new Int32Array(4097);
  let [bit, width, next, last, to] = [0, 9, 258, -1, 0];
  while (bit + width <= data.length * 8 && to < size) {
    let code = 0;
    for (let i = 0; i < width; i++, bit++) code = (code << 1) | ((data[bit >> 3]! >> (7 - (bit & 7))) & 1);
    if (code === 257) break;
    if (code === 256) {
      [width, next, last] = [9, 258, -1];
      continue;
    }
    if (code > next || (last < 0 && code > 255)) corrupt('a code of LZW');
    const begin = to;
    if (code < 256) result[to++] = code;
    else {
      const isNew = code === next;
      const count = isNew ? length[4096]! + 1 : length[code]!;
      const from = isNew ? start[4096]! : start[code]!;
      for (let i = 0; i < count && to < size; i++) result[to++] = result[from + i]!;
    }
    if (last >= 0 && next < 4096) {
      start[next] = start[4096]!;
      length[next] = length[4096]! + 1;
      next++;
    }
    [start[4096], length[4096]] = [begin, to - begin];
    last = code;
    if (next + 1 >= 2 ** width && width < 12) width++;
  }
  return result;
}

function unpacked(data: Uint8Array, compression: number, size: number): Uint8Array {
  if (compression === 1) return data.length < size ? corrupt('the bytes end early') : data;
  if (compression === 5) return lzw(data, size);
  if (compression === 32773) return packBits(data, size);
  if (compression === 8 || compression === 32946) return unzlibSync(data, { out: new Uint8Array(size) });
  throw unsupported('this compression of TIFF is not decoded', {
    expected: 'none, LZW, Deflate or PackBits',
    got: String(compression),
  });
}

/** The first picture of a file: strips or tiles, samples of 1 to 16 bits, grey, palette or RGB. */
export function decodeTiff(input: Uint8Array): Picture {
  const bytes = new Bytes(input, input[0] === 0x49);
  const tags = tagsOf(bytes);
  const one = (tag: number, fallback?: number): number => tags.get(tag)?.[0] ?? fallback ?? corrupt(`tag ${tag}`);
  const [width, height, samples] = [one(256), one(257), one(277, 1)];
  const [bits, compression, photometric] = [one(258, 1), one(259, 1), one(262)];
  const [planar, predictor] = [one(284, 1), one(317, 1)];
  if (photometric > 3) throw unsupported('this colour space of TIFF is not decoded', { got: String(photometric) });
  const isTiled = tags.has(322);
  const [tileWidth, tileHeight] = isTiled ? [one(322), one(323)] : [width, Math.min(height, one(278, height))];
  const offsets = tags.get(isTiled ? 324 : 273) ?? corrupt('there are no offsets');
  const counts = tags.get(isTiled ? 325 : 279) ?? [];
  const channels = photometric === 3 ? 3 : photometric === 2 ? (samples >= 4 ? 4 : 3) : 1;
  const result = blank(width, height, channels);
  const palette = tags.get(320) ?? [];
  const [across, down] = [Math.ceil(width / tileWidth), Math.ceil(height / tileHeight)];
  const perPixel = planar === 2 ? 1 : samples;
  const stride = (tileWidth * perPixel * bits + 7) >> 3;
  const most = 2 ** bits - 1;
  offsets.forEach((offset, index) => {
    const plane = planar === 2 ? Math.floor(index / (across * down)) : 0;
    if (plane >= channels) return;
    const [tileX, tileY] = [index % across, Math.floor(index / across) % down];
    const rows = isTiled ? tileHeight : Math.min(tileHeight, height - tileY * tileHeight);
    const size = stride * rows;
    const packed = bytes.slice(offset, counts[index] ?? Math.min(size, bytes.length - offset));
    const data = unpacked(packed, compression, size).slice();
    for (let y = 0; y < rows; y++) {
      const row = data.subarray(y * stride, (y + 1) * stride);
      if (row.length < stride) corrupt('the bytes end early');
      if (predictor === 2 && bits === 8) for (let i = perPixel; i < stride; i++) row[i] = row[i]! + row[i - perPixel]!;
      if (predictor === 2 && bits === 16) accumulate16(row, perPixel, bytes.little);
      if (bits === 16 && bytes.little) for (let i = 0; i + 1 < stride; i += 2) row[i] = row[i + 1]!;
      const line = tileY * tileHeight + y;
      for (let x = 0; x < tileWidth && tileX * tileWidth + x < width && line < height; x++) {
        const to = (line * width + tileX * tileWidth + x) * channels;
        for (let c = 0; c < (planar === 2 ? 1 : Math.min(perPixel, channels)); c++) {
          const sample = sampleAt(row, x * perPixel + c, bits);
          if (photometric === 3)
            for (let k = 0; k < 3; k++) result.data[to + k] = (palette[k * 2 ** bits + sample] ?? 0) >> 8;
          else {
            const value = bits < 8 ? (sample * 255) / most : sample;
            result.data[to + plane + c] = photometric === 0 ? 255 - value : value;
          }
        }
      }
    }
  });
  return result;
}

/** Differences of samples of 16 bits, summed in place. */
function accumulate16(row: Uint8Array, step: number, little: boolean): void {
  const view = new DataView(row.buffer, row.byteOffset, row.length);
  for (let i = step; 2 * i + 1 < row.length; i++)
    view.setUint16(2 * i, view.getUint16(2 * i, little) + view.getUint16(2 * (i - step), little), little);
}
