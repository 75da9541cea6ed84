import { describe, expect, test } from 'vitest';
import { lowerToPmml } from '../../../src/convert/to-pmml/index.js';
import type { InputField } from '../../../src/core/scorer.js';
import { IrBuilder } from '../../../src/ir/builder.js';
import { inDomain } from '../../../src/ir/domain.js';
import { SplitsBuilder } from '../../../src/ir/forest.js';
import type { Program, ProgramOutput } from '../../../src/ir/nodes.js';
import type { Ref } from '../../../src/ir/types.js';
import { PmmlEvaluator } from '../../../src/pmml/index.js';
import { textOf } from '../pmml-text.js';

const field = (name: string, type: InputField['type'], more: Partial<InputField> = {}): InputField => ({
  name,
  type,
  shape: [],
  optional: true,
  ...more,
});

function program(builder: IrBuilder, ...outputs: ProgramOutput[]): Program {
  const task = outputs.some((output) => output.role === 'label') ? 'classification' : 'regression';
  return builder.finish({ outputs, task, metadata: {} });
}

const value = (ref: Ref): ProgramOutput => ({ name: 'y', role: 'value', ref });

/** Label and probabilities of a vector, the label the first of the largest. */
function classes(builder: IrBuilder, vector: Ref, labels: readonly string[]): ProgramOutput[] {
  const keys = labels.map((_, index) => index);
  const label = builder.lookup(builder.reduce('argmax', vector), 'string', keys, labels);
  return [
    { name: 'label', role: 'label', ref: label },
    { name: 'probabilities', role: 'probability', ref: vector, categories: labels },
  ];
}

/** One split of feature 0 at `threshold`, `x ≤ t`, into three leaves: true, false, missing. */
function stump(splits: SplitsBuilder, threshold: number, missing: 'true' | 'false' | 'own'): void {
  const at = splits.split(0, 'le', threshold);
  const [yes, no] = [splits.leaf(), splits.leaf()];
  splits.link(at, yes, no, missing === 'own' ? splits.leaf() : missing === 'true' ? yes : no);
  splits.root(at);
}

function stumpProgram(missing: 'true' | 'false' | 'own', leaves: readonly number[]): Program {
  const builder = new IrBuilder();
  const x = builder.input(field('x', 'float64'));
  const splits = new SplitsBuilder();
  stump(splits, 0.5, missing);
  const trees = builder.trees('float64', {
    features: [x],
    splits: splits.finish(),
    width: 1,
    leaves: Float64Array.from(leaves),
    combine: 'sum',
  });
  return program(builder, value(builder.element(trees, 0)));
}

function predictions(lowered: ReturnType<typeof lowerToPmml>, rows: readonly Record<string, unknown>[]): unknown[] {
  const evaluator = new PmmlEvaluator(lowered);
  return rows.map((row) => evaluator.evaluate(row)['$predictedValue'] ?? null);
}

const xs = [{ x: 0.5 }, { x: 0.5000001 }, { x: null }];

describe('where a missing value goes', () => {
  test('with the rest: the last child takes everything', () => {
    const lowered = lowerToPmml(stumpProgram('false', [1, 2]));
    expect(textOf(lowered)).toContain(
      '<Node><True/><Node score="1"><SimplePredicate field="x" operator="lessOrEqual" value="0.5"/></Node><Node score="2"><True/></Node></Node>',
    );
    expect(predictions(lowered, xs)).toEqual([1, 2, 2]);
  });

  test('with the true branch: the negated test comes first', () => {
    const lowered = lowerToPmml(stumpProgram('true', [1, 2]));
    expect(textOf(lowered)).toContain(
      '<Node score="2"><SimplePredicate field="x" operator="greaterThan" value="0.5"/></Node><Node score="1"><True/></Node>',
    );
    expect(predictions(lowered, xs)).toEqual([1, 2, 1]);
  });

  test('to a branch of its own: isMissing', () => {
    expect(predictions(lowerToPmml(stumpProgram('own', [1, 2, 3])), xs)).toEqual([1, 2, 3]);
  });

  test('nowhere: no child is true and there is no prediction', () => {
    const lowered = lowerToPmml(stumpProgram('own', [1, 2, Number.NaN]));
    expect(textOf(lowered)).not.toContain('isMissing');
    expect(predictions(lowered, xs)).toEqual([1, 2, null]);
  });
});

