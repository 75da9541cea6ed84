import { describe, expect, it } from 'vitest';
import { evaluatorOf, outputs } from '../build.js';

const outputField = (expression: string, dataType = '') =>
  `<OutputField name="o" feature="transformedValue"${dataType === '' ? '' : ` dataType="${dataType}" optype="categorical"`}>${expression}</OutputField>`;

function evaluated(
  types: Record<string, string>,
  record: Record<string, unknown>,
  output: string,
  define = '',
): unknown {
  const names = Object.keys(types);
  const fields = names.map((name) => `<DataField name="${name}" optype="continuous" dataType="${types[name]}"/>`);
  const schema = names.map((name) => `<MiningField name="${name}"/>`).join('');
  return evaluatorOf(outputs(fields.join(''), schema, output, define)).evaluate(record)['o'];
}

const apply = (name: string, ...args: string[]) => `<Apply function="${name}">${args.join('')}</Apply>`;
const ref = (name: string) => `<FieldRef field="${name}"/>`;

/** The expected values are the answers of JPMML-Evaluator 1.7.7. */
describe('functions know the types of all their arguments', () => {
  it.each([
    ['formatNumber', { x: 'double', y: 'integer' }, { x: '0', y: '7' }, '7'],
    ['matches', { x: 'integer', y: 'double' }, { x: '1', y: '1' }, false],
    ['equal', { x: 'date', y: 'dateTime' }, { x: '2020-02-29', y: '2020-02-29T23:59:59' }, true],
    ['lessThan', { x: 'date', y: 'dateTime' }, { x: '2020-02-29', y: '2020-02-29T23:59:59' }, false],
    ['isIn', { x: 'date', y: 'dateTime' }, { x: '2020-02-29', y: '2020-02-29T23:59:59' }, true],
    ['lessOrEqual', { x: 'time', y: 'dateTime' }, { x: '12:30:15', y: '2020-02-29T23:59:59' }, true],
    ['+', { x: 'integer', y: 'string' }, { x: '1', y: 'true' }, 2],
  ])('%s of %j', (name, types, record, expected) => {
    expect(evaluated(types, record, outputField(apply(name, ref('x'), ref('y'))))).toBe(expected);
  });

  it.each([
    ['time', '12:00:00.5', 'dateSecondsSinceMidnight', '', 43200],
    ['dateTime', '1969-12-31T23:59:59.5', 'dateSecondsSinceYear', '<Constant dataType="integer">1970</Constant>', -1],
  ])('seconds of a %s are whole', (type, text, name, more, expected) => {
    expect(evaluated({ x: type }, { x: text }, outputField(apply(name, ref('x'), more)))).toBe(expected);
  });

  it('a parameter without a type has that of its argument', () => {
    const define = (name: string, body: string) =>
      `<TransformationDictionary><DefineFunction name="${name}" optype="continuous"><ParameterField name="p" optype="continuous"/>${body}</DefineFunction></TransformationDictionary>`;
    const sum = define('f', apply('+', ref('p'), '<Constant dataType="integer">1</Constant>'));
    const output = outputField(apply('f', ref('x')), 'string');
    expect(evaluated({ x: 'double' }, { x: '3' }, output, sum)).toBe('4.0');
    expect(evaluated({ x: 'integer' }, { x: '3' }, output, sum)).toBe('4');
  });

  it('an output field without a type takes what the expression gives', () => {
    const missing = '<FieldRef field="x" mapMissingTo="none"/>';
    expect(evaluated({ x: 'double' }, {}, outputField(missing))).toBe('none');
  });
});

