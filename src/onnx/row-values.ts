import type { OutputField } from '../core/scorer.js';
import { type Column, columnOf, type Value as Plain, widthOf } from '../core/table.js';
import { badInput } from './errors.js';
import { Tensor } from './evaluate/tensor.js';
import { describe, type OnnxMap, type Value } from './evaluate/values.js';

/** What one run gave an output: numbers of rows in row-major order, or one plain value a row. */
export interface Part {
  readonly rows: number;
  /** Shape of a row where `values` are the elements of the rows; undefined where they are the rows themselves. */
  readonly shape: readonly number[] | undefined;
  readonly values: readonly Plain[];
}

function nested(values: readonly Plain[], dims: readonly number[]): Plain {
  if (dims.length === 0) return values[0] ?? null;
  const [size = 0, ...rest] = dims;
  const step = widthOf(rest);
  return Array.from({ length: size }, (_, i) => nested(values.slice(i * step, (i + 1) * step), rest));
}

/** A tensor of the run of one row: without the dimension that counts rows, `[1]` is a scalar. */
function plainTensor(tensor: Tensor): Plain {
  const dims = tensor.dims[0] === 1 ? tensor.dims.slice(1) : tensor.dims;
  return nested(tensor.toArray() as Plain[], dims.length === 1 && dims[0] === 1 ? [] : dims);
}

/** A value of the run of one row as JSON has it: tensors and sequences are lists, maps objects, empty optionals null. */
export function plainValue(value: Value | undefined): Plain {
  if (value === undefined) return null;
  if (value instanceof Tensor) return plainTensor(value);
  if (value.kind === 'sequence') return value.elements.map(plainValue);
  if (value.kind === 'map') return Object.fromEntries([...value.entries].map(([key, entry]) => [String(key), entry]));
  return plainValue(value.value ?? undefined);
}

const isMaps = (value: Value | undefined): value is { kind: 'sequence'; elements: readonly OnnxMap[] } =>
  value !== undefined &&
  !(value instanceof Tensor) &&
  value.kind === 'sequence' &&
  value.elements.length > 0 &&
  value.elements.every((element) => !(element instanceof Tensor) && element.kind === 'map');

function mapValues(map: OnnxMap, field: OutputField): Plain[] {
  const byText = new Map([...map.entries].map(([key, entry]) => [String(key), entry]));
  const categories = field.categories ?? (field.category === undefined ? [...byText.keys()] : [field.category]);
  return categories.map((category) => byText.get(category) ?? null);
}

/**
 * The first `keep` of the `rows` that a run was given, of one output. Errors: `onnx/bad-input` where several rows ran at
 * once and the value is not one of the field's shape a row; a single row may give anything.
 */
export function partOf(value: Value | undefined, field: OutputField, rows: number, keep: number): Part {
  if (value instanceof Tensor && field.type !== 'object' && value.data.length === rows * widthOf(field.shape)) {
    const all = value.toArray() as Plain[];
    return { rows: keep, shape: field.shape, values: keep === rows ? all : all.slice(0, keep * widthOf(field.shape)) };
  }
  if (isMaps(value) && value.elements.length === rows) {
    if (field.type === 'object')
      return { rows: keep, shape: undefined, values: value.elements.slice(0, keep).map(plainValue) };
    return {
      rows: keep,
      shape: field.shape,
      values: value.elements.slice(0, keep).flatMap((map) => mapValues(map, field)),
    };
  }
  if (rows === 1) return { rows: 1, shape: undefined, values: [plainValue(value)] };
  if (keep === 1 && value instanceof Tensor && value.dims[0] === rows) {
    const all = value.toArray() as Plain[];
    const shape = value.dims.slice(1);
    return { rows: keep, shape, values: all.slice(0, keep * widthOf(shape)) };
  }
  throw badInput('an output has not one value a row', {
    place: { field: field.name },
    expected: `${rows} rows`,
    got: describe(value),
  });
}

/** Nothing, for a row that failed. */
export function missingPart(field: OutputField): Part {
  return { rows: 1, shape: field.shape, values: new Array<Plain>(widthOf(field.shape)).fill(null) };
}

/** The column of an output: of the field's type and shape, of plain values where the rows differ in shape. */
export function columnOfParts(parts: readonly Part[], field: OutputField): Column {
  const width = widthOf(field.shape);
  if (field.type !== 'object' && parts.every(({ shape }) => shape !== undefined && widthOf(shape) === width)) {
    const values: Plain[] = [];
    for (const part of parts) for (const value of part.values) values.push(value);
    return columnOf(field.type, values, field.shape);
  }
  const values = parts.flatMap(({ rows, shape, values: list }): readonly Plain[] => {
    if (shape === undefined) return list;
    const step = widthOf(shape);
    return Array.from({ length: rows }, (_, row) => {
      const own = list.slice(row * step, (row + 1) * step);
      return own.length > 0 && own.every((value) => value === null) ? null : nested(own, shape);
    });
  });
  return columnOf('object', values, []);
}
