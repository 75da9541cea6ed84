import { corrupt } from './picture.js';

/** Codes by length: the least code of each length, where its symbols begin, and the symbols. */
export interface HuffmanTable {
  readonly most: Int32Array;
  readonly offset: Int32Array;
  readonly symbols: Uint8Array;
}

export function huffmanTable(counts: Uint8Array, symbols: Uint8Array): HuffmanTable {
  const [most, offset] = [new Int32Array(18).fill(-1), new Int32Array(18)];
  let [code, at] = [0, 0];
  for (let length = 1; length <= 16; length++) {
    offset[length] = at - code;
    code += counts[length - 1]!;
    at += counts[length - 1]!;
    most[length] = counts[length - 1] === 0 ? -1 : code - 1;
    code <<= 1;
  }
  return { most, offset, symbols };
}

/** Bits of a scan, up to a marker; behind it zeros follow, as decoders agree. */
export class Bits {
  private bits = 0;
  private count = 0;
  constructor(
    private readonly bytes: Uint8Array,
    public at: number,
  ) {}

  bit(): number {
    if (this.count === 0) {
      let byte = this.bytes[this.at] ?? corrupt('the bytes end early');
      if (byte === 0xff) {
        if (this.bytes[this.at + 1] === 0) this.at += 2;
        else byte = 0;
      } else this.at++;
      this.bits = byte;
      this.count = 8;
    }
    this.count--;
    return (this.bits >> this.count) & 1;
  }

  take(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) value = (value << 1) | this.bit();
    return value;
  }

  /** A number of `count` bits whose first bit tells the sign. */
  signed(count: number): number {
    if (count === 0) return 0;
    const value = this.take(count);
    return value < 2 ** (count - 1) ? value - 2 ** count + 1 : value;
  }

  symbol(table: HuffmanTable): number {
    let code = 0;
    for (let length = 1; length <= 16; length++) {
      code = (code << 1) | this.bit();
      if (code <= table.most[length]!) return table.symbols[table.offset[length]! + code]!;
    }
    return corrupt('a code');
  }

  /** Skips to the restart marker that comes next. */
  restart(): void {
    this.count = 0;
    while (this.at + 1 < this.bytes.length) {
      if (this.bytes[this.at] === 0xff && this.bytes[this.at + 1]! >= 0xd0 && this.bytes[this.at + 1]! <= 0xd7) {
        this.at += 2;
        return;
      }
      if (this.bytes[this.at] === 0xff && this.bytes[this.at + 1]! !== 0 && this.bytes[this.at + 1]! !== 0xff) return;
      this.at++;
    }
  }
}
