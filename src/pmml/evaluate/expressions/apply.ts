import { SamescoreError } from '../../../core/errors.js';
import type { Element } from '../../../wire/xml/document.js';
import { evaluationError, invalidArgument, invalidDocument, unknownFunction } from '../../errors.js';
import { contentElements, enumAttribute, required } from '../attributes.js';
import { compileExpression, type Expression } from '../expressions.js';
import { builtInNamed } from '../functions/index.js';
import type { Frame, Scope } from '../model.js';
import { type DataType, isCollection, type Scalar, type Value } from '../values.js';
import { openReplacement } from './simple.js';

type Treatment = 'returnInvalid' | 'asIs' | 'asMissing';

/** What Apply adds around a function: replacement of missing arguments and results, treatment of invalid ones. */
interface Around {
  readonly element: Element;
  readonly mapMissingTo: Scalar | undefined;
  readonly defaultValue: Scalar | undefined;
  readonly treatment: Treatment;
}

export function compileApply(element: Element, scope: Scope): Expression {
  const name = required(element, 'function');
  const args = contentElements(element).map((child) => compileExpression(child, scope));
  if (name === 'if') return compileIf(element, args);
  if (name === 'isValid' || name === 'isNotValid') return compileValidity(element, args, scope, name === 'isValid');
  const types = args.map((arg) => arg.dataType);
  const defined = scope.definedFunction(name, types);
  if (defined !== undefined) {
    arity(element, args, defined.parameters, defined.parameters);
    return around(element, args, defined.dataType, (values, frame) => defined.call(values, frame, types));
  }
  const builtIn = builtInNamed(name);
  if (builtIn === undefined) throw unknownFunction(name, element);
  arity(element, args, builtIn.least, builtIn.most);
  const call = { element, types, order: args[0]?.order };
  const type = typeof builtIn.type === 'function' ? builtIn.type(call.types) : builtIn.type;
  const missing = builtIn.missing ?? 'propagate';
  return around(element, args, type, (values) => {
    if (missing === 'own') return builtIn.call(values, call);
    if (!values.includes(undefined)) return builtIn.call(values, call);
    if (missing === 'propagate') return undefined;
    return builtIn.call(
      values.filter((value) => value !== undefined),
      { element, types: types.filter((_, i) => values[i] !== undefined) },
    );
  });
}

function arity(element: Element, args: readonly Expression[], least: number, most = Number.POSITIVE_INFINITY): void {
  if (args.length >= least && args.length <= most) return;
  const wanted =
    least === most ? `${least}` : most === Number.POSITIVE_INFINITY ? `${least} or more` : `${least} to ${most}`;
  throw invalidDocument(
    `the function ${element.attribute('function')} takes ${wanted} arguments, not ${args.length}`,
    element,
  );
}

function surroundings(element: Element, type: DataType | undefined): Around {
  return {
    element,
    mapMissingTo: openReplacement(element, 'mapMissingTo', type),
    defaultValue: openReplacement(element, 'defaultValue', type),
    treatment: enumAttribute(element, 'invalidValueTreatment', ['returnInvalid', 'asIs', 'asMissing'], 'returnInvalid'),
  };
}

function around(
  element: Element,
  args: readonly Expression[],
  type: DataType | undefined,
  body: (values: readonly Value[], frame: Frame) => Value,
): Expression {
  const { mapMissingTo, defaultValue, treatment } = surroundings(element, type);
  const evaluators = args.map((arg) => arg.evaluate);
  return {
    dataType: type,
    optype: undefined,
    evaluate: (frame) => {
      const values: Value[] = [];
      for (const evaluate of evaluators) {
        const value = evaluate(frame);
        // "If any of the arguments is missing, the function is not applied and mapMissingTo is the result."
        if (value === undefined && mapMissingTo !== undefined) return mapMissingTo;
        values.push(value);
      }
      return attempt(element, treatment, () => body(values, frame), values) ?? defaultValue;
    },
  };
}

/** Runs a function; an invalid argument, or NaN from arguments that were none, is treated as Apply says. */
function attempt(element: Element, treatment: Treatment, body: () => Value, values: readonly Value[]): Value {
  let result: Value;
  try {
    result = body();
    if (typeof result !== 'number' || !Number.isNaN(result) || values.some((value) => Number.isNaN(value)))
      return result;
    if (treatment === 'asIs') return result;
    throw invalidArgument(`the function ${element.attribute('function')} has no result for its arguments`, element);
  } catch (error) {
    if (!(error instanceof SamescoreError) || error.code !== 'pmml/invalid-argument' || treatment === 'returnInvalid')
      throw error;
    return treatment === 'asMissing' ? undefined : Number.NaN;
  }
}

/** `if`: only the branch that is chosen is evaluated. */
function compileIf(element: Element, [condition, then, otherwise, ...more]: readonly Expression[]): Expression {
  if (condition === undefined || then === undefined || more.length > 0) {
    throw invalidDocument('the function if takes 2 or 3 arguments', element);
  }
  const dataType =
    otherwise === undefined || otherwise.dataType === then.dataType
      ? then.dataType
      : widest(then.dataType, otherwise.dataType);
  const { mapMissingTo, defaultValue } = surroundings(element, dataType);
  const pick = (frame: Frame): Value => {
    const test = condition.evaluate(frame);
    if (test === undefined) return mapMissingTo;
    if (isCollection(test) || (test !== true && test !== false)) {
      if (test !== 0 && test !== 1 && test !== 'true' && test !== 'false') {
        throw evaluationError('the condition of if is no truth value', element);
      }
    }
    const branch = test === true || test === 1 || test === 'true' ? then : otherwise;
    return branch === undefined ? undefined : (branch.evaluate(frame) ?? mapMissingTo);
  };
  return { dataType, optype: then.optype, evaluate: (frame) => pick(frame) ?? defaultValue };
}

function widest(a: DataType | undefined, b: DataType | undefined): DataType | undefined {
  const numeric = ['integer', 'float', 'double'];
  const [left, right] = [numeric.indexOf(a ?? ''), numeric.indexOf(b ?? '')];
  return left < 0 || right < 0 ? undefined : numeric[Math.max(left, right)];
}

/** isValid and isNotValid: inside or outside the domain of the field that is referred to; a missing value is neither. */
function compileValidity(element: Element, args: readonly Expression[], scope: Scope, wanted: boolean): Expression {
  const [arg] = args;
  if (arg === undefined || args.length > 1) {
    throw invalidDocument(
      `the function ${element.attribute('function')} takes 1 argument, not ${args.length}`,
      element,
    );
  }
  const [child] = contentElements(element);
  const name = child?.name === 'FieldRef' ? child.attribute('field') : undefined;
  const isValid = name === undefined ? undefined : scope.find(name)?.isValid;
  return {
    dataType: 'boolean',
    optype: 'categorical',
    evaluate: (frame) => {
      const value = arg.evaluate(frame);
      if (value === undefined) return false;
      return (isValid === undefined || isValid(frame)) === wanted;
    },
  };
}
