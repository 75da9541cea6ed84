import type { Attributes } from '../attributes.js';
import { type ElementType, elementTypeOf } from '../element-types.js';
import { badAttribute, wrongShape } from '../errors.js';
import { type Dim, type Dims, dimsText, type ValueType } from './value-type.js';

/** What is known of a value without running the model: its type, and its elements where they follow. */
export interface Known {
  readonly type?: ValueType | undefined;
  /** In row-major order; an element may be a symbol or open. Small tensors of numbers only. */
  readonly data?: readonly Dim[] | undefined;
}

/** What a rule says of one output; the element type follows from the schema where it says nothing. */
export interface Fact {
  readonly element?: ElementType | undefined;
  readonly dims?: Dims;
  /** Instead of a tensor of `element` and `dims`. */
  readonly type?: ValueType | undefined;
}

/** What a rule knows of a node. */
export interface NodeFacts {
  readonly op: string;
  /** The operator version that holds. */
  readonly version: number;
  readonly attributes: Attributes;
  /** Undefined for inputs that are left out. */
  readonly inputs: readonly (Known | undefined)[];
  /** Names of the outputs; '' is one that nobody wants. */
  readonly outputs: readonly string[];
  /** What the outputs of a subgraph of this node are, given its inputs; the subgraph sees the values around. */
  body(attribute: string, inputs: readonly (Known | undefined)[], isFinal?: boolean): readonly Known[];
}

/** Shapes and types of a node's outputs. Errors: `onnx/wrong-shape`, `onnx/wrong-type`, `onnx/bad-attribute`. */
export type Rule = (node: NodeFacts) => Fact | readonly Fact[];
export type Rules = Readonly<Record<string, Rule>>;

export function typeAt(node: NodeFacts, index: number): ValueType | undefined {
  return node.inputs[index]?.type;
}

export function dimsAt(node: NodeFacts, index: number): Dims {
  return node.inputs[index]?.type?.dims;
}

export function elementAt(node: NodeFacts, index: number): ElementType | undefined {
  return node.inputs[index]?.type?.element;
}

export function isGiven(node: NodeFacts, index: number): boolean {
  return node.inputs[index] !== undefined;
}

/** The elements of an input where all of them are known sizes. */
export function numbersAt(node: NodeFacts, index: number): readonly number[] | undefined {
  const data = node.inputs[index]?.data;
  return data?.every((value) => typeof value === 'number') ? (data as readonly number[]) : undefined;
}

export function dataAt(node: NodeFacts, index: number): readonly Dim[] | undefined {
  return node.inputs[index]?.data;
}

/** How many elements a vector input has. */
export function lengthAt(node: NodeFacts, index: number): number | undefined {
  const dims = dimsAt(node, index);
  return dims?.length === 1 && typeof dims[0] === 'number' ? dims[0] : undefined;
}

/** The shape of an input that must have one of the ranks. Errors: `onnx/wrong-shape`. */
export function rankedAt(node: NodeFacts, index: number, least: number, most = least): Dims {
  const dims = dimsAt(node, index);
  if (dims !== undefined && (dims.length < least || dims.length > most))
    throw wrongShape(`input ${index} has the wrong rank`, {
      expected:
        least === most ? `rank ${least}` : most === Infinity ? `rank ${least} or more` : `rank ${least} to ${most}`,
      got: dimsText(dims),
    });
  return dims;
}

/** An attribute list that must have `length` entries, or nothing. Errors: `onnx/bad-attribute`. */
export function listOf(node: NodeFacts, name: string, length: number, fallback: number): number[] {
  const list = node.attributes.ints(name);
  if (list === undefined || list.length === 0) return new Array<number>(length).fill(fallback);
  if (list.length !== length)
    throw badAttribute(name, 'the list does not fit the input', {
      expected: `${length} entries`,
      got: String(list.length),
    });
  return list;
}

/** The element type that an attribute names. Errors: `onnx/bad-attribute`. */
export function elementAttribute(node: NodeFacts, name: string): ElementType | undefined {
  if (!node.attributes.has(name)) return undefined;
  const code = node.attributes.int(name);
  const element = elementTypeOf(code);
  if (element === undefined && code !== 0)
    throw badAttribute(name, 'no element type has this number', { got: String(code) });
  return element;
}

/** The axes of an operator that got them as an input in `since`, before as an attribute; null where they are open. */
export function axesOf(node: NodeFacts, since: number, index = 1): readonly number[] | undefined | null {
  if (node.version < since) return node.attributes.ints('axes');
  if (!isGiven(node, index)) return undefined;
  return numbersAt(node, index) ?? null;
}
