import type { IrBuilder } from '../../ir/builder.js';
import type { Primitive } from '../../ir/primitives.js';
import { isFloat, type Kind, type Ref } from '../../ir/types.js';
import { primitive } from '../../pfa/types.js';
import { declined } from '../declined.js';
import type { FunctionArgument } from './expressions.js';
import { data, dynamic, entriesOf, itemsOf, ref, refOf, type Sym, type SymFunction, settled } from './sym.js';
import { combineWalks, isVectorScore, labelOf, type Walk, walksOf } from './walk.js';

type Rule = (builder: IrBuilder, args: readonly FunctionArgument[]) => Sym;
type SymRule = (builder: IrBuilder, ...args: Sym[]) => Sym;

const values =
  (rule: SymRule): Rule =>
  (builder, args) => {
    if (args.some(({ value }) => value === undefined)) throw dynamic('values');
    return rule(builder, ...args.map(({ value }) => value!));
  };

/** PFA widens int to long to float to double. */
const ORDER: readonly Kind[] = ['int32', 'int64', 'float32', 'float64'];

function widest(kinds: readonly Kind[]): Kind {
  return ORDER[Math.max(...kinds.map((kind) => ORDER.indexOf(kind)))] ?? kinds[0]!;
}

const numeric = (fn: Primitive): Rule =>
  values((builder, ...args) => {
    const refs = args.map((arg) => refOf(builder, arg));
    const kind = widest(refs.map((item) => builder.kindOf(item)));
    return ref(builder.apply(fn, ...refs.map((item) => builder.cast(item, kind))));
  });

const divide: Rule = values((builder, a, b) => {
  const isZero = (sym: Sym) => sym.k === 'data' && sym.value === 0;
  if (isZero(a!) && isZero(b!)) return ref(builder.const('float64', null));
  return ref(builder.apply('div', refOf(builder, a!, 'float64'), refOf(builder, b!, 'float64')));
});

/** As `numeric`, in double whatever comes in. */
const real = (fn: Primitive): Rule =>
  values((builder, ...args) => ref(builder.apply(fn, ...args.map((arg) => refOf(builder, arg, 'float64')))));

const comparison = (fn: Primitive): Rule =>
  values((builder, a, b) => {
    const [left, right] = [refOf(builder, a!), refOf(builder, b!)];
    const kinds = [builder.kindOf(left), builder.kindOf(right)];
    if (kinds[0] === kinds[1]) return ref(builder.apply(fn, left, right));
    const kind = widest(kinds);
    return ref(builder.apply(fn, builder.cast(left, kind), builder.cast(right, kind)));
  });

/** Whether the length of a score is 0 says that the score is missing. */
const equal: Rule = (builder, args) => {
  const [a, b] = [args[0]!.value!, args[1]!.value!];
  if (a.k === 'length' && b.k === 'data' && b.value === 0) return { k: 'empty', walk: a.walk };
  return comparison('eq')(builder, args);
};

const plainly = (fn: Primitive): Rule =>
  values((builder, ...args) => ref(builder.apply(fn, ...args.map((arg) => refOf(builder, arg)))));

const castTo = (kind: Kind): Rule => values((builder, x) => ref(refOf(builder, x!, kind)));

/** PFA's cast.int and cast.long round half up. */
const roundTo = (kind: Kind): Rule =>
  values((builder, x) => {
    const value = refOf(builder, x!);
    return ref(builder.cast(isFloat(builder.kindOf(value)) ? builder.apply('round', value) : value, kind));
  });

/** A function of one number, over each number of an array or map too. */
const eachNumber = (rule: (builder: IrBuilder, x: Ref) => Ref): Rule =>
  values((builder, x) => overMembers(x!, (item) => ref(rule(builder, refOf(builder, item, 'float64')))));

/** Trees that are asked for together stay together; a tree alone is its score. */
function scored(builder: IrBuilder, name: string, args: readonly FunctionArgument[]): readonly FunctionArgument[] {
  if (TREE_WISE.has(name)) return args;
  return args.map((arg) => (arg.value === undefined ? arg : { ...arg, value: settledDeep(builder, arg.value) }));
}

function settledDeep(builder: IrBuilder, sym: Sym): Sym {
  if (sym.k === 'items' && sym.items.some(({ k }) => k === 'score'))
    return { k: 'items', items: sym.items.map((item) => settled(builder, item)) };
  return settled(builder, sym);
}

/** Functions that take the trees of a forest as a whole. */
const TREE_WISE = new Set([
  'a.sum',
  'a.mean',
  'a.min',
  'a.max',
  'a.mode',
  'a.reduce',
  'a.fold',
  'a.map',
  'a.len',
  'a.concat',
]);

