import type { Body, Expr, FcnDef, Program } from '../ast.js';
import { semanticError } from '../complaints.js';
import { coercion } from '../data/coerce.js';
import { accepts, typeText } from '../relations.js';
import type { AvroType, FcnType, Type } from '../types.js';
import type { Where } from '../where.js';
import type { Code, Runtime } from './runtime.js';
import type { Scope } from './scope.js';

/** An expression with its type, ready to be built for any engine instance. */
export interface Typed {
  readonly type: AvroType;
  readonly make: (rt: Runtime) => Code;
}

/** An argument: an expression or a function. The code of a function makes it from the frame around it. */
export interface TypedArgument {
  readonly type: Type;
  readonly make: (rt: Runtime) => Code;
}

/** What one function of the document touches, for the check that updates cannot wait for each other. */
export interface Touches {
  readonly calls: Set<string>;
  updates: boolean;
}

/** The state of one document's analysis. */
export interface Unit {
  readonly program: Program;
  readonly fcns: ReadonlyMap<
    string,
    { readonly type: FcnType; readonly names: readonly string[]; readonly def: FcnDef }
  >;
  readonly touches: Map<string, Touches>;
  /** What the code that is being analysed touches, innermost function last. */
  readonly touching: Touches[];
  /** Functions given to `to`, which run while a cell or a pool's item is held. */
  readonly held: { readonly where: Where; readonly touches: Touches }[];
  readonly analyse: (expr: Expr, scope: Scope) => Typed;
}

/** The value of an expression as a value of a wider type. */
export function converted(typed: TypedArgument, wanted: Type): (rt: Runtime) => Code {
  const way = coercion(typed.type, wanted);
  if (way === undefined) return typed.make;
  return (rt) => {
    const code = typed.make(rt);
    return (frame) => way(code(frame));
  };
}

/** Complains unless a value of the type may stand there; what only raises errors has no value. */
export function demand(where: Where, wanted: Type, given: Type, what: string): void {
  if (given.type === 'exception' || !accepts(wanted, given)) {
    throw semanticError(where, `${what} has the wrong type`, { expected: typeText(wanted), got: typeText(given) });
  }
}

/** Expressions in turn; the value is the last one's. An empty body is null. */
export function analyseBody(unit: Unit, body: Body, scope: Scope): Typed {
  const parts = body.map((expr) => unit.analyse(expr, scope));
  const last = parts.at(-1);
  if (last === undefined) return { type: { type: 'null' }, make: () => () => null };
  if (parts.length === 1) return last;
  return {
    type: last.type,
    make: (rt) => {
      const codes = parts.map((part) => part.make(rt));
      const final = codes.pop() as Code;
      if (codes.length === 1) {
        const first = codes[0] as Code;
        return (frame) => {
          first(frame);
          return final(frame);
        };
      }
      return (frame) => {
        for (const code of codes) code(frame);
        return final(frame);
      };
    },
  };
}
