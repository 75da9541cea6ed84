import { type SaxesAttributeNS, SaxesParser } from 'saxes';
import { type ByteSource, headOf, sourceOf } from '../../core/byte-source.js';
import { SamescoreError } from '../../core/errors.js';
import { type Limits, withDefaults } from '../../core/limits.js';
import { XmlBuilder } from './builder.js';
import type { XmlDocument } from './document.js';
import { doctypeRefused, malformedXml, tooDeep, tooLarge, tooLong, unknownEncoding, wrongEncoding } from './errors.js';
import { canScan, Scanner } from './scan.js';

type Decoder = InstanceType<typeof TextDecoder>;

/**
 * Reads a document of any encoding that it declares (UTF-8, UTF-16, ISO-8859-1 and what else TextDecoder knows).
 * A DOCTYPE is refused at once. Throws `xml/*` errors with line and column.
 */
export function readXml(input: Uint8Array | ByteSource, limits: Partial<Limits> = {}): XmlDocument {
  const bounds = withDefaults(limits);
  const source = input instanceof Uint8Array ? sourceOf(input) : input;
  if (source.size > bounds.bytes) throw tooLarge(source.size, bounds.bytes);
  const encoding = encodingOf(source);
  return scanned(source, bounds, encoding) ?? parsed(source, bounds, encoding);
}

/** The document, if it is so plain that the scanner can read it. */
function scanned(source: ByteSource, limits: Limits, encoding: string): XmlDocument | undefined {
  if (!canScan(encoding)) return undefined;
  const scanner = new Scanner(limits, encoding);
  for (const chunk of source.chunks()) if (!scanner.feed(chunk)) return undefined;
  return scanner.finish();
}

function parsed(source: ByteSource, limits: Limits, encoding: string): XmlDocument {
  const decoder = decoderOf(encoding);
  const reader = new Reader(limits);
  let checked = false;
  const write = (text: string) => {
    if (!checked && text.includes('\ufffd')) {
      checkEncoding(source, encoding);
      checked = true;
    }
    reader.write(text);
  };
  for (const chunk of source.chunks()) write(decoder.decode(chunk, { stream: true }));
  write(decoder.decode());
  return reader.finish();
}

/**
 * The parser adds a property for each handler; beyond seven of them V8 keeps its properties in a dictionary, and it is five
 * times as slow. Declared fields keep it fast.
 */
const FastParser = class extends (SaxesParser as unknown as new (options: object) => object) {
  textHandler = undefined;
  piHandler = undefined;
  doctypeHandler = undefined;
  commentHandler = undefined;
  openTagStartHandler = undefined;
  attributeHandler = undefined;
  closeTagHandler = undefined;
  cdataHandler = undefined;
  errorHandler = undefined;
} as unknown as new (
  options: object,
) => SaxesParser;

class Reader {
  private readonly builder = new XmlBuilder();
  private readonly parser = new FastParser({ position: true });
  private line = 0;
  private column = 0;

  constructor(limits: Limits) {
    const { parser, builder } = this;
    parser.on('error', (error) => {
      throw malformedXml(error.message.replace(/^(?:[^:]*:)?\d+:\d+: /, '').replace(/\.$/, ''), this.here());
    });
    parser.on('doctype', () => {
      throw doctypeRefused(this.here());
    });
    parser.on('opentagstart', (tag) => {
      // The parser stands behind the character that ended the name, which may be a line break.
      const column = parser.column - tag.name.length - 1;
      this.line = column > 0 ? parser.line : parser.line - 1;
      this.column = column > 0 ? column : 1;
      if (builder.depth >= limits.depth) throw tooDeep(limits.depth, { line: this.line, column: this.column });
      if (tag.name.length > limits.textLength) throw tooLong('an element name', limits.textLength, this.here());
      builder.start(tag.name, {}, { line: this.line, column: this.column });
    });
    parser.on('attribute', (attribute: { name: string; value: string } | SaxesAttributeNS) => {
      if (attribute.value.length > limits.textLength) throw tooLong('an attribute', limits.textLength, this.here());
      builder.attribute(attribute.name, attribute.value);
    });
    parser.on('closetag', () => {
      builder.end();
    });
    parser.on('text', (text) => {
      if (text.length > limits.textLength) throw tooLong('text', limits.textLength, this.here());
      if (builder.depth > 0) builder.text(text);
    });
    parser.on('cdata', (text) => {
      builder.cdata(text);
    });
    parser.on('comment', (text) => {
      builder.comment(text);
    });
    parser.on('processinginstruction', ({ target, body }) => {
      builder.instruction(target, body);
    });
  }

  write(text: string): void {
    this.run(() => this.parser.write(text));
  }

  finish(): XmlDocument {
    this.run(() => this.parser.close());
    return this.builder.finish();
  }

  private run(step: () => void): void {
    try {
      step();
    } catch (error) {
      if (error instanceof SamescoreError) throw error;
      throw malformedXml(error instanceof Error ? error.message : String(error), this.here());
    }
  }

  private here(): { line: number; column: number } {
    return { line: this.parser.line, column: Math.max(1, this.parser.column) };
  }
}

function encodingOf(source: ByteSource): string {
  const bytes = headOf(source, 256);
  const [a, b, c, d] = bytes;
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8';
  if (a === 0 && b === 0x3c && c === 0 && d === 0x3f) return 'utf-16be';
  if (a === 0x3c && b === 0 && c === 0x3f && d === 0) return 'utf-16le';
  const head = String.fromCharCode(...bytes.subarray(0, 256));
  const declared = /^<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._:-]+)["']/.exec(head)?.[1];
  return declared?.toLowerCase() ?? 'utf-8';
}

// A decoder that is not fatal gives one-byte strings for ASCII, which the parser reads several times as fast.
function decoderOf(encoding: string): Decoder {
  try {
    return new TextDecoder(encoding);
  } catch {
    throw unknownEncoding(encoding);
  }
}

/** A replacement character in the text is the document's own, or stands for bytes that are wrong. */
function checkEncoding(source: ByteSource, encoding: string): void {
  const decoder = new TextDecoder(encoding, { fatal: true });
  let byte = 0;
  try {
    for (const chunk of source.chunks()) {
      decoder.decode(chunk, { stream: true });
      byte += chunk.length;
    }
    decoder.decode();
  } catch {
    throw wrongEncoding(encoding, { byte: firstWrong(source, encoding, byte) });
  }
}

/** The byte at which decoding fails, in the chunk that begins at `from`; the end where something is cut off. */
function firstWrong(source: ByteSource, encoding: string, from: number): number {
  const decoder = new TextDecoder(encoding, { fatal: true });
  let byte = 0;
  try {
    for (const chunk of source.chunks()) {
      const pieces = byte < from ? [chunk] : Array.from(chunk, (_, at) => chunk.subarray(at, at + 1));
      for (const piece of pieces) {
        decoder.decode(piece, { stream: true });
        byte += piece.length;
      }
    }
  } catch {
    return byte;
  }
  return byte;
}