describe('ensembles', () => {
  /** Three stumps at 0, 1 and 2 that add 1, 2 and 4 above it. */
  function forest(kind: 'float32' | 'float64', finish: (builder: IrBuilder, sum: Ref) => Ref): Program {
    const builder = new IrBuilder();
    const x = builder.input(field('x', kind));
    const splits = new SplitsBuilder();
    for (const threshold of [0, 1, 2]) stump(splits, threshold, 'true');
    const leaves = Float64Array.from([0, 1, 0, 2, 0, 4]);
    const trees = builder.trees(kind, { features: [x], splits: splits.finish(), width: 1, leaves, combine: 'sum' });
    return program(builder, value(finish(builder, builder.element(trees, 0))));
  }

  test('a sum of trees with a constant is a MiningModel with a Target', () => {
    const lowered = lowerToPmml(
      forest('float64', (builder, sum) => builder.apply('add', sum, builder.const('float64', 10))),
    );
    expect(textOf(lowered)).toContain('<Targets><Target field="target" rescaleConstant="10"/></Targets>');
    expect(textOf(lowered)).toContain(
      '<Segmentation multipleModelMethod="sum" missingPredictionTreatment="returnMissing">',
    );
    expect(predictions(lowered, [{ x: 0 }, { x: 1.5 }, { x: 3 }])).toEqual([10, 13, 17]);
  });

  test('trees divided by their number are an average', () => {
    const lowered = lowerToPmml(
      forest('float64', (builder, sum) => builder.apply('div', sum, builder.const('float64', 3))),
    );
    expect(textOf(lowered)).toContain('<Segmentation multipleModelMethod="average"');
    expect(predictions(lowered, [{ x: 3 }])).toEqual([7 / 3]);
  });

  test('float32 trees add in single precision', () => {
    const text = textOf(lowerToPmml(forest('float32', (_, sum) => sum)));
    expect(text.match(/x-mathContext="float"/g)).toHaveLength(4);
    expect(text).toContain('<DataField name="x" optype="continuous" dataType="float"/>');
  });

  test('a boosted classifier is a chain whose last model is the logistic regression', () => {
    const source = forest('float64', (_, sum) => sum);
    const builder = new IrBuilder();
    for (const node of source.nodes) builder.nodes.push(node);
    const sum = source.outputs[0]!.ref;
    const p = builder.apply('logistic', sum);
    const vector = builder.pack([p, builder.apply('sub', builder.const('float64', 1), p)]);
    const lowered = lowerToPmml({
      ...source,
      nodes: builder.nodes,
      outputs: classes(builder, vector, ['b', 'a']),
      task: 'classification',
      target: { name: 'class', classes: ['a', 'b'] },
    });
    const text = textOf(lowered);
    expect(text).toContain(
      '<Segmentation multipleModelMethod="modelChain" missingPredictionTreatment="returnMissing">',
    );
    expect(text).toContain('<RegressionModel functionName="classification" normalizationMethod="logit">');
    expect(text).toContain('<RegressionTable intercept="0" targetCategory="a"/>');
    const result = new PmmlEvaluator(lowered).evaluate({ x: 1.5 });
    expect(result['class']).toBe('b');
    expect(result['probability(b)']).toBeCloseTo(1 / (1 + Math.exp(-3)), 15);
    // A tie goes to the class that the program names first.
    expect(new PmmlEvaluator(lowered).evaluate({ x: -1 })['class']).toBe('b');
  });
});

test('a tree on the elements of a one-hot vector tests the categories', () => {
  const builder = new IrBuilder();
  const color = builder.input(field('color', 'string'));
  const splits = new SplitsBuilder();
  stump(splits, 0.5, 'false');
  const trees = builder.trees('float64', {
    features: [builder.element(builder.oneHot(color, ['red', 'green'], 'float64'), 1)],
    splits: splits.finish(),
    width: 1,
    leaves: Float64Array.from([1, 2]),
    combine: 'sum',
  });
  const lowered = lowerToPmml(program(builder, value(builder.element(trees, 0))));
  expect(textOf(lowered)).toContain('<SimplePredicate field="color" operator="equal" value="green"/>');
  expect(textOf(lowered)).not.toContain('DerivedField');
  const rows = ['green', 'red', 'blue', null].map((text) => ({ color: text }));
  expect(predictions(lowered, rows)).toEqual([2, 1, 1, 1]);
});

describe('linear models', () => {
  test('one-hot columns are categorical predictors, and a missing category adds nothing', () => {
    const builder = new IrBuilder();
    const x = builder.input(field('x', 'float64'));
    const color = builder.input(field('color', 'string'));
    const hot = builder.oneHot(color, ['red', 'green'], 'float64');
    const features = [x, builder.element(hot, 0), builder.element(hot, 1)];
    const linear = builder.linear('float64', features, Float64Array.from([2, 10, 20]), Float64Array.from([1]));
    const lowered = lowerToPmml(program(builder, value(builder.element(linear, 0))));
    expect(textOf(lowered)).toContain(
      '<RegressionTable intercept="1"><NumericPredictor name="x" coefficient="2"/><CategoricalPredictor name="color" value="red" coefficient="10"/><CategoricalPredictor name="color" value="green" coefficient="20"/></RegressionTable>',
    );
    const rows = [
      { x: 3, color: 'red' },
      { x: 3, color: 'green' },
      { x: 3, color: null },
      { x: null, color: 'red' },
    ];
    expect(predictions(lowered, rows)).toEqual([17, 27, 7, null]);
  });

  test('softmax of linear scores is one RegressionModel', () => {
    const builder = new IrBuilder();
    const x = builder.input(field('x', 'float64'));
    const scores = builder.linear('float64', [x], Float64Array.from([1, 2, 3]), new Float64Array(3));
    const lowered = lowerToPmml(
      program(builder, ...classes(builder, builder.vectorFunction('softmax', scores), ['a', 'b', 'c'])),
    );
    expect(textOf(lowered)).toContain('normalizationMethod="softmax"');
    const result = new PmmlEvaluator(lowered).evaluate({ x: 1 });
    const total = Math.exp(1) + Math.exp(2) + Math.exp(3);
    expect(result['label']).toBe('c');
    expect(result['probability(a)']).toBeCloseTo(Math.exp(1) / total, 14);
  });
});

