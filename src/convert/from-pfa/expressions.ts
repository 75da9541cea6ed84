import { SamescoreError } from '../../core/errors.js';
import type { IrBuilder } from '../../ir/builder.js';
import { commonKind, type Kind } from '../../ir/types.js';
import type { Argument, Body, Expr, FcnDef, Program } from '../../pfa/ast.js';
import { decodeJson } from '../../pfa/data/json.js';
import { type AvroType, primitive } from '../../pfa/types.js';
import { pathOf } from '../../pfa/where.js';
import { declined } from '../declined.js';
import { applyFunction } from './functions.js';
import {
  data,
  dynamic,
  entriesOf,
  isNull,
  itemsOf,
  kindOf,
  plain,
  ref,
  refOf,
  type Sym,
  type SymFunction,
  settled,
} from './sym.js';
import { isVectorScore, scoreWidth } from './walk.js';

/** Symbols in scope; inner scopes see outer ones, and `set` changes the one that holds the symbol. */
class Scope {
  readonly #own = new Map<string, Sym>();
  readonly #outer: Scope | undefined;

  constructor(outer?: Scope) {
    this.#outer = outer;
  }

  get(name: string): Sym | undefined {
    return this.#own.get(name) ?? this.#outer?.get(name);
  }

  define(name: string, value: Sym): void {
    this.#own.set(name, value);
  }

  assign(name: string, value: Sym): void {
    if (this.#own.has(name) || this.#outer === undefined) this.#own.set(name, value);
    else this.#outer.assign(name, value);
  }
}

/** The expression of a form; `let` and `set` share one. */
type FormOf<F, E = Expr> = E extends { readonly form: infer G } ? (F extends G ? E : never) : never;

type Rule<F extends Expr['form']> = (run: Run, expr: FormOf<F>, scope: Scope) => Sym;

/** Runs a document's expressions over symbolic values and so writes the program. */
export class Run {
  readonly builder: IrBuilder;
  readonly program: Program;
  #depth = 0;

  constructor(builder: IrBuilder, program: Program) {
    this.builder = builder;
    this.program = program;
  }

  action(input: Sym): Sym {
    const scope = new Scope();
    scope.define('input', input);
    scope.define('name', data(this.program.name, primitive('string')));
    return this.body(this.program.action, scope);
  }

  body(body: Body, scope: Scope): Sym {
    const inner = new Scope(scope);
    return body.reduce<Sym>((_, expr) => this.expr(expr, inner), data(null, primitive('null')));
  }

  expr(expr: Expr, scope: Scope): Sym {
    const rule = RULES[expr.form] as Rule<Expr['form']> | undefined;
    const place = { path: pathOf(expr.where) };
    if (rule === undefined) throw declined('pfa-form', `PFA's form "${expr.form}" is not moved`, place);
    try {
      return this.builder.at(place, () => rule(this, expr as never, scope));
    } catch (error) {
      throw error instanceof SamescoreError ? error.within(place) : error;
    }
  }

  /** A function argument as something to call. */
  fcn(argument: Argument, scope: Scope): SymFunction {
    if (argument.form === 'fcn-def') return this.#definition(argument, scope);
    if (argument.form !== 'fcn-ref') throw dynamic('a function');
    const filled = new Map(argument.fill.map(({ name, value }) => [name, this.expr(value as Expr, scope)]));
    const own = argument.name.startsWith('u.') ? this.program.fcns.get(argument.name.slice(2)) : undefined;
    if (own === undefined)
      return (...args) =>
        this.call(
          argument.name,
          args.map((value) => ({ value })),
        );
    const call = this.#definition(own, new Scope());
    if (filled.size === 0) return call;
    return (...args) => {
      const rest = [...args];
      return call(...own.params.map(({ name }) => filled.get(name) ?? rest.shift()!));
    };
  }

  call(name: string, args: readonly FunctionArgument[]): Sym {
    if (name.startsWith('u.')) {
      const own = this.program.fcns.get(name.slice(2));
      if (own === undefined) throw dynamic(`a function ${name}`);
      return this.#definition(own, new Scope())(...args.map(({ value }) => value!));
    }
    return applyFunction(this.builder, name, args);
  }

