import type { IrBuilder } from '../../ir/builder.js';
import type { Kind, Literal, Ref } from '../../ir/types.js';
import { type AvroType, type Type, tagged, unionTag, untagged, type Value } from '../../pfa/types.js';
import { declined } from '../declined.js';
import { type Walk, walkScore } from './walk.js';

/**
 * A value while a document is run symbolically: a scalar of the program, a constant of any type, a structure whose
 * members are known, or the score of a tree that has not been asked for yet.
 */
export type Sym =
  | { readonly k: 'ref'; readonly ref: Ref }
  | { readonly k: 'data'; readonly value: Value; readonly type: AvroType }
  | { readonly k: 'items'; readonly items: readonly Sym[] }
  | { readonly k: 'entries'; readonly entries: ReadonlyMap<string, Sym> }
  | { readonly k: 'score'; readonly walk: Walk }
  /** The length of a score that may be an empty array, and whether it is empty: so our documents spell a leaf without a score. */
  | { readonly k: 'length'; readonly walk: Walk }
  | { readonly k: 'empty'; readonly walk: Walk };

/** A function argument, ready to be called. */
export type SymFunction = (...args: readonly Sym[]) => Sym;

export const KIND_OF: Readonly<Record<string, Kind>> = {
  boolean: 'bool',
  int: 'int32',
  long: 'int64',
  float: 'float32',
  double: 'float64',
  string: 'string',
  enum: 'string',
};

export function ref(value: Ref): Sym {
  return { k: 'ref', ref: value };
}

export function data(value: Value, type: AvroType): Sym {
  return { k: 'data', value, type };
}

/** The scalar kind of a type; of a union with null the other branch's. */
export function kindOf(type: Type): Kind | undefined {
  if (type.type === 'union') {
    const branches = type.branches.filter((branch) => branch.type !== 'null');
    return branches.length === 1 ? kindOf(branches[0]!) : undefined;
  }
  return KIND_OF[type.type];
}

export function isNull(sym: Sym): boolean {
  return sym.k === 'data' && sym.value === null;
}

/** A constant without its union's tag. */
export function plain(sym: Sym & { k: 'data' }): Sym & { k: 'data' } {
  const { type, value } = sym;
  if (type.type !== 'union' || value === null) return sym;
  const tag = unionTag(value);
  const branch = type.branches.find((candidate) => unionTag(tagged(nameOf(candidate), null)) === tag);
  return branch === undefined ? sym : { k: 'data', value: untagged(value), type: branch };
}

export function nameOf(type: AvroType): string {
  return 'fullName' in type ? type.fullName : type.type;
}

/** The score of a tree as what it is: a scalar or an array. */
export function settled(builder: IrBuilder, sym: Sym): Sym {
  return sym.k === 'score' ? walkScore(builder, sym.walk) : sym;
}

/** The items of an array whose length is known. Raises convert/pfa-dynamic. */
export function itemsOf(sym: Sym): readonly Sym[] {
  if (sym.k === 'items') return sym.items;
  const constant = sym.k === 'data' ? plain(sym) : undefined;
  if (constant?.type.type === 'array') {
    const { items } = constant.type;
    return (constant.value as readonly Value[]).map((value) => data(value, items));
  }
  throw dynamic('an array whose length is known');
}

/** The members of a record or map whose names are known. Raises convert/pfa-dynamic. */
export function entriesOf(sym: Sym): ReadonlyMap<string, Sym> {
  if (sym.k === 'entries') return sym.entries;
  const constant = sym.k === 'data' ? plain(sym) : undefined;
  if (constant !== undefined && constant.value !== null && typeof constant.value === 'object') {
    const { type } = constant;
    const value = constant.value as Readonly<Record<string, Value>>;
    if (type.type === 'map') return new Map(Object.entries(value).map(([key, item]) => [key, data(item, type.values)]));
    if (type.type === 'record')
      return new Map(type.fields.map((field) => [field.name, data(value[field.name]!, field.type)]));
  }
  throw dynamic('a record or map whose members are known');
}

/** The scalar as a node of the program, cast to `kind` where one is asked for. Raises convert/pfa-dynamic. */
export function refOf(builder: IrBuilder, sym: Sym, kind?: Kind): Ref {
  if (sym.k === 'ref') return kind === undefined ? sym.ref : builder.cast(sym.ref, kind);
  if (sym.k === 'score') return refOf(builder, walkScore(builder, sym.walk), kind);
  if (sym.k === 'empty') return builder.apply('is-missing', firstScore(builder, sym.walk));
  if (sym.k !== 'data') throw dynamic('a scalar');
  const constant = plain(sym);
  const own = kindOf(constant.type);
  const wanted = kind ?? own;
  if (constant.value === null) {
    if (wanted === undefined) throw dynamic('a scalar whose type is known');
    return builder.const(wanted, null);
  }
  if (own === undefined || wanted === undefined) throw dynamic('a scalar');
  return builder.const(wanted, literal(constant.value, wanted));
}

function firstScore(builder: IrBuilder, walk: Walk): Ref {
  const score = walkScore(builder, walk);
  return refOf(builder, score.k === 'items' ? score.items[0]! : score);
}

function literal(value: Value, kind: Kind): Literal {
  if (kind === 'int64') return BigInt(value as number | bigint);
  if (kind === 'float32') return Math.fround(Number(value));
  if (kind === 'float64') return Number(value);
  return value as Literal;
}

export function dynamic(expected: string) {
  return declined(
    'pfa-dynamic',
    'the document does with its input what a fixed dataflow cannot',
    {},
    {
      expected,
      hint: 'loops and structures must have a size that does not depend on the input',
    },
  );
}
