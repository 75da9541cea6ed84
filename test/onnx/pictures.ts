import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Written by scripts/onnx-images.py: a file of each kind, and Pillow's pixels of it, in base64. */
interface Sample {
  readonly name: string;
  readonly file: string;
  readonly width: number;
  readonly height: number;
  readonly rgb: string;
  readonly grey: string;
}

const path = process.env['SAMESCORE_IMAGES'] ?? join(import.meta.dirname, 'images.json');
export const { pictures } = JSON.parse(readFileSync(path, 'utf8')) as { pictures: readonly Sample[] };
export const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));
