import type { SamescoreError } from '../../../core/errors.js';
import { unsupported } from '../../errors.js';
import { decodeBmp } from './bmp.js';
import { decodeJpeg } from './jpeg.js';
import type { Picture } from './picture.js';
import { decodePng } from './png.js';
import { decodePnm } from './pnm.js';
import { decodeTiff } from './tiff.js';

export type ImageFormat = 'bmp' | 'jpeg' | 'jpeg2000' | 'png' | 'pnm' | 'tiff' | 'webp';

/** Decodes a whole file. Called at once: what must be loaded is loaded before. */
export type ImageDecoder = (bytes: Uint8Array) => Picture;

const decoders = new Map<ImageFormat, ImageDecoder>([
  ['bmp', decodeBmp],
  ['jpeg', decodeJpeg],
  ['png', decodePng],
  ['pnm', decodePnm],
  ['tiff', decodeTiff],
]);

/** Takes a decoder of a format, instead of the one that there is. */
export function registerImageDecoder(format: ImageFormat, decoder: ImageDecoder): void {
  decoders.set(format, decoder);
}

const starts = (bytes: Uint8Array, at: number, text: string): boolean =>
  [...text].every((char, i) => bytes[at + i] === char.charCodeAt(0));

/** First bytes of each format. */
const SIGNATURES: readonly [ImageFormat, (bytes: Uint8Array) => boolean][] = [
  ['jpeg', (b) => starts(b, 0, '\xff\xd8\xff')],
  ['png', (b) => starts(b, 0, '\x89PNG\r\n\x1a\n')],
  ['jpeg2000', (b) => starts(b, 4, 'jP  \r\n\x87\n') || starts(b, 0, '\xff\x4f\xff\x51')],
  ['webp', (b) => starts(b, 0, 'RIFF') && starts(b, 8, 'WEBP')],
  ['tiff', (b) => starts(b, 0, 'II*\0') || starts(b, 0, 'MM\0*')],
  ['pnm', (b) => b[0] === 0x50 && b[1]! >= 0x31 && b[1]! <= 0x37],
  ['bmp', (b) => starts(b, 0, 'BM')],
];

export function formatOf(bytes: Uint8Array): ImageFormat | undefined {
  return SIGNATURES.find(([, matches]) => matches(bytes))?.[0];
}

const PACKAGES: Partial<Record<ImageFormat, string>> = {
  jpeg2000: '@cornerstonejs/codec-openjpeg',
  webp: '@jsquash/webp',
};

/** The decoder of a format. Errors: `onnx/unsupported` where none was loaded. */
export function decoderOf(format: ImageFormat): ImageDecoder {
  const decoder = decoders.get(format);
  if (decoder !== undefined) return decoder;
  throw unsupported(`there is no decoder of ${format} pictures`, {
    hint: `install ${PACKAGES[format]} and await loadImageDecoders() once, or give one to registerImageDecoder`,
  });
}

/** The package of a format is not there, or not what it ought to be. */
export function badDecoder(format: ImageFormat, cause: unknown): SamescoreError {
  return unsupported(`the decoder of ${format} pictures cannot be loaded`, {
    hint: `npm install ${PACKAGES[format]}`,
    cause,
  });
}
