import type { ElementType } from '../../../src/onnx/element-types.js';
import { tensorToProto } from '../../../src/onnx/evaluate/tensor.js';
import { type OnnxMap, type Tensor, tensorOf } from '../../../src/onnx/index.js';
import type { OperatorSchema } from '../../../src/onnx/operator-schemas.js';
import { type Generator, typed } from './case.js';
import type { Draw } from './draw.js';

const many = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const numbers = (draw: Draw, count: number): number[] => many(count, () => 6 * draw.next() - 3);
const POST = ['NONE', 'LOGISTIC', 'SOFTMAX', 'SOFTMAX_ZERO', 'PROBIT'];
const NUMERIC: readonly ElementType[] = ['float', 'double', 'int32', 'int64'];

const matrix = (draw: Draw, schema: OperatorSchema, columns: number, parameter = 'T'): Tensor =>
  draw.tensor(draw.type(typed(schema, parameter), NUMERIC), [draw.pick([1, 1, 2, 5]), columns], 'plain');

const labels = (draw: Draw, count: number): Record<string, unknown> =>
  draw.chance(0.5)
    ? { classlabels_ints: many(count, (i) => i), classlabels_int64s: many(count, (i) => i) }
    : { classlabels_strings: many(count, (i) => `c${i}`) };

const linearRegressor: Generator = (draw) => {
  const [columns, targets] = [draw.int(1, 20), draw.int(1, 3)];
  return {
    inputs: [draw.tensor('float', [draw.pick([1, 2, 5]), columns])],
    attributes: {
      coefficients: numbers(draw, columns * targets),
      intercepts: draw.chance(0.7) ? numbers(draw, targets) : undefined,
      targets,
      post_transform: draw.pick(targets === 1 ? ['NONE', 'LOGISTIC'] : ['NONE', 'LOGISTIC', 'SOFTMAX', 'SOFTMAX_ZERO']),
    },
  };
};

const linearClassifier: Generator = (draw, schema) => {
  const [columns, classes] = [draw.int(1, 20), draw.int(2, 4)];
  return {
    inputs: [matrix(draw, schema, columns, 'T1')],
    attributes: {
      coefficients: numbers(draw, columns * classes),
      intercepts: numbers(draw, classes),
      multi_class: draw.int(0, 1),
      post_transform: draw.pick(['NONE', 'LOGISTIC', 'SOFTMAX', 'SOFTMAX_ZERO']),
      ...labels(draw, classes),
    },
  };
};

interface Nodes {
  readonly ids: number[];
  readonly trees: number[];
  readonly features: number[];
  readonly modes: string[];
  readonly values: number[];
  readonly yes: number[];
  readonly no: number[];
  readonly missing: number[];
  readonly leaves: { tree: number; node: number }[];
}

const MODES = ['BRANCH_LEQ', 'BRANCH_LT', 'BRANCH_GTE', 'BRANCH_GT', 'BRANCH_EQ', 'BRANCH_NEQ'];

function forest(draw: Draw, trees: number, columns: number): Nodes {
  const nodes: Nodes = {
    ids: [],
    trees: [],
    features: [],
    modes: [],
    values: [],
    yes: [],
    no: [],
    missing: [],
    leaves: [],
  };
  const mixed = draw.chance(0.4);
  const mode = draw.pick(MODES);
  for (let tree = 0; tree < trees; tree++) {
    let id = 0;
    const grow = (depth: number): number => {
      const node = id++;
      const at = nodes.ids.length;
      const leaf = depth === 0 || (depth < 3 && draw.chance(0.25));
      nodes.ids.push(node);
      nodes.trees.push(tree);
      nodes.features.push(leaf ? 0 : draw.int(0, columns - 1));
      nodes.modes.push(leaf ? 'LEAF' : mixed ? draw.pick(MODES) : mode);
      nodes.values.push(leaf ? 0 : draw.chance(0.5) ? draw.int(-2, 2) : Math.fround(4 * draw.next() - 2));
      nodes.missing.push(draw.int(0, 1));
      nodes.yes.push(0);
      nodes.no.push(0);
      if (leaf) nodes.leaves.push({ tree, node });
      else {
        nodes.yes[at] = grow(depth - 1);
        nodes.no[at] = grow(depth - 1);
      }
      return node;
    };
    grow(draw.int(1, 4));
  }
  return nodes;
}

