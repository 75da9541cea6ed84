import { describe, expect, test } from 'vitest';
import { formatError, SamescoreError } from '../../src/core/errors.js';
import { evaluatorOf, outputs } from './build.js';

const passed = (dataField: string, miningField: string, value: unknown): unknown => {
  const document = outputs(
    dataField,
    miningField,
    '<OutputField name="out" feature="transformedValue"><FieldRef field="x"/></OutputField>',
  );
  try {
    return evaluatorOf(document).evaluate({ x: value })['out'];
  } catch (error) {
    if (error instanceof SamescoreError) return `!${error.code}`;
    throw error;
  }
};

const number = '<DataField name="x" optype="continuous" dataType="double"/>';
const ranged =
  '<DataField name="x" optype="continuous" dataType="double"><Interval closure="closedOpen" leftMargin="0" rightMargin="10"/><Value value="-1" property="missing"/><Value value="5" property="invalid"/></DataField>';
const classes =
  '<DataField name="x" optype="categorical" dataType="string"><Value value="a"/><Value value="b"/><Value value="?" property="missing"/></DataField>';
const field = (attributes = '') => `<MiningField name="x" ${attributes}/>`;

/** Expected values follow the order that PMML 4.4 MiningSchema gives: missing, invalid, outlier, replacement. */
describe('the preparation of inputs', () => {
  test.each([
    ['text is parsed by the type', number, field(), ' 1.5 ', 1.5],
    ['blank text is missing for a number', number, field(), '', null],
    ['text that is no number is invalid', number, field(), 'abc', '!pmml/invalid-value'],
    ['a missing code is missing', ranged, field(), -1, null],
    ['a missing code is replaced', ranged, field('missingValueReplacement="7"'), '-1', 7],
    ['a closed end belongs to the interval', ranged, field(), 0, 0],
    ['an open end does not', ranged, field(), 10, '!pmml/invalid-value'],
    ['an invalid code is invalid inside of the interval', ranged, field(), 5, '!pmml/invalid-value'],
    [
      'asMissing leads to the replacement',
      ranged,
      field('invalidValueTreatment="asMissing" missingValueReplacement="3"'),
      99,
      3,
    ],
    ['asIs keeps the value', ranged, field('invalidValueTreatment="asIs"'), 99, 99],
    ['asValue replaces', ranged, field('invalidValueTreatment="asValue" invalidValueReplacement="2"'), 99, 2],
    [
      'missingValueTreatment returnInvalid fails',
      number,
      field('missingValueTreatment="returnInvalid"'),
      null,
      '!pmml/missing-value',
    ],
    ['outliers as extremes', number, field('outliers="asExtremeValues" lowValue="1" highValue="2"'), 5, 2],
    [
      'outliers as missing are replaced',
      number,
      field('outliers="asMissingValues" lowValue="1" highValue="2" missingValueReplacement="9"'),
      0,
      9,
    ],
    ['an unknown category is invalid', classes, field(), 'c', '!pmml/invalid-value'],
    ['a category that stands for missing', classes, field(), '?', null],
    ['a list is a collection', number, field(), [1, '2', null], [1, 2]],
    ['1.0 is the integer 1', '<DataField name="x" optype="continuous" dataType="integer"/>', field(), '1.0', 1],
    [
      '1.5 is no integer',
      '<DataField name="x" optype="continuous" dataType="integer"/>',
      field(),
      '1.5',
      '!pmml/invalid-value',
    ],
    [
      'a float is rounded',
      '<DataField name="x" optype="continuous" dataType="float"/>',
      field(),
      '0.1',
      Math.fround(0.1),
    ],
    ['TRUE is true', '<DataField name="x" optype="categorical" dataType="boolean"/>', field(), 'TRUE', true],
    ['a date', '<DataField name="x" optype="ordinal" dataType="date"/>', field(), '2020-02-29', '2020-02-29'],
    [
      '29 February of 2019 is no date',
      '<DataField name="x" optype="ordinal" dataType="date"/>',
      field(),
      '2019-02-29',
      '!pmml/invalid-value',
    ],
    // 1960-01-01 is day 0, and 1960 a leap year.
    [
      'days since 1960',
      '<DataField name="x" optype="continuous" dataType="dateDaysSince[1960]"/>',
      field(),
      '1961-01-01',
      366,
    ],
    [
      'seconds since 1970',
      '<DataField name="x" optype="continuous" dataType="dateTimeSecondsSince[1970]"/>',
      field(),
      '1970-01-02T00:00:01',
      86401,
    ],
    ['timeSeconds', '<DataField name="x" optype="continuous" dataType="timeSeconds"/>', field(), '01:00:05', 3605],
  ])('%s', (_, dataField, miningField, value, expected) => {
    expect(passed(dataField, miningField, value)).toEqual(expected);
  });

  test('an invalid value is named with its field and domain', () => {
    const evaluator = evaluatorOf(outputs(ranged, field(), ''));
    try {
      evaluator.evaluate({ x: 12 });
      expect.unreachable();
    } catch (error) {
      expect(formatError(error as SamescoreError)).toBe(
        'field "x": pmml/invalid-value: the value of an input field is invalid (expected [0, 10), got "12")',
      );
    }
  });
});
