import type { IrBuilder } from '../../ir/builder.js';
import { SplitsBuilder, type Test } from '../../ir/forest.js';
import { isFloat, type Ref } from '../../ir/types.js';
import { type AvroType, unionTag, untagged, type Value } from '../../pfa/types.js';
import { declined } from '../declined.js';
import { entriesOf, itemsOf, kindOf, nameOf, ref, refOf, type Sym } from './sym.js';

/** One tree of constants, walked with a datum whose fields are known. */
export interface Walk {
  readonly datum: Sym;
  readonly root: Value;
  readonly type: AvroType & { type: 'record' };
  /** Where a missing feature goes: a third branch, the branch that a flag of the node names, or as it compares. */
  readonly missing: 'comparison' | 'flag' | 'branch';
  /** Only the first item of a score that is an array is wanted; an empty array gives a missing score. */
  readonly firstItem?: true;
}

const TESTS: Readonly<Record<string, { test: Test; flipped?: true }>> = {
  '<': { test: 'lt' },
  '<=': { test: 'le' },
  '>': { test: 'gt' },
  '>=': { test: 'ge' },
  '==': { test: 'eq' },
  '!=': { test: 'ne' },
  in: { test: 'in' },
  notIn: { test: 'in', flipped: true },
  alwaysTrue: { test: 'true' },
  alwaysFalse: { test: 'true', flipped: true },
};

/** NaN is PFA's largest number: it fails < and <=. */
const HOLDS_FOR_NAN: ReadonlySet<Test> = new Set(['gt', 'ge', 'ne', 'true']);

interface NodeValue {
  readonly field: string;
  readonly operator: string;
  readonly value: Value;
  readonly pass: Value;
  readonly fail: Value;
  /** The third branch, or whether a missing feature passes. */
  readonly missing?: Value;
}

/** The scores at the leaves: numbers, vectors of numbers, or labels. */
type Score = number | readonly number[] | string;

/** Trees over one datum in the IR's columns. */
class Grower {
  readonly splits = new SplitsBuilder();
  readonly scores: Score[] = [];
  readonly #features = new Map<string, number>();
  readonly #names: string[] = [];
  readonly #datum: ReadonlyMap<string, Sym>;
  readonly #builder: IrBuilder;

  constructor(builder: IrBuilder, datum: Sym) {
    this.#builder = builder;
    this.#datum = entriesOf(datum);
  }

  features(): Ref[] {
    return this.#names.map((name) => refOf(this.#builder, this.#datum.get(name)!));
  }

  grow(walk: Walk, at: Value): number {
    const node = at as unknown as NodeValue;
    const row = TESTS[node.operator];
    if (row === undefined) {
      throw declined(
        'pfa-tree-operator',
        `a tree with the operator ${JSON.stringify(node.operator)}`,
        {},
        { expected: Object.keys(TESTS).join(', ') },
      );
    }
    const index = this.#split(walk, node, row.test);
    const [yes, no] = row.flipped ? [node.fail, node.pass] : [node.pass, node.fail];
    const whenTrue = this.#child(walk, yes);
    const whenFalse = this.#child(walk, no);
    const whenMissing = (): number => {
      if (walk.missing === 'branch') return this.#child(walk, node.missing!);
      if (walk.missing === 'flag') return (node.missing === true) === (row.flipped !== true) ? whenTrue : whenFalse;
      return HOLDS_FOR_NAN.has(row.test) ? whenTrue : whenFalse;
    };
    this.splits.link(index, whenTrue, whenFalse, whenMissing());
    return index;
  }

