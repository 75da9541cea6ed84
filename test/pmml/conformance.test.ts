import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { casesIn, runCase } from './conformance-case.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const shipped = join(root, 'fixtures/conformance/pmml');
const shared = join(root, '../shared/conformance/pmml');

/** `case: reason` a line; `#` starts a comment. */
const ledger = new Map(
  readFileSync(new URL('./conformance-ledger.txt', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()] as const),
);

for (const [title, folder] of [
  ['shipped conformance cases', shipped],
  ['open conformance cases', shared],
] as const) {
  const cases = casesIn(folder);
  if (folder === shared && cases.length === 0) continue;
  describe(title, () => {
    test('there are some', () => {
      expect(cases.length).toBeGreaterThan(0);
    });
    test.each(cases)('%s', (name) => {
      const { failures, comparisons } = runCase(join(folder, name));
      expect(comparisons).toBeGreaterThan(0);
      const reason = ledger.get(name);
      if (reason === undefined) expect(failures.slice(0, 5)).toEqual([]);
      else expect(failures.length, `${name} passes now: take it out of the ledger (${reason})`).toBeGreaterThan(0);
    });
  });
}

test('every entry of the ledger gives a reason', () => {
  for (const [name, reason] of ledger) expect(reason, name).not.toBe('');
});