const treeInput = (draw: Draw, schema: OperatorSchema, columns: number, parameter: string): Tensor => {
  const type = draw.type(typed(schema, parameter), NUMERIC);
  const dims = [draw.pick([1, 3, 7]), columns];
  const mood = draw.pick(['plain', 'whole', 'wild'] as const);
  return draw.tensor(type, dims, type === 'float' || type === 'double' ? mood : 'plain');
};

function nodeAttributes(draw: Draw, nodes: Nodes, double: boolean): Record<string, unknown> {
  return {
    nodes_nodeids: nodes.ids,
    nodes_treeids: nodes.trees,
    nodes_featureids: nodes.features,
    nodes_modes: nodes.modes,
    nodes_truenodeids: nodes.yes,
    nodes_falsenodeids: nodes.no,
    nodes_missing_value_tracks_true: draw.chance(0.5) ? nodes.missing : undefined,
    ...(double
      ? { nodes_values_as_tensor: tensorToProto(tensorOf('double', nodes.values)) }
      : { nodes_values: nodes.values }),
  };
}

const list = (double: boolean, name: string, values: readonly number[] | undefined): Record<string, unknown> => {
  if (values === undefined) return {};
  return double ? { [`${name}_as_tensor`]: tensorToProto(tensorOf('double', values)) } : { [name]: values };
};

const treeRegressor: Generator = (draw, schema) => {
  const [trees, columns, targets] = [draw.int(1, 12), draw.int(1, 4), draw.pick([1, 1, 2, 3])];
  const nodes = forest(draw, trees, columns);
  const x = treeInput(draw, schema, columns, 'T');
  const double = schema.since >= 3 && x.type === 'double';
  const votes = nodes.leaves.flatMap(({ tree, node }) => {
    const targetsOf = draw.shuffled(many(targets, (i) => i)).slice(0, draw.int(1, targets));
    return targetsOf.map((target) => ({ tree, node, target, weight: 4 * draw.next() - 2 }));
  });
  return {
    inputs: [x],
    attributes: {
      ...nodeAttributes(draw, nodes, double),
      target_treeids: votes.map((vote) => vote.tree),
      target_nodeids: votes.map((vote) => vote.node),
      target_ids: votes.map((vote) => vote.target),
      ...list(
        double,
        'target_weights',
        votes.map((vote) => vote.weight),
      ),
      ...list(double, 'base_values', draw.chance(0.5) ? numbers(draw, targets) : undefined),
      n_targets: targets,
      aggregate_function: draw.pick(['SUM', 'SUM', 'AVERAGE', 'MIN', 'MAX']),
      post_transform: draw.pick(targets === 1 ? ['NONE'] : ['NONE', 'LOGISTIC', 'SOFTMAX', 'SOFTMAX_ZERO']),
    },
  };
};

const treeClassifier: Generator = (draw, schema) => {
  const [trees, columns, classes] = [draw.int(1, 12), draw.int(1, 4), draw.int(2, 4)];
  const nodes = forest(draw, trees, columns);
  const x = treeInput(draw, schema, columns, 'T1');
  const double = schema.since >= 3 && x.type === 'double';
  const single = classes === 2 && draw.chance(0.5);
  const sign = draw.pick([0, 1]);
  const votes = nodes.leaves.flatMap(({ tree, node }) =>
    many(single ? 1 : classes, (target) => ({ tree, node, target, weight: 2 * draw.next() - sign })),
  );
  const post = draw.pick(POST.slice(0, 4));
  return {
    inputs: [x],
    attributes: {
      ...nodeAttributes(draw, nodes, double),
      class_treeids: votes.map((vote) => vote.tree),
      class_nodeids: votes.map((vote) => vote.node),
      class_ids: votes.map((vote) => vote.target),
      ...list(
        double,
        'class_weights',
        votes.map((vote) => vote.weight),
      ),
      ...list(double, 'base_values', draw.chance(0.4) ? numbers(draw, single ? 1 : classes) : undefined),
      post_transform: post,
      ...labels(draw, classes),
    },
  };
};

