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

  /** Spellings: JPMML-Evaluator 1.7.7 gives the same values, except where docs/decisions/0100 says otherwise. */
  test.each([
    ['double', '1.', 1],
    ['double', '.5', 0.5],
    ['double', '+1', 1],
    ['double', ' 1e3 ', 1000],
    ['double', 'INF', Number.POSITIVE_INFINITY],
    ['double', '-inf', Number.NEGATIVE_INFINITY],
    ['double', '0x1', '!pmml/invalid-value'],
    ['double', '1_0', '!pmml/invalid-value'],
    ['double', '1,000', '!pmml/invalid-value'],
    ['double', 'nan', '!pmml/invalid-value'],
    ['double', 'True', 1],
    ['integer', 'false', 0],
    ['float', 'TRUE', 1],
    ['integer', '1e3', 1000],
    ['integer', '2147483648', 2147483648],
    ['integer', '9007199254740991', 9007199254740991],
    ['boolean', '1', true],
    ['boolean', '-0', false],
    ['boolean', '1.', true],
    ['boolean', 'False', false],
    ['boolean', 'yes', '!pmml/invalid-value'],
    ['boolean', '2', '!pmml/invalid-value'],
    ['date', '0999-12-31', '0999-12-31'],
    ['date', '999-12-31', '!pmml/invalid-value'],
    ['date', '-0001-01-01', '-0001-01-01'],
    ['date', '2023-13-01', '!pmml/invalid-value'],
    ['date', '20200229', '!pmml/invalid-value'],
    ['dateTime', '2020-02-29T12:30', '2020-02-29T12:30:00'],
    ['dateTime', '2020-02-28T24:00:00', '2020-02-29T00:00:00'],
    ['dateTime', '2016-12-31T23:59:60', '2017-01-01T00:00:00'],
    ['dateTime', '2016-12-31T12:59:60', '!pmml/invalid-value'],
    ['dateTime', '2020-02-29T24:30:00', '!pmml/invalid-value'],
    ['dateTime', '2020-02-29T12:00:00+05:30', '2020-02-29T12:00:00'],
    ['time', '24:00:00', '00:00:00'],
    ['time', '25:00:00', '!pmml/invalid-value'],
    ['timeSeconds', '100:00:00', 360000],
    ['timeSeconds', '-1:00:00', '!pmml/invalid-value'],
    ['timeSeconds', '-5', '!pmml/invalid-value'],
    ['timeSeconds', '12:00:00.5', 43200],
    ['dateTimeSecondsSince[1970]', '1969-12-31T23:59:59.5', -1],
    ['dateDaysSince[1980]', '1979-12-31', -1],
    ['dateDaysSince[0]', '0000-01-02', 1],
    ['dateDaysSince[1970]', '2020-06-01T12:00:00', 18414],
  ])('a field of type %s reads %j', (dataType, text, expected) => {
    expect(passed(`<DataField name="x" optype="continuous" dataType="${dataType}"/>`, field(), text)).toEqual(expected);
  });

  test.each([
    ['string', 1, '1'],
    ['string', 0.1, '0.1'],
    ['string', true, 'true'],
    ['double', true, 1],
    ['integer', 1.5, '!pmml/invalid-value'],
    ['boolean', 1, true],
    ['boolean', 2, '!pmml/invalid-value'],
    ['date', 5, '!pmml/invalid-value'],
    ['dateDaysSince[1960]', 5, 5],
    ['timeSeconds', -1, '!pmml/invalid-value'],
  ])('a field of type %s takes the value %j', (dataType, value, expected) => {
    const optype = dataType === 'string' ? 'categorical' : 'continuous';
    expect(passed(`<DataField name="x" optype="${optype}" dataType="${dataType}"/>`, field(), value)).toEqual(expected);
  });

  /** "The set of Value elements completely defines the set of valid values", if one of them is valid. */
  test('listed values leave no room for intervals', () => {
    const both =
      '<DataField name="x" optype="continuous" dataType="double"><Interval closure="closedClosed" leftMargin="0" rightMargin="10"/><Value value="20"/></DataField>';
    expect([5, 20].map((value) => passed(both, field(), value))).toEqual(['!pmml/invalid-value', 20]);
  });

  test('isValid tells a value that is kept from one that a treatment put in', () => {
    const document = outputs(
      '<DataField name="x" optype="continuous" dataType="double"><Value value="9"/></DataField>',
      field('invalidValueTreatment="asIs" missingValueReplacement="2"'),
      '<OutputField name="out" feature="transformedValue"><Apply function="isValid"><FieldRef field="x"/></Apply></OutputField>',
    );
    const evaluator = evaluatorOf(document);
    expect(['9', '2', null].map((x) => evaluator.evaluate({ x })['out'])).toEqual([true, false, true]);
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
