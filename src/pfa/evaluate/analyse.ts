import type { Expr, Program } from '../ast.js';
import { initializationError } from '../complaints.js';
import { type AvroType, mapOf, primitive, type Value } from '../types.js';
import { attr, cell, pool, poolDelete } from './access.js';
import { assignment, attempt, block, doc, literal, log, made, raise, symbol, typedValue } from './basic.js';
import { cast, conditional, foreach, forkey, forLoop, ifNotNull, loop, upcast } from './control.js';
import { analyseFunction, call, enumCall, functionType } from './functions.js';
import { pack, unpack } from './pack.js';
import type { Code, Runtime } from './runtime.js';
import { Scope } from './scope.js';
import { analyseBody, converted, demand, type Touches, type Typed, type Unit } from './unit.js';

type Forms = { [K in Expr['form']]: (unit: Unit, expr: Extract<Expr, { form: K }>, scope: Scope) => Typed };

const ANALYSE = {
  literal,
  symbol,
  value: typedValue,
  new: made,
  do: block,
  let: assignment,
  set: assignment,
  attr,
  cell,
  pool,
  'pool-del': poolDelete,
  cond: conditional,
  while: loop,
  until: loop,
  for: forLoop,
  foreach,
  forkey,
  cast,
  upcast,
  ifnotnull: ifNotNull,
  pack,
  unpack,
  doc,
  error: raise,
  try: attempt,
  log,
  call,
  'enum-call': enumCall,
} satisfies { [K in keyof Forms]: unknown };

function analyse(this: Unit, expr: Expr, scope: Scope): Typed {
  const form = ANALYSE[expr.form] as (unit: Unit, expr: Expr, scope: Scope) => Typed;
  return form(this, expr, scope);
}

/** The symbols of an engine: the engine fills them into the frame of each begin, action, end and merge. */
export interface EngineSymbols {
  readonly name: string;
  readonly instance: number;
  readonly version: number | undefined;
  readonly metadata: Value;
  readonly input?: Value;
  readonly actionsStarted?: number;
  readonly actionsFinished?: number;
  readonly tally?: Value;
  readonly tallyOne?: Value;
  readonly tallyTwo?: Value;
}

/** A begin, action, end or merge, checked. */
export interface Phase {
  readonly make: (rt: Runtime) => (symbols: EngineSymbols) => Value;
}

/** A document that passed the static check. */
export interface Analysis {
  readonly program: Program;
  readonly begin: Phase;
  readonly action: Phase;
  readonly end: Phase;
  readonly merge?: Phase;
  readonly fcns: ReadonlyMap<string, (rt: Runtime) => (...args: Value[]) => Value>;
}

/**
 * Checks a whole document. Throws PfaSemanticError, or PfaInitializationError where updates would wait for each other.
 * With `collect`, each function and each part (begin, action, …) is checked for itself and the errors are handed over;
 * the analysis is then of use only if there were none.
 */
export function analyseProgram(program: Program, collect?: (error: unknown) => void): Analysis {
  const part = <T>(check: () => T, instead: T): T => {
    if (collect === undefined) return check();
    try {
      return check();
    } catch (error) {
      collect(error);
      return instead;
    }
  };
  const nothing: Phase = { make: () => () => null };
  const fcns = new Map(
    [...program.fcns].map(([name, def]) => [
      name,
      { type: functionType(def), names: def.params.map((param) => param.name), def },
    ]),
  );
  const unit: Unit = { program, fcns, touches: new Map(), touching: [], held: [], analyse };
  const made = new Map<string, (rt: Runtime) => (...args: Value[]) => Value>();
  for (const [name, { def }] of fcns) {
    const touches: Touches = { calls: new Set(), updates: false };
    unit.touches.set(name, touches);
    unit.touching.push(touches);
    const make = part<ReturnType<typeof analyseFunction>>(
      () => analyseFunction(unit, def, Scope.root()),
      () => () => () => null,
    );
    unit.touching.length = 0;
    made.set(name, (rt) => make(rt)(null));
  }
  const output = program.output.resolved as AvroType;
  const wanted = program.method === 'emit' ? undefined : output;
  const tally: Symbols = program.method === 'fold' ? { tally: output } : {};
  const { merge } = program;
  const counts: Symbols = { actionsStarted: primitive('long'), actionsFinished: primitive('long') };
  const analysis: Analysis = {
    program,
    begin: part(() => phase(unit, program.begin, {}, undefined), nothing),
    action: part(
      () => phase(unit, program.action, { input: program.input.resolved as AvroType, ...counts, ...tally }, wanted),
      nothing,
    ),
    end: part(() => phase(unit, program.end, { ...counts, ...tally }, undefined), nothing),
    ...(merge === undefined || program.method !== 'fold'
      ? {}
      : { merge: part(() => phase(unit, merge, { tallyOne: output, tallyTwo: output }, output), nothing) }),
    fcns: made,
  };
  part(() => checkHeld(unit), undefined);
  return analysis;
}

type Symbols = Partial<Record<keyof EngineSymbols, AvroType>>;

function phase(unit: Unit, body: Program['action'], symbols: Symbols, wanted: AvroType | undefined): Phase {
  const root = Scope.root();
  const all: Symbols = {
    name: primitive('string'),
    instance: primitive('int'),
    ...(unit.program.version === undefined ? {} : { version: primitive('int') }),
    metadata: mapOf(primitive('string')),
    ...symbols,
  };
  const slots = Object.entries(all).map(([name, type]) => ({
    name: name as keyof EngineSymbols,
    slot: root.declare(name, type).slot,
  }));
  const typed = analyseBody(unit, body, root.sealedBlock());
  const last = body.at(-1);
  if (wanted !== undefined && last !== undefined) demand(last.where, wanted, typed.type, 'the result');
  const make = wanted === undefined ? typed.make : converted(typed, wanted);
  return {
    make: (rt) => {
      const code: Code = make(rt);
      const { size } = root.layout;
      return (given) => {
        const frame = new Array(size);
        frame[0] = null;
        for (const { name, slot } of slots) frame[slot] = given[name];
        return code(frame);
      };
    },
  };
}

/**
 * A function that updates a cell or pool item runs while that is held, so it must not update another, not even through
 * the functions that it calls: two instances could wait for each other for ever.
 */
function checkHeld(unit: Unit): void {
  for (const { where, touches } of unit.held) {
    const seen = new Set<string>();
    const waiting = [touches];
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      if (at.updates) {
        throw initializationError(where, 'the function that updates a cell or pool updates another one', {
          hint: 'update one after the other',
        });
      }
      for (const name of at.calls) {
        const next = unit.touches.get(name);
        if (next === undefined || seen.has(name)) continue;
        seen.add(name);
        waiting.push(next);
      }
    }
  }
}
