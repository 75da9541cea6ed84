import type { ElementType } from '../../element-types.js';
import { elementTypeOf } from '../../element-types.js';
import { badAttribute, wrongShape, wrongType } from '../../errors.js';
import { dimsAt, elementAt, type NodeFacts, type Rule, type Rules, rankedAt, typeAt } from '../facts.js';
import { type Dim, dimsText, mapOf, sequenceOf } from '../value-type.js';

const same: Rule = (node) => ({ dims: dimsAt(node, 0) });

/** The number of rows: an input of one axis is one row. */
function rowsOf(node: NodeFacts): Dim {
  const x = dimsAt(node, 0);
  if (x === undefined) return undefined;
  if (x.length === 0) throw wrongShape('the input has no axis', { expected: 'rank 1 or 2', got: dimsText(x) });
  return x.length === 1 ? 1 : x[0];
}

/** The type and the number of the classes. */
function labelsOf(node: NodeFacts): { element: ElementType; count: number } {
  const texts = node.attributes.has('classlabels_strings') ? countOf(node, 'classlabels_strings') : 0;
  if (texts > 0) return { element: 'string', count: texts };
  const name = node.attributes.has('classlabels_int64s') ? 'classlabels_int64s' : 'classlabels_ints';
  return { element: 'int64', count: node.attributes.has(name) ? countOf(node, name) : 0 };
}

function countOf(node: NodeFacts, name: string): number {
  const attribute = node.attributes.get(name);
  return attribute?.strings?.length ?? attribute?.ints?.length ?? attribute?.floats?.length ?? 0;
}

/** Scores of one column stand for two classes; what an engine makes of them depends on its post_transform. */
function classifier(width: (node: NodeFacts, classes: number) => Dim, least = 1): Rule {
  return (node) => {
    rankedAt(node, 0, least, 2);
    const { element, count } = labelsOf(node);
    if (count === 0) throw badAttribute('classlabels_strings', 'the operator has no class labels');
    const rows = rowsOf(node);
    return [
      { dims: [rows], element },
      { dims: [rows, width(node, count)], element: 'float' },
    ];
  };
}

function svmWidth(node: NodeFacts, classes: number): Dim {
  const isLinear = countOf(node, 'vectors_per_class') === 0;
  if (isLinear || countOf(node, 'prob_a') > 0) return classes;
  const pairs = (classes * (classes - 1)) / 2;
  return classes === 2 ? undefined : pairs;
}

const targets =
  (attribute: string, least = 1): Rule =>
  (node) => {
    rankedAt(node, 0, least, 2);
    return { dims: [rowsOf(node), node.attributes.int(attribute, 1)] };
  };

/** Lists that must be as long as the first. Errors: `onnx/bad-attribute`. */
function sameLength(node: NodeFacts, first: string, others: readonly string[]): void {
  const length = countOf(node, first);
  if (length === 0) throw badAttribute(first, 'the operator cannot do without the attribute');
  for (const name of others)
    if (countOf(node, name) !== length)
      throw badAttribute(name, `the list is not as long as ${first}`, {
        expected: String(length),
        got: String(countOf(node, name)),
      });
}

/** The lists of an older tree ensemble run side by side, an entry for each node and for each weight of a leaf. */
const trees =
  (rule: Rule, leaf: 'target' | 'class'): Rule =>
  (node) => {
    const unless = (name: string): string[] => (node.attributes.has(`${name}_as_tensor`) ? [] : [name]);
    const nodes = 'treeids featureids modes truenodeids falsenodeids'.split(' ').map((name) => `nodes_${name}`);
    sameLength(node, 'nodes_nodeids', [...nodes, ...unless('nodes_values')]);
    sameLength(node, `${leaf}_nodeids`, [`${leaf}_treeids`, `${leaf}_ids`, ...unless(`${leaf}_weights`)]);
    if (leaf === 'target' && !node.attributes.has('n_targets'))
      throw badAttribute('n_targets', 'the operator cannot do without the attribute');
    return rule(node);
  };

/** Attributes without which nothing can be computed, though the schema lets them be absent. */
const needing =
  (rule: Rule, ...names: string[]): Rule =>
  (node) => {
    for (const name of names)
      if (countOf(node, name) === 0) throw badAttribute(name, 'the operator cannot do without the attribute');
    return rule(node);
  };

const castMap: Rule = (node) => {
  const to = node.attributes.string('cast_to', 'TO_FLOAT');
  const types: Readonly<Record<string, ElementType>> = { TO_FLOAT: 'float', TO_STRING: 'string', TO_INT64: 'int64' };
  const element = types[to];
  if (element === undefined)
    throw badAttribute('cast_to', 'the attribute has no such value', {
      expected: Object.keys(types).join(', '),
      got: to,
    });
  const isSparse = node.attributes.string('map_form', 'DENSE') === 'SPARSE';
  return { element, dims: [1, isSparse ? node.attributes.int('max_map', 1) : undefined] };
};

const categoryMapper: Rule = (node) => {
  const from = elementAt(node, 0);
  return { element: from === undefined ? undefined : from === 'string' ? 'int64' : 'string', dims: dimsAt(node, 0) };
};

