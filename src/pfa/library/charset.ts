/** Decodes bytes strictly; undefined where they are not valid in the character set. */
export type Decoder = (bytes: Uint8Array) => string | undefined;
/** Encodes a string; undefined where the character set lacks a character. */
export type Encoder = (text: string) => Uint8Array | undefined;

function decodeNarrow(highest: number): Decoder {
  return (bytes) => {
    let text = '';
    for (const byte of bytes) {
      if (byte > highest) return undefined;
      text += String.fromCharCode(byte);
    }
    return text;
  };
}

function encodeNarrow(highest: number): Encoder {
  return (text) => {
    const out = new Uint8Array(text.length);
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      if (unit > highest) return undefined;
      out[index] = unit;
    }
    return out;
  };
}

/** Whether every surrogate of a string has its other half. */
function isWellFormed(text: string): boolean {
  return !/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(text);
}

function decodeUtf16(bytes: Uint8Array, littleEndian: boolean, from = 0): string | undefined {
  if ((bytes.length - from) % 2 !== 0) return undefined;
  let text = '';
  for (let index = from; index < bytes.length; index += 2) {
    const [first, second] = [bytes[index]!, bytes[index + 1]!];
    text += String.fromCharCode(littleEndian ? (second << 8) | first : (first << 8) | second);
  }
  return isWellFormed(text) ? text : undefined;
}

function encodeUtf16(text: string, littleEndian: boolean, mark: boolean): Uint8Array | undefined {
  if (!isWellFormed(text)) return undefined;
  const units = mark ? `\ufeff${text}` : text;
  const out = new Uint8Array(2 * units.length);
  const view = new DataView(out.buffer);
  for (let index = 0; index < units.length; index++) view.setUint16(2 * index, units.charCodeAt(index), littleEndian);
  return out;
}

/** UTF-16 whose byte order a mark may give; big-endian without one, as RFC 2781 has it. */
function decodeMarked(bytes: Uint8Array): string | undefined {
  const mark = bytes.length >= 2 ? (bytes[0]! << 8) | bytes[1]! : 0;
  if (mark === 0xfeff) return decodeUtf16(bytes, false, 2);
  return mark === 0xfffe ? decodeUtf16(bytes, true, 2) : decodeUtf16(bytes, false);
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

export const ASCII = { decode: decodeNarrow(127), encode: encodeNarrow(127) };
export const LATIN1 = { decode: decodeNarrow(255), encode: encodeNarrow(255) };
export const UTF8: { decode: Decoder; encode: Encoder } = {
  decode: decodeUtf8,
  encode: (text) => (isWellFormed(text) ? new TextEncoder().encode(text) : undefined),
};
export const UTF16: { decode: Decoder; encode: Encoder } = {
  decode: decodeMarked,
  encode: (text) => encodeUtf16(text, false, true),
};
export const UTF16BE: { decode: Decoder; encode: Encoder } = {
  decode: (bytes) => decodeUtf16(bytes, false),
  encode: (text) => encodeUtf16(text, false, false),
};
export const UTF16LE: { decode: Decoder; encode: Encoder } = {
  decode: (bytes) => decodeUtf16(bytes, true),
  encode: (text) => encodeUtf16(text, true, false),
};
