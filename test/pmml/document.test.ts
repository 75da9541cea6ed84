import { gzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { formatError, type SamescoreError } from '../../src/core/errors.js';
import { readPmml, writePmml } from '../../src/pmml/index.js';
import { bytesOf } from './build.js';

const written = (text: string) => new TextDecoder().decode(Buffer.concat([...writePmml(readPmml(bytesOf(text)))]));
const empty = (attributes: string) => bytesOf(`<PMML ${attributes}/>`);

describe('PMML documents', () => {
  test.each([
    ['xmlns="http://www.dmg.org/PMML-4_4" version="4.4.1"', '4.4.1'],
    ['xmlns="https://www.dmg.org/PMML-3_2" version="3.2"', '3.2'],
    ['xmlns="http://www.dmg.org/PMML-4_1"', '4.1'],
    ['version="3.0"', '3.0'],
    ['', '4.4'],
  ])('the version of <PMML %s> is %s', (attributes, version) => {
    expect(readPmml(empty(attributes)).version).toBe(version);
  });

  test('a prefix may stand before every name', () => {
    const { root } = readPmml(
      bytesOf('<p:PMML xmlns:p="http://www.dmg.org/PMML-4_4" version="4.4"><p:Header/></p:PMML>'),
    );
    expect([root.name, root.child('Header')?.prefix]).toEqual(['PMML', 'p']);
  });

  test('gzip is undone', () => {
    expect(readPmml(gzipSync(empty('version="4.4"'))).version).toBe('4.4');
  });

  test('damaged gzip is an error of ours', () => {
    const bytes = gzipSync(empty('version="4.4"')).slice(0, 20);
    try {
      readPmml(bytes);
      expect.unreachable();
    } catch (error) {
      expect(formatError(error as SamescoreError)).toBe('pmml/gzip: the gzip-compressed document is damaged');
    }
  });

  test('extensions, unknown markup, comments and instructions survive reading and writing', () => {
    const text = `<?xml version="1.0" encoding="UTF-8"?>
<?xml-stylesheet href="a.xsl"?>
<PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4" xmlns:d="http://jpmml.org/d">
  <!-- who wrote this -->
  <Header>
    <Extension extender="x" value="&lt;1&gt;"><b>bold</b> text</Extension>
    <Unknown d:mark="&#10;"/>
  </Header>
  <DataDictionary>
    <DataField name="a &amp; b" optype="categorical" dataType="string">
      <Value value=" c"/>
    </DataField>
  </DataDictionary>
</PMML>
`;
    expect(written(text)).toBe(text);
  });
});
