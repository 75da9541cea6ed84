import { create } from 'xmlbuilder2';
import type { Difference, Parity } from './compare.js';
import { unknownReport } from './errors.js';
import { formatSlot } from './pair.js';
import { formatTolerance } from './tolerance.js';
import { count, differenceLines, verdictLine } from './words.js';

/** A parity with the names of the two models and the smallest differing row, as reports show it. */
export interface Report {
  readonly nameA: string;
  readonly nameB: string;
  readonly parity: Parity;
  readonly counterexample?: Difference;
}

/** The kinds of report, by the extension of the file. */
const REPORTS: Readonly<Record<string, (report: Report) => string>> = {
  txt: textReport,
  json: jsonReport,
  xml: junitReport,
  md: markdownReport,
  html: htmlReport,
};

/** Raises parity/unknown-report. */
export function reportNamed(kind: string): (report: Report) => string {
  const write = REPORTS[kind];
  if (write === undefined) throw unknownReport(kind, Object.keys(REPORTS));
  return write;
}

function notCompared(report: Report): string[] {
  const { onlyA, onlyB } = report.parity;
  const line = (name: string, slots: Parity['onlyA']) =>
    slots.length === 0 ? [] : [`not compared (only in ${name}): ${slots.map(formatSlot).join(', ')}`];
  return [...line(report.nameA, onlyA), ...line(report.nameB, onlyB)];
}

function failures(report: Report): string[] {
  const { failedA, failedB } = report.parity;
  if (failedA + failedB === 0) return [];
  return [`rows without a prediction, by error: ${failedA} in ${report.nameA}, ${failedB} in ${report.nameB}`];
}

function rowsOfTable(report: Report): string[][] {
  return report.parity.pairs.map(({ pair, differing, inexact, withinNoise, worstUlps }) => [
    formatSlot(pair.a),
    formatSlot(pair.b),
    pair.a.role,
    String(differing),
    String(inexact),
    String(withinNoise),
    String(worstUlps),
  ]);
}

const HEADINGS = ['output of A', 'output of B', 'role', 'differing', 'inexact', 'input rounding', 'worst ULP'];

export function textReport(report: Report): string {
  const table = [HEADINGS, ...rowsOfTable(report)];
  const widths = HEADINGS.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  const lines = table.map(
    (row) =>
      `  ${row
        .map((text, column) => text.padEnd(widths[column]!))
        .join('  ')
        .trimEnd()}`,
  );
  const details = [
    ...(report.parity.worst === undefined ? [] : ['worst row', ...differenceLines(report.parity.worst, 'A', 'B')]),
    ...(report.counterexample === undefined
      ? []
      : ['smallest differing row found', ...differenceLines(report.counterexample, 'A', 'B')]),
  ];
  return [
    verdictLine(report.parity),
    `  A: ${report.nameA}`,
    `  B: ${report.nameB}`,
    ...lines,
    ...notCompared(report).map((line) => `  ${line}`),
    ...failures(report).map((line) => `  ${line}`),
    ...details,
    '',
  ].join('\n');
}

function plain(difference: Difference | undefined): unknown {
  if (difference === undefined) return undefined;
  const { pair, ulps, row, ...rest } = difference;
  return {
    row: row + 1,
    ...rest,
    outputA: formatSlot(pair.a),
    outputB: formatSlot(pair.b),
    ulps: Number.isFinite(ulps) ? ulps : null,
  };
}

/** JSON has no NaN, infinities or int64: they become text, as in the rows that `predict` writes. */
function jsonSafe(_: string, value: unknown): unknown {
  return typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value)) ? String(value) : value;
}

