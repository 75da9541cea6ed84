const PAGE_BITS = 14;
const PAGE = 1 << PAGE_BITS;

/** A growable column of 32-bit numbers in pages: growing never copies, reading is two index operations. */
export class IntColumn {
  private readonly pages: Int32Array[] = [];
  length = 0;

  push(value: number): void {
    const page = this.length >> PAGE_BITS;
    let target = this.pages[page];
    if (target === undefined) {
      target = new Int32Array(PAGE);
      this.pages.push(target);
    }
    target[this.length & (PAGE - 1)] = value;
    this.length++;
  }

  at(index: number): number {
    return this.pages[index >> PAGE_BITS]![index & (PAGE - 1)]!;
  }

  set(index: number, value: number): void {
    this.pages[index >> PAGE_BITS]![index & (PAGE - 1)] = value;
  }
}

const TEXT_BITS = 16;
const TEXT_PAGE = 1 << TEXT_BITS;
const SLOTS = 1 << 14;
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

/**
 * Strings as UTF-8 bytes in pages, each with its length before it, named by the number of its first byte.
 * Strings seen lately share their bytes. No string that is handed in is kept.
 */
export class TextStore {
  private readonly pages: Uint8Array[] = [];
  private readonly recent = new Int32Array(SLOTS).fill(-1);
  private scratch = new Uint8Array(256);
  length = 0;

  add(text: string): number {
    const count = this.encode(text);
    let hash = count;
    if (count <= 24) {
      for (let i = 0; i < count; i++) hash = (Math.imul(hash, 31) + this.scratch[i]!) | 0;
      const slot = (hash ^ (hash >>> 14)) & (SLOTS - 1);
      const candidate = this.recent[slot]!;
      if (candidate >= 0 && this.matches(candidate, count)) return candidate;
      this.recent[slot] = this.length;
    }
    const reference = this.length;
    let rest = count;
    while (rest >= 0x80) {
      this.put((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.put(rest);
    for (let i = 0; i < count; ) {
      this.room();
      const page = this.pages[this.pages.length - 1]!;
      const from = this.length & (TEXT_PAGE - 1);
      const size = Math.min(count - i, TEXT_PAGE - from);
      page.set(this.scratch.subarray(i, i + size), from);
      i += size;
      this.length += size;
    }
    return reference;
  }

  get(reference: number): string {
    let at = reference;
    let count = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte(at++);
      count |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    if (count <= 32) {
      let text = '';
      for (let i = 0; i < count; i++) {
        const byte = this.byte(at + i);
        if (byte >= 0x80) return decoder.decode(this.bytes(at, count));
        text += String.fromCharCode(byte);
      }
      return text;
    }
    return decoder.decode(this.bytes(at, count));
  }

  private encode(text: string): number {
    const { length } = text;
    if (this.scratch.length < length * 3) this.scratch = new Uint8Array(length * 4);
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code >= 0x80) return encoder.encodeInto(text, this.scratch).written;
      this.scratch[i] = code;
    }
    return length;
  }

  private matches(reference: number, count: number): boolean {
    if (this.byte(reference) !== count) return false;
    for (let i = 0; i < count; i++) if (this.byte(reference + 1 + i) !== this.scratch[i]) return false;
    return true;
  }

  private byte(at: number): number {
    return this.pages[at >>> TEXT_BITS]![at & (TEXT_PAGE - 1)]!;
  }

  private bytes(at: number, count: number): Uint8Array {
    const result = new Uint8Array(count);
    for (let done = 0; done < count; ) {
      const from = (at + done) & (TEXT_PAGE - 1);
      const size = Math.min(count - done, TEXT_PAGE - from);
      result.set(this.pages[(at + done) >>> TEXT_BITS]!.subarray(from, from + size), done);
      done += size;
    }
    return result;
  }

  private room(): void {
    if (this.pages.length << TEXT_BITS <= this.length) this.pages.push(new Uint8Array(TEXT_PAGE));
  }

  private put(byte: number): void {
    this.room();
    this.pages[this.length >>> TEXT_BITS]![this.length & (TEXT_PAGE - 1)] = byte;
    this.length++;
  }
}
