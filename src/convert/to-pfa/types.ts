import { type Kind, sizeOf, type Type } from '../../ir/types.js';
import type { Json } from './json.js';

/** PFA's name of a scalar kind; kinds keep their width. */
export const PFA_KIND: { readonly [K in Kind]: string } = {
  bool: 'boolean',
  int32: 'int',
  int64: 'long',
  float32: 'float',
  float64: 'double',
  string: 'string',
};

/**
 * The PFA type that a value has inside the action. A missing float is NaN there; other kinds that may be missing are
 * unions with null.
 */
export function innerType(type: Type): Json {
  const scalar = PFA_KIND[type.kind];
  if (type.shape.length === 1) return { type: 'array', items: scalar };
  return type.missing && !isFloatKind(type.kind) ? ['null', scalar] : scalar;
}

export function isFloatKind(kind: Kind): boolean {
  return kind === 'float32' || kind === 'float64';
}

/** Whether the value is a union with null inside the action. */
export function isNullable(type: Type): boolean {
  return type.missing && !isFloatKind(type.kind) && sizeOf(type) === 1 && type.shape.length === 0;
}
