import type { IrBuilder } from '../../ir/builder.js';
import { primitive } from '../../pfa/types.js';
import { declined } from '../declined.js';
import type { FunctionArgument } from './expressions.js';
import { castTo, comparison, divide, eachNumber, equal, numeric, plainly, real, roundTo } from './functions-scalar.js';
import { folded, missingWalk, mode, reduceWith, simpleWalk, tree } from './functions-trees.js';
import { argOfMap, containsKey, declineMatrix, elementwise, linear, mapFunction, zipMap } from './functions-vector.js';
import { isStructure, overMembers, overVector, type Rule, settledDeep, values } from './rule.js';
import { data, itemsOf, ref, refOf, type Sym } from './sym.js';

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
  'm.signum': values((builder, x) => ref(builder.cast(builder.apply('sign', refOf(builder, x!)), 'int32'))),
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
  'model.tree.simpleTree': tree('comparison'),
  'model.tree.simpleWalk': simpleWalk,
  'model.tree.missingWalk': missingWalk,
  'model.reg.linear': linear,
};

/** Trees that are asked for together stay together; a tree alone is its score. */
function scored(builder: IrBuilder, name: string, args: readonly FunctionArgument[]): readonly FunctionArgument[] {
  if (TREE_WISE.has(name)) return args;
  return args.map((arg) => (arg.value === undefined ? arg : { ...arg, value: settledDeep(builder, arg.value) }));
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

/** Applies a library function. Raises convert/pfa-function for one that does not move. */
export function applyFunction(builder: IrBuilder, name: string, args: readonly FunctionArgument[]): Sym {
  const rule = FUNCTIONS[name];
  if (rule === undefined) throw declined('pfa-function', `PFA's function ${name} is not moved`, {});
  return rule(builder, scored(builder, name, args));
}
