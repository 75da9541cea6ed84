import type { Field, Frame, Session } from './model.js';
import { isCollection, textOf, type Value } from './values.js';

/** The records so far, as far as Lag asks for them. */
export class Series {
  private readonly kept = new Map<string, Value[]>();

  constructor(
    private readonly fields: ReadonlyMap<string, Field>,
    private readonly steps: number,
  ) {}

  /** The session of the next record. */
  next(): Session {
    return { steps: this.steps, past: (field, n, block) => this.past(field, n, block) };
  }

  /** Remembers the record that was just evaluated. */
  keep(frame: Frame): void {
    for (const [name, field] of this.fields) {
      const values = this.kept.get(name);
      const value = field.value(frame);
      if (values === undefined) this.kept.set(name, [value]);
      else values.push(value);
    }
  }

  private past(name: string, n: number, block: { field: string; value: Value } | undefined): Value {
    const values = this.kept.get(name);
    if (values === undefined || n < 1) return undefined;
    const at = values.length - n;
    if (at < 0) return undefined;
    if (block !== undefined) {
      const blocks = this.kept.get(block.field) ?? [];
      // "n records back" counts within the block: a record of another block ends it.
      for (let i = values.length - 1; i >= at; i--) if (!same(blocks[i], block.value)) return undefined;
    }
    return values[at];
  }
}

function same(a: Value, b: Value): boolean {
  if (a === undefined || b === undefined || isCollection(a) || isCollection(b)) return a === b;
  return textOf(a) === textOf(b);
}
