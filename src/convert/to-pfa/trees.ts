import { constantTrees } from '../../ir/constant-trees.js';
import { type Splits, TEST, TESTS, type Test } from '../../ir/forest.js';
import type { TreesNode } from '../../ir/nodes.js';
import type { Ref } from '../../ir/types.js';
import { declined } from '../declined.js';
import { double, type Json, tree } from './json.js';
import { Names } from './names.js';
import { isFloatKind, PFA_KIND } from './types.js';
import { arrayOf, literal, NAN, narrow, type PfaWriter, strict } from './writer.js';

const OPERATORS: { readonly [T in Test]: string } = {
  lt: '<',
  le: '<=',
  gt: '>',
  ge: '>=',
  eq: '==',
  ne: '!=',
  in: 'in',
  true: 'alwaysTrue',
};

/** Above this many nodes a diagram with shared subtrees is not unfolded. */
const MOST_NODES = 5_000_000;

/**
 * Writes the forest as a cell of trees for model.tree: simpleTree where a missing value always goes where a failed
 * comparison goes anyway; simpleWalk where each node says which of its two branches a missing value takes; else missingWalk
 * with its third branch. Gives the sum (or list) over the trees.
 */
export function writeTrees(writer: PfaWriter, node: TreesNode): Json {
  if (node.features.length === 0) {
    const scalar = { ...node.type, shape: [] as const };
    return arrayOf(
      constantTrees(node).map((score) => literal(score, scalar)),
      node.type,
    );
  }
  const shape = new ForestShape(writer, node);
  const cell = writer.cell('forest', { type: 'array', items: shape.nodeType() }, tree(shape.trees()));
  const score = shape.scoreType();
  const walk = writer.fcn(
    'score',
    [
      ['datum', shape.datumName],
      ['tree', shape.treeName],
    ],
    score,
    shape.present(shape.walk()),
  );
  const scores: Json = { 'a.map': [cell, { fcn: walk, fill: { datum: shape.datum() } }] };
  return combined(writer, node, weighted(writer, node, scores), score);
}

function weighted(writer: PfaWriter, node: TreesNode, scores: Json): Json {
  if (node.weights === undefined) return scores;
  const kind = PFA_KIND[node.type.kind];
  const factors = writer.cell('weights', { type: 'array', items: kind }, [...node.weights].map(double));
  const times: Json =
    node.width === 1
      ? { '*': ['score', 'weight'] }
      : { 'a.map': ['score', { params: [{ x: kind }], ret: kind, do: { '*': ['x', 'weight'] } }] };
  const score = node.width === 1 ? kind : { type: 'array', items: kind };
  return { 'a.zipmap': [scores, factors, { params: [{ score }, { weight: kind }], ret: score, do: times }] };
}

/** The trees' scores added in tree order from 0, each sum rounded to the kind; always an array. */
function combined(writer: PfaWriter, node: TreesNode, scores: Json, score: Json): Json {
  const kind = PFA_KIND[node.type.kind];
  const list = { type: 'array', items: kind };
  if (node.combine === 'each') return node.width === 1 ? scores : { 'a.flatten': [scores] };
  const wrapped = (sum: Json): Json => (node.width === 1 ? { new: [sum], type: list } : sum);
  if (node.combine === 'sum' && kind === 'double' && node.width === 1) return wrapped({ 'a.sum': [scores] });
  const operator = node.combine === 'sum' ? '+' : node.combine;
  const scalar = writer.fcn(
    'combine',
    [
      ['x', kind],
      ['y', kind],
    ],
    kind,
    { [operator]: ['x', 'y'] },
  );
  const both: Json = node.width === 1 ? { [scalar]: ['x', 'y'] } : { 'a.zipmap': ['x', 'y', { fcn: scalar }] };
  return wrapped({ 'a.reduce': [scores, { params: [{ x: score }, { y: score }], ret: score, do: both }] });
}

/** The types and values of one forest's cell. */
class ForestShape {
  readonly #writer: PfaWriter;
  readonly #node: TreesNode;
  readonly #fields: readonly string[];
  readonly #missing: MissingBy;
  /** Some leaf has no score: leaves are then arrays, an empty one where the score is missing. */
  readonly #gaps: boolean;
  readonly #valueTypes: readonly Json[];
  readonly treeName: string;
  readonly datumName: string;
  readonly #fieldsName: string;

