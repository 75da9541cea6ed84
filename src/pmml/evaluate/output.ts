import type { Element } from '../../wire/xml/document.js';
import { badAttribute, unsupported } from '../errors.js';
import {
  booleanAttribute,
  eitherAttribute,
  enumAttribute,
  integerAttribute,
  numberAttribute,
  required,
} from './attributes.js';
import { castResult } from './expressions/simple.js';
import { compileExpression, expressionChild } from './expressions.js';
import type { Field, Frame, ModelResult, RuleResult, TargetResult } from './model.js';
import { normalQuantile, studentTQuantile } from './models/kernels/special-functions.js';
import type { ModelScope } from './scope.js';
import type { Treatment } from './targets.js';
import { isCollection, lenientLiteral, numberOf, type OpType, type Scalar, textOf, type Value } from './values.js';

export interface OutputPlan {
  readonly fields: readonly OutputFieldPlan[];
  /** Puts the predictions where references to the targets find them. */
  readonly predict: (frame: Frame, result: ModelResult) => void;
}

export interface OutputFieldPlan {
  readonly name: string;
  readonly dataType: string | undefined;
  readonly feature: string;
  readonly element: Element;
  readonly evaluate: (frame: Frame, result: ModelResult) => Value;
}

interface Ask {
  readonly element: Element;
  readonly frame: Frame;
  readonly result: ModelResult;
  readonly target: TargetResult;
  readonly treatment: Treatment | undefined;
  /** The `value` attribute in the target's type, as a key of categories. */
  readonly key: string | undefined;
  readonly rank: number;
  /** The target as an input: its actual value. */
  readonly actual: Field | undefined;
}

const RULE_FEATURES = [
  'antecedent',
  'consequent',
  'rule',
  'ruleId',
  'confidence',
  'support',
  'lift',
  'leverage',
  'affinity',
] as const;
type RuleFeature = (typeof RULE_FEATURES)[number];

const category = (values: ReadonlyMap<string, number> | undefined, ask: Ask): Value => {
  const key =
    ask.key ??
    (ask.target.value === undefined || isCollection(ask.target.value) ? undefined : textOf(ask.target.value));
  return key === undefined ? undefined : values?.get(key);
};

function entityId(ask: Ask): Value {
  const { result, rank } = ask;
  if (result.rules !== undefined) return ruleValue('ruleId')(ask);
  return rank > 1 ? result.entities?.[rank - 1]?.id : result.entityId;
}

function affinity({ result, rank, key }: Ask): Value {
  if (key !== undefined) return result.entities?.find((entity) => entity.id === key)?.affinity;
  return rank > 1 ? result.entities?.[rank - 1]?.affinity : result.affinity;
}

/** Actual minus predicted; for a category, its indicator minus its probability. */
function residual(ask: Ask): Value {
  const actual = ask.actual?.value(ask.frame);
  if (actual === undefined || isCollection(actual)) return undefined;
  if (ask.target.probabilities === undefined || ask.treatment?.field?.optype === 'continuous') {
    const [x, y] = [numberOf(actual), numberOf(ask.target.value)];
    return x === undefined || y === undefined ? undefined : x - y;
  }
  const of = ask.key ?? textOf(actual);
  return (textOf(actual) === of ? 1 : 0) - (ask.target.probabilities.get(of) ?? 0);
}

function confidenceBound(sign: number): (ask: Ask) => Value {
  return ({ element, result, target }) => {
    const deviation =
      result.standardError ??
      result.standardDeviation ??
      (result.variance === undefined ? undefined : Math.sqrt(result.variance));
    const value = numberOf(target.value);
    if (deviation === undefined || value === undefined) return undefined;
    const level = numberAttribute(element, 'confidenceLevel', numberAttribute(element, 'value', 95)) / 100;
    if (!(level > 0 && level < 1)) throw badAttribute(element, 'confidenceLevel', 'a percentage between 0 and 100');
    const p = 0.5 + level / 2;
    const quantile =
      result.degreesOfFreedom === undefined ? normalQuantile(p) : studentTQuantile(p, result.degreesOfFreedom);
    return value + sign * quantile * deviation;
  };
}

const ALGORITHMS: Readonly<Record<string, (rule: RuleResult) => boolean>> = {
  recommendation: (rule) => rule.hasAntecedent,
  exclusiveRecommendation: (rule) => rule.hasAntecedent && !rule.hasConsequent,
  ruleAssociation: (rule) => rule.hasAntecedent && rule.hasConsequent,
};

