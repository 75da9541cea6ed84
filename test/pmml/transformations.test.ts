import { describe, expect, test } from 'vitest';
import { evaluatorOf, outputs } from './build.js';

const x = '<DataField name="x" optype="continuous" dataType="double"/>';
const field = '<MiningField name="x"/>';
const derived = (expression: string, type = 'double') =>
  outputs(
    x,
    field,
    '<OutputField name="out" feature="transformedValue"><FieldRef field="d"/></OutputField>',
    `<TransformationDictionary><DerivedField name="d" optype="continuous" dataType="${type}">${expression}</DerivedField></TransformationDictionary>`,
  );
const value = (expression: string, input: unknown, type?: string) =>
  evaluatorOf(derived(expression, type)).evaluate({ x: input })['out'];

const norm = (attributes = '') =>
  `<NormContinuous field="x" ${attributes}><LinearNorm orig="0" norm="0"/><LinearNorm orig="10" norm="1"/><LinearNorm orig="20" norm="3"/></NormContinuous>`;
const bins =
  '<Discretize field="x" mapMissingTo="none" defaultValue="other" dataType="string"><DiscretizeBin binValue="low"><Interval closure="openClosed" rightMargin="0"/></DiscretizeBin><DiscretizeBin binValue="mid"><Interval closure="openOpen" leftMargin="0" rightMargin="5"/></DiscretizeBin></Discretize>';
const apply = (name: string, ...args: (number | string)[]) =>
  `<Apply function="${name}">${args.map((arg) => (arg === 'x' ? '<FieldRef field="x"/>' : typeof arg === 'number' ? `<Constant>${arg}</Constant>` : `<Constant dataType="string">${arg}</Constant>`)).join('')}</Apply>`;

