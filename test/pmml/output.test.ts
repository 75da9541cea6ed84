import { describe, expect, test } from 'vitest';
import { evaluatorOf, pmml } from './build.js';

const x = '<DataField name="x" optype="continuous" dataType="double"/>';
const y =
  '<DataField name="y" optype="categorical" dataType="string"><Value value="a" displayValue="A!"/><Value value="b"/><Value value="c"/></DataField>';
const count = (value: string, records: number, more = '') =>
  `<ScoreDistribution value="${value}" recordCount="${records}" ${more}/>`;
const below = (value: number) => `<SimplePredicate field="x" operator="lessThan" value="${value}"/>`;
const atLeast = (value: number) => `<SimplePredicate field="x" operator="greaterOrEqual" value="${value}"/>`;

const tree = (attributes: string, output = '') =>
  pmml(
    x + y,
    `<TreeModel functionName="classification" ${attributes}><MiningSchema><MiningField name="x"/><MiningField name="y" usageType="target"/></MiningSchema><Output>${output}</Output>
    <Node id="0" score="a" recordCount="10"><True/>${count('a', 5)}${count('b', 5)}
      <Node id="1" score="a" recordCount="6">${below(0)}${count('a', 5)}${count('b', 1)}</Node>
      <Node id="2" score="b" recordCount="4">${atLeast(0)}${count('a', 0)}${count('b', 4)}</Node>
    </Node></TreeModel>`,
  );

