import type { Bits, HuffmanTable } from './jpeg-huffman.js';

/** Coefficient k of a block as it is stored lies here, row by row. */
export const ZIGZAG = Uint8Array.from([
  ...[0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21],
  ...[28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61],
  ...[54, 47, 55, 62, 63],
]);

/** What a scan brings: which coefficients, and which of their bits. */
export interface Scan {
  readonly from: number;
  readonly to: number;
  /** The bit before, 0 in a first scan. */
  readonly high: number;
  readonly low: number;
  readonly progressive: boolean;
}

/** State between blocks: the blocks to come that end early. */
export interface Run {
  left: number;
}

export interface ScanComponent {
  readonly dc: HuffmanTable | undefined;
  readonly ac: HuffmanTable | undefined;
  predicted: number;
}

function baseline(bits: Bits, block: Int16Array, at: number, c: ScanComponent): void {
  c.predicted += bits.signed(bits.symbol(c.dc!));
  block[at] = c.predicted;
  for (let k = 1; k < 64; k++) {
    const symbol = bits.symbol(c.ac!);
    const [zeros, size] = [symbol >> 4, symbol & 15];
    if (size === 0 && zeros < 15) return;
    k += zeros;
    if (size > 0 && k < 64) block[at + ZIGZAG[k]!] = bits.signed(size);
  }
}

function firstAc(bits: Bits, block: Int16Array, at: number, c: ScanComponent, scan: Scan, run: Run): void {
  if (run.left > 0) {
    run.left--;
    return;
  }
  for (let k = scan.from; k <= scan.to; k++) {
    const symbol = bits.symbol(c.ac!);
    const [zeros, size] = [symbol >> 4, symbol & 15];
    if (size === 0 && zeros < 15) {
      run.left = 2 ** zeros - 1 + bits.take(zeros);
      return;
    }
    k += zeros;
    if (size > 0 && k < 64) block[at + ZIGZAG[k]!] = bits.signed(size) * 2 ** scan.low;
  }
}

function refine(bits: Bits, block: Int16Array, place: number, step: number): void {
  if (bits.bit() === 1 && (block[place]! & step) === 0)
    block[place] = block[place]! + (block[place]! < 0 ? -step : step);
}

function laterAc(bits: Bits, block: Int16Array, at: number, c: ScanComponent, scan: Scan, run: Run): void {
  const step = 2 ** scan.low;
  let k = scan.from;
  while (run.left === 0 && k <= scan.to) {
    const symbol = bits.symbol(c.ac!);
    let zeros = symbol >> 4;
    let value = 0;
    if ((symbol & 15) === 0) {
      if (zeros < 15) {
        run.left = 2 ** zeros + bits.take(zeros);
        break;
      }
    } else value = bits.bit() === 1 ? step : -step;
    for (; k <= scan.to; k++) {
      const place = at + ZIGZAG[k]!;
      if (block[place] !== 0) refine(bits, block, place, step);
      else if (zeros-- === 0) {
        block[place] = value;
        k++;
        break;
      }
    }
  }
  if (run.left === 0) return;
  for (; k <= scan.to; k++) {
    const place = at + ZIGZAG[k]!;
    if (block[place] !== 0) refine(bits, block, place, step);
  }
  run.left--;
}

/** Reads what a scan has of one block. */
export function readBlock(bits: Bits, block: Int16Array, at: number, c: ScanComponent, scan: Scan, run: Run): void {
  if (!scan.progressive) baseline(bits, block, at, c);
  else if (scan.from === 0) {
    if (scan.high === 0) {
      c.predicted += bits.signed(bits.symbol(c.dc!));
      block[at] = c.predicted * 2 ** scan.low;
    } else if (bits.bit() === 1) block[at] = block[at]! | (2 ** scan.low);
  } else if (scan.high === 0) firstAc(bits, block, at, c, scan, run);
  else laterAc(bits, block, at, c, scan, run);
}
