import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withDefaults } from '../../../src/core/limits.js';
import type { XmlDocument } from '../../../src/wire/xml/document.js';
import { readXml } from '../../../src/wire/xml/read.js';
import { Scanner } from '../../../src/wire/xml/scan.js';

const encoder = new TextEncoder();

/** What the scanner makes of a document in pieces of a size; undefined where it gives up. */
function scan(bytes: Uint8Array, size: number): XmlDocument | undefined {
  const scanner = new Scanner(withDefaults(), 'utf-8');
  for (let at = 0; at < bytes.length; at += size) {
    if (!scanner.feed(bytes.subarray(at, at + size))) return undefined;
  }
  return scanner.finish();
}

/** What the parser makes of it: a processing instruction in front is nothing that the scanner reads. */
function parse(text: string): unknown {
  const declaration = /^<\?xml[^>]*\?>/.exec(text)?.[0] ?? '';
  const marked = `${declaration}<?parse?>${text.slice(declaration.length)}`;
  try {
    return dump(readXml(encoder.encode(marked)), '<?parse?>'.length);
  } catch {
    return undefined;
  }
}

/** Everything that a document tells, places included; `shift` columns in the first line are not its own. */
function dump(document: XmlDocument, shift: number): unknown[] {
  const nodes: unknown[] = [];
  const visit = (parent: number): unknown[] => {
    const inside: unknown[] = [];
    for (let node = document.firstNode(parent); node >= 0; node = document.nextNode(node)) {
      const content = document.contentOf(node);
      if (content.kind === 'instruction' && content.target === 'parse') continue;
      if (content.kind !== 'element') inside.push([content.kind, content]);
      else {
        const line = document.lineOf(node);
        const column = document.columnOf(node) - (line === 1 ? shift : 0);
        inside.push([
          document.qualifiedNameOf(node),
          document.nameOf(node),
          document.attributesOf(node),
          line,
          column,
          visit(node),
        ]);
      }
    }
    return inside;
  };
  nodes.push(...visit(0));
  return nodes;
}

const PLAIN = [
  '<a/>',
  '<?xml version="1.0" encoding="UTF-8"?>\n<p:a xmlns:p="urn:x">\n  <b x="1" y=\'2>"\'/>\n  <c>text</c><c\n z="2" />\n</p:a>\n',
  '<a> <b> </b> <c>x <d/> y</c> <e>\r\n</e>\r\n</a>',
  '<!-- one --><a><!--two--> x <!-- é --> <b/> </a><!-- three -->\n',
  '<a é="1"/>'.replace('é', 'e'),
  '<a b="é&lt;&amp;&quot;😀">\n é&gt;<b c="😀"/>é😀<d/></a>',
  `<a b="${'long '.repeat(400)}">${'text\n'.repeat(300)}</a>`,
  `<a>${'<b c="repeated" d="0.123456789"/>'.repeat(300)}</a>`,
  `<a>${Array.from({ length: 3000 }, (_, i) => `<n${i} v${i}="${i}"/>`).join('\n')}</a>`,
  `<a>${'<b>'.repeat(500)}${'</b>'.repeat(500)}</a>`,
  `<a b="${'x'.repeat(70_000)}" c="${'é'.repeat(90_000)}" d="1"/>`,
];

test.each(PLAIN.map((text, index) => [index, text]))(
  'a plain document reads as by the parser, number %i',
  (_, text) => {
    const expected = parse(text);
    expect(expected).toBeDefined();
    for (const size of text.length > 50_000 ? [1 << 16] : [1 << 16, 1000, 7 + (text.length % 13)]) {
      if (text.startsWith('<?xml') && size < 100) continue;
      const document = scan(encoder.encode(text), size);
      expect(document && dump(document, 0)).toEqual(expected);
    }
  },
);

test.each([
  '<a b="1" b="2"/>',
  '<a>]]></a>',
  '<a b="<"/>',
  '<a b="&x;"/>',
  '<a b="&amp"/>',
  '<a b=1/>',
  '<a b="1"c="2"/>',
  '<a></b>',
  '<a>',
  '<a/><b/>',
  'x<a/>',
  '<a/>x',
  '<a/></a>',
  '<a/',
  '<!-- -- --><a/>',
  '<!DOCTYPE a><a/>',
  '<a>\u0001</a>',
  '<a>\ufffe</a>',
  '',
  '<?xml version="1.1"?><a/>',
  '<1a/>',
])('the scanner leaves %j to the parser', (text) => {
  expect(scan(encoder.encode(text), 1 << 16)).toBeUndefined();
});

test('bytes that are no UTF-8 are left to the parser', () => {
  expect(scan(Uint8Array.from([0x3c, 0x61, 0x3e, 0xc3, 0x3c, 0x2f, 0x61, 0x3e]), 100)).toBeUndefined();
});

test('whatever the scanner reads, the parser reads the same', () => {
  const piece = fc.constantFrom(
    ...['<a>', '</a>', '<b c="1"', ' d="x&amp;y"', '/>', '>', ' ', '\n', '\r\n', '\r', '\t', 'text', '&lt;', '&#65;'],
    ...[
      'é',
      '😀',
      '<!--',
      '-->',
      '--',
      ']]>',
      '"',
      "'",
      '<',
      '&',
      '<![CDATA[',
      '<?pi ?>',
      '\u0085',
      '\u2028',
      '\u0000',
    ],
  );
  let read = 0;
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 12 }),
      fc.array(fc.oneof(fc.constant('<b c="1"/>'), fc.constant('<e>x</e>'), piece), { maxLength: 6 }),
      fc.integer({ min: 4, max: 40 }),
      (inner, more, size) => {
        const text = `<a>${more.join('')}<b>${inner.join('')}</b></a>`;
        const document = scan(encoder.encode(text), size);
        if (document === undefined) return;
        read++;
        expect(dump(document, 0)).toEqual(parse(text));
      },
    ),
    { numRuns: 4000, seed: 11 },
  );
  expect(read).toBeGreaterThan(300);
});
