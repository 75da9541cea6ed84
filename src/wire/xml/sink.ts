const encoder = new TextEncoder();
/** Bytes that stand for themselves in an attribute's value. */
const PLAIN = new Uint8Array(256);
for (let code = 0x20; code < 0x7f; code++) PLAIN[code] = '&<>"'.includes(String.fromCharCode(code)) ? 0 : 1;

/** Collects bytes; `take` hands them over and starts anew. */
export class ByteSink {
  private buffer: Uint8Array;
  size = 0;

  constructor(private readonly usual: number) {
    this.buffer = new Uint8Array(usual * 2);
  }

  byte(value: number): void {
    if (this.size === this.buffer.length) this.grow(1);
    this.buffer[this.size++] = value;
  }

  bytes(values: Uint8Array): void {
    const { length } = values;
    if (this.size + length > this.buffer.length) this.grow(length);
    const { buffer } = this;
    let at = this.size;
    if (length > 32) buffer.set(values, at);
    else for (let i = 0; i < length; i++) buffer[at++] = values[i]!;
    this.size += length;
  }

  text(text: string): void {
    if (this.size + text.length * 3 > this.buffer.length) this.grow(text.length * 3);
    if (text === '\n') this.buffer[this.size++] = 10;
    else if (text !== '') this.size += encoder.encodeInto(text, this.buffer.subarray(this.size)).written;
  }

  /** Copies bytes that all stand for themselves in an attribute's value; otherwise nothing, and false. */
  plain(values: Uint8Array, from: number, to: number): boolean {
    if (this.size + to - from > this.buffer.length) this.grow(to - from);
    const { buffer } = this;
    let at = this.size;
    for (let i = from; i < to; i++) {
      const value = values[i]!;
      if (PLAIN[value] === 0) return false;
      buffer[at++] = value;
    }
    this.size = at;
    return true;
  }

  take(): Uint8Array {
    const taken = this.buffer.slice(0, this.size);
    this.size = 0;
    if (this.buffer.length > this.usual * 4) this.buffer = new Uint8Array(this.usual * 2);
    return taken;
  }

  /** The bytes so far, which the next ones overwrite. */
  lend(): Uint8Array {
    const lent = this.buffer.subarray(0, this.size);
    this.size = 0;
    return lent;
  }

  private grow(more: number): void {
    const larger = new Uint8Array(Math.max(this.buffer.length * 2, this.size + more));
    larger.set(this.buffer.subarray(0, this.size));
    this.buffer = larger;
  }
}