  #definition(definition: FcnDef, scope: Scope): SymFunction {
    return (...args) => {
      if (++this.#depth > 200) throw declined('pfa-recursion', 'a function that calls itself without end', {});
      const inner = new Scope(scope);
      definition.params.forEach(({ name, type }, index) => {
        inner.define(name, this.coerced(args[index]!, type.resolved!));
      });
      const result = this.coerced(this.body(definition.body, inner), definition.returns.resolved!);
      this.#depth--;
      return result;
    };
  }

  /** The value widened to a type that takes it: int to double, and so on in arrays, maps and records. */
  coerced(sym: Sym, type: AvroType): Sym {
    const kind = kindOf(type);
    if (sym.k === 'length' || sym.k === 'empty') return sym;
    if (sym.k === 'data' || sym.k === 'score') {
      if (sym.k === 'data' && kind !== undefined && kindOf(plain(sym).type) !== kind && !isNull(sym))
        return ref(refOf(this.builder, sym, kind));
      return sym;
    }
    if (sym.k === 'ref')
      return kind === undefined || this.builder.kindOf(sym.ref) === 'string'
        ? sym
        : ref(this.builder.cast(sym.ref, kind));
    if (sym.k === 'items')
      return type.type === 'array'
        ? { k: 'items', items: sym.items.map((item) => this.coerced(item, type.items)) }
        : sym;
    if (type.type === 'map')
      return { k: 'entries', entries: mapped(sym.entries, (item) => this.coerced(item, type.values)) };
    if (type.type !== 'record') return sym;
    const fields = new Map(type.fields.map((field) => [field.name, field.type]));
    return { k: 'entries', entries: mapped(sym.entries, (item, name) => this.coerced(item, fields.get(name)!)) };
  }

  /** One of two values by a condition, member by member where they are structures. */
  choose(condition: Sym, first: Sym, second: Sym): Sym {
    const { builder } = this;
    if (condition.k === 'empty' && second.k === 'score' && this.#allMissing(first)) return second;
    const [yes, no] = [settled(builder, first), settled(builder, second)];
    if (yes.k === 'entries' || no.k === 'entries') {
      const others = entriesOf(no);
      return {
        k: 'entries',
        entries: mapped(entriesOf(yes), (item, name) => this.choose(condition, item, others.get(name)!)),
      };
    }
    if (yes.k === 'items' || no.k === 'items') {
      const [items, others] = [itemsOf(yes), itemsOf(no)];
      if (items.length !== others.length) throw dynamic('arrays of one length');
      return { k: 'items', items: items.map((item, index) => this.choose(condition, item, others[index]!)) };
    }
    if (isNull(yes) && isNull(no)) return yes;
    if (this.#isMissing(yes) && this.#testsForMissing(condition, no)) return no;
    const kind = this.#commonKind(yes, no);
    return ref(
      builder.apply('select', refOf(builder, condition, 'bool'), refOf(builder, yes, kind), refOf(builder, no, kind)),
    );
  }

  #allMissing(sym: Sym): boolean {
    return sym.k === 'items' ? sym.items.every((item) => this.#isMissing(item)) : this.#isMissing(sym);
  }

  #isMissing(sym: Sym): boolean {
    const node = sym.k === 'ref' ? this.builder.nodes[sym.ref]! : undefined;
    return isNull(sym) || (node?.op === 'const' && node.values.every((value) => value === null));
  }

  /** Whether the condition asks if just this value is missing. */
  #testsForMissing(condition: Sym, value: Sym): boolean {
    const node = condition.k === 'ref' ? this.builder.nodes[condition.ref]! : undefined;
    return node?.op === 'primitive' && node.fn === 'is-missing' && value.k === 'ref' && node.inputs[0] === value.ref;
  }

  #commonKind(yes: Sym, no: Sym): Kind | undefined {
    if (isNull(yes)) return this.builder.kindOf(refOf(this.builder, no));
    if (isNull(no)) return this.builder.kindOf(refOf(this.builder, yes));
    return commonKind(this.builder.kindOf(refOf(this.builder, yes)), this.builder.kindOf(refOf(this.builder, no)));
  }
}

/** An argument of a library function: a value, or a function to call. */
export interface FunctionArgument {
  readonly value?: Sym;
  readonly fcn?: SymFunction;
  /** The name of a function that was passed by reference. */
  readonly named?: string;
  /** The expression of a function that was passed as it is written. */
  readonly definition?: FcnDef;
}

