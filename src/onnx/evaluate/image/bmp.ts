import { Bytes, blank, corrupt, type Picture } from './picture.js';

/** Places of the set bits of a mask: how far to shift, and the greatest value. */
function channelOf(mask: number): (pixel: number) => number {
  if (mask === 0) return () => 0;
  const shift = 31 - Math.clz32(mask & -mask);
  const most = mask >>> shift;
  return (pixel) => Math.round((((pixel & mask) >>> shift) * 255) / most);
}

/** Runs of palette indices, one row after the other from the bottom. */
function unpacked(bytes: Bytes, start: number, width: number, height: number, bits: number): Uint8Array {
  const result = new Uint8Array(width * height);
  let [at, x, y] = [start, 0, 0];
  const put = (value: number): void => {
    if (x < width && y < height) result[y * width + x++] = value;
  };
  const nibble = (byte: number, i: number): number => (i % 2 === 0 ? byte >> 4 : byte & 15);
  while (at + 1 < bytes.length && y < height) {
    const [count, value] = [bytes.u8(at), bytes.u8(at + 1)];
    at += 2;
    if (count > 0) for (let i = 0; i < count; i++) put(bits === 8 ? value : nibble(value, i));
    else if (value === 0) [x, y] = [0, y + 1];
    else if (value === 1) break;
    else if (value === 2) {
      x += bytes.u8(at);
      y += bytes.u8(at + 1);
      at += 2;
    } else {
      for (let i = 0; i < value; i++) put(bits === 8 ? bytes.u8(at + i) : nibble(bytes.u8(at + (i >> 1)), i));
      const size = bits === 8 ? value : (value + 1) >> 1;
      at += size + (size & 1);
    }
  }
  return result;
}

/** Windows and OS/2 bitmaps of 1 to 32 bits, plain, run-length encoded or with masks. */
export function decodeBmp(input: Uint8Array): Picture {
  const bytes = new Bytes(input, true);
  const pixels = bytes.u32(10);
  const header = bytes.u32(14);
  const isOld = header === 12;
  const width = isOld ? bytes.u16(18) : bytes.i32(18);
  const signedHeight = isOld ? bytes.u16(20) : bytes.i32(22);
  const height = Math.abs(signedHeight);
  const bits = bytes.u16(isOld ? 24 : 28);
  const compression = isOld ? 0 : bytes.u32(30);
  const result = blank(width, height, 3);
  const step = isOld ? 3 : 4;
  const palette = 14 + header + (compression === 3 && header === 40 ? 12 : 0);
  const stride = ((width * bits + 31) >> 5) * 4;
  const runs = compression === 1 || compression === 2 ? unpacked(bytes, pixels, width, height, bits) : undefined;
  const masks =
    compression === 3 || compression === 6
      ? [54, 58, 62].map((at) => bytes.u32(at))
      : bits === 16
        ? [0x7c00, 0x3e0, 0x1f]
        : [0xff0000, 0xff00, 0xff];
  const channels = masks.map(channelOf);
  for (let y = 0; y < height; y++) {
    const line = signedHeight < 0 ? y : height - 1 - y;
    for (let x = 0; x < width; x++) {
      const to = (y * width + x) * 3;
      if (bits <= 8) {
        const at = pixels + line * stride;
        const bit = x * bits;
        const index =
          runs === undefined
            ? (bytes.u8(at + (bit >> 3)) >> (8 - bits - (bit & 7))) & (2 ** bits - 1)
            : runs[line * width + x]!;
        for (let c = 0; c < 3; c++) result.data[to + c] = bytes.u8(palette + index * step + 2 - c);
      } else if (bits === 24) {
        for (let c = 0; c < 3; c++) result.data[to + c] = bytes.u8(pixels + line * stride + 3 * x + 2 - c);
      } else if (bits === 16 || bits === 32) {
        const at = pixels + line * stride + (x * bits) / 8;
        const pixel = bits === 16 ? bytes.u16(at) : bytes.u32(at);
        for (let c = 0; c < 3; c++) result.data[to + c] = channels[c]!(pixel);
      } else corrupt('the bits of a pixel');
    }
  }
  return result;
}
