import type { Argument, Attr, CellAccess, Expr, PoolAccess, PoolDelete } from '../ast.js';
import { semanticError } from '../complaints.js';
import { PfaRuntimeError } from '../errors.js';
import { typeText } from '../relations.js';
import { type AvroType, type Fn, newMap, primitive, type Value, type ValueMap } from '../types.js';
import { pathOf, type Where } from '../where.js';
import { NULL } from './basic.js';
import { analyseArgument } from './functions.js';
import { type CellState, type Code, type PoolState, type Runtime, setItem } from './runtime.js';
import type { Frame, Scope } from './scope.js';
import { converted, demand, type Touches, type Typed, type Unit } from './unit.js';

/** One step of a path: into an array, a map, or a record's field (whose name is known). */
interface Step {
  readonly kind: 'array' | 'map' | 'record';
  readonly make: (rt: Runtime) => Code;
}

/** The codes that the specification gives to an array's and a map's missing item, for reading and for changing. */
const CODES = {
  attr: [2000, 2001, 2002, 2003],
  cell: [2004, 2005, 2006, 2007],
  pool: [2008, 2009, 2010, 2011],
} as const;
type Access = keyof typeof CODES;

function analysePath(
  unit: Unit,
  from: AvroType,
  path: readonly Expr[],
  scope: Scope,
): { steps: Step[]; type: AvroType } {
  let type = from;
  const steps = path.map((expr): Step => {
    const typed = unit.analyse(expr, scope.value());
    if (type.type === 'array') {
      demand(expr.where, primitive('long'), typed.type, 'an index of an array');
      type = type.items;
      return { kind: 'array', make: typed.make };
    }
    if (type.type === 'map') {
      demand(expr.where, primitive('string'), typed.type, 'a key of a map');
      type = type.values;
      return { kind: 'map', make: typed.make };
    }
    if (type.type !== 'record') {
      throw semanticError(expr.where, 'the path leads into a value without items', { got: typeText(type) });
    }
    const literal = literalText(expr);
    if (literal === undefined) {
      throw semanticError(expr.where, 'a field of a record must be named by a string that stands in the document');
    }
    const field = type.fields.find(({ name }) => name === literal);
    if (field === undefined) throw semanticError(expr.where, `${typeText(type)} has no field "${literal}"`);
    type = field.type;
    return { kind: 'record', make: typed.make };
  });
  return { steps, type };
}

/** The text of an expression that is a string in the document itself. */
function literalText(expr: Expr): string | undefined {
  if (expr.form === 'literal' && expr.type === 'string') return expr.value as string;
  if (expr.form !== 'value' || expr.type.resolved?.type !== 'string') return undefined;
  return expr.value.node.kind === 'string' ? expr.value.node.value : undefined;
}

function fault(access: Access, updating: boolean, kind: 'array' | 'map', where: Where): PfaRuntimeError {
  const code = CODES[access][(updating ? 2 : 0) + (kind === 'map' ? 1 : 0)] as number;
  const message = kind === 'map' ? 'map key not found' : 'array index not found';
  return new PfaRuntimeError(message, code, updating ? `${access}-to` : access, { place: { path: pathOf(where) } });
}

type Kind = Step['kind'];

/** The item of a value; complains with the access's code if there is none. */
function itemAt(value: Value, key: Value, kind: Kind, missing: (kind: 'array' | 'map') => PfaRuntimeError): Value {
  if (kind === 'array') {
    const items = value as readonly Value[];
    if ((key as number) < 0 || (key as number) >= items.length) throw missing('array');
    return items[Number(key)] as Value;
  }
  const found = (value as ValueMap)[key as string];
  if (found === undefined) throw missing('map');
  return found;
}

