import type { Argument, Body, Expr, Program } from './ast.js';
import { branchesOf } from './types.js';

/** What each symbol stands for, as far as `let` says it. */
type Bindings = ReadonlyMap<string, Expr>;

/**
 * The keys that a map-valued output always has, in the document's order, found without running anything: the entries of
 * `new`, through `let`, `if`, `do`, literals, cells and calls that keep the keys of their first map. `field` names the
 * record field, undefined if the output itself is the map. Undefined where the document does not show them.
 */
export function staticKeys(program: Program, field: string | undefined): readonly string[] | undefined {
  const bindings = new Map<string, Expr>();
  collect(program.action, bindings);
  const search: Search = { program, bindings, depth: 0 };
  const last = program.action.at(-1);
  if (last === undefined) return undefined;
  const expr = field === undefined ? last : fieldOf(last, field, search);
  return expr === undefined ? undefined : keysOf(expr, search);
}

interface Search {
  readonly program: Program;
  readonly bindings: Bindings;
  readonly depth: number;
}

const DEEPEST = 40;

function collect(body: Body, into: Map<string, Expr>): void {
  for (const expr of body) {
    if (expr.form === 'let') for (const { name, value } of expr.bindings) into.set(name, value);
    if (expr.form === 'do') collect(expr.body, into);
  }
}

function deeper(search: Search): Search | undefined {
  return search.depth < DEEPEST ? { ...search, depth: search.depth + 1 } : undefined;
}

/** The expression of a record's field, where the record is made by `new`. */
function fieldOf(expr: Expr, field: string, search: Search): Expr | undefined {
  const next = deeper(search);
  if (next === undefined) return undefined;
  if (expr.form === 'new') return expr.entries?.find(({ name }) => name === field)?.value;
  if (expr.form === 'do') return lastOf(expr.body, (last) => fieldOf(last, field, within(expr.body, next)));
  if (expr.form === 'cond') return lastOf(expr.clauses[0]?.yes ?? [], (last) => fieldOf(last, field, next));
  if (expr.form === 'symbol') {
    const bound = search.bindings.get(expr.name);
    return bound === undefined ? undefined : fieldOf(bound, field, next);
  }
  if (expr.form === 'call' && expr.name.startsWith('u.')) {
    const def = search.program.fcns.get(expr.name.slice(2));
    return def === undefined ? undefined : lastOf(def.body, (last) => fieldOf(last, field, within(def.body, next)));
  }
  return undefined;
}

function within(body: Body, search: Search): Search {
  const bindings = new Map(search.bindings);
  collect(body, bindings);
  return { ...search, bindings };
}

function lastOf<T>(body: Body, use: (last: Expr) => T | undefined): T | undefined {
  const last = body.at(-1);
  return last === undefined ? undefined : use(last);
}

function keysOf(expr: Argument, search: Search): readonly string[] | undefined {
  const next = deeper(search);
  if (next === undefined) return undefined;
  switch (expr.form) {
    case 'new':
      return expr.entries?.map(({ name }) => name);
    case 'value':
      return expr.value.node.kind === 'object' ? expr.value.node.members.map(({ key }) => key) : undefined;
    case 'do':
      return lastOf(expr.body, (last) => keysOf(last, within(expr.body, next)));
    case 'upcast':
      return keysOf(expr.of, next);
    case 'symbol': {
      const bound = search.bindings.get(expr.name);
      return bound === undefined ? undefined : keysOf(bound, next);
    }
    case 'cell': {
      const store = search.program.cells.get(expr.name);
      const init = store?.init?.node;
      const isMap =
        store !== undefined && branchesOf(store.type.resolved ?? { type: 'null' }).some((one) => one.type === 'map');
      return isMap && expr.path.length === 0 && init?.kind === 'object'
        ? init.members.map(({ key }) => key)
        : undefined;
    }
    case 'cond': {
      const bodies = [...expr.clauses.map(({ yes }) => yes), ...(expr.otherwise === undefined ? [] : [expr.otherwise])];
      const all = new Set<string>();
      for (const body of bodies) {
        const keys = lastOf(body, (last) => keysOf(last, within(body, next)));
        if (keys === undefined) {
          if (body.at(-1)?.form === 'error') continue;
          return undefined;
        }
        for (const key of keys) all.add(key);
      }
      return [...all];
    }
    case 'call':
      return callKeys(expr.name, expr.args, next);
    default:
      return undefined;
  }
}

/** Functions whose result has the keys of their first argument. */
const KEEPS_KEYS = /^(?:m\.link\.|la\.scale$|la\.zipmap$|map\.map$|map\.mapWithKey$)/;

function callKeys(name: string, args: readonly Argument[], search: Search): readonly string[] | undefined {
  if (name.startsWith('u.')) {
    const def = search.program.fcns.get(name.slice(2));
    return def === undefined ? undefined : lastOf(def.body, (last) => keysOf(last, within(def.body, search)));
  }
  const first = args[0];
  return KEEPS_KEYS.test(name) && first !== undefined ? keysOf(first, search) : undefined;
}
