/** Samples of 8 bits in rows from the top: grey, grey and alpha, RGB, or RGB and alpha. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
  readonly data: Uint8Array;
}

/** Thrown inside a decoder where the bytes are not what the format wants; the operator answers with an empty tensor. */
export class Corrupt {
  constructor(readonly reason: string) {}
}

export function corrupt(reason: string): never {
  throw new Corrupt(reason);
}

/** Pixels that a picture may have: larger ones are refused before memory is taken. */
export const MOST_PIXELS = 2 ** 28;

/** An empty picture of the size. Errors: Corrupt for sizes that no picture has. */
export function blank(width: number, height: number, channels: Picture['channels']): Picture {
  if (!(width >= 1 && height >= 1 && width * height <= MOST_PIXELS)) corrupt('the size of the picture');
  return { width, height, channels, data: new Uint8Array(width * height * channels) };
}

/** Bytes read in a byte order. Errors: Corrupt behind the end. */
export class Bytes {
  private readonly view: DataView;
  constructor(
    readonly bytes: Uint8Array,
    readonly little: boolean,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  get length(): number {
    return this.bytes.length;
  }
  private need(at: number, count: number): void {
    if (!(at >= 0 && at + count <= this.bytes.length)) corrupt('the bytes end early');
  }
  u8(at: number): number {
    this.need(at, 1);
    return this.bytes[at]!;
  }
  u16(at: number): number {
    this.need(at, 2);
    return this.view.getUint16(at, this.little);
  }
  u32(at: number): number {
    this.need(at, 4);
    return this.view.getUint32(at, this.little);
  }
  i32(at: number): number {
    return this.u32(at) | 0;
  }
  slice(at: number, count: number): Uint8Array {
    this.need(at, count);
    return this.bytes.subarray(at, at + count);
  }
}

/** The sample of `bits` bits at place `index` of a row that is packed from the highest bit on; of 16 bits the upper 8. */
export function sampleAt(row: Uint8Array, index: number, bits: number): number {
  if (bits === 8) return row[index]!;
  if (bits === 16) return row[2 * index]!;
  const bit = index * bits;
  return (row[bit >> 3]! >> (8 - bits - (bit & 7))) & (2 ** bits - 1);
}
