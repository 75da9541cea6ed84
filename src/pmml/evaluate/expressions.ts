import type { Element } from '../../wire/xml/document.js';
import { unknownElement } from '../errors.js';
import type { Frame, Scope } from './model.js';
import type { DataType, OpType, Value } from './values.js';

/** A compiled expression with what is known of its type before any record is seen. */
export interface Expression {
  readonly dataType: DataType | undefined;
  readonly optype: OpType | undefined;
  readonly evaluate: (frame: Frame) => Value;
}

type ExpressionCompiler = (element: Element, scope: Scope) => Expression;

const COMPILERS: Readonly<Record<string, ExpressionCompiler>> = {};

export function isExpression(element: Element): boolean {
  return Object.hasOwn(COMPILERS, element.name);
}

/** Compiles Constant, FieldRef, Apply, NormContinuous and every other expression element. */
export function compileExpression(element: Element, scope: Scope): Expression {
  const compile = Object.hasOwn(COMPILERS, element.name) ? COMPILERS[element.name] : undefined;
  if (compile === undefined) throw unknownElement(element, 'an expression');
  return compile(element, scope);
}
