import type { Place } from '../core/errors.js';
import type { InputField, Role } from '../core/scorer.js';
import type { Splits } from './forest.js';
import type { Primitive } from './primitives.js';
import type { Kind, Literal, Ref, Type } from './types.js';

interface NodeBase {
  readonly type: Type;
  /** Where in the source document it comes from. */
  readonly origin?: Place | undefined;
}

/** One input of the program; an ONNX matrix is one input of shape [n]. */
export interface InputNode extends NodeBase {
  readonly op: 'input';
  readonly field: InputField;
}

/** A constant; vectors hold one literal an element, null is missing. */
export interface ConstNode extends NodeBase {
  readonly op: 'const';
  readonly values: readonly Literal[];
}

/** A primitive of the PRIMITIVES table, element by element where its inputs are vectors ([] broadcasts to [n]). */
export interface PrimitiveNode extends NodeBase {
  readonly op: 'primitive';
  readonly fn: Primitive;
  readonly inputs: readonly Ref[];
}

/** Rounds or converts to `type.kind`. Float to int truncates; bool to number gives 0 and 1; number to string is not a cast. */
export interface CastNode extends NodeBase {
  readonly op: 'cast';
  readonly input: Ref;
}

/** Scalars and vectors joined, in order, into one vector of one kind. */
export interface PackNode extends NodeBase {
  readonly op: 'pack';
  readonly inputs: readonly Ref[];
}

/** One element of a vector, as a scalar. */
export interface ElementNode extends NodeBase {
  readonly op: 'element';
  readonly input: Ref;
  readonly index: number;
}

/**
 * A table from scalar keys (string, integer or bool, without repeats) to literals of `type`; what is in no row gives
 * `otherwise` (null: missing), what is missing gives `whenMissing`.
 */
export interface LookupNode extends NodeBase {
  readonly op: 'lookup';
  readonly input: Ref;
  readonly keys: readonly (string | number | bigint | boolean)[];
  readonly values: readonly Literal[];
  readonly otherwise: Literal;
  readonly whenMissing: Literal;
}

/** A vector with 1 at the category that a scalar equals and 0 elsewhere; all 0 where it equals none or is missing. */
export interface OneHotNode extends NodeBase {
  readonly op: 'one-hot';
  readonly input: Ref;
  readonly categories: readonly (string | number)[];
}

/** Reduction of a vector. `argmax`/`argmin` give the first index (int64) of the largest/smallest element. */
export interface ReduceNode extends NodeBase {
  readonly op: 'reduce';
  readonly fn: 'sum' | 'mean' | 'min' | 'max' | 'median' | 'argmax' | 'argmin';
  readonly input: Ref;
}

/** softmax: exp(x − max)/Σ; normalize: x/Σx. A vector of the same size; computed in the vector's own kind. */
export interface VectorFunctionNode extends NodeBase {
  readonly op: 'vector-function';
  readonly fn: 'softmax' | 'normalize';
  readonly input: Ref;
}

/**
 * An ensemble of decision trees over scalar features. Each tree gives the `width` values of its leaf, times the tree's
 * weight; they are combined over the trees, in tree order, accumulating from 0 in `type.kind`.
 * The result is a vector [width], or with combine `each` the trees' values one after another: [trees × width].
 * A leaf value NaN is a missing result. Several nodes may share one `splits` with different leaf values.
 */
export interface TreesNode extends NodeBase {
  readonly op: 'trees';
  readonly features: readonly Ref[];
  readonly splits: Splits;
  readonly width: number;
  /** leafCount × width, row by row. */
  readonly leaves: Float64Array;
  /** One factor a tree; absent: 1. */
  readonly weights?: Float64Array;
  readonly combine: 'sum' | 'min' | 'max' | 'each';
}

/**
 * y = W·x + b for each of `outputs` rows of W, accumulated from 0 in feature order in `type.kind`, the intercept last
 * (summation order is a rounding difference: compared within ULPs, not exactly). Any missing feature makes y missing.
 */
export interface LinearNode extends NodeBase {
  readonly op: 'linear';
  readonly features: readonly Ref[];
  /** outputs × features.length, row by row. */
  readonly weights: Float64Array;
  readonly intercepts: Float64Array;
}

export type IrNode =
  | InputNode
  | ConstNode
  | PrimitiveNode
  | CastNode
  | PackNode
  | ElementNode
  | LookupNode
  | OneHotNode
  | ReduceNode
  | VectorFunctionNode
  | TreesNode
  | LinearNode;

export type Op = IrNode['op'];

/** A result. Vectors of probabilities or scores name their classes; a label's value is the class itself. */
export interface ProgramOutput {
  readonly name: string;
  readonly role: Role;
  readonly ref: Ref;
  readonly category?: string;
  readonly categories?: readonly string[];
}

export type Task = 'classification' | 'regression' | 'clustering' | 'other';

/** A dataflow program over one row; nodes stand after the nodes that they use. */
export interface Program {
  readonly nodes: readonly IrNode[];
  readonly inputs: readonly Ref[];
  readonly outputs: readonly ProgramOutput[];
  readonly task: Task;
  /** The target's own name, classes (in the model's order) and kind, where the source says. */
  readonly target?: { readonly name?: string; readonly kind?: Kind; readonly classes?: readonly (string | number)[] };
  /** Name, description, version, copyright, producer and the like, carried over as text. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** The refs that a node reads, in order. */
export function inputsOf(node: IrNode): readonly Ref[] {
  switch (node.op) {
    case 'input':
    case 'const':
      return [];
    case 'primitive':
    case 'pack':
      return node.inputs;
    case 'trees':
    case 'linear':
      return node.features;
    default:
      return [node.input];
  }
}

/** The node with every ref that it reads replaced. */
export function withInputs(node: IrNode, at: (ref: Ref) => Ref): IrNode {
  switch (node.op) {
    case 'input':
    case 'const':
      return node;
    case 'primitive':
    case 'pack':
      return { ...node, inputs: node.inputs.map(at) };
    case 'trees':
    case 'linear':
      return { ...node, features: node.features.map(at) };
    default:
      return { ...node, input: at(node.input) };
  }
}
