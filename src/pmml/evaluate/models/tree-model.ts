import type { Element } from '../../../wire/xml/document.js';
import { invalidDocument, missingElement } from '../../errors.js';
import { enumAttribute, numberAttribute, optionalNumber, required, requiredChild } from '../attributes.js';
import { type CompiledModel, type Frame, type ModelResult, NO_RESULT, type Scope } from '../model.js';
import { predicateText } from '../predicate-text.js';
import { compilePredicate, type Predicate, predicateElement } from '../predicates.js';
import { lenientLiteral, parseNumber, type Scalar, textOf } from '../values.js';
import { compileRegressionModel } from './regression-model.js';

interface Node {
  readonly id: string;
  readonly element: Element;
  readonly test: Predicate;
  /** For a surrogate predicate: whether a stand-in was needed. */
  readonly usedSurrogate: Predicate | undefined;
  readonly children: readonly Node[];
  readonly defaultChild: Node | undefined;
  readonly recordCount: number | undefined;
  readonly counts: ReadonlyMap<string, number>;
  /** The prediction; undefined where the node has none. */
  readonly result: ModelResult | undefined;
  readonly embedded: CompiledModel | undefined;
  parent: Node | undefined;
}

/** Where the walk ended: the node, how often a missing value was stood in for, and whether it has no prediction. */
interface Arrival {
  readonly node: Node;
  readonly penalties: number;
  readonly isLost?: boolean;
}

const STRATEGIES = [
  'lastPrediction',
  'nullPrediction',
  'defaultChild',
  'weightedConfidence',
  'aggregateNodes',
  'none',
] as const;

interface Tree {
  readonly root: Node;
  readonly strategy: (typeof STRATEGIES)[number];
  readonly returnLast: boolean;
  readonly classes: ReadonlyMap<string, Scalar>;
  readonly isClassification: boolean;
}

type Round = (value: number) => number;

/** TreeModel, and the DecisionTree element that is embedded in other models. */
export function compileTreeModel(element: Element, scope: Scope): CompiledModel {
  const strategy = enumAttribute(element, 'missingValueStrategy', STRATEGIES, 'none');
  const penalty = numberAttribute(element, 'missingValuePenalty', 1);
  const round: Round = scope.math === 'float' ? Math.fround : (value) => value;
  const isClassification = (element.attribute('functionName') ?? scope.functionName) === 'classification';
  const classes = new Map<string, Scalar>();
  const root = new TreeCompiler(scope, isClassification, classes).node(requiredChild(element, 'Node'));
  const tree: Tree = {
    root,
    strategy,
    returnLast:
      enumAttribute(
        element,
        'noTrueChildStrategy',
        ['returnNullPrediction', 'returnLastPrediction'],
        'returnNullPrediction',
      ) === 'returnLastPrediction',
    classes,
    isClassification,
  };
  if (strategy === 'weightedConfidence' || strategy === 'aggregateNodes') {
    const combined = compileCombined(tree, penalty);
    const paths = (frame: Frame) => openLeaves(root, frame).map((leaf) => ({ path: explainPath(leaf) }));
    return (frame) => ({ ...combined(frame), explain: () => ({ strategy, leaves: paths(frame) }) });
  }
  return (frame) => {
    const arrival = walk(tree, frame);
    return resultAt(arrival, frame, penalty, round);
  };
}

function resultAt({ node, penalties, isLost }: Arrival, frame: Frame, penalty: number, round: Round): ModelResult {
  const result = isLost ? undefined : node.embedded === undefined ? node.result : node.embedded(frame);
  if (result === undefined) return { value: undefined, explain: () => ({ path: explainPath(node) }) };
  if (penalties === 0 || penalty === 1 || result.confidences === undefined) return result;
  const factor = round(penalty ** penalties);
  return {
    ...result,
    confidences: new Map([...result.confidences].map(([key, confidence]) => [key, round(confidence * factor)])),
  };
}

