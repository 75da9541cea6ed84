import { float32Text } from '../../core/float-text.js';
import { type Splits, TEST } from '../../ir/forest.js';
import type { XmlBuilder } from '../../wire/xml/builder.js';
import { declined } from '../declined.js';
import { literalText } from './expressions.js';
import type { Fields } from './fields.js';
import type { TreesPlan } from './model-plan.js';

const OPERATOR: Record<number, string> = {
  [TEST.lt]: 'lessThan',
  [TEST.le]: 'lessOrEqual',
  [TEST.gt]: 'greaterThan',
  [TEST.ge]: 'greaterOrEqual',
  [TEST.eq]: 'equal',
  [TEST.ne]: 'notEqual',
};
const NEGATED: Record<number, string> = {
  [TEST.lt]: 'greaterOrEqual',
  [TEST.le]: 'greaterThan',
  [TEST.gt]: 'lessOrEqual',
  [TEST.ge]: 'lessThan',
  [TEST.eq]: 'notEqual',
  [TEST.ne]: 'equal',
};
const MAX_NODES = 20_000_000;

/**
 * Writes diagrams as Node elements: the default strategies (`none`, `returnNullPrediction`) do all that is needed,
 * because a missing value makes every comparison false and falls through to a child whose predicate is True.
 */
export class TreeWriter {
  readonly #splits: Splits;
  readonly #names: readonly string[];
  readonly #kinds: readonly string[];
  readonly #optional: readonly boolean[];
  #budget = MAX_NODES;

  constructor(
    readonly xml: XmlBuilder,
    readonly plan: TreesPlan,
    fields: Fields,
  ) {
    this.#splits = plan.node.splits;
    this.#names = plan.node.features.map((ref) => fields.nameOf(ref));
    this.#kinds = plan.node.features.map((ref) => fields.builder.kindOf(ref));
    this.#optional = plan.node.features.map((ref) => fields.builder.typeOf(ref).missing);
  }

