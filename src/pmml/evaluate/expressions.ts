import type { Element } from '../../wire/xml/document.js';
import { unknownElement } from '../errors.js';
import { compileAggregate, compileLag } from './expressions/aggregate.js';
import { compileApply } from './expressions/apply.js';
import { compileMapValues } from './expressions/map-values.js';
import { compileDiscretize, compileNormContinuous, compileNormDiscrete } from './expressions/normalize.js';
import { compileConstant, compileFieldRef } from './expressions/simple.js';
import { compileTextIndex } from './expressions/text-index.js';
import type { Frame, Scope } from './model.js';
import type { DataType, OpType, Scalar, Value } from './values.js';

/** A compiled expression with what is known of its type before any record is seen. */
export interface Expression {
  readonly dataType: DataType | undefined;
  readonly optype: OpType | undefined;
  readonly evaluate: (frame: Frame) => Value;
  /** The order of an ordinal field's values, as the document lists them. */
  readonly order?: ((a: Scalar, b: Scalar) => number) | undefined;
}

type ExpressionCompiler = (element: Element, scope: Scope) => Expression;

const COMPILERS: Readonly<Record<string, ExpressionCompiler>> = {
  Constant: compileConstant,
  FieldRef: compileFieldRef,
  Apply: compileApply,
  NormContinuous: compileNormContinuous,
  NormDiscrete: compileNormDiscrete,
  Discretize: compileDiscretize,
  MapValues: compileMapValues,
  TextIndex: compileTextIndex,
  Aggregate: compileAggregate,
  Lag: compileLag,
};

export function isExpression(element: Element): boolean {
  return Object.hasOwn(COMPILERS, element.name);
}

/** Compiles Constant, FieldRef, Apply, NormContinuous and every other expression element. */
export function compileExpression(element: Element, scope: Scope): Expression {
  const compile = Object.hasOwn(COMPILERS, element.name) ? COMPILERS[element.name] : undefined;
  if (compile === undefined) throw unknownElement(element, 'an expression');
  return compile(element, scope);
}

/** The first child that is an expression. */
export function expressionChild(parent: Element): Element | undefined {
  return parent.children().find(isExpression);
}