/** A copy of the value in which the item at the end of the path is changed; everything else is shared. */
function changed(
  value: Value,
  keys: readonly Value[],
  kinds: readonly Kind[],
  at: number,
  change: (old: Value) => Value,
  missing: (kind: 'array' | 'map') => PfaRuntimeError,
): Value {
  if (at === keys.length) return change(value);
  const key = keys[at] as Value;
  const kind = kinds[at] as Kind;
  const next = changed(itemAt(value, key, kind, missing), keys, kinds, at + 1, change, missing);
  if (kind === 'array') {
    const copy = (value as readonly Value[]).slice();
    copy[Number(key)] = next;
    return copy;
  }
  const copy = Object.assign(newMap(), value);
  copy[key as string] = next;
  return copy;
}

/** What a `to` makes of the old value: an expression ignores it, a function is given it. */
type Change = (rt: Runtime) => (frame: Frame) => (old: Value) => Value;

function analyseTo(unit: Unit, to: Argument, type: AvroType, scope: Scope, holds: boolean): Change {
  if (to.form !== 'fcn-def' && to.form !== 'fcn-ref') {
    const typed = unit.analyse(to, scope.value());
    demand(to.where, type, typed.type, 'the new value');
    const make = converted(typed, type);
    return (rt) => {
      const code = make(rt);
      return (frame) => {
        const value = code(frame);
        return () => value;
      };
    };
  }
  const touches: Touches = { calls: new Set(), updates: false };
  unit.touching.push(touches);
  const typed = analyseArgument(unit, to, scope.value());
  unit.touching.pop();
  const around = unit.touching.at(-1);
  if (around !== undefined) {
    for (const call of touches.calls) around.calls.add(call);
    around.updates ||= touches.updates;
  }
  if (holds) unit.held.push({ where: to.where, touches });
  const wanted = { type: 'fcn', params: [type], returns: type } as const;
  demand(to.where, wanted, typed.type, 'the function for the new value');
  const make = converted(typed, wanted);
  return (rt) => {
    const code = make(rt);
    return (frame) => {
      const fn = code(frame) as Fn;
      return (old) => fn(old);
    };
  };
}

export function attr(unit: Unit, expr: Attr, scope: Scope): Typed {
  const of = unit.analyse(expr.of, scope.value());
  const { steps, type } = analysePath(unit, of.type, expr.path, scope);
  const kinds = steps.map(({ kind }) => kind);
  if (expr.to === undefined) {
    const missing = (kind: 'array' | 'map') => fault('attr', false, kind, expr.where);
    const first = steps[0] as Step;
    const literal = literalText(expr.path[0] as Expr) ?? '';
    if (steps.length === 1 && first.kind === 'record') {
      return {
        type,
        make: (rt) => {
          const base = of.make(rt);
          return (frame) => (base(frame) as ValueMap)[literal] as Value;
        },
      };
    }
    return {
      type,
      make: (rt) => {
        const base = of.make(rt);
        const codes = steps.map((step) => step.make(rt));
        return (frame) => {
          let value = base(frame);
          for (let i = 0; i < codes.length; i++) {
            value = itemAt(value, (codes[i] as Code)(frame), kinds[i] as Kind, missing);
          }
          return value;
        };
      },
    };
  }
  const change = analyseTo(unit, expr.to, type, scope, false);
  const missing = (kind: 'array' | 'map') => fault('attr', true, kind, expr.where);
  return {
    type: of.type,
    make: (rt) => {
      const base = of.make(rt);
      const codes = steps.map((step) => step.make(rt));
      const changing = change(rt);
      return (frame) => {
        const value = base(frame);
        const keys = codes.map((code) => code(frame));
        return changed(value, keys, kinds, 0, changing(frame), missing);
      };
    },
  };
}

