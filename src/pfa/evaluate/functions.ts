import type { Argument, EnumCall, FcnDef, FcnRef, FunctionCall } from '../ast.js';
import { semanticError } from '../complaints.js';
import { coercion } from '../data/coerce.js';
import { PfaRuntimeError, PfaTimeoutError } from '../errors.js';
import type { Call, LibraryFunction } from '../library/function.js';
import { LIBRARY } from '../library/index.js';
import { accepts, broadest, typeText } from '../relations.js';
import { readSignature } from '../signature.js';
import { type AvroType, type FcnType, type Fn, primitive, type Type, untagged, type Value } from '../types.js';
import { pathOf, type Where } from '../where.js';
import { type Match, matchSignature, substitute } from './match.js';
import type { Code, Runtime } from './runtime.js';
import type { Frame, Scope } from './scope.js';
import { DECIDED_BY_FIRST } from './short-circuit.js';
import { analyseBody, converted, demand, type Typed, type TypedArgument, type Unit } from './unit.js';

/** Items that one array, map, text or byte sequence made by the library may have. */
const LONGEST = 2 ** 26;

export function analyseArgument(unit: Unit, arg: Argument, scope: Scope): TypedArgument {
  if (arg.form === 'fcn-def') return inlineFunction(unit, arg, scope);
  if (arg.form === 'fcn-ref') return reference(unit, arg, scope);
  return unit.analyse(arg, scope);
}

export function functionType(def: FcnDef): FcnType {
  return {
    type: 'fcn',
    params: def.params.map(({ type }) => type.resolved as AvroType),
    returns: def.returns.resolved as AvroType,
  };
}

/** Makes the function itself, given the frame around it. */
export function analyseFunction(unit: Unit, def: FcnDef, scope: Scope): (rt: Runtime) => (frame: Frame | null) => Fn {
  const type = functionType(def);
  const slots = def.params.map(({ name }, index) => scope.declare(name, type.params[index] as AvroType).slot);
  const body = analyseBody(unit, def.body, scope);
  if (body.type.type !== 'exception') demand(def.where, type.returns, body.type, 'the result of the function');
  const make = converted(body, type.returns);
  const { layout } = scope;
  return (rt) => {
    const code = make(rt);
    const { size } = layout;
    return (around) =>
      (...args) => {
        rt.spend(1);
        const frame: Frame = new Array(size);
        frame[0] = around;
        for (let i = 0; i < slots.length; i++) frame[slots[i] as number] = args[i] as Value;
        return code(frame);
      };
  };
}

function inlineFunction(unit: Unit, def: FcnDef, scope: Scope): TypedArgument {
  const make = analyseFunction(unit, def, scope.function());
  return {
    type: functionType(def),
    make: (rt) => {
      const close = make(rt);
      return (frame) => close(frame);
    },
  };
}

/** A named function: its parameters' names, its type, and the function for one engine instance. */
interface Named {
  readonly names: readonly string[];
  readonly type: FcnType;
  readonly make: (rt: Runtime) => Fn;
}

function namedFunction(unit: Unit, name: string, where: Where): Named {
  if (name === 'emit' && unit.program.method === 'emit') return emitFunction(unit);
  if (name.startsWith('u.')) {
    const own = unit.fcns.get(name.slice(2));
    if (own === undefined) throw semanticError(where, `the document has no function "${name}"`);
    unit.touching.at(-1)?.calls.add(name.slice(2));
    return { names: own.names, type: own.type, make: (rt) => ownFunction(rt, name.slice(2)) };
  }
  const row = LIBRARY.get(name);
  if (row === undefined) throw unknownFunction(unit, where, name);
  const signature = row.signatures.length === 1 ? readSignature(row.signatures[0] as string) : undefined;
  const match = signature === undefined ? undefined : matchConcrete(row);
  if (signature === undefined || match === undefined) {
    throw semanticError(where, `"${name}" takes arguments of several types and cannot be referred to by its name`, {
      hint: 'write a function with "params", "ret" and "do" that calls it',
    });
  }
  return {
    names: signature.params.map((param) => param.name),
    type: { type: 'fcn', params: match.params as AvroType[], returns: match.returns },
    make: (rt) => row.bind(callOf(row, match, rt, where)),
  };
}