const treeEnsemble: Generator = (draw, schema) => {
  const [trees, columns, targets] = [draw.int(1, 8), draw.int(1, 4), draw.int(1, 3)];
  const type = draw.type(typed(schema), ['float', 'double']);
  const features: number[] = [];
  const modes: number[] = [];
  const splits: number[] = [];
  const missing: number[] = [];
  const children: [number, number, number, number][] = [];
  const weights: number[] = [];
  const targetIds: number[] = [];
  const roots: number[] = [];
  const leaf = (): number => {
    weights.push(4 * draw.next() - 2);
    targetIds.push(draw.int(0, targets - 1));
    return weights.length - 1;
  };
  const grow = (depth: number): number => {
    const at = features.length;
    features.push(draw.int(0, columns - 1));
    modes.push(draw.int(0, 5));
    splits.push(draw.int(-2, 2));
    missing.push(draw.int(0, 1));
    children.push([0, 0, 0, 0]);
    const branch = (): [number, number] => (depth === 1 || draw.chance(0.3) ? [1, leaf()] : [0, grow(depth - 1)]);
    const [yesLeaf, yes] = branch();
    const [noLeaf, no] = branch();
    children[at] = [yesLeaf, yes, noLeaf, no];
    return at;
  };
  for (let tree = 0; tree < trees; tree++) roots.push(grow(draw.int(1, 4)));
  return {
    inputs: [draw.tensor(type, [draw.pick([1, 4]), columns], draw.pick(['plain', 'whole', 'wild']))],
    attributes: {
      n_targets: targets,
      aggregate_function: draw.pick([0, 1, 1, 2, 3]),
      post_transform: 0,
      tree_roots: roots,
      nodes_featureids: features,
      nodes_modes: tensorToProto(tensorOf('uint8', modes)),
      nodes_splits: tensorToProto(tensorOf(type, splits)),
      nodes_missing_value_tracks_true: missing,
      nodes_trueleafs: children.map((child) => child[0]),
      nodes_truenodeids: children.map((child) => child[1]),
      nodes_falseleafs: children.map((child) => child[2]),
      nodes_falsenodeids: children.map((child) => child[3]),
      leaf_weights: tensorToProto(tensorOf(type, weights)),
      leaf_targetids: targetIds,
    },
  };
};

const kernel = (draw: Draw): Record<string, unknown> => ({
  kernel_type: draw.pick(['LINEAR', 'POLY', 'RBF', 'SIGMOID']),
  kernel_params: [draw.pick([0.5, 0.1]), draw.pick([0, 1]), draw.pick([2, 3])],
});

const svmRegressor: Generator = (draw) => {
  const [columns, supports] = [draw.int(1, 10), draw.int(1, 6)];
  return {
    inputs: [draw.tensor('float', [draw.pick([1, 2, 5]), columns], 'unit')],
    attributes: {
      ...kernel(draw),
      coefficients: numbers(draw, supports),
      support_vectors: numbers(draw, supports * columns),
      n_supports: supports,
      rho: numbers(draw, 1),
      one_class: draw.int(0, 1),
    },
  };
};

const svmClassifier: Generator = (draw, schema) => {
  const [columns, classes] = [draw.int(1, 10), draw.int(2, 4)];
  const perClass = many(classes, () => draw.int(1, 3));
  const supports = perClass.reduce((a, b) => a + b, 0);
  const pairs = (classes * (classes - 1)) / 2;
  const probable = draw.chance(0.5);
  return {
    inputs: [matrix(draw, schema, columns, 'T1')],
    attributes: {
      ...kernel(draw),
      vectors_per_class: perClass,
      support_vectors: numbers(draw, supports * columns),
      coefficients: numbers(draw, supports * (classes - 1)),
      rho: numbers(draw, pairs),
      prob_a: probable ? numbers(draw, pairs).map((v) => -Math.abs(v)) : undefined,
      prob_b: probable ? numbers(draw, pairs) : undefined,
      post_transform: draw.pick(['NONE', 'NONE', 'LOGISTIC', 'SOFTMAX']),
      ...labels(draw, classes),
    },
  };
};

