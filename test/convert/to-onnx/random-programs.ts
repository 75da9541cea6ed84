import { IrBuilder } from '../../../src/ir/builder.js';
import { SplitsBuilder } from '../../../src/ir/forest.js';
import type { Program } from '../../../src/ir/nodes.js';
import type { Primitive } from '../../../src/ir/primitives.js';
import type { Kind, Literal, Ref } from '../../../src/ir/types.js';

export interface RandomProgram {
  readonly program: Program;
  /** Elements of each input, row by row; null is missing. */
  readonly rows: readonly (readonly (readonly Literal[])[])[];
}

/** A generator of numbers in [0, 1) from a seed. */
function numbersFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const FIELD_TYPE = {
  bool: 'boolean',
  int32: 'int32',
  int64: 'int64',
  float32: 'float32',
  float64: 'float64',
  string: 'string',
} as const;

const LITERALS: Record<Kind, readonly Literal[]> = {
  float64: [0.25, 1, -1, 0.5, 2.25, 1e3, null],
  float32: [0.25, 1, -1, 0.5, 2.25, null],
  int64: [0, 1, 2, 3, -1, null],
  int32: [0, 1, 2],
  string: ['a', 'b', 'c', 'zz', null],
  bool: [true, false, null],
};

const FLOATS: readonly Kind[] = ['float64', 'float32'];
const UNARY: readonly Primitive[] = [
  'abs',
  'neg',
  'floor',
  'ceil',
  'round',
  'rint',
  'tanh',
  'expm1',
  'sign',
  'logistic',
  'sin',
  'cos',
];

