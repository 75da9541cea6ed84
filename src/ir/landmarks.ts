import type { Landmarks } from '../core/landmarks.js';
import { elementNamesOf } from '../core/scorer.js';
import { TEST } from './forest.js';
import type { IrNode, PrimitiveNode, Program, TreesNode } from './nodes.js';
import type { Ref } from './types.js';

type Mark = number | string;

/**
 * Where the program's answer may change, carried back to its inputs through casts, packs, affine steps, defaults and
 * encodings. A carried number may be off by a few ULPs where the steps round; it only chooses rows.
 */
export function landmarksOf(program: Program): Landmarks {
  const found = new Map<string, Set<Mark>>();
  const carry = new Carrier(program, found);
  for (const node of program.nodes) {
    if (node.op === 'trees') carry.trees(node);
    else if (node.op === 'lookup')
      carry.marks(
        node.input,
        node.keys.map((key) => (typeof key === 'string' ? key : Number(key))),
      );
    else if (node.op === 'one-hot') carry.marks(node.input, node.categories);
    else if (node.op === 'primitive') carry.primitive(node);
  }
  return new Map([...found].map(([name, marks]) => [name, [...marks]]));
}

/** How to undo x ∘ c, for a constant c on the right or on the left. */
const UNDO: Readonly<
  Record<string, { right: (y: number, c: number) => number; left: (y: number, c: number) => number }>
> = {
  add: { right: (y, c) => y - c, left: (y, c) => y - c },
  sub: { right: (y, c) => y + c, left: (y, c) => c - y },
  mul: { right: (y, c) => y / c, left: (y, c) => y / c },
  div: { right: (y, c) => y * c, left: (y, c) => c / y },
};

const COMPARISONS = new Set(['lt', 'le', 'gt', 'ge', 'eq', 'ne']);

class Carrier {
  readonly #program: Program;
  readonly #found: Map<string, Set<Mark>>;

  constructor(program: Program, found: Map<string, Set<Mark>>) {
    this.#program = program;
    this.#found = found;
  }

  trees(node: TreesNode): void {
    const { feature, test, threshold, sets } = node.splits;
    const marks: Set<Mark>[] = node.features.map(() => new Set());
    for (let i = 0; i < feature.length; i++) {
      const own = marks[feature[i]!];
      if (own === undefined || test[i] === TEST.true) continue;
      if (test[i] === TEST.in) for (const member of sets[threshold[i]!]!) own.add(member);
      else own.add(threshold[i]!);
    }
    node.features.forEach((ref, index) => {
      this.marks(ref, marks[index]!);
    });
  }

  /** Comparisons with a constant; what a value is centred on, and what replaces a missing one, lie in its usual range. */
  primitive(node: PrimitiveNode): void {
    if (!COMPARISONS.has(node.fn) && node.fn !== 'sub' && node.fn !== 'coalesce') return;
    const [left, right] = node.inputs as [Ref, Ref];
    for (const [side, other] of [
      [left, right],
      [right, left],
    ] as const) {
      const constant = this.#node(other);
      if (constant.op !== 'const') continue;
      if (constant.values.length > 1) {
        constant.values.forEach((value, index) => {
          if (typeof value === 'number') this.marks(side, [value], index);
        });
      } else {
        this.marks(
          side,
          constant.values.flatMap((value) => (typeof value === 'number' || typeof value === 'string' ? [value] : [])),
        );
      }
    }
  }

  /** Notes that the value of `ref` (its element `index`, where it is a vector) has these marks. */
  marks(ref: Ref, marks: Iterable<Mark>, index?: number): void {
    const list = [...marks];
    if (list.length === 0) return;
    const node = this.#node(ref);
    if (node.op === 'input') this.#note(node, list, index);
    else if (node.op === 'cast') this.marks(node.input, list, index);
    else if (node.op === 'element') this.marks(node.input, list, node.index);
    else if (node.op === 'pack') this.#pack(node.inputs, list, index);
    else if (node.op === 'primitive') this.#primitive(node, list, index);
  }

  #pack(parts: readonly Ref[], marks: readonly Mark[], index: number | undefined): void {
    let at = 0;
    for (const part of parts) {
      const size = this.#node(part).type.shape[0] ?? 1;
      if (index === undefined || (index >= at && index < at + size)) {
        this.marks(part, marks, index === undefined ? undefined : index - at);
      }
      at += size;
    }
  }

  #primitive(node: PrimitiveNode, marks: readonly Mark[], index: number | undefined): void {
    const { fn, inputs } = node;
    if (fn === 'coalesce' || fn === 'select') {
      for (const input of fn === 'select' ? inputs.slice(1) : inputs) this.marks(input, marks, index);
      return;
    }
    const undo = UNDO[fn];
    if (undo === undefined) return;
    const [left, right] = inputs as [Ref, Ref];
    for (const [side, other, way] of [
      [left, right, undo.right],
      [right, left, undo.left],
    ] as const) {
      const constant = this.#node(other);
      if (constant.op !== 'const') continue;
      const size = this.#node(side).type.shape[0];
      const indexes =
        size === undefined ? [undefined] : index === undefined ? Array.from({ length: size }, (_, i) => i) : [index];
      for (const at of indexes) {
        const value = Number(constant.values[constant.values.length === 1 ? 0 : (at ?? 0)]);
        this.marks(
          side,
          marks.flatMap((mark) => (typeof mark === 'number' ? [way(mark, value)] : [])),
          at,
        );
      }
    }
  }

  #note(node: IrNode & { op: 'input' }, marks: readonly Mark[], index: number | undefined): void {
    const names = node.field.shape.length === 0 ? [node.field.name] : elementNamesOf(node.field);
    for (const name of index === undefined ? names : [names[index]!]) {
      const own = this.#found.get(name) ?? new Set<Mark>();
      for (const mark of marks) own.add(mark);
      this.#found.set(name, own);
    }
  }

  #node(ref: Ref): IrNode {
    return this.#program.nodes[ref]!;
  }
}
