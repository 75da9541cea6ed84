import type { Literal } from '../../../src/ir/types.js';
import { OnnxEvaluator, type OnnxModel, Tensor } from '../../../src/onnx/index.js';

const TYPES: Record<number, 'float' | 'double' | 'int64' | 'int32' | 'bool' | 'string'> = {
  1: 'float',
  6: 'int32',
  7: 'int64',
  8: 'string',
  9: 'bool',
  11: 'double',
};

/** Runs a model that samescore wrote on rows of named scalars; gives each output's values, row by row. */
export function scoresOf(
  model: OnnxModel,
  names: readonly string[],
  rows: readonly (readonly (readonly Literal[])[])[],
): Record<string, unknown[][]> {
  const recorded = model.metadata_props.find((entry) => entry.key === 'samescore.feature_names')?.value ?? '{}';
  const features = JSON.parse(recorded) as Record<string, string[]>;
  const feeds: Record<string, Tensor> = {};
  for (const input of model.graph!.input) {
    const columns = features[input.name!] ?? [input.name!];
    const type = TYPES[input.type!.tensor_type!.elem_type!]!;
    const cells = rows.flatMap((row) => columns.map((column) => row[names.indexOf(column)]![0]!));
    feeds[input.name!] = new Tensor(type, [rows.length, columns.length], dataOf(type, cells));
  }
  const results = new OnnxEvaluator(model).run(feeds);
  return Object.fromEntries(
    Object.entries(results).map(([name, value]) => {
      const cells = (value as Tensor).toArray();
      const width = cells.length / rows.length;
      return [name, rows.map((_, row) => cells.slice(row * width, (row + 1) * width))];
    }),
  );
}

function dataOf(type: string, cells: readonly Literal[]) {
  if (type === 'string') return cells.map((cell) => (cell === null ? '' : String(cell)));
  if (type === 'int64') return BigInt64Array.from(cells, (cell) => BigInt(Number(cell)));
  const numbers = cells.map((cell) => (cell === null ? Number.NaN : Number(cell)));
  if (type === 'double') return Float64Array.from(numbers);
  if (type === 'float') return Float32Array.from(numbers);
  return type === 'int32' ? Int32Array.from(numbers) : Uint8Array.from(numbers);
}
