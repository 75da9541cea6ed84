import type { Argument, Binding, Body, Expr, FcnDef, Literal } from '../ast.js';
import { shortFloat } from '../data/json.js';
import { keyText, typeNodeText, valueText } from './print-types.js';
import { RESERVED } from './tokens.js';

/** Precedence of the infix operators, as read-expressions.ts reads them; everything else stands in brackets or binds tightest. */
const INFIX: Readonly<Record<string, number>> = {
  '||': 1,
  '^^': 2,
  '&&': 3,
  '==': 4,
  '!=': 4,
  '<': 4,
  '<=': 4,
  '>': 4,
  '>=': 4,
  '|': 5,
  '^': 6,
  '&': 7,
  '+': 8,
  '-': 8,
  '*': 9,
  '/': 9,
  '//': 9,
  '%': 9,
  '%%': 9,
  '**': 11,
};
const LOOSEST = 0;
const NOT = 4;
const PREFIX = 10;
const TIGHTEST = 12;
const COMPARISON = 4;
const PLAIN = /^[A-Za-z_][A-Za-z_0-9]*$/;
const NAME = /^[A-Za-z_][A-Za-z_0-9]*(?:\.[A-Za-z_][A-Za-z_0-9]*)*$/;

export function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? line : `  ${line}`))
    .join('\n');
}

/** An expression as PrettyPFA, in parentheses if it binds less tightly than its place demands. */
export function exprText(expr: Expr, least = LOOSEST): string {
  const { text, binds } = print(expr);
  return binds < least ? `(${text})` : text;
}

function argumentText(arg: Argument): string {
  if (arg.form === 'fcn-def') return functionText(arg);
  if (arg.form !== 'fcn-ref') return exprText(arg);
  if (arg.fill.length === 0) return arg.name;
  return `${arg.name}(${arg.fill.map(({ name, value }) => `${keyText(name)}: ${argumentText(value)}`).join(', ')})`;
}

/** `fcn(x: int -> int) body` */
export function functionText(def: FcnDef): string {
  const params = def.params.map(({ name, type }) => `${keyText(name)}: ${typeNodeText(type.where.node)}`).join(', ');
  const returns = typeNodeText(def.returns.where.node);
  return `fcn(${params}${params === '' ? '' : ' '}-> ${returns}) ${bodyText(def.body)}`;
}

/** A body in braces; a single short expression stands on the same line. */
function bodyText(body: Body): string {
  const parts = body.map((expr) => exprText(expr));
  const only = parts[0];
  if (parts.length === 1 && only !== undefined && !only.includes('\n') && only.length < 60) return `{ ${only} }`;
  return `{\n${indented(parts.map((part) => `${part};`).join('\n'))}\n}`;
}

function bindingsText(bindings: readonly Binding[], between: string): string {
  return bindings.map(({ name, value }) => `${name}${between}${exprText(value)}`).join(', ');
}

interface Printed {
  readonly text: string;
  readonly binds: number;
}

const tight = (text: string): Printed => ({ text, binds: TIGHTEST });
const loose = (text: string): Printed => ({ text, binds: LOOSEST });

function pathText(path: readonly Expr[]): string {
  return `[${path.map((part) => exprText(part)).join(', ')}]`;
}

/** The text behind a thing that is changed: `= value`, or `to function`, with `init` for pools. */
function toText(to: Argument, init?: Expr): string {
  if (to.form !== 'fcn-def' && to.form !== 'fcn-ref') {
    const text = exprText(to);
    const start = init === undefined ? text : exprText(init);
    return ` = ${text}${start === text ? '' : ` init ${start}`}`;
  }
  return ` to ${argumentText(to)}${init === undefined ? '' : ` init ${exprText(init)}`}`;
}

function literalText(expr: Literal): Printed {
  switch (expr.type) {
    case 'string':
      return tight(JSON.stringify(expr.value));
    case 'long':
      return tight(`long(${expr.value})`);
    case 'float':
      return tight(`float(${shortFloat(expr.value as number)})`);
    case 'double': {
      const text = Object.is(expr.value, -0) ? '-0.0' : String(expr.value);
      return tight(/^-?[0-9]+$/.test(text) ? `${text}.0` : text);
    }
    case 'bytes':
      return tight(`bytes("${btoa(String.fromCharCode(...(expr.value as Uint8Array)))}")`);
    default:
      return tight(String(expr.value));
  }
}

function callText(name: string, args: readonly Argument[]): Printed {
  const [left, right] = args as [Expr, Expr];
  const level = INFIX[name];
  const values = args.every(({ form }) => form !== 'fcn-def' && form !== 'fcn-ref');
  if (level !== undefined && args.length === 2 && values) {
    const word = name === '//' ? 'idiv' : name;
    const leftLeast = level === COMPARISON ? level + 1 : level;
    return { text: `${exprText(left, leftLeast)} ${word} ${exprText(right, level + 1)}`, binds: level };
  }
  if (args.length === 1 && values) {
    if (name === '!') return { text: `!${exprText(left, PREFIX)}`, binds: NOT - 1 };
    if (name === '~') return { text: `~${exprText(left, PREFIX)}`, binds: PREFIX };
    if (name === 'u-') {
      const inner = exprText(left, PREFIX);
      return { text: `-${/^[-0-9]/.test(inner) ? `(${inner})` : inner}`, binds: PREFIX };
    }
  }
  return tight(`${NAME.test(name) ? name : JSON.stringify(name)}(${args.map(argumentText).join(', ')})`);
}