function isStructure(sym: Sym): 'items' | 'entries' | undefined {
  if (sym.k === 'items' || sym.k === 'entries') return sym.k;
  if (sym.k !== 'data') return undefined;
  if (sym.type.type === 'array') return 'items';
  return sym.type.type === 'map' || sym.type.type === 'record' ? 'entries' : undefined;
}

function overMembers(sym: Sym, change: (item: Sym) => Sym): Sym {
  const structure = isStructure(sym);
  if (structure === 'items') return { k: 'items', items: itemsOf(sym).map(change) };
  if (structure === 'entries')
    return { k: 'entries', entries: new Map([...entriesOf(sym)].map(([name, item]) => [name, change(item)])) };
  return change(sym);
}

/** A function of a whole vector, given as array or map. */
function overVector(builder: IrBuilder, sym: Sym, rule: (vector: Ref) => Ref): Sym {
  const entries = isStructure(sym) === 'entries' ? [...entriesOf(sym)] : undefined;
  const items = entries === undefined ? itemsOf(sym) : entries.map(([, item]) => item);
  const results = builder.elements(rule(vectorOf(builder, items))).map(ref);
  if (entries === undefined) return { k: 'items', items: results };
  return { k: 'entries', entries: new Map(entries.map(([name], index) => [name, results[index]!])) };
}

function vectorOf(builder: IrBuilder, items: readonly Sym[], kind?: Kind): Ref {
  const refs = items.map((item) => refOf(builder, item));
  const wanted = kind ?? widest(refs.map((item) => builder.kindOf(item)));
  return builder.pack(refs.map((item) => builder.cast(item, wanted)));
}

const reduceWith = (
  fn: 'sum' | 'mean' | 'min' | 'max' | 'median' | 'argmax' | 'argmin',
  treesBy?: 'sum' | 'min' | 'max',
): Rule =>
  values((builder, sym) => {
    const walks = walksOf(sym!);
    if (walks !== undefined && treesBy !== undefined) {
      const combined = combineWalks(builder, walks, treesBy);
      if (combined.labels === undefined && combined.width === 1) {
        const sum = builder.element(combined.scores, 0);
        if (fn !== 'mean') return ref(sum);
        return ref(builder.apply('div', builder.cast(sum, 'float64'), builder.const('float64', walks.length)));
      }
    }
    const vector = vectorOf(builder, itemsOf(settledDeep(builder, sym!)), fn === 'mean' ? 'float64' : undefined);
    return ref(fn.startsWith('arg') ? builder.cast(builder.reduce(fn, vector), 'int32') : builder.reduce(fn, vector));
  });

/**
 * The most common label of the trees. PFA takes the median of labels that are equally common: of k tied labels, sorted,
 * the one with ⌊(k − 1) / 2⌋ tied labels before it.
 */
const mode: Rule = values((builder, sym) => {
  const walks = walksOf(sym!);
  const combined = walks === undefined ? undefined : combineWalks(builder, walks, 'sum');
  if (combined?.labels === undefined) throw declined('pfa-mode', 'a.mode of what is no array of tree labels', {});
  const { scores, labels } = combined;
  const most = builder.reduce('max', scores);
  const [one, zero] = [builder.const('float64', 1), builder.const('float64', 0)];
  const tied = builder
    .elements(scores)
    .map((votes) => builder.apply('select', builder.apply('eq', votes, most), one, zero));
  const count = tied.reduce((a, b) => builder.apply('add', a, b));
  const half = builder.apply('div', builder.apply('sub', count, one), builder.const('float64', 2));
  const wanted = builder.apply('floor', half);
  let before = zero;
  const chosen = tied.map((flag) => {
    const here = builder.apply('select', builder.apply('eq', before, wanted), flag, zero);
    before = builder.apply('add', before, flag);
    return here;
  });
  return ref(labelOf(builder, builder.reduce('argmax', builder.pack(chosen)), labels));
});

const folded =
  (start: (args: readonly FunctionArgument[]) => Sym | undefined, fcn: number): Rule =>
  (builder, args) => {
    const combine = args[fcn]!.fcn!;
    const first = start(args);
    const walks = walksOf(args[0]!.value!);
    if (walks !== undefined) return foldWalks(builder, walks, combine, first);
    const items = itemsOf(args[0]!.value!);
    return items.slice(first === undefined ? 1 : 0).reduce((a, b) => combine(a, b), first ?? items[0]!);
  };

