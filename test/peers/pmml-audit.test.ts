import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runJpmml } from './peers.js';
import { DOCUMENTS } from './pmml-audit.js';
import { compare, type Difference } from './pmml-compare.js';

/** Value differences that are settled, by the name of the document. */
const SETTLED: Readonly<Record<string, RegExp>> = {
  'JPMML-Evaluator gives an object without a text': /^(days|secs)\[/,
  'docs/decisions/0101: C pads the day with a blank and writes AM': /^fmt%(y\/%b\/%e|I %p)/,
  'docs/decisions/0101: C has no %c for numbers here, writes all digits, and drops zeros of %g':
    /^fn%(c|g|\.2f|8\.3f|\.0f)/,
  'the engine drops the sign of a zero': /^(pow-3|.*atan2|define string boolean)/,
  'docs/decisions/0101: isIn of a missing value is missing': /^isIn/,
  'docs/decisions/0156: the first of overlapping bins counts': /^discclosedClosed/,
  'docs/decisions/0156: intervals and values add to each other': /^field (double|integer) k9/,
  'the engine cannot read an integer beyond 32 bits': /^field integer/,
  'the target inside of Output is the prediction (docs/decisions/0102)': /^out transformedValue/,
  'no warnings are missing, not an empty list': /^out warning/,
  'docs/decisions/0100: text of a number shows its static type': /^define (double|float|string) string/,
};

/** What the engine refuses we may answer: it fails records for missing arguments and types that the standard allows. */
const isOpen = (difference: Difference): boolean =>
  difference.theirError === undefined && !Object.values(SETTLED).some((name) => name.test(difference.model));

test('small documents score as JPMML-Evaluator scores them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'samescore-audit-'));
  const jobs = DOCUMENTS.map(({ xml, rows }, index) => {
    const model = join(folder, `${index}.pmml`);
    writeFileSync(model, xml);
    return { model, rows };
  });
  const answers = await runJpmml(jobs);
  rmSync(folder, { recursive: true });
  const encoder = new TextEncoder();
  const all = DOCUMENTS.filter((_, index) =>
    // A document that the engine does not load tells nothing.
    (answers[index] ?? []).some((answer) => !('error' in answer && answer.error.startsWith('load: '))),
  );
  const results = all.map(({ name, xml, rows }) =>
    compare(name, encoder.encode(xml), rows, answers[DOCUMENTS.findIndex((item) => item.xml === xml)] ?? []),
  );
  const open = results.flatMap(({ differences }) => differences).filter(isOpen);
  expect(all.length).toBeGreaterThan(900);
  expect(results.reduce((sum, { values }) => sum + values, 0)).toBeGreaterThan(20_000);
  expect(open.length, JSON.stringify(open.slice(0, 5))).toBe(0);
});
