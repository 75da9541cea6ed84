import type { IrBuilder } from '../../ir/builder.js';
import { primitive } from '../../pfa/types.js';
import { declined } from '../declined.js';
import { isStructure, overMembers, type Rule, values, vectorOf } from './rule.js';
import { data, dynamic, entriesOf, itemsOf, ref, refOf, type Sym } from './sym.js';
import { labelOf } from './walk.js';

export const linear: Rule = values((builder, datum, model) => {
  const { coeff, constant } = { coeff: entriesOf(model!).get('coeff')!, constant: entriesOf(model!).get('const')! };
  const number = (sym: Sym) => {
    if (sym.k !== 'data') throw dynamic('coefficients that are constants');
    return Number(sym.value);
  };
  const asMap = isStructure(datum!) === 'entries';
  const names = asMap ? [...entriesOf(datum!).keys()] : [];
  const features = (asMap ? names.map((name) => entriesOf(datum!).get(name)!) : itemsOf(datum!)).map((item) =>
    refOf(builder, item, 'float64'),
  );
  const row = (sym: Sym) =>
    (asMap ? names.map((name) => entriesOf(sym).get(name) ?? data(0, primitive('double'))) : [...itemsOf(sym)]).map(
      number,
    );
  if (isStructure(constant) === undefined) {
    const scores = builder.linear(
      'float64',
      features,
      Float64Array.from(row(coeff)),
      Float64Array.of(number(constant)),
    );
    return ref(builder.element(scores, 0));
  }
  const outputs = isStructure(constant) === 'entries' ? [...entriesOf(constant).keys()] : undefined;
  const rows = outputs === undefined ? [...itemsOf(coeff)] : outputs.map((name) => entriesOf(coeff).get(name)!);
  const offsets = (
    outputs === undefined ? [...itemsOf(constant)] : outputs.map((name) => entriesOf(constant).get(name)!)
  ).map(number);
  const scores = builder
    .elements(builder.linear('float64', features, Float64Array.from(rows.flatMap(row)), Float64Array.from(offsets)))
    .map(ref);
  if (outputs === undefined) return { k: 'items', items: scores };
  return { k: 'entries', entries: new Map(outputs.map((name, index) => [name, scores[index]!])) };
});

export const mapFunction: Rule = (_, args) => overMembers(args[0]!.value!, args[1]!.fcn!);

/** A function of items side by side, as long as the shortest array. */
export const zipMap: Rule = (_, args) => {
  const arrays = args.slice(0, -1).map(({ value }) => itemsOf(value!));
  const length = Math.min(...arrays.map((items) => items.length));
  const combine = args.at(-1)!.fcn!;
  return {
    k: 'items',
    items: Array.from({ length }, (_unused, index) => combine(...arrays.map((items) => items[index]!))),
  };
};

/** The key of the largest (or smallest) value of a map of numbers; of equal ones the first in the order of the map. */
export const argOfMap = (fn: 'argmax' | 'argmin'): Rule =>
  values((builder, sym) => {
    const entries = [...entriesOf(sym!)];
    const index = builder.reduce(
      fn,
      vectorOf(
        builder,
        entries.map(([, item]) => item),
      ),
    );
    return ref(
      labelOf(
        builder,
        index,
        entries.map(([name]) => name),
      ),
    );
  });

export function declineMatrix(): never {
  throw declined('pfa-matrix', 'arithmetic of matrices', {});
}

/** Sum or difference of two vectors, as arrays or as maps; what a map lacks counts as 0. */
export function elementwise(builder: IrBuilder, fn: 'add' | 'sub', a: Sym, b: Sym): Sym {
  const both = (x: Sym, y: Sym) => ref(builder.apply(fn, refOf(builder, x, 'float64'), refOf(builder, y, 'float64')));
  if (isStructure(a) === 'items') {
    const [first, second] = [itemsOf(a), itemsOf(b)];
    if (first.length !== second.length || first.some((item) => isStructure(item) !== undefined)) declineMatrix();
    return { k: 'items', items: first.map((item, index) => both(item, second[index]!)) };
  }
  const [first, second] = [entriesOf(a), entriesOf(b)];
  const zero = data(0, primitive('double'));
  const names = new Set([...first.keys(), ...second.keys()]);
  return {
    k: 'entries',
    entries: new Map([...names].map((name) => [name, both(first.get(name) ?? zero, second.get(name) ?? zero)])),
  };
}

export function containsKey(builder: IrBuilder, map: Sym, key: Sym): Sym {
  const keys = [...entriesOf(map).keys()];
  return ref(
    builder.lookup(
      refOf(builder, key),
      'bool',
      keys,
      keys.map(() => true),
      false,
    ),
  );
}
