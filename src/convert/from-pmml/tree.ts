import type { Test } from '../../ir/forest.js';
import type { Kind } from '../../ir/types.js';
import type { Element, XmlDocument } from '../../wire/xml/document.js';
import { declined } from '../declined.js';
import type { Classes } from './classes.js';
import { decide, type Facts, type FeatureTest, type Outcome } from './decision.js';
import type { ForestLift } from './forest.js';
import { arrayStrings, orderedMembers, PREDICATES } from './predicates.js';
import type { Scope } from './scope.js';
import { type FieldValue, literalOf, numberOf } from './values.js';

interface Feature {
  readonly index: number;
  readonly kind: Kind;
  readonly value: FieldValue;
  readonly optional: boolean;
  /** All values that can occur, where they are known. */
  readonly universe: readonly (string | number)[] | undefined;
}

/** What a tree model's attributes say about missing values and about nodes without a true child. */
interface Habits {
  readonly missing: string;
  readonly lastPrediction: boolean;
}

const OPERATORS: Record<string, Test> = {
  equal: 'eq',
  notEqual: 'ne',
  lessThan: 'lt',
  lessOrEqual: 'le',
  greaterThan: 'gt',
  greaterOrEqual: 'ge',
};
const COMPLEMENT: Record<string, string> = {
  equal: 'notEqual',
  notEqual: 'equal',
  lessThan: 'greaterOrEqual',
  lessOrEqual: 'greaterThan',
  greaterThan: 'lessOrEqual',
  greaterOrEqual: 'lessThan',
};
const MAX_BLOW_UP = 2_000_000;

/** One TreeModel while its nodes become a diagram. */
export class TreeLift {
  readonly #document: XmlDocument;
  readonly #habits: Habits;
  readonly #features = new Map<string, Feature>();
  readonly #built = new Map<number, number>();
  readonly #leaves = new Map<number, number>();
  readonly #merged = new Map<string, number>();
  readonly #limit: number;
  #nothing = -1;

