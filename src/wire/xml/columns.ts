const PAGE_BITS = 14;
const PAGE = 1 << PAGE_BITS;

/** A growable column of 32-bit numbers in pages: growing never copies, reading is two index operations. */
export class IntColumn {
  private readonly pages: Int32Array[] = [];
  length = 0;

  push(value: number): void {
    const at = this.length & (PAGE - 1);
    if (at === 0) this.pages.push(new Int32Array(PAGE));
    this.pages[this.length >> PAGE_BITS]![at] = value;
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
const CACHED = 1 << 10;
/** Longest text, in bytes, that shares its bytes with an equal one. */
const SHARED = 24;
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();
const NOTHING = new Uint8Array(0);

/** Where the bytes of a text stand. */
export interface Span {
  page: Uint8Array;
  from: number;
  to: number;
}

/**
 * Strings as UTF-8 bytes in pages, each in one piece with its length before it, named by the number of its first byte.
 * Short strings seen lately share their bytes. No string that is handed in is kept.
 */
export class TextStore {
  private readonly pages: Uint8Array[] = [];
  private readonly recent = new Int32Array(SLOTS).fill(-1);
  /** Hashes of the recent texts: most that differ are told apart without a look at their bytes. */
  private readonly recentHashes = new Int32Array(SLOTS);
  private readonly cachedReferences = new Int32Array(CACHED).fill(-1);
  private readonly cachedTexts: string[] = new Array<string>(CACHED).fill('');
  private readonly span: Span = { page: NOTHING, from: 0, to: 0 };
  private length = 0;

  add(text: string): number {
    const { length } = text;
    if (length > 0x7f) {
      const bytes = encoder.encode(text);
      return this.addBytes(bytes, 0, bytes.length);
    }
    const page = this.reserve(length + 1);
    const start = this.length & (TEXT_PAGE - 1);
    page[start] = length;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code >= 0x80) {
        const bytes = encoder.encode(text);
        return this.addBytes(bytes, 0, bytes.length);
      }
      page[start + 1 + i] = code;
    }
    if (length <= SHARED) {
      const known = this.known(page, start + 1, length);
      if (known >= 0) return known;
    }
    return this.advance(length + 1);
  }

  /** Adds UTF-8 bytes, which are copied. */
  addBytes(bytes: Uint8Array, from: number, to: number): number {
    const count = to - from;
    if (count <= SHARED) {
      this.reserve(count + 1);
      const known = this.known(bytes, from, count);
      if (known >= 0) return known;
    }
    let size = 1;
    for (let rest = count >>> 7; rest > 0; rest >>>= 7) size++;
    const page = this.reserve(count + size);
    let at = this.length & (TEXT_PAGE - 1);
    let rest = count;
    for (; rest >= 0x80; rest >>>= 7) page[at++] = (rest & 0x7f) | 0x80;
    page[at++] = rest;
    if (count <= 64) for (let i = from; i < to; i++) page[at++] = bytes[i]!;
    else page.set(bytes.subarray(from, to), at);
    return this.advance(count + size);
  }

  get(reference: number): string {
    const slot = (reference ^ (reference >>> 10)) & (CACHED - 1);
    if (this.cachedReferences[slot] === reference) return this.cachedTexts[slot]!;
    const { page, from, to } = this.locate(reference);
    if (to - from > SHARED) return decoder.decode(page.subarray(from, to));
    const text = shortText(page, from, to);
    this.cachedReferences[slot] = reference;
    this.cachedTexts[slot] = text;
    return text;
  }

  /** The bytes of a text; the answer is overwritten by the next one. */
  locate(reference: number): Span {
    const { span } = this;
    const page = this.pages[reference >>> TEXT_BITS]!;
    let at = reference & (TEXT_PAGE - 1);
    let count = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = page[at++]!;
      count |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    span.page = page;
    span.from = at;
    span.to = at + count;
    return span;
  }

  /** The place of an equal text seen lately, or -1; the caller is about to add it at the end, where it has reserved. */
  private known(bytes: Uint8Array, from: number, count: number): number {
    // The ends of texts tell numbers and names apart; the middle need not be looked at.
    let hash = count;
    for (let i = Math.max(from, from + count - 6); i < from + count; i++) hash = (Math.imul(hash, 31) + bytes[i]!) | 0;
    if (count > 6) hash = (Math.imul(hash, 31) + bytes[from]! + (bytes[from + (count >> 1)]! << 8)) | 0;
    const slot = (hash ^ (hash >>> 14)) & (SLOTS - 1);
    const candidate = this.recent[slot]!;
    if (candidate >= 0 && this.recentHashes[slot] === hash) {
      const page = this.pages[candidate >>> TEXT_BITS]!;
      const start = candidate & (TEXT_PAGE - 1);
      let i = page[start] === count ? 0 : count + 1;
      while (i < count && page[start + 1 + i] === bytes[from + i]) i++;
      if (i === count) return candidate;
    }
    this.recent[slot] = this.length;
    this.recentHashes[slot] = hash;
    return -1;
  }

  /** The page at whose end `size` bytes fit; a text never spans pages, so a larger one has a page of its own. */
  private reserve(size: number): Uint8Array {
    const index = this.length >>> TEXT_BITS;
    const used = this.length & (TEXT_PAGE - 1);
    if (index < this.pages.length && used + size <= TEXT_PAGE) return this.pages[index]!;
    if (used !== 0) this.length = (index + 1) << TEXT_BITS;
    const page = new Uint8Array(Math.max(size, TEXT_PAGE));
    if (this.length >>> TEXT_BITS < this.pages.length) this.pages[this.length >>> TEXT_BITS] = page;
    else this.pages.push(page);
    return page;
  }

  private advance(size: number): number {
    const reference = this.length;
    this.length += size;
    const filled = ((this.length - 1) >>> TEXT_BITS) + 1;
    while (this.pages.length < filled) this.pages.push(NOTHING);
    if (size > TEXT_PAGE) this.length = filled << TEXT_BITS;
    return reference;
  }
}

function shortText(page: Uint8Array, from: number, to: number): string {
  let text = '';
  let at = from;
  for (; at + 8 <= to; at += 8) {
    const a = page[at]!;
    const b = page[at + 1]!;
    const c = page[at + 2]!;
    const d = page[at + 3]!;
    const e = page[at + 4]!;
    const f = page[at + 5]!;
    const g = page[at + 6]!;
    const h = page[at + 7]!;
    if ((a | b | c | d | e | f | g | h) >= 0x80) return decoder.decode(page.subarray(from, to));
    text += String.fromCharCode(a, b, c, d, e, f, g, h);
  }
  for (; at < to; at++) {
    const a = page[at]!;
    if (a >= 0x80) return decoder.decode(page.subarray(from, to));
    text += String.fromCharCode(a);
  }
  return text;
}
