import type { Element } from '../../wire/xml/document.js';
import type { DataType, OpType, Scalar, Value } from './values.js';

/** A field as a model sees it: an input after its preparation, a derived field, or an earlier output. */
export interface Field {
  readonly name: string;
  readonly dataType: DataType;
  readonly optype: OpType;
  /** The valid values that the document lists, in its order, in the field's type; for an ordinal field, ascending. */
  readonly categories: readonly Scalar[];
  /** Whether the record's value is one that the model accepts; absent where every value is. */
  readonly isValid?: (frame: Frame) => boolean;
  /** For a cyclic field, after what distance its values come again. */
  readonly period?: number;
  /** For a field with a taxonomy, the groups that a value belongs to. */
  readonly ancestors?: (value: string) => readonly string[];
  /** The field's value for the record; undefined where it is missing. Computed once for a record and scope. */
  value(frame: Frame): Value;
}

/** One record in one scope. Opaque to models: hand it on to `Field.value`, predicates and expressions. */
export interface Frame {
  readonly parent: Frame | undefined;
  /** Value and state of each slot of the scope: 0 not computed, 1 being computed, 2 done. */
  readonly values: Value[];
  readonly states: Uint8Array;
  /** What the caller gave, by field name; parsed by the input fields. */
  readonly record: Readonly<Record<string, unknown>>;
  /** Parameters of the user-defined function that is being evaluated. */
  parameters: readonly Value[];
  readonly session: Session;
}

/** What outlives a frame: the series of records, and how much work this record may still take. */
export interface Session {
  /** The value that a field had `n` records back, within the block of records that share all the given values. */
  past(field: string, n: number, block?: readonly BlockValue[]): Value;
  /** Counts down with every function call and scope; the record fails at 0. */
  steps: number;
}

/** A field that marks blocks of records, and its value in the current one. */
export interface BlockValue {
  readonly field: string;
  readonly value: Value;
}

/** What a model may ask while it is compiled. */
export interface Scope {
  /** The model element. */
  readonly element: Element;
  readonly functionName: string;
  /** `x-mathContext`: float rounds to single precision at every step. */
  readonly math: 'double' | 'float';
  /** Names of the target fields (usage target or predicted), in the order of the MiningSchema. */
  readonly targetNames: readonly string[];
  /** Active input field names, in the order of the MiningSchema. */
  readonly activeNames: readonly string[];
  /** Dictionary entry of the (first or named) target; undefined where the model has none. */
  target(name?: string): TargetField | undefined;
  /** A field that `element` refers to. Throws `pmml/unknown-field` with the element's place. */
  field(name: string, element: Element): Field;
  /** The same, undefined where there is none. */
  find(name: string): Field | undefined;
  /** Keeps the field's values of the last `back` records, for Lag. */
  remember(name: string, field: Field, back: number): void;
  /** A DefineFunction for arguments of these types, or undefined. */
  definedFunction(name: string, types: readonly (DataType | undefined)[]): DefinedFunction | undefined;
  /** The name's MiningField, if the model's MiningSchema has one. */
  miningField(name: string): Element | undefined;
  /** For LocalTransformations inside a part of a model (kNN, association …): a scope that sees them as well. */
  readonly parent: Scope | undefined;
}

/** A user-defined function; its arguments are cast to the types of its parameters. Throws if it calls itself. */
export interface DefinedFunction {
  readonly parameters: number;
  readonly dataType: DataType | undefined;
  readonly optype: OpType | undefined;
  /** `types` are the static types of the arguments, which decide how numbers become text. */
  readonly call: (args: readonly Value[], frame: Frame, types: readonly (DataType | undefined)[]) => Value;
}

export interface TargetField {
  readonly name: string;
  readonly dataType: DataType;
  readonly optype: OpType;
  readonly categories: readonly Scalar[];
}

/** The prediction of one target. Categories are keyed by their text (`textOf`), in the document's order. */
export interface TargetResult {
  /** The predicted value before `Targets` are applied; undefined where the model gives none. */
  readonly value: Value;
  readonly probabilities?: ReadonlyMap<string, number>;
  readonly confidences?: ReadonlyMap<string, number>;
  /** Confidence of the predicted value where it is not kept by category. */
  readonly confidence?: number;
}

/** Something that won or ranked: a cluster, a neighbour, a document, a node. */
export interface RankedEntity {
  readonly id: string;
  /** Affinity: distance or similarity. */
  readonly affinity?: number;
  /** What to show for it: the cluster's name. */
  readonly name?: string;
}

/** An association rule with what `ruleValue` and `ruleFeature` may ask. */
export interface RuleResult {
  readonly id: string;
  readonly antecedent: readonly string[];
  readonly consequent: readonly string[];
  readonly support?: number;
  readonly confidence?: number;
  readonly lift?: number;
  readonly leverage?: number;
  readonly affinity?: number;
  /** The record holds the whole antecedent; the whole consequent. */
  readonly hasAntecedent: boolean;
  readonly hasConsequent: boolean;
}

/** What a model gives for one record: everything that Output features may ask. */
export interface ModelResult extends TargetResult {
  /** Models with several targets (neural networks, nearest neighbours): results by target name. */
  readonly targets?: ReadonlyMap<string, TargetResult>;
  /** Id of the winning node, rule, cluster, neighbour or document; its position from 1 where it has none. */
  readonly entityId?: string;
  /** All entities, best first, for `rank` and for `affinity` with a value. */
  readonly entities?: readonly RankedEntity[];
  /** Affinity of the winning entity. */
  readonly affinity?: number;
  /** Reason codes, best first. */
  readonly reasonCodes?: readonly string[];
  /** Association rules, in the order of the document. */
  readonly rules?: readonly RuleResult[];
  /** Sequence rules that fire, in the order of the document. */
  readonly sequenceRules?: readonly { readonly id: string; readonly consequent: readonly (readonly string[])[] }[];
  /** Rules of a RuleSet that fire, best first (`ruleValue`). */
  readonly firedRules?: readonly string[];
  readonly standardError?: number;
  readonly standardDeviation?: number;
  readonly variance?: number;
  /** Degrees of freedom, for confidence intervals by Student's t; absent means the normal distribution. */
  readonly degreesOfFreedom?: number;
  /** A warning of the model, for the `warning` feature. */
  readonly warning?: string;
  /** Results by segment id, for `segmentId`. */
  readonly segments?: ReadonlyMap<string, ModelResult>;
  /** Output fields of the segments that a chain or a selection ran; they are results of the whole model too. */
  readonly nested?: ReadonlyMap<string, Value>;
  /** How the prediction came about, as plain JSON; computed on demand. */
  readonly explain?: () => unknown;
}

/** A compiled model: one record in, one result out. Never re-reads the document. */
export type CompiledModel = (frame: Frame) => ModelResult;

/** Compiles one model element, once. Throws `pmml/*` errors with a place for markup that is wrong or not supported. */
export type ModelCompiler = (element: Element, scope: Scope) => CompiledModel;

/** A model that can forecast, compiled beside its `CompiledModel`. */
export type Forecaster = (element: Element) => (horizon: number) => number[];

/** No prediction at all. */
export const NO_RESULT: ModelResult = { value: undefined };