  constructor(
    readonly forest: ForestLift,
    model: Element,
    readonly scope: Scope,
  ) {
    this.#document = model.document;
    this.#habits = {
      missing: model.attribute('missingValueStrategy') ?? 'none',
      lastPrediction: model.attribute('noTrueChildStrategy') === 'returnLastPrediction',
    };
    this.#limit = forest.splits.size + MAX_BLOW_UP;
  }

  tree(root: number): number {
    const predicate = this.#predicate(root);
    if (predicate < 0 || this.#document.nameOf(predicate) === 'True') return this.#node(root);
    return this.#test(predicate, undefined, (outcome) => (outcome === 1 ? this.#node(root) : this.#missing()), true);
  }

  /** The diagram of what happens once a node has been reached. */
  #node(node: number): number {
    const known = this.#built.get(node);
    if (known !== undefined) return known;
    const children: number[] = [];
    const document = this.#document;
    for (let at = document.firstChild(node); at >= 0; at = document.nextSibling(at)) {
      const name = document.nameOf(at);
      if (name === 'Node') children.push(at);
      else if (name === 'Regression' || name === 'DecisionTree') {
        throw declined('embedded-model', `a ${name} inside a Node cannot be moved`, document.element(at).place);
      }
    }
    if (children.length === 0) return this.#leaf(node);
    const result = this.#pair(node, children) ?? this.#chain(node, children, 0, undefined);
    this.#built.set(node, result);
    return result;
  }

  /**
   * The usual node without any detour: one numeric comparison, and behind it its complement, True or nothing.
   * Undefined for everything else.
   */
  #pair(node: number, children: readonly number[]): number | undefined {
    const document = this.#document;
    const [first, second] = children as [number, number | undefined];
    const predicate = this.#predicate(first);
    if (children.length > 2 || predicate < 0 || document.nameOf(predicate) !== 'SimplePredicate') return undefined;
    const operator = document.attributeOf(predicate, 'operator') ?? '';
    const op = OPERATORS[operator];
    if (op === undefined) return undefined;
    const name = document.attributeOf(predicate, 'field') ?? '';
    const feature = this.#feature(name, predicate);
    if (feature.kind === 'string' || feature.kind === 'bool' || feature.value.optype === 'ordinal') return undefined;
    const text = document.attributeOf(predicate, 'value') ?? '';
    const value = numericMember(feature, text);
    if (value === undefined) return undefined;
    let isElse = false;
    if (second !== undefined) {
      const other = this.#predicate(second);
      isElse = other < 0 || document.nameOf(other) === 'True';
      const complements =
        isElse ||
        (document.nameOf(other) === 'SimplePredicate' &&
          document.attributeOf(other, 'operator') === COMPLEMENT[operator] &&
          document.sameAttribute(predicate, other, 'field') &&
          document.sameAttribute(predicate, other, 'value'));
      if (!complements) return undefined;
    }
    const { splits } = this.forest;
    const at = splits.split(feature.index, op, value);
    const yes = this.#node(first);
    const no = second === undefined ? this.#noTrueChild(node) : this.#node(second);
    let unknown = no;
    if (feature.optional && this.#habits.missing !== 'none') unknown = this.#unknown(node, children);
    else if (feature.optional && !isElse) unknown = this.#noTrueChild(node);
    splits.link(at, yes, no, unknown);
    return at;
  }

  #noTrueChild(node: number): number {
    return this.#habits.lastPrediction ? this.#leaf(node) : this.#missing();
  }

  /** Children are tried in their order; `facts` is what the tests of earlier ones have shown. */
  #chain(node: number, children: readonly number[], i: number, facts: Facts | undefined): number {
    const child = children[i];
    if (child === undefined) return this.#noTrueChild(node);
    const predicate = this.#predicate(child);
    const name = predicate < 0 ? 'True' : this.#document.nameOf(predicate);
    if (name === 'True') return this.#node(child);
    const next = (outcome: Outcome, known: Facts | undefined): number => {
      if (outcome === 1) return this.#node(child);
      if (outcome === 0 || this.#habits.missing === 'none') return this.#chain(node, children, i + 1, known);
      return this.#unknown(node, children);
    };
    return this.#test(predicate, facts, next, children.length > 2 || name === 'CompoundPredicate');
  }

  #unknown(node: number, children: readonly number[]): number {
    const { missing } = this.#habits;
    if (missing === 'lastPrediction') return this.#leaf(node);
    if (missing === 'nullPrediction') return this.#missing();
    if (missing === 'defaultChild') {
      const id = this.#document.attributeOf(node, 'defaultChild');
      const child = children.find((at) => this.#document.attributeOf(at, 'id') === id);
      return id === undefined || child === undefined ? this.#missing() : this.#node(child);
    }
    const code = missing === 'aggregateNodes' ? 'aggregate-nodes' : 'weighted-confidence';
    throw declined(code, `missingValueStrategy "${missing}" cannot be moved`, this.#place(node), {
      hint: 'use defaultChild, or replace missing values before the tree',
    });
  }

  /** Decides a predicate, then goes on where `next` leads; `merge` looks for equal diagrams. */
  #test(
    predicate: number,
    facts: Facts | undefined,
    next: (outcome: Outcome, facts: Facts | undefined) => number,
    merge: boolean,
  ): number {
    switch (this.#document.nameOf(predicate)) {
      case 'True':
        return next(1, facts);
      case 'False':
        return next(0, facts);
      case 'CompoundPredicate':
        return this.#compound(predicate, facts, next);
      default:
        return this.#simple(this.#featureTest(predicate), facts, next, merge);
    }
  }

  #simple(
    test: FeatureTest & { readonly about: Feature },
    facts: Facts | undefined,
    next: (outcome: Outcome, facts: Facts | undefined) => number,
    merge: boolean,
  ): number {
    const { about } = test;
    const universe = about.universe;
    const known = facts === undefined ? undefined : decide(test, facts, universe);
    if (known !== undefined) return next(known, facts);
    const then = (outcome: Outcome) => next(outcome, { test, outcome, earlier: facts });
    if (test.op === 'missing') {
      if (!about.optional) return then(test.negated ? 1 : 0);
      const present = then(test.negated ? 1 : 0);
      const missing = then(test.negated ? 0 : 1);
      return this.#split(test, present, present, missing);
    }
    const { splits } = this.forest;
    if (splits.size > this.#limit) {
      throw declined('tree-size', 'the predicates of this tree make too large a decision diagram', this.#place(0));
    }
    if (!merge) {
      const at =
        test.op === 'in'
          ? splits.splitIn(test.feature, test.members!)
          : splits.split(test.feature, test.op, test.value);
      const yes = then(1);
      const no = then(0);
      const unknown = about.optional ? then(-1) : no;
      splits.link(at, test.negated ? no : yes, test.negated ? yes : no, unknown);
      return at;
    }
    const yes = then(1);
    const no = then(0);
    const unknown = about.optional ? then(-1) : no;
    return this.#split(test, test.negated ? no : yes, test.negated ? yes : no, unknown);
  }

  #split(test: FeatureTest, yes: number, no: number, missing: number): number {
    if (yes === no && no === missing) return yes;
    const key = `${test.feature} ${test.op} ${test.value} ${test.members?.join('\u0000') ?? ''} ${yes} ${no} ${missing}`;
    const known = this.#merged.get(key);
    if (known !== undefined) return known;
    const { splits } = this.forest;
    const about = this.forest.features[test.feature]!;
    const text = this.scope.lift.builder.kindOf(about) === 'string';
    const at =
      test.op === 'in'
        ? splits.splitIn(test.feature, test.members!)
        : test.op === 'missing'
          ? text
            ? splits.splitIn(test.feature, [])
            : splits.split(test.feature, 'lt', 0)
          : splits.split(test.feature, test.op, test.value);
    splits.link(at, yes, no, missing);
    this.#merged.set(key, at);
    return at;
  }

  #compound(
    predicate: number,
    facts: Facts | undefined,
    next: (outcome: Outcome, facts: Facts | undefined) => number,
  ): number {
    const operator = this.#document.attributeOf(predicate, 'booleanOperator');
    const parts: number[] = [];
    for (let at = this.#document.firstChild(predicate); at >= 0; at = this.#document.nextSibling(at)) {
      if (PREDICATES.has(this.#document.nameOf(at))) parts.push(at);
    }
    const go = (i: number, state: Outcome, known: Facts | undefined): number => {
      const part = parts[i];
      if (part === undefined) return next(state, known);
      const after = (outcome: Outcome, more: Facts | undefined): number => {
        switch (operator) {
          case 'and':
            return outcome === 0 ? next(0, more) : go(i + 1, outcome === -1 ? -1 : state, more);
          case 'or':
            return outcome === 1 ? next(1, more) : go(i + 1, outcome === -1 ? -1 : state, more);
          case 'xor':
            return outcome === -1 ? next(-1, more) : go(i + 1, (state === outcome ? 0 : 1) as Outcome, more);
          case 'surrogate':
            return outcome === -1 ? go(i + 1, -1, more) : next(outcome, more);
          default:
            throw declined('operator', 'a CompoundPredicate needs and, or, xor or surrogate', this.#place(predicate));
        }
      };
      return this.#test(part, known, after, true);
    };
    return go(0, operator === 'and' ? 1 : operator === 'surrogate' ? -1 : 0, facts);
  }

  #featureTest(predicate: number): FeatureTest & { readonly about: Feature } {
    const document = this.#document;
    const name = document.attributeOf(predicate, 'field') ?? '';
    const about = this.#feature(name, predicate);
    const base = { feature: about.index, value: 0, negated: false, about };
    if (document.nameOf(predicate) === 'SimpleSetPredicate') {
      const element = document.element(predicate);
      const members = arrayStrings(element.child('Array')).map((text) => member(about, text, element));
      return { ...base, op: 'in', members, negated: element.attribute('booleanOperator') === 'isNotIn' };
    }
    const operator = document.attributeOf(predicate, 'operator') ?? '';
    if (operator === 'isMissing') return { ...base, op: 'missing' };
    if (operator === 'isNotMissing') return { ...base, op: 'missing', negated: true };
    const op = OPERATORS[operator];
    if (op === undefined) throw declined('operator', `the operator "${operator}" is unknown`, this.#place(predicate));
    const text = document.attributeOf(predicate, 'value') ?? '';
    if (about.value.optype === 'ordinal') {
      const element = document.element(predicate);
      const members = orderedMembers(about.value, operator, text, element);
      if (members !== undefined)
        return { ...base, op: 'in', members: members.map((one) => member(about, one, element)) };
    }
    if (about.kind === 'string') {
      if (op !== 'eq' && op !== 'ne') {
        throw declined('ordinal', 'an order among texts cannot be moved', this.#place(predicate));
      }
      return { ...base, op: 'in', members: [text], negated: op === 'ne' };
    }
    const value = numericMember(about, text);
    if (value === undefined) throw declined('literal', `"${text}" is no number`, this.#place(predicate));
    // A complement written as the negation of the same test lets siblings share one split.
    return op === 'ne' || op === 'gt' || op === 'ge'
      ? { ...base, op: OPERATORS[COMPLEMENT[operator]!]!, value, negated: true }
      : { ...base, op, value };
  }

  #feature(name: string, at: number): Feature {
    const known = this.#features.get(name);
    if (known !== undefined) return known;
    const { builder } = this.scope.lift;
    const value = this.scope.field(name, this.#document.element(at));
    const kind = builder.kindOf(value.ref);
    const ref = kind === 'bool' ? builder.cast(value.ref, 'float64') : value.ref;
    const universe = value.closed && value.values !== undefined ? value.values : undefined;
    const feature: Feature = {
      index: this.forest.featureIndex(ref),
      kind,
      value,
      optional: builder.typeOf(ref).missing,
      universe: kind === 'bool' ? [0, 1] : universe?.map((text) => (kind === 'string' ? text : (numberOf(text) ?? 0))),
    };
    this.#features.set(name, feature);
    return feature;
  }

  /** A terminal: the prediction of a node. */
  #leaf(node: number): number {
    const known = this.#leaves.get(node);
    if (known !== undefined) return known;
    const leaf = this.forest.classes === undefined ? this.#score(node) : this.#distribution(node, this.forest.classes);
    this.#leaves.set(node, leaf);
    return leaf;
  }

  #score(node: number): number {
    const text = this.#document.attributeOf(node, 'score');
    const score = text === undefined ? undefined : numberOf(text);
    return score === undefined ? this.#missing() : this.forest.addScore(score);
  }

  #distribution(node: number, classes: Classes): number {
    const document = this.#document;
    const score = document.attributeOf(node, 'score');
    const counts = new Map<number, number>();
    const given = new Map<number, number>();
    let total = 0;
    let likeliest = -1;
    for (let at = document.firstChild(node); at >= 0; at = document.nextSibling(at)) {
      if (document.nameOf(at) !== 'ScoreDistribution') continue;
      const index = classes.indexOf(document.attributeOf(at, 'value') ?? '');
      const count = Number(document.attributeOf(at, 'recordCount') ?? 0);
      const probability = document.attributeOf(at, 'probability');
      if (probability !== undefined) given.set(index, Number(probability));
      if (likeliest < 0 || count > counts.get(likeliest)!) likeliest = index;
      counts.set(index, count);
      total += count;
    }
    if (likeliest >= 0) this.forest.hasDistributions = true;
    const winner = score === undefined ? likeliest : classes.indexOf(score);
    if (winner < 0) return this.#missing();
    const { float } = this.forest;
    if (given.size > 0) return this.forest.addDistribution(winner, given);
    if (counts.size === 0) return this.forest.addDistribution(winner, new Map([[winner, 1]]));
    for (const [index, count] of counts) {
      const share = count / total;
      counts.set(index, float ? Math.fround(share) : share);
    }
    return this.forest.addDistribution(winner, counts);
  }

  #missing(): number {
    if (this.#nothing < 0) this.#nothing = this.forest.addMissing();
    return this.#nothing;
  }

  #predicate(node: number): number {
    const document = this.#document;
    for (let at = document.firstChild(node); at >= 0; at = document.nextSibling(at)) {
      if (PREDICATES.has(document.nameOf(at))) return at;
    }
    return -1;
  }

  #place(node: number) {
    return this.#document.element(node === 0 ? this.#document.rootIndex : node).place;
  }
}

function member(feature: Feature, text: string, element: Element): string | number {
  if (feature.kind === 'string') return text;
  return Number(literalOf(text, feature.kind, element));
}

function numericMember(feature: Feature, text: string): number | undefined {
  const plain = feature.kind === 'float64' ? Number(text) : Number.NaN;
  if (!Number.isNaN(plain) && text !== '') return plain;
  if (feature.kind === 'bool') {
    if (/^true$/i.test(text)) return 1;
    if (/^false$/i.test(text)) return 0;
  }
  const number = numberOf(text);
  return number !== undefined && feature.kind === 'float32' ? Math.fround(number) : number;
}
