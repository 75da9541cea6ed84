/** Avro's binary primitives; types are the caller's business. */

/** Writes into a growing buffer. */
export class AvroWriter {
  private buffer = new Uint8Array(256);
  private length = 0;

  bytes(): Uint8Array {
    return this.buffer.slice(0, this.length);
  }

  boolean(value: boolean): void {
    this.room(1);
    this.buffer[this.length++] = value ? 1 : 0;
  }

  /** Zigzag and variable length, as int and long are written. */
  long(value: number | bigint): void {
    let rest = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n));
    this.room(10);
    while (rest > 127n) {
      this.buffer[this.length++] = Number(rest & 127n) | 128;
      rest >>= 7n;
    }
    this.buffer[this.length++] = Number(rest);
  }

  float(value: number): void {
    this.room(4);
    new DataView(this.buffer.buffer).setFloat32(this.length, value, true);
    this.length += 4;
  }

  double(value: number): void {
    this.room(8);
    new DataView(this.buffer.buffer).setFloat64(this.length, value, true);
    this.length += 8;
  }

  /** Bytes as they are, without a length. */
  raw(value: Uint8Array): void {
    this.room(value.length);
    this.buffer.set(value, this.length);
    this.length += value.length;
  }

  prefixed(value: Uint8Array): void {
    this.long(value.length);
    this.raw(value);
  }

  string(value: string): void {
    this.prefixed(new TextEncoder().encode(value));
  }

  private room(more: number): void {
    if (this.length + more <= this.buffer.length) return;
    const larger = new Uint8Array(Math.max(this.buffer.length * 2, this.length + more));
    larger.set(this.buffer);
    this.buffer = larger;
  }
}

/** Reads from bytes; `fail` is called, and must throw, where they end too early or hold nonsense. */
export class AvroReader {
  at = 0;
  private readonly view: DataView;

  constructor(
    private readonly source: Uint8Array,
    private readonly fail: (at: number, sentence: string) => never,
  ) {
    this.view = new DataView(source.buffer, source.byteOffset, source.byteLength);
  }

  get left(): number {
    return this.source.length - this.at;
  }

  boolean(): boolean {
    const byte = this.source[this.take(1)];
    return byte === 0 || byte === 1 ? byte === 1 : this.fail(this.at - 1, 'a boolean is neither 0 nor 1');
  }

  long(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.source[this.take(1)] as number;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) {
        const bits = BigInt.asUintN(64, value);
        return (bits >> 1n) ^ -(bits & 1n);
      }
    }
    return this.fail(this.at, 'a number is longer than 64 bits');
  }

  /** A count or length: not negative, and no more than the bytes that are left can hold. */
  size(most: number = this.left): number {
    const value = this.long();
    if (value < 0n || value > BigInt(most)) return this.fail(this.at, 'a length exceeds the data');
    return Number(value);
  }

  float(): number {
    return this.view.getFloat32(this.take(4), true);
  }

  double(): number {
    return this.view.getFloat64(this.take(8), true);
  }

  raw(length: number): Uint8Array {
    const at = this.take(length);
    return new Uint8Array(this.source.subarray(at, at + length));
  }

  prefixed(): Uint8Array {
    return this.raw(this.size());
  }

  string(): string {
    const at = this.at;
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(this.prefixed());
    } catch (error) {
      if (error instanceof TypeError) return this.fail(at, 'a string is not UTF-8');
      throw error;
    }
  }

  private take(length: number): number {
    if (length > this.left) this.fail(this.at, 'the data end too early');
    const at = this.at;
    this.at += length;
    return at;
  }
}