export function jsonReport(report: Report): string {
  const { parity } = report;
  return `${JSON.stringify(
    {
      same: parity.same,
      a: report.nameA,
      b: report.nameB,
      rows: parity.rows,
      tolerance: formatTolerance(parity.tolerance),
      flips: parity.flips,
      differingRows: parity.differingRows,
      worstUlps: parity.worstUlps,
      withinInputRounding: parity.withinNoise,
      unscoredRows: parity.unscored,
      failedRows: { a: parity.failedA, b: parity.failedB },
      outputs: parity.pairs.map(({ pair, ...summary }) => ({
        a: formatSlot(pair.a),
        b: formatSlot(pair.b),
        role: pair.a.role,
        ...summary,
      })),
      notCompared: { a: parity.onlyA.map(formatSlot), b: parity.onlyB.map(formatSlot) },
      worst: plain(parity.worst),
      counterexample: plain(report.counterexample),
    },
    jsonSafe,
    2,
  )}\n`;
}

/** One test case an output, as JUnit XML that CI systems read. */
export function junitReport(report: Report): string {
  const { parity } = report;
  const failed = parity.pairs.filter((summary) => summary.differing > 0);
  const suite = create({ version: '1.0', encoding: 'UTF-8' })
    .ele('testsuites')
    .ele('testsuite', {
      name: `${report.nameA} against ${report.nameB}`,
      tests: parity.pairs.length,
      failures: failed.length,
    });
  for (const { pair, differing, worstUlps } of parity.pairs) {
    const testcase = suite.ele('testcase', { classname: `samescore.${pair.a.role}`, name: formatSlot(pair.a) });
    if (differing === 0) continue;
    const worst = parity.worst;
    testcase
      .ele('failure', { message: `${count(differing, 'row')} of ${parity.rows} differ, worst ${worstUlps} ULP` })
      .txt(worst === undefined ? '' : differenceLines(worst, report.nameA, report.nameB).join('\n'));
  }
  return `${suite.doc().end({ prettyPrint: true })}\n`;
}

export function markdownReport(report: Report): string {
  const cellText = (text: string) => text.replaceAll('|', '\\|');
  const table = [HEADINGS, HEADINGS.map(() => '---'), ...rowsOfTable(report)].map(
    (row) => `| ${row.map(cellText).join(' | ')} |`,
  );
  const worst = report.counterexample ?? report.parity.worst;
  return [
    `# ${verdictLine(report.parity)}`,
    '',
    `A: \`${report.nameA}\`, B: \`${report.nameB}\``,
    '',
    ...table,
    '',
    ...[...notCompared(report), ...failures(report)].flatMap((line) => [line, '']),
    ...(worst === undefined ? [] : ['```', ...differenceLines(worst, 'A', 'B'), '```', '']),
  ].join('\n');
}

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:60em;margin:3em auto;padding:0 1em;color:#222;background:#fff}
table{border-collapse:collapse}td,th{padding:.3em .8em;border-bottom:1px solid #ddd;text-align:left}
pre{background:#f6f6f6;padding:1em;overflow:auto}.same{color:#0a6b2d}.differ{color:#b00020}`;

export function htmlReport(report: Report): string {
  const { parity } = report;
  const page = create().ele('html', { lang: 'en' });
  const head = page.ele('head');
  head.ele('meta', { charset: 'utf-8' });
  head.ele('title').txt(`samescore: ${report.nameA} against ${report.nameB}`);
  head.ele('style').txt(STYLE);
  const body = page.ele('body');
  body.ele('h1', { class: parity.same ? 'same' : 'differ' }).txt(verdictLine(parity));
  body.ele('p').txt(`A: ${report.nameA}. B: ${report.nameB}.`);
  const table = body.ele('table');
  const heading = table.ele('tr');
  for (const text of HEADINGS) heading.ele('th').txt(text);
  for (const row of rowsOfTable(report)) {
    const line = table.ele('tr');
    for (const text of row) line.ele('td').txt(text);
  }
  for (const line of [...notCompared(report), ...failures(report)]) body.ele('p').txt(line);
  for (const [title, difference] of [
    ['Worst row', parity.worst],
    ['Smallest differing row found', report.counterexample],
  ] as const) {
    if (difference === undefined) continue;
    body.ele('h2').txt(title);
    body.ele('pre').txt(differenceLines(difference, 'A', 'B').join('\n'));
  }
  return `<!DOCTYPE html>\n${page.end({ headless: true, prettyPrint: false, allowEmptyTags: true })}\n`;
}
