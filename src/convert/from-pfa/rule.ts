import type { IrBuilder } from '../../ir/builder.js';
import type { Kind, Ref } from '../../ir/types.js';
import type { FunctionArgument } from './expressions.js';
import { dynamic, entriesOf, itemsOf, ref, refOf, type Sym, settled } from './sym.js';

export type Rule = (builder: IrBuilder, args: readonly FunctionArgument[]) => Sym;
export type SymRule = (builder: IrBuilder, ...args: Sym[]) => Sym;

export const values =
  (rule: SymRule): Rule =>
  (builder, args) => {
    if (args.some(({ value }) => value === undefined)) throw dynamic('values');
    return rule(builder, ...args.map(({ value }) => value!));
  };

/** PFA widens int to long to float to double. */
const ORDER: readonly Kind[] = ['int32', 'int64', 'float32', 'float64'];

export function widest(kinds: readonly Kind[]): Kind {
  return ORDER[Math.max(...kinds.map((kind) => ORDER.indexOf(kind)))] ?? kinds[0]!;
}

export function isStructure(sym: Sym): 'items' | 'entries' | undefined {
  if (sym.k === 'items' || sym.k === 'entries') return sym.k;
  if (sym.k !== 'data') return undefined;
  if (sym.type.type === 'array') return 'items';
  return sym.type.type === 'map' || sym.type.type === 'record' ? 'entries' : undefined;
}

export function overMembers(sym: Sym, change: (item: Sym) => Sym): Sym {
  const structure = isStructure(sym);
  if (structure === 'items') return { k: 'items', items: itemsOf(sym).map(change) };
  if (structure === 'entries')
    return { k: 'entries', entries: new Map([...entriesOf(sym)].map(([name, item]) => [name, change(item)])) };
  return change(sym);
}

/** A function of a whole vector, given as array or map. */
export function overVector(builder: IrBuilder, sym: Sym, rule: (vector: Ref) => Ref): Sym {
  const entries = isStructure(sym) === 'entries' ? [...entriesOf(sym)] : undefined;
  const items = entries === undefined ? itemsOf(sym) : entries.map(([, item]) => item);
  const results = builder.elements(rule(vectorOf(builder, items))).map(ref);
  if (entries === undefined) return { k: 'items', items: results };
  return { k: 'entries', entries: new Map(entries.map(([name], index) => [name, results[index]!])) };
}

export function vectorOf(builder: IrBuilder, items: readonly Sym[], kind?: Kind): Ref {
  const refs = items.map((item) => refOf(builder, item));
  const wanted = kind ?? widest(refs.map((item) => builder.kindOf(item)));
  return builder.pack(refs.map((item) => builder.cast(item, wanted)));
}

export function settledDeep(builder: IrBuilder, sym: Sym): Sym {
  if (sym.k === 'items' && sym.items.some(({ k }) => k === 'score'))
    return { k: 'items', items: sym.items.map((item) => settled(builder, item)) };
  return settled(builder, sym);
}
