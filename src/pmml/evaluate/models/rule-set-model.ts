import type { Element } from '../../../wire/xml/document.js';
import { missingElement } from '../../errors.js';
import { enumAttribute, numberAttribute, optionalNumber, required, requiredChild } from '../attributes.js';
import type { Frame, ModelCompiler, ModelResult, Scope } from '../model.js';
import { NO_RESULT } from '../model.js';
import { predicateText } from '../predicate-text.js';
import { compilePredicate, type Predicate, predicateElement } from '../predicates.js';
import { lenientLiteral, type Scalar, textOf } from '../values.js';

interface Rule {
  readonly id: string;
  readonly element: Element;
  readonly score: Scalar;
  readonly confidence: number;
  readonly weight: number;
  readonly distribution: ReadonlyMap<string, number> | undefined;
  readonly test: Predicate;
}

interface RuleGroup {
  readonly test: Predicate;
  readonly rules: readonly (Rule | RuleGroup)[];
}

/** RuleSetModel. The first RuleSelectionMethod is the one used. */
export const compileRuleSetModel: ModelCompiler = (element, scope) => {
  const set = requiredChild(element, 'RuleSet');
  const method = set.child('RuleSelectionMethod');
  if (method === undefined) throw missingElement(set, 'RuleSelectionMethod');
  const criterion = enumAttribute(method, 'criterion', ['weightedSum', 'weightedMax', 'firstHit']);
  const dataType = scope.target()?.dataType ?? (scope.functionName === 'regression' ? 'double' : 'string');
  const counter = { rules: 0 };
  const rules = compileRules(set, scope, dataType, counter);
  const categories = (scope.target()?.categories ?? []).map(textOf);
  const fallback = defaultResult(set, dataType, categories);
  const select = SELECT[criterion];
  return (frame) => {
    const fired: Rule[] = [];
    fire(rules, frame, fired);
    if (fired.length === 0) return fallback;
    const { winner, confidence, confidences, order } = select(fired);
    return {
      value: winner.score,
      confidence,
      confidences: filled(confidences, categories),
      ...(winner.distribution === undefined ? {} : { probabilities: winner.distribution }),
      entityId: winner.id,
      entities: order.map((rule) => ({ id: rule.id, affinity: rule.confidence })),
      firedRules: order.map((rule) => rule.id),
      explain: () => ({ criterion, rule: winner.id, fired: fired.map(explainRule) }),
    };
  };
};

function compileRules(
  parent: Element,
  scope: Scope,
  dataType: string,
  counter: { rules: number },
): (Rule | RuleGroup)[] {
  const rules: (Rule | RuleGroup)[] = [];
  for (const child of parent.children()) {
    if (child.name === 'SimpleRule') rules.push(simpleRule(child, scope, dataType, counter));
    else if (child.name === 'CompoundRule') {
      rules.push({ test: predicateOf(child, scope), rules: compileRules(child, scope, dataType, counter) });
    }
  }
  return rules;
}

function simpleRule(element: Element, scope: Scope, dataType: string, counter: { rules: number }): Rule {
  counter.rules++;
  const scores = element.children('ScoreDistribution');
  const total = scores.reduce((sum, child) => sum + numberAttribute(child, 'recordCount', 0), 0);
  return {
    id: element.attribute('id') ?? String(counter.rules),
    element,
    score: lenientLiteral(required(element, 'score'), dataType),
    confidence: numberAttribute(element, 'confidence', 1),
    weight: numberAttribute(element, 'weight', 1),
    distribution:
      scores.length === 0
        ? undefined
        : new Map(
            scores.map((child) => [
              textOf(lenientLiteral(required(child, 'value'), dataType)),
              optionalNumber(child, 'probability') ?? numberAttribute(child, 'recordCount', 0) / total,
            ]),
          ),
    test: predicateOf(element, scope),
  };
}

function explainRule({ id, element, score, confidence, weight }: Rule): object {
  return { id, predicate: predicateText(predicateElement(element)), score, confidence, weight };
}

function predicateOf(element: Element, scope: Scope): Predicate {
  const predicate = predicateElement(element);
  if (predicate === undefined) throw missingElement(element, 'PREDICATE');
  return compilePredicate(predicate, scope);
}

function fire(rules: readonly (Rule | RuleGroup)[], frame: Frame, fired: Rule[]): void {
  for (const rule of rules) {
    if (rule.test(frame) !== true) continue;
    if ('rules' in rule) fire(rule.rules, frame, fired);
    else fired.push(rule);
  }
}

/** Every category of the target has a confidence; 0 where no rule speaks for it. */
function filled(confidences: ReadonlyMap<string, number>, categories: readonly string[]): Map<string, number> {
  return new Map([...categories.map((category) => [category, 0] as const), ...confidences]);
}

function defaultResult(set: Element, dataType: string, categories: readonly string[]): ModelResult {
  const score = set.attribute('defaultScore');
  if (score === undefined) return NO_RESULT;
  const confidence = optionalNumber(set, 'defaultConfidence');
  const value = lenientLiteral(score, dataType);
  return {
    value,
    ...(confidence === undefined
      ? {}
      : { confidence, confidences: filled(new Map([[textOf(value), confidence]]), categories) }),
    explain: () => ({ rule: null }),
  };
}

interface Selection {
  readonly winner: Rule;
  readonly confidence: number;
  readonly confidences: ReadonlyMap<string, number>;
  /** Fired rules, best first. */
  readonly order: readonly Rule[];
}

const SELECT: Readonly<Record<'firstHit' | 'weightedMax' | 'weightedSum', (fired: readonly Rule[]) => Selection>> = {
  firstHit: (fired) => single(fired[0]!, fired),
  weightedMax: (fired) => {
    const order = [...fired].sort((a, b) => b.weight - a.weight);
    return single(order[0]!, order);
  },
  weightedSum: (fired) => {
    const weights = new Map<string, number>();
    for (const rule of fired) {
      const key = textOf(rule.score);
      weights.set(key, (weights.get(key) ?? 0) + rule.weight);
    }
    let best: [string, number] | undefined;
    for (const entry of weights) if (best === undefined || entry[1] > best[1]) best = entry;
    const [category, weight] = best!;
    const order = [...fired].sort(
      (a, b) => Number(textOf(b.score) === category) - Number(textOf(a.score) === category) || b.weight - a.weight,
    );
    return {
      winner: order[0]!,
      confidence: weight / fired.length,
      confidences: new Map([...weights].map(([key, sum]) => [key, sum / fired.length])),
      order,
    };
  },
};

function single(winner: Rule, order: readonly Rule[]): Selection {
  const confidences = new Map<string, number>();
  for (const rule of order) {
    const key = textOf(rule.score);
    if (!confidences.has(key)) confidences.set(key, rule.confidence);
  }
  return { winner, confidence: winner.confidence, confidences, order };
}
