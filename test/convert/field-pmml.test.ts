import { expect, test } from 'vitest';
import { convert, Model } from '../../src/model.js';
import { fields, pmml } from './pmml-text.js';

const rowsOf = (values: readonly number[]) => values.map((x) => ({ x }));
const valuesOf = (model: Model, values: readonly number[]) => [
  ...([...model.score(rowsOf(values)).table.columns.values()][0]!.values as Float64Array),
];

/** y = x, of a field that is valid from 0 to 10 and has outliers beyond 2 and 8. */
function clamped(treatment: string): Model {
  const dictionary =
    '<DataField name="x" optype="continuous" dataType="double"><Interval closure="closedClosed" leftMargin="0" rightMargin="10"/></DataField>';
  const mining = `<MiningField name="x" outliers="asExtremeValues" lowValue="2" highValue="8" ${treatment}/>`;
  return new Model(
    'pmml',
    pmml(
      `${dictionary}${fields('y:double')}`,
      `<RegressionModel functionName="regression"><MiningSchema><MiningField name="y" usageType="target"/>${mining}</MiningSchema><RegressionTable intercept="0"><NumericPredictor name="x" coefficient="1"/></RegressionTable></RegressionModel>`,
    ),
  );
}

test.each([
  ['invalidValueTreatment="asIs"', [-3, 2, 5, 8, 30]],
  ['invalidValueTreatment="asValue" invalidValueReplacement="9"', [9, 2, 5, 8, 9]],
])('with %s only valid values are outliers', (treatment, expected) => {
  const model = clamped(treatment);
  const values = [-3, 1, 5, 9, 30];
  expect(valuesOf(model, values)).toEqual(expected);
  for (const to of ['onnx', 'pfa'] as const) expect(valuesOf(convert(model, to), values)).toEqual(expected);
});

const segment = (id: number, output: string, intercept: number) =>
  `<Segment id="${id}"><True/><RegressionModel functionName="classification" normalizationMethod="logit"><MiningSchema><MiningField name="y" usageType="target"/><MiningField name="x"/></MiningSchema><Output><OutputField name="${output}" optype="continuous" dataType="double" feature="probability" value="yes"/></Output><RegressionTable intercept="${intercept}" targetCategory="yes"><NumericPredictor name="x" coefficient="1"/></RegressionTable><RegressionTable intercept="0" targetCategory="no"/></RegressionModel></Segment>`;

test('of the probabilities of chained segments only the last ones are the model’s own', () => {
  const model = new Model(
    'pmml',
    pmml(
      fields('x:double', 'y:string=yes|no'),
      `<MiningModel functionName="classification"><MiningSchema><MiningField name="y" usageType="target"/><MiningField name="x"/></MiningSchema><Segmentation multipleModelMethod="modelChain">${segment(1, 'first', 0)}${segment(2, 'second', 1)}</Segmentation></MiningModel>`,
    ),
  );
  expect(model.signature.outputs.map(({ name, role, category }) => [name, role, category])).toEqual([
    ['y', 'label', undefined],
    ['first', 'other', undefined],
    ['second', 'probability', 'yes'],
  ]);
});

test.each([
  ['isMissing first', ['isMissing', 1], ['isNotMissing', 2], [2, 1]],
  ['isNotMissing first', ['isNotMissing', 1], ['isMissing', 2], [1, 2]],
])('tests for presence follow from each other: %s', (_, first, second, expected) => {
  const node = ([operator, score]: (string | number)[]) =>
    `<Node score="${score}"><SimplePredicate field="x" operator="${operator}"/></Node>`;
  const model = new Model(
    'pmml',
    pmml(
      fields('x:double', 'y:double'),
      `<TreeModel functionName="regression"><MiningSchema><MiningField name="y" usageType="target"/><MiningField name="x"/></MiningSchema><Node><True/>${node(first)}${node(second)}<Node score="9"><True/></Node></Node></TreeModel>`,
    ),
  );
  const rows = [{ x: 7 }, { x: null }];
  const answers = (one: Model) => [...([...one.score(rows).table.columns.values()][0]!.values as Float64Array)];
  expect(answers(model)).toEqual(expected);
  for (const to of ['onnx', 'pfa'] as const) expect(answers(convert(model, to))).toEqual(expected);
});