export function cell(unit: Unit, expr: CellAccess, scope: Scope): Typed {
  const store = unit.program.cells.get(expr.name);
  if (store === undefined) throw semanticError(expr.where, `there is no cell "${expr.name}"`);
  const whole = store.type.resolved as AvroType;
  const { steps, type } = analysePath(unit, whole, expr.path, scope);
  const kinds = steps.map(({ kind }) => kind);
  if (expr.to === undefined) {
    const missing = (kind: 'array' | 'map') => fault('cell', false, kind, expr.where);
    return {
      type,
      make: (rt) => {
        const state = rt.cells.get(expr.name) as CellState;
        if (steps.length === 0) return () => state.value;
        const codes = steps.map((step) => step.make(rt));
        return (frame) => {
          let { value } = state;
          for (let i = 0; i < codes.length; i++) {
            value = itemAt(value, (codes[i] as Code)(frame), kinds[i] as Kind, missing);
          }
          return value;
        };
      },
    };
  }
  const change = analyseTo(unit, expr.to, type, scope, true);
  const touching = unit.touching.at(-1);
  if (touching !== undefined) touching.updates = true;
  const missing = (kind: 'array' | 'map') => fault('cell', true, kind, expr.where);
  return {
    type: whole,
    make: (rt) => {
      const state = rt.cells.get(expr.name) as CellState;
      const codes = steps.map((step) => step.make(rt));
      const changing = change(rt);
      return (frame) => {
        const keys = codes.map((code) => code(frame));
        const how = changing(frame);
        state.value = changed(state.value, keys, kinds, 0, how, missing);
        return state.value;
      };
    },
  };
}

export function pool(unit: Unit, expr: PoolAccess, scope: Scope): Typed {
  const store = unit.program.pools.get(expr.name);
  if (store === undefined) throw semanticError(expr.where, `there is no pool "${expr.name}"`);
  const whole = store.type.resolved as AvroType;
  const [first, ...rest] = expr.path as [Expr, ...Expr[]];
  const item = unit.analyse(first, scope.value());
  demand(first.where, primitive('string'), item.type, 'the name of a pool item');
  const { steps, type } = analysePath(unit, whole, rest, scope);
  const kinds = steps.map(({ kind }) => kind);
  if (expr.to === undefined) {
    const missing = (kind: 'array' | 'map') => fault('pool', false, kind, expr.where);
    return {
      type,
      make: (rt) => {
        const state = rt.pools.get(expr.name) as PoolState;
        const name = item.make(rt);
        const codes = steps.map((step) => step.make(rt));
        return (frame) => {
          let value = state.items.get(name(frame) as string);
          if (value === undefined) throw missing('map');
          for (let i = 0; i < codes.length; i++) {
            value = itemAt(value, (codes[i] as Code)(frame), kinds[i] as Kind, missing);
          }
          return value;
        };
      },
    };
  }
  const change = analyseTo(unit, expr.to, type, scope, true);
  const init = unit.analyse(expr.init as Expr, scope.value());
  demand((expr.init as Expr).where, whole, init.type, 'the initial value');
  const initMake = converted(init, whole);
  const touching = unit.touching.at(-1);
  if (touching !== undefined) touching.updates = true;
  const missing = (kind: 'array' | 'map') => fault('pool', true, kind, expr.where);
  return {
    type: whole,
    make: (rt) => {
      const state = rt.pools.get(expr.name) as PoolState;
      const name = item.make(rt);
      const codes = steps.map((step) => step.make(rt));
      const changing = change(rt);
      const start = initMake(rt);
      return (frame) => {
        const key = name(frame) as string;
        const keys = codes.map((code) => code(frame));
        const how = changing(frame);
        const found = state.items.get(key);
        const old = found === undefined ? start(frame) : found;
        const value = changed(old, keys, kinds, 0, how, missing);
        setItem(state, key, value);
        return value;
      };
    },
  };
}

export function poolDelete(unit: Unit, expr: PoolDelete, scope: Scope): Typed {
  if (!unit.program.pools.has(expr.name)) throw semanticError(expr.where, `there is no pool "${expr.name}"`);
  const item = unit.analyse(expr.item, scope.value());
  demand(expr.item.where, primitive('string'), item.type, 'the name of a pool item');
  const touching = unit.touching.at(-1);
  if (touching !== undefined) touching.updates = true;
  return {
    type: NULL,
    make: (rt) => {
      const state = rt.pools.get(expr.name) as PoolState;
      const name = item.make(rt);
      return (frame) => {
        setItem(state, name(frame) as string, undefined);
        return null;
      };
    },
  };
}