function print(expr: Expr): Printed {
  switch (expr.form) {
    case 'literal':
      return literalText(expr);
    case 'symbol':
      return tight(expr.name);
    case 'value': {
      const [type, value] = [expr.type.where.node, expr.value.node];
      return tight(`json(${typeNodeText(type)}, ${valueText(value)})`);
    }
    case 'new': {
      const items = expr.items?.map((item) => exprText(item));
      const entries = expr.entries?.map(({ name, value }) => `${keyText(name)}: ${exprText(value)}`);
      return tight(`new(${[typeNodeText(expr.type.where.node), ...(items ?? entries ?? [])].join(', ')})`);
    }
    case 'do':
      return tight(bodyText(expr.body));
    case 'let':
      return loose(`var ${bindingsText(expr.bindings, ' = ')}`);
    case 'set':
      return loose(bindingsText(expr.bindings, ' = '));
    case 'attr': {
      const names = expr.path.map((part) =>
        part.form === 'literal' && part.type === 'string' ? (part.value as string) : '',
      );
      const dotted = expr.of.form === 'symbol' && names.every((name) => PLAIN.test(name) && !RESERVED.has(name));
      if (expr.to === undefined && dotted) return tight([exprText(expr.of), ...names].join('.'));
      const target = `${exprText(expr.of, TIGHTEST)}${pathText(expr.path)}`;
      return expr.to === undefined ? tight(target) : loose(`${target}${toText(expr.to)}`);
    }
    case 'cell': {
      const target = `${expr.name}${expr.path.length === 0 ? '' : pathText(expr.path)}`;
      return expr.to === undefined ? tight(target) : loose(`${target}${toText(expr.to)}`);
    }
    case 'pool': {
      const target = `${expr.name}${pathText(expr.path)}`;
      return expr.to === undefined ? tight(target) : loose(`${target}${toText(expr.to, expr.init)}`);
    }
    case 'call':
      return callText(expr.name, expr.args);
    case 'enum-call':
      return tight(`apply(${[exprText(expr.of), ...expr.args.map(argumentText)].join(', ')})`);
    case 'upcast':
      return tight(`upcast(${typeNodeText(expr.as.where.node)}, ${exprText(expr.of)})`);
    case 'pack':
      return tight(
        `pack(${expr.parts.map(({ format, value }) => `${keyText(format)}: ${exprText(value)}`).join(', ')})`,
      );
    case 'doc': {
      const node =
        expr.where.node.kind === 'object' ? expr.where.node.members.find(({ key }) => key === 'doc') : undefined;
      return tight(`doc(${node === undefined ? '""' : valueText(node.value)})`);
    }
    case 'error':
      return tight(`error(${JSON.stringify(expr.message)}${expr.code === undefined ? '' : `, code: ${expr.code}`})`);
    case 'log': {
      const namespace = expr.namespace === undefined ? [] : [`namespace: ${JSON.stringify(expr.namespace)}`];
      return tight(`log(${[...expr.values.map((value) => exprText(value)), ...namespace].join(', ')})`);
    }
    default:
      return loose(blockFormText(expr));
  }
}

type BlockForm = Extract<
  Expr,
  {
    form:
      | 'cond'
      | 'while'
      | 'until'
      | 'for'
      | 'foreach'
      | 'forkey'
      | 'cast'
      | 'ifnotnull'
      | 'unpack'
      | 'try'
      | 'pool-del';
  }
>;

function elseText(body: Body | undefined): string {
  return body === undefined ? '' : ` else ${bodyText(body)}`;
}

function blockFormText(expr: BlockForm): string {
  switch (expr.form) {
    case 'cond':
      return `${expr.clauses.map(({ test, yes }) => `if (${exprText(test)}) ${bodyText(yes)}`).join(' else ')}${elseText(expr.otherwise)}`;
    case 'while':
      return `while (${exprText(expr.test)}) ${bodyText(expr.body)}`;
    case 'until':
      return `do ${bodyText(expr.body)} until (${exprText(expr.test)})`;
    case 'for': {
      const [init, step] = [bindingsText(expr.init, ' = '), bindingsText(expr.step, ' = ')];
      return `for (${init}; ${exprText(expr.test)}; ${step}) ${bodyText(expr.body)}`;
    }
    case 'foreach':
      return `foreach (${expr.name}: ${exprText(expr.over)}, seq: ${expr.seq}) ${bodyText(expr.body)}`;
    case 'forkey':
      return `foreach (${expr.key}, ${expr.value}: ${exprText(expr.over)}) ${bodyText(expr.body)}`;
    case 'cast': {
      const cases = expr.cases.map(
        ({ as, named, body }) => `as(${named}: ${typeNodeText(as.where.node)}) ${bodyText(body)}`,
      );
      return `cast (${exprText(expr.of)}${expr.partial ? ', partial: true' : ''}) {\n${indented(cases.join('\n'))}\n}`;
    }
    case 'ifnotnull':
      return `ifnotnull (${bindingsText(expr.bindings, ': ')}) ${bodyText(expr.yes)}${elseText(expr.otherwise)}`;
    case 'unpack': {
      const parts = expr.parts.map(({ name, format }) => `${name}: ${JSON.stringify(format)}`);
      return `unpack (${[exprText(expr.of), ...parts].join(', ')}) ${bodyText(expr.yes)}${elseText(expr.otherwise)}`;
    }
    case 'try': {
      const filter = expr.filter?.map((one) => (typeof one === 'string' ? JSON.stringify(one) : String(one)));
      return `try ${filter === undefined ? '' : `(${filter.join(', ')}) `}${bodyText(expr.body)}`;
    }
    case 'pool-del':
      return `delete(${expr.name}, ${exprText(expr.item)})`;
  }
}
