import { unsupported } from '../../errors.js';
import { Bits, type HuffmanTable, huffmanTable } from './jpeg-huffman.js';
import { inverseTransform } from './jpeg-idct.js';
import { readBlock, type Scan, type ScanComponent, ZIGZAG } from './jpeg-scan.js';
import { type Plane, upsampled } from './jpeg-upsample.js';
import { Bytes, blank, corrupt, type Picture } from './picture.js';

interface Component {
  readonly id: number;
  readonly across: number;
  readonly down: number;
  readonly quantizer: number;
  /** Blocks in a row and in a column, filled up to whole units. */
  columns: number;
  rows: number;
  width: number;
  height: number;
  blocks: Int16Array;
}

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly progressive: boolean;
  readonly components: readonly Component[];
  readonly across: number;
  readonly down: number;
}

interface State {
  readonly bytes: Bytes;
  readonly quantizers: Map<number, Uint16Array>;
  readonly dc: Map<number, HuffmanTable>;
  readonly ac: Map<number, HuffmanTable>;
  frame?: Frame;
  restart: number;
  /** What an Adobe marker says of the colours: 0 none, 1 YCbCr, 2 YCCK. */
  adobe?: number;
  jfif: boolean;
}

function readFrame(bytes: Bytes, at: number, progressive: boolean): Frame {
  if (bytes.u8(at) !== 8) throw unsupported('JPEG of more than 8 bits is not decoded', { got: String(bytes.u8(at)) });
  const [height, width, count] = [bytes.u16(at + 1), bytes.u16(at + 3), bytes.u8(at + 5)];
  const components = Array.from({ length: count }, (_, i): Component => {
    const from = at + 6 + 3 * i;
    const factors = bytes.u8(from + 1);
    const [across, down] = [factors >> 4, factors & 15];
    if (across < 1 || down < 1 || across > 4 || down > 4) corrupt('the sampling factors');
    const sizes = { columns: 0, rows: 0, width: 0, height: 0, blocks: new Int16Array(0) };
    return { id: bytes.u8(from), across, down, quantizer: bytes.u8(from + 2), ...sizes };
  });
  if (count < 1 || count > 4) corrupt('the number of components');
  const across = Math.max(...components.map((c) => c.across));
  const down = Math.max(...components.map((c) => c.down));
  blank(width, height, 1);
  const [unitsAcross, unitsDown] = [Math.ceil(width / (8 * across)), Math.ceil(height / (8 * down))];
  for (const c of components) {
    c.columns = unitsAcross * c.across;
    c.rows = unitsDown * c.down;
    c.width = Math.ceil((width * c.across) / across);
    c.height = Math.ceil((height * c.down) / down);
    c.blocks = new Int16Array(c.columns * c.rows * 64);
  }
  return { width, height, progressive, components, across, down };
}

function readTables(state: State, start: number, end: number): void {
  for (let at = start; at < end; ) {
    const info = state.bytes.u8(at);
    const counts = state.bytes.slice(at + 1, 16);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const table = huffmanTable(counts, state.bytes.slice(at + 17, total));
    (info >> 4 === 0 ? state.dc : state.ac).set(info & 15, table);
    at += 17 + total;
  }
}

function readQuantizers(state: State, start: number, end: number): void {
  for (let at = start; at < end; ) {
    const info = state.bytes.u8(at++);
    const wide = info >> 4 !== 0;
    const values = new Uint16Array(64);
    for (let k = 0; k < 64; k++, at += wide ? 2 : 1)
      values[ZIGZAG[k]!] = wide ? state.bytes.u16(at) : state.bytes.u8(at);
    state.quantizers.set(info & 15, values);
  }
}

/** One scan; gives the place behind it. */
function readScan(state: State, at: number, end: number): number {
  const { bytes, frame } = state;
  if (frame === undefined) return corrupt('a scan before its frame');
  const count = bytes.u8(at);
  const parts = Array.from({ length: count }, (_, i) => {
    const [id, tables] = [bytes.u8(at + 1 + 2 * i), bytes.u8(at + 2 + 2 * i)];
    const component = frame.components.find((c) => c.id === id) ?? corrupt('a component of a scan');
    const own: ScanComponent = { dc: state.dc.get(tables >> 4), ac: state.ac.get(tables & 15), predicted: 0 };
    return { component, own };
  });
  const last = at + 1 + 2 * count;
  const [from, to, approximation] = [bytes.u8(last), bytes.u8(last + 1), bytes.u8(last + 2)];
  const scan: Scan = { from, to, high: approximation >> 4, low: approximation & 15, progressive: frame.progressive };
  const needsDc = !frame.progressive || (from === 0 && scan.high === 0);
  const needsAc = !frame.progressive || from > 0;
  if (to > 63 || parts.some(({ own }) => (needsDc && !own.dc) || (needsAc && !own.ac))) corrupt('a scan');
  const bits = new Bits(bytes.bytes, end);
  const run = { left: 0 };
  const [single] = parts;
  const isSingle = count === 1;
  const unitsAcross = isSingle ? Math.ceil(single!.component.width / 8) : Math.ceil(frame.width / (8 * frame.across));
  const unitsDown = isSingle ? Math.ceil(single!.component.height / 8) : Math.ceil(frame.height / (8 * frame.down));
  for (let unit = 0; unit < unitsAcross * unitsDown; unit++) {
    if (state.restart > 0 && unit > 0 && unit % state.restart === 0) {
      bits.restart();
      run.left = 0;
      for (const { own } of parts) own.predicted = 0;
    }
    const [x, y] = [unit % unitsAcross, Math.floor(unit / unitsAcross)];
    for (const { component: c, own } of parts) {
      const [across, down] = isSingle ? [1, 1] : [c.across, c.down];
      for (let v = 0; v < down; v++)
        for (let h = 0; h < across; h++) {
          const block = (y * down + v) * c.columns + x * across + h;
          readBlock(bits, c.blocks, block * 64, own, scan, run);
        }
    }
  }
  return bits.at;
}

