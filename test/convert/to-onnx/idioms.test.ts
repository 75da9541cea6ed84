import { expect, test } from 'vitest';
import { liftOnnx } from '../../../src/convert/from-onnx/index.js';
import { lowerToOnnx, type OnnxOptions } from '../../../src/convert/to-onnx/index.js';
import { formatError, SamescoreError } from '../../../src/core/errors.js';
import type { InputField } from '../../../src/core/scorer.js';
import { IrBuilder } from '../../../src/ir/builder.js';
import { SplitsBuilder } from '../../../src/ir/forest.js';
import type { Program, ProgramOutput } from '../../../src/ir/nodes.js';
import type { Ref } from '../../../src/ir/types.js';
import type { OnnxModel } from '../../../src/onnx/document.js';
import { scoresOf } from './scores.js';

function number(name: string, type: 'float32' | 'float64' = 'float64'): InputField {
  return { name, type, shape: [], optional: true };
}

function finished(builder: IrBuilder, outputs: ProgramOutput[], rest: Partial<Program> = {}): Program {
  return builder.finish({ outputs, task: 'regression', metadata: {}, ...rest });
}

function operators(model: OnnxModel): string[] {
  return model.graph!.node.map((node) => node.op_type!);
}

function props(model: OnnxModel): Record<string, unknown> {
  return Object.fromEntries(
    model.metadata_props
      .filter(({ key }) => key!.startsWith('samescore.') && key !== 'samescore.target')
      .map(({ key, value }) => [key!, JSON.parse(value!)]),
  );
}

/** `count` trees: x0 ≤ 0.5 leads to the first leaf; what is missing goes where `missing` says. */
function forest(
  builder: IrBuilder,
  features: readonly Ref[],
  width: number,
  kind: 'float32' | 'float64',
  missing: 'true' | 'false' | 'third' = 'false',
  count = 2,
): Ref {
  const splits = new SplitsBuilder();
  for (let tree = 0; tree < count; tree++) {
    const root = splits.split(tree % features.length, 'le', 0.5);
    const [yes, no] = [splits.leaf(), splits.leaf()];
    splits.link(root, yes, no, missing === 'true' ? yes : missing === 'false' ? no : splits.leaf());
    splits.root(root);
  }
  const done = splits.finish();
  const leaves = Float64Array.from({ length: done.leafCount * width }, (_, index) => index + 1);
  return builder.trees(kind, { features, splits: done, width, leaves, combine: 'sum' });
}

test('numbers of one kind come in as one matrix that remembers its columns', () => {
  const b = new IrBuilder();
  const x = [b.input(number('age')), b.input(number('income'))];
  const field = { ...number('age'), intervals: [{ low: 0 }] };
  const c = new IrBuilder();
  const y = [c.input(field), c.input(number('income'))];
  for (const [builder, refs] of [
    [b, x],
    [c, y],
  ] as const) {
    const model = lowerToOnnx(
      finished(builder, [{ name: 'y', role: 'value', ref: builder.element(forest(builder, refs, 1, 'float64'), 0) }]),
    );
    expect(model.graph!.input.map((info) => info.name)).toEqual(['X']);
    expect(props(model)['samescore.feature_names']).toEqual({ X: ['age', 'income'] });
    expect(operators(model)).toEqual(['TreeEnsemble']);
  }
  const model = lowerToOnnx(finished(c, [{ name: 'y', role: 'value', ref: c.element(forest(c, y, 1, 'float64'), 0) }]));
  expect((props(model)['samescore.fields'] as InputField[])[0]).toEqual(field);
});

test('texts beside numbers make one input a field, and so does the option', () => {
  const build = (options: OnnxOptions) => {
    const b = new IrBuilder();
    const age = b.input(number('age'));
    const city = b.input({ name: 'city', type: 'string', shape: [], optional: true });
    const code = b.lookup(city, 'float64', ['Oslo', 'Rome'], [1, 2], 0, 0);
    return lowerToOnnx(finished(b, [{ name: 'y', role: 'value', ref: b.apply('add', age, code) }]), options);
  };
  expect(build({}).graph!.input.map((info) => info.name)).toEqual(['age', 'city']);
  expect(build({ inputs: 'matrix' }).graph!.input.map((info) => info.name)).toEqual(['X', 'city']);
});

test('a forest in single precision is one TreeEnsembleRegressor of ai.onnx.ml 3', () => {
  const b = new IrBuilder();
  const x = [b.input(number('a', 'float32')), b.input(number('b', 'float32'))];
  const model = lowerToOnnx(finished(b, [{ name: 'y', role: 'value', ref: forest(b, x, 3, 'float32') }]));
  expect(operators(model)).toEqual(['TreeEnsembleRegressor']);
  expect(model.opset_import).toEqual([
    { domain: '', version: 21 },
    { domain: 'ai.onnx.ml', version: 3 },
  ]);
  // Leaves are 1 2 3 | 4 5 6 | 7 8 9 | 10 11 12; a = 0 takes the first, b = 1 the fourth.
  expect(scoresOf(model, ['a', 'b'], [[[0], [1]]])['y']).toEqual([[11, 13, 15]]);
});

