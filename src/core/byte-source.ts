/** Bytes that can be read in pieces, and again from the start. A piece is only valid until the next one is asked for. */
export interface ByteSource {
  readonly size: number;
  chunks(): Iterable<Uint8Array>;
}

const CHUNK = 1 << 16;

export function sourceOf(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    *chunks() {
      for (let at = 0; at < bytes.length; at += CHUNK) yield bytes.subarray(at, at + CHUNK);
    },
  };
}

/** The first `count` bytes, or fewer if there are no more. */
export function headOf(input: Uint8Array | ByteSource, count: number): Uint8Array {
  if (input instanceof Uint8Array) return input.subarray(0, count);
  const head = new Uint8Array(count);
  let filled = 0;
  for (const chunk of input.chunks()) {
    const part = chunk.subarray(0, count - filled);
    head.set(part, filled);
    filled += part.length;
    if (filled === count) break;
  }
  return head.subarray(0, filled);
}

/** All the bytes at once. */
export function bytesOf(input: Uint8Array | ByteSource): Uint8Array {
  if (input instanceof Uint8Array) return input;
  let whole = new Uint8Array(input.size);
  let filled = 0;
  for (const chunk of input.chunks()) {
    if (filled + chunk.length > whole.length) {
      const larger = new Uint8Array((filled + chunk.length) * 2);
      larger.set(whole.subarray(0, filled));
      whole = larger;
    }
    whole.set(chunk, filled);
    filled += chunk.length;
  }
  return filled === whole.length ? whole : whole.slice(0, filled);
}
