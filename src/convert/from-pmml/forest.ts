import { type Splits, SplitsBuilder } from '../../ir/forest.js';
import type { Ref } from '../../ir/types.js';
import type { Element } from '../../wire/xml/document.js';
import { declined } from '../declined.js';
import type { Classes } from './classes.js';
import type { Scope } from './scope.js';
import { TreeLift } from './tree.js';

/**
 * Collects trees of one ensemble as decision diagrams over shared features. `classes` makes it a classifier: each
 * leaf then has a probability a class and the class that its node's score names.
 */
export class ForestLift {
  readonly splits: SplitsBuilder;
  readonly features: Ref[] = [];
  /** Leaf values: scores of a regression, or one probability a class. */
  leaves: number[] = [];
  /** Index of the class that each leaf's score names; -1 for a leaf without a prediction. */
  readonly winners: number[] = [];
  /** Whether some leaf gives no prediction. */
  hasMissing = false;
  /** Whether some leaf says more than its class. */
  hasDistributions = false;
  #width: number;
  #finished: Splits | undefined;
  readonly #indexOf = new Map<Ref, number>();

  constructor(
    readonly float: boolean,
    readonly classes: Classes | undefined,
    capacity?: number,
  ) {
    this.splits = new SplitsBuilder(capacity);
    this.#width = classes?.size ?? 1;
  }

  get width(): number {
    return this.#width;
  }

  /** The splits once all trees are in; always the same object. */
  finished(): Splits {
    this.#widen(this.classes?.size ?? 1);
    this.#finished ??= this.splits.finish();
    return this.#finished;
  }

  addTree(model: Element, scope: Scope): void {
    const root = model.child('Node');
    if (root === undefined) throw declined('node', 'a TreeModel without a Node', model.place);
    this.splits.root(new TreeLift(this, model, scope).tree(root.index));
  }

  featureIndex(ref: Ref): number {
    const known = this.#indexOf.get(ref);
    if (known !== undefined) return known;
    this.#indexOf.set(ref, this.features.length);
    return this.features.push(ref) - 1;
  }

  addMissing(): number {
    this.hasMissing = true;
    for (let i = 0; i < this.#width; i++) this.leaves.push(Number.NaN);
    this.winners.push(-1);
    return this.splits.leaf();
  }

  addScore(score: number): number {
    this.leaves.push(this.float ? Math.fround(score) : score);
    return this.splits.leaf();
  }

  /** `probabilities` by class index; classes that are not named have none. */
  addDistribution(winner: number, probabilities: ReadonlyMap<number, number>): number {
    this.#widen(this.classes!.size);
    for (let i = 0; i < this.#width; i++) this.leaves.push(probabilities.get(i) ?? 0);
    this.winners.push(winner);
    return this.splits.leaf();
  }

  #widen(width: number): void {
    if (width === this.#width) return;
    const old = this.#width;
    const rows = this.winners.length;
    const wide: number[] = [];
    for (let row = 0; row < rows; row++) {
      const missing = this.winners[row] === -1;
      for (let i = 0; i < width; i++) wide.push(i < old ? this.leaves[row * old + i]! : missing ? Number.NaN : 0);
    }
    this.leaves = wide;
    this.#width = width;
  }
}