  #split(walk: Walk, node: NodeValue, test: Test): number {
    const feature = this.#feature(node.field);
    const { value, type } = bare(node.value, fieldType(walk, 'value'));
    // Where a walk asks for what is missing first, alwaysTrue holds for every number that there is.
    if (test === 'true' && walk.missing !== 'comparison' && typeof value === 'number') {
      return this.splits.split(feature, 'le', Number.POSITIVE_INFINITY);
    }
    if (test === 'true') return this.splits.split(feature, test, 0);
    if (test === 'in') {
      const items = type.type === 'array' ? type.items : type;
      return this.splits.splitIn(
        feature,
        (value as Value[]).map((member) => bare(member, items).value as string | number),
      );
    }
    if (typeof value === 'string') {
      if (test === 'eq') return this.splits.splitIn(feature, [value]);
      throw declined('pfa-tree-text', `a tree that compares text with ${node.operator}`, {});
    }
    return this.splits.split(feature, test, Number(value));
  }

  #feature(name: string): number {
    const known = this.#features.get(name);
    if (known !== undefined) return known;
    const index = this.#names.push(name) - 1;
    this.#features.set(name, index);
    return index;
  }

  #child(walk: Walk, value: Value): number {
    if (value === null) throw declined('pfa-null-score', 'a tree whose leaf is null', {});
    if (unionTag(value) === nameOf(walk.type)) return this.grow(walk, untagged(value));
    this.scores.push(scoreOf(value, fieldType(walk, 'pass')));
    return this.splits.leaf();
  }
}

/** A value without its union's tag, and the type of that. */
function bare(value: Value, type: AvroType): { value: Value; type: AvroType } {
  if (type.type !== 'union' || value === null) return { value, type };
  const tag = unionTag(value);
  return { value: untagged(value), type: type.branches.find((branch) => nameOf(branch) === tag) ?? type };
}

function fieldType(walk: Walk, name: string): AvroType {
  return walk.type.fields.find((field) => field.name === name)!.type;
}

function scoreOf(leaf: Value, type: AvroType): Score {
  const score = bare(leaf, type);
  if (typeof score.value === 'string') return score.value;
  if (score.type.type !== 'array') return Number(score.value);
  const { items } = score.type;
  return (score.value as Value[]).map((item) => Number(bare(item, items).value));
}

function scoreType(walk: Walk): AvroType {
  const pass = fieldType(walk, 'pass');
  const own = nameOf(walk.type);
  const branches = pass.type === 'union' ? pass.branches : [pass];
  return branches.find((branch) => nameOf(branch) !== own)!;
}

export function isVectorScore(walk: Walk): boolean {
  return scoreType(walk).type === 'array' && walk.firstItem === undefined;
}

/** The kind in which numeric scores are added. */
function scoreKind(type: AvroType): 'float32' | 'float64' {
  const scalar = type.type === 'array' ? type.items : type;
  return kindOf(scalar) === 'float32' ? 'float32' : 'float64';
}

/** All scores of these walks over one datum, combined; a vector as wide as a leaf, or one-hot votes for labels. */
export interface Combined {
  readonly scores: Ref;
  readonly width: number;
  /** The labels, sorted as PFA sorts text, where the leaves are labels. */
  readonly labels?: readonly string[];
}

export function combineWalks(
  builder: IrBuilder,
  walks: readonly Walk[],
  combine: 'sum' | 'min' | 'max' | 'each',
): Combined {
  const grower = new Grower(builder, walks[0]!.datum);
  for (const walk of walks) grower.splits.root(grower.grow(walk, walk.root));
  const splits = grower.splits.finish();
  const kind = scoreKind(scoreType(walks[0]!));
  const features = grower.features().map((feature) => feature);
  for (let i = 0; i < splits.threshold.length; i++) {
    const feature = features[splits.feature[i]!];
    if (feature !== undefined && builder.kindOf(feature) === 'float32' && !isFloat32(splits.threshold[i]!)) {
      return combineWide(builder, grower, walks, features, combine);
    }
  }
  return finish(builder, grower, splits, features, kind, combine);
}

const isFloat32 = (value: number) => Math.fround(value) === value;

/** Thresholds that are no float32 compare with features widened to double. */
function combineWide(
  builder: IrBuilder,
  grower: Grower,
  walks: readonly Walk[],
  features: readonly Ref[],
  combine: 'sum' | 'min' | 'max' | 'each',
): Combined {
  const wide = features.map((feature) =>
    isFloat(builder.kindOf(feature)) ? builder.cast(feature, 'float64') : feature,
  );
  return finish(builder, grower, grower.splits.finish(), wide, scoreKind(scoreType(walks[0]!)), combine);
}

