import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
// @ts-expect-error a script without types
import { render } from '../../scripts/support-pfa.js';
import { LIBRARY, SPECIAL_FORMS } from '../../src/pfa/index.js';
import { readSignature } from '../../src/pfa/signature.js';

const page = new URL('../../docs/support/pfa.md', import.meta.url);
const specification = new URL('../../../shared/conformance/pfa/libfcns.xml', import.meta.url);

test('docs/support/pfa.md says what the tables say; else run "npm run build && node scripts/support-pfa.js"', () => {
  expect(readFileSync(page, 'utf8')).toBe(render({ forms: SPECIAL_FORMS, functions: [...LIBRARY.values()] }));
});

test('all 449 functions of the specification are there, each with a readable signature and a description', () => {
  expect(LIBRARY.size).toBe(449);
  for (const row of LIBRARY.values()) {
    expect(row.signatures.length, row.name).toBeGreaterThan(0);
    for (const text of row.signatures) expect(readSignature(text).params.length, row.name).toBeGreaterThanOrEqual(0);
    expect(row.doc.length, row.name).toBeGreaterThan(3);
  }
});

test.runIf(existsSync(specification))("the names and numbers of signatures are the specification's", () => {
  const text = readFileSync(specification, 'utf8');
  const wanted = [...text.matchAll(/<fcn name="([^"]+)">([\s\S]*?)<\/fcn>/g)].map(([, name = '', body = '']) => {
    const plain = name.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
    return `${plain} ${body.match(/<sig[ >]/g)?.length}`;
  });
  expect(wanted.length).toBe(449);
  expect([...LIBRARY.values()].map((row) => `${row.name} ${row.signatures.length}`).sort()).toEqual(wanted.sort());
});
