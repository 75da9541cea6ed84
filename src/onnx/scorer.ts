import { SamescoreError } from '../core/errors.js';
import type { InputField, Scorer, Scores, Signature } from '../core/scorer.js';
import { type Column, type Value as Plain, type Table, valueAt, widthOf } from '../core/table.js';
import type { OnnxModel, TypeProto } from './document.js';
import { type ElementType, elementTypeOf } from './element-types.js';
import { badInput, unsupported } from './errors.js';
import { type EvaluatorOptions, OnnxEvaluator } from './evaluate/evaluator.js';
import { numberOfText } from './evaluate/ops/cast.js';
import { newTensor, Tensor } from './evaluate/tensor.js';
import { columnOfParts, missingPart, type Part, partOf } from './row-values.js';
import { inputFields, outputFields, sizesOf } from './signature.js';

/** One input of the graph, and the columns that fill a row of it: one as wide as the field, or one an element. */
interface Binding {
  readonly field: InputField;
  readonly type: ElementType;
  readonly columns: readonly Column[];
  /** Rank of the tensor; scalars have the shape [rows, 1] or [rows]. */
  readonly rank: number;
}

function noColumn(name: string, rows: Table): SamescoreError {
  return new SamescoreError('onnx/no-column', 'invalid', `the rows have no column for the input "${name}"`, {
    place: { field: name },
    hint: `they have ${[...rows.columns.keys()].slice(0, 20).join(', ')}`,
  });
}

/** Columns for every input: by name, by the recorded names of the elements, else the columns in their order. */
function bind(fields: readonly InputField[], model: OnnxModel, rows: Table): Binding[] {
  const taken = new Set(fields.filter((field) => rows.columns.has(field.name)).map((field) => field.name));
  const free = [...rows.columns].filter(([name]) => !taken.has(name)).map(([, column]) => column);
  const other = model.graph!.input.find(
    ({ name, type }) => fields.some((field) => field.name === name) && !isTensor(type),
  );
  if (other !== undefined)
    throw unsupported('an input is not a tensor, and rows cannot fill it', {
      place: { field: other.name ?? '' },
      hint: 'score the model with new OnnxEvaluator(model).run({ name: value })',
    });
  return fields.map((field): Binding => {
    const info = model.graph!.input.find((input) => input.name === field.name)!;
    const type = elementTypeOf(info.type?.tensor_type?.elem_type) ?? 'float';
    const rank = sizesOf(info.type)?.length ?? Math.max(2, field.shape.length + 1);
    const width = widthOf(field.shape);
    const own = rows.columns.get(field.name);
    if (own?.width === width) return { field, type, columns: [own], rank };
    const named = field.elementNames?.map((name) => rows.columns.get(name));
    if (named?.every((column) => column !== undefined)) return { field, type, columns: named, rank };
    const columns = free.splice(0, width);
    if (columns.length < width || columns.some((column) => column.width !== 1)) throw noColumn(field.name, rows);
    return { field, type, columns, rank };
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
function dimsOfRows(field: InputField, rank: number, count: number): number[] {
  if (rank === 0) return [];
  return [count, ...(field.shape.length === 0 && rank > 1 ? new Array<number>(rank - 1).fill(1) : field.shape)];
}

/** Shapes of the outputs' rows, from a run over two rows of zeros; nothing where the model refuses them. */
function probe(evaluator: OnnxEvaluator, fields: readonly InputField[], model: OnnxModel): Map<string, number[]> {
  const shapes = new Map<string, number[]>();
  try {
    const feeds = Object.fromEntries(
      fields.map((field) => {
        const info = model.graph!.input.find((input) => input.name === field.name)!;
        const type = elementTypeOf(info.type?.tensor_type?.elem_type) ?? 'float';
        const rank = sizesOf(info.type)?.length ?? Math.max(2, field.shape.length + 1);
        return [field.name, newTensor(type, dimsOfRows(field, rank, batchOf(model) ?? 2))];
      }),
    );
    for (const [name, value] of Object.entries(evaluator.run(feeds)))
      if (value instanceof Tensor && value.dims.length > 0) shapes.set(name, value.dims.slice(1));
  } catch {
    return shapes;
  }
  return shapes;
}

/** The number of rows that the model takes at once, where it fixes that. */
function batchOf(model: OnnxModel): number | undefined {
  const given = new Set(model.graph!.initializer.map((tensor) => tensor.name));
  const sizes = model
    .graph!.input.filter((info) => !given.has(info.name))
    .map((info) => {
      const own = sizesOf(info.type);
      return own?.length === 0 ? 1 : own?.[0];
    });
  return sizes.find((size) => size !== undefined && size > 0);
}

class OnnxScorer implements Scorer {
  private readonly inputs: readonly InputField[];
  private known: Signature | undefined;

  constructor(
    private readonly model: OnnxModel,
    private readonly evaluator: OnnxEvaluator,
  ) {
    this.inputs = inputFields(model);
  }

  get signature(): Signature {
    if (this.known === undefined) {
      let probed: Map<string, number[]> | undefined;
      const shapeOf = (name: string): number[] | undefined =>
        (probed ??= probe(this.evaluator, this.inputs, this.model)).get(name);
      this.known = { inputs: this.inputs, outputs: outputFields(this.model, shapeOf) };
    }
    return this.known;
  }

  score(rows: Table, progress?: (done: number) => void): Scores {
    const { outputs } = this.signature;
    const bindings = bind(this.inputs, this.model, rows);
    const parts = outputs.map((): Part[] => []);
    const errors = new Map<number, SamescoreError>();
    const batch = batchOf(this.model);
    // What is no tensor has no rows to be cut at: each row runs by itself.
    const alone = outputs.some((field) => field.type === 'object');
    const run = (from: number, to: number): Part[] => {
      const count = batch ?? to - from;
      const feeds = Object.fromEntries(
        bindings.map((binding) => [binding.field.name, tensorOfRows(binding, from, to, count)]),
      );
      const results = this.evaluator.run(feeds);
      return outputs.map((field) => partOf(results[field.name], field, count, to - from));
    };
    const keep = (from: number, to: number): void => {
      try {
        run(from, to).forEach((part, k) => {
          parts[k]!.push(part);
        });
      } catch (error) {
        if (!(error instanceof SamescoreError)) throw error;
        if (to - from > 1) {
          for (let row = from; row < to; row++) keep(row, row + 1);
          return;
        }
        errors.set(from, error.within({ row: from + 1 }));
        outputs.forEach((field, k) => {
          parts[k]!.push(missingPart(field));
        });
      }
    };
    const step = batch ?? (alone ? 1 : 1024);
    for (let from = 0; from < rows.length; from += step) {
      const to = Math.min(rows.length, from + step);
      keep(from, to);
      progress?.(to);
    }
    const columns = outputs.map((field, k): [string, Column] => [field.name, columnOfParts(parts[k]!, field)]);
    return { table: { length: rows.length, columns: new Map(columns) }, errors };
  }
}

/** A scorer over the rows of a model's first dimension. Errors: those of OnnxEvaluator; a row's own are its result. */
export function onnxScorer(model: OnnxModel, options: EvaluatorOptions = {}): Scorer {
  return new OnnxScorer(model, new OnnxEvaluator(model, options));
}
