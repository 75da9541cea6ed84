import { XMLParser } from 'fast-xml-parser';
import { describe, expect, test } from 'vitest';
import { compare } from '../../src/parity/compare.js';
import {
  htmlReport,
  jsonReport,
  junitReport,
  markdownReport,
  type Report,
  reportNamed,
  textReport,
} from '../../src/parity/report.js';
import { fakeScorer, output, xs } from './fake-scorer.js';

const a = fakeScorer([
  output('label', 'label', 'string', (x) => ((x as number) > 1 ? 'a<b' : 'c')),
  output('y', 'value', 'float64', (x) => x),
]);
const b = fakeScorer([
  output('label', 'label', 'string', (x) => ((x as number) > 2 ? 'a<b' : 'c')),
  output('y', 'value', 'float64', (x) => x),
]);
const report: Report = { nameA: 'a.pmml', nameB: 'b.onnx', parity: compare(a, b, xs(0, 1.5)) };

describe('reports', () => {
  test('text: the verdict, a line an output, the worst row with both predictions', () => {
    expect(textReport(report)).toBe(
      [
        'scores differ: 1 row of 2 rows, 2 outputs, 1 flipped label (allowed: 4 ULP)',
        '  A: a.pmml',
        '  B: b.onnx',
        '  output of A  output of B  role   differing  inexact  input rounding  worst ULP',
        '  label        label        label  1          1        0               0',
        '  y            y            value  0          0        0               0',
        'worst row',
        'row 2: x=1.5',
        '  A: label = a<b',
        '  B: label = c',
        '  different',
        '',
      ].join('\n'),
    );
  });

  test('JSON: the same facts, and nothing that JSON cannot hold', () => {
    const parsed = JSON.parse(jsonReport(report));
    expect(parsed).toMatchObject({
      same: false,
      rows: 2,
      flips: 1,
      worst: { row: 2, a: 'a<b', b: 'c', ulps: null, input: { x: 1.5 } },
    });
    expect(parsed.outputs).toHaveLength(2);
  });

  test('JUnit: a case an output, a failure for one that differs', () => {
    const { testsuites } = new XMLParser({ ignoreAttributes: false }).parse(junitReport(report));
    expect(testsuites.testsuite).toMatchObject({
      '@_tests': '2',
      '@_failures': '1',
      '@_name': 'a.pmml against b.onnx',
    });
    expect(testsuites.testsuite.testcase[0].failure['#text']).toContain('label = a<b');
    expect(testsuites.testsuite.testcase[1].failure).toBeUndefined();
  });

  test('Markdown and HTML: the verdict as the title, text escaped', () => {
    expect(markdownReport(report)).toMatch(/^# scores differ: /);
    expect(htmlReport(report)).toContain('label = a&lt;b');
    expect(htmlReport(report)).toMatch(/^<!DOCTYPE html>/);
  });

  test('a kind that is none is refused with the kinds that are', () => {
    expect(() => reportNamed('pdf')).toThrowError('there is no report of kind "pdf"');
  });
});
