import type { Argument, Binding, Body, Expr, FcnDef, FcnRef, TypeRef } from '../ast.js';
import { syntaxError } from '../complaints.js';
import { fitInt, longOf } from '../data/scalars.js';
import { inside, type Where } from '../where.js';
import { FORMS } from './forms.js';
import { listAt, Members, singleAt, stringAt, wrong } from './members.js';

const SYMBOL = /^[A-Za-z_][A-Za-z0-9_]*$/;
const DOTTED = /^[A-Za-z_][A-Za-z0-9_]*(?:\.(?:[A-Za-z_][A-Za-z0-9_]*|[0-9]+))+$/;
const FUNCTION = /^\S+$/;

/** Collects the types that a document mentions while its expressions are read. */
export interface Reading {
  readonly types: TypeRef[];
}

export function readType(reading: Reading, where: Where): TypeRef {
  const ref: TypeRef = { where };
  reading.types.push(ref);
  return ref;
}

export function readName(where: Where, name: string): string {
  if (!SYMBOL.test(name)) throw syntaxError(where, `"${name}" is no valid name of a symbol`);
  return name;
}

/** One expression; lists are allowed only as `["text"]`, the short form of a string. */
export function readExpr(reading: Reading, where: Where): Expr {
  const { node } = where;
  switch (node.kind) {
    case 'null':
      return { form: 'literal', where, type: 'null', value: null };
    case 'boolean':
      return { form: 'literal', where, type: 'boolean', value: node.value };
    case 'number':
      return readNumber(where, node.text);
    case 'string':
      return readSymbol(where, node.value);
    case 'array': {
      const only = node.items[0];
      if (node.items.length === 1 && only?.kind === 'string') {
        return { form: 'literal', where, type: 'string', value: only.value };
      }
      throw syntaxError(where, 'a list is no expression', {
        hint: 'wrap it in {"do": […]} or {"new": […], "type": …}',
      });
    }
    case 'object':
      return readForm(reading, where);
  }
}

function readNumber(where: Where, text: string): Expr {
  if (!/^-?[0-9]+$/.test(text)) return { form: 'literal', where, type: 'double', value: Number(text) };
  const value = text.length > 21 ? 2n ** 64n : BigInt(text);
  if (fitInt(value)) return { form: 'literal', where, type: 'int', value: Number(value) };
  if (BigInt.asIntN(64, value) !== value) throw syntaxError(where, `${text} is too large for a long`);
  return { form: 'literal', where, type: 'long', value: longOf(value) };
}

/** `x`, or `x.field.0`, the short form of attr. */
function readSymbol(where: Where, text: string): Expr {
  if (SYMBOL.test(text)) return { form: 'symbol', where, name: text };
  if (!DOTTED.test(text)) throw syntaxError(where, `"${text}" is no valid name of a symbol`);
  const [name = '', ...rest] = text.split('.');
  const path = rest.map((part): Expr => {
    return /^[0-9]+$/.test(part)
      ? { form: 'literal', where, type: 'int', value: Number(part) }
      : { form: 'literal', where, type: 'string', value: part };
  });
  return { form: 'attr', where, of: { form: 'symbol', where, name }, path };
}

/** Words that are members of special forms and nothing else. */
function isMember(name: string): boolean {
  return name === 'ret' || FORMS.some(({ members }) => members.includes(name));
}

function readForm(reading: Reading, where: Where): Expr {
  const keys = new Members(where, 'an expression').entries().map(({ key }) => key);
  const form = FORMS.find(({ head }) => keys.includes(head));
  if (form !== undefined) return form.read(reading, new Members(where, `"${form.head}"`, form.members));
  if (keys.includes('params') || keys.includes('fcn')) {
    throw syntaxError(where, 'a function stands where a value is expected');
  }
  const name = keys[0];
  if (keys.length !== 1 || name === undefined || isMember(name)) {
    throw syntaxError(where, `no special form has the members ${keys.map((key) => `"${key}"`).join(', ')}`);
  }
  if (!FUNCTION.test(name)) throw syntaxError(where, `"${name}" is no valid name of a function`);
  return { form: 'call', where, name, args: readArguments(reading, new Members(where, 'a call').required(name)) };
}

/** A list of arguments; a single one may stand without the list. */
export function readArguments(reading: Reading, where: Where): Argument[] {
  return where.node.kind === 'array'
    ? listAt(where).map((item) => readArgument(reading, item))
    : [readArgument(reading, where)];
}

/** An expression, an inline function, or a reference to a function. */
export function readArgument(reading: Reading, where: Where): Argument {
  if (where.node.kind === 'object') {
    const keys = where.node.members.map(({ key }) => key);
    if (keys.includes('params')) return readFcnDef(reading, where);
    if (keys.includes('fcn')) return readFcnRef(reading, where);
  }
  return readExpr(reading, where);
}

export function readFcnDef(reading: Reading, where: Where): FcnDef {
  const members = new Members(where, 'a function', ['params', 'ret', 'do', 'doc']);
  const seen = new Set<string>();
  const params = listAt(members.required('params')).map((item) => {
    const { key, where: type } = singleAt(item);
    if (seen.has(key)) throw syntaxError(item, `the function has two parameters "${key}"`);
    seen.add(key);
    return { name: readName(item, key), type: readType(reading, type) };
  });
  return {
    form: 'fcn-def',
    where,
    params,
    returns: readType(reading, members.required('ret')),
    body: readBlock(reading, members.required('do')),
  };
}

function readFcnRef(reading: Reading, where: Where): FcnRef {
  const members = new Members(where, 'a reference to a function', ['fcn', 'fill']);
  const name = stringAt(members.required('fcn'));
  const filled = members.optional('fill');
  if (filled === undefined) return { form: 'fcn-ref', where, name, fill: [] };
  const fill = new Members(filled, '"fill"')
    .entries()
    .map(({ key, where: value }) => ({ name: key, value: readArgument(reading, value) }));
  if (fill.length === 0) throw syntaxError(filled, '"fill" names no parameter');
  return { form: 'fcn-ref', where, name, fill };
}

/** Expressions in turn; a single one may stand without the list. */
export function readBody(reading: Reading, where: Where): Body {
  return where.node.kind === 'array'
    ? where.node.items.map((item, index) => readExpr(reading, inside(where, index, item)))
    : [readExpr(reading, where)];
}

/** A body that computes something: not empty. */
export function readBlock(reading: Reading, where: Where): Body {
  const body = readBody(reading, where);
  if (body.length === 0) throw syntaxError(where, 'at least one expression must stand here');
  return body;
}

/** `{"name": expression, …}` */
export function readBindings(reading: Reading, where: Where, least = 1): Binding[] {
  if (where.node.kind !== 'object') wrong(where, 'an object');
  const bindings = new Members(where, 'this')
    .entries()
    .map(({ key, where: value }) => ({ name: readName(value, key), value: readExpr(reading, value) }));
  if (bindings.length < least) throw syntaxError(where, 'at least one symbol must be named here');
  return bindings;
}

/** A path into a value, not empty. */
export function readPath(reading: Reading, where: Where): Expr[] {
  const path = listAt(where).map((item) => readExpr(reading, item));
  if (path.length === 0) throw syntaxError(where, 'a path must not be empty');
  return path;
}
