import { internalFault } from '../../core/errors.js';
import { type Attributes, type AttributeValue, XmlDocument } from './document.js';

const BLANK = /^[ \t\r\n]*$/;

/** A number as XML Schema spells it: INF and NaN, else the shortest text that parses back to the same double. */
export function xmlText(value: AttributeValue): string {
  if (typeof value === 'string') return value;
  if (value === Number.POSITIVE_INFINITY) return 'INF';
  if (value === Number.NEGATIVE_INFINITY) return '-INF';
  if (Object.is(value, -0)) return '-0';
  return String(value);
}

/**
 * Makes a document from its events, in document order. Blank text is kept only in an element that has no child
 * elements, or beside other text. `finish` hands the document over; the builder is spent then.
 */
export class XmlBuilder {
  private readonly document = new XmlDocument();
  private readonly open: number[] = [0];
  private readonly last: number[] = [-1];
  private readonly mixed: boolean[] = [false];
  private pending = '';

  get depth(): number {
    return this.open.length - 1;
  }

  start(name: string, attributes: Attributes = {}, place?: { readonly line?: number; readonly column?: number }): this {
    if (this.pending !== '') {
      if (this.mixed[this.mixed.length - 1]) this.add('text', '', this.pending);
      this.pending = '';
    }
    const parent = this.open[this.open.length - 1]!;
    const previous = this.last[this.last.length - 1]!;
    const index = this.document.appendNode(name, parent, previous, place?.line ?? 0, place?.column ?? 0);
    this.last[this.last.length - 1] = index;
    this.open.push(index);
    this.last.push(-1);
    this.mixed.push(false);
    for (const key in attributes) {
      const value = attributes[key];
      if (value !== undefined) this.document.appendAttribute(key, xmlText(value));
    }
    return this;
  }

  /** One more attribute of the element that was just started. */
  attribute(name: string, value: AttributeValue): this {
    this.document.appendAttribute(name, xmlText(value));
    return this;
  }

  text(text: string): this {
    if (text === '') return this;
    const mixed = this.mixed[this.mixed.length - 1]!;
    if (!mixed && BLANK.test(text)) {
      this.pending += text;
      return this;
    }
    if (this.open.length > 1) this.mixed[this.mixed.length - 1] = true;
    const whole = this.pending + text;
    this.pending = '';
    this.add('text', '', whole);
    return this;
  }

  cdata(text: string): this {
    this.flush();
    this.mixed[this.mixed.length - 1] = true;
    this.add('cdata', '', text);
    return this;
  }

  comment(text: string): this {
    this.flush();
    this.add('comment', '', text);
    return this;
  }

  instruction(target: string, text: string): this {
    this.flush();
    this.add('instruction', target, text);
    return this;
  }

  /** An element with nothing but attributes and perhaps text in it. */
  leaf(name: string, attributes: Attributes = {}, text = ''): this {
    return this.start(name, attributes).text(text).end();
  }

  end(): this {
    if (this.open.length < 2) throw internalFault('an XML element ended that was never started');
    // Blank text is the content of an element without children, and layout elsewhere.
    if (this.pending !== '' && (this.last[this.last.length - 1] === -1 || this.mixed[this.mixed.length - 1])) {
      this.add('text', '', this.pending);
    }
    this.pending = '';
    this.open.pop();
    this.last.pop();
    this.mixed.pop();
    return this;
  }

  finish(): XmlDocument {
    if (this.open.length !== 1) throw internalFault('an XML document was finished inside an element');
    return this.document;
  }

  private flush(): void {
    if (this.pending !== '' && this.mixed[this.mixed.length - 1]) this.add('text', '', this.pending);
    this.pending = '';
  }

  private add(kind: 'text' | 'cdata' | 'comment' | 'instruction', target: string, text: string): void {
    if (kind === 'text' && this.open.length === 1) return;
    const top = this.last.length - 1;
    this.last[top] = this.document.appendText(kind, target, text, this.open[top]!, this.last[top]!, 0, 0);
  }
}
