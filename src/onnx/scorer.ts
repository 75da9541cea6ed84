import { wrongArgument } from '../core/arguments.js';
import { SamescoreError } from '../core/errors.js';
import type { InputField, Scorer, Scores, Signature } from '../core/scorer.js';
import type { Column, Table } from '../core/table.js';
import type { OnnxModel } from './document.js';
import { elementTypeOf } from './element-types.js';
import { type EvaluatorOptions, OnnxEvaluator } from './evaluate/evaluator.js';
import { newTensor, Tensor } from './evaluate/tensor.js';
import type { Value } from './evaluate/values.js';
import { bindRows, dimsOfRows, valueOfRows } from './row-inputs.js';
import { columnOfParts, missingPart, type Part, partOf } from './row-values.js';
import { inputFields, outputFields, sizesOf } from './signature.js';

/** Shapes of the outputs' rows, from a run over two rows of zeros; nothing where the model refuses them. */
function probe(evaluator: OnnxEvaluator, fields: readonly InputField[], model: OnnxModel): Map<string, number[]> {
  const shapes = new Map<string, number[]>();
  try {
    const feeds = Object.fromEntries(
      fields.map((field): [string, Value] => {
        const info = model.graph!.input.find((input) => input.name === field.name)!;
        if (info.type?.map_type !== undefined)
          return [field.name, { kind: 'map', keyType: 'string', valueType: 'float', entries: new Map() }];
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
    if (!(rows?.columns instanceof Map)) throw wrongArgument('the rows to score', 'a table', rows);
    const { outputs } = this.signature;
    const bindings = bindRows(this.inputs, this.model, rows);
    const parts = outputs.map((): Part[] => []);
    const errors = new Map<number, SamescoreError>();
    const batch = batchOf(this.model);
    // What is no tensor has no rows to be cut at: each row runs by itself.
    const alone = [...outputs, ...this.inputs].some((field) => field.type === 'object');
    const run = (from: number, to: number): Part[] => {
      const count = batch ?? to - from;
      const feeds = Object.fromEntries(
        bindings.map((binding) => [binding.field.name, valueOfRows(binding, from, to, count)]),
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
