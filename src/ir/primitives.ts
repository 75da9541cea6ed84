/**
 * How a primitive treats missing inputs: `strict` gives missing for any missing input; `kleene` is three-valued logic;
 * `select` takes (condition, then, else): a missing condition gives missing, only the chosen branch counts;
 * `coalesce` gives the first input that is present; `test` answers with a bool that is never missing.
 */
export type MissingRule = 'strict' | 'kleene' | 'select' | 'coalesce' | 'test';

/** How the result's kind follows from the inputs': the same numeric kind for all, bool, or as stated. */
export type KindRule = 'number' | 'float' | 'compare' | 'logic' | 'select' | 'same' | 'bool' | 'text' | 'length';

export interface PrimitiveRow {
  readonly arity: number | readonly [least: number, most: number];
  readonly kinds: KindRule;
  readonly missing: MissingRule;
  readonly meaning: string;
}

const number = (arity: number, meaning: string): PrimitiveRow => ({
  arity,
  kinds: 'number',
  missing: 'strict',
  meaning,
});
const float = (meaning: string): PrimitiveRow => ({ arity: 1, kinds: 'float', missing: 'strict', meaning });
const compare = (meaning: string): PrimitiveRow => ({ arity: 2, kinds: 'compare', missing: 'strict', meaning });
const text = (arity: number, meaning: string): PrimitiveRow => ({ arity, kinds: 'text', missing: 'strict', meaning });

/**
 * The primitives. Inputs of `number` and `compare` rows have one kind: casts are explicit. Each float result is rounded
 * to its kind. Transcendental functions are correctly rounded to within one or two ULPs, not exactly.
 */
export const PRIMITIVES = {
  add: number(2, 'a + b'),
  sub: number(2, 'a − b'),
  mul: number(2, 'a × b'),
  div: number(2, 'a / b; between integers truncated towards zero'),
  mod: number(2, 'a − b·⌊a/b⌋: the divisor gives the sign'),
  pow: number(2, 'a to the power of b'),
  min: number(2, 'the smaller'),
  max: number(2, 'the larger'),
  neg: number(1, '−a'),
  abs: number(1, '|a|'),
  sign: number(1, '−1, 0 or 1'),
  exp: float('eᵃ'),
  expm1: float('eᵃ − 1'),
  log: float('natural logarithm'),
  log10: float('decimal logarithm'),
  log1p: float('ln(1 + a)'),
  sqrt: float('square root'),
  floor: float('largest integer not above'),
  ceil: float('smallest integer not below'),
  round: float('nearest integer, halves upwards: ⌊a + ½⌋'),
  rint: float('nearest integer, halves to even'),
  sin: float('sine of radians'),
  cos: float('cosine of radians'),
  tan: float('tangent of radians'),
  asin: float('arc sine'),
  acos: float('arc cosine'),
  atan: float('arc tangent'),
  sinh: float('hyperbolic sine'),
  cosh: float('hyperbolic cosine'),
  tanh: float('hyperbolic tangent'),
  erf: float('error function'),
  logistic: float('1 / (1 + e⁻ᵃ)'),
  normcdf: float('Φ(a), the standard normal distribution function'),
  lt: compare('a < b'),
  le: compare('a ≤ b'),
  gt: compare('a > b'),
  ge: compare('a ≥ b'),
  eq: compare('a = b'),
  ne: compare('a ≠ b'),
  and: { arity: 2, kinds: 'logic', missing: 'kleene', meaning: 'a ∧ b, three-valued' },
  or: { arity: 2, kinds: 'logic', missing: 'kleene', meaning: 'a ∨ b, three-valued' },
  xor: { arity: 2, kinds: 'logic', missing: 'strict', meaning: 'a ⊕ b' },
  not: { arity: 1, kinds: 'logic', missing: 'strict', meaning: '¬a' },
  select: { arity: 3, kinds: 'select', missing: 'select', meaning: 'condition ? b : c' },
  coalesce: { arity: 2, kinds: 'same', missing: 'coalesce', meaning: 'a, or b where a is missing' },
  'is-missing': { arity: 1, kinds: 'bool', missing: 'test', meaning: 'whether a is missing' },
  upper: text(1, 'upper case'),
  lower: text(1, 'lower case'),
  trim: text(1, 'without blanks at both ends'),
  concat: text(2, 'a followed by b'),
  length: { arity: 1, kinds: 'length', missing: 'strict', meaning: 'number of characters (int64)' },
} as const satisfies Record<string, PrimitiveRow>;

export type Primitive = keyof typeof PRIMITIVES;