const scaler: Generator = (draw, schema) => {
  const columns = draw.int(1, 4);
  const each = draw.chance(0.7);
  return {
    inputs: [matrix(draw, schema, columns)],
    attributes: { offset: numbers(draw, each ? columns : 1), scale: numbers(draw, each ? columns : 1) },
  };
};

const normalizer: Generator = (draw, schema) => ({
  inputs: [matrix(draw, schema, draw.int(1, 5))],
  attributes: { norm: draw.pick(['MAX', 'L1', 'L2']) },
});

const imputer: Generator = (draw, schema) => {
  const columns = draw.int(1, 4);
  const type = draw.type(typed(schema), NUMERIC);
  const count = draw.chance(0.5) ? columns : 1;
  const integral = type === 'int32' || type === 'int64';
  const x = draw.tensor(type, [draw.int(1, 3), columns], integral ? 'ties' : 'wild');
  if (integral)
    return { inputs: [x], attributes: { imputed_value_int64s: many(count, (i) => 10 + i), replaced_value_int64: 1 } };
  return {
    inputs: [x],
    attributes: { imputed_value_floats: numbers(draw, count), replaced_value_float: draw.pick([Number.NaN, 0]) },
  };
};

const KINDS: Readonly<Record<string, { readonly name: string; readonly values: readonly unknown[] }>> = {
  float: { name: 'floats', values: [0, 1, -1, 2, 0.5] },
  int64: { name: 'int64s', values: [0, 1, 2, 5, -9] },
  string: { name: 'strings', values: ['', 'a', 'b', 'ab', 'The'] },
};

const labelEncoder: Generator = (draw, schema) => {
  const kinds = schema.since === 1 ? ['int64', 'string'] : ['float', 'int64', 'string'];
  const from = draw.pick(kinds) as 'float' | 'int64' | 'string';
  const to = draw.pick(schema.since === 1 ? kinds.filter((kind) => kind !== from) : kinds);
  const x = draw.tensor(from, draw.dims(1, 3), from === 'string' ? 'wild' : 'whole');
  if (schema.since === 1)
    return {
      inputs: [x],
      attributes: { classes_strings: ['a', 'b', 'The', 'zero'], default_string: 'no', default_int64: -7 },
    };
  const keys = KINDS[from];
  const values = KINDS[to];
  return {
    inputs: [x],
    attributes: {
      [`keys_${keys?.name}`]: keys?.values,
      [`values_${values?.name}`]: draw.shuffled(values?.values ?? []),
      default_string: draw.chance(0.5) ? 'none' : undefined,
      default_int64: draw.chance(0.5) ? 77 : undefined,
      default_float: draw.chance(0.5) ? 7.5 : undefined,
    },
  };
};

const categoryMapper: Generator = (draw) => ({
  inputs: [draw.tensor(draw.pick(['int64', 'string']), draw.dims(1, 3))],
  attributes: {
    cats_int64s: [0, 1, 2, 5],
    cats_strings: ['a', 'b', '', 'The'],
    default_int64: draw.chance(0.5) ? -7 : undefined,
    default_string: draw.chance(0.5) ? 'none' : undefined,
  },
});

const oneHotEncoder: Generator = (draw, schema) => {
  const type = draw.type(typed(schema), ['int64', 'string', 'float', 'double', 'int32']);
  return {
    inputs: [draw.tensor(type, draw.dims(1, 3), 'whole')],
    attributes:
      type === 'string' ? { cats_strings: ['a', 'b', 'ab'], zeros: 1 } : { cats_int64s: [0, 1, 3, -2], zeros: 1 },
  };
};