/** By hand from the formulas of PMML 4.4 Transformations and Functions. */
describe('expressions', () => {
  test.each([
    ['interpolation', norm(), 15, 2],
    ['extrapolation below', norm(), -10, -1],
    ['extrapolation above', norm(), 30, 5],
    ['outliers as extremes', norm('outliers="asExtremeValues"'), 30, 3],
    ['outliers as missing', norm('outliers="asMissingValues"'), -1, null],
    ['mapMissingTo', norm('mapMissingTo="0.5"'), null, 0.5],
    ['thermometer coding', '<NormDiscrete field="x" value="2" method="thermometer"/>', 3, 1],
    ['indicator', '<NormDiscrete field="x" value="2"/>', 3, 0],
  ])('%s', (_, expression, input, expected) => {
    expect(value(expression, input)).toBe(expected);
  });

  test.each([
    [0, 'low'],
    [1, 'mid'],
    [5, 'other'],
    [null, 'none'],
  ])('Discretize of %s is %s', (input, expected) => {
    expect(value(bins, input, 'string')).toBe(expected);
  });

  test.each([
    ['modulo has the sign of the divisor', apply('modulo', 'x', 3), -7, 2],
    ['modulo of a negative divisor', apply('modulo', 'x', -3), 7, -2],
    ['round takes a half up', apply('round', 'x'), -2.5, -2],
    ['rint takes a half to even', apply('rint', 'x'), 2.5, 2],
    ['median skips nothing but missing values', apply('median', 'x', 1, 9, 2), 4, 3],
    ['pow', apply('pow', 'x', 3), 2, 8],
    ['hypot', apply('hypot', 'x', 4), 3, 5],
    ['stdNormalIDF', apply('stdNormalIDF', 'x'), 0.5, 0],
    ['isIn finds a number given as text', apply('isIn', 'x', 1, 2), 2, true],
    ['threshold', apply('threshold', 'x', 1), 2, 1],
    ['missing in, missing out', apply('+', 'x', 1), null, null],
  ])('%s', (_, expression, input, expected) => {
    expect(value(expression, input, typeof expected === 'boolean' ? 'boolean' : 'double')).toBe(expected);
  });

  test.each([
    ['%5.2f', 2.375, ' 2.38'],
    ['%-6d|', 42, '42    |'],
    ['%06.1f', -2.5, '-002.5'],
    ['%e', 12345.678, '1.234568e+04'],
    ['%+d', 7, '+7'],
    ['%x', 255, 'ff'],
    ['%g', 0.0001, '0.0001'],
    ['%g', 1e10, '1e+10'],
    ['100%%', 1, '100%'],
  ])('formatNumber %s as C prints it', (pattern, input, expected) => {
    expect(value(apply('formatNumber', 'x', pattern), input, 'string')).toBe(expected);
  });

  test.each([
    // 2004-08-20 was a Friday, day 233 of a leap year; Python's strftime gives the same texts.
    ['%A, %d %B %Y', 'Friday, 20 August 2004'],
    ['%j %U %W %u %w', '233 33 33 5 5'],
    ['%e.%m.%y', '20.08.04'],
  ])('formatDatetime %s', (pattern, expected) => {
    const document = outputs(
      x,
      field,
      `<OutputField name="out" feature="transformedValue"><Apply function="formatDatetime"><Constant dataType="date">2004-08-20</Constant><Constant dataType="string">${pattern}</Constant></Apply></OutputField>`,
    );
    expect(evaluatorOf(document).evaluate({ x: 1 })['out']).toBe(expected);
  });

  test.each([
    // The examples of the specification's page on built-in functions.
    ['replace', ['BBBB', 'B+', 'c'], 'c'],
    ['concat', ['a', 'b'], 'ab'],
    ['substring', ['aBc9x', '2', '3'], 'Bc9'],
    ['trimBlanks', [' aBc9x '], 'aBc9x'],
  ])('%s', (name, args, expected) => {
    const constants = args
      .map((arg) => `<Constant dataType="${/^\d$/.test(arg) ? 'integer' : 'string'}">${arg}</Constant>`)
      .join('');
    const document = outputs(
      x,
      field,
      `<OutputField name="out" feature="transformedValue"><Apply function="${name}">${constants}</Apply></OutputField>`,
    );
    expect(evaluatorOf(document).evaluate({ x: 1 })['out']).toBe(expected);
  });

  test('single precision rounds at every step', () => {
    const document = outputs(
      '<DataField name="x" optype="continuous" dataType="float"/>',
      field,
      '<OutputField name="out" feature="transformedValue"><Apply function="*"><FieldRef field="x"/><FieldRef field="x"/></Apply></OutputField>',
    );
    const single = Math.fround(0.1);
    expect(evaluatorOf(document).evaluate({ x: 0.1 })['out']).toBe(Math.fround(single * single));
  });

  test('Lag looks back within a block, and aggregates', () => {
    const lag = (name: string, attributes: string, inside = '') =>
      `<OutputField name="${name}" feature="transformedValue"><Lag field="x" ${attributes}>${inside}</Lag></OutputField>`;
    const evaluator = evaluatorOf(
      outputs(
        `${x}<DataField name="b" optype="categorical" dataType="string"/>`,
        `${field}<MiningField name="b"/>`,
        lag('one', 'n="1"') +
          lag('block', 'n="1"', '<BlockIndicator field="b"/>') +
          lag('mean', 'n="2" aggregate="avg"') +
          lag('most', 'n="3" aggregate="max"'),
      ),
    );
    const rows = [
      { x: 1, b: 'p' },
      { x: 5, b: 'p' },
      { x: 3, b: 'q' },
      { x: 4, b: 'q' },
    ];
    expect(
      rows.map((row) => evaluator.evaluate(row)).map(({ one, block, mean, most }) => [one, block, mean, most]),
    ).toEqual([
      [null, null, null, null],
      [1, 1, 1, 1],
      [5, null, 3, 5],
      [3, 3, 4, 5],
    ]);
  });

  test('Lag stays right over a long series', () => {
    const evaluator = evaluatorOf(
      outputs(
        `${x}<DataField name="b" optype="categorical" dataType="string"/>`,
        `${field}<MiningField name="b"/>`,
        '<OutputField name="out" feature="transformedValue"><Lag field="x" n="7"><BlockIndicator field="b"/></Lag></OutputField>',
      ),
    );
    for (let i = 0; i < 1000; i++) {
      const start = Math.floor(i / 100) * 100;
      expect(evaluator.evaluate({ x: i, b: `block ${start}` })['out']).toBe(i - 7 >= start ? i - 7 : null);
    }
  });

  test('Lag stays within the block of all its indicators, and a record that fails is one record back', () => {
    const evaluator = evaluatorOf(
      outputs(
        `${x}<DataField name="b" optype="categorical" dataType="string"/><DataField name="c" optype="categorical" dataType="string"/>`,
        `${field}<MiningField name="b"/><MiningField name="c"/>`,
        '<OutputField name="both" feature="transformedValue"><Lag field="x"><BlockIndicator field="b"/><BlockIndicator field="c"/></Lag></OutputField><OutputField name="two" feature="transformedValue"><Lag field="x" n="2"/></OutputField>',
      ),
    );
    const scored = (record: Record<string, unknown>) => {
      const { both, two } = evaluator.evaluate(record);
      return [both, two];
    };
    expect(scored({ x: 1, b: 'p', c: 'u' })).toEqual([null, null]);
    expect(scored({ x: 2, b: 'p', c: 'u' })).toEqual([1, null]);
    expect(scored({ x: 3, b: 'p', c: 'v' })).toEqual([null, 1]);
    expect(() => scored({ x: 'bad', b: 'p', c: 'v' })).toThrow();
    expect(scored({ x: 5, b: 'p', c: 'v' })).toEqual([null, 3]);
  });

  test('Aggregate by group', () => {
    const document = outputs(
      `${x}<DataField name="g" optype="categorical" dataType="string"/>`,
      `${field}<MiningField name="g" usageType="group"/>`,
      '<OutputField name="out" feature="transformedValue"><Aggregate field="x" function="sum" groupField="g"/></OutputField>',
    );
    expect(evaluatorOf(document).evaluate({ x: [1, 2, 4], g: ['a', 'b', 'a'] })['out']).toEqual([5, 2]);
  });

  test('isValid knows the domain of the field', () => {
    const document = outputs(
      '<DataField name="x" optype="categorical" dataType="string"><Value value="a"/></DataField>',
      '<MiningField name="x" invalidValueTreatment="asIs"/>',
      '<OutputField name="yes" feature="transformedValue"><Apply function="isValid"><FieldRef field="x"/></Apply></OutputField><OutputField name="no" feature="transformedValue"><Apply function="isNotValid"><FieldRef field="x"/></Apply></OutputField>',
    );
    const evaluator = evaluatorOf(document);
    expect(['a', 'z'].map((input) => evaluator.evaluate({ x: input })).map(({ yes, no }) => [yes, no])).toEqual([
      [true, false],
      [false, true],
    ]);
  });

  test('a cell is found under its prefixed name', () => {
    const table =
      '<MapValues outputColumn="data:output" dataType="double"><FieldColumnPair field="x" column="data:input"/><InlineTable><row><data:input>1.0</data:input><data:output>10</data:output></row></InlineTable></MapValues>';
    expect(value(table, 1)).toBe(10);
  });
});
