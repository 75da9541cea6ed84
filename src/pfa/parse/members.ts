import { type JsonNode, type JsonObject, member } from '../../wire/json.js';
import { syntaxError } from '../complaints.js';
import { inside, type Where } from '../where.js';

const KINDS: Readonly<Record<JsonNode['kind'], string>> = {
  null: 'null',
  boolean: 'a boolean',
  number: 'a number',
  string: 'a string',
  array: 'a list',
  object: 'an object',
};

/** The members of an object that a form knows; complains of others (`@`, a position in a source file, is always known). */
export class Members {
  readonly where: Where;
  private readonly object: JsonObject;

  constructor(where: Where, what: string, known?: readonly string[]) {
    if (where.node.kind !== 'object') {
      throw syntaxError(where, `${what} must be an object`, { got: KINDS[where.node.kind] });
    }
    this.where = where;
    this.object = where.node;
    if (known === undefined) return;
    for (const { key, value } of this.object.members) {
      if (key !== '@' && !known.includes(key)) {
        throw syntaxError(inside(where, key, value), `${what} has no member "${key}"`, { expected: known.join(', ') });
      }
    }
  }

  has(key: string): boolean {
    return member(this.object, key) !== undefined;
  }

  /** Where the member stands, undefined if it is absent. */
  optional(key: string): Where | undefined {
    const found = member(this.object, key);
    return found === undefined ? undefined : inside(this.where, key, found);
  }

  required(key: string): Where {
    return this.optional(key) ?? missing(this.where, key);
  }

  string(key: string): string | undefined {
    const at = this.optional(key);
    return at === undefined ? undefined : stringAt(at);
  }

  boolean(key: string): boolean | undefined {
    const at = this.optional(key);
    if (at === undefined) return undefined;
    return at.node.kind === 'boolean' ? at.node.value : wrong(at, 'true or false');
  }

  integer(key: string): bigint | undefined {
    const at = this.optional(key);
    if (at === undefined) return undefined;
    if (at.node.kind === 'number' && /^-?[0-9]{1,20}$/.test(at.node.text)) return BigInt(at.node.text);
    return wrong(at, 'a whole number');
  }

  /** All members but `@`, in order. */
  entries(): { key: string; where: Where }[] {
    return this.object.members
      .filter(({ key }) => key !== '@')
      .map(({ key, value }) => ({ key, where: inside(this.where, key, value) }));
  }
}

function missing(where: Where, key: string): never {
  throw syntaxError(where, `"${key}" is missing`);
}

/** A value of the wrong kind. */
export function wrong(where: Where, expected: string): never {
  throw syntaxError(where, 'a value of the wrong kind', { expected, got: KINDS[where.node.kind] });
}

export function stringAt(where: Where): string {
  return where.node.kind === 'string' ? where.node.value : wrong(where, 'a string');
}

/** The items of a list, each with its place. */
export function listAt(where: Where): Where[] {
  if (where.node.kind !== 'array') return wrong(where, 'a list');
  return where.node.items.map((item, index) => inside(where, index, item));
}

/** An object with exactly one member, as parameters and pack formats are written. */
export function singleAt(where: Where): { key: string; where: Where } {
  const entries = new Members(where, 'this').entries();
  const only = entries[0];
  return entries.length === 1 && only !== undefined ? only : wrong(where, 'an object with one member');
}