function mapped(entries: ReadonlyMap<string, Sym>, change: (item: Sym, name: string) => Sym): Map<string, Sym> {
  return new Map([...entries].map(([name, item]) => [name, change(item, name)]));
}

const NOTHING: Sym = data(null, primitive('null'));

const RULES: { readonly [F in Expr['form']]?: Rule<F> } = {
  literal: (_, expr) => data(expr.value, primitive(expr.type)),
  symbol: (_, expr, scope) => {
    const [name, ...path] = expr.name.split('.');
    const found =
      scope.get(expr.name) ??
      path.reduce<Sym | undefined>((sym, step) => sym && entriesOf(sym).get(step), scope.get(name!));
    if (found === undefined) throw dynamic(`a symbol ${expr.name}`);
    return found;
  },
  value: (_, expr) => data(decodeJson(expr.value, expr.type.resolved!, misfit), expr.type.resolved!),
  new: (run, expr, scope) => {
    const type = expr.type.resolved!;
    if (expr.items !== undefined)
      return run.coerced({ k: 'items', items: expr.items.map((item) => run.expr(item, scope)) }, type);
    const entries = new Map((expr.entries ?? []).map(({ name, value }) => [name, run.expr(value, scope)]));
    return run.coerced({ k: 'entries', entries }, type);
  },
  do: (run, expr, scope) => run.body(expr.body, scope),
  let: (run, expr, scope) => {
    const values = expr.bindings.map(({ name, value }) => [name, run.expr(value, scope)] as const);
    for (const [name, value] of values) scope.define(name, value);
    return NOTHING;
  },
  set: (run, expr, scope) => {
    const values = expr.bindings.map(({ name, value }) => [name, run.expr(value, scope)] as const);
    for (const [name, value] of values) scope.assign(name, value);
    return NOTHING;
  },
  attr: (run, expr, scope) => {
    if (expr.to !== undefined) throw declined('pfa-update', 'attr with "to" is not moved', {});
    return expr.path.reduce((sym, step) => at(run, sym, run.expr(step, scope)), run.expr(expr.of, scope));
  },
  cell: (run, expr, scope) => {
    const cell = run.program.cells.get(expr.name);
    if (expr.to !== undefined)
      throw declined('pfa-state', 'a document that changes its cells keeps state between rows', {});
    if (cell?.init === undefined)
      throw declined('pfa-cell', `the cell "${expr.name}" has no value in the document`, {});
    const type = cell.type.resolved!;
    const whole = data(decodeJson(cell.init, type, misfit), type);
    return expr.path.reduce((sym, step) => at(run, sym, run.expr(step, scope)), whole as Sym);
  },
  cond: (run, expr, scope) => {
    let result: Sym | undefined = expr.otherwise === undefined ? NOTHING : undefined;
    const known = expr.clauses.map(({ test, yes }) => ({ test: run.expr(test, scope), yes }));
    if (expr.otherwise !== undefined) result = run.body(expr.otherwise, scope);
    for (const { test, yes } of known.reverse()) {
      const constant = test.k === 'data' ? test.value : undefined;
      if (constant === false) continue;
      const then = run.body(yes, scope);
      result = constant === true ? then : run.choose(test, then, result!);
    }
    return result!;
  },
  ifnotnull: (run, expr, scope) => {
    const inner = new Scope(scope);
    const { builder } = run;
    const tests: Sym[] = [];
    for (const { name, value } of expr.bindings) {
      const sym = run.expr(value, scope);
      inner.define(name, sym);
      if (isNull(sym)) return expr.otherwise === undefined ? NOTHING : run.body(expr.otherwise, scope);
      if (sym.k === 'ref' && builder.typeOf(sym.ref).missing) tests.push(ref(builder.apply('is-missing', sym.ref)));
    }
    const yes = run.body(expr.yes, inner);
    if (tests.length === 0) return yes;
    const no = expr.otherwise === undefined ? NOTHING : run.body(expr.otherwise, scope);
    return tests.reduceRight((result, test) => run.choose(test, no, result), yes);
  },
  upcast: (run, expr, scope) => {
    const sym = run.expr(expr.of, scope);
    const kind = isNull(sym) ? kindOf(expr.as.resolved!) : undefined;
    return kind === undefined ? run.coerced(sym, expr.as.resolved!) : ref(run.builder.const(kind, null));
  },
  cast: (run, expr, scope) => {
    const sym = run.expr(expr.of, scope);
    const run1 = (index: number) => {
      const inner = new Scope(scope);
      inner.define(expr.cases[index]!.named, run.coerced(sym, expr.cases[index]!.as.resolved!));
      return run.body(expr.cases[index]!.body, inner);
    };
    const none = expr.cases.findIndex((item) => item.as.resolved!.type === 'null');
    const some = expr.cases.findIndex((item) => item.as.resolved!.type !== 'null');
    if (expr.cases.length > 2 || some === -1) throw declined('pfa-cast', 'a cast block over several types', {});
    if (none === -1 || sym.k !== 'ref') return run1(some);
    const test = ref(run.builder.apply('is-missing', sym.ref));
    return run.choose(test, run1(none), run1(some));
  },
  foreach: (run, expr, scope) => {
    for (const item of itemsOf(run.expr(expr.over, scope))) {
      const inner = new Scope(scope);
      inner.define(expr.name, item);
      run.body(expr.body, inner);
    }
    return NOTHING;
  },
  forkey: (run, expr, scope) => {
    for (const [key, item] of entriesOf(run.expr(expr.over, scope))) {
      const inner = new Scope(scope);
      inner.define(expr.key, data(key, primitive('string')));
      inner.define(expr.value, item);
      run.body(expr.body, inner);
    }
    return NOTHING;
  },
  doc: () => NOTHING,
  log: () => NOTHING,
  error: () => NOTHING,
  call: (run, expr, scope) =>
    run.call(
      expr.name,
      expr.args.map((argument): FunctionArgument => {
        if (argument.form === 'fcn-def') return { fcn: run.fcn(argument, scope), definition: argument };
        if (argument.form === 'fcn-ref') return { fcn: run.fcn(argument, scope), named: argument.name };
        return { value: run.expr(argument, scope) };
      }),
    ),
};

