import type { Place } from '../../core/errors.js';
import type { IrNode, Program } from '../../ir/nodes.js';
import { isFloat, type Kind, type Ref, type Type } from '../../ir/types.js';
import { attr, type Emitter, ML } from './emitter.js';

/**
 * A lowered value: a tensor [N, width], or [1, width] where it is constant. A missing float is NaN and a missing
 * string "" inside the tensor; a missing bool or integer is marked in `valid`, a bool tensor of the same shape.
 */
export interface Operand {
  readonly name: string;
  readonly kind: Kind;
  readonly width: number;
  readonly missing: boolean;
  readonly valid?: string;
  readonly constant: boolean;
}

/** A column of a matrix input that holds a scalar of the program. */
export interface MatrixColumn {
  readonly matrix: string;
  readonly index: number;
  readonly width: number;
  readonly kind: Kind;
}

export interface Lowering {
  readonly program: Program;
  readonly emitter: Emitter;
  readonly lowered: Map<Ref, Operand>;
  readonly columns: Map<Ref, MatrixColumn>;
  /** Graph inputs that are the value of an input node as they are. */
  readonly direct: Map<Ref, Operand>;
  /** Whether trees become TreeEnsemble of ai.onnx.ml 5; otherwise the operators of version 3. */
  readonly treeEnsemble5: boolean;
  /** Version of ai.onnx. */
  readonly opset: number;
  /** Name of a graph input, from which the number of rows is taken. */
  readonly anyInput: string;
}

export function nodeAt(state: Lowering, ref: Ref): IrNode {
  return state.program.nodes[ref]!;
}

export function typeAt(state: Lowering, ref: Ref): Type {
  return nodeAt(state, ref).type;
}

export function placeAt(state: Lowering, ref: Ref): Place {
  const node = nodeAt(state, ref);
  return node.origin ?? { path: node.op };
}

export function scalarConst(state: Lowering, kind: Kind, value: number | bigint | boolean | string): string {
  return state.emitter.constant(kind, [1, 1], [value]);
}

/** The contrary of a bool tensor; of a contrary, what it is the contrary of. */
export function negated(state: Lowering, name: string): string {
  const maker = state.emitter.makerOf(name);
  return maker?.op_type === 'Not' ? maker.input[0]! : state.emitter.op('Not', [name]);
}

/** Whether all (or any) elements of each row hold. Before version 20 reductions know no bools. */
export function reducedBools(state: Lowering, fn: 'ReduceMin' | 'ReduceMax', name: string, keepdims = 1): string {
  const { emitter } = state;
  const axes = emitter.constant('int64', [1], [1], 'axes');
  const inputs = state.opset >= 18 ? [axes] : [];
  const attributes = [attr.int('keepdims', keepdims), ...(state.opset >= 18 ? [] : [attr.ints('axes', [1])])];
  if (state.opset >= 20) return emitter.op(fn, [name, ...inputs], attributes);
  const numbers = emitter.op('Cast', [name], [attr.int('to', 6)]);
  return emitter.op('Cast', [emitter.op(fn, [numbers, ...inputs], attributes)], [attr.int('to', 9)]);
}

/** A reduction of each row; until version 17 the axes of all but ReduceSum are an attribute. */
export function reducedRows(state: Lowering, fn: string, name: string, keepdims = 1): string {
  const { emitter } = state;
  const keep = attr.int('keepdims', keepdims);
  if (state.opset < 18 && fn !== 'ReduceSum') return emitter.op(fn, [name], [attr.ints('axes', [1]), keep]);
  return emitter.op(fn, [name, emitter.constant('int64', [1], [1], 'axes')], [keep]);
}

