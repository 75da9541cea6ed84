import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type CheckResult, check } from '../../src/check.js';
import { FORMAT_NAMES, FORMATS, type FormatName } from '../../src/formats.js';
import { convert, type Model, readModel } from '../../src/model.js';
import { readCsv } from '../../src/wire/rows/csv.js';
import { fixtures } from '../peers/fixtures.js';
import { LEDGER } from './ledger.js';

const GENERATED = 250;
const PAGE = join(import.meta.dirname, '../../docs/parity.md');

interface Line {
  readonly fixture: string;
  readonly direction: string;
  readonly result: CheckResult | string;
}

const lines: Line[] = [];

/** The model after a trip through the bytes of its own format. */
function written(model: Model): Model {
  return readModel(model.bytes(), { format: model.format, name: model.name });
}

/** What the ledger says of a fixture in a direction: a reason why it is declined, or nothing. */
function ledgerOf(fixture: string, to: FormatName): string | undefined {
  return LEDGER.find((entry) => entry.fixture.test(fixture) && entry.to.includes(to))?.reason;
}

function record(fixture: string, direction: string, result: CheckResult | string): void {
  lines.push({ fixture, direction, result });
}

describe.each(fixtures().map((fixture) => [fixture.name, fixture] as const))('%s', (name, fixture) => {
  const from = fixture.source.format;
  const original = readModel(readFileSync(fixture.model), { name });
  const rows = readCsv(readFileSync(fixture.rowsFile, 'utf8'), { delimiter: ',' });

  test.each(FORMAT_NAMES.filter((to) => to !== from))(
    `moves from ${from} to %s and back with the same scores`,
    (to) => {
      const direction = `${FORMATS[from].title} → ${FORMATS[to].title}`;
      const reason = ledgerOf(name, to);
      if (reason !== undefined) {
        expect(() => convert(original, to), 'it is in the ledger but moves now').toThrowError();
        record(name, direction, reason);
        return;
      }
      const there = written(convert(original, to));
      const result = check(original, there, { rows, generate: GENERATED });
      record(name, direction, result);
      expect(
        result.same,
        JSON.stringify(result.worst, (_, value) => (typeof value === 'bigint' ? String(value) : value)),
      ).toBe(true);
      expect(result.flips).toBe(0);
      expect(result.rows).toBe(fixture.source.rows + GENERATED);
      const back = written(convert(there, from));
      const again = check(original, back, { rows, generate: 50 });
      record(name, `${direction} → ${FORMATS[from].title}`, again);
      expect(
        again.same,
        JSON.stringify(again.worst, (_, value) => (typeof value === 'bigint' ? String(value) : value)),
      ).toBe(true);
    },
  );
});

/** docs/parity.md is this run's own table. A run of a part of the tests leaves the page alone. */
afterAll(() => {
  if (lines.length < 2 * fixtures().length) return;
  const page = pageOf(lines);
  const known = existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : '';
  if (known === page) return;
  writeFileSync(PAGE, page);
  console.info('docs/parity.md was not what this run found; it has been written anew: commit it');
});

function pageOf(found: readonly Line[]): string {
  const done = found.flatMap(({ result }) => (typeof result === 'string' ? [] : [result]));
  const total = (of: (result: CheckResult) => number) =>
    done.reduce((sum, result) => sum + of(result), 0).toLocaleString('en-US');
  const body = found.map(({ fixture, direction, result }) =>
    typeof result === 'string'
      ? `| ${fixture} | ${direction} | | | | not moved: ${result} |`
      : `| ${fixture} | ${direction} | ${result.rows} | ${result.flips} | ${result.worstUlps} | ${result.withinNoise} |`,
  );
  return [
    '# Parity of the fixtures',
    '',
    'Written by `npm test` (test/parity/directions.test.ts). Every fixture is converted to the other formats and back; the new',
    'file is written, read again, and scored by its own reference evaluator on the rows of the fixture and on rows',
    'generated at the thresholds, categories and domains of both models. A flip is a row with another label.',
    '',
    `${found.length} conversions, ${done.length} compared, ${total(({ rows }) => rows)} rows, ${total(({ flips }) => flips)} flips.`,
    '',
    '| fixture | direction | rows | flips | worst ULP | numbers within input rounding |',
    '| --- | --- | ---: | ---: | ---: | ---: |',
    ...body,
    '',
  ].join('\n');
}
