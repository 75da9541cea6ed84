import { type SaxesAttributeNS, SaxesParser } from 'saxes';
import { SamescoreError } from '../../core/errors.js';
import { type Limits, withDefaults } from '../../core/limits.js';
import { XmlBuilder } from './builder.js';
import type { XmlDocument } from './document.js';
import { doctypeRefused, malformedXml, tooDeep, tooLarge, tooLong, unknownEncoding, wrongEncoding } from './errors.js';

type Decoder = InstanceType<typeof TextDecoder>;

const CHUNK = 1 << 16;

/**
 * Reads a document of any encoding that it declares (UTF-8, UTF-16, ISO-8859-1 and what else TextDecoder knows).
 * A DOCTYPE is refused at once. Throws `xml/*` errors with line and column.
 */
export function readXml(bytes: Uint8Array, limits: Partial<Limits> = {}): XmlDocument {
  const bounds = withDefaults(limits);
  if (bytes.length > bounds.bytes) throw tooLarge(bytes.length, bounds.bytes);
  const encoding = encodingOf(bytes);
  const decoder = decoderOf(encoding);
  const reader = new Reader(bounds);
  let checked = false;
  for (let at = 0; at <= bytes.length; at += CHUNK) {
    const text = decoder.decode(bytes.subarray(at, at + CHUNK), { stream: at + CHUNK <= bytes.length });
    if (!checked && text.includes('\ufffd')) {
      checkEncoding(bytes, encoding);
      checked = true;
    }
    reader.write(text);
  }
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

function encodingOf(bytes: Uint8Array): string {
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
function checkEncoding(bytes: Uint8Array, encoding: string): void {
  const decoder = new TextDecoder(encoding, { fatal: true });
  for (let at = 0; at <= bytes.length; at += CHUNK) {
    try {
      decoder.decode(bytes.subarray(at, at + CHUNK), { stream: at + CHUNK <= bytes.length });
    } catch {
      throw wrongEncoding(encoding, { byte: at });
    }
  }
}
