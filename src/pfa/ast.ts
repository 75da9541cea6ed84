import type { AvroType, PrimitiveName, Value } from './types.js';
import type { Where } from './where.js';

/** A type as it is written in the document; `resolved` is filled in when all named types are known. */
export interface TypeRef {
  readonly where: Where;
  resolved?: AvroType;
}

export interface Literal {
  readonly form: 'literal';
  readonly where: Where;
  readonly type: PrimitiveName;
  readonly value: Value;
}
export interface SymbolRef {
  readonly form: 'symbol';
  readonly where: Where;
  readonly name: string;
}
/** `{"type": …, "value": …}` */
export interface TypedValue {
  readonly form: 'value';
  readonly where: Where;
  readonly type: TypeRef;
  readonly value: Where;
}
/** `{"type": …, "new": …}`: an array's items or a map's or record's entries. */
export interface New {
  readonly form: 'new';
  readonly where: Where;
  readonly type: TypeRef;
  readonly items?: readonly Expr[];
  readonly entries?: readonly Binding[];
}
export interface Binding {
  readonly name: string;
  readonly value: Expr;
}
export interface Do {
  readonly form: 'do';
  readonly where: Where;
  readonly body: Body;
}
export interface Let {
  readonly form: 'let' | 'set';
  readonly where: Where;
  readonly bindings: readonly Binding[];
}
export interface Attr {
  readonly form: 'attr';
  readonly where: Where;
  readonly of: Expr;
  readonly path: readonly Expr[];
  readonly to?: Argument;
}
export interface CellAccess {
  readonly form: 'cell';
  readonly where: Where;
  readonly name: string;
  readonly path: readonly Expr[];
  readonly to?: Argument;
}
export interface PoolAccess {
  readonly form: 'pool';
  readonly where: Where;
  readonly name: string;
  readonly path: readonly Expr[];
  readonly to?: Argument;
  readonly init?: Expr;
}
export interface PoolDelete {
  readonly form: 'pool-del';
  readonly where: Where;
  readonly name: string;
  readonly item: Expr;
}
/** `if` (one clause) and `cond`. */
export interface Conditional {
  readonly form: 'cond';
  readonly where: Where;
  readonly clauses: readonly { readonly test: Expr; readonly yes: Body }[];
  readonly otherwise?: Body;
}
export interface While {
  readonly form: 'while' | 'until';
  readonly where: Where;
  readonly test: Expr;
  readonly body: Body;
}
export interface For {
  readonly form: 'for';
  readonly where: Where;
  readonly init: readonly Binding[];
  readonly test: Expr;
  readonly step: readonly Binding[];
  readonly body: Body;
}
export interface Foreach {
  readonly form: 'foreach';
  readonly where: Where;
  readonly name: string;
  readonly over: Expr;
  readonly body: Body;
  readonly seq: boolean;
}
export interface Forkey {
  readonly form: 'forkey';
  readonly where: Where;
  readonly key: string;
  readonly value: string;
  readonly over: Expr;
  readonly body: Body;
}
export interface Cast {
  readonly form: 'cast';
  readonly where: Where;
  readonly of: Expr;
  readonly cases: readonly {
    readonly where: Where;
    readonly as: TypeRef;
    readonly named: string;
    readonly body: Body;
  }[];
  readonly partial: boolean;
}
export interface Upcast {
  readonly form: 'upcast';
  readonly where: Where;
  readonly of: Expr;
  readonly as: TypeRef;
}
export interface IfNotNull {
  readonly form: 'ifnotnull';
  readonly where: Where;
  readonly bindings: readonly Binding[];
  readonly yes: Body;
  readonly otherwise?: Body;
}
export interface Pack {
  readonly form: 'pack';
  readonly where: Where;
  readonly parts: readonly { readonly where: Where; readonly format: string; readonly value: Expr }[];
}
export interface Unpack {
  readonly form: 'unpack';
  readonly where: Where;
  readonly of: Expr;
  readonly parts: readonly { readonly where: Where; readonly name: string; readonly format: string }[];
  readonly yes: Body;
  readonly otherwise?: Body;
}
export interface Doc {
  readonly form: 'doc';
  readonly where: Where;
}
export interface Raise {
  readonly form: 'error';
  readonly where: Where;
  readonly message: string;
  readonly code?: number;
}
export interface Try {
  readonly form: 'try';
  readonly where: Where;
  readonly body: Body;
  readonly filter?: readonly (string | number)[];
}
export interface Log {
  readonly form: 'log';
  readonly where: Where;
  readonly values: readonly Expr[];
  readonly namespace?: string;
}
/** `{"name": [arguments]}`: a function of the library, `emit`, or one of the document's (`u.name`). */
export interface FunctionCall {
  readonly form: 'call';
  readonly where: Where;
  readonly name: string;
  readonly args: readonly Argument[];
}
/** `{"call": …, "args": […]}`: the function that an enum's value names. */
export interface EnumCall {
  readonly form: 'enum-call';
  readonly where: Where;
  readonly of: Expr;
  readonly args: readonly Argument[];
}

export type Expr =
  | Literal
  | SymbolRef
  | TypedValue
  | New
  | Do
  | Let
  | Attr
  | CellAccess
  | PoolAccess
  | PoolDelete
  | Conditional
  | While
  | For
  | Foreach
  | Forkey
  | Cast
  | Upcast
  | IfNotNull
  | Pack
  | Unpack
  | Doc
  | Raise
  | Try
  | Log
  | FunctionCall
  | EnumCall;

export interface FcnDef {
  readonly form: 'fcn-def';
  readonly where: Where;
  readonly params: readonly { readonly name: string; readonly type: TypeRef }[];
  readonly returns: TypeRef;
  readonly body: Body;
}
export interface FcnRef {
  readonly form: 'fcn-ref';
  readonly where: Where;
  readonly name: string;
  readonly fill: readonly { readonly name: string; readonly value: Argument }[];
}

export type Argument = Expr | FcnDef | FcnRef;
export type Body = readonly Expr[];

export type Method = 'map' | 'emit' | 'fold';

export interface Store {
  readonly where: Where;
  readonly type: TypeRef;
  readonly init?: Where;
  readonly shared: boolean;
  readonly rollback: boolean;
  readonly source: 'embedded' | 'json' | 'avro';
}

/** A document, read but not yet checked. */
export interface Program {
  readonly where: Where;
  readonly name: string;
  readonly method: Method;
  readonly input: TypeRef;
  readonly output: TypeRef;
  readonly begin: Body;
  readonly action: Body;
  readonly end: Body;
  readonly fcns: ReadonlyMap<string, FcnDef>;
  readonly zero?: Where;
  readonly merge?: Body;
  readonly cells: ReadonlyMap<string, Store>;
  readonly pools: ReadonlyMap<string, Store>;
  readonly randseed?: bigint;
  readonly version?: number;
  readonly metadata: Readonly<Record<string, string>>;
  readonly timeouts: { readonly begin?: number; readonly action?: number; readonly end?: number };
}
