import { describe, expect, test } from 'vitest';
import { evaluatorOf, pmml } from '../build.js';

/** By hand, from the texts of PMML 4.4 DataDictionary and Taxonomy; no engine follows them. */
describe('cyclic fields', () => {
  const clusters = (field: string) =>
    pmml(
      field,
      `<ClusteringModel functionName="clustering" modelClass="centerBased" numberOfClusters="2"><MiningSchema><MiningField name="x"/></MiningSchema><ComparisonMeasure kind="distance" compareFunction="absDiff"><euclidean/></ComparisonMeasure><ClusteringField field="x"/><Cluster id="first"><Array type="real" n="1">1</Array></Cluster><Cluster id="middle"><Array type="real" n="1">7</Array></Cluster></ClusteringModel>`,
    );
  const hours = (cyclic: string) =>
    `<DataField name="x" optype="continuous" dataType="double" ${cyclic}><Interval closure="closedOpen" leftMargin="0" rightMargin="24"/></DataField>`;
  const month = `<DataField name="x" optype="ordinal" dataType="integer" isCyclic="1">${Array.from({ length: 12 }, (_, i) => `<Value value="${i + 1}"/>`).join('')}</DataField>`;
  const nearest = (field: string, x: number) => {
    const result = evaluatorOf(clusters(field)).evaluate({ x });
    return [result['$entityId'], result['$affinity']];
  };

  test.each([
    ['an hour before midnight', hours('isCyclic="1"'), 23, ['first', 2]],
    ['the same without the cycle', hours(''), 23, ['middle', 16]],
    ['December', month, 12, ['first', 1]],
    ['the middle of the year', month, 5, ['middle', 2]],
  ])('%s', (_, field, x, expected) => {
    expect(nearest(field, x)).toEqual(expected);
  });
});

describe('taxonomies', () => {
  const rules = (table: string) =>
    pmml(
      `<DataField name="item" optype="categorical" dataType="string" taxonomy="goods"/><Taxonomy name="goods">${table}</Taxonomy>`,
      `<AssociationModel functionName="associationRules" numberOfTransactions="4" minimumSupport="0.1" minimumConfidence="0.1" numberOfItems="2" numberOfItemsets="2" numberOfRules="1"><MiningSchema><MiningField name="item" usageType="active"/></MiningSchema><Output><OutputField name="o" feature="ruleValue" ruleFeature="consequent" algorithm="recommendation" rank="1"/></Output><Item id="1" value="drink"/><Item id="2" value="cracker"/><Itemset id="1"><ItemRef itemRef="1"/></Itemset><Itemset id="2"><ItemRef itemRef="2"/></Itemset><AssociationRule antecedent="1" consequent="2" support="0.5" confidence="0.8"/></AssociationModel>`,
    );
  const row = (child: string, parent: string) => `<row><member>${child}</member><group>${parent}</group></row>`;
  const recursive = `<ChildParent childField="member" parentField="group" isRecursive="yes"><InlineTable>${row('cola', 'soda')}${row('soda', 'drink')}${row('drink', 'soda')}</InlineTable></ChildParent>`;
  const levels = `<ChildParent childField="member" parentField="group"><InlineTable>${row('cola', 'soda')}</InlineTable></ChildParent><ChildParent childField="c" parentField="p"><FieldColumnPair field="c" column="member"/><FieldColumnPair field="p" column="group"/><InlineTable>${row('soda', 'drink')}</InlineTable></ChildParent>`;

  test.each([
    ['a table of all levels, with a circle', recursive],
    ['a table for each level', levels],
  ])('an item stands for its groups: %s', (_, table) => {
    const evaluator = evaluatorOf(rules(table));
    expect(evaluator.evaluate({ item: ['cola'] })['o']).toEqual(['cracker']);
    expect(evaluator.evaluate({ item: ['bread'] })['o']).toBeNull();
  });
});
