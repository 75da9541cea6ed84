import { internalFault, type Place } from '../../core/errors.js';
import { IntColumn, type Span, TextStore } from './columns.js';

/** Kinds of node that are not elements, as they stand in the name column. */
const DOCUMENT = -1;
const TEXT = -2;
const CDATA = -3;
const COMMENT = -4;
const INSTRUCTION = -5;

export type AttributeValue = string | number | boolean;
/** Attributes in their order; undefined leaves one out. A double is written so that it parses back the same. */
export type Attributes = Readonly<Record<string, AttributeValue | undefined>>;

export type Content =
  | { readonly kind: 'element'; readonly element: Element }
  | { readonly kind: 'text' | 'cdata' | 'comment'; readonly text: string }
  | { readonly kind: 'instruction'; readonly target: string; readonly text: string };

/**
 * A whole XML document in columns, in document order: about 24 bytes a node, 8 an attribute, and the text.
 * Nodes are numbers (0 is the document itself, `root` its element); `element()` wraps one in a handle.
 * Whitespace between elements is not kept where no other text stands beside it.
 */
export class XmlDocument {
  private readonly names: string[] = [];
  private readonly locals: string[] = [];
  private readonly nameIds = new Map<string, number>();
  private readonly name = new IntColumn();
  private readonly parents = new IntColumn();
  private readonly next = new IntColumn();
  /** The first attribute of each node; the next node's is the end. Text is an attribute too. */
  private readonly attributesFrom = new IntColumn();
  private readonly lines = new IntColumn();
  private readonly columns = new IntColumn();
  private readonly attributeNames = new IntColumn();
  private readonly attributeValues = new IntColumn();
  private readonly texts = new TextStore();

  constructor() {
    this.append(DOCUMENT, -1, 0, 0);
  }

  /** How many nodes there are, the document itself included. */
  get size(): number {
    return this.name.length;
  }

  /** The root element; -1 if there is none. */
  get rootIndex(): number {
    return this.firstChild(0);
  }

  get root(): Element {
    const index = this.rootIndex;
    if (index < 0) throw internalFault('an XML document without a root element');
    return this.element(index);
  }

  element(index: number): Element {
    return new Element(this, index);
  }

  isElement(index: number): boolean {
    return this.name.at(index) >= 0;
  }

  /** Local name of an element; '' for other nodes. */
  nameOf(index: number): string {
    const id = this.name.at(index);
    return id < 0 ? '' : this.locals[id]!;
  }

  /** Name with its prefix, as written. */
  qualifiedNameOf(index: number): string {
    const id = this.name.at(index);
    return id < 0 ? '' : this.names[id]!;
  }

  parentOf(index: number): number {
    return this.parents.at(index);
  }

  lineOf(index: number): number {
    return this.lines.at(index);
  }

  columnOf(index: number): number {
    return this.columns.at(index);
  }

  /** The first child that is an element, or -1. */
  firstChild(index: number): number {
    return this.elementFrom(this.firstNode(index));
  }

  /** The next sibling that is an element, or -1. */
  nextSibling(index: number): number {
    return this.elementFrom(this.nextNode(index));
  }

  /** The first child of any kind, or -1. */
  firstNode(index: number): number {
    const child = index + 1;
    return child < this.name.length && this.parents.at(child) === index ? child : -1;
  }

  /** The next sibling of any kind, or -1. */
  nextNode(index: number): number {
    return this.next.at(index);
  }

  /** The value of an attribute without a prefix. */
  attributeOf(index: number, name: string): string | undefined {
    const id = this.nameIds.get(name);
    const at = id === undefined ? -1 : this.attributeAt(index, id);
    return at < 0 ? undefined : this.texts.get(this.attributeValues.at(at));
  }

  /** Whether two elements have the same value, or none, for an attribute without a prefix. */
  sameAttribute(a: number, b: number, name: string): boolean {
    const id = this.nameIds.get(name);
    if (id === undefined) return true;
    const [first, second] = [this.attributeAt(a, id), this.attributeAt(b, id)];
    if (first < 0 || second < 0) return first === second;
    const [x, y] = [this.attributeValues.at(first), this.attributeValues.at(second)];
    return x === y || this.texts.get(x) === this.texts.get(y);
  }

  attributesOf(index: number): [string, string][] {
    const result: [string, string][] = [];
    if (this.name.at(index) < 0) return result;
    const end = this.attributesEnd(index);
    for (let at = this.attributesFrom.at(index); at < end; at++) {
      result.push([this.names[this.attributeNames.at(at)]!, this.texts.get(this.attributeValues.at(at))]);
    }
    return result;
  }

  /** Text and CDATA that stand directly in an element, joined. */
  textOf(index: number): string {
    let text = '';
    for (let node = this.firstNode(index); node >= 0; node = this.nextNode(node)) {
      const kind = this.name.at(node);
      if (kind === TEXT || kind === CDATA) text += this.nodeText(node);
    }
    return text;
  }

  /** One node as an element, text, comment or processing instruction. */
  contentOf(index: number): Content {
    const kind = this.name.at(index);
    if (kind >= 0) return { kind: 'element', element: this.element(index) };
    const text = this.nodeText(index);
    if (kind === INSTRUCTION) {
      return { kind: 'instruction', target: this.names[this.attributeNames.at(this.attributesFrom.at(index))]!, text };
    }
    return { kind: kind === COMMENT ? 'comment' : kind === CDATA ? 'cdata' : 'text', text };
  }

  /** For the builder: adds a node below `parent`, after `previous` (-1 if it is the first). */
  appendNode(kind: string, parent: number, previous: number, line: number, column: number): number {
    return this.appendElement(this.intern(kind), parent, previous, line, column);
  }

