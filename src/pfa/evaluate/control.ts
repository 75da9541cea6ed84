import type { Cast, Conditional, For, Foreach, Forkey, IfNotNull, Upcast, While } from '../ast.js';
import { semanticError } from '../complaints.js';
import { coercion } from '../data/coerce.js';
import { accepts, broadest, sameType, typeText } from '../relations.js';
import {
  type AvroType,
  branchesOf,
  primitive,
  tagOf,
  unionTag,
  untagged,
  type Value,
  type ValueMap,
} from '../types.js';
import type { Where } from '../where.js';
import { NULL } from './basic.js';
import type { Code } from './runtime.js';
import type { Scope } from './scope.js';
import { analyseBody, converted, demand, type Typed, type Unit } from './unit.js';

const BOOLEAN = primitive('boolean');
const STRING = primitive('string');

/** The type that the branches of one expression share; null if all of them only raise errors. */
export function joined(where: Where, types: readonly AvroType[]): AvroType {
  const type = broadest(types);
  if (type?.type === 'exception') return NULL;
  if (type === undefined || type.type === 'fcn') {
    throw semanticError(where, 'the branches have no type in common', { got: types.map(typeText).join(' and ') });
  }
  return type;
}

function condition(unit: Unit, expr: Conditional['clauses'][number]['test'], scope: Scope): Typed {
  const typed = unit.analyse(expr, scope);
  demand(expr.where, BOOLEAN, typed.type, 'the condition');
  return typed;
}

export function conditional(unit: Unit, expr: Conditional, scope: Scope): Typed {
  const clauses = expr.clauses.map(({ test, yes }) => ({
    test: condition(unit, test, scope.value()),
    body: analyseBody(unit, yes, scope.block()),
  }));
  const otherwise = expr.otherwise === undefined ? undefined : analyseBody(unit, expr.otherwise, scope.block());
  const type =
    otherwise === undefined ? NULL : joined(expr.where, [...clauses.map(({ body }) => body.type), otherwise.type]);
  const bodyMake = (body: Typed) => (otherwise === undefined ? body.make : converted(body, type));
  return {
    type,
    make: (rt) => {
      const codes = clauses.map(({ test, body }) => ({ test: test.make(rt), body: bodyMake(body)(rt) }));
      const last: Code = otherwise === undefined ? () => null : converted(otherwise, type)(rt);
      const only = codes[0];
      if (codes.length === 1 && only !== undefined) {
        const { test, body } = only;
        if (otherwise !== undefined) return (frame) => (test(frame) === true ? body(frame) : last(frame));
      }
      return (frame) => {
        for (const { test, body } of codes) {
          if (test(frame) !== true) continue;
          const value = body(frame);
          return otherwise === undefined ? null : value;
        }
        return last(frame);
      };
    },
  };
}

export function loop(unit: Unit, expr: While, scope: Scope): Typed {
  const inner = scope.block();
  let test: Typed;
  let body: Typed;
  if (expr.form === 'while') {
    test = condition(unit, expr.test, inner.value());
    body = analyseBody(unit, expr.body, inner);
  } else {
    body = analyseBody(unit, expr.body, inner);
    test = condition(unit, expr.test, inner.value());
  }
  return {
    type: NULL,
    make: (rt) => {
      const [testCode, bodyCode] = [test.make(rt), body.make(rt)];
      if (expr.form === 'while') {
        return (frame) => {
          while (testCode(frame) === true) {
            rt.spend(1);
            bodyCode(frame);
          }
          return null;
        };
      }
      return (frame) => {
        do {
          rt.spend(1);
          bodyCode(frame);
        } while (testCode(frame) !== true);
        return null;
      };
    },
  };
}

export function forLoop(unit: Unit, expr: For, scope: Scope): Typed {
  const outer = scope.block();
  const init = expr.init.map(({ name, value }) => {
    if (outer.find(name) !== undefined) throw semanticError(value.where, `the symbol "${name}" exists already`);
    const typed = unit.analyse(value, outer.value());
    return { slot: outer.declare(name, typed.type).slot, make: typed.make };
  });
  const test = condition(unit, expr.test, outer.value());
  const body = analyseBody(unit, expr.body, outer.block());
  const step = expr.step.map(({ name, value }) => {
    const known = outer.find(name);
    if (known === undefined || !outer.writable(name)) {
      throw semanticError(value.where, `there is no symbol "${name}" that could be changed here`);
    }
    const typed = unit.analyse(value, outer.value());
    demand(value.where, known.type, typed.type, `the new value of "${name}"`);
    return { slot: known.slot, make: converted(typed, known.type) };
  });
  return {
    type: NULL,
    make: (rt) => {
      const starts = init.map(({ slot, make }) => ({ slot, code: make(rt) }));
      const steps = step.map(({ slot, make }) => ({ slot, code: make(rt) }));
      const [testCode, bodyCode] = [test.make(rt), body.make(rt)];
      return (frame) => {
        for (const { slot, code } of starts) frame[slot] = code(frame);
        while (testCode(frame) === true) {
          rt.spend(1);
          bodyCode(frame);
          const next = steps.map(({ code }) => code(frame));
          for (let i = 0; i < steps.length; i++) frame[(steps[i] as { slot: number }).slot] = next[i] as Value;
        }
        return null;
      };
    },
  };
}

