import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type * as Library from '../../src/index.js';
import { fixtures } from './fixtures.js';

const root = resolve(import.meta.dirname, '../..');
const ORIGIN = 'http://samescore.test';
const PAGE = `<!doctype html><script type="module">
  import * as library from './samescore.js';
  globalThis.samescore = library;
</script>`;

/** What this test uses of playwright-core, which stands among the peers and not in the project. */
interface Page {
  route(url: string, handler: (route: { fulfill(answer: object): Promise<void> }) => Promise<void>): Promise<void>;
  goto(url: string): Promise<unknown>;
  evaluate<T, A>(body: (argument: A) => T | Promise<T>, argument: A): Promise<T>;
}
interface Browser {
  newPage(): Promise<Page>;
  close(): Promise<void>;
}

/** The library and nothing of Node: what a web page's bundler makes of it. */
async function bundled(): Promise<string> {
  const bundle = await rolldown({
    input: join(root, 'src/index.ts'),
    platform: 'browser',
    external: /^node:/,
    logLevel: 'silent',
    checks: { ineffectiveDynamicImport: false },
  });
  const { output } = await bundle.generate({ format: 'esm', codeSplitting: false });
  await bundle.close();
  expect(output.length).toBe(1);
  return output[0]!.code;
}

/** The first model of each format in every family. */
const models = [...new Map(fixtures().map((one) => [`${one.source.family} ${one.source.format}`, one])).values()];

interface Job {
  readonly bytes: readonly number[];
  readonly format: Library.FormatName;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

interface Answer {
  readonly verdicts: readonly string[];
  /** The rows' scores by the model itself and by what it became, as JSON text. */
  readonly scores: readonly string[];
}

/** Scores rows and moves the model to every other format, in the browser or here. It must not refer to anything else. */
async function job(library: typeof Library, { bytes, format, rows }: Job): Promise<Answer> {
  const text = ({ table, errors }: Library.Scores) =>
    JSON.stringify(
      Array.from({ length: table.length }, (_, row) => (errors.has(row) ? 'error' : library.recordAt(table, row))),
      (_, value) => (typeof value === 'bigint' ? `${value}n` : value),
    );
  const model = library.readModel(Uint8Array.from(bytes), { format });
  const scores = [text(model.score(rows))];
  const verdicts: string[] = [];
  for (const to of library.FORMAT_NAMES) {
    if (to === format) continue;
    const moved = library.readModel(library.convert(model, to).bytes(), { format: to });
    const { same, rows: count } = library.check(model, moved, { generate: 200 });
    verdicts.push(`${to}: ${same} of ${count} rows`);
    scores.push(text(moved.score(rows)));
  }
  return { verdicts, scores };
}

/** The numbers of a text in one list, the text without them in another. */
function parts(text: string): { numbers: number[]; rest: string } {
  const numbers: number[] = [];
  const rest = text.replace(/(?<=[:,[])-?\d[\d.e+-]*(?=[,\]}])/g, (number) => {
    numbers.push(Number(number));
    return '#';
  });
  return { numbers, rest };
}

describe('in a browser', () => {
  let browser: Browser;
  let page: Page;
  let library: typeof Library;

  beforeAll(async () => {
    const peers = createRequire(join(root, 'peers/.installed/node/package.json'));
    const { chromium } = peers('playwright-core') as { chromium: { launch(options: object): Promise<Browser> } };
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
    page = await browser.newPage();
    const code = await bundled();
    await page.route(`${ORIGIN}/`, (route) => route.fulfill({ contentType: 'text/html', body: PAGE }));
    await page.route(`${ORIGIN}/samescore.js`, (route) =>
      route.fulfill({ contentType: 'text/javascript', body: code }),
    );
    await page.goto(`${ORIGIN}/`);
    library = await import('../../src/index.js');
  });
  afterAll(() => browser?.close());

  test('there are models of every format', () => {
    expect(new Set(models.map(({ source }) => source.format)).size).toBe(3);
  });

  test.each(models)('$name scores and converts as in Node', async ({ model, rowsFile, source: { format } }) => {
    const table = await library.loadRows(rowsFile);
    const rows = Array.from({ length: Math.min(table.length, 100) }, (_, row) => library.recordAt(table, row));
    const given: Job = { bytes: [...readFileSync(model)], format, rows };
    const here = await job(library, given);
    const there = await page.evaluate(
      ({ source, given }) => {
        const { samescore } = globalThis as unknown as { samescore: typeof Library };
        return (new Function(`return ${source}`)() as typeof job)(samescore, given);
      },
      { source: job.toString(), given },
    );
    expect(here.verdicts.map((verdict) => verdict.replace(/ of .*/, ''))).toEqual(
      library.FORMAT_NAMES.filter((to) => to !== format).map((to) => `${to}: true`),
    );
    expect(there.verdicts).toEqual(here.verdicts);
    const [mine, theirs] = [parts(here.scores.join('\n')), parts(there.scores.join('\n'))];
    expect(mine.numbers.length).toBeGreaterThan(0);
    expect(theirs.rest).toBe(mine.rest);
    expect(mine.numbers.filter((number, index) => !near(number, theirs.numbers[index]!))).toEqual([]);
  });
});

const isFloat32 = (number: number) => Math.fround(number) === number;

/** Browsers bring an exp and a log of their own, which differ from Node's in the last bit: 2 ULP of float32 or of double. */
function near(a: number, b: number): boolean {
  const bits = isFloat32(a) && isFloat32(b) ? 22 : 51;
  return Math.abs(a - b) <= Math.max(Math.abs(a), Math.abs(b)) * 2 ** -bits;
}