const RULE_VALUES: Readonly<Record<RuleFeature, (rule: RuleResult) => Value>> = {
  antecedent: (rule) => rule.antecedent,
  consequent: (rule) => rule.consequent,
  rule: (rule) => `{${rule.antecedent.join(',')}}->{${rule.consequent.join(',')}}`,
  ruleId: (rule) => rule.id,
  confidence: (rule) => rule.confidence,
  support: (rule) => rule.support,
  lift: (rule) => rule.lift,
  leverage: (rule) => rule.leverage,
  affinity: (rule) => rule.affinity,
};

/** `ruleValue`, and the features of 4.0 and 4.1 that name a rule's part themselves. */
function ruleValue(part?: RuleFeature): (ask: Ask) => Value {
  return ({ element, result, rank }) => {
    const feature = part ?? enumAttribute(element, 'ruleFeature', RULE_FEATURES, 'consequent');
    if (result.rules === undefined) {
      const fired = result.firedRules;
      if (fired === undefined || feature !== 'ruleId') return undefined;
      return rank === 0 ? fired : fired[rank - 1];
    }
    const algorithm = enumAttribute(
      element,
      'algorithm',
      ['recommendation', 'exclusiveRecommendation', 'ruleAssociation'],
      'exclusiveRecommendation',
    );
    const basis = enumAttribute(
      element,
      'rankBasis',
      ['confidence', 'support', 'lift', 'leverage', 'affinity'],
      'confidence',
    );
    const sign =
      enumAttribute(element, 'rankOrder', ['descending', 'ascending'], 'descending') === 'descending' ? -1 : 1;
    const unknown = sign < 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    const rules = result.rules
      .filter(ALGORITHMS[algorithm]!)
      .map((rule, order) => ({ rule, order, by: rule[basis] ?? unknown }))
      .sort((a, b) => (a.by === b.by ? a.order - b.order : sign * (a.by < b.by ? -1 : 1)))
      .map(({ rule }) => rule);
    const read = RULE_VALUES[feature];
    const many = rank === 0 || booleanAttribute(element, 'isMultiValued');
    if (many) {
      const chosen = rank <= 0 ? rules : rules.slice(0, rank);
      return chosen.map((rule) => read(rule)) as readonly Scalar[];
    }
    const rule = rules[rank - 1];
    return rule === undefined ? undefined : read(rule);
  };
}

const FEATURES: Readonly<Record<string, (ask: Ask) => Value>> = {
  // Where the prediction is an entity, as a cluster is, the next ones have their ranks.
  predictedValue: ({ target, result: { entities }, rank }) =>
    rank > 1 && entities !== undefined && entities[0]?.id === target.value ? entities[rank - 1]?.id : target.value,
  predictedDisplayValue: ({ target, result, treatment }) => {
    const name = result.entities?.[0]?.id === result.entityId ? result.entities?.[0]?.name : undefined;
    return name ?? treatment?.display(target.value) ?? target.value;
  },
  // A category that the distribution does not name has no share of it.
  probability: (ask) =>
    category(ask.target.probabilities, ask) ??
    (ask.target.probabilities === undefined || ask.key === undefined ? undefined : 0),
  confidence: (ask) => {
    if (ask.result.rules !== undefined) return ruleValue('confidence')(ask);
    const { confidences, confidence, probabilities } = ask.target;
    // A model without confidences of its own has its probabilities; so does JPMML-Evaluator read it.
    if (confidences === undefined && confidence === undefined) return category(probabilities, ask);
    if (ask.key === undefined) return category(confidences, ask) ?? confidence;
    return confidences === undefined ? undefined : (confidences.get(ask.key) ?? 0);
  },
  residual,
  standardError: ({ result }) => result.standardError,
  standardDeviation: ({ result }) =>
    result.standardDeviation ?? (result.variance === undefined ? undefined : Math.sqrt(result.variance)),
  confidenceIntervalLower: confidenceBound(-1),
  confidenceIntervalUpper: confidenceBound(1),
  clusterId: entityId,
  entityId,
  affinity,
  clusterAffinity: affinity,
  entityAffinity: affinity,
  warning: ({ result }) => result.warning,
  reasonCode: ({ result, rank }) => (rank === 0 ? result.reasonCodes : result.reasonCodes?.[rank - 1]),
  ruleValue: ruleValue(),
  antecedent: ruleValue('antecedent'),
  consequent: ruleValue('consequent'),
  rule: ruleValue('rule'),
  ruleId: ruleValue('ruleId'),
  support: ruleValue('support'),
  lift: ruleValue('lift'),
  leverage: ruleValue('leverage'),
};

const TEXT_FEATURES = new Set([
  'entityId',
  'clusterId',
  'reasonCode',
  'ruleValue',
  'warning',
  'ruleId',
  'rule',
  'antecedent',
  'consequent',
  'predictedDisplayValue',
]);

