/** Kinds of a scalar. Widths are never implicit: a rounding to float32 is a `cast` node. */
export type Kind = 'bool' | 'int32' | 'int64' | 'float32' | 'float64' | 'string';

/**
 * Type of a value of one row: a scalar (shape []) or a vector (shape [n]).
 * `missing` says whether the value may be missing. A float's NaN *is* its missing state: ONNX spells a missing float
 * as NaN, PMML and PFA as an absent value or null.
 */
export interface Type {
  readonly kind: Kind;
  readonly shape: readonly [] | readonly [number];
  readonly missing: boolean;
}

/** Index of a node in its program. */
export type Ref = number;

export type Literal = null | boolean | number | bigint | string;

export function scalar(kind: Kind, missing = false): Type {
  return { kind, shape: [], missing };
}

export function vector(kind: Kind, size: number, missing = false): Type {
  return { kind, shape: [size], missing };
}

export function isFloat(kind: Kind): kind is 'float32' | 'float64' {
  return kind === 'float32' || kind === 'float64';
}

export function isNumber(kind: Kind): boolean {
  return kind !== 'bool' && kind !== 'string';
}

/** Number of scalars in a value: 1 for a scalar. */
export function sizeOf(type: Type): number {
  return type.shape[0] ?? 1;
}

/** The smallest kind that holds both without loss; int64 with a float gives float64, as in ONNX and PMML arithmetic. */
export function commonKind(a: Kind, b: Kind): Kind | undefined {
  if (a === b) return a;
  if (!isNumber(a) || !isNumber(b)) return undefined;
  if (a === 'float64' || b === 'float64' || isFloat(a) || isFloat(b)) return 'float64';
  return 'int64';
}

export function formatType(type: Type): string {
  return `${type.kind}${type.shape.length === 0 ? '' : `[${type.shape[0]}]`}${type.missing ? '?' : ''}`;
}