/** Whether each element is present, as a bool tensor; undefined where all always are. */
export function validity(state: Lowering, operand: Operand): string | undefined {
  if (!operand.missing) return undefined;
  const { emitter } = state;
  if (operand.valid !== undefined) return operand.valid;
  if (isFloat(operand.kind)) return emitter.op('Not', [emitter.op('IsNaN', [operand.name])]);
  if (operand.kind === 'string') {
    return negated(state, equalsText(state, operand.name, ''));
  }
  return undefined;
}

/** All of the given bool tensors; undefined ones always hold. */
export function both(state: Lowering, ...masks: (string | undefined)[]): string | undefined {
  const known = masks.filter((mask) => mask !== undefined);
  if (known.length === 0) return undefined;
  return known.reduce((left, right) => (left === right ? left : state.emitter.op('And', [left, right])));
}

/** The number of rows, as a list of one number. */
function countOfRows(state: Lowering): string {
  const { emitter } = state;
  if (state.opset >= 15) return emitter.op('Shape', [state.anyInput], [attr.int('start', 0), attr.int('end', 1)]);
  return emitter.op('Gather', [emitter.op('Shape', [state.anyInput]), emitter.constant('int64', [1], [0], 'first')]);
}

/** Whether texts equal one given text. Equal itself knows texts from version 19 on. */
export function equalsText(state: Lowering, name: string, text: string): string {
  const { emitter } = state;
  if (state.opset >= 19) return emitter.op('Equal', [name, scalarConst(state, 'string', text)]);
  const attributes = [
    attr.texts('keys_strings', [text]),
    attr.ints('values_int64s', [1]),
    attr.int('default_int64', 0),
  ];
  return emitter.op('Cast', [emitter.op('LabelEncoder', [name], attributes, ML)], [attr.int('to', 9)]);
}

/** A tensor [1, width] repeated for every row. */
export function repeated(state: Lowering, name: string): string {
  const { emitter } = state;
  const shape = countOfRows(state);
  const zero = { dims: [1], data_type: 7, raw_data: new Uint8Array(8), name: 'zero' };
  const known = emitter.nodes.find((node) => node.op_type === 'ConstantOfShape' && node.input[0] === shape);
  const zeros = known?.output[0] ?? emitter.op('ConstantOfShape', [shape], [attr.tensor('value', zero)]);
  return emitter.op('Gather', [name, zeros], [attr.int('axis', 0)]);
}

/** The operand's tensor with a row for every row of the input. */
export function batched(state: Lowering, operand: Operand): Operand {
  if (!operand.constant) return operand;
  const valid = operand.valid === undefined ? {} : { valid: repeated(state, operand.valid) };
  return { ...operand, name: repeated(state, operand.name), ...valid, constant: false };
}

/** The operand in another kind, its missing elements still missing. */
export function converted(state: Lowering, operand: Operand, kind: Kind): Operand {
  if (operand.kind === kind) return operand;
  const { emitter } = state;
  const present = validity(state, operand);
  const { valid: _, ...rest } = operand;
  if (kind === 'bool') {
    const zero = scalarConst(state, operand.kind, 0);
    const name = emitter.op('Not', [emitter.op('Equal', [operand.name, zero])]);
    return { ...rest, name, kind, ...(present === undefined ? {} : { valid: present }) };
  }
  const to = attr.int('to', { float32: 1, float64: 11, int32: 6, int64: 7, string: 8 }[kind]);
  if (isFloat(kind)) {
    const cast = emitter.op('Cast', [operand.name], [to]);
    if (operand.valid === undefined) return { ...rest, name: cast, kind };
    const name = emitter.op('Where', [operand.valid, cast, scalarConst(state, kind, Number.NaN)]);
    return { ...rest, name, kind };
  }
  let source = operand.name;
  if (present !== undefined && isFloat(operand.kind)) {
    source = emitter.op('Where', [present, source, scalarConst(state, operand.kind, 0)]);
  }
  return {
    ...rest,
    name: emitter.op('Cast', [source], [to]),
    kind,
    ...(present === undefined ? {} : { valid: present }),
  };
}