/** A program of a few random nodes of every sort, and rows with values on and beside its constants. */
export function randomProgram(seed: number): RandomProgram {
  const random = numbersFrom(seed);
  const below = (count: number) => Math.floor(random() * count);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!;
  const b = new IrBuilder();
  const kinds: readonly Kind[] =
    random() < 0.4 ? ['float64', 'float32', 'int64'] : ['float64', 'float32', 'int64', 'string', 'bool', 'int32'];
  const fixed = random() < 0.3 ? pick<Kind>(['float32', 'float64', 'int64']) : undefined;
  const inputs = Array.from({ length: 2 + below(5) }, (_, i) => {
    const kind = fixed ?? pick(kinds);
    const ref = b.input({ name: `f${i}`, type: FIELD_TYPE[kind], shape: [], optional: random() < 0.6 }, kind);
    return { ref, kind, missing: b.typeOf(ref).missing };
  });
  const pool: Ref[] = inputs.map((input) => input.ref);
  const scalars = (wanted: readonly Kind[]) =>
    pool.filter((ref) => wanted.includes(b.kindOf(ref)) && b.typeOf(ref).shape.length === 0);
  const get = (kind: Kind): Ref => {
    const known = scalars([kind]);
    return known.length > 0 && random() < 0.8 ? pick(known) : b.const(kind, pick(LITERALS[kind]));
  };

  const forest = (kind: 'float32' | 'float64'): Ref => {
    const candidates = scalars(['float32', 'float64', 'int64', 'int32', 'string', 'bool']).filter(
      (ref) => b.nodes[ref]!.op !== 'const',
    );
    const features = Array.from({ length: 1 + below(5) }, () => pick(candidates));
    const splits = new SplitsBuilder();
    const leafCount = 2 + below(5);
    const grow = (depth: number): number => {
      if (depth === 0 || random() < 0.2) return splits.leaf(below(leafCount));
      const feature = below(features.length);
      const of = b.kindOf(features[feature]!);
      let node: number;
      if (of === 'string') node = splits.splitIn(feature, [...new Set([pick(['a', 'b', 'q']), pick(['a', 'c', 'd'])])]);
      else if (of === 'bool') node = splits.split(feature, pick(['eq', 'ne']), below(2));
      else if (random() < 0.1) node = splits.split(feature, 'true', 0);
      else if (random() < 0.2) node = splits.splitIn(feature, [...new Set([below(4), below(4)])]);
      else node = splits.split(feature, pick(['lt', 'le', 'gt', 'ge', 'eq', 'ne']), pick([0, 0.5, 1, 2.25, -1, 3]));
      const [yes, no] = [grow(depth - 1), grow(depth - 1)];
      const missing = pick([yes, yes, no, no, splits.leaf(below(leafCount))]);
      splits.link(node, yes, no, missing);
      return node;
    };
    const trees = 1 + below(3);
    for (let i = 0; i < trees; i++) splits.root(grow(3));
    splits.leaf(leafCount - 1);
    const finished = splits.finish();
    const width = 1 + below(3);
    const leaves = Float64Array.from({ length: finished.leafCount * width }, () =>
      random() < 0.05 ? Number.NaN : Math.fround(random() * 4 - 2),
    );
    const weights =
      random() < 0.3 ? { weights: Float64Array.from({ length: trees }, () => Math.fround(random())) } : {};
    const combine = pick(['sum', 'sum', 'min', 'max', 'each'] as const);
    return b.trees(kind, { features, splits: finished, width, leaves, combine, ...weights });
  };

  const float = () => pick(FLOATS) as 'float32' | 'float64';
  const steps: readonly (() => Ref)[] = [
    () => {
      const kind = pick<Kind>(['float64', 'float32', 'int64', 'int32']);
      return b.apply(pick(['add', 'sub', 'mul', 'min', 'max']), get(kind), get(kind));
    },
    () => b.apply(pick(UNARY), get(float())),
    () => {
      const kind = pick<Kind>(['float64', 'float32', 'int64', 'int32']);
      return b.apply(pick(['lt', 'le', 'gt', 'ge', 'eq', 'ne']), get(kind), get(kind));
    },
    () => b.apply(pick(['eq', 'ne']), get('string'), get('string')),
    () => b.apply(pick(['and', 'or']), get('bool'), get('bool')),
    () => b.apply('not', get('bool')),
    () => {
      const kind = pick<Kind>(['float64', 'float32', 'int64', 'string', 'bool']);
      return b.apply('select', get('bool'), get(kind), get(kind));
    },
    () => {
      const kind = pick<Kind>(['float64', 'float32', 'int64', 'string', 'bool']);
      return b.apply('coalesce', get(kind), get(kind));
    },
    () => b.apply('is-missing', pick(inputs).ref),
    () => {
      const kind = pick<Kind>(['string', 'int64', 'bool', 'float64', 'int32']);
      const keys = kind === 'string' ? ['a', 'b', 'c'] : kind === 'bool' ? [true, false] : [0, 1, 2];
      const to = pick<Kind>(['string', 'int64', 'float64', 'float32', 'bool']);
      const any = () => pick(LITERALS[to]);
      return b.lookup(get(kind), to, keys, keys.map(any), any(), any());
    },
    () => {
      const kind = pick<Kind>(['string', 'int64', 'float64']);
      return b.oneHot(get(kind), kind === 'string' ? ['a', 'b', 'zz'] : [0, 1, 3], float());
    },
    () => {
      const kind = float();
      const vector = b.pack([get(kind), get(kind), get(kind)]);
      return b.reduce(pick(['sum', 'mean', 'min', 'max', 'argmax', 'argmin', 'median']), vector);
    },
    () => {
      const kind = float();
      return b.vectorFunction('softmax', b.pack([get(kind), get(kind)]));
    },
    () => forest(float()),
    () => {
      const kind = float();
      const weights = Float64Array.from({ length: 6 }, () => Math.fround(random() * 2 - 1));
      return b.linear(kind, [get(kind), get(kind), get(kind)], weights, Float64Array.of(random() < 0.5 ? 0 : 0.5, 0));
    },
    () => b.cast(get(pick<Kind>(['float64', 'float32', 'int64', 'int32'])), float()),
  ];
  const count = 3 + below(10);
  for (let i = 0; i < count; i++) {
    const ref = pick(steps)();
    pool.push(ref, ...(b.typeOf(ref).shape.length > 0 ? b.elements(ref) : []));
  }
  const results = [...new Set(pool.slice(-4))].filter((ref) => b.nodes[ref]!.op !== 'input');
  const program = b.finish({
    outputs: results.map((ref, i) => ({ name: `o${i}`, role: 'other' as const, ref })),
    task: 'other',
    metadata: {},
  });
  const value = (kind: Kind): Literal => {
    if (kind === 'string') return pick(['a', 'b', 'c', 'd', 'zz']);
    if (kind === 'bool') return random() < 0.5;
    if (kind === 'int64' || kind === 'int32') return below(5) - 1;
    return Math.fround(pick([0, 0.5, 1, 2.25, -1, random() * 5 - 2, 3]));
  };
  const rows = Array.from({ length: 12 }, () =>
    inputs.map(({ kind, missing }) => [missing && random() < 0.25 ? null : value(kind)]),
  );
  return { program, rows };
}
