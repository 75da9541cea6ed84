import { elementNamesOf, type InputField } from '../../core/scorer.js';
import type { IrBuilder } from '../../ir/builder.js';
import { type IrNode, inputsOf } from '../../ir/nodes.js';
import { functionScalars, reduceScalars } from '../../ir/scalarise.js';
import { isFloat, type Kind, type Ref } from '../../ir/types.js';
import { declined } from '../declined.js';

export const DATA_TYPE: { readonly [K in Kind]: string } = {
  bool: 'boolean',
  int32: 'integer',
  int64: 'integer',
  float32: 'float',
  float64: 'double',
  string: 'string',
};

/** Functions that are written without a test of their arguments. */
const PLAIN = new Set(['add', 'sub', 'mul', 'div', 'neg', 'is-missing', 'select', 'coalesce']);

/** A field of the DataDictionary; `ref` is its scalar in the program. */
export interface DataFieldPlan {
  readonly name: string;
  readonly ref: Ref;
  readonly kind: Kind;
  readonly field: InputField;
}

export interface DerivedPlan {
  readonly name: string;
  readonly ref: Ref;
  readonly kind: Kind;
}

/**
 * Names of everything that a model may refer to: data fields, derived fields, outputs of earlier segments. A node gets
 * a derived field when it is first asked for by name; derived fields stand after those that they use.
 */
export class Fields {
  readonly data: DataFieldPlan[] = [];
  readonly derived: DerivedPlan[] = [];
  readonly #names = new Map<Ref, string>();
  readonly #taken = new Set<string>();
  readonly #uses: Uint32Array;
  readonly #models = new Map<Ref, boolean>();
  readonly #prepared = new Set<Ref>();
  readonly #scalars = new Map<Ref, Ref>();

