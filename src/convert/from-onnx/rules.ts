import type { Rule } from './call.js';
import { ELEMENTWISE_RULES } from './rules-elementwise.js';
import { ENCODE_RULES_ML } from './rules-encode.js';
import { LINEAR_RULES, LINEAR_RULES_ML } from './rules-linear.js';
import { REDUCE_RULES, REDUCE_RULES_ML } from './rules-reduce.js';
import { SHAPE_RULES, SHAPE_RULES_ML } from './rules-shape.js';
import { TREE_RULES_ML } from './rules-trees.js';

/** How each operator is moved; a text says why it is not. */
export type Entry = Rule | string;

const NOT_YET = 'is not moved yet';
const TEXT = 'works on text inside a column, which the other formats do not share';

/** Operators of ai.onnx. */
const MAIN: Readonly<Record<string, Entry>> = {
  ...ELEMENTWISE_RULES,
  ...SHAPE_RULES,
  ...REDUCE_RULES,
  ...LINEAR_RULES,
  If: 'branches over a whole batch of rows',
  Loop: 'repeats over a whole batch of rows',
  Scan: 'runs over a whole batch of rows',
  OneHot: NOT_YET,
  Range: NOT_YET,
  NonZero: 'has a result whose size depends on the values',
  Unique: 'has a result whose size depends on the values',
  StringSplit: TEXT,
  RegexFullMatch: TEXT,
  StringNormalizer: TEXT,
  TfIdfVectorizer: TEXT,
};

/** Operators of ai.onnx.ml. */
const ML: Readonly<Record<string, Entry>> = {
  ...ENCODE_RULES_ML,
  ...LINEAR_RULES_ML,
  ...REDUCE_RULES_ML,
  ...SHAPE_RULES_ML,
  ...TREE_RULES_ML,
  SVMClassifier: 'has support vectors, which are not moved yet',
  SVMRegressor: 'has support vectors, which are not moved yet',
  DictVectorizer: 'takes a dictionary a row, which the other formats lack',
  CastMap: 'takes a dictionary a row, which the other formats lack',
};

export const RULES: ReadonlyMap<string, Readonly<Record<string, Entry>>> = new Map([
  ['', MAIN],
  ['ai.onnx', MAIN],
  ['ai.onnx.ml', ML],
]);