/** Trees of one forest folded by a function of any kind; where it adds, the forest is one sum. */
function foldWalks(builder: IrBuilder, walks: readonly Walk[], combine: SymFunction, first: Sym | undefined): Sym {
  const vectors = isVectorScore(walks[0]!);
  const { scores, width, labels } = combineWalks(builder, walks, walks.length === 1 ? 'sum' : 'each');
  if (labels !== undefined) throw declined('pfa-fold', 'a fold over the labels of trees', {});
  const elements = builder.elements(scores);
  const items = walks.map((_, tree) => scoreOf(elements.slice(tree * width, (tree + 1) * width), vectors));
  const start = first ?? items[0]!;
  if (walks.length > 1 && adds(builder, items[0]!, items[1]!, combine(items[0]!, items[1]!))) {
    const sum = scoreOf(builder.elements(combineWalks(builder, walks, 'sum').scores), vectors);
    return first === undefined || isZero(first) ? sum : combine(first, sum);
  }
  return items.slice(first === undefined ? 1 : 0).reduce((a, b) => combine(a, b), start);
}

function scoreOf(elements: readonly Ref[], vector: boolean): Sym {
  return vector ? { k: 'items', items: elements.map(ref) } : ref(elements[0]!);
}

/** Whether `result` is a + b, element by element. */
function adds(builder: IrBuilder, a: Sym, b: Sym, result: Sym): boolean {
  if (result.k === 'items' && a.k === 'items' && b.k === 'items') {
    return result.items.every((item, index) => adds(builder, a.items[index]!, b.items[index]!, item));
  }
  if (result.k !== 'ref' || a.k !== 'ref' || b.k !== 'ref') return false;
  const node = builder.nodes[result.ref]!;
  return node.op === 'primitive' && node.fn === 'add' && node.inputs[0] === a.ref && node.inputs[1] === b.ref;
}

function isZero(sym: Sym): boolean {
  const structure = isStructure(sym);
  if (structure === 'items') return itemsOf(sym).every(isZero);
  return sym.k === 'data' && sym.value === 0;
}

const tree =
  (threeWay: boolean): Rule =>
  (_, args) => {
    const [datum, node] = [args[0]!.value!, args[1]!.value!];
    if (node.k !== 'data' || node.type.type !== 'record') throw dynamic('a tree of constants');
    return { k: 'score', walk: { datum, root: node.value, type: node.type, threeWay } satisfies Walk };
  };

/** simpleWalk and missingWalk with PFA's own tests, by reference or as a function that only calls them. */
const walk =
  (test: string, threeWay: boolean): Rule =>
  (builder, args) => {
    const given = args[2]!;
    const body = given.definition?.body;
    const only = body?.length === 1 ? body[0]! : undefined;
    const name = given.named ?? (only?.form === 'call' ? only.name : undefined);
    if (name !== test) throw declined('pfa-walk', `a tree walk with another test than ${test}`, {});
    return tree(threeWay)(builder, args);
  };