  constructor(
    readonly builder: IrBuilder,
    inputs: readonly Ref[],
    outputs: readonly Ref[],
    /** Version of PMML that is written. */
    readonly version: string,
  ) {
    for (const ref of inputs) this.#declare(ref);
    this.#uses = new Uint32Array(builder.nodes.length);
    for (const node of builder.nodes) {
      if (node.op === 'pack') continue;
      for (const input of inputsOf(node)) this.#uses[input]!++;
    }
    for (const ref of outputs) if (ref < this.#uses.length) this.#uses[ref]!++;
  }

  node(ref: Ref): IrNode {
    return this.builder.nodes[ref]!;
  }

  /** The node that is written for an expression: reductions and vector functions as scalar arithmetic. */
  expression(ref: Ref): IrNode {
    const node = this.node(ref);
    const { builder } = this;
    let scalar = this.#scalars.get(ref);
    if (scalar === undefined && node.op === 'reduce' && node.fn !== 'median') {
      scalar = reduceScalars(builder, node.fn, builder.elements(node.input));
      this.#scalars.set(ref, scalar);
    }
    if (scalar === undefined && node.op === 'element') {
      const vector = this.node(node.input);
      if (vector.op === 'vector-function') {
        scalar = functionScalars(builder, vector.fn, builder.elements(vector.input))[node.index]!;
        this.#scalars.set(ref, scalar);
      }
    }
    return scalar === undefined ? node : this.expression(scalar);
  }

  /** A name that nothing has yet, as near to `wish` as can be. */
  fresh(wish: string): string {
    let name = wish;
    for (let i = 2; this.#taken.has(name); i++) name = `${wish}_${i}`;
    this.#taken.add(name);
    return name;
  }

  /** Gives a result of an earlier segment its name. */
  publish(ref: Ref, wish: string): string {
    const name = this.fresh(wish);
    this.#names.set(ref, name);
    return name;
  }

  /** Lets a field stand for what it has become. */
  alias(ref: Ref, name: string): void {
    this.#names.set(ref, name);
  }

  known(ref: Ref): string | undefined {
    return this.#names.get(ref);
  }

  /** The field of a scalar; makes a derived field if it has none. */
  nameOf(ref: Ref): string {
    const known = this.#names.get(ref);
    if (known !== undefined) return known;
    const node = this.node(ref);
    if (node.op === 'element' && this.isModel(node.input)) {
      throw declined('model-order', 'a model that needs the result of a later one', node.origin ?? {});
    }
    this.prepare(ref, true);
    const name = this.fresh(this.#wish(node));
    this.#names.set(ref, name);
    this.derived.push({ name, ref, kind: node.type.kind });
    return name;
  }

  isModel(ref: Ref): boolean {
    const { op } = this.node(ref);
    return op === 'trees' || op === 'linear';
  }

  /** Whether a value depends on the result of a trees or linear node. */
  needsModel(ref: Ref): boolean {
    const known = this.#models.get(ref);
    if (known !== undefined) return known;
    const result = this.isModel(ref) || inputsOf(this.node(ref)).some((input) => this.needsModel(input));
    this.#models.set(ref, result);
    return result;
  }

  /** Makes the derived fields that the expression of a node refers to; `top`: the node is the expression's root. */
  prepare(ref: Ref, top = false): void {
    if (this.#names.has(ref)) return;
    if (!top && this.wantsField(ref)) {
      this.nameOf(ref);
      return;
    }
    if (this.#prepared.has(ref)) return;
    this.#prepared.add(ref);
    const node = this.expression(ref);
    switch (node.op) {
      case 'const':
        return;
      case 'cast':
        if (this.#guardsCast(node.input, node.type.kind)) this.named(node.input);
        else this.prepare(node.input);
        return;
      case 'element': {
        const vector = this.node(node.input);
        if (vector.op === 'one-hot') this.nameOf(vector.input);
        else throw this.#cannot(vector);
        return;
      }
      case 'lookup':
        this.nameOf(node.input);
        return;
      case 'primitive':
        for (const [index, input] of node.inputs.entries()) {
          if (this.#twice(node.fn, index, node.inputs)) this.named(input);
          else this.prepare(input);
        }
        return;
      default:
        throw this.#cannot(node);
    }
  }

  /** As `nameOf`; constants need no field. */
  named(ref: Ref): void {
    if (this.node(ref).op !== 'const') this.nameOf(ref);
  }

  /** Whether a node is a field of its own: float32 steps and casts round there, shared nodes are written once. */
  wantsField(ref: Ref): boolean {
    const node = this.node(ref);
    if (node.op === 'const' || node.op === 'input') return false;
    if (node.op === 'cast' || node.op === 'lookup' || node.op === 'reduce') return true;
    if (node.op === 'element' && this.node(node.input).op === 'vector-function') return true;
    if (node.op === 'primitive' && node.type.kind === 'float32') return true;
    return (this.#uses[ref] ?? 0) > 1;
  }

  /** Arguments that the written expression mentions twice. */
  #twice(fn: string, index: number, inputs: readonly Ref[]): boolean {
    const misses = (ref: Ref | undefined) => ref !== undefined && this.builder.typeOf(ref).missing;
    if (fn === 'coalesce') return index === 0 || misses(inputs[1]);
    if (fn === 'select') return index === 0 && misses(inputs[0]);
    if (fn === 'min' || fn === 'max' || fn === 'and' || fn === 'or') return misses(inputs[0]) || misses(inputs[1]);
    return fn === 'sign' || (!PLAIN.has(fn) && misses(inputs[index]));
  }

  /** Casts from bool and to integers are written with a test of the input. */
  #guardsCast(input: Ref, kind: Kind): boolean {
    const from = this.builder.kindOf(input);
    return from === 'bool' || (isFloat(from) && !isFloat(kind));
  }

  #declare(ref: Ref): void {
    const node = this.node(ref);
    if (node.op !== 'input') return;
    const { field, type } = node;
    if (field.shape.length === 0) {
      this.#data(field.name, ref, type.kind, field);
      return;
    }
    const { elementNames: _, ...rest } = field;
    elementNamesOf(field).forEach((name, index) => {
      this.#data(name, this.builder.element(ref, index), type.kind, { ...rest, name, shape: [] });
    });
  }

  #data(wish: string, ref: Ref, kind: Kind, field: InputField): void {
    const name = this.publish(ref, wish);
    this.data.push({ name, ref, kind, field: { ...field, name } });
  }

  #wish(node: IrNode): string {
    const of = (ref: Ref) => this.#names.get(ref);
    if (node.op === 'cast') {
      const name = of(node.input);
      if (name !== undefined) return `${DATA_TYPE[node.type.kind]}(${name})`;
    }
    if (node.op === 'element') {
      const vector = this.node(node.input);
      const name = vector.op === 'one-hot' ? of(vector.input) : undefined;
      if (vector.op === 'one-hot' && name !== undefined) return `${name}=${vector.categories[node.index]}`;
    }
    if (node.op === 'lookup') {
      const name = of(node.input);
      if (name !== undefined) return `lookup(${name})`;
    }
    if (node.op === 'primitive') {
      const name = of(node.inputs[0]!);
      if (name !== undefined) return `${node.fn}(${name})`;
      return `${node.fn}()`;
    }
    return 'derived';
  }

  #cannot(node: IrNode) {
    return declined('expression', `a ${node.op} node has no expression in PMML`, node.origin ?? {});
  }
}
