import type { AvroType, Value } from '../types.js';

/** The variables of one running function: slot 0 holds the frame of the function around it. */
export type Frame = (Value | Frame | null)[];

/** How many slots a function's frame needs; grows while its body is analysed. */
export interface Layout {
  readonly parent: Layout | null;
  size: number;
}

export interface Variable {
  readonly type: AvroType;
  readonly slot: number;
  readonly layout: Layout;
}

/**
 * The symbols that can be seen at a place. `sealedAbove`: outer symbols may be read but not set. `sealedWithin`: no
 * symbols may be made here (arguments and conditions), unless a `do` opens a scope of its own.
 */
export class Scope {
  readonly parent: Scope | null;
  readonly layout: Layout;
  readonly sealedAbove: boolean;
  readonly sealedWithin: boolean;
  private readonly symbols = new Map<string, Variable>();

  constructor(parent: Scope | null, layout: Layout, sealedAbove: boolean, sealedWithin: boolean) {
    this.parent = parent;
    this.layout = layout;
    this.sealedAbove = sealedAbove;
    this.sealedWithin = sealedWithin;
  }

  static root(): Scope {
    return new Scope(null, { parent: null, size: 1 }, true, false);
  }

  /** A block whose symbols end with it. */
  block(): Scope {
    return new Scope(this, this.layout, false, false);
  }

  /** A block that may not set what is outside. */
  sealedBlock(): Scope {
    return new Scope(this, this.layout, true, false);
  }

  /** A single value: neither makes symbols nor sets outer ones. */
  value(): Scope {
    return new Scope(this, this.layout, true, true);
  }

  /** The inside of an inline function: reads the symbols around it, sets only its own. */
  function(): Scope {
    return new Scope(this, { parent: this.layout, size: 1 }, true, false);
  }

  find(name: string): Variable | undefined {
    return this.symbols.get(name) ?? this.parent?.find(name);
  }

  writable(name: string): boolean {
    if (this.symbols.has(name)) return true;
    return !this.sealedAbove && this.parent !== null && this.parent.writable(name);
  }

  declare(name: string, type: AvroType): Variable {
    const variable = { type, slot: this.layout.size++, layout: this.layout };
    this.symbols.set(name, variable);
    return variable;
  }

  /** How many functions out the variable's frame is. */
  distance(variable: Variable): number {
    let steps = 0;
    for (let at: Layout | null = this.layout; at !== null && at !== variable.layout; at = at.parent) steps++;
    return steps;
  }
}
