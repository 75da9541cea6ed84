import type { PfaRuntimeError } from '../errors.js';
import type { AvroType, Fn, Type } from '../types.js';

/**
 * The generator of an engine: seeded, shared by all calls of one engine instance. The library supplies the
 * algorithm (`library/random.ts`), the engine one state for each instance.
 */
export interface Random {
  /** Uniform in [0, 1), 53 bits. */
  next(): number;
  /** 32 uniform bits, as an unsigned integer. */
  bits(): number;
}

/** What the whole engine instance lends to a call. */
export interface CallEngine {
  readonly random: Random;
  /** Charges the step budget: call it from loops whose length the data decide; throws PfaTimeoutError when it is used up. */
  spend(steps: number): void;
}

/** One place in a document where a library function is called: what its body may know when it is compiled. */
export interface Call {
  /** The function's name as the table gives it. */
  readonly name: string;
  /**
   * The parameters' types, wildcards resolved to this call's types; a function parameter has a FcnType. Arguments
   * arrive already converted to them: int to double, long to float, a plain value into its union branch, and so on.
   */
  readonly types: readonly Type[];
  /** The resolved type of the result; the body must return a value of exactly this type. */
  readonly returns: AvroType;
  readonly engine: CallEngine;
  /** The run-time error of one of the row's codes, with the row's message; `throw call.error(15000)`. */
  error(code: number): PfaRuntimeError;
}

/**
 * A row of the library's table.
 *
 * `signatures`: one line each, in this notation (white space is free):
 *   `(x: any A of {int, long, float, double}, y: A) -> A`
 *   `(a: array of any A, lessThan: fcn(A, A) -> boolean) -> array of A`
 *   `(datum: record D, treeNode: record T {pass: union(T, any S), fail: union(T, S)}, test: fcn(D, T) -> boolean) -> S`
 *   `(comparison: record T {field: enum F of fields of D, operator: string, value: any V}) -> boolean`
 *   `(x: enum A) -> string`, `(x: fixed A) -> bytes`, `() -> double`, `(x: map of array of double) -> …`
 * A label is bound where it first stands after any, record, enum or fixed; alone it refers to what it was bound to.
 * Labels are single upper-case words; the types' own names are lower case.
 */
export interface LibraryFunction {
  readonly name: string;
  readonly signatures: readonly string[];
  /** One to three sentences of our own. */
  readonly doc: string;
  /** Code → exact message, as `try` filters match it: `{ 18000: 'int overflow' }`. */
  readonly errors?: Readonly<Record<number, string>>;
  /** `pseudorandom`: uses the generator; `unstable`, `unordered`: as the specification marks them. */
  readonly nondeterministic?: 'pseudorandom' | 'unstable' | 'unordered';
  /** Deprecation and age, where the specification gives them. */
  readonly since?: string;
  readonly deprecated?: string;
  /**
   * What the signature's patterns cannot say (optional record fields and the like): the complaint, or undefined if the
   * types are fine. Runs in the static check.
   */
  readonly check?: (types: readonly Type[], returns: AvroType) => string | undefined;
  /**
   * Makes the body for one call site: choose here by `call.types` (int, long or double arithmetic, a comparator),
   * so that the body itself does not. Bodies never change their arguments.
   */
  readonly bind: (call: Call) => Fn;
}

/** One module's rows, in the specification's order; `library/index.ts` joins all modules. */
export type LibraryModule = readonly LibraryFunction[];

/** `bind` for a body that needs nothing of its call. */
export function plain(body: Fn): (call: Call) => Fn {
  return () => body;
}
