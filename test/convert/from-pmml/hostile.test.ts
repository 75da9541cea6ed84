import { expect, test } from 'vitest';
import { liftPmml } from '../../../src/convert/from-pmml/index.js';
import { fields, pmml, schema } from '../pmml-text.js';

const derived = (name: string, expression: string) =>
  `<DerivedField name="${name}" optype="continuous" dataType="double">${expression}</DerivedField>`;
const document = (dictionary: string, predictor: string) =>
  pmml(
    fields('y:double', 'x:double'),
    `<TransformationDictionary>${dictionary}</TransformationDictionary>
    <RegressionModel functionName="regression">${schema('y', 'x')}<RegressionTable intercept="0">
      <NumericPredictor name="${predictor}" coefficient="1"/></RegressionTable></RegressionModel>`,
  );

test('functions that call others twice are declined before they fill the memory', () => {
  const functions = Array.from({ length: 40 }, (_, at) => {
    const call = `<Apply function="${at === 0 ? 'exp' : `f${at - 1}`}"><FieldRef field="p"/></Apply>`;
    return `<DefineFunction name="f${at}" optype="continuous"><ParameterField name="p"/>
      <Apply function="+">${call}${call}</Apply></DefineFunction>`;
  });
  const last = derived('d', '<Apply function="f39"><FieldRef field="x"/></Apply>');
  expect(() => liftPmml(document(functions.join('') + last, 'd'))).toThrowError('more than 100000 times');
});

test('a chain of definitions that is too long is declined', () => {
  const count = 50_000;
  const chain = Array.from({ length: count }, (_, at) =>
    derived(`d${at}`, `<FieldRef field="${at === 0 ? 'x' : `d${at - 1}`}"/>`),
  );
  expect(() => liftPmml(document(chain.join(''), `d${count - 1}`))).toThrowError('nested too deeply');
});