  constructor(writer: PfaWriter, node: TreesNode) {
    this.#writer = writer;
    this.#node = node;
    this.treeName = writer.names.take('TreeNode');
    this.datumName = writer.names.take('Datum');
    this.#fieldsName = writer.names.take('Feature');
    const names = new Names();
    this.#fields = node.features.map((ref, index) => {
      const from = writer.node(ref);
      return names.take(from.op === 'input' ? from.field.name : `x${index + 1}`);
    });
    this.#missing = node.features.some((ref) => writer.type(ref).missing) ? missingBy(node.splits) : 'comparison';
    this.#gaps = node.leaves.some(Number.isNaN);
    this.#valueTypes = valueTypes(writer, node);
  }

  /** NaN goes to `fail` under < and <= in PFA by itself; otherwise a missing feature is null in the datum. */
  #fieldType(index: number): Json {
    const type = this.#writer.type(this.#node.features[index]!);
    const kind = type.kind === 'bool' ? 'int' : PFA_KIND[type.kind];
    return type.missing && (this.#asksFirst || !isFloatKind(type.kind)) ? ['null', kind] : kind;
  }

  get #asksFirst(): boolean {
    return this.#missing !== 'comparison';
  }

  datum(): Json {
    const values = this.#node.features.map((ref, index): readonly [string, Json] => {
      const value = this.#writer.value(ref);
      const type = this.#writer.type(ref);
      if (type.kind === 'bool') return [this.#fields[index]!, this.#asNumber(ref)];
      const nullable = Array.isArray(this.#fieldType(index)) && isFloatKind(type.kind);
      return [this.#fields[index]!, nullable ? { if: { 'impute.isnan': [value] }, then: null, else: value } : value];
    });
    const fields = this.#fields.map((name, index) => ({ name, type: this.#fieldType(index) }));
    return { new: Object.fromEntries(values), type: { type: 'record', name: this.datumName, fields } };
  }

  /** PFA's trees do not compare booleans: they are 0 and 1. */
  #asNumber(ref: Ref): Json {
    return strict(this.#writer, [ref], ([value]) => ({ if: value!, then: 1, else: 0 }));
  }

  scoreType(): Json {
    const kind = PFA_KIND[this.#node.type.kind];
    return this.#node.width === 1 ? kind : { type: 'array', items: kind };
  }

  #leafType(): Json {
    return this.#gaps ? { type: 'array', items: PFA_KIND[this.#node.type.kind] } : this.scoreType();
  }

  /** The score that a leaf stands for: NaN where it has none. */
  present(leaf: Json): Json {
    if (!this.#gaps) return leaf;
    const { type, width } = this.#node;
    const nan = narrow(NAN, type);
    const none = width === 1 ? nan : arrayOf(new Array<Json>(width).fill(nan), type);
    const some: Json = width === 1 ? { attr: 'leaf', path: [0] } : 'leaf';
    return { do: [{ let: { leaf } }, { if: { '==': [{ 'a.len': ['leaf'] }, 0] }, then: none, else: some }] };
  }

  nodeType(): Json {
    const child: Json = [this.treeName, this.#leafType()];
    return {
      type: 'record',
      name: this.treeName,
      fields: [
        { name: 'field', type: { type: 'enum', name: this.#fieldsName, symbols: [...this.#fields] } },
        { name: 'operator', type: 'string' },
        { name: 'value', type: this.#valueTypes.length === 1 ? this.#valueTypes[0]! : [...this.#valueTypes] },
        { name: 'pass', type: child },
        { name: 'fail', type: child },
        ...(this.#missing === 'branch' ? [{ name: 'missing', type: child }] : []),
        ...(this.#missing === 'flag' ? [{ name: 'missing', type: 'boolean' }] : []),
      ],
    };
  }

  walk(): Json {
    if (!this.#asksFirst) return { 'model.tree.simpleTree': ['datum', 'tree'] };
    const params: Json = [{ d: this.datumName }, { t: this.treeName }];
    const test: Json = { 'model.tree.missingTest': ['d', 't'] };
    if (this.#missing === 'branch') {
      return { 'model.tree.missingWalk': ['datum', 'tree', { params, ret: ['null', 'boolean'], do: test }] };
    }
    const passes: Json = { ifnotnull: { passes: test }, then: 'passes', else: 't.missing' };
    return { 'model.tree.simpleWalk': ['datum', 'tree', { params, ret: 'boolean', do: passes }] };
  }

  trees(): Json[] {
    const budget = { left: MOST_NODES };
    return [...this.#node.splits.roots].map((root) => {
      const { splits } = this.#node;
      return splits.leaf[root]! >= 0 ? this.#stump(root) : this.#split(root, budget);
    });
  }

  /** A tree that is only a leaf: PFA's trees begin with a test. */
  #stump(leaf: number): Json {
    const score = { [this.#scoreTag()]: this.#score(leaf) };
    return {
      field: this.#fields[0]!,
      operator: 'alwaysTrue',
      value: this.#zero(),
      pass: score,
      fail: score,
      ...(this.#missing === 'branch' ? { missing: score } : {}),
      ...(this.#missing === 'flag' ? { missing: true } : {}),
    };
  }

  #split(index: number, budget: { left: number }): Json {
    const { splits } = this.#node;
    if (--budget.left < 0) {
      throw declined(
        'shared-subtrees',
        `the trees have more than ${MOST_NODES} nodes when shared subtrees are unfolded`,
        this.#node.origin ?? {},
      );
    }
    const finite = finiteTest(TESTS[splits.test[index]!]!, splits.threshold[index]!);
    const { test, flipped } = this.#canonical(finite.test);
    const [whenTrue, whenFalse] = flipped
      ? [splits.whenFalse[index]!, splits.whenTrue[index]!]
      : [splits.whenTrue[index]!, splits.whenFalse[index]!];
    return {
      field: this.#fields[splits.feature[index]!] ?? this.#fields[0]!,
      operator: finite.never === true ? 'alwaysFalse' : OPERATORS[test],
      value: this.#value(index, finite.threshold),
      pass: this.#child(whenTrue, budget),
      fail: this.#child(whenFalse, budget),
      ...(this.#missing === 'branch' ? { missing: this.#child(missingChild(splits, index), budget) } : {}),
      ...(this.#missing === 'flag' ? { missing: missingChild(splits, index) === whenTrue } : {}),
    };
  }

  /** Without a third branch only < and <= send NaN to `fail`, so > and >= are written the other way round. */
  #canonical(test: Test): { test: Test; flipped: boolean } {
    if (this.#asksFirst) return { test, flipped: false };
    if (test === 'gt') return { test: 'le', flipped: true };
    return test === 'ge' ? { test: 'lt', flipped: true } : { test, flipped: false };
  }

  #child(index: number, budget: { left: number }): Json {
    if (this.#node.splits.leaf[index]! >= 0) return { [this.#scoreTag()]: this.#score(index) };
    return { [this.treeName]: this.#split(index, budget) };
  }

  #scoreTag(): string {
    return this.#node.width === 1 && !this.#gaps ? PFA_KIND[this.#node.type.kind] : 'array';
  }

  #score(leaf: number): Json {
    const { width, leaves, splits } = this.#node;
    const from = splits.leaf[leaf]! * width;
    const values = [...leaves.subarray(from, from + width)];
    if (values.every(Number.isNaN)) return [];
    if (!values.every(Number.isFinite)) {
      throw declined(
        'infinite-leaf',
        'a leaf with an infinite or half missing score cannot stand in a PFA document',
        this.#node.origin ?? {},
      );
    }
    return width === 1 && !this.#gaps ? double(values[0]!) : values.map(double);
  }

  #value(index: number, threshold: number): Json {
    const { splits, features } = this.#node;
    const test = splits.test[index]!;
    if (test === TEST.true) return this.#zero();
    const kind = this.#writer.type(features[splits.feature[index]!]!).kind;
    if (test !== TEST.in) return this.#tagged('double', double(threshold));
    const members = splits.sets[splits.threshold[index]!]!;
    const list = kind === 'string' ? members.map(String) : members.map((member) => double(Number(member)));
    return this.#tagged('array', list);
  }

  /** Some value of the right type, for a test that does not look at it. */
  #zero(): Json {
    const double0 = this.#valueTypes.includes('double');
    return double0 ? this.#tagged('double', double(0)) : this.#tagged('array', []);
  }

  #tagged(tag: string, value: Json): Json {
    return this.#valueTypes.length === 1 ? value : { [tag]: value };
  }
}

interface FiniteTest {
  readonly test: Test;
  readonly threshold: number;
  readonly never?: true;
}

const LARGEST = Number.MAX_VALUE;

/** The same test with a threshold that PFA can spell: x < ∞ is x ≤ the largest double, x ≤ ∞ always holds. */
function finiteTest(test: Test, threshold: number): FiniteTest {
  if (test === 'in' || test === 'true' || Number.isFinite(threshold)) return { test, threshold };
  const above = threshold > 0;
  const tests: { readonly [T in Test]?: FiniteTest } = above
    ? {
        lt: { test: 'le', threshold: LARGEST },
        le: { test: 'true', threshold: 0 },
        gt: { test: 'true', threshold: 0, never: true },
        ge: { test: 'gt', threshold: LARGEST },
        eq: { test: 'gt', threshold: LARGEST },
        ne: { test: 'le', threshold: LARGEST },
      }
    : {
        lt: { test: 'true', threshold: 0, never: true },
        le: { test: 'lt', threshold: -LARGEST },
        gt: { test: 'ge', threshold: -LARGEST },
        ge: { test: 'true', threshold: 0 },
        eq: { test: 'lt', threshold: -LARGEST },
        ne: { test: 'ge', threshold: -LARGEST },
      };
  return tests[test]!;
}

/** What tells where a missing feature goes: the comparison itself, a flag of the node, or a third branch. */
type MissingBy = 'comparison' | 'flag' | 'branch';

function missingBy(splits: Splits): MissingBy {
  if (!needsMissing(splits)) return 'comparison';
  const own = splits.leaf.every((score, i) => score >= 0 || isOwnChild(splits, i));
  return own ? 'flag' : 'branch';
}

/** Where a missing feature goes; a test that always holds does not ask for it. */
function missingChild(splits: Splits, at: number): number {
  return splits.test[at] === TEST.true ? splits.whenTrue[at]! : splits.whenMissing[at]!;
}

function isOwnChild(splits: Splits, at: number): boolean {
  const child = missingChild(splits, at);
  return child === splits.whenTrue[at] || child === splits.whenFalse[at];
}

/** Whether some missing feature goes elsewhere than NaN would go by PFA's comparisons without being asked for. */
function needsMissing(splits: Splits): boolean {
  for (let i = 0; i < splits.leaf.length; i++) {
    if (splits.leaf[i]! >= 0) continue;
    const test = TESTS[splits.test[i]!]!;
    const natural =
      test === 'gt' || test === 'ge' || test === 'true' || test === 'ne' ? splits.whenTrue[i] : splits.whenFalse[i];
    const infinite = test !== 'in' && test !== 'true' && !Number.isFinite(splits.threshold[i]!);
    if (missingChild(splits, i) !== natural || test === 'in' || infinite) return true;
  }
  return false;
}

/** The types that the `value` of a test may have: doubles, and lists of strings or numbers for sets. */
function valueTypes(writer: PfaWriter, node: TreesNode): Json[] {
  const { splits, features } = node;
  let numbers = false;
  const sets = new Set<string>();
  for (let i = 0; i < splits.leaf.length; i++) {
    if (splits.leaf[i]! >= 0 || splits.test[i] === TEST.true) continue;
    if (splits.test[i] !== TEST.in) numbers = true;
    else sets.add(writer.type(features[splits.feature[i]!]!).kind === 'string' ? 'string' : 'double');
  }
  if (sets.size === 2) {
    throw declined('mixed-sets', 'sets of text and sets of numbers cannot stand in one PFA tree', node.origin ?? {});
  }
  const lists: Json[] = [...sets].map((items) => ({ type: 'array', items }));
  return numbers || lists.length === 0 ? ['double', ...lists] : lists;
}