/** One way down, for the strategies that follow a single path. */
function walk(tree: Tree, frame: Frame): Arrival {
  const { strategy } = tree;
  let node = tree.root;
  const start = node.test(frame);
  if (start !== true) return { node, penalties: 0, isLost: true };
  let penalties = node.usedSurrogate?.(frame) === true ? 1 : 0;
  for (;;) {
    if (node.children.length === 0) return { node, penalties };
    let next: Node | undefined;
    for (const child of node.children) {
      const value = child.test(frame);
      if (value !== undefined && child.usedSurrogate?.(frame) === true) penalties++;
      if (value === true) {
        next = child;
        break;
      }
      if (value === undefined && strategy !== 'none') {
        if (strategy === 'lastPrediction') return { node, penalties };
        if (strategy === 'nullPrediction' || node.defaultChild === undefined) return { node, penalties, isLost: true };
        penalties++;
        next = node.defaultChild;
        break;
      }
    }
    if (next === undefined) return { node, penalties, isLost: !tree.returnLast };
    node = next;
  }
}

/** What several leaves say together: weight, and for each class its confidence and its record count. */
interface Share {
  readonly node: Node;
  readonly result: ModelResult | undefined;
}

/**
 * weightedConfidence and aggregateNodes: where a predicate is unknown, it and its siblings that are not false are
 * all followed, and their answers are combined, level by level.
 */
function compileCombined(tree: Tree, penalty: number): CompiledModel {
  const combine = tree.strategy === 'weightedConfidence' ? weightedConfidence : undefined;
  const visit = (node: Node, frame: Frame): Share[] => {
    if (node.children.length === 0) return [{ node, result: node.embedded?.(frame) ?? node.result }];
    const open: Node[] = [];
    let unknown = false;
    for (const child of node.children) {
      const value = child.test(frame);
      if (value === true && !unknown) return visit(child, frame);
      if (value === undefined) unknown = true;
      if (value !== false) open.push(child);
    }
    if (open.length === 0) return tree.returnLast ? [{ node, result: node.result }] : [];
    if (combine === undefined) return open.flatMap((child) => visit(child, frame));
    const answers = open.flatMap((child) => {
      const [answer] = visit(child, frame);
      return answer?.result === undefined
        ? []
        : [{ weight: child.recordCount ?? total(child.counts), result: answer.result }];
    });
    return answers.length === 0 ? [] : [{ node, result: combine(answers, tree) }];
  };
  return (frame) => {
    if (tree.root.test(frame) !== true) return NO_RESULT;
    const shares = visit(tree.root, frame);
    if (shares.length === 0) return NO_RESULT;
    if (shares.length === 1) {
      const { node, result } = shares[0]!;
      if (result === undefined) return NO_RESULT;
      const penalties = node.children.length === 0 && node.usedSurrogate?.(frame) === true ? 1 : 0;
      return penalties === 0 || penalty === 1 || result.confidences === undefined
        ? result
        : { ...result, confidences: new Map([...result.confidences].map(([key, value]) => [key, value * penalty])) };
    }
    return aggregate(shares, tree);
  };
}

/** The leaves that a record with unknown predicates may reach, as the combining strategies see them. */
function openLeaves(node: Node, frame: Frame): Node[] {
  if (node.children.length === 0) return [node];
  const open: Node[] = [];
  let unknown = false;
  for (const child of node.children) {
    const value = child.test(frame);
    if (value === true && !unknown) return openLeaves(child, frame);
    if (value === undefined) unknown = true;
    if (value !== false) open.push(child);
  }
  return open.flatMap((child) => openLeaves(child, frame));
}

