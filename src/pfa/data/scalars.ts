/** A long in the form that values have: a number as far as it is exact, else a bigint. */
export function longOf(value: bigint): number | bigint {
  return value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value;
}

export function fitInt(value: bigint): boolean {
  return value >= -2147483648n && value <= 2147483647n;
}

/** Bytes of a text of code points 0 to 255 (Avro's JSON encoding); undefined if it holds others. */
export function bytesOfText(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 255) return undefined;
    bytes[i] = code;
  }
  return bytes;
}

export function textOfBytes(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