export function foreach(unit: Unit, expr: Foreach, scope: Scope): Typed {
  const inner = expr.seq ? scope.block() : scope.sealedBlock();
  if (inner.find(expr.name) !== undefined) throw semanticError(expr.where, `the symbol "${expr.name}" exists already`);
  const over = unit.analyse(expr.over, inner.value());
  if (over.type.type !== 'array')
    throw semanticError(expr.over.where, '"foreach" needs an array', { got: typeText(over.type) });
  const { slot } = inner.declare(expr.name, over.type.items);
  const body = analyseBody(unit, expr.body, inner);
  return {
    type: NULL,
    make: (rt) => {
      const [overCode, bodyCode] = [over.make(rt), body.make(rt)];
      return (frame) => {
        for (const item of overCode(frame) as readonly Value[]) {
          rt.spend(1);
          frame[slot] = item;
          bodyCode(frame);
        }
        return null;
      };
    },
  };
}

export function forkey(unit: Unit, expr: Forkey, scope: Scope): Typed {
  const inner = scope.block();
  for (const name of [expr.key, expr.value]) {
    if (inner.find(name) !== undefined) throw semanticError(expr.where, `the symbol "${name}" exists already`);
  }
  const over = unit.analyse(expr.over, inner.value());
  if (over.type.type !== 'map')
    throw semanticError(expr.over.where, '"forkey" needs a map', { got: typeText(over.type) });
  const key = inner.declare(expr.key, STRING);
  const value = inner.declare(expr.value, over.type.values);
  const body = analyseBody(unit, expr.body, inner);
  return {
    type: NULL,
    make: (rt) => {
      const [overCode, bodyCode] = [over.make(rt), body.make(rt)];
      return (frame) => {
        const map = overCode(frame) as ValueMap;
        for (const name of Object.keys(map)) {
          rt.spend(1);
          frame[key.slot] = name;
          frame[value.slot] = map[name] as Value;
          bodyCode(frame);
        }
        return null;
      };
    },
  };
}

export function cast(unit: Unit, expr: Cast, scope: Scope): Typed {
  const of = unit.analyse(expr.of, scope.value());
  const branches = branchesOf(of.type);
  const cases = expr.cases.map((one) => {
    const as = one.as.resolved as AvroType;
    if (!accepts(of.type, as)) {
      throw semanticError(one.where, `the value is never ${typeText(as)}`, { got: typeText(of.type) });
    }
    const inner = scope.block();
    const { slot } = inner.declare(one.named, as);
    return { as, slot, body: analyseBody(unit, one.body, inner) };
  });
  const exactCase = (branch: AvroType) => cases.find(({ as }) => sameType(as, branch));
  const caseOf = (branch: AvroType) => exactCase(branch) ?? cases.find(({ as }) => accepts(as, branch));
  if (!expr.partial) {
    for (const branch of branches) {
      if (exactCase(branch) === undefined) throw semanticError(expr.where, `no case takes ${typeText(branch)}`);
    }
  }
  const type = expr.partial
    ? NULL
    : joined(
        expr.where,
        cases.map(({ body }) => body.type),
      );
  return {
    type,
    make: (rt) => {
      const code = of.make(rt);
      const bodies = new Map(
        cases.map((one) => [one, expr.partial ? one.body.make(rt) : converted(one.body, type)(rt)] as const),
      );
      const ways = new Map(
        branches.map((branch) => {
          const one = caseOf(branch);
          if (one === undefined) return [tagOf(branch), undefined] as const;
          const body = bodies.get(one) as Code;
          return [tagOf(branch), { slot: one.slot, body, way: coercion(branch, one.as) }] as const;
        }),
      );
      const isUnion = of.type.type === 'union';
      const lone = ways.get(tagOf(branches[0] as AvroType));
      return (frame) => {
        const value = code(frame);
        const found = isUnion ? ways.get(unionTag(value)) : lone;
        if (found === undefined) return null;
        const plain = isUnion ? untagged(value) : value;
        frame[found.slot] = found.way === undefined ? plain : found.way(plain);
        const result = found.body(frame);
        return expr.partial ? null : result;
      };
    },
  };
}

export function upcast(unit: Unit, expr: Upcast, scope: Scope): Typed {
  const type = expr.as.resolved as AvroType;
  const typed = unit.analyse(expr.of, scope.value());
  demand(expr.of.where, type, typed.type, 'the value');
  return { type, make: converted(typed, type) };
}

export function ifNotNull(unit: Unit, expr: IfNotNull, scope: Scope): Typed {
  const inner = scope.block();
  const values = expr.bindings.map(({ name, value }) => {
    const typed = unit.analyse(value, scope.value());
    const rest = branchesOf(typed.type).filter((branch) => branch.type !== 'null');
    if (typed.type.type !== 'union' || rest.length === typed.type.branches.length || rest.length === 0) {
      throw semanticError(value.where, '"ifnotnull" needs values that may be null', { got: typeText(typed.type) });
    }
    const lone = rest.length === 1;
    return { name, typed, lone, type: lone ? (rest[0] as AvroType) : ({ type: 'union', branches: rest } as AvroType) };
  });
  const slots = values.map(({ name, type }) => inner.declare(name, type).slot);
  const then = analyseBody(unit, expr.yes, inner);
  const otherwise = expr.otherwise === undefined ? undefined : analyseBody(unit, expr.otherwise, scope.block());
  const type = otherwise === undefined ? NULL : joined(expr.where, [then.type, otherwise.type]);
  return {
    type,
    make: (rt) => {
      const codes = values.map(({ typed, lone }) => ({ code: typed.make(rt), lone }));
      const yes = otherwise === undefined ? then.make(rt) : converted(then, type)(rt);
      const no: Code = otherwise === undefined ? () => null : converted(otherwise, type)(rt);
      return (frame) => {
        for (let i = 0; i < codes.length; i++) {
          const { code, lone } = codes[i] as (typeof codes)[number];
          const value = code(frame);
          if (value === null) return no(frame);
          frame[slots[i] as number] = lone ? untagged(value) : value;
        }
        const value = yes(frame);
        return otherwise === undefined ? null : value;
      };
    },
  };
}
