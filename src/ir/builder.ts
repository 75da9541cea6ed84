import type { Place } from '../core/errors.js';
import type { InputField } from '../core/scorer.js';
import { badProgram } from './errors.js';
import type { IrNode, Program, ReduceNode, TreesNode, VectorFunctionNode } from './nodes.js';
import { PRIMITIVES, type Primitive, type PrimitiveRow } from './primitives.js';
import {
  commonKind,
  isFloat,
  isNumber,
  type Kind,
  type Literal,
  type Ref,
  scalar,
  sizeOf,
  type Type,
} from './types.js';

const KIND_OF_FIELD: Record<string, Kind> = {
  boolean: 'bool',
  int32: 'int32',
  int64: 'int64',
  float32: 'float32',
  float64: 'float64',
  string: 'string',
};

/**
 * Builds a program node by node, infers every type, and returns the same ref for the same node (only model nodes are
 * never merged). Raises ir/bad-program where kinds or shapes do not fit.
 */
export class IrBuilder {
  readonly nodes: IrNode[] = [];
  readonly #inputs: Ref[] = [];
  readonly #seen = new Map<string, Ref>();
  #origin: Place | undefined;

  /** Nodes made inside `body` carry this place of the source document. */
  at<T>(origin: Place, body: () => T): T {
    const outer = this.#origin;
    this.#origin = { ...outer, ...origin };
    try {
      return body();
    } finally {
      this.#origin = outer;
    }
  }

  typeOf(ref: Ref): Type {
    const node = this.nodes[ref];
    if (node === undefined) throw badProgram(`no node ${ref}`);
    return node.type;
  }

  kindOf(ref: Ref): Kind {
    return this.typeOf(ref).kind;
  }

  /** `kind` overrides the field's own; floats and optional fields may be missing. */
  input(field: InputField, kind: Kind | undefined = KIND_OF_FIELD[field.type]): Ref {
    if (kind === undefined) throw badProgram(`input "${field.name}" is structured`, { field: field.name });
    const missing = field.optional || isFloat(kind);
    const shape = field.shape.length === 0 ? ([] as const) : ([field.shape[0]!] as const);
    const ref = this.#push({ op: 'input', field, type: { kind, shape, missing } });
    this.#inputs.push(ref);
    return ref;
  }

  const(kind: Kind, value: Literal): Ref {
    return this.#merge({ op: 'const', values: [value], type: scalar(kind, isMissingLiteral(value)) });
  }