function weightedConfidence(answers: readonly { weight: number; result: ModelResult }[], tree: Tree): ModelResult {
  const whole = answers.reduce((sum, { weight }) => sum + weight, 0);
  if (!tree.isClassification) {
    const value = answers.reduce((sum, { weight, result }) => sum + (weight / whole) * Number(result.value), 0);
    return { value };
  }
  const mix = (read: (result: ModelResult) => ReadonlyMap<string, number> | undefined): Map<string, number> => {
    const mixed = new Map<string, number>();
    for (const key of tree.classes.keys()) {
      let sum = 0;
      let known = false;
      for (const { weight, result } of answers) {
        const share = read(result)?.get(key);
        if (share !== undefined) known = true;
        sum += (weight / whole) * (share ?? 0);
      }
      if (known) mixed.set(key, sum);
    }
    return mixed;
  };
  const confidences = mix((result) => result.confidences);
  const winner = largestKey(confidences);
  return {
    value: winner === undefined ? undefined : tree.classes.get(winner),
    confidences,
    probabilities: mix((result) => result.probabilities),
  };
}

/** Record counts of all leaves that are reached, added up; a number is averaged by record count. */
function aggregate(shares: readonly Share[], tree: Tree): ModelResult {
  if (!tree.isClassification) {
    let sum = 0;
    let whole = 0;
    for (const { node, result } of shares) {
      if (typeof result?.value !== 'number') continue;
      const weight = node.recordCount ?? 1;
      sum += weight * result.value;
      whole += weight;
    }
    return whole === 0 ? NO_RESULT : { value: sum / whole };
  }
  const counts = new Map<string, number>();
  for (const { node, result } of shares) {
    const entries =
      node.counts.size > 0 || typeof result?.value === 'undefined'
        ? node.counts
        : new Map([[textOf(result.value as Scalar), node.recordCount ?? 1]]);
    for (const [key, count] of entries) counts.set(key, (counts.get(key) ?? 0) + count);
  }
  const whole = total(counts);
  const winner = largestKey(counts);
  if (winner === undefined || whole === 0) return NO_RESULT;
  const shareOf = new Map([...counts].map(([key, count]) => [key, count / whole]));
  return { value: tree.classes.get(winner) ?? winner, probabilities: shareOf, confidences: shareOf };
}

function total(counts: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const count of counts.values()) sum += count;
  return sum;
}

function largestKey(values: ReadonlyMap<string, number>): string | undefined {
  let best: string | undefined;
  let largest = Number.NEGATIVE_INFINITY;
  for (const [key, value] of values) {
    if (value > largest) {
      largest = value;
      best = key;
    }
  }
  return best;
}

function explainPath(end: Node): object[] {
  const path: object[] = [];
  for (let node: Node | undefined = end; node !== undefined; node = node.parent) {
    path.unshift({
      node: node.id,
      predicate: predicateText(predicateElement(node.element)),
      score: node.result?.value ?? null,
    });
  }
  return path;
}

/** The result of a model that is embedded in a node, as the node's. */
function withPath(result: ModelResult, node: Node): ModelResult {
  const { explain } = result;
  return {
    ...result,
    entityId: node.id,
    explain: () => ({ path: explainPath(node), ...(explain?.() as object) }),
  };
}

interface Distribution {
  readonly counts: ReadonlyMap<string, number>;
  readonly confidences: ReadonlyMap<string, number>;
  readonly probabilities: ReadonlyMap<string, number>;
}

const NOTHING: Distribution = { counts: new Map(), confidences: new Map(), probabilities: new Map() };
const NO_CHILDREN: readonly Node[] = [];

class TreeCompiler {
  private position = 0;

  constructor(
    private readonly scope: Scope,
    private readonly isClassification: boolean,
    private readonly classes: Map<string, Scalar>,
  ) {}

