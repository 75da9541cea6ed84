import type { Element } from '../../../wire/xml/document.js';
import { missingElement } from '../../errors.js';
import { required } from '../attributes.js';
import { compileExpression, isExpression } from '../expressions.js';
import type { Field, Scope } from '../model.js';
import { castValue, lenientLiteral, type OpType, type Scalar, type Value } from '../values.js';

/** A DerivedField that stands inside a part of a model: BayesInput, CenterFields, NeuralOutput, network nodes. */
export function localDerivedField(element: Element, scope: Scope, fallbackName = ''): Field {
  const child = element.children().find(isExpression);
  if (child === undefined) throw missingElement(element, 'EXPRESSION');
  const expression = compileExpression(child, scope);
  const dataType = required(element, 'dataType');
  return {
    name: element.attribute('name') ?? fallbackName,
    dataType,
    optype: (element.attribute('optype') ?? 'continuous') as OpType,
    categories: element
      .children('Value')
      .filter((value) => (value.attribute('property') ?? 'valid') === 'valid')
      .map((value) => lenientLiteral(required(value, 'value'), dataType)),
    value: (frame) => castAll(expression.evaluate(frame), dataType),
  };
}

function castAll(value: Value, dataType: string): Value {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) return castValue(value as Scalar, dataType);
  return (value as readonly Scalar[]).flatMap((item) => castValue(item, dataType) ?? []);
}

/** A scope that sees these fields before its parent's. */
export function withFields(parent: Scope, local: ReadonlyMap<string, Field>): Scope {
  return {
    element: parent.element,
    functionName: parent.functionName,
    math: parent.math,
    targetNames: parent.targetNames,
    activeNames: parent.activeNames,
    parent,
    target: (name) => parent.target(name),
    field: (name, element) => local.get(name) ?? parent.field(name, element),
    find: (name) => local.get(name) ?? parent.find(name),
    miningField: (name) => parent.miningField(name),
    definedFunction: (name, types) => parent.definedFunction(name, types),
    remember: (name, field, back) => parent.remember(name, field, back),
  };
}
