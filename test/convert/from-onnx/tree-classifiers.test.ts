import { expect, test } from 'vitest';
import { liftOnnx } from '../../../src/convert/from-onnx/index.js';
import { interpret } from '../../../src/ir/interpret.js';
import { attr, ml, model, stump } from './models.js';

/** Leaf weights [leaf, class, weight], post_transform, base values, classes, and what ONNX Runtime 1.32 gives for x = −1 and x = 1. */
type Row = readonly [
  weights: readonly (readonly [number, number, number])[],
  post: string,
  base: readonly number[] | undefined,
  classes: readonly number[],
  labels: readonly [number, number],
  scores: readonly [readonly number[], readonly number[]],
];

const one = (low: number, high: number, id = 0) =>
  [
    [1, id, low],
    [2, id, high],
  ] as const;

const ROWS: readonly Row[] = [
  [
    one(0.2, 0.7),
    'NONE',
    undefined,
    [0, 1],
    [0, 1],
    [
      [0.800000011920929, 0.20000000298023224],
      [0.30000001192092896, 0.699999988079071],
    ],
  ],
  [
    one(0.2, 0.7),
    'NONE',
    [0.25],
    [0, 1],
    [0, 1],
    [
      [0.550000011920929, 0.44999998807907104],
      [0.050000011920928955, 0.949999988079071],
    ],
  ],
  [
    one(0.2, 0.7),
    'NONE',
    [0.25, 0.5],
    [0, 1],
    [0, 1],
    [
      [0.44999998807907104, 0],
      [0.949999988079071, 0],
    ],
  ],
  [
    one(-0.3, 2),
    'NONE',
    undefined,
    [0, 1],
    [0, 1],
    [
      [0.30000001192092896, -0.30000001192092896],
      [-2, 2],
    ],
  ],
  [
    one(-0.3, 2),
    'NONE',
    [0.25],
    [0, 1],
    [0, 1],
    [
      [0.050000011920928955, -0.050000011920928955],
      [-2.25, 2.25],
    ],
  ],
  [
    one(0.5, 3),
    'NONE',
    undefined,
    [0, 1],
    [0, 1],
    [
      [0.5, 0.5],
      [-2, 3],
    ],
  ],
  [
    one(0.5, 3),
    'NONE',
    [0.25],
    [0, 1],
    [1, 1],
    [
      [0.25, 0.75],
      [-2.25, 3.25],
    ],
  ],
  [
    one(0.2, 0.7),
    'LOGISTIC',
    undefined,
    [0, 1],
    [0, 1],
    [
      [0.4501660466194153, 0.5498339533805847],
      [0.3318122625350952, 0.6681877374649048],
    ],
  ],
  [
    one(-0.3, 2),
    'LOGISTIC',
    undefined,
    [0, 1],
    [0, 1],
    [
      [0.5744425058364868, 0.4255574941635132],
      [0.11920297145843506, 0.8807970285415649],
    ],
  ],
  [
    one(-0.3, 2),
    'LOGISTIC',
    [0.25],
    [0, 1],
    [0, 1],
    [
      [0.5124974250793457, 0.4875025749206543],
      [0.09534949064254761, 0.9046505093574524],
    ],
  ],
  [
    one(0.5, 3),
    'SOFTMAX',
    undefined,
    [0, 1],
    [0, 1],
    [
      [0.5, 0.5],
      [-2, 3],
    ],
  ],
  [
    one(0.2, 0.7, 1),
    'NONE',
    undefined,
    [0, 1],
    [0, 1],
    [
      [0, 0.20000000298023224],
      [0, 0.699999988079071],
    ],
  ],
  [
    one(-0.3, 2, 1),
    'LOGISTIC',
    [0.25],
    [0, 1],
    [0, 1],
    [
      [0.5, 0.4255574941635132],
      [0.5, 0.8807970285415649],
    ],
  ],
  [
    one(-0.3, 2, 1),
    'NONE',
    [0.25, 0.5],
    [0, 1],
    [1, 1],
    [
      [0, 0.5],
      [0, 0.5],
    ],
  ],
  [
    one(0.2, 0.7, 1),
    'SOFTMAX',
    undefined,
    [0, 1],
    [0, 1],
    [
      [0.4501659870147705, 0.5498339533805847],
      [0.33181220293045044, 0.6681877374649048],
    ],
  ],
  [
    [
      [1, 0, 0.2],
      [1, 1, 0.8],
      [2, 0, 0.6],
      [2, 1, 0.4],
    ],
    'NONE',
    undefined,
    [0, 1],
    [1, 1],
    [
      [0.20000000298023224, 0.800000011920929],
      [0.6000000238418579, 0.4000000059604645],
    ],
  ],
  [
    [
      [1, 0, 0.2],
      [1, 1, 0.8],
      [2, 0, 0.6],
      [2, 1, 0.4],
    ],
    'NONE',
    [0.25, 0.5],
    [0, 1],
    [1, 1],
    [
      [-0.699999988079071, 0.699999988079071],
      [-1.100000023841858, 1.100000023841858],
    ],
  ],
  [
    [
      [1, 0, -0.2],
      [1, 1, -0.8],
      [2, 0, 0.6],
      [2, 1, 0.7],
    ],
    'LOGISTIC',
    undefined,
    [0, 1],
    [0, 1],
    [
      [0.4501660466194153, 0.31002551317214966],
      [0.6456562876701355, 0.6681877374649048],
    ],
  ],
  [
    [
      [1, 0, -0.2],
      [2, 1, 0.6],
    ],
    'NONE',
    [0.25, 0.1, 0.3],
    [5, 6, 7],
    [7, 6],
    [
      [0.04999999701976776, 0.10000000149011612, 0.30000001192092896],
      [0.25, 0.7000000476837158, 0.30000001192092896],
    ],
  ],
];