function misfit(where: Parameters<typeof pathOf>[0], wanted: string): never {
  throw declined('pfa-data', 'a constant that does not fit its type', { path: pathOf(where) }, { expected: wanted });
}

/** A member by a constant name or index, or an item of an array of constants by a computed index. */
function at(run: Run, of: Sym, step: Sym): Sym {
  const { builder } = run;
  if (
    of.k === 'score' &&
    step.k === 'data' &&
    step.value === 0 &&
    isVectorScore(of.walk) &&
    scoreWidth(of.walk) === 1
  ) {
    return { k: 'score', walk: { ...of.walk, firstItem: true } };
  }
  const sym = settled(builder, of);
  if (step.k === 'data' && typeof plain(step).value === 'string') {
    const found = entriesOf(sym).get(plain(step).value as string);
    if (found === undefined) throw dynamic(`a member ${String(step.value)}`);
    return found;
  }
  if (step.k === 'data') {
    const found = itemsOf(sym)[Number(step.value)];
    if (found === undefined) throw dynamic('an index inside the array');
    return found;
  }
  const index = refOf(builder, step);
  if (builder.kindOf(index) === 'string') return lookup(run, index, [...entriesOf(sym)]);
  return lookup(
    run,
    index,
    itemsOf(sym).map((item, key) => [key, item] as const),
  );
}

/** Rows of constants by a computed key: a lookup a scalar member. What is in no row has no prediction, as in PFA. */
function lookup(run: Run, key: number, rows: readonly (readonly [string | number, Sym])[]): Sym {
  const { builder } = run;
  const first = rows[0]?.[1];
  if (first === undefined) throw dynamic('a table with rows');
  const constants = rows.map(([, sym]) => (sym.k === 'data' ? plain(sym) : undefined));
  const kind = constants[0] === undefined ? undefined : kindOf(constants[0].type);
  if (constants.every((constant) => constant !== undefined) && kind !== undefined) {
    const values = constants.map(({ value }) =>
      kind === 'int64' ? BigInt(value as number) : (value as string | number | boolean),
    );
    return ref(
      builder.lookup(
        key,
        kind,
        rows.map(([name]) => name),
        values,
      ),
    );
  }
  return rows.reduceRight<Sym>((rest, [name, item]) => {
    const constant = builder.const(
      builder.kindOf(key),
      typeof name === 'number' && builder.kindOf(key) === 'int64' ? BigInt(name) : name,
    );
    return run.choose(ref(builder.apply('eq', key, constant)), item, rest);
  }, rows.at(-1)![1]);
}
