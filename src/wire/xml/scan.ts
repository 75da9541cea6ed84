import type { Limits } from '../../core/limits.js';
import { XmlDocument } from './document.js';

// Kinds of bytes. In text and values every byte that is not PLAIN needs a closer look.
const PLAIN = 0;
const BLANK = 1;
const NEWLINE = 2;
const MARKUP = 3;
const WIDE = 4;
const REFUSED = 5;
const TEXT_KIND = new Uint8Array(256);
const NAME_START = new Uint8Array(256);
const NAME_PART = new Uint8Array(256);
for (let code = 0; code < 256; code++) {
  TEXT_KIND[code] = code < 0x20 ? REFUSED : code >= 0x80 ? WIDE : PLAIN;
  const text = String.fromCharCode(code);
  NAME_START[code] = /[A-Za-z_:]/.test(text) ? 1 : 0;
  NAME_PART[code] = /[A-Za-z0-9_:.-]/.test(text) ? 1 : 0;
}
const [TAB, LF, CR, SPACE, BANG, QUOTE, AMP, APOS, MINUS, SLASH, LT, EQ, GT, BRACKET] = [
  9, 10, 13, 32, 0x21, 0x22, 0x26, 0x27, 0x2d, 0x2f, 0x3c, 0x3d, 0x3e, 0x5d,
] as const;
TEXT_KIND[TAB] = BLANK;
TEXT_KIND[SPACE] = BLANK;
TEXT_KIND[LF] = NEWLINE;
for (const code of [CR, AMP, LT, GT]) TEXT_KIND[code] = MARKUP;

const DECLARATION =
  /^<\?xml version=(["'])1\.0\1(?: encoding=(["'])[A-Za-z0-9._:-]+\2)?(?: standalone=(["'])(?:yes|no)\3)? ?\?>$/;
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
/** Encodings of which ASCII is a part; their other bytes are left to the parser. */
const ASCII = new Set(['us-ascii', 'ascii', 'iso-8859-1', 'latin1', 'windows-1252']);
const MAX_TOKEN = 1 << 22;
const MAX_ATTRIBUTES = 64;
const NAME_SLOTS = 1 << 10;
const PROBES = 8;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** Whether a scanner can try a document in this encoding. */
export function canScan(encoding: string): boolean {
  return encoding === 'utf-8' || ASCII.has(encoding);
}

/**
 * Reads the plain majority of XML documents straight from their bytes, several times as fast as a parser of
 * characters: elements, attributes, text, comments, the five entities. Whatever else there is, and whatever is wrong,
 * makes `feed` or `finish` give up: then the parser reads the document from its start, and judges it.
 */
export class Scanner {
  private readonly document = new XmlDocument();
  private work = new Uint8Array(1 << 18);
  /** The bytes from `at` to `end` of `work` are not read yet; `at` stands behind a tag. */
  private at = 0;
  private end = 0;
  private line = 1;
  /** Where in `work` the line starts; bytes that continue a character are not columns, and move it on. */
  private lineStart = 0;
  private begun = false;
  private depth = 0;
  private rootSeen = false;
  private readonly openNodes: number[] = [0];
  private readonly openNames: number[] = [-1];
  private readonly lastChild: number[] = [-1];
  private readonly mixed: boolean[] = [false];
  private readonly found = new Int32Array(3 * MAX_ATTRIBUTES);
  private readonly nameSlots = new Int32Array(NAME_SLOTS).fill(-1);
  private readonly nameBytes: Uint8Array[] = [];
  private readonly nameNumbers: number[] = [];

  constructor(
    private readonly limits: Limits,
    private readonly encoding: string,
  ) {}

  /** Reads on; false if it gives up. */
  feed(chunk: Uint8Array): boolean {
    this.take(chunk);
    if (!this.begun) {
      if (this.end < 4) return true;
      if (!this.begin()) return false;
    }
    while (this.at < this.end) {
      const before = this.at;
      if (!this.token()) return false;
      if (this.at === before) return this.end - this.at <= MAX_TOKEN;
    }
    return true;
  }

  /** The document, or undefined if it is not whole. */
  finish(): XmlDocument | undefined {
    for (let i = this.at; i < this.end; i++) {
      const kind = TEXT_KIND[this.work[i]!]!;
      if (kind !== BLANK && kind !== NEWLINE && this.work[i] !== CR) return undefined;
    }
    return this.rootSeen && this.depth === 0 && this.begun ? this.document : undefined;
  }

  private take(chunk: Uint8Array): void {
    const rest = this.end - this.at;
    if (rest + chunk.length > this.work.length) {
      const larger = new Uint8Array(Math.max(rest + chunk.length, this.work.length * 2));
      larger.set(this.work.subarray(this.at, this.end));
      this.work = larger;
    } else this.work.copyWithin(0, this.at, this.end);
    this.lineStart -= this.at;
    this.at = 0;
    this.work.set(chunk, rest);
    this.end = rest + chunk.length;
  }

