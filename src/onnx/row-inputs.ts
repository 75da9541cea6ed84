import { SamescoreError } from '../core/errors.js';
import type { InputField } from '../core/scorer.js';
import { type Column, type Value as Plain, type Table, valueAt, widthOf } from '../core/table.js';
import type { OnnxModel, TypeProto } from './document.js';
import { type ElementType, elementRow, elementTypeOf } from './element-types.js';
import { badInput, unsupported } from './errors.js';
import { numberOfText } from './evaluate/ops/cast.js';
import { newTensor, type Tensor } from './evaluate/tensor.js';
import type { OnnxMap, Value } from './evaluate/values.js';
import { sizesOf } from './signature.js';

/** One input of the graph, and the columns that fill a row of it: one as wide as the field, or one an element. */
export interface Binding {
  readonly kind: 'tensor';
  readonly field: InputField;
  readonly type: ElementType;
  readonly columns: readonly Column[];
  /** Rank of the tensor; scalars have the shape [rows, 1] or [rows]. */
  readonly rank: number;
}

/** An input that is a map: a column of objects, or the columns whose names are its keys. */
export interface MapBinding {
  readonly kind: 'map';
  readonly field: InputField;
  readonly keyType: ElementType;
  readonly valueType: ElementType;
  readonly own: Column | undefined;
  readonly columns: readonly (readonly [name: string, column: Column])[];
}

function noColumn(name: string, rows: Table): SamescoreError {
  return new SamescoreError('onnx/no-column', 'invalid', `the rows have no column for the input "${name}"`, {
    place: { field: name },
    hint: `they have ${[...rows.columns.keys()].slice(0, 20).join(', ')}`,
  });
}

function mapBinding(
  field: InputField,
  type: NonNullable<TypeProto['map_type']>,
  rows: Table,
  free: [string, Column][],
): MapBinding {
  const keyType = elementTypeOf(type.key_type) ?? 'string';
  const valueType = elementTypeOf(type.value_type?.tensor_type?.elem_type) ?? 'float';
  const own = rows.columns.get(field.name);
  if (own !== undefined && own.type !== 'object')
    throw badInput('a column of objects is wanted for a map', { place: { field: field.name }, got: own.type });
  const columns = own === undefined ? free.splice(0).filter(([, column]) => column.width === 1) : [];
  if (own === undefined && columns.length === 0) throw noColumn(field.name, rows);
  return { kind: 'map', field, keyType, valueType, own, columns };
}

/**
 * Columns for every input: by name, by the recorded names of the elements, else the columns in their order; a map takes
 * all that are left. Errors: `onnx/no-column`, `onnx/unsupported` for sequences and optionals.
 */
export function bindRows(fields: readonly InputField[], model: OnnxModel, rows: Table): (Binding | MapBinding)[] {
  const taken = new Set(fields.filter((field) => rows.columns.has(field.name)).map((field) => field.name));
  const free = [...rows.columns].filter(([name]) => !taken.has(name));
  return fields.map((field): Binding | MapBinding => {
    const info = model.graph!.input.find((input) => input.name === field.name)!;
    if (info.type?.map_type !== undefined) return mapBinding(field, info.type.map_type, rows, free);
    if (!isTensor(info.type))
      throw unsupported('an input is neither a tensor nor a map, and rows cannot fill it', {
        place: { field: field.name },
        hint: 'score the model with new OnnxEvaluator(model).run({ name: value })',
      });
    const type = elementTypeOf(info.type?.tensor_type?.elem_type) ?? 'float';
    const rank = sizesOf(info.type)?.length ?? Math.max(2, field.shape.length + 1);
    const width = widthOf(field.shape);
    const own = rows.columns.get(field.name);
    const bound = { kind: 'tensor', field, type, rank } as const;
    if (own?.width === width) return { ...bound, columns: [own] };
    const named = field.elementNames?.map((name) => rows.columns.get(name));
    if (named?.every((column) => column !== undefined)) return { ...bound, columns: named };
    const columns = free.splice(0, width).map(([, column]) => column);
    if (columns.length < width || columns.some((column) => column.width !== 1)) throw noColumn(field.name, rows);
    return { ...bound, columns };
  });
}

const isTensor = (type: TypeProto | undefined): boolean =>
  type === undefined || type.tensor_type !== undefined || type.sparse_tensor_type !== undefined;