test.each(ROWS)(
  'TreeEnsembleClassifier %j %s base %j answers as ONNX Runtime',
  (weights, post, base, classes, labels, scores) => {
    const attributes = [
      ...stump('class', weights),
      attr.ints('classlabels_int64s', classes),
      attr.text('post_transform', post),
      ...(base === undefined ? [] : [attr.floats('base_values', base)]),
    ];
    const program = liftOnnx(
      model(
        [ml('TreeEnsembleClassifier', ['X'], ['label', 'scores'], attributes)],
        [{ name: 'X', kind: 'float32', columns: 1 }],
        [
          { name: 'label', kind: 'int64' },
          { name: 'scores', kind: 'float32', columns: classes.length },
        ],
      ),
    );
    for (const [index, x] of [-1, 1].entries()) {
      const [label, given] = interpret(program, [[x]]);
      expect(label!.map(Number)).toEqual([labels[index]]);
      for (const [column, score] of scores[index]!.entries()) expect(given![column]).toBeCloseTo(score, 6);
    }
    expect(program.task).toBe('classification');
    expect(program.target?.classes).toEqual(classes);
  },
);

test('a class that only some leaves score cannot be moved where it could win over negative scores', () => {
  const attributes = [
    ...stump('class', [
      [1, 0, -0.2],
      [2, 1, 0.6],
    ]),
    attr.ints('classlabels_int64s', [5, 6, 7]),
    attr.text('post_transform', 'NONE'),
  ];
  const file = model(
    [ml('TreeEnsembleClassifier', ['X'], ['label', 'scores'], attributes)],
    [{ name: 'X', kind: 'float32', columns: 1 }],
    [{ name: 'label', kind: 'int64' }],
  );
  expect(() => liftOnnx(file)).toThrowError(
    expect.objectContaining({
      code: 'convert/unscored-class',
      sentence: 'a class that no leaf scores competes with negative scores',
      place: { path: 'TreeEnsembleClassifier "TreeEnsembleClassifier_of_label"' },
    }),
  );
});

/** ONNX Runtime 1.32 leaves a single target as it is, whatever post_transform says. */
test.each([
  ['NONE', 1, [0.800000011920929]],
  ['LOGISTIC', 1, [0.800000011920929]],
  ['LOGISTIC', 2, [0.6899744868278503, 0.4133824110031128]],
  ['SOFTMAX', 2, [0.75951087474823, 0.24048905074596405]],
])('TreeEnsembleRegressor with %s and %d targets', (post, targets, expected) => {
  const weights = (
    [
      [1, 0, 0.3],
      [1, 1, -0.6],
      [2, 0, 0.7],
      [2, 1, 0.9],
    ] as const
  ).filter(([, id]) => id < targets);
  const attributes = [
    ...stump('target', weights),
    attr.int('n_targets', targets),
    attr.text('post_transform', post),
    attr.floats('base_values', [0.5, 0.25].slice(0, targets)),
  ];
  const program = liftOnnx(
    model(
      [ml('TreeEnsembleRegressor', ['X'], ['y'], attributes)],
      [{ name: 'X', kind: 'float32', columns: 1 }],
      [{ name: 'y', kind: 'float32', columns: targets }],
    ),
  );
  const [values] = interpret(program, [[-1]]);
  for (const [index, value] of expected.entries()) expect(values![index]).toBeCloseTo(value, 6);
  expect(program.outputs[0]).toMatchObject({ name: 'y', role: 'value' });
});

test.each([
  ['nodes_truenodeids', [2, 2, 0], 'convert/tree-cycle', 'a tree leads back to one of its own branches'],
  ['nodes_falsenodeids', [9, 0, 0], 'convert/tree-table', 'tree 0 has no node 9'],
  ['nodes_featureids', [7, 0, 0], 'convert/tree-input', 'a branch compares column 7'],
  ['nodes_featureids', [-1, 0, 0], 'convert/tree-table', 'a branch compares column -1'],
])('hostile trees end in an error: %s %j', (name, values, code, sentence) => {
  const attributes = stump('target', [
    [1, 0, 1],
    [2, 0, 2],
  ]).map((each) => (each.name === name ? attr.ints(name, values) : each));
  const modes = attributes.find((each) => each.name === 'nodes_modes')!;
  if (code === 'convert/tree-cycle') {
    // Root → third node → root.
    const leq = new TextEncoder().encode('BRANCH_LEQ');
    modes.strings = [leq, modes.strings![1]!, leq];
    attributes.find((each) => each.name === 'nodes_truenodeids')!.ints = Float64Array.of(2, 0, 2);
    attributes.find((each) => each.name === 'nodes_falsenodeids')!.ints = Float64Array.of(1, 0, 1);
  }
  const file = model(
    [ml('TreeEnsembleRegressor', ['X'], ['y'], [...attributes, attr.int('n_targets', 1)])],
    [{ name: 'X', kind: 'float32', columns: 1 }],
    [{ name: 'y', kind: 'float32', columns: 1 }],
  );
  expect(() => liftOnnx(file)).toThrowError(expect.objectContaining({ code, sentence }));
});