  /** The byte order mark and the XML declaration. */
  private begin(): boolean {
    this.begun = true;
    const { work } = this;
    if (work[0] === 0xef && work[1] === 0xbb && work[2] === 0xbf) this.at = this.lineStart = 3;
    if (work[this.at] !== LT || work[this.at + 1] !== 0x3f) return true;
    const close = work.subarray(0, Math.min(this.end, 256)).indexOf(GT);
    const text = close < 0 ? '' : String.fromCharCode(...work.subarray(this.at, close + 1));
    this.at = close + 1;
    return DECLARATION.test(text);
  }

  /** Text and the markup behind it; stays where it is if they are not whole, and is false if it gives up. */
  private token(): boolean {
    const { work, end } = this;
    const start = this.at;
    let { line, lineStart } = this;
    let i = start;
    let blank = true;
    let special = false;
    for (; i < end; i++) {
      const code = work[i]!;
      if (code === TAB || code === SPACE) continue;
      if (code === LT) break;
      const kind = TEXT_KIND[code]!;
      if (kind === NEWLINE) {
        line++;
        lineStart = i + 1;
        continue;
      }
      if (code === CR) {
        if (i + 1 < end && work[i + 1] !== LF) return false;
        special = true;
        continue;
      }
      if (kind === REFUSED) return false;
      blank = false;
      if (kind === PLAIN) continue;
      if (code === GT && i - start >= 2 && work[i - 1] === BRACKET && work[i - 2] === BRACKET) return false;
      if (code === AMP) special = true;
      else if (kind === WIDE) {
        special = true;
        if ((code & 0xc0) === 0x80) lineStart++;
      }
    }
    if (i + 1 >= end) return true;
    if (this.depth === 0 && !blank) return false;
    const code = work[i + 1]!;
    if (NAME_START[code]) return this.startTag(start, i, line, lineStart, blank, special);
    if (code === SLASH) return this.endTag(start, i, line, lineStart, blank, special);
    if (code === BANG) return this.comment(start, i, line, lineStart, blank, special);
    return false;
  }

  private startTag(
    start: number,
    open: number,
    startLine: number,
    startLineStart: number,
    blank: boolean,
    special: boolean,
  ): boolean {
    const { work, end, found, limits } = this;
    let line = startLine;
    let lineStart = startLineStart;
    let i = this.nameEnd(open + 1);
    if (i >= end) return true;
    const nameEnd = i;
    let count = 0;
    let code = work[i]!;
    for (;;) {
      const gap = i;
      for (; i < end; i++) {
        code = work[i]!;
        if (code === LF) {
          line++;
          lineStart = i + 1;
        } else if (code === CR) {
          if (i + 1 < end && work[i + 1] !== LF) return false;
        } else if (code !== SPACE && code !== TAB) break;
      }
      if (i >= end) return true;
      if (code === GT || code === SLASH) break;
      if (i === gap || NAME_START[code] === 0 || count === 3 * MAX_ATTRIBUTES) return false;
      const from = i;
      i = this.nameEnd(i);
      if (i + 1 >= end) return true;
      if (work[i] !== EQ) return false;
      if (i - from > limits.textLength) return false;
      const name = this.nameNumber(from, i);
      for (let k = 0; k < count; k += 3) if (found[k] === name) return false;
      const quote = work[i + 1]!;
      if (quote !== QUOTE && quote !== APOS) return false;
      i += 2;
      const value = i;
      let plain = true;
      for (; i < end; i++) {
        code = work[i]!;
        if (code === quote) break;
        const kind = TEXT_KIND[code]!;
        if (kind === PLAIN || code === SPACE || code === GT) continue;
        if (kind === WIDE) {
          if ((code & 0xc0) === 0x80) lineStart++;
        } else if (code !== AMP) return false;
        plain = false;
      }
      if (i + 1 >= end) return true;
      if (i - value > limits.textLength) return false;
      found[count] = name;
      found[count + 1] = value;
      found[count + 2] = plain ? i : ~i;
      count += 3;
      i++;
    }
    const empty = code === SLASH;
    if (empty && i + 1 >= end) return true;
    if (empty && work[++i] !== GT) return false;
    // The parser puts an element whose name is followed by a line break at the start of its line.
    const broken = work[nameEnd] === LF || work[nameEnd] === CR;
    const column = broken ? 1 : open - startLineStart + 1;
    if (this.depth === 0 ? this.rootSeen : !this.text(start, open, blank, special, false)) return false;
    if (this.depth >= limits.depth || nameEnd - open > limits.textLength) return false;
    const name = this.nameNumber(open + 1, nameEnd);
    const { depth, document } = this;
    const node = document.appendElement(name, this.openNodes[depth]!, this.lastChild[depth]!, startLine, column);
    this.lastChild[depth] = node;
    this.rootSeen = true;
    for (let k = 0; k < count; k += 3) {
      const to = found[k + 2]!;
      if (to >= 0) document.appendAttributeBytes(found[k]!, work, found[k + 1]!, to);
      else if (!this.specialAttribute(found[k]!, found[k + 1]!, ~to)) return false;
    }
    if (!empty) {
      const inner = ++this.depth;
      this.openNodes[inner] = node;
      this.openNames[inner] = name;
      this.lastChild[inner] = -1;
      this.mixed[inner] = false;
    }
    this.at = i + 1;
    this.line = line;
    this.lineStart = lineStart;
    return true;
  }

