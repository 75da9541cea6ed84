import type { Fn } from '../types.js';
import { body, bound } from './body.js';
import { ASCII, type Decoder, type Encoder, LATIN1, UTF8, UTF16, UTF16BE, UTF16LE } from './charset.js';
import { fromBase64, toBase64 } from './encode.js';
import type { Call, LibraryModule } from './function.js';
import { sliceBounds } from './text.js';

function valid(charset: { decode: Decoder; encode: Encoder }): (call: Call) => Fn {
  return body(
    (x: Uint8Array | string) => (typeof x === 'string' ? charset.encode(x) : charset.decode(x)) !== undefined,
  );
}

function decoding(code: number, decode: Decoder): (call: Call) => Fn {
  return bound((call) => (x: Uint8Array) => {
    const text = decode(x);
    if (text === undefined) throw call.error(code);
    return text;
  });
}

function encoding(code: number, encode: Encoder): (call: Call) => Fn {
  return bound((call) => (s: string) => {
    const bytes = encode(s);
    if (bytes === undefined) throw call.error(code);
    return bytes;
  });
}

/** Byte strings and their character sets. */
export const BYTES: LibraryModule = [
  {
    name: 'bytes.len',
    signatures: ['(x: bytes) -> int'],
    doc: 'Number of bytes.',
    bind: body((x: Uint8Array) => x.length),
  },
  {
    name: 'bytes.subseq',
    signatures: ['(x: bytes, start: int, end: int) -> bytes'],
    doc: 'Bytes from start up to, not including, end; negative positions count from the right.',
    bind: body((x: Uint8Array, start: number, end: number) => x.slice(...sliceBounds(x.length, start, end))),
  },
  {
    name: 'bytes.subseqto',
    signatures: ['(x: bytes, start: int, end: int, replacement: bytes) -> bytes'],
    doc: 'The bytes with the slice from start to end replaced.',
    bind: bound((call) => (x: Uint8Array, start: number, end: number, replacement: Uint8Array) => {
      const [from, to] = sliceBounds(x.length, start, end);
      call.engine.spend(x.length + replacement.length);
      const out = new Uint8Array(from + replacement.length + (x.length - to));
      out.set(x.subarray(0, from));
      out.set(replacement, from);
      out.set(x.subarray(to), from + replacement.length);
      return out;
    }),
  },
  {
    name: 'bytes.isAscii',
    signatures: ['(x: bytes) -> boolean', '(x: string) -> boolean'],
    doc: 'Whether the bytes are, or the string can be, ASCII.',
    bind: valid(ASCII),
  },
  {
    name: 'bytes.isLatin1',
    signatures: ['(x: bytes) -> boolean', '(x: string) -> boolean'],
    doc: 'Whether the bytes are, or the string can be, ISO 8859-1.',
    bind: valid(LATIN1),
  },
  {
    name: 'bytes.isUtf8',
    signatures: ['(x: bytes) -> boolean', '(x: string) -> boolean'],
    doc: 'Whether the bytes are, or the string can be, UTF-8.',
    bind: valid(UTF8),
  },
  {
    name: 'bytes.isUtf16',
    signatures: ['(x: bytes) -> boolean', '(x: string) -> boolean'],
    doc: 'Whether the bytes are, or the string can be, UTF-16 with an optional byte-order mark.',
    bind: valid(UTF16),
  },
  {
    name: 'bytes.isUtf16be',
    signatures: ['(x: bytes) -> boolean', '(x: string) -> boolean'],
    doc: 'Whether the bytes are, or the string can be, big-endian UTF-16.',
    bind: valid(UTF16BE),
  },
  {
    name: 'bytes.isUtf16le',
    signatures: ['(x: bytes) -> boolean', '(x: string) -> boolean'],
    doc: 'Whether the bytes are, or the string can be, little-endian UTF-16.',
    bind: valid(UTF16LE),
  },
  {
    name: 'bytes.decodeAscii',
    signatures: ['(x: bytes) -> string'],
    doc: 'Reads ASCII.',
    errors: { 16090: 'invalid bytes' },
    bind: decoding(16090, ASCII.decode),
  },
  {
    name: 'bytes.decodeLatin1',
    signatures: ['(x: bytes) -> string'],
    doc: 'Reads ISO 8859-1.',
    errors: { 16100: 'invalid bytes' },
    bind: decoding(16100, LATIN1.decode),
  },
  {
    name: 'bytes.decodeUtf8',
    signatures: ['(x: bytes) -> string'],
    doc: 'Reads UTF-8.',
    errors: { 16110: 'invalid bytes' },
    bind: decoding(16110, UTF8.decode),
  },
  {
    name: 'bytes.decodeUtf16',
    signatures: ['(x: bytes) -> string'],
    doc: 'Reads UTF-16, big-endian unless a byte-order mark says otherwise.',
    errors: { 16120: 'invalid bytes' },
    bind: decoding(16120, UTF16.decode),
  },
  {
    name: 'bytes.decodeUtf16be',
    signatures: ['(x: bytes) -> string'],
    doc: 'Reads big-endian UTF-16.',
    errors: { 16130: 'invalid bytes' },
    bind: decoding(16130, UTF16BE.decode),
  },
  {
    name: 'bytes.decodeUtf16le',
    signatures: ['(x: bytes) -> string'],
    doc: 'Reads little-endian UTF-16.',
    errors: { 16140: 'invalid bytes' },
    bind: decoding(16140, UTF16LE.decode),
  },
  {
    name: 'bytes.encodeAscii',
    signatures: ['(s: string) -> bytes'],
    doc: 'Writes ASCII.',
    errors: { 16150: 'invalid string' },
    bind: encoding(16150, ASCII.encode),
  },
  {
    name: 'bytes.encodeLatin1',
    signatures: ['(s: string) -> bytes'],
    doc: 'Writes ISO 8859-1.',
    errors: { 16160: 'invalid string' },
    bind: encoding(16160, LATIN1.encode),
  },
  {
    name: 'bytes.encodeUtf8',
    signatures: ['(s: string) -> bytes'],
    doc: 'Writes UTF-8.',
    errors: { 16170: 'invalid string' },
    bind: encoding(16170, UTF8.encode),
  },
  {
    name: 'bytes.encodeUtf16',
    signatures: ['(s: string) -> bytes'],
    doc: 'Writes big-endian UTF-16 with a byte-order mark.',
    errors: { 16180: 'invalid string' },
    nondeterministic: 'unstable',
    bind: encoding(16180, UTF16.encode),
  },
  {
    name: 'bytes.encodeUtf16be',
    signatures: ['(s: string) -> bytes'],
    doc: 'Writes big-endian UTF-16.',
    errors: { 16190: 'invalid string' },
    bind: encoding(16190, UTF16BE.encode),
  },
  {
    name: 'bytes.encodeUtf16le',
    signatures: ['(s: string) -> bytes'],
    doc: 'Writes little-endian UTF-16.',
    errors: { 16200: 'invalid string' },
    bind: encoding(16200, UTF16LE.encode),
  },
  {
    name: 'bytes.toBase64',
    signatures: ['(x: bytes) -> string'],
    doc: 'Base64 of the bytes.',
    bind: body(toBase64),
  },
  {
    name: 'bytes.fromBase64',
    signatures: ['(s: string) -> bytes'],
    doc: 'The bytes that base64 stands for.',
    errors: { 16220: 'invalid base64' },
    bind: bound((call) => (s: string) => {
      const bytes = fromBase64(s);
      if (bytes === undefined) throw call.error(16220);
      return bytes;
    }),
  },
];