  constVector(kind: Kind, values: readonly Literal[]): Ref {
    return this.#merge({
      op: 'const',
      values,
      type: { kind, shape: [values.length], missing: values.some(isMissingLiteral) },
    });
  }

  /** Applies a primitive; inputs must have the kinds that its row asks for. */
  apply(fn: Primitive, ...inputs: readonly Ref[]): Ref {
    const row: PrimitiveRow = PRIMITIVES[fn];
    const types = inputs.map((ref) => this.typeOf(ref));
    if (inputs.length !== row.arity)
      throw badProgram(`${fn} takes ${row.arity} inputs, not ${inputs.length}`, this.#origin);
    const type = {
      kind: this.#resultKind(fn, row, types),
      shape: this.#shapeOf(fn, types),
      missing: mayMiss(row, types),
    };
    return this.#merge({ op: 'primitive', fn, inputs, type });
  }

  /** As `apply`, but casts numbers to their common kind first. */
  arithmetic(fn: Primitive, a: Ref, b: Ref): Ref {
    const kind = commonKind(this.kindOf(a), this.kindOf(b));
    if (kind === undefined) throw badProgram(`${fn} of ${this.kindOf(a)} and ${this.kindOf(b)}`, this.#origin);
    return this.apply(fn, this.cast(a, kind), this.cast(b, kind));
  }

  cast(input: Ref, kind: Kind): Ref {
    const type = this.typeOf(input);
    if (type.kind === kind) return input;
    const node = this.nodes[input]!;
    if (node.op === 'const' && node.values.every(isMissingLiteral)) {
      return this.#merge({ op: 'const', values: node.values.map(() => null), type: { ...type, kind } });
    }
    if (kind === 'string' || type.kind === 'string')
      throw badProgram(`cast from ${type.kind} to ${kind}`, this.#origin);
    return this.#merge({ op: 'cast', input, type: { ...type, kind } });
  }

  pack(inputs: readonly Ref[]): Ref {
    const types = inputs.map((ref) => this.typeOf(ref));
    const kind = types[0]?.kind;
    if (kind === undefined || types.some((type) => type.kind !== kind)) {
      throw badProgram(`a vector of ${types.map((type) => type.kind).join(', ')}`, this.#origin);
    }
    if (inputs.length === 1 && types[0]!.shape.length === 1) return inputs[0]!;
    const whole = this.#wholeVector(inputs);
    if (whole !== undefined) return whole;
    const size = types.reduce((sum, type) => sum + sizeOf(type), 0);
    return this.#merge({ op: 'pack', inputs, type: { kind, shape: [size], missing: types.some((t) => t.missing) } });
  }

  element(input: Ref, index: number): Ref {
    const type = this.typeOf(input);
    if (type.shape.length === 0 && index === 0) return input;
    if (!(index >= 0 && index < sizeOf(type))) throw badProgram(`element ${index} of ${sizeOf(type)}`, this.#origin);
    const node = this.nodes[input]!;
    if (node.op === 'pack') {
      let rest = index;
      for (const part of node.inputs) {
        const size = sizeOf(this.typeOf(part));
        if (rest < size) return this.element(part, rest);
        rest -= size;
      }
    }
    if (node.op === 'const') return this.const(type.kind, node.values[index]!);
    return this.#merge({ op: 'element', input, index, type: { ...type, shape: [] } });
  }

  /** Every element of a vector (or the scalar itself). */
  elements(input: Ref): Ref[] {
    return Array.from({ length: sizeOf(this.typeOf(input)) }, (_, index) => this.element(input, index));
  }

  lookup(
    input: Ref,
    kind: Kind,
    keys: readonly (string | number | bigint | boolean)[],
    values: readonly Literal[],
    otherwise: Literal = null,
    whenMissing: Literal = null,
  ): Ref {
    const from = this.typeOf(input);
    const missing = [...values, otherwise].some(isMissingLiteral) || (from.missing && isMissingLiteral(whenMissing));
    return this.#merge({
      op: 'lookup',
      input,
      keys,
      values,
      otherwise,
      whenMissing,
      type: { kind, shape: from.shape, missing },
    });
  }

  oneHot(input: Ref, categories: readonly (string | number)[], kind: Kind): Ref {
    return this.#merge({
      op: 'one-hot',
      input,
      categories,
      type: { kind, shape: [categories.length], missing: false },
    });
  }

  reduce(fn: ReduceNode['fn'], input: Ref): Ref {
    const type = this.typeOf(input);
    const kind = fn === 'argmax' || fn === 'argmin' ? 'int64' : type.kind;
    return this.#merge({ op: 'reduce', fn, input, type: { kind, shape: [], missing: type.missing } });
  }

  vectorFunction(fn: VectorFunctionNode['fn'], input: Ref): Ref {
    return this.#merge({ op: 'vector-function', fn, input, type: this.typeOf(input) });
  }

  /** Trees; `kind` is the width in which leaf values are added. */
  trees(kind: 'float32' | 'float64', node: Omit<TreesNode, 'op' | 'type' | 'origin'>): Ref {
    if (node.leaves.length !== node.splits.leafCount * node.width) {
      throw badProgram(`${node.leaves.length} leaf values for ${node.splits.leafCount} leaves`, this.#origin);
    }
    const size = node.combine === 'each' ? node.width * node.splits.roots.length : node.width;
    const missing = node.leaves.some(Number.isNaN);
    return this.#push({ ...node, op: 'trees', type: { kind, shape: [size], missing } });
  }

  /** Features are scalars of one kind; the result is [outputs]. */
  linear(kind: 'float32' | 'float64', features: readonly Ref[], weights: Float64Array, intercepts: Float64Array): Ref {
    if (weights.length !== features.length * intercepts.length) {
      throw badProgram(`${weights.length} weights for ${features.length} features`, this.#origin);
    }
    const missing = features.some((ref) => this.typeOf(ref).missing);
    return this.#push({
      op: 'linear',
      features,
      weights,
      intercepts,
      type: { kind, shape: [intercepts.length], missing },
    });
  }

  finish(rest: Omit<Program, 'nodes' | 'inputs'>): Program {
    return { nodes: this.nodes, inputs: this.#inputs, ...rest };
  }

  /** The vector of which `inputs` are all the elements in order, if there is one. */
  #wholeVector(inputs: readonly Ref[]): Ref | undefined {
    const first = this.nodes[inputs[0]!]!;
    if (first.op !== 'element' || sizeOf(this.typeOf(first.input)) !== inputs.length) return undefined;
    const all = inputs.every((ref, index) => {
      const node = this.nodes[ref]!;
      return node.op === 'element' && node.input === first.input && node.index === index;
    });
    return all ? first.input : undefined;
  }

  #resultKind(fn: Primitive, row: PrimitiveRow, types: readonly Type[]): Kind {
    const kinds = types.map((type) => type.kind);
    const fail = () => badProgram(`${fn} of ${kinds.join(', ')}`, this.#origin);
    const same = kinds.every((kind) => kind === kinds[0]);
    switch (row.kinds) {
      case 'number':
        if (!same || !isNumber(kinds[0]!)) throw fail();
        return kinds[0]!;
      case 'float':
        if (!isFloat(kinds[0]!)) throw fail();
        return kinds[0]!;
      case 'compare':
        if (!same) throw fail();
        return 'bool';
      case 'logic':
        if (kinds.some((kind) => kind !== 'bool')) throw fail();
        return 'bool';
      case 'select':
        if (kinds[0] !== 'bool' || kinds[1] !== kinds[2]) throw fail();
        return kinds[1]!;
      case 'same':
        if (!same) throw fail();
        return kinds[0]!;
      case 'text':
        if (kinds.some((kind) => kind !== 'string')) throw fail();
        return 'string';
      case 'length':
        if (kinds[0] !== 'string') throw fail();
        return 'int64';
      case 'bool':
        return 'bool';
    }
  }

  #shapeOf(fn: Primitive, types: readonly Type[]): Type['shape'] {
    let shape: Type['shape'] = [];
    for (const type of types) {
      if (type.shape.length === 0) continue;
      if (shape.length === 0) shape = type.shape;
      else if (shape[0] !== type.shape[0])
        throw badProgram(`${fn} of vectors of ${shape[0]} and ${type.shape[0]}`, this.#origin);
    }
    return shape;
  }

  #push(node: IrNode): Ref {
    return this.nodes.push(this.#origin === undefined ? node : { ...node, origin: this.#origin }) - 1;
  }

  #merge(node: IrNode): Ref {
    const key = JSON.stringify(node, literalKey);
    const known = this.#seen.get(key);
    if (known !== undefined) return known;
    const ref = this.#push(node);
    this.#seen.set(key, ref);
    return ref;
  }
}

function isMissingLiteral(value: Literal): boolean {
  return value === null || (typeof value === 'number' && Number.isNaN(value));
}

/** JSON text tells apart what literals tell apart: -0, NaN, infinities and bigints. */
function literalKey(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'number' && (Object.is(value, -0) || !Number.isFinite(value)))
    return `#${Object.is(value, -0) ? '-0' : value}`;
  return value;
}

function mayMiss(row: PrimitiveRow, types: readonly Type[]): boolean {
  if (row.missing === 'test') return false;
  if (row.missing === 'coalesce') return types.every((type) => type.missing);
  return types.some((type) => type.missing);
}