const dictVectorizer: Rule = (node) => {
  const words = node.attributes.has('string_vocabulary') ? 'string_vocabulary' : 'int64_vocabulary';
  return { element: typeAt(node, 0)?.inner?.element, dims: [1, countOf(node, words)] };
};

const featureVectorizer: Rule = (node) => {
  const widths = node.attributes.ints('inputdimensions');
  return { dims: [rowsOf(node), widths?.reduce((sum, width) => sum + width, 0)] };
};

const imputer: Rule = (node) => {
  if (countOf(node, 'imputed_value_floats') + countOf(node, 'imputed_value_int64s') === 0)
    throw badAttribute('imputed_value_floats', 'the operator has no values to put in');
  return same(node);
};

/** The type of the keys that a label encoder knows. */
function keyType(node: NodeFacts): ElementType | undefined {
  const { attributes } = node;
  if (attributes.has('keys_tensor')) return elementTypeOf(attributes.tensor('keys_tensor')?.data_type);
  if (attributes.has('keys_strings')) return 'string';
  if (attributes.has('keys_int64s')) return 'int64';
  if (attributes.has('keys_floats')) return 'float';
  throw badAttribute('keys_strings', 'the operator has no keys');
}

const labelEncoder: Rule = (node) => {
  const { attributes } = node;
  const dims = dimsAt(node, 0);
  if (node.version >= 2) {
    const [keys, given] = [keyType(node), elementAt(node, 0)];
    if (keys !== undefined && given !== undefined && keys !== given)
      throw wrongType('the input is not of the type of the keys', {
        expected: `tensor(${keys})`,
        got: `tensor(${given})`,
      });
  }
  if (node.version < 2) {
    const from = elementAt(node, 0);
    return { element: from === undefined ? undefined : from === 'string' ? 'int64' : 'string', dims };
  }
  if (attributes.has('values_tensor'))
    return { element: elementTypeOf(attributes.tensor('values_tensor')?.data_type), dims };
  if (attributes.has('values_strings')) return { element: 'string', dims };
  if (attributes.has('values_int64s')) return { element: 'int64', dims };
  if (attributes.has('values_floats')) return { element: 'float', dims };
  throw badAttribute('values_strings', 'the operator has no values');
};

const oneHotEncoder: Rule = (node) => {
  const x = dimsAt(node, 0);
  const count = countOf(node, 'cats_strings') || countOf(node, 'cats_int64s');
  return { dims: x === undefined ? undefined : [...x, count] };
};

const zipMap: Rule = (node) => {
  const { element, count } = labelsOf(node);
  if (count === 0) throw badAttribute('classlabels_strings', 'the operator has no class labels');
  rankedAt(node, 0, 1, 2);
  return { type: sequenceOf(mapOf(element, 'float')) };
};

/** Inputs from `from` on that the outputs are new versions of: every second, third … part of them. */
function stepped(parts: number, kept: readonly number[]): Rule {
  return (node) => {
    const each = (node.inputs.length - 2) / parts;
    if (!Number.isInteger(each))
      throw wrongShape('the inputs do not come in equal parts', {
        expected: `2 and a multiple of ${parts}`,
        got: String(node.inputs.length),
      });
    return kept.flatMap((part) =>
      Array.from({ length: each }, (_, i) => ({ type: node.inputs[2 + part * each + i]?.type })),
    );
  };
}

const gradient: Rule = (node) => {
  const xs = node.attributes.strings('xs') ?? [];
  return xs.map((_, i) => ({ type: node.inputs[i]?.type }));
};

export const ML: Rules = {
  'ai.onnx.ml/Binarizer': same,
  'ai.onnx.ml/CastMap': castMap,
  'ai.onnx.ml/CategoryMapper': categoryMapper,
  'ai.onnx.ml/DictVectorizer': dictVectorizer,
  'ai.onnx.ml/FeatureVectorizer': featureVectorizer,
  'ai.onnx.ml/Imputer': imputer,
  'ai.onnx.ml/LabelEncoder': labelEncoder,
  'ai.onnx.ml/LinearClassifier': needing(
    classifier((_, classes) => classes),
    'coefficients',
  ),
  'ai.onnx.ml/LinearRegressor': needing(targets('targets'), 'coefficients'),
  'ai.onnx.ml/Normalizer': same,
  'ai.onnx.ml/OneHotEncoder': oneHotEncoder,
  'ai.onnx.ml/SVMClassifier': classifier(svmWidth),
  'ai.onnx.ml/SVMRegressor': (node) => ({ dims: [rowsOf(node), 1] }),
  'ai.onnx.ml/Scaler': needing(same, 'scale', 'offset'),
  'ai.onnx.ml/TreeEnsemble': targets('n_targets', 2),
  'ai.onnx.ml/TreeEnsembleClassifier': trees(
    classifier((_, classes) => classes, 2),
    'class',
  ),
  'ai.onnx.ml/TreeEnsembleRegressor': trees(targets('n_targets', 2), 'target'),
  'ai.onnx.ml/ZipMap': zipMap,
  'ai.onnx.preview.training/Adagrad': stepped(3, [0, 2]),
  'ai.onnx.preview.training/Adam': stepped(4, [0, 2, 3]),
  'ai.onnx.preview.training/Gradient': gradient,
  'ai.onnx.preview.training/Momentum': stepped(3, [0, 2]),
};
