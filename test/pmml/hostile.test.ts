import { describe, expect, test } from 'vitest';
import { formatError, SamescoreError } from '../../src/core/errors.js';
import { readPmml } from '../../src/pmml/index.js';
import { bytesOf, evaluatorOf, outputs, pmml } from './build.js';

const x = '<DataField name="x" optype="continuous" dataType="double"/>';
const field = '<MiningField name="x"/>';
const out = (expression: string) => `<OutputField name="out" feature="transformedValue">${expression}</OutputField>`;
const dictionary = (content: string) => `<TransformationDictionary>${content}</TransformationDictionary>`;
const derived = (name: string, expression: string) =>
  `<DerivedField name="${name}" optype="continuous" dataType="double">${expression}</DerivedField>`;
const call = (name: string, ...args: string[]) => `<Apply function="${name}">${args.join('')}</Apply>`;
const ref = (name: string) => `<FieldRef field="${name}"/>`;

function failure(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof SamescoreError) return formatError(error);
    throw error;
  }
  return 'no failure';
}

const evaluated = (document: string, record: Record<string, unknown> = { x: 1 }) =>
  failure(() => evaluatorOf(document).evaluate(record));

describe('hostile documents', () => {
  test('derived fields that need each other', () => {
    const document = outputs(
      x,
      field,
      out(ref('a')),
      dictionary(derived('a', call('+', ref('b'), ref('x'))) + derived('b', ref('a'))),
    );
    expect(evaluated(document)).toMatch(
      /^line 1:\d+ TransformationDictionary\/DerivedField, field "a": pmml\/cycle: the field "a" is defined by itself$/,
    );
  });

  test('a function that calls itself', () => {
    const document = outputs(
      x,
      field,
      out(call('f', ref('x'))),
      dictionary(
        `<DefineFunction name="f" optype="continuous"><ParameterField name="p"/>${call('g', ref('p'))}</DefineFunction><DefineFunction name="g" optype="continuous"><ParameterField name="p"/>${call('f', ref('p'))}</DefineFunction>`,
      ),
    );
    expect(evaluated(document)).toMatch(/pmml\/cycle: the function "f" is defined by itself$/);
  });

  test('functions that call each other twice, forty levels deep', () => {
    const functions = Array.from(
      { length: 40 },
      (_, i) =>
        `<DefineFunction name="f${i}" optype="continuous"><ParameterField name="p"/>${i === 0 ? ref('p') : call('+', call(`f${i - 1}`, ref('p')), call(`f${i - 1}`, ref('p')))}</DefineFunction>`,
    ).join('');
    const document = outputs(x, field, out(call('f39', ref('x'))), dictionary(functions));
    const evaluator = evaluatorOf(document);
    expect(failure(() => evaluator.evaluate({ x: 1 }))).toBe('pmml/evaluation: the record takes too many steps');
  }, 30_000);

  test('a chain of derived fields that exhausts the stack', () => {
    const fields = Array.from({ length: 50_000 }, (_, i) => derived(`d${i}`, ref(i === 0 ? 'x' : `d${i - 1}`))).join(
      '',
    );
    expect(evaluated(outputs(x, field, out(ref('d49999')), dictionary(fields)))).toBe(
      'pmml/too-deep: the definitions are nested too deeply to be evaluated',
    );
  });

  test('expressions nested beyond the limit of depth', () => {
    const nested = `${'<Apply function="abs">'.repeat(1001)}<Constant>1</Constant>${'</Apply>'.repeat(1001)}`;
    expect(failure(() => evaluatorOf(outputs(x, field, out(nested))))).toMatch(
      /^line 1:\d+: xml\/too-deep: elements are nested more than 1000 deep$/,
    );
  });

  test('a catastrophic regular expression', () => {
    const document = outputs(
      '<DataField name="x" optype="categorical" dataType="string"/>',
      field,
      out(call('matches', ref('x'), '<Constant dataType="string">^(a+)+$</Constant>')),
    );
    expect(evaluated(document, { x: `${'a'.repeat(10_000)}!` })).toMatch(
      /^line 1:\d+ OutputField\/Apply: pmml\/invalid-argument: the pattern "\^\(a\+\)\+\$" cannot be used: it /,
    );
  });

  test('a document type declaration', () => {
    expect(failure(() => readPmml(bytesOf('<!DOCTYPE PMML [<!ENTITY a "b">]><PMML/>')))).toMatch(
      /^line 1:\d+: xml\/doctype/,
    );
  });

  test.each([
    ['<html/>', 'line 1:1 html: pmml/not-pmml: the document is not PMML (expected a root element PMML, got html)'],
    [
      '<PMML version="2.1"/>',
      'line 1:1 PMML: pmml/version: this version of PMML is not supported (expected 3.0 to 4.4.1, got 2.1)',
    ],
    [
      '<PMML xmlns="urn:other"/>',
      'line 1:1 PMML: pmml/not-pmml: the document is not PMML (expected a root element PMML, got the namespace urn:other)',
    ],
  ])('%s', (text, message) => {
    expect(failure(() => readPmml(bytesOf(text)))).toBe(message);
  });

  test.each([
    ['no model', pmml(x, ''), /^line 1:1 PMML: pmml\/no-model/],
    [
      'a field that is not there',
      outputs(x, field, out(ref('y'))),
      /OutputField\/FieldRef, field "y": pmml\/unknown-field: there is no field "y" here\n {2}hint: known here: x$/,
    ],
    [
      'a function that is not there',
      outputs(x, field, out(call('nothing', ref('x')))),
      /pmml\/unknown-function: there is no function "nothing"$/,
    ],
    [
      'too many arguments',
      outputs(x, field, out(call('ln', ref('x'), ref('x')))),
      /pmml\/invalid: the function ln takes 1 arguments, not 2$/,
    ],
    ['a field twice', outputs(x + x, field, ''), /pmml\/duplicate: the field "x" is defined twice$/],
    [
      'a wrong number',
      outputs(x, field, '').replace('intercept="0"', 'intercept="zero"'),
      /@intercept: pmml\/attribute: the attribute intercept has a wrong value \(expected a number, got "zero"\)$/,
    ],
  ])('%s', (_, document, message) => {
    expect(failure(() => evaluatorOf(document))).toMatch(message);
  });
});
