import { type FailureDetails, quote, type SamescoreError } from '../../core/errors.js';
import type { IrBuilder } from '../../ir/builder.js';
import type { Ref } from '../../ir/types.js';
import type { AttributeProto, Int64List, NodeProto } from '../../onnx/document.js';
import { declined } from '../declined.js';
import { tensorOf } from './tensor.js';
import { BATCH, type ConstValue, constRef, literalOf, type RowValue, type Value } from './values.js';

/** State of one lift. */
export interface Lifting {
  readonly builder: IrBuilder;
  readonly values: Map<string, Value>;
  readonly opsets: ReadonlyMap<string, number>;
  /** Bools of which every one must hold, or else the row has no prediction. */
  readonly guards: Ref[];
  /** Where the inputs fix the number of rows. */
  readonly batchSize: number | undefined;
}

/** One operator about to be lifted. */
export interface Call {
  readonly lifting: Lifting;
  readonly builder: IrBuilder;
  readonly node: NodeProto;
  /** Version of the operator set that the model imports. */
  readonly version: number;
  readonly inputs: readonly (Value | undefined)[];
}

/** Gives the operator's outputs, in order. */
export type Rule = (call: Call) => Value[];

export function nodePath(node: NodeProto): string {
  const name = node.name === undefined || node.name === '' ? node.output.find((output) => output !== '') : node.name;
  return name === undefined ? (node.op_type ?? '') : `${node.op_type} ${quote(name)}`;
}

export function cannot(
  call: Call,
  code: string,
  sentence: string,
  details: Omit<FailureDetails, 'place'> = {},
): SamescoreError {
  return declined(code, sentence, { path: nodePath(call.node) }, details);
}

export function mixesRows(call: Call): SamescoreError {
  return cannot(call, 'mixes-rows', `${call.node.op_type} combines values of different rows`, {
    hint: 'only graphs that score each row on its own can be moved',
  });
}

export function inputOf(call: Call, index: number): Value {
  const value = call.inputs[index];
  if (value === undefined) throw cannot(call, 'missing-input', `${call.node.op_type} lacks its input ${index + 1}`);
  if (value.of === 'rows' && value.running !== undefined && call.node.op_type !== 'Gather') {
    throw cannot(call, 'cumsum', `${call.node.op_type} of the running sums of CumSum cannot be moved`);
  }
  return value;
}

export function rowsInput(call: Call, index: number): RowValue {
  const value = inputOf(call, index);
  if (value.of !== 'rows') {
    // One constant row, against which the rows are broadcast later on.
    if (value.dims.length >= 2 && value.dims[0] === 1 && value.data.length > 0) {
      const cells = Array.from(value.data, literalOf);
      const dims = [BATCH, ...value.dims.slice(1)];
      return { of: 'rows', kind: value.kind, dims, batch: 0, ref: constRef(call.builder, value.kind, cells) };
    }
    throw cannot(call, 'constant-input', `input ${index + 1} of ${call.node.op_type} is constant`);
  }
  return value;
}

export function constInput(call: Call, index: number): ConstValue {
  const value = inputOf(call, index);
  if (value.of !== 'const') {
    throw cannot(call, 'computed-parameter', `input ${index + 1} of ${call.node.op_type} is computed from the rows`, {
      expected: 'a constant',
    });
  }
  return value;
}

export function attribute(call: Call, name: string): AttributeProto | undefined {
  return call.node.attribute.find((candidate) => candidate.name === name);
}

export function floatAttr(call: Call, name: string, otherwise: number): number {
  return attribute(call, name)?.f ?? otherwise;
}

export function intAttr(call: Call, name: string, otherwise: number): number {
  const found = attribute(call, name);
  return found === undefined ? otherwise : Number(found.i ?? 0);
}

const utf8 = new TextDecoder();

export function textAttr(call: Call, name: string, otherwise: string): string {
  const found = attribute(call, name);
  return found === undefined ? otherwise : utf8.decode(found.s ?? new Uint8Array());
}

export function floatsAttr(call: Call, name: string): Float32Array | undefined {
  const found = attribute(call, name)?.floats;
  return found === undefined || found.length === 0 ? undefined : found;
}

export function intsAttr(call: Call, name: string): Int64List | undefined {
  const found = attribute(call, name)?.ints;
  return found === undefined || found.length === 0 ? undefined : found;
}

/** Integers as numbers where that is safe. */
export function integers(list: Int64List | undefined): (number | bigint)[] | undefined {
  return list === undefined ? undefined : Array.from(list as ArrayLike<number | bigint>, safeInteger);
}

export function safeInteger(value: number | bigint): number | bigint {
  return typeof value === 'bigint' && value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER
    ? Number(value)
    : value;
}

export function textsAttr(call: Call, name: string): string[] | undefined {
  const found = attribute(call, name)?.strings;
  return found === undefined || found.length === 0 ? undefined : found.map((bytes) => utf8.decode(bytes));
}

/** A tensor attribute. */
export function tensorAttr(call: Call, name: string): ConstValue | undefined {
  const found = attribute(call, name)?.t;
  return found === undefined ? undefined : tensorOf(found, { path: nodePath(call.node), attribute: name });
}

/** Integers that older operator sets have as attribute and newer ones as an input. */
export function integersOf(call: Call, name: string, index: number): number[] | undefined {
  const attr = intsAttr(call, name);
  if (attr !== undefined) return Array.from(attr as ArrayLike<number | bigint>, Number);
  if (call.inputs[index] === undefined) return undefined;
  return Array.from(constInput(call, index).data as ArrayLike<number | bigint>, Number);
}

/** An axis counted from the front. */
export function axisOf(call: Call, axis: number, rank: number): number {
  const from = axis < 0 ? axis + rank : axis;
  if (!(from >= 0 && from < rank)) {
    throw cannot(call, 'bad-axis', `axis ${axis} of a tensor with ${rank} dimensions`);
  }
  return from;
}