describe('input preparation', () => {
  const domain = { values: ['a', 'b'] };

  test('a row outside the domain has no result: returnInvalid', () => {
    const builder = new IrBuilder();
    const c = builder.input(field('c', 'string', domain));
    const length = builder.lookup(c, 'float64', ['a', 'b'], [1, 2]);
    const valid = inDomain(builder, c, domain)!;
    const lowered = lowerToPmml(
      program(builder, value(builder.apply('select', valid, length, builder.const('float64', null)))),
    );
    expect(textOf(lowered)).toContain('<MiningField name="c"/>');
    expect(predictions(lowered, [{ c: 'a' }, { c: null }])).toEqual([1, null]);
    expect(() => predictions(lowered, [{ c: 'z' }])).toThrow();
  });

  test('replaced values are treatments of the MiningField, not expressions', () => {
    const builder = new IrBuilder();
    const c = builder.input(field('c', 'string', domain));
    const known = builder.apply('select', inDomain(builder, c, domain)!, c, builder.const('string', null));
    const filled = builder.apply('coalesce', known, builder.const('string', 'b'));
    const lowered = lowerToPmml(program(builder, value(builder.lookup(filled, 'float64', ['a', 'b'], [1, 2]))));
    expect(textOf(lowered)).toContain(
      '<MiningField name="c" invalidValueTreatment="asMissing" missingValueReplacement="b"/>',
    );
    const rows = [{ c: 'a' }, { c: 'z' }, { c: null }];
    expect(predictions(lowered, rows)).toEqual([1, 2, 2]);
  });

  test('float steps are derived fields of type float', () => {
    const builder = new IrBuilder();
    const x = builder.input(field('X', 'float32', { shape: [2], elementNames: ['u', 'v'], optional: false }));
    const scaled = builder.apply(
      'div',
      builder.apply('sub', x, builder.const('float32', 1)),
      builder.const('float32', 3),
    );
    const linear = builder.linear('float32', builder.elements(scaled), Float64Array.from([1, 1]), new Float64Array(1));
    const text = textOf(lowerToPmml(program(builder, value(builder.element(linear, 0)))));
    expect(text).toContain(
      '<DataField name="u" optype="continuous" dataType="float"><Value value="NaN" property="missing"/></DataField>',
    );
    expect(text).toContain(
      '<DerivedField name="sub(u)" optype="continuous" dataType="float"><Apply function="-"><FieldRef field="u"/><Constant dataType="float">1</Constant></Apply></DerivedField>',
    );
  });
});

test('an older version is written with its namespace; an unknown one is declined', () => {
  const source = stumpProgram('true', [1, 2]);
  expect(textOf(lowerToPmml(source, { pmmlVersion: '4.2' }))).toContain(
    '<PMML xmlns="http://www.dmg.org/PMML-4_2" version="4.2">',
  );
  expect(() => lowerToPmml(source, { pmmlVersion: '5.0' })).toThrow('PMML 5.0 cannot be written');
});

test('a missing constant before 4.4, where Constant cannot say it, is an if without its else', () => {
  const builder = new IrBuilder();
  const x = builder.input(field('x', 'float64', { optional: true }));
  const kept = builder.apply(
    'select',
    builder.apply('gt', x, builder.const('float64', 1)),
    x,
    builder.const('float64', null),
  );
  const source = program(builder, value(builder.apply('add', kept, builder.const('float64', 1))));
  expect(textOf(lowerToPmml(source, { pmmlVersion: '4.4' }))).toContain('<Constant dataType="double" missing="true"/>');
  const lowered = lowerToPmml(source, { pmmlVersion: '4.3' });
  expect(textOf(lowered)).toContain(
    '<Apply function="if"><Constant dataType="boolean">false</Constant><Constant dataType="double">0</Constant></Apply>',
  );
  expect(predictions(lowered, [{ x: 2 }, { x: 1 }, { x: null }])).toEqual([3, null, null]);
});
