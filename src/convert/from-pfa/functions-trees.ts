import type { IrBuilder } from '../../ir/builder.js';
import type { Ref } from '../../ir/types.js';
import type { Binding, Body } from '../../pfa/ast.js';
import { declined } from '../declined.js';
import type { FunctionArgument } from './expressions.js';
import { isStructure, type Rule, settledDeep, values, vectorOf } from './rule.js';
import { dynamic, itemsOf, ref, type Sym, type SymFunction } from './sym.js';
import { combineWalks, isVectorScore, labelOf, type Walk, walksOf } from './walk.js';

export const reduceWith = (
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
export const mode: Rule = values((builder, sym) => {
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

export const folded =
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

export const tree =
  (missing: Walk['missing']): Rule =>
  (_, args) => {
    const [datum, node] = [args[0]!.value!, args[1]!.value!];
    if (node.k !== 'data' || node.type.type !== 'record') throw dynamic('a tree of constants');
    return { k: 'score', walk: { datum, root: node.value, type: node.type, missing } satisfies Walk };
  };

/**
 * missingWalk and simpleWalk with PFA's own tests, by reference or as a function that only calls them; simpleWalk also
 * with missingTest where a null outcome is replaced by the node's own flag.
 */
export const missingWalk: Rule = (builder, args) => {
  if (testOf(args[2]!) !== 'model.tree.missingTest') throw otherTest('model.tree.missingTest');
  return tree('branch')(builder, args);
};

export const simpleWalk: Rule = (builder, args) => {
  if (testOf(args[2]!) === 'model.tree.simpleTest') return tree('comparison')(builder, args);
  if (asksFlag(args[2]!)) return tree('flag')(builder, args);
  throw otherTest('model.tree.simpleTest');
};

function testOf({ named, definition }: FunctionArgument): string | undefined {
  const only = definition?.body.length === 1 ? definition.body[0]! : undefined;
  return named ?? (only?.form === 'call' ? only.name : undefined);
}

/** `{"ifnotnull": {"p": {"model.tree.missingTest": [d, t]}}, "then": "p", "else": "t.missing"}` */
function asksFlag({ definition }: FunctionArgument): boolean {
  const only = definition?.body[0];
  if (definition?.body.length !== 1 || only?.form !== 'ifnotnull' || only.bindings.length !== 1) return false;
  const [{ name, value }] = only.bindings as readonly [Binding];
  const [yes, no] = [single(only.yes), single(only.otherwise)];
  return (
    value.form === 'call' &&
    value.name === 'model.tree.missingTest' &&
    yes?.form === 'symbol' &&
    yes.name === name &&
    no?.form === 'attr' &&
    no.of.form === 'symbol' &&
    no.of.name === definition.params[1]?.name &&
    no.path.length === 1 &&
    no.path[0]!.form === 'literal' &&
    no.path[0]!.value === 'missing'
  );
}

const single = (body: Body | undefined) => (body?.length === 1 ? body[0] : undefined);

const otherTest = (test: string) => declined('pfa-walk', `a tree walk with another test than ${test}`, {});