function finish(
  builder: IrBuilder,
  grower: Grower,
  splits: ReturnType<SplitsBuilder['finish']>,
  features: readonly Ref[],
  kind: 'float32' | 'float64',
  combine: 'sum' | 'min' | 'max' | 'each',
): Combined {
  const { scores } = grower;
  if (typeof scores[0] === 'string') {
    const labels = [...new Set(scores as string[])].sort();
    const leaves = new Float64Array(scores.length * labels.length);
    scores.forEach((label, row) => {
      leaves[row * labels.length + labels.indexOf(label as string)] = 1;
    });
    const node = { features, splits, width: labels.length, leaves, combine };
    return { scores: builder.trees('float64', node), width: labels.length, labels };
  }
  const vectors = scores.map((score) => (typeof score === 'number' ? [score] : (score as readonly number[])));
  const width = vectors.reduce((most, { length }) => Math.max(most, length), 1);
  const missing = new Array<number>(width).fill(Number.NaN);
  if (vectors.some(({ length }) => length !== width && length !== 0)) {
    throw declined('pfa-score-lengths', 'a tree whose scores are arrays of several lengths', {});
  }
  const leaves = Float64Array.from(vectors.flatMap((vector) => (vector.length === 0 ? missing : vector)));
  return { scores: builder.trees(kind, { features, splits, width, leaves, combine }), width };
}

const written = new WeakMap<Walk, Sym>();

/** The score of one tree: a scalar, a vector, or the label that has the only vote. The tree is written once. */
export function walkScore(builder: IrBuilder, walk: Walk): Sym {
  const known = written.get(walk);
  if (known !== undefined) return known;
  const score = freshScore(builder, walk);
  written.set(walk, score);
  return score;
}

/** The longest array among the scores of a tree; 1 where they are scalars. */
export function scoreWidth(walk: Walk): number {
  const children = walk.missing === 'branch' ? (['pass', 'fail', 'missing'] as const) : (['pass', 'fail'] as const);
  let width = 1;
  const pending: Value[] = [walk.root];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const node = at as unknown as NodeValue;
    for (const child of children) {
      const value = node[child]!;
      if (unionTag(value) === nameOf(walk.type)) pending.push(untagged(value));
      else if (value !== null && unionTag(value) === 'array')
        width = Math.max(width, (untagged(value) as Value[]).length);
    }
  }
  return width;
}

function freshScore(builder: IrBuilder, walk: Walk): Sym {
  const { scores, width, labels } = combineWalks(builder, [walk], 'sum');
  if (labels !== undefined) return ref(labelOf(builder, builder.reduce('argmax', scores), labels));
  if (isVectorScore(walk)) return { k: 'items', items: builder.elements(scores).map(ref) };
  return width === 1 ? ref(builder.element(scores, 0)) : { k: 'items', items: builder.elements(scores).map(ref) };
}

export function labelOf(builder: IrBuilder, index: Ref, labels: readonly string[]): Ref {
  return builder.lookup(
    index,
    'string',
    labels.map((_, key) => key),
    labels,
  );
}

function sameDatum(a: Sym, b: Sym): boolean {
  if (a === b) return true;
  if (a.k === 'ref') return b.k === 'ref' && a.ref === b.ref;
  if (a.k !== 'entries' || b.k !== 'entries' || a.entries.size !== b.entries.size) return false;
  return [...a.entries].every(([name, item]) => b.entries.has(name) && sameDatum(item, b.entries.get(name)!));
}

function likeFirst(walk: Walk, first: Walk): boolean {
  return sameDatum(walk.datum, first.datum) && walk.missing === first.missing && walk.firstItem === first.firstItem;
}

/** The walks behind an array of scores of one datum, or undefined where it is something else. */
export function walksOf(sym: Sym): Walk[] | undefined {
  const items = sym.k === 'items' ? itemsOf(sym) : [];
  const walks = items.flatMap((item) => (item.k === 'score' ? [item.walk] : []));
  if (walks.length === 0 || walks.length !== items.length) return undefined;
  return walks.every((walk) => likeFirst(walk, walks[0]!)) ? walks : undefined;
}
