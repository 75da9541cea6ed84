import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { main } from '../src/cli/main.js';

const ROOT = join(import.meta.dirname, '../fixtures/invalid');
const folder = mkdtempSync(join(tmpdir(), 'samescore-invalid-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const cases = readdirSync(ROOT).flatMap((format) =>
  readdirSync(join(ROOT, format)).map((name) => [`${format}/${name}`, format] as const),
);

/** What the command prints on standard error, the file named without its folders, and its exit code. */
async function run(path: string, out: string): Promise<string> {
  let printed = '';
  const spy = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  try {
    const code = await main(['convert', path, out, '--generate', '20']);
    return `exit ${code}\n${printed.replaceAll(path, path.slice(path.lastIndexOf('/') + 1))}`;
  } finally {
    spy.mockRestore();
  }
}

describe('bad input ends in a message with code, place and hint', () => {
  test('there are at least thirty cases', () => {
    expect(cases.length).toBeGreaterThanOrEqual(30);
  });

  test.each(cases)('%s', async (name, format) => {
    const input = readdirSync(join(ROOT, name)).find((file) => file.startsWith('input'))!;
    const out = join(folder, `${name.replaceAll('/', '-')}.${format === 'pfa' ? 'onnx' : 'pfa'}`);
    const message = await run(join(ROOT, name, input), out);
    const expected = join(ROOT, name, 'error.txt');
    if (process.env['WRITE_MESSAGES'] === '1') writeFileSync(expected, message);
    expect(message).toBe(readFileSync(expected, 'utf8'));
    expect(message).toMatch(/^exit [134]\n/);
    expect(message.split('\n').length).toBeLessThanOrEqual(4);
    expect(message).not.toMatch(/core\/internal|\n {4}at /);
    expect(existsSync(out), 'nothing is written').toBe(false);
  });
});
