import type { Content, XmlDocument } from './document.js';
import { unwritable } from './errors.js';

const CHUNK = 1 << 16;
const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

export interface WriteOptions {
  /** What a level is indented by; '' writes one line. Two spaces if absent. */
  indent?: string;
}

/** The document as UTF-8, in pieces of about 64 KB; elements without text are laid out one a line. */
export function* writeXml(document: XmlDocument, options: WriteOptions = {}): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  let buffer = '';
  for (const piece of pieces(document, options.indent ?? '  ')) {
    buffer += piece;
    if (buffer.length >= CHUNK) {
      yield encoder.encode(buffer);
      buffer = '';
    }
  }
  if (buffer !== '') yield encoder.encode(buffer);
}

function* pieces(document: XmlDocument, indent: string): Generator<string> {
  yield DECLARATION;
  const newline = indent === '' ? '' : '\n';
  let depth = 0;
  // How many enclosing elements hold text, where layout would change the content.
  let mixed = 0;
  const mixedAt: boolean[] = [];
  let node = document.firstNode(0);
  while (node >= 0) {
    const pad = mixed > 0 ? '' : indent.repeat(depth);
    const end = mixed > 0 ? '' : newline;
    if (!document.isElement(node)) yield pad + loose(document.contentOf(node)) + end;
    else {
      let tag = `${pad}<${document.qualifiedNameOf(node)}`;
      for (const [name, value] of document.attributesOf(node)) tag += ` ${name}="${attributeText(value)}"`;
      const child = document.firstNode(node);
      if (child < 0) yield `${tag}/>${end}`;
      else {
        const inline = mixed > 0 || hasText(document, child);
        yield tag + (inline ? '>' : `>${newline}`);
        mixedAt.push(inline);
        if (inline) mixed++;
        depth++;
        node = child;
        continue;
      }
    }
    let next = document.nextNode(node);
    while (next < 0) {
      node = document.parentOf(node);
      if (node <= 0) return;
      depth--;
      const inline = mixedAt.pop()!;
      if (inline) mixed--;
      yield `${inline ? '' : indent.repeat(depth)}</${document.qualifiedNameOf(node)}>${mixed > 0 ? '' : newline}`;
      next = document.nextNode(node);
    }
    node = next;
  }
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
const PLAIN = /^[A-Za-z0-9_.,:;()[\] +\-/]*$/;
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

function attributeText(value: string): string {
  return PLAIN.test(value) ? value : escaped(value, /[&<>"\t\n\r]/g);
}

function escaped(text: string, what: RegExp): string {
  return checked(text).replace(what, (character) => ENTITIES[character]!);
}

function checked(text: string): string {
  const wrong = UNWRITABLE.exec(text);
  if (wrong !== null) throw unwritable(wrong[0], {});
  return text;
}