test('a forest of vectors in double precision is one TreeEnsemble and a table of its leaves', () => {
  const b = new IrBuilder();
  const x = [b.input(number('a')), b.input(number('b'))];
  const model = lowerToOnnx(finished(b, [{ name: 'y', role: 'value', ref: forest(b, x, 3, 'float64') }]));
  expect(operators(model)).toEqual(['TreeEnsemble', 'Cast', 'Gather', 'CumSum', 'Gather']);
  expect(scoresOf(model, ['a', 'b'], [[[0], [1]]])['y']).toEqual([[11, 13, 15]]);
  const back = liftOnnx(model);
  expect(back.nodes.filter((node) => node.op === 'trees').map((node) => node.type.shape)).toEqual([[3]]);
  expect(back.nodes.map((node) => node.op)).toEqual(
    ['input', 'element', 'element', 'trees'].slice(0, back.nodes.length),
  );
});

test.each([
  ['true', 1],
  ['false', 2],
  ['third', 3],
] as const)('a missing value goes the %s way', (missing, expected) => {
  for (const kind of ['float32', 'float64'] as const) {
    const b = new IrBuilder();
    const x = [b.input(number('a', kind))];
    const model = lowerToOnnx(finished(b, [{ name: 'y', role: 'value', ref: forest(b, x, 1, kind, missing, 1) }]));
    const rows = [[[null]], [[0.5]], [[0.75]], [[Number.POSITIVE_INFINITY]], [[Number.NEGATIVE_INFINITY]]];
    expect(scoresOf(model, ['a'], rows)['y']).toEqual([[expected], [1], [2], [2], [1]]);
    const [trees] = liftOnnx(model).nodes.filter((node) => node.op === 'trees');
    expect(trees?.op === 'trees' ? trees.splits.test.filter((test) => test !== 7 && test !== 0).length : 0).toBe(1);
  }
});

test('texts that trees test become codes, unknown and missing ones apart', () => {
  const b = new IrBuilder();
  const city = b.input({ name: 'city', type: 'string', shape: [], optional: true });
  const splits = new SplitsBuilder();
  const root = splits.splitIn(0, ['Oslo', 'Rome']);
  splits.link(root, splits.leaf(), splits.leaf(), splits.leaf());
  splits.root(root);
  const ref = b.trees('float64', {
    features: [city],
    splits: splits.finish(),
    width: 1,
    leaves: Float64Array.of(1, 2, 3),
    combine: 'sum',
  });
  const model = lowerToOnnx(finished(b, [{ name: 'y', role: 'value', ref: b.element(ref, 0) }]));
  expect(scoresOf(model, ['city'], [[['Oslo']], [['Rome']], [['Lima']], [[null]]])['y']).toEqual([[1], [1], [2], [3]]);
  const [trees] = liftOnnx(model).nodes.filter((node) => node.op === 'trees');
  expect(trees?.op === 'trees' ? trees.splits.sets : []).toEqual([['Oslo', 'Rome']]);
});

test('scalers of every column are one subtraction and one division', () => {
  const b = new IrBuilder();
  const x = ['a', 'b', 'c'].map((name) => b.input(number(name)));
  const scaled = x.map((ref, index) =>
    b.apply('div', b.apply('sub', ref, b.const('float64', index)), b.const('float64', index + 2)),
  );
  const linear = b.linear('float64', scaled, Float64Array.of(1, 10, 100), Float64Array.of(0.5));
  const model = lowerToOnnx(finished(b, [{ name: 'y', role: 'value', ref: b.element(linear, 0) }]));
  expect(operators(model)).toEqual(['Sub', 'Div', 'MatMul', 'Add']);
  expect(scoresOf(model, ['a', 'b', 'c'], [[[2], [4], [6]]])['y']).toEqual([[1 + 10 + 100 + 0.5]]);
});

test('a classifier keeps its classes, the name of its target and what describes it', () => {
  const b = new IrBuilder();
  const x = ['a', 'b'].map((name) => b.input(number(name)));
  const scores = b.linear('float64', x, Float64Array.of(1, 0, 0, 1), Float64Array.of(0, 0));
  const label = b.lookup(b.reduce('argmax', scores), 'string', [0, 1], ['no', 'yes'], 'no');
  const program = finished(
    b,
    [
      { name: 'churn', role: 'label', ref: label },
      { name: 'p', role: 'probability', ref: b.vectorFunction('softmax', scores), categories: ['no', 'yes'] },
    ],
    {
      task: 'classification',
      target: { name: 'churn', kind: 'string', classes: ['no', 'yes'] },
      metadata: { name: 'Churn', description: 'Who leaves', version: '7', copyright: 'nobody' },
    },
  );
  const model = lowerToOnnx(program);
  expect(model).toMatchObject({ producer_name: 'samescore', model_version: 7, doc_string: 'Who leaves' });
  expect(model.graph!.name).toBe('Churn');
  const back = liftOnnx(model);
  expect(back.outputs.map(({ name, role, categories }) => [name, role, categories])).toEqual([
    ['churn', 'label', undefined],
    ['p', 'probability', ['no', 'yes']],
  ]);
  expect(back.target).toEqual({ name: 'churn', kind: 'string', classes: ['no', 'yes'] });
  expect(back.metadata).toMatchObject({ name: 'Churn', description: 'Who leaves', version: '7', copyright: 'nobody' });
  const given = back.inputs
    .map((ref) => back.nodes[ref]!)
    .map((node) => (node.op === 'input' ? node.field : undefined));
  expect(given[0]).toMatchObject({ shape: [2], elementNames: ['a', 'b'] });
});

