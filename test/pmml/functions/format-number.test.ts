import { describe, expect, it } from 'vitest';
import { evaluatorOf, outputs } from '../build.js';

/** What C's printf writes (Python's % operator and printf of the shell agree). */
const CASES: readonly (readonly [number, string, string])[] = [
  [-1, '%x', 'ffffffff'],
  [-1, '%o', '37777777777'],
  [-255, '%X', 'FFFFFF01'],
  [255, '%x', 'ff'],
  [-0.5, '%d', '0'],
  [-7, '%05d', '-0007'],
  [1e22, '%.2f', '10000000000000000000000.00'],
  [1e22, '%.0f', '10000000000000000000000'],
  [0, '%+.1e', '+0.0e+00'],
  [999999.5, '%g', '1e+06'],
  [0.0001, '%g', '0.0001'],
  [0.00001, '%g', '1e-05'],
  [100, '%g', '100'],
  [1.5e10, '%g', '1.5e+10'],
  [1e10, '%g', '1e+10'],
];

describe('formatNumber', () => {
  it.each(CASES)('%d by %s', (value, pattern, expected) => {
    const apply = `<Apply function="formatNumber"><FieldRef field="x"/><Constant dataType="string">${pattern}</Constant></Apply>`;
    const document = outputs(
      '<DataField name="x" optype="continuous" dataType="double"/>',
      '<MiningField name="x"/>',
      `<OutputField name="o" feature="transformedValue" optype="categorical" dataType="string">${apply}</OutputField>`,
    );
    expect(evaluatorOf(document).evaluate({ x: value }).o).toBe(expected);
  });

  it('writes no number as text, where asIs keeps it', () => {
    const root = `<Apply function="sqrt" invalidValueTreatment="asIs"><FieldRef field="x"/></Apply>`;
    const apply = `<Apply function="formatNumber">${root}<Constant dataType="string">%5d</Constant></Apply>`;
    const document = outputs(
      '<DataField name="x" optype="continuous" dataType="double"/>',
      '<MiningField name="x"/>',
      `<OutputField name="o" feature="transformedValue" optype="categorical" dataType="string">${apply}</OutputField>`,
    );
    expect(evaluatorOf(document).evaluate({ x: -1 }).o).toBe('  nan');
  });

  it('pads early years to four digits', () => {
    const apply = `<Apply function="formatDatetime"><FieldRef field="x"/><Constant dataType="string">%F %Y</Constant></Apply>`;
    const document = outputs(
      '<DataField name="x" optype="continuous" dataType="date"/>',
      '<MiningField name="x"/>',
      `<OutputField name="o" feature="transformedValue" optype="categorical" dataType="string">${apply}</OutputField>`,
    );
    expect(evaluatorOf(document).evaluate({ x: '0045-03-01' }).o).toBe('0045-03-01 0045');
  });
});