  node(element: Element): Node {
    const position = ++this.position;
    const id = element.attribute('id') ?? String(position);
    const predicate = predicateElement(element);
    if (predicate === undefined) throw missingElement(element, 'predicate');
    const { scope } = this;
    const { counts, confidences, probabilities } = this.distribution(element);
    const recordCount = optionalNumber(element, 'recordCount');
    const embedded = this.embedded(element);
    const text = element.attribute('score') ?? (this.isClassification ? largestKey(counts) : undefined);
    const value = text === undefined ? undefined : this.score(text, element);
    const nodes = element.children('Node');
    const children = nodes.length === 0 ? NO_CHILDREN : nodes.map((child) => this.node(child));
    const defaultId = element.attribute('defaultChild');
    const defaultChild = defaultId === undefined ? undefined : children.find((child) => child.id === defaultId);
    if (defaultId !== undefined && children.length > 0 && defaultChild === undefined) {
      throw invalidDocument(`no child has the id ${JSON.stringify(defaultId)} of defaultChild`, element);
    }
    const result: ModelResult | undefined =
      value === undefined
        ? undefined
        : {
            value,
            entityId: id,
            ...(probabilities.size === 0 ? {} : { probabilities }),
            ...(confidences.size === 0 ? {} : { confidences }),
            explain: () => ({ path: explainPath(node) }),
          };
    const node: Node = {
      id,
      element,
      test: compilePredicate(predicate, scope),
      usedSurrogate: surrogateUse(predicate, scope),
      children,
      defaultChild,
      recordCount,
      counts,
      result,
      embedded: embedded === undefined ? undefined : (frame) => withPath(embedded(frame), node),
      parent: undefined,
    };
    for (const child of children) child.parent = node;
    return node;
  }

  private score(text: string, element: Element): Scalar {
    const { scope } = this;
    if (this.isClassification) {
      const value = lenientLiteral(text, scope.target()?.dataType ?? 'string');
      if (!this.classes.has(textOf(value))) this.classes.set(textOf(value), value);
      return value;
    }
    const number = parseNumber(text);
    if (number === undefined) {
      if (scope.functionName !== 'regression') return text;
      throw invalidDocument(`the score ${JSON.stringify(text)} of a regression is no number`, element);
    }
    return scope.math === 'float' ? Math.fround(number) : number;
  }

  private distribution(element: Element): Distribution {
    const distributions = element.children('ScoreDistribution');
    if (distributions.length === 0) return NOTHING;
    const counts = new Map<string, number>();
    const given = { confidence: new Map<string, number>(), probability: new Map<string, number>() };
    const round = this.scope.math === 'float' ? Math.fround : (value: number) => value;
    for (const part of distributions) {
      const value = lenientLiteral(required(part, 'value'), this.scope.target()?.dataType ?? 'string');
      const key = textOf(value);
      if (!this.classes.has(key)) this.classes.set(key, value);
      counts.set(key, numberAttribute(part, 'recordCount', 0));
      for (const name of ['confidence', 'probability'] as const) {
        const number = optionalNumber(part, name);
        if (number !== undefined) given[name].set(key, round(number));
      }
    }
    const whole = total(counts);
    const shares = new Map<string, number>();
    if (whole > 0) for (const [key, count] of counts) shares.set(key, round(round(count) / round(whole)));
    const filled = (own: Map<string, number>) => (own.size === 0 ? shares : new Map([...shares, ...own]));
    return { counts, confidences: filled(given.confidence), probabilities: filled(given.probability) };
  }

  private embedded(element: Element): CompiledModel | undefined {
    const regression = element.child('Regression');
    if (regression !== undefined) return compileRegressionModel(regression, this.scope);
    const tree = element.child('DecisionTree');
    return tree === undefined ? undefined : compileTreeModel(tree, this.scope);
  }
}

/** Whether the first choice of a surrogate predicate is unknown. */
function surrogateUse(predicate: Element, scope: Scope): Predicate | undefined {
  if (predicate.name !== 'CompoundPredicate' || predicate.attribute('booleanOperator') !== 'surrogate')
    return undefined;
  const first = predicate.children().find((child) => child.name !== 'Extension');
  if (first === undefined) return undefined;
  const test = compilePredicate(first, scope);
  return (frame) => test(frame) === undefined;
}