function typeOf(
  element: Element,
  feature: string,
  treatment: Treatment | undefined,
  expressionType: string | undefined,
): string | undefined {
  const declared = element.attribute('dataType');
  if (declared !== undefined) return declared;
  if (feature === 'predictedValue') return treatment?.field?.dataType;
  if (feature === 'transformedValue' || feature === 'decision') return expressionType;
  return TEXT_FEATURES.has(feature) ? undefined : 'double';
}

/**
 * The OutputField elements of a model, in order: each sees the ones before it by name. Their values are put into
 * slots of the scope, so that expressions, later segments and the enclosing model can refer to them.
 */
export function compileOutput(scope: ModelScope, treatments: ReadonlyMap<string | undefined, Treatment>): OutputPlan {
  const plans: OutputFieldPlan[] = [];
  const actuals = new Map<string, Field | undefined>();
  for (const name of scope.targetNames) actuals.set(name, scope.find(name));
  const elements = scope.element.child('Output')?.children('OutputField') ?? [];
  const predictions = elements.length === 0 ? [] : scope.targetNames.map((name) => exposePrediction(scope, name));
  for (const element of elements) {
    const plan = compileOutputField(element, scope, treatments, actuals);
    const { name } = plan;
    const type = plan.dataType ?? '';
    const optype = (element.attribute('optype') ?? (type === 'double' ? 'continuous' : 'categorical')) as OpType;
    const { field, put } = scope.slot(name, type, optype);
    scope.expose(field);
    plans.push({
      ...plan,
      evaluate: (frame, result) => {
        const value = plan.evaluate(frame, result);
        put(frame, value);
        return value;
      },
    });
  }
  return {
    fields: plans,
    predict: (frame, result) => {
      for (const { name, put } of predictions) put(frame, (result.targets?.get(name) ?? result).value);
    },
  };
}

/** Inside Output a target's name stands for its prediction. */
function exposePrediction(
  scope: ModelScope,
  name: string,
): { name: string; put: (frame: Frame, value: Value) => void } {
  const target = scope.target(name)!;
  const { field, put } = scope.slot(name, target.dataType, target.optype);
  scope.expose(field);
  return { name, put };
}

function compileOutputField(
  element: Element,
  scope: ModelScope,
  treatments: ReadonlyMap<string | undefined, Treatment>,
  actuals: ReadonlyMap<string, Field | undefined>,
): OutputFieldPlan {
  const name = required(element, 'name');
  const targetName = element.attribute('targetField') ?? scope.targetNames[0];
  const treatment = treatments.get(targetName) ?? treatments.get(scope.targetNames[0]);
  const child = expressionChild(element);
  const feature = element.attribute('feature') ?? (child === undefined ? 'predictedValue' : 'transformedValue');
  const segmentId = eitherAttribute(element, 'segmentId');
  if (
    child !== undefined &&
    (feature === 'transformedValue' || feature === 'decision' || !Object.hasOwn(FEATURES, feature))
  ) {
    const expression = compileExpression(child, scope);
    const dataType = typeOf(element, feature, treatment, expression.dataType);
    return {
      name,
      dataType,
      feature,
      element,
      // Without a declared type the value stays what the expression makes of it.
      evaluate:
        element.attribute('dataType') === undefined
          ? expression.evaluate
          : (frame) => castResult(expression.evaluate(frame), dataType, expression.dataType),
    };
  }
  const dataType = typeOf(element, feature, treatment, undefined);
  const lookup =
    feature === 'transformedValue' || feature === 'decision'
      ? FEATURES['predictedValue']
      : Object.hasOwn(FEATURES, feature)
        ? FEATURES[feature]
        : undefined;
  if (lookup === undefined) throw unsupported(element, `the output feature ${feature} is not known`, 'feature');
  const text = element.attribute('value');
  const key = text === undefined ? undefined : textOf(lenientLiteral(text, treatment?.field?.dataType ?? 'string'));
  // A number that is predicted for a text is a double all the same.
  const predicted = treatment?.field?.dataType === 'string' ? 'double' : treatment?.field?.dataType;
  const isPredicted = feature === 'predictedValue' || feature === 'predictedDisplayValue';
  const natural = isPredicted ? predicted : TEXT_FEATURES.has(feature) ? undefined : 'double';
  const rank = integerAttribute(element, 'rank', 1);
  const actual = targetName === undefined ? undefined : actuals.get(targetName);
  return {
    name,
    dataType,
    feature,
    element,
    evaluate: (frame, whole) => {
      const result = segmentId === undefined ? whole : whole.segments?.get(segmentId);
      if (result === undefined) return undefined;
      const target = (targetName === undefined ? undefined : result.targets?.get(targetName)) ?? result;
      return castResult(lookup({ element, frame, result, target, treatment, key, rank, actual }), dataType, natural);
    },
  };
}