const featureVectorizer: Generator = (draw, schema) => {
  const type = draw.type(typed(schema, 'T1'), NUMERIC);
  const rows = draw.int(1, 3);
  const widths = many(draw.int(1, 3), () => draw.int(1, 3));
  return { inputs: widths.map((width) => draw.tensor(type, [rows, width])), attributes: { inputdimensions: widths } };
};

const arrayFeatureExtractor: Generator = (draw, schema) => {
  const dims = draw.dims(1, 3).map((size) => Math.max(size, 1));
  const last = dims.at(-1) ?? 1;
  return {
    inputs: [
      draw.tensor(draw.type(typed(schema), [...NUMERIC, 'string']), dims),
      tensorOf(
        'int64',
        many(draw.int(1, 4), () => draw.int(0, last - 1)),
      ),
    ],
  };
};

const zipMap: Generator = (draw) => {
  const classes = draw.int(1, 4);
  const { classlabels_int64s, classlabels_strings } = labels(draw, classes);
  return {
    inputs: [draw.tensor('float', [draw.int(1, 3), classes])],
    attributes: { classlabels_int64s, classlabels_strings },
  };
};

/** The engine's Python binding takes maps to float only. */
function mapOf(draw: Draw, keyType: 'int64' | 'string'): OnnxMap {
  const keys = keyType === 'int64' ? [0n, 1n, 2n, 5n, 7n] : ['a', 'b', 'ab', 'x y', 'The'];
  const entries = draw.shuffled<string | bigint>(keys).slice(0, draw.int(1, 5)).sort();
  return {
    kind: 'map',
    keyType,
    valueType: 'float',
    entries: new Map(entries.map((key) => [key, draw.int(-40, 40) / 8])),
  };
}

const castMap: Generator = (draw) => ({
  inputs: [mapOf(draw, 'int64')],
  attributes: {
    cast_to: draw.pick(['TO_FLOAT', 'TO_STRING', 'TO_INT64']),
    ...draw.pick([{ map_form: 'DENSE' }, { map_form: 'SPARSE', max_map: 9 }]),
  },
});

const dictVectorizer: Generator = (draw) => {
  const key = draw.pick(['int64', 'string'] as const);
  const vocabulary =
    key === 'int64' ? { int64_vocabulary: [5, 0, 3, 1] } : { string_vocabulary: ['The', 'a', 'zz', 'ab'] };
  return {
    inputs: [mapOf(draw, key)],
    attributes: vocabulary,
  };
};

export const LEARNERS: Readonly<Record<string, Generator>> = {
  'ai.onnx.ml/ArrayFeatureExtractor': arrayFeatureExtractor,
  'ai.onnx.ml/Binarizer': (draw, schema) => ({
    inputs: [draw.tensor(draw.type(typed(schema), NUMERIC), draw.dims(1, 3), 'wild')],
    attributes: { threshold: draw.pick([0, 0.5, -1]) },
  }),
  'ai.onnx.ml/CastMap': castMap,
  'ai.onnx.ml/CategoryMapper': categoryMapper,
  'ai.onnx.ml/DictVectorizer': dictVectorizer,
  'ai.onnx.ml/FeatureVectorizer': featureVectorizer,
  'ai.onnx.ml/Imputer': imputer,
  'ai.onnx.ml/LabelEncoder': labelEncoder,
  'ai.onnx.ml/LinearClassifier': linearClassifier,
  'ai.onnx.ml/LinearRegressor': linearRegressor,
  'ai.onnx.ml/Normalizer': normalizer,
  'ai.onnx.ml/OneHotEncoder': oneHotEncoder,
  'ai.onnx.ml/SVMClassifier': svmClassifier,
  'ai.onnx.ml/SVMRegressor': svmRegressor,
  'ai.onnx.ml/Scaler': scaler,
  'ai.onnx.ml/TreeEnsemble': treeEnsemble,
  'ai.onnx.ml/TreeEnsembleClassifier': treeClassifier,
  'ai.onnx.ml/TreeEnsembleRegressor': treeRegressor,
  'ai.onnx.ml/ZipMap': zipMap,
};
