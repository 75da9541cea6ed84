import type { Expr } from '../ast.js';
import { syntaxError } from '../complaints.js';
import { fitInt, longOf } from '../data/scalars.js';
import type { PrimitiveName, Value } from '../types.js';
import type { Where } from '../where.js';
import {
  type Reading,
  readArgument,
  readArguments,
  readBindings,
  readBlock,
  readBody,
  readExpr,
  readName,
  readPath,
  readType,
} from './expressions.js';
import { listAt, Members, singleAt, stringAt, wrong } from './members.js';

/** A special form: the member that tells it from others, all its members, and how it is read. */
export interface Form {
  readonly head: string;
  readonly members: readonly string[];
  readonly read: (reading: Reading, members: Members) => Expr;
}

function literal(type: PrimitiveName, members: Members, value: Value): Expr {
  return { form: 'literal', where: members.where, type, value };
}

function integer(members: Members, type: 'int' | 'long'): Expr {
  const value = members.integer(type) as bigint;
  const fits = type === 'int' ? fitInt(value) : BigInt.asIntN(64, value) === value;
  if (!fits) throw syntaxError(members.where, `${value} does not fit into ${type}`);
  return literal(type, members, longOf(value));
}

function real(members: Members, type: 'float' | 'double'): Expr {
  const at = members.required(type);
  if (at.node.kind !== 'number') return wrong(at, 'a number');
  const value = Number(at.node.text);
  return literal(type, members, type === 'float' ? Math.fround(value) : value);
}

function base64(members: Members): Expr {
  const at = members.required('base64');
  const text = stringAt(at).replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.replace(/=+$/, '').length % 4 === 1) {
    throw syntaxError(at, 'this is not base64');
  }
  return literal(
    'bytes',
    members,
    Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)),
  );
}

function atLeastOne(where: Where): Where[] {
  const items = listAt(where);
  if (items.length === 0) throw syntaxError(where, 'at least one format must stand here');
  return items;
}

const TESTED = ['if', 'then', 'else'];