  /** The indexes of the features that one tree tests. */
  featuresOf(tree: number): Set<number> {
    const { roots, feature, whenTrue, whenFalse, whenMissing, leaf } = this.#splits;
    const found = new Set<number>();
    const seen = new Set<number>();
    const open = [roots[tree]!];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (seen.has(at) || leaf[at]! >= 0) continue;
      seen.add(at);
      found.add(feature[at]!);
      open.push(whenTrue[at]!, whenFalse[at]!, whenMissing[at]!);
    }
    return found;
  }

  /** The root Node of one tree. */
  write(tree: number): void {
    const root = this.#splits.roots[tree]!;
    if (this.#target(root) < 0) {
      this.xml.start('Node').leaf('False').end();
      return;
    }
    this.#open(root, tree);
    this.xml.leaf('True');
    this.#inside(root, tree);
    this.xml.end();
  }

  #open(node: number, tree: number): void {
    const leaf = this.#splits.leaf[node]!;
    if (--this.#budget < 0)
      throw declined('tree-size', 'the shared branches of these trees make too large a document', {});
    this.xml.start('Node', leaf < 0 ? {} : { score: this.#score(leaf, tree) });
  }

  /** What stands in a Node behind its predicate: a distribution, or the children. */
  #inside(node: number, tree: number): void {
    const leaf = this.#splits.leaf[node]!;
    if (leaf >= 0) {
      this.#distribution(leaf, tree);
      return;
    }
    const { whenTrue, whenFalse, whenMissing } = this.#splits;
    const feature = this.#splits.feature[node]!;
    const yes = this.#target(whenTrue[node]!);
    const no = this.#target(whenFalse[node]!);
    const unknown = this.#optional[feature] ? this.#target(whenMissing[node]!) : no;
    if (this.#splits.test[node] === TEST.true) {
      if (yes >= 0) this.#child(yes, tree, () => this.xml.leaf('True'));
    } else if (yes < 0 || no < 0 || unknown < 0) this.#partial(node, tree, yes, no, unknown);
    else this.#total(node, tree, yes, no, unknown);
  }

  /** Every outcome leads somewhere: the last child takes the rest. */
  #total(node: number, tree: number, yes: number, no: number, unknown: number): void {
    const { xml } = this;
    const isTrue = () => xml.leaf('True');
    if (yes === no && no === unknown) {
      this.#child(yes, tree, isTrue);
    } else if (unknown === no || !this.#optional[this.#splits.feature[node]!]) {
      this.#child(yes, tree, () => this.#test(node));
      this.#child(no, tree, isTrue);
    } else if (unknown === yes) {
      this.#child(no, tree, () => this.#negation(node));
      this.#child(yes, tree, isTrue);
    } else {
      this.#child(unknown, tree, () => this.#isMissing(node, 'isMissing'));
      if (yes !== no) this.#child(yes, tree, () => this.#test(node));
      this.#child(no, tree, isTrue);
    }
  }

  /** Some outcome gives no prediction: every other child says exactly when it is taken. */
  #partial(node: number, tree: number, yes: number, no: number, unknown: number): void {
    const { xml } = this;
    const either = (test: () => void) => () => {
      xml.start('CompoundPredicate', { booleanOperator: 'or' });
      this.#isMissing(node, 'isMissing');
      test();
      xml.end();
    };
    if (yes >= 0 && yes === no) this.#child(yes, tree, () => this.#isMissing(node, 'isNotMissing'));
    else {
      const test = () => this.#test(node);
      const negation = () => this.#negation(node);
      if (yes >= 0) this.#child(yes, tree, unknown === yes ? either(test) : test);
      if (no >= 0) this.#child(no, tree, unknown === no ? either(negation) : negation);
    }
    if (unknown >= 0 && unknown !== yes && unknown !== no) {
      this.#child(unknown, tree, () => this.#isMissing(node, 'isMissing'));
    }
  }

  #child(node: number, tree: number, predicate: () => void): void {
    this.#open(node, tree);
    predicate();
    this.#inside(node, tree);
    this.xml.end();
  }

  /** The node itself; -1 for a leaf without a prediction. */
  #target(node: number): number {
    const leaf = this.#splits.leaf[node]!;
    if (leaf < 0) return node;
    const { node: trees, column, winners } = this.plan;
    const value =
      winners === undefined ? trees.leaves[leaf * trees.width + (column ?? 0)]! : winners.node.leaves[leaf]!;
    if (Number.isNaN(value)) return -1;
    return this.plan.method.endsWith('Vote') && this.#vote(leaf) < 0 ? -1 : node;
  }

  #test(node: number): void {
    this.#predicate(node, false);
  }

  #negation(node: number): void {
    this.#predicate(node, true);
  }

  #isMissing(node: number, operator: 'isMissing' | 'isNotMissing'): void {
    this.xml.leaf('SimplePredicate', { field: this.#names[this.#splits.feature[node]!]!, operator });
  }

  #predicate(node: number, negated: boolean): void {
    const feature = this.#splits.feature[node]!;
    const field = this.#names[feature]!;
    const kind = this.#kinds[feature]!;
    const test = this.#splits.test[node]!;
    const value = this.#splits.threshold[node]!;
    if (test === TEST.in) {
      this.#membership(field, kind, this.#splits.sets[value]!, negated);
      return;
    }
    if (!Number.isFinite(value)) {
      this.#infinite(field, kind, test, value, negated);
      return;
    }
    const operator = (negated ? NEGATED : OPERATOR)[test]!;
    if (kind.startsWith('int') && !Number.isInteger(value)) {
      this.#between(field, operator, value);
      return;
    }
    const text = kind === 'float32' ? float32Text(value) : String(value);
    this.xml.leaf('SimplePredicate', { field, operator, value: text });
  }

  #membership(field: string, kind: string, members: readonly (string | number)[], negated: boolean): void {
    const { xml } = this;
    const [only] = members;
    if (members.length === 1 && !(kind === 'string' && only === '')) {
      const value = kind === 'string' ? String(only) : literalText(kind === 'float32' ? kind : 'float64', only!);
      xml.leaf('SimplePredicate', { field, operator: negated ? 'notEqual' : 'equal', value });
      return;
    }
    if (members.length === 0) {
      // Membership of nothing: false where the field is known.
      if (negated) xml.leaf('SimplePredicate', { field, operator: 'isNotMissing' });
      else xml.leaf('False');
      return;
    }
    const texts = members.map((member) =>
      kind === 'string' ? quoted(String(member)) : literalText(kind === 'float32' ? kind : 'float64', member),
    );
    const type = kind === 'string' ? 'string' : kind.startsWith('int') ? 'int' : 'real';
    xml.start('SimpleSetPredicate', { field, booleanOperator: negated ? 'isNotIn' : 'isIn' });
    xml.leaf('Array', { n: members.length, type }, texts.join(' '));
    xml.end();
  }

  /** Comparisons of an integer field with a number between two integers. */
  #between(field: string, operator: string, value: number): void {
    const { xml } = this;
    if (operator === 'equal') xml.leaf('False');
    else if (operator === 'notEqual') xml.leaf('SimplePredicate', { field, operator: 'isNotMissing' });
    else if (operator.startsWith('less')) {
      xml.leaf('SimplePredicate', { field, operator: 'lessOrEqual', value: Math.floor(value) });
    } else xml.leaf('SimplePredicate', { field, operator: 'greaterOrEqual', value: Math.ceil(value) });
  }

  /** Comparisons with infinities, which not every reader of PMML can parse. */
  #infinite(field: string, kind: string, test: number, value: number, negated: boolean): void {
    const largest = kind === 'float32' ? '3.4028235e38' : String(Number.MAX_VALUE);
    const up = value > 0;
    const known = { field, operator: 'isNotMissing' };
    const toEnd = { field, operator: up ? 'lessOrEqual' : 'greaterOrEqual', value: up ? largest : `-${largest}` };
    const atEnd = { field, operator: up ? 'greaterThan' : 'lessThan', value: toEnd.value };
    const meaning: Record<number, 'all' | 'none' | 'finite' | 'end'> = up
      ? {
          [TEST.lt]: 'finite',
          [TEST.le]: 'all',
          [TEST.gt]: 'none',
          [TEST.ge]: 'end',
          [TEST.eq]: 'end',
          [TEST.ne]: 'finite',
        }
      : {
          [TEST.lt]: 'none',
          [TEST.le]: 'end',
          [TEST.gt]: 'finite',
          [TEST.ge]: 'all',
          [TEST.eq]: 'end',
          [TEST.ne]: 'finite',
        };
    const opposite = { all: 'none', none: 'all', finite: 'end', end: 'finite' } as const;
    const plain = meaning[test]!;
    switch (negated ? opposite[plain] : plain) {
      case 'all':
        this.xml.leaf('SimplePredicate', known);
        return;
      case 'none':
        this.xml.leaf('False');
        return;
      case 'finite':
        this.xml.leaf('SimplePredicate', toEnd);
        return;
      case 'end':
        this.xml.leaf('SimplePredicate', atEnd);
    }
  }

  #score(leaf: number, tree: number): string {
    const { column, classes, winners } = this.plan;
    if (column !== undefined) return this.#number(leaf, column, tree);
    if (winners !== undefined) return String(winners.labels[winners.node.leaves[leaf]!]);
    const at = this.plan.method.endsWith('Vote') ? this.#vote(leaf) : this.#best(leaf);
    return String(classes!.find((one) => one.column === Math.max(at, 0))!.label);
  }

  /** A leaf value times the tree's weight, rounded as the program rounds it. */
  #number(leaf: number, column: number, tree: number): string {
    const { node, method } = this.plan;
    const float = node.type.kind === 'float32';
    const value = node.leaves[leaf * node.width + column]!;
    const weight = method.startsWith('weighted') ? undefined : node.weights?.[tree];
    const weighted = weight === undefined ? value : value * weight;
    return float ? float32Text(weighted) : literalText('float64', weighted);
  }

  #best(leaf: number): number {
    const { node, classes } = this.plan;
    let best = -1;
    for (const { column } of classes!) {
      const value = node.leaves[leaf * node.width + column]!;
      if (best < 0 || value > node.leaves[leaf * node.width + best]!) best = column;
    }
    return best;
  }

  #vote(leaf: number): number {
    const { leaves, width } = this.plan.node;
    for (let i = 0; i < width; i++) if (leaves[leaf * width + i] === 1) return i;
    return -1;
  }

  #distribution(leaf: number, tree: number): void {
    const { node, classes, method } = this.plan;
    if (classes === undefined || this.plan.bare || method.endsWith('Vote')) return;
    const float = node.type.kind === 'float32';
    const weight = method === 'weightedAverage' ? 1 : (node.weights?.[tree] ?? 1);
    const shares = classes.map(({ column }) => {
      const value = node.leaves[leaf * node.width + column]! * weight;
      return float ? Math.fround(value) : value;
    });
    // Counts that sum to 1 are the probabilities themselves; other leaves say so.
    const total = shares.reduce((sum, share) => (float ? Math.fround(sum + share) : sum + share), 0);
    const text = (value: number) => (float ? float32Text(value) : literalText('float64', value));
    classes.forEach(({ label }, index) => {
      const share = text(shares[index]!);
      const attributes = { value: String(label), recordCount: share };
      this.xml.leaf('ScoreDistribution', total === 1 ? attributes : { ...attributes, probability: share });
    });
  }
}

/** A member of a string Array, in quotes where it would not read back as one word. */
function quoted(text: string): string {
  return /^[^\s"\\]+$/.test(text) ? text : `"${text.replace(/["\\]/g, '\\$&')}"`;
}