function planeOf(state: State, frame: Frame, c: Component): Plane {
  const quantizer = state.quantizers.get(c.quantizer) ?? corrupt('a quantization table');
  const stride = c.columns * 8;
  const data = new Uint8Array(stride * c.rows * 8);
  for (let block = 0; block < c.columns * c.rows; block++) {
    const [x, y] = [block % c.columns, Math.floor(block / c.columns)];
    inverseTransform(c.blocks, block * 64, quantizer, data, y * 8 * stride + x * 8, stride);
  }
  const plane = { data, stride, width: c.width, height: c.height };
  const [across, down] = [frame.across / c.across, frame.down / c.down];
  if (!Number.isInteger(across) || !Number.isInteger(down))
    throw unsupported('sampling factors of JPEG that do not divide each other are not decoded');
  return upsampled(plane, across, down, frame.width, frame.height);
}

const fix = (factor: number): number => Math.floor(factor * 65536 + 0.5);
const clamped = (value: number): number => (value < 0 ? 0 : Math.min(value, 255));

function isYcc(state: State, ids: readonly number[]): boolean {
  if (ids.length === 4) return state.adobe === 2;
  if (state.jfif) return true;
  if (state.adobe !== undefined) return state.adobe !== 0;
  return !(ids[0] === 0x52 && ids[1] === 0x47 && ids[2] === 0x42);
}

function assemble(state: State, frame: Frame): Picture {
  const planes = frame.components.map((c) => planeOf(state, frame, c));
  const count = planes.length === 2 ? 1 : planes.length;
  const result = blank(frame.width, frame.height, count === 1 ? 1 : 3);
  const ycc = isYcc(
    state,
    frame.components.map((c) => c.id),
  );
  const inks = new Int32Array(4);
  for (let y = 0; y < frame.height; y++)
    for (let x = 0; x < frame.width; x++) {
      const at = (y * frame.width + x) * result.channels;
      for (let k = 0; k < count; k++) inks[k] = planes[k]!.data[y * planes[k]!.stride + x]!;
      if (count === 1) {
        result.data[at] = inks[0]!;
        continue;
      }
      let [r, g, b] = [inks[0]!, inks[1]!, inks[2]!];
      if (ycc) {
        const [luma, cb, cr] = [r, g - 128, b - 128];
        r = clamped(luma + ((fix(1.402) * cr + 32768) >> 16));
        g = clamped(luma + ((-fix(0.34414) * cb + 32768 - fix(0.71414) * cr) >> 16));
        b = clamped(luma + ((fix(1.772) * cb + 32768) >> 16));
      }
      if (count === 4) {
        // Adobe writes inks inverted; YCCK gives CMY as 255 less RGB.
        const dark = inks[3]!;
        const inverted = state.adobe !== undefined;
        const paper = (ink: number): number => {
          const light = ycc || inverted ? ink : 255 - ink;
          return Math.round((light * (inverted ? dark : 255 - dark)) / 255);
        };
        [r, g, b] =
          ycc && inverted
            ? ([r, g, b].map((v) => paper(v)) as [number, number, number])
            : [paper(r), paper(g), paper(b)];
      }
      result.data[at] = r;
      result.data[at + 1] = g;
      result.data[at + 2] = b;
    }
  return result;
}

/** Sequential and progressive JPEG with Huffman codes and samples of 8 bits, as the common library decodes it. */
export function decodeJpeg(input: Uint8Array): Picture {
  const bytes = new Bytes(input, false);
  const state: State = { bytes, quantizers: new Map(), dc: new Map(), ac: new Map(), restart: 0, jfif: false };
  let at = 2;
  let scans = 0;
  while (at + 1 < bytes.length) {
    if (bytes.u8(at) !== 0xff) {
      at++;
      continue;
    }
    const marker = bytes.u8(at + 1);
    at += 2;
    if (marker === 0xd9) break;
    if (marker === 0xff) {
      at--;
      continue;
    }
    if (marker === 0 || marker === 1 || (marker >= 0xd0 && marker <= 0xd8)) continue;
    const end = at + bytes.u16(at);
    const body = at + 2;
    if (marker === 0xc4) readTables(state, body, end);
    else if (marker === 0xdb) readQuantizers(state, body, end);
    else if (marker === 0xdd) state.restart = bytes.u16(body);
    else if (marker === 0xe0) state.jfif ||= String.fromCharCode(...bytes.slice(body, 4)) === 'JFIF';
    else if (marker === 0xee && end - body >= 12 && String.fromCharCode(...bytes.slice(body, 5)) === 'Adobe')
      state.adobe = bytes.u8(body + 11);
    else if (marker === 0xc0 || marker === 0xc1 || marker === 0xc2)
      state.frame = readFrame(bytes, body, marker === 0xc2);
    else if (marker >= 0xc3 && marker <= 0xcf)
      throw unsupported('this kind of JPEG is not decoded', {
        expected: 'sequential or progressive with Huffman codes',
        got: `a frame 0x${marker.toString(16)}`,
      });
    else if (marker === 0xda) {
      at = readScan(state, body, end);
      if (++scans > 1000) corrupt('the number of scans');
      continue;
    }
    at = end;
  }
  if (state.frame === undefined || scans === 0) return corrupt('there is no picture');
  return assemble(state, state.frame);
}