const linear: Rule = values((builder, datum, model) => {
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

const mapFunction: Rule = (_, args) => overMembers(args[0]!.value!, args[1]!.fcn!);

/** A function of items side by side, as long as the shortest array. */
const zipMap: Rule = (_, args) => {
  const arrays = args.slice(0, -1).map(({ value }) => itemsOf(value!));
  const length = Math.min(...arrays.map((items) => items.length));
  const combine = args.at(-1)!.fcn!;
  return {
    k: 'items',
    items: Array.from({ length }, (_unused, index) => combine(...arrays.map((items) => items[index]!))),
  };
};

/** The key of the largest (or smallest) value of a map of numbers; of equal ones the first in the order of the map. */
const argOfMap = (fn: 'argmax' | 'argmin'): Rule =>
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

/** PFA's functions that move, by name; what is not here is declined with its name. */
export const FUNCTIONS: Readonly<Record<string, Rule>> = {
  '+': numeric('add'),
  '-': numeric('sub'),
  '*': numeric('mul'),
  '/': divide,
  '//': numeric('div'),
  '%': numeric('mod'),
  '**': numeric('pow'),
  'u-': numeric('neg'),
  '<': comparison('lt'),
  '<=': comparison('le'),
  '>': comparison('gt'),
  '>=': comparison('ge'),
  '==': equal,
  '!=': comparison('ne'),
  '&&': plainly('and'),
  '||': plainly('or'),
  '&&&': plainly('and'),
  '|||': plainly('or'),
  '^^': plainly('xor'),
  '!': plainly('not'),
  max: numeric('max'),
  min: numeric('min'),
  'm.abs': numeric('abs'),
  'm.exp': real('exp'),
  'm.expm1': real('expm1'),
  'm.ln': real('log'),
  'm.log10': real('log10'),
  'm.ln1p': real('log1p'),
  'm.sqrt': real('sqrt'),
  'm.floor': real('floor'),
  'm.ceil': real('ceil'),
  'm.rint': real('rint'),
  'm.sin': real('sin'),
  'm.cos': real('cos'),
  'm.tan': real('tan'),
  'm.asin': real('asin'),
  'm.acos': real('acos'),
  'm.atan': real('atan'),
  'm.sinh': real('sinh'),
  'm.cosh': real('cosh'),
  'm.tanh': real('tanh'),
  'm.special.erf': real('erf'),
  'm.link.logit': eachNumber((builder, x) => builder.apply('logistic', x)),
  'm.link.tanh': eachNumber((builder, x) => builder.apply('tanh', x)),
  'm.link.probit': eachNumber((builder, x) => builder.apply('normcdf', x)),
  'm.link.softmax': values((builder, x) =>
    overVector(builder, x!, (vector) => builder.vectorFunction('softmax', builder.cast(vector, 'float64'))),
  ),
  'cast.float': castTo('float32'),
  'cast.double': castTo('float64'),
  'cast.int': roundTo('int32'),
  'cast.long': roundTo('int64'),
  'impute.isnan': values((builder, x) => ref(builder.apply('is-missing', refOf(builder, x!)))),
  'impute.defaultOnNull': values((builder, x, otherwise) => {
    const value = refOf(builder, x!);
    return ref(builder.apply('coalesce', value, refOf(builder, otherwise!, builder.kindOf(value))));
  }),
  's.upper': plainly('upper'),
  's.lower': plainly('lower'),
  's.concat': plainly('concat'),
  'a.len': values((_, x) =>
    x!.k === 'score' ? { k: 'length', walk: x!.walk } : data(itemsOf(x!).length, primitive('int')),
  ),
  'a.map': mapFunction,
  'map.map': mapFunction,
  'a.mapWithIndex': (_, args) => ({
    k: 'items',
    items: itemsOf(args[0]!.value!).map((item, index) => args[1]!.fcn!(data(index, primitive('int')), item)),
  }),
  'a.zipmap': zipMap,
  'a.reduce': folded(() => undefined, 1),
  'a.fold': folded((args) => args[1]!.value!, 2),
  'a.sum': reduceWith('sum', 'sum'),
  'a.mean': reduceWith('mean', 'sum'),
  'a.min': reduceWith('min', 'min'),
  'a.max': reduceWith('max', 'max'),
  'a.median': reduceWith('median'),
  'a.argmax': reduceWith('argmax'),
  'a.argmin': reduceWith('argmin'),
  'a.mode': mode,
  'a.concat': values((_, a, b) => ({ k: 'items', items: [...itemsOf(a!), ...itemsOf(b!)] })),
  'a.flatten': values((_, a) => ({ k: 'items', items: itemsOf(a!).flatMap((item) => itemsOf(item)) })),
  'la.add': values((builder, a, b) => elementwise(builder, 'add', a!, b!)),
  'la.sub': values((builder, a, b) => elementwise(builder, 'sub', a!, b!)),
  'la.scale': values((builder, a, by) => {
    const factor = refOf(builder, by!, 'float64');
    return overMembers(a!, (item) =>
      isStructure(item) === undefined
        ? ref(builder.apply('mul', refOf(builder, item, 'float64'), factor))
        : declineMatrix(),
    );
  }),
  'a.head': values((_, a) => itemsOf(a!)[0]!),
  'a.any': (builder, args) =>
    ref(
      itemsOf(args[0]!.value!)
        .map((item) => refOf(builder, args[1]!.fcn!(item)))
        .reduce((a, b) => builder.apply('or', a, b)),
    ),
  'map.argmax': argOfMap('argmax'),
  'map.argmin': argOfMap('argmin'),
  'map.containsKey': values((builder, map, key) => containsKey(builder, map!, key!)),
  'model.tree.simpleTree': tree(false),
  'model.tree.simpleWalk': walk('model.tree.simpleTest', false),
  'model.tree.missingWalk': walk('model.tree.missingTest', true),
  'model.reg.linear': linear,
};

function declineMatrix(): never {
  throw declined('pfa-matrix', 'arithmetic of matrices', {});
}

/** Sum or difference of two vectors, as arrays or as maps; what a map lacks counts as 0. */
function elementwise(builder: IrBuilder, fn: 'add' | 'sub', a: Sym, b: Sym): Sym {
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

function containsKey(builder: IrBuilder, map: Sym, key: Sym): Sym {
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

/** Applies a library function. Raises convert/pfa-function for one that does not move. */
export function applyFunction(builder: IrBuilder, name: string, args: readonly FunctionArgument[]): Sym {
  const rule = FUNCTIONS[name];
  if (rule === undefined) throw declined('pfa-function', `PFA's function ${name} is not moved`, {});
  return rule(builder, scored(builder, name, args));
}