/** By hand: 1961-01-01 is day 366 since 1960, a leap year, and 1970-01-01 is day 3653. */
describe('counted dates', () => {
  const derived = (dataType: string) =>
    `<TransformationDictionary><DerivedField name="d" optype="continuous" dataType="${dataType}">${ref('x')}</DerivedField></TransformationDictionary>`;
  it.each([
    ['dateDaysSince[1960]', '1961-01-01', 'date', '1961-01-01'],
    ['dateDaysSince[1960]', '3654', 'dateDaysSince[1970]', 1],
    ['dateDaysSince[1960]', '366', 'dateTime', '1961-01-01T00:00:00'],
    ['dateTimeSecondsSince[1970]', '-1', 'dateTime', '1969-12-31T23:59:59'],
    ['dateTimeSecondsSince[1970]', '86400', 'dateDaysSince[1960]', 3654],
    ['dateTime', '1961-01-01T00:00:01', 'dateTimeSecondsSince[1960]', 31622401],
    ['timeSeconds', '3661', 'time', '01:01:01'],
    ['date', '1961-01-01', 'dateDaysSince[1960]', 366],
    ['dateDaysSince[1960]', '366', 'double', 366],
  ])('%s %s as %s', (from, text, to, expected) => {
    expect(evaluated({ x: from }, { x: text }, outputField(ref('d')), derived(to))).toBe(expected);
  });

  it.each([
    ['equal', { x: 'dateDaysSince[1960]', y: 'date' }, { x: '366', y: '1961-01-01' }],
    ['equal', { x: 'date', y: 'dateDaysSince[1960]' }, { x: '1961-01-01', y: '366' }],
    ['lessThan', { x: 'dateDaysSince[1960]', y: 'dateDaysSince[1970]' }, { x: '3652', y: '0' }],
    ['equal', { x: 'dateDaysSince[1960]', y: 'integer' }, { x: '366', y: '366' }],
  ])('%s of %j', (name, types, record) => {
    expect(evaluated(types, record, outputField(apply(name, ref('x'), ref('y'))))).toBe(true);
  });

  it('a Date is a dateTime in universal time', () => {
    const output = outputField(apply('formatDatetime', ref('x'), '<Constant dataType="string">%F %T</Constant>'));
    expect(evaluated({ x: 'dateTime' }, { x: new Date('2020-02-29T12:00:01Z') }, output)).toBe('2020-02-29 12:00:01');
    expect(evaluated({ x: 'date' }, { x: new Date('1959-12-31T23:00:00Z') }, outputField(ref('x')))).toBe('1959-12-31');
  });
});

describe('ordinal values', () => {
  it('are ordered as the document lists them, numbers as well', () => {
    const rule = (operator: string) =>
      `<PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4"><Header/><DataDictionary><DataField name="x" optype="ordinal" dataType="integer"><Value value="3"/><Value value="1"/><Value value="2"/></DataField></DataDictionary><RuleSetModel functionName="classification"><MiningSchema><MiningField name="x"/></MiningSchema><RuleSet defaultScore="no"><RuleSelectionMethod criterion="firstHit"/><SimpleRule score="yes"><SimplePredicate field="x" operator="${operator}" value="1"/></SimpleRule></RuleSet></RuleSetModel></PMML>`;
    const answers = (operator: string) =>
      ['3', '1', '2'].map((x) => evaluatorOf(rule(operator)).evaluate({ x })['$predictedValue']);
    expect(answers('lessThan')).toEqual(['yes', 'no', 'no']);
    expect(answers('greaterOrEqual')).toEqual(['no', 'yes', 'yes']);
  });

  it('are ordered so for functions', () => {
    const values = ['low', 'middle', 'high'].map((value) => `<Value value="${value}"/>`).join('');
    const document = outputs(
      `<DataField name="x" optype="ordinal" dataType="string">${values}</DataField>`,
      '<MiningField name="x"/>',
      outputField(apply('lessThan', ref('x'), '<Constant dataType="string">middle</Constant>')),
    );
    const evaluator = evaluatorOf(document);
    expect(['low', 'middle', 'high'].map((x) => evaluator.evaluate({ x })['o'])).toEqual([true, false, false]);
  });
});