  /** For the builder: adds an element by the number of its name. */
  appendElement(name: number, parent: number, previous: number, line: number, column: number): number {
    const index = this.append(name, parent, line, column);
    if (previous >= 0) this.next.set(previous, index);
    return index;
  }

  /** For the builder: adds text, CDATA, a comment or a processing instruction. */
  appendText(
    kind: 'text' | 'cdata' | 'comment' | 'instruction',
    target: string,
    text: string,
    parent: number,
    previous: number,
    line: number,
    column: number,
  ): number {
    const code = { text: TEXT, cdata: CDATA, comment: COMMENT, instruction: INSTRUCTION }[kind];
    const index = this.append(code, parent, line, column);
    if (previous >= 0) this.next.set(previous, index);
    this.appendAttribute(target, text);
    return index;
  }

  /** For the builder: adds an attribute to the node that was added last. */
  appendAttribute(name: string, value: string): void {
    this.attributeNames.push(this.intern(name));
    this.attributeValues.push(this.texts.add(value));
  }

  /** For the builder: adds an attribute by the number of its name and the UTF-8 bytes of its value. */
  appendAttributeBytes(name: number, bytes: Uint8Array, from: number, to: number): void {
    this.attributeNames.push(name);
    this.attributeValues.push(this.texts.addBytes(bytes, from, to));
  }

  /** The number of the name of an element, with its prefix; negative for other nodes. */
  nameNumberOf(index: number): number {
    return this.name.at(index);
  }

  /** The name with that number, as written. */
  nameOfNumber(number: number): string {
    return this.names[number]!;
  }

  /** The attributes of a node are those from here to where the next node's begin, see `attributesEnd`. */
  attributesStart(index: number): number {
    return this.attributesFrom.at(index);
  }

  attributesEnd(index: number): number {
    return index + 1 < this.attributesFrom.length ? this.attributesFrom.at(index + 1) : this.attributeNames.length;
  }

  attributeNameNumber(at: number): number {
    return this.attributeNames.at(at);
  }

  /** The UTF-8 bytes of an attribute's value; the answer is overwritten by the next one. */
  attributeBytes(at: number): Span {
    return this.texts.locate(this.attributeValues.at(at));
  }

  attributeText(at: number): string {
    return this.texts.get(this.attributeValues.at(at));
  }

  private attributeAt(index: number, name: number): number {
    if (this.name.at(index) < 0) return -1;
    const end = this.attributesEnd(index);
    for (let at = this.attributesFrom.at(index); at < end; at++) if (this.attributeNames.at(at) === name) return at;
    return -1;
  }

  private append(kind: number, parent: number, line: number, column: number): number {
    this.name.push(kind);
    this.parents.push(parent);
    this.next.push(-1);
    this.attributesFrom.push(this.attributeNames.length);
    this.lines.push(line);
    this.columns.push(column);
    return this.name.length - 1;
  }

  private elementFrom(node: number): number {
    let at = node;
    while (at >= 0 && this.name.at(at) < 0) at = this.next.at(at);
    return at;
  }

  private nodeText(index: number): string {
    return this.texts.get(this.attributeValues.at(this.attributesFrom.at(index)));
  }

  /** The number of a name, with its prefix; a new one if it has none yet. */
  intern(name: string): number {
    const known = this.nameIds.get(name);
    if (known !== undefined) return known;
    const own = this.texts.get(this.texts.add(name));
    const id = this.names.length;
    this.names.push(own);
    const colon = own.indexOf(':');
    this.locals.push(colon < 0 ? own : own.slice(colon + 1));
    this.nameIds.set(own, id);
    return id;
  }
}

/** A light handle on one element; two handles of one element are equal by `document` and `index`. */
export class Element {
  constructor(
    readonly document: XmlDocument,
    readonly index: number,
  ) {}

  /** The local name. */
  get name(): string {
    return this.document.nameOf(this.index);
  }

  get prefix(): string {
    const name = this.document.qualifiedNameOf(this.index);
    const colon = name.indexOf(':');
    return colon < 0 ? '' : name.slice(0, colon);
  }

  get line(): number {
    return this.document.lineOf(this.index);
  }

  get column(): number {
    return this.document.columnOf(this.index);
  }

  /** Where the element starts, for an error. */
  get place(): Place {
    const parent = this.parent;
    const place: Place = { path: parent === undefined ? this.name : `${parent.name}/${this.name}` };
    if (this.line > 0) Object.assign(place, { line: this.line, column: this.column });
    return place;
  }

  get parent(): Element | undefined {
    const parent = this.document.parentOf(this.index);
    return parent <= 0 ? undefined : this.document.element(parent);
  }

  attribute(name: string): string | undefined {
    return this.document.attributeOf(this.index, name);
  }

  attributes(): [string, string][] {
    return this.document.attributesOf(this.index);
  }

  /** Child elements, of one local name if it is given. */
  children(name?: string): Element[] {
    const result: Element[] = [];
    const { document } = this;
    for (let at = document.firstChild(this.index); at >= 0; at = document.nextSibling(at)) {
      if (name === undefined || document.nameOf(at) === name) result.push(document.element(at));
    }
    return result;
  }

  /** The first child element of a local name. */
  child(name: string): Element | undefined {
    const { document } = this;
    for (let at = document.firstChild(this.index); at >= 0; at = document.nextSibling(at)) {
      if (document.nameOf(at) === name) return document.element(at);
    }
    return undefined;
  }

  text(): string {
    return this.document.textOf(this.index);
  }

  /** Everything inside, in order: elements, text, comments, processing instructions. */
  content(): Content[] {
    const result: Content[] = [];
    const { document } = this;
    for (let at = document.firstNode(this.index); at >= 0; at = document.nextNode(at)) {
      result.push(document.contentOf(at));
    }
    return result;
  }
}
