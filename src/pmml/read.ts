import { gunzipSync } from 'fflate';
import { checkBytes } from '../core/arguments.js';
import { type ByteSource, bytesOf, headOf } from '../core/byte-source.js';
import { type Limits, withDefaults } from '../core/limits.js';
import { tooLarge } from '../wire/xml/errors.js';
import { readXml } from '../wire/xml/read.js';
import type { PmmlDocument } from './document.js';
import { documentOf } from './document.js';
import { badGzip } from './errors.js';

/**
 * Reads PMML 3.0 to 4.4.1, in any declared encoding, gzip-compressed or not. Everything is kept: extensions, unknown
 * markup, comments. Throws `xml/*` and `pmml/*` errors with line and column.
 */
export function readPmml(input: Uint8Array | ByteSource, options: { limits?: Partial<Limits> } = {}): PmmlDocument {
  checkBytes(input, 'readPmml');
  const limits = withDefaults(options.limits);
  const [first, second] = headOf(input, 2);
  const plain = first === 0x1f && second === 0x8b ? unzip(bytesOf(input), limits.bytes) : input;
  return documentOf(readXml(plain, limits));
}

function unzip(bytes: Uint8Array, limit: number): Uint8Array {
  // The last four bytes of a gzip member tell the size modulo 2^32; deflate makes nothing more than 1032 times smaller.
  const claimed =
    bytes.length < 18 ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 4, true);
  if (claimed > bytes.length * 1032 + 1032)
    throw badGzip(new RangeError('the size at the end is not that of the data'));
  if (claimed > limit) throw tooLarge(claimed, limit);
  try {
    return gunzipSync(bytes);
  } catch (error) {
    throw badGzip(error);
  }
}