const NO_VALUE = Symbol('missing');

/** A plain value as an element of the tensor. Texts are parsed; a missing number is NaN, a missing text the empty one. */
function elementOf(value: Plain, type: ElementType, isFloat: boolean): number | bigint | string | typeof NO_VALUE {
  if (value === null) return isFloat ? Number.NaN : type === 'string' ? '' : NO_VALUE;
  if (type === 'string') return typeof value === 'string' ? value : String(value);
  if (type === 'bool') {
    if (typeof value === 'string' && /^(true|false)$/i.test(value)) return value.toLowerCase() === 'true' ? 1 : 0;
    return Number(typeof value === 'string' ? numberOfText(value) : value) === 0 ? 0 : 1;
  }
  if (type === 'int64' || type === 'uint64') {
    if (typeof value === 'bigint') return value;
    if (typeof value === 'string' && /^\s*[+-]?\d+\s*$/.test(value)) return BigInt(value.trim().replace(/^\+/, ''));
    const number = typeof value === 'string' ? numberOrTruth(value) : Number(value);
    if (!Number.isInteger(number)) throw badInput('a value is not an integer', { got: String(value) });
    return BigInt(number);
  }
  return typeof value === 'string' ? numberOrTruth(value) : Number(value);
}

/** A number, or the truth value that a field may hold which became a column of numbers. */
function numberOrTruth(text: string): number {
  return /^(true|false)$/i.test(text) ? Number(text.toLowerCase() === 'true') : numberOfText(text);
}

/** The tensor of the rows `from` to `to` (not included), the last one repeated up to `count` rows. */
function tensorOfRows(binding: Binding, from: number, to: number, count: number): Tensor {
  const { field, type, columns, rank } = binding;
  const width = widthOf(field.shape);
  const tensor = newTensor(type, dimsOfRows(field, rank, count));
  const isFloat = field.type === 'float32' || field.type === 'float64';
  const data = tensor.data as unknown[];
  for (let row = from; row < to; row++) {
    for (let i = 0; i < width; i++) {
      const column = columns.length === 1 ? columns[0]! : columns[i]!;
      const value = valueAt(column, row, columns.length === 1 ? i : 0);
      try {
        const element = elementOf(value, type, isFloat);
        if (element === NO_VALUE) throw badInput('a value is missing', { expected: `tensor(${type})` });
        data[(row - from) * width + i] = element;
      } catch (error) {
        throw error instanceof SamescoreError ? error.within({ field: field.name }) : error;
      }
    }
  }
  for (let at = (to - from) * width; at < data.length; at++) data[at] = data[at - width];
  return tensor;
}

/** A scalar input takes one row a run. */
export function dimsOfRows(field: InputField, rank: number, count: number): number[] {
  if (rank === 0) return [];
  return [count, ...(field.shape.length === 0 && rank > 1 ? new Array<number>(rank - 1).fill(1) : field.shape)];
}

/** The map of one row: missing values are left out. */
function mapOfRow(binding: MapBinding, row: number): OnnxMap {
  const { field, keyType, valueType, own, columns } = binding;
  const given = own === undefined ? null : valueAt(own, row);
  const pairs: [string, Plain][] =
    given !== null && typeof given === 'object'
      ? (Object.entries(given) as [string, Plain][])
      : columns.map(([name, column]) => [name, valueAt(column, row)]);
  const isFloat = elementRow(valueType).class === 'float';
  const entries = pairs.flatMap(([name, value]): [string | bigint, number | bigint | string][] => {
    if (value === null || value === undefined) return [];
    try {
      const element = elementOf(value, valueType, isFloat);
      if (element === NO_VALUE) return [];
      const key = keyType === 'string' ? name : (elementOf(name, 'int64', false) as bigint);
      return [[key, typeof element === 'number' && valueType === 'float' ? Math.fround(element) : element]];
    } catch (error) {
      throw error instanceof SamescoreError ? error.within({ field: field.name, path: name }) : error;
    }
  });
  return { kind: 'map', keyType, valueType, entries: new Map(entries) };
}

/** What an input is given for the rows `from` to `to` (not included), filled up to `count`; a map takes one row. */
export function valueOfRows(binding: Binding | MapBinding, from: number, to: number, count: number): Value {
  return binding.kind === 'map' ? mapOfRow(binding, from) : tensorOfRows(binding, from, to, count);
}