/** All special forms; the first whose head is among an object's members reads it. */
export const FORMS: readonly Form[] = [
  { head: 'int', members: ['int'], read: (_, m) => integer(m, 'int') },
  { head: 'long', members: ['long'], read: (_, m) => integer(m, 'long') },
  { head: 'float', members: ['float'], read: (_, m) => real(m, 'float') },
  { head: 'double', members: ['double'], read: (_, m) => real(m, 'double') },
  { head: 'string', members: ['string'], read: (_, m) => literal('string', m, m.string('string') as string) },
  { head: 'base64', members: ['base64'], read: (_, m) => base64(m) },
  {
    head: 'value',
    members: ['type', 'value'],
    read: (reading, m) => ({
      form: 'value',
      where: m.where,
      type: readType(reading, m.required('type')),
      value: m.required('value'),
    }),
  },
  {
    head: 'new',
    members: ['type', 'new'],
    read: (reading, m) => {
      const made = m.required('new');
      const type = readType(reading, m.required('type'));
      if (made.node.kind === 'array') {
        return { form: 'new', where: m.where, type, items: listAt(made).map((item) => readExpr(reading, item)) };
      }
      const entries = new Members(made, '"new"')
        .entries()
        .map(({ key, where }) => ({ name: key, value: readExpr(reading, where) }));
      return { form: 'new', where: m.where, type, entries };
    },
  },
  {
    head: 'let',
    members: ['let'],
    read: (reading, m) => ({ form: 'let', where: m.where, bindings: readBindings(reading, m.required('let')) }),
  },
  {
    head: 'set',
    members: ['set'],
    read: (reading, m) => ({ form: 'set', where: m.where, bindings: readBindings(reading, m.required('set')) }),
  },
  {
    head: 'attr',
    members: ['attr', 'path', 'to'],
    read: (reading, m) => {
      const to = m.optional('to');
      return {
        form: 'attr',
        where: m.where,
        of: readExpr(reading, m.required('attr')),
        path: readPath(reading, m.required('path')),
        ...(to === undefined ? {} : { to: readArgument(reading, to) }),
      };
    },
  },
  {
    head: 'cell',
    members: ['cell', 'path', 'to'],
    read: (reading, m) => {
      const path = m.optional('path');
      const to = m.optional('to');
      return {
        form: 'cell',
        where: m.where,
        name: stringAt(m.required('cell')),
        path: path === undefined ? [] : listAt(path).map((item) => readExpr(reading, item)),
        ...(to === undefined ? {} : { to: readArgument(reading, to) }),
      };
    },
  },
  {
    head: 'pool',
    members: ['pool', 'path', 'to', 'init', 'del'],
    read: (reading, m) => {
      const name = stringAt(m.required('pool'));
      const del = m.optional('del');
      if (del !== undefined) {
        if (m.has('path') || m.has('to') || m.has('init')) throw syntaxError(m.where, '"del" stands with "pool" alone');
        return { form: 'pool-del', where: m.where, name, item: readExpr(reading, del) };
      }
      const to = m.optional('to');
      if (to === undefined && m.has('init')) throw syntaxError(m.required('init'), '"init" stands with "to" only');
      const init = to === undefined ? undefined : m.required('init');
      return {
        form: 'pool',
        where: m.where,
        name,
        path: readPath(reading, m.required('path')),
        ...(to === undefined ? {} : { to: readArgument(reading, to) }),
        ...(init === undefined ? {} : { init: readExpr(reading, init) }),
      };
    },
  },
  {
    head: 'if',
    members: TESTED,
    read: (reading, m) => {
      const otherwise = m.optional('else');
      return {
        form: 'cond',
        where: m.where,
        clauses: [{ test: readExpr(reading, m.required('if')), yes: readBlock(reading, m.required('then')) }],
        ...(otherwise === undefined ? {} : { otherwise: readBlock(reading, otherwise) }),
      };
    },
  },
  {
    head: 'cond',
    members: ['cond', 'else'],
    read: (reading, m) => {
      const clauses = listAt(m.required('cond')).map((where) => {
        const clause = new Members(where, 'a clause of "cond"', ['if', 'then']);
        return { test: readExpr(reading, clause.required('if')), yes: readBlock(reading, clause.required('then')) };
      });
      if (clauses.length === 0) throw syntaxError(m.required('cond'), '"cond" needs at least one clause');
      const otherwise = m.optional('else');
      return {
        form: 'cond',
        where: m.where,
        clauses,
        ...(otherwise === undefined ? {} : { otherwise: readBlock(reading, otherwise) }),
      };
    },
  },
  {
    head: 'for',
    members: ['for', 'while', 'step', 'do'],
    read: (reading, m) => ({
      form: 'for',
      where: m.where,
      init: readBindings(reading, m.required('for')),
      test: readExpr(reading, m.required('while')),
      step: readBindings(reading, m.required('step')),
      body: readBlock(reading, m.required('do')),
    }),
  },
  {
    head: 'while',
    members: ['while', 'do'],
    read: (reading, m) => ({
      form: 'while',
      where: m.where,
      test: readExpr(reading, m.required('while')),
      body: readBody(reading, m.required('do')),
    }),
  },
  {
    head: 'until',
    members: ['until', 'do'],
    read: (reading, m) => ({
      form: 'until',
      where: m.where,
      test: readExpr(reading, m.required('until')),
      body: readBody(reading, m.required('do')),
    }),
  },
  {
    head: 'foreach',
    members: ['foreach', 'in', 'do', 'seq'],
    read: (reading, m) => ({
      form: 'foreach',
      where: m.where,
      name: readName(m.where, stringAt(m.required('foreach'))),
      over: readExpr(reading, m.required('in')),
      body: readBlock(reading, m.required('do')),
      seq: m.boolean('seq') ?? true,
    }),
  },
  {
    head: 'forkey',
    members: ['forkey', 'forval', 'in', 'do'],
    read: (reading, m) => ({
      form: 'forkey',
      where: m.where,
      key: readName(m.where, stringAt(m.required('forkey'))),
      value: readName(m.where, stringAt(m.required('forval'))),
      over: readExpr(reading, m.required('in')),
      body: readBlock(reading, m.required('do')),
    }),
  },
  {
    head: 'cast',
    members: ['cast', 'cases', 'partial'],
    read: (reading, m) => {
      const cases = listAt(m.required('cases')).map((where) => {
        const branch = new Members(where, 'a case of "cast"', ['as', 'named', 'do']);
        return {
          where,
          as: readType(reading, branch.required('as')),
          named: readName(where, stringAt(branch.required('named'))),
          body: readBlock(reading, branch.required('do')),
        };
      });
      if (cases.length === 0) throw syntaxError(m.required('cases'), '"cast" needs at least one case');
      const of = readExpr(reading, m.required('cast'));
      return { form: 'cast', where: m.where, of, cases, partial: m.boolean('partial') ?? false };
    },
  },
  {
    head: 'upcast',
    members: ['upcast', 'as'],
    read: (reading, m) => ({
      form: 'upcast',
      where: m.where,
      of: readExpr(reading, m.required('upcast')),
      as: readType(reading, m.required('as')),
    }),
  },
  {
    head: 'ifnotnull',
    members: ['ifnotnull', 'then', 'else'],
    read: (reading, m) => {
      const otherwise = m.optional('else');
      return {
        form: 'ifnotnull',
        where: m.where,
        bindings: readBindings(reading, m.required('ifnotnull')),
        yes: readBlock(reading, m.required('then')),
        ...(otherwise === undefined ? {} : { otherwise: readBlock(reading, otherwise) }),
      };
    },
  },
  {
    head: 'unpack',
    members: ['unpack', 'format', 'then', 'else'],
    read: (reading, m) => {
      const otherwise = m.optional('else');
      const parts = atLeastOne(m.required('format')).map((where) => {
        const { key, where: format } = singleAt(where);
        return { where, name: readName(where, key), format: stringAt(format) };
      });
      return {
        form: 'unpack',
        where: m.where,
        of: readExpr(reading, m.required('unpack')),
        parts,
        yes: readBlock(reading, m.required('then')),
        ...(otherwise === undefined ? {} : { otherwise: readBlock(reading, otherwise) }),
      };
    },
  },
  {
    head: 'pack',
    members: ['pack'],
    read: (reading, m) => ({
      form: 'pack',
      where: m.where,
      parts: atLeastOne(m.required('pack')).map((where) => {
        const { key, where: value } = singleAt(where);
        return { where, format: key, value: readExpr(reading, value) };
      }),
    }),
  },
  {
    head: 'doc',
    members: ['doc'],
    read: (_, m) => {
      stringAt(m.required('doc'));
      return { form: 'doc', where: m.where };
    },
  },
  {
    head: 'error',
    members: ['error', 'code'],
    read: (_, m) => {
      const code = m.integer('code');
      if (code !== undefined && (code >= 0n || !fitInt(code))) {
        throw syntaxError(m.required('code'), 'the code of an error must be a negative int');
      }
      return {
        form: 'error',
        where: m.where,
        message: stringAt(m.required('error')),
        ...(code === undefined ? {} : { code: Number(code) }),
      };
    },
  },
  {
    head: 'try',
    members: ['try', 'filter'],
    read: (reading, m) => {
      const filter = m.optional('filter');
      const body = readBlock(reading, m.required('try'));
      if (filter === undefined) return { form: 'try', where: m.where, body };
      const wanted = listAt(filter).map((item) => {
        if (item.node.kind === 'string') return item.node.value;
        if (item.node.kind === 'number' && /^-?[0-9]+$/.test(item.node.text)) return Number(item.node.text);
        return wrong(item, 'a message or a code');
      });
      return { form: 'try', where: m.where, body, filter: wanted };
    },
  },
  {
    head: 'log',
    members: ['log', 'namespace'],
    read: (reading, m) => {
      const namespace = m.string('namespace');
      return {
        form: 'log',
        where: m.where,
        values: [...readBody(reading, m.required('log'))],
        ...(namespace === undefined ? {} : { namespace }),
      };
    },
  },
  {
    head: 'call',
    members: ['call', 'args'],
    read: (reading, m) => ({
      form: 'enum-call',
      where: m.where,
      of: readExpr(reading, m.required('call')),
      args: readArguments(reading, m.required('args')),
    }),
  },
  {
    head: 'do',
    members: ['do'],
    read: (reading, m) => ({ form: 'do', where: m.where, body: readBlock(reading, m.required('do')) }),
  },
];
