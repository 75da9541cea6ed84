import type { Attributes } from '../attributes.js';
import type { GraphProto } from '../document.js';
import type { ElementType } from '../element-types.js';
import { badInput } from '../errors.js';
import { Tensor } from './tensor.js';
import { describe, type OnnxMap, type Optional, type Sequence, type Value } from './values.js';

/** What a kernel knows of the node that it computes. */
export interface NodeContext {
  readonly op: string;
  /** The operator version that holds: `since_version` of the schema, not the imported operator set. */
  readonly version: number;
  readonly attributes: Attributes;
  /** Names of the outputs; '' is one that nobody wants. */
  readonly outputs: readonly string[];
  /** Runs a subgraph of this node; it sees the values around the node. Counts towards the limit on steps. */
  run(graph: GraphProto, inputs: readonly (Value | undefined)[]): Value[];
  /** What `make` gives, computed once for the node: for structures that depend on attributes alone. */
  prepared<T>(make: () => T): T;
}

export type Inputs = readonly (Value | undefined)[];

/** Computes a node's outputs. Never changes its inputs. */
export type Kernel = (inputs: Inputs, node: NodeContext) => Value | readonly (Value | undefined)[];

export type Kernels = Readonly<Record<string, Kernel>>;

function missing(inputs: Inputs, index: number, wanted: string): never {
  throw badInput(`input ${index} is not what the operator takes`, { expected: wanted, got: describe(inputs[index]) });
}

/** Input `index`, which must be a tensor. */
export function tensorAt(inputs: Inputs, index: number): Tensor {
  const value = inputs[index];
  return value instanceof Tensor ? value : missing(inputs, index, 'a tensor');
}

export function optionalTensor(inputs: Inputs, index: number): Tensor | undefined {
  return inputs[index] === undefined ? undefined : tensorAt(inputs, index);
}

/** Input `index`, which must be a tensor of one of the types. */
export function typedAt(inputs: Inputs, index: number, ...types: ElementType[]): Tensor {
  const tensor = tensorAt(inputs, index);
  return types.includes(tensor.type)
    ? tensor
    : missing(inputs, index, types.map((type) => `tensor(${type})`).join(' or '));
}

export function sequenceAt(inputs: Inputs, index: number): Sequence {
  const value = inputs[index];
  if (value === undefined || value instanceof Tensor || value.kind !== 'sequence')
    return missing(inputs, index, 'a sequence');
  return value;
}

export function mapAt(inputs: Inputs, index: number): OnnxMap {
  const value = inputs[index];
  if (value === undefined || value instanceof Tensor || value.kind !== 'map') return missing(inputs, index, 'a map');
  return value;
}

export function isOptional(value: Value | undefined): value is Optional {
  return value !== undefined && !(value instanceof Tensor) && value.kind === 'optional';
}

/** The integers of a tensor of any integer type, as numbers: shapes, axes, repeats. */
export function integersOf(tensor: Tensor): number[] {
  return Array.from(tensor.data as ArrayLike<number | bigint>, Number);
}

/** Input `index` as integers, undefined where it is absent. */
export function optionalIntegers(inputs: Inputs, index: number): number[] | undefined {
  const tensor = optionalTensor(inputs, index);
  return tensor === undefined ? undefined : integersOf(tensor);
}

/** The only element of a tensor, as a number. */
export function scalarOf(tensor: Tensor): number {
  if (tensor.size !== 1) throw badInput('a tensor is not a scalar', { expected: 'one element', got: describe(tensor) });
  return Number(tensor.data[0]);
}

/** The axis counted from the front. Errors: `onnx/bad-input` when it is out of range. */
export function axisOf(axis: number, rank: number): number {
  const result = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || result < 0 || result >= rank)
    throw badInput('an axis is out of range', { expected: `${-rank} to ${rank - 1}`, got: String(axis) });
  return result;
}