/** By hand, from the texts of PMML 4.4 TreeModel and Output. */
describe('results', () => {
  test('aggregateNodes adds the counts of all leaves that a missing value leaves open', () => {
    const result = evaluatorOf(tree('missingValueStrategy="aggregateNodes"')).evaluate({});
    expect([result['y'], result['$probability:a'], result['$probability:b'], result['$probability:c']]).toEqual([
      'a',
      0.5,
      0.5,
      0,
    ]);
  });

  test('weightedConfidence weighs siblings by their record counts', () => {
    const result = evaluatorOf(tree('missingValueStrategy="weightedConfidence"')).evaluate({});
    expect(result['$confidence:a']).toBeCloseTo(0.6 * (5 / 6), 15);
    expect(result['$confidence:b']).toBeCloseTo(0.6 * (1 / 6) + 0.4, 15);
  });

  test('nodes without an id are counted from 1', () => {
    const document = tree('').replace(/ id="\d"/g, '');
    expect(['-1', '1'].map((value) => evaluatorOf(document).evaluate({ x: value })['$entityId'])).toEqual(['2', '3']);
  });

  test('features of a classification', () => {
    const field = (name: string, rest: string) => `<OutputField name="${name}" ${rest}/>`;
    const document = tree(
      '',
      field('shown', 'feature="predictedDisplayValue"') +
        field('p', 'feature="probability"') +
        field('pb', 'feature="probability" value="b"') +
        field('left', 'feature="residual" value="a"') +
        field('node', 'feature="entityId"') +
        '<OutputField name="sure" feature="decision" dataType="string"><Apply function="if"><Apply function="greaterThan"><FieldRef field="p"/><Constant>0.9</Constant></Apply><Constant>yes</Constant><Constant>no</Constant></Apply></OutputField>',
    );
    const { shown, p, pb, left, node, sure } = evaluatorOf(document).evaluate({ x: -1, y: 'a' });
    expect([shown, p, pb, left, node, sure]).toEqual(['A!', 5 / 6, 1 / 6, 1 - 5 / 6, '1', 'no']);
  });

  test('a missing actual value leaves no residual', () => {
    const document = tree('', '<OutputField name="left" feature="residual" value="a"/>');
    expect(evaluatorOf(document).evaluate({ x: -1 })['left']).toBeNull();
  });

  test('features of neighbours: a rank chooses entities, not predictions', () => {
    const neighbours = (output: string) =>
      pmml(
        `${x}<DataField name="u" optype="continuous" dataType="double"/>`,
        `<NearestNeighborModel functionName="regression" numberOfNeighbors="2" instanceIdVariable="id"><MiningSchema><MiningField name="x"/><MiningField name="u" usageType="target"/></MiningSchema><Output>${output}</Output><TrainingInstances isTransformed="true"><InstanceFields><InstanceField field="id" column="id"/><InstanceField field="x" column="x"/><InstanceField field="u" column="u"/></InstanceFields><InlineTable><row><id>i1</id><x>1</x><u>10</u></row><row><id>i2</id><x>2</x><u>20</u></row></InlineTable></TrainingInstances><ComparisonMeasure kind="distance"><euclidean/></ComparisonMeasure><KNNInputs><KNNInput field="x"/></KNNInputs></NearestNeighborModel>`,
      );
    const document = neighbours(
      '<OutputField name="id" feature="entityId" rank="2"/><OutputField name="p" feature="predictedValue" rank="2"/><OutputField name="d" feature="predictedDisplayValue" dataType="string"/>',
    );
    const { id, p, d } = evaluatorOf(document).evaluate({ x: 1 });
    expect([id, p, d]).toEqual(['i2', 15, '15.0']);
  });

  test('several values of rules: as many as the rank, all for rank 0', () => {
    const rule = (id: string, confidence: number) =>
      `<AssociationRule id="${id}" antecedent="1" consequent="2" support="0.5" confidence="${confidence}"/>`;
    const document = pmml(
      '<DataField name="item" optype="categorical" dataType="string"/>',
      `<AssociationModel functionName="associationRules" numberOfTransactions="9" minimumSupport="0" minimumConfidence="0" numberOfItems="2" numberOfItemsets="2" numberOfRules="2"><MiningSchema><MiningField name="item"/></MiningSchema><Output>${['', 'rank="2"', 'rank="0"'].map((rank, i) => `<OutputField name="o${i}" feature="ruleValue" ruleFeature="ruleId" isMultiValued="1" ${rank}/>`).join('')}</Output><Item id="1" value="a"/><Item id="2" value="b"/><Itemset id="1"><ItemRef itemRef="1"/></Itemset><Itemset id="2"><ItemRef itemRef="2"/></Itemset>${rule('p', 0.5)}${rule('q', 0.9)}${rule('r', 0.7)}</AssociationModel>`,
    );
    const { o0, o1, o2 } = evaluatorOf(document).evaluate({ item: ['a'] });
    expect([o0, o1, o2]).toEqual([['q'], ['q', 'r'], ['q', 'r', 'p']]);
  });

  test('a category that no record had has confidence and probability 0', () => {
    const document = tree(
      '',
      '<OutputField name="c" feature="confidence" value="c"/><OutputField name="p" feature="probability" value="c"/><OutputField name="r" feature="residual" value="c"/>',
    );
    const { c, p, r } = evaluatorOf(document).evaluate({ x: -1, y: 'c' });
    expect([c, p, r]).toEqual([0, 0, 1]);
  });

  test('a number that is predicted for a text is shown as the double that it is', () => {
    const document = pmml(
      `${x}<DataField name="t" optype="continuous" dataType="string"/>`,
      '<RegressionModel functionName="regression"><MiningSchema><MiningField name="x"/><MiningField name="t" usageType="target"/></MiningSchema><Output><OutputField name="o" feature="predictedValue"/></Output><Targets><Target field="t" castInteger="round"/></Targets><RegressionTable intercept="0"><NumericPredictor name="x" coefficient="1"/></RegressionTable></RegressionModel>',
    );
    expect(evaluatorOf(document).evaluate({ x: 2.5 })['o']).toBe('3.0');
    // x + 0.5 would round up to 1.
    expect(evaluatorOf(document).evaluate({ x: 0.49999999999999994 })['o']).toBe('0.0');
  });

  test('the path of a prediction is explained', () => {
    expect(evaluatorOf(tree('')).explain({ x: 3 })).toEqual({
      model: 'TreeModel',
      prediction: 'b',
      path: [
        { node: '0', predicate: 'true', score: 'a' },
        { node: '2', predicate: 'x ≥ 0', score: 'b' },
      ],
    });
  });

  test('models embedded in nodes and in a MiningModel (4.0)', () => {
    const document = pmml(
      `${x}<DataField name="t" optype="continuous" dataType="double"/>`,
      `<MiningModel functionName="regression"><MiningSchema><MiningField name="x"/><MiningField name="t" usageType="predicted"/></MiningSchema>
      <Regression functionName="regression"><ResultField name="r" optype="continuous" dataType="double" feature="predictedValue"/><RegressionTable intercept="1"><NumericPredictor name="x" coefficient="2"/></RegressionTable></Regression>
      <DecisionTree functionName="regression"><Node><True/>
        <Node><SimplePredicate field="r" operator="lessThan" value="5"/><Regression functionName="regression"><RegressionTable intercept="100"><NumericPredictor name="r" coefficient="1"/></RegressionTable></Regression></Node>
        <Node score="7"><SimplePredicate field="r" operator="greaterOrEqual" value="5"/></Node></Node></DecisionTree></MiningModel>`,
    );
    expect([1, 3].map((value) => evaluatorOf(document).evaluate({ x: value })['t'])).toEqual([103, 7]);
  });

  test('verification passes within the precision and names what fails', () => {
    const verified = (expected: string) =>
      evaluatorOf(
        pmml(
          `${x}<DataField name="t" optype="continuous" dataType="double"/>`,
          `<RegressionModel functionName="regression"><MiningSchema><MiningField name="x"/><MiningField name="t" usageType="target"/></MiningSchema><RegressionTable intercept="1"><NumericPredictor name="x" coefficient="2"/></RegressionTable>
          <ModelVerification><VerificationFields><VerificationField field="x" column="cx"/><VerificationField field="t" column="ct" precision="0.01"/></VerificationFields><InlineTable><row><cx>1</cx><ct>${expected}</ct></row></InlineTable></ModelVerification></RegressionModel>`,
        ),
      ).verify();
    expect(verified('3.02')).toEqual({ ok: true, failures: [], records: 1 });
    expect(verified('3.2').failures.map(({ message }) => message)).toEqual(['record 1: "t" is 3, not "3.2"']);
  });

  test('a document without verification is not verified', () => {
    expect(evaluatorOf(tree('')).verify()).toEqual({ ok: false, failures: [], records: 0 });
  });
});