/** The types of a signature without labels. */
function matchConcrete(row: LibraryFunction): Match | undefined {
  const signature = readSignature(row.signatures[0] as string);
  const params = signature.params.map(({ of }) => substitute(of, new Map()));
  const returns = substitute(signature.returns, new Map());
  if (returns === undefined || returns.type === 'fcn' || params.includes(undefined)) return undefined;
  return { params: params as Type[], returns };
}

function ownFunction(rt: Runtime, name: string): Fn {
  const holder = rt.fcns.get(name) as { body: Fn };
  return (...args) => holder.body(...args);
}

function emitFunction(unit: Unit): Named {
  const type: FcnType = {
    type: 'fcn',
    params: [unit.program.output.resolved as AvroType],
    returns: primitive('null'),
  };
  return {
    names: ['output'],
    type,
    make: (rt) => (value) => {
      rt.emit(value as Value);
      return null;
    },
  };
}

function unknownFunction(unit: Unit, where: Where, name: string) {
  const own = unit.fcns.has(name);
  return semanticError(where, `there is no function "${name}"`, own ? { hint: `write "u.${name}"` } : {});
}

function reference(unit: Unit, ref: FcnRef, scope: Scope): TypedArgument {
  const named = namedFunction(unit, ref.name, ref.where);
  if (ref.fill.length === 0) {
    return {
      type: named.type,
      make: (rt) => {
        const fn = named.make(rt);
        return () => fn;
      },
    };
  }
  const fills = new Map<number, (rt: Runtime) => Code>();
  for (const { name, value } of ref.fill) {
    const index = named.names.indexOf(name);
    if (index < 0)
      throw semanticError(value.where, `"${ref.name}" has no parameter "${name}"`, {
        expected: named.names.join(', '),
      });
    const typed = analyseArgument(unit, value, scope.value());
    demand(value.where, named.type.params[index] as AvroType, typed.type, `"${name}"`);
    fills.set(index, converted(typed, named.type.params[index] as AvroType));
  }
  const open = named.names.map((_, index) => index).filter((index) => !fills.has(index));
  return {
    type: {
      type: 'fcn',
      params: open.map((index) => named.type.params[index] as AvroType),
      returns: named.type.returns,
    },
    make: (rt) => {
      const fn = named.make(rt);
      const codes = [...fills].map(([index, make]) => ({ index, code: make(rt) }));
      return (frame) => {
        const all: Value[] = new Array(named.names.length);
        for (const { index, code } of codes) all[index] = code(frame);
        return (...args: Value[]) => {
          const full = all.slice();
          open.forEach((index, at) => {
            full[index] = args[at] as Value;
          });
          return fn(...full);
        };
      };
    },
  };
}

/** What a row's body may know of this call. */
function callOf(row: LibraryFunction, match: Match, rt: Runtime, where: Where): Call {
  return {
    name: row.name,
    types: match.params,
    returns: match.returns,
    engine: rt,
    error: (code) =>
      new PfaRuntimeError(row.errors?.[code] ?? `error ${code}`, code, row.name, { place: { path: pathOf(where) } }),
  };
}

export function call(unit: Unit, expr: FunctionCall, scope: Scope): Typed {
  const args = expr.args.map((arg) => analyseArgument(unit, arg, scope.value()));
  const { name } = expr;
  if (name.startsWith('u.') || (name === 'emit' && unit.program.method === 'emit')) {
    const named = namedFunction(unit, name, expr.where);
    demandCount(expr.where, name, named.type.params.length, args.length);
    const makes = args.map((arg, index) => {
      demand(
        (expr.args[index] as Argument).where,
        named.type.params[index] as AvroType,
        arg.type,
        `an argument of "${name}"`,
      );
      return converted(arg, named.type.params[index] as AvroType);
    });
    return { type: named.type.returns, make: (rt) => invocation(named.make(rt), makes, rt) };
  }
  const row = LIBRARY.get(name);
  if (row === undefined) throw unknownFunction(unit, expr.where, name);
  const { match, complaint } = resolveRow(
    row,
    args.map((arg) => arg.type),
  );
  if (match === undefined) {
    throw semanticError(
      expr.where,
      `"${name}" does not take these arguments${complaint === undefined ? '' : `: ${complaint}`}`,
      {
        expected: row.signatures.join(' or '),
        got: `(${args.map((arg) => typeText(arg.type)).join(', ')})`,
      },
    );
  }
  const makes = args.map((arg, index) => converted(arg, match.params[index] as Type));
  return {
    type: match.returns,
    make: (rt) => {
      const fn = row.bind(callOf(row, match, rt, expr.where));
      const decided = DECIDED_BY_FIRST.get(name);
      if (decided !== undefined) return shortCircuit(fn, makes, decided, match.returns, rt);
      return guarded(invocation(fn, makes, rt), match.returns, rt);
    },
  };
}