  private endTag(
    start: number,
    open: number,
    line: number,
    lineStart: number,
    blank: boolean,
    special: boolean,
  ): boolean {
    const { work, end, depth } = this;
    const close = this.nameEnd(open + 2);
    if (close >= end) return true;
    if (work[close] !== GT || depth === 0) return false;
    if (close === open + 2 || this.nameNumber(open + 2, close) !== this.openNames[depth]) return false;
    if (!this.text(start, open, blank, special, this.lastChild[depth] === -1)) return false;
    this.depth--;
    this.at = close + 1;
    this.line = line;
    this.lineStart = lineStart;
    return true;
  }

  private comment(
    start: number,
    open: number,
    startLine: number,
    startLineStart: number,
    blank: boolean,
    special: boolean,
  ): boolean {
    const { work, end } = this;
    let line = startLine;
    let lineStart = startLineStart;
    if (open + 3 >= end) return true;
    if (work[open + 2] !== MINUS || work[open + 3] !== MINUS) return false;
    const from = open + 4;
    for (let i = from; i < end; i++) {
      const code = work[i]!;
      if (code === LF) {
        line++;
        lineStart = i + 1;
      } else if (code === MINUS) {
        if (i + 2 >= end) return true;
        if (work[i + 1] !== MINUS) continue;
        if (work[i + 2] !== GT) return false;
        const text = this.decoded(from, i, false);
        if (text === undefined || !this.text(start, open, blank, special, false)) return false;
        const { depth, document } = this;
        this.lastChild[depth] = document.appendText(
          'comment',
          '',
          text,
          this.openNodes[depth]!,
          this.lastChild[depth]!,
          0,
          0,
        );
        this.at = i + 3;
        this.line = line;
        this.lineStart = lineStart;
        return true;
      } else if (code === CR) {
        if (i + 1 < end && work[i + 1] !== LF) return false;
      } else if ((code & 0xc0) === 0x80) lineStart++;
      else if (TEXT_KIND[code] === REFUSED) return false;
    }
    return true;
  }

  /** Keeps text that is not layout: blank text is content beside other text, and in an element without children. */
  private text(from: number, to: number, blank: boolean, special: boolean, keepBlank: boolean): boolean {
    const { depth } = this;
    if (from === to || depth === 0) return true;
    if (blank && !keepBlank && !this.mixed[depth]) return true;
    if (!blank) this.mixed[depth] = true;
    const text = this.decoded(from, to, special);
    if (text === undefined) return false;
    this.lastChild[depth] = this.document.appendText(
      'text',
      '',
      text,
      this.openNodes[depth]!,
      this.lastChild[depth]!,
      0,
      0,
    );
    return true;
  }

  private specialAttribute(name: number, from: number, to: number): boolean {
    const text = this.decoded(from, to, true);
    if (text === undefined) return false;
    const bytes = encoder.encode(text);
    this.document.appendAttributeBytes(name, bytes, 0, bytes.length);
    return true;
  }

  /** Bytes as text, with entities expanded if there may be any; undefined to give up. */
  private decoded(from: number, to: number, entities: boolean): string | undefined {
    if (to - from > this.limits.textLength) return undefined;
    const bytes = this.work.subarray(from, to);
    if (this.encoding !== 'utf-8' && bytes.some((byte) => byte >= 0x80)) return undefined;
    let text: string;
    try {
      text = decoder.decode(bytes);
    } catch {
      return undefined;
    }
    if (/[\ufffe\uffff]/.test(text)) return undefined;
    if (text.includes('\r')) text = text.replaceAll('\r\n', '\n');
    if (!entities || !text.includes('&')) return text;
    if (/&(?!(?:lt|gt|amp|quot|apos);)/.test(text)) return undefined;
    return text.replace(/&([a-z]+);/g, (_, entity: string) => ENTITIES[entity]!);
  }

  private nameEnd(from: number): number {
    const { work, end } = this;
    let i = from;
    while (i < end && NAME_PART[work[i]!] === 1) i++;
    return i;
  }

  /** The document's number of a name. */
  private nameNumber(from: number, to: number): number {
    const { work, nameBytes, nameSlots } = this;
    const length = to - from;
    const hash = length + work[from]! * 7 + work[to - 1]! * 31 + work[from + (length >> 1)]! * 127;
    for (let probe = hash; probe < hash + PROBES; probe++) {
      const slot = probe & (NAME_SLOTS - 1);
      const known = nameSlots[slot]!;
      if (known < 0) {
        const number = this.document.intern(decoder.decode(work.subarray(from, to)));
        nameSlots[slot] = nameBytes.push(work.slice(from, to)) - 1;
        this.nameNumbers.push(number);
        return number;
      }
      const bytes = nameBytes[known]!;
      if (bytes.length !== length) continue;
      let i = 0;
      while (i < length && bytes[i] === work[from + i]) i++;
      if (i === length) return this.nameNumbers[known]!;
    }
    return this.document.intern(decoder.decode(work.subarray(from, to)));
  }
}
