import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { LIBRARY, MODULES } from '../../../src/pfa/library/index.js';

interface Listed {
  signatures: string[][];
  errors: number[];
}

const { functions } = JSON.parse(readFileSync(new URL('functions.json', import.meta.url), 'utf8')) as {
  functions: Record<string, Listed>;
};

/** Codes that the specification forgot but its engines raise. */
const UNLISTED: Readonly<Record<string, number[]>> = { 'm.special.lnGamma': [36050] };

test("the table holds the specification's functions and no other, each once", () => {
  expect([...LIBRARY.keys()].sort()).toEqual(Object.keys(functions).sort());
  expect(MODULES.flat()).toHaveLength(LIBRARY.size);
});

test('every row has the parameters and error codes of the specification', () => {
  for (const [name, listed] of Object.entries(functions)) {
    const row = LIBRARY.get(name)!;
    const parameters = row.signatures.map((signature) => {
      const inside = signature.slice(1, signature.lastIndexOf(') ->'));
      let depth = 0;
      const flat = [...inside].map((letter) => {
        if ('({'.includes(letter)) depth += 1;
        const shown = depth === 0 ? letter : ' ';
        if (')}'.includes(letter)) depth -= 1;
        return shown;
      });
      return [...flat.join('').matchAll(/(?:^|,)\s*(\w+):/g)].map((match) => match[1]);
    });
    expect(parameters, name).toEqual(listed.signatures);
    const codes = Object.keys(row.errors ?? {}).map(Number);
    expect(codes, name).toEqual([...listed.errors, ...(UNLISTED[name] ?? [])].sort((a, b) => a - b));
  }
});

test('every row is documented and every error has a message', () => {
  for (const row of LIBRARY.values()) {
    expect(row.doc, row.name).toMatch(/^\S.*\.$/);
    for (const message of Object.values(row.errors ?? {})) expect(message, row.name).toMatch(/^\S.*\S$/);
  }
});
