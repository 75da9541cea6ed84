import type { Do, Doc, Let, Literal, Log, New, Raise, SymbolRef, Try, TypedValue } from '../ast.js';
import { semanticError } from '../complaints.js';
import { coercion } from '../data/coerce.js';
import { decodeJson } from '../data/json.js';
import { PfaRuntimeError, PfaUserError } from '../errors.js';
import { typeText } from '../relations.js';
import { type AvroType, branchesOf, newMap, primitive, type Value } from '../types.js';
import { pathOf } from '../where.js';
import type { Code } from './runtime.js';
import type { Frame, Scope } from './scope.js';
import { analyseBody, converted, demand, type Typed, type Unit } from './unit.js';

export const NULL = primitive('null');

export function literal(_unit: Unit, expr: Literal): Typed {
  return { type: primitive(expr.type), make: () => () => expr.value };
}

export function symbol(_unit: Unit, expr: SymbolRef, scope: Scope): Typed {
  const variable = scope.find(expr.name);
  if (variable === undefined) throw semanticError(expr.where, `there is no symbol "${expr.name}" here`);
  const { slot } = variable;
  const distance = scope.distance(variable);
  const make = (): Code => {
    if (distance === 0) return (frame) => frame[slot] as Value;
    if (distance === 1) return (frame) => (frame[0] as Frame)[slot] as Value;
    return (frame) => {
      let at = frame;
      for (let i = 0; i < distance; i++) at = at[0] as Frame;
      return at[slot] as Value;
    };
  };
  return { type: variable.type, make };
}

export function typedValue(_unit: Unit, expr: TypedValue): Typed {
  const type = expr.type.resolved as AvroType;
  const value = decodeJson(expr.value, type, (where, wanted) => {
    throw semanticError(where, `the value does not fit its type ${typeText(type)}`, { expected: wanted });
  });
  return { type, make: () => () => value };
}

export function made(unit: Unit, expr: New, scope: Scope): Typed {
  const type = expr.type.resolved as AvroType;
  if (expr.items !== undefined) {
    if (type.type !== 'array')
      throw semanticError(expr.where, '"new" with a list makes arrays', { got: typeText(type) });
    const items = expr.items.map((item) => {
      const typed = unit.analyse(item, scope.value());
      demand(item.where, type.items, typed.type, 'an item');
      return converted(typed, type.items);
    });
    return {
      type,
      make: (rt) => {
        const codes = items.map((item) => item(rt));
        return (frame) => codes.map((code) => code(frame));
      },
    };
  }
  if (type.type !== 'map' && type.type !== 'record') {
    throw semanticError(expr.where, '"new" with an object makes maps and records', { got: typeText(type) });
  }
  const given = expr.entries ?? [];
  const wantedOf = (name: string): AvroType | undefined =>
    type.type === 'map' ? type.values : type.fields.find((field) => field.name === name)?.type;
  const entries = given.map(({ name, value }) => {
    const wanted = wantedOf(name);
    if (wanted === undefined) throw semanticError(value.where, `${typeText(type)} has no field "${name}"`);
    const typed = unit.analyse(value, scope.value());
    demand(value.where, wanted, typed.type, `"${name}"`);
    return { name, make: converted(typed, wanted) };
  });
  if (type.type === 'record') {
    const missing = type.fields.find((field) => !given.some(({ name }) => name === field.name));
    if (missing !== undefined)
      throw semanticError(expr.where, `the field "${missing.name}" of ${typeText(type)} is missing`);
    const order = new Map(type.fields.map((field, index) => [field.name, index]));
    entries.sort((a, b) => (order.get(a.name) as number) - (order.get(b.name) as number));
  }
  return {
    type,
    make: (rt) => {
      const codes = entries.map(({ name, make }) => ({ name, code: make(rt) }));
      return (frame) => {
        const value = newMap();
        for (const { name, code } of codes) value[name] = code(frame);
        return value;
      };
    },
  };
}

