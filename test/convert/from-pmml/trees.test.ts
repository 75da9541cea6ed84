import { describe, expect, test } from 'vitest';
import { liftPmml } from '../../../src/convert/from-pmml/index.js';
import type { SamescoreError } from '../../../src/core/errors.js';
import { TEST } from '../../../src/ir/forest.js';
import type { Program, TreesNode } from '../../../src/ir/nodes.js';
import { fields, pmml, schema } from '../pmml-text.js';
import { run } from './cases.js';

/** A regression tree on x and z: below 10 and from 10 on, the first half again at z. */
function tree(attributes: string, nodeAttributes = ''): Program {
  return liftPmml(
    pmml(
      fields('y:double', 'x:double', 'z:double'),
      `<TreeModel functionName="regression" ${attributes}>${schema('y', 'x', 'z')}
        <Node id="0" score="100" ${nodeAttributes}><True/>
          <Node id="1" score="50"><SimplePredicate field="x" operator="lessThan" value="10"/>
            <Node id="3" score="1"><SimplePredicate field="z" operator="lessOrEqual" value="0"/></Node>
            <Node id="4" score="2"><SimplePredicate field="z" operator="greaterThan" value="0"/></Node>
          </Node>
          <Node id="2" score="3"><SimplePredicate field="x" operator="greaterOrEqual" value="10"/></Node>
        </Node></TreeModel>`,
    ),
  );
}

function scores(program: Program, rows: readonly Record<string, number | null>[]): unknown[] {
  return rows.map((row) => run(program, row).prediction);
}

const rows = [
  { x: 9.99, z: 0 },
  { x: 9.99, z: 0.1 },
  { x: 10, z: 0 },
  { x: null, z: 0 },
  { x: 1, z: null },
  { x: Number.POSITIVE_INFINITY, z: 0 },
];

describe('a missing value in a tree', () => {
  test('none: comparisons are false, and without a true child there is no prediction', () => {
    expect(scores(tree(''), rows)).toEqual([1, 2, 3, null, null, 3]);
  });

  test('none with returnLastPrediction: the last node that was reached predicts', () => {
    expect(scores(tree('noTrueChildStrategy="returnLastPrediction"'), rows)).toEqual([1, 2, 3, 100, 50, 3]);
  });

  test('lastPrediction: the node before the unknown test predicts', () => {
    expect(scores(tree('missingValueStrategy="lastPrediction"'), rows)).toEqual([1, 2, 3, 100, 50, 3]);
  });

  test('nullPrediction: there is none', () => {
    expect(scores(tree('missingValueStrategy="nullPrediction"'), rows)).toEqual([1, 2, 3, null, null, 3]);
  });

  test('defaultChild: the named child goes on; a node that names none predicts nothing', () => {
    expect(scores(tree('missingValueStrategy="defaultChild"', 'defaultChild="1"'), rows)).toEqual([
      1,
      2,
      3,
      1,
      null,
      3,
    ]);
  });

  test('weightedConfidence is declined with the place of the node', () => {
    let error: SamescoreError | undefined;
    try {
      tree('missingValueStrategy="weightedConfidence"');
    } catch (caught) {
      error = caught as SamescoreError;
    }
    expect(error?.code).toBe('convert/weighted-confidence');
    expect(error?.sentence).toBe('missingValueStrategy "weightedConfidence" cannot be moved');
    expect(error?.place.line).toBe(3);
  });
});

test('a split and its complement are one node of the diagram', () => {
  const trees = tree('').nodes.find((node) => node.op === 'trees') as TreesNode;
  expect([...trees.splits.test].filter((_, index) => trees.splits.leaf[index]! < 0)).toEqual([TEST.lt, TEST.le]);
  expect(trees.splits.roots.length).toBe(1);
});

test('a threshold of a float field is compared as a float', () => {
  const program = liftPmml(
    pmml(
      fields('y:double', 'x:float'),
      `<TreeModel functionName="regression">${schema('y', 'x')}<Node><True/>
        <Node score="1"><SimplePredicate field="x" operator="lessOrEqual" value="0.1"/></Node>
        <Node score="2"><SimplePredicate field="x" operator="greaterThan" value="0.1"/></Node></Node></TreeModel>`,
    ),
  );
  expect(scores(program, [{ x: 0.1 }, { x: Math.fround(0.1) }, { x: 0.10000001 }])).toEqual([1, 1, 2]);
});

describe('compound predicates', () => {
  const compound = (operator: string) =>
    liftPmml(
      pmml(
        fields('y:string=no|yes', 'a:double', 'b:double'),
        `<TreeModel functionName="classification" noTrueChildStrategy="returnLastPrediction">${schema('y', 'a', 'b')}
          <Node score="no"><True/><Node score="yes"><CompoundPredicate booleanOperator="${operator}">
            <SimplePredicate field="a" operator="greaterThan" value="0"/>
            <SimplePredicate field="b" operator="greaterThan" value="0"/>
          </CompoundPredicate></Node></Node></TreeModel>`,
      ),
    );
  const pairs = [1, 0, null].flatMap((a) => [1, 0, null].map((b) => ({ a, b })));
  const table: Record<string, readonly string[]> = {
    //      11     10     1?     01     00     0?     ?1     ?0     ??
    and: ['yes', 'no', 'no', 'no', 'no', 'no', 'no', 'no', 'no'],
    or: ['yes', 'yes', 'yes', 'yes', 'no', 'no', 'yes', 'no', 'no'],
    xor: ['no', 'yes', 'no', 'yes', 'no', 'no', 'no', 'no', 'no'],
    surrogate: ['yes', 'yes', 'yes', 'no', 'no', 'no', 'yes', 'no', 'no'],
  };

  test.each(Object.keys(table))('%s follows three-valued logic', (operator) => {
    expect(scores(compound(operator), pairs)).toEqual(table[operator]);
  });
});

describe('categories', () => {
  const program = (treatment: string) =>
    liftPmml(
      pmml(
        fields('y:double', 'c:string=a|b|c'),
        `<TreeModel functionName="regression">${schema('y', `c ${treatment}`)}<Node><True/>
          <Node score="1"><SimpleSetPredicate field="c" booleanOperator="isIn"><Array type="string" n="2">a "b"</Array></SimpleSetPredicate></Node>
          <Node score="2"><SimpleSetPredicate field="c" booleanOperator="isIn"><Array type="string" n="1">c</Array></SimpleSetPredicate></Node>
        </Node></TreeModel>`,
      ),
    );
  const values = ['a', 'b', 'c', 'new', null];
  const predictions = (treatment: string) => values.map((c) => run(program(treatment), { c }).prediction);

  test('a value that the dictionary does not list fails the row', () => {
    expect(predictions('')).toEqual([1, 1, 2, null, null]);
  });

  test('asIs takes it through the tree', () => {
    expect(predictions('invalidValueTreatment="asIs"')).toEqual([1, 1, 2, null, null]);
  });

  test('asMissing and a replacement make it another value', () => {
    expect(predictions('invalidValueTreatment="asMissing" missingValueReplacement="c"')).toEqual([1, 1, 2, 2, 2]);
  });

  test('asValue replaces what is invalid only', () => {
    expect(predictions('invalidValueTreatment="asValue" invalidValueReplacement="c"')).toEqual([1, 1, 2, 2, null]);
  });

  test('complementary sets of all listed values are one split', () => {
    const trees = program('').nodes.find((node) => node.op === 'trees') as TreesNode;
    expect([...trees.splits.leaf].filter((leaf) => leaf < 0)).toHaveLength(1);
  });
});
