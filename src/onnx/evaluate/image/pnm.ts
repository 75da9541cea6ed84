import { blank, corrupt, type Picture } from './picture.js';

const SPACE = /\s/;

/** Portable bitmaps, greymaps and pixmaps (P1 to P6) and arbitrary maps (P7), samples scaled to 255. */
export function decodePnm(bytes: Uint8Array): Picture {
  let at = 2;
  const charAt = (i: number): string => String.fromCharCode(bytes[i] ?? corrupt('the bytes end early'));
  const token = (): string => {
    for (;;) {
      if (charAt(at) === '#') while (charAt(at) !== '\n') at++;
      else if (SPACE.test(charAt(at))) at++;
      else break;
    }
    let text = '';
    while (at < bytes.length && !SPACE.test(charAt(at))) text += charAt(at++);
    return text;
  };
  const number = (): number => {
    const text = token();
    return /^\d+$/.test(text) ? Number(text) : corrupt('a number');
  };
  const kind = Number(charAt(1));
  if (kind === 7) return arbitrary(bytes, token, () => at + 1);
  const [width, height] = [number(), number()];
  const channels = kind === 3 || kind === 6 ? 3 : 1;
  const most = kind === 1 || kind === 4 ? 1 : number();
  const result = blank(width, height, channels);
  if (kind <= 3) {
    for (let i = 0; i < result.data.length; i++) {
      // Bits may stand without space between them.
      const value = kind === 1 ? bit() : number();
      result.data[i] = kind === 1 ? 255 * (1 - value) : scaled(value, most);
    }
    return result;
  }
  at++;
  if (kind === 4) {
    const stride = (width + 7) >> 3;
    if (at + stride * height > bytes.length) corrupt('the bytes end early');
    for (let i = 0; i < result.data.length; i++) {
      const [x, y] = [i % width, Math.floor(i / width)];
      result.data[i] = ((bytes[at + y * stride + (x >> 3)]! >> (7 - (x & 7))) & 1) === 0 ? 255 : 0;
    }
    return result;
  }
  fill(result.data, bytes, at, most);
  return result;

  function bit(): number {
    while (SPACE.test(charAt(at))) at++;
    return charAt(at++) === '1' ? 1 : 0;
  }
}

function scaled(value: number, most: number): number {
  return most === 255 ? Math.min(255, value) : Math.round((Math.min(value, most) * 255) / most);
}

function fill(data: Uint8Array, bytes: Uint8Array, start: number, most: number): void {
  const size = most > 255 ? 2 : 1;
  if (start + data.length * size > bytes.length) corrupt('the bytes end early');
  for (let i = 0; i < data.length; i++) {
    const at = start + i * size;
    data[i] = scaled(size === 2 ? bytes[at]! * 256 + bytes[at + 1]! : bytes[at]!, most);
  }
}

function arbitrary(bytes: Uint8Array, token: () => string, start: () => number): Picture {
  const header: Record<string, string> = {};
  for (let name = token(); name !== 'ENDHDR'; name = token()) header[name] = token();
  const depth = Number(header['DEPTH']);
  if (![1, 2, 3, 4].includes(depth)) corrupt('the depth');
  const result = blank(Number(header['WIDTH']), Number(header['HEIGHT']), depth as Picture['channels']);
  fill(result.data, bytes, start(), Number(header['MAXVAL']));
  return result;
}
