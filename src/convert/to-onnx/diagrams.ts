import type { Place } from '../../core/errors.js';
import { type Splits, TEST } from '../../ir/forest.js';
import { declined } from '../declined.js';

/** Modes of TreeEnsemble (ai.onnx.ml 5). */
export const MODE = { LEQ: 0, LT: 1, GTE: 2, GT: 3, EQ: 4, NEQ: 5, MEMBER: 6 } as const;

const MODE_OF_TEST: readonly number[] = [MODE.LT, MODE.LEQ, MODE.GT, MODE.GTE];

/** How a split on one feature is written: the column to look at, and what to compare it with. */
export interface Column {
  readonly column: number;
  readonly mode: number;
  readonly value: number;
  readonly members?: readonly number[];
}

export interface FlatOptions {
  /** The column of a feature, for comparisons by order. */
  readonly columnOf: (feature: number) => number;
  /** Where a test on equality or membership looks. */
  readonly membership: (feature: number, members: readonly (string | number)[]) => Column;
  readonly mayMiss: (feature: number) => boolean;
  readonly place: Place;
  /** Longest list of branches. */
  readonly limit: number;
}

/** Trees without shared nodes, in columns; a child is a branch (≥ 0) or a leaf (~index). */
export interface FlatTrees {
  readonly column: Int32Array;
  readonly mode: Uint8Array;
  readonly value: Float64Array;
  readonly tracks: Uint8Array;
  readonly yes: Int32Array;
  readonly no: Int32Array;
  /** First branch of each tree, and the number of branches at the end. */
  readonly starts: Int32Array;
  /** First leaf of each tree, and the number of leaves at the end. */
  readonly leafStarts: Int32Array;
  /** Row of the leaf values, for each leaf. */
  readonly leafRow: Int32Array;
  /** Sets of the MEMBER branches, in order. */
  readonly members: readonly (readonly number[])[];
}

/** Writes every path of decision diagrams out as trees; three-way splits become two splits. */
export function flatten(splits: Splits, options: FlatOptions): FlatTrees {
  let size = 0;
  let capacity = Math.max(1024, splits.feature.length);
  let column = new Int32Array(capacity);
  let mode = new Uint8Array(capacity);
  let value = new Float64Array(capacity);
  let tracks = new Uint8Array(capacity);
  let yes = new Int32Array(capacity);
  let no = new Int32Array(capacity);
  const leafRow: number[] = [];
  const members: (readonly number[])[] = [];
  const starts: number[] = [];
  const leafStarts: number[] = [];

  const grow = () => {
    capacity *= 2;
    if (size > options.limit) {
      throw declined(
        'tree-size',
        `the decision diagram has more than ${options.limit} branches when written as trees`,
        options.place,
        {
          hint: 'many conditions share the same continuation; simplify the rules',
        },
      );
    }
    const ints = (old: Int32Array) => {
      const larger = new Int32Array(capacity);
      larger.set(old);
      return larger;
    };
    const bytes = (old: Uint8Array) => {
      const larger = new Uint8Array(capacity);
      larger.set(old);
      return larger;
    };
    column = ints(column);
    yes = ints(yes);
    no = ints(no);
    mode = bytes(mode);
    tracks = bytes(tracks);
    const values = new Float64Array(capacity);
    values.set(value);
    value = values;
  };
  const branch = (): number => {
    if (size === capacity) grow();
    return size++;
  };

  /** Skips tests that always hold and splits whose ways all lead to the same place. */
  const resolved = (start: number): number => {
    let node = start;
    while (splits.leaf[node]! < 0) {
      if (splits.test[node] === TEST.true) {
        node = splits.whenTrue[node]!;
        continue;
      }
      break;
    }
    return node;
  };
  const same = (a: number, b: number) => a === b || (splits.leaf[a]! >= 0 && splits.leaf[a] === splits.leaf[b]);

  // Pending children: the node, and where its index goes (branch × 2 + side, -1 for a root).
  const pending: number[] = [];
  for (const root of splits.roots) {
    starts.push(size);
    leafStarts.push(leafRow.length);
    pending.push(resolved(root), -1);
    while (pending.length > 0) {
      const slot = pending.pop()!;
      const node = pending.pop()!;
      const put = (at: number) => {
        if (slot < 0) return;
        if (slot % 2 === 0) yes[slot >> 1] = at;
        else no[slot >> 1] = at;
      };
      const row = splits.leaf[node]!;
      if (row >= 0) {
        const leaf = ~(leafRow.push(row) - 1);
        if (slot >= 0) put(leaf);
        else {
          // A tree that is a single leaf: a branch whose two ways lead there.
          const at = branch();
          column[at] = 0;
          mode[at] = MODE.LEQ;
          value[at] = 0;
          yes[at] = leaf;
          no[at] = leaf;
        }
        continue;
      }
      const feature = splits.feature[node]!;
      const test = splits.test[node]!;
      let t = resolved(splits.whenTrue[node]!);
      let f = resolved(splits.whenFalse[node]!);
      const m = resolved(splits.whenMissing[node]!);
      const missable = options.mayMiss(feature);
      if (test === TEST.ne) [t, f] = [f, t];
      let at = branch();
      put(at);
      if (missable && !same(m, t) && !same(m, f)) {
        // NaN is not ≤ +∞, every number is.
        column[at] = options.columnOf(feature);
        mode[at] = MODE.LEQ;
        value[at] = Number.POSITIVE_INFINITY;
        const inner = branch();
        yes[at] = inner;
        pending.push(m, at * 2 + 1);
        at = inner;
      } else if (missable && same(m, t) && !same(m, f)) tracks[at] = 1;
      if (test < TEST.eq) {
        column[at] = options.columnOf(feature);
        mode[at] = MODE_OF_TEST[test]!;
        value[at] = splits.threshold[node]!;
      } else {
        const list = test === TEST.in ? splits.sets[splits.threshold[node]!]! : [splits.threshold[node]!];
        const look = options.membership(feature, list);
        column[at] = look.column;
        mode[at] = look.mode;
        value[at] = look.value;
        if (look.members !== undefined) members.push(look.members);
      }
      pending.push(f, at * 2 + 1, t, at * 2);
    }
  }
  starts.push(size);
  leafStarts.push(leafRow.length);
  return {
    column: column.subarray(0, size),
    mode: mode.subarray(0, size),
    value: value.subarray(0, size),
    tracks: tracks.subarray(0, size),
    yes: yes.subarray(0, size),
    no: no.subarray(0, size),
    starts: Int32Array.from(starts),
    leafStarts: Int32Array.from(leafStarts),
    leafRow: Int32Array.from(leafRow),
    members,
  };
}