test('scalar probabilities of several classes become one vector', () => {
  const b = new IrBuilder();
  const x = ['a', 'b'].map((name) => b.input(number(name)));
  const outputs = x.map((ref, index) => ({
    name: `probability(${index})`,
    role: 'probability' as const,
    ref,
    category: String(index),
  }));
  const model = lowerToOnnx(finished(b, outputs, { task: 'classification' }));
  expect(props(model)['samescore.outputs']).toEqual([
    { name: 'probabilities', role: 'probability', categories: ['0', '1'] },
  ]);
});

test('an integer label without a prediction is a number that is no class', () => {
  const b = new IrBuilder();
  const x = ['a', 'b'].map((name) => b.input(number(name)));
  const label = b.lookup(b.reduce('argmax', b.pack(x)), 'int64', [0, 1], [-1, 4], 4);
  const target = { kind: 'int64' as const, classes: [-1, 4] };
  const model = lowerToOnnx(finished(b, [{ name: 'label', role: 'label', ref: label }], { target }));
  const rows = [
    [[1], [2]],
    [[2], [1]],
    [[null], [1]],
  ];
  expect(scoresOf(model, ['a', 'b'], rows)['label']).toEqual([[4n], [-1n], [-2n]]);
});

test.each([
  ['text-function', 'convert/text-function: ONNX has no operator for upper case of each row', 'upper'],
  ['text-function', 'convert/text-function: ONNX has no operator for trimming of each row', 'trim'],
] as const)('%s is declined', (_, message, fn) => {
  const b = new IrBuilder();
  const city = b.at({ path: 'DerivedField' }, () => {
    const ref = b.input({ name: 'city', type: 'string', shape: [], optional: false });
    return b.apply(fn, ref);
  });
  try {
    lowerToOnnx(finished(b, [{ name: 'y', role: 'other', ref: city }]));
  } catch (error) {
    expect(error instanceof SamescoreError ? formatError(error) : '').toBe(
      `DerivedField: ${message}\n  hint: prepare the text before the model`,
    );
    return;
  }
  expect.fail('nothing was declined');
});

test('a version of ai.onnx that cannot be written is declined', () => {
  const b = new IrBuilder();
  const program = finished(b, [{ name: 'y', role: 'value', ref: b.input(number('a')) }]);
  expect(() => lowerToOnnx(program, { opset: 9 })).toThrowError(
    expect.objectContaining({ code: 'convert/opset', sentence: 'version 9 of ai.onnx cannot be written' }),
  );
});

test('an expression that is nested without end is declined, not a crash', () => {
  const b = new IrBuilder();
  let ref = b.input(number('a'));
  for (let i = 0; i < 60_000; i++) ref = b.apply(i % 2 === 0 ? 'exp' : 'sqrt', ref);
  expect(() => lowerToOnnx(finished(b, [{ name: 'y', role: 'value', ref }]))).toThrowError(
    expect.objectContaining({ code: 'convert/depth' }),
  );
});

test('a set without members matches nothing, whatever the feature is', () => {
  for (const type of ['string', 'int64', 'float64'] as const) {
    const b = new IrBuilder();
    const x = b.input({ name: 'x', type, shape: [], optional: type !== 'int64' });
    const splits = new SplitsBuilder();
    const root = splits.splitIn(0, []);
    const [yes, no] = [splits.leaf(), splits.leaf()];
    splits.link(root, yes, no, yes);
    splits.root(root);
    const leaves = Float64Array.of(1, 2);
    const trees = b.trees('float32', { features: [x], splits: splits.finish(), width: 1, leaves, combine: 'sum' });
    const model = lowerToOnnx(finished(b, [{ name: 'y', role: 'value', ref: b.element(trees, 0) }]));
    const rows = type === 'string' ? [['a'], ['']] : [[0], [-1], [3]];
    const got = scoresOf(
      model,
      ['x'],
      rows.map((row) => row.map((cell) => [cell === '' ? null : cell])),
    );
    expect(Object.values(got)[0]!.flat(), type).toEqual(type === 'string' ? [2, 1] : [2, 2, 2]);
  }
});
