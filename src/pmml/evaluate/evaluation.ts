import type { Element } from '../../wire/xml/document.js';
import { unsupported } from '../errors.js';
import { requiredChild } from './attributes.js';
import type { Environment } from './environment.js';
import { newFrame, step } from './frames.js';
import type { Frame, ModelResult, Session } from './model.js';
import { MODELS } from './models.js';
import { compileOutput, type OutputFieldPlan } from './output.js';
import { ModelScope } from './scope.js';
import { compileTarget, type Treatment, treatTargets } from './targets.js';
import type { Value } from './values.js';

/** One model for one record: its result after Targets, and its output fields. */
export interface Evaluation {
  readonly frame: Frame;
  readonly result: ModelResult;
  readonly outputs: ReadonlyMap<string, Value>;
}

export interface Evaluator {
  readonly scope: ModelScope;
  readonly outputs: readonly OutputFieldPlan[];
  readonly treatments: ReadonlyMap<string | undefined, Treatment>;
  evaluate(record: Frame['record'], parent: Frame | undefined, session: Session): Evaluation;
}

const NO_OUTPUTS: ReadonlyMap<string, Value> = new Map();

/** Compiles a model element with its schema, transformations, targets and output; `parent` is the enclosing model. */
export function compileEvaluator(environment: Environment, element: Element, parent?: ModelScope): Evaluator {
  const compile = Object.hasOwn(MODELS, element.name) ? MODELS[element.name] : undefined;
  if (compile === undefined) throw unsupported(element, `the model ${element.name} is not supported`);
  requiredChild(element, 'MiningSchema');
  const scope = new ModelScope(environment, element, parent);
  const treatments = new Map<string | undefined, Treatment>();
  for (const name of scope.targetNames) treatments.set(name, compileTarget(scope, name));
  if (scope.targetNames.length === 0) treatments.set(undefined, compileTarget(scope, undefined));
  // An invalid value fails the record, whether or not the model comes to use it.
  const inputs = parent === undefined ? scope.activeNames.flatMap((name) => scope.find(name) ?? []) : [];
  const model = compile(element, scope);
  const { fields: plans, predict } = compileOutput(scope, treatments);
  scope.finish();
  return {
    scope,
    outputs: plans,
    treatments,
    evaluate: (record, parentFrame, session) => {
      step(session);
      const frame = newFrame(scope.size, record, parentFrame, session);
      for (const input of inputs) input.value(frame);
      const result = treatTargets(model(frame), scope.targetNames, treatments);
      if (plans.length === 0) return { frame, result, outputs: NO_OUTPUTS };
      predict(frame, result);
      const outputs = new Map<string, Value>();
      for (const plan of plans) outputs.set(plan.name, plan.evaluate(frame, result));
      return { frame, result, outputs };
    },
  };
}
