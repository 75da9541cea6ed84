import type { IrNode, Program } from '../../ir/nodes.js';
import type { Literal, Ref, Type } from '../../ir/types.js';
import { declined } from '../declined.js';
import { double, type Json, text } from './json.js';
import { Names } from './names.js';
import { isFloatKind, isNullable, PFA_KIND } from './types.js';

/** Not a number, in a language whose literals are all finite. */
export const NAN: Json = { '/': [double(0), double(0)] };

/**
 * What the rules write to: one `let` a node that is not trivial, cells, user functions, named types, all with names of
 * their own.
 */
export class PfaWriter {
  readonly program: Program;
  readonly names = new Names([
    'input',
    'tally',
    'name',
    'instance',
    'version',
    'metadata',
    'actionsStarted',
    'actionsFinished',
  ]);
  readonly cells: Record<string, Json> = {};
  readonly functions: Record<string, Json> = {};
  readonly steps: Json[] = [];
  readonly #symbols = new Map<Ref, Json>();

  constructor(program: Program) {
    this.program = program;
  }

  node(ref: Ref): IrNode {
    return this.program.nodes[ref]!;
  }

  type(ref: Ref): Type {
    return this.node(ref).type;
  }

  /** The expression that stands for a node that has been written. */
  value(ref: Ref): Json {
    const known = this.#symbols.get(ref);
    if (known === undefined) throw declined('order', `node ${ref} is used before it is written`, {});
    return known;
  }

  /** Lets `ref` stand for an expression: constants and references as they are, all else through a `let`. */
  bind(ref: Ref, expression: Json, hint: string): void {
    if (typeof expression === 'string' || this.node(ref).op === 'const') {
      this.#symbols.set(ref, expression);
      return;
    }
    const name = this.names.take(hint);
    this.steps.push({ let: { [name]: expression } });
    this.#symbols.set(ref, name);
  }

  cell(hint: string, type: Json, init: Json): Json {
    const name = this.names.take(hint);
    this.cells[name] = { type, init };
    return { cell: name };
  }

  /** A function of the document, as a reference to it. */
  fcn(hint: string, params: readonly (readonly [string, Json])[], ret: Json, body: Json): string {
    const name = this.names.take(hint);
    this.functions[name] = { params: params.map(([param, type]) => ({ [param]: type })), ret, do: body };
    return `u.${name}`;
  }
}

/** A literal of a type, as an expression. */
export function literal(value: Literal, type: Type): Json {
  if (value === null || (typeof value === 'number' && Number.isNaN(value))) {
    return isFloatKind(type.kind) ? narrow(NAN, type) : null;
  }
  if (typeof value === 'string') return text(value);
  if (typeof value === 'boolean') return value;
  if (!isFloatKind(type.kind)) return type.kind === 'int64' ? { long: value } : value;
  const number = Number(value);
  if (!Number.isFinite(number)) return narrow({ '/': [double(number > 0 ? 1 : -1), double(0)] }, type);
  return type.kind === 'float32' ? { float: double(number) } : double(number);
}

/** A literal that, where it is missing, has the type of a value that may be there, as what takes it expects. */
export function typedLiteral(value: Literal, type: Type): Json {
  const written = literal(value, type);
  return written === null ? mayMiss(null, type) : written;
}

/** An expression that is never missing, or always, as the union that what takes it expects. */
export function mayMiss(expression: Json, type: Type): Json {
  return { upcast: expression, as: ['null', PFA_KIND[type.kind]] };
}

/** A double expression rounded to float where the type is float32. */
export function narrow(expression: Json, type: Type): Json {
  return type.kind === 'float32' ? { 'cast.float': expression } : expression;
}

/**
 * An expression over operands that may be missing: null where any is. `body` gets the operands as they are when
 * present. Floats pass as they are, for their NaN carries on by itself.
 */
export function strict(writer: PfaWriter, inputs: readonly Ref[], body: (operands: readonly Json[]) => Json): Json {
  const nullable: Record<string, Json> = {};
  const operands = inputs.map((ref) => {
    if (!isNullable(writer.type(ref))) return writer.value(ref);
    const name = writer.names.take('present');
    nullable[name] = writer.value(ref);
    return name;
  });
  if (Object.keys(nullable).length === 0) return body(operands);
  return { ifnotnull: nullable, then: body(operands), else: null };
}

/** Whether a value is missing, as an expression. */
export function missing(value: Json, type: Type, names: Names): Json {
  if (isFloatKind(type.kind)) return { 'impute.isnan': [value] };
  if (!type.missing) return false;
  return { ifnotnull: { [names.take('present')]: value }, then: false, else: true };
}

export function arrayOf(items: readonly Json[], type: Type): Json {
  return { new: items, type: { type: 'array', items: PFA_KIND[type.kind] } };
}
