import type { Content, XmlDocument } from './document.js';
import { unwritable } from './errors.js';
import { ByteSink } from './sink.js';

const CHUNK = 1 << 16;
const [QUOTE, SLASH, GT] = [0x22, 0x2f, 0x3e] as const;
const encoder = new TextEncoder();
const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

export interface WriteOptions {
  /** What a level is indented by; '' writes one line. Two spaces if absent. */
  indent?: string;
  /** Whether a piece may be overwritten once the next one is asked for. */
  transient?: boolean;
}

/** The document as UTF-8, in pieces of about 64 KB; elements without text are laid out one a line. */
export function* writeXml(document: XmlDocument, options: WriteOptions = {}): Generator<Uint8Array> {
  const indent = options.indent ?? '  ';
  const out = new ByteSink(CHUNK);
  const take = () => (options.transient ? out.lend() : out.take());
  const names = new NameBytes(document);
  const newline = indent === '' ? '' : '\n';
  const pads: Uint8Array[] = [];
  const padOf = (level: number) => {
    pads[level] ??= encoder.encode(indent.repeat(level));
    return pads[level];
  };
  out.text(DECLARATION);
  let depth = 0;
  // How many enclosing elements hold text, where layout would change the content.
  let mixed = 0;
  const mixedAt: boolean[] = [];
  let node = document.firstNode(0);
  walk: while (node >= 0) {
    if (out.size >= CHUNK) yield take();
    if (mixed === 0) out.bytes(padOf(depth));
    const name = document.nameNumberOf(node);
    if (name < 0) {
      out.text(loose(document.contentOf(node)));
      if (mixed === 0) out.text(newline);
    } else {
      out.bytes(names.opening(name));
      const end = document.attributesEnd(node);
      for (let at = document.attributesStart(node); at < end; at++) {
        out.bytes(names.attribute(document.attributeNameNumber(at)));
        attributeValue(document, at, out);
        out.byte(QUOTE);
      }
      const child = document.firstNode(node);
      if (child >= 0) {
        const inline = mixed > 0 || hasText(document, child);
        out.byte(GT);
        if (!inline) out.text(newline);
        mixedAt.push(inline);
        if (inline) mixed++;
        depth++;
        node = child;
        continue;
      }
      out.byte(SLASH);
      out.byte(GT);
      if (mixed === 0) out.text(newline);
    }
    let next = document.nextNode(node);
    while (next < 0) {
      node = document.parentOf(node);
      if (node <= 0) break walk;
      depth--;
      const inline = mixedAt.pop()!;
      if (inline) mixed--;
      else out.bytes(padOf(depth));
      out.bytes(names.closing(document.nameNumberOf(node)));
      if (mixed === 0) out.text(newline);
      next = document.nextNode(node);
    }
    node = next;
  }
  if (out.size > 0) yield take();
}

/** The bytes of names with the markup around them, by their numbers. */
class NameBytes {
  private readonly openings: Uint8Array[] = [];
  private readonly closings: Uint8Array[] = [];
  private readonly attributes: Uint8Array[] = [];

  constructor(private readonly document: XmlDocument) {}

  opening(name: number): Uint8Array {
    this.openings[name] ??= encoder.encode(`<${this.document.nameOfNumber(name)}`);
    return this.openings[name];
  }

  closing(name: number): Uint8Array {
    this.closings[name] ??= encoder.encode(`</${this.document.nameOfNumber(name)}>`);
    return this.closings[name];
  }

  attribute(name: number): Uint8Array {
    this.attributes[name] ??= encoder.encode(` ${this.document.nameOfNumber(name)}="`);
    return this.attributes[name];
  }
}

/** Copies the value; where a byte is not plain, the whole value goes the long way. */
function attributeValue(document: XmlDocument, at: number, out: ByteSink): void {
  const { page, from, to } = document.attributeBytes(at);
  if (!out.plain(page, from, to)) out.text(escaped(document.attributeText(at), /[&<>"\t\n\r]/g));
}

function hasText(document: XmlDocument, first: number): boolean {
  for (let node = first; node >= 0; node = document.nextNode(node)) {
    if (document.isElement(node)) continue;
    const { kind } = document.contentOf(node);
    if (kind === 'text' || kind === 'cdata') return true;
  }
  return false;
}

function loose(content: Content): string {
  if (content.kind === 'text') return escaped(content.text, /[&<>\r]/g);
  if (content.kind === 'cdata') return `<![CDATA[${checked(content.text).replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
  if (content.kind === 'comment') return `<!--${checked(content.text)}-->`;
  if (content.kind === 'instruction') return `<?${content.target}${content.text === '' ? '' : ` ${content.text}`}?>`;
  return '';
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that XML 1.0 cannot hold
const UNWRITABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/u;
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

function escaped(text: string, what: RegExp): string {
  return checked(text).replace(what, (character) => ENTITIES[character]!);
}

function checked(text: string): string {
  const wrong = UNWRITABLE.exec(text);
  if (wrong !== null) throw unwritable(wrong[0], {});
  return text;
}
