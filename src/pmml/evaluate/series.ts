import type { Remembered } from './environment.js';
import type { BlockValue, Frame, Session } from './model.js';
import { isCollection, textOf, type Value } from './values.js';

/** The records so far, as far as Lag asks for them. */
export class Series {
  private readonly kept = new Map<string, Value[]>();

  constructor(
    private readonly fields: ReadonlyMap<string, Remembered>,
    private readonly steps: number,
  ) {}

  /** The session of the next record. */
  next(): Session {
    return { steps: this.steps, past: (field, n, block) => this.past(field, n, block) };
  }

  /** Remembers the record that was just evaluated; without its frame, one that failed, whose values are missing. */
  keep(frame?: Frame): void {
    for (const [name, { field, back }] of this.fields) {
      const values = this.kept.get(name);
      const value = frame === undefined ? undefined : field.value(frame);
      if (values === undefined) this.kept.set(name, [value]);
      else {
        values.push(value);
        if (values.length > 2 * back + 64) values.splice(0, values.length - back);
      }
    }
  }

  private past(name: string, n: number, blocks: readonly BlockValue[] = []): Value {
    const values = this.kept.get(name);
    if (values === undefined || n < 1) return undefined;
    const at = values.length - n;
    if (at < 0) return undefined;
    for (const block of blocks) {
      const marks = this.kept.get(block.field) ?? [];
      // "n records back" counts within the block: a record of another block ends it.
      for (let back = 1; back <= n; back++) if (!same(marks[marks.length - back], block.value)) return undefined;
    }
    return values[at];
  }
}

function same(a: Value, b: Value): boolean {
  if (a === undefined || b === undefined || isCollection(a) || isCollection(b)) return a === b;
  return textOf(a) === textOf(b);
}
