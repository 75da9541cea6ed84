import fc from 'fast-check';
import { XMLParser } from 'fast-xml-parser';
import { describe, expect, test } from 'vitest';
import { formatError, SamescoreError } from '../../../src/core/errors.js';
import { XmlBuilder } from '../../../src/wire/xml/builder.js';
import type { Element } from '../../../src/wire/xml/document.js';
import { readXml } from '../../../src/wire/xml/read.js';
import { writeXml } from '../../../src/wire/xml/write.js';

const bytes = (text: string) => new TextEncoder().encode(text);
const read = (text: string) => readXml(bytes(text));
const written = (document: ReturnType<typeof readXml>, indent?: string) =>
  [...writeXml(document, indent === undefined ? {} : { indent })]
    .map((chunk) => new TextDecoder().decode(chunk))
    .join('');

function failure(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof SamescoreError) return formatError(error);
    throw error;
  }
  throw new Error('it did not fail');
}

describe('reading XML', () => {
  test('elements know their names, attributes, places and neighbours', () => {
    const { root } = read(
      '<?xml version="1.0"?>\n<p:a xmlns:p="urn:x">\n  <b x="1" y="&lt;&#233;"/>\n  <c>text</c><c\n z="2"/>\n</p:a>',
    );
    expect(root.name).toBe('a');
    expect(root.prefix).toBe('p');
    const [b, c1, c2] = root.children();
    expect([b?.line, b?.column, c1?.line, c1?.column, c2?.line]).toEqual([3, 3, 4, 3, 4]);
    expect(b?.attributes()).toEqual([
      ['x', '1'],
      ['y', '<é'],
    ]);
    expect(c1?.text()).toBe('text');
    expect(root.children('c').map((element) => element.attribute('z'))).toEqual([undefined, '2']);
    expect(c2?.parent?.name).toBe('a');
    expect(root.parent).toBeUndefined();
  });

  test('blank text is kept in a leaf and beside text, and is layout elsewhere', () => {
    const { root } = read('<a> <b> </b> <c>x <d/> y</c> </a>');
    expect(root.content().map((content) => content.kind)).toEqual(['element', 'element']);
    expect(root.child('b')?.text()).toBe(' ');
    expect(root.child('c')?.text()).toBe('x  y');
  });

  test.each([
    ['utf-8 with a mark', new Uint8Array([0xef, 0xbb, 0xbf, ...bytes('<a b="é"/>')])],
    ['utf-16 little', new Uint8Array([0xff, 0xfe, ...Buffer.from('<a b="é"/>', 'utf16le')])],
    [
      'utf-16 without a mark',
      new Uint8Array(Buffer.from('<?xml version="1.0" encoding="UTF-16"?><a b="é"/>', 'utf16le')),
    ],
    ['latin-1', new Uint8Array(Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a b="é"/>', 'latin1'))],
  ])('%s', (_, input) => {
    expect(readXml(input).root.attribute('b')).toBe('é');
  });

  test.each([
    ['<a>\n <b></a>', 'line 2:8: xml/malformed: the XML is malformed: unexpected close tag'],
    ['<a b="1" b="2"/>', 'xml/malformed: the XML is malformed: duplicate attribute: b'],
    ['<a>', 'xml/malformed: the XML is malformed: unclosed tag: a'],
    ['', 'xml/malformed: the XML is malformed: document must contain a root element'],
    ['<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', 'xml/doctype: a document type declaration is not accepted'],
    ['<a>&lol;</a>', 'xml/malformed: the XML is malformed: undefined entity'],
    [
      '<?xml version="1.0" encoding="klingon"?><a/>',
      'line 1:1: xml/unknown-encoding: the encoding "klingon" is not known',
    ],
  ])('%s is refused', (text, message) => {
    expect(failure(() => read(text))).toContain(message);
  });

  test('bytes that the encoding does not allow are refused', () => {
    expect(failure(() => readXml(new Uint8Array([0x3c, 0x61, 0x3e, 0xff])))).toContain('at byte 3: xml/encoding');
    const long = new Uint8Array(200_000).fill(0x20);
    long.set([0x3c, 0x61, 0x2f, 0x3e]);
    long[150_000] = 0xc3;
    expect(failure(() => readXml(long))).toContain('at byte 150001: xml/encoding');
  });

  test('nesting has a limit', () => {
    expect(failure(() => read(`${'<a>'.repeat(1001)}${'</a>'.repeat(1001)}`))).toMatch(/^line 1:3001: xml\/too-deep/);
  });

  test('hostile bytes end in an error of ours or in a document', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('<', '>', '/', 'a', '"', '=', ' ', '&', ';', '!', '[', ']', '-', '?', '\u0000', 'é'), {
          maxLength: 60,
        }),
        (parts) => {
          try {
            read(parts.join(''));
          } catch (error) {
            expect(error).toBeInstanceOf(SamescoreError);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('writing XML', () => {
  const name = fc.constantFrom('a', 'b', 'Node', 'x-y', 'p:q');
  const text = fc.string({
    unit: fc.constantFrom('a', ' ', '<', '&', '"', "'", ']]>', 'é', '😀', '\t', '\n', '\r', '>'),
  });
  type Tree = { name: string; attributes: Record<string, string>; text: string; children: Tree[] };
  const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
    tree: fc.record({
      name,
      attributes: fc.dictionary(fc.constantFrom('x', 'y', 'p:z'), text),
      text,
      children: fc.oneof(
        { maxDepth: 4, depthIdentifier: 't' },
        fc.constant<Tree[]>([]),
        fc.array(tie('tree'), { maxLength: 3 }),
      ),
    }),
  }));
  const build = (builder: XmlBuilder, node: Tree): XmlBuilder => {
    builder.start(node.name, node.attributes);
    if (node.children.length === 0) builder.text(node.text);
    for (const child of node.children) build(builder, child);
    return builder.end();
  };
  const plain = (element: Element): unknown => [
    element.name,
    element.prefix,
    element.attributes(),
    element.children().length === 0 ? element.text() : '',
    element.children().map(plain),
  ];

  test('what is written reads back the same, laid out or not', () => {
    fc.assert(
      fc.property(tree, fc.constantFrom('', '  '), (node, indent) => {
        const document = build(new XmlBuilder(), node).finish();
        const again = read(written(document, indent));
        expect(plain(again.root)).toEqual(plain(document.root));
        expect(written(again, indent)).toBe(written(document, indent));
      }),
    );
  });

  test('another reader understands what is written', () => {
    const parser = new XMLParser({
      ignoreAttributes: false,
      preserveOrder: false,
      trimValues: false,
      parseAttributeValue: false,
    });
    const document = new XmlBuilder()
      .start('a')
      .leaf('b', { x: '<"&\'>', n: 0.1 })
      .leaf('c', {}, 'p & <q>')
      .end()
      .finish();
    expect(parser.parse(written(document, '')).a).toEqual({ b: { '@_x': '<"&\'>', '@_n': '0.1' }, c: 'p & <q>' });
  });

  test('comments, instructions, CDATA and mixed content are kept', () => {
    const source =
      '<?xml version="1.0" encoding="UTF-8"?>\n<!--head--><?go on?><a><!--in--><m>x<b>y</b> z</m><c><![CDATA[<raw>]]></c></a><!--tail-->';
    expect(written(read(source), '')).toBe(source);
  });

  test('a character that XML cannot hold is refused', () => {
    const document = new XmlBuilder().start('a', { x: '\u0000' }).end().finish();
    expect(failure(() => written(document))).toBe('xml/unwritable: XML 1.0 cannot hold the character "\\u0000"');
  });

  test('pieces stay small', () => {
    const builder = new XmlBuilder().start('a');
    for (let i = 0; i < 20000; i++) builder.leaf('b', { i });
    const sizes = [...writeXml(builder.end().finish())].map((chunk) => chunk.length);
    expect(sizes.length).toBeGreaterThan(3);
    expect(Math.max(...sizes)).toBeLessThan(70_000);
  });
});