function shortCircuit(
  fn: Fn,
  makes: readonly ((rt: Runtime) => Code)[],
  decided: (first: Value) => boolean,
  returns: AvroType,
  rt: Runtime,
): Code {
  const [first, second] = makes.map((make) => make(rt)) as [Code, Code];
  const result = returns.type === 'union' ? (value: Value) => value : untagIfTagged;
  return (frame) => {
    const value = first(frame);
    return decided(value) ? result(value) : fn(value, second(frame));
  };
}

function untagIfTagged(value: Value): Value {
  return typeof value === 'object' ? untagged(value) : value;
}

/** The first of a row's signatures that takes the arguments. */
export function resolveRow(row: LibraryFunction, given: readonly Type[]): { match?: Match; complaint?: string } {
  let complaint: string | undefined;
  for (const text of row.signatures) {
    const match = matchSignature(readSignature(text), given);
    if (match === undefined) continue;
    complaint = row.check?.(match.params, match.returns);
    if (complaint === undefined) return { match };
  }
  return complaint === undefined ? {} : { complaint };
}

function demandCount(where: Where, name: string, wanted: number, got: number): void {
  if (wanted !== got) {
    throw semanticError(where, `"${name}" is called with the wrong number of arguments`, {
      expected: String(wanted),
      got: String(got),
    });
  }
}

function invocation(fn: Fn, makes: readonly ((rt: Runtime) => Code)[], rt: Runtime): Code {
  const codes = makes.map((make) => make(rt));
  const [first, second, third] = codes as [Code, Code, Code];
  switch (codes.length) {
    case 0:
      return () => fn();
    case 1:
      return (frame) => fn(first(frame));
    case 2:
      return (frame) => fn(first(frame), second(frame));
    case 3:
      return (frame) => fn(first(frame), second(frame), third(frame));
    default:
      return (frame) => fn(...codes.map((code) => code(frame)));
  }
}

/** Charges for large results, so that a loop of doublings cannot fill the memory. */
function guarded(code: Code, returns: AvroType, rt: Runtime): Code {
  if (returns.type !== 'array' && returns.type !== 'string' && returns.type !== 'bytes') return code;
  return (frame) => {
    const value = code(frame);
    const { length } = value as { length: number };
    if (length > 256) {
      if (length > LONGEST) throw new PfaTimeoutError(`a value has more than ${LONGEST} items`);
      rt.spend(length >> 4);
    }
    return value;
  };
}

export function enumCall(unit: Unit, expr: EnumCall, scope: Scope): Typed {
  const of = unit.analyse(expr.of, scope.value());
  if (of.type.type !== 'enum') {
    throw semanticError(expr.where, '"call" needs an enum whose symbols name functions', { got: typeText(of.type) });
  }
  const args = expr.args.map((arg) => analyseArgument(unit, arg, scope.value()));
  const named = of.type.symbols.map((symbol) => {
    const one = namedFunction(unit, `u.${symbol}`, expr.where);
    demandCount(expr.where, `u.${symbol}`, one.type.params.length, args.length);
    args.forEach((arg, index) => {
      const wanted = one.type.params[index] as AvroType;
      if (!accepts(wanted, arg.type))
        demand((expr.args[index] as Argument).where, wanted, arg.type, `an argument of "u.${symbol}"`);
    });
    return { symbol, one };
  });
  const type = broadest(named.map(({ one }) => one.type.returns));
  if (type === undefined || type.type === 'fcn')
    throw semanticError(expr.where, 'the functions have no result type in common');
  return {
    type,
    make: (rt) => {
      const code = of.make(rt);
      const codes = new Map(
        named.map(({ symbol, one }) => {
          const makes = args.map((arg, index) => converted(arg, one.type.params[index] as AvroType));
          const run = invocation(one.make(rt), makes, rt);
          const way = coercion(one.type.returns, type);
          return [symbol, way === undefined ? run : (frame: Frame) => way(run(frame))] as const;
        }),
      );
      return (frame) => (codes.get(code(frame) as string) as Code)(frame);
    },
  };
}