/** A block that ends by raising an error counts as null. */
export function block(unit: Unit, expr: Do, scope: Scope): Typed {
  const typed = analyseBody(unit, expr.body, scope.block());
  return typed.type.type === 'exception' ? { ...typed, type: NULL } : typed;
}

export function assignment(unit: Unit, expr: Let, scope: Scope): Typed {
  if (expr.form === 'let' && scope.sealedWithin) {
    throw semanticError(expr.where, 'no symbol may be made here', { hint: 'wrap the expression in {"do": […]}' });
  }
  const bindings = expr.bindings.map(({ name, value }) => {
    const typed = unit.analyse(value, scope.value());
    const known = scope.find(name);
    if (expr.form === 'let') {
      if (typed.type.type === 'exception') throw semanticError(value.where, `"${name}" would never have a value`);
      if (known !== undefined)
        throw semanticError(value.where, `the symbol "${name}" exists already`, { hint: 'use "set"' });
      return { name, value, typed, type: typed.type };
    }
    if (known === undefined)
      throw semanticError(value.where, `there is no symbol "${name}" here`, { hint: 'use "let"' });
    if (!scope.writable(name)) throw semanticError(value.where, `the symbol "${name}" cannot be changed here`);
    demand(value.where, known.type, typed.type, `the new value of "${name}"`);
    return { name, value, typed, type: known.type };
  });
  const targets = bindings.map(({ name, typed, type }) => ({
    slot: (expr.form === 'let' ? scope.declare(name, type) : (scope.find(name) as { slot: number })).slot,
    make: converted(typed, type),
  }));
  return {
    type: NULL,
    make: (rt) => {
      const codes = targets.map(({ slot, make }) => ({ slot, code: make(rt) }));
      const only = codes[0];
      if (codes.length === 1 && only !== undefined) {
        const { slot, code } = only;
        return (frame) => {
          frame[slot] = code(frame);
          return null;
        };
      }
      return (frame) => {
        const values = codes.map(({ code }) => code(frame));
        codes.forEach(({ slot }, index) => {
          frame[slot] = values[index] as Value;
        });
        return null;
      };
    },
  };
}

export function doc(_unit: Unit, _expr: Doc): Typed {
  return { type: NULL, make: () => () => null };
}

export function raise(_unit: Unit, expr: Raise): Typed {
  const { message, code, where } = expr;
  return {
    type: { type: 'exception' },
    make: () => () => {
      throw new PfaUserError(message, code, { place: { path: pathOf(where) } });
    },
  };
}

/** The value of the body, or null if it fails in a way that the filter names (no filter: in any way). */
export function attempt(unit: Unit, expr: Try, scope: Scope): Typed {
  const body = analyseBody(unit, expr.body, scope.value());
  const branches = branchesOf(body.type).filter((branch) => branch.type !== 'exception');
  const nullable = branches.some((branch) => branch.type === 'null');
  const type: AvroType =
    branches.length === 0 || (nullable && branches.length === 1)
      ? NULL
      : nullable
        ? body.type
        : { type: 'union', branches: [...branches, NULL] };
  const way = coercion(body.type, type);
  const { filter } = expr;
  return {
    type,
    make: (rt) => {
      const code = body.make(rt);
      return (frame) => {
        try {
          const value = code(frame);
          return way === undefined ? value : way(value);
        } catch (error) {
          if (!(error instanceof PfaRuntimeError || error instanceof PfaUserError)) throw error;
          if (filter === undefined || filter.includes(error.sentence) || filter.includes(error.code)) return null;
          throw error;
        }
      };
    },
  };
}

export function log(unit: Unit, expr: Log, scope: Scope): Typed {
  const parts = expr.values.map((value) => unit.analyse(value, scope.value()));
  return {
    type: NULL,
    make: (rt) => {
      const codes = parts.map((part) => part.make(rt));
      return (frame) => {
        rt.log(
          codes.map((code) => code(frame)),
          parts.map((part) => part.type),
          expr.namespace ?? null,
        );
        return null;
      };
    },
  };
}
