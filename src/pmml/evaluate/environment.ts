import { type Limits, withDefaults } from '../../core/limits.js';
import type { Element } from '../../wire/xml/document.js';
import type { PmmlDocument } from '../document.js';
import { cyclicDefinition, duplicateName, missingElement, unknownField } from '../errors.js';
import { required } from './attributes.js';
import { type DataField, readDictionary } from './dictionary.js';
import { castResult } from './expressions/simple.js';
import { compileExpression, expressionChild } from './expressions.js';
import { step } from './frames.js';
import type { DefinedFunction, Field, Frame, Scope } from './model.js';
import type { DataType, OpType, Value } from './values.js';

/** What one call of a function counts for: functions that call each other twice grow fast. */
const CALL_STEPS = 20;

/** Beyond so many compiled functions the types of arguments are left open. */
const MOST_COMPILED = 1000;

export interface Remembered {
  readonly field: Field;
  /** How many records back it is asked for. */
  readonly back: number;
}

/** What all models of a document share. */
export interface Environment {
  readonly document: PmmlDocument;
  readonly limits: Limits;
  readonly dictionary: ReadonlyMap<string, DataField>;
  /** DerivedField elements of the TransformationDictionary. */
  readonly derived: ReadonlyMap<string, Element>;
  definedFunction: Scope['definedFunction'];
  /** Fields of the outermost scope whose earlier values Lag asks for. */
  readonly remembered: Map<string, Remembered>;
}

export function derivedElements(parent: Element | undefined): Map<string, Element> {
  const result = new Map<string, Element>();
  for (const element of parent?.children('DerivedField') ?? []) {
    const name = required(element, 'name');
    if (result.has(name)) throw duplicateName('field', name, element);
    result.set(name, element);
  }
  return result;
}

export function createEnvironment(document: PmmlDocument, limits?: Partial<Limits>): Environment {
  const transformations = document.root.child('TransformationDictionary');
  const elements = new Map<string, Element>();
  for (const element of transformations?.children('DefineFunction') ?? []) {
    const name = required(element, 'name');
    if (elements.has(name)) throw duplicateName('function', name, element);
    elements.set(name, element);
  }
  const compiled = new Map<string, DefinedFunction>();
  const definedFunction: Scope['definedFunction'] = (name, types) => {
    const element = elements.get(name);
    if (element === undefined) return undefined;
    const open = types.map((type, index) =>
      element.children('ParameterField')[index]?.attribute('dataType') === undefined ? type : undefined,
    );
    const given = compiled.size < MOST_COMPILED ? open : [];
    const key = JSON.stringify([name, ...given]);
    let result = compiled.get(key);
    if (result === undefined) {
      const { declaration, body } = declareFunction(element, definedFunction, given);
      compiled.set(key, declaration);
      result = declaration;
      body();
    }
    return result;
  };
  return {
    document,
    limits: withDefaults(limits),
    dictionary: readDictionary(document.root.child('DataDictionary')),
    derived: derivedElements(transformations),
    definedFunction,
    remembered: new Map(),
  };
}

/**
 * The function as callers see it at once, and a second step that compiles its body, which may call any function.
 * A parameter without a type has that of its argument; a function without one has that of its body.
 */
function declareFunction(
  element: Element,
  definedFunction: Scope['definedFunction'],
  given: readonly (DataType | undefined)[],
): { declaration: DefinedFunction; body: () => void } {
  const name = required(element, 'name');
  const dataType = element.attribute('dataType');
  const optype = element.attribute('optype') as OpType | undefined;
  const parameters = element.children('ParameterField');
  const types = parameters.map((parameter) => parameter.attribute('dataType'));
  const fields = new Map<string, Field>();
  parameters.forEach((parameter, index) => {
    const parameterName = required(parameter, 'name');
    if (fields.has(parameterName)) throw duplicateName('parameter', parameterName, parameter);
    fields.set(parameterName, {
      name: parameterName,
      dataType: types[index] ?? given[index] ?? '',
      optype: (parameter.attribute('optype') ?? 'continuous') as OpType,
      categories: [],
      value: (frame) => frame.parameters[index],
    });
  });
  let evaluate: ((frame: Frame) => Value) | undefined;
  let from: string | undefined;
  let running = false;
  const call: DefinedFunction['call'] = (args, frame, argTypes) => {
    if (running) throw cyclicDefinition('function', name, element);
    step(frame.session, CALL_STEPS);
    const outer = frame.parameters;
    frame.parameters = args.map((arg, index) => castResult(arg, types[index], argTypes[index]));
    running = true;
    try {
      return castResult(evaluate!(frame), dataType, from);
    } finally {
      running = false;
      frame.parameters = outer;
    }
  };
  const body = (): void => {
    const expression = expressionChild(element);
    if (expression === undefined) throw missingElement(element, 'expression');
    const compiled = compileExpression(expression, functionScope(element, fields, definedFunction));
    evaluate = compiled.evaluate;
    from = compiled.dataType;
  };
  const declaration: DefinedFunction = {
    parameters: parameters.length,
    get dataType() {
      return dataType ?? from;
    },
    optype,
    call,
  };
  return { declaration, body };
}

/** The body of a function sees its parameters alone. */
function functionScope(
  element: Element,
  fields: ReadonlyMap<string, Field>,
  definedFunction: Scope['definedFunction'],
): Scope {
  return {
    element,
    functionName: '',
    math: 'double',
    targetNames: [],
    activeNames: [],
    parent: undefined,
    target: () => undefined,
    find: (name) => fields.get(name),
    field: (name, from) => {
      const field = fields.get(name);
      if (field === undefined) throw unknownField(name, from, [...fields.keys()]);
      return field;
    },
    remember: () => undefined,
    definedFunction,
    miningField: () => undefined,
  };
}
